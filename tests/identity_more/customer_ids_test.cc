#include "journey/identity/customer_ids.h"

#include <set>
#include <string>

#include "journey/core/status.h"
#include "support/catch.h"

namespace journey {
namespace {

constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef";

Event View(int second, std::vector<Identifier> identifiers) {
  return {.time = kMinTime + std::chrono::seconds(second),
          .channel = "web",
          .name = "view",
          .identifiers = std::move(identifiers)};
}

CustomerIds IdsOf(const IdentityGraph& graph, std::string_view key = kKey) {
  StatusOr<CustomerIds> ids = CustomerIds::Build(graph, key);
  REQUIRE(ids.ok());
  return std::move(*ids);
}

TEST_CASE("a key must have 16 to 64 bytes") {
  const EventLog log;
  const IdentityGraph graph = IdentityGraph::Build(log, {});
  CHECK(!CustomerIds::Build(graph, "short").ok());
  CHECK(!CustomerIds::Build(graph, std::string(65, 'k')).ok());
  CHECK(MessageOf(CustomerIds::Build(graph, "short").status()).find("short") == std::string::npos);
}

TEST_CASE("an id is 32 hexadecimal digits, there and back") {
  EventLog log;
  log.Append(View(0, {{"cookie", "c"}}));
  const IdentityGraph graph = IdentityGraph::Build(log, {});
  const PublicId id = *IdsOf(graph).Of(graph.resolution().labels[0]);
  CHECK(id.text().size() == 32);
  CHECK(PublicId::FromText(id.text()) == id);
  CHECK(!PublicId::FromText("xyz").has_value());
  CHECK(!PublicId::FromText(std::string(32, 'G')).has_value());
  // The same on every machine and in every run: pinned.
  CHECK(id.text() == "80a7e77fec8f61db4728151e6250a6b9");
}

TEST_CASE("ids depend on the evidence and the key, not on the order of arrival") {
  EventLog a, b;
  a.Append(View(0, {{"cookie", "c"}}));
  a.Append(View(1, {{"cookie", "c"}, {"user_id", "7"}}));
  a.Append(View(2, {{"cookie", "other"}}));
  b.Append(View(2, {{"cookie", "other"}}));
  b.Append(View(1, {{"cookie", "c"}, {"user_id", "7"}}));
  b.Append(View(0, {{"cookie", "c"}}));
  const IdentityGraph ga = IdentityGraph::Build(a, {});
  const IdentityGraph gb = IdentityGraph::Build(b, {});
  CHECK(*IdsOf(ga).Of(ga.resolution().labels[0]) == *IdsOf(gb).Of(gb.resolution().labels[2]));
  CHECK(*IdsOf(ga).Of(ga.resolution().labels[2]) == *IdsOf(gb).Of(gb.resolution().labels[0]));
  CHECK(*IdsOf(ga).Of(ga.resolution().labels[0]) != *IdsOf(ga).Of(ga.resolution().labels[2]));
  CHECK(*IdsOf(ga).Of(ga.resolution().labels[0]) !=
        *IdsOf(ga, "another key of 32 bytes, as it were").Of(ga.resolution().labels[0]));
}

TEST_CASE("a merge is reported, and old ids find the customer") {
  EventLog before, after;
  for (EventLog* log : {&before, &after}) {
    log->Append(View(0, {{"cookie", "c"}}));
    log->Append(View(1, {{"user_id", "7"}}));
  }
  after.Append(View(2, {{"cookie", "c"}, {"user_id", "7"}}));
  const IdentityGraph ga = IdentityGraph::Build(before, {});
  const IdentityGraph gb = IdentityGraph::Build(after, {});
  const CustomerIds ids_before = IdsOf(ga);
  const CustomerIds ids_after = IdsOf(gb);
  const PublicId cookie = *ids_before.Of(ga.resolution().labels[0]);
  const PublicId user = *ids_before.Of(ga.resolution().labels[1]);
  const auto merges = CustomerIds::Merges(ids_before, ids_after);
  REQUIRE(merges.size() == 1);
  CHECK(merges[0] == CustomerMerge{cookie, user});
  CHECK(ids_after.Find(cookie) == gb.resolution().labels[0]);
  CHECK(*ids_after.Of(*ids_after.Find(cookie)) == user);
  CHECK(CustomerIds::Merges(ids_after, ids_after).empty());
}

TEST_CASE("events without identifiers have ids of their own") {
  EventLog log;
  log.Append(View(0, {}));
  log.Append(View(1, {}));
  log.Append(View(2, {{"cookie", "null"}}));
  const IdentityGraph graph = IdentityGraph::Build(log, {});
  const CustomerIds ids = IdsOf(graph);
  std::set<PublicId> distinct;
  for (const std::uint32_t label : graph.resolution().labels) distinct.insert(*ids.Of(label));
  CHECK(distinct.size() == 3);
}

}  // namespace
}  // namespace journey
