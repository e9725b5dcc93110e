// RatioSums: a ratio over customers, such as answers' scores per answer or achieved journeys per journey, with a
// variance that does not take one customer's journeys for independent ones.
//
//   customers with (achieved, journeys)  (1, 1) (0, 2) (2, 2)   ->  value 3 / 5, customers 3
//
// The estimate is r = X / Y with X = sum x, Y = sum y; its variance is that of the residuals x - r y, summed by
// customer: n / (n - 1) * sum (x - r y)^2 / Y^2. CrossSums gives the covariance of two ratios that have
// customers in common.
//
// Monoids of integers: Merge adds, so that 1 = 64 = 1,024 shards to the byte; Subtract takes a part out again.
// Limits: |x| below 2^55 (a thousand years in microseconds) and 2^16 customers of that size; fewer of less.
// Source: Taylor linearisation of a ratio with clusters, Cochran, Sampling Techniques (1977), 9.7 and 6.3.
#pragma once
#include <cstdint>

#include "journey/insight/statistics.h"

namespace journey {
inline namespace v0 {

__extension__ typedef __int128 WideInteger;

struct RatioSums {
  std::uint64_t customers = 0;  // with y != 0
  std::int64_t x = 0;
  std::int64_t y = 0;
  WideInteger xx = 0;
  WideInteger xy = 0;
  WideInteger yy = 0;

  // One customer. Requires: y >= 0; x == 0 where y == 0.
  void Add(std::int64_t customer_x, std::int64_t customer_y) {
    if (customer_y == 0) return;
    ++customers;
    x += customer_x;
    y += customer_y;
    xx += WideInteger{customer_x} * customer_x;
    xy += WideInteger{customer_x} * customer_y;
    yy += WideInteger{customer_y} * customer_y;
  }
  void Merge(const RatioSums& other) {
    customers += other.customers;
    x += other.x;
    y += other.y;
    xx += other.xx;
    xy += other.xy;
    yy += other.yy;
  }
  // Requires: `other` was merged into this.
  void Subtract(const RatioSums& other) {
    customers -= other.customers;
    x -= other.x;
    y -= other.y;
    xx -= other.xx;
    xy -= other.xy;
    yy -= other.yy;
  }

  [[nodiscard]] double value() const {  // 0 of nothing
    return y == 0 ? 0.0 : static_cast<double>(x) / static_cast<double>(y);
  }
  friend bool operator==(const RatioSums&, const RatioSums&) = default;
};

// Of the customers that are in both of two RatioSums a and b.
struct CrossSums {
  WideInteger xx = 0;
  WideInteger xy = 0;  // a's x, b's y
  WideInteger yx = 0;
  WideInteger yy = 0;

  void Add(std::int64_t x_a, std::int64_t y_a, std::int64_t x_b, std::int64_t y_b) {
    xx += WideInteger{x_a} * x_b;
    xy += WideInteger{x_a} * y_b;
    yx += WideInteger{y_a} * x_b;
    yy += WideInteger{y_a} * y_b;
  }
  void Merge(const CrossSums& other) {
    xx += other.xx;
    xy += other.xy;
    yx += other.yx;
    yy += other.yy;
  }
  friend bool operator==(const CrossSums&, const CrossSums&) = default;
};

// Of the ratio; 0 where there are fewer than two customers.
[[nodiscard]] double VarianceOf(const RatioSums& sums);
// The same if the ratios were `value`: what a test under the assumption of one common ratio uses.
[[nodiscard]] double VarianceAround(const RatioSums& sums, double value);
[[nodiscard]] double CovarianceOf(const RatioSums& a, const RatioSums& b, const CrossSums& both);
[[nodiscard]] double CovarianceAround(const RatioSums& a, const RatioSums& b, const CrossSums& both,
                                      double value);

// Of independent units that would estimate the share x / y as well as these clustered ones do; for a score
// interval of a share. At most y; the number of customers where the variance is 0.
[[nodiscard]] double EffectiveSize(const RatioSums& share);

// 95 % intervals: of a ratio by Student's distribution over the customers, of a share by Wilson's.
// Of fewer than two customers: as wide as numbers go, or [0, 1].
[[nodiscard]] Interval RatioInterval(const RatioSums& sums);
[[nodiscard]] Interval ShareInterval(const RatioSums& share);

}  // namespace v0
}  // namespace journey
