// What does an event cost that is taken in live: one by one or in batches, in order or late; does the cost of a late
// event, or of a merge, grow with the history around it; and what does reading a context cost while events come in?
//
// The rival is what a host without a live engine does: run the batch job again. Its time is shown per event of one run,
// which is what knowing the state after that one event costs it.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>

#include "journey/live/engine.h"
#include "support/harness.h"
#include "support/prepared.h"

namespace journey::bench {
namespace {

using Clock = std::chrono::steady_clock;

EngineOptions Options(unsigned shards = 1) {
  EngineOptions options;
  options.pipeline.journeys = Definitions();
  options.shards = shards;
  return options;
}

std::unique_ptr<Engine> MakeEngine(const EngineOptions& options) {
  return *Engine::Create(options);
}

void IngestAll(Engine& engine, const Workload& workload, std::size_t batch) {
  std::vector<Event> events(batch);
  for (std::size_t i = 0; i < workload.size(); i += batch) {
    const std::size_t count = std::min(batch, workload.size() - i);
    for (std::size_t k = 0; k < count; ++k) workload.Fill(i + k, events[k]);
    if (batch == 1)
      engine.Ingest(events[0]);
    else
      engine.Ingest(std::span(events).first(count));
  }
}

// Whether the engine found what the batch run over the same events finds.
bool SameAsBatch(const Engine& engine, const Workload& workload) {
  const EventLog log = AppendAll(workload);
  return engine.Facts() == FactsOf(Pipeline::Create({.journeys = Definitions()})->Run(log), log);
}

void AddIngest(const Plan& plan, const std::string& name, const WorkloadOptions& options, std::size_t batch) {
  Add(name, "journey", options.events, [=](benchmark::State& state) {
    const Workload& workload = WorkloadOf(options);
    const std::size_t before = HeapBytes();
    {
      const auto engine = MakeEngine(Options());
      IngestAll(*engine, workload, batch);
      const auto customers = static_cast<double>(engine->statistics().customers);
      const double held = static_cast<double>(HeapBytes() - before);
      state.counters["bytes/customer"] = held / customers;
      state.counters["events/customer"] = static_cast<double>(workload.size()) / customers;
      if (options.events <= plan.naive_up_to && !SameAsBatch(*engine, workload)) {
        Fail(state, "the live state differs from the batch report");
        return;
      }
    }
    for (auto _ : state) {
      state.PauseTiming();
      auto engine = MakeEngine(Options());
      state.ResumeTiming();
      IngestAll(*engine, workload, batch);
      state.PauseTiming();
      engine.reset();
      state.ResumeTiming();
    }
    CountEvents(state, options.events, 0);
  });
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
    // What the clock itself takes.
    std::vector<std::int64_t> empty;
    for (int i = 0; i < 10'000; ++i) {
      const auto begin = Clock::now();
      empty.push_back(std::chrono::nanoseconds(Clock::now() - begin).count());
    }
    std::ranges::sort(empty);
    std::ranges::sort(times);
    const auto at = [&](double share) {
      const auto place = static_cast<std::size_t>(static_cast<double>(times.size() - 1) * share);
      return static_cast<double>(times[place] - empty[empty.size() / 2]);
    };
    state.counters["p50 ns"] = at(0.5);
    state.counters["p99 ns"] = at(0.99);
    state.counters["p99.9 ns"] = at(0.999);
    state.counters["one access ns"] = DependentAccess(std::size_t{1} << 28);
    state.counters["record bytes"] = static_cast<double>(record.bytes().size());
  });
}

}  // namespace

void RegisterBenchmarks(const Plan& plan) {
  for (const std::size_t events : plan.sizes) {
    const WorkloadOptions in_order{.events = events};
    const WorkloadOptions late{.events = events, .arrival = Arrival::kTenPercentLate};
    AddIngest(plan, "Ingest/one_by_one", in_order, 1);
    AddIngest(plan, "Ingest/batches_of_32", in_order, 32);
    AddIngest(plan, "Ingest/one_by_one_tenth_late", late, 1);
    AddBatchAgain(in_order);
    AddTouch("late_event", events, false);
    AddTouch("merge", events, true);
    AddRead(events, false);
    AddRead(events, true);
  }
}

}  // namespace journey::bench
