#include "pipeline/session_counts.h"

#include <algorithm>
#include <cstddef>

#include "measures/duration_ranks.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

void Count(std::int64_t value, std::vector<std::uint64_t>& counts) {
  const std::size_t bucket = DurationBucket(value);
  if (bucket >= counts.size()) counts.resize(bucket + 1);
  ++counts[bucket];
}

void AddCounts(const std::vector<std::uint64_t>& from, std::vector<std::uint64_t>& to) {
  if (to.size() < from.size()) to.resize(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) to[i] += from[i];
}

// The middle one, or of an even number the mean of the middle two, rounded down. Requires: some sessions.
template <typename ValueOf>
std::int64_t MedianOf(std::span<const SessionRow> sessions, const std::vector<std::uint64_t>& counts,
                      const ValueOf& value_of) {
  const std::size_t upper = sessions.size() / 2;
  const std::size_t lower = (sessions.size() - 1) / 2;
  // The buckets that the two are in; between them there is nothing.
  std::size_t first = 0;
  std::size_t before = 0;
  for (; before + counts[first] <= lower; ++first) before += counts[first];
  std::size_t last = first;
  for (std::size_t upto = before + counts[first]; upto <= upper; upto += counts[last]) ++last;
  if (first == last && DurationBucketLowest(first + 1) - DurationBucketLowest(first) == 1)
    return DurationBucketLowest(first);
  const std::int64_t lowest = DurationBucketLowest(first);
  const std::int64_t end = DurationBucketLowest(last + 1);
  std::vector<std::int64_t> inside;
  for (const SessionRow& session : sessions) {
    const std::int64_t value = value_of(session);
    if (value >= lowest && value < end) inside.push_back(value);
  }
  const auto at = inside.begin() + static_cast<std::ptrdiff_t>(upper - before);
  std::nth_element(inside.begin(), at, inside.end());
  if (lower == upper) return *at;
  const std::int64_t below = *std::max_element(inside.begin(), at);
  return below + (*at - below) / 2;
}

}  // namespace

void SessionCounts::Add(std::span<const SessionRow> sessions) {
  count_ += sessions.size();
  for (const SessionRow& session : sessions) {
    cut_ += session.cut;
    Count(session.events(), events_);
    Count(session.length().count(), lengths_);
  }
}

void SessionCounts::Merge(const SessionCounts& other) {
  count_ += other.count_;
  cut_ += other.cut_;
  AddCounts(other.events_, events_);
  AddCounts(other.lengths_, lengths_);
}

SessionSummary SessionCounts::Summarize(std::span<const SessionRow> sessions) const {
  SessionSummary summary{.count = count_, .cut = cut_};
  if (count_ == 0) return summary;
  summary.events_median = static_cast<std::uint64_t>(
      MedianOf(sessions, events_, [](const SessionRow& row) { return std::int64_t{row.events()}; }));
  summary.duration_median =
      Duration{MedianOf(sessions, lengths_, [](const SessionRow& row) { return row.length().count(); })};
  return summary;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
