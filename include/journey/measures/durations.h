// Durations: how long something took, over many cases; a mergeable distribution.
//
//   Add(10s) Add(20s) Add(40s)    count() 3    median() 20s    Quantile(1, 4) 15s
//
// Up to kExact values the quantiles are exact. Beyond, values are counted in buckets of relative width 1/128,
// so that a quantile is off by at most 0.4 %. The state is a function of the multiset of values alone: Merge
// is associative and commutative, with an empty Durations as its identity, and 1 shard = 1,024 shards, to the
// byte.
//
// Cost: 8 bytes a value up to kExact, then at most 48 KiB; Add and Merge amortised O(1) and O(size).
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "journey/core/time.h"

namespace journey {
inline namespace v0 {

class Durations {
 public:
  static constexpr std::size_t kExact = 4096;

  // Requires: 0 <= value <= kForever.
  void Add(Duration value);
  // Asks memory for what Add(value) will touch.
  void Prefetch(Duration value) const;
  void Merge(const Durations& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  // The value below which numerator/denominator of the cases lie, linear between neighbours (as numpy and R
  // do by default), rounded down. Requires: count() > 0, 0 <= numerator <= denominator.
  [[nodiscard]] Duration Quantile(std::uint64_t numerator, std::uint64_t denominator) const;
  [[nodiscard]] Duration median() const { return Quantile(1, 2); }

  friend bool operator==(const Durations& a, const Durations& b);

 private:
  void ToBuckets();
  void AddBucket(std::size_t bucket, std::uint64_t count);
  [[nodiscard]] std::int64_t ValueAt(std::uint64_t rank, const std::vector<std::int64_t>& sorted) const;

  std::uint64_t count_ = 0;
  std::vector<std::int64_t> values_;    // as added, while count_ <= kExact
  std::vector<std::uint64_t> buckets_;  // afterwards
};

}  // namespace v0
}  // namespace journey
