// The head of the page and its foot: what it is about, and what the figures are figures of.
#include <fmt/format.h>

#include <algorithm>

#include "io/escape.h"
#include "io/html_insights.h"
#include "io/html_sections.h"
#include "io/writer_figures.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

void AddTile(PageData& tiles, std::string value, std::string label, std::string note) {
  PageData tile;
  tile.set("value", std::move(value));
  tile.set("label", std::move(label));
  tile.set("note", std::move(note));
  tiles << tile;
}

void AddTiles(const Report& report, const Insights* insights, const ReportTotals& totals, PageData& page) {
  PageData tiles{PageData::type::list};
  std::uint64_t achieved = 0, defined = 0;
  for (const JourneySummary& summary : report.journey_summaries) {
    achieved += summary.counts.ended(Outcome::kAchieved);
    defined += IsDiscovered(summary) ? 0 : summary.counts.started();
  }
  AddTile(
      tiles, CountText(report.input.events), report.input.events == 1 ? "event" : "events",
      report.channels.size() == 1 ? "in one channel" : fmt::format("in {} channels", report.channels.size()));
  AddTile(tiles, CountText(report.identity.customers),
          report.identity.customers == 1 ? "customer" : "customers",
          "from " + Plural(report.identity.identifiers, "identifier"));
  AddTile(tiles, CountText(report.session_summary.count),
          report.session_summary.count == 1 ? "session" : "sessions",
          fmt::format("typically {}, {}", Plural(report.session_summary.events_median, "event"),
                      FormatDuration(report.session_summary.duration_median)));
  AddTile(tiles, CountText(totals.journeys), totals.journeys == 1 ? "journey" : "journeys",
          defined == 0 ? "discovered, not defined" : Plural(report.journey_summaries.size(), "definition"));
  if (defined != 0 || achieved != 0) {
    AddTile(
        tiles, ShareText(achieved, totals.journeys), "reached their goal",
        fmt::format("{} of all {}, open ones too", CountText(achieved), Plural(totals.journeys, "journey")));
  }
  if (const std::string why = WhyUnseen(report, insights); !why.empty()) {
    AddTile(tiles, "–", "no friction could be seen", why);
  } else if (insights == nullptr && report.findings.empty()) {
    AddTile(tiles, "–", "no friction was found", "whether any could be seen is told with insights");
  } else {
    AddTile(tiles, ShareText(totals.journeys_with_findings, totals.journeys), "hurt somewhere",
            fmt::format("{} of all {}, {}", CountText(totals.journeys_with_findings),
                        Plural(totals.journeys, "journey"), Plural(report.findings.size(), "finding")));
  }
  page.set("tiles", tiles);
}

// A share inside a sentence with names: "<0.1%" must not look like a tag.
std::string ShareMarkup(std::uint64_t part, std::uint64_t whole) {
  return Xml(ShareText(part, whole));
}

// The step of the definition at which most journeys ended, in a sentence.
std::string WhereLost(const JourneySummary& summary) {
  const auto& steps = summary.counts.steps();
  const auto worst = std::ranges::max_element(steps, {}, &StepCount::dropped);
  if (worst == steps.end() || worst->dropped == 0) return {};
  const std::uint64_t lost = summary.counts.started() - summary.counts.ended(Outcome::kAchieved) -
                             summary.counts.ended(Outcome::kOpen);
  return fmt::format(" Of the {} that ended without it, {} ({}) came no further than “{}”.", CountText(lost),
                     CountText(worst->dropped), ShareMarkup(worst->dropped, lost),
                     NameMarkup(summary.steps[static_cast<std::size_t>(worst - steps.begin())]));
}

void AddSentences(const Report& report, const Insights* insights, const ReportTotals& totals,
                  PageData& page) {
  PageData sentences{PageData::type::list};
  const auto say = [&](std::string text) {
    PageData sentence;
    sentence.set("sentence", std::move(text));
    sentences << sentence;
  };
  if (insights != nullptr) {
    if (std::string first = FixSentence(report, *insights); !first.empty()) say(std::move(first));
  }
  std::size_t told = 0;
  for (const JourneySummary& summary : report.journey_summaries) {
    const StepCounts& counts = summary.counts;
    if (IsDiscovered(summary) || counts.started() == 0 || ++told > 3) continue;
    say(fmt::format("{} of {} “{}” journeys ({}) reached their goal.{}",
                    CountText(counts.ended(Outcome::kAchieved)), CountText(counts.started()),
                    NameMarkup(summary.definition),
                    ShareMarkup(counts.ended(Outcome::kAchieved), counts.started()), WhereLost(summary)));
  }
  if (!report.friction.empty()) {
    const FrictionRow& worst = report.friction.front();
    say(fmt::format(
        "The friction that touches the most journeys is at {} / {}: in {} ({}) the customer {}.",
        NameMarkup(report.touchpoints.channel_text(worst.touchpoint)),
        NameMarkup(report.touchpoints.name_text(worst.touchpoint)), Plural(worst.journeys, "journey"),
        ShareMarkup(worst.journeys, totals.journeys),
        NameMarkup(FrictionText(report.detectors[worst.detector.value].name, report.label(worst.kind)), 80)));
  }
  if (totals.switches != 0) {
    say(fmt::format(
        "Inside journeys customers changed channel {} times; {} of these changes ({}) were forced.",
        CountText(totals.switches), CountText(totals.forced_switches),
        ShareMarkup(totals.forced_switches, totals.switches)));
  }
  if (insights != nullptr) {
    if (const std::string unseen = UnseenText(insights->classes); !unseen.empty()) say(Xml(unseen));
  }
  page.set("sentences", sentences);
}

void AddTerm(PageData& terms, std::string term, std::string meaning) {
  PageData entry;
  entry.set("term", std::move(term));
  entry.set("meaning", std::move(meaning));
  terms << entry;
}

void AddStatuses(const Report& report, PageData& page) {
  PageData statuses{PageData::type::list};
  const AdmissionCounts& counts = report.input.statuses;
  for (std::size_t i = 0; i < kAdmissionStatuses; ++i) {
    const auto status = static_cast<AdmissionStatus>(i);
    if (counts.by_status[i] == 0 && status != AdmissionStatus::kAccepted) continue;
    PageData row;
    std::string name(NameOf(status));
    std::ranges::replace(name, '_', ' ');
    row.set("status", name);
    row.set("count", CountText(counts.by_status[i]));
    row.set("share", ShareText(counts.by_status[i], counts.offered()));
    row.set("why", std::string(ReasonText(status)));
    statuses << row;
  }
  page.set("statuses", statuses);
  page.set("offered", CountText(counts.offered()));

  constexpr std::size_t kSources = 30;
  PageData sources{PageData::type::list};
  for (std::size_t i = 0; i < std::min(kSources, report.input.by_source.size()); ++i) {
    const auto& [source, of_source] = report.input.by_source[i];
    PageData row;
    row.set("source", source.empty() ? "(not named)" : Visible(source));
    row.set("source_offered", CountText(of_source.offered()));
    row.set("source_accepted", CountText(of_source[AdmissionStatus::kAccepted]));
    sources << row;
  }
  if (report.input.by_source.size() > 1) {
    page.set("has_sources", true);
    page.set("sources", sources);
    if (report.input.by_source.size() > kSources) {
      page.set("more_sources", CountText(report.input.by_source.size() - kSources));
    }
  }
}

}  // namespace

std::string ShownName(std::string_view name, std::size_t columns) {
  return Shortened(Visible(name), columns);
}

std::string NameMarkup(std::string_view name, std::size_t columns) {
  return "<bdi>" + Xml(ShownName(name, columns)) + "</bdi>";
}

void AddSummary(const Report& report, const Insights* insights, const HtmlOptions& options, PageData& page) {
  page.set("title", Visible(options.title));
  const InputSummary& input = report.input;
  if (input.events == 0) {
    page.set("period", std::string("No events"));
    page.set("nothing", true);
    return;
  }
  const std::string first = DayText(input.first_time);
  const std::string last = DayText(input.last_time);
  page.set("something", true);
  page.set("period", first == last ? first : first + " – " + last);
  const ReportTotals totals = TotalsOf(report);
  AddTiles(report, insights, totals, page);
  AddSentences(report, insights, totals, page);
}

void AddEvidence(const Report& report, PageData& page) {
  AddStatuses(report, page);
  const IdentitySummary& identity = report.identity;
  PageData terms{PageData::type::list};
  if (report.input.events != 0) {
    AddTerm(terms, "Period",
            fmt::format("{} to {}, UTC. Journeys are judged as of {}: what could still go on then "
                        "is open, not lost.",
                        MinuteText(report.input.first_time), MinuteText(report.input.last_time),
                        MinuteText(report.input.as_of)));
  }
  AddTerm(terms, "Customers",
          fmt::format(
              "{} were joined into {} by the resolver “{}”. {} refused, because two different people would "
              "have become one. {} ignored: values such as “null” or “guest” that name nobody. {} no usable "
              "identifier and count as a customer each.",
              Plural(identity.identifiers, "identifier"), Plural(identity.customers, "customer"),
              Visible(identity.resolver),
              Plural(identity.refused_links, "link") + (identity.refused_links == 1 ? " was" : " were"),
              Plural(identity.placeholders, "placeholder") + (identity.placeholders == 1 ? " was" : " were"),
              Plural(identity.unidentified, "event") + (identity.unidentified == 1 ? " has" : " have")));
  std::string quality;
  for (const std::string& sentence : IdentitySentences(identity))
    quality += (quality.empty() ? "" : " ") + sentence;
  if (!quality.empty()) AddTerm(terms, "How well", quality);
  AddTerm(terms, "Sessions",
          fmt::format("Every event is in exactly one of {}. {} cut at the maximal length.",
                      Plural(report.session_summary.count, "session"),
                      Plural(report.session_summary.cut, "session") +
                          (report.session_summary.cut == 1 ? " was" : " were")));
  AddTerm(terms, "Shares",
          "Shares of a funnel are of the journeys that started; shares of friction and paths are of all "
          "journeys; "
          "shares of channels are of all accepted events. A step counts those who did it in its turn; "
          "those who passed over it, on the way to a later one or to an explicit goal, are told apart as "
          "skipped.");
  AddTerm(terms, "Medians", "Exact up to 4,096 cases, beyond that within 0.4%.");
  std::string detectors;
  for (const DetectorInfo& detector : report.detectors) {
    detectors += (detectors.empty() ? "" : ", ") + Visible(detector.name);
    if (!detector.parameters.empty()) detectors += " (" + Visible(detector.parameters) + ")";
  }
  AddTerm(terms, "Friction",
          fmt::format(
              "Found by: {}. Extra events and time are what customers did and spent beyond what was needed; "
              "of an abandoned journey, all of it. A journey with several findings is counted once per row.",
              detectors.empty() ? "no detector" : detectors));
  page.set("terms", terms);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
