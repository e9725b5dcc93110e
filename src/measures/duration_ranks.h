// DurationRanks: what stands at a place in the order of some durations; several places for the price of one.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "journey/measures/durations.h"

namespace journey {
inline namespace v0 {
namespace internal {

// How values are counted: those below 128 have a bucket each; above, the leading 8 bits tell the bucket.
[[nodiscard]] inline std::size_t DurationBucket(std::int64_t value) {
  constexpr int kBits = 7;  // 128 buckets for each power of two
  const auto v = static_cast<std::uint64_t>(value);
  if (v < std::uint64_t{1} << kBits) return v;
  const int shift = static_cast<int>(std::bit_width(v)) - (kBits + 1);
  return (static_cast<std::uint64_t>(shift) << kBits) + (v >> shift);
}

// The lowest value in a bucket.
[[nodiscard]] inline std::int64_t DurationBucketLowest(std::size_t bucket) {
  if (bucket < 256) return static_cast<std::int64_t>(bucket);
  const std::size_t shift = bucket / 128 - 1;
  return static_cast<std::int64_t>((bucket - shift * 128) << shift);
}

class DurationRanks {
 public:
  // Takes the place of what it was about before. Lifetime: of `durations`. Requires: durations.count() > 0.
  void Take(const Durations& durations);

  // As Durations::Quantile. Cost: least if quantiles are asked for in rising order.
  [[nodiscard]] Duration Quantile(std::uint64_t numerator, std::uint64_t denominator);

 private:
  // So many values are sorted sooner than they are counted.
  static constexpr std::size_t kFew = 128;

  [[nodiscard]] std::int64_t ValueAt(std::uint64_t rank);
  [[nodiscard]] std::int64_t ValueInBucket(std::uint64_t rank);

  const Durations* durations_ = nullptr;
  bool exact_ = false;
  std::vector<std::int64_t> sorted_;   // few values
  std::vector<std::uint64_t> counts_;  // by bucket
  std::vector<std::int64_t> inside_;   // the values of a bucket
  std::size_t bucket_ = 0;             // where the last place was found,
  std::uint64_t before_ = 0;           // and how many values come before it
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
