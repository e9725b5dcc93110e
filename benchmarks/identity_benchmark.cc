// What does it cost to say who it was: with resolvers that trust links or one key, and in the worst cases:
// one identifier on every event, one that many known customers share, and a chain through all identifiers?
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/harness.h"
#include "support/prepared.h"

namespace {

// What new has handed out and delete has not yet taken back, and the most of it since PeakOfHeap was made. The
// benchmarks resolve on one thread; Google Benchmark may allocate on another.
std::atomic<std::size_t> heap_now{0};
std::atomic<std::size_t> heap_peak{0};

// In front of a block: its size, in the room that keeps the block aligned.
constexpr std::size_t kHeader = alignof(std::max_align_t);

void* Allocate(std::size_t size) {
  void* const block = std::malloc(size + kHeader);
  if (block == nullptr) throw std::bad_alloc();
  std::memcpy(block, &size, sizeof(size));
  const std::size_t now = heap_now.fetch_add(size, std::memory_order_relaxed) + size;
  if (now > heap_peak.load(std::memory_order_relaxed)) heap_peak.store(now, std::memory_order_relaxed);
  return static_cast<char*>(block) + kHeader;
}

void Release(void* memory) noexcept {
  if (memory == nullptr) return;
  void* const block = static_cast<char*>(memory) - kHeader;
  std::size_t size = 0;
  std::memcpy(&size, block, sizeof(size));
  heap_now.fetch_sub(size, std::memory_order_relaxed);
  std::free(block);
}

}  // namespace

void* operator new(std::size_t size) {
  return Allocate(size);
}
void operator delete(void* memory) noexcept {
  Release(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  Release(memory);
}

namespace journey::bench {
namespace {

// The most bytes that were allocated at one time since, beyond those at the beginning.
class PeakOfHeap {
 public:
  PeakOfHeap() : begin_(heap_now) { heap_peak = begin_; }
  [[nodiscard]] std::size_t bytes() const { return heap_peak - begin_; }

 private:
  std::size_t begin_;
};

// A log and the same events as the naive contenders take them.
struct World {
  EventLog log;
  std::vector<NaiveEvent> events;
};

void AddTo(World& world, std::vector<std::pair<std::string, std::string>> identifiers) {
  NaiveEvent kept{static_cast<std::int64_t>(world.events.size()) * 1'000'000,
                  {},
                  "web",
                  "page",
                  std::move(identifiers),
                  {}};
  Event event{.time = TimePoint(Duration(kept.time_us)), .channel = kept.channel, .name = kept.name};
  for (const auto& [name_space, value] : kept.identifiers) event.identifiers.push_back({name_space, value});
  world.log.Append(event);
  world.events.push_back(std::move(kept));
}

std::string Numbered(const char* prefix, std::size_t i) {
  std::string text(prefix);
  text += std::to_string(i);
  return text;
}

using MakeWorld = World (*)(std::size_t events);

World Ordinary(std::size_t events) {
  const Workload& workload = WorkloadOf({.events = events});
  return {AppendAll(workload), NaiveStore(workload)};
}
// Everybody has a cookie or a user id and a device of their own: what the next two are to be compared with.
World OwnKeys(std::size_t events) {
  World world;
  for (std::size_t i = 0; i < events; ++i)
    AddTo(world, {{"device", Numbered("d", i)}, {"cookie", Numbered("c", i)}});
  return world;
}
World OwnKeysKnown(std::size_t events) {
  World world;
  for (std::size_t i = 0; i < events; ++i)
    AddTo(world, {{"device", Numbered("d", i)}, {"user_id", Numbered("u", i)}});
  return world;
}
// Everybody comes by one device, unknown or known: it links nobody.
World OneKey(std::size_t events) {
  World world;
  for (std::size_t i = 0; i < events; ++i) AddTo(world, {{"device", "kiosk"}, {"cookie", Numbered("c", i)}});
  return world;
}
World OneKeyKnown(std::size_t events) {
  World world;
  for (std::size_t i = 0; i < events; ++i) AddTo(world, {{"device", "kiosk"}, {"user_id", Numbered("u", i)}});
  return world;
}

// Every event links two neighbours, in an order that jumps about: one long thin component.
World ChainOf(std::size_t events, const char* name_space, std::size_t user_every) {
  World world;
  for (std::size_t i = 0; i < events; ++i) {
    const std::size_t link = i * 7919 % events;
    std::vector<std::pair<std::string, std::string>> identifiers{{name_space, Numbered("r", link)},
                                                                 {name_space, Numbered("r", link + 1)}};
    if (link % user_every == 0 && user_every < events)
      identifiers.emplace_back("user_id", Numbered("u", link));
    AddTo(world, std::move(identifiers));
  }
  return world;
}
World Chain(std::size_t events) {
  return ChainOf(events, "reference", events);
}
// The same with a user id on every hundredth event: all of it is one conflict.
World ChainKnown(std::size_t events) {
  return ChainOf(events, "reference", 100);
}
// The same of cookies, of which a customer may have but a few.
World ChainLimited(std::size_t events) {
  return ChainOf(events, "cookie", events);
}
// Half the pairs of customers share a browser.
World SharedDevices(std::size_t events) {
  const Workload& workload = WorkloadOf({.events = events, .shared_device_permille = 500});
  return {AppendAll(workload), NaiveStore(workload)};
}
// Every device is used by fifty known customers by turns.
World Crowded(std::size_t events) {
  World world;
  for (std::size_t i = 0; i < events; ++i) {
    std::vector<std::pair<std::string, std::string>> identifiers{{"device", Numbered("d", i / 200)}};
    if (i % 4 != 0) identifiers.emplace_back("user_id", Numbered("u", i / 200 * 50 + i % 50));
    AddTo(world, std::move(identifiers));
  }
  return world;
}

const World& WorldOf(MakeWorld make, std::size_t events) {
  static std::unique_ptr<const World> kept;
  static std::pair<MakeWorld, std::size_t> kept_for;
  if (kept == nullptr || kept_for != std::pair(make, events)) {
    kept = nullptr;
    kept = std::make_unique<const World>(make(events));
    kept_for = {make, events};
  }
  return *kept;
}

// Per distinct identifier of the log: what the log holds altogether, its events as well; what of that is the
// identifiers' texts and their index; and the most that resolving held on the way, the answer included.
void CountIdentifiers(benchmark::State& state, const World& world) {
  const SymbolTable& values = world.log.identifier_values();
  const auto identifiers = static_cast<double>(values.size());
  state.counters["identifiers"] = identifiers;
  state.counters["log bytes/identifier"] = static_cast<double>(world.log.bytes()) / identifiers;
  state.counters["identifier table bytes/identifier"] = static_cast<double>(values.bytes()) / identifiers;
  PeakOfHeap peak;
  state.counters["refused"] = static_cast<double>(GraphResolver().Resolve(world.log).refused_links);
  state.counters["resolver peak bytes/identifier"] = static_cast<double>(peak.bytes()) / identifiers;
}

// What has to hold where there are conflicts: no customer has two user ids, and the same events in the
// opposite order of arrival make the same customers.
bool KeepsTheLaws(const World& world, const Resolution& resolution) {
  std::map<std::uint32_t, std::string> user_of;
  EventLog reversed;
  std::vector<std::size_t> labels;
  for (std::size_t i = world.events.size(); i-- > 0;) {
    Event event{.time = TimePoint(Duration(world.events[i].time_us)), .sequence = i, .source = "benchmark"};
    event.channel = world.events[i].channel;
    event.name = world.events[i].name;
    for (const auto& [name_space, value] : world.events[i].identifiers) {
      event.identifiers.push_back({name_space, value});
      if (name_space == "user_id" && user_of.emplace(resolution.labels[i], value).first->second != value)
        return false;
    }
    reversed.Append(event);
    labels.push_back(resolution.labels[i]);
  }
  return SamePartition(GraphResolver().Resolve(reversed).labels, labels);
}

void AddConflicts(const char* name, std::size_t events, MakeWorld make) {
  const auto checked = std::make_shared<std::optional<bool>>();
  Add(std::string("GraphResolver/") + name, "journey", events, [=](benchmark::State& state) {
    const World& world = WorldOf(make, events);
    if (!checked->has_value()) *checked = KeepsTheLaws(world, GraphResolver().Resolve(world.log));
    if (!**checked) {
      Fail(state, "two user ids are one customer, or the order of arrival counts");
      return;
    }
    TimeAnswers(
        state, [&]() -> const World& { return world; },
        [](const World& in) { return GraphResolver().Resolve(in.log); });
    CountEvents(state, events, 0);
    CountIdentifiers(state, world);
  });
}

void AddGraph(const Plan& plan, const char* name, std::size_t events, MakeWorld make) {
  AddPair(
      plan, std::string("GraphResolver/") + name, events,
      [=]() -> const World& { return WorldOf(make, events); },
      [](const World& world) { return GraphResolver().Resolve(world.log); },
      [](const World& world) { return NaiveGraph(world.events); },
      [](const Resolution& a, const std::vector<std::size_t>& b, const World&) {
        return SamePartition(a.labels, b);
      },
      CountIdentifiers);
}

void AddKey(const Plan& plan, std::size_t events) {
  AddPair(
      plan, "KeyResolver/ordinary", events, [=]() -> const World& { return WorldOf(Ordinary, events); },
      [](const World& world) { return KeyResolver("user_id").Resolve(world.log); },
      [](const World& world) { return NaiveKey(world.events, "user_id"); },
      [](const Resolution& a, const std::vector<std::size_t>& b, const World&) {
        return SamePartition(a.labels, b);
      });
}

}  // namespace

void RegisterBenchmarks(const Plan& plan) {
  for (const std::size_t events : plan.sizes) {
    AddKey(plan, events);
    AddGraph(plan, "ordinary", events, Ordinary);
    AddGraph(plan, "own_keys", events, OwnKeys);
    AddGraph(plan, "one_key", events, OneKey);
    AddGraph(plan, "own_keys_known", events, OwnKeysKnown);
    AddGraph(plan, "one_key_known", events, OneKeyKnown);
    AddGraph(plan, "chain", events, Chain);
    AddConflicts("chain_known", events, ChainKnown);
    AddConflicts("chain_limited", events, ChainLimited);
    AddConflicts("shared_devices", events, SharedDevices);
    AddConflicts("crowded", events, Crowded);
  }
}

}  // namespace journey::bench
