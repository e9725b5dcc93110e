// Attribution: which channel gets how much credit for the conversions.
//
//   paths search email (3 converted, 2 not), search social email (5, 4), direct (2, 1)
//   first   search 8, direct 2          last  email 8, direct 2
//   linear  search 3.17, email 3.17, social 1.67, direct 2
//
// Rules by position share out the conversions of each path among its own touches:
//   kFirst, kLast      the one touch
//   kLinearTouches     each touch alike: a a b gives a two thirds
//   kLinearChannels    each distinct channel alike: a a b gives a one half
//   kPosition          `first` and `last` to the ends, the rest alike among the middle; of two touches in the
//                      proportion of first to last
//   kTimeDecay         halved for every `half_life` before the conversion (needs times)
//   kPathMarginal      in proportion to what the conversion rate of the path loses without the touch, as seen
//                      in the other paths, never below 0; the last touch where nothing is lost. The package
//                      dbt-snowplow-fractribution calls this shapley
// Rules by effect look at all paths, the lost ones too:
//   kRemoval           in proportion to the removal effect of the Markov chain of the given order
//   kShapley           Shapley's value of the game that ShapleyWorth gives, of at most kMaxShapley channels
//
// Credit sums to the conversions (and revenue), whatever the rule. Credit says who was there, not who caused
// it: of these only kRemoval, kShapley and kPathMarginal look at those who did not convert.
//
// Order: by channel id; sums run over the paths in the order given. Threads: safe to call concurrently.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "journey/core/status_fwd.h"
#include "journey/core/time.h"

namespace journey {
inline namespace v0 {

enum class AttributionRule : std::uint8_t {
  kFirst,
  kLast,
  kLinearTouches,
  kLinearChannels,
  kPosition,
  kTimeDecay,
  kPathMarginal,
  kRemoval,
  kShapley,
};
inline constexpr std::size_t kAttributionRules = 9;
[[nodiscard]] std::string_view NameOf(AttributionRule rule);  // "first", "linear_touches", ...

inline constexpr std::size_t kMaxShapley = 12;

// What a set of channels is worth, of all conversions.
enum class ShapleyWorth : std::uint8_t {
  kConversions,  // the conversions of the paths that use no other channel; comes to equal shares of each path
  kRate,  // the conversion rate of those paths, times all paths; a channel that goes with failure gets less
};

struct AttributionPath {
  std::vector<std::uint32_t> channels;  // by touch, in the order of time; at least one
  std::vector<Duration> before_end;     // by touch, how long before the conversion; for kTimeDecay, or empty
  std::uint64_t conversions = 0;
  std::uint64_t losses = 0;  // took the same path without converting
  double revenue = 0;
};

struct AttributionOptions {
  AttributionRule rule = AttributionRule::kLinearTouches;
  double first = 0.4;  // of kPosition: 0 to 1, first + last <= 1, and not both 0
  double last = 0.4;
  Duration half_life = std::chrono::days{7};  // of kTimeDecay: > 0
  unsigned order = 1;                         // of kRemoval: 1 to 3
  ShapleyWorth worth = ShapleyWorth::kRate;

  // Errors: InvalidArgument, naming field, value and range.
  [[nodiscard]] absl::Status Validate() const;
};

struct ChannelCredit {
  double conversions = 0;
  double revenue = 0;
};

// By channel, below `channels`.
// Errors: InvalidArgument from options.Validate(); a path without touches or with a channel that is not below
//         `channels`; kTimeDecay without times; kShapley with more than kMaxShapley channels in the paths.
[[nodiscard]] absl::StatusOr<std::vector<ChannelCredit>> CreditChannels(
    std::size_t channels, std::span<const AttributionPath> paths, const AttributionOptions& options);

// The share of each touch of one path, by kPathMarginal or a rule by position; sums to 1.
// Requires: a rule that is not kRemoval or kShapley; paths as CreditChannels takes them; index <
// paths.size().
// Cost:     of kPathMarginal O(paths) a call.
[[nodiscard]] std::vector<double> TouchShares(std::span<const AttributionPath> paths, std::size_t index,
                                              const AttributionOptions& options);

}  // namespace v0
}  // namespace journey
