// Facts and changes: what the live engine found, row by row, and how that changes as evidence comes in.
//
//   + session  c-17's first visit: 1 event            an event
//   - session  c-17's first visit: 1 event            another event of the same visit:
//   + session  c-17's first visit: 2 events           the fact is taken back and stated anew
//
// A fact says everything by itself: it names events by their keys, touchpoints and detectors by their texts, and a
// customer by the first event. Its id is a digest of what makes it the same fact (the first event of a session; the
// definition and first event of a journey; the journey, detector, kind and events of a finding): the same on every
// machine, whatever the order of arrival. No fact holds the value of an identifier or attribute.
//
// The law: adding up the changes (+1 for an insertion, -1 for a retraction of the same fact) gives exactly the facts
// of the batch report over the evidence so far, FactsOf(report, log), each once.
#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "journey/core/ids.h"
#include "journey/core/time.h"
#include "journey/friction/finding.h"
#include "journey/journeys/journey.h"
#include "journey/pipeline/report.h"

namespace journey {
inline namespace v0 {

// 128 bits: taken for unique.
struct FactId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend bool operator==(const FactId&, const FactId&) = default;
  friend auto operator<=>(const FactId&, const FactId&) = default;
};

struct SessionFact {
  EventKey first_event;
  EventKey last_event;
  TimePoint first;
  TimePoint last;
  std::uint32_t events = 0;
  bool cut = false;
  friend bool operator==(const SessionFact&, const SessionFact&) = default;
  friend auto operator<=>(const SessionFact&, const SessionFact&) = default;
};

struct JourneyFact {
  DefinitionId definition;
  EventKey first_event;
  EventKey last_event;
  TimePoint first;
  TimePoint last;
  TimePoint ended;  // of an open journey: kMinTime
  Outcome outcome = Outcome::kOpen;
  std::uint32_t events = 0;
  std::uint16_t steps_reached = 0;
  std::uint16_t last_step = 0;
  std::uint32_t pauses = 0;
  std::uint32_t resumes_elsewhere = 0;
  FactId content;  // a digest of its events, and of those that reached its steps
  friend bool operator==(const JourneyFact&, const JourneyFact&) = default;
  friend auto operator<=>(const JourneyFact&, const JourneyFact&) = default;
};

struct FindingFact {
  FactId journey;
  DefinitionId definition;  // of the journey
  std::string detector;
  std::string kind;
  std::string reason;
  std::string channel;
  std::string name;
  std::uint32_t step = kNoStep;
  std::uint32_t begin = 0;  // events [begin, end) of the journey
  std::uint32_t end = 0;
  std::uint32_t cost_events = 0;
  Duration cost_time{0};
  TimePoint time;
  Severity severity = Severity::kLow;
  friend bool operator==(const FindingFact&, const FindingFact&) = default;
  friend auto operator<=>(const FindingFact&, const FindingFact&) = default;
};

struct Fact {
  FactId id;
  EventKey customer;  // the first of its customer's events
  std::variant<SessionFact, JourneyFact, FindingFact> what;
  friend bool operator==(const Fact&, const Fact&) = default;
  friend auto operator<=>(const Fact&, const Fact&) = default;
};

struct Change {
  bool inserted = true;  // else taken back
  Fact fact;
  friend bool operator==(const Change&, const Change&) = default;
};

// All facts of a report. `log`: the one whose rows the report's timelines name. Order: by customer, then sessions,
// journeys and findings as in the report.
[[nodiscard]] std::vector<Fact> FactsOf(const Report& report, const EventLog& log);

}  // namespace v0
}  // namespace journey
