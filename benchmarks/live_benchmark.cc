// What does an event cost that is taken in live: one by one or in spans, where customers come in visits or every event is
// another's, in order or late, and does any single one have to wait; what does it cost where contexts are derived when
// somebody asks, and what the one who asks; does the cost of a late event, or of a merge, grow with the history around
// it; and what does reading a context cost while events come in?
//
// The rival is what a host without a live engine does: run the batch job again. Its time is shown per event of one run,
// which is what knowing the state after that one event costs it.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <span>
#include <string_view>
#include <thread>

#include "journey/live/engine.h"
#include "support/harness.h"
#include "support/prepared.h"

namespace journey::bench {
namespace {

using Clock = std::chrono::steady_clock;

EngineOptions Options(Derive derive = Derive::kAtIngest) {
  EngineOptions options;
  options.pipeline.journeys = Definitions();
  options.derive = derive;
  return options;
}

std::unique_ptr<Engine> MakeEngine(const EngineOptions& options) {
  return *Engine::Create(options);
}

// Every event is another customer's than those of a long time before it: a cookie each, and in a fifth of the events the
// user id as well. As many events a customer as in a Workload.
class Scattered {
 public:
  explicit Scattered(std::size_t events) : events_(events), texts_(std::max<std::size_t>(events / 12, 1)) {
    for (std::size_t i = 0; i < texts_.size(); ++i)
      std::snprintf(texts_[i].data(), texts_[i].size(), "GA1.2.%010zu", i * 2654435761U % 10'000'000'000U);
  }
  [[nodiscard]] std::size_t size() const { return events_; }
  const Event& Fill(std::size_t i, Event& event) const {
    const std::size_t customer = (i % texts_.size()) * 2654435761U % texts_.size();
    const std::size_t round = i / texts_.size();
    event.time = TimePoint(std::chrono::seconds(1'700'000'000) + std::chrono::milliseconds(i));
    event.channel = round % 3 == 0 ? "app" : "web";
    event.name = kNames[(customer + round) % std::size(kNames)];
    const std::string_view text(texts_[customer].data(), 16);
    event.identifiers.clear();
    event.identifiers.push_back({"cookie", text});
    if (round % 5 == 1) event.identifiers.push_back({"user_id", text.substr(6)});
    return event;
  }

 private:
  static constexpr std::string_view kNames[] = {"product_view", "cart", "search", "home", "help_article"};
  std::size_t events_;
  std::vector<std::array<char, 24>> texts_;
};

// Has work(events) take in all events, some thousand at a time; around it, before() and after().
template <typename World, typename Before, typename Work, typename After>
void InChunks(const World& world, const Before& before, const Work& work, const After& after) {
  std::vector<Event> events(4096);
  for (std::size_t i = 0; i < world.size(); i += events.size()) {
    const std::size_t count = std::min(events.size(), world.size() - i);
    for (std::size_t k = 0; k < count; ++k) world.Fill(i + k, events[k]);
    before();
    work(std::span<const Event>(events).first(count));
    after();
  }
}

constexpr std::size_t kSpan = 256;

void IngestSpan(Engine& engine, std::span<const Event> events, std::size_t batch) {
  if (batch == 1) {
    for (const Event& event : events) engine.Ingest(event);
    return;
  }
  for (std::size_t i = 0; i < events.size(); i += batch)
    engine.Ingest(events.subspan(i, std::min(batch, events.size() - i)));
}

std::vector<Fact> FactsOfBatch(const EventLog& log) {
  return FactsOf(Pipeline::Create({.journeys = Definitions()})->Run(log), log);
}

// Whether the engine found what the batch run over the same events finds.
template <typename World>
bool SameAsBatch(const Engine& engine, const World& world) {
  EventLog log;
  Event event;
  for (std::size_t i = 0; i < world.size(); ++i) log.Append(world.Fill(i, event));
  return engine.Facts() == FactsOfBatch(log);
}

std::int64_t ThreadNanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// What the clock itself takes.
std::int64_t ClockItself() {
  std::vector<std::int64_t> empty;
  for (int i = 0; i < 10'000; ++i) {
    const auto begin = Clock::now();
    empty.push_back(std::chrono::nanoseconds(Clock::now() - begin).count());
  }
  std::ranges::sort(empty);
  return empty[empty.size() / 2];
}

void CountTimes(benchmark::State& state, std::vector<std::int64_t>& times) {
  const std::int64_t clock = ClockItself();
  std::ranges::sort(times);
  const auto at = [&](double share) {
    return static_cast<double>(
        times[static_cast<std::size_t>(static_cast<double>(times.size() - 1) * share)] - clock);
  };
  state.counters["p50 ns"] = at(0.5);
  state.counters["p99 ns"] = at(0.99);
  state.counters["p99.9 ns"] = at(0.999);
  state.counters["max ns"] = at(1);
}

// One by one, what each event takes. Of those that seem to take long the thread's own time counts: they may only have
// lost the processor to another program.
template <typename World>
void TimeEach(benchmark::State& state, const EngineOptions& options, const World& world) {
  const auto engine = MakeEngine(options);
  std::vector<std::int64_t> times;
  times.reserve(world.size());
  const auto each = [&](std::span<const Event> events) {
    for (const Event& event : events) {
      const std::int64_t thread_begin = ThreadNanoseconds();
      const auto begin = Clock::now();
      engine->Ingest(event);
      std::int64_t took = std::chrono::nanoseconds(Clock::now() - begin).count();
      if (took > 20'000) took = std::min(took, ThreadNanoseconds() - thread_begin);
      times.push_back(took);
    }
  };
  InChunks(
      world, [] {}, each, [] {});
  CountTimes(state, times);
}

template <typename MakeWorld>
void AddIngest(const Plan& plan, const std::string& name, std::size_t events, Derive derive,
               std::size_t batch, const MakeWorld& make_world) {
  const std::string mode = derive == Derive::kAtIngest ? "at_ingest/" : "when_asked/";
  Add("Ingest/" + mode + name, "journey", events, [=](benchmark::State& state) {
    const auto& world = make_world();
    const EngineOptions options = Options(derive);
    {
      const std::size_t before = HeapBytes();
      const auto engine = MakeEngine(options);
      InChunks(
          world, [] {}, [&](std::span<const Event> chunk) { IngestSpan(*engine, chunk, batch); }, [] {});
      const EngineStatistics statistics = engine->statistics();
      const auto customers = static_cast<double>(statistics.customers);
      state.counters["bytes/customer"] = static_cast<double>(HeapBytes() - before) / customers;
      state.counters["events/customer"] = static_cast<double>(world.size()) / customers;
      if (events <= plan.naive_up_to && !SameAsBatch(*engine, world)) {
        Fail(state, "the live state differs from the batch report");
        return;
      }
    }
    if (batch == 1) TimeEach(state, options, world);
    for (auto _ : state) {
      state.PauseTiming();
      auto engine = MakeEngine(options);
      InChunks(
          world, [&] { state.ResumeTiming(); },
          [&](std::span<const Event> chunk) { IngestSpan(*engine, chunk, batch); },
          [&] { state.PauseTiming(); });
      engine.reset();
      state.ResumeTiming();
    }
    CountEvents(state, events, 0);
  });
}

// The evidence alone, without anything that follows from it: the part of an event's cost that no engine is without.
template <typename MakeWorld>
void AddLogAlone(const std::string& name, std::size_t events, std::size_t batch,
                 const MakeWorld& make_world) {
  Add("Ingest/" + name, "log_alone", events, [=](benchmark::State& state) {
    const auto& world = make_world();
    for (auto _ : state) {
      state.PauseTiming();
      auto log = std::make_unique<EventLog>();
      const auto append = [&](std::span<const Event> chunk) {
        if (batch > 1) return log->Append(chunk);
        for (const Event& event : chunk) log->Append(event);
      };
      InChunks(
          world, [&] { state.ResumeTiming(); }, append, [&] { state.PauseTiming(); });
      log.reset();
      state.ResumeTiming();
    }
    CountEvents(state, events, 0);
  });
}

void AddIngests(const Plan& plan, std::size_t events) {
  const auto visits = [=]() -> const Workload& { return WorkloadOf({.events = events}); };
  const auto late = [=]() -> const Workload& {
    return WorkloadOf({.events = events, .arrival = Arrival::kTenPercentLate});
  };
  const auto scattered = [=]() -> const Scattered& {
    static std::unique_ptr<Scattered> kept;
    if (kept == nullptr || kept->size() != events) kept = std::make_unique<Scattered>(events);
    return *kept;
  };
  AddLogAlone("visits/one_by_one", events, 1, visits);
  AddLogAlone("visits/spans", events, kSpan, visits);
  AddLogAlone("scattered/one_by_one", events, 1, scattered);
  AddLogAlone("scattered/spans", events, kSpan, scattered);
  for (const Derive derive : {Derive::kAtIngest, Derive::kWhenAsked}) {
    AddIngest(plan, "visits/one_by_one", events, derive, 1, visits);
    AddIngest(plan, "visits/spans", events, derive, kSpan, visits);
    AddIngest(plan, "late/one_by_one", events, derive, 1, late);
    AddIngest(plan, "scattered/one_by_one", events, derive, 1, scattered);
    AddIngest(plan, "scattered/spans", events, derive, kSpan, scattered);
  }
}

void AddBatchAgain(const WorkloadOptions& options) {
  Add("Ingest/run_again", "batch", options.events, [=](benchmark::State& state) {
    const EventLog log = AppendAll(WorkloadOf(options));
    const Pipeline pipeline = *Pipeline::Create({.journeys = Definitions()});
    for (auto _ : state) benchmark::DoNotOptimize(pipeline.Run(log));
    CountEvents(state, 1, 0);
  });
}

Event Numbered(std::string& id, const char* name_space, std::size_t customer, std::int64_t second) {
  id = "c-" + std::to_string(customer);
  Event event{
      .time = TimePoint(std::chrono::seconds(1'700'000'000 + second)), .channel = "web", .name = "page"};
  event.identifiers = {{name_space, id}};
  return event;
}

// One customer with that many events, ten a visit, three hours apart; then late events, each into another visit of the last
// thousand, or merges, each with a customer who was seen once. The cost is to depend on what is touched, not on how
// much lies before.
void AddTouch(const char* name, std::size_t history, bool merge) {
  Add(std::string("Touch/") + name, "journey", history, [=](benchmark::State& state) {
    EngineOptions options = Options();
    options.pipeline.journeys.clear();
    options.pipeline.discovery.gap = std::chrono::hours{2};
    const auto engine = MakeEngine(options);
    constexpr std::int64_t kVisit = 3 * 3600;  // so that a hundred thousand visits end before 2200
    std::string id, other;
    for (std::size_t i = 0; i < history; ++i)
      engine->Ingest(Numbered(
          id, "user_id", 1, static_cast<std::int64_t>(i / 10) * kVisit + static_cast<std::int64_t>(i % 10)));
    const std::int64_t last = static_cast<std::int64_t>(history / 10) * kVisit;
    std::int64_t number = 0;
    for (auto _ : state) {
      if (!merge) {
        const std::int64_t visit = 2 + ++number % std::min<std::int64_t>(1000, last / kVisit - 3);
        engine->Ingest(Numbered(id, "user_id", 1, last - visit * kVisit + 20 + number / 1000));
        continue;
      }
      state.PauseTiming();
      const auto cookie = static_cast<std::size_t>(++number);
      const std::int64_t then = last + number * kVisit;
      engine->Ingest(Numbered(id, "reference", cookie, then));
      Event both = Numbered(id, "user_id", 1, then + 1);
      other = "c-" + std::to_string(cookie);
      both.identifiers.push_back({"reference", other});
      state.ResumeTiming();
      engine->Ingest(both);
    }
    CountEvents(state, 1, 0);
  });
}

// What this machine takes for one access to memory whose address the access before told: the floor under every look-up
// by identifier among many customers, which takes three of them (index, slot, record).
double DependentAccess(std::size_t bytes) {
  std::vector<std::uint64_t> lines(bytes / sizeof(std::uint64_t));
  const std::size_t count = lines.size() / 8;  // one number a cache line, in a cycle through all of them
  for (std::size_t i = 0; i < count; ++i) lines[8 * i] = (i * 1664525 + 1013904223) % count;
  std::uint64_t at = 0;
  constexpr int kSteps = 1'000'000;
  const auto begin = Clock::now();
  for (int i = 0; i < kSteps; ++i) at = lines[8 * at];
  const auto end = Clock::now();
  benchmark::DoNotOptimize(at);
  return static_cast<double>(std::chrono::nanoseconds(end - begin).count()) / kSteps;
}

// Contexts read one by one, by customers in random order, while another thread ingests; the reader's own time.
void AddRead(std::size_t customers, bool busy) {
  Add(busy ? "Read/while_ingesting" : "Read/idle", "journey", customers, [=](benchmark::State& state) {
    const auto engine = MakeEngine(Options());
    std::string id;
    for (std::size_t i = 0; i < customers; ++i) {
      for (std::int64_t k = 0; k < 3; ++k)
        engine->Ingest(Numbered(id, "user_id", i, static_cast<std::int64_t>(i) + k));
    }
    std::atomic<bool> stop{false};
    std::thread writer([&] {
      std::string text;
      for (std::size_t i = 0; busy && !stop.load(std::memory_order_relaxed); ++i)
        engine->Ingest(
            Numbered(text, "user_id", i * 7919 % customers, static_cast<std::int64_t>(customers + i)));
    });
    std::vector<std::int64_t> times;
    times.reserve(1 << 22);
    ContextRecord record;
    std::uint64_t next = 1, found = 0;
    for (auto _ : state) {
      next = next * 6364136223846793005U + 1442695040888963407U;
      char digits[24];
      const int length =
          std::snprintf(digits, sizeof digits, "c-%zu", static_cast<std::size_t>(next >> 33) % customers);
      const auto begin = Clock::now();
      found += engine->Read("user_id", {digits, static_cast<std::size_t>(length)}, record);
      times.push_back(std::chrono::nanoseconds(Clock::now() - begin).count());
    }
    stop = true;
    writer.join();
    if (found != times.size()) Fail(state, "a customer was not found");
    CountTimes(state, times);
    state.counters["one access ns"] = DependentAccess(std::size_t{1} << 28);
    state.counters["record bytes"] = static_cast<double>(record.bytes().size());
  });
}

// Contexts that are stale: an event of a customer in random order, and then what the one waits who asks for its context.
void AddReadStale(std::size_t customers) {
  Add("Read/stale", "journey", customers, [=](benchmark::State& state) {
    const auto engine = MakeEngine(Options(Derive::kWhenAsked));
    std::string id;
    for (std::size_t i = 0; i < customers; ++i) {
      for (std::int64_t k = 0; k < 3; ++k)
        engine->Ingest(Numbered(id, "user_id", i, static_cast<std::int64_t>(i) + k));
    }
    std::vector<std::int64_t> times;
    ContextRecord record;
    std::uint64_t next = 1;
    auto second = static_cast<std::int64_t>(customers) + 3;
    for (auto _ : state) {
      state.PauseTiming();
      next = next * 6364136223846793005U + 1442695040888963407U;
      engine->Ingest(Numbered(id, "user_id", static_cast<std::size_t>(next >> 33) % customers, ++second));
      state.ResumeTiming();
      const auto begin = Clock::now();
      const bool found = engine->Read("user_id", id, record);
      times.push_back(std::chrono::nanoseconds(Clock::now() - begin).count());
      if (!found || record.context().last != TimePoint(std::chrono::seconds(1'700'000'000 + second)))
        Fail(state, "the context is not the one after the event");
    }
    CountTimes(state, times);
  });
}

}  // namespace

void RegisterBenchmarks(const Plan& plan) {
  for (const std::size_t events : plan.sizes) {
    AddIngests(plan, events);
    AddBatchAgain({.events = events});
    AddTouch("late_event", events, false);
    AddTouch("merge", events, true);
    AddRead(events, false);
    AddRead(events, true);
    AddReadStale(events);
  }
}

}  // namespace journey::bench
