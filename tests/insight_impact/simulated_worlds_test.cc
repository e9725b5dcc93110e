// The simulator's own counterfactual: the same world with one effect set to 0.
#include <cmath>
#include <cstdio>
#include <map>
#include <set>

#include "journey/core/status.h"
#include "journey/friction/error_loop.h"
#include "journey/friction/rapid_repeat.h"
#include "journey/insight/fix_first.h"
#include "journey/io/config.h"
#include "journey/pipeline/pipeline.h"
#include "simulate/simulator.h"
#include "simulate/writers.h"
#include "support/catch.h"

namespace journey {
namespace {

using simulation::Friction;

constexpr auto kErrorLoop = static_cast<std::size_t>(Friction::kErrorLoop);
constexpr auto kRapidRepeat = static_cast<std::size_t>(Friction::kRapidRepeat);

// Two frictions: error loops make people leave, rapid repeats do not.
SimulatorOptions WorldOf(std::uint64_t seed) {
  SimulatorOptions options = WithoutDirt({.customers = 600, .days = 60, .seed = seed});
  options.friction_permille.fill(0);
  options.friction_permille[kErrorLoop] = 150;
  options.friction_permille[kRapidRepeat] = 150;
  options.effects.fill({});
  options.effects[kErrorLoop].leave_permille = 400;
  return options;
}

// Journeys that met an error loop, and how many more of them would have been achieved. Only those that began
// at the same time in both worlds: who leaves a journey begins the next one at another time.
struct Truth {
  double met = 0;
  double more = 0;

  void Add(const SimulatedLog& world, const SimulatedLog& repaired) {
    std::map<std::pair<std::uint32_t, std::int64_t>, bool> achieved;
    for (const simulation::LivedJourney& journey : repaired.journeys()) {
      achieved[{journey.person, journey.first_us}] = journey.outcome == simulation::Outcome::kAchieved;
    }
    std::set<std::uint32_t> hurt;
    for (const simulation::LivedFriction& friction : world.frictions()) {
      if (friction.kind == Friction::kErrorLoop) hurt.insert(friction.journey);
    }
    for (const std::uint32_t j : hurt) {
      const simulation::LivedJourney& journey = world.journeys()[j];
      const auto found = achieved.find({journey.person, journey.first_us});
      if (found == achieved.end() || journey.outcome == simulation::Outcome::kOpen) continue;
      met += 1;
      more += (found->second ? 1 : 0) - (journey.outcome == simulation::Outcome::kAchieved ? 1 : 0);
    }
  }
};

struct Found {
  double met = 0;
  double more = 0;
  double variance = 0;
  [[nodiscard]] double error() const { return std::sqrt(variance) / met; }
};

TEST_CASE("on simulated worlds the effect of a planted friction is that of the counterfactual world") {
  const auto config = ParseConfig(SimulatedJourneys(), "simulated");
  REQUIRE(config.ok());
  Found error_loop;
  Found rapid_repeat;
  Truth truth;
  int first = 0;
  constexpr int kWorlds = 3;
  for (int i = 0; i < kWorlds; ++i) {
    SimulatorOptions options = WorldOf(static_cast<std::uint64_t>(i) + 1);
    const SimulatedLog world = Simulate(options);
    options.effects[kErrorLoop].leave_permille = 0;
    truth.Add(world, Simulate(options));

    EventLog log;
    EventBuffer buffer;
    for (std::size_t k = 0; k < world.size(); ++k) log.Append(world.Fill(k, buffer));
    PipelineOptions pipeline_options;
    pipeline_options.journeys = config->journeys;
    pipeline_options.classes = config->classes;
    // These two only: a detector that finds the same scene (each error by itself) shares its effect.
    pipeline_options.detectors = DetectorList{std::make_shared<ErrorLoop>(), std::make_shared<RapidRepeat>()};
    const auto pipeline = Pipeline::Create(pipeline_options);
    REQUIRE(pipeline.ok());
    const Report report = pipeline->Run(log);
    std::vector<std::string> names;
    for (const JourneySummary& summary : report.journey_summaries) names.push_back(summary.definition);
    const RunTables tables{
        report.touchpoints,       report.timeline.events, report.timeline.begins, report.journeys,
        report.findings,          report.labels,          report.detectors,       names,
        std::chrono::minutes{30}, report.input.as_of};
    const auto ranking =
        RankFixes(tables, {}, {.bootstrap = {.replicates = 200}, .min_exposed = 10, .min_comparable = 10});
    REQUIRE(ranking.ok());
    for (const ComparisonLine& line : ranking->by_comparison) {
      if (line.standing != Standing::kRanked) continue;
      const std::string& detector = report.detectors[line.key.detector.value].name;
      Found* const found = detector == "error_loop"     ? &error_loop
                           : detector == "rapid_repeat" ? &rapid_repeat
                                                        : nullptr;
      if (found == nullptr) continue;
      found->met += static_cast<double>(line.compared);
      found->more += line.more_goals.value;
      found->variance += std::pow((line.more_goals.high - line.more_goals.low) / 3.92, 2);
    }
    REQUIRE(!ranking->by_comparison.empty());
    first += report.detectors[ranking->by_comparison.front().key.detector.value].name == "error_loop" ? 1 : 0;
  }
  const double exact = truth.more / truth.met;
  const double ours = error_loop.more / error_loop.met;
  const double none = rapid_repeat.more / rapid_repeat.met;
  std::printf(
      "simulated, %d worlds: an error loop costs %.3f goals, found %.3f (standard error %.3f, %.0f "
      "journeys); a "
      "rapid repeat costs 0, found %.3f (%.3f); error loops first in %d\n",
      kWorlds, exact, ours, error_loop.error(), error_loop.met, none, rapid_repeat.error(), first);
  // At one boundary rapid repeats come after error loops, so those who meet them have survived these.
  CHECK(ours == Approx(exact).margin(3 * error_loop.error() + 0.02));
  CHECK(none == Approx(0.0).margin(3 * rapid_repeat.error() + 0.02));
  CHECK(ours > 10 * error_loop.error());
  CHECK(first == kWorlds);
}

}  // namespace
}  // namespace journey
