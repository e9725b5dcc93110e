// RecentTouchpoints: the touchpoints that were seen lately, so that neither a channel nor a name has to be looked for.
//
// Touchpoints stay what they are, so that what is remembered holds as long as the log does. Nearly all of up to 2,048 are
// remembered, in a table that is half full at most; of more, some push others out. With a place for each of 256, where
// those with one place pushed each other out, a fifth of the events of 287 touchpoints had theirs looked for.
#pragma once
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "core/text_sight.h"

namespace journey {
inline namespace v0 {
namespace internal {

class RecentTouchpoints {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  struct Sight {
    TextSight channel, name;
    friend bool operator==(const Sight&, const Sight&) = default;
  };
  static Sight SightOf(std::string_view channel, std::string_view name) {
    return {TextSight::Of(channel), TextSight::Of(name)};
  }

  // What most likely is the touchpoint, or kNone. It is, if texts of more than TextSight::kWhole bytes are the same, too.
  [[nodiscard]] std::uint32_t Candidate(const Sight& sight) const {
    if (places_.empty()) return kNone;
    for (std::size_t probe = 0, at = PlaceOf(sight); probe < kProbes; ++probe, at = Next(at)) {
      const Place& place = places_[at];
      if (place.sight == sight || place.touchpoint == kNone) return place.touchpoint;
    }
    return kNone;
  }
  void Remember(const Sight& sight, std::uint32_t touchpoint) {
    if (is_full()) Grow();
    Put({sight, touchpoint});
  }
  [[nodiscard]] std::size_t bytes() const { return places_.capacity() * sizeof(Place); }
  // What it takes beyond that to remember one more.
  [[nodiscard]] std::size_t growth() const {
    return is_full() ? (GrownSize() - places_.size()) * sizeof(Place) : 0;
  }

 private:
  static constexpr std::size_t kFewest = 256, kMost = 4096;  // places; powers of two
  static constexpr std::size_t kProbes = 8;
  struct Place {
    Sight sight;
    std::uint32_t touchpoint = kNone;
  };
  [[nodiscard]] std::size_t PlaceOf(const Sight& sight) const {
    const std::uint64_t sum = sight.channel.Hash() ^ sight.name.Hash(1) * 3;
    // Names are often numbered, and so would be the places by the sum alone.
    return (sum ^ sum >> 32) * 0x9E3779B97F4A7C15U >> shift_;
  }
  [[nodiscard]] bool is_full() const { return used_ * 2 >= places_.size() && places_.size() < kMost; }
  [[nodiscard]] std::size_t GrownSize() const { return std::max(kFewest, places_.size() * 2); }
  [[nodiscard]] std::size_t Next(std::size_t at) const { return (at + 1) & (places_.size() - 1); }

  // To a free place near its own, or to that.
  void Put(const Place& remembered) {
    const std::size_t own = PlaceOf(remembered.sight);
    for (std::size_t probe = 0, at = own; probe < kProbes; ++probe, at = Next(at)) {
      const bool is_free = places_[at].touchpoint == kNone;
      if (!is_free && places_[at].sight != remembered.sight) continue;
      places_[at] = remembered;
      used_ += is_free ? 1 : 0;
      return;
    }
    places_[own] = remembered;
  }
  void Grow() {
    const std::vector<Place> before = std::exchange(places_, std::vector<Place>(GrownSize()));
    shift_ = 64 - std::countr_zero(places_.size());
    used_ = 0;
    for (const Place& place : before) {
      if (place.touchpoint != kNone) Put(place);
    }
  }

  std::vector<Place> places_;
  std::size_t used_ = 0;
  int shift_ = 0;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
