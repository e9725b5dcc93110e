#include "journey/journeys/builder.h"

#include "support/small_run.h"

using namespace journey;               // NOLINT
using namespace std::chrono_literals;  // NOLINT
using std::chrono::days;
using test::After;
using test::Happened;

namespace {

JourneyDefinition Purchase() {
  return {.name = "purchase", .steps = {{"view", {"view"}}, {"pay", {"pay"}}}, .goal = {"purchase"}};
}

std::vector<test::PlainJourney> JourneysOf(const std::vector<Happened>& events,
                                           const JourneyDefinition& definition,
                                           std::optional<TimePoint> as_of = {}) {
  PipelineOptions options;
  options.journeys = {definition};
  options.as_of = as_of;
  return test::PlainOf(test::RunOf(test::LogOf(events), options)).journeys;
}

std::vector<std::string> OutcomesOf(const std::vector<test::PlainJourney>& journeys) {
  std::vector<std::string> outcomes;
  for (const auto& journey : journeys) outcomes.push_back(journey.outcome);
  return outcomes;
}

using Texts = std::vector<std::string>;
using Positions = std::vector<std::size_t>;
using Steps = std::vector<std::int64_t>;

std::int64_t Micros(TimePoint time) {
  return time.time_since_epoch().count();
}

}  // namespace

TEST_CASE("a purchase after more than the abandonment time comes too late, a new view opens a new journey") {
  const auto journeys = JourneysOf({{days{0}, "web/view"},
                                    {days{1}, "web/pay"},
                                    {days{2}, "web/view"},
                                    {days{9} + 12h, "web/purchase"},
                                    {days{10}, "web/view"}},
                                   Purchase());
  REQUIRE(OutcomesOf(journeys) == Texts{"abandoned", "open"});
  CHECK(journeys[0].events == Positions{0, 1, 2});
  CHECK(journeys[0].ended == Micros(After(days{9})));
  CHECK(journeys[1].events == Positions{4});
}

TEST_CASE("without a goal the last step achieves, and ends, the journey") {
  const JourneyDefinition definition{.name = "j", .steps = {{"a", {"a"}}, {"b", {"b"}}}};
  const auto journeys =
      JourneysOf({{0s, "web/a"}, {1s, "web/x"}, {2s, "web/b"}, {3s, "web/b"}, {4s, "web/a"}}, definition);
  REQUIRE(OutcomesOf(journeys) == Texts{"achieved", "open"});
  CHECK(journeys[0].events == Positions{0, 1, 2});
  CHECK(journeys[0].steps == Steps{0, 2});
  CHECK(journeys[0].steps_reached == 2);
  CHECK(journeys[0].ended == Micros(After(2s)));
}

TEST_CASE("an explicit goal achieves the journey whenever it comes, steps not reached are skipped") {
  const auto journeys = JourneysOf({{0s, "web/view"}, {1s, "app/purchase"}}, Purchase());
  REQUIRE(OutcomesOf(journeys) == Texts{"achieved"});
  CHECK(journeys[0].steps == Steps{0, -1});
  CHECK(OutcomesOf(JourneysOf({{0s, "web/purchase"}, {1s, "web/pay"}}, Purchase())).empty());
}

TEST_CASE("an event that matches the next step and the goal reaches the one and achieves the other",
          "") {
  const JourneyDefinition definition{
      .name = "j", .steps = {{"view", {"view"}}, {"buy", {"purchase"}}}, .goal = {"purchase"}};
  const auto journeys = JourneysOf({{0s, "web/view"}, {1s, "web/purchase"}}, definition);
  REQUIRE(OutcomesOf(journeys) == Texts{"achieved"});
  CHECK(journeys[0].steps == Steps{0, 1});
}

TEST_CASE("steps are reached in order, a later first step is not a new journey while one is open") {
  const JourneyDefinition definition{.name = "j", .steps = {{"a", {"a"}}, {"b", {"b"}}, {"c", {"c"}}}};
  const auto journeys =
      JourneysOf({{0s, "web/a"}, {1s, "web/c"}, {2s, "web/a"}, {3s, "web/b"}, {4s, "web/c"}}, definition);
  REQUIRE(OutcomesOf(journeys) == Texts{"achieved"});
  CHECK(journeys[0].steps == Steps{0, 3, 4});
}

TEST_CASE("only optional steps may be passed over") {
  JourneyDefinition definition{.name = "j", .steps = {{"a", {"a"}}, {"b", {"b"}}, {"c", {"c"}}}};
  CHECK(OutcomesOf(JourneysOf({{0s, "web/a"}, {1s, "web/c"}}, definition)) == Texts{"open"});
  definition.steps[1].optional = true;
  const auto journeys = JourneysOf({{0s, "web/a"}, {1s, "web/c"}}, definition);
  REQUIRE(OutcomesOf(journeys) == Texts{"achieved"});
  CHECK(journeys[0].steps == Steps{0, -1, 1});
  CHECK(journeys[0].steps_reached == 2);
  CHECK(journeys[0].last_step == 2);
}

TEST_CASE("limits are inclusive: abandonment, window and a step's time") {
  JourneyDefinition definition{.name = "j", .steps = {{"a", {"a"}}, {"b", {"b"}}}, .abandon_after = 1h};
  CHECK(OutcomesOf(JourneysOf({{0s, "web/a"}, {1h, "web/b"}}, definition)) == Texts{"achieved"});
  CHECK(OutcomesOf(JourneysOf({{0s, "web/a"}, {1h + 1us, "web/b"}}, definition)) == Texts{"abandoned"});
  definition.abandon_after = days{1};
  definition.window = 2h;
  CHECK(OutcomesOf(JourneysOf({{0s, "web/a"}, {1h, "web/x"}, {2h, "web/b"}}, definition)) ==
        Texts{"achieved"});
  const auto expired = JourneysOf({{0s, "web/a"}, {1h, "web/x"}, {2h + 1us, "web/b"}}, definition);
  REQUIRE(OutcomesOf(expired) == Texts{"expired"});
  CHECK(expired[0].ended == Micros(After(2h)));
  CHECK(expired[0].last == Micros(After(1h)));
  definition.window = std::nullopt;
  definition.steps[1].within = 30min;
  CHECK(OutcomesOf(JourneysOf({{0s, "web/a"}, {30min, "web/b"}}, definition)) == Texts{"achieved"});
  CHECK(OutcomesOf(JourneysOf({{0s, "web/a"}, {30min + 1us, "web/b"}}, definition)) == Texts{"expired"});
}

TEST_CASE("an optional step that is late can only be reached no more") {
  JourneyDefinition definition{
      .name = "j",
      .steps = {{"a", {"a"}}, {.name = "b", .match = {"b"}, .optional = true, .within = 1h}, {"c", {"c"}}}};
  const auto journeys = JourneysOf({{0s, "web/a"}, {1h + 1us, "web/b"}, {2h, "web/c"}}, definition);
  REQUIRE(OutcomesOf(journeys) == Texts{"achieved"});
  CHECK(journeys[0].steps == Steps{0, -1, 2});
}

TEST_CASE("what has passed by as_of has passed, and no more") {
  JourneyDefinition definition{.name = "j", .steps = {{"a", {"a"}}, {"b", {"b"}}}, .abandon_after = 1h};
  const std::vector<Happened> events = {{0s, "web/a"}};
  CHECK(OutcomesOf(JourneysOf(events, definition)) == Texts{"open"});
  CHECK(JourneysOf(events, definition, After(1h))[0].ended == Micros(After(1h)));
  CHECK(OutcomesOf(JourneysOf(events, definition, After(1h))) == Texts{"open"});
  CHECK(OutcomesOf(JourneysOf(events, definition, After(1h + 1us))) == Texts{"abandoned"});
  definition.window = 1h;  // of equal limits the expiry counts
  CHECK(OutcomesOf(JourneysOf(events, definition, After(1h + 1us))) == Texts{"expired"});
}

TEST_CASE("an exclusion ends the journey, whatever its channel, and does not open one") {
  JourneyDefinition definition = Purchase();
  definition.exclude = {"cancel"};
  const auto journeys = JourneysOf(
      {{0s, "web/cancel"}, {1s, "web/view"}, {2s, "app/cancel"}, {3s, "web/purchase"}}, definition);
  REQUIRE(OutcomesOf(journeys) == Texts{"excluded"});
  CHECK(journeys[0].events == Positions{1, 2});
}

TEST_CASE("a first step that is excluded itself opens no journey") {
  JourneyDefinition definition = Purchase();
  definition.exclude = {.channels = {"app"}};
  const auto journeys = JourneysOf({{0s, "app/view"}, {1s, "web/view"}}, definition);
  REQUIRE(OutcomesOf(journeys) == Texts{"open"});
  CHECK(journeys[0].events == Positions{1});
}

TEST_CASE("only what is in scope belongs to the journey and keeps it alive, steps and goal always do") {
  JourneyDefinition definition = Purchase();
  definition.scope = {.channels = {"web"}};
  definition.abandon_after = 2h;
  const auto journeys = JourneysOf(
      {{0s, "web/view"}, {1h, "app/x"}, {90min, "app/pay"}, {3h, "phone/x"}, {4h, "web/x"}}, definition);
  REQUIRE(OutcomesOf(journeys) == Texts{"abandoned"});
  CHECK(journeys[0].events == Positions{0, 2});
}

TEST_CASE("a journey runs across sessions and channels, with pauses and resumes") {
  const auto journeys = JourneysOf(
      {{0s, "web/view"}, {30min, "web/x"}, {2h, "app/x"}, {4h, "app/x"}, {5h, "web/purchase"}}, Purchase());
  REQUIRE(OutcomesOf(journeys) == Texts{"achieved"});
  CHECK(journeys[0].pauses == 3);
  CHECK(journeys[0].resumes_elsewhere == 2);
}

TEST_CASE("an event can serve several definitions, journeys stand in the order of their first events") {
  PipelineOptions options;
  options.journeys = {{.name = "late", .steps = {{"pay", {"pay"}}, {"x", {"x"}}}},
                      Purchase(),
                      {.name = "also", .steps = {{"view", {{"view", "pay"}}}, {"y", {"y"}}}}};
  const auto report = test::PlainOf(test::RunOf(test::LogOf({{0s, "web/view"}, {1s, "web/pay"}}), options));
  Positions definitions;
  for (const auto& journey : report.journeys) definitions.push_back(journey.definition);
  CHECK(definitions == Positions{1, 2, 0});
}

TEST_CASE("discovered journeys are a customer's events cut at long idle times") {
  PipelineOptions options;
  options.discovery.gap = 1h;
  const std::vector<Happened> events = {{0s, "web/a"}, {1h, "web/b"}, {2h + 1us, "web/c"}};
  auto journeys = test::PlainOf(test::RunOf(test::LogOf(events), options)).journeys;
  REQUIRE(OutcomesOf(journeys) == Texts{"ended", "open"});
  CHECK(journeys[0].events == Positions{0, 1});
  CHECK(journeys[0].ended == Micros(After(2h)));
  options.discovery.gap = std::nullopt;
  CHECK(OutcomesOf(test::PlainOf(test::RunOf(test::LogOf(events), options)).journeys) == Texts{"open"});
  options.discovery = {.gap = 1h, .goal = {"b"}};
  journeys = test::PlainOf(test::RunOf(test::LogOf(events), options)).journeys;
  CHECK(OutcomesOf(journeys) == Texts{"achieved", "open"});
  options.discovery.goal = {"nothing"};
  journeys = test::PlainOf(test::RunOf(test::LogOf(events), options)).journeys;
  CHECK(OutcomesOf(journeys) == Texts{"abandoned", "open"});
}
