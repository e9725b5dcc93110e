#include "journey/insight/cluster_sums.h"

#include <algorithm>
#include <cmath>

namespace journey {
inline namespace v0 {
namespace {

// n / (n - 1): residuals from an estimated ratio are too small by that much.
double Correction(std::uint64_t customers) {
  return customers < 2 ? 0.0 : static_cast<double>(customers) / static_cast<double>(customers - 1);
}

// sum (x - r y)^2, where what is left by rounding is not taken for variance.
double Residuals(const RatioSums& sums, double ratio) {
  const auto xx = static_cast<double>(sums.xx);
  const double rest =
      xx - 2.0 * ratio * static_cast<double>(sums.xy) + ratio * ratio * static_cast<double>(sums.yy);
  return rest <= 1e-13 * xx ? 0.0 : rest;
}

double Covariance(const RatioSums& a, double r_a, const RatioSums& b, double r_b, const CrossSums& both) {
  if (a.customers < 2 || b.customers < 2 || a.y == 0 || b.y == 0) return 0.0;
  const double products = static_cast<double>(both.xx) - r_b * static_cast<double>(both.xy) -
                          r_a * static_cast<double>(both.yx) + r_a * r_b * static_cast<double>(both.yy);
  return std::sqrt(Correction(a.customers) * Correction(b.customers)) * products /
         (static_cast<double>(a.y) * static_cast<double>(b.y));
}

}  // namespace

double VarianceAround(const RatioSums& sums, double value) {
  if (sums.customers < 2 || sums.y == 0) return 0.0;
  const auto y = static_cast<double>(sums.y);
  return Correction(sums.customers) * Residuals(sums, value) / (y * y);
}

double VarianceOf(const RatioSums& sums) {
  return VarianceAround(sums, sums.value());
}

double CovarianceOf(const RatioSums& a, const RatioSums& b, const CrossSums& both) {
  return Covariance(a, a.value(), b, b.value(), both);
}

double CovarianceAround(const RatioSums& a, const RatioSums& b, const CrossSums& both, double value) {
  return Covariance(a, value, b, value, both);
}

double EffectiveSize(const RatioSums& share) {
  const auto n = static_cast<double>(share.y);
  const double value = share.value();
  const double variance = VarianceOf(share);
  if (variance <= 0.0) return static_cast<double>(share.customers);
  return std::min(n, value * (1.0 - value) / variance);
}

Interval RatioInterval(const RatioSums& sums) {
  constexpr double kHuge = 1.7976931348623157e308;
  if (sums.customers < 2) return {-kHuge, kHuge};
  const double half =
      StudentQuantile(0.975, static_cast<double>(sums.customers - 1)) * std::sqrt(VarianceOf(sums));
  return {sums.value() - half, sums.value() + half};
}

Interval ShareInterval(const RatioSums& share) {
  if (share.customers == 0) return {0.0, 1.0};
  return WilsonOfShare(share.value(), EffectiveSize(share));
}

}  // namespace v0
}  // namespace journey
