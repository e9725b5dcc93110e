// AttributeStore: the attributes of all events, those of one event side by side.
//
//   store.Set(row, attributes);  store.Of(row)  -> the same
//
// They lie in chunks, and where those of a row are in pages, of which there are only those of rows that have any: nothing
// moves as more come, so that no event waits for that. They may be personal data: what goes is overwritten.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/wipe.h"
#include "events/packed_range.h"
#include "journey/core/huge_memory.h"
#include "journey/events/event_log.h"

namespace journey {
inline namespace v0 {
namespace internal {

class AttributeStore {
 public:
  // Requires: the row has none, and gets at most PackedRange::kMostAtOnce.
  void Set(std::size_t row, std::span<const AttributeRow> attributes) {
    if (row / kPage >= pages_.size()) pages_.resize(row / kPage + 1);
    std::vector<PackedRange>& page = pages_[row / kPage];
    if (page.empty()) {
      MakeRoom(page, kPage);
      page.resize(kPage);
      ++pages_in_use_;
    }
    page[row % kPage] = {Append(attributes), attributes.size()};
  }
  [[nodiscard]] std::span<const AttributeRow> Of(std::size_t row) const {
    const PackedRange range = RangeOf(row);
    if (range.count() == 0) return {};
    return std::span(chunks_[range.begin() / kChunk]).subspan(range.begin() % kChunk, range.count());
  }
  // Overwrites those of the row, which has none from now on.
  void Clear(std::size_t row) {
    const PackedRange range = RangeOf(row);
    if (range.count() == 0) return;
    pages_[row / kPage][row % kPage] = {};
    std::fill_n(&chunks_[range.begin() / kChunk][range.begin() % kChunk], range.count(), AttributeRow{});
  }
  [[nodiscard]] std::size_t bytes() const {
    std::size_t bytes = chunks_.capacity() * sizeof(Chunk) + pages_.capacity() * sizeof(pages_[0]) +
                        pages_in_use_ * kPage * sizeof(PackedRange);
    if (!chunks_.empty())
      bytes += ((chunks_.size() - 1) * kChunk + chunks_.front().capacity()) * sizeof(AttributeRow);
    return bytes;
  }

 private:
  static constexpr std::size_t kChunk = 4096, kPage = 4096;
  static_assert(kChunk >= PackedRange::kMostAtOnce);
  using Chunk = std::vector<AttributeRow, WipingAllocator<AttributeRow>>;

  template <typename Rows>
  static void MakeRoom(Rows& rows, std::size_t count) {
    rows.reserve(count);
    PopulateSteadily(reinterpret_cast<std::byte*>(rows.data()),  // NOLINT: memory
                     count * sizeof(rows[0]));
  }
  [[nodiscard]] PackedRange RangeOf(std::size_t row) const {
    if (row / kPage >= pages_.size() || pages_[row / kPage].empty()) return {};
    return pages_[row / kPage][row % kPage];
  }
  std::uint64_t Append(std::span<const AttributeRow> attributes) {
    if (chunks_.empty() || chunks_.back().size() + attributes.size() > kChunk) chunks_.emplace_back();
    Chunk& chunk = chunks_.back();
    if (chunks_.size() > 1 && chunk.empty()) MakeRoom(chunk, kChunk);  // the first one grows as it is needed
    const std::uint64_t begin = (chunks_.size() - 1) * kChunk + chunk.size();
    chunk.insert(chunk.end(), attributes.begin(), attributes.end());
    return begin;
  }

  std::vector<Chunk> chunks_;
  std::vector<std::vector<PackedRange>> pages_;  // by row; empty: no row of it has any
  std::size_t pages_in_use_ = 0;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
