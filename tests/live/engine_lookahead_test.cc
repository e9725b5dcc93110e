// Detectors that look at what the customer does after a journey: the live engine must not take it for settled too soon.
#include <memory>
#include <string>
#include <vector>

#include "journey/friction/contact_after_abandonment.h"
#include "journey/friction/detector_catalogue.h"
#include "journey/friction/excess_effort.h"
#include "live/live_worlds.h"
#include "support/catch.h"
#include "support/dump.h"

namespace {

using journey::EventLog;
using test::Fold;
using test::Offer;

// Journeys on the web that are over after an hour, and contacts elsewhere up to so long after.
journey::EngineOptions Options(journey::Duration within) {
  journey::EngineOptions options;
  options.pipeline.journeys = {{.name = "buy",
                                .steps = {{"view", {"view"}}, {"pay", {"pay"}}, {"done", {"done"}}},
                                .abandon_after = std::chrono::hours{1},
                                .scope = {.channels = {"web"}}}};
  journey::DetectorList detectors = journey::DefaultDetectors();
  for (auto& detector : detectors) {
    if (detector->name() != "contact_after_abandonment") continue;
    detector = std::make_shared<journey::ContactAfterAbandonment>(
        journey::ContactAfterAbandonmentOptions{.within = within});
  }
  detectors.push_back(
      std::make_shared<journey::ExcessEffort>(journey::ExcessEffortOptions{.events = 3, .learn = {}}));
  options.pipeline.detectors = detectors;
  options.keep_changes = true;
  return options;
}

// Two customers' steps and calls over some days, in any order of arrival.
std::vector<Offer> Steps(std::uint64_t seed) {
  test::Random random(seed);
  static const std::vector<std::pair<std::string, std::string>> places = {
      {"web", "view"}, {"web", "view"}, {"web", "pay"}, {"web", "done"}, {"app", "look"}, {"phone", "call"}};
  std::vector<Offer> world;
  std::int64_t time = test::kStart;
  const std::size_t size = 4 + random.Below(14);
  for (std::size_t i = 0; i < size; ++i) {
    time += random.OneIn(2) ? static_cast<std::int64_t>(random.Below(20)) * test::kMinute
                            : static_cast<std::int64_t>(random.Below(14)) * test::kHour;
    const auto& [channel, name] = random.Pick(places);
    world.push_back({.time = time,
                     .id = "e" + std::to_string(i),
                     .source = "s",
                     .channel = channel,
                     .name = name,
                     .identifiers = {{"user_id", random.OneIn(5) ? "u2" : "u1"}}});
  }
  random.Shuffle(world);
  return world;
}

}  // namespace

TEST_CASE("a contact is found after whatever arrives before it, and taken back, as a batch run would") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  std::size_t contacts = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    const auto options = Options(std::chrono::hours{seed % 3 == 0 ? 2 : seed % 3 == 1 ? 24 : 100});
    const auto engine = test::MakeEngine(options);
    EventLog log;
    Fold fold;
    const std::vector<Offer> world = Steps(seed);
    for (std::size_t i = 0; i < world.size(); ++i) {
      REQUIRE(log.Append(AsEvent(world[i])).accepted());
      engine->Ingest(AsEvent(world[i]));
      const journey::Report batch = test::BatchOf(options, engine->as_of()).Run(log);
      const std::string a = test::Dump(engine->Report()), b = test::Dump(batch);
      if (a != b) FAIL("world " << seed << " after record " << i << ": " << test::FirstDifference(a, b));
      fold.Add(engine->TakeChanges());
      if (!fold.Is(FactsOf(batch, log))) FAIL("world " << seed << " after record " << i << ": other facts");
      for (const journey::Finding& finding : batch.findings) {
        if (batch.detectors[finding.detector.value].name == "contact_after_abandonment") ++contacts;
      }
    }
  }
  WARN(contacts << " findings of contacts on the way");
  CHECK(contacts > 500);
}
