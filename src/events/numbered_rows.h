// NumberedRows: which numbers of a source are taken, and by which row, for events that are known by their number alone.
//
// Numbers of a source are most often dense, as those of the rows of a file are, whatever the order they come in: then
// a page of 512 numbers is 512 bits, and looking one up is a look at one of them. Numbers far apart would each take a page;
// sparse() says that a hash index is the better place. Which row has a number is asked when one comes again, which most
// logs never see: so rows are noted only then, all that are not noted yet; or at once, where no event may wait for that.
// (When a page counted as if its rows were noted, 5*10^7 dense numbers in random order seemed sparse at the begin, and
// taking them in took three times as long an event as 10^7.)
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "journey/core/column.h"
#include "journey/core/flat_index.h"
#include "journey/core/ids.h"
#include "journey/core/prefetch.h"

namespace journey {
inline namespace v0 {
namespace internal {

class NumberedRows {
 public:
  static constexpr std::uint32_t kNone = FlatIndex::kNone;

  [[nodiscard]] static std::uint64_t PageNumberOf(std::uint64_t number) { return number >> kPageBits; }

  [[nodiscard]] bool Seen(SourceId source, std::uint64_t number) const {
    const std::uint32_t page = PageOf(source, PageNumberOf(number));
    return page != kNone && (WordOf(PlaceIn(page, number)) & BitOf(number)) != 0;
  }
  void Prefetch(SourceId source, std::uint64_t number) const {
    const std::uint32_t page = PageOf(source, PageNumberOf(number));
    if (page != kNone) internal::Prefetch(&seen_[PlaceIn(page, number) / 64]);
  }
  // Takes the number. False: it was taken before.
  bool Claim(SourceId source, std::uint64_t number) {
    std::uint32_t page = PageOf(source, PageNumberOf(number));
    if (page == kNone) page = AddPage(source, PageNumberOf(number));
    if (!ClaimAt(PlaceIn(page, number))) return false;
    ++size_;
    return true;
  }
  // The same in two steps, where that makes no page, and not counted: first where numbers are, kNowhere for those without a
  // page, which is asked for; then each is taken. Threads: several at once, each number's page one thread's.
  static constexpr std::size_t kNowhere = SIZE_MAX;
  void FindPlaces(SourceId source, std::span<const std::uint64_t> numbers,
                  std::span<std::size_t> places) const {
    const std::span<const std::uint32_t> direct =
        source == direct_source_ ? std::span(direct_) : std::span<const std::uint32_t>();
    const std::uint64_t* const seen = seen_.data();
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const std::uint64_t number = PageNumberOf(numbers[i]);
      const std::uint32_t page = number < direct.size() ? ~direct[number] : PageOf(source, number);
      places[i] = page == kNone ? kNowhere : PlaceIn(page, numbers[i]);
      if (page != kNone) internal::Prefetch(&seen[places[i] / 64]);
    }
  }
  // Requires: a place. False: it was taken before.
  bool ClaimAt(std::size_t place) {
    std::uint64_t& word = WordOf(place);
    const std::uint64_t bit = BitOf(place);
    const bool is_new = (word & bit) == 0;
    word |= bit;
    return is_new;
  }
  void CountClaimed(std::size_t count) { size_ += count; }
  // Gives a number back, if it is taken.
  void Erase(SourceId source, std::uint64_t number) {
    if (!Seen(source, number)) return;
    WordOf(PlaceIn(PageOf(source, PageNumberOf(number)), number)) &= ~BitOf(number);
    --size_;
  }

  // Rows are noted in their order: those below noted() are. The last row that was noted for a number is the answer; nothing
  // is noted of a number without a page, which is not taken.
  [[nodiscard]] std::uint32_t noted() const { return noted_; }
  void SetNoted(std::uint32_t rows) { noted_ = rows; }
  void Note(SourceId source, std::uint64_t number, std::uint32_t row) {
    const std::uint32_t page = PageOf(source, PageNumberOf(number));
    if (page == kNone) return;
    if (rows_.size() < pages_.size() * kPage) rows_.resize(pages_.size() * kPage, kNone);
    rows_[PlaceIn(page, number)] = row;
  }
  // kNone: no row was noted. The row may be forgotten by now.
  [[nodiscard]] std::uint32_t RowOf(SourceId source, std::uint64_t number) const {
    const std::uint32_t page = PageOf(source, PageNumberOf(number));
    return page == kNone || PlaceIn(page, number) >= rows_.size() ? kNone : rows_[PlaceIn(page, number)];
  }

  // Takes more than 64 bytes a number, and 64 MB. Numbers that come in no order touch all pages before they fill them: so
  // what noting rows would take, which is most of a page, counts only when they are noted.
  [[nodiscard]] bool sparse() const { return sparse_with(rows_.empty() ? 0 : kRowsBytes); }
  // Would be if rows were noted.
  [[nodiscard]] bool sparse_if_noted() const { return sparse_with(kRowsBytes); }
  // With what noting all rows will take, or else a hash index, so that a budget is kept then.
  [[nodiscard]] std::size_t bytes() const {
    const std::size_t rows =
        rows_.empty() && sparse_if_noted() ? size_ * kHashedBytes : pages_.size() * kRowsBytes;
    return rows + seen_.size() * sizeof(std::uint64_t) + pages_.size() * sizeof(Page) + index_.bytes() +
           direct_.size() * sizeof(std::uint32_t);
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
  // Of a page: without rows, the index's places among them; and its rows. Of a number in a hash index, which doubles.
  static constexpr std::size_t kPageBytes = kPage / 8 + sizeof(Page) + 16;
  static constexpr std::size_t kRowsBytes = kPage * sizeof(std::uint32_t);
  static constexpr std::size_t kHashedBytes = 32;

  [[nodiscard]] bool sparse_with(std::size_t rows_bytes) const {
    return pages_.size() * (kPageBytes + rows_bytes) > 64 * (size_ + (std::size_t{1} << 20));
  }

  static std::uint64_t BitOf(std::uint64_t number) { return std::uint64_t{1} << number % 64; }
  [[nodiscard]] std::uint64_t& WordOf(std::size_t place) { return seen_[place / 64]; }
  [[nodiscard]] const std::uint64_t& WordOf(std::size_t place) const { return seen_[place / 64]; }
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
    seen_.resize(pages_.size() * kPage / 64);
    return place;
  }

  // By page and number: whether it is taken, in bits that stay in the cache; and the row, as far as rows are noted.
  Column<std::uint64_t> seen_;
  Column<std::uint32_t> rows_;
  std::uint32_t noted_ = 0;
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
