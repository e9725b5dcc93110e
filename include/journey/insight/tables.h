// RunTables: the tables of one run, as the questions of this stage read them. Nothing is copied.
//
//   JourneyRow r = tables.journeys.rows[j]
//   its events   tables.event_of(r, i), i < r.events()          its findings   tables.findings_of(j)
//
// Tables are ordered by customer, then by time; a finding is the same evidence in every figure that it enters.
//
// Lifetime: refers to the tables of a Report (pipeline/insights.h makes it) or of a test; they must outlive it.
#pragma once
#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "journey/events/touchpoints.h"
#include "journey/friction/detector.h"
#include "journey/friction/finding.h"
#include "journey/journeys/builder.h"
#include "journey/journeys/journey.h"

namespace journey {
inline namespace v0 {

struct RunTables {
  const TouchpointCatalog& touchpoints;
  std::span<const EventRow> timeline;       // all timelines
  std::span<const std::uint32_t> begins;    // of each customer in `timeline`, and the end
  const JourneyTable& journeys;             // by customer, then by first event
  std::span<const Finding> findings;        // by journey, then by place in it
  std::span<const std::string> labels;      // the kinds and reasons of findings
  std::span<const DetectorInfo> detectors;  // by DetectorId
  std::span<const std::string>
      definitions;  // the names, by DefinitionId; one, "discovered", where none was given
  Duration session_gap;
  TimePoint as_of;

  [[nodiscard]] std::size_t customers() const { return begins.empty() ? 0 : begins.size() - 1; }
  // Requires: i < row.events().
  [[nodiscard]] const EventRow& event_of(const JourneyRow& row, std::size_t i) const {
    return timeline[journeys.events[row.begin + i]];
  }
  // Cost: O(log findings).
  [[nodiscard]] std::span<const Finding> findings_of(JourneyId journey) const {
    const auto less = [](const Finding& finding, JourneyId id) { return finding.journey < id; };
    const auto first = std::lower_bound(findings.begin(), findings.end(), journey, less);
    auto last = first;
    while (last != findings.end() && last->journey == journey) ++last;
    return {first, last};
  }
  [[nodiscard]] std::string_view label(LabelId id) const {
    return id.valid() ? std::string_view(labels[id.value]) : std::string_view();
  }
};

// A friction: what one detector found of one kind at one touchpoint, as the rows of the friction ranking.
struct FrictionKey {
  DetectorId detector;
  LabelId kind;
  TouchpointId touchpoint;
  friend auto operator<=>(const FrictionKey&, const FrictionKey&) = default;
};
[[nodiscard]] inline FrictionKey KeyOf(const Finding& finding) {
  return {finding.detector, finding.kind, finding.touchpoint};
}

}  // namespace v0
}  // namespace journey
