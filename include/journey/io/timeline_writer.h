// WriteTimeline: one customer's story, for the person who has to answer for it.
//
//   CUSTOMER 12   3 identifiers, 41 events, 6 sessions, 2 journeys
//   IDENTIFIERS   user_id 42, device d1, ... with their first and last times
//   WHY THEY BELONG TOGETHER   user_id 42 and device d1 on 2024-03-13 10:21:14 at web/login (events.csv, 17)
//   ... SESSIONS, event by event; JOURNEYS with their steps and how they ended; FINDINGS
//
// Unlike every other output, this one shows the values of identifiers: whoever asks for a customer by an
// identifier wants to see them. They are escaped for the terminal like all names.
//
// Requires: `log` is the one that the pipeline ran on. `customer` is below report.customers.size().
// Errors:   those of the stream. Threads: safe on different streams.
// Cost:     O(events of the log), for what else the customer's identifiers were seen with.
#pragma once
#include <cstddef>
#include <iosfwd>

#include "journey/core/ids.h"
#include "journey/events/event_log.h"
#include "journey/pipeline/report.h"

namespace journey {
inline namespace v0 {

struct TimelineOptions {
  std::size_t width = 80;         // columns; less than 60 is taken as 60
  bool colour = false;            // ANSI escapes for headings
  std::size_t max_events = 2000;  // listed; the rest is counted
  bool whole_tables = false;      // as wide as their cells
};

void WriteTimeline(const Report& report, const EventLog& log, CustomerId customer, std::ostream& out,
                   const TimelineOptions& options = {});

}  // namespace v0
}  // namespace journey
