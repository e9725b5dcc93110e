// Every scenario of a few records over two users, two devices and one e-mail, in every order of arrival,
// against the oracle. What "every" leaves out, and why it may, is said in small_worlds.h.
#include <chrono>
#include <functional>

#include "identity_graph/small_worlds.h"
#include "identity_graph/world_batch.h"
#include "support/catch.h"

namespace {

using test::Alphabet;
using test::Outcome;
using test::Partition;
using test::Scenario;

struct Tally {
  std::uint64_t scenarios = 0;
  std::uint64_t conflicted = 0;
  std::uint64_t arrivals = 0;
  std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
};

void Report(const char* what, const Tally& tally) {
  const auto spent = std::chrono::steady_clock::now() - tally.begin;
  WARN(what << ": " << tally.scenarios << " scenarios, " << tally.conflicted << " with a conflict, "
            << tally.arrivals << " arrivals, "
            << std::chrono::duration_cast<std::chrono::seconds>(spent).count() << " s");
  REQUIRE(tally.conflicted * 8 > tally.scenarios);
}

// Scenarios against the oracle, in batches of arrivals.
class Checker {
 public:
  // `row_by_row`: the incremental graph, too.
  Checker(const Alphabet& alphabet, const journey::IdentityPolicy& policy, bool row_by_row, Tally& tally)
      : alphabet_(alphabet), policy_(policy), row_by_row_(row_by_row), batch_(alphabet), tally_(tally) {}

  void Check(const Scenario& scenario, std::size_t every_arrival) {
    const std::vector<test::PlainRecord> records = alphabet_.RecordsOf(scenario);
    const test::OracleIdentity oracle = test::IdentityOracle(records, policy_).Run();
    const Outcome expected = OutcomeOf(oracle, records);
    ++tally_.scenarios;
    if (oracle.conflict) ++tally_.conflicted;
    std::vector<std::uint8_t> arrival = test::OrderOfTime(scenario.size());
    std::size_t number = 0;
    do {
      if (number++ % every_arrival != 0) continue;
      if (batch_.full()) Flush();
      batch_.Add(scenario, arrival);
      partitions_.push_back(test::PartitionOf(expected));
      Count(expected);
      ++tally_.arrivals;
    } while (std::next_permutation(arrival.begin(), arrival.end()));
  }

  // To be called in the end.
  void Flush() {
    const test::WorldBatch::Result found = batch_.Resolve(policy_);
    if (found.partitions != partitions_ || found.counted != counted_) Explain("at once");
    if (row_by_row_ && batch_.ResolveRowByRow(policy_) != partitions_) Explain("row by row");
    batch_.Clear();
    partitions_.clear();
    counted_ = {};
  }

 private:
  void Count(const Outcome& expected) {
    for (std::size_t rule = 0; rule < expected.refused.size(); ++rule)
      counted_.refused[rule] += expected.refused[rule];
    counted_.shared += expected.shared;
    counted_.hubs += expected.hubs;
    counted_.unidentified += expected.unidentified;
  }

  // Something in the batch is not the oracle's: fails with the first world that is not in a log of its own.
  void Explain(const char* how) {
    for (std::size_t world = 0; world < batch_.size(); ++world) {
      const std::vector<test::PlainRecord> records = alphabet_.RecordsOf(batch_.scenario(world));
      const auto& places = batch_.arrival(world);
      const std::vector<std::size_t> arrival(places.begin(), places.end());
      const Outcome expected = OutcomeOf(test::IdentityOracle(records, policy_).Run(), records);
      const Outcome found = test::Resolve(records, arrival, policy_);
      test::WorldBatch alone(alphabet_);
      alone.Add(batch_.scenario(world), places);
      if (found == expected && alone.ResolveRowByRow(policy_).front() == partitions_[world]) continue;
      std::string order;
      for (const std::size_t place : arrival) order += " " + std::to_string(place);
      FAIL(how << ", arrival" << order << " of\n"
               << test::Show(records) << "expected " << test::Show(expected) << "\nfound    "
               << test::Show(found));
    }
    FAIL(how << ": worlds of one log touch each other");
  }

  const Alphabet& alphabet_;
  const journey::IdentityPolicy& policy_;
  const bool row_by_row_;
  test::WorldBatch batch_;
  std::vector<Partition> partitions_;  // expected, by world
  Outcome counted_;                    // expected, of all worlds
  Tally& tally_;
};

using Wanted = std::function<bool(const Scenario&)>;
bool Every(const Scenario& /*scenario*/) {
  return true;
}

void CheckAll(const Alphabet& alphabet, std::size_t length, const journey::IdentityPolicy& policy,
              const Wanted& wanted, Tally& tally, std::size_t every_arrival = 1, bool row_by_row = false) {
  Checker checker(alphabet, policy, row_by_row, tally);
  test::ForEachScenario(alphabet.size(), length, [&](const Scenario& scenario) {
    if (wanted(scenario)) checker.Check(scenario, every_arrival);
  });
  checker.Flush();
}

// All 720 orders of arrival, under the default policy, of every scenario of six records that the laws leave.
Tally CheckSix(const std::function<bool(bool unlinks)>& part) {
  const Alphabet alphabet = test::NaturalAlphabet();
  const auto wanted = [&](const Scenario& scenario) {
    return part(!alphabet[scenario.back()].evidence()) && alphabet.NeededByAllLaws(scenario);
  };
  Tally tally;
  CheckAll(alphabet, 6, {}, wanted, tally);
  REQUIRE(tally.arrivals == tally.scenarios * 720);
  return tally;
}

}  // namespace

TEST_CASE("every scenario of up to four records is the oracle's in every order of arrival") {
  const Alphabet alphabet = test::NaturalAlphabet();
  const Wanted needed = [&](const Scenario& scenario) { return alphabet.Needed(scenario); };
  const Wanted left_by_all = [&](const Scenario& scenario) { return alphabet.NeededByAllLaws(scenario); };
  Tally tally;
  for (const journey::IdentityPolicy& policy : test::SmallWorldPolicies()) {
    for (std::size_t length = 1; length <= 3; ++length) {
      CheckAll(alphabet, length, policy, needed, tally, 1, true);
    }
  }
  CheckAll(alphabet, 4, {}, left_by_all, tally);
  Report("up to four", tally);
}

TEST_CASE("every scenario of up to two records of all kinds is the oracle's in every order of arrival") {
  Tally tally;
  for (const journey::IdentityPolicy& policy : test::SmallWorldPolicies()) {
    for (std::size_t length = 1; length <= 2; ++length) {
      CheckAll(test::OddAlphabet(), length, policy, Every, tally, 1, true);
    }
  }
  Report("up to two of all kinds", tally);
}

TEST_CASE("every scenario of four records that make conflicts is the oracle's in eight orders of arrival") {
  Tally tally;
  CheckAll(test::ConflictAlphabet(), 4, test::SmallWorldPolicies()[2], Every, tally, 3);
  Report("four that make conflicts", tally);
}

// Nothing is left out here: the first three laws, and all of them, are no more than a saving of time
// elsewhere.
TEST_CASE("every scenario of three and four records is the oracle's in every order of arrival", "[.long]") {
  for (const Alphabet& alphabet : {test::NaturalAlphabet(), test::OddAlphabet()}) {
    for (const journey::IdentityPolicy& policy : test::SmallWorldPolicies()) {
      Tally tally;
      CheckAll(alphabet, 3, policy, Every, tally, 1, true);
      CheckAll(alphabet, 4, policy, Every, tally, 1, true);
      Report(alphabet.size() == 23 ? "four, natural" : "four, of all kinds", tally);
      REQUIRE(tally.scenarios == (alphabet.size() + 1) * alphabet.size() * alphabet.size() * alphabet.size());
    }
  }
}

TEST_CASE("every scenario of five records is the oracle's in every order of arrival", "[.long]") {
  const Alphabet alphabet = test::NaturalAlphabet();
  const Wanted wanted = [&](const Scenario& scenario) { return alphabet.Needed(scenario); };
  for (std::size_t policy = 0; policy < test::kTimeless; ++policy) {
    Tally tally;
    CheckAll(alphabet, 5, test::SmallWorldPolicies()[policy], wanted, tally, 1, true);
    Report("five", tally);
    REQUIRE(tally.arrivals == tally.scenarios * 120);
  }
}

// Mirrors apart, nothing is left out here.
TEST_CASE("every scenario of five records is the oracle's in ten orders of arrival where time counts",
          "[.long]") {
  const Alphabet alphabet = test::NaturalAlphabet();
  const Wanted wanted = [&](const Scenario& scenario) { return alphabet.FirstOfItsMirrors(scenario); };
  Tally tally;
  CheckAll(alphabet, 5, test::SmallWorldPolicies()[test::kTimeless], wanted, tally, 12);
  Report("five where time counts", tally);
}

TEST_CASE("every scenario of five records that make conflicts is the oracle's in every order of arrival",
          "[.long]") {
  for (const journey::IdentityPolicy& policy : test::SmallWorldPolicies()) {
    Tally tally;
    CheckAll(test::ConflictAlphabet(), 5, policy, Every, tally);
    Report("five that make conflicts", tally);
  }
}

TEST_CASE("every scenario of six records without unlinks is the oracle's in every order of arrival",
          "[.long]") {
  Report("six without unlinks", CheckSix([](bool unlinks) { return !unlinks; }));
}

TEST_CASE("every scenario of six records with unlinks is the oracle's in every order of arrival", "[.long]") {
  Report("six with unlinks", CheckSix([](bool unlinks) { return unlinks; }));
}

// Under the default policy. By the first three laws alone: what is said twice, orders of what commutes, and
// what only watches are not left out.
TEST_CASE("every scenario of six records is the oracle's in two orders of arrival", "[.long]") {
  const Alphabet alphabet = test::NaturalAlphabet();
  Tally tally;
  CheckAll(
      alphabet, 6, {}, [&](const Scenario& scenario) { return alphabet.Needed(scenario); }, tally, 360);
  Report("six in two orders", tally);
}

TEST_CASE("every scenario of six records on one device is the oracle's where a logout is forgotten",
          "[.long]") {
  using enum journey::RecordKind;
  const Alphabet alphabet({{kEvent, test::kD1},
                           {kEvent, test::kU1 | test::kD1},
                           {kEvent, test::kU2 | test::kD1},
                           {kLogout, test::kD1},
                           {kEvent, test::kE | test::kD1}});
  Tally tally;
  CheckAll(alphabet, 6, test::SmallWorldPolicies()[2], Every, tally);
  Report("six on one device", tally);
}

TEST_CASE("every scenario of six records that make conflicts is the oracle's in twelve orders of arrival",
          "[.long]") {
  for (const journey::IdentityPolicy& policy : test::SmallWorldPolicies()) {
    Tally tally;
    CheckAll(test::ConflictAlphabet(), 6, policy, Every, tally, 60);
    Report("six that make conflicts", tally);
  }
}
