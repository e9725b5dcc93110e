// BuildJourneys: a customer's ordered events into journeys, as JourneyDefinition specifies them.
//
//   steps view, pay; goal purchase; abandoned after 7 days
//   events (days)  view 0, pay 1, view 2, purchase 9.5, view 10
//   journeys       #0 view pay view, abandoned at 9     #1 view 10, open: the purchase came too late
//
// Discovered journeys (no definitions) are the customer's events cut at long idle times.
#pragma once
#include <span>

#include "journey/core/row_table.h"
#include "journey/identity/timelines.h"
#include "journey/journeys/classifier.h"
#include "journey/journeys/definition.h"
#include "journey/journeys/journey.h"

namespace journey {
inline namespace v0 {

struct JourneyTable {
  RowTable<JourneyRow> rows;
  RowTable<std::uint32_t> events;  // positions in all timelines
  RowTable<std::uint32_t> steps;   // the position of the event that reached each step, or kNotReached
};

// The limits that a builder needs beside the definition.
struct JourneyClock {
  TimePoint as_of;       // limits that have passed by then have passed
  Duration session_gap;  // a longer gap inside a journey is a pause
};

// Appends the journeys of one customer; `offset` is where `events` begin among all timelines.
// Order:    by their first events. Cost: O(events). Threads: safe on different tables.
// Requires: definition.Validate().ok(); as_of not before the last event.
void BuildJourneys(CustomerId customer, std::span<const EventRow> events, std::uint32_t offset,
                   DefinitionId definition_id, const JourneyDefinition& definition,
                   const EventClassifier& classifier, const TouchpointCatalog& catalog,
                   const JourneyClock& clock, JourneyTable& table);

// The same for discovered journeys, as DefinitionId{0}.
void DiscoverJourneys(CustomerId customer, std::span<const EventRow> events, std::uint32_t offset,
                      const Discovery& discovery, const EventClassifier& classifier,
                      const TouchpointCatalog& catalog, const JourneyClock& clock, JourneyTable& table);

// The last moment at which an open journey still is open, if nothing happens until then: its earliest limit.
// `reached` is when its last step was reached. Of a discovered journey: `discovery` tells. kMaxTime: it has none.
[[nodiscard]] TimePoint OpenUntil(const JourneyDefinition& definition, const JourneyRow& row,
                                  TimePoint reached);
[[nodiscard]] TimePoint OpenUntil(const Discovery& discovery, const JourneyRow& row);

}  // namespace v0
}  // namespace journey
