// Drivers: which frictions go with lower scores. For each friction, the scores of journeys of the same definition
// with it and without it.
//
//   purchase, error loop at web/payment   with 212 answers 3.1, without 4,018 answers 4.2
//                                         -> -1.1 [-1.3, -0.9], q < 0.001
//
// A difference between journeys, not the effect of a repair: who met a friction may differ in other ways, too
// (insight/fix_first.h compares like with like). Intervals are clustered by customer; q-values hold the false
// discovery rate over all frictions of the scale that are large enough to be tested.
//
// Threads: pure. Cost: O(frictions log frictions).
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "journey/insight/scores.h"

namespace journey {
inline namespace v0 {

struct DriverOptions {
  std::uint64_t min_customers = 30;     // with an answer, on each side; fewer are too few to test
  std::int32_t worthwhile_milli = 500;  // the difference that a sample should be able to find
  double max_q = 0.05;
  Power power = {};
};

enum class DriverVerdict : std::uint8_t { kTooSmall, kNotShown, kShown };
[[nodiscard]] std::string_view NameOf(DriverVerdict verdict);  // "too_small", "not_shown", "shown"

struct ScoreSide {
  std::uint64_t answers = 0;
  std::uint64_t customers = 0;
  double mean_milli = 0.0;
};

struct Driver {
  DefinitionId definition;
  FrictionKey friction;
  ScoreScale scale = ScoreScale::kCsat;
  ScoreSide with;
  ScoreSide without;
  double difference_milli = 0.0;  // with - without
  Interval interval;              // 95 %; of too small samples, the whole of what is possible
  double p = 1.0;
  double q = 1.0;
  DriverVerdict verdict = DriverVerdict::kTooSmall;
  // Customers with it who would have to answer, for a difference of worthwhile_milli to be found, if so many times
  // more answer without it as do now. kNoSampleIsEnough where nobody has answered without it.
  std::uint64_t customers_needed = 0;
};

// Order: those shown first, by falling size of the loss (the most negative difference first), then those not
// shown, then those too small; within equal ones by definition and friction.
[[nodiscard]] std::vector<Driver> FindDrivers(const ScoreTally& tally, ScoreScale scale,
                                              const DriverOptions& options = {});

}  // namespace v0
}  // namespace journey
