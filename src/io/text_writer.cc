#include "journey/io/text_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include "io/escape.h"
#include "io/insight_figures.h"
#include "io/text_insights.h"
#include "io/text_page.h"
#include "io/text_table.h"
#include "io/writer_figures.h"

namespace journey {
inline namespace v0 {
namespace {

using internal::CountText;
using internal::Plural;
using internal::ShareText;
using internal::TextTable;
using internal::Visible;

class ReportText : private internal::TextPage {
 public:
  ReportText(const Report& report, const Insights* insights, const TextOptions& options)
      : TextPage(report, options),
        report_(report),
        insights_(insights),
        width_(width()),
        colour_(colour()),
        rows_(rows()),
        totals_(internal::TotalsOf(report)) {}

  std::string Write() {
    WriteHeadline();
    if (report_.input.events != 0) {
      if (insights_ != nullptr) internal::AppendFixFirst(*insights_, *this);
      for (const JourneySummary& summary : report_.journey_summaries) WriteJourney(summary);
      if (insights_ != nullptr) internal::AppendFunnels(*insights_, *this);
      WriteFriction();
      if (insights_ != nullptr) {
        internal::AppendOwners(*insights_, *this);
        internal::AppendFeedback(*insights_, *this);
      }
      WriteChannels();
      if (insights_ != nullptr) internal::AppendAttribution(*insights_, *this);
      WriteTransitions();
      WriteVariants();
    }
    WriteEvidence();
    return Take();
  }

 private:
  void WriteHeadline() {
    const InputSummary& input = report_.input;
    if (input.events == 0) {
      Raw("No events were accepted, so there are no customers, sessions or journeys.\n");
      return;
    }
    std::string title = fmt::format("{} to {} UTC", internal::MinuteText(input.first_time),
                                    internal::MinuteText(input.last_time));
    if (colour_) title = "\x1b[1m" + title + "\x1b[0m";
    Raw(title + "\n\n");
    TextTable table({{"", TextTable::kRight}, {""}});
    table.Row({CountText(input.events), input.events == 1 ? "event" : "events"});
    table.Row(
        {CountText(report_.identity.customers), report_.identity.customers == 1 ? "customer" : "customers"});
    table.Row({CountText(report_.session_summary.count),
               fmt::format("session{}, typically {} in {}", report_.session_summary.count == 1 ? "" : "s",
                           Plural(report_.session_summary.events_median, "event"),
                           FormatDuration(report_.session_summary.duration_median))});
    table.Row({CountText(totals_.journeys), totals_.journeys == 1 ? "journey" : "journeys"});
    if (const std::string why = internal::WhyUnseen(report_, insights_); !why.empty()) {
      table.Row({"–", "friction: none could be seen, as " + why});
    } else if (insights_ == nullptr && report_.findings.empty()) {
      table.Row({"–", "friction: none was found; whether any could be seen is told with insights"});
    } else {
      table.Row({ShareText(totals_.journeys_with_findings, totals_.journeys),
                 fmt::format("of the journeys hurt somewhere ({}, {})",
                             Plural(totals_.journeys_with_findings, "journey"),
                             Plural(report_.findings.size(), "finding"))});
    }
    Table(table);
  }

  void WriteJourney(const JourneySummary& summary) {
    const StepCounts& counts = summary.counts;
    Heading("JOURNEY " + internal::Shortened(Visible(summary.definition), width_ - 30),
            CountText(counts.started()) + " started");
    std::string ends;
    for (const Outcome outcome : {Outcome::kAchieved, Outcome::kAbandoned, Outcome::kExpired,
                                  Outcome::kExcluded, Outcome::kEnded, Outcome::kOpen}) {
      if (counts.ended(outcome) == 0 && outcome != Outcome::kAchieved) continue;
      if (outcome == Outcome::kAchieved && internal::IsDiscovered(summary) && counts.ended(outcome) == 0)
        continue;
      ends += fmt::format("{}{} {} ({})", ends.empty() ? "" : ", ", CountText(counts.ended(outcome)),
                          NameOf(outcome), ShareText(counts.ended(outcome), counts.started()));
    }
    Sentence(ends + ".");
    if (counts.time_to_goal().count() != 0) {
      Sentence("Half of those that reached their goal did so within " +
               internal::MedianText(counts.time_to_goal()) + ".");
    }
    if (counts.pauses() != 0) {
      Sentence(fmt::format("{}; after {} of them ({}) the journey went on in another channel.",
                           Plural(counts.pauses(), "pause"), CountText(counts.resumes_elsewhere()),
                           ShareText(counts.resumes_elsewhere(), counts.pauses())));
    }
    if (counts.steps().empty()) return;
    WriteFunnel(summary);
  }

  void WriteFunnel(const JourneySummary& summary) {
    const StepCounts& counts = summary.counts;
    const bool skips = std::ranges::any_of(counts.steps(), [](const StepCount& s) { return s.skipped != 0; });
    std::vector<TextTable::Column> columns{{"step", TextTable::kFlexible},    {"reached", TextTable::kRight},
                                           {"share", TextTable::kRight},      {""},
                                           {"ended here", TextTable::kRight}, {"open", TextTable::kRight},
                                           {"median wait", TextTable::kRight}};
    if (skips) columns.insert(columns.begin() + 5, {"skipped", TextTable::kRight});
    TextTable table(std::move(columns));
    // The bars take what the names leave.
    std::size_t names = 0;
    for (const std::string& step : summary.steps)
      names = std::max(names, internal::DisplayWidth(Visible(step)));
    const std::size_t taken = names + (skips ? 62 : 53);
    const std::size_t bar = std::clamp<std::size_t>(width_ > taken ? width_ - taken : 0, 6, 24);
    for (std::size_t i = 0; i < counts.steps().size(); ++i) {
      const StepCount& step = counts.steps()[i];
      std::vector<std::string> cells{Visible(summary.steps[i]),
                                     CountText(step.reached),
                                     ShareText(step.reached, counts.started()),
                                     internal::Bar(step.reached, counts.started(), bar),
                                     CountText(step.dropped),
                                     CountText(step.open),
                                     i == 0 ? "" : internal::MedianText(step.from_previous)};
      if (skips) cells.insert(cells.begin() + 5, CountText(step.skipped));
      table.Row(std::move(cells));
    }
    Table(table);
    if (skips) Sentence(internal::kSkippedExplained);
  }

  void WriteFriction() {
    Heading("FRICTION",
            fmt::format("{} in {} of {}", Plural(report_.findings.size(), "finding"),
                        CountText(totals_.journeys_with_findings), Plural(totals_.journeys, "journey")));
    if (insights_ != nullptr) internal::AppendClasses(*insights_, *this);
    if (report_.friction.empty()) {
      Sentence(report_.detectors.empty() ? "No detector was asked." : "Nothing was found.");
      return;
    }
    TextTable table({{"journeys", TextTable::kRight},
                     {"", TextTable::kRight},
                     {"what", TextTable::kLeft},
                     {"where", TextTable::kFlexible},
                     {"findings", TextTable::kRight},
                     {"extra time", TextTable::kRight}});
    for (std::size_t i = 0; i < std::min(rows_, report_.friction.size()); ++i) {
      const FrictionRow& row = report_.friction[i];
      const std::string what = Visible(
          internal::FrictionName(report_.detectors[row.detector.value].name, report_.label(row.kind)));
      table.Row({CountText(row.journeys), ShareText(row.journeys, totals_.journeys),
                 internal::Shortened(what, name_columns()), Place(row.touchpoint), CountText(row.findings),
                 FormatDuration(row.cost_time)});
    }
    Table(table);
    Rest(report_.friction.size(), "places");
  }

  void WriteChannels() {
    Heading("CHANNELS");
    TextTable table({{"channel", TextTable::kFlexible},
                     {"events", TextTable::kRight},
                     {"share", TextTable::kRight},
                     {""},
                     {"customers", TextTable::kRight},
                     {"sessions", TextTable::kRight}});
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < report_.channels.size(); ++i) order.push_back(i);
    std::ranges::stable_sort(order, std::greater<>{},
                             [&](std::size_t i) { return report_.channels[i].events; });
    order.resize(std::min(order.size(), rows_));
    for (const std::size_t i : order) {
      const ChannelCount& channel = report_.channels[i];
      table.Row({Visible(report_.touchpoints.channels[i]), CountText(channel.events),
                 ShareText(channel.events, report_.input.events),
                 internal::Bar(channel.events, report_.input.events, 16), CountText(channel.customers),
                 CountText(channel.sessions)});
    }
    Table(table);
    Rest(report_.channels.size(), "channels");
    if (totals_.switches == 0) return;
    Line();
    Sentence(
        fmt::format("Inside journeys customers changed channel {} times, {} of them ({}) forced: by an "
                    "error, a long stall, a contact with support, or a step that had to be done again.",
                    CountText(totals_.switches), CountText(totals_.forced_switches),
                    ShareText(totals_.forced_switches, totals_.switches)));
    std::vector<ChannelFlow> flows = report_.channel_flow;
    std::ranges::stable_sort(flows, std::greater<>{}, &ChannelFlow::switches);
    TextTable flow({{"from", TextTable::kLeft},
                    {"to", TextTable::kFlexible},
                    {"changes", TextTable::kRight},
                    {"forced", TextTable::kRight},
                    {"", TextTable::kRight}});
    for (std::size_t i = 0; i < std::min(rows_, flows.size()); ++i) {
      flow.Row(
          {internal::Shortened(Visible(report_.touchpoints.channels[flows[i].from.value]), name_columns()),
           Visible(report_.touchpoints.channels[flows[i].to.value]), CountText(flows[i].switches),
           CountText(flows[i].forced), ShareText(flows[i].forced, flows[i].switches)});
    }
    Table(flow);
    Rest(flows.size(), "pairs of channels");
  }

  void WriteTransitions() {
    if (report_.transitions.empty()) return;
    Heading("WHAT FOLLOWS WHAT", fmt::format("{} between {}", Plural(totals_.transitions, "move"),
                                             Plural(report_.touchpoints.size(), "touchpoint")));
    TextTable table({{"from", TextTable::kLeft},
                     {"to", TextTable::kFlexible},
                     {"count", TextTable::kRight},
                     {"share", TextTable::kRight},
                     {"median wait", TextTable::kRight}});
    for (const std::uint32_t i : internal::StrongestTransitions(report_, rows_, true)) {
      const Transition& transition = report_.transitions[i];
      const std::size_t from = std::max(name_columns(), (width_ - 38) / 2);
      table.Row({internal::Shortened(Place(transition.from), from), Place(transition.to),
                 CountText(transition.count), ShareText(transition.count, totals_.transitions),
                 FormatDuration(transition.median)});
    }
    Table(table);
    Rest(report_.transitions.size(), "transitions");
  }

  void WriteVariants() {
    if (report_.variants.empty()) return;
    Heading("PATHS", fmt::format("{} distinct; repeats of the same touchpoint taken as one",
                                 CountText(report_.variants_distinct)));
    const std::size_t shown = std::min<std::size_t>(rows_ / 2 + 1, report_.variants.size());
    const std::size_t digits = CountText(report_.variants.front().journeys).size();
    for (std::size_t i = 0; i < shown; ++i) {
      const Variant& variant = report_.variants[i];
      constexpr std::size_t kPlaces = 12;
      std::string path;
      ChannelId channel;
      for (std::size_t k = 0; k < std::min(kPlaces, variant.path.size()); ++k) {
        // The channel where it changes, then names alone.
        const TouchpointId touchpoint = variant.path[k];
        const bool same = channel == report_.touchpoints.channel(touchpoint);
        channel = report_.touchpoints.channel(touchpoint);
        const std::string place =
            same ? Visible(report_.touchpoints.name_text(touchpoint)) : Place(touchpoint);
        path += (k == 0 ? "" : " > ") + internal::Shortened(place, 40);
      }
      if (variant.path.size() > kPlaces) path += fmt::format(" > … {} more", variant.path.size() - kPlaces);
      if (variant.path.size() <= kPlaces && variant.cut) path += " > …";
      Sentence(fmt::format("  {:>{}}  {:>6}  ", CountText(variant.journeys), digits,
                           ShareText(variant.journeys, totals_.journeys)),
               path);
    }
    Rest(report_.variants_distinct, shown, "paths");
  }

  void WriteEvidence() {
    const InputSummary& input = report_.input;
    Heading("WHAT WAS COUNTED, AND WHAT WAS LEFT OUT");
    TextTable table({{"", TextTable::kRight}, {""}, {"", TextTable::kFlexible}});
    table.Row({CountText(input.statuses.offered()), "offered", ""});
    for (std::size_t i = 0; i < kAdmissionStatuses; ++i) {
      if (input.statuses.by_status[i] == 0) continue;
      const auto status = static_cast<AdmissionStatus>(i);
      table.Row({CountText(input.statuses.by_status[i]), std::string(NameOf(status)),
                 std::string(internal::ReasonText(status))});
    }
    Table(table);
    WriteSources();
    Line();
    const IdentitySummary& identity = report_.identity;
    Sentence(fmt::format("Identity ({}): {} {} {}; {} refused; {} ignored; {} without a usable identifier.",
                         Visible(identity.resolver), Plural(identity.identifiers, "identifier"),
                         identity.identifiers == 1 ? "makes" : "make", Plural(identity.customers, "customer"),
                         Plural(identity.refused_links, "link"), Plural(identity.placeholders, "placeholder"),
                         Plural(identity.unidentified, "event")));
    for (const std::string& sentence : internal::IdentitySentences(identity)) Sentence(sentence);
    if (report_.session_summary.cut != 0) {
      Sentence(Plural(report_.session_summary.cut, "session") + " had to be cut at the maximal length.");
    }
    if (input.events != 0) Sentence("Journeys are judged as of " + FormatTime(input.as_of) + ".");
    for (const DetectorInfo& detector : report_.detectors) {
      if (!detector.parameters.empty()) {
        Sentence(fmt::format("Detector {}: {}.", Visible(detector.name), Visible(detector.parameters)));
      }
    }
  }

  void WriteSources() {
    if (report_.input.by_source.size() < 2) return;
    Line();
    TextTable table(
        {{"source", TextTable::kFlexible}, {"offered", TextTable::kRight}, {"accepted", TextTable::kRight}});
    for (std::size_t i = 0; i < std::min(rows_, report_.input.by_source.size()); ++i) {
      const auto& [source, counts] = report_.input.by_source[i];
      table.Row({source.empty() ? "(not named)" : Visible(source), CountText(counts.offered()),
                 CountText(counts[AdmissionStatus::kAccepted])});
    }
    Table(table);
    Rest(report_.input.by_source.size(), "sources");
  }

  const Report& report_;
  const Insights* insights_;
  const std::size_t width_;
  const bool colour_;
  const std::size_t rows_;
  const internal::ReportTotals totals_;
};

}  // namespace

void WriteText(const Report& report, std::ostream& out, const TextOptions& options) {
  out << ReportText(report, nullptr, options).Write();
}

void WriteText(const Report& report, const Insights& insights, std::ostream& out,
               const TextOptions& options) {
  out << ReportText(report, &insights, options).Write();
}

}  // namespace v0
}  // namespace journey
