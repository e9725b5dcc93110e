// WriteJson: a Report as JSON, for programs.
//
//   {
//     "schema": "journey.report/1",
//     "input": {"offered": 7, "statuses": {"accepted": 6, ...}, "first_time": "2024-03-13T10:21:14Z", ...},
//     "identity": ..., "sessions": ..., "journeys": [...], "friction": [...], "transitions": [...],
//     "variants": [...], "channels": [...], ...
//   }
//
// Times are ISO 8601 in UTC, durations whole microseconds (keys that end in _us); what there was nothing to
// measure for is null. A path of a variant is the list of its touchpoints. Keys may be added in later
// versions of the library; they are not renamed or removed while the schema says /1.
//
// WriteJson(report, insights, out) adds what Insights holds: "fix_first", "feedback", "funnels", "attribution",
// "owners" and "paths", and to each row of "friction" its "outcomes" (how the journeys with it ended), "examples"
// (some of these journeys), "owner" and "impact" (its lines in the two views of "fix_first", or null).
// Estimates and shares are whole thousandths (_milli) or millionths (_ppm).
//
// The bytes are a function of the report (and insights). Names are escaped so that they read back as they were, and so that
// printing them does nothing else; bytes that are not UTF-8 (in a host's own names) become U+FFFD.
//
// Errors: those of the stream; look at it afterwards. Threads: safe on different streams. Cost: O(output).
#pragma once
#include <iosfwd>

#include "journey/pipeline/insights.h"
#include "journey/pipeline/report.h"

namespace journey {
inline namespace v0 {

void WriteJson(const Report& report, std::ostream& out);
// Requires: insights of this report.
void WriteJson(const Report& report, const Insights& insights, std::ostream& out);

}  // namespace v0
}  // namespace journey
