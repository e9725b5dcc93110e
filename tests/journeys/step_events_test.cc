// What a scratch keeps is what is found without one.
#include "journey/journeys/step_events.h"

#include <tuple>
#include <vector>

#include "journey/journeys/channel_switches.h"
#include "journey/journeys/scratch.h"
#include "support/small_run.h"

using namespace journey;               // NOLINT
using namespace std::chrono_literals;  // NOLINT
using test::Happened;
using test::Random;

namespace {

std::vector<Happened> SomeEvents(std::uint64_t seed) {
  Random random(seed);
  const std::vector<std::string> touchpoints = {"web/view", "web/pay",  "app/view",
                                                "app/pay",  "app/help", "phone/call"};
  std::vector<Happened> events;
  for (std::size_t i = 0; i < 120; ++i) {
    Happened event{std::chrono::hours(random.Below(2000)), random.Pick(touchpoints)};
    if (random.OneIn(5)) event.attributes.emplace_back("status", test::Value::Text("error"));
    event.customer = random.OneIn(2) ? "ann" : "bob";
    events.push_back(event);
  }
  return events;
}

using StepFields = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, bool>;
std::vector<StepFields> StepsOf(const JourneyView& journey) {
  std::vector<StepFields> fields;
  for (const StepEvent& row : StepEvents(journey))
    fields.emplace_back(row.event, row.step, row.last_done_at, row.again);
  return fields;
}

using SwitchFields = std::pair<std::size_t, SwitchReason>;
std::vector<SwitchFields> SwitchesOf(const JourneyView& journey, Duration stall) {
  std::vector<SwitchFields> fields;
  for (const ChannelSwitch& row : ChannelSwitches(journey, {.stall = stall}))
    fields.emplace_back(row.event, row.reason);
  return fields;
}

// Looks at all journeys, with a scratch and without.
void CheckAll(const std::vector<Happened>& events, const std::vector<JourneyDefinition>& definitions) {
  const EventLog log = test::LogOf(events);
  PipelineOptions options;
  options.journeys = definitions;
  const Report report = test::RunOf(log, options);
  const EventClassifier classifier(log, report.touchpoints, definitions, {}, {});
  JourneyContext alone{log,         report.touchpoints,     classifier,
                       definitions, report.timeline.events, report.journeys,
                       30min,       report.timeline.begins};
  JourneyScratch scratch;
  JourneyContext shared = alone;
  shared.scratch = &scratch;
  for (const JourneyRow& row : report.journeys.rows) {
    const JourneyView journey(alone, row);
    const JourneyView with(shared, row);
    CHECK(SwitchesOf(with, 24h) == SwitchesOf(journey, 24h));
    CHECK(StepsOf(with) == StepsOf(journey));
    CHECK(SwitchesOf(with, 1h) == SwitchesOf(journey, 1h));
    CHECK(SwitchesOf(with, 24h) == SwitchesOf(journey, 24h));
    const JourneyView copy = with;
    CHECK(StepsOf(copy) == StepsOf(journey));
    // Another view in between takes the scratch, and gives it back.
    const JourneyRow& other = report.journeys.rows[(row.begin * 7) % report.journeys.rows.size()];
    CHECK(StepsOf(JourneyView(shared, other)) == StepsOf(JourneyView(alone, other)));
    CHECK(StepsOf(with) == StepsOf(journey));
    CHECK(SwitchesOf(with, 24h) == SwitchesOf(journey, 24h));
  }
}

}  // namespace

TEST_CASE("step events: the first time, again, and when it was done last") {
  const std::vector<Happened> events = {
      {0min, "web/view"}, {1min, "web/view"}, {2min, "web/help"}, {3min, "web/pay"}, {4min, "app/pay"}};
  const EventLog log = test::LogOf(events);
  PipelineOptions options;
  options.journeys = {
      {.name = "j", .steps = {{"view", {"view"}}, {"pay", {"pay"}}, {"done", {"done"}}}, .goal = {"done"}}};
  const Report report = test::RunOf(log, options);
  const EventClassifier classifier(log, report.touchpoints, options.journeys, {}, {});
  const JourneyContext context{
      log,   report.touchpoints,    classifier, options.journeys, report.timeline.events, report.journeys,
      30min, report.timeline.begins};
  REQUIRE(report.journeys.rows.size() == 1);
  const std::vector<StepFields> expected = {
      {0, 0, 0, false}, {1, 0, 0, true}, {3, 1, 0, false}, {4, 1, 3, true}};
  CHECK(StepsOf(JourneyView(context, report.journeys.rows[0])) == expected);
}

TEST_CASE("what a scratch keeps of a view is what is found without one, whoever asks in between") {
  std::vector<JourneyDefinition> definitions = {
      {.name = "buy", .steps = {{"view", {"view"}}, {"pay", {"pay"}}}, .goal = {"help"}},
      {.name = "ask", .steps = {{"help", {"help"}}, {"view", {"view"}}, {"call", {"call"}}}}};
  definitions[0].steps[0].repeatable = true;
  definitions[1].steps[1].optional = true;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CheckAll(SomeEvents(seed), definitions);
    CheckAll(SomeEvents(seed), {});
  }
}
