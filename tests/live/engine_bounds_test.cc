// Budgets: beyond them the answer is `over budget`, or the oldest goes; memory stays where it is.
#include <fmt/format.h>

#include "live/live_worlds.h"
#include "support/catch.h"

namespace {

using journey::AdmissionStatus;
using journey::Engine;
using journey::EngineOptions;
using journey::EngineStatistics;
using test::Offer;

Offer View(std::uint64_t number, std::string cookie, std::int64_t second) {
  return {.time = test::kStart + second * test::kSecond,
          .id = "v" + std::to_string(number),
          .source = "site",
          .channel = "web",
          .name = number % 3 == 0 ? "cart" : "view",
          .identifiers = {{"cookie", std::move(cookie)}}};
}

void FeedBot(std::uint64_t events, std::size_t batch) {
  EngineOptions options;
  options.budgets.max_events_per_customer = 1000;
  const auto engine = test::MakeEngine(options);
  for (std::uint64_t i = 0; i < 100; ++i)
    engine->Ingest(AsEvent(View(i, "person" + std::to_string(i), static_cast<std::int64_t>(i))));
  std::uint64_t most = 0, early = 0;
  std::vector<Offer> offers(batch);
  std::vector<journey::Event> list;
  const auto begin = std::chrono::steady_clock::now();
  for (std::uint64_t i = 0; i < events; i += batch) {
    list.clear();
    for (std::size_t k = 0; k < batch; ++k) {
      offers[k] = View(1000 + i + k, "bot", 100 + static_cast<std::int64_t>(i + k));
      list.push_back(AsEvent(offers[k]));
    }
    engine->Ingest(list);
    if (i >= 100'000 && early == 0) early = engine->statistics().bytes;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const EngineStatistics statistics = engine->statistics();
  most = statistics.bytes;
  WARN(fmt::format(
      "{} events of a bot in batches of {}: {:.0f} ns each, {} held, {} bytes after 100,000 and {} at the "
      "end",
      events, batch, 1e9 * took.count() / static_cast<double>(events), statistics.events, early, most));
  REQUIRE(statistics.truncated_customers == 1);
  // A batch is looked at in parts.
  const std::uint64_t held = statistics.events - 100;
  REQUIRE(held >= 1000);
  REQUIRE(held <= (batch == 1 ? 1000 : 1000 + 255));
  REQUIRE(statistics.statuses.offered() == events + 100);
  REQUIRE(statistics.statuses[AdmissionStatus::kOverBudget] == events - held);
  REQUIRE(most <= early + 65536);
  journey::ContextRecord record;
  REQUIRE(engine->Read("cookie", "bot", record));
  REQUIRE(record.context().truncated);
  REQUIRE(record.context().events == held);
  REQUIRE(engine->Read("cookie", "person1", record));
  REQUIRE_FALSE(record.context().truncated);
  // Others come in as before.
  REQUIRE(engine->Ingest(AsEvent(View(1, "person1", 5000))).status == AdmissionStatus::kConflict);
  REQUIRE(engine->Ingest(AsEvent(View(900, "person1", 5000))).accepted());
}

}  // namespace

TEST_CASE("a bot's events are over budget, its memory stays flat, and its context says truncated") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  FeedBot(200'000, 1);
  FeedBot(200'000, 500);
}

TEST_CASE("a budget for a customer's events holds inside a batch, too") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  FeedBot(200'000, 5000);
}

TEST_CASE("a bot of ten million events", "[.large]") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  FeedBot(10'000'000, 1);
}

TEST_CASE("who was truncated and is erased may come back") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  EngineOptions options;
  options.budgets.max_events_per_customer = 10;
  const auto engine = test::MakeEngine(options);
  for (std::uint64_t i = 0; i < 20; ++i)
    engine->Ingest(AsEvent(View(i, "bot", static_cast<std::int64_t>(i))));
  REQUIRE(engine->Erase("cookie", "bot", test::At(test::kStart + 100 * test::kSecond)) == 10);
  REQUIRE(engine->Ingest(AsEvent(View(50, "bot", 100))).status == AdmissionStatus::kErased);
  REQUIRE(engine->Ingest(AsEvent(View(51, "bot", 101))).accepted());
  journey::ContextRecord record;
  REQUIRE(engine->Read("cookie", "bot", record));
  REQUIRE(record.context().events == 1);
  REQUIRE_FALSE(record.context().truncated);
}

TEST_CASE(
    "beyond the budget for customers the ones seen least recently go, are counted, and are found no more") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  EngineOptions options;
  options.budgets.max_customers = 100;
  options.keep_changes = true;
  options.pipeline.journeys = {test::Checkout()};
  const auto engine = test::MakeEngine(options);
  test::Fold fold;
  std::vector<Offer> offers;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    // Arrival is not what counts: every tenth event is old.
    const std::int64_t second = i % 10 == 9 ? static_cast<std::int64_t>(i / 2) : static_cast<std::int64_t>(i);
    offers.push_back(View(i, "c" + std::to_string(i % 500), second));
    REQUIRE(engine->Ingest(AsEvent(offers.back())).accepted());
    fold.Add(engine->TakeChanges());
    REQUIRE(engine->statistics().customers <= 100);
  }
  const EngineStatistics statistics = engine->statistics();
  REQUIRE(statistics.evicted_customers > 0);
  REQUIRE(statistics.evicted_events + statistics.events == 1000);
  REQUIRE(statistics.statuses.offered() == 1000);
  REQUIRE(statistics.statuses[AdmissionStatus::kOverBudget] == statistics.evicted_events);
  REQUIRE(fold.Is(engine->Facts()));
  journey::ContextRecord record;
  std::vector<Offer> left;
  for (std::uint64_t customer = 0; customer < 500; ++customer) {
    const std::string cookie = "c" + std::to_string(customer);
    if (!engine->Read("cookie", cookie, record)) continue;
    std::vector<Offer> theirs;
    for (const Offer& offer : offers) {
      if (offer.identifiers[0].second == cookie) theirs.push_back(offer);
    }
    // All that is still there of a customer is what came since, if it was evicted before.
    const std::size_t held = record.context().events;
    REQUIRE(held <= theirs.size());
    left.insert(left.end(), theirs.end() - static_cast<std::ptrdiff_t>(held), theirs.end());
  }
  REQUIRE(left.size() == statistics.events);
  const journey::EventLog log = test::LogOf(left);
  const std::string live = test::DumpOfEvidence(engine->Report());
  const std::string batch = test::DumpOfEvidence(test::BatchOf(options, engine->as_of()).Run(log));
  if (live != batch) FAIL(test::FirstDifference(live, batch));
  REQUIRE(engine->Read("cookie", "c499", record));
}

TEST_CASE("the budgets of the evidence answer over budget, and what is there stays") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  EngineOptions options;
  options.limits.max_events = 50;
  const auto engine = test::MakeEngine(options);
  for (std::uint64_t i = 0; i < 80; ++i) {
    const AdmissionStatus status = engine->Ingest(AsEvent(View(i, "c" + std::to_string(i), 1))).status;
    REQUIRE(status == (i < 50 ? AdmissionStatus::kAccepted : AdmissionStatus::kOverBudget));
  }
  REQUIRE(engine->statistics().events == 50);
  REQUIRE(engine->statistics().statuses.offered() == 80);
  // Room that an erasure makes can be used again.
  REQUIRE(engine->Erase("cookie", "c3", journey::kMaxTime) == 1);
  REQUIRE(engine->Ingest(AsEvent(View(100, "c4", 1))).accepted());
  REQUIRE(engine->Ingest(AsEvent(View(101, "c4", 1))).status == AdmissionStatus::kOverBudget);

  EngineOptions bytes;
  bytes.limits.max_bytes = 400'000;
  const auto other = test::MakeEngine(bytes);
  std::uint64_t refused = 0;
  for (std::uint64_t i = 0; i < 20'000; ++i)
    refused +=
        other->Ingest(AsEvent(View(i, "c" + std::to_string(i), 1))).status == AdmissionStatus::kOverBudget;
  REQUIRE(refused > 0);
  REQUIRE(other->statistics().statuses.offered() == 20'000);
}

TEST_CASE("changes that nobody takes are dropped beyond their budget, and that is said") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  EngineOptions options;
  options.keep_changes = true;
  options.budgets.max_changes = 100;
  const auto engine = test::MakeEngine(options);
  for (std::uint64_t i = 0; i < 40; ++i) {
    engine->Ingest(AsEvent(View(i, "a", static_cast<std::int64_t>(i))));
    static_cast<void>(engine->Facts());  // what follows is worked out now at the latest
  }
  REQUIRE(engine->statistics().changes_lost);
  REQUIRE(engine->TakeChanges().empty());
  EngineOptions off = options;
  off.keep_changes = false;
  const auto silent = test::MakeEngine(off);
  for (std::uint64_t i = 0; i < 40; ++i) silent->Ingest(AsEvent(View(i, "a", static_cast<std::int64_t>(i))));
  REQUIRE_FALSE(silent->statistics().changes_lost);
  REQUIRE(silent->TakeChanges().empty());
}

TEST_CASE("after many erasures the memory is given back, and the state is the batch result all along") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  EngineOptions options;
  options.pipeline.journeys = {test::Checkout(), test::HelpInTheApp()};  // a step is known by an attribute
  options.keep_changes = true;
  options.carried = {"status"};
  options.id_key = "0123456789abcdef";
  options.shards = 2;
  const auto engine = test::MakeEngine(options);
  test::Fold fold;
  std::vector<Offer> offers;
  for (std::uint64_t i = 0; i < 12'000; ++i) {
    Offer offer = View(i, "c" + std::to_string(i % 400), static_cast<std::int64_t>(200 * i));
    offer.channel = i % 2 == 0 ? "chat" : "app";
    offer.name = i % 5 == 0 ? "help" : "view";
    if (i % 7 == 0) offer.attributes.emplace_back("status", test::Value::Text(i % 2 == 0 ? "ok" : "error"));
    offer.attributes.emplace_back("note", test::Value::Text("text " + std::to_string(i)));
    if (i % 13 == 0) offer.identifiers.emplace_back("user_id", "u" + std::to_string(i % 400));
    if (i % 401 == 399) {
      offer.kind = journey::RecordKind::kWithdraw;
      offer.attributes.clear();
    }
    engine->Ingest(AsEvent(offer));
    offers.push_back(std::move(offer));
  }
  static_cast<void>(engine->Facts());  // what follows is worked out now at the latest
  const std::uint64_t before = engine->statistics().bytes;
  for (int person = 0; person < 360; ++person) {
    const std::string cookie = "c" + std::to_string(person);
    engine->Erase("cookie", cookie, journey::kMaxTime);
    std::erase_if(offers, [&](const Offer& offer) { return offer.identifiers[0].second == cookie; });
    fold.Add(engine->TakeChanges());
    if (person % 90 != 89) continue;
    const journey::EventLog log = test::LogOf(offers);
    const journey::Report batch = test::BatchOf(options, engine->as_of()).Run(log);
    const std::string a = test::DumpOfEvidence(engine->Report()), b = test::DumpOfEvidence(batch);
    if (a != b) FAIL("after " << person << ": " << test::FirstDifference(a, b));
    REQUIRE(engine->Facts() == FactsOf(batch, log));
    REQUIRE(fold.Is(engine->Facts()));
  }
  const std::uint64_t after = engine->statistics().bytes;
  WARN(fmt::format("{} bytes before, {} after nine tenths are erased", before, after));
  REQUIRE(after < before * 2 / 3);
  // And it goes on: new events, old identifiers, a step by its attribute.
  for (std::uint64_t i = 12'000; i < 12'300; ++i) {
    Offer offer = View(i, "c" + std::to_string(360 + i % 40), static_cast<std::int64_t>(200 * i));
    offer.channel = "app";
    offer.name = "help";
    offer.attributes.emplace_back("status", test::Value::Text(i % 3 == 0 ? "ok" : "7"));
    if (i % 9 == 0) offer.identifiers.emplace_back("user_id", "u" + std::to_string(360 + i % 40));
    REQUIRE(engine->Ingest(AsEvent(offer)).accepted());
    offers.push_back(std::move(offer));
  }
  const journey::EventLog log = test::LogOf(offers);
  const std::string a = test::DumpOfEvidence(engine->Report());
  const std::string b = test::DumpOfEvidence(test::BatchOf(options, engine->as_of()).Run(log));
  if (a != b) FAIL(test::FirstDifference(a, b));
  journey::ContextRecord record;
  REQUIRE(engine->Read("cookie", "c365", record));
  REQUIRE(record.context().given.size() == 1);
  REQUIRE_FALSE(engine->Read("cookie", "c10", record));
}

TEST_CASE(
    "the budgets of events and identifiers are of what is held: who is erased, evicted or folded makes "
    "room") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  EngineOptions options;
  options.limits.max_identifiers = 50;
  auto engine = test::MakeEngine(options);
  const auto offer = [&](std::uint64_t number, const std::string& cookie, std::int64_t second) {
    return engine->Ingest(AsEvent(View(number, cookie, second))).status;
  };
  for (std::uint64_t i = 0; i < 50; ++i)
    REQUIRE(offer(i, "c" + std::to_string(i), 1) == AdmissionStatus::kAccepted);
  REQUIRE(offer(50, "one more", 1) == AdmissionStatus::kOverBudget);
  for (int i = 0; i < 40; ++i) engine->Erase("cookie", "c" + std::to_string(i), journey::kMaxTime);
  for (std::uint64_t i = 100; i < 140; ++i)
    REQUIRE(offer(i, "d" + std::to_string(i), 1) == AdmissionStatus::kAccepted);
  REQUIRE(offer(140, "one more", 1) == AdmissionStatus::kOverBudget);

  options = {};
  options.limits.max_events = 1000;
  options.budgets.max_customers = 100;
  engine = test::MakeEngine(options);
  for (std::uint64_t i = 0; i < 3000; ++i)
    REQUIRE(offer(i, "c" + std::to_string(i), static_cast<std::int64_t>(i)) == AdmissionStatus::kAccepted);
  REQUIRE(engine->statistics().events <= 100);

  options = {};
  options.limits.max_events = 1000;
  options.horizon = std::chrono::days{10};
  options.allowed_lateness = std::chrono::hours{1};
  options.pipeline.discovery.gap = std::chrono::hours{2};
  engine = test::MakeEngine(options);
  for (std::uint64_t i = 0; i < 3000; ++i)
    REQUIRE(offer(i, "c", static_cast<std::int64_t>(i) * 6 * 3600) == AdmissionStatus::kAccepted);
  REQUIRE(engine->statistics().folded_events > 2000);
}

namespace {

// A customer's context, or one that says nothing.
journey::CustomerContext ContextOf(const Engine& engine, const std::string& cookie,
                                   journey::ContextRecord& record) {
  return engine.Read("cookie", cookie, record) ? record.context() : journey::CustomerContext{};
}

EngineOptions TenEach() {
  EngineOptions options;
  options.budgets.max_events_per_customer = 10;
  return options;
}

Offer About(std::string id, journey::RecordKind kind, std::string cookie, std::string other) {
  return {.time = test::kStart,
          .id = std::move(id),
          .source = "crm",
          .identifiers = {{"cookie", std::move(cookie)}, {"cookie", std::move(other)}},
          .kind = kind};
}

}  // namespace

TEST_CASE("who has less events than allowed again, by an erasure or an unlink, is not truncated any more") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  auto engine = test::MakeEngine(TenEach());
  for (std::uint64_t i = 0; i < 12; ++i)
    engine->Ingest(AsEvent(View(i, "bot", static_cast<std::int64_t>(i))));
  journey::ContextRecord record;
  REQUIRE(ContextOf(*engine, "bot", record).truncated);
  REQUIRE(engine->Erase("cookie", "bot", test::At(test::kStart + 7 * test::kSecond)) == 8);
  REQUIRE_FALSE(ContextOf(*engine, "bot", record).truncated);
  REQUIRE(engine->statistics().truncated_customers == 0);
  for (std::uint64_t i = 20; i < 28; ++i) REQUIRE(engine->Ingest(AsEvent(View(i, "bot", 30))).accepted());
  REQUIRE(engine->Ingest(AsEvent(View(30, "bot", 30))).status == AdmissionStatus::kOverBudget);
  REQUIRE(ContextOf(*engine, "bot", record).truncated);

  engine = test::MakeEngine(TenEach());
  for (std::uint64_t i = 0; i < 6; ++i) engine->Ingest(AsEvent(View(i, "a", static_cast<std::int64_t>(i))));
  for (std::uint64_t i = 6; i < 11; ++i) engine->Ingest(AsEvent(View(i, "b", static_cast<std::int64_t>(i))));
  engine->Ingest(AsEvent(About("l", journey::RecordKind::kLink, "a", "b")));
  REQUIRE(engine->Ingest(AsEvent(View(20, "b", 30))).status == AdmissionStatus::kOverBudget);
  engine->Ingest(AsEvent(About("u", journey::RecordKind::kUnlink, "a", "b")));
  for (const char* cookie : {"a", "b"}) {
    REQUIRE_FALSE(ContextOf(*engine, cookie, record).truncated);
    REQUIRE(engine->Ingest(AsEvent(View(*cookie == 'a' ? 21 : 22, cookie, 30))).accepted());
  }
  REQUIRE(engine->statistics().truncated_customers == 0);
}

TEST_CASE("a customer's budget counts what nobody has asked for yet") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  auto engine = test::MakeEngine(TenEach());
  std::uint64_t taken = 0;
  for (std::uint64_t i = 0; i < 9; ++i) taken += engine->Ingest(AsEvent(View(i, "c", 1))).accepted();
  for (std::uint64_t i = 9; i < 30; ++i) {
    Offer offer = View(i, "c", 2);
    offer.identifiers.emplace_back("session_id", "s" + std::to_string(i));
    taken += engine->Ingest(AsEvent(offer)).accepted();
  }
  REQUIRE(taken == 10);

  engine = test::MakeEngine(TenEach());
  for (std::uint64_t i = 0; i < 36; ++i)
    REQUIRE(engine->Ingest(AsEvent(View(i, "k" + std::to_string(i % 4), static_cast<std::int64_t>(i))))
                .accepted());
  for (int i = 1; i < 4; ++i)
    engine->Ingest(
        AsEvent(About("l" + std::to_string(i), journey::RecordKind::kLink, "k0", "k" + std::to_string(i))));
  for (std::uint64_t i = 100; i < 108; ++i)
    REQUIRE(engine->Ingest(AsEvent(View(i, "k" + std::to_string(i % 4), 99))).status ==
            AdmissionStatus::kOverBudget);
  REQUIRE(engine->statistics().truncated_customers == 1);
}

TEST_CASE("what was folded makes room in its customer's budget") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  EngineOptions options = TenEach();
  options.horizon = std::chrono::days{10};
  options.allowed_lateness = std::chrono::hours{1};
  options.pipeline.discovery.gap = std::chrono::hours{2};
  const auto engine = test::MakeEngine(options);
  constexpr std::int64_t kDays = 24 * 3600;
  for (std::uint64_t i = 0; i < 12; ++i)
    engine->Ingest(AsEvent(View(i, "c", static_cast<std::int64_t>(i) * kDays / 2)));
  journey::ContextRecord record;
  REQUIRE(ContextOf(*engine, "c", record).truncated);
  for (std::uint64_t i = 20; i < 40; ++i)
    engine->Ingest(AsEvent(View(i, "other" + std::to_string(i), static_cast<std::int64_t>(i) * kDays)));
  REQUIRE_FALSE(ContextOf(*engine, "c", record).truncated);
  REQUIRE(record.context().folded);
  REQUIRE(engine->Ingest(AsEvent(View(50, "c", 40 * kDays))).accepted());
  REQUIRE(ContextOf(*engine, "c", record).events == 11);
}

TEST_CASE("one whom no further event can be of is not truncated") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  EngineOptions options;
  options.budgets.max_events_per_customer = 1;
  const auto engine = test::MakeEngine(options);
  Offer offer = View(1, "undefined", 1);  // names nobody
  REQUIRE(engine->Ingest(AsEvent(offer)).accepted());
  REQUIRE(engine->statistics().truncated_customers == 0);
  REQUIRE(engine->Ingest(AsEvent(View(2, "c", 1))).accepted());
  REQUIRE(engine->statistics().truncated_customers == 1);
}
