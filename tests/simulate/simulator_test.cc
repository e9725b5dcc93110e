#include "simulate/simulator.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "journey/core/status.h"
#include "support/catch.h"

namespace journey {
namespace {

using simulation::EventRow;
using simulation::Friction;
using simulation::LivedFriction;
using simulation::LivedJourney;
using simulation::Outcome;

std::string KeyOf(const Identifier& identifier) {
  return std::string(identifier.name_space) + "=" + std::string(identifier.value);
}

bool IsPlaceholder(std::string_view value) {
  return std::ranges::find(simulation::Placeholders(), value) != simulation::Placeholders().end();
}

// An event as one text, without its sequence.
std::string ContentOf(const Event& event) {
  std::string text =
      FormatTime(event.time) + "|" + std::string(event.channel) + "|" + std::string(event.name);
  for (const Identifier& identifier : event.identifiers) text += "|" + KeyOf(identifier);
  for (const Attribute& attribute : event.attributes) {
    text += "|" + std::string(attribute.key) + ":" + std::string(attribute.value.text()) +
            std::to_string(static_cast<int>(attribute.value.number()));
  }
  return text;
}

SimulatorOptions Quiet(SimulatorOptions options) {
  options = WithoutDirt(options);
  options.friction_permille.fill(0);
  options.slow_permille = 0;
  return options;
}

TEST_CASE("every event carries only identifiers of its person, or placeholders") {
  const SimulatedLog log = Simulate({.customers = 300, .seed = 3, .shared_device_permille = 300});
  std::vector<std::set<std::string>> owned(log.people());
  for (std::uint32_t person = 0; person < log.people(); ++person) {
    for (const Identifier& identifier : log.identifiers(person)) owned[person].insert(KeyOf(identifier));
  }
  EventBuffer buffer;
  std::size_t placeholders = 0;
  for (std::size_t i = 0; i < log.size(); ++i) {
    const Event& event = log.Fill(i, buffer);
    CHECK(!event.identifiers.empty());
    std::size_t here = 0;
    for (const Identifier& identifier : event.identifiers) {
      if (IsPlaceholder(identifier.value)) {
        REQUIRE(++here == 1);
        ++placeholders;
      } else {
        REQUIRE(owned[log.person(i)].contains(KeyOf(identifier)));
      }
    }
  }
  CHECK(placeholders > 0);
}

TEST_CASE("times lie in the simulated days, and the life of a person never runs backwards") {
  const SimulatorOptions options{.customers = 300, .days = 20, .seed = 4};
  const SimulatedLog log = Simulate(options);
  std::vector<std::map<std::uint32_t, TimePoint>> lives(log.people());
  EventBuffer buffer;
  for (std::size_t i = 0; i < log.size(); ++i) {
    const TimePoint time = log.Fill(i, buffer).time;
    REQUIRE((time >= options.start && time < options.start + std::chrono::days{options.days}));
    REQUIRE(time <= log.as_of());
    lives[log.person(i)][log.row(i).index] = time;
  }
  for (const auto& life : lives) {
    CHECK((life.empty() || life.rbegin()->first + 1 == life.size()));
    TimePoint before = kMinTime;
    for (const auto& [index, time] : life) {
      REQUIRE(before <= time);
      before = time;
    }
  }
}

TEST_CASE("the sequence is unique and gives the order of time") {
  const SimulatedLog log = Simulate({.customers = 200, .seed = 11});
  std::vector<std::size_t> row_of(log.size(), log.size());
  for (std::size_t i = 0; i < log.size(); ++i) {
    REQUIRE(log.row(i).sequence < log.size());
    REQUIRE(row_of[log.row(i).sequence] == log.size());
    row_of[log.row(i).sequence] = i;
  }
  for (std::size_t n = 1; n < log.distinct_events(); ++n) {
    const EventRow& a = log.row(row_of[n - 1]);
    const EventRow& b = log.row(row_of[n]);
    REQUIRE(a.time_us <= b.time_us);
    if (a.person == b.person && a.time_us == b.time_us) REQUIRE(a.index < b.index);
  }
}

TEST_CASE("duplicates repeat an event, conflicts change it, and both keep its id") {
  const SimulatedLog log =
      Simulate({.customers = 300, .seed = 5, .duplicate_permille = 50, .conflict_permille = 50});
  std::map<std::string, std::string> originals;
  EventBuffer buffer;
  for (std::size_t i = 0; i < log.size(); ++i) {
    const Event& event = log.Fill(i, buffer);
    if (!log.is_copy(i)) REQUIRE(originals.emplace(event.id, ContentOf(event)).second);
  }
  CHECK(originals.size() == log.distinct_events());
  std::size_t duplicates = 0;
  std::size_t conflicts = 0;
  for (std::size_t i = 0; i < log.size(); ++i) {
    if (!log.is_copy(i)) continue;
    const Event& event = log.Fill(i, buffer);
    const auto original = originals.find(std::string(event.id));
    REQUIRE(original != originals.end());
    ++(original->second == ContentOf(event) ? duplicates : conflicts);
  }
  const double distinct = static_cast<double>(log.distinct_events());
  CHECK(static_cast<double>(duplicates) / distinct == Approx(0.06).epsilon(0.1));
  CHECK(static_cast<double>(conflicts) / distinct == Approx(0.05).epsilon(0.1));
}

TEST_CASE("rows come out of order and late as often as asked for") {
  SimulatorOptions options = WithoutDirt({.customers = 300, .seed = 6});
  const SimulatedLog clean = Simulate(options);
  for (std::size_t i = 0; i < clean.size(); ++i) REQUIRE(clean.row(i).sequence == i);
  CHECK(clean.distinct_events() == clean.size());

  const auto delayed = [](const SimulatedLog& log, std::uint32_t by) {
    std::uint32_t newest = 0;
    std::size_t count = 0;
    for (std::size_t i = 0; i < log.size(); ++i) {
      newest = std::max(newest, log.row(i).sequence);
      count += newest - log.row(i).sequence >= by ? 1U : 0U;
    }
    return static_cast<double>(count) / static_cast<double>(log.size());
  };
  options.disorder_permille = 100;
  CHECK(delayed(Simulate(options), 1) == Approx(0.1).epsilon(0.1));
  CHECK(delayed(Simulate(options), 66) == 0);
  options.disorder_permille = 0;
  options.late_permille = 10;
  CHECK(delayed(Simulate(options), 1000) == Approx(0.01).epsilon(0.2));
}

TEST_CASE("the life of a customer does not depend on how many there are") {
  const auto life_of = [](const SimulatedLog& log, std::uint32_t person) {
    std::map<std::uint32_t, std::string> life;
    EventBuffer buffer;
    for (std::size_t i = 0; i < log.size(); ++i) {
      if (log.person(i) == person && !log.is_copy(i)) life[log.row(i).index] = ContentOf(log.Fill(i, buffer));
    }
    return life;
  };
  const SimulatedLog few = Simulate({.customers = 11, .seed = 9, .shared_device_permille = 500});
  const SimulatedLog many = Simulate({.customers = 60, .seed = 9, .shared_device_permille = 500});
  for (std::uint32_t person = 0; person < 11; ++person) CHECK(life_of(few, person) == life_of(many, person));
}

TEST_CASE("each kind of friction is planted, in journeys that exist, with evidence inside the journey") {
  const SimulatedLog log = Simulate({.customers = 1000, .seed = 1});
  std::map<Friction, std::size_t> planted;
  for (const LivedFriction& friction : log.frictions()) {
    REQUIRE(friction.journey < log.journeys().size());
    const LivedJourney& journey = log.journeys()[friction.journey];
    REQUIRE((friction.first <= friction.at && friction.at <= friction.last));
    REQUIRE((journey.first <= friction.first && friction.last <= journey.last));
    planted[friction.kind] += friction.kind == friction.cause ? 1U : 0U;
  }
  for (std::size_t i = 0; i < simulation::kFrictions; ++i) {
    INFO(TextOf(static_cast<Friction>(i)).kind);
    CHECK(planted[static_cast<Friction>(i)] > 30);
  }
  std::set<Outcome> outcomes;
  for (const LivedJourney& journey : log.journeys()) outcomes.insert(journey.outcome);
  CHECK(outcomes.size() == 5);
  CHECK(std::ranges::is_sorted(log.frictions(), {}, &LivedFriction::journey));
  CHECK(std::ranges::is_sorted(log.journeys(), {}, [](const LivedJourney& journey) {
    return std::tuple(journey.person, journey.first_us);
  }));
}

TEST_CASE("without planted friction a journey shows none") {
  const SimulatedLog log = Simulate(Quiet({.customers = 2000, .days = 60, .seed = 2}));
  CHECK(log.journeys().size() > 5000);
  for (const LivedFriction& friction : log.frictions()) {
    CHECK((friction.kind == Friction::kDropOff || friction.kind == Friction::kVoluntarySwitch));
  }
}

TEST_CASE("a friction planted in every journey is met by everyone who gets that far") {
  for (std::size_t i = 0; i < simulation::kPlantedFrictions; ++i) {
    const auto kind = static_cast<Friction>(i);
    if (kind == Friction::kRedo) continue;  // not everyone has another channel
    SimulatorOptions options = Quiet({.customers = 150, .days = 60, .seed = 21});
    options.drop_permille = 0;
    options.effects.fill({});
    options.friction_permille[i] = 1000;
    const SimulatedLog log = Simulate(options);
    std::set<std::uint32_t> met;
    for (const LivedFriction& friction : log.frictions()) {
      if (friction.kind == kind && friction.cause == kind) met.insert(friction.journey);
    }
    INFO(TextOf(kind).kind);
    for (std::uint32_t number = 0; number < log.journeys().size(); ++number) {
      if (log.journeys()[number].outcome != Outcome::kOpen) CHECK(met.contains(number));
    }
  }
}

TEST_CASE("drop-off leaves a journey as often as asked for") {
  SimulatorOptions options = Quiet({.customers = 500, .days = 60, .seed = 22});
  options.drop_permille = 1000;
  const SimulatedLog log = Simulate(options);
  for (const LivedJourney& journey : log.journeys()) {
    CHECK((journey.outcome == Outcome::kAbandoned || journey.outcome == Outcome::kOpen));
    CHECK(journey.steps == 1);
  }
}

TEST_CASE("a friction takes goals and points off as its effect says") {
  SimulatorOptions options = Quiet({.customers = 4000, .days = 60, .seed = 12});
  options.drop_permille = 0;
  options.feedback_permille = 1000;
  options.effects[static_cast<std::size_t>(Friction::kErrorLoop)] = {.leave_permille = 350,
                                                                     .score_cost_milli = 1000};
  const auto outcome = [](const SimulatedLog& log) {
    double achieved = 0;
    double ended = 0;
    for (const LivedJourney& journey : log.journeys()) {
      if (journey.kind != simulation::Journey::kPurchase || journey.outcome == Outcome::kOpen) continue;
      achieved += journey.outcome == Outcome::kAchieved ? 1 : 0;
      ended += 1;
    }
    double points = 0;
    double scores = 0;
    for (std::size_t i = 0; i < log.size(); ++i) {
      points += log.row(i).score;
      scores += log.row(i).score != 0 ? 1 : 0;
    }
    return std::pair(achieved / ended, points / scores);
  };
  const auto [goals_without, points_without] = outcome(Simulate(options));
  CHECK(goals_without == 1);
  CHECK(points_without == Approx(4.3).margin(0.05));  // but for the applications that are declined
  options.friction_permille[static_cast<std::size_t>(Friction::kErrorLoop)] = 1000;
  options.effects[static_cast<std::size_t>(Friction::kErrorLoop)].leave_permille = 0;
  CHECK(points_without - outcome(Simulate(options)).second == Approx(1).margin(0.03));
  options.effects[static_cast<std::size_t>(Friction::kErrorLoop)].leave_permille = 350;
  CHECK(outcome(Simulate(options)).first == Approx(0.65).margin(0.02));
}

TEST_CASE("a shared device changes hands by logout and login") {
  const SimulatedLog log = Simulate({.customers = 400,
                                     .days = 60,
                                     .seed = 13,
                                     .shared_device_permille = 1000,
                                     .duplicate_permille = 0,
                                     .conflict_permille = 0,
                                     .disorder_permille = 0,
                                     .late_permille = 0});
  struct Turn {
    std::uint32_t person = 0;
    std::string last;
  };
  std::map<std::string, Turn> turns;
  EventBuffer buffer;
  std::size_t changes = 0;
  for (std::size_t i = 0; i < log.size(); ++i) {
    const Event& event = log.Fill(i, buffer);
    for (const Identifier& identifier : event.identifiers) {
      const auto device = log.text(log.person(i), simulation::Text::kSharedDevice);
      if (identifier.name_space != "device" || device.empty() || identifier.value != device) continue;
      auto [turn, first] = turns.try_emplace(std::string(device), Turn{log.person(i), "logout"});
      if (turn->second.person != log.person(i)) {
        CHECK(turn->second.last == "logout");
        CHECK((event.name == "home" || event.name == "ad_click"));
        ++changes;
      }
      turn->second = {log.person(i), std::string(event.name)};
    }
  }
  CHECK(changes > 100);
  for (std::uint32_t person = 0; person < log.people(); ++person) {
    using simulation::Text;
    const auto device = log.text(person, Text::kSharedDevice);
    CHECK(device == log.text(person ^ 1U, Text::kSharedDevice));
    if (log.text(person, Text::kUserId).empty()) CHECK(device.empty());
  }
}

TEST_CASE("without shared devices the identifiers of the events join each person, and nobody else") {
  const SimulatedLog log = Simulate({.customers = 600, .days = 40, .seed = 14, .shared_device_permille = 0});
  std::vector<std::size_t> parent(log.size());
  std::iota(parent.begin(), parent.end(), std::size_t{0});
  const auto root = [&](std::size_t i) {
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
  };
  std::map<std::string, std::size_t> first_with;
  EventBuffer buffer;
  for (std::size_t i = 0; i < log.size(); ++i) {
    for (const Identifier& identifier : log.Fill(i, buffer).identifiers) {
      if (IsPlaceholder(identifier.value)) continue;
      const auto [found, fresh] = first_with.try_emplace(KeyOf(identifier), i);
      if (!fresh) parent[root(i)] = root(found->second);
    }
  }
  std::map<std::uint32_t, std::set<std::size_t>> components;
  std::map<std::size_t, std::set<std::uint32_t>> people;
  for (std::size_t i = 0; i < log.size(); ++i) {
    components[log.person(i)].insert(root(i));
    people[root(i)].insert(log.person(i));
  }
  for (const auto& [person, parts] : components) CHECK(parts.size() == 1);
  for (const auto& [component, members] : people) CHECK(members.size() == 1);
}

TEST_CASE("options out of range are named with their value and range") {
  CHECK(SimulatorOptions{}.Validate().ok());
  CHECK(MessageOf(SimulatorOptions{.customers = 0}.Validate()) ==
        "simulator: customers is 0; must be from 1 to 50000000");
  CHECK(MessageOf(SimulatorOptions{.days = 4000}.Validate()) ==
        "simulator: days is 4000; must be from 1 to 3650");
  CHECK(MessageOf(SimulatorOptions{.late_permille = 1001}.Validate()) ==
        "simulator: late_permille is 1001; must be from 0 to 1000");
  CHECK(!SimulatorOptions{.customers = 50'000'000, .days = 5}.Validate().ok());
  SimulatorOptions options;
  options.friction_permille[1] = 2000;
  CHECK(MessageOf(options.Validate()) ==
        "simulator: friction_permille of redo is 2000; must be from 0 to 1000");
  options = {.start = kMinTime - std::chrono::days{1}};
  CHECK(!options.Validate().ok());
  options = {.start = kMaxTime};
  CHECK(!options.Validate().ok());
}

}  // namespace
}  // namespace journey
