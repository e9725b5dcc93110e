// RecentTouchpoints: the touchpoints that a thread which appends columns has seen lately.
#pragma once
#include <array>
#include <cstdint>

#include "core/text_sight.h"

namespace journey {
inline namespace v0 {
namespace internal {

class RecentTouchpoints {
 public:
  struct Place {
    TextSight channel, name;
    std::uint32_t touchpoint = UINT32_MAX;  // none
  };
  Place& At(const TextSight& channel, const TextSight& name) {
    return places_[(channel.Hash() ^ name.Hash(1) * 3) >> 56];
  }

 private:
  std::array<Place, 256> places_;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
