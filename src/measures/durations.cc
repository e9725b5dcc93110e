#include "journey/measures/durations.h"

#include <algorithm>

#include "measures/duration_ranks.h"

namespace journey {
inline namespace v0 {

// Room for at least one more value: more of it, or what is there is counted.
void Durations::MakeRoom() {
  const bool counts = !buckets_.empty();
  if (values_.size() < (counts ? kBurst : kExact)) {
    values_.reserve(counts ? kBurst : std::clamp(values_.size() * 2, kFirst, kExact));
    return;
  }
  CountValues();
  if (!counts) values_ = {};
  values_.reserve(kBurst);
}

void Durations::CountValues() {
  if (values_.empty()) return;
  const std::size_t buckets = internal::DurationBucket(std::ranges::max(values_)) + 1;
  if (buckets_.size() < buckets) buckets_.resize(buckets);
  for (const std::int64_t value : values_) ++buckets_[internal::DurationBucket(value)];
  values_.clear();
}

void Durations::AddBuckets(const std::vector<std::uint64_t>& buckets) {
  if (buckets_.size() < buckets.size()) buckets_.resize(buckets.size());
  for (std::size_t i = 0; i < buckets.size(); ++i) buckets_[i] += buckets[i];
}

void Durations::Merge(const Durations& other) {
  count_ += other.count_;
  if (count_ > kExact) CountValues();
  AddBuckets(other.buckets_);
  // Those of the other are counted as well, unless all fit among the exact ones.
  values_.insert(values_.end(), other.values_.begin(), other.values_.end());
  if (count_ <= kExact) return;
  CountValues();
  values_ = {};
}

Duration Durations::Quantile(std::uint64_t numerator, std::uint64_t denominator) const {
  internal::DurationRanks ranks;
  ranks.Take(*this);
  return ranks.Quantile(numerator, denominator);
}

bool operator==(const Durations& a, const Durations& b) {
  if (a.count_ != b.count_) return false;
  Durations x = a;
  Durations y = b;
  if (a.count_ > Durations::kExact) {
    x.CountValues();
    y.CountValues();
    return x.buckets_ == y.buckets_;
  }
  std::ranges::sort(x.values_);
  std::ranges::sort(y.values_);
  return x.values_ == y.values_;
}

}  // namespace v0
}  // namespace journey
