#include "journey/identity/graph_resolver.h"

#include <map>
#include <set>

#include "journey/core/status.h"
#include "support/catch.h"
#include "support/csv.h"
#include "support/oracle_graph.h"
#include "support/worlds.h"

using namespace journey;  // NOLINT
using test::kSecond;
using test::kStart;
using test::Offer;

namespace {

using Identifiers = std::vector<std::pair<std::string, std::string>>;

// One event a second with these identifiers.
std::vector<Offer> Seen(const std::vector<Identifiers>& events) {
  std::vector<Offer> offers;
  for (const Identifiers& identifiers : events) {
    const auto number = static_cast<std::int64_t>(offers.size());
    offers.push_back({.time = kStart + number * kSecond,
                      .sequence = offers.size(),
                      .source = "",
                      .channel = "web",
                      .name = "view",
                      .identifiers = identifiers,
                      .attributes = {}});
  }
  return offers;
}

// The customer of each event, as the smallest number of an event of the same one.
std::vector<std::size_t> Groups(const Resolution& result) {
  std::vector<std::size_t> groups;
  for (const std::uint32_t label : result.labels) {
    groups.push_back(
        static_cast<std::size_t>(std::ranges::find(result.labels, label) - result.labels.begin()));
  }
  return groups;
}

using Expected = std::vector<std::size_t>;

}  // namespace

TEST_CASE("identifiers seen on one event are one customer's, along any chain") {
  const EventLog log = test::LogOf(Seen({{{"cookie", "c1"}},
                                         {{"cookie", "c1"}, {"user_id", "42"}},
                                         {{"user_id", "42"}, {"email", "a@b"}},
                                         {{"email", "a@b"}},
                                         {{"cookie", "c2"}}}));
  const Resolution result = GraphResolver().Resolve(log);
  CHECK(Groups(result) == Expected{0, 0, 0, 0, 4});
  CHECK(result.identifiers == 4);
  CHECK(result.refused_links == 0);
}

TEST_CASE("the same value in two namespaces is two identifiers") {
  const EventLog log = test::LogOf(Seen({{{"user_id", "42"}}, {{"loyalty", "42"}}}));
  CHECK(Groups(GraphResolver().Resolve(log)) == Expected{0, 1});
}

TEST_CASE("placeholders link nobody, and an event with nothing else is a customer of its own") {
  const EventLog log = test::LogOf(Seen({{{"user_id", "null"}, {"cookie", "c1"}},
                                         {{"user_id", "null"}, {"cookie", "c2"}},
                                         {{"user_id", "null"}},
                                         {{"user_id", "null"}},
                                         {}}));
  const Resolution result = GraphResolver().Resolve(log);
  CHECK(Groups(result) == Expected{0, 1, 2, 3, 4});
  CHECK(result.placeholders == 4);
  CHECK(result.unidentified == 3);
  CHECK(result.identifiers == 2);
}

TEST_CASE("two user ids are never one customer, though an e-mail address is shared") {
  const EventLog log = test::LogOf(Seen({{{"user_id", "1"}, {"email", "e@x"}},
                                         {{"user_id", "2"}, {"email", "e@x"}},
                                         {{"user_id", "1"}},
                                         {{"user_id", "2"}}}));
  const Resolution result = GraphResolver().Resolve(log);
  CHECK(result.labels[0] != result.labels[1]);
  CHECK(result.labels[0] == result.labels[2]);
  CHECK(result.labels[1] == result.labels[3]);
  CHECK(result.labels.size() == 4);
}

TEST_CASE("two user ids on one event are not linked, the event is one of theirs") {
  const EventLog log =
      test::LogOf(Seen({{{"user_id", "2"}, {"user_id", "1"}}, {{"user_id", "1"}}, {{"user_id", "2"}}}));
  const Resolution result = GraphResolver().Resolve(log);
  CHECK(Groups(result) == Expected{0, 0, 2});
  CHECK(result.refused_links == 1);
}

TEST_CASE("in any small dirty world customers are the connected components, where nothing can conflict") {
  IdentityPolicy policy{.namespaces = {}, .max_neighbours = 0, .logout_events = {}};
  for (const char* name : {"cookie", "device", "user_id", "customer_id", "email", "phone", "loyalty"}) {
    policy.namespaces.push_back({.name_space = name, .normalizer = Normalizer::kNone});
  }
  REQUIRE(policy.Validate().ok());
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    const std::vector<Offer> world = test::World(seed, {.offers = 40});
    const EventLog log = test::LogOf(world);
    const auto evidence = test::OracleAdmit(world).events;
    const test::OracleCustomers expected = test::OracleComponents(evidence);
    const Resolution result = GraphResolver(policy).Resolve(log);
    std::map<std::uint32_t, std::size_t> customer_of_label;
    for (std::uint32_t row = 0; row < log.size(); ++row) {
      const auto at = std::ranges::find(evidence, log.key({row}), &test::Evidence::key) - evidence.begin();
      const std::size_t customer = expected.customer_of[static_cast<std::size_t>(at)];
      INFO("seed " << seed << " row " << row);
      REQUIRE(customer_of_label.emplace(result.labels[row], customer).first->second == customer);
    }
    REQUIRE(customer_of_label.size() == expected.timelines.size());
    REQUIRE(std::tie(result.identifiers, result.placeholders, result.unidentified) ==
            std::tie(expected.identifiers, expected.placeholders, expected.unidentified));
    REQUIRE(result.refused_links == 0);
  }
}

TEST_CASE(
    "the persons behind device, customer, e-mail and phone keys of a real shop are found, none merged") {
  const std::string folder = std::string(JOURNEY_SHARED_DATA) + "/ecom_identities/";
  std::vector<test::CsvRow> rows = test::ReadPlainCsv(folder + "events.csv");
  const std::vector<test::CsvRow> persons = test::ReadPlainCsv(folder + "expected_person_of_event.csv");
  if (rows.empty()) {
    WARN("no data at " << folder);
    return;
  }
  std::map<std::string, std::string> person_of;
  for (const test::CsvRow& row : persons) person_of[row[0]] = row[1];
  for (std::uint64_t shuffle = 0; shuffle < 2; ++shuffle) {
    if (shuffle != 0) test::Random(shuffle).Shuffle(rows);
    EventLog log;
    std::vector<std::string> expected;
    for (const test::CsvRow& row : rows) {
      Event event{.time = test::TimeOf(row[1]),
                  .id = row[0],
                  .channel = row[2],
                  .name = row[3],
                  .identifiers = {},
                  .attributes = {}};
      const char* namespaces[] = {"device", "customer_id", "email", "phone"};
      for (std::size_t i = 0; i < 4; ++i) {
        if (!row[4 + i].empty()) event.identifiers.push_back({namespaces[i], row[4 + i]});
      }
      REQUIRE(log.Append(event).accepted());
      expected.push_back(person_of.at(row[0]));
    }
    const Resolution result = GraphResolver().Resolve(log);
    std::map<std::uint32_t, std::string> person_of_label;
    std::set<std::string> seen;
    bool same = true;
    for (std::uint32_t row = 0; row < log.size(); ++row) {
      same &= person_of_label.emplace(result.labels[row], expected[row]).first->second == expected[row];
      seen.insert(expected[row]);
    }
    CHECK(same);
    CHECK(person_of_label.size() == 858);
    CHECK(seen.size() == 858);
  }
}
