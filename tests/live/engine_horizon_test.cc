// Beyond the horizon events are folded into sums: the sums and what is left are what there was.
#include "live/live_worlds.h"
#include "support/catch.h"

namespace {

using test::Offer;

// A visit of three events each day on the web; the first ones are known by a cookie only.
std::vector<Offer> Days(int days) {
  std::vector<Offer> offers;
  for (int day = 0; day < days; ++day) {
    for (int i = 0; i < 3; ++i) {
      Offer offer{.time = test::kStart + day * test::kDay + i * test::kMinute,
                  .sequence = static_cast<std::uint64_t>(day * 3 + i),
                  .source = "site",
                  .channel = "web",
                  .name = i == 2 ? "pay" : "view",
                  .identifiers = {{"user_id", "ann"}}};
      if (day == 0) offer.identifiers.emplace_back("cookie", "first-day");
      offers.push_back(offer);
    }
  }
  return offers;
}

}  // namespace

TEST_CASE("what is older than the horizon is folded, and nothing is lost from the sums") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  journey::EngineOptions options;
  options.pipeline.discovery.gap = std::chrono::hours{2};
  options.allowed_lateness = std::chrono::hours{1};
  options.horizon = std::chrono::days{10};
  options.keep_changes = true;
  const auto engine = test::MakeEngine(options);
  const std::vector<Offer> offers = Days(200);
  journey::EventLog log;
  std::size_t most_held = 0;
  for (const Offer& offer : offers) {
    engine->Ingest(AsEvent(offer));
    log.Append(AsEvent(offer));
    most_held = std::max<std::size_t>(most_held, engine->statistics().events);
  }
  const journey::Report batch = test::BatchOf(options, engine->as_of()).Run(log);
  const journey::EngineStatistics statistics = engine->statistics();
  REQUIRE(statistics.folded_events > 500);
  REQUIRE(statistics.folded_events + statistics.events == offers.size());
  REQUIRE(most_held < 60);
  REQUIRE(statistics.statuses[journey::AdmissionStatus::kAccepted] == offers.size());

  journey::ContextRecord record;
  REQUIRE(engine->Read("user_id", "ann", record));
  const journey::CustomerContext& context = record.context();
  REQUIRE(context.folded);
  REQUIRE(context.events == offers.size());
  REQUIRE(context.sessions == batch.sessions.size());
  REQUIRE(context.first == batch.input.first_time);
  std::uint64_t journeys = 0, findings = context.findings_total;
  for (const std::uint64_t count : context.journeys) journeys += count;
  for (const std::uint64_t count : context.past_findings) findings += count;
  REQUIRE(journeys == batch.journeys.rows.size());
  REQUIRE(findings == batch.findings.size());

  // Who it was is remembered, what comes again is late, and the changes add up to the facts that are left.
  REQUIRE(engine->Read("cookie", "first-day", record));
  REQUIRE(record.context().events == offers.size());
  REQUIRE(engine->Ingest(AsEvent(offers[0])).status == journey::AdmissionStatus::kLate);
  test::Fold fold;
  fold.Add(engine->TakeChanges());
  REQUIRE(fold.Is(engine->Facts()));
}

TEST_CASE("an erased customer's sums are gone, too") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  journey::EngineOptions options;
  options.pipeline.discovery.gap = std::chrono::hours{2};
  options.allowed_lateness = std::chrono::hours{1};
  options.horizon = std::chrono::days{10};
  const auto engine = test::MakeEngine(options);
  const std::vector<Offer> offers = Days(100);
  for (const Offer& offer : offers) engine->Ingest(AsEvent(offer));
  REQUIRE(engine->Erase("cookie", "first-day", engine->as_of()) == offers.size());
  journey::ContextRecord record;
  REQUIRE_FALSE(engine->Read("user_id", "ann", record));
  REQUIRE_FALSE(engine->Read("cookie", "first-day", record));
  REQUIRE(engine->statistics().customers == 0);
  REQUIRE(engine->statistics().folded_events == 0);
}
