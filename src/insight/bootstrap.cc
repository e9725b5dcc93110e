#include "journey/insight/bootstrap.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <thread>

#include "journey/core/check.h"
#include "journey/core/mix.h"
#include "journey/core/status.h"
#include "journey/insight/statistics.h"

namespace journey {
inline namespace v0 {
namespace {

// Replicates are computed so many at a time: the sums of a cell lie side by side, and the loop over them is
// one of vector instructions.
constexpr std::size_t kLanes = 32;
constexpr std::size_t kPerHash = 4;  // weights that one hash gives, of 16 bits each

// 65,536 times the distribution function of Poisson's law with mean 1, at 0, 1, ... 7.
constexpr std::array<std::uint32_t, 8> kPoisson{24109, 48219, 60274, 64292, 65296, 65497, 65531, 65535};

// Four replicates share a hash.
constexpr std::uint64_t HashOf(std::uint64_t seed, std::uint64_t group, CustomerId customer) {
  using internal::SplitMix64;
  return SplitMix64(SplitMix64(SplitMix64(seed) ^ group) ^ (std::uint64_t{customer.value} << 32));
}

constexpr std::uint32_t PoissonOf(std::uint32_t bits) {
  std::uint32_t weight = 0;
  for (const std::uint32_t bound : kPoisson) weight += bits >= bound ? 1 : 0;
  return weight;
}

// The cells of replicates [first, first + kLanes): cell c of lane l at [c * kLanes + l].
void SumLanes(const CustomerSums& sums, std::uint64_t seed, std::size_t first, std::vector<double>& cells) {
  std::ranges::fill(cells, 0.0);
  std::array<double, kLanes> weights{};
  const std::span<const CustomerSums::Part> parts = sums.parts();
  for (std::size_t p = 0; p < parts.size(); ++p) {
    const std::size_t end = p + 1 < parts.size() ? parts[p + 1].begin : sums.entries().size();
    for (std::size_t group = 0; group < kLanes / kPerHash; ++group) {
      const std::uint64_t hash = HashOf(seed, first / kPerHash + group, parts[p].customer);
      for (std::size_t k = 0; k < kPerHash; ++k) {
        weights[group * kPerHash + k] = PoissonOf(static_cast<std::uint32_t>((hash >> (16 * k)) & 0xffffU));
      }
    }
    for (std::size_t e = parts[p].begin; e < end; ++e) {
      double* const cell = cells.data() + std::size_t{sums.entries()[e].cell} * kLanes;
      const auto value = static_cast<double>(sums.entries()[e].value);
      for (std::size_t lane = 0; lane < kLanes; ++lane) cell[lane] += weights[lane] * value;
    }
  }
}

// At (R + 1) p of the order statistics (type 6), which is right on average for a new draw.
double Quantile(const std::vector<double>& ascending, double p) {
  const auto count = static_cast<double>(ascending.size());
  const double at = std::clamp((count + 1.0) * p - 1.0, 0.0, count - 1.0);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, ascending.size() - 1);
  return ascending[below] + (at - static_cast<double>(below)) * (ascending[above] - ascending[below]);
}

double TailFor(std::uint64_t units) {
  if (units < 2) return 0.025;
  const auto n = static_cast<double>(units);
  return NormalCdf(-std::sqrt(n / (n - 1.0)) * StudentQuantile(0.975, n - 1.0));
}

}  // namespace

Status BootstrapOptions::Validate() const {
  if (replicates < 200 || replicates > 100'000) {
    return InvalidArgument(
        fmt::format("bootstrap replicates is {}; it must be from 200 to 100000", replicates));
  }
  if (threads < 1 || threads > 256) {
    return InvalidArgument(fmt::format("bootstrap threads is {}; it must be from 1 to 256", threads));
  }
  return absl::OkStatus();
}

void CustomerSums::Customer(CustomerId customer) {
  parts_.push_back({customer, entries_.size()});
}

void CustomerSums::Add(std::uint32_t cell, std::int32_t value) {
  JOURNEY_CHECK(!parts_.empty() && cell < totals_.size());
  totals_[cell] += static_cast<double>(value);
  entries_.push_back({cell, value});
}

std::uint32_t BootstrapWeight(std::uint64_t seed, std::uint32_t replicate, CustomerId customer) {
  const std::uint64_t hash = HashOf(seed, replicate / kPerHash, customer);
  return PoissonOf(static_cast<std::uint32_t>((hash >> (16 * (replicate % kPerHash))) & 0xffffU));
}

std::vector<double> Resample(const CustomerSums& sums, std::size_t outputs, const Statistic& statistic,
                             const BootstrapOptions& options) {
  std::vector<double> result(std::size_t{options.replicates} * outputs);
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    std::vector<double> lanes(sums.cells() * kLanes);
    std::vector<double> cells(sums.cells());
    for (;;) {
      const std::size_t first = next.fetch_add(kLanes);
      if (first >= options.replicates) return;
      SumLanes(sums, options.seed, first, lanes);
      const std::size_t last = std::min<std::size_t>(first + kLanes, options.replicates);
      for (std::size_t replicate = first; replicate < last; ++replicate) {
        for (std::size_t c = 0; c < cells.size(); ++c) cells[c] = lanes[c * kLanes + (replicate - first)];
        statistic(cells, std::span(result).subspan(replicate * outputs, outputs));
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    const std::size_t useful = (options.replicates + kLanes - 1) / kLanes;
    for (std::size_t i = 1; i < std::min<std::size_t>(options.threads, useful); ++i) {
      threads.emplace_back(work);
    }
    work();
  }
  return result;
}

Estimate EstimateOf(double value, std::span<const double> resampled, std::size_t outputs, std::size_t output,
                    std::uint64_t units) {
  std::vector<double> column;
  column.reserve(resampled.size() / outputs);
  for (std::size_t at = output; at < resampled.size(); at += outputs) column.push_back(resampled[at]);
  JOURNEY_CHECK(!column.empty());
  std::ranges::sort(column);
  const double tail = TailFor(units);
  return {value, Quantile(column, tail), Quantile(column, 1.0 - tail)};
}

std::vector<double> ShareOfFirst(std::span<const double> resampled, std::size_t outputs) {
  std::vector<std::uint64_t> firsts(outputs);
  if (outputs == 0) return {};
  for (std::size_t row = 0; row < resampled.size(); row += outputs) {
    const auto outputs_of = resampled.subspan(row, outputs);
    ++firsts[static_cast<std::size_t>(std::ranges::max_element(outputs_of) - outputs_of.begin())];
  }
  std::vector<double> shares;
  const auto replicates = static_cast<double>(resampled.size() / outputs);
  for (const std::uint64_t count : firsts) shares.push_back(static_cast<double>(count) / replicates);
  return shares;
}

}  // namespace v0
}  // namespace journey
