// The policy of identity in JOURNEYS.json, and corrections in a file of events.
#include <string>

#include "journey/core/status.h"
#include "journey/identity/graph_resolver.h"
#include "journey/io/config.h"
#include "journey/io/reader.h"
#include "support/catch.h"

namespace journey {
namespace {

std::string ErrorOf(const std::string& json) {
  const auto config = ParseConfig(json, "c.json");
  REQUIRE(!config.ok());
  return MessageOf(config.status());
}

TEST_CASE("a policy of identity is read as it is written") {
  const auto config = ParseConfig(R"({"identity": {"namespaces": {
      "card": {"kind": "contact", "priority": 7, "max_values": 3, "within": "365d", "normalize": "digits",
               "blocked": ["9999"], "blocked_patterns": ["1*"]},
      "user_id": {"kind": "person", "exclusive": true, "placeholders": true, "allowed": ["nan"]}},
      "max_neighbours": 12, "logout_events": ["bye"], "forget_after_logout": true}})",
                                  "c.json");
  REQUIRE(config.ok());
  const IdentityPolicy& policy = config->identity;
  const NamespacePolicy card = policy.PolicyOf("card");
  CHECK(card.kind == IdentifierKind::kContact);
  CHECK(card.priority == 7);
  CHECK(card.max_values == 3);
  CHECK(card.within == std::chrono::days{365});
  CHECK(card.normalizer == Normalizer::kDigits);
  CHECK(IsBlocked("9999", card));
  CHECK(IsBlocked("1234", card));
  CHECK(!IsBlocked("234", card));
  CHECK(policy.PolicyOf("user_id").exclusive);
  CHECK(!IsBlocked("nan", policy.PolicyOf("user_id")));
  CHECK(IsBlocked("null", policy.PolicyOf("user_id")));
  CHECK(policy.PolicyOf("email").normalizer == Normalizer::kLower);  // what is not given keeps its default
  CHECK(policy.max_neighbours == 12);
  CHECK(policy.logout_events == std::vector<std::string>{"bye"});
  CHECK(policy.forget_after_logout);
}

TEST_CASE("what is wrong with a policy is named with its place") {
  CHECK(ErrorOf(R"({"identity": {"namespaces": {"card": {"kind": "thing"}}}})") ==
        R"(c.json: identity.namespaces.card.kind: found "thing", expected one of person, contact, device, session)");
  CHECK(ErrorOf(R"({"identity": {"namespaces": {"card": {}}}})").find("identity.namespaces.card.kind") !=
        std::string::npos);
  CHECK(ErrorOf(R"({"identity": {"namespaces": {"card": {"kind": "device", "max_values": -1}}}})")
            .find("max_values: found -1, expected a whole number") != std::string::npos);
  CHECK(ErrorOf(R"({"identity": {"namespaces": {"card": {"kind": "device", "within": "7d"}}}})")
            .find("needs max_values") != std::string::npos);
  CHECK(ErrorOf(R"({"identity": {"max_neighbors": 3}})").find("did you mean \"max_neighbours\"") !=
        std::string::npos);
}

TEST_CASE("a file can hold corrections, which are no events") {
  constexpr std::string_view kMap = R"({"time": {"column": "t"}, "name": {"column": "e"}, "channel": {"column": "c"},
      "record": {"column": "r"}, "identifiers": {"user_id": {"column": "u"}, "device": {"column": "d"}}})";
  const auto map = ParseColumnMap(kMap, "m.json");
  REQUIRE(map.ok());
  CHECK(*ParseColumnMap(ToJson(*map), "again") == *map);
  EventLog log;
  const auto read = ReadEventsFromMemory(
      "r,t,c,e,u,d\n"
      ",2024-03-01,web,view,7,x\n"
      "event,2024-03-02,web,view,,x\n"
      "unlink,2024-03-03,,,7,x\n"
      "unlink,2024-03-03,,,7,\n"
      "merge,2024-03-04,,,7,x\n",
      "f.csv", {.map = *map}, log);
  REQUIRE(read.ok());
  CHECK(log.size() == 3);
  CHECK(log.events() == 2);
  CHECK(read->counts[AdmissionStatus::kMalformed] == 2);
  REQUIRE(read->problems.size() == 2);
  CHECK(Describe(read->problems[0]).find("f.csv:5: identifiers: found 1 of them, expected two") == 0);
  CHECK(Describe(read->problems[1]).find("f.csv:6: r: ") == 0);
  const Resolution resolution = GraphResolver().Resolve(log);
  CHECK(resolution.labels[0] != resolution.labels[1]);  // the device is the person's no more
}

}  // namespace
}  // namespace journey
