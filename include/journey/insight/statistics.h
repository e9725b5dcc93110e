// The statistics of this stage: intervals, p-values, false discovery, and how large a sample would have to be.
//
//   WilsonInterval(8, 10)                       [0.490, 0.943]
//   DifferenceInterval(56, 70, 48, 80)          56/70 - 48/80 = 0.2, [0.0524, 0.3339]
//   BenjaminiHochberg({0.01, 0.04, 0.03})       {0.03, 0.04, 0.04}
//   CustomersNeeded(0.16, 0.02)                 6,280 on each side to find 0.02 with a variance of 0.16
//
// Intervals are of 95 %, tests two-sided, unless told otherwise. Clustered variances: cluster_sums.h.
//
// Sources: Wilson, JASA 22 (1927); Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10; Benjamini and
//          Hochberg, JRSS B 57 (1995); Student's distribution by the continued fraction of the incomplete beta
//          function (DLMF 8.17.22, evaluated as Lentz did); quantiles by halving.
// Errors:  none; what cannot be computed has a stated value. Threads: pure functions.
#pragma once
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace journey {
inline namespace v0 {

inline constexpr double kZ95 = 1.959963984540054;  // NormalQuantile(0.975)

struct Interval {
  double low = 0.0;
  double high = 0.0;

  [[nodiscard]] bool contains(double value) const { return low <= value && value <= high; }
  friend bool operator==(const Interval&, const Interval&) = default;
};

[[nodiscard]] double NormalCdf(double z);
// Error: below 1e-12. Requires: 0 < p < 1.
[[nodiscard]] double NormalQuantile(double p);
// The chance of a standard normal at least so far from 0 on either side.
[[nodiscard]] double TwoSidedP(double z);

// The same of Student's distribution. Requires: degrees > 0 (infinity is the normal distribution).
[[nodiscard]] double StudentTwoSidedP(double t, double degrees);
[[nodiscard]] double StudentQuantile(double p, double degrees);

// Welch and Satterthwaite's degrees of freedom of the sum of two variances, each estimated from so many values.
// At least 1.
[[nodiscard]] double WelchDegrees(double variance_a, double n_a, double variance_b, double n_b);

// Of a share. `n` need not be whole: an effective sample size will do. Of nothing: [0, 1].
[[nodiscard]] Interval WilsonOfShare(double share, double n, double z = kZ95);
[[nodiscard]] Interval WilsonInterval(std::uint64_t successes, std::uint64_t n, double z = kZ95);

// Of the difference a - b of two independent shares (Newcombe's hybrid score). Of nothing: as far as it can be.
[[nodiscard]] Interval DifferenceOfShares(double share_a, double n_a, double share_b, double n_b,
                                          double z = kZ95);
[[nodiscard]] Interval DifferenceInterval(std::uint64_t successes_a, std::uint64_t n_a,
                                          std::uint64_t successes_b, std::uint64_t n_b, double z = kZ95);

// For each p-value its q-value: the smallest false discovery rate at which it would be among the discoveries.
// Order: as given; equal p-values get equal q-values. Cost: O(n log n).
[[nodiscard]] std::vector<double> BenjaminiHochberg(std::span<const double> p_values);

struct Power {
  double alpha = 0.05;  // two-sided
  double power = 0.8;
};
inline constexpr std::uint64_t kNoSampleIsEnough = std::numeric_limits<std::uint64_t>::max();

// How many customers each side needs to find a difference, where one customer adds `variance` to the mean of a
// side: n = (z_alpha + z_power)^2 (variance + variance / ratio) / difference^2, with `ratio` times as many on the
// other side. kNoSampleIsEnough of a difference of 0. Requires: variance >= 0, ratio > 0.
[[nodiscard]] std::uint64_t CustomersNeeded(double variance, double difference, double ratio = 1.0,
                                            Power power = {});
// The smallest difference that an estimate with this standard error would have found with that power.
[[nodiscard]] double DetectableDifference(double standard_error, Power power = {});

}  // namespace v0
}  // namespace journey
