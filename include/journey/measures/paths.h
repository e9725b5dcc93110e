// PathsOf: the measures of paths and time, of a whole run from its tables.
//
//   PathsOf({log, report.touchpoints, report.timeline.events, report.timeline.begins, report.journeys,
//            definitions, session_gap}, {.align = {"purchase"}, .period = {7}}, threads)
//
// Lifetime: the input refers to the tables of a run, for the call. The result does not depend on the number of
// threads. Cost: O(events) and the costs of the measures.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "journey/core/status.h"
#include "journey/events/event_log.h"
#include "journey/events/touchpoints.h"
#include "journey/identity/timelines.h"
#include "journey/journeys/builder.h"
#include "journey/journeys/matcher.h"
#include "journey/measures/eventually_follows.h"
#include "journey/measures/journey_times.h"
#include "journey/measures/retention.h"
#include "journey/measures/step_matrix.h"
#include "journey/measures/throughput.h"
#include "journey/measures/transitions.h"

namespace journey {
inline namespace v0 {

// Which event of a journey the step matrix is aligned on.
enum class AlignOn : std::uint8_t { kFirstMatch, kLastMatch };

struct PathOptions {
  Matcher align = {};  // empty: the first event of the journey, or with kLastMatch the last
  AlignOn align_on = AlignOn::kFirstMatch;
  std::size_t before = 5;
  std::size_t after = 5;
  Period period = {};  // of retention and throughput

  // InvalidArgument unless before and after are at most 100 and the period has 1 to 3660 days.
  [[nodiscard]] Status Validate() const;
};

struct PathInput {
  const EventLog& log;  // for matchers that ask for attributes
  const TouchpointCatalog& catalog;
  std::span<const EventRow> timeline;     // all timelines
  std::span<const std::uint32_t> begins;  // of each customer in `timeline`, and the end
  const JourneyTable& journeys;           // by customer
  std::size_t definitions = 1;            // how many there are; 1 for discovered journeys
  Duration session_gap = std::chrono::minutes{30};
};

// Of the journeys of one definition.
struct DefinitionPaths {
  StepMatrix steps;
  EventuallyFollows follows;
  TransitionGraph transitions;
  Throughput throughput;
  JourneyTimes times;
};

struct PathMeasures {
  std::vector<DefinitionPaths> definitions;  // by DefinitionId
  Retention retention;
};

// Errors: those of options.Validate().
[[nodiscard]] StatusOr<PathMeasures> PathsOf(const PathInput& input, const PathOptions& options,
                                             unsigned threads = 1);

}  // namespace v0
}  // namespace journey
