#include "journey/insight/bootstrap.h"

#include <cmath>

#include "journey/core/status.h"
#include "support/catch.h"

namespace journey {
namespace {

TEST_CASE("weights have the frequencies of Poisson's law with mean one") {
  std::array<double, 10> seen{};
  double sum = 0;
  constexpr std::uint32_t kCustomers = 2000;
  constexpr std::uint32_t kReplicates = 400;
  for (std::uint32_t r = 0; r < kReplicates; ++r) {
    for (std::uint32_t c = 0; c < kCustomers; ++c) {
      const std::uint32_t weight = BootstrapWeight(7, r, {c});
      seen[weight] += 1.0 / (kCustomers * kReplicates);
      sum += weight;
    }
  }
  double expected = std::exp(-1.0);
  for (std::size_t weight = 0; weight < 6; ++weight) {
    CHECK(seen[weight] == Approx(expected).margin(0.002));
    expected /= static_cast<double>(weight + 1);
  }
  CHECK(sum / (kCustomers * kReplicates) == Approx(1.0).margin(0.005));
}

TEST_CASE("replicates sum what a plain loop over customers sums") {
  CustomerSums sums(3);
  for (std::uint32_t c = 0; c < 50; ++c) {
    sums.Customer({c});
    sums.Add(0);
    sums.Add(1, static_cast<std::int32_t>(c) - 20);
    if (c % 3 == 0) sums.Add(2, 1000 * static_cast<std::int32_t>(c));
  }
  const BootstrapOptions options{.seed = 11, .replicates = 205, .threads = 3};
  const auto copy = [](std::span<const double> cells, std::span<double> out) {
    std::ranges::copy(cells, out.begin());
  };
  const std::vector<double> resampled = Resample(sums, 3, copy, options);
  for (std::uint32_t r = 0; r < options.replicates; ++r) {
    std::array<double, 3> expected{};
    for (std::uint32_t c = 0; c < 50; ++c) {
      const double weight = BootstrapWeight(11, r, {c});
      expected[0] += weight;
      expected[1] += weight * (static_cast<double>(c) - 20);
      expected[2] += c % 3 == 0 ? weight * 1000 * c : 0;
    }
    for (std::size_t cell = 0; cell < 3; ++cell) CHECK(resampled[r * 3 + cell] == expected[cell]);
  }
  CHECK(sums.totals()[0] == 50);
}

TEST_CASE("the standard error of a mean comes out as it is known") {
  CustomerSums sums(2);
  for (std::uint32_t c = 0; c < 1000; ++c) {
    sums.Customer({c});
    sums.Add(0);
    sums.Add(1, c % 2 == 0 ? 1 : 0);
  }
  const auto share = [](std::span<const double> cells, std::span<double> out) {
    out[0] = cells[1] / cells[0];
  };
  const std::vector<double> resampled = Resample(sums, 1, share, {.replicates = 2000});
  const Estimate estimate = EstimateOf(0.5, resampled, 1, 0);
  const double width = 2 * 1.96 * 0.5 / std::sqrt(1000.0);
  CHECK(estimate.high - estimate.low == Approx(width).epsilon(0.06));
}

TEST_CASE("a customer's weight depends on seed, replicate and customer alone, and all three matter") {
  int same_seed = 0;
  int same_replicate = 0;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    same_seed += BootstrapWeight(1, i, {5}) == BootstrapWeight(2, i, {5}) ? 1 : 0;
    same_replicate += BootstrapWeight(1, i, {5}) == BootstrapWeight(1, i, {6}) ? 1 : 0;
  }
  CHECK(same_seed < 500);
  CHECK(same_replicate < 500);
}

TEST_CASE("the share of first places counts a tie for the first") {
  const std::vector<double> resampled{1, 2, 3, 3, 0, 5};
  CHECK(ShareOfFirst(resampled, 2) == std::vector<double>{1.0 / 3, 2.0 / 3});
}

}  // namespace
}  // namespace journey
