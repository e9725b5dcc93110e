// Every scenario of a few records over two users, two devices and one e-mail, in every order of arrival.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "identity_graph/support.h"
#include "support/catch.h"

namespace {

using journey::RecordKind;
using test::PlainRecord;

struct Letter {
  RecordKind kind;
  std::vector<std::pair<std::string, std::string>> identifiers;
};

const std::pair<std::string, std::string> kU1{"user_id", "u1"}, kU2{"user_id", "u2"}, kD1{"device", "d1"},
    kD2{"device", "d2"}, kE{"email", "e@x"};

std::vector<Letter> FullAlphabet() {
  using enum RecordKind;
  return {{kEvent, {kU1}},       {kEvent, {kU2}},       {kEvent, {kD1}},      {kEvent, {kD2}},
          {kEvent, {kE}},        {kEvent, {kU1, kD1}},  {kEvent, {kU2, kD1}}, {kEvent, {kU1, kE}},
          {kEvent, {kU2, kE}},   {kEvent, {kE, kD1}},   {kEvent, {kD1, kD2}}, {kEvent, {kU1, kD2}},
          {kEvent, {kU2, kD2}},  {kEvent, {kU1, kU2}},  {kLogout, {kD1}},     {kLogout, {kU1, kD1}},
          {kLogout, {kD1, kD2}}, {kUnlink, {kU1, kD1}}, {kUnlink, {kU1, kE}}, {kUnlink, {kE, kD1}},
          {kUnlink, {kD1, kD2}}, {kRelink, {kU1, kD1}}, {kRelink, {kE, kD1}}, {kLink, {kU1, kD1}},
          {kLink, {kU2, kD1}},   {kLink, {kE, kD1}}};
}

// What makes most conflicts.
std::vector<Letter> ShortAlphabet() {
  using enum RecordKind;
  return {{kEvent, {kD1}},     {kEvent, {kU1, kD1}}, {kEvent, {kU2, kD1}}, {kEvent, {kE, kD1}},
          {kEvent, {kU1, kE}}, {kEvent, {kD1, kD2}}, {kLogout, {kD1}},     {kUnlink, {kE, kD1}}};
}

std::vector<journey::IdentityPolicy> Policies() {
  journey::IdentityPolicy strict;  // one device, one e-mail
  strict.namespaces = {{.name_space = "device", .kind = journey::IdentifierKind::kDevice, .max_values = 1},
                       {.name_space = "email", .kind = journey::IdentifierKind::kContact, .exclusive = true}};
  journey::IdentityPolicy forgetful;
  forgetful.forget_after_logout = true;
  journey::IdentityPolicy timed;  // two devices within two steps of time, one neighbour
  timed.namespaces = {{.name_space = "device",
                       .kind = journey::IdentifierKind::kDevice,
                       .max_values = 1,
                       .within = journey::Duration{2}}};
  timed.max_neighbours = 2;
  timed.forget_after_logout = true;
  return {{}, strict, forgetful, timed};
}

// Whether the names tell the scenario apart from its mirror images: of those that differ in nothing but who
// is called u1 and u2, d1 and d2, one is enough where time is short. (All of them run in the long test.)
bool FirstOfItsMirrors(const std::vector<const Letter*>& scenario) {
  const auto first_of = [&](const auto& one, const auto& two) {
    for (const Letter* letter : scenario) {
      const bool has_one = std::count(letter->identifiers.begin(), letter->identifiers.end(), one) != 0;
      const bool has_two = std::count(letter->identifiers.begin(), letter->identifiers.end(), two) != 0;
      if (has_one != has_two) return has_one;
    }
    return true;
  };
  return first_of(kU1, kU2) && first_of(kD1, kD2);
}

std::vector<PlainRecord> RecordsOf(const std::vector<const Letter*>& scenario) {
  std::vector<PlainRecord> records;
  for (std::size_t i = 0; i < scenario.size(); ++i) {
    PlainRecord record{.time = 1'000'000 + static_cast<std::int64_t>(i),
                       .id = "r" + std::to_string(i),
                       .kind = scenario[i]->kind,
                       .identifiers = scenario[i]->identifiers};
    if (record.kind == RecordKind::kEvent) record.name = "view";
    records.push_back(record);
  }
  return records;
}

struct Tally {
  std::uint64_t scenarios = 0;
  std::uint64_t arrivals = 0;
  std::uint64_t conflicted = 0;
};

// All arrivals of one scenario against the oracle.
void CheckScenario(const std::vector<PlainRecord>& records, const journey::IdentityPolicy& policy,
                   std::size_t every_arrival, Tally& tally) {
  const test::OracleIdentity oracle = test::IdentityOracle(records, policy).Run();
  const test::Outcome expected = OutcomeOf(oracle, records);
  ++tally.scenarios;
  if (oracle.conflict) ++tally.conflicted;
  std::vector<std::size_t> arrival(records.size());
  std::iota(arrival.begin(), arrival.end(), std::size_t{0});
  std::size_t number = 0;
  do {
    if (number++ % every_arrival != 0) continue;
    ++tally.arrivals;
    const test::Outcome found = Resolve(records, arrival, policy);
    if (found == expected) continue;
    std::string order;
    for (const std::size_t i : arrival) order += " " + std::to_string(i);
    FAIL("arrival" << order << " of\n"
                   << test::Show(records) << "expected " << test::Show(expected) << "\nfound    "
                   << test::Show(found));
  } while (std::next_permutation(arrival.begin(), arrival.end()));
}

Tally CheckAll(const std::vector<Letter>& alphabet, std::size_t length, const journey::IdentityPolicy& policy,
               bool mirrors, std::size_t every_arrival = 1) {
  Tally tally;
  std::vector<std::size_t> digits(length, 0);
  for (bool more = true; more;) {
    std::vector<const Letter*> scenario;
    for (const std::size_t digit : digits) scenario.push_back(&alphabet[digit]);
    if (mirrors || FirstOfItsMirrors(scenario))
      CheckScenario(RecordsOf(scenario), policy, every_arrival, tally);
    more = false;
    for (std::size_t i = 0; i < length && !more; ++i) {
      more = ++digits[i] < alphabet.size();
      if (!more) digits[i] = 0;
    }
  }
  return tally;
}

void Report(const char* what, const Tally& tally) {
  WARN(what << ": " << tally.scenarios << " scenarios, " << tally.conflicted << " with a conflict, "
            << tally.arrivals << " arrivals");
  REQUIRE(tally.conflicted * 8 > tally.scenarios);
}

}  // namespace

TEST_CASE("every scenario of up to three records is the oracle's in every order of arrival") {
  Tally all;
  for (const journey::IdentityPolicy& policy : Policies()) {
    for (std::size_t length = 1; length <= 3; ++length) {
      const Tally tally = CheckAll(FullAlphabet(), length, policy, length < 3);
      all.scenarios += tally.scenarios;
      all.arrivals += tally.arrivals;
      all.conflicted += tally.conflicted;
    }
  }
  Report("up to three", all);
  REQUIRE(all.conflicted > 1000);
}

TEST_CASE("every scenario of four records that make conflicts is the oracle's in every order of arrival") {
  Tally all;
  for (const journey::IdentityPolicy& policy : Policies()) {
    const Tally tally = CheckAll(ShortAlphabet(), 4, policy, true, 3);
    all.scenarios += tally.scenarios;
    all.arrivals += tally.arrivals;
    all.conflicted += tally.conflicted;
  }
  Report("four", all);
  REQUIRE(all.conflicted > 1000);
}

TEST_CASE("every scenario of four records of all kinds is the oracle's in every order of arrival",
          "[.long]") {
  for (const journey::IdentityPolicy& policy : Policies()) {
    Report("four of all kinds", CheckAll(FullAlphabet(), 4, policy, false));
  }
}

TEST_CASE("every scenario of five records that make conflicts is the oracle's in every order of arrival",
          "[.long]") {
  for (const journey::IdentityPolicy& policy : Policies()) {
    Report("five", CheckAll(ShortAlphabet(), 5, policy, true));
  }
}

TEST_CASE("every scenario of six records on one device is the oracle's in every order of arrival",
          "[.long]") {
  using enum RecordKind;
  const std::vector<Letter> alphabet = {
      {kEvent, {kD1}}, {kEvent, {kU1, kD1}}, {kEvent, {kU2, kD1}}, {kLogout, {kD1}}, {kEvent, {kE, kD1}}};
  Report("six", CheckAll(alphabet, 6, Policies()[2], true));
}

TEST_CASE("every scenario of six records that make conflicts is the oracle's in twelve orders of arrival",
          "[.long]") {
  for (const journey::IdentityPolicy& policy : Policies()) {
    Report("six", CheckAll(ShortAlphabet(), 6, policy, true, 60));
  }
}
