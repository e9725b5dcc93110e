// What does it cost to lay out every customer's events in order: arriving in order, a tenth late, or
// shuffled?
#include "support/harness.h"
#include "support/prepared.h"

namespace journey::bench {
namespace {

struct Labelled {
  EventLog log;
  Resolution resolution;
  CanonicalTouchpoints touchpoints;
  std::vector<NaiveEvent> events;
  std::vector<std::size_t> labels;
};

const Labelled& LabelledOf(const WorkloadOptions& options, bool with_naive) {
  static std::unique_ptr<const Labelled> kept;
  static WorkloadOptions kept_for;
  if (kept == nullptr || !(kept_for == options)) {
    kept = nullptr;
    const Workload& workload = WorkloadOf(options);
    EventLog log = AppendAll(workload);
    Resolution resolution = GraphResolver().Resolve(log);
    CanonicalTouchpoints touchpoints = CatalogTouchpoints(log);
    std::vector<std::size_t> labels(resolution.labels.begin(), resolution.labels.end());
    kept = std::make_unique<const Labelled>(
        Labelled{std::move(log), std::move(resolution), std::move(touchpoints),
                 with_naive ? NaiveStore(workload) : std::vector<NaiveEvent>(), std::move(labels)});
    kept_for = options;
  }
  return *kept;
}

bool SameTimelines(const Timelines& ours, const NaiveTimelines& naive, const Labelled& input) {
  if (ours.customers() != naive.size()) return false;
  for (std::uint32_t customer = 0; customer < naive.size(); ++customer) {
    if (!std::ranges::equal(
            ours.of({customer}), naive[customer], {}, [](const EventRow& row) { return row.event.value; },
            [&](const NaiveEvent* event) { return event - input.events.data(); })) {
      return false;
    }
  }
  return true;
}

void AddTimelines(const Plan& plan, const char* name, const WorkloadOptions& options) {
  const bool with_naive = options.events <= plan.naive_up_to;
  AddPair(
      plan, std::string("BuildTimelines/") + name, options.events,
      [=]() -> const Labelled& { return LabelledOf(options, with_naive); },
      [](const Labelled& input) {
        return BuildTimelines(input.log, input.resolution.labels, input.touchpoints.of_log);
      },
      [](const Labelled& input) { return NaiveGroup(input.events, input.labels); }, SameTimelines);
}

}  // namespace

void RegisterBenchmarks(const Plan& plan) {
  for (const std::size_t events : plan.sizes) {
    AddTimelines(plan, "in_order", {.events = events});
    AddTimelines(plan, "tenth_late", {.events = events, .arrival = Arrival::kTenPercentLate});
    AddTimelines(plan, "shuffled", {.events = events, .arrival = Arrival::kShuffled});
  }
}

}  // namespace journey::bench
