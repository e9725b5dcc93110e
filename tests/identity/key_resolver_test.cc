#include "journey/identity/key_resolver.h"

#include "support/catch.h"
#include "support/oracle_evidence.h"
#include "support/worlds.h"

using namespace journey;  // NOLINT
using test::kStart;
using test::Offer;

namespace {

Offer With(std::vector<std::pair<std::string, std::string>> identifiers) {
  static std::uint64_t number = 0;
  return {.time = kStart,
          .sequence = number++,
          .source = "",
          .channel = "web",
          .name = "view",
          .identifiers = std::move(identifiers),
          .attributes = {}};
}

}  // namespace

TEST_CASE("events with the same value are one customer's, one without is a customer of its own") {
  const EventLog log =
      test::LogOf({With({{"user_id", "1"}}), With({{"user_id", "1"}, {"device", "d"}}),
                   With({{"device", "d"}}), With({{"device", "d"}}), With({{"user_id", "null"}}), With({})});
  const Resolution result = KeyResolver("user_id").Resolve(log);
  REQUIRE(result.labels.size() == 6);
  CHECK(result.labels[0] == result.labels[1]);
  CHECK(std::set(result.labels.begin(), result.labels.end()).size() == 5);
  CHECK(result.unidentified == 4);
  CHECK(result.placeholders == 1);
  CHECK(result.identifiers == 2);
}

TEST_CASE("of several values on one event the smallest text counts, in whatever order they came") {
  const EventLog log = test::LogOf({With({{"user_id", "b"}}), With({{"user_id", "a"}}),
                                    With({{"user_id", "b"}, {"user_id", "a"}}),
                                    With({{"user_id", "null"}, {"user_id", "b"}})});
  const Resolution result = KeyResolver("user_id").Resolve(log);
  CHECK(result.labels[2] == result.labels[1]);
  CHECK(result.labels[3] == result.labels[0]);
  CHECK(result.labels[0] != result.labels[1]);
}

TEST_CASE("a namespace that no event has makes every event a customer of its own") {
  const EventLog log = test::LogOf({With({{"device", "d"}}), With({{"device", "d"}})});
  const Resolution result = KeyResolver("user_id").Resolve(log);
  CHECK(result.labels[0] != result.labels[1]);
  CHECK(result.unidentified == 2);
}

TEST_CASE("in any small dirty world the partition is the twin's") {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const std::vector<Offer> world = test::World(seed);
    const EventLog log = test::LogOf(world);
    const auto evidence = test::OracleAdmit(world).events;
    const test::OracleCustomers expected = test::OracleKey(evidence, "user_id");
    const Resolution result = KeyResolver("user_id").Resolve(log);
    std::map<std::uint32_t, std::size_t> customer_of_label;
    for (std::uint32_t row = 0; row < log.size(); ++row) {
      const auto at = std::ranges::find(evidence, log.key({row}), &test::Evidence::key) - evidence.begin();
      const std::size_t customer = expected.customer_of[static_cast<std::size_t>(at)];
      INFO("seed " << seed << " row " << row);
      REQUIRE(customer_of_label.emplace(result.labels[row], customer).first->second == customer);
    }
    REQUIRE(customer_of_label.size() == expected.timelines.size());
    CHECK(result.identifiers == expected.identifiers);
    CHECK(result.placeholders == expected.placeholders);
    CHECK(result.unidentified == expected.unidentified);
  }
}
