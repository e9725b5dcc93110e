#include "support/prepared.h"

#include <chrono>
#include <unordered_map>

namespace journey::bench {

std::vector<JourneyDefinition> Definitions() {
  using std::chrono::days;
  return {{.name = "purchase",
           .steps = {{"view", {"product_view"}},
                     {"cart", {"add_to_cart"}},
                     {"shipping", {"shipping_details"}},
                     {"payment", {"payment_details"}}},
           .goal = {"purchase"},
           .abandon_after = days{7}},
          {.name = "advice",
           .steps = {{"read", {"help_article"}}, {"ask", {"message"}}},
           .goal = {},
           .abandon_after = days{7},
           .window = days{3}},
          {.name = "returns",
           .steps = {{"policy", {"returns_policy"}}},
           .goal = {"return_start"},
           .abandon_after = days{14}}};
}

std::vector<NaiveDefinition> NaiveDefinitions() {
  constexpr std::int64_t kDay = 86'400'000'000;
  return {{"purchase",
           {"product_view", "add_to_cart", "shipping_details", "payment_details"},
           "purchase",
           7 * kDay,
           {}},
          {"advice", {"help_article", "message"}, "", 7 * kDay, 3 * kDay},
          {"returns", {"returns_policy"}, "return_start", 14 * kDay, {}}};
}

EventLog AppendAll(const Workload& workload) {
  EventLog log;
  std::vector<Event> events(32);
  for (std::size_t i = 0; i < workload.size();) {
    std::size_t count = 0;
    for (; count < events.size() && i < workload.size(); ++i) workload.Fill(i, events[count++]);
    log.Append(std::span(events).first(count));
  }
  return log;
}

JourneyTable BuildAll(const Timelines& timelines, const std::vector<JourneyDefinition>& definitions,
                      const EventClassifier& classifier, const TouchpointCatalog& catalog,
                      JourneyClock clock) {
  JourneyTable table;
  for (std::uint32_t id = 0; id < definitions.size(); ++id) {
    for (std::uint32_t customer = 0; customer < timelines.customers(); ++customer) {
      BuildJourneys({customer}, timelines.of({customer}), timelines.begins[customer], {id}, definitions[id],
                    classifier, catalog, clock, table);
    }
  }
  return table;
}

namespace {

TimePoint LastTime(const EventLog& log) {
  TimePoint last = kMinTime;
  for (const TimePoint time : log.times()) last = std::max(last, time);
  return last;
}

}  // namespace

NaiveWorld::NaiveWorld(const Workload& workload) : events(NaiveStore(workload)) {
  timelines = NaiveGroup(events, NaiveGraph(events));
  std::int64_t last = 0;
  for (const NaiveEvent& event : events) last = std::max(last, event.time_us);
  journeys = NaiveBuild(timelines, definitions, last);
}

Prepared::Prepared(const Workload& workload, bool with_naive)
    : log(AppendAll(workload)),
      resolution(GraphResolver().Resolve(log)),
      touchpoints(CatalogTouchpoints(log)),
      timelines(BuildTimelines(log, resolution.labels, touchpoints.of_log)),
      classifier(log, touchpoints.catalog, definitions, {}, {}),
      discovery_classifier(log, touchpoints.catalog, {}, {}, {}),
      clock{LastTime(log), SessionOptions().max_gap},
      journeys(BuildAll(timelines, definitions, classifier, touchpoints.catalog, clock)),
      context{log,      touchpoints.catalog, classifier,      definitions, timelines.events,
              journeys, clock.session_gap,   timelines.begins},
      naive(with_naive ? std::make_unique<NaiveWorld>(workload) : nullptr) {}

const Prepared& PreparedOf(std::size_t events, bool with_naive) {
  static std::unique_ptr<const Prepared> kept;
  static std::size_t kept_events = 0;
  if (kept == nullptr || kept_events != events) {
    kept = nullptr;
    kept = std::make_unique<const Prepared>(WorkloadOf({.events = events}), with_naive);
    kept_events = events;
  }
  return *kept;
}

std::string TextOf(const TouchpointCatalog& catalog, TouchpointId id) {
  return std::string(catalog.channel_text(id)) + "/" + std::string(catalog.name_text(id));
}

bool SamePartition(std::span<const std::uint32_t> a, const std::vector<std::size_t>& b) {
  if (a.size() != b.size()) return false;
  std::unordered_map<std::uint32_t, std::size_t> to;
  std::unordered_map<std::size_t, std::uint32_t> back;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (to.emplace(a[i], b[i]).first->second != b[i]) return false;
    if (back.emplace(b[i], a[i]).first->second != a[i]) return false;
  }
  return true;
}

}  // namespace journey::bench
