// Funnels are monoids, agree with the journey table where the rules are the same, and read and write as JSON.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "io/config_funnels.h"
#include "io/json_funnels.h"
#include "journey/core/status.h"
#include "journey/io/config.h"
#include "journey/measures/funnel_policies.h"
#include "journey/measures/funnels_of_log.h"
#include "support/catch.h"
#include "support/small_run.h"
#include "support/worlds.h"

using namespace journey;               // NOLINT
using namespace std::chrono_literals;  // NOLINT
using test::Random;

namespace {

// Customers who walk through view, cart, pay with detours.
EventLog SomeLog(std::uint64_t seed, std::size_t customers) {
  Random random(seed);
  std::vector<test::Happened> events;
  const std::vector<std::string> names{"web/view", "app/cart", "web/pay", "web/other", "phone/cancel"};
  for (std::size_t customer = 0; customer < customers; ++customer) {
    Duration at = 1s * random.Below(100'000);
    for (std::size_t n = random.Below(14); n-- > 0;) {
      events.push_back({at,
                        random.OneIn(3) ? names[random.Below(5)] : names[random.Below(3)],
                        {},
                        fmt::format("c{}", customer)});
      at += std::vector<Duration>{0s, 1s, 10min, 40min, 3h, 49h}[random.Below(6)];
    }
  }
  return test::LogOf(events);
}

std::vector<FunnelDefinition> SomeFunnels() {
  std::vector<FunnelDefinition> funnels;
  for (const FunnelPolicy& policy : FunnelPolicies()) {
    FunnelDefinition funnel{
        .name = std::string(policy.name),
        .steps = {{"view", {"view"}}, {"cart", {"cart"}}, {"pay", {"pay"}}},
        .rules = policy.rules,
        .window = 4h,
        .exclusions = {{.match = {"cancel"}, .after = 1, .before = 2, .effect = policy.exclusions}}};
    funnels.push_back(funnel);
  }
  funnels[0].rules.counting = FunnelCounting::kAttempts;
  return funnels;
}

FunnelInput InputOf(const EventLog& log, const Report& report) {
  return {log, report.touchpoints, report.timeline.events, report.timeline.begins, {}};
}

std::string TextOf(std::span<const FunnelResult> results, const Report& report) {
  std::ostringstream out;
  {
    internal::JsonStreamWriter json(out);
    internal::WriteFunnels(results, report.touchpoints, report.timeline.events, json);
  }
  return out.str();
}

}  // namespace

TEST_CASE("funnels of 1, 2, 3 and 64 threads are equal, to the byte") {
  const EventLog log = SomeLog(1, 300);
  const Report report = test::RunOf(log);
  const auto one = FunnelsOf(InputOf(log, report), SomeFunnels(), 1);
  REQUIRE(one.ok());
  CHECK(one->at(0).funnel.completed() > 10);
  for (const unsigned threads : {2U, 3U, 64U}) {
    CHECK(TextOf(*FunnelsOf(InputOf(log, report), SomeFunnels(), threads), report) == TextOf(*one, report));
  }
}

TEST_CASE("funnels: 1 shard is 64 shards is 1,024 shards, to the byte, in whatever order they are merged") {
  const EventLog log = SomeLog(2, 2000);
  const Report report = test::RunOf(log);
  const std::vector<FunnelDefinition> funnels = SomeFunnels();
  const std::size_t which = 13;
  FunnelTracer tracer(log, report.touchpoints, funnels);
  std::string expected;
  for (const std::size_t shards : {1U, 64U, 1024U}) {
    Random random(shards);
    std::vector<Funnel> parts(shards, Funnel(3));
    for (std::uint32_t c = 0; c < report.timeline.customers(); ++c) {
      parts[random.Below(shards)].Add(
          {c}, tracer.Trace(which, report.timeline.of({c}), report.timeline.begins[c]));
    }
    while (parts.size() > 1) {
      std::swap(parts[random.Below(parts.size())], parts.back());
      const Funnel last = parts.back();
      parts.pop_back();
      parts[random.Below(parts.size())].Merge(last);
    }
    parts[0].Merge(Funnel(3));
    const std::vector<FunnelResult> result{{funnels[which], parts[0]}};
    if (expected.empty()) expected = TextOf(result, report);
    CHECK(TextOf(result, report) == expected);
    CHECK(parts[0].customers() == report.timeline.customers());
  }
}

TEST_CASE("every customer is entered, dropped or neither, and every attempt ends at one step") {
  const EventLog log = SomeLog(3, 500);
  const Report report = test::RunOf(log);
  const auto results = FunnelsOf(InputOf(log, report), SomeFunnels());
  REQUIRE(results.ok());
  for (const FunnelResult& result : *results) {
    const Funnel& funnel = result.funnel;
    std::uint64_t ended = 0;
    INFO(result.definition.name);
    for (std::size_t i = 0; i < funnel.steps().size(); ++i) {
      ended += funnel.steps()[i].ended;
      if (i > 0) CHECK(funnel.steps()[i].reached <= funnel.steps()[i - 1].reached);
      CHECK(funnel.steps()[i].from_previous.count() == (i == 0 ? 0 : funnel.steps()[i].reached));
      CHECK(funnel.examples(i).size() == std::min<std::uint64_t>(funnel.steps()[i].ended, Funnel::kExamples));
    }
    CHECK(ended == funnel.entered());
    CHECK(funnel.customers() == report.timeline.customers());
    CHECK(funnel.customers_entered() + funnel.dropped() <= funnel.customers());
  }
}

TEST_CASE("a funnel of attempts from the first start counts what the journey table has, step by step") {
  JourneyDefinition journey{
      .name = "buy",
      .steps = {{"view", {"view"}}, {"cart", {"cart"}, true}, {"pay", {"pay"}, false, 30min}},
      .abandon_after = std::chrono::days{10'000},
      .window = 4h};
  FunnelDefinition funnel{
      .name = "buy",
      .steps = {{"view", {"view"}}, {"cart", {"cart"}, true}, {"pay", {"pay"}, false, 30min}},
      .rules = {.counting = FunnelCounting::kAttempts},
      .window = 4h};
  for (const bool exclude : {false, true}) {
    if (exclude) {
      journey.exclude = {"cancel"};
      funnel.exclusions = {{.match = {"cancel"}}};
    }
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      const EventLog log = SomeLog(seed, 200);
      PipelineOptions options;
      options.journeys = {journey};
      const Report report = test::RunOf(log, options);
      const auto results = FunnelsOf(InputOf(log, report), std::vector{funnel});
      REQUIRE(results.ok());
      const StepCounts& table = report.journey_summaries[0].counts;
      const Funnel& counted = results->at(0).funnel;
      CHECK(counted.entered() == table.started());
      for (std::size_t i = 0; i < 3; ++i) {
        CHECK(counted.steps()[i].reached == table.steps()[i].reached);
        if (i > 0) CHECK(counted.steps()[i].from_previous == table.steps()[i].from_previous);
      }
      CHECK(counted.completed() == table.ended(Outcome::kAchieved));
    }
  }
}

TEST_CASE(
    "funnels as JSON: shares of the first and of the previous required step, and what is missing is null") {
  const EventLog log = test::LogOf(std::vector<test::Happened>{{0s, "web/view", {}, "a"},
                                                               {1s, "web/cart", {}, "a"},
                                                               {3s, "web/pay", {}, "a"},
                                                               {0s, "web/view", {}, "b"},
                                                               {9s, "web/pay", {}, "b"},
                                                               {0s, "web/view", {}, "c"}});
  const Report report = test::RunOf(log);
  const FunnelDefinition funnel{.name = "buy",
                                .steps = {{"view", {"view"}}, {"cart", {"cart"}, true}, {"pay", {"pay"}}}};
  const auto results = FunnelsOf(InputOf(log, report), std::vector{funnel});
  REQUIRE(results.ok());
  const auto json = nlohmann::json::parse(TextOf(*results, report)).at(0);
  CHECK(json["entered"] == 3);
  CHECK(json["completed"] == 2);
  CHECK(json["steps"][0]["of_previous_ppm"].is_null());
  CHECK(json["steps"][1]["of_previous_ppm"] == 333'333);
  CHECK(json["steps"][2]["of_previous_ppm"] == 666'667);
  CHECK(json["steps"][2]["from_first_us"]["median"] == 6'000'000);
  CHECK(json["steps"][2]["from_previous_us"]["median"] == 5'500'000);
  CHECK(json["steps"][0]["examples"].size() == 1);
  CHECK(json["steps"][2]["examples"][0].size() == 3);
  CHECK(json["steps"][2]["examples"][0][2]["event"] == "pay");
  CHECK(json["steps"][0]["from_first_us"].is_null());
}

namespace {

std::pair<std::vector<FunnelDefinition>, std::string> Read(std::string_view text) {
  const auto tree = internal::ParseConfigJson(text, "f.json");
  REQUIRE(tree.ok());
  internal::ConfigError error{"f.json", {}};
  const internal::ConfigNode root(*tree, error);
  const auto funnels = internal::ReadFunnels(*root.Member("funnels"), error);
  return {funnels, MessageOf(error.status)};
}

}  // namespace

TEST_CASE("funnels are read from a configuration, with a policy whose rules may be overridden") {
  const auto [funnels, message] = Read(R"({"funnels": [
      {"name": "buy", "policy": "posthog_ordered", "window": "1h", "hold": "cart", "counting": "attempts",
       "scope": {"channels": ["web"]},
       "steps": [{"name": "view", "events": "view"}, {"name": "cart", "events": ["cart"], "optional": true, "within": "5m"},
                 {"name": "pay", "where": {"amount": [1, 2]}}],
       "exclusions": [{"events": "logout", "after": "view", "before": "pay"}, {"events": "x", "effect": "ends_attempt"}]},
      {"name": "any", "order": "any", "steps": [{"name": "a", "events": "a"}]},
      {"name": "tie", "policy": "mixpanel_uniques", "tie_tolerance": "none", "stops": [],
       "steps": [{"name": "a", "events": "a"}]}]})");
  CHECK(message.empty());
  REQUIRE(funnels.size() == 3);
  CHECK(funnels[0].rules.anchor == FunnelAnchor::kBestStart);
  CHECK(funnels[0].rules.counting == FunnelCounting::kAttempts);
  CHECK(funnels[0].window == 1h);
  CHECK(funnels[0].hold == "cart");
  CHECK(funnels[0].steps[1].optional);
  CHECK(funnels[0].steps[1].within == 5min);
  REQUIRE(funnels[0].exclusions.size() == 2);
  CHECK(funnels[0].exclusions[0].before == 2);
  CHECK(funnels[0].exclusions[0].effect == ExclusionEffect::kDropsCustomer);
  CHECK(funnels[0].exclusions[1].effect == ExclusionEffect::kEndsAttempt);
  CHECK(funnels[1].rules.order == FunnelOrder::kAnyOrder);
  CHECK(funnels[2].rules.reentry == FunnelReentry::kNever);
  CHECK_FALSE(funnels[2].rules.tie_tolerance.has_value());
}

TEST_CASE("a funnel that cannot be is refused, with its place and what was expected") {
  const auto message = [](std::string_view rest) {
    return Read(fmt::format(
                    R"({{"funnels": [{{"name": "f", "steps": [{{"name": "a", "events": "a"}}], {}}}]}})",
                    rest))
        .second;
  };
  CHECK(message(R"("order": "sideways")")
            .find("funnels[0].order: found \"sideways\", expected one of ordered, strict, any") !=
        std::string::npos);
  CHECK(message(R"("policy": "tea")").find("expected one of amplitude_any_order, ") != std::string::npos);
  CHECK(message(R"("counting": "held_values")").find("needs `hold`") != std::string::npos);
  CHECK(message(R"("tie_tolerance": "5s")").find("expected 0s, 1s or 2s") != std::string::npos);
  CHECK(message(R"("exclusions": [{"events": "x", "after": "nowhere"}])").find("exclusions[0].after") !=
        std::string::npos);
  CHECK(message(R"("windwo": "1h")").find("windwo") != std::string::npos);
}

TEST_CASE("a whole configuration holds funnels, and a name in one that no event has is reported") {
  const auto config =
      ParseConfig(R"({"funnels": [{"name": "f", "steps": [{"name": "a", "events": "veiw"}]}]})", "f.json");
  REQUIRE(config.ok());
  REQUIRE(config->funnels.size() == 1);
  const EventLog log = test::LogOf(std::vector<test::Happened>{{0s, "web/view"}});
  const std::vector<std::string> unknown = UnknownNames(*config, log);
  REQUIRE(unknown.size() == 1);
  CHECK(unknown[0] == "funnels[0].steps[0].events: no event has \"veiw\"; did you mean \"view\"?");
}
