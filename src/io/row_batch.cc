#include "io/row_batch.h"

namespace journey {
inline namespace v0 {
namespace internal {

void RowBatch::Refuse(std::uint64_t line, AdmissionStatus status, std::string_view field,
                      std::string_view found, std::string_view expected, std::size_t most) {
  Refusal& refusal = refusals_.emplace_back();
  refusal.before = count_;
  refusal.line = line;
  refusal.status = status;
  if (told_ >= most) return;
  ++told_;
  refusal.told = true;
  refusal.field = field;
  refusal.found = found;
  refusal.expected = expected;
}

char* RowBatch::MakeRoom(std::size_t bytes) {
  // Arrays that are made with make_unique are filled with zeros first.
  if (bytes > kBlock) return large_.emplace_back(new char[bytes]).get();
  if (used_blocks_ == blocks_.size()) blocks_.emplace_back(new char[kBlock]);
  char* const block = blocks_[used_blocks_++].get();
  free_ = block + bytes;
  room_ = kBlock - bytes;
  return block;
}

void RowBatch::Clear() {
  count_ = 0;
  lines_.clear();
  refusals_.clear();
  told_ = 0;
  used_blocks_ = 0;
  large_.clear();
  free_ = nullptr;
  room_ = 0;
  kept_ = 0;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
