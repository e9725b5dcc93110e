// Deriving when somebody asks: nothing before, the one customer who is asked about, and what is told to whom when.
// That the answers are those of the other mode, the tests of the laws say, which run in both.
#include "journey/core/status.h"
#include "live/live_worlds.h"
#include "support/catch.h"

namespace {

using journey::ContextRecord;
using journey::Derive;
using journey::EngineOptions;
using test::Offer;

EngineOptions WhenAsked() {
  EngineOptions options;
  options.pipeline.journeys = {test::Checkout()};
  options.keep_changes = true;
  options.derive = Derive::kWhenAsked;
  return options;
}

std::unique_ptr<journey::Engine> Make(const EngineOptions& options) {
  return journey::Engine::Create(options).value();
}

Offer View(std::int64_t number, const std::string& cookie, const std::string& name = "view") {
  return {.time = test::kStart + number * test::kMinute,
          .id = "e" + std::to_string(number) + cookie,
          .source = "site",
          .channel = "web",
          .name = name,
          .identifiers = {{"cookie", cookie}}};
}

std::uint64_t Derived(const journey::Engine& engine) {
  return engine.statistics().derived_events;
}

class Deaf final : public journey::EngineListener {
 public:
  void OnFinding(const journey::Fact&, const journey::PublicId&) override {}
  void OnJourneyEnd(const journey::Fact&, const journey::PublicId&) override {}
};

}  // namespace

TEST_CASE("nothing is derived before somebody asks, and then only who is asked about, once") {
  const auto engine = Make(WhenAsked());
  for (std::int64_t i = 0; i < 50; ++i) {
    for (const char* cookie : {"a", "b", "c"}) engine->Ingest(AsEvent(View(i, cookie)));
  }
  REQUIRE(Derived(*engine) == 0);
  REQUIRE(engine->statistics().events == 150);
  REQUIRE(engine->statistics().customers == 3);
  ContextRecord record;
  REQUIRE(engine->Read("cookie", "a", record));
  REQUIRE(record.context().events == 50);
  REQUIRE(Derived(*engine) == 50);
  REQUIRE(engine->Read("cookie", "a", record));
  REQUIRE(Derived(*engine) == 50);
  // Only what is new is derived again: the open journey.
  engine->Ingest(AsEvent(View(50, "a")));
  REQUIRE(engine->Read("cookie", "a", record));
  REQUIRE(record.context().events == 51);
  REQUIRE(Derived(*engine) <= 101);
  REQUIRE(engine->Report().timeline.events.size() == 151);
  const std::uint64_t all = Derived(*engine);
  REQUIRE(engine->Facts().size() > 3);
  REQUIRE(Derived(*engine) == all);
  REQUIRE_FALSE(engine->Read("cookie", "nobody", record));
}

TEST_CASE("a context is stale, too, when a journey has run out, or the customer has become another's part") {
  const auto engine = Make(WhenAsked());
  engine->Ingest(AsEvent(View(0, "a")));
  engine->Ingest(AsEvent(View(1, "b")));
  ContextRecord record;
  REQUIRE(engine->Read("cookie", "a", record));
  REQUIRE(record.context().open_journeys.size() == 1);
  engine->AdvanceTo(test::At(test::kStart + 300 * test::kDay));
  REQUIRE(engine->Read("cookie", "a", record));
  REQUIRE(record.context().open_journeys.empty());

  Offer both = View(2, "a");
  both.identifiers.emplace_back("cookie", "b");
  engine->Ingest(AsEvent(both));
  for (const char* cookie : {"a", "b"}) {
    REQUIRE(engine->Read("cookie", cookie, record));
    REQUIRE(record.context().events == 3);
  }
  Offer apart{.time = test::kStart + 5 * test::kMinute,
              .id = "unlink",
              .source = "crm",
              .identifiers = {{"cookie", "a"}, {"cookie", "b"}},
              .kind = journey::RecordKind::kUnlink};
  engine->Ingest(AsEvent(apart));
  const journey::EventLog log = test::LogOf({View(0, "a"), View(1, "b"), both, apart});
  const journey::Report batch = test::BatchOf(engine->options(), engine->as_of()).Run(log);
  REQUIRE(batch.customers.size() == 2);
  std::uint64_t events = 0;
  for (const char* cookie : {"a", "b"}) {
    REQUIRE(engine->Read("cookie", cookie, record));
    events += record.context().events;
  }
  REQUIRE(events == 3);
}

TEST_CASE("changes are worked out by TakeChanges, and a reader's are among them") {
  const auto engine = Make(WhenAsked());
  test::Fold fold;
  ContextRecord record;
  for (std::int64_t i = 0; i < 30; ++i) {
    engine->Ingest(AsEvent(View(i, i % 3 == 0 ? "a" : "b", i % 5 == 4 ? "purchase" : "view")));
    if (i % 2 == 0) REQUIRE(engine->Read("cookie", "a", record));
    if (i % 7 == 6) fold.Add(engine->TakeChanges());
  }
  fold.Add(engine->TakeChanges());
  REQUIRE(fold.Is(engine->Facts()));
  REQUIRE(engine->TakeChanges().empty());
}

TEST_CASE("repeats that were taken in as such are moved with their customer, however it changes") {
  // Many repeats of two customers, of which nobody asked; then they become one, and are parted again by what is erased.
  const auto engine = Make(WhenAsked());
  std::vector<Offer> offers;
  for (std::int64_t i = 0; i < 20; ++i) {
    offers.push_back(View(2 * i, "a"));
    if (i % 2 == 0) offers.push_back(View(2 * i + 1, "b"));
  }
  offers.push_back(View(40, "a"));
  offers.back().identifiers.emplace_back("user_id", "u");
  offers.push_back(View(41, "b"));
  offers.back().identifiers.emplace_back("user_id", "u");
  for (std::int64_t i = 42; i < 60; ++i) offers.push_back(View(i, i % 2 == 0 ? "a" : "b"));
  std::vector<journey::Event> events;
  for (const Offer& offer : offers) events.push_back(AsEvent(offer));
  engine->Ingest(std::span(events).first(30));
  for (std::size_t i = 30; i < events.size(); ++i) engine->Ingest(events[i]);
  ContextRecord record;
  REQUIRE(engine->Read("user_id", "u", record));
  REQUIRE(record.context().events == offers.size());
  const journey::EventLog log = test::LogOf(offers);
  const journey::Report batch = test::BatchOf(engine->options(), engine->as_of()).Run(log);
  REQUIRE(test::Dump(engine->Report()) == test::Dump(batch));
  REQUIRE(engine->Erase("user_id", "u", journey::kMaxTime) == offers.size());
  REQUIRE(engine->statistics().events == 0);
  REQUIRE_FALSE(engine->Read("cookie", "a", record));
}

TEST_CASE("a listener and deriving when asked exclude each other") {
  EngineOptions options = WhenAsked();
  options.listener = std::make_shared<Deaf>();
  const journey::Status status = options.Validate();
  REQUIRE(status.code() == absl::StatusCode::kInvalidArgument);
  REQUIRE(std::string(status.message()).find("listener") != std::string::npos);
  options.derive = Derive::kAtIngest;
  REQUIRE(options.Validate().ok());
}
