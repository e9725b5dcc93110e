// A Comparison in words and figures, as its writers for people share them.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "journey/insight/compare.h"

namespace journey {
inline namespace v0 {
namespace internal {

// "goal rate", "repetition, repeat"; and where: "purchase", "web/pay". Visible, not escaped.
[[nodiscard]] std::string FigureTitle(const FigureKey& key);
[[nodiscard]] std::string FigurePlace(const FigureKey& key);

[[nodiscard]] std::string FigureValueText(FigureUnit unit, double value);        // 41.2%, 1.34, 3h 10m, 4.12
[[nodiscard]] std::string FigureChangeText(FigureUnit unit, double difference);  // +2.3 pts, -12m 4s
[[nodiscard]] std::string FigureIntervalText(FigureUnit unit, const Interval& interval);  // +1.0 to +3.6 pts
[[nodiscard]] std::string FigureQText(double q);                                          // 0.004, <0.001
// "4,800 a side"; of what cannot be said: –
[[nodiscard]] std::string NeededText(std::uint64_t customers);

// "12,034 journeys of 9,120 customers, 310 still open".
[[nodiscard]] std::string SideText(const CompareSide& side, bool control);

// Rows by number: those that a reader looks for first (goals, times, contacts, scores); of the others what changed,
// by rising q-value, then by the size of the change in standard errors; what did not; and what is too small.
struct CompareLists {
  std::vector<std::uint32_t> headline;
  std::vector<std::uint32_t> changed;
  std::vector<std::uint32_t> unchanged;
  std::vector<std::uint32_t> too_small;
};
[[nodiscard]] CompareLists ListsOf(const Comparison& comparison);

// "Portal, journeys that use it, fell from 62.0% to 55.1%; phone ... rose from 8.0% to 14.2%."
[[nodiscard]] std::string DisplacementText(const Comparison& comparison, const Displacement& pair);

// A warning where the kinds of journeys changed; empty where they did not.
[[nodiscard]] std::string MixText(const Comparison& comparison);

}  // namespace internal
}  // namespace v0
}  // namespace journey
