// The law of the live engine: after every call its state is the batch result over the evidence so far.
#include "journey/friction/detector_catalogue.h"
#include "live/engine_state.h"
#include "live/live_worlds.h"
#include "support/catch.h"
#include "support/dump.h"

namespace {

using journey::EventLog;
using test::Fold;
using test::Offer;

void RequireSame(const journey::Report& live, const journey::Report& batch, std::uint64_t seed,
                 std::size_t step) {
  const std::string a = test::Dump(live), b = test::Dump(batch);
  if (a != b) FAIL("world " << seed << " after record " << step << ": " << test::FirstDifference(a, b));
}

void CheckWorlds(std::uint64_t first, std::uint64_t last) {
  std::size_t records = 0, corrections = 0;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    const std::vector<Offer> world = test::LiveWorld(seed);
    const journey::EngineOptions options = test::LiveOptions(seed);
    const auto engine = test::MakeEngine(options);
    EventLog log;
    Fold fold;
    for (std::size_t i = 0; i < world.size(); ++i) {
      const auto was = log.Append(AsEvent(world[i]));
      REQUIRE(engine->Ingest(AsEvent(world[i])).status == was.status);
      const journey::Report batch = test::BatchOf(options, engine->as_of()).Run(log);
      RequireSame(engine->Report(), batch, seed, i);
      fold.Add(engine->TakeChanges());
      if (!fold.Is(FactsOf(batch, log)))
        FAIL("world " << seed << " after record " << i << ": the changes add up to other facts");
      REQUIRE(engine->statistics().statuses.offered() == i + 1);
      ++records;
      corrections += world[i].kind != journey::RecordKind::kEvent;
    }
  }
  WARN(records << " records, " << corrections << " corrections");
  REQUIRE(corrections * 20 > records);
}

}  // namespace

TEST_CASE(
    "after every record the live state and the sum of changes are the batch report over the evidence so "
    "far") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  CheckWorlds(1, 300);
}

TEST_CASE(
    "after every record of thousands of worlds the live state and the sum of changes are the batch report",
    "[.long]") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  CheckWorlds(301, 6000);
}

TEST_CASE("an offer that lost to another with its id does not move the time either, whichever came first") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  const Offer other{
      .time = test::kStart, .id = "a", .channel = "web", .name = "view", .identifiers = {{"cookie", "c"}}};
  Offer early = other, late = other;
  early.id = late.id = "b";
  early.time += test::kMinute;
  late.time += 100 * test::kDay;
  const journey::EngineOptions options = test::LiveOptions(2);
  std::vector<std::string> found;
  for (const auto& arrival : {std::vector{other, early, late}, std::vector{late, other, early}}) {
    const auto engine = test::MakeEngine(options);
    for (const Offer& offer : arrival) engine->Ingest(AsEvent(offer));
    REQUIRE(engine->as_of() == journey::TimePoint{journey::Duration{early.time}});
    found.push_back(test::Dump(engine->Report()));
  }
  REQUIRE(found[0] == found[1]);
}

TEST_CASE("a withdrawal finds every event after it, also where another offer has moved one between them") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  const journey::EngineOptions options = test::LiveOptions(2);
  const auto engine = test::MakeEngine(options);
  EventLog log;
  const auto offer = [&](const Offer& one) {
    REQUIRE(engine->Ingest(AsEvent(one)).status == log.Append(AsEvent(one)).status);
  };
  const auto withdrawal = [](std::string id, std::int64_t minute, std::string cookie) {
    Offer record = test::Step(std::move(id), minute, "", std::move(cookie));
    record.channel.clear();
    record.kind = journey::RecordKind::kWithdraw;
    return record;
  };
  offer(withdrawal("w1", 0, "another"));
  for (int i = 1; i <= 11; ++i) offer(test::Step("e" + std::to_string(i), 10 * i, "view"));
  // The sixth of them loses to one of an earlier time, and the list of events is halved where it was.
  offer(test::Step("e6", 5, "view"));
  offer(withdrawal("w2", 15, "a"));
  const journey::Report batch = test::BatchOf(options, engine->as_of()).Run(log);
  RequireSame(engine->Report(), batch, 0, log.size());
  REQUIRE(engine->statistics().events == 2);
}

TEST_CASE("a second feed that has every event again makes no pass over the log, whichever comes first") {
  for (const char* second : {"a-mirror", "z-mirror"}) {
    journey::EngineOptions options;
    options.pipeline.detectors = journey::DefaultDetectors(options.pipeline.switches);
    journey::internal::EngineState state(options);
    std::vector<journey::internal::Told> changes;
    const auto offer = [&](Offer event, const char* source) {
      event.source = source;
      journey::Admission answer;
      const journey::Event view = AsEvent(event);
      state.Offer({&view, 1}, {&answer, 1});
      static_cast<void>(state.Settle(changes));
      return answer.status;
    };
    for (std::int64_t i = 0; i < 100; ++i) {
      const Offer event = test::Step("e" + std::to_string(i), i, "view", "c" + std::to_string(i % 7));
      REQUIRE(offer(event, "feed") == journey::AdmissionStatus::kAccepted);
      REQUIRE(offer(event, second) == journey::AdmissionStatus::kDuplicate);
    }
    REQUIRE(state.looked_for_latest() == 0);
    REQUIRE(state.door().as_of() == test::At(test::kStart + 99 * test::kMinute));
    // One that loses to an earlier one makes one.
    REQUIRE(offer(test::Step("e99", 5, "view"), "feed") == journey::AdmissionStatus::kConflict);
    REQUIRE(state.looked_for_latest() == 1);
    REQUIRE(state.door().as_of() == test::At(test::kStart + 98 * test::kMinute));
  }
}
