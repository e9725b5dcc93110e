// The pictures of the page, each drawn for a given width, so that text keeps its size on a phone.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "journey/pipeline/report.h"

namespace journey {
inline namespace v0 {
namespace internal {

// The changes of channel inside journeys as bands from left to right, forced ones in their own colour.
// Channels beyond the eight with the most changes are drawn as one. Empty when there were no changes.
[[nodiscard]] std::string DrawChannelFlow(const Report& report, int width, std::string_view css);

// The most frequent transitions between touchpoints: a lane per channel, from what usually comes early in a
// journey (top) to what comes late.
struct TouchpointPicture {
  std::string svg;              // empty when there are no transitions between different touchpoints
  std::size_t touchpoints = 0;  // drawn
  std::size_t transitions = 0;  // drawn
  std::uint64_t moves = 0;      // that these transitions stand for
};
[[nodiscard]] TouchpointPicture DrawTouchpoints(const Report& report, int width, std::string_view css);

// One journey: a lane per channel, its events from left to right, long gaps compressed, steps and findings
// marked. Of more events than fit the first and last are drawn.
[[nodiscard]] std::string DrawJourney(const Report& report, JourneyId journey, int width,
                                      std::string_view css);

}  // namespace internal
}  // namespace v0
}  // namespace journey
