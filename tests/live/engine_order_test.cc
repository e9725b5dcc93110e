// Neither the order of arrival, nor batches, shards and threads show in what the engine has found.
#include <fmt/format.h>

#include <thread>

#include "live/live_worlds.h"
#include "simulate/simulator.h"
#include "support/catch.h"

namespace {

using journey::Engine;
using journey::EngineOptions;
using journey::Event;
using test::Offer;
using test::Random;

std::string DigestOf(const Engine& engine) {
  std::string digest = test::Dump(engine.Report());
  std::vector<journey::Fact> facts = engine.Facts();
  std::ranges::sort(facts);
  for (const journey::Fact& fact : facts)
    digest += fmt::format("fact {:016x}{:016x} of {:016x}{:016x}\n", fact.id.high, fact.id.low,
                          fact.customer.high, fact.customer.low);
  return digest;
}

std::vector<Event> EventsOf(const std::vector<Offer>& offers) {
  std::vector<Event> events;
  for (const Offer& offer : offers) events.push_back(AsEvent(offer));
  return events;
}

// In batches of random sizes; one at a time where the batch is one.
void IngestInBatches(Engine& engine, std::span<const Event> events, Random& random, test::Fold& fold) {
  while (!events.empty()) {
    const std::size_t size = std::min(events.size(), 1 + random.Below(random.OneIn(2) ? 3 : 20));
    std::vector<journey::Admission> statuses;
    engine.Ingest(events.first(size), &statuses);
    REQUIRE(statuses.size() == size);
    events = events.subspan(size);
    if (random.OneIn(3)) fold.Add(engine.TakeChanges());
  }
}

void IngestByThreads(Engine& engine, std::span<const Event> events, unsigned count) {
  std::vector<std::jthread> threads;
  for (unsigned t = 0; t < count; ++t) {
    threads.emplace_back([&engine, events, t, count] {
      for (std::size_t i = t; i < events.size(); i += count) engine.Ingest(events[i]);
    });
  }
}

void CheckWorld(std::uint64_t seed, std::size_t offers) {
  std::vector<Offer> world = test::LiveWorld(seed, offers);
  EngineOptions options = test::LiveOptions(seed);
  options.allowed_future = journey::kForever;  // else what is future depends on when a time is stated
  const journey::TimePoint now = test::At(test::kStart + 60 * test::kDay);
  std::string expected;
  Random random(seed);
  for (const unsigned shards : {1U, 2U, 8U}) {
    for (const unsigned threads : {1U, 4U}) {
      options.shards = shards;
      const auto engine = test::MakeEngine(options);
      test::Fold fold;
      const std::vector<Event> events = EventsOf(world);
      // Time may be stated at any moment; only the last one counts.
      if (random.OneIn(2)) engine->AdvanceTo(test::At(test::kStart + 3 * test::kDay));
      if (threads == 1)
        IngestInBatches(*engine, events, random, fold);
      else
        IngestByThreads(*engine, events, threads);
      engine->AdvanceTo(now);
      const std::string digest = DigestOf(*engine);
      if (expected.empty()) expected = digest;
      if (digest != expected)
        FAIL("world " << seed << " with " << shards << " shards and " << threads
                      << " threads: " << test::FirstDifference(digest, expected));
      fold.Add(engine->TakeChanges());
      if (!fold.Is(engine->Facts())) FAIL("world " << seed << ": the changes add up to other facts");
      random.Shuffle(world);
    }
  }
}

journey::JourneyDefinition Purchase() {
  return {.name = "purchase",
          .steps = {{"product", {"product_view"}}, {"cart", {"cart_add"}}, {"checkout", {"checkout_start"}}},
          .goal = {"purchase"},
          .abandon_after = std::chrono::days{7}};
}

EngineOptions SimulatedOptions(unsigned shards) {
  EngineOptions options;
  options.pipeline.journeys = {Purchase()};
  options.shards = shards;
  options.allowed_future = journey::kForever;
  return options;
}

}  // namespace

TEST_CASE("any order of arrival, any batches, 1, 2 and 8 shards, and 1 and 4 threads give one digest") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  for (std::uint64_t seed = 1; seed <= 120; ++seed) CheckWorld(seed, 24);
  for (std::uint64_t seed = 1001; seed <= 1010; ++seed) CheckWorld(seed, 120);
}

TEST_CASE("thousands of worlds in any order, batches, shards and threads give one digest", "[.long]") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  for (std::uint64_t seed = 5000; seed < 8000; ++seed) CheckWorld(seed, 24);
  for (std::uint64_t seed = 8000; seed < 8100; ++seed) CheckWorld(seed, 300);
}

namespace {

// By one thread in the order of the file, and by four threads, on a log in batches of 1 to 64.
void CheckSimulated(const journey::SimulatedLog& simulated, std::initializer_list<unsigned> shard_counts) {
  journey::EventLog log;
  journey::EventBuffer buffer;
  for (std::size_t i = 0; i < simulated.size(); ++i) log.Append(simulated.Fill(i, buffer));
  const EngineOptions first_options = SimulatedOptions(1);
  const std::string batch = test::Dump(test::BatchOf(first_options, simulated.as_of()).Run(log));
  for (const unsigned shards : shard_counts) {
    const EngineOptions options = SimulatedOptions(shards);
    const auto engine = test::MakeEngine(options);
    const auto begin = std::chrono::steady_clock::now();
    {
      std::vector<std::jthread> threads;
      const unsigned count = shards == 1 ? 1 : 4;
      for (unsigned t = 0; t < count; ++t) {
        threads.emplace_back([&, t, count] {
          journey::EventBuffer own;
          for (std::size_t i = t; i < simulated.size(); i += count) engine->Ingest(simulated.Fill(i, own));
        });
      }
    }
    engine->AdvanceTo(simulated.as_of());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    const journey::EngineStatistics statistics = engine->statistics();
    const std::string live = test::Dump(engine->Report());
    WARN(fmt::format(
        "{} offers, {} customers, {} shards: {:.2f} s, {:.0f} ns an offer, {:.1f} events derived for "
        "each, {:.0f} MB",
        simulated.size(), statistics.customers, shards, took.count(),
        1e9 * took.count() / static_cast<double>(simulated.size()),
        static_cast<double>(statistics.derived_events) / static_cast<double>(simulated.size()),
        static_cast<double>(statistics.bytes) / 1e6));
    REQUIRE(statistics.statuses.offered() == simulated.size());
    if (live != batch) FAIL(shards << " shards: " << test::FirstDifference(live, batch));
  }
}

}  // namespace

TEST_CASE("a simulated log gives the report of the batch run, whatever the shards and threads") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  CheckSimulated(journey::Simulate({.customers = 300, .days = 20, .seed = 5, .shared_device_permille = 100}),
                 {1, 2, 8});
}

TEST_CASE("a log of ten million events gives the report of the batch run", "[.large]") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  CheckSimulated(journey::Simulate({.customers = 115'000, .days = 30, .seed = 5}), {1});
}
