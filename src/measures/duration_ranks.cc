#include "measures/duration_ranks.h"

#include <algorithm>

#include "journey/core/check.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

std::int64_t MiddleOf(std::size_t bucket) {
  const std::int64_t lowest = DurationBucketLowest(bucket);
  return lowest + (DurationBucketLowest(bucket + 1) - lowest) / 2;
}

}  // namespace

void DurationRanks::Take(const Durations& durations) {
  JOURNEY_CHECK(durations.count_ > 0);
  durations_ = &durations;
  exact_ = durations.buckets_.empty();
  bucket_ = 0;
  before_ = 0;
  const std::vector<std::int64_t>& values = durations.values_;
  sorted_.clear();
  if (exact_ && values.size() <= kFew) {
    sorted_ = values;
    std::ranges::sort(sorted_);
    return;
  }
  counts_ = durations.buckets_;
  if (values.empty()) return;
  const std::size_t buckets = DurationBucket(std::ranges::max(values)) + 1;
  if (counts_.size() < buckets) counts_.resize(buckets);
  for (const std::int64_t value : values) ++counts_[DurationBucket(value)];
}

std::int64_t DurationRanks::ValueAt(std::uint64_t rank) {
  if (!sorted_.empty()) return sorted_[rank];
  if (rank < before_) bucket_ = before_ = 0;
  for (; rank - before_ >= counts_[bucket_]; ++bucket_) before_ += counts_[bucket_];
  return exact_ ? ValueInBucket(rank - before_) : MiddleOf(bucket_);
}

std::int64_t DurationRanks::ValueInBucket(std::uint64_t rank) {
  inside_.clear();
  for (const std::int64_t value : durations_->values_) {
    if (DurationBucket(value) == bucket_) inside_.push_back(value);
  }
  const auto at = inside_.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(inside_.begin(), at, inside_.end());
  return *at;
}

Duration DurationRanks::Quantile(std::uint64_t numerator, std::uint64_t denominator) {
  JOURNEY_CHECK(numerator <= denominator && denominator > 0);
  const std::uint64_t place = (durations_->count_ - 1) * numerator;
  const std::uint64_t rank = place / denominator;
  const std::int64_t low = ValueAt(rank);
  const std::uint64_t between = place % denominator;
  if (between == 0) return Duration{low};
  const std::int64_t step = ValueAt(rank + 1) - low;
  // step is below 2^53 and a quantile's denominator is small, so that the product fits.
  return Duration{low + step * static_cast<std::int64_t>(between) / static_cast<std::int64_t>(denominator)};
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
