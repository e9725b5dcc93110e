// The simulated world as files: the log as CSV or JSON Lines, its truth, and the two configurations that go
// with it.
//
// The columns of the log, the same in both forms (in JSON Lines the empty ones are left out, `n` and `score`
// are numbers, and an empty placeholder is an empty text):
//   n, event_id, timestamp (ISO 8601, UTC), channel, event, user_id, device_id, email, phone, status,
//   platform, product, address, phone_number, score, scale, comment
//
// The truth is JSON Lines, each object with its "type":
//   world     schema "journey.truth/1", seed, customers, days, events (distinct), rows, as_of, and for each
//             kind of friction its planted rate and effects
//   person    person (a number), identifiers: {namespace: [values]}
//   event     event_id, person; once for each id
//   journey   journey (a number), person, definition, first_time, last_time, outcome, steps (names of those
//             reached), channels, events (in scope), first_event, last_event
//   friction  detector, kind, journey, person, channel, event (of the touchpoint), at, first_event,
//   last_event
//             (event ids), planted; and cause {detector, kind}, the same or what brought it about. The kind
//             of a drop-off is the outcome of its journey
#pragma once
#include <iosfwd>
#include <string>

#include "simulate/simulator.h"

namespace journey {
inline namespace v0 {

struct SimulatedFileOptions {
  // So many of 1,000 rows are followed by one that cannot be accepted: its time is missing, is no time, or is
  // beyond the year 2200. Such rows have ids of their own ("x0", "x1", ...) and are in no truth.
  std::uint32_t broken_permille = 0;
};

// Errors of the stream are left in the stream.
void WriteCsv(const SimulatedLog& log, std::ostream& out, const SimulatedFileOptions& options = {});
void WriteJsonLines(const SimulatedLog& log, std::ostream& out, const SimulatedFileOptions& options = {});
void WriteTruth(const SimulatedLog& log, std::ostream& out);

// MAP.json and JOURNEYS.json for these files.
[[nodiscard]] std::string SimulatedMap();
[[nodiscard]] std::string SimulatedJourneys();

}  // namespace v0
}  // namespace journey
