#include "io/row_batch.h"

#include <algorithm>

namespace journey {
inline namespace v0 {
namespace internal {

void RowBatch::SetLists(std::span<const std::string_view> name_spaces,
                        std::span<const std::string_view> keys) {
  name_spaces_.assign(name_spaces.begin(), name_spaces.end());
  keys_.assign(keys.begin(), keys.end());
  identifiers_.resize(name_spaces.size());
  attributes_.resize(keys.size());
}

void RowBatch::Grow() {
  const std::size_t rows = std::max<std::size_t>(2 * count_, 8);
  times_.resize(rows);
  sequences_.resize(rows);
  for (auto* texts : {&ids_, &sources_, &channels_, &names_}) texts->resize(rows);
  kinds_.resize(rows);
  for (auto& texts : identifiers_) texts.resize(rows);
  for (auto& values : attributes_) values.resize(rows);
  lines_.resize(rows);
}

EventColumns RowBatch::columns(std::size_t begin, std::size_t end) const {
  const auto part = [&](const auto& column) { return std::span(column).subspan(begin, end - begin); };
  identifier_columns_.clear();
  for (std::size_t list = 0; list < name_spaces_.size(); ++list)
    identifier_columns_.push_back({.name_space = name_spaces_[list], .texts = part(identifiers_[list])});
  attribute_columns_.clear();
  for (std::size_t list = 0; list < keys_.size(); ++list)
    attribute_columns_.push_back({keys_[list], part(attributes_[list])});
  return {.source = sources_.front(),
          .times = part(times_),
          .sequences = part(sequences_),
          .ids = any_ids_ ? part(ids_) : std::span<const std::string_view>(),
          .channels = part(channels_),
          .names = part(names_),
          .identifiers = identifier_columns_,
          .attributes = attribute_columns_};
}

void RowBatch::View(std::size_t row, Event& event) const {
  event.time = times_[row];
  event.sequence = sequences_[row];
  event.id = ids_[row];
  event.source = sources_[row];
  event.channel = channels_[row];
  event.name = names_[row];
  event.kind = kinds_[row];
  event.identifiers.clear();
  for (std::size_t list = 0; list < name_spaces_.size(); ++list) {
    const std::string_view text = identifiers_[list][row];
    if (!text.empty()) event.identifiers.push_back({name_spaces_[list], text});
  }
  event.attributes.clear();
  for (std::size_t list = 0; list < keys_.size(); ++list) {
    const auto& value = attributes_[list][row];
    if (value) event.attributes.push_back({keys_[list], *value});
  }
}

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
  any_ids_ = false;
  plain_ = true;
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
