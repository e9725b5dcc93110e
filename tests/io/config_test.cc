#include "journey/io/config.h"

#include <fmt/format.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "io/config_json.h"
#include "io/read_support.h"
#include "support/catch.h"

using namespace journey;  // NOLINT
using journey::test::Has;

namespace {

std::string ErrorOf(std::string_view json) {
  const StatusOr<Config> config = ParseConfig(json, "journeys.json");
  return config.ok() ? "fine" : MessageOf(config.status());
}

template <typename T>
std::vector<std::string> List(const T& any) {
  return {any.begin(), any.end()};
}

using Texts = std::vector<std::string>;

const std::string kFull = R"({"journeys": [{"name": "purchase", "abandon_after": "7d", "window": "30d",
  "steps": [{"name": "view", "events": ["product_view"], "channels": ["web", "app"], "optional": false,
             "where": {"status": "ok"}},
            {"name": "cart", "events": "add_to_cart", "optional": true, "within": "1h"},
            {"name": "pay", "where": {"amount": [1, 2.5], "express": true, "note": []}}],
  "goal": {"events": ["purchase"]}, "exclude": {"events": ["cancelled"]}, "scope": {"channels": ["web", "app"]}}],
  "errors": {"events": ["payment_error"], "where": {"status": "error"}}, "support": {"channels": ["chat"]},
  "feedback": {"events": ["survey"], "score": "stars", "scale": "nps"},
  "discovery": {"gap": "none", "goal": {"events": ["purchase"]}}})";

std::string WithStep(std::string_view rest) {
  return R"({"journeys": [{"name": "j", "steps": [{"name": "a", "events": ["x"]}, {"name": "b", "events": ["y"])" +
         std::string(rest) + "}]}]}";
}
std::string WithJourney(std::string_view rest) {
  return R"({"journeys": [{"name": "j", "steps": [{"name": "a", "events": ["x"]}])" + std::string(rest) +
         "}]}";
}

}  // namespace

TEST_CASE("a configuration says what journeys are, and what errors, support and feedback are") {
  const StatusOr<Config> config = ParseConfig(kFull, "journeys.json");
  REQUIRE(config.ok());
  REQUIRE(config->journeys.size() == 1);
  const JourneyDefinition& journey = config->journeys[0];
  CHECK(journey.name == "purchase");
  CHECK(journey.abandon_after == std::chrono::days{7});
  CHECK(journey.window == Duration{std::chrono::days{30}});
  REQUIRE(journey.steps.size() == 3);
  CHECK(journey.steps[0].name == "view");
  CHECK(List(journey.steps[0].match.events) == Texts{"product_view"});
  CHECK(List(journey.steps[0].match.channels) == Texts{"web", "app"});
  REQUIRE(journey.steps[0].match.where.size() == 1);
  CHECK(journey.steps[0].match.where[0].key == "status");
  CHECK(List(journey.steps[0].match.where[0].values) == Texts{"ok"});
  CHECK(!journey.steps[0].within.has_value());
  CHECK(journey.steps[1].optional);
  CHECK(List(journey.steps[1].match.events) == Texts{"add_to_cart"});
  CHECK(journey.steps[1].within == Duration{std::chrono::hours{1}});
  REQUIRE(journey.steps[2].match.where.size() == 3);
  CHECK(List(journey.steps[2].match.where[0].values) == Texts{"1", "2.5"});
  CHECK(List(journey.steps[2].match.where[1].values) == Texts{"true"});
  CHECK(journey.steps[2].match.where[2].values.empty());
  CHECK(List(journey.goal.events) == Texts{"purchase"});
  CHECK(List(journey.exclude.events) == Texts{"cancelled"});
  CHECK(List(journey.scope.channels) == Texts{"web", "app"});
  CHECK(List(config->classes.errors.events) == Texts{"payment_error"});
  CHECK(List(config->classes.support.channels) == Texts{"chat"});
  CHECK(List(config->classes.feedback.events) == Texts{"survey"});
  CHECK(config->classes.feedback.where.empty());
  CHECK(config->classes.feedback_score == "stars");
  CHECK(config->classes.feedback_scale == "nps");
  CHECK(!config->discovery.gap.has_value());
  CHECK(List(config->discovery.goal.events) == Texts{"purchase"});
}

TEST_CASE("what a configuration leaves out has its default") {
  const StatusOr<Config> config = ParseConfig("{}", "journeys.json");
  REQUIRE(config.ok());
  CHECK(config->journeys.empty());
  CHECK(config->discovery.gap == Discovery{}.gap);
  CHECK(List(config->classes.support.channels) == List(EventClasses{}.support.channels));
  const StatusOr<Config> journey = ParseConfig(WithJourney(""), "journeys.json");
  REQUIRE(journey.ok());
  CHECK(journey->journeys[0].abandon_after == JourneyDefinition{}.abandon_after);
  const StatusOr<Config> score = ParseConfig(R"({"feedback": {"score": "stars"}})", "journeys.json");
  REQUIRE(score.ok());
  REQUIRE(score->classes.feedback.where.size() == 1);
  CHECK(score->classes.feedback.where[0].key == "stars");
  CHECK(score->classes.feedback.where[0].values.empty());
}

TEST_CASE("an error in a configuration names the file, the place, what was found and what was expected") {
  CHECK(
      ErrorOf(
          R"({"journeys": [{"name": "j", "steps": [{"name": "a", "events": ["x"]}, {"name": "b", "events": ["y"]},
                    {"name": "c", "events": ["z"], "within": "1 hour"}]}]})") ==
      R"(journeys.json: journeys[0].steps[2].within: found "1 hour", expected a duration such as 30m, 24h, 7d)");
  CHECK(
      ErrorOf(WithStep(R"(, "within": "0s")")) ==
      R"(journeys.json: journeys[0].steps[1].within: found "0s", expected a duration above zero such as 30m, 24h, 7d)");
  CHECK(ErrorOf(WithStep(R"(, "within": 30)")) ==
        "journeys.json: journeys[0].steps[1].within: found 30, expected a duration such as 30m, 24h, 7d");
  CHECK(ErrorOf(WithStep(R"(, "optional": "yes")")) ==
        R"(journeys.json: journeys[0].steps[1].optional: found "yes", expected true or false)");
  CHECK(ErrorOf(WithStep(R"(, "channels": [])")) ==
        "journeys.json: journeys[0].steps[1].channels: found an empty list, expected a text or a list of "
        "texts");
  CHECK(ErrorOf(WithStep(R"(, "channels": ["web", 7])")) ==
        "journeys.json: journeys[0].steps[1].channels[1]: found 7, expected a text");
  CHECK(ErrorOf(WithStep(R"(, "where": {"a": {}})")) ==
        "journeys.json: journeys[0].steps[1].where.a: found an empty object, expected a text, a number, true "
        "or false");
  CHECK(Has(ErrorOf(WithStep(R"(, "where": {"": 1})")),
            "journeys.json: journeys[0].steps[1].where: found an object"));
  CHECK(ErrorOf(R"({"journeys": {}})") ==
        "journeys.json: journeys: found an empty object, expected a list of journeys");
  CHECK(ErrorOf(R"({"journeys": [{"steps": []}]})") ==
        "journeys.json: journeys[0].name: missing, expected the name of the journey");
  CHECK(ErrorOf(R"({"feedback": {"scale": "stars"}})") ==
        R"(journeys.json: feedback.scale: found "stars", expected one of csat, nps, ces)");
  CHECK(Has(ErrorOf(R"({"discovery": {"gap": "never"}})"),
            R"(journeys.json: discovery.gap: found "never", expected)"));
  CHECK(ErrorOf(R"({"errors": {}})") ==
        "journeys.json: errors: found an empty object, expected at least one of events, channels, where");
  CHECK(Has(ErrorOf("{,}"), "journeys.json: line 1, column 2: not valid JSON"));
}

TEST_CASE("a definition without steps is refused") {
  CHECK(ErrorOf(R"({"journeys": [{"name": "j"}]})") ==
        R"(journeys.json: journeys[0].steps: missing, expected [{"name": "...", "events": ["..."]}])");
  CHECK(ErrorOf(R"({"journeys": [{"name": "j", "steps": []}]})") ==
        "journeys.json: journeys[0].steps: found an empty list, expected a list of 1 to 56 steps");
  CHECK(ErrorOf(R"({"journeys": [{"name": "j", "steps": [{"name": "a"}]}]})") ==
        "journeys.json: journeys[0].steps[0]: found an object, expected at least one of events, channels, "
        "where in it");
  std::string many = R"({"journeys": [{"name": "j", "steps": [)";
  for (int i = 0; i < 57; ++i)
    many +=
        (i == 0 ? "" : ",") + std::string(R"({"name": "s)") + std::to_string(i) + R"(", "events": ["x"]})";
  CHECK(ErrorOf(many + "]}]}") ==
        "journeys.json: journeys[0].steps: found a list, expected a list of 1 to 56 steps");
}

TEST_CASE("what a definition itself refuses is said with the place in the file") {
  CHECK(Has(
      ErrorOf(
          R"({"journeys": [{"name": "j", "steps": [{"name": "a", "events": ["x"], "optional": true}]}]})"),
      "journeys.json: journeys[0]: journey \"j\""));
  CHECK(Has(ErrorOf(WithStep(R"(}, {"name": "a", "events": ["z"])")), "is the name of an earlier step"));
}

TEST_CASE("two journeys of one name are refused") {
  CHECK(ErrorOf(R"({"journeys": [{"name": "j", "steps": [{"name": "a", "events": ["x"]}]},
                                 {"name": "j", "steps": [{"name": "a", "events": ["x"]}]}]})") ==
        R"(journeys.json: journeys[1].name: "j" is the name of an earlier journey)");
}

TEST_CASE("an unknown key in a configuration is an error that says which key is near") {
  const std::string error = ErrorOf(R"({"journey": []})");
  CHECK(
      error.starts_with("journeys.json: journey: unknown key, expected one of journeys, errors, support, "));
  CHECK(error.ends_with("; did you mean \"journeys\"?"));
  CHECK(Has(ErrorOf(WithStep(R"(, "chanels": ["web"])")),
            "journeys.json: journeys[0].steps[1].chanels: unknown key, expected one of name, events, "
            "channels, where, "
            "optional, within, repeatable; did you mean \"channels\"?"));
  CHECK(Has(ErrorOf(WithJourney(R"(, "abandon": "7d")")), "journeys[0].abandon: unknown key"));
  CHECK(Has(ErrorOf(WithJourney(R"(, "goal": {"event": ["x"]})")), R"(did you mean "events"?)"));
  CHECK(ErrorOf(WithJourney(R"(, "window": "1d", "window": "2d")")) ==
        "journeys.json: journeys[0].window: the key is given twice");
}

TEST_CASE("no edit of a configuration makes it fail otherwise than by a message") {
  CHECK(rc::check([] {
    std::string json = kFull;
    const auto edits = *rc::gen::inRange(1, 6);
    for (int i = 0; i < edits; ++i) {
      const auto at = *rc::gen::inRange<std::size_t>(0, json.size());
      if (*rc::gen::arbitrary<bool>()) {
        json[at] = *rc::gen::elementOf(std::string("{}[]\",:0a "));
      } else {
        json.erase(at, *rc::gen::inRange<std::size_t>(1, 9));
      }
    }
    const StatusOr<Config> config = ParseConfig(json, "journeys.json");
    if (!config.ok()) RC_ASSERT(MessageOf(config.status()).starts_with("journeys.json: "));
    if (config.ok()) {
      for (const JourneyDefinition& journey : config->journeys) RC_ASSERT(journey.Validate().ok());
    }
  }));
}

TEST_CASE("consent has a purpose, and may be required") {
  const auto config =
      journey::ParseConfig(R"({"consent": {"purpose": "letters", "required": true}})", "c.json");
  REQUIRE(config.ok());
  REQUIRE(config->consent.purpose == "letters");
  REQUIRE(config->consent.required);
  const auto standard = journey::ParseConfig("{}", "c.json");
  REQUIRE(standard->consent.purpose == "analytics");
  REQUIRE_FALSE(standard->consent.required);
  REQUIRE_FALSE(journey::ParseConfig(R"({"consent": {"required": "yes"}})", "c.json").ok());
  REQUIRE_FALSE(journey::ParseConfig(R"({"consent": {"reqired": true}})", "c.json").ok());
}

TEST_CASE("names that no event has are told, with the one that was perhaps meant") {
  EventLog log;
  log.Append({.channel = "phone", .name = "product_view", .attributes = {{"status", "ok"}}});
  const StatusOr<Config> config = ParseConfig(
      R"({"journeys": [{"name": "j", "steps": [{"name": "a", "events": ["product_view"], "channels": ["phnoe"]},
                                               {"name": "b", "events": ["purchase"], "where": {"status": "ok"}}],
                        "goal": {"events": ["product_views"]}}]})",
      "journeys.json");
  REQUIRE(config.ok());
  CHECK(UnknownNames(*config, log) ==
        Texts{"journeys[0].steps[0].channels: no event has \"phnoe\"; did you mean \"phone\"?",
              "journeys[0].steps[1].events: no event has \"purchase\"",
              "journeys[0].goal.events: no event has \"product_views\"; did you mean \"product_view\"?"});
}

TEST_CASE(
    "names of touchpoints are told where they look like a slip, as a catalogue may name more than a log "
    "has") {
  EventLog log;
  log.Append({.channel = "phone", .name = "product_view"});
  const StatusOr<Config> config = ParseConfig(
      R"({"touchpoints": [{"events": ["product_view", "purchase"], "channels": ["branch", "phone"], "owner": "Shop"},
                          {"events": ["prodcut_view"], "channels": ["phnoe"], "owner": "Shop"}]})",
      "journeys.json");
  REQUIRE(config.ok());
  CHECK(UnknownNames(*config, log) ==
        Texts{"touchpoints[1].events: no event has \"prodcut_view\"; did you mean \"product_view\"?",
              "touchpoints[1].channels: no event has \"phnoe\"; did you mean \"phone\"?"});
}

TEST_CASE("names that errors, support and feedback ask for and that no event has are told") {
  EventLog log;
  log.Append({.channel = "chat", .name = "survey", .attributes = {{"stars", 4.0}, {"code", "500"}}});
  const auto unknown = [&](const char* text) {
    const StatusOr<Config> config = ParseConfig(text, "j.json");
    return config.ok() ? UnknownNames(*config, log) : Texts{"not read"};
  };
  CHECK(unknown(R"({"errors": {"events": ["surveys"], "where": {"kode": "500"}}})") ==
        Texts{"errors.events: no event has \"surveys\"; did you mean \"survey\"?",
              "errors.where: no event has \"kode\"; did you mean \"code\"?"});
  CHECK(unknown(R"({"support": {"channels": ["chta", "chat"]}, "feedback": {"events": ["suvrey"]}})") ==
        Texts{"support.channels: no event has \"chta\"; did you mean \"chat\"?",
              "feedback.events: no event has \"suvrey\"; did you mean \"survey\"?"});
  // What is looked for without a word need not be there, also if it is given.
  CHECK(unknown(R"({"errors": {"where": {"status": "error"}}, "support": {"channels": ["phone", "chat"]}})")
            .empty());
  CHECK(unknown("{}").empty());
  // A score that no event has is told once.
  CHECK(unknown(R"({"feedback": {"score": "starz"}})").size() == 1);
}

TEST_CASE("a suggestion is at most one slip in three letters away") {
  const auto nearest = [](std::string_view word, std::vector<std::string_view> known) {
    return internal::NearestOf(word, known);
  };
  CHECK(nearest("wbe", {"app", "web"}) == "web");  // two changed over are one slip
  CHECK(nearest("ap", {"app", "web"}) == "app");
  CHECK(nearest("phnoe", {"chat", "phone"}) == "phone");
  CHECK(nearest("loigns", {"login", "logout"}) == "login");
  CHECK_FALSE(nearest("pos", {"app", "web"}));
  CHECK_FALSE(nearest("shop", {"stop_it", "web"}));
  CHECK_FALSE(nearest("web", {"bed", "app"}));
  CHECK_FALSE(nearest("a", {"b", "ab"}));
  CHECK_FALSE(nearest("", {"b"}));
}

TEST_CASE("a score of one's own that no event has is told, and an event name that none has") {
  EventLog log;
  log.Append({.channel = "web", .name = "rate", .attributes = {{"stars", 4.0}}});
  const auto unknown = [&](const char* score) {
    const StatusOr<Config> config =
        ParseConfig(fmt::format(R"({{"feedback": {{"score": "{}"}}}})", score), "j.json");
    return config.ok() ? UnknownNames(*config, log) : Texts{"not read"};
  };
  CHECK(unknown("stars").empty());
  CHECK(unknown("score").empty());  // what is looked for without a word
  CHECK(unknown("starz") == Texts{"feedback.score: no event has \"starz\"; did you mean \"stars\"?"});
  CHECK_FALSE(UnknownEvent("rate", log).has_value());
  CHECK(UnknownEvent("rates", log) == "no event has \"rates\"; did you mean \"rate\"?");
  CHECK(UnknownEvent("purchase", log) == "no event has \"purchase\"");
}
