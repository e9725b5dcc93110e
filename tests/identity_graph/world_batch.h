// Many small worlds in one log, each of a scenario in one order of arrival: so that an arrival costs its
// rows, and not a log of its own. The worlds share nothing: each has its own five keys. What happens in one
// depends on nothing in the others, which small_world_laws_test.cc shows by the same worlds in logs of their
// own.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "identity_graph/small_worlds.h"
#include "journey/identity/incremental_graph.h"

namespace test {

// Customers by place in the scenario, numbered by first mention; corrections and what is beyond the end: -1.
using Partition = std::array<std::int8_t, kLongestScenario>;
inline constexpr Partition kNoPartition = {-1, -1, -1, -1, -1, -1};

inline Partition PartitionOf(const Outcome& outcome) {
  Partition partition = kNoPartition;
  for (std::size_t i = 0; i < outcome.customers.size(); ++i) {
    partition[i] = static_cast<std::int8_t>(outcome.customers[i]);
  }
  return partition;
}

// Numbers the customers of a scenario from labels by place in it.
template <typename Label>
Partition Numbered(const Alphabet& alphabet, const Scenario& scenario,
                   const std::array<Label, kLongestScenario>& labels) {
  Partition partition = kNoPartition;
  std::int8_t customers = 0;
  for (std::size_t i = 0; i < scenario.size(); ++i) {
    if (!alphabet[scenario[i]].event()) continue;
    for (std::size_t before = 0; before < i && partition[i] < 0; ++before) {
      if (partition[before] >= 0 && labels[before] == labels[i]) partition[i] = partition[before];
    }
    if (partition[i] < 0) partition[i] = customers++;
  }
  return partition;
}

// The places of a scenario in the order of time.
inline std::vector<std::uint8_t> OrderOfTime(std::size_t length) {
  static constexpr std::array<std::uint8_t, kLongestScenario> all = {0, 1, 2, 3, 4, 5};
  return {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(length)};
}

class WorldBatch {
 public:
  static constexpr std::size_t kWorlds = 120;

  explicit WorldBatch(const Alphabet& alphabet) : alphabet_(alphabet) {
    for (std::size_t world = 0; world < kWorlds; ++world) {
      for (std::size_t key = 0; key < kSmallKeys;
           ++key) {  // all of one length, so that they keep their order
        texts_[world][key] = std::string(kSmallKeyNames[key].value) + "." + std::to_string(1000 + world);
      }
    }
  }

  [[nodiscard]] bool full() const { return scenarios_.size() == kWorlds; }
  [[nodiscard]] std::size_t size() const { return scenarios_.size(); }
  [[nodiscard]] const Scenario& scenario(std::size_t world) const { return scenarios_[world]; }
  [[nodiscard]] const std::vector<std::uint8_t>& arrival(std::size_t world) const { return arrivals_[world]; }

  // Requires: !full(); `arrival` is a permutation of the places of the scenario.
  void Add(const Scenario& scenario, const std::vector<std::uint8_t>& arrival) {
    const std::size_t world = scenarios_.size();
    for (const std::uint8_t place : arrival) {
      const Letter& letter = alphabet_[scenario[place]];
      event_.time = journey::TimePoint{journey::Duration{1'000'000 + place}};
      event_.sequence = world * kLongestScenario + place;  // without an id, they are told apart by this
      event_.kind = letter.kind;
      event_.channel = letter.event() ? "web" : "";
      event_.name = letter.event() ? "view" : "";
      event_.identifiers.clear();
      for (std::size_t key = 0; key < kSmallKeys; ++key) {
        if ((letter.keys >> key & 1U) == 0) continue;
        event_.identifiers.push_back({kSmallKeyNames[key].name_space, texts_[world][key]});
      }
      log_.Append(event_);
    }
    scenarios_.push_back(scenario);
    arrivals_.push_back(arrival);
  }

  // What the graph makes of the log: the partition of every world, and what is counted in all of them.
  struct Result {
    std::vector<Partition> partitions;
    Outcome counted;
  };
  [[nodiscard]] Result Resolve(const journey::IdentityPolicy& policy) const {
    const journey::IdentityGraph graph = journey::IdentityGraph::Build(log_, policy);
    const journey::Resolution& resolution = graph.resolution();
    const auto label = [&](std::uint32_t row) { return resolution.labels[row]; };
    return {
        PartitionsOf<std::uint32_t>(label),
        {{}, resolution.refused_by_rule, resolution.shared_keys, resolution.hubs, resolution.unidentified}};
  }

  // The same row by row.
  [[nodiscard]] std::vector<Partition> ResolveRowByRow(const journey::IdentityPolicy& policy) const {
    journey::IncrementalGraph graph(log_, policy);
    for (std::uint32_t row = 0; row < log_.size(); ++row) graph.Add({row});
    return PartitionsOf<journey::IncrementalGraph::Label>(
        [&](std::uint32_t row) { return graph.LabelOf({row}); });
  }

  void Clear() {
    log_ = journey::EventLog();
    scenarios_.clear();
    arrivals_.clear();
  }

 private:
  template <typename Label, typename LabelOfRow>
  [[nodiscard]] std::vector<Partition> PartitionsOf(LabelOfRow label_of_row) const {
    std::vector<Partition> partitions;
    std::uint32_t row = 0;
    for (std::size_t world = 0; world < scenarios_.size(); ++world) {
      std::array<Label, kLongestScenario> labels{};
      for (const std::uint8_t place : arrivals_[world]) labels[place] = label_of_row(row++);
      partitions.push_back(Numbered(alphabet_, scenarios_[world], labels));
    }
    return partitions;
  }

  const Alphabet& alphabet_;
  std::array<std::array<std::string, kSmallKeys>, kWorlds> texts_;
  journey::Event event_{.source = "test"};
  journey::EventLog log_;
  std::vector<Scenario> scenarios_;
  std::vector<std::vector<std::uint8_t>> arrivals_;
};

}  // namespace test
