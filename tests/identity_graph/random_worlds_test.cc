// Random conflict-heavy scenarios against the oracle, in twelve orders of arrival each.
#include "identity_graph/random_worlds.h"

#include <map>
#include <set>

#include "support/catch.h"

namespace {

using journey::IdentityRule;
using test::OracleIdentity;
using test::PlainRecord;

constexpr std::size_t kArrivals = 12;

// How many worlds held what.
struct Seen {
  std::map<std::string, std::uint64_t> cases;

  void Count(const char* what, bool held) { cases[what] += held ? 1 : 0; }
  void Look(const OracleIdentity& oracle, const std::vector<PlainRecord>& records) {
    const auto refused = [&](IdentityRule rule) { return oracle.refused[static_cast<std::size_t>(rule)]; };
    Count("shared device", std::any_of(oracle.shared.begin(), oracle.shared.end(), [&](int key) {
            return oracle.keys[static_cast<std::size_t>(key)].kind == journey::IdentifierKind::kDevice;
          }));
    Count("hub", !oracle.hubs.empty());
    Count("limit", !refused(IdentityRule::kLimit).empty());
    Count("limit in a span of time", oracle.limit_within);
    Count("conflicting login", !refused(IdentityRule::kExclusive).empty());
    const auto chained = refused(IdentityRule::kUnlinked);
    Count("unlink of a chain", std::any_of(chained.begin(), chained.end(), [&](const auto& link) {
            return oracle.unlinked.count(link) == 0;
          }));
    Count("relink", oracle.relinked);
    Count("told by a timeline", oracle.told_by_timeline);
    Count("logout on a shared device", oracle.nobody_on_shared);
    Count("forgotten after a logout", oracle.nobody_after_logout);
    std::set<std::string> ids;
    std::set<std::pair<std::int64_t, std::uint64_t>> places;
    bool duplicate = false, tie = false;
    for (const PlainRecord& record : records) {
      if (!ids.insert(record.id).second)
        duplicate = true;
      else if (!places.emplace(record.time, record.sequence).second)
        tie = true;
    }
    Count("duplicate", duplicate);
    Count("tie in time and sequence", tie);
    Count("no conflict at all", !oracle.conflict);
  }
};

// What holds of every partition, whatever the oracle says.
void CheckInvariants(const OracleIdentity& oracle, const journey::IdentityGraph& graph,
                     const journey::IdentityPolicy& policy) {
  using Verdict = journey::IdentityExplanation::Verdict;
  const auto identifier = [](const test::OracleKey& key) {
    return journey::Identifier{key.name_space, key.value};
  };
  std::map<std::pair<std::size_t, std::string>, std::uint32_t> values;  // of (key, namespace): its customer's
  for (std::size_t a = 0; a < oracle.keys.size(); ++a) {
    for (std::size_t b = 0; b < oracle.keys.size(); ++b) {
      const test::OracleKey& one = oracle.keys[a];
      const test::OracleKey& two = oracle.keys[b];
      const bool joined = graph.Explain(identifier(one), identifier(two)).verdict == Verdict::kJoined;
      const int x = static_cast<int>(a), y = static_cast<int>(b);
      const bool silent =
          oracle.shared.count(x) + oracle.shared.count(y) + oracle.hubs.count(x) + oracle.hubs.count(y) != 0;
      REQUIRE(joined == (a == b || (!silent && oracle.customer.at(x) == oracle.customer.at(y))));
      if (!joined || a == b) continue;
      REQUIRE((one.name_space != two.name_space || !policy.PolicyOf(one.name_space).exclusive));
      REQUIRE(oracle.unlinked.count(std::minmax(x, y)) == 0);
      ++values[{a, two.name_space}];
    }
  }
  for (const auto& [place, count] : values) {
    const journey::NamespacePolicy of = policy.PolicyOf(place.second);
    const bool own = oracle.keys[place.first].name_space == place.second;
    if (of.max_values != 0 && !of.within) REQUIRE(count + (own ? 1 : 0) <= of.max_values);
  }
}

// Events whose strongest keys are two values of an exclusive namespace are never one customer's.
void CheckRows(const test::FilledLog& filled, const journey::Resolution& resolution,
               const std::vector<PlainRecord>& records, const journey::IdentityPolicy& policy) {
  std::map<std::pair<std::uint32_t, std::string>, std::set<std::string>> told;
  for (std::size_t row = 0; row < filled.record.size(); ++row) {
    const PlainRecord& record = records[filled.record[row]];
    if (record.kind != journey::RecordKind::kEvent) continue;
    std::set<test::OracleKey> keys;
    for (const auto& [name_space, value] : record.identifiers) {
      const journey::NamespacePolicy of = policy.PolicyOf(name_space);
      const std::string text = journey::Normalize(value, of.normalizer);
      if (!IsBlocked(text, of)) keys.insert({of.kind, of.priority, name_space, text});
    }
    // Persons alone: a contact may be shared or a hub, and then it is another key that tells.
    if (keys.empty() || keys.begin()->kind != journey::IdentifierKind::kPerson) continue;
    told[{resolution.labels[row], keys.begin()->name_space}].insert(keys.begin()->value);
  }
  for (const auto& [place, persons] : told) REQUIRE(persons.size() == 1);
}

Seen RunWorlds(std::uint64_t begin, std::uint64_t end) {
  const std::vector<journey::IdentityPolicy> policies = test::RandomPolicies();
  Seen seen;
  for (std::uint64_t seed = begin; seed < end; ++seed) {
    const journey::IdentityPolicy& policy = policies[seed % policies.size()];
    const std::vector<PlainRecord> records = test::RandomRecords(seed);
    const OracleIdentity oracle = test::IdentityOracle(records, policy).Run();
    const test::Outcome expected = OutcomeOf(oracle, records);
    seen.Look(oracle, records);
    std::vector<std::size_t> arrival(records.size());
    std::iota(arrival.begin(), arrival.end(), std::size_t{0});
    test::Random random(seed);
    for (std::size_t n = 0; n < kArrivals; ++n) {
      const test::FilledLog filled = Fill(records, arrival);
      const auto graph = journey::IdentityGraph::Build(filled.log, policy);
      const test::Outcome found = OutcomeOf(graph.resolution(), filled, records);
      if (found != expected) {
        FAIL("seed " << seed << ", arrival " << n << " of\n"
                     << test::Show(records) << "expected " << test::Show(expected) << "\nfound    "
                     << test::Show(found));
      }
      if (n == 0) CheckRows(filled, graph.resolution(), records, policy);
      if (n == 1 && seed % 16 == 0) CheckInvariants(oracle, graph, policy);
      random.Shuffle(arrival);
    }
  }
  return seen;
}

void RequireAtLeast(const Seen& seen, std::uint64_t least) {
  std::string text;
  for (const auto& [what, count] : seen.cases) text += "\n  " + what + ": " + std::to_string(count);
  WARN("worlds that held:" << text);
  for (const auto& [what, count] : seen.cases) {
    INFO(what);
    REQUIRE(count >= least);
  }
}

}  // namespace

TEST_CASE("random worlds are the oracle's in twelve orders of arrival") {
  RequireAtLeast(RunWorlds(0, 6'000), 30);
}

TEST_CASE("two hundred thousand random worlds are the oracle's in twelve orders of arrival", "[.large]") {
  RequireAtLeast(RunWorlds(0, 200'000), 1'000);
}
