// NumberedRows: which row has the n-th event of a source, for events that are known by their number alone.
//
// Numbers of a source are most often dense, as those of the rows of a file are, whatever the order they come in: then
// a page of 512 numbers is an array, and looking one up is a look into it. Numbers far apart would each take a page;
// sparse() says that a hash index is the better place.
#pragma once
#include <cstddef>
#include <cstdint>

#include "journey/core/column.h"
#include "journey/core/flat_index.h"
#include "journey/core/ids.h"

namespace journey {
inline namespace v0 {
namespace internal {

class NumberedRows {
 public:
  static constexpr std::uint32_t kNone = FlatIndex::kNone;

  [[nodiscard]] std::uint32_t Find(SourceId source, std::uint64_t number) const {
    const std::uint32_t page = PageOf(source, number >> kPageBits);
    if (page == kNone) return kNone;
    const std::size_t place = PlaceIn(page, number);
    return (seen_[place / 64] >> place % 64 & 1) == 0 ? kNone : ~not_rows_[place];
  }
  void Prefetch(SourceId source, std::uint64_t number) const {
    const std::uint32_t page = PageOf(source, number >> kPageBits);
    if (page == kNone) return;
    __builtin_prefetch(&seen_[PlaceIn(page, number) / 64], 1);
  }
  void PrefetchNote(std::size_t place) const { __builtin_prefetch(&not_rows_[place], 1); }
  // Marks the number as seen; answers where its row is to be noted, by any thread, or kTaken if it was seen before.
  static constexpr std::size_t kTaken = SIZE_MAX;
  std::size_t Claim(SourceId source, std::uint64_t number) {
    std::uint32_t page = PageOf(source, number >> kPageBits);
    if (page == kNone) page = AddPage(source, number >> kPageBits);
    const std::size_t place = PlaceIn(page, number);
    const std::uint64_t bit = std::uint64_t{1} << place % 64;
    if ((seen_[place / 64] & bit) != 0) return kTaken;
    seen_[place / 64] |= bit;
    ++size_;
    return place;
  }
  void Note(std::size_t place, std::uint32_t row) { not_rows_[place] = ~row; }
  // Both at once. Whether the number is new.
  bool Insert(SourceId source, std::uint64_t number, std::uint32_t row) {
    const std::size_t place = Claim(source, number);
    if (place != kTaken) Note(place, row);
    return place != kTaken;
  }
  // Takes the number out if it is this row's.
  void Erase(SourceId source, std::uint64_t number, std::uint32_t row) {
    if (Find(source, number) != row) return;
    const std::size_t place = PlaceIn(PageOf(source, number >> kPageBits), number);
    seen_[place / 64] &= ~(std::uint64_t{1} << place % 64);
    not_rows_[place] = 0;
    --size_;
  }

  // Takes more than 64 bytes a number, and 64 MB: numbers that come in no order touch all pages before they fill them.
  [[nodiscard]] bool sparse() const { return not_rows_.size() > 16 * size_ + (std::size_t{1} << 24); }
  [[nodiscard]] std::size_t bytes() const {
    return not_rows_.size() * sizeof(std::uint32_t) + not_rows_.size() / 8 + pages_.size() * sizeof(Page) +
           index_.bytes() + direct_.size() * sizeof(std::uint32_t);
  }

 private:
  static constexpr unsigned kPageBits = 9;
  static constexpr std::uint32_t kPage = std::uint32_t{1} << kPageBits;
  static constexpr std::uint64_t kDirect = std::uint64_t{1} << 20;
  struct Page {
    std::uint64_t number;
    SourceId source;
    friend bool operator==(const Page&, const Page&) = default;
  };

  static std::size_t PlaceIn(std::uint32_t page, std::uint64_t number) {
    return std::size_t{page} * kPage + (number & (kPage - 1));
  }
  // Numbers of pages are mixed and not keyed: who crafts them makes the index sparse at once.
  static std::uint64_t HashOf(const Page& page) { return Mix(Mix(page.number) + page.source.value); }
  // By number of the page.
  [[nodiscard]] std::uint32_t PageOf(SourceId source, std::uint64_t number) const {
    if (source == direct_source_ && number < direct_.size()) return ~direct_[number];
    const Page wanted{number, source};
    return index_.Find(HashOf(wanted), [&](std::uint32_t page) { return pages_[page] == wanted; });
  }
  std::uint32_t AddPage(SourceId source, std::uint64_t number) {
    const Page page{number, source};
    const auto place = static_cast<std::uint32_t>(pages_.size());
    if (!direct_source_.valid()) direct_source_ = source;
    if (source == direct_source_ && number < kDirect) {
      // Those below are found here from now on, too.
      if (number >= direct_.size()) direct_.resize(number + 1);
      direct_[number] = ~place;
    } else {
      index_.Insert(HashOf(page), place);
    }
    pages_.push_back(page);
    not_rows_.resize(pages_.size() * kPage);
    seen_.resize(pages_.size() * kPage / 64);
    return place;
  }

  // By page and number: whether there is a row, which is what is asked of almost all, in bits that stay in the cache;
  // and the complement of the row.
  Column<std::uint64_t> seen_;
  Column<std::uint32_t> not_rows_;
  Column<Page> pages_;
  FlatIndex index_;
  // Of the first source, whose numbers are most often those of all: the complements of its first pages by their number.
  SourceId direct_source_;
  Column<std::uint32_t> direct_;
  std::size_t size_ = 0;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
