// What the links do to customers: in any order of arrival, and within the rules of the policy.
#include "journey/identity/probabilistic_resolver.h"

#include <algorithm>
#include <map>
#include <set>

#include "identity/graph_impl.h"
#include "identity_probabilistic/truth.h"
#include "support/catch.h"

using namespace journey;

namespace {

// A small log of records as they come, with corrections in it.
struct World {
  std::vector<test::Offer> offers;
  std::vector<RecordKind> kinds;

  void Add(test::Offer offer, RecordKind kind = RecordKind::kEvent) {
    offer.id = "e" + std::to_string(offers.size());
    if (offer.channel.empty() && kind == RecordKind::kEvent) offer.channel = "web", offer.name = "view";
    offers.push_back(std::move(offer));
    kinds.push_back(kind);
  }
  [[nodiscard]] EventLog Log(const std::vector<std::size_t>& order) const {
    EventLog log;
    for (const std::size_t i : order) {
      Event event = test::AsEvent(offers[i]);
      event.kind = kinds[i];
      log.Append(event);
    }
    REQUIRE(log.size() == offers.size());
    return log;
  }
  [[nodiscard]] std::vector<std::size_t> Order() const {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < offers.size(); ++i) order.push_back(i);
    return order;
  }
};

test::Offer Row(std::int64_t minute, std::vector<std::pair<std::string, std::string>> identifiers,
                const test::Person& told = {}) {
  test::PersonRecord record{0, "", "", told};
  test::Offer offer = test::OffersOf({record})[0];
  offer.time = test::kStart + minute * test::kMinute;
  offer.identifiers = std::move(identifiers);
  return offer;
}

// With weights that are given, so that a world of a few records decides.
MatchOptions Given() {
  MatchOptions options = test::TruthMatching();
  options.prior = 0.0001;
  for (FieldComparison& field : options.fields) {
    field.by_frequency = false;
    const auto levels = static_cast<double>(field.levels.size());
    for (ComparisonLevel& level : field.levels) {
      level.m = level.rule == LevelRule::kExact ? 0.9 : 0.1 / (levels - 1);
      level.u = level.rule == LevelRule::kElse ? 0.99 : 0.01 / (levels - 1);
    }
  }
  return options;
}

const test::Person kAnn{"ann", "miller", "1980-12-03", "10115", ""};

// The customers as sets of event ids, so that rows and labels do not matter.
std::set<std::set<std::string>> Customers(const World& world, const std::vector<std::size_t>& order,
                                          const Resolution& resolution) {
  std::map<std::uint32_t, std::set<std::string>> by_label;
  for (std::size_t row = 0; row < order.size(); ++row) {
    if (world.kinds[order[row]] == RecordKind::kEvent) {
      by_label[resolution.labels[row]].insert(world.offers[order[row]].id);
    }
  }
  std::set<std::set<std::string>> customers;
  for (auto& [label, events] : by_label) customers.insert(std::move(events));
  return customers;
}

// Records of a few people under few names, with user ids, cookies and corrections that get in the way.
World SomeWorld(std::uint64_t seed) {
  test::Random random(seed);
  World world;
  const auto people = test::TruthMaker(seed, {.household = 40}).Make(3 + random.Below(5));
  for (const test::PersonRecord& record : people) {
    for (std::size_t n = 1 + random.Below(2); n > 0; --n) {
      test::Offer offer =
          Row(static_cast<std::int64_t>(random.Below(9)), {{record.name_space, record.id}}, record.told);
      if (random.OneIn(3)) offer.identifiers.emplace_back("user_id", "u" + std::to_string(random.Below(4)));
      if (random.OneIn(3)) offer.identifiers.emplace_back("cookie", "c" + std::to_string(random.Below(4)));
      if (random.OneIn(4)) offer.identifiers.emplace_back("loyalty", "l" + std::to_string(random.Below(6)));
      if (random.OneIn(4)) offer.identifiers.emplace_back("card", "k" + std::to_string(random.Below(6)));
      world.Add(offer);
    }
    if (random.OneIn(3)) {
      const test::PersonRecord& other = random.Pick(people);
      if (other.id != record.id) {
        const RecordKind kind = random.OneIn(4) ? RecordKind::kRelink : RecordKind::kUnlink;
        world.Add(Row(static_cast<std::int64_t>(random.Below(9)),
                      {{record.name_space, record.id}, {other.name_space, other.id}}),
                  kind);
      }
    }
  }
  for (test::Offer& offer : world.offers) {
    offer.sequence = random.Below(3);
    offer.source.clear();
  }
  return world;
}

IdentityPolicy StrictPolicy() {
  IdentityPolicy policy;
  policy.namespaces.push_back(
      {.name_space = "loyalty", .kind = IdentifierKind::kContact, .priority = 50, .max_values = 1});
  policy.namespaces.push_back({.name_space = "card",
                               .kind = IdentifierKind::kContact,
                               .priority = 51,
                               .max_values = 1,
                               .within = std::chrono::minutes(3)});
  return policy;
}

// The values of a namespace by customer, with the time when each was first seen.
using Held = std::map<std::uint32_t, std::map<std::string, std::int64_t>>;
Held HeldBy(const World& world, const std::vector<std::size_t>& order, const Resolution& resolution,
            const std::string& name_space) {
  Held held;
  for (std::size_t row = 0; row < order.size(); ++row) {
    if (world.kinds[order[row]] != RecordKind::kEvent) continue;
    for (const auto& [space, value] : world.offers[order[row]].identifiers) {
      if (space != name_space) continue;
      const auto [entry, fresh] = held[resolution.labels[row]].emplace(value, world.offers[order[row]].time);
      entry->second = std::min(entry->second, world.offers[order[row]].time);
    }
  }
  return held;
}

}  // namespace

TEST_CASE("customers, links, weights and explanations do not depend on the order of arrival") {
  std::uint64_t links = 0, refused = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    const World world = SomeWorld(seed);
    const MatchOptions options = seed % 2 == 0 ? Given() : test::TruthMatching();
    std::vector<std::size_t> order = world.Order();
    const EventLog log = world.Log(order);
    const ProbabilisticGraph graph = ProbabilisticGraph::Build(log, StrictPolicy(), options);
    links += graph.links().size();
    refused += graph.summary().refused;
    const auto customers = Customers(world, order, graph.resolution());
    const std::string text = graph.Explain({"crm_id", "c0"}, {"crm_id", "c1"}).text;
    test::Random random(seed);
    for (int permutation = 0; permutation < 12; ++permutation) {
      random.Shuffle(order);
      const EventLog other_log = world.Log(order);
      const ProbabilisticGraph other = ProbabilisticGraph::Build(other_log, StrictPolicy(), options);
      REQUIRE(Customers(world, order, other.resolution()) == customers);
      REQUIRE(other.model() == graph.model());
      REQUIRE(other.summary() == graph.summary());
      REQUIRE(other.Explain({"crm_id", "c0"}, {"crm_id", "c1"}).text == text);
      REQUIRE(other.links().size() == graph.links().size());
      for (std::size_t i = 0; i < other.links().size(); ++i) {
        ProbabilisticLink link = other.links()[i];
        REQUIRE(world.offers[order[link.a.value]].id == world.offers[graph.links()[i].a.value].id);
        REQUIRE(world.offers[order[link.b.value]].id == world.offers[graph.links()[i].b.value].id);
        link.a = graph.links()[i].a;
        link.b = graph.links()[i].b;
        REQUIRE(link == graph.links()[i]);
      }
    }
  }
  CHECK(links > 200);
  CHECK(refused > 50);
}

TEST_CASE("no link breaks a rule of the policy, nor parts what a key joined") {
  std::array<std::uint64_t, kIdentityRules> refused{};
  std::uint64_t accepted = 0, spread = 0;
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    const World world = SomeWorld(seed);
    const std::vector<std::size_t> order = world.Order();
    const EventLog log = world.Log(order);
    MatchOptions options = Given();
    options.threshold = 0.1;  // to tempt it
    const ProbabilisticGraph graph = ProbabilisticGraph::Build(log, StrictPolicy(), options);
    const Resolution& after = graph.resolution();
    const IdentityGraph keys = IdentityGraph::Build(log, StrictPolicy());
    const Resolution& before = keys.resolution();
    std::map<std::uint32_t, std::uint32_t> now;
    for (std::size_t row = 0; row < log.size(); ++row) {
      if (log.kind({static_cast<std::uint32_t>(row)}) != RecordKind::kEvent) continue;
      const auto [entry, fresh] = now.emplace(before.labels[row], after.labels[row]);
      REQUIRE(entry->second == after.labels[row]);
    }
    for (const auto& [label, users] : HeldBy(world, order, after, "user_id")) REQUIRE(users.size() <= 1);
    // An event may carry a value that was refused to its customer: of the others, the customers' own count.
    const internal::GraphImpl inside(log, StrictPolicy());
    std::map<std::pair<std::uint32_t, std::string>, std::vector<std::int64_t>> own;
    for (const char* const name_space : {"loyalty", "card"}) {
      std::map<std::string, std::int64_t> first;
      for (const auto& [label, values] : HeldBy(world, order, before, name_space)) {
        for (const auto& [value, time] : values) {
          const auto [entry, fresh] = first.emplace(value, time);
          entry->second = std::min(entry->second, time);
        }
      }
      for (const auto& [value, time] : first) {
        const auto customer = now.find(inside.set_of[inside.evidence.FindKey(name_space, value)]);
        if (customer != now.end()) own[{customer->second, name_space}].push_back(time);
      }
    }
    for (auto& [customer, times] : own) {
      std::sort(times.begin(), times.end());
      for (std::size_t i = 1; i < times.size(); ++i) {
        REQUIRE(customer.second == "card");
        REQUIRE(times[i] - times[i - 1] > 3 * test::kMinute);
        ++spread;
      }
    }
    for (const ProbabilisticLink& link : graph.links()) {
      REQUIRE((link.state == ProbabilisticLink::State::kRefused) ==
              (after.labels[link.a.value] != after.labels[link.b.value]));
    }
    for (std::size_t rule = 0; rule < kIdentityRules; ++rule)
      refused[rule] += graph.summary().refused_by_rule[rule];
    accepted += graph.summary().accepted;
  }
  CHECK(accepted > 1000);
  CHECK(spread > 20);
  CHECK(refused[static_cast<std::size_t>(IdentityRule::kExclusive)] > 100);
  CHECK(refused[static_cast<std::size_t>(IdentityRule::kLimit)] > 20);
  CHECK(refused[static_cast<std::size_t>(IdentityRule::kUnlinked)] > 20);
}

TEST_CASE("two who look alike stay two if each has a user id, and become one if only one has") {
  for (const bool both : {true, false}) {
    World world;
    world.Add(Row(0, {{"user_id", "1"}}, kAnn));
    world.Add(Row(1, {{both ? "user_id" : "crm_id", "2"}}, kAnn));
    const EventLog log = world.Log(world.Order());
    const ProbabilisticGraph graph = ProbabilisticGraph::Build(log, {}, Given());
    CHECK((graph.resolution().labels[0] == graph.resolution().labels[1]) == !both);
    const MatchExplanation why = graph.Explain(EventIndex{0}, EventIndex{1});
    CHECK(why.verdict == (both ? MatchExplanation::Verdict::kRefused : MatchExplanation::Verdict::kLinked));
    if (both) CHECK(why.rule == IdentityRule::kExclusive);
  }
}

TEST_CASE("a limit on values, in all or within a span, is kept over chains of links") {
  for (const std::int64_t minutes : {1, 10}) {
    for (const bool span : {true, false}) {
      IdentityPolicy policy;
      policy.namespaces.push_back({.name_space = "card", .kind = IdentifierKind::kContact, .max_values = 2});
      if (span) policy.namespaces[0].within = std::chrono::minutes(2);
      World world;
      for (std::int64_t i = 0; i < 4; ++i)
        world.Add(Row(i * minutes, {{"card", "k" + std::to_string(i)}}, kAnn));
      const EventLog log = world.Log(world.Order());
      const ProbabilisticGraph graph = ProbabilisticGraph::Build(log, policy, Given());
      const std::set<std::uint32_t> customers(graph.resolution().labels.begin(),
                                              graph.resolution().labels.end());
      const bool apart = span && minutes == 10;
      CHECK(graph.summary().accepted == (apart ? 3 : 2));
      CHECK(customers.size() == (apart ? 1 : 2));
      // With a minute between them the first, second and fourth are within the span's limit, and the third is
      // not.
      CHECK(graph.summary().refused_by_rule[static_cast<std::size_t>(IdentityRule::kLimit)] == (apart  ? 0
                                                                                                : span ? 3
                                                                                                       : 4));
    }
  }
}

TEST_CASE("an unlinked pair is never one customer, also over a third, relinked it may be") {
  for (const RecordKind kind : {RecordKind::kUnlink, RecordKind::kRelink}) {
    World world;
    for (const char* const id : {"1", "2", "3"}) world.Add(Row(0, {{"crm_id", id}}, kAnn));
    world.Add(Row(5, {{"crm_id", "1"}, {"crm_id", "2"}}), RecordKind::kUnlink);
    world.Add(Row(6, {{"crm_id", "2"}, {"crm_id", "1"}}), kind);
    const EventLog log = world.Log(world.Order());
    const ProbabilisticGraph graph = ProbabilisticGraph::Build(log, {}, Given());
    const auto& labels = graph.resolution().labels;
    CHECK((labels[0] == labels[1]) == (kind == RecordKind::kRelink));
    CHECK(graph.summary().accepted == (kind == RecordKind::kRelink ? 2 : 1));
    const MatchExplanation why = graph.Explain({"crm_id", "1"}, {"crm_id", "2"});
    if (kind == RecordKind::kUnlink) {
      CHECK(why.verdict == MatchExplanation::Verdict::kRefused);
      CHECK(why.rule == IdentityRule::kUnlinked);
    }
  }
}

TEST_CASE("an explanation adds up, and says in words what each field says") {
  World world;
  test::Person told = kAnn;
  told.given = "Anne";
  told.birth = "1980-03-12";
  told.post_code = "";
  world.Add(Row(0, {{"crm_id", "1"}}, {"Anna", "Miller", "1980-12-03", "10115", "ann@example.org"}));
  world.Add(Row(1, {{"shop_id", "7"}}, {"Anne", "Miller", "1980-03-12", "", "ann@example.org"}));
  world.Add(Row(2, {{"shop_id", "8"}}, {"Otto", "Miller", "1980-01-01", "", ""}));
  world.Add(Row(3, {{"shop_id", "9"}}));
  const EventLog log = world.Log(world.Order());
  const ProbabilisticGraph graph = ProbabilisticGraph::Build(log, {}, Given());
  const MatchExplanation why = graph.Explain({"crm_id", " 1 "}, {"shop_id", "7"});
  CHECK(why.verdict == MatchExplanation::Verdict::kLinked);
  std::int32_t sum = why.prior;
  for (const FieldEvidence& field : why.fields) sum += field.weight;
  CHECK(sum == why.weight);
  CHECK(why.probability == ProbabilityOf(why.weight));
  CHECK(why.text ==
        "One customer: they look like one person.\n"
        "     +3.322  given_name: \"anna\" and \"anne\" are similar\n"
        "     +8.077  family_name: \"miller\" and \"miller\" are equal\n"
        "     +3.322  birth_date: \"1980-12-03\" and \"1980-03-12\" differ by a slip\n"
        "          0  post_code: missing, no evidence\n"
        "     +6.492  email: \"ann@example.org\" and \"ann@example.org\" are equal\n"
        "          0  phone: missing, no evidence\n"
        "    -13.288  before anything is known of two customers\n"
        "     +7.925  bits in all: 99.590 %\n");
  CHECK(graph.Explain({"crm_id", "1"}, {"shop_id", "8"}).verdict == MatchExplanation::Verdict::kUnlikely);
  CHECK(graph.Explain({"crm_id", "1"}, {"shop_id", "9"}).verdict == MatchExplanation::Verdict::kUnknown);
  CHECK(graph.Explain({"crm_id", "1"}, {"shop_id", "10"}).verdict == MatchExplanation::Verdict::kUnknown);
  CHECK(graph.Explain({"crm_id", "1"}, {"crm_id", "1"}).verdict == MatchExplanation::Verdict::kKeys);
}

TEST_CASE("who is joined over others is explained by the chain") {
  World world;
  world.Add(Row(0, {{"crm_id", "1"}}, {"ann", "miller", "1980-12-03", "10115", ""}));
  world.Add(Row(1, {{"crm_id", "2"}}, {"ann", "miller", "1980-12-03", "20095", "a@example.org"}));
  world.Add(Row(2, {{"crm_id", "3"}}, {"ann", "schmidt", "", "20095", "a@example.org"}));
  const EventLog log = world.Log(world.Order());
  MatchOptions options = Given();
  options.threshold = 0.9;
  const ProbabilisticGraph graph = ProbabilisticGraph::Build(log, {}, options);
  CHECK(graph.resolution().labels == RowTable<std::uint32_t>(3, graph.resolution().labels[0]));
  const MatchExplanation why = graph.Explain({"crm_id", "1"}, {"crm_id", "3"});
  CHECK(why.verdict == MatchExplanation::Verdict::kChained);
  REQUIRE(why.chain.size() == 2);
  CHECK(why.chain[0].a == EventIndex{0});
  CHECK(why.chain[1].b == EventIndex{2});
  CHECK(why.text.starts_with("One customer, by 1 others who look like either.\n"));
}

TEST_CASE("a profile has the value that was told most often, of several the smallest") {
  World world;
  for (const char* const post_code : {"20095", "10115", "20095", "30159", "10115"}) {
    world.Add(Row(0, {{"crm_id", "1"}}, {"ann", "miller", "", post_code, ""}));
  }
  world.Add(Row(0, {{"crm_id", "2"}}, {"eve", "miller", "", "", ""}));
  const EventLog log = world.Log(world.Order());
  const ProbabilisticGraph graph = ProbabilisticGraph::Build(log, {}, Given());
  CHECK(graph.Explain({"crm_id", "1"}, {"crm_id", "2"}).fields[3].value_a == "10115");
}

TEST_CASE("numbers and identifiers are values of fields, placeholders and other kinds of value are none") {
  World world;
  test::Offer offer =
      Row(0, {{"crm_id", "1"}, {"phone", "+49 30 1234"}}, {"N/A", "miller", "1900-01-01", "", ""});
  offer.attributes.emplace_back("zip", test::Value::Number(10115));
  world.Add(offer);
  test::Offer other = Row(0, {{"crm_id", "2"}, {"phone", "0049 30 1235"}}, {"ann", "", "", "", ""});
  other.attributes.emplace_back("zip", test::Value::Number(0.5));
  other.attributes.emplace_back("surname", test::Value::Boolean(true));
  world.Add(other);
  const EventLog log = world.Log(world.Order());
  const MatchExplanation why =
      ProbabilisticGraph::Build(log, {}, Given()).Explain({"crm_id", "1"}, {"crm_id", "2"});
  CHECK(why.fields[0].value_a.empty());
  CHECK(why.fields[0].missing);
  CHECK(why.fields[1].value_b.empty());
  CHECK(why.fields[2].value_a.empty());
  CHECK(why.fields[3].value_a == "10115");
  CHECK(why.fields[3].value_b.empty());
  CHECK(why.fields[5].value_a == "49301234");
  CHECK(why.fields[5].level == LevelRule::kElse);
}

TEST_CASE("an equal rare name weighs more than an equal common one") {
  World world;
  const std::vector<std::string> names = {"smith", "smith", "smith", "smith", "smith",
                                          "smith", "zwart", "zwart", "lee"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    world.Add(Row(0, {{"crm_id", "r" + std::to_string(i)}}, {"ann", names[i], "", "", ""}));
  }
  const EventLog log = world.Log(world.Order());
  MatchOptions options = Given();
  options.fields[1].by_frequency = true;
  const ProbabilisticGraph graph = ProbabilisticGraph::Build(log, {}, options);
  const FieldEvidence common = graph.Explain({"crm_id", "r0"}, {"crm_id", "r1"}).fields[1];
  const FieldEvidence rare = graph.Explain({"crm_id", "r6"}, {"crm_id", "r7"}).fields[1];
  CHECK(common.by_frequency - rare.by_frequency == -2'322);  // five others of eight against one
  CHECK(common.weight - rare.weight == -2'322);
  CHECK(graph.Explain({"crm_id", "r0"}, {"crm_id", "r6"}).fields[1].by_frequency == 0);
}

TEST_CASE("a log without anything to compare is as the keys leave it") {
  World world;
  world.Add(Row(0, {{"crm_id", "1"}}));
  world.Add(Row(0, {}));
  const EventLog log = world.Log(world.Order());
  const ProbabilisticResolver resolver;
  CHECK(resolver.name() == "probabilistic");
  const IdentityGraph keys = IdentityGraph::Build(log, {});
  CHECK(resolver.Resolve(log).labels == keys.resolution().labels);
  CHECK(resolver.Resolve(EventLog()).labels.empty());
}
