// Writers, readers, reports and erasures at once.
#include <fmt/format.h>
#include <sys/resource.h>

#include <atomic>
#include <thread>

#include "live/live_worlds.h"
#include "support/catch.h"

namespace {

using journey::Engine;
using journey::EngineOptions;
using test::Offer;
using test::Random;
using test::Step;

// A person of a crowd: events with a cookie, some with the user id that comes with it; households share a device.
Offer CrowdEvent(std::uint64_t number, std::uint64_t people, std::uint64_t seed) {
  static const std::vector<std::string> names = {"view", "view", "cart", "pay", "purchase", "help"};
  Random random(seed * 1'000'003 + number);
  const std::uint64_t person = random.Below(people);
  Offer offer{.time = test::kStart + static_cast<std::int64_t>(number) * test::kMinute +
                      static_cast<std::int64_t>(random.Below(60)) * test::kMinute,
              .id = "n" + std::to_string(number),
              .source = "site" + std::to_string(number % 4),
              .channel = random.OneIn(2) ? "web" : "app",
              .name = random.Pick(names)};
  offer.identifiers.emplace_back("cookie", "c" + std::to_string(person) + (random.OneIn(3) ? "b" : "a"));
  if (random.OneIn(3)) offer.identifiers.emplace_back("user_id", "u" + std::to_string(person));
  if (random.OneIn(10)) offer.identifiers.emplace_back("device", "d" + std::to_string(person / 2));
  if (random.OneIn(20)) {
    offer.kind = journey::RecordKind::kLink;
    offer.identifiers = {{"cookie", "c" + std::to_string(person) + "a"},
                         {"user_id", "u" + std::to_string(person)}};
  }
  if (random.OneIn(5)) offer.attributes.emplace_back("plan", test::Value::Text("p" + std::to_string(person)));
  return offer;
}

// Those who are erased while others are served.
Offer ToBeErased(std::uint64_t number) {
  return {.time = test::kStart + static_cast<std::int64_t>(number) * test::kMinute,
          .id = "gone" + std::to_string(number),
          .source = "old",
          .channel = "web",
          .name = "view",
          .identifiers = {{"cookie", "gone-c" + std::to_string(number % 50)},
                          {"user_id", "gone-u" + std::to_string(number % 50)}}};
}

struct Traffic {
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> reads{0}, found{0}, slow{0}, slowest{0}, strangers{0}, waits{0};
};

// How often this thread gave its processor away to wait for something.
long VoluntarySwitches() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nvcsw;
}

void ReadAll(const Engine& engine, std::uint64_t people, std::uint64_t seed, Traffic& traffic) {
  Random random(seed);
  journey::ContextRecord record;
  const long waits = VoluntarySwitches();
  while (!traffic.stop.load(std::memory_order_relaxed)) {
    const std::string user = "u" + std::to_string(random.Below(people));
    const auto begin = std::chrono::steady_clock::now();
    const bool found = engine.Read("user_id", user, record);
    const auto took = static_cast<std::uint64_t>((std::chrono::steady_clock::now() - begin).count());
    traffic.reads.fetch_add(1, std::memory_order_relaxed);
    traffic.slow += took > 10'000'000;
    std::uint64_t most = traffic.slowest.load(std::memory_order_relaxed);
    while (took > most && !traffic.slowest.compare_exchange_weak(most, took)) {
    }
    if (!found) continue;
    traffic.found.fetch_add(1, std::memory_order_relaxed);
    // A whole record, and no other person's; one that was made before that person was known may lack the user id.
    for (const journey::ContextIdentifier& identifier : record.context().identifiers)
      traffic.strangers += identifier.name_space == "user_id" && identifier.value != user;
  }
  traffic.waits += static_cast<std::uint64_t>(VoluntarySwitches() - waits);
}

void Serve(std::uint64_t events, std::uint64_t people, std::uint64_t seed) {
  EngineOptions options;
  options.pipeline.journeys = {test::Checkout()};
  options.keep_changes = true;
  options.carried = {"plan"};
  options.id_key = "0123456789abcdef";
  options.shards = 4;
  options.allowed_future = journey::kForever;
  const auto engine = test::MakeEngine(options);
  std::vector<Offer> gone;
  for (std::uint64_t i = 0; i < 400; ++i) gone.push_back(ToBeErased(i));
  for (const Offer& offer : gone) engine->Ingest(AsEvent(offer));
  std::vector<Offer> crowd;
  for (std::uint64_t i = 0; i < events; ++i) crowd.push_back(CrowdEvent(i, people, seed));

  Traffic traffic;
  test::Fold fold;
  std::uint64_t erased = 0;
  {
    std::vector<std::jthread> readers;
    for (std::uint64_t r = 0; r < 4; ++r)
      readers.emplace_back([&, r] { ReadAll(*engine, people, seed + r, traffic); });
    std::jthread reporter([&] {
      while (!traffic.stop.load()) {
        const journey::Report report = engine->Report();
        if (report.timeline.events.size() != report.input.events) std::abort();
        (void)engine->Facts();
        const journey::EngineStatistics statistics = engine->statistics();
        if (statistics.statuses.offered() < gone.size()) std::abort();
        (void)engine->sources();
        (void)engine->watermark();
        fold.Add(engine->TakeChanges());
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
      }
    });
    {
      std::vector<std::jthread> writers;
      for (std::size_t w = 0; w < 4; ++w) {
        writers.emplace_back([&, w] {
          for (std::size_t i = w; i < crowd.size(); i += 4) {
            if (i % 16 < 4) {  // some in batches
              const std::vector<journey::Event> batch = {AsEvent(crowd[i])};
              engine->Ingest(batch);
            } else {
              engine->Ingest(AsEvent(crowd[i]));
            }
          }
        });
      }
      writers.emplace_back([&] {
        for (int person = 0; person < 50; ++person) {
          erased += engine->Erase("cookie", "gone-c" + std::to_string(person), journey::kMaxTime);
          engine->AdvanceTo(test::At(test::kStart + person * test::kHour));
          std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
      });
    }
    traffic.stop = true;
  }
  REQUIRE(erased == gone.size());
  const journey::EventLog log = test::LogOf(crowd);
  const journey::Report batch = test::BatchOf(options, engine->as_of()).Run(log);
  const std::string a = test::DumpOfEvidence(engine->Report()), b = test::DumpOfEvidence(batch);
  if (a != b) FAIL(test::FirstDifference(a, b));
  REQUIRE(engine->Facts() == FactsOf(batch, log));
  fold.Add(engine->TakeChanges());
  REQUIRE(fold.Is(engine->Facts()));
  const journey::AdmissionCounts statuses = engine->statistics().statuses;
  REQUIRE(statuses.offered() == crowd.size() + gone.size());
  REQUIRE(statuses[journey::AdmissionStatus::kErased] == gone.size());
  journey::ContextRecord record;
  REQUIRE_FALSE(engine->Read("user_id", "gone-u7", record));
  WARN(fmt::format(
      "{} reads, {} found somebody; the slowest took {:.3f} ms, {} took more than 10 ms; {} waits",
      traffic.reads.load(), traffic.found.load(), static_cast<double>(traffic.slowest) / 1e6,
      traffic.slow.load(), traffic.waits.load()));
  REQUIRE(traffic.found > 0);
  REQUIRE(traffic.strangers == 0);
  // Being slow is the machine's, which has fewer processors than there are threads; waiting would be ours. Who reads what
  // is derived on request may have to wait for a writer.
  if (engine->options().derive == journey::Derive::kAtIngest) REQUIRE(traffic.waits * 1000 < traffic.reads);
}

}  // namespace

TEST_CASE("writers, readers, reports and erasures at once end in the batch result") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  Serve(1500, 40, 1);
}

TEST_CASE("writers, readers, reports and erasures at once for a long time end in the batch result",
          "[.long]") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  for (std::uint64_t seed = 2; seed < 8; ++seed) Serve(10'000, 300, seed);
}

namespace {

// Holds its thread until it is let go.
class Gate final : public journey::EngineListener {
 public:
  void OnFinding(const journey::Fact&, const journey::PublicId&) override {}
  void OnJourneyEnd(const journey::Fact&, const journey::PublicId&) override {
    entered = true;
    entered.notify_all();
    open.wait(false);
  }
  std::atomic<bool> entered{false}, open{false};
};

}  // namespace

TEST_CASE("a callback that hangs keeps only its own thread") {
  const auto gate = std::make_shared<Gate>();
  EngineOptions options;
  options.pipeline.journeys = {test::Checkout()};
  options.listener = gate;
  options.shards = 2;
  const auto engine = test::MakeEngine(options);
  engine->Ingest(AsEvent(Step("a1", 0, "view", "a")));
  engine->Ingest(AsEvent(Step("a2", 1, "pay", "a")));
  std::atomic<bool> done{false};
  std::jthread stuck([&] {
    engine->Ingest(AsEvent(Step("a3", 2, "purchase", "a")));
    done = true;
  });
  gate->entered.wait(false);
  // Everybody else goes on.
  REQUIRE(engine->statistics().callbacks_running == 1);
  REQUIRE(engine->Ingest(AsEvent(Step("b1", 3, "view", "b"))).accepted());
  REQUIRE(engine->Ingest(AsEvent(Step("a4", 4, "view", "a"))).accepted());
  journey::ContextRecord record;
  REQUIRE(engine->Read("cookie", "a", record));
  REQUIRE(record.context().events == 4);
  REQUIRE(engine->Report().timeline.events.size() == 5);
  engine->AdvanceTo(test::At(test::kStart + test::kDay));
  REQUIRE(engine->Erase("cookie", "b", journey::kMaxTime) == 1);
  REQUIRE_FALSE(done);
  gate->open = true;
  gate->open.notify_all();
  stuck.join();
  REQUIRE(engine->statistics().callbacks_running == 0);
}
