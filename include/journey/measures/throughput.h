// Throughput: how many journeys began and ended in each period, and how many were under way at its end.
//
//   days    0 started 3, achieved 1    1 started 1, failed 2      ->   under way: 2, then 1
//
// A journey ends when its outcome came about (JourneyRow::ended), and is under way until then; an open one has not
// ended. A monoid: Merge adds. Cost: Add is one look-up in a map of the periods.
#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "journey/journeys/journey.h"
#include "journey/measures/periods.h"

namespace journey {
inline namespace v0 {

struct ThroughputRow {
  TimePoint begin;  // of the period
  std::uint64_t started = 0;
  std::uint64_t achieved = 0;
  std::uint64_t failed = 0;     // abandoned, expired or excluded
  std::uint64_t ended = 0;      // discovered journeys without a goal
  std::uint64_t under_way = 0;  // at the end of the period, or at as_of
  friend bool operator==(const ThroughputRow&, const ThroughputRow&) = default;
};

class Throughput {
 public:
  explicit Throughput(Period period = {}) : period_(period) {}

  void Add(const JourneyRow& journey);
  // Requires: the same period.
  void Merge(const Throughput& other);

  [[nodiscard]] Period period() const { return period_; }
  // From the first period in which something began to the last in which something began or ended, none left out.
  [[nodiscard]] std::vector<ThroughputRow> result() const;

 private:
  Period period_;
  std::map<std::uint32_t, ThroughputRow> rows_;  // without begin and under_way
};

}  // namespace v0
}  // namespace journey
