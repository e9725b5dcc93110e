#include "journey/io/timeline_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "io/escape.h"
#include "io/text_table.h"
#include "io/timeline_writer_identity.h"
#include "io/writer_figures.h"
#include "journey/core/check.h"

namespace journey {
inline namespace v0 {
namespace {

using internal::CountText;
using internal::Plural;
using internal::TextTable;
using internal::Visible;

class TimelineText {
 public:
  TimelineText(const Report& report, const EventLog& log, CustomerId customer, const TimelineOptions& options)
      : report_(report),
        log_(log),
        customer_(customer),
        options_(options),
        width_(std::max<std::size_t>(options.width, 60)),
        identity_(internal::IdentityOf(report, log, customer)) {}

  std::string Take() {
    WriteHead();
    WriteIdentifiers();
    WriteTies();
    MarkEvents();
    WriteSessions();
    WriteJourneys();
    WriteFindings();
    return std::move(out_);
  }

 private:
  void Heading(std::string_view title, std::string_view note = {}) {
    if (!out_.empty()) out_ += '\n';
    out_ += options_.colour ? fmt::format("\x1b[1m{}\x1b[0m", title) : std::string(title);
    if (!note.empty()) out_ += fmt::format("   {}", note);
    out_ += '\n';
  }
  void Sentence(std::string_view text) { internal::AppendWrapped("  ", text, width_, out_); }
  void Table(const TextTable& table) {
    table.AppendTo(out_, options_.whole_tables ? SIZE_MAX : width_, options_.colour);
  }

  // "2024-03-13 10:21:14": sorts, and is what a person can search a file for.
  static std::string Moment(TimePoint time) {
    std::string text = FormatTime(std::chrono::floor<std::chrono::seconds>(time));
    text[10] = ' ';
    text.pop_back();
    return text;
  }
  static std::string Minute(TimePoint time) { return Moment(time).substr(0, 16); }
  std::string Place(TouchpointId touchpoint) const {
    return Visible(report_.touchpoints.channel_text(touchpoint)) + "/" +
           Visible(report_.touchpoints.name_text(touchpoint));
  }
  std::string NameOfIdentifier(IdentifierId id) const {
    return Visible(log_.namespaces().text(log_.identifier_values().tag(id.value))) + " " +
           Visible(log_.identifier_values().text(id.value));
  }
  // Where the event came from: "events.csv, row 17".
  std::string Origin(EventIndex event) const {
    const std::string source = Visible(log_.sources().text(log_.source(event).value));
    return source.empty() ? fmt::format("row {}", log_.sequence(event))
                          : fmt::format("{} row {}", source, log_.sequence(event));
  }
  std::string PlaceInLog(EventIndex event) const {
    const Touchpoint touchpoint = log_.touchpoints()[log_.touchpoint(event).value];
    return Visible(log_.channels().text(touchpoint.channel.value)) + "/" +
           Visible(log_.names().text(touchpoint.name.value));
  }

  void WriteHead() {
    const auto events = report_.timeline.of(customer_);
    Heading(
        fmt::format("CUSTOMER {}", customer_.value),
        fmt::format("{}, {}, {}, {}", Plural(identity_.identifiers.size(), "identifier"),
                    Plural(events.size(), "event"), Plural(report_.sessions_of(customer_).size(), "session"),
                    Plural(report_.journeys_of(customer_).size(), "journey")));
    Sentence(fmt::format("Seen from {} to {} (all times are UTC).", Moment(events.front().time),
                         Moment(events.back().time)));
  }

  void WriteIdentifiers() {
    Heading("IDENTIFIERS");
    if (identity_.identifiers.empty()) {
      Sentence("None: an event without an identifier is a customer of its own.");
      return;
    }
    TextTable table({{"namespace"}, {"value"}, {"first"}, {"last"}, {"events", TextTable::kRight}});
    for (const internal::IdentifierUse& use : identity_.identifiers) {
      table.Row({Visible(log_.namespaces().text(log_.identifier_values().tag(use.id.value))),
                 internal::Shortened(Visible(log_.identifier_values().text(use.id.value)), 64),
                 Minute(log_.time(use.first)), Minute(log_.time(use.last)), CountText(use.events)});
    }
    Table(table);
    for (const internal::IdentifierUse& use : identity_.identifiers) {
      if (use.placeholder) {
        Sentence(
            fmt::format("{} is a placeholder: it names nobody and links nobody.", NameOfIdentifier(use.id)));
      } else if (use.other_customers != 0) {
        Sentence(fmt::format("{} is also on {} of {}, and was not allowed to make them one with this one.",
                             NameOfIdentifier(use.id), Plural(use.other_events, "event"),
                             Plural(use.other_customers, "other customer")));
      }
    }
  }

  void WriteTies() {
    if (identity_.groups == 0 || identity_.identifiers.size() < 2) return;
    Heading("WHY THEY BELONG TOGETHER");
    for (const internal::IdentifierTie& tie : identity_.ties) {
      internal::AppendWrapped(
          "  - ",
          fmt::format(
              "{} and {} were on one event, {} on {} ({}){}.", NameOfIdentifier(tie.a),
              NameOfIdentifier(tie.b), PlaceInLog(tie.first), Moment(log_.time(tie.first)), Origin(tie.first),
              tie.events == 1 ? std::string() : fmt::format(", the first of {}", CountText(tie.events))),
          width_, out_);
    }
    if (identity_.groups > 1) {
      Sentence(fmt::format("No event ties the {} groups of identifiers together; the resolver “{}” did.",
                           identity_.groups, Visible(report_.identity.resolver)));
    }
  }

  std::uint32_t Offset() const { return report_.timeline.begins[customer_.value]; }

  // What there is to say about single events, by position in all timelines.
  void MarkEvents() {
    const auto add = [&](std::uint32_t at, const std::string& mark) {
      std::string& marks = marks_[at];
      marks += (marks.empty() ? "" : ", ") + mark;
    };
    const bool several = report_.journey_summaries.size() > 1;
    ForEachJourney([&](JourneyId id, const JourneyRow& row) {
      const JourneySummary& summary = report_.journey_summaries[row.definition.value];
      const std::string of = several ? Visible(summary.definition) + ": " : "";
      for (std::size_t i = 0; i < summary.steps.size(); ++i) {
        const std::uint32_t at = report_.journeys.steps[row.steps_begin + i];
        if (at != kNotReached) add(at, fmt::format("{}step {} {}", of, i + 1, Visible(summary.steps[i])));
      }
      for (const Finding& finding : internal::FindingsOf(report_, id)) {
        // The last event of the touchpoint and time among the evidence.
        for (std::uint32_t i = finding.end; i-- > finding.begin;) {
          const EventRow& event = report_.event_of(row, i);
          if (event.time != finding.time || event.touchpoint != finding.touchpoint) continue;
          add(report_.journeys.events[row.begin + i],
              "! " + Visible(internal::FrictionName(report_.detectors[finding.detector.value].name,
                                                    report_.label(finding.kind))));
          break;
        }
      }
    });
  }

  template <typename Visit>
  void ForEachJourney(const Visit& visit) const {
    const CustomerRow& row = report_.customers[customer_.value];
    for (std::uint32_t i = row.journeys_begin; i < row.journeys_end; ++i)
      visit(JourneyId{i}, report_.journeys.rows[i]);
  }

  void WriteSessions() {
    Heading("WHAT HAPPENED", "“!” marks a finding");
    std::size_t left = options_.max_events;
    const EventRow* before = nullptr;
    for (const SessionRow& session : report_.sessions_of(customer_)) {
      if (left == 0) break;
      std::string title = fmt::format("Session on {}, {}", internal::DayText(session.first),
                                      Plural(session.events(), "event"));
      if (session.events() > 1) title += " in " + FormatDuration(session.length());
      if (before != nullptr)
        title += fmt::format(", {} after the one before", FormatDuration(session.first - before->time));
      if (session.cut != 0) title += ", cut at the maximal length";
      out_ += '\n';
      Sentence(title);
      TextTable table({{""}, {""}, {"", TextTable::kFlexible}});
      for (std::uint32_t i = session.begin; i < session.end && left != 0; ++i, --left) {
        const EventRow& event = report_.timeline.events[i];
        const auto marks = marks_.find(i);
        table.Row({"  " + internal::ClockText(event.time), internal::Shortened(Place(event.touchpoint), 40),
                   marks == marks_.end() ? std::string() : marks->second});
      }
      Table(table);
      before = &report_.timeline.events[session.end - 1];
    }
    if (const std::size_t all = report_.timeline.of(customer_).size(); all > options_.max_events) {
      Sentence(fmt::format("… {} more events", CountText(all - options_.max_events)));
    }
  }

  void WriteJourneys() {
    Heading("JOURNEYS");
    if (report_.journeys_of(customer_).empty())
      Sentence("None: no event matched the first step of a definition.");
    ForEachJourney([&](JourneyId id, const JourneyRow& row) {
      const JourneySummary& summary = report_.journey_summaries[row.definition.value];
      std::string text = fmt::format("{}: from {} at {}, {} over {}", Visible(summary.definition),
                                     Moment(row.first), Place(report_.event_of(row, 0).touchpoint),
                                     Plural(row.events(), "event"), FormatDuration(row.last - row.first));
      if (row.pauses != 0) text += ", " + Plural(row.pauses, "pause");
      if (row.resumes_elsewhere != 0) {
        text += fmt::format(" ({} ending in another channel)", CountText(row.resumes_elsewhere));
      }
      text += fmt::format("; it {}", internal::EndText(row.outcome));
      if (row.outcome != Outcome::kOpen) text += " on " + Moment(row.ended);
      text += fmt::format(". {}.", Plural(internal::FindingsOf(report_, id).size(), "finding"));
      internal::AppendWrapped("  - ", text, width_, out_);
      WriteSteps(row, summary);
    });
  }

  void WriteSteps(const JourneyRow& row, const JourneySummary& summary) {
    TextTable table({{""}, {"", TextTable::kFlexible}, {""}});
    TimePoint previous = row.first;
    for (std::size_t i = 0; i < summary.steps.size(); ++i) {
      const std::uint32_t at = report_.journeys.steps[row.steps_begin + i];
      std::string when = "not reached";
      if (at != kNotReached) {
        const EventRow& event = report_.timeline.events[at];
        when = Moment(event.time);
        if (i > 0) when += ", after " + FormatDuration(event.time - previous);
        previous = event.time;
      }
      table.Row({fmt::format("  {}", i + 1), Visible(summary.steps[i]), when});
    }
    Table(table);
  }

  void WriteFindings() {
    std::vector<const Finding*> findings;
    ForEachJourney([&](JourneyId id, const JourneyRow&) {
      for (const Finding& finding : internal::FindingsOf(report_, id)) findings.push_back(&finding);
    });
    std::ranges::stable_sort(findings, {}, &Finding::time);
    Heading("FINDINGS", Plural(findings.size(), "finding"));
    for (const Finding* finding : findings) Sentence(FindingText(*finding));
  }

  // "2024-05-08 18:29:45 web/cart: had to change channel, from web to app [channel_switch (forced, stall); purchase]"
  std::string FindingText(const Finding& finding) const {
    const JourneyRow& row = report_.journeys.rows[finding.journey.value];
    const JourneySummary& summary = report_.journey_summaries[row.definition.value];
    std::string text =
        fmt::format("{} {}: {}", Moment(finding.time), Place(finding.touchpoint),
                    Visible(internal::FrictionText(report_.detectors[finding.detector.value].name,
                                                   report_.label(finding.kind))));
    const ChannelId from = report_.touchpoints.channel(report_.event_of(row, finding.begin).touchpoint);
    const ChannelId to = report_.touchpoints.channel(report_.event_of(row, finding.end - 1).touchpoint);
    if (from != to) {
      text += fmt::format(", from {} to {}", Visible(report_.touchpoints.channels[from.value]),
                          Visible(report_.touchpoints.channels[to.value]));
    }
    std::string notes =
        Visible(internal::FrictionName(report_.detectors[finding.detector.value].name,
                                       report_.label(finding.kind), report_.label(finding.reason)));
    const auto note = [&](const std::string& more) { notes += "; " + more; };
    if (report_.journey_summaries.size() > 1) note(Visible(summary.definition));
    if (finding.step != kNoStep) note("step " + Visible(summary.steps[finding.step]));
    if (finding.cost_events != 0) note(Plural(finding.cost_events, "extra event"));
    if (finding.cost_time != Duration{0}) note(FormatDuration(finding.cost_time) + " lost");
    return text + fmt::format(" [{}]", notes);
  }

  const Report& report_;
  const EventLog& log_;
  const CustomerId customer_;
  const TimelineOptions options_;
  const std::size_t width_;
  const internal::CustomerIdentity identity_;
  std::map<std::uint32_t, std::string> marks_;
  std::string out_;
};

}  // namespace

void WriteTimeline(const Report& report, const EventLog& log, CustomerId customer, std::ostream& out,
                   const TimelineOptions& options) {
  JOURNEY_CHECK(customer.value < report.customers.size());
  out << TimelineText(report, log, customer, options).Take();
}

}  // namespace v0
}  // namespace journey
