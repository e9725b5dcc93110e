// PlainReport: a report as texts and numbers, without ids. The oracle makes one, and one can be made of a
// real Report (dump.h); they are compared for equality, or as text.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "journey/events/admission.h"

namespace test {

using Place = std::pair<std::string, std::string>;  // channel and event name
using Micros = std::int64_t;

struct PlainEvent {
  Micros time = 0;
  Place touchpoint;
  friend bool operator==(const PlainEvent&, const PlainEvent&) = default;
};

struct PlainSession {
  std::size_t customer = 0;
  std::size_t begin = 0;  // events of all timelines
  std::size_t end = 0;
  bool cut = false;
  Micros first = 0;
  Micros last = 0;
  friend bool operator==(const PlainSession&, const PlainSession&) = default;
};

struct PlainJourney {
  std::size_t customer = 0;
  std::size_t definition = 0;
  std::vector<std::size_t> events;  // positions in all timelines
  std::vector<std::int64_t> steps;  // by step: position in all timelines, or -1
  std::string outcome;
  std::uint64_t steps_reached = 0;
  std::uint64_t last_step = 0;
  std::uint64_t pauses = 0;
  std::uint64_t resumes_elsewhere = 0;
  Micros first = 0;
  Micros last = 0;
  Micros ended = 0;
  friend bool operator==(const PlainJourney&, const PlainJourney&) = default;
};

struct PlainFinding {
  std::string detector;
  std::string kind;
  std::string reason;
  std::string severity;
  std::size_t customer = 0;
  std::size_t journey = 0;
  Place touchpoint;
  std::int64_t step = -1;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::uint64_t cost_events = 0;
  Micros cost_time = 0;
  Micros time = 0;
  friend bool operator==(const PlainFinding&, const PlainFinding&) = default;
};

struct PlainStep {
  std::string name;
  std::uint64_t reached = 0;
  std::uint64_t skipped = 0;
  std::uint64_t dropped = 0;
  std::uint64_t open = 0;
  std::uint64_t timed = 0;  // how many times since the step before are known
  Micros median = 0;
  friend bool operator==(const PlainStep&, const PlainStep&) = default;
};

struct PlainSummary {
  std::string definition;
  std::uint64_t started = 0;
  std::map<std::string, std::uint64_t> ended;
  std::uint64_t pauses = 0;
  std::uint64_t resumes_elsewhere = 0;
  std::uint64_t goals = 0;
  Micros time_to_goal = 0;
  std::vector<PlainStep> steps;
  friend bool operator==(const PlainSummary&, const PlainSummary&) = default;
};

struct PlainFriction {
  std::string detector;
  std::string kind;
  Place touchpoint;
  std::uint64_t findings = 0;
  std::uint64_t journeys = 0;
  std::uint64_t customers = 0;
  std::uint64_t cost_events = 0;
  Micros cost_time = 0;
  friend bool operator==(const PlainFriction&, const PlainFriction&) = default;
};

struct PlainTransition {
  Place from;
  Place to;
  std::uint64_t count = 0;
  Micros median = 0;
  friend bool operator==(const PlainTransition&, const PlainTransition&) = default;
};

struct PlainVariant {
  std::vector<Place> path;
  bool cut = false;
  std::uint64_t journeys = 0;
  friend bool operator==(const PlainVariant&, const PlainVariant&) = default;
};

struct PlainChannel {
  std::string channel;
  std::uint64_t events = 0;
  std::uint64_t customers = 0;
  std::uint64_t sessions = 0;
  friend bool operator==(const PlainChannel&, const PlainChannel&) = default;
};

struct PlainFlow {
  std::string from;
  std::string to;
  std::uint64_t switches = 0;
  std::uint64_t forced = 0;
  friend bool operator==(const PlainFlow&, const PlainFlow&) = default;
};

struct PlainReport {
  std::vector<std::pair<std::string, journey::AdmissionCounts>> by_source;  // ascending
  journey::AdmissionCounts statuses;
  std::uint64_t events = 0;
  Micros first_time = 0;
  Micros last_time = 0;
  Micros as_of = 0;
  std::vector<std::uint64_t> identity;  // identifiers, customers, refused, placeholders, unidentified
  std::vector<std::vector<PlainEvent>> timelines;
  std::vector<PlainSession> sessions;
  std::vector<std::int64_t> session_summary;  // count, cut, median of events, median of durations
  std::vector<PlainJourney> journeys;
  std::vector<PlainFinding> findings;
  std::vector<PlainSummary> summaries;
  std::vector<PlainFriction> friction;
  std::vector<PlainTransition> transitions;
  std::vector<PlainVariant> variants;
  std::uint64_t variants_distinct = 0;
  std::vector<PlainChannel> channels;
  std::vector<PlainFlow> channel_flow;
  friend bool operator==(const PlainReport&, const PlainReport&) = default;
};

}  // namespace test
