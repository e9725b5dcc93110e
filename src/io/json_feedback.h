// "feedback" of a JSON report: how answers were joined, the scores of each scale with their intervals, who answered,
// and the drivers.
//
//   "feedback": {"offered": 812, "joined": 790, ..., "scales": [{"scale": "csat", "answers": 790, "mean_milli": 3921,
//                "by_definition": [...], "by_outcome": [...], "by_touchpoint": [...], "drivers": [...]}],
//                "response_rates": [...], "verbatims": [...]}
#pragma once
#include "io/json_stream_writer.h"
#include "journey/pipeline/insights.h"
#include "journey/pipeline/report.h"

namespace journey {
inline namespace v0 {
namespace internal {

// With its key. Requires: inside an object.
void WriteFeedback(const Report& report, const Insights& insights, JsonStreamWriter& json);

}  // namespace internal
}  // namespace v0
}  // namespace journey
