// Prepared: one workload taken through every stage, by the library and naively, so that a benchmark of one
// stage starts from the finished stage before.
#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "journey/journey.h"
#include "support/naive.h"
#include "support/workload.h"

namespace journey::bench {

// "purchase" (four steps and a goal), "advice" (two steps within three days), "returns" (one step and a
// goal).
std::vector<JourneyDefinition> Definitions();
std::vector<NaiveDefinition> NaiveDefinitions();

EventLog AppendAll(const Workload& workload);

// The customers' journeys of all definitions, by definition, then by customer.
JourneyTable BuildAll(const Timelines& timelines, const std::vector<JourneyDefinition>& definitions,
                      const EventClassifier& classifier, const TouchpointCatalog& catalog,
                      JourneyClock clock);

// The naive side of a workload, up to its journeys.
struct NaiveWorld {
  explicit NaiveWorld(const Workload& workload);

  std::vector<NaiveEvent> events;
  NaiveTimelines timelines;
  std::vector<NaiveDefinition> definitions = NaiveDefinitions();
  std::vector<NaiveJourney> journeys;
};

struct Prepared {
  Prepared(const Workload& workload, bool with_naive);
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;

  EventLog log;
  Resolution resolution;
  CanonicalTouchpoints touchpoints;
  Timelines timelines;
  std::vector<JourneyDefinition> definitions = Definitions();
  EventClassifier classifier;
  EventClassifier discovery_classifier;  // for discovered journeys without a goal
  JourneyClock clock;
  JourneyTable journeys;
  JourneyContext context;
  std::unique_ptr<const NaiveWorld> naive;  // if asked for
};

// In order of arrival, `events` of them. The one that was asked for last is kept.
const Prepared& PreparedOf(std::size_t events, bool with_naive);

// "web/product_view".
std::string TextOf(const TouchpointCatalog& catalog, TouchpointId id);

// Whether two labellings of the same events put the same events together.
bool SamePartition(std::span<const std::uint32_t> a, const std::vector<std::size_t>& b);

}  // namespace journey::bench
