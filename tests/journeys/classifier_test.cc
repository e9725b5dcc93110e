#include "journey/journeys/classifier.h"

#include "support/small_run.h"

using namespace journey;               // NOLINT
using namespace std::chrono_literals;  // NOLINT
using test::Value;

namespace {

// Whether a matcher means an event of this touchpoint and attribute "k".
bool Matches(const Matcher& matcher, const std::string& touchpoint, std::optional<Value> value = {}) {
  std::vector<std::pair<std::string, Value>> attributes;
  if (value) attributes.emplace_back("k", *value);
  const EventLog log =
      test::LogOf(std::vector<test::Happened>{{0s, touchpoint, attributes}, {1s, "other/other"}});
  const CanonicalTouchpoints touchpoints = CatalogTouchpoints(log);
  const std::vector<JourneyDefinition> definitions = {
      {.name = "j", .steps = {{"s", matcher}, {"t", {"none"}}}}};
  const EventClassifier classifier(log, touchpoints.catalog, definitions, {}, {.errors = matcher});
  const EventRow row{log.time({0}), touchpoints.of_log[log.touchpoint({0}).value], {0}};
  const bool as_step = (classifier.Of({0}, row) & EventClassifier::kSteps) == 1;
  CHECK(classifier.IsError(row) == as_step);
  return as_step;
}

bool Where(const std::string& wanted, const Value& value) {
  return Matches({.where = {{"k", wanted}}}, "web/view", value);
}

}  // namespace

TEST_CASE("a matcher asks for names, channels and attributes, and all that is given must hold") {
  CHECK(Matches({"view"}, "web/view"));
  CHECK_FALSE(Matches({"View"}, "web/view"));
  CHECK(Matches({{"pay", "view"}}, "web/view"));
  CHECK(Matches({.channels = {"app", "web"}}, "web/view"));
  CHECK_FALSE(Matches({.channels = {"app"}}, "web/view"));
  CHECK_FALSE(Matches({.events = {"view"}, .channels = {"app"}}, "web/view"));
  CHECK(Matches({.events = {"view"}, .channels = {"web"}, .where = {{"k", "v"}}}, "web/view",
                Value::Text("v")));
  CHECK_FALSE(Matches({.events = {"view"}, .channels = {"web"}, .where = {{"k", "v"}}}, "web/view",
                      Value::Text("w")));
  CHECK_FALSE(Matches({.events = {"view"}, .where = {{"k", "v"}}}, "web/view"));
  CHECK_FALSE(Matches({}, "web/view"));
}

TEST_CASE("a condition without values asks only that the attribute is there") {
  const Matcher has{.where = {{"k"}}};
  CHECK(Matches(has, "web/view", Value::Text("")));
  CHECK(Matches(has, "web/view", Value::Boolean(false)));
  CHECK_FALSE(Matches(has, "web/view"));
  CHECK_FALSE(Matches({.where = {{"k"}, {"l"}}}, "web/view", Value::Text("")));
}

TEST_CASE("values compare as numbers where both can be read as numbers, else as texts") {
  CHECK(Where("7", Value::Text("7")));
  CHECK(Where("7", Value::Number(7.0)));
  CHECK(Where("7.0", Value::Number(7)));
  CHECK(Where("7", Value::Text("7.00")));
  CHECK(Where("7e0", Value::Text("7")));
  CHECK(Where("-0.5", Value::Number(-0.5)));
  CHECK_FALSE(Where("7", Value::Text("7x")));
  CHECK_FALSE(Where("7", Value::Text("70")));
  CHECK_FALSE(Where("seven", Value::Number(7)));
  CHECK(Where("v", Value::Text("v")));
  CHECK_FALSE(Where("v", Value::Text("V")));
}

TEST_CASE("booleans are true and false") {
  CHECK(Where("true", Value::Boolean(true)));
  CHECK(Where("false", Value::Boolean(false)));
  CHECK_FALSE(Where("true", Value::Boolean(false)));
  CHECK_FALSE(Where("1", Value::Boolean(true)));
  CHECK(Where("true", Value::Text("true")));
}

TEST_CASE("a value is equal to itself, though it is empty or spells nan") {
  for (const char* text : {"", "nan", "NaN", "inf", "-nan"}) {
    INFO("'" << text << "'");
    CHECK(Where(text, Value::Text(text)));
  }
  CHECK_FALSE(Where("", Value::Number(0)));
  CHECK_FALSE(Where("inf", Value::Text("infinity")));
}

TEST_CASE("goal, exclusion and scope have bits of their own, and what matches anything belongs") {
  const EventLog log = test::LogOf(std::vector<test::Happened>{
      {0s, "web/a"}, {1s, "web/goal"}, {2s, "web/stop"}, {3s, "app/x"}, {4s, "web/x"}});
  const CanonicalTouchpoints touchpoints = CatalogTouchpoints(log);
  const std::vector<JourneyDefinition> definitions = {{.name = "scoped",
                                                       .steps = {{"a", {"a"}}, {"also", {{"a", "goal"}}}},
                                                       .goal = {"goal"},
                                                       .exclude = {"stop"},
                                                       .scope = {.channels = {"app"}}},
                                                      {.name = "all", .steps = {{"a", {"a"}}}}};
  const EventClassifier classifier(log, touchpoints.catalog, definitions, {}, {});
  using C = EventClassifier;
  const auto bits = [&](std::uint32_t definition, std::uint32_t row) {
    return classifier.Of({definition},
                         {log.time({row}), touchpoints.of_log[log.touchpoint({row}).value], {row}});
  };
  CHECK(bits(0, 0) == (C::kBelongs | 3));
  CHECK(bits(0, 1) == (C::kBelongs | C::kGoal | 2));
  CHECK((bits(0, 2) & C::kExclude) != 0);
  CHECK(bits(0, 3) == C::kBelongs);
  CHECK(bits(0, 4) == 0);
  CHECK(bits(1, 0) == (C::kBelongs | 1));
  CHECK(bits(1, 4) == C::kBelongs);
}

TEST_CASE("by default an error is status = error, support is phone and chat, feedback has a score") {
  const EventLog log =
      test::LogOf(std::vector<test::Happened>{{0s, "web/a", {{"status", Value::Text("error")}}},
                                              {1s, "phone/a"},
                                              {2s, "chat/a"},
                                              {3s, "web/a", {{"score", Value::Number(3)}}},
                                              {4s, "web/a", {{"status", Value::Text("ok")}}}});
  const CanonicalTouchpoints touchpoints = CatalogTouchpoints(log);
  const EventClassifier classifier(log, touchpoints.catalog, {}, {}, {});
  std::string kinds;
  for (std::uint32_t row = 0; row < log.size(); ++row) {
    const EventRow event{log.time({row}), touchpoints.of_log[log.touchpoint({row}).value], {row}};
    kinds += classifier.IsError(event)      ? 'e'
             : classifier.IsSupport(event)  ? 's'
             : classifier.IsFeedback(event) ? 'f'
                                            : '-';
  }
  CHECK(kinds == "essf-");
}

TEST_CASE("as many steps as are allowed have a bit each") {
  JourneyDefinition definition{.name = "long", .steps = {}};
  std::vector<test::Happened> events;
  for (std::size_t i = 0; i < kMaxSteps; ++i) {
    definition.steps.push_back({"s" + std::to_string(i), {"e" + std::to_string(i)}});
    events.push_back({std::chrono::seconds{i}, "web/e" + std::to_string(i)});
  }
  PipelineOptions options;
  options.journeys = {definition};
  const auto report = test::PlainOf(test::RunOf(test::LogOf(events), options));
  REQUIRE(report.journeys.size() == 1);
  CHECK(report.journeys[0].outcome == "achieved");
  CHECK(report.journeys[0].steps_reached == kMaxSteps);
}
