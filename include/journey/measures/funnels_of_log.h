// FunnelsOf: the funnels of a whole log after a run.
//
//   FunnelsOf({log, report.touchpoints, report.timeline.events, report.timeline.begins}, definitions, threads)
//
// Lifetime: the input refers to the tables of a run and its log, for the call. Cost: O(events) for each definition,
// divided by the threads; the result does not depend on how many there are.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "journey/core/status.h"
#include "journey/events/event_log.h"
#include "journey/events/touchpoints.h"
#include "journey/identity/timelines.h"
#include "journey/measures/funnel.h"
#include "journey/sessions/sessionizer.h"

namespace journey {
inline namespace v0 {

struct FunnelInput {
  const EventLog& log;
  const TouchpointCatalog& catalog;
  std::span<const EventRow> timeline;     // all timelines
  std::span<const std::uint32_t> begins;  // of each customer in `timeline`, and the end
  SessionOptions sessions = {};           // for funnels that count sessions

  [[nodiscard]] std::size_t customers() const { return begins.empty() ? 0 : begins.size() - 1; }
};

struct FunnelResult {
  FunnelDefinition definition;
  Funnel funnel;
};

// Order: that of the definitions. Errors: InvalidArgument of a definition that is not valid.
[[nodiscard]] StatusOr<std::vector<FunnelResult>> FunnelsOf(const FunnelInput& input,
                                                            std::span<const FunnelDefinition> definitions,
                                                            unsigned threads = 1);

}  // namespace v0
}  // namespace journey
