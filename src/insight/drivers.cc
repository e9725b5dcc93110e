#include "journey/insight/drivers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

namespace journey {
inline namespace v0 {
namespace {

ScoreSide SideOf(const RatioSums& sums) {
  return {static_cast<std::uint64_t>(sums.y), sums.customers, sums.value()};
}

// The variance that one customer adds to the mean of a side; the largest that the scale allows, where too few
// have answered to tell.
double VarianceOfOne(const RatioSums& sums, ScoreScale scale) {
  const double half = (HighestScoreMilli(scale) - LowestScoreMilli(scale)) / 2.0;
  if (sums.customers < 10) return half * half;
  return VarianceOf(sums) * static_cast<double>(sums.customers);
}

Driver Measure(const ScaleTally& tally, ScoreScale scale, const FrictionPlace& place,
               const FrictionScores& scores, const DriverOptions& options) {
  Driver driver{.definition = place.first, .friction = place.second, .scale = scale};
  const RatioSums without = tally.Without(place);
  driver.with = SideOf(scores.with);
  driver.without = SideOf(without);
  const double widest = HighestScoreMilli(scale) - LowestScoreMilli(scale);
  driver.interval = {-widest, widest};
  if (without.customers == 0) {
    driver.customers_needed = kNoSampleIsEnough;
    return driver;
  }
  driver.difference_milli = driver.with.mean_milli - driver.without.mean_milli;
  const double one_with = VarianceOfOne(scores.with, scale);
  const double one_without = VarianceOfOne(without, scale);
  const double ratio = static_cast<double>(without.customers) / static_cast<double>(scores.with.customers);
  driver.customers_needed = std::max(
      options.min_customers,
      CustomersNeeded(one_with + one_without / ratio, options.worthwhile_milli, 1e300, options.power));
  if (scores.with.customers < options.min_customers || without.customers < options.min_customers)
    return driver;

  const double variance_with = VarianceOf(scores.with);
  const double variance_without = VarianceOf(without);
  const double variance =
      std::max(0.0, variance_with + variance_without - 2.0 * CovarianceOf(scores.with, without, scores.both));
  const double degrees = WelchDegrees(variance_with, static_cast<double>(scores.with.customers),
                                      variance_without, static_cast<double>(without.customers));
  const double error = std::sqrt(variance);
  const double half = StudentQuantile(0.975, degrees) * error;
  driver.interval = {std::max(-widest, driver.difference_milli - half),
                     std::min(widest, driver.difference_milli + half)};
  driver.verdict = DriverVerdict::kNotShown;
  if (error > 0.0) {
    driver.p = StudentTwoSidedP(driver.difference_milli / error, degrees);
  } else {
    driver.p = driver.difference_milli == 0.0 ? 1.0 : 0.0;
  }
  return driver;
}

}  // namespace

std::string_view NameOf(DriverVerdict verdict) {
  constexpr std::array<std::string_view, 3> kNames{"too_small", "not_shown", "shown"};
  return kNames[static_cast<std::size_t>(verdict)];
}

std::vector<Driver> FindDrivers(const ScoreTally& tally, ScoreScale scale, const DriverOptions& options) {
  const ScaleTally& scores = tally.of(scale);
  std::vector<Driver> drivers;
  for (const auto& [place, sums] : scores.frictions) {
    drivers.push_back(Measure(scores, scale, place, sums, options));
  }
  std::vector<double> p_values;
  for (const Driver& driver : drivers) {
    if (driver.verdict != DriverVerdict::kTooSmall) p_values.push_back(driver.p);
  }
  const std::vector<double> q_values = BenjaminiHochberg(p_values);
  std::size_t next = 0;
  for (Driver& driver : drivers) {
    if (driver.verdict == DriverVerdict::kTooSmall) continue;
    driver.q = q_values[next++];
    if (driver.q <= options.max_q) driver.verdict = DriverVerdict::kShown;
  }
  std::ranges::stable_sort(drivers, [](const Driver& a, const Driver& b) {
    const auto rank = [](const Driver& driver) { return -static_cast<int>(driver.verdict); };
    return std::tuple(rank(a), a.difference_milli) < std::tuple(rank(b), b.difference_milli);
  });
  return drivers;
}

}  // namespace v0
}  // namespace journey
