// What an attacker or a bad feed can send must cost about what a good feed costs.
#include <pthread.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "identity_graph/crafted_names.h"
#include "identity_graph/support.h"
#include "support/catch.h"

namespace {

using namespace std::chrono_literals;
using journey::EventLog;
using journey::IdentityGraph;
using journey::IdentityPolicy;
using journey::RecordKind;
using Verdict = journey::IdentityExplanation::Verdict;

#ifdef NDEBUG
constexpr std::size_t kMany = 200'000;
constexpr std::size_t kNameBlocks = 17;
#else
constexpr std::size_t kMany = 20'000;
constexpr std::size_t kNameBlocks = 14;
#endif
// Generous, as other programs run beside the tests.
constexpr double kSlack = 0.1;

using Named = std::pair<std::string, std::string>;

void Add(EventLog& log, std::size_t number, const std::vector<Named>& identifiers,
         RecordKind kind = RecordKind::kEvent, std::chrono::seconds between = std::chrono::seconds{1}) {
  const auto passed = between * static_cast<std::int64_t>(number);
  journey::Event event{.time = journey::TimePoint{std::chrono::seconds{1'700'000'000} + passed},
                       .sequence = number,
                       .source = "test",
                       .channel = "web",
                       .name = "view",
                       .identifiers = {},
                       .attributes = {},
                       .kind = kind};
  for (const auto& [name_space, value] : identifiers) event.identifiers.push_back({name_space, value});
  log.Append(event);
}

std::string Number(const char* prefix, std::size_t number) {
  return prefix + std::to_string(number);
}

double Seconds(const std::function<void()>& work) {
  double best = 1e9;
  for (int i = 0; i < 2; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    best = std::min(best, took.count());
  }
  return best;
}

double BuildSeconds(const EventLog& log, const IdentityPolicy& policy = {}) {
  return Seconds([&] { (void)IdentityGraph::Build(log, policy); });
}

std::size_t Customers(const IdentityGraph& graph) {
  const auto& labels = graph.resolution().labels;
  return std::set<std::uint32_t>(labels.begin(), labels.end()).size();
}

// Four times the records cost about four times as much; sixteen times would be quadratic.
void RequireNearlyLinear(const std::function<EventLog(std::size_t)>& make,
                         const IdentityPolicy& policy = {}) {
  const EventLog small = make(kMany / 8), large = make(kMany / 2);
  const double of_small = BuildSeconds(small, policy), of_large = BuildSeconds(large, policy);
  WARN(kMany / 8 << " in " << of_small << " s, " << kMany / 2 << " in " << of_large << " s");
  REQUIRE(of_large <= 9 * of_small + kSlack);
}

// Runs the work on a thread with a stack of 256 KiB.
void RunOnSmallStack(std::function<void()> work) {
  pthread_attr_t attributes;
  REQUIRE(pthread_attr_init(&attributes) == 0);
  REQUIRE(pthread_attr_setstacksize(&attributes, 256 * 1024) == 0);
  pthread_t thread{};
  const auto run = [](void* argument) -> void* {
    (*static_cast<std::function<void()>*>(argument))();
    return nullptr;
  };
  REQUIRE(pthread_create(&thread, &attributes, run, &work) == 0);
  REQUIRE(pthread_join(thread, nullptr) == 0);
  pthread_attr_destroy(&attributes);
}

EventLog Chain(const std::vector<std::size_t>& order) {
  EventLog log;
  for (std::size_t place = 0; place < order.size(); ++place) {
    const std::size_t i = order[place];
    Add(log, place, {{"loyalty", Number("l", i)}, {"loyalty", Number("l", i + 1)}});
  }
  return log;
}

std::vector<std::vector<std::size_t>> ChainOrders(std::size_t size) {
  std::vector<std::vector<std::size_t>> orders(5, std::vector<std::size_t>(size));
  test::Random random(3);
  for (std::size_t i = 0; i < size; ++i) {
    orders[0][i] = i;
    orders[1][i] = size - 1 - i;
    orders[2][i] = i % 2 == 0 ? i / 2 : size - 1 - i / 2;                      // from both ends
    orders[3][i] = i < (size + 1) / 2 ? 2 * i : 2 * (i - (size + 1) / 2) + 1;  // every second, then the rest
  }
  orders[4] = orders[0];
  random.Shuffle(orders[4]);
  return orders;
}

double CraftedAgainstRandom(const std::vector<std::string>& crafted) {
  test::Random random(4);
  std::vector<std::string> plain = crafted;
  for (std::string& name : plain) {
    for (char& c : name) c = static_cast<char>('a' + random.Below(26));
  }
  const auto run = [](const std::vector<std::string>& names) {
    return Seconds([&] {
      EventLog log;
      for (std::size_t i = 0; i < names.size(); ++i) {
        Add(log, i, {{"cookie", names[i]}, {"loyalty", names[names.size() - 1 - i]}});
      }
      (void)IdentityGraph::Build(log, {});
    });
  };
  const double of_plain = run(plain), of_crafted = run(crafted);
  WARN(crafted.size() << " random names " << of_plain << " s, crafted " << of_crafted << " s");
  return (of_crafted - kSlack) / of_plain;
}

}  // namespace

TEST_CASE("a key that everybody carries joins nobody and costs no more than a good feed") {
  EventLog benign, attack;
  for (std::size_t i = 0; i < kMany; ++i) {
    Add(benign, i, {{"user_id", Number("u", i)}, {"email", Number("e", i)}});
    Add(attack, i, {{"user_id", Number("u", i)}, {"email", "office"}});
  }
  const auto graph = IdentityGraph::Build(attack, {});
  REQUIRE(Customers(graph) == kMany);
  REQUIRE(graph.resolution().hubs == 1);
  const double of_benign = BuildSeconds(benign), of_attack = BuildSeconds(attack);
  WARN(kMany << " events: benign " << of_benign << " s, hub " << of_attack << " s");
  REQUIRE(of_attack <= 4 * of_benign + kSlack);
}

TEST_CASE("a key that everybody carries joins nobody without a limit of neighbours either") {
  IdentityPolicy policy;
  policy.max_neighbours = 0;
  EventLog benign, attack;
  for (std::size_t i = 0; i < kMany; ++i) {
    Add(benign, i, {{"user_id", Number("u", i)}, {"device", Number("d", i)}});
    Add(attack, i, {{"user_id", Number("u", i)}, {"device", "kiosk"}});
  }
  const auto graph = IdentityGraph::Build(attack, policy);
  REQUIRE(Customers(graph) == kMany);
  REQUIRE(graph.resolution().shared_keys == 1);
  const double of_benign = BuildSeconds(benign, policy), of_attack = BuildSeconds(attack, policy);
  WARN(kMany << " events: benign " << of_benign << " s, shared " << of_attack << " s");
  REQUIRE(of_attack <= 6 * of_benign + kSlack);  // it is one conflicted component, which is sorted
}

TEST_CASE("a long chain of links in any order is one customer, on a small stack") {
  for (const auto& order : ChainOrders(kMany)) {
    const EventLog log = Chain(order);
    std::size_t customers = 0;
    double seconds = 0;
    RunOnSmallStack(
        [&] { seconds = Seconds([&] { customers = Customers(IdentityGraph::Build(log, {})); }); });
    REQUIRE(customers == 1);
    WARN(kMany << " links in " << seconds << " s");
  }
}

TEST_CASE("a long chain whose ends were unlinked is cut once, on a small stack") {
  for (const auto& order : ChainOrders(kMany)) {
    EventLog log = Chain(order);
    const std::string last = Number("l", kMany);
    Add(log, kMany + 1, {{"loyalty", "l0"}, {"loyalty", last}}, RecordKind::kUnlink);
    Add(log, kMany + 2, {{"loyalty", "l0"}});
    Add(log, kMany + 3, {{"loyalty", last}});
    std::size_t customers = 0;
    std::uint32_t one_end = 0, other_end = 0;
    journey::IdentityExplanation found;
    RunOnSmallStack([&] {
      const auto graph = IdentityGraph::Build(log, {});
      auto labels = graph.resolution().labels;
      one_end = labels[kMany + 1];
      other_end = labels[kMany + 2];
      labels.erase(labels.begin() + kMany);  // of the unlink
      customers = std::set<std::uint32_t>(labels.begin(), labels.end()).size();
      found = graph.Explain({"loyalty", "l0"}, {"loyalty", Number("l", kMany - 1)});
      if (found.verdict == Verdict::kJoined) found = graph.Explain({"loyalty", "l1"}, {"loyalty", last});
    });
    REQUIRE(one_end != other_end);
    REQUIRE(customers == 2);
    REQUIRE(found.verdict == Verdict::kApart);
    REQUIRE(found.rule == journey::IdentityRule::kUnlinked);
  }
}

TEST_CASE("names that collide under FNV-1a cost no more than random ones") {
  const std::vector<std::string> names = test::FnvCollisions(kNameBlocks);
  for (const std::string& name : names) {
    REQUIRE(test::Fnv1a32Bits(test::kFnvStart, name) == test::Fnv1a32Bits(test::kFnvStart, names[0]));
  }
  REQUIRE(CraftedAgainstRandom(names) <= 4);
}

TEST_CASE("names that collide under the hash of the standard library cost no more than random ones") {
  const std::vector<std::string> names = test::MurmurCollisions(kNameBlocks).names();
  REQUIRE(std::set<std::string>(names.begin(), names.end()).size() == names.size());
#if defined(__GLIBCXX__) && SIZE_MAX == UINT64_MAX
  for (const std::string& name : names)
    REQUIRE(std::hash<std::string>{}(name) == std::hash<std::string>{}(names[0]));
#endif
  REQUIRE(CraftedAgainstRandom(names) <= 4);
}

TEST_CASE("one user with any number of devices is not quadratic") {
  RequireNearlyLinear([](std::size_t size) {
    EventLog log;
    for (std::size_t i = 0; i < size; ++i) Add(log, i, {{"user_id", "u"}, {"device", Number("d", i)}});
    return log;
  });
}

TEST_CASE("one user with any number of values in a limit within a span is not quadratic") {
  IdentityPolicy policy;
  policy.namespaces = {{.name_space = "device",
                        .kind = journey::IdentifierKind::kDevice,
                        .max_values = 20,
                        .within = std::chrono::hours{1}}};
  // All at once; more than the limit; fewer, so that all of them are joined.
  for (const std::chrono::seconds between : {0s, 100s, 200s}) {
    const auto make = [&](std::size_t size) {
      EventLog log;
      for (std::size_t i = 0; i < size; ++i) {
        Add(log, i, {{"user_id", "u"}, {"device", Number("d", i)}}, RecordKind::kEvent, between);
      }
      return log;
    };
    RequireNearlyLinear(make, policy);
  }
}

TEST_CASE("one key that was unlinked from any number of others is not quadratic") {
  RequireNearlyLinear([](std::size_t size) {
    EventLog log;
    for (std::size_t i = 0; i < size; ++i) {
      Add(log, 2 * i, {{"user_id", "u"}, {"loyalty", Number("l", i)}});
      Add(log, 2 * i + 1, {{"user_id", "u"}, {"loyalty", Number("l", i)}}, RecordKind::kUnlink);
    }
    return log;
  });
}

TEST_CASE("a chain with an unlink at each of its links is not quadratic") {
  RequireNearlyLinear([](std::size_t size) {
    EventLog log;
    for (std::size_t i = 0; i < size; ++i) {
      Add(log, 2 * i, {{"loyalty", Number("l", i)}, {"loyalty", Number("l", i + 1)}});
      Add(log, 2 * i + 1, {{"loyalty", "l0"}, {"loyalty", Number("l", i + 2)}}, RecordKind::kUnlink);
    }
    return log;
  });
}
