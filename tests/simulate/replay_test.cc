#include "simulate/replay.h"

#include <algorithm>
#include <string>
#include <vector>

#include "support/catch.h"

namespace journey {
namespace {

using simulation::Friction;
using simulation::LivedFriction;
using simulation::LivedJourney;

bool DecidedByRule(Friction kind) {
  switch (kind) {
    case Friction::kRepeat:
    case Friction::kRedo:
    case Friction::kForcedSwitch:
    case Friction::kVoluntarySwitch:
    case Friction::kStall:
    case Friction::kBacktrack:
    case Friction::kRepeatedEntry:
      return true;
    default:
      return false;
  }
}

std::vector<std::string> StepNames(const LivedJourney& journey) {
  std::vector<std::string> names;
  const auto& steps = PlanOf(journey.kind).steps;
  for (std::size_t step = 0; step < steps.size(); ++step) {
    if (((journey.steps >> step) & 1U) != 0) names.emplace_back(steps[step].name);
  }
  return names;
}

void CheckAgainstReplay(const SimulatedLog& log) {
  // Of each journey, what the truth says about the kinds that the rules decide.
  std::vector<std::vector<std::string>> frictions(log.journeys().size());
  for (const LivedFriction& friction : log.frictions()) {
    if (!DecidedByRule(friction.kind)) continue;
    frictions[friction.journey].push_back(std::string(TextOf(friction.kind).kind) + " " +
                                          std::to_string(friction.first) + " " +
                                          std::to_string(friction.last));
  }
  const auto people = testing::EventsByPerson(log);
  std::size_t lived = 0;
  for (std::uint32_t person = 0; person < log.people(); ++person) {
    for (testing::SeenJourney& seen :
         testing::Replay(people[person], log.as_of().time_since_epoch().count())) {
      REQUIRE(lived < log.journeys().size());
      const LivedJourney& journey = log.journeys()[lived];
      REQUIRE(journey.person == person);
      CHECK(PlanOf(journey.kind).name == seen.definition);
      CHECK(TextOf(journey.outcome) == seen.outcome);
      CHECK(journey.first == seen.events.front().index);
      CHECK(journey.last == seen.events.back().index);
      CHECK(journey.first_us == seen.events.front().time_us);
      CHECK(journey.last_us == seen.events.back().time_us);
      CHECK(journey.events == seen.events.size());
      CHECK(StepNames(journey) == seen.steps);
      std::ranges::sort(frictions[lived]);
      std::ranges::sort(seen.frictions);
      CHECK(frictions[lived] == seen.frictions);
      ++lived;
    }
  }
  CHECK(lived == log.journeys().size());
}

TEST_CASE("the journeys and frictions of the truth are those that the events show") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    CheckAgainstReplay(Simulate({.customers = 400, .days = 40, .seed = seed}));
  }
}

TEST_CASE("the truth holds where every journey meets every friction") {
  SimulatorOptions options{.customers = 150, .days = 90, .seed = 5, .shared_device_permille = 400};
  options.friction_permille.fill(1000);
  options.effects.fill({});
  CheckAgainstReplay(Simulate(options));
}

TEST_CASE("the truth holds for slow and hesitant customers") {
  CheckAgainstReplay(Simulate({.customers = 200,
                               .days = 60,
                               .seed = 6,
                               .pause_permille = 700,
                               .switch_permille = 700,
                               .slow_permille = 600}));
}

TEST_CASE("planted error loops, rapid repeats, loops and contacts are what they say") {
  const SimulatedLog log = Simulate({.customers = 800, .days = 30, .seed = 8});
  const auto people = testing::EventsByPerson(log);
  for (const LivedFriction& friction : log.frictions()) {
    const auto& events = people[log.journeys()[friction.journey].person];
    const auto& first = events[friction.first];
    const auto& last = events[friction.last];
    const std::size_t count = friction.last - friction.first + 1;
    const auto all_alike = [&] {
      return std::all_of(
          events.begin() + friction.first, events.begin() + friction.last + 1,
          [&](const auto& event) { return event.name == first.name && event.channel == first.channel; });
    };
    CHECK(events[friction.at].name == TextOf(friction.name));
    CHECK(events[friction.at].channel == TextOf(friction.channel));
    if (friction.kind == Friction::kErrorLoop) {
      CHECK((count >= 3 && all_alike() && first.attributes.at("status") == "error"));
    } else if (friction.kind == Friction::kRapidRepeat) {
      CHECK((count >= 4 && all_alike() && last.time_us - first.time_us < 1'000'000));
    } else if (friction.kind == Friction::kLoop) {
      CHECK((count >= 4 && events[friction.first + 2].name == first.name));
    } else if (friction.kind == Friction::kContactAfterAbandonment) {
      CHECK((last.channel == "chat" || last.channel == "phone"));
      CHECK(last.time_us - first.time_us >= simulation::kContactEarliest.count());
      CHECK(last.time_us - first.time_us <= simulation::kContactLatest.count());
    } else if (friction.kind == Friction::kLostProgress) {
      CHECK(last.name == TextOf(PlanOf(log.journeys()[friction.journey].kind).steps[0].event));
    } else if (friction.kind == Friction::kExcessEffort) {
      CHECK(count >= 60);
    } else if (friction.kind == Friction::kDropOff) {
      CHECK(friction.at == log.journeys()[friction.journey].last);
    }
  }
}

}  // namespace
}  // namespace journey
