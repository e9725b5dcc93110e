// Bootstrap over customers: how far an estimate would move if other customers had come.
//
//   CustomerSums sums(2);                                cells 0: journeys, 1: goals
//   sums.Customer({0}); sums.Add(0); sums.Add(1);        customer 0: one journey, achieved
//   sums.Customer({1}); sums.Add(0);                     customer 1: one journey, lost
//   Resample(sums, 1, [](auto cells, auto out) { out[0] = cells[1] / cells[0]; }, options)     a rate each
//
// Journeys of one customer resemble each other, so customers are drawn, not journeys. Each replicate gives
// each customer a weight of its own, Poisson with mean 1 (the limit of drawing with replacement; Hanley and
// MacGibbon 2006), which is a keyed hash of (seed, replicate, customer) and nothing else. A statistic has to
// be a function of sums over customers; the sums are whole numbers, so they are exact in any order and on any
// number of threads.
//
// Intervals are percentile intervals of 95 %. They cover what such a period would bring on average, not only
// what this one brought.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "journey/core/ids.h"
#include "journey/core/status_fwd.h"

namespace journey {
inline namespace v0 {

struct BootstrapOptions {
  std::uint64_t seed = 1;
  std::uint32_t replicates = 400;  // 200 to 100,000
  unsigned threads = 1;            // 1 to 256; changes nothing in the result

  // Errors: InvalidArgument, naming field, value and range.
  [[nodiscard]] absl::Status Validate() const;
};

// An estimate and its 95 % interval.
struct Estimate {
  double value = 0;
  double low = 0;
  double high = 0;
};

// What each customer adds to which cell.
class CustomerSums {
 public:
  explicit CustomerSums(std::size_t cells) : totals_(cells) {}

  // What is added from here on is this customer's. Order: each customer at most once.
  void Customer(CustomerId customer);
  // Requires: after Customer(); cell < cells(); |value| < 2^31, and the sum over all customers below 2^48.
  void Add(std::uint32_t cell, std::int32_t value = 1);

  [[nodiscard]] std::size_t cells() const { return totals_.size(); }
  [[nodiscard]] std::span<const double> totals() const { return totals_; }  // of the sample itself

  // What one customer added: entries [begin, end of the next).
  struct Entry {
    std::uint32_t cell;
    std::int32_t value;
  };
  struct Part {
    CustomerId customer;
    std::size_t begin;
  };
  [[nodiscard]] std::span<const Entry> entries() const { return entries_; }
  [[nodiscard]] std::span<const Part> parts() const { return parts_; }

 private:
  std::vector<double> totals_;
  std::vector<Entry> entries_;
  std::vector<Part> parts_;
};

// Reads the sums of one replicate and writes its outputs. Threads: called concurrently.
using Statistic = std::function<void(std::span<const double> cells, std::span<double> out)>;

// The outputs of each replicate: output o of replicate r at [r * outputs + o].
// Requires: options.Validate().ok(). Cost: O(replicates (entries + customers + cells)) and as many calls.
[[nodiscard]] std::vector<double> Resample(const CustomerSums& sums, std::size_t outputs,
                                           const Statistic& statistic, const BootstrapOptions& options);

// The weight of a customer in a replicate: 0, 1, 2, ... with the frequencies of Poisson's law, to 1 in
// 65,536.
[[nodiscard]] std::uint32_t BootstrapWeight(std::uint64_t seed, std::uint32_t replicate, CustomerId customer);

// The percentile interval of column `output`, expanded for `units`, the number of observations that the
// estimate rests on (Hesterberg, The American Statistician 69 (2015): quantiles are taken at the normal
// probability of sqrt(n / (n - 1)) times Student's quantile). Requires: at least one replicate. units below
// 2: not expanded.
[[nodiscard]] Estimate EstimateOf(double value, std::span<const double> resampled, std::size_t outputs,
                                  std::size_t output, std::uint64_t units = 0);

// Of each output, the share of the replicates in which it is the largest; a tie counts for the first.
[[nodiscard]] std::vector<double> ShareOfFirst(std::span<const double> resampled, std::size_t outputs);

}  // namespace v0
}  // namespace journey
