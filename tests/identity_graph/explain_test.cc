// Explanations: what they claim must be on the rows they name, and be the oracle's answer.
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "identity_graph/random_worlds.h"
#include "support/catch.h"

namespace {

using journey::IdentityExplanation;
using journey::IdentityRule;
using test::OracleIdentity;
using test::OracleKey;
using test::PlainRecord;
using Verdict = IdentityExplanation::Verdict;

struct World {
  std::vector<PlainRecord> records;
  journey::IdentityPolicy policy;
  test::FilledLog filled;
  OracleIdentity oracle;
  journey::IdentityGraph graph;

  World(std::vector<PlainRecord> with, const journey::IdentityPolicy& under)
      : records(std::move(with)),
        policy(under),
        filled(Fill(records)),
        oracle(test::IdentityOracle(records, policy).Run()),
        graph(journey::IdentityGraph::Build(filled.log, policy)) {}

  // The keys of a row of the log, as positions in the oracle's list, strongest first; without unlinks.
  [[nodiscard]] std::set<int> KeysOf(std::size_t row) const {
    std::set<int> keys;
    const PlainRecord& record = records[filled.record[row]];
    if (record.kind == journey::RecordKind::kUnlink || record.kind == journey::RecordKind::kRelink)
      return keys;
    for (const auto& [name_space, value] : record.identifiers) {
      const journey::NamespacePolicy of = policy.PolicyOf(name_space);
      const std::string text = journey::Normalize(value, of.normalizer);
      const int key = oracle.Find({of.kind, of.priority, name_space, text});
      if (!IsBlocked(text, of) && key >= 0) keys.insert(key);
    }
    return keys;
  }
  [[nodiscard]] bool Silent(int key) const { return oracle.shared.count(key) + oracle.hubs.count(key) != 0; }
  [[nodiscard]] const OracleKey& Key(int key) const { return oracle.keys[static_cast<std::size_t>(key)]; }
  [[nodiscard]] bool OneCustomer(int a, int b) const {
    return a == b || (!Silent(a) && !Silent(b) && oracle.customer.at(a) == oracle.customer.at(b));
  }
  [[nodiscard]] int Find(const journey::IdentifierText& text) const {
    const journey::NamespacePolicy of = policy.PolicyOf(text.name_space);
    return oracle.Find({of.kind, of.priority, text.name_space, text.value});
  }
  [[nodiscard]] IdentityExplanation Explain(int a, int b) const {
    return graph.Explain({Key(a).name_space, Key(a).value}, {Key(b).name_space, Key(b).value});
  }

  // Steps of a shortest way along rows, through keys of one customer or through whatever; none: no way.
  [[nodiscard]] std::optional<std::size_t> Distance(int from, int to, bool inside) const {
    std::map<int, std::size_t> reached{{from, 0}};
    std::deque<int> queue{from};
    while (!queue.empty()) {
      const int key = queue.front();
      queue.pop_front();
      for (std::size_t row = 0; row < filled.record.size(); ++row) {
        const std::set<int> keys = KeysOf(row);
        if (keys.count(key) == 0) continue;
        for (const int next : keys) {
          if (inside && !OneCustomer(key, next)) continue;
          if (reached.try_emplace(next, reached[key] + 1).second) queue.push_back(next);
        }
      }
    }
    const auto found = reached.find(to);
    if (found == reached.end()) return std::nullopt;
    return found->second;
  }
};

void CheckChain(const World& world, const IdentityExplanation& found, int from, int to, bool whole) {
  int at = from;
  for (const journey::IdentityStep& step : found.chain) {
    REQUIRE(world.Find(step.from) == at);
    at = world.Find(step.to);
    REQUIRE(at >= 0);
    const int begin = world.Find(step.from);
    const auto carries_both = [&](std::size_t row) {
      const std::set<int> keys = world.KeysOf(row);
      return keys.count(begin) != 0 && keys.count(at) != 0;
    };
    REQUIRE(step.event.value < world.filled.log.size());
    REQUIRE(carries_both(step.event.value));
    for (std::uint32_t row = 0; row < world.filled.log.size(); ++row) {
      if (carries_both(row)) REQUIRE_FALSE(world.filled.log.Before({row}, step.event));
    }
  }
  if (whole) REQUIRE(at == to);
}

// Whether the oracle gives this rule for a step that does not hold.
bool OracleNames(const World& world, IdentityRule rule, const journey::IdentityStep& step) {
  const int x = world.Find(step.from), y = world.Find(step.to);
  if (rule == IdentityRule::kHub) return world.oracle.hubs.count(x) + world.oracle.hubs.count(y) != 0;
  if (rule == IdentityRule::kShared) return world.oracle.shared.count(x) + world.oracle.shared.count(y) != 0;
  if (rule == IdentityRule::kUnlinked && world.oracle.unlinked.count(std::minmax(x, y)) != 0) return true;
  const auto& refused = world.oracle.refused[static_cast<std::size_t>(rule)];
  for (const int key : world.KeysOf(step.event.value)) {
    if (world.Silent(key)) continue;
    return refused.count(std::minmax(key, x)) != 0 || refused.count(std::minmax(key, y)) != 0;
  }
  return false;
}

void CheckApart(const World& world, const IdentityExplanation& found, int a, int b) {
  REQUIRE_FALSE(found.because.empty());
  for (const journey::IdentifierText& text : found.because) REQUIRE(world.Find(text) >= 0);
  if (found.rule == IdentityRule::kExclusive) {
    REQUIRE(found.because.size() == 2);
    REQUIRE(found.because[0].name_space == found.because[1].name_space);
    REQUIRE(found.because[0].value != found.because[1].value);
    REQUIRE(world.policy.PolicyOf(found.because[0].name_space).exclusive);
  }
  if (found.rule == IdentityRule::kUnlinked) {
    REQUIRE(found.because.size() == 2);
    const int x = world.Find(found.because[0]), y = world.Find(found.because[1]);
    REQUIRE(world.oracle.unlinked.count(std::minmax(x, y)) != 0);
  }
  if (found.rule == IdentityRule::kShared) {
    REQUIRE(found.because.size() == 2);
    REQUIRE(world.policy.PolicyOf(found.because[0].name_space).exclusive);
    REQUIRE(found.because[0].name_space == found.because[1].name_space);
  }
  if (found.chain.empty()) {  // the two are apart by what they are
    const bool by_namespace = world.Key(a).name_space == world.Key(b).name_space &&
                              world.policy.PolicyOf(world.Key(a).name_space).exclusive;
    REQUIRE(
        (found.rule == IdentityRule::kUnlinked || (found.rule == IdentityRule::kExclusive && by_namespace)));
    return;
  }
  for (std::size_t i = 0; i + 1 < found.chain.size(); ++i) {
    REQUIRE(world.OneCustomer(world.Find(found.chain[i].from), world.Find(found.chain[i].to)));
  }
  const journey::IdentityStep& last = found.chain.back();
  REQUIRE_FALSE(world.OneCustomer(world.Find(last.from), world.Find(last.to)));
  REQUIRE(OracleNames(world, found.rule, last));
}

void CheckPair(const World& world, int a, int b, std::map<std::string, std::uint64_t>& seen) {
  const IdentityExplanation found = world.Explain(a, b);
  INFO(found.text);
  REQUIRE(found.text.size() > 20);
  REQUIRE(found.text.back() == '.');
  REQUIRE((found.verdict == Verdict::kJoined) == world.OneCustomer(a, b));
  switch (found.verdict) {
    case Verdict::kJoined:
      ++seen["joined"];
      CheckChain(world, found, a, b, true);
      REQUIRE(found.chain.size() == world.Distance(a, b, true).value());
      break;
    case Verdict::kApart:
      ++seen["apart: " + std::string(NameOf(found.rule))];
      CheckChain(world, found, a, b, false);
      CheckApart(world, found, a, b);
      break;
    case Verdict::kNoTie:
      ++seen["no tie"];
      REQUIRE_FALSE(world.Distance(a, b, false).has_value());
      REQUIRE(found.chain.empty());
      break;
    case Verdict::kUnknown:
    case Verdict::kBlocked:
      FAIL("both are in the log");
  }
}

void CheckIdentifiers(const World& world) {
  const journey::Resolution& resolution = world.graph.resolution();
  const std::set<std::uint32_t> labels(resolution.labels.begin(), resolution.labels.end());
  for (const std::uint32_t label : labels) {
    struct Sight {
      std::uint64_t events = 0;
      journey::TimePoint first = journey::kMaxTime, last = journey::kMinTime;
    };
    std::map<int, Sight> expected;
    for (std::uint32_t row = 0; row < world.filled.log.size(); ++row) {
      if (resolution.labels[row] != label) continue;
      if (world.filled.log.kind({row}) != journey::RecordKind::kEvent) continue;
      for (const int key : world.KeysOf(row)) {
        Sight& sight = expected[key];
        ++sight.events;
        sight.first = std::min(sight.first, world.filled.log.time({row}));
        sight.last = std::max(sight.last, world.filled.log.time({row}));
      }
    }
    const std::vector<journey::CustomerIdentifier> found = world.graph.IdentifiersOf(label);
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      const journey::CustomerIdentifier& identifier = found[i];
      const int key = world.Find(identifier.identifier);
      REQUIRE(expected.count(key) == 1);
      REQUIRE(identifier.kind == world.Key(key).kind);
      REQUIRE(identifier.events == expected[key].events);
      REQUIRE(identifier.first == expected[key].first);
      REQUIRE(identifier.last == expected[key].last);
      REQUIRE(identifier.shared == world.Silent(key));
      REQUIRE_FALSE(identifier.confidence.empty());
      if (i == 0) continue;
      const auto place = [](const journey::CustomerIdentifier& of) {
        return std::tuple(of.kind, of.identifier.name_space, of.first);
      };
      REQUIRE(place(found[i - 1]) <= place(identifier));
    }
  }
}

PlainRecord Event(const char* id, std::int64_t minute, const char* name,
                  std::vector<std::pair<std::string, std::string>> identifiers) {
  return {.time = test::kStart + minute * test::kMinute,
          .id = id,
          .name = name,
          .identifiers = std::move(identifiers)};
}

}  // namespace

TEST_CASE("what an explanation says of two identifiers is on the rows it names") {
  const std::vector<journey::IdentityPolicy> policies = test::RandomPolicies();
  std::map<std::string, std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 1'500; ++seed) {
    const World world(test::RandomRecords(seed), policies[seed % policies.size()]);
    INFO(test::Show(world.records));
    const int size = static_cast<int>(world.oracle.keys.size());
    for (int a = 0; a < size; ++a) {
      for (int b = 0; b < size; ++b) CheckPair(world, a, b, seen);
    }
    CheckIdentifiers(world);
  }
  std::string text;
  for (const auto& [what, count] : seen) text += "\n  " + what + ": " + std::to_string(count);
  INFO(text);
  REQUIRE(seen.size() == 7);
  for (const auto& [what, count] : seen) REQUIRE(count >= 50);
}

TEST_CASE("an explanation does not depend on the order of arrival") {
  const std::vector<journey::IdentityPolicy> policies = test::RandomPolicies();
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    std::vector<PlainRecord> records = test::RandomRecords(seed);
    // Copies would move the numbers of rows that "first" refers to, not the rows.
    const World world(records, policies[seed % policies.size()]);
    test::Random random(seed);
    random.Shuffle(records);
    const World other(records, policies[seed % policies.size()]);
    const int size = static_cast<int>(world.oracle.keys.size());
    for (int a = 0; a < size; ++a) {
      for (int b = 0; b < size; ++b) {
        INFO(test::Show(records));
        REQUIRE(world.Explain(a, b).text == other.Explain(a, b).text);
      }
    }
  }
}

TEST_CASE("an identifier that is not in the log is unknown, and a placeholder is blocked") {
  const World world({Event("1", 0, "login", {{"device", "d1"}, {"user_id", "null"}})}, {});
  const IdentityExplanation unknown = world.graph.Explain({"device", "d1"}, {"device", "d2"});
  REQUIRE(unknown.verdict == Verdict::kUnknown);
  REQUIRE(unknown.text.find("d2") != std::string::npos);
  REQUIRE(world.graph.Explain({"nowhere", "x"}, {"device", "d1"}).verdict == Verdict::kUnknown);
  const IdentityExplanation blocked = world.graph.Explain({"device", "d1"}, {"user_id", " NULL "});
  REQUIRE(blocked.verdict == Verdict::kBlocked);
  REQUIRE(blocked.text.find("placeholder") != std::string::npos);
}

TEST_CASE("identifiers are asked for as hosts spell them") {
  const World world({Event("1", 0, "login", {{"email", "Ann@Example.org"}, {"device", "d1"}})}, {});
  REQUIRE(world.graph.Explain({"email", " ANN@example.ORG"}, {"device", "d1 "}).verdict == Verdict::kJoined);
}

TEST_CASE("two keys that a third one on their row was not allowed to join are kept apart by its rule") {
  journey::IdentityPolicy policy;
  policy.namespaces = {
      {.name_space = "device", .kind = journey::IdentifierKind::kDevice, .priority = 4, .max_values = 1}};
  const World world(
      {Event("1", 0, "login", {{"user_id", "ann"}, {"email", "info@shop"}}),
       Event("2", 1, "login", {{"user_id", "bob"}, {"email", "info@shop"}}),
       Event("3", 2, "view", {{"email", "info@shop"}, {"device", "d1"}, {"device", "d2"}, {"device", "d3"}})},
      policy);
  const IdentityExplanation found = world.graph.Explain({"device", "d2"}, {"device", "d3"});
  INFO(found.text);
  REQUIRE(found.verdict == Verdict::kApart);
  REQUIRE(found.rule == IdentityRule::kLimit);
  REQUIRE(found.chain.size() == 1);
}

TEST_CASE("a support agent can read why a shared tablet is nobody's proof") {
  const World world({Event("1", 0, "view", {{"device", "tablet-9"}}),
                     Event("2", 5, "login", {{"device", "tablet-9"}, {"user_id", "ann"}}),
                     Event("3", 9, "view", {{"device", "tablet-9"}}),
                     Event("4", 30, "login", {{"device", "tablet-9"}, {"user_id", "bob"}}),
                     Event("5", 31, "view", {{"device", "tablet-9"}})},
                    {});
  const auto& labels = world.graph.resolution().labels;
  REQUIRE(labels[0] == labels[1]);
  REQUIRE(labels[2] == labels[1]);
  REQUIRE(labels[3] != labels[1]);
  REQUIRE(labels[4] == labels[3]);
  const IdentityExplanation found = world.graph.Explain({"device", "tablet-9"}, {"user_id", "ann"});
  REQUIRE(found.verdict == Verdict::kApart);
  REQUIRE(found.rule == IdentityRule::kShared);
  for (const char* word : {"tablet-9", "ann", "bob", "2023-12-09T00:05:00Z", "web/login"}) {
    INFO(word << " in " << found.text);
    CHECK(found.text.find(word) != std::string::npos);
  }
}
