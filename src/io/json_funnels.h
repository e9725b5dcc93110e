// Funnels as JSON, inside a report.
//
//   [{"name": "buy", "rules": {...}, "customers": 9, "dropped": 0, "entered": 8, "completed": 2,
//     "steps": [{"step": "view", "reached": 8, "ended": 5, "of_first_ppm": 1000000, "of_previous_ppm": null,
//                "from_previous_us": {"median": ..., "p90": ...}, "from_first_us": ..., "examples": [[...]]}]}]
//
// Shares are whole millionths, rounded to the nearest; of_previous is of the nearest required step before. What
// there was nothing to measure for is null. An example is the chain of events of one that got to this step and no
// further.
#pragma once
#include <span>

#include "io/json_stream_writer.h"
#include "journey/events/touchpoints.h"
#include "journey/identity/timelines.h"
#include "journey/measures/funnels_of_log.h"

namespace journey {
inline namespace v0 {
namespace internal {

// Writes an array, as the value after a key. `timeline` holds all timelines of the run.
void WriteFunnels(std::span<const FunnelResult> funnels, const TouchpointCatalog& catalog,
                  std::span<const EventRow> timeline, JsonStreamWriter& json);

}  // namespace internal
}  // namespace v0
}  // namespace journey
