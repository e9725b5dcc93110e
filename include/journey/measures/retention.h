// Retention: of the customers whose first event was in one period, how many came back so many periods later.
//
//   weeks  ann 0 1 . 3    bob 0 . .    cat . 1 2        cohort 0: 2 customers, after 1: 1, 2: 0, 3: 1
//                                                       cohort 1: 1 customer,  after 1: 1
//
// A customer is active in a period with an event in it. A period that had not ended at `as_of` is still
// running: its cell may grow, and is marked. A monoid: Merge adds.
// Cost: Add is O(events); 8 bytes for each cohort and period after it.
#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "journey/identity/timelines.h"
#include "journey/measures/periods.h"

namespace journey {
inline namespace v0 {

struct RetentionCohort {
  TimePoint begin;  // of the period
  std::uint64_t customers = 0;
  std::vector<std::uint64_t> active;  // by periods after the first; active[0] == customers
  bool last_is_running = false;       // the last of them had not ended at as_of
  friend bool operator==(const RetentionCohort&, const RetentionCohort&) = default;
};

class Retention {
 public:
  explicit Retention(Period period = {}) : period_(period) {}

  // One customer's events, in order. Requires: each customer once; not empty.
  void Add(std::span<const EventRow> events);
  // Requires: the same period.
  void Merge(const Retention& other);

  [[nodiscard]] Period period() const { return period_; }
  // The cohorts that have customers, by period; each with a cell for every period up to that of `as_of`.
  // Requires: as_of not before the last event.
  [[nodiscard]] std::vector<RetentionCohort> result(TimePoint as_of) const;

 private:
  Period period_;
  std::map<std::uint32_t, std::vector<std::uint64_t>> active_;  // by cohort: by periods after
};

}  // namespace v0
}  // namespace journey
