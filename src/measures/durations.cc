#include "journey/measures/durations.h"

#include <algorithm>
#include <bit>

#include "journey/core/check.h"

namespace journey {
inline namespace v0 {
namespace {

constexpr int kBits = 7;  // 128 buckets for each power of two
constexpr std::uint64_t kLinear = std::uint64_t{1} << kBits;

// Values below 128 have a bucket each; above, the leading 8 bits tell the bucket.
std::size_t BucketOf(std::int64_t value) {
  const auto v = static_cast<std::uint64_t>(value);
  if (v < kLinear) return v;
  const int shift = static_cast<int>(std::bit_width(v)) - (kBits + 1);
  return (static_cast<std::uint64_t>(shift) << kBits) + (v >> shift);
}

// The middle of a bucket.
std::int64_t MiddleOf(std::size_t bucket) {
  if (bucket < 2 * kLinear) return static_cast<std::int64_t>(bucket);
  const std::size_t shift = (bucket >> kBits) - 1;
  const std::uint64_t lowest = (bucket - (shift << kBits)) << shift;
  return static_cast<std::int64_t>(lowest + (std::uint64_t{1} << shift) / 2);
}

}  // namespace

void Durations::Add(Duration value) {
  JOURNEY_CHECK(value >= Duration::zero() && value <= kForever);
  if (++count_ <= kExact) {
    values_.push_back(value.count());
    return;
  }
  ToBuckets();
  AddBucket(BucketOf(value.count()), 1);
}

void Durations::Prefetch(Duration value) const {
  const std::size_t bucket = BucketOf(value.count());
  if (bucket < buckets_.size()) __builtin_prefetch(&buckets_[bucket], 1);
}

void Durations::Merge(const Durations& other) {
  count_ += other.count_;
  if (count_ <= kExact) {
    values_.insert(values_.end(), other.values_.begin(), other.values_.end());
    return;
  }
  ToBuckets();
  for (const std::int64_t value : other.values_) AddBucket(BucketOf(value), 1);
  for (std::size_t i = 0; i < other.buckets_.size(); ++i) {
    if (other.buckets_[i] != 0) AddBucket(i, other.buckets_[i]);
  }
}

void Durations::ToBuckets() {
  for (const std::int64_t value : values_) AddBucket(BucketOf(value), 1);
  values_.clear();
  values_.shrink_to_fit();
}

void Durations::AddBucket(std::size_t bucket, std::uint64_t count) {
  if (bucket >= buckets_.size()) buckets_.resize(bucket + 1);
  buckets_[bucket] += count;
}

std::int64_t Durations::ValueAt(std::uint64_t rank, const std::vector<std::int64_t>& sorted) const {
  if (!sorted.empty()) return sorted[rank];
  for (std::size_t bucket = 0;; ++bucket) {
    if (rank < buckets_[bucket]) return MiddleOf(bucket);
    rank -= buckets_[bucket];
  }
}

Duration Durations::Quantile(std::uint64_t numerator, std::uint64_t denominator) const {
  JOURNEY_CHECK(count_ > 0 && numerator <= denominator && denominator > 0);
  std::vector<std::int64_t> sorted = values_;
  std::ranges::sort(sorted);
  const std::uint64_t place = (count_ - 1) * numerator;
  const std::uint64_t rank = place / denominator;
  const std::int64_t low = ValueAt(rank, sorted);
  const std::uint64_t between = place % denominator;
  if (between == 0) return Duration{low};
  const std::int64_t step = ValueAt(rank + 1, sorted) - low;
  // step is below 2^53 and a quantile's denominator is small, so that the product fits.
  return Duration{low + step * static_cast<std::int64_t>(between) / static_cast<std::int64_t>(denominator)};
}

bool operator==(const Durations& a, const Durations& b) {
  if (a.count_ != b.count_ || a.buckets_ != b.buckets_) return false;
  std::vector<std::int64_t> x = a.values_;
  std::vector<std::int64_t> y = b.values_;
  std::ranges::sort(x);
  std::ranges::sort(y);
  return x == y;
}

}  // namespace v0
}  // namespace journey
