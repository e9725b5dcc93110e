#include "journey/insight/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "journey/core/check.h"

namespace journey {
inline namespace v0 {
namespace {

constexpr double kSqrt2 = 1.4142135623730951;
constexpr double kLnSqrt2Pi = 0.9189385332046727;
constexpr double kManyDegrees = 1e8;  // Student's distribution is the normal one to ten digits

// ln Gamma(x) by Stirling's series after moving x up to 16; the C library's lgamma writes a global variable.
double LogGamma(double x) {
  double shift = 0.0;
  for (; x < 16.0; x += 1.0) shift += std::log(x);
  const double inverse = 1.0 / x;
  const double square = inverse * inverse;
  const double series =
      inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square * (1.0 / 1680))));
  return (x - 0.5) * std::log(x) - x + kLnSqrt2Pi + series - shift;
}

// The continued fraction of the incomplete beta function, for x < (a + 1) / (a + b + 2).
double BetaFraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  constexpr int kMostTerms = 10000;
  const auto away_from_zero = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1.0;
  double d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
  double result = d;
  for (int m = 1; m < kMostTerms; ++m) {
    const double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
    d = 1.0 / away_from_zero(1.0 + even * d);
    c = away_from_zero(1.0 + even / c);
    result *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
    d = 1.0 / away_from_zero(1.0 + odd * d);
    c = away_from_zero(1.0 + odd / c);
    const double step = d * c;
    result *= step;
    if (std::abs(step - 1.0) < 1e-15) break;
  }
  return result;
}

// The regularised incomplete beta function I_x(a, b), with 1 - x given for the sake of precision.
double IncompleteBeta(double a, double b, double x, double one_minus_x) {
  if (x <= 0.0) return 0.0;
  if (one_minus_x <= 0.0) return 1.0;
  const double front =
      std::exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + a * std::log(x) + b * std::log(one_minus_x));
  if (x < (a + 1.0) / (a + b + 2.0)) return front * BetaFraction(a, b, x) / a;
  return 1.0 - front * BetaFraction(b, a, one_minus_x) / b;
}

// The z >= 0 at which a falling function of z comes down to `target`.
template <typename Falling>
double Where(const Falling& falling, double target) {
  double low = 0.0;
  double high = 1.0;
  while (falling(high) > target && high < 1e300) high *= 2.0;
  for (;;) {
    const double middle = low + (high - low) / 2.0;
    if (middle <= low || middle >= high) return middle;
    (falling(middle) > target ? low : high) = middle;
  }
}

double ZOf(Power power) {
  return NormalQuantile(1.0 - power.alpha / 2.0) + NormalQuantile(power.power);
}

}  // namespace

double NormalCdf(double z) {
  return 0.5 * std::erfc(-z / kSqrt2);
}

double TwoSidedP(double z) {
  return std::erfc(std::abs(z) / kSqrt2);
}

double NormalQuantile(double p) {
  JOURNEY_CHECK(p > 0.0 && p < 1.0);
  if (p == 0.5) return 0.0;
  const double z = Where(TwoSidedP, 2.0 * std::min(p, 1.0 - p));
  return p < 0.5 ? -z : z;
}

double StudentTwoSidedP(double t, double degrees) {
  JOURNEY_CHECK(degrees > 0.0);
  if (degrees >= kManyDegrees) return TwoSidedP(t);
  if (std::isinf(t)) return 0.0;
  const double square = t * t;
  return IncompleteBeta(degrees / 2.0, 0.5, degrees / (degrees + square), square / (degrees + square));
}

double StudentQuantile(double p, double degrees) {
  JOURNEY_CHECK(p > 0.0 && p < 1.0 && degrees > 0.0);
  if (p == 0.5) return 0.0;
  const double t =
      Where([&](double value) { return StudentTwoSidedP(value, degrees); }, 2.0 * std::min(p, 1.0 - p));
  return p < 0.5 ? -t : t;
}

double WelchDegrees(double variance_a, double n_a, double variance_b, double n_b) {
  const double sum = variance_a + variance_b;
  double parts = 0.0;
  if (n_a > 1.0) parts += variance_a * variance_a / (n_a - 1.0);
  if (n_b > 1.0) parts += variance_b * variance_b / (n_b - 1.0);
  if (parts <= 0.0) return std::max(1.0, n_a + n_b - 2.0);
  return std::max(1.0, sum * sum / parts);
}

Interval WilsonOfShare(double share, double n, double z) {
  if (n <= 0.0) return {0.0, 1.0};
  const double square = z * z;
  const double middle = share + square / (2.0 * n);
  const double half = z * std::sqrt(std::max(0.0, share * (1.0 - share) / n + square / (4.0 * n * n)));
  const double scale = 1.0 + square / n;
  // The ends at 0 and 1 are exact, which the subtraction is not.
  return {share <= 0.0 ? 0.0 : std::max(0.0, (middle - half) / scale),
          share >= 1.0 ? 1.0 : std::min(1.0, (middle + half) / scale)};
}

Interval WilsonInterval(std::uint64_t successes, std::uint64_t n, double z) {
  if (n == 0) return {0.0, 1.0};
  const auto size = static_cast<double>(n);
  return WilsonOfShare(static_cast<double>(successes) / size, size, z);
}

Interval DifferenceOfShares(double share_a, double n_a, double share_b, double n_b, double z) {
  const Interval a = WilsonOfShare(share_a, n_a, z);
  const Interval b = WilsonOfShare(share_b, n_b, z);
  if (n_a <= 0.0 || n_b <= 0.0) return {a.low - b.high, a.high - b.low};
  const double difference = share_a - share_b;
  return {difference - std::hypot(share_a - a.low, b.high - share_b),
          difference + std::hypot(a.high - share_a, share_b - b.low)};
}

Interval DifferenceInterval(std::uint64_t successes_a, std::uint64_t n_a, std::uint64_t successes_b,
                            std::uint64_t n_b, double z) {
  const auto share = [](std::uint64_t successes, std::uint64_t n) {
    return n == 0 ? 0.5 : static_cast<double>(successes) / static_cast<double>(n);
  };
  return DifferenceOfShares(share(successes_a, n_a), static_cast<double>(n_a), share(successes_b, n_b),
                            static_cast<double>(n_b), z);
}

std::vector<double> BenjaminiHochberg(std::span<const double> p_values) {
  const std::size_t n = p_values.size();
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::less<>{}, [&](std::size_t i) { return p_values[i]; });
  std::vector<double> q_values(n);
  double least = 1.0;
  for (std::size_t rank = n; rank-- > 0;) {
    const std::size_t i = order[rank];
    least = std::min(least, p_values[i] * (static_cast<double>(n) / static_cast<double>(rank + 1)));
    q_values[i] = least;
  }
  return q_values;
}

std::uint64_t CustomersNeeded(double variance, double difference, double ratio, Power power) {
  JOURNEY_CHECK(variance >= 0.0 && ratio > 0.0);
  if (difference == 0.0) return kNoSampleIsEnough;
  const double z = ZOf(power) / difference;
  const double n = std::ceil(z * z * variance * (1.0 + 1.0 / ratio));
  if (!(n < 1e18)) return kNoSampleIsEnough;
  return std::max<std::uint64_t>(2, static_cast<std::uint64_t>(n));
}

double DetectableDifference(double standard_error, Power power) {
  return ZOf(power) * standard_error;
}

}  // namespace v0
}  // namespace journey
