#include "journey/identity/incremental_graph.h"

#include <map>
#include <random>
#include <string>
#include <vector>

#include "journey/identity/identity_graph.h"
#include "support/catch.h"

namespace journey {
namespace {

// Labels renumbered by first appearance, events only: what two partitions have to agree on.
template <typename Labels>
std::vector<int> Canonical(const EventLog& log, const Labels& labels) {
  std::map<typename Labels::value_type, int> number;
  std::vector<int> out;
  for (std::uint32_t row = 0; row < labels.size(); ++row) {
    if (log.kind({row}) != RecordKind::kEvent) continue;
    out.push_back(number.try_emplace(labels[row], static_cast<int>(number.size())).first->second);
  }
  return out;
}

struct World {
  std::mt19937_64 random;
  EventLog log;
  std::vector<std::string> texts;

  explicit World(std::uint64_t seed) : random(seed) {}
  std::uint64_t Below(std::uint64_t n) { return random() % n; }

  void Append() {
    static const std::vector<std::string> kNamespaces = {"user_id", "email", "device", "cookie",
                                                         "session_id"};
    Event event{.time = kMinTime + std::chrono::seconds(Below(40)),
                .channel = "web",
                .name = Below(12) == 0 ? "logout" : "view"};
    const std::string id = "e" + std::to_string(log.size());
    event.id = id;
    const std::uint64_t kind = Below(20);
    event.kind = kind < 15    ? RecordKind::kEvent
                 : kind == 15 ? RecordKind::kLink
                 : kind == 16 ? RecordKind::kLogout
                 : kind == 17 ? RecordKind::kRelink
                              : RecordKind::kUnlink;
    const bool pair = event.kind == RecordKind::kUnlink || event.kind == RecordKind::kRelink;
    const std::uint64_t count = pair ? 2 : Below(4);
    std::vector<std::string> values;
    for (std::uint64_t i = 0; i < count; ++i) values.push_back(std::to_string(1 + Below(4)));
    for (std::uint64_t i = 0; i < count; ++i) {
      event.identifiers.push_back({kNamespaces[Below(kNamespaces.size())], values[i]});
    }
    REQUIRE(log.Append(event).accepted());
  }
};

IdentityPolicy TightPolicy(std::uint64_t variant) {
  IdentityPolicy policy;
  policy.max_neighbours = variant % 3 == 0 ? 3 : 100;
  policy.forget_after_logout = variant % 2 == 0;
  policy.namespaces.push_back(
      {.name_space = "cookie",
       .kind = IdentifierKind::kDevice,
       .max_values = 2,
       .within = variant % 4 < 2 ? std::optional<Duration>(std::chrono::seconds(10)) : std::nullopt});
  policy.namespaces.push_back({.name_space = "device", .kind = IdentifierKind::kDevice, .max_values = 2});
  return policy;
}

TEST_CASE("after every row the incremental graph and the batch agree") {
  std::uint64_t conflicts = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    World world(seed);
    const IdentityPolicy policy = TightPolicy(seed);
    IncrementalGraph incremental(world.log, policy);
    for (int i = 0; i < 24; ++i) {
      world.Append();
      const EventIndex row{static_cast<std::uint32_t>(world.log.size() - 1)};
      if (!incremental.AddRepeat(row)) incremental.Add(row);
      const IdentityGraph batch = IdentityGraph::Build(world.log, policy);
      std::vector<IncrementalGraph::Label> labels;
      for (std::uint32_t event = 0; event < world.log.size(); ++event)
        labels.push_back(incremental.LabelOf({event}));
      INFO("seed " << seed << ", row " << i);
      REQUIRE(Canonical(world.log, labels) == Canonical(world.log, batch.resolution().labels));
    }
    conflicts += incremental.rows_resolved();
  }
  CHECK(conflicts > 10000);  // the worlds are there to conflict
}

TEST_CASE("without conflicts no row is resolved again") {
  EventLog log;
  IncrementalGraph graph(log, {});
  for (std::uint32_t i = 0; i < 2000; ++i) {
    const std::string user = std::to_string(1000 + i % 50);
    const std::string device = "d" + std::to_string(i % 100);
    REQUIRE(log.Append({.time = kMinTime + std::chrono::seconds(i),
                        .channel = "web",
                        .name = "view",
                        .identifiers = {{"user_id", user}, {"device", device}}})
                .accepted());
    graph.Add({i});
    static_cast<void>(graph.LabelOf({i}));
  }
  CHECK(graph.rows_resolved() == 0);
}

}  // namespace
}  // namespace journey
