// RecentIdentifiers: what a thread that appends has found out of the identifiers it was asked for lately. A visit
// says on each of its events who it is: most identifiers need not be hashed with a key and looked for in a large table.
//
//   recent.At(sight, name_space)   -> the place where it would be, to be compared and written by the user
//
// Nothing depends on what is remembered but time: it is a function of what was asked since the begin. Who crafts texts that
// share a place makes them forgotten, and then they are looked for in the table as if there was nothing here.
//
// Lifetime: a place outlives the call that wrote it. What it says of an identifier that the log has, holds until the log
//           forgets one, which clears all places; of one that the log did not know, in its block alone. A long text is the
//           host's and gone after the call; the log has its own.
#pragma once
#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/text_sight.h"
#include "core/wipe.h"
#include "journey/core/symbol_table.h"

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
  // `differ` is not 0 where something else differs.
  [[nodiscard]] bool LooksLike(const IdentifierSight& other, std::uint64_t differ) const {
    return ((number ^ other.number) | differ) == 0;
  }
  [[nodiscard]] bool is_long() const { return false; }
  [[nodiscard]] std::uint64_t Hash(std::uint64_t tag) const { return (number + tag) * 0x9E3779B97F4A7C15U; }
};

// Up to 32 bytes are all seen.
template <>
struct IdentifierSight<std::string_view> {
  static constexpr std::size_t kSeen = 32;

  TextSight ends;                              // whose size has 32 bits only
  std::uint64_t second = 0, last_but_one = 0;  // eight bytes each
  std::uint64_t size = 0;
  const char* whole = nullptr;  // where all of it stood, if that is more than kSeen bytes

  [[nodiscard]] bool is_long() const { return size > kSeen; }
  static IdentifierSight Of(std::string_view text) {
    const auto word = [&](std::size_t at) {
      std::uint64_t eight;
      std::memcpy(&eight, text.data() + at, sizeof eight);
      return eight;
    };
    const std::size_t size = text.size();
    if (size <= TextSight::kWhole) return {.ends = TextSight::Of(text), .size = size};
    return {.ends = {word(0), word(size - 8), static_cast<std::uint32_t>(size)},
            .second = word(8),
            .last_but_one = word(size - 16),
            .size = size,
            .whole = size > kSeen ? text.data() : nullptr};
  }
  [[nodiscard]] bool LooksLike(const IdentifierSight& other, std::uint64_t differ) const {
    return ((ends.head ^ other.ends.head) | (ends.tail ^ other.ends.tail) | (second ^ other.second) |
            (last_but_one ^ other.last_but_one) | (size ^ other.size) | differ) == 0;
  }
  [[nodiscard]] std::uint64_t Hash(std::uint64_t tag) const {
    return ends.Hash(tag + second * 0x94D049BB133111EBU + last_but_one * 0xC2B2AE3D27D4EB4FU);
  }
};

template <typename Value>
class RecentIdentifiers {
 public:
  using Sight = IdentifierSight<Value>;
  // No ids of a table: that the log does not know it, and that it is being looked for.
  static constexpr std::uint32_t kUnknown = SymbolTable::kNotFound - 1;
  static constexpr std::uint32_t kSought = kUnknown - 1;
  struct Place {
    Sight sight;
    std::uint32_t name_space = UINT32_MAX;
    std::uint32_t id = kUnknown;  // or one of these; then
    std::uint32_t first = 0;      // where it is listed as missing, or as sought,
    std::uint64_t when = 0;       // in this block, or by this look

    [[nodiscard]] bool known() const { return id < kSought; }
    // What does not hold any more is nothing. Of a long text all is compared with text_of(place), which is asked for it only
    // if it looks the same.
    template <typename TextOf>
    [[nodiscard]] bool Is(const Sight& wanted, std::uint32_t of_name_space, bool holds,
                          const TextOf& text_of) const {
      const std::uint32_t differ = (name_space ^ of_name_space) | static_cast<std::uint32_t>(!holds);
      if (!sight.LooksLike(wanted, differ)) return false;
      if constexpr (std::is_same_v<Value, std::string_view>) {
        if (sight.is_long()) return std::memcmp(text_of(*this), wanted.whole, wanted.size) == 0;
      }
      return true;
    }
  };

  // For so many events. Lifetime: what At gave before is gone, and what it says too, unless there are enough.
  void MakePlaces(std::size_t events) {
    const std::size_t wanted = PlacesFor(events);
    if (wanted <= places_.size()) return;
    places_ = Places(wanted);
    shift_ = 64 - std::countr_zero(wanted);
  }
  // Requires: MakePlaces.
  [[nodiscard]] Place& At(const Sight& sight, std::uint32_t name_space) {
    return places_[sight.Hash(name_space) >> shift_];
  }
  // The id of an identifier that the log has, if it is remembered; or kNone.
  static constexpr std::uint32_t kNone = SymbolTable::kNotRecent;
  template <typename TextOf>
  [[nodiscard]] std::uint32_t Find(const Sight& sight, std::uint32_t name_space,
                                   const TextOf& text_of) const {
    if (places_.empty() || pause_ != 0) return kNone;
    const Place& place = places_[sight.Hash(name_space) >> shift_];
    return place.Is(sight, name_space, place.known(), text_of) ? place.id : kNone;
  }
  // Overwrites what is remembered.
  void Clear() {
    places_ = Places();
    shift_ = 0;
  }
  [[nodiscard]] std::size_t bytes() const { return places_.size() * sizeof(Place); }
  [[nodiscard]] static std::size_t BytesFor(std::size_t events) { return PlacesFor(events) * sizeof(Place); }

  // Looks are told apart by their numbers.
  [[nodiscard]] std::uint64_t BeginLook() { return ++looks_; }

  // Where identifiers do not come again soon, remembering is in vain: whether it is worth it for the next `asked` ones.
  [[nodiscard]] bool IsWorth(std::size_t asked) {
    if (!places_.empty() && pause_ == 0) return true;
    pause_ -= std::min(pause_, asked);
    return false;
  }
  // Whether it is worth it to write down what is being sought, for those that come again before it is found.
  [[nodiscard]] bool seeks() const { return seeks_; }
  // So many were asked for, of so many it was known, and so many of these were being sought.
  void Note(std::size_t asked, std::size_t known, std::size_t sought = 0) {
    constexpr std::size_t kTrial = 4096, kTrials = 15;
    if (pause_ != 0) return;
    asked_ += asked;
    known_ += known;
    sought_ += sought;
    if (asked_ < kTrial) return;
    if (known_ * 8 < asked_) pause_ = kTrials * kTrial;
    if (seeks_) trials_ = 0;
    seeks_ = seeks_ ? sought_ * 2 > asked_ - known_ : ++trials_ == kTrials;
    asked_ = known_ = sought_ = 0;
  }

 private:
  using Places = std::vector<Place, WipingAllocator<Place>>;

  static std::size_t PlacesFor(std::size_t events) {
    constexpr std::size_t kFewest = 64, kMost = 2048;
    return std::bit_ceil(std::clamp(events / 4, kFewest, kMost));
  }

  Places places_;
  int shift_ = 0;
  std::uint64_t looks_ = 0;
  std::size_t asked_ = 0, known_ = 0, sought_ = 0;  // since it was judged
  bool seeks_ = true;
  std::size_t trials_ = 0;  // without seeking
  std::size_t pause_ = 0;   // so many more are not remembered
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
