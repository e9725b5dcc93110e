// Which journeys are before and which after: by log, by time, or by the arm of an experiment.
//
//   at = 1 June, log from 1 May to 14 June   ->  periods of 14 days: [18 May, 1 June) and [1 June, 15 June)
//
// Two periods: a journey belongs to the period in which its first event lies, and is seen as it stood at the end
// of that period: the run of the first period ends at `at`, that of the second as much later as the first is
// long. So both are observed for equally long; a journey that straddles `at` is open in the first and not in the
// second; one that began before both is left out, and counted.
// Two arms: a journey's arm is the only value of the attribute on its events; where it has none, the one that
// the customer's last event before it with the attribute has. Journeys with several values are mixed, those
// without any have no arm; both are left out, and counted.
// The control group: journeys whose first event is in a channel, or whose value of an attribute (found as the arm
// is) is the one given.
//
// Threads: pure functions. Cost: O(events).
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "journey/core/status_fwd.h"
#include "journey/events/event_log.h"
#include "journey/insight/compare.h"
#include "journey/insight/tables.h"

namespace journey {
inline namespace v0 {

struct Split {
  std::vector<std::uint8_t> cells;                              // by JourneyId
  std::vector<std::pair<std::string, std::uint64_t>> left_out;  // reasons that occur
};

// All journeys on one side.
[[nodiscard]] Split SplitWhole(const RunTables& tables, CompareCell side);

// Half-open periods of equal length on both sides of `at`.
struct EqualPeriods {
  TimePoint from;
  TimePoint at;
  TimePoint until;
};
// The longest that the time from the first event to `last`, the time of the last, has room for.
// Errors: InvalidArgument unless first < at <= last.
[[nodiscard]] absl::StatusOr<EqualPeriods> PeriodsAround(TimePoint first, TimePoint at, TimePoint last);
// The journeys that began in [from, until); the others are left out.
[[nodiscard]] Split SplitPeriod(const RunTables& tables, TimePoint from, TimePoint until, CompareCell side);

// For each customer of `tables` the customer of `whole` who has that customer's first event, so that the people of
// two runs over one log are known as the same. Requires: every event of `tables` is in `whole`.
[[nodiscard]] std::vector<std::uint32_t> PeopleOf(const RunTables& tables, const RunTables& whole,
                                                  std::size_t log_size);

// The values of an attribute on the events of journeys, by falling number of events, then by text.
[[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> ValuesOf(const EventLog& log,
                                                                          const RunTables& tables,
                                                                          std::string_view key);
[[nodiscard]] Split SplitArms(const EventLog& log, const RunTables& tables, std::string_view key,
                              std::string_view before, std::string_view after);

// "channel=web" or "KEY=VALUE".
struct ControlMatch {
  std::string key;  // "channel" is the channel of the first event
  std::string value;
};
// Errors: InvalidArgument where there is no "=", or nothing before it.
[[nodiscard]] absl::StatusOr<ControlMatch> ParseControl(std::string_view text);
// Moves the journeys that match from kBefore to kControlBefore and from kAfter to kControlAfter; the number moved.
std::uint64_t MoveControl(const EventLog& log, const RunTables& tables, const ControlMatch& control,
                          std::vector<std::uint8_t>& cells);

}  // namespace v0
}  // namespace journey
