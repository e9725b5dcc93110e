// Link and unlink, and evidence that is taken away.
#include <memory>
#include <string>
#include <vector>

#include "identity_graph/random_worlds.h"
#include "journey/core/status.h"
#include "journey/identity/graph_resolver.h"
#include "journey/pipeline/pipeline.h"
#include "support/catch.h"
#include "support/dump.h"

namespace {

using journey::IdentityExplanation;
using journey::RecordKind;
using test::PlainRecord;

using Named = std::pair<std::string, std::string>;

test::Outcome InOrder(const std::vector<PlainRecord>& records, const journey::IdentityPolicy& policy) {
  std::vector<std::size_t> arrival(records.size());
  std::iota(arrival.begin(), arrival.end(), std::size_t{0});
  return Resolve(records, arrival, policy);
}

PlainRecord Correction(RecordKind kind, const char* id, std::int64_t time, const Named& a, const Named& b) {
  return {.time = test::kStart + time, .id = id, .kind = kind, .identifiers = {a, b}};
}

std::vector<int> CustomersOfFirst(std::size_t count, const test::Outcome& outcome) {
  return {outcome.customers.begin(), outcome.customers.begin() + static_cast<std::ptrdiff_t>(count)};
}

// Everything a report says but how many records there were.
std::string ReportOf(const std::vector<PlainRecord>& records, const journey::IdentityPolicy& policy) {
  journey::PipelineOptions options;
  options.resolver = std::make_shared<journey::GraphResolver>(policy);
  options.threads = 1;
  const auto pipeline = journey::Pipeline::Create(std::move(options));
  REQUIRE(pipeline.ok());
  journey::Report report = pipeline->Run(Fill(records).log);
  report.input = {.as_of = report.input.as_of};
  std::string text = test::Dump(report);
  const journey::IdentitySummary& identity = report.identity;
  for (const auto count : identity.refused_by_rule) text += " " + std::to_string(count);
  for (const auto count : identity.customers_by_identifiers) text += " " + std::to_string(count);
  return text + fmt::format(" {} {} {}", identity.shared_keys, identity.hubs, identity.most_identifiers);
}

}  // namespace

TEST_CASE("a report over a link that is unlinked again is, to the byte, that without the two") {
  const std::vector<journey::IdentityPolicy> policies = test::RandomPolicies();
  std::uint64_t compared = 0;
  for (std::uint64_t seed = 0; seed < 1'200; ++seed) {
    const journey::IdentityPolicy& policy = policies[seed % policies.size()];
    std::vector<PlainRecord> records = test::RandomRecords(seed, 2, 8);
    std::erase_if(records, [](const PlainRecord& record) {
      return record.kind == RecordKind::kUnlink || record.kind == RecordKind::kRelink;
    });
    const test::OracleIdentity oracle = test::IdentityOracle(records, policy).Run();
    if (oracle.keys.size() < 2) continue;
    test::Random random(seed);
    const auto& a = random.Pick(oracle.keys);
    const auto& b = random.Pick(oracle.keys);
    const test::FilledLog filled = Fill(records);
    const auto graph = journey::IdentityGraph::Build(filled.log, policy);
    const auto tie = graph.Explain({a.name_space, a.value}, {b.name_space, b.value}).verdict;
    if (tie != IdentityExplanation::Verdict::kNoTie) continue;
    const std::string before = ReportOf(records, policy);
    INFO(test::Show(records) << a.value << " and " << b.value);
    const std::int64_t time = records[0].time - test::kStart;
    for (const RecordKind kind : {RecordKind::kUnlink, RecordKind::kLink}) {
      records.push_back(Correction(kind, kind == RecordKind::kLink ? "link" : "unlink", time,
                                   {a.name_space, a.value}, {b.name_space, b.value}));
      const std::string after = ReportOf(records, policy);
      INFO(test::FirstDifference(before, after));
      REQUIRE(before == after);
    }
    ++compared;
  }
  REQUIRE(compared > 200);
}

TEST_CASE("a link that is unlinked again is as if there had been neither") {
  const std::vector<journey::IdentityPolicy> policies = test::RandomPolicies();
  std::uint64_t were_joined = 0;
  for (std::uint64_t seed = 0; seed < 3'000; ++seed) {
    const journey::IdentityPolicy& policy = policies[seed % policies.size()];
    std::vector<PlainRecord> records = test::RandomRecords(seed, 2, 8);
    test::Random random(seed);
    // Two keys of the world that nothing joins.
    const test::OracleIdentity oracle = test::IdentityOracle(records, policy).Run();
    if (oracle.keys.size() < 2) continue;
    const std::size_t a = random.Below(oracle.keys.size()), b = random.Below(oracle.keys.size());
    const Named one{oracle.keys[a].name_space, oracle.keys[a].value};
    const Named two{oracle.keys[b].name_space, oracle.keys[b].value};
    const test::FilledLog filled = Fill(records);
    const auto graph = journey::IdentityGraph::Build(filled.log, policy);
    if (a == b || graph.Explain({one.first, one.second}, {two.first, two.second}).verdict !=
                      IdentityExplanation::Verdict::kNoTie) {
      continue;
    }
    const bool ruled = std::any_of(records.begin(), records.end(), [&](const PlainRecord& record) {
      if (record.kind != RecordKind::kUnlink && record.kind != RecordKind::kRelink) return false;
      const std::string& x = record.identifiers[0].first;
      const std::string& y = record.identifiers[1].first;
      return (x == one.first && y == two.first) || (x == two.first && y == one.first);
    });
    if (ruled) continue;  // records about the pair itself would have a say, too
    const test::Outcome before = OutcomeOf(graph.resolution(), filled, records);
    const std::size_t size = records.size();
    const std::int64_t time = static_cast<std::int64_t>(random.Below(6)) * test::kSecond;
    records.push_back(Correction(RecordKind::kLink, "link", time, one, two));
    const test::Outcome linked = InOrder(records, policy);
    if (CustomersOfFirst(size, linked) != before.customers) ++were_joined;
    // The unlink may be older than the link: it says never.
    records.push_back(Correction(RecordKind::kUnlink, "unlink", time + (random.OneIn(2) ? 1 : -1), one, two));
    const test::Outcome unlinked = InOrder(records, policy);
    INFO(test::Show(records) << test::Show(before) << "\n" << test::Show(unlinked));
    REQUIRE(CustomersOfFirst(size, unlinked) == before.customers);
    REQUIRE(unlinked.shared == before.shared);
    REQUIRE(unlinked.hubs == before.hubs);
    REQUIRE(unlinked.refused == before.refused);
    // And a later relink brings the link back.
    records.push_back(Correction(RecordKind::kRelink, "relink", time + 2, one, two));
    REQUIRE(CustomersOfFirst(size, InOrder(records, policy)) == CustomersOfFirst(size, linked));
  }
  REQUIRE(were_joined > 30);
}

TEST_CASE("evidence that was taken away had never been there") {
  const std::vector<journey::IdentityPolicy> policies = test::RandomPolicies();
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    const journey::IdentityPolicy& policy = policies[seed % policies.size()];
    test::Random random(seed);
    std::vector<PlainRecord> kept;
    for (const PlainRecord& record : test::RandomRecords(seed, 6, 14)) {
      if (record.id != "r0" && record.id != "r3" && !random.OneIn(5)) kept.push_back(record);
    }
    const test::Outcome expected = OutcomeOf(test::IdentityOracle(kept, policy).Run(), kept);
    INFO(test::Show(kept));
    REQUIRE(InOrder(kept, policy) == expected);
  }
}

TEST_CASE("the latest of unlinks and relinks decides, whatever arrived last") {
  const Named user{"user_id", "u1"}, device{"device", "d1"};
  std::vector<PlainRecord> records = {
      {.time = 0, .id = "a", .name = "view", .identifiers = {user, device}},
      {.time = 1, .id = "b", .name = "view", .identifiers = {device}},
      {.time = 2, .id = "c", .name = "view", .identifiers = {user}},
  };
  for (PlainRecord& record : records) record.time += test::kStart;
  REQUIRE(InOrder(records, {}).customers == std::vector{0, 0, 0});
  const auto with = [&](std::vector<PlainRecord> more) {
    more.insert(more.end(), records.begin(), records.end());
    const auto customers = InOrder(more, {}).customers;
    return std::vector<int>(customers.end() - 3, customers.end());
  };
  const auto unlink = [&](std::int64_t time) {
    return Correction(RecordKind::kUnlink, "unlink", time, user, device);
  };
  const auto relink = [&](std::int64_t time) {
    return Correction(RecordKind::kRelink, "relink", time, device, user);
  };
  REQUIRE(with({unlink(5)}) == std::vector{0, 1, 0});
  REQUIRE(with({unlink(-5)}) == std::vector{0, 1, 0});
  REQUIRE(with({unlink(5), relink(6)}) == std::vector{0, 0, 0});
  REQUIRE(with({relink(6), unlink(5)}) == std::vector{0, 0, 0});
  REQUIRE(with({unlink(6), relink(5)}) == std::vector{0, 1, 0});
  REQUIRE(with({relink(5)}) == std::vector{0, 0, 0});
}
