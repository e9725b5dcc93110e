// The naive contenders: the whole job as one would write it without a second thought, on std::string,
// std::map and vectors of vectors. They are short enough to be seen to be right, share no code with the
// library, and say what every stage has to answer on a Workload. They know only the rules that the benchmarks
// use: required steps, each matching one event name; errors, support and switches with their defaults.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "support/workload.h"

namespace journey::bench {

struct NaiveEvent {
  std::int64_t time_us;
  std::string id, channel, name;
  std::vector<std::pair<std::string, std::string>> identifiers;  // namespace, value
  std::map<std::string, std::string> attributes;

  [[nodiscard]] std::string touchpoint() const { return channel + "/" + name; }
};

// The accepted events of the workload, in order of arrival.
std::vector<NaiveEvent> NaiveStore(const Workload& workload);

// A label for each event: connected components without hubs. For events without conflicts: no customer may
// come to have two user ids, or too many devices.
std::vector<std::size_t> NaiveGraph(const std::vector<NaiveEvent>& events);
std::vector<std::size_t> NaiveKey(const std::vector<NaiveEvent>& events, const std::string& name_space);

// Each customer's events by time, the customers by their first event.
using NaiveTimelines = std::vector<std::vector<const NaiveEvent*>>;
NaiveTimelines NaiveGroup(const std::vector<NaiveEvent>& events, const std::vector<std::size_t>& labels);

using NaiveSession = std::vector<const NaiveEvent*>;
std::vector<NaiveSession> NaiveSessions(const NaiveTimelines& timelines);

struct NaiveDefinition {
  std::string name;
  std::vector<std::string> steps;  // event names
  std::string goal;                // empty: the last step
  std::int64_t abandon_us;
  std::optional<std::int64_t> window_us;
};

struct NaiveJourney {
  std::size_t definition = 0;
  std::string outcome;
  std::int64_t ended_us = 0;
  std::vector<const NaiveEvent*> events;
  std::vector<std::size_t> steps;  // which of its events reached step 0, 1, ...
};
// By definition, then customer, then time.
std::vector<NaiveJourney> NaiveBuild(const NaiveTimelines& timelines,
                                     const std::vector<NaiveDefinition>& definitions, std::int64_t as_of_us);
// Cut where nothing happened for longer than the gap.
std::vector<NaiveJourney> NaiveDiscover(const NaiveTimelines& timelines, std::int64_t gap_us,
                                        std::int64_t as_of_us);

using NaiveTransitions = std::map<std::pair<std::string, std::string>, std::vector<std::int64_t>>;
NaiveTransitions NaiveFollows(const std::vector<NaiveJourney>& journeys);
using NaiveVariants = std::map<std::vector<std::string>, std::uint64_t>;
NaiveVariants NaivePaths(const std::vector<NaiveJourney>& journeys);
// (definition, step or outcome) -> how many; steps are "0", "1", ...
using NaiveCounts = std::map<std::pair<std::size_t, std::string>, std::uint64_t>;
NaiveCounts NaiveFunnel(const std::vector<NaiveJourney>& journeys);
// Channel -> events, customers, sessions.
using NaiveChannels = std::map<std::string, std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>>;
NaiveChannels NaiveChannelUse(const NaiveTimelines& timelines);

// (detector, kind, touchpoint) -> findings, cost in events, cost in microseconds.
struct NaiveCost {
  std::uint64_t findings = 0;
  std::uint64_t events = 0;
  std::int64_t time_us = 0;
  friend bool operator==(const NaiveCost&, const NaiveCost&) = default;
};
using NaiveFriction = std::map<std::tuple<std::string, std::string, std::string>, NaiveCost>;
void NaiveDropOff(const NaiveJourney& journey, const NaiveDefinition& definition, NaiveFriction& friction);
void NaiveRepetition(const NaiveJourney& journey, const NaiveDefinition& definition, NaiveFriction& friction);
void NaiveSwitches(const NaiveJourney& journey, const NaiveDefinition& definition, NaiveFriction& friction);

}  // namespace journey::bench
