// The JSON of what to fix first, and of attribution. Names of touchpoints, detectors and channels are texts;
// goals are in thousandths, shares in millionths, times in microseconds, scores in thousandths of a point:
// whole numbers, so that the bytes are the same everywhere.
//
//   "fix_first": {"journeys": {"closed": 812, ...},
//                 "by_comparison": {"lines": [{"rank": 1, "detector": "error_loop", ...
//                                   "left_out": [{"detector": "contact_after_abandonment", ...}]},
//                 "by_chain": {"goals_milli": 512000, "lines": [...]}}
#pragma once
#include <span>
#include <string>
#include <vector>

#include "io/json_stream_writer.h"
#include "journey/insight/attribution.h"
#include "journey/insight/fix_first.h"

namespace journey {
inline namespace v0 {
namespace internal {

// An object. Requires: where a value may stand; the ranking is of these tables.
void WriteFixFirst(JsonStreamWriter& json, const RunTables& tables, const FixFirst& ranking);

// One array of the channels' credit under one rule: an object with the rule, its parameters and the credits.
// Requires: credits.size() == channels.size().
void WriteAttribution(JsonStreamWriter& json, std::span<const std::string> channels,
                      const AttributionOptions& options, std::span<const ChannelCredit> credits);

}  // namespace internal
}  // namespace v0
}  // namespace journey
