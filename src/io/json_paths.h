// The measures of paths and time as JSON, inside a report: one function for each, and one for all.
//
// Each writes one value, as that of a key. Counts are journeys or customers with their denominators beside them;
// durations are whole microseconds, times ISO 8601; what there was nothing to measure for is null.
#pragma once
#include <span>
#include <string>

#include "io/json_stream_writer.h"
#include "journey/events/touchpoints.h"
#include "journey/measures/paths.h"

namespace journey {
inline namespace v0 {
namespace internal {

// {"aligned", "unaligned", "offsets": [{"offset", "none", "touchpoints": [{"channel", "event", "journeys"}]}]}; of
// an offset the touchpoints by falling number of journeys, those that nobody was at left out.
void WriteStepMatrix(const StepMatrix& matrix, const TouchpointCatalog& catalog, JsonStreamWriter& json);
// [{"from", "to", "journeys", "of"}], by (from, to): `of` journeys have `from`.
void WriteEventuallyFollows(const EventuallyFollows& follows, const TouchpointCatalog& catalog,
                            JsonStreamWriter& json);
// [{"from", "to", "count", "median_us", "p90_us"}], by (from, to).
void WriteTransitionTimes(std::span<const Transition> transitions, const TouchpointCatalog& catalog,
                          JsonStreamWriter& json);
// {"period_days", "cohorts": [{"begin", "customers", "active": [...], "last_is_running"}]}
void WriteRetention(const Retention& retention, TimePoint as_of, JsonStreamWriter& json);
// {"period_days", "rows": [{"begin", "started", "achieved", "failed", "ended", "under_way"}]}
void WriteThroughput(const Throughput& throughput, JsonStreamWriter& json);
// {"journeys", "pauses", "active_us": {"p10", "median", "p90"}, "idle_us": ..., "total_us": ...}
void WriteJourneyTimes(const JourneyTimes& times, JsonStreamWriter& json);

// {"journeys": [{"definition", "step_matrix", "eventually_follows", "transitions", "throughput", "times"}],
//  "retention": ...}. Requires: a name for each definition.
void WritePaths(const PathMeasures& paths, std::span<const std::string> definitions,
                const TouchpointCatalog& catalog, TimePoint as_of, JsonStreamWriter& json);

}  // namespace internal
}  // namespace v0
}  // namespace journey
