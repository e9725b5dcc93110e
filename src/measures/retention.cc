#include "journey/measures/retention.h"

#include <algorithm>

#include "journey/core/check.h"

namespace journey {
inline namespace v0 {

void Retention::Add(std::span<const EventRow> events) {
  JOURNEY_CHECK(!events.empty());
  const std::uint32_t cohort = period_.Of(events.front().time);
  std::vector<std::uint64_t>& active = active_[cohort];
  active.resize(std::max(active.size(), period_.Of(events.back().time) - cohort + std::size_t{1}));
  std::uint32_t counted = 0;
  for (const EventRow& event : events) {
    const std::uint32_t after = period_.Of(event.time) - cohort;
    if (after == 0 ? &event != &events.front() : after == counted) continue;
    ++active[after];
    counted = after;
  }
}

void Retention::Merge(const Retention& other) {
  JOURNEY_CHECK(period_ == other.period_);
  for (const auto& [cohort, theirs] : other.active_) {
    std::vector<std::uint64_t>& active = active_[cohort];
    active.resize(std::max(active.size(), theirs.size()));
    for (std::size_t i = 0; i < theirs.size(); ++i) active[i] += theirs[i];
  }
}

std::vector<RetentionCohort> Retention::result(TimePoint as_of) const {
  std::vector<RetentionCohort> cohorts;
  const std::uint32_t now = period_.Of(as_of);
  for (const auto& [cohort, active] : active_) {
    RetentionCohort row{.begin = period_.begin(cohort), .customers = active[0], .active = active};
    JOURNEY_CHECK(cohort + active.size() <= now + std::size_t{1});
    row.active.resize(std::max(active.size(), now - cohort + std::size_t{1}));
    // Of the last period only its last microsecond ends it.
    row.last_is_running = as_of < period_.begin(now + 1) - Duration{1};
    cohorts.push_back(std::move(row));
  }
  return cohorts;
}

}  // namespace v0
}  // namespace journey
