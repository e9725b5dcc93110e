// The laws by which small_worlds.h leaves out scenarios that others cover, on every scenario of a few
// records, none left out: each compares what the graph makes of two scenarios. That it makes the same of them
// in every order of arrival, and what the oracle makes, is shown beside this, in small_worlds_test.cc.

#include "identity_graph/small_worlds.h"
#include "identity_graph/world_batch.h"
#include "support/catch.h"

namespace {

using test::Alphabet;
using test::Partition;
using test::Scenario;

// What the graph makes of every scenario up to a length, arriving in the order of time.
class Atlas {
 public:
  Atlas(const Alphabet& alphabet, std::size_t length, const journey::IdentityPolicy& policy)
      : letters_(alphabet.size()), partitions_(length + 1) {
    test::WorldBatch batch(alphabet);
    for (std::size_t n = 0; n <= length; ++n) {
      const auto flush = [&] {
        for (const Partition& partition : batch.Resolve(policy).partitions)
          partitions_[n].push_back(partition);
        batch.Clear();
      };
      const std::vector<std::uint8_t> arrival = test::OrderOfTime(n);
      test::ForEachScenario(letters_, n, [&](const Scenario& scenario) {
        if (batch.full()) flush();
        batch.Add(scenario, arrival);
      });
      flush();
    }
  }
  [[nodiscard]] const Partition& Of(const Scenario& scenario) const {
    std::size_t number = 0;
    for (const std::uint8_t place : scenario) number = number * letters_ + place;
    return partitions_[scenario.size()].at(number);
  }

 private:
  std::size_t letters_;
  std::vector<std::vector<Partition>> partitions_;  // by length, in the order of ForEachScenario
};

// The records of a scenario at some places, in the order of these.
struct Part {
  std::vector<std::size_t> places;
  [[nodiscard]] Scenario Of(const Scenario& scenario) const {
    Scenario part;
    for (const std::size_t place : places) part.push_back(scenario[place]);
    return part;
  }
  // The customers at these places, numbered anew.
  [[nodiscard]] Partition Of(const Partition& partition) const {
    Partition part = test::kNoPartition;
    std::array<std::int8_t, test::kLongestScenario> number = test::kNoPartition;
    std::int8_t customers = 0;
    for (std::size_t i = 0; i < places.size(); ++i) {
      const std::int8_t customer = partition[places[i]];
      if (customer < 0) continue;
      std::int8_t& its = number[static_cast<std::size_t>(customer)];
      if (its < 0) its = customers++;
      part[i] = its;
    }
    return part;
  }
};

Part AllBut(const Scenario& scenario, std::size_t left_out) {
  Part part;
  for (std::size_t i = 0; i < scenario.size(); ++i) {
    if (i != left_out) part.places.push_back(i);
  }
  return part;
}

struct Case {
  const Alphabet& alphabet;
  const Atlas& atlas;
  const Scenario& scenario;
  std::uint64_t& applied;  // how often the law had something to say

  [[nodiscard]] const Partition& whole() const { return atlas.Of(scenario); }
  void Require(bool holds) const {
    ++applied;
    if (!holds) FAIL("not so:\n" << test::Show(alphabet.RecordsOf(scenario)));
  }
  // What is in the part is one customer's exactly if it is so without the rest.
  void RequireAsAlone(const Part& part) const { Require(atlas.Of(part.Of(scenario)) == part.Of(whole())); }
};

void Mirrors(const Case& at) {
  for (std::size_t mirror = 1; mirror <= 3; ++mirror) {
    const Scenario other = at.alphabet.Mirrored(at.scenario, mirror);
    if (at.alphabet.Mirrored(other, mirror) != at.scenario) FAIL("the alphabet is not its own mirror");
    if (other != at.scenario) at.Require(at.atlas.Of(other) == at.whole());
  }
}

void Parts(const Case& at) {
  for (const std::uint8_t place : at.scenario) {
    if (!at.alphabet[place].evidence()) continue;
    const unsigned component = at.alphabet.ComponentOf(at.scenario, at.alphabet[place].keys);
    Part inside;
    for (std::size_t i = 0; i < at.scenario.size(); ++i) {
      if ((at.alphabet[at.scenario[i]].keys & ~component) == 0) inside.places.push_back(i);
    }
    if (inside.places.size() == at.scenario.size()) continue;
    at.RequireAsAlone(inside);
    for (const std::size_t i : inside.places) {
      for (std::size_t j = 0; j < at.scenario.size(); ++j) {
        if ((at.alphabet[at.scenario[j]].keys & component) != 0 || at.whole()[i] < 0) continue;
        if (at.whole()[i] == at.whole()[j]) at.Require(false);
      }
    }
  }
}

void UnlinksAtAnyTime(const Case& at) {
  if (at.alphabet.UnlinksInTheEnd(at.scenario)) return;
  Part ordered;
  for (std::size_t i = 0; i < at.scenario.size(); ++i) {
    if (at.alphabet[at.scenario[i]].evidence()) ordered.places.push_back(i);
  }
  for (std::uint8_t letter = 0; letter < at.alphabet.size(); ++letter) {
    const auto said = std::find(at.scenario.begin(), at.scenario.end(), letter);
    if (said == at.scenario.end() || at.alphabet[letter].evidence()) continue;
    ordered.places.push_back(static_cast<std::size_t>(said - at.scenario.begin()));
  }
  at.RequireAsAlone(ordered);
}

void Watching(const Case& at) {
  for (std::size_t i = 0; i < at.scenario.size(); ++i) {
    const test::Letter& letter = at.alphabet[at.scenario[i]];
    if (!letter.watches()) continue;
    at.RequireAsAlone(AllBut(at.scenario, i));
  }
}

void PersonsAlone(const Case& at) {
  for (std::size_t i = 0; i < at.scenario.size(); ++i) {
    const test::Letter& letter = at.alphabet[at.scenario[i]];
    if (!letter.watches() || letter.tracked() != 0) continue;
    for (std::size_t j = 0; j < at.scenario.size(); ++j) {
      const test::Letter& other = at.alphabet[at.scenario[j]];
      if (j == i || !other.event() || (other.keys & letter.keys) == 0) continue;
      at.Require(at.whole()[i] == at.whole()[j]);
    }
  }
}

void SaidAgain(const Case& at) {
  for (std::size_t j = 1; j < at.scenario.size(); ++j) {
    for (std::size_t i = 0; i < j; ++i) {
      if (!at.alphabet.Repeats(at.scenario, i, j)) continue;
      at.RequireAsAlone(AllBut(at.scenario, j));
      at.Require(at.whole()[i] == at.whole()[j]);
    }
  }
}

void Commuting(const Case& at) {
  for (std::size_t i = 1; i < at.scenario.size(); ++i) {
    if (!at.alphabet.Commute(at.scenario[i - 1], at.scenario[i])) continue;
    Part swapped = AllBut(at.scenario, at.scenario.size());
    std::swap(swapped.places[i - 1], swapped.places[i]);
    at.RequireAsAlone(swapped);
  }
}

using Law = void (*)(const Case&);
const std::vector<Law> kLaws = {Mirrors,      Parts,     UnlinksAtAnyTime, Watching,
                                PersonsAlone, SaidAgain, Commuting};

// Laws on every scenario of up to so many records.
void CheckLaws(const std::vector<Law>& laws, std::size_t longest, const Atlas& atlas) {
  const Alphabet alphabet = test::NaturalAlphabet();
  for (const Law law : laws) {
    std::uint64_t applied = 0;
    for (std::size_t length = 1; length <= longest; ++length) {
      test::ForEachScenario(alphabet.size(), length, [&](const Scenario& scenario) {
        law({alphabet, atlas, scenario, applied});
      });
    }
    REQUIRE(applied > 500);
  }
}

// A law on every scenario of up to three; `policies`: under the first so many.
void CheckLaw(Law law, std::size_t policies = test::kTimeless) {
  static const std::vector<Atlas> atlases = [] {
    std::vector<Atlas> all;
    for (const journey::IdentityPolicy& policy : test::SmallWorldPolicies()) {
      all.emplace_back(test::NaturalAlphabet(), 3, policy);
    }
    return all;
  }();
  for (std::size_t policy = 0; policy < policies; ++policy) CheckLaws({law}, 3, atlases[policy]);
}

// Worlds of one log against the same in logs of their own.
class Apart {
 public:
  Apart(const Alphabet& alphabet, const journey::IdentityPolicy& policy)
      : alphabet_(alphabet), policy_(policy), batch_(alphabet) {}

  void Check(const Scenario& scenario, std::size_t every_arrival) {
    std::vector<std::uint8_t> arrival = test::OrderOfTime(scenario.size());
    std::size_t number = 0;
    do {
      if (number++ % every_arrival != 0) continue;
      if (batch_.full()) Flush();
      batch_.Add(scenario, arrival);
    } while (std::next_permutation(arrival.begin(), arrival.end()));
  }
  void Flush() {
    const std::vector<Partition> together = batch_.Resolve(policy_).partitions;
    const std::vector<Partition> row_by_row = batch_.ResolveRowByRow(policy_);
    for (std::size_t world = 0; world < batch_.size(); ++world) {
      const auto records = alphabet_.RecordsOf(batch_.scenario(world));
      const std::vector<std::size_t> arrival(batch_.arrival(world).begin(), batch_.arrival(world).end());
      const Partition alone = test::PartitionOf(test::Resolve(records, arrival, policy_));
      if (together[world] != alone || row_by_row[world] != alone) FAIL("not alone:\n" << test::Show(records));
      ++worlds_;
    }
    batch_.Clear();
  }
  [[nodiscard]] std::uint64_t worlds() const { return worlds_; }

 private:
  const Alphabet& alphabet_;
  const journey::IdentityPolicy& policy_;
  test::WorldBatch batch_;
  std::uint64_t worlds_ = 0;
};

}  // namespace

TEST_CASE("a scenario with other names for its users or devices has the same customers") {
  CheckLaw(Mirrors, 4);
}
TEST_CASE("parts of a scenario that have no key in common are as each alone") {
  CheckLaw(Parts);
}
TEST_CASE("without relinks it does not matter when and how often an unlink is said") {
  CheckLaw(UnlinksAtAnyTime);
}
TEST_CASE("an event of one key changes nothing for the others") {
  CheckLaw(Watching);
}
TEST_CASE("an event of a person alone is the customer's whose the person's other events are") {
  CheckLaw(PersonsAlone);
}
TEST_CASE("what is said again on keys that nothing else was seen on since changes nothing") {
  CheckLaw(SaidAgain);
}
TEST_CASE("of two records without a common key, one of which connects nothing, either may be the first") {
  CheckLaw(Commuting);
}

TEST_CASE("worlds in one log are as in logs of their own") {
  const Alphabet alphabet = test::NaturalAlphabet();
  for (const journey::IdentityPolicy& policy : test::SmallWorldPolicies()) {
    Apart apart(alphabet, policy);
    for (std::size_t length = 1; length <= 2; ++length) {
      test::ForEachScenario(alphabet.size(), length,
                            [&](const Scenario& scenario) { apart.Check(scenario, 1); });
    }
    apart.Flush();
    REQUIRE(apart.worlds() == 23 + 23 * 23 * 2);
  }
}

TEST_CASE("worlds of three records, and some of six, are in one log as in logs of their own", "[.long]") {
  const Alphabet alphabet = test::NaturalAlphabet();
  for (const journey::IdentityPolicy& policy : test::SmallWorldPolicies()) {
    Apart apart(alphabet, policy);
    test::ForEachScenario(alphabet.size(), 3, [&](const Scenario& scenario) { apart.Check(scenario, 1); });
    std::size_t number = 0;
    test::ForEachScenario(alphabet.size(), 6, [&](const Scenario& scenario) {
      if (alphabet.NeededByAllLaws(scenario) && number++ % 100 == 0) apart.Check(scenario, 61);
    });
    apart.Flush();
    REQUIRE(apart.worlds() > 23 * 23 * 23 * 6 + 12 * 2000);
  }
}

TEST_CASE("the laws of small worlds hold for every scenario of four records", "[.long]") {
  const std::vector<journey::IdentityPolicy> policies = test::SmallWorldPolicies();
  for (std::size_t policy = 0; policy < policies.size(); ++policy) {
    const Atlas atlas(test::NaturalAlphabet(), 4, policies[policy]);
    CheckLaws(policy < test::kTimeless ? kLaws : std::vector<Law>{Mirrors}, 4, atlas);
  }
}

TEST_CASE("the laws of small worlds hold for every scenario of five records under the default policy",
          "[.long]") {
  CheckLaws(kLaws, 5, Atlas(test::NaturalAlphabet(), 5, {}));
}
