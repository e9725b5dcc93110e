#include "journey/insight/statistics.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "journey/insight/cluster_sums.h"
#include "support/catch.h"

namespace {

using namespace journey;

TEST_CASE("the normal distribution has its table's values") {
  CHECK(NormalCdf(0.0) == 0.5);
  CHECK(NormalCdf(1.0) == Approx(0.8413447460685429).epsilon(1e-14));
  CHECK(NormalQuantile(0.975) == Approx(kZ95).epsilon(1e-13));
  CHECK(NormalQuantile(0.5) == 0.0);
  CHECK(NormalQuantile(1e-9) == Approx(-5.997807015007686).epsilon(1e-11));
  CHECK(TwoSidedP(kZ95) == Approx(0.05).epsilon(1e-12));
  for (double p = 0.001; p < 1.0; p += 0.001) CHECK(NormalCdf(NormalQuantile(p)) == Approx(p).epsilon(1e-12));
}

TEST_CASE("Student's distribution has its table's values and becomes the normal one") {
  CHECK(StudentQuantile(0.975, 1) == Approx(12.706204736).epsilon(1e-9));  // tables of the t distribution
  CHECK(StudentQuantile(0.975, 5) == Approx(2.570581836).epsilon(1e-9));
  CHECK(StudentQuantile(0.975, 30) == Approx(2.042272456).epsilon(1e-9));
  CHECK(StudentQuantile(0.995, 120) == Approx(2.617421145).epsilon(1e-8));
  CHECK(StudentQuantile(0.975, 1e12) == Approx(kZ95).epsilon(1e-12));
  CHECK(StudentQuantile(0.975, 1e7) == Approx(kZ95).epsilon(1e-6));
  // With one degree of freedom it is Cauchy's, with two it has a closed form, too.
  for (double t = 0.1; t < 40.0; t *= 1.7) {
    CHECK(StudentTwoSidedP(t, 1) == Approx(1.0 - 2.0 / 3.141592653589793 * std::atan(t)).epsilon(1e-11));
    CHECK(StudentTwoSidedP(t, 2) == Approx(1.0 - t / std::sqrt(2.0 + t * t)).epsilon(1e-10));
    CHECK(StudentTwoSidedP(-t, 7) == StudentTwoSidedP(t, 7));
  }
}

TEST_CASE("Wilson's interval has the values of its own formula and of Newcombe's first table") {
  const Interval few = WilsonInterval(8, 10);
  CHECK(few.low == Approx(0.4901625).epsilon(1e-6));
  CHECK(few.high == Approx(0.9433178).epsilon(1e-6));
  // Newcombe (1998), Two-sided confidence intervals for the single proportion, table I, method 3.
  CHECK(WilsonInterval(81, 263).low == Approx(0.2553).margin(5e-5));
  CHECK(WilsonInterval(81, 263).high == Approx(0.3662).margin(5e-5));
  CHECK(WilsonInterval(15, 148).low == Approx(0.0624).margin(5e-5));
  CHECK(WilsonInterval(15, 148).high == Approx(0.1605).margin(5e-5));
  CHECK(WilsonInterval(0, 20).low == 0.0);
  CHECK(WilsonInterval(0, 20).high == Approx(0.1611).margin(5e-5));
  CHECK(WilsonInterval(1, 29).low == Approx(0.0061).margin(5e-5));
  CHECK(WilsonInterval(1, 29).high == Approx(0.1718).margin(5e-5));
  CHECK(WilsonInterval(0, 0) == Interval{0.0, 1.0});
  CHECK(WilsonInterval(20, 20).high == 1.0);
}

TEST_CASE("the interval of a difference of shares has the values of Newcombe's second table") {
  // Newcombe (1998), Interval estimation for the difference between independent proportions, table II, method 10.
  const auto is = [](Interval interval, double low, double high) {
    CHECK(interval.low == Approx(low).margin(5e-5));
    CHECK(interval.high == Approx(high).margin(5e-5));
  };
  is(DifferenceInterval(56, 70, 48, 80), 0.0524, 0.3339);
  is(DifferenceInterval(9, 10, 3, 10), 0.1705, 0.8090);
  is(DifferenceInterval(6, 7, 2, 7), 0.0582, 0.8062);
  is(DifferenceInterval(5, 56, 0, 29), -0.0381, 0.1926);
  is(DifferenceInterval(0, 10, 0, 20), -0.1611, 0.2775);
  is(DifferenceInterval(10, 10, 0, 20), 0.6791, 1.0);
}

TEST_CASE("Wilson's interval of shares covers in 93 to 97 per cent on average") {
  std::mt19937_64 random(1);
  double covered = 0;
  constexpr int kRuns = 4000;
  for (int i = 0; i < kRuns; ++i) {
    const double share = 0.05 + 0.9 * static_cast<double>(random() >> 11) * 0x1p-53;
    std::uint64_t hits = 0;
    for (int k = 0; k < 60; ++k) hits += static_cast<double>(random() >> 11) * 0x1p-53 < share ? 1U : 0U;
    covered += WilsonInterval(hits, 60).contains(share) ? 1 : 0;
  }
  INFO("covered " << covered / kRuns);
  CHECK(covered / kRuns > 0.93);
  CHECK(covered / kRuns < 0.97);
}

// q of i: the smallest level at which the step-up procedure, carried out, rejects i.
double SlowQ(const std::vector<double>& p, std::size_t i) {
  std::vector<double> levels{1.0};
  for (std::size_t k = 1; k <= p.size(); ++k) {
    for (const double value : p)
      levels.push_back(value * static_cast<double>(p.size()) / static_cast<double>(k));
  }
  std::vector<double> sorted = p;
  std::ranges::sort(sorted);
  double least = 1.0;
  for (const double level : levels) {
    if (level > 1.0) continue;
    double threshold = -1.0;
    for (std::size_t k = 1; k <= p.size(); ++k) {
      const double bound = level * static_cast<double>(k) / static_cast<double>(p.size());
      if (sorted[k - 1] <= bound * (1 + 1e-12)) threshold = sorted[k - 1];
    }
    if (p[i] <= threshold) least = std::min(least, level);
  }
  return least;
}

TEST_CASE("q-values are the smallest level at which Benjamini and Hochberg's procedure rejects") {
  CHECK(BenjaminiHochberg({}).empty());
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<double> p(1 + random() % 9);
    for (double& value : p) value = static_cast<double>(random() % 50) / 49.0;
    const std::vector<double> q = BenjaminiHochberg(p);
    for (std::size_t i = 0; i < p.size(); ++i) {
      CHECK(q[i] == Approx(SlowQ(p, i)).epsilon(1e-9));
      CHECK(q[i] >= p[i]);
    }
  }
}

TEST_CASE("a sample of the size that is asked for finds the difference in as many cases as it says") {
  // 0.16 is the variance of a share of 20 %; textbook: n = (1.96 + 0.84)^2 * 2 * 0.16 / 0.02^2.
  CHECK(CustomersNeeded(0.16, 0.02) == 6280);
  CHECK(CustomersNeeded(0.16, 0.0) == kNoSampleIsEnough);
  CHECK(CustomersNeeded(0.0, 0.02) == 2);
  std::mt19937_64 random(3);
  std::normal_distribution<double> one(0.0, 1.0);
  const double difference = 0.5;
  const std::uint64_t n = CustomersNeeded(1.0, difference);
  CHECK(n == 63);
  int found = 0;
  for (int round = 0; round < 3000; ++round) {
    double a = 0;
    double b = 0;
    for (std::uint64_t i = 0; i < n; ++i) {
      a += one(random);
      b += one(random) + difference;
    }
    const double z = (b - a) / static_cast<double>(n) / std::sqrt(2.0 / static_cast<double>(n));
    found += TwoSidedP(z) < 0.05 ? 1 : 0;
  }
  INFO("found " << found << " of 3000");
  CHECK(found > 0.77 * 3000);
  CHECK(found < 0.83 * 3000);
  CHECK(DetectableDifference(std::sqrt(2.0 / 63.0)) == Approx(0.5).epsilon(0.01));
}

TEST_CASE("the sums of a ratio give the variance that is summed up customer by customer") {
  std::mt19937_64 random(11);
  for (int round = 0; round < 200; ++round) {
    struct Customer {
      std::int64_t x_a, y_a, x_b, y_b;
    };
    std::vector<Customer> customers(2 + random() % 40);
    RatioSums a;
    RatioSums b;
    RatioSums parts[3];
    CrossSums both;
    for (Customer& one : customers) {
      one.y_a = static_cast<std::int64_t>(random() % 4);
      one.y_b = static_cast<std::int64_t>(random() % 3);
      one.x_a = one.y_a == 0 ? 0 : static_cast<std::int64_t>(random() % 5000);
      one.x_b = one.y_b == 0 ? 0 : static_cast<std::int64_t>(random() % 50);
      a.Add(one.x_a, one.y_a);
      parts[random() % 3].Add(one.x_a, one.y_a);
      b.Add(one.x_b, one.y_b);
      both.Add(one.x_a, one.y_a, one.x_b, one.y_b);
    }
    RatioSums merged = parts[2];
    merged.Merge(parts[0]);
    merged.Merge(parts[1]);
    CHECK(merged == a);
    merged.Subtract(parts[0]);
    RatioSums rest = parts[1];
    rest.Merge(parts[2]);
    CHECK(merged == rest);
    if (a.customers < 2 || b.customers < 2) continue;
    const double r_a = a.value();
    const double r_b = b.value();
    double variance = 0;
    double covariance = 0;
    for (const Customer& one : customers) {
      const double u = static_cast<double>(one.x_a) - r_a * static_cast<double>(one.y_a);
      const double v = static_cast<double>(one.x_b) - r_b * static_cast<double>(one.y_b);
      variance += u * u;
      covariance += u * v;
    }
    const auto n_a = static_cast<double>(a.customers);
    const auto n_b = static_cast<double>(b.customers);
    variance *= n_a / (n_a - 1) / static_cast<double>(a.y * a.y);
    covariance *= std::sqrt(n_a / (n_a - 1) * n_b / (n_b - 1)) / static_cast<double>(a.y * b.y);
    CHECK(VarianceOf(a) == Approx(variance).epsilon(1e-9));
    CHECK(CovarianceOf(a, b, both) == Approx(covariance).epsilon(1e-9).margin(1e-9));
  }
}

TEST_CASE("the interval of a share knows that a customer's journeys are alike") {
  RatioSums apart;  // 400 customers with a journey each, a quarter achieved
  RatioSums alike;  // 100 customers with four journeys each, all or none of them achieved
  for (int i = 0; i < 400; ++i) apart.Add(i % 4 == 0 ? 1 : 0, 1);
  for (int i = 0; i < 100; ++i) alike.Add(i % 4 == 0 ? 4 : 0, 4);
  CHECK(EffectiveSize(apart) == Approx(399).epsilon(0.01));
  CHECK(EffectiveSize(alike) == Approx(99).epsilon(0.01));
  const Interval narrow = ShareInterval(apart);
  const Interval wide = ShareInterval(alike);
  CHECK((wide.high - wide.low) > 1.9 * (narrow.high - narrow.low));
}

}  // namespace
