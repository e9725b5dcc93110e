// A Report as a PlainReport, with all ids resolved, and as text to compare byte for byte.
#pragma once
#include <fmt/format.h>

#include <string>

#include "journey/friction/finding.h"
#include "journey/pipeline/report.h"
#include "support/plain_report.h"

namespace test {

class PlainMaker {
 public:
  explicit PlainMaker(const journey::Report& report) : report_(report) {}

  PlainReport Make() {
    Input();
    Rows();
    for (const journey::JourneySummary& summary : report_.journey_summaries) Summary(summary);
    Aggregates();
    return std::move(plain_);
  }

 private:
  static Micros At(journey::TimePoint time) { return time.time_since_epoch().count(); }
  [[nodiscard]] Place PlaceOf(journey::TouchpointId id) const {
    return {std::string(report_.touchpoints.channel_text(id)),
            std::string(report_.touchpoints.name_text(id))};
  }
  [[nodiscard]] std::string Label(journey::LabelId id) const { return std::string(report_.label(id)); }

  void Input() {
    plain_.by_source = report_.input.by_source;
    plain_.statuses = report_.input.statuses;
    plain_.events = report_.input.events;
    plain_.first_time = At(report_.input.first_time);
    plain_.last_time = At(report_.input.last_time);
    plain_.as_of = At(report_.input.as_of);
    const journey::IdentitySummary& identity = report_.identity;
    plain_.identity = {identity.identifiers, identity.customers, identity.refused_links,
                       identity.placeholders, identity.unidentified};
    for (std::uint32_t customer = 0; customer < report_.timeline.customers(); ++customer) {
      plain_.timelines.emplace_back();
      for (const journey::EventRow& row : report_.timeline.of({customer})) {
        plain_.timelines.back().push_back({At(row.time), PlaceOf(row.touchpoint)});
      }
    }
    const journey::SessionSummary& sessions = report_.session_summary;
    plain_.session_summary = {
        static_cast<std::int64_t>(sessions.count), static_cast<std::int64_t>(sessions.cut),
        static_cast<std::int64_t>(sessions.events_median), sessions.duration_median.count()};
  }

  void Rows() {
    for (const journey::SessionRow& row : report_.sessions) {
      plain_.sessions.push_back(
          {row.customer.value, row.begin, row.end, row.cut != 0, At(row.first), At(row.last)});
    }
    for (const journey::JourneyRow& row : report_.journeys.rows) {
      PlainJourney journey{
          .customer = row.customer.value,
          .definition = row.definition.value,
          .events = {report_.journeys.events.begin() + row.begin, report_.journeys.events.begin() + row.end},
          .steps = {},
          .outcome = std::string(NameOf(row.outcome)),
          .steps_reached = row.steps_reached,
          .last_step = row.last_step,
          .pauses = row.pauses,
          .resumes_elsewhere = row.resumes_elsewhere,
          .first = At(row.first),
          .last = At(row.last),
          .ended = At(row.ended)};
      const std::size_t steps = report_.journey_summaries[row.definition.value].steps.size();
      for (std::size_t k = 0; k < steps; ++k) {
        const std::uint32_t position = report_.journeys.steps[row.steps_begin + k];
        journey.steps.push_back(position == journey::kNotReached ? -1 : std::int64_t{position});
      }
      plain_.journeys.push_back(journey);
    }
    for (const journey::Finding& finding : report_.findings) {
      plain_.findings.push_back({.detector = report_.detectors[finding.detector.value].name,
                                 .kind = Label(finding.kind),
                                 .reason = Label(finding.reason),
                                 .severity = std::string(NameOf(finding.severity)),
                                 .customer = finding.customer.value,
                                 .journey = finding.journey.value,
                                 .touchpoint = PlaceOf(finding.touchpoint),
                                 .step = finding.step == journey::kNoStep ? -1 : std::int64_t{finding.step},
                                 .begin = finding.begin,
                                 .end = finding.end,
                                 .cost_events = finding.cost_events,
                                 .cost_time = finding.cost_time.count(),
                                 .time = At(finding.time)});
    }
  }

  void Summary(const journey::JourneySummary& summary) {
    const journey::StepCounts& counts = summary.counts;
    PlainSummary plain{.definition = summary.definition,
                       .started = counts.started(),
                       .ended = {},
                       .pauses = counts.pauses(),
                       .resumes_elsewhere = counts.resumes_elsewhere(),
                       .goals = counts.time_to_goal().count(),
                       .steps = {}};
    if (plain.goals != 0) plain.time_to_goal = counts.time_to_goal().median().count();
    for (std::size_t i = 0; i < journey::kOutcomes; ++i) {
      const auto outcome = static_cast<journey::Outcome>(i);
      plain.ended[std::string(NameOf(outcome))] = counts.ended(outcome);
    }
    const journey::StepCount none;
    for (std::size_t k = 0; k < summary.steps.size(); ++k) {
      const journey::StepCount& step = k < counts.steps().size() ? counts.steps()[k] : none;
      plain.steps.push_back({.name = summary.steps[k],
                             .reached = step.reached,
                             .skipped = step.skipped,
                             .dropped = step.dropped,
                             .open = step.open,
                             .timed = step.from_previous.count()});
      if (step.from_previous.count() != 0) plain.steps.back().median = step.from_previous.median().count();
    }
    plain_.summaries.push_back(plain);
  }

  void Aggregates() {
    for (const journey::FrictionRow& row : report_.friction) {
      plain_.friction.push_back({report_.detectors[row.detector.value].name, Label(row.kind),
                                 PlaceOf(row.touchpoint), row.findings, row.journeys, row.customers,
                                 row.cost_events, row.cost_time.count()});
    }
    for (const journey::Transition& row : report_.transitions) {
      plain_.transitions.push_back({PlaceOf(row.from), PlaceOf(row.to), row.count, row.median.count()});
    }
    for (const journey::Variant& variant : report_.variants) {
      plain_.variants.push_back({.path = {}, .cut = variant.cut, .journeys = variant.journeys});
      for (const journey::TouchpointId id : variant.path) plain_.variants.back().path.push_back(PlaceOf(id));
    }
    plain_.variants_distinct = report_.variants_distinct;
    for (std::size_t i = 0; i < report_.channels.size(); ++i) {
      const journey::ChannelCount& count = report_.channels[i];
      plain_.channels.push_back(
          {report_.touchpoints.channels[i], count.events, count.customers, count.sessions});
    }
    for (const journey::ChannelFlow& flow : report_.channel_flow) {
      plain_.channel_flow.push_back({report_.touchpoints.channels[flow.from.value],
                                     report_.touchpoints.channels[flow.to.value], flow.switches,
                                     flow.forced});
    }
  }

  const journey::Report& report_;
  PlainReport plain_;
};

inline PlainReport PlainOf(const journey::Report& report) {
  return PlainMaker(report).Make();
}

// Appends the parts as one line.
template <typename... Parts>
void Line(std::string& out, const char* table, const Parts&... parts) {
  out += table;
  ((out += fmt::format(" {}", parts)), ...);
  out += '\n';
}

inline std::string TextOf(const Place& place) {
  return place.first + "/" + place.second;
}

inline std::string TextOf(const journey::AdmissionCounts& counts) {
  std::string text;
  for (const std::uint64_t count : counts.by_status) text += fmt::format(" {}", count);
  return text;
}

// Every table of the report, a line a row.
inline std::string TextOf(const PlainReport& r) {
  std::string out;
  for (const auto& [source, counts] : r.by_source) Line(out, "source", source, TextOf(counts));
  Line(out, "input", TextOf(r.statuses), r.events, r.first_time, r.last_time, r.as_of);
  for (const std::uint64_t number : r.identity) Line(out, "identity", number);
  for (std::size_t c = 0; c < r.timelines.size(); ++c) {
    for (const PlainEvent& event : r.timelines[c])
      Line(out, "event", c, event.time, TextOf(event.touchpoint));
  }
  for (const auto& s : r.sessions) Line(out, "session", s.customer, s.begin, s.end, s.cut, s.first, s.last);
  for (const std::int64_t number : r.session_summary) Line(out, "sessions", number);
  for (const PlainJourney& j : r.journeys) {
    Line(out, "journey", j.customer, j.definition, j.outcome, j.steps_reached, j.last_step, j.pauses,
         j.resumes_elsewhere, j.first, j.last, j.ended);
    for (const std::size_t event : j.events) Line(out, "  event", event);
    for (const std::int64_t event : j.steps) Line(out, "  step", event);
  }
  for (const PlainFinding& f : r.findings) {
    Line(out, "finding", f.detector, f.kind, f.reason, f.severity, f.customer, f.journey,
         TextOf(f.touchpoint), f.step, f.begin, f.end, f.cost_events, f.cost_time, f.time);
  }
  for (const PlainSummary& s : r.summaries) {
    Line(out, "summary", s.definition, s.started, s.pauses, s.resumes_elsewhere, s.goals, s.time_to_goal);
    for (const auto& [outcome, count] : s.ended) Line(out, "  ended", outcome, count);
    for (const PlainStep& k : s.steps) {
      Line(out, "  step", k.name, k.reached, k.skipped, k.dropped, k.open, k.timed, k.median);
    }
  }
  for (const PlainFriction& f : r.friction) {
    Line(out, "friction", f.detector, f.kind, TextOf(f.touchpoint), f.findings, f.journeys, f.customers,
         f.cost_events, f.cost_time);
  }
  for (const auto& t : r.transitions)
    Line(out, "transition", TextOf(t.from), TextOf(t.to), t.count, t.median);
  for (const PlainVariant& v : r.variants) {
    Line(out, "variant", v.journeys, v.cut);
    for (const Place& place : v.path) Line(out, "  at", TextOf(place));
  }
  Line(out, "variants", r.variants_distinct);
  for (const auto& c : r.channels) Line(out, "channel", c.channel, c.events, c.customers, c.sessions);
  for (const auto& f : r.channel_flow) Line(out, "flow", f.from, f.to, f.switches, f.forced);
  return out;
}

inline std::string Dump(const journey::Report& report) {
  return TextOf(PlainOf(report));
}

// The first line in which two dumps differ, for messages; empty if they are equal.
inline std::string FirstDifference(const std::string& a, const std::string& b) {
  std::size_t line = 0;
  for (std::size_t i = 0; i <= std::min(a.size(), b.size()); ++i) {
    const bool end = i == a.size() || i == b.size();
    if (end ? a.size() != b.size() : a[i] != b[i]) {
      return a.substr(line, a.find('\n', line) - line) + "  <>  " + b.substr(line, b.find('\n', line) - line);
    }
    if (!end && a[i] == '\n') line = i + 1;
  }
  return {};
}

}  // namespace test
