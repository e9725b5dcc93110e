// Attribution paths: the touches that came before a conversion, and those of customers who never converted.
//
//   ann  Direct 1 June, Direct 8 June, conversion 8 June, Direct 10 June   ->  Direct > Direct, converted
//   bob  Search 4 June                                                     ->  Search, lost
//
// A conversion takes the touches of the `lookback` before it, both bounds inclusive, that no earlier
// conversion of the customer took. A customer without any conversion gives one lost path: the touches of the
// lookback before the last. What a customer did after the last conversion is neither; it is counted in
// `touches_after`.
//
// Summaries fold equal paths after a transformation, in the order in which the paths first come.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "journey/core/ids.h"
#include "journey/core/status_fwd.h"
#include "journey/core/time.h"
#include "journey/insight/attribution.h"
#include "journey/insight/tables.h"

namespace journey {
inline namespace v0 {

struct Touch {
  CustomerId customer;
  TimePoint time;
  std::uint32_t channel;
};
struct Conversion {
  CustomerId customer;
  TimePoint time;
  double revenue = 0;
};

enum class PathTransform : std::uint8_t {
  kNone,
  kCollapseRepeats,  // a a b a -> a b a
  kFirstOfEach,      // a a b a -> a b
};

struct AttributionPathOptions {
  Duration lookback = std::chrono::days{30};  // > 0
  PathTransform transform = PathTransform::kNone;
  std::uint32_t longest = 0;  // keeps the last so many touches, after the transformation; 0: all

  // Errors: InvalidArgument, naming field, value and range.
  [[nodiscard]] absl::Status Validate() const;
};

// One path of one customer; `path.conversions` is 1 or 0, `path.losses` the other.
struct CustomerPath {
  CustomerId customer;
  TimePoint end;  // the conversion, or the last touch
  AttributionPath path;
};
struct CustomerPaths {
  std::vector<CustomerPath> paths;   // by customer, then by time
  std::uint64_t touches_used = 0;    // used + before + after = touches given
  std::uint64_t touches_before = 0;  // earlier than the lookback
  std::uint64_t touches_after = 0;   // after the last conversion
  std::uint64_t conversions_without_touch = 0;
};

// Order:    both by (customer, time). Requires: options.Validate().ok(). Cost: linear.
[[nodiscard]] CustomerPaths BuildPaths(std::span<const Touch> touches,
                                       std::span<const Conversion> conversions,
                                       const AttributionPathOptions& options);

// The journeys as paths over channels: achieved ones converted, open ones are left out, all others are lost.
// The touches are the runs of events in one channel. Cost: O(events of journeys).
[[nodiscard]] CustomerPaths PathsOfJourneys(const RunTables& tables, const AttributionPathOptions& options);

// Equal paths folded: conversions, losses and revenue add up; times are dropped.
[[nodiscard]] std::vector<AttributionPath> SummarizePaths(const CustomerPaths& paths);

}  // namespace v0
}  // namespace journey
