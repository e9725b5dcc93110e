// The sums of what was folded beyond the horizon: they stay with their customer, and with the counts of the offers,
// whatever happens to who it was.
#include "live/live_worlds.h"
#include "support/catch.h"

namespace {

using journey::AdmissionStatus;
using journey::ContextRecord;
using journey::Engine;
using journey::EngineOptions;
using journey::EngineStatistics;
using journey::RecordKind;
using test::kDay;
using test::kSecond;
using test::kStart;
using test::Offer;
using Named = std::pair<std::string, std::string>;

EngineOptions TenDays() {
  EngineOptions options;
  options.pipeline.discovery.gap = std::chrono::hours{2};
  options.allowed_lateness = std::chrono::hours{1};
  options.horizon = std::chrono::days{10};
  return options;
}

Offer VisitBy(std::string id, std::int64_t time, std::vector<Named> identifiers,
              std::string source = "site") {
  return {.time = time,
          .id = std::move(id),
          .source = std::move(source),
          .channel = "web",
          .name = "view",
          .identifiers = std::move(identifiers)};
}

Offer CrmRecord(std::string id, std::int64_t time, RecordKind kind, std::vector<Named> identifiers) {
  return {.time = time,
          .id = std::move(id),
          .source = "crm",
          .identifiers = std::move(identifiers),
          .kind = kind};
}

const Named kAnn{"user_id", "ann"}, kCookie{"cookie", "k"};

// An event a day of one who is known by a user id.
void SeeDaily(Engine& engine, const std::string& who, int first, int end) {
  for (int day = first; day < end; ++day)
    REQUIRE(
        engine.Ingest(AsEvent(VisitBy(who + std::to_string(day), kStart + day * kDay, {{"user_id", who}})))
            .accepted());
}

// Sixty days of one who was on a device once, at first; that event is folded and says whose the device is.
std::unique_ptr<Engine> SixtyDays() {
  auto engine = test::MakeEngine(TenDays());
  engine->Ingest(AsEvent(VisitBy("x1", kStart, {kAnn, kCookie})));
  engine->Ingest(AsEvent(VisitBy("x2", kStart + kSecond, {kCookie})));
  SeeDaily(*engine, "ann", 1, 61);
  REQUIRE(engine->statistics().folded_events > 40);
  return engine;
}

std::uint64_t EventsReadOf(const Engine& engine, const Named& who) {
  ContextRecord record;
  return engine.Read(who.first, who.second, record) ? record.context().events : 0;
}

}  // namespace

TEST_CASE("a customer is erased also when a folded event of theirs has been withheld since") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  const auto engine = SixtyDays();
  engine->Ingest(AsEvent(CrmRecord("w", kStart - kDay, RecordKind::kWithdraw, {kCookie})));
  REQUIRE(engine->Erase("user_id", "ann", journey::kMaxTime) > 50);
  REQUIRE(engine->statistics().customers == 0);
  REQUIRE(engine->statistics().folded_events == 0);
  REQUIRE(EventsReadOf(*engine, kAnn) == 0);
}

TEST_CASE("a correction that takes a folded event's id over is a correction, and can be erased") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  const auto engine = SixtyDays();
  engine->Ingest(AsEvent(CrmRecord("x1", kStart - kDay, RecordKind::kConsent, {kAnn})));
  REQUIRE(engine->Erase("user_id", "ann", journey::kMaxTime) > 50);
  REQUIRE(engine->statistics().customers == 0);
}

TEST_CASE("an erasure up to before the first folded event leaves the sums alone") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  const auto engine = test::MakeEngine(TenDays());
  SeeDaily(*engine, "ann", 0, 60);
  const std::uint64_t folded = engine->statistics().folded_events;
  REQUIRE(engine->Erase("user_id", "ann", test::At(kStart - 1)) == 0);
  REQUIRE(engine->statistics().folded_events == folded);
  REQUIRE(EventsReadOf(*engine, kAnn) == 60);
}

TEST_CASE("an erasure up to a time within the summed one takes all sums, and all that is counted in them") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  const auto engine = SixtyDays();
  const std::uint64_t folded = engine->statistics().folded_events;
  REQUIRE(engine->Erase("user_id", "ann", test::At(kStart)) == folded);
  const EngineStatistics statistics = engine->statistics();
  REQUIRE(statistics.folded_events == 0);
  REQUIRE(statistics.events == 62 - folded);
  REQUIRE(statistics.statuses[AdmissionStatus::kErased] == folded);
  REQUIRE(statistics.statuses[AdmissionStatus::kAccepted] == 62 - folded);
  REQUIRE(EventsReadOf(*engine, kAnn) == 62 - folded);
}

TEST_CASE("what is erased of the sums is counted as erased of its source, and copies of it with it") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  const auto engine = test::MakeEngine(TenDays());
  for (const char* source : {"a", "b"}) {
    for (int i = 0; i < 3; ++i)
      engine->Ingest(AsEvent(VisitBy(source + std::to_string(i), kStart + i * kSecond, {kAnn}, source)));
  }
  engine->Ingest(AsEvent(VisitBy("a0", kStart, {kAnn}, "b")));                // a duplicate
  engine->Ingest(AsEvent(VisitBy("a1", kStart + 9 * kSecond, {kAnn}, "b")));  // a conflict
  engine->MarkIdle("a");
  engine->MarkIdle("b");
  SeeDaily(*engine, "ann", 1, 60);
  REQUIRE(engine->Erase("user_id", "ann", journey::kMaxTime) == 65);
  const EngineStatistics statistics = engine->statistics();
  REQUIRE(statistics.statuses[AdmissionStatus::kErased] == 67);
  REQUIRE(statistics.statuses.offered() == 67);
  for (const auto& [source, counts] : engine->Report().input.by_source) {
    INFO(source);
    REQUIRE(counts[AdmissionStatus::kErased] == (source == "a" ? 3 : source == "b" ? 5 : 59));
  }
}

TEST_CASE(
    "the sums of an evicted customer are counted as evicted, and its identifiers are forgotten with it") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  EngineOptions options = TenDays();
  options.budgets.max_customers = 1;
  const auto engine = test::MakeEngine(options);
  engine->Ingest(AsEvent(VisitBy("x1", kStart, {kAnn, kCookie})));
  SeeDaily(*engine, "ann", 1, 60);
  REQUIRE(engine->statistics().folded_events > 40);
  SeeDaily(*engine, "bob", 60, 61);
  EngineStatistics statistics = engine->statistics();
  REQUIRE(statistics.evicted_customers == 1);
  REQUIRE(statistics.evicted_events == 60);
  REQUIRE(statistics.folded_events == 0);
  REQUIRE(statistics.statuses[AdmissionStatus::kOverBudget] == 60);
  REQUIRE(statistics.statuses[AdmissionStatus::kAccepted] == 1);
  // Nothing says any more that the cookie was Ann's.
  engine->Ingest(AsEvent(VisitBy("y1", kStart + 61 * kDay, {kCookie, {"user_id", "carl"}})));
  SeeDaily(*engine, "ann", 62, 63);
  REQUIRE(EventsReadOf(*engine, kCookie) <= 1);
}

TEST_CASE("sums outlast a time in which all events of the customer are withheld") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  const bool device = GENERATE(false, true);
  const auto engine = device ? SixtyDays() : test::MakeEngine(TenDays());
  if (!device) SeeDaily(*engine, "ann", 0, 62);
  const std::uint64_t folded = engine->statistics().folded_events;
  engine->Ingest(AsEvent(CrmRecord("w", kStart - kDay, RecordKind::kWithdraw, {kAnn})));
  SeeDaily(*engine, "bob", 61, 63);
  REQUIRE(EventsReadOf(*engine, kAnn) == 0);
  REQUIRE(engine->statistics().folded_events >= folded);
  engine->Ingest(AsEvent(CrmRecord("g", kStart - kDay + 1, RecordKind::kConsent, {kAnn})));
  REQUIRE(EventsReadOf(*engine, kAnn) == 62);
  REQUIRE(engine->statistics().customers == 2);
}

TEST_CASE("sums of one who is withheld are erased with them") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  const auto engine = test::MakeEngine(TenDays());
  SeeDaily(*engine, "ann", 0, 62);
  engine->Ingest(AsEvent(CrmRecord("w", kStart - kDay, RecordKind::kWithdraw, {kAnn})));
  REQUIRE(engine->Erase("user_id", "ann", journey::kMaxTime) == 62);
  REQUIRE(engine->statistics().folded_events == 0);
  REQUIRE(engine->statistics().statuses[AdmissionStatus::kErased] == 63);
}

TEST_CASE("an event that comes back with consent after it was folded is counted once") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  const auto engine = SixtyDays();
  engine->Ingest(AsEvent(CrmRecord("w", kStart - kDay, RecordKind::kWithdraw, {kCookie})));
  engine->Ingest(AsEvent(CrmRecord("g", kStart - kDay + 1, RecordKind::kConsent, {kCookie})));
  REQUIRE(EventsReadOf(*engine, kAnn) == 62);
  REQUIRE(engine->statistics().events + engine->statistics().folded_events == 62);
}

TEST_CASE("what was folded is late when it comes again, from a source that is new or was idle, too") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  const auto engine = test::MakeEngine(TenDays());
  engine->Ingest(AsEvent(VisitBy("s", kStart, {kAnn}, "shop")));
  engine->MarkIdle("shop");
  SeeDaily(*engine, "ann", 1, 60);
  REQUIRE(engine->Ingest(AsEvent(VisitBy("s", kStart, {kAnn}, "shop"))).status == AdmissionStatus::kLate);
  REQUIRE(engine->Ingest(AsEvent(VisitBy("ann7", kStart + 7 * kDay, {kAnn}, "mirror"))).status ==
          AdmissionStatus::kLate);
  REQUIRE(EventsReadOf(*engine, kAnn) == 60);
  for (const journey::SourceProgress& source : engine->sources())
    REQUIRE(source.watermark > test::At(kStart + 40 * kDay));
  REQUIRE(engine->watermark() > test::At(kStart + 40 * kDay));
}

namespace {

// The same offers to both modes, with idle sources and copies from others. When a customer is folded may differ by a call,
// but neither what becomes of an offer, nor the sum of what is held and folded.
void CompareModes(std::uint64_t seed) {
  test::Random random(seed * 17 + 1);
  std::vector<Offer> world = test::LiveWorld(seed, 40 + seed % 60);
  EngineOptions options = test::LiveOptions(seed);
  options.horizon = std::chrono::hours{24 * (1 + random.Below(6))};
  options.allowed_lateness = std::chrono::hours{random.Below(24)};
  options.pipeline.discovery.gap = std::chrono::hours{2};
  if (random.OneIn(2)) options.pipeline.journeys.clear();
  if (random.OneIn(2)) std::ranges::stable_sort(world, {}, &Offer::time);
  const bool corrected = random.OneIn(2);  // else the counts are those of the events
  if (!corrected) {
    std::erase_if(world, [](const Offer& offer) { return offer.kind != RecordKind::kEvent; });
    options.pipeline.consent.required = false;
  } else if (random.OneIn(3)) {
    options.budgets.max_customers = 3 + random.Below(4);
  }
  std::vector<std::unique_ptr<Engine>> engines;
  for (const journey::Derive derive : {journey::Derive::kAtIngest, journey::Derive::kWhenAsked}) {
    options.derive = derive;
    engines.push_back(Engine::Create(options).value());
  }
  for (std::size_t i = 0; i < world.size(); ++i) {
    const bool again = random.OneIn(4);
    Offer offer = world[again ? random.Below(i + 1) : i];
    if (again && !offer.id.empty()) offer.source = "mirror" + std::to_string(i);
    const std::string idle = random.OneIn(9) ? random.Pick(world).source : "";
    const bool asked = random.OneIn(3);
    INFO("world " << seed << ", offer " << i);
    const AdmissionStatus status = engines[0]->Ingest(AsEvent(offer)).status;
    REQUIRE(engines[1]->Ingest(AsEvent(offer)).status == status);
    for (const auto& engine : engines) {
      if (!idle.empty()) engine->MarkIdle(idle);
      if (!asked) continue;
      for (const Named& who : offer.identifiers) static_cast<void>(EventsReadOf(*engine, who));
      const EngineStatistics statistics = engine->statistics();
      if (corrected) continue;
      REQUIRE(statistics.statuses == engines[0]->statistics().statuses);
      REQUIRE(statistics.events + statistics.folded_events ==
              statistics.statuses[AdmissionStatus::kAccepted]);
    }
  }
}

}  // namespace

TEST_CASE(
    "with a horizon both ways to derive answer each offer alike, and what is accepted is held or summed") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) CompareModes(seed);
}
