// RecentTouchpoints: the touchpoints that were seen lately, so that neither a channel nor a name has to be looked for.
//
// Touchpoints stay what they are, so that what is remembered holds as long as the log does.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
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
    const Place& place = places_[PlaceOf(sight)];
    return place.sight == sight ? place.touchpoint : kNone;
  }
  void Remember(const Sight& sight, std::uint32_t touchpoint) {
    if (places_.empty()) places_.resize(std::size_t{1} << kBits);
    places_[PlaceOf(sight)] = {sight, touchpoint};
  }
  [[nodiscard]] std::size_t bytes() const { return places_.capacity() * sizeof(Place); }

 private:
  static constexpr int kBits = 8;
  struct Place {
    Sight sight;
    std::uint32_t touchpoint = kNone;
  };
  static std::size_t PlaceOf(const Sight& sight) {
    return (sight.channel.Hash() ^ sight.name.Hash(1) * 3) >> (64 - kBits);
  }

  std::vector<Place> places_;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
