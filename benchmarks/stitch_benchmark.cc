// What does the whole job cost, from events with identifiers as text in memory to report data, on one and two threads;
// where does the time go; and what do disorder, heavy customers, or customers who are never seen again add?
#include <ctime>
#include <memory>

#include "journey/friction/channel_switch.h"
#include "journey/friction/drop_off.h"
#include "journey/friction/repetition.h"
#include "support/columns.h"
#include "support/friction_totals.h"
#include "support/harness.h"
#include "support/prepared.h"

namespace journey::bench {
namespace {

// Those that the naive side has, too.
DetectorList ComparedDetectors() {
  return {std::make_shared<DropOff>(), std::make_shared<Repetition>(),
          std::make_shared<ChannelSwitchDetector>()};
}

Pipeline MakePipeline(unsigned threads) {
  return *Pipeline::Create({.journeys = Definitions(), .detectors = ComparedDetectors(), .threads = threads});
}

Timing TimingOf(unsigned threads) {
  return threads == 1 ? Timing::kThread : Timing::kWall;
}

// What the naive side has to say about a whole run.
struct NaiveReport {
  std::size_t customers = 0;
  std::size_t sessions = 0;
  NaiveCounts funnel;
  NaiveTransitions transitions;
  NaiveVariants variants;
  NaiveChannels channels;
  NaiveFriction friction;
};

NaiveReport NaiveRun(const Workload& workload) {
  const NaiveWorld world(workload);
  NaiveReport report{.customers = world.timelines.size(),
                     .sessions = NaiveSessions(world.timelines).size(),
                     .funnel = NaiveFunnel(world.journeys),
                     .transitions = NaiveFollows(world.journeys),
                     .variants = NaivePaths(world.journeys),
                     .channels = NaiveChannelUse(world.timelines),
                     .friction = {}};
  for (const NaiveJourney& journey : world.journeys) {
    for (const auto detector : {NaiveDropOff, NaiveRepetition, NaiveSwitches}) {
      detector(journey, world.definitions[journey.definition], report.friction);
    }
  }
  return report;
}

bool SameReport(const Report& ours, const NaiveReport& naive, const Workload&) {
  if (ours.customers.size() != naive.customers || ours.sessions.size() != naive.sessions ||
      ours.variants_distinct != naive.variants.size() ||
      ours.transitions.size() != naive.transitions.size()) {
    return false;
  }
  NaiveCounts funnel;
  for (std::size_t i = 0; i < ours.journey_summaries.size(); ++i) {
    const StepCounts& counts = ours.journey_summaries[i].counts;
    for (std::size_t o = 0; o < kOutcomes; ++o) {
      const auto outcome = static_cast<Outcome>(o);
      if (counts.ended(outcome) != 0) funnel[{i, std::string(NameOf(outcome))}] = counts.ended(outcome);
    }
    for (std::size_t step = 0; step < counts.steps().size(); ++step) {
      if (counts.steps()[step].reached != 0) funnel[{i, std::to_string(step)}] = counts.steps()[step].reached;
    }
  }
  const auto detector_name = [&](DetectorId id) { return ours.detectors[id.value].name; };
  const auto label = [&](LabelId id) { return ours.label(id); };
  return funnel == naive.funnel &&
         TotalsOf(ours.findings, ours.touchpoints, detector_name, label) == naive.friction;
}

// Events as text in memory -> report data.
void AddWhole(const Plan& plan, const std::string& name, const WorkloadOptions& options, unsigned threads) {
  AddPair(
      plan, name, options.events, [=]() -> const Workload& { return WorkloadOf(options); },
      [=](const Workload& workload) { return MakePipeline(threads).Run(AppendAll(workload)); }, NaiveRun,
      SameReport, NoFurtherCounters(), TimingOf(threads));
}

// The finished log -> report data; the threads must not change a finding.
void AddRun(std::size_t events, unsigned threads) {
  Add(
      "Run/" + std::to_string(threads) + "_threads", "journey", events,
      [=](benchmark::State& state) {
        const EventLog log = AppendAll(WorkloadOf({.events = events}));
        const Pipeline pipeline = MakePipeline(threads);
        const Report one = MakePipeline(1).Run(log);
        const Report many = pipeline.Run(log);
        const auto place = [](const Finding& f) {
          return std::tuple(f.journey, f.begin, f.end, f.detector, f.kind);
        };
        if (!std::ranges::equal(one.findings, many.findings, {}, place, place) ||
            one.sessions.size() != many.sessions.size() || one.variants_distinct != many.variants_distinct) {
          Fail(state, "the number of threads changed the report");
          return;
        }
        TimeAnswers(
            state, [&]() -> const EventLog& { return log; },
            [&](const EventLog& in) { return pipeline.Run(in); });
        CountEvents(state, events, 0);
        state.counters["log bytes/event"] = static_cast<double>(log.bytes()) / static_cast<double>(events);
      },
      TimingOf(threads));
}

// Columns of text or numbers in memory -> report data. The answer is that of the same events appended one by one.
void AddColumns(const std::string& name, const WorkloadOptions& options, bool numbers, unsigned threads) {
  const std::size_t events = options.events;
  Add(
      name, "journey", events,
      [=](benchmark::State& state) {
        const WorkloadColumns& columns = ColumnsOf(options);
        const auto append = [&](unsigned on) {
          return numbers ? columns.AppendNumbers(on) : columns.AppendTexts(on);
        };
        const Pipeline pipeline = MakePipeline(threads);
        {
          const EventLog one_by_one = columns.AppendEvents();
          const EventLog together = append(threads);
          const Report expected = MakePipeline(1).Run(one_by_one);
          const Report report = pipeline.Run(together);
          const auto place = [](const Finding& f) {
            return std::tuple(f.journey, f.begin, f.end, f.time.time_since_epoch().count());
          };
          if (report.customers.size() != expected.customers.size() ||
              report.sessions.size() != expected.sessions.size() ||
              report.variants_distinct != expected.variants_distinct ||
              !std::ranges::equal(report.findings, expected.findings, {}, place, place)) {
            Fail(state, "columns and events gave different reports");
            return;
          }
          state.counters["log bytes/event"] =
              static_cast<double>(together.bytes()) / static_cast<double>(events);
          state.counters["events/customer"] =
              static_cast<double>(events) / static_cast<double>(report.customers.size());
        }
        TimeAnswers(
            state, [&]() -> const WorkloadColumns& { return columns; },
            [&](const WorkloadColumns&) {
              const EventLog log = append(threads);
              return pipeline.Run(log);
            });
        CountEvents(state, events, 0);
      },
      TimingOf(threads));
}

// Processor time by stage, in ns an event, as the counters; the stages are called one after the other as
// Pipeline::Run does.
class StageClock {
 public:
  explicit StageClock(benchmark::State& state, std::size_t events) : state_(state), events_(events) {}
  // Ends the stage that began where the last one ended.
  void Lap(const char* stage) {
    const std::clock_t now = std::clock();
    const double spent = static_cast<double>(now - last_) * (1e9 / CLOCKS_PER_SEC);
    state_.counters[stage] +=
        benchmark::Counter(spent / static_cast<double>(events_), benchmark::Counter::kAvgIterations);
    last_ = now;
  }
  void Start() { last_ = std::clock(); }

 private:
  benchmark::State& state_;
  std::size_t events_;
  std::clock_t last_ = 0;
};

// One pass over the journeys for each part, so that the clock can tell them apart.
void LapJourneyParts(StageClock& clock, const JourneyContext& context,
                     std::span<const JourneyDefinition> definitions, RowTable<Finding>& findings) {
  std::vector<StepCounts> counts(definitions.size());
  for (const JourneyRow& row : context.journeys.rows)
    counts[row.definition.value].Add(JourneyView(context, row));
  clock.Lap("5 steps");
  TransitionGraph transitions;
  VariantCounter variants;
  std::vector<TouchpointId> path;
  for (const JourneyRow& row : context.journeys.rows) {
    const JourneyView view(context, row);
    for (std::size_t i = 1; i < view.size(); ++i)
      transitions.Add(view.touchpoint(i - 1), view.touchpoint(i), view.gap(i));
  }
  benchmark::DoNotOptimize(transitions.result());
  clock.Lap("6 transitions");
  for (const JourneyRow& row : context.journeys.rows) {
    const JourneyView view(context, row);
    path.clear();
    for (std::size_t i = 0; i < view.size(); ++i) path.push_back(view.touchpoint(i));
    variants.Add(path);
  }
  benchmark::DoNotOptimize(variants.Top(Report::kVariantsKept));
  clock.Lap("7 variants");
  ChannelCounts channels(context.catalog.channels.size());
  std::vector<ChannelSwitch> switches;
  for (const JourneyRow& row : context.journeys.rows) {
    const JourneyView view(context, row);
    FindChannelSwitches(view, {}, switches);
    channels.AddSwitches(view, switches);
  }
  clock.Lap("8 flow");
  const DetectorList detectors = ComparedDetectors();
  FindingSink sink;
  for (std::uint32_t id = 0; id < context.journeys.rows.size(); ++id) {
    const JourneyView view(context, context.journeys.rows[id]);
    for (std::uint32_t i = 0; i < detectors.size(); ++i) {
      sink.Examining(view, {id}, {i});
      detectors[i]->Examine(view, sink);
    }
  }
  findings = sink.TakeFindings();
  clock.Lap("9 friction");
}

void AddStages(std::size_t events, const char* name, Arrival arrival) {
  Add(std::string("Stages/") + name, "journey", events, [=](benchmark::State& state) {
    const Workload& workload = WorkloadOf({.events = events, .arrival = arrival});
    const std::vector<JourneyDefinition> definitions = Definitions();
    const std::size_t expected = MakePipeline(1).Run(AppendAll(workload)).findings.size();
    StageClock clock(state, events);
    RowTable<Finding> findings;
    for (auto _ : state) {
      clock.Start();
      const EventLog log = AppendAll(workload);
      clock.Lap("0 append");
      const Resolution resolution = GraphResolver().Resolve(log);
      clock.Lap("1 identity");
      const CanonicalTouchpoints touchpoints = CatalogTouchpoints(log);
      const Timelines timelines = BuildTimelines(log, resolution.labels, touchpoints.of_log);
      clock.Lap("2 timelines");
      RowTable<SessionRow> sessions;
      ChannelCounts channels(touchpoints.catalog.channels.size());
      for (std::uint32_t customer = 0; customer < timelines.customers(); ++customer) {
        const std::size_t before = sessions.size();
        const std::uint32_t offset = timelines.begins[customer];
        Sessionize({customer}, timelines.of({customer}), offset, {}, sessions);
        channels.AddCustomer(touchpoints.catalog, timelines.of({customer}), offset,
                             std::span(sessions).subspan(before));
      }
      clock.Lap("3 sessions");
      const EventClassifier classifier(log, touchpoints.catalog, definitions, {}, {});
      const TimePoint as_of = *std::ranges::max_element(log.times());
      const JourneyClock journey_clock{as_of, SessionOptions().max_gap};
      const JourneyTable journeys =
          BuildAll(timelines, definitions, classifier, touchpoints.catalog, journey_clock);
      clock.Lap("4 journeys");
      const JourneyContext context{
          log,      touchpoints.catalog,       classifier,      definitions, timelines.events,
          journeys, journey_clock.session_gap, timelines.begins};
      LapJourneyParts(clock, context, definitions, findings);
    }
    if (findings.size() != expected) Fail(state, "the stages and the pipeline found different things");
    CountEvents(state, events, 0);
  });
}

}  // namespace

void RegisterBenchmarks(const Plan& plan) {
  for (const std::size_t events : plan.sizes) {
    AddWhole(plan, "AppendAndRun/1_thread", {.events = events}, 1);
    AddWhole(plan, "AppendAndRun/2_threads", {.events = events}, 2);
    AddWhole(plan, "AppendAndRun/ten_percent_late", {.events = events, .arrival = Arrival::kTenPercentLate},
             1);
    AddWhole(plan, "AppendAndRun/shuffled", {.events = events, .arrival = Arrival::kShuffled}, 1);
    // All customers alike, and none with more than a few events: nothing is in the cache when it is needed.
    AddWhole(plan, "AppendAndRun/all_alike", {.events = events, .customer_skew = 0}, 1);
    AddWhole(plan, "AppendAndRun/new_customers",
             {.events = events, .events_per_customer = 1, .customer_skew = 0}, 1);
    AddWhole(plan, "AppendAndRun/heavy", {.events = events, .customer_skew = 0.95}, 1);
    for (const unsigned threads : {1U, 2U}) {
      const std::string on = std::to_string(threads) + "_threads";
      AddColumns("Columns/text/" + on, {.events = events}, false, threads);
      AddColumns("Columns/numbers/" + on, {.events = events}, true, threads);
      AddColumns("Columns/numbers_shuffled/" + on, {.events = events, .arrival = Arrival::kShuffled}, true,
                 threads);
    }
    AddRun(events, 1);
    AddRun(events, 2);
    AddStages(events, "in_order", Arrival::kInOrder);
    AddStages(events, "shuffled", Arrival::kShuffled);
  }
}

}  // namespace journey::bench
