// The journeys that hurt most, one by one: a picture, what happened in words, and the list of events.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "io/escape.h"
#include "io/html_sections.h"
#include "io/svg_pictures.h"
#include "io/writer_figures.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

constexpr int kWide = 900;
constexpr int kNarrow = 306;
constexpr std::size_t kDrawable = 58;  // events that fit into the wide picture
constexpr std::size_t kListed = 100;   // events in the list

std::string Place(const Report& report, TouchpointId touchpoint) {
  return NameMarkup(report.touchpoints.channel_text(touchpoint)) + " / " +
         NameMarkup(report.touchpoints.name_text(touchpoint));
}

// "It began on 13 Mar 2024, 10:21 in web and was abandoned after ..."
std::string StoryText(const Report& report, const JourneyRow& row) {
  const JourneySummary& summary = report.journey_summaries[row.definition.value];
  std::string text = fmt::format("Began on {} at {}, {} over {}", MinuteText(row.first),
                                 Place(report, report.event_of(row, 0).touchpoint),
                                 Plural(row.events(), "event"), FormatDuration(row.last - row.first));
  if (row.pauses != 0) {
    text += " with " + Plural(row.pauses, "pause");
    if (row.resumes_elsewhere != 0) {
      text += fmt::format(" ({} of them ending in another channel)", CountText(row.resumes_elsewhere));
    }
  }
  text += ".";
  if (!IsDiscovered(summary)) {
    text += fmt::format(" It came as far as “{}” ({} of {} steps reached) and {}",
                        NameMarkup(summary.steps[row.last_step]), row.steps_reached, summary.steps.size(),
                        EndText(row.outcome));
  } else {
    text += fmt::format(" It {}", EndText(row.outcome));
  }
  if (row.outcome != Outcome::kOpen) text += " on " + MinuteText(row.ended);
  return text + ".";
}

// The findings of a journey, alike ones together, the gravest first.
void AddFindings(const Report& report, JourneyId id, PageData& example) {
  struct Group {
    const Finding* first;
    std::uint64_t count = 0;
    Duration cost{0};
  };
  std::vector<Group> groups;
  for (const Finding& finding : FindingsOf(report, id)) {
    auto group = std::ranges::find_if(groups, [&](const Group& g) {
      return g.first->detector == finding.detector && g.first->kind == finding.kind &&
             g.first->touchpoint == finding.touchpoint;
    });
    if (group == groups.end()) group = groups.insert(groups.end(), {&finding});
    ++group->count;
    group->cost += finding.cost_time;
  }
  std::ranges::stable_sort(groups, [](const Group& a, const Group& b) {
    return std::tuple(b.first->severity, b.count) < std::tuple(a.first->severity, a.count);
  });
  constexpr std::size_t kGroups = 6;
  PageData findings{PageData::type::list};
  for (std::size_t i = 0; i < std::min(kGroups, groups.size()); ++i) {
    const Group& group = groups[i];
    PageData row;
    row.set("times", CountText(group.count) + "×");
    row.set("found", ShownName(FrictionLabel(report.detectors[group.first->detector.value].name,
                                             report.label(group.first->kind))));
    row.set("found_at", Place(report, group.first->touchpoint));
    if (group.cost != Duration{0}) row.set("found_cost", FormatDuration(group.cost));
    findings << row;
  }
  example.set("found_list", findings);
  if (groups.size() > kGroups) example.set("more_found", CountText(groups.size() - kGroups));
}

void AddEvents(const Report& report, JourneyId id, PageData& example) {
  const JourneyRow& row = report.journeys.rows[id.value];
  const JourneySummary& summary = report.journey_summaries[row.definition.value];
  std::map<std::uint32_t, std::uint32_t> step_at;  // by position in all timelines
  for (std::uint32_t step = 0; step < summary.steps.size(); ++step) {
    const std::uint32_t at = report.journeys.steps[row.steps_begin + step];
    if (at != kNotReached) step_at[at] = step;
  }
  PageData events{PageData::type::list};
  std::string day;
  for (std::uint32_t i = 0; i < std::min<std::size_t>(kListed, row.events()); ++i) {
    const EventRow& event = report.event_of(row, i);
    PageData data;
    const std::string today = DayText(event.time);
    data.set("day", today == day ? std::string() : today);
    day = today;
    data.set("clock", ClockText(event.time));
    data.set("event_channel", ShownName(report.touchpoints.channel_text(event.touchpoint)));
    data.set("event_name", ShownName(report.touchpoints.name_text(event.touchpoint)));
    const auto step = step_at.find(report.journeys.events[row.begin + i]);
    if (step != step_at.end()) data.set("event_step", fmt::format("step {}", step->second + 1));
    events << data;
  }
  example.set("event_list", events);
  example.set("event_count", Plural(row.events(), "event"));
  if (row.events() > kListed) example.set("more_events", CountText(row.events() - kListed));
}

void AddSteps(const Report& report, const JourneyRow& row, PageData& example) {
  const JourneySummary& summary = report.journey_summaries[row.definition.value];
  PageData steps{PageData::type::list};
  for (std::size_t i = 0; i < summary.steps.size(); ++i) {
    PageData step;
    step.set("key_number", fmt::format("{}", i + 1));
    step.set("key_name", ShownName(summary.steps[i]));
    if (report.journeys.steps[row.steps_begin + i] == kNotReached) step.set("unreached", true);
    steps << step;
  }
  example.set("step_keys", steps);
}

}  // namespace

void AddExamples(const Report& report, const HtmlOptions& options, PageData& page) {
  const WorstJourneys worst = FindWorstJourneys(report, options.examples, kDrawable);
  if (worst.journeys.empty()) return;
  PageData examples{PageData::type::list};
  for (const JourneyId id : worst.journeys) {
    const JourneyRow& row = report.journeys.rows[id.value];
    PageData example;
    example.set("example_customer", fmt::format("{}", row.customer.value));
    example.set("example_definition", ShownName(report.journey_summaries[row.definition.value].definition));
    example.set("example_outcome", std::string(NameOf(row.outcome)));
    example.set("example_findings", Plural(FindingsOf(report, id).size(), "finding"));
    example.set("story", StoryText(report, row));
    example.set("example_wide", DrawJourney(report, id, kWide, "wide"));
    example.set("example_narrow", DrawJourney(report, id, kNarrow, "narrow"));
    AddSteps(report, row, example);
    AddFindings(report, id, example);
    AddEvents(report, id, example);
    examples << example;
  }
  PageData section;
  section.set("examples", examples);
  std::string note =
      "Those with the most grave findings (a goal missed, a change of channel forced, a step done again "
      "elsewhere), "
      "then with the most findings; at most one of a customer.";
  if (worst.too_long != 0) {
    note += fmt::format(
        " {} with more than {} events come after all others, because they cannot be drawn in full.",
        Plural(worst.too_long, "journey"), kDrawable);
  }
  section.set("note", note);
  page.set("example_section", section);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
