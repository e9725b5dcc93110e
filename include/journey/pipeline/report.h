// Report: what a run found, as plain data that stands on its own.
//
// The tables refer to one another by position:
//   customers[c]  -> timeline.of(c), sessions [.., ..), journeys [.., ..)
//   journeys.rows -> journeys.events -> timeline.events          findings -> journeys, by JourneyId
// Tables are ordered by customer (the order of their first events), then by time; figures that add up over
// customers (transitions, variants, friction, ...) follow from the tables and reconcile with them.
//
// Lifetime: independent of log and pipeline, but for EventRow::event, which is a row of the log.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "journey/core/ids.h"
#include "journey/core/row_table.h"
#include "journey/core/time.h"
#include "journey/events/admission.h"
#include "journey/events/touchpoints.h"
#include "journey/friction/detector.h"
#include "journey/friction/finding.h"
#include "journey/identity/agreement.h"
#include "journey/identity/resolver.h"
#include "journey/identity/timelines.h"
#include "journey/journeys/builder.h"
#include "journey/journeys/journey.h"
#include "journey/measures/channels.h"
#include "journey/measures/step_counts.h"
#include "journey/measures/transitions.h"
#include "journey/measures/variants.h"
#include "journey/sessions/session.h"

namespace journey {
inline namespace v0 {

struct InputSummary {
  AdmissionCounts statuses;                                        // of all offers
  std::vector<std::pair<std::string, AdmissionCounts>> by_source;  // by the text of the source
  std::uint64_t events = 0;                                        // accepted, corrections apart
  std::uint64_t corrections = 0;                                   // accepted records that are no events
  TimePoint first_time;                                            // of accepted events; kMinTime without any
  TimePoint last_time;
  TimePoint as_of;
};

struct IdentitySummary {
  std::string resolver;
  std::uint64_t customers = 0;
  // As in Resolution.
  std::uint64_t identifiers = 0;
  std::uint64_t refused_links = 0;
  std::uint64_t placeholders = 0;
  std::uint64_t unidentified = 0;
  std::array<std::uint64_t, 5> refused_by_rule{};
  std::uint64_t shared_keys = 0;
  std::uint64_t hubs = 0;
  std::array<std::uint64_t, 6> customers_by_identifiers{};
  std::uint64_t most_identifiers = 0;
  std::optional<Agreement> agreement;  // with a truth, where the host knows one; the pipeline leaves it empty
};

struct SessionSummary {
  std::uint64_t count = 0;
  std::uint64_t cut = 0;
  std::uint64_t events_median = 0;  // exact; of an even number, the mean of the middle two, rounded down
  Duration duration_median{0};
};

struct CustomerRow {
  std::uint32_t sessions_begin = 0;  // sessions [begin, end) of Report::sessions
  std::uint32_t sessions_end = 0;
  std::uint32_t journeys_begin = 0;  // rows [begin, end) of Report::journeys
  std::uint32_t journeys_end = 0;
};

struct JourneySummary {
  std::string definition;          // "discovered" where none was given
  std::vector<std::string> steps;  // the names, as in counts.steps()
  StepCounts counts;
};

// Findings of one detector and kind at one touchpoint.
struct FrictionRow {
  DetectorId detector;
  LabelId kind;
  TouchpointId touchpoint;
  std::uint64_t findings = 0;
  std::uint64_t journeys = 0;
  std::uint64_t customers = 0;
  std::uint64_t cost_events = 0;
  Duration cost_time{0};
};

struct Report {
  InputSummary input;
  IdentitySummary identity;
  SessionSummary session_summary;
  TouchpointCatalog touchpoints;

  RowTable<CustomerRow> customers;
  Timelines timeline;
  RowTable<SessionRow> sessions;
  JourneyTable journeys;
  std::vector<DetectorInfo> detectors;
  std::vector<std::string> labels;  // the kinds and reasons of findings, ascending
  RowTable<Finding> findings;       // by journey, then by place in it

  std::vector<JourneySummary> journey_summaries;  // by DefinitionId
  std::vector<FrictionRow> friction;              // by falling number of journeys, then findings, then texts
  std::vector<Transition> transitions;            // by (from, to)
  std::vector<Variant> variants;                  // the most frequent, at most kVariantsKept
  std::uint64_t variants_distinct = 0;            // all of them
  std::vector<ChannelCount> channels;             // by ChannelId
  std::vector<ChannelFlow> channel_flow;

  static constexpr std::size_t kVariantsKept = 1000;

  [[nodiscard]] std::string_view label(LabelId id) const {
    return id.valid() ? std::string_view(labels[id.value]) : std::string_view();
  }
  [[nodiscard]] std::span<const SessionRow> sessions_of(CustomerId customer) const;
  [[nodiscard]] std::span<const JourneyRow> journeys_of(CustomerId customer) const;
  // Requires: i < row.events().
  [[nodiscard]] const EventRow& event_of(const JourneyRow& row, std::size_t i) const {
    return timeline.events[journeys.events[row.begin + i]];
  }

  // One line for a person:
  // 45s)". Never the value of an identifier or attribute.
  [[nodiscard]] std::string Describe(const Finding& finding) const;
};

}  // namespace v0
}  // namespace journey
