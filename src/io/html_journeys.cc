// The funnel of each journey definition, and the paths that journeys took.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "io/escape.h"
#include "io/html_sections.h"
#include "io/writer_figures.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

// Thousandths of the whole, rounded down; at least 1 where there is something.
std::uint64_t Thousandths(std::uint64_t part, std::uint64_t whole) {
  if (part == 0 || whole == 0) return 0;
  return std::max<std::uint64_t>(1, part / whole * 1000 + part % whole * 1000 / whole);
}

void AddOutcomes(const StepCounts& counts, PageData& journey) {
  struct Part {
    Outcome outcome;
    std::string_view text;
  };
  static constexpr std::array<Part, kOutcomes> kParts{{{Outcome::kAchieved, "reached the goal"},
                                                       {Outcome::kOpen, "still open"},
                                                       {Outcome::kEnded, "ended"},
                                                       {Outcome::kAbandoned, "abandoned"},
                                                       {Outcome::kExpired, "ran out of time"},
                                                       {Outcome::kExcluded, "excluded"}}};
  PageData outcomes{PageData::type::list};
  std::uint64_t before = 0;
  for (const auto& [outcome, text] : kParts) {
    const std::uint64_t count = counts.ended(outcome);
    if (count == 0) continue;
    PageData part;
    const std::uint64_t begin = Thousandths(before, counts.started());
    before += count;
    part.set("outcome", std::string(NameOf(outcome)));
    part.set("outcome_text", std::string(text));
    part.set("outcome_count", CountText(count));
    part.set("outcome_share", ShareText(count, counts.started()));
    part.set("outcome_x", fmt::format("{}", begin));
    part.set("outcome_width", fmt::format("{}", Thousandths(before, counts.started()) - begin));
    outcomes << part;
  }
  journey.set("outcomes", outcomes);
}

// "1,284 ended here · 79 open"
std::string LossText(const StepCount& step) {
  std::string text;
  const auto add = [&](std::uint64_t count, std::string_view what) {
    if (count != 0) text += fmt::format("{}{} {}", text.empty() ? "" : " · ", CountText(count), what);
  };
  add(step.dropped, "ended here");
  add(step.open, "open");
  return text;
}

PageData StepData(const JourneySummary& summary, std::size_t i) {
  const StepCounts& counts = summary.counts;
  const StepCount& step = counts.steps()[i];
  const std::uint64_t width = Thousandths(step.reached, counts.started());
  PageData data;
  data.set("number", fmt::format("{}", i + 1));
  data.set("step", ShownName(summary.steps[i], 80));
  data.set("reached", CountText(step.reached));
  data.set("share", ShareText(step.reached, counts.started()));
  data.set("width", fmt::format("{}", width));
  if (step.skipped != 0) data.set("skipped", CountText(step.skipped) + " skipped it");
  if (i + 1 == counts.steps().size()) {
    const std::string loss = LossText(step);
    if (!loss.empty()) data.set("last_loss", loss);
    return data;
  }
  const StepCount& next = counts.steps()[i + 1];
  PageData way;
  const std::uint64_t next_width = Thousandths(next.reached, counts.started());
  // Who skips the next step is not lost, and who skipped this one may come to the next.
  const bool skips = step.skipped + next.skipped != 0;
  const std::uint64_t lost = Thousandths(step.dropped + step.open, counts.started());
  const std::uint64_t kept_width = skips ? width - std::min(width, lost) : next_width;
  way.set("shape", fmt::format("0,0 {},0 {},100 0,100", width, next_width));
  way.set("lost_shape", fmt::format("{0},0 {1},100 {0},100", width, kept_width));
  way.set("loss", LossText(step));
  way.set("kept", ShareText(WentOnFrom(step), step.reached));
  way.set("wait", MedianText(next.from_previous));
  data.set("way", way);
  return data;
}

std::string TimesText(const StepCounts& counts) {
  std::string text;
  if (counts.time_to_goal().count() != 0) {
    text = fmt::format("Half of the journeys that reached the goal did so within {}. ",
                       MedianText(counts.time_to_goal()));
  }
  if (counts.pauses() != 0) {
    text += fmt::format("{}; after {} of them the journey went on in another channel.",
                        Plural(counts.pauses(), "pause"), CountText(counts.resumes_elsewhere()));
  }
  return text;
}

}  // namespace

void AddJourneys(const Report& report, PageData& page) {
  PageData journeys{PageData::type::list};
  for (const JourneySummary& summary : report.journey_summaries) {
    const StepCounts& counts = summary.counts;
    PageData journey;
    journey.set("definition", ShownName(summary.definition, 120));
    journey.set("started", Plural(counts.started(), "journey"));
    if (const std::string times = TimesText(counts); !times.empty()) journey.set("times", times);
    AddOutcomes(counts, journey);
    if (IsDiscovered(summary)) journey.set("discovered", true);
    if (counts.started() == 0) journey.set("unstarted", true);
    PageData steps{PageData::type::list};
    for (std::size_t i = 0; i < counts.steps().size(); ++i) steps << StepData(summary, i);
    if (!counts.steps().empty()) {
      PageData funnel;
      funnel.set("steps", steps);
      if (std::ranges::any_of(counts.steps(), [](const StepCount& step) { return step.skipped != 0; }))
        funnel.set("skips", std::string(kSkippedExplained));
      if (counts.steps().size() > 10) funnel.set("dense", true);
      journey.set("funnel", funnel);
    }
    journeys << journey;
  }
  page.set("journeys", journeys);
}

void AddPaths(const Report& report, const HtmlOptions& options, PageData& page) {
  constexpr std::size_t kPlaces = 14;
  if (report.variants.empty()) return;
  PageData section;
  const std::uint64_t most = report.variants.front().journeys;
  const std::uint64_t journeys = report.journeys.rows.size();
  PageData paths{PageData::type::list};
  const std::size_t shown = std::min(options.rows / 2 + 1, report.variants.size());
  std::uint64_t covered = 0;
  for (std::size_t i = 0; i < shown; ++i) {
    const Variant& variant = report.variants[i];
    covered += variant.journeys;
    PageData path;
    PageData places{PageData::type::list};
    ChannelId before;
    for (std::size_t k = 0; k < std::min(kPlaces, variant.path.size()); ++k) {
      PageData place;
      const ChannelId channel = report.touchpoints.channel(variant.path[k]);
      if (channel != before) place.set("new_channel", ShownName(report.touchpoints.channels[channel.value]));
      before = channel;
      place.set("place", ShownName(report.touchpoints.name_text(variant.path[k])));
      places << place;
    }
    path.set("places", places);
    if (variant.path.size() > kPlaces) {
      path.set("more_places", fmt::format("{} more", variant.path.size() - kPlaces));
    } else if (variant.cut) {
      path.set("more_places", std::string("and so on"));
    }
    path.set("path_journeys", CountText(variant.journeys));
    path.set("path_share", ShareText(variant.journeys, journeys));
    path.set("path_width", fmt::format("{}", Thousandths(variant.journeys, most)));
    paths << path;
  }
  section.set("paths", paths);
  section.set(
      "note",
      fmt::format("{} of {} distinct paths, taken by {} of the {}. Repeats of the same touchpoint are "
                  "taken as one.",
                  shown, CountText(report.variants_distinct), ShareText(covered, journeys),
                  Plural(journeys, "journey")));
  page.set("path_section", section);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
