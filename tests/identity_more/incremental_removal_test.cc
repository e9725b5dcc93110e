// The incremental graph against the batch over the records that remain, when records go, change and come back.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "identity_graph/random_worlds.h"
#include "journey/identity/identity_graph.h"
#include "journey/identity/incremental_graph.h"
#include "support/catch.h"

namespace journey {
namespace {

using Label = IncrementalGraph::Label;

// A log and its graph, changed step by step, and the labels as one who listens to TakeChanged() alone has them.
class LiveWorld {
 public:
  LiveWorld(std::uint64_t seed, IdentityPolicy policy)
      : random_(seed),
        policy_(std::move(policy)),
        graph_(log_, policy_),
        records_(test::RandomRecords(seed, 8, 16)) {
    if (random_.OneIn(3)) AddCrowd();
    for (test::PlainRecord& record : records_) {  // those link nobody, whatever is on them
      if (random_.OneIn(12)) record.kind = random_.OneIn(2) ? RecordKind::kConsent : RecordKind::kWithdraw;
      if (record.kind != RecordKind::kEvent) record.name.clear();
    }
  }

  void Step() {
    const std::size_t choice = random_.Below(10);
    if (choice < 6 || live_.empty()) return Offer(random_.Below(records_.size()));
    if (choice == 6) return Change(random_.Below(records_.size()));
    std::vector<EventIndex> rows;
    const std::size_t count = 1 + random_.Below(3);
    for (std::size_t i = 0; i < count; ++i) {
      const auto at = std::next(live_.begin(), static_cast<std::ptrdiff_t>(random_.Below(live_.size())));
      if (std::ranges::find(rows, EventIndex{at->first}) == rows.end()) rows.push_back({at->first});
    }
    Forget(rows);
  }

  void Check() {
    const bool without_consents = random_.OneIn(2);
    std::vector<std::uint32_t> rows;
    EventLog fresh;
    for (const auto& [row, record] : live_) {
      const bool consent = record.kind == RecordKind::kConsent || record.kind == RecordKind::kWithdraw;
      if (consent && without_consents) continue;
      rows.push_back(row);
      REQUIRE(fresh.Append(test::AsEvent(record)).accepted());
    }
    const IdentityGraph batch = IdentityGraph::Build(fresh, policy_);
    std::vector<Label> told, labels;
    std::vector<std::uint32_t> expected;
    if (random_.OneIn(2)) Listen();  // before the labels are asked for, or after
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
      if (fresh.kind({i}) != RecordKind::kEvent) continue;
      labels.push_back(graph_.LabelOf({rows[i]}));
      expected.push_back(batch.resolution().labels[i]);
    }
    Listen();
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
      if (fresh.kind({i}) == RecordKind::kEvent) told.push_back(told_.at(rows[i]));
    }
    REQUIRE(Canonical(labels) == Canonical(expected));
    REQUIRE(told == labels);
    REQUIRE(graph_.identifiers() == batch.resolution().identifiers);
    REQUIRE(graph_.placeholders() == batch.resolution().placeholders);
    REQUIRE(graph_.hubs() == batch.resolution().hubs);
    CheckKeys(batch);
  }

  [[nodiscard]] std::size_t live() const { return live_.size(); }
  [[nodiscard]] std::uint64_t resolved() const { return graph_.rows_resolved(); }
  std::size_t takeovers = 0, forgotten = 0, repeats = 0;

 private:
  template <typename T>
  static std::vector<int> Canonical(const std::vector<T>& labels) {
    std::map<T, int> number;
    std::vector<int> out;
    for (const T& label : labels) {
      out.push_back(number.try_emplace(label, static_cast<int>(number.size())).first->second);
    }
    return out;
  }

  // Keys that stand for somebody: of the same customer here and there.
  void CheckKeys(const IdentityGraph& batch) {
    std::map<std::uint32_t, std::set<Label>> here_of;
    for (const IdentityGraph::KeyInfo& key : batch.Keys()) {
      const std::string spelt(key.value);
      const auto name_space = log_.namespaces().Find(key.name_space);
      REQUIRE(name_space);
      for (std::uint32_t id = 0; id < log_.identifier_values().size(); ++id) {
        if (log_.identifier_values().forgotten(id)) continue;
        const IncrementalGraph::Key own = graph_.KeyOf({id});
        if (own == IncrementalGraph::kNoKey || graph_.NamespaceOf(own).value != *name_space) continue;
        if (graph_.TextOf(own) != spelt) continue;
        if (const auto label = graph_.LabelOfKey(own)) here_of[key.label].insert(*label);
      }
    }
    for (const auto& [label, here] : here_of) REQUIRE(here.size() == 1);
  }

  // Many neighbours for few keys, so that there are hubs which come and go.
  void AddCrowd() {
    for (int i = 0; i < 8; ++i) {
      records_.push_back({.time = test::kStart + i * test::kSecond,
                          .sequence = 0,
                          .id = "crowd" + std::to_string(i),
                          .name = "view",
                          .identifiers = {{"device", "d1"}, {"user_id", "w" + std::to_string(i)}}});
    }
  }

  // As a host does it: what is about to change is taken out first, and added again when it has.
  void Offer(std::size_t number) {
    const test::PlainRecord& record = records_[number];
    bool changes = false;
    const Admission result = log_.Append(test::AsEvent(record), [&](EventIndex row) {
      changes = true;
      graph_.Remove(row);
    });
    REQUIRE(result.row.valid());
    if (changes) ++takeovers;
    if (!changes && !result.accepted()) return;
    AddRow(result.row);
    live_[result.row.value] = record;
  }

  // As a repeat, where it is one.
  void AddRow(EventIndex row) {
    const auto repeat = random_.OneIn(4) ? std::nullopt : graph_.AddRepeat(row);
    if (!repeat) return graph_.Add(row);
    ++repeats;
    REQUIRE(graph_.LabelOf(row) == repeat->label);
    repeated_.insert(repeat->label);
  }

  // The same id with other content.
  void Change(std::size_t number) {
    test::PlainRecord& record = records_[number];
    const test::PlainRecord other = records_[random_.Below(records_.size())];
    const std::string id = record.id;
    record = other;
    record.id = id;
    record.time -= static_cast<std::int64_t>(random_.Below(3)) * test::kSecond;
    Offer(number);
  }

  void Forget(const std::vector<EventIndex>& rows) {
    graph_.Remove(rows);
    if (random_.OneIn(6)) {  // taken out and put in again
      for (const EventIndex row : rows) AddRow(row);
      return;
    }
    for (const EventIndex row : rows) {
      live_.erase(row.value);
      told_.erase(row.value);
    }
    log_.Forget(rows, AdmissionStatus::kErased);
    graph_.WipeUnusedKeys();
    forgotten += rows.size();
  }

  void Listen() {
    std::set<std::uint32_t> once;
    for (const EventIndex row : graph_.TakeChanged()) {
      REQUIRE(live_.contains(row.value));
      REQUIRE(once.insert(row.value).second);
      told_[row.value] = graph_.LabelOf(row);
    }
    std::vector<EventIndex> rows;
    for (const Label label : repeated_) {
      rows.clear();
      graph_.TakeRepeats(label, rows);
      for (const EventIndex row : rows) {
        REQUIRE(live_.contains(row.value));
        REQUIRE(once.insert(row.value).second);
        told_[row.value] = label;
      }
    }
    repeated_.clear();
    REQUIRE(graph_.untold_repeats() == 0);
  }

  test::Random random_;
  EventLog log_;
  IdentityPolicy policy_;
  IncrementalGraph graph_;
  std::vector<test::PlainRecord> records_;
  std::map<std::uint32_t, test::PlainRecord> live_;
  std::map<std::uint32_t, Label> told_;
  std::set<Label> repeated_;  // that may have repeats which were not told yet
};

TEST_CASE("whatever is added, changed and removed, the incremental graph is the batch over what is there") {
  std::uint64_t resolved = 0;
  std::size_t takeovers = 0, forgotten = 0, repeats = 0;
  const std::vector<IdentityPolicy> policies = test::RandomPolicies();
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    LiveWorld world(seed, policies[seed % policies.size()]);
    for (int step = 0; step < 30; ++step) {
      INFO("seed " << seed << ", step " << step);
      world.Step();
      if (seed % 3 != 0 || step % 4 == 3) world.Check();
    }
    resolved += world.resolved();
    takeovers += world.takeovers;
    forgotten += world.forgotten;
    repeats += world.repeats;
  }
  CHECK(resolved > 5000);
  CHECK(repeats > 500);
  CHECK(takeovers > 100);
  CHECK(forgotten > 1000);
}

// Rows of one channel, each with the identifiers given.
struct Rows {
  explicit Rows(IdentityPolicy policy = {}) : graph(log, std::move(policy)) {}

  EventLog log;
  IncrementalGraph graph;

  EventIndex Add(std::vector<Identifier> identifiers) {
    const EventIndex row = log.Append({.time = TimePoint{Duration{test::kStart}},
                                       .channel = "web",
                                       .name = "view",
                                       .identifiers = std::move(identifiers)})
                               .row;
    graph.Add(row);
    return row;
  }
  std::vector<EventIndex> Changed() {
    std::vector<EventIndex> rows = graph.TakeChanged();
    std::ranges::sort(rows);
    return rows;
  }
};

TEST_CASE("a new row changes itself alone, and a union the rows of the side that has fewer") {
  Rows rows;
  std::vector<EventIndex> many, few;
  // The side with fewer rows has the more keys.
  for (int i = 0; i < 6; ++i) many.push_back(rows.Add({{"device", "d1"}}));
  few.push_back(rows.Add({{"email", "a@x"}, {"device", "d2"}, {"cookie", "c2"}, {"session_id", "s2"}}));
  few.push_back(rows.Add({{"cookie", "c2"}}));
  CHECK(rows.Changed().size() == 8);
  CHECK(rows.Changed().empty());
  const EventIndex more = rows.Add({{"device", "d1"}});
  CHECK(rows.Changed() == std::vector{more});
  few.push_back(rows.Add({{"device", "d1"}, {"cookie", "c2"}}));
  CHECK(rows.Changed() == few);
  CHECK(rows.graph.LabelOf(few[0]) == rows.graph.LabelOf(many[0]));
}

TEST_CASE("in a component with a conflict the rows are told whose label did change") {
  Rows rows;
  for (const char* user : {"u1", "u2"}) {
    for (int i = 0; i < 5; ++i) rows.Add({{"user_id", user}, {"device", "d1"}});
  }
  CHECK(rows.Changed().size() == 10);
  CHECK(rows.graph.HasConflict({0}));
  const EventIndex more = rows.Add({{"user_id", "u1"}, {"device", "d1"}});
  CHECK(rows.Changed() == std::vector{more});
  const auto key = [&](std::string_view name_space, std::string_view value) {
    return rows.graph.FindKey(name_space, value);
  };
  CHECK_FALSE(rows.graph.LabelOfKey(key("device", "d1")));  // two persons use it
  CHECK(rows.graph.LabelOfKey(key("user_id", " u2 ")) == rows.graph.LabelOf({5}));
  CHECK(rows.graph.RowsOf(key("device", "d1")).size() == 11);
  CHECK(rows.graph.RowsOf(key("user_id", "u2")).size() == 5);
  CHECK(rows.graph.KeysAround(key("user_id", "u1")).size() == 3);
  CHECK(rows.graph.ComponentOf({0}).size() == 11);
  // Without the second person there is no conflict.
  std::vector<EventIndex> second;
  for (std::uint32_t row = 5; row < 10; ++row) second.push_back({row});
  rows.graph.Remove(second);
  CHECK_FALSE(rows.graph.HasConflict({0}));
  CHECK(rows.graph.LabelOfKey(key("device", "d1")) == rows.graph.LabelOf({0}));
  for (const EventIndex row : rows.Changed()) CHECK((row.value < 5 || row.value == 10));
}

TEST_CASE(
    "what no row carries any more is nowhere in the memory of log and graph; other spellings stay known") {
  Rows rows;
  const EventIndex plain = rows.Add({{"email", "ann@example.org"}, {"device", "d1"}});
  const EventIndex loud = rows.Add({{"email", " Ann@Example.ORG"}});
  const auto held = [&](std::string_view text) {
    return rows.graph.MemoryHolds(text) || rows.log.identifier_values().MemoryHolds(text);
  };
  const auto forget = [&](EventIndex row) {
    rows.graph.Remove(row);
    rows.log.Forget({&row, 1}, AdmissionStatus::kErased);
    rows.graph.WipeUnusedKeys();
  };
  const IncrementalGraph::Key key = rows.graph.FindKey("email", "ANN@example.org");
  REQUIRE(key != IncrementalGraph::kNoKey);
  CHECK(rows.graph.LabelOf(plain) == rows.graph.LabelOf(loud));
  forget(plain);
  CHECK(rows.graph.TextOf(key) == "ann@example.org");  // the log had it; now the graph has
  CHECK(rows.graph.FindKey("email", "ann@example.org") == key);
  CHECK_FALSE(held("d1"));
  const EventIndex again = rows.Add({{"email", "ann@example.org"}});
  CHECK(rows.graph.LabelOf(again) == rows.graph.LabelOf(loud));
  forget(again);
  CHECK(held("ann@example.org"));
  forget(loud);
  CHECK_FALSE(held("ann@example.org"));
  CHECK_FALSE(held("Ann@Example.ORG"));
  CHECK(rows.graph.FindKey("email", "ann@example.org") == IncrementalGraph::kNoKey);
  CHECK(rows.graph.LabelOf(rows.Add({{"email", "ANN@example.org"}})) ==
        rows.graph.LabelOf(rows.Add({{"email", "ann@example.org"}})));
}

TEST_CASE(
    "rows that come to a conflict from a component without one are told, whatever their key is called") {
  Rows rows;
  std::vector<EventIndex> own{rows.Add({{"user_id", "u1"}})};
  for (int i = 0; i < 3; ++i) own.push_back(rows.Add({{"device", "d1"}}));
  own.push_back(rows.Add({{"user_id", "u1"}, {"device", "d1"}}));
  rows.Add({{"user_id", "u2"}, {"email", "e"}});
  rows.Add({{"user_id", "u3"}, {"email", "e"}});
  std::map<EventIndex, Label> told;
  const auto listen = [&] {
    for (const EventIndex row : rows.graph.TakeChanged()) told[row] = rows.graph.LabelOf(row);
  };
  listen();
  rows.Add({{"email", "e"}, {"device", "d1"}});
  listen();
  for (const auto& [row, label] : told) CHECK(rows.graph.LabelOf(row) == label);
}

TEST_CASE("a hub that was left is one again when as many neighbours come back") {
  IdentityPolicy policy;
  policy.max_neighbours = 3;
  Rows rows(policy);
  std::vector<EventIndex> users;
  const auto add = [&](int i) {
    const std::string user = "u" + std::to_string(i);
    return rows.Add({{"device", "d"}, {"user_id", user}});
  };
  for (int i = 0; i < 5; ++i) users.push_back(add(i));
  CHECK(rows.graph.hubs() == 1);
  rows.graph.Remove(users[3]);
  CHECK(rows.graph.hubs() == 1);
  rows.graph.Remove(users[4]);
  CHECK(rows.graph.hubs() == 0);
  rows.graph.Add(users[3]);
  CHECK(rows.graph.hubs() == 1);
}

TEST_CASE("a hub that is on no event any more is not counted as an identifier of events") {
  IdentityPolicy policy;
  policy.max_neighbours = 3;
  Rows rows(policy);
  for (int i = 0; i < 5; ++i) {
    const std::string user = "u" + std::to_string(i);
    const EventIndex logout = rows.log
                                  .Append({.time = TimePoint{Duration{test::kStart}},
                                           .identifiers = {{"device", "d"}, {"user_id", user}},
                                           .kind = RecordKind::kLogout})
                                  .row;
    rows.graph.Add(logout);
  }
  const EventIndex event = rows.Add({{"device", "d"}});
  CHECK(rows.graph.hubs() == 1);
  CHECK(rows.graph.identifiers() == 1);
  rows.graph.Remove(event);
  CHECK(rows.graph.hubs() == 1);
  CHECK(rows.graph.identifiers() == 0);
}

TEST_CASE("rows that the log keeps may leave the graph and come back") {
  Rows rows;
  const EventIndex loud = rows.Add({{"email", " Ann@Example.ORG"}});
  const EventIndex other = rows.Add({{"email", "bob@example.org"}});
  rows.graph.Remove(std::vector{loud, other});
  rows.log.Forget({&other, 1}, AdmissionStatus::kErased);
  rows.graph.WipeUnusedKeys();
  CHECK_FALSE(rows.graph.MemoryHolds("ann@example.org"));
  rows.graph.Add(loud);
  CHECK(rows.graph.TextOf(rows.graph.FindKey("email", "ann@example.org")) == "ann@example.org");
}

TEST_CASE("a consent is nobody's, links nobody and makes nothing known") {
  Rows rows;
  const EventIndex one = rows.Add({{"user_id", "u1"}});
  const EventIndex two = rows.Add({{"email", "e"}});
  for (const RecordKind kind : {RecordKind::kConsent, RecordKind::kWithdraw}) {
    const EventIndex consent =
        rows.log
            .Append({.time = TimePoint{Duration{test::kStart}},
                     .identifiers = {{"user_id", "u1"}, {"email", "e"}, {"device", "d"}},
                     .kind = kind})
            .row;
    rows.graph.Add(consent);
    CHECK(rows.graph.LabelOf(one) != rows.graph.LabelOf(two));
    CHECK(rows.graph.LabelOf(consent) != rows.graph.LabelOf(one));
    CHECK(rows.graph.FindKey("device", "d") == IncrementalGraph::kNoKey);
    rows.graph.Remove(consent);
    CHECK(rows.graph.LabelOf(one) != rows.graph.LabelOf(two));
    rows.graph.Add(consent);
  }
  const IdentityGraph batch = IdentityGraph::Build(rows.log, {});
  CHECK(batch.Keys().size() == 2);
  CHECK(batch.resolution().labels[0] != batch.resolution().labels[1]);
}

}  // namespace
}  // namespace journey
