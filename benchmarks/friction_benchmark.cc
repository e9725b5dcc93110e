// What does each detector cost, called through its interface once a journey; and all three together?
#include "support/friction_totals.h"
#include "support/harness.h"
#include "support/prepared.h"

namespace journey::bench {
namespace {

using NaiveDetector = void (*)(const NaiveJourney&, const NaiveDefinition&, NaiveFriction&);

// A detector list and its naive contenders.
struct Case {
  std::string name;
  DetectorList detectors;
  std::vector<NaiveDetector> naive;
};

FindingSink Examine(const Prepared& input, const DetectorList& detectors) {
  FindingSink sink;
  for (std::uint32_t id = 0; id < input.journeys.rows.size(); ++id) {
    const JourneyView view(input.context, input.journeys.rows[id]);
    for (std::uint32_t i = 0; i < detectors.size(); ++i) {
      sink.Examining(view, {id}, {i});
      detectors[i]->Examine(view, sink);
    }
  }
  return sink;
}

void AddCase(const Plan& plan, std::size_t events, const Case& what) {
  const bool with_naive = events <= plan.naive_up_to;
  const auto ours = [=](const Prepared& input) { return Examine(input, what.detectors); };
  AddPair(
      plan, what.name, events, [=]() -> const Prepared& { return PreparedOf(events, with_naive); }, ours,
      [=](const Prepared& input) {
        NaiveFriction friction;
        for (const NaiveJourney& journey : input.naive->journeys) {
          for (const NaiveDetector detector : what.naive) {
            detector(journey, input.naive->definitions[journey.definition], friction);
          }
        }
        return friction;
      },
      [=](const FindingSink& sink, const NaiveFriction& naive, const Prepared& input) {
        const auto detector_name = [&](DetectorId id) {
          return std::string(what.detectors[id.value]->name());
        };
        const auto label = [&](LabelId id) { return sink.labels()[id.value]; };
        return TotalsOf(sink.findings(), input.touchpoints.catalog, detector_name, label) == naive;
      },
      [=](benchmark::State& state, const Prepared& input) {
        state.counters["findings"] = static_cast<double>(ours(input).findings().size());
      });
}

}  // namespace

void RegisterBenchmarks(const Plan& plan) {
  const auto drop_off = std::make_shared<DropOff>();
  const auto repetition = std::make_shared<Repetition>();
  const auto switches = std::make_shared<ChannelSwitchDetector>();
  for (const std::size_t events : plan.sizes) {
    AddCase(plan, events, {"DropOff", {drop_off}, {NaiveDropOff}});
    AddCase(plan, events, {"Repetition", {repetition}, {NaiveRepetition}});
    AddCase(plan, events, {"ChannelSwitch", {switches}, {NaiveSwitches}});
    AddCase(
        plan, events,
        {"AllDetectors", {drop_off, repetition, switches}, {NaiveDropOff, NaiveRepetition, NaiveSwitches}});
  }
}

}  // namespace journey::bench
