#include "journey/insight/exposure.h"

#include <set>

#include "insight_impact/friction_world.h"
#include "support/catch.h"

namespace journey {
namespace {

using testing::MakeWorld;
using testing::World;

// One state of a journey, worked out anew: where it was at an event, how many events it had made there (up to
// it, or before it), and whether some finding was over when the journey first came there.
std::uint32_t SlowState(const RunTables& tables, const Exposures& found, std::uint32_t journey,
                        std::uint32_t event, bool before_it) {
  const JourneyRow& row = tables.journeys.rows[journey];
  const auto place = [&](std::uint32_t i) {
    std::uint32_t furthest = 0;
    for (std::uint32_t step = 0; step < 4; ++step) {
      const std::uint32_t position = tables.journeys.steps[row.steps_begin + step];
      if (position != kNotReached && position <= tables.journeys.events[row.begin + i]) furthest = step + 1;
    }
    return found.space.place(row.definition, tables.touchpoints.channel(tables.event_of(row, i).touchpoint),
                             furthest);
  };
  std::uint32_t made = 0;
  std::uint32_t first = event;
  for (std::uint32_t i = event + 1; i-- > 0;) {
    if (place(i) != place(event)) continue;
    ++made;
    first = i;
  }
  if (before_it && made > 1) --made;
  bool hurt = false;
  for (const Finding& finding : tables.findings_of({journey})) {
    hurt |= !tables.detectors[finding.detector.value].implies_failure && finding.end <= first;
  }
  const std::uint32_t stay = made <= 2 ? made - 1 : made <= 4 ? 2 : made <= 8 ? 3 : made <= 16 ? 4 : 5;
  return StateSpace::of(place(event), stay, hurt);
}

TEST_CASE("states and exposures equal what is worked out event by event") {
  const World world = MakeWorld({.customers = 300,
                                 .met_permille = {150, 250},
                                 .leave_permille = {100, 100, 0, 0, 0, 0},
                                 .open_permille = 150,
                                 .drop_off_findings = true});
  const RunTables tables = world.tables();
  const Exposures found = FindExposures(tables);
  std::size_t exposures = 0;
  for (std::uint32_t j = 0; j < tables.journeys.rows.size(); ++j) {
    const JourneyRow& row = tables.journeys.rows[j];
    std::vector<std::uint32_t> states;
    for (std::uint32_t i = 0; i < row.events(); ++i) {
      if (row.outcome == Outcome::kAchieved && i + 1 == row.events()) break;
      const std::uint32_t state = SlowState(tables, found, j, i, false);
      if (std::ranges::find(states, state) == states.end()) states.push_back(state);
    }
    const auto ours = found.states_of(j);
    CHECK(std::vector<std::uint32_t>(ours.begin(), ours.end()) == states);
    std::set<FrictionKey> keys;
    for (const Finding& finding : tables.findings_of({j})) {
      if (tables.detectors[finding.detector.value].implies_failure) continue;
      if (!keys.insert(KeyOf(finding)).second) continue;
      const auto at = std::ranges::find_if(
          found.exposures_of(j), [&](const Exposure& one) { return found.keys[one.key] == KeyOf(finding); });
      REQUIRE(at != found.exposures_of(j).end());
      CHECK(at->place == finding.begin);
      CHECK(at->state == SlowState(tables, found, j, finding.begin, true));
      const auto standing =
          row.outcome == Outcome::kOpen ? ExposureStanding::kOpen : ExposureStanding::kCompared;
      CHECK(at->standing == standing);
    }
    CHECK(found.exposures_of(j).size() == keys.size());
    exposures += keys.size();
  }
  CHECK(exposures > 200);
  CHECK(!found.implied.empty());
}

TEST_CASE("of discovered journeys the number of events is the progress, and the goal itself is no state") {
  World world = MakeWorld({.customers = 60, .met_permille = {300, 300}});
  for (JourneyRow& row : world.journeys.rows) {  // without definitions nothing is reached
    row.steps_reached = 0;
    row.last_step = 0;
  }
  const RunTables tables = world.tables();
  const Exposures found = FindExposures(tables);
  for (std::uint32_t j = 0; j < tables.journeys.rows.size(); ++j) {
    const JourneyRow& row = tables.journeys.rows[j];
    const std::uint32_t events = row.events() - (row.outcome == Outcome::kAchieved ? 1 : 0);
    // Progress changes at the events 1, 2, 4, 8, ...; from the third of those on the stay changes within it.
    std::size_t states = 0;
    for (std::uint32_t start = 1; start <= events; start *= 2) {
      for (const std::uint32_t made : {1U, 2U, 3U, 5U, 9U, 17U}) {
        states += made <= start && start + made - 1 <= events ? 1 : 0;
      }
    }
    CHECK(found.states_of(j).size() == states);
  }
}

}  // namespace
}  // namespace journey
