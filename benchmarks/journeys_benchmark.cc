// What does it cost to stitch three kinds of journeys out of ordered timelines, or to discover journeys?
#include "support/harness.h"
#include "support/prepared.h"

namespace journey::bench {
namespace {

constexpr std::int64_t kDiscoveryGapUs = 3 * 86'400'000'000;

JourneyTable Discover(const Prepared& input) {
  const Discovery discovery{.gap = Duration(kDiscoveryGapUs), .goal = {}};
  JourneyTable table;
  for (std::uint32_t customer = 0; customer < input.timelines.customers(); ++customer) {
    DiscoverJourneys({customer}, input.timelines.of({customer}), input.timelines.begins[customer], discovery,
                     input.discovery_classifier, input.touchpoints.catalog, input.clock, table);
  }
  return table;
}

bool SameJourneys(const JourneyTable& ours, const std::vector<NaiveJourney>& naive, const Prepared& input) {
  const auto same = [&](const JourneyRow& row, const NaiveJourney& journey) {
    if (row.definition.value != journey.definition || NameOf(row.outcome) != journey.outcome ||
        row.ended.time_since_epoch().count() != journey.ended_us || row.events() != journey.events.size() ||
        row.steps_reached != journey.steps.size()) {
      return false;
    }
    for (std::size_t i = 0; i < journey.events.size(); ++i) {
      const EventRow& event = input.timelines.events[ours.events[row.begin + i]];
      if (&input.naive->events[event.event.value] != journey.events[i]) return false;
    }
    for (std::size_t step = 0; step < journey.steps.size(); ++step) {
      if (ours.steps[row.steps_begin + step] != ours.events[row.begin + journey.steps[step]]) return false;
    }
    return true;
  };
  return std::ranges::equal(ours.rows, naive, same);
}

void CountJourneys(benchmark::State& state, const Prepared& input) {
  state.counters["journeys"] = static_cast<double>(input.journeys.rows.size());
}

}  // namespace

void RegisterBenchmarks(const Plan& plan) {
  for (const std::size_t events : plan.sizes) {
    const bool with_naive = events <= plan.naive_up_to;
    const auto input = [=]() -> const Prepared& { return PreparedOf(events, with_naive); };
    AddPair(
        plan, "BuildJourneys", events, input,
        [](const Prepared& in) {
          return BuildAll(in.timelines, in.definitions, in.classifier, in.touchpoints.catalog, in.clock);
        },
        [](const Prepared& in) {
          return NaiveBuild(in.naive->timelines, in.naive->definitions,
                            in.clock.as_of.time_since_epoch().count());
        },
        SameJourneys, CountJourneys);
    AddPair(
        plan, "DiscoverJourneys", events, input, Discover,
        [](const Prepared& in) {
          return NaiveDiscover(in.naive->timelines, kDiscoveryGapUs,
                               in.clock.as_of.time_since_epoch().count());
        },
        [](const JourneyTable& ours, const std::vector<NaiveJourney>& naive, const Prepared& in) {
          return SameJourneys(ours, naive, in);
        });
  }
}

}  // namespace journey::bench
