// What an attacker or a bad feed can send must cost about what a good feed costs.
#include <pthread.h>

#include <chrono>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "identity_graph/crafted_names.h"
#include "identity_graph/support.h"
#include "journey/core/status.h"
#include "journey/identity/incremental_graph.h"
#include "support/catch.h"

namespace {

using namespace std::chrono_literals;
using journey::EventLog;
using journey::IdentityGraph;
using journey::IdentityPolicy;
using journey::RecordKind;
using Verdict = journey::IdentityExplanation::Verdict;

#ifdef NDEBUG
constexpr std::size_t kMany = 100'000;
constexpr std::size_t kNameBlocks = 16;
#else
constexpr std::size_t kMany = 20'000;
constexpr std::size_t kNameBlocks = 14;
#endif
// What is hidden behind the tag [.large].
constexpr std::size_t kAll = 1'000'000;
constexpr std::size_t kAllNameBlocks = 20;  // 2^20 names
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

// Of the processor, which other programs disturb least.
double Seconds(const std::function<void()>& work) {
  double best = 1e9;
  for (int i = 0; i < 2; ++i) {
    const std::clock_t begin = std::clock();
    work();
    best = std::min(best, static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
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

void RequireAsCheapAsRandom(const std::vector<std::string>& crafted) {
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
  REQUIRE(of_crafted <= 2 * of_plain + kSlack);
}

void RequireOneHash(const std::vector<std::string>& names,
                    const std::function<std::uint64_t(std::string)>& hash) {
  REQUIRE(std::set<std::string>(names.begin(), names.end()).size() == names.size());
  bool same = true;
  for (const std::string& name : names) same = same && hash(name) == hash(names[0]);
  REQUIRE(same);
}

void CheckCraftedNames(std::size_t blocks) {
  SECTION("FNV-1a") {
    const auto names = test::FnvCollisions(blocks);
    RequireOneHash(names, [](const auto& name) { return test::Fnv1a32Bits(test::kFnvStart, name); });
    RequireAsCheapAsRandom(names);
  }
  SECTION("djb2") {
    const auto names = test::DjbCollisions(blocks);
    RequireOneHash(names, test::Djb2);
    RequireAsCheapAsRandom(names);
  }
  SECTION("CRC-32") {
    const auto names = test::CrcCollisions(blocks);
    RequireOneHash(names, [](const auto& name) { return test::Crc32Bits(0xFFFFFFFFU, name); });
    RequireAsCheapAsRandom(names);
  }
  SECTION("the hash of the standard library") {
    const auto names = test::MurmurCollisions(blocks).names();
#if defined(__GLIBCXX__) && SIZE_MAX == UINT64_MAX
    RequireOneHash(names, std::hash<std::string>{});
#endif
    RequireAsCheapAsRandom(names);
  }
}

// One key of a namespace on the events of `users` users, beside a log in which each has an own one.
void CheckHub(std::size_t users, const char* person, const char* name_space) {
  EventLog benign, attack;
  for (std::size_t i = 0; i < users; ++i) {
    Add(benign, i, {{person, Number("u", i)}, {name_space, Number("e", i)}});
    Add(attack, i, {{person, Number("u", i)}, {name_space, "office"}});
  }
  {
    const auto graph = IdentityGraph::Build(attack, {});
    REQUIRE(Customers(graph) == users);
    REQUIRE(graph.resolution().hubs == 1);
  }
  const double of_benign = BuildSeconds(benign), of_attack = BuildSeconds(attack);
  WARN(users << " events with one " << name_space << ": benign " << of_benign << " s, hub " << of_attack
             << " s");
  REQUIRE(of_attack <= 2 * of_benign + (users < kAll ? kSlack : 0));
}

// Builds the graph on a small stack; gives it to `check` there.
void CheckOnSmallStack(const EventLog& log, const std::function<void(const IdentityGraph&)>& check) {
  double seconds = 0;
  RunOnSmallStack([&] {
    const std::clock_t begin = std::clock();
    const auto graph = IdentityGraph::Build(log, {});
    seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    check(graph);
  });
  WARN(log.size() << " records in " << seconds << " s");
}

void CheckPlainChain(std::size_t size) {
  for (const auto& order : ChainOrders(size)) {
    std::size_t customers = 0;
    CheckOnSmallStack(Chain(order), [&](const IdentityGraph& graph) { customers = Customers(graph); });
    REQUIRE(customers == 1);
  }
}

// A user id at every hundredth link: each has to get a piece of the chain, and none two.
void CheckKnownChain(std::size_t size) {
  for (const auto& order : ChainOrders(size)) {
    EventLog log;
    for (std::size_t place = 0; place < size; ++place) {
      const std::size_t i = order[place];
      std::vector<Named> identifiers{{"loyalty", Number("l", i)}, {"loyalty", Number("l", i + 1)}};
      if (i % 100 == 0) identifiers.emplace_back("user_id", Number("u", i));
      Add(log, place, identifiers);
    }
    std::size_t customers = 0, known = 0;
    CheckOnSmallStack(log, [&](const IdentityGraph& graph) {
      customers = Customers(graph);
      std::set<std::uint32_t> labels;
      for (std::size_t place = 0; place < size; ++place) {
        if (order[place] % 100 == 0) labels.insert(graph.resolution().labels[place]);
      }
      known = labels.size();
    });
    REQUIRE(known == (size + 99) / 100);
    REQUIRE(customers == known);
  }
}

// Of cookies, of which a customer has at most five.
void CheckLimitedChain(std::size_t size) {
  for (const auto& order : ChainOrders(size)) {
    EventLog log;
    for (std::size_t place = 0; place < size; ++place) {
      Add(log, place, {{"cookie", Number("c", order[place])}, {"cookie", Number("c", order[place] + 1)}});
    }
    std::size_t customers = 0;
    std::uint64_t most = 0;
    CheckOnSmallStack(log, [&](const IdentityGraph& graph) {
      customers = Customers(graph);
      most = graph.resolution().most_identifiers;
    });
    REQUIRE(most == 5);
    REQUIRE(customers >= size / 5);
    REQUIRE(customers <= size / 2);
  }
}

void CheckCutChain(std::size_t size) {
  for (const auto& order : ChainOrders(size)) {
    EventLog log = Chain(order);
    const std::string last = Number("l", size);
    Add(log, size + 1, {{"loyalty", "l0"}, {"loyalty", last}}, RecordKind::kUnlink);
    Add(log, size + 2, {{"loyalty", "l0"}});
    Add(log, size + 3, {{"loyalty", last}});
    std::size_t customers = 0;
    std::uint32_t one_end = 0, other_end = 0;
    journey::IdentityExplanation found;
    CheckOnSmallStack(log, [&](const IdentityGraph& graph) {
      auto labels = graph.resolution().labels;
      one_end = labels[size + 1];
      other_end = labels[size + 2];
      labels.erase(labels.begin() + static_cast<std::ptrdiff_t>(size));  // of the unlink
      customers = std::set<std::uint32_t>(labels.begin(), labels.end()).size();
      found = graph.Explain({"loyalty", "l0"}, {"loyalty", Number("l", size - 1)});
      if (found.verdict == Verdict::kJoined) found = graph.Explain({"loyalty", "l1"}, {"loyalty", last});
    });
    REQUIRE(one_end != other_end);
    REQUIRE(customers == 2);
    REQUIRE(found.verdict == Verdict::kApart);
    REQUIRE(found.rule == journey::IdentityRule::kUnlinked);
  }
}

}  // namespace

TEST_CASE("a key that everybody carries joins nobody and costs no more than twice a good feed") {
  CheckHub(kMany, "user_id", "email");
  CheckHub(kMany, "user_id", "device");
  CheckHub(kMany, "cookie", "email");
}

TEST_CASE("a key on a million events of a million users costs at most twice a good feed", "[.large]") {
  CheckHub(kAll, "user_id", "email");
  CheckHub(kAll, "user_id", "device");
  CheckHub(kAll, "cookie", "email");
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
  CheckPlainChain(kMany);
}
TEST_CASE("a long chain with many users is cut between them, on a small stack") {
  CheckKnownChain(kMany);
}
TEST_CASE("a long chain of limited keys is cut in pieces, on a small stack") {
  CheckLimitedChain(kMany);
}
TEST_CASE("a long chain whose ends were unlinked is cut once, on a small stack") {
  CheckCutChain(kMany);
}
TEST_CASE("a chain of a million links", "[.large]") {
  CheckPlainChain(kAll);
}
TEST_CASE("a chain of a million links with many users", "[.large]") {
  CheckKnownChain(kAll);
}
TEST_CASE("a chain of a million limited keys", "[.large]") {
  CheckLimitedChain(kAll);
}
TEST_CASE("a chain of a million links whose ends were unlinked", "[.large]") {
  CheckCutChain(kAll);
}

TEST_CASE("names that collide under hashes in common use cost at most twice random ones") {
  CheckCraftedNames(kNameBlocks);
}
TEST_CASE("a million names that collide cost at most twice random ones", "[.large]") {
  CheckCraftedNames(kAllNameBlocks);
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

TEST_CASE("links between two long chains that one of many unlinked pairs keeps apart are not quadratic") {
  RequireNearlyLinear([](std::size_t size) {
    EventLog log;
    std::size_t time = 0;
    const std::size_t last = size;
    const auto add = [&](const char* a, std::size_t i, const char* b, std::size_t j, RecordKind kind) {
      Add(log, time++, {{"loyalty", Number(a, i)}, {"loyalty", Number(b, j)}}, kind);
    };
    for (const char* chain : {"a", "b", "z"}) {
      for (std::size_t i = 0; i < last; ++i) add(chain, i, chain, i + 1, RecordKind::kEvent);
    }
    for (std::size_t i = 0; i < last; ++i) {
      add("a", i, "z", i, RecordKind::kUnlink);
      add("b", i, "z", i, RecordKind::kUnlink);
    }
    add("a", last, "b", last, RecordKind::kUnlink);
    for (std::size_t i = 0; i <= last; ++i) add("a", i, "b", i, RecordKind::kEvent);
    add("a", 0, "z", 0, RecordKind::kEvent);
    return log;
  });
}

TEST_CASE("links between two long chains that one of many spans keeps apart are not quadratic") {
  IdentityPolicy policy;
  policy.namespaces = {{.name_space = "device",
                        .kind = journey::IdentifierKind::kDevice,
                        .max_values = 2,
                        .within = std::chrono::hours{1}}};
  const auto make = [](std::size_t size) {
    EventLog log;
    const std::size_t last = size / 3;
    const auto add = [&](const char* a, std::size_t i, const char* b, std::size_t j, std::size_t half_hours) {
      Add(log, half_hours, {{"device", Number(a, i)}, {"device", Number(b, j)}}, RecordKind::kEvent, 1800s);
    };
    for (std::size_t i = 0; i < last; ++i) add("a", i, "a", i + 1, 6 * i);
    for (std::size_t i = 0; i < last; ++i) add("b", i, "b", i + 1, 6 * i + 3);
    // At the very end, two of the one and one of the other are seen within an hour.
    add("a", last, "a", last + 1, 6 * last + 1);
    add("b", last, "b", last + 1, 6 * last + 2);
    add("a", last, "a", last + 2, 6 * last + 3);
    for (std::size_t i = 0; i < last; ++i) add("a", i, "b", i, 6 * last + 6 + i);
    return log;
  };
  REQUIRE(IdentityGraph::Build(make(300), policy).resolution().refused_links == 100);
  RequireNearlyLinear(make, policy);
}

TEST_CASE("a limit within a span has at most a thousand values") {
  IdentityPolicy policy;
  policy.namespaces = {{.name_space = "device", .max_values = 1000, .within = std::chrono::hours{1}}};
  REQUIRE(policy.Validate().ok());
  policy.namespaces[0].max_values = 1001;
  const std::string message(policy.Validate().message());
  REQUIRE(message.find("namespaces[0].max_values: 1001") != std::string::npos);
  REQUIRE(message.find("from 1 to 1000") != std::string::npos);
  policy.namespaces[0].within.reset();
  REQUIRE(policy.Validate().ok());
}
