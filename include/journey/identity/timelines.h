// Timelines: every customer's events in the total order. All that comes later is a function of these rows.
//
//   labels (by event)  7 3 7      events by (time, sequence, id)  1 0 2
//   -> customer 0 = label 3: [1]     customer 1 = label 7: [0 2]
//
// Customers are numbered by their first events, so that neither labels nor arrival show in a result.
#pragma once
#include <cstddef>
#include <span>
#include <type_traits>

#include "journey/core/ids.h"
#include "journey/core/row_table.h"
#include "journey/core/time.h"
#include "journey/events/event_log.h"

namespace journey {
inline namespace v0 {

// One event in its customer's timeline.
struct EventRow {
  TimePoint time;
  TouchpointId touchpoint;  // of the result's catalogue
  EventIndex event;         // row in the log
};
static_assert(sizeof(EventRow) == 16 && std::is_trivially_copyable_v<EventRow>);

struct Timelines {
  RowTable<EventRow> events;       // by customer, then in the order of events
  RowTable<std::uint32_t> begins;  // one a customer, and the end

  [[nodiscard]] std::size_t customers() const { return begins.empty() ? 0 : begins.size() - 1; }
  // Requires: customer below customers().
  [[nodiscard]] std::span<const EventRow> of(CustomerId customer) const {
    return std::span(events).subspan(begins[customer.value],
                                     begins[customer.value + 1] - begins[customer.value]);
  }
};

// `touchpoints` maps the log's touchpoints to the result's.
// Requires: labels.size() == log.size(); a valid entry in `touchpoints` for each that is used; threads >= 1.
// Cost:     O(events) when they arrived about in order; who came late is put in place, and a customer's events are sorted
//           where that is a long way for many. The rows are parted by groups of customers first, each of which then fits
//           into the cache: at 10^7 rows a fourth of what laying them out directly takes.
[[nodiscard]] Timelines BuildTimelines(const EventLog& log, std::span<const std::uint32_t> labels,
                                       std::span<const TouchpointId> touchpoints, unsigned threads = 1);

}  // namespace v0
}  // namespace journey
