// NumberedRows: which row has the n-th event of a source, for events that are known by their number alone.
//
// Numbers of a source are most often dense, as those of the rows of a file are, whatever the order they come in: then
// a page of 512 numbers is an array, and looking one up is a look into it. Numbers far apart would each take a page;
// sparse() says that a hash index is the better place.
#pragma once
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
    return page == kNone ? kNone : ~not_rows_[PlaceIn(page, number)];
  }
  void Prefetch(SourceId source, std::uint64_t number) const {
    const std::uint32_t page = PageOf(source, number >> kPageBits);
    if (page != kNone) __builtin_prefetch(&not_rows_[PlaceIn(page, number)], 1);
  }
  // Requires: the number has no row.
  void Insert(SourceId source, std::uint64_t number, std::uint32_t row) {
    std::uint32_t page = PageOf(source, number >> kPageBits);
    if (page == kNone) page = AddPage(source, number >> kPageBits);
    not_rows_[PlaceIn(page, number)] = ~row;
    ++size_;
  }
  // Takes the number out if it is this row's.
  void Erase(SourceId source, std::uint64_t number, std::uint32_t row) {
    if (Find(source, number) != row) return;
    not_rows_[PlaceIn(PageOf(source, number >> kPageBits), number)] = 0;
    --size_;
  }

  // Takes more than 64 bytes a number, and 64 MB: numbers that come in no order touch all pages before they fill them.
  [[nodiscard]] bool sparse() const { return not_rows_.size() > 16 * size_ + (std::size_t{1} << 24); }
  [[nodiscard]] std::size_t bytes() const {
    return not_rows_.size() * sizeof(std::uint32_t) + pages_.size() * sizeof(Page) + index_.bytes();
  }

 private:
  static constexpr unsigned kPageBits = 9;
  static constexpr std::uint32_t kPage = std::uint32_t{1} << kPageBits;
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
  [[nodiscard]] std::uint32_t PageOf(SourceId source, std::uint64_t number) const {
    const Page wanted{number, source};
    if (last_ < pages_.size() && pages_[last_] == wanted) return last_;
    return index_.Find(HashOf(wanted), [&](std::uint32_t page) { return pages_[page] == wanted; });
  }
  std::uint32_t AddPage(SourceId source, std::uint64_t number) {
    const Page page{number, source};
    last_ = static_cast<std::uint32_t>(pages_.size());
    pages_.push_back(page);
    index_.Insert(HashOf(page), last_);
    not_rows_.resize(pages_.size() * kPage);
    return last_;
  }

  Column<std::uint32_t> not_rows_;  // by page and number: the row's complement, 0: none
  Column<Page> pages_;
  FlatIndex index_;
  std::uint32_t last_ = 0;  // the page that was added last
  std::size_t size_ = 0;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
