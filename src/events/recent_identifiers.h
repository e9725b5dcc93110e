// RecentIdentifiers: what a thread that appends columns has found out of the identifiers it was asked for lately. A visit
// says on each of its events who it is: most identifiers need not be hashed with a key and looked for in a large table.
//
//   recent.At(sight, column)   -> the place where it would be, to be compared and written by the user
//
// Nothing depends on what is remembered but time: it is a function of what was asked since the begin. Who crafts texts that
// share a place makes them forgotten, and then they are looked for in the table as if there was nothing here.
#pragma once
#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "core/text_sight.h"
#include "core/wipe.h"

namespace journey {
inline namespace v0 {
namespace internal {

// What there is to compare of an identifier, without a loop in most cases.
template <typename Value>
struct IdentifierSight;

template <>
struct IdentifierSight<std::uint64_t> {
  std::uint64_t number = 0;

  static IdentifierSight Of(std::uint64_t number) { return {number}; }
  [[nodiscard]] bool Is(const IdentifierSight& other) const { return number == other.number; }
  [[nodiscard]] std::uint64_t Hash(std::uint64_t tag) const { return (number + tag) * 0x9E3779B97F4A7C15U; }
};

// Up to 32 bytes are all seen.
template <>
struct IdentifierSight<std::string_view> {
  TextSight ends;
  std::uint64_t second = 0, last_but_one = 0;  // eight bytes each
  std::string_view text;                       // that of the ends has a size of 32 bits only

  static IdentifierSight Of(std::string_view text) {
    const auto word = [&](std::size_t at) {
      std::uint64_t eight;
      std::memcpy(&eight, text.data() + at, sizeof eight);
      return eight;
    };
    const std::size_t size = text.size();
    if (size <= TextSight::kWhole) return {.ends = TextSight::Of(text), .text = text};
    return {.ends = {word(0), word(size - 8), static_cast<std::uint32_t>(size)},
            .second = word(8),
            .last_but_one = word(size - 16),
            .text = text};
  }
  [[nodiscard]] bool Is(const IdentifierSight& other) const {
    const bool looks_so =
        ((ends.head ^ other.ends.head) | (ends.tail ^ other.ends.tail) | (second ^ other.second) |
         (last_but_one ^ other.last_but_one) | (text.size() ^ other.text.size())) == 0;
    constexpr std::size_t kSeen = 32;
    return looks_so && (text.size() <= kSeen || text == other.text);
  }
  [[nodiscard]] std::uint64_t Hash(std::uint64_t tag) const {
    return ends.Hash(tag + second * 0x94D049BB133111EBU + last_but_one * 0xC2B2AE3D27D4EB4FU);
  }
};

template <typename Value>
class RecentIdentifiers {
 public:
  using Sight = IdentifierSight<Value>;
  struct Place {
    Sight sight;
    std::uint32_t column = UINT32_MAX;
    std::uint32_t id = 0;     // or that the log does not know it: then
    std::uint32_t first = 0;  // where it is listed as missing,
    std::uint32_t block = 0;  // in this block
  };

  // For so many events. Lifetime: what At gave before is gone.
  void MakePlaces(std::size_t events) {
    constexpr std::size_t kFewest = 64, kMost = 2048;
    places_.resize(std::bit_ceil(std::clamp(events / 4, kFewest, kMost)));
    shift_ = 64 - std::countr_zero(places_.size());
  }
  // Requires: MakePlaces.
  [[nodiscard]] Place& At(const Sight& sight, std::uint32_t column) {
    return places_[sight.Hash(column) >> shift_];
  }

  // Where identifiers do not come again soon, remembering is in vain: whether it is worth it for the next `asked` ones.
  [[nodiscard]] bool IsWorth(std::size_t asked) {
    if (!places_.empty() && pause_ == 0) return true;
    pause_ -= std::min(pause_, asked);
    return false;
  }
  // So many were asked for, and of so many it was known.
  void Note(std::size_t asked, std::size_t known) {
    constexpr std::size_t kTrial = 4096, kPause = 15 * kTrial;
    asked_ += asked;
    known_ += known;
    if (asked_ < kTrial) return;
    if (known_ * 8 < asked_) pause_ = kPause;
    asked_ = known_ = 0;
  }

 private:
  std::vector<Place, WipingAllocator<Place>> places_;
  int shift_ = 0;
  std::size_t asked_ = 0, known_ = 0;  // since it was judged
  std::size_t pause_ = 0;              // so many more are not remembered
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
