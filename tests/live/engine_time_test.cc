// Watermarks, lateness and the future: a matter of each event and its source, never of batches or a clock.
#include <map>
#include <set>

#include "live/live_worlds.h"
#include "support/catch.h"

namespace {

using journey::Admission;
using journey::AdmissionStatus;
using journey::Duration;
using journey::EngineOptions;
using journey::RecordKind;
using journey::TimePoint;
using test::Offer;
using test::Random;

Offer View(std::string id, std::int64_t minute, std::string source = "site") {
  return {.time = test::kStart + minute * test::kMinute,
          .id = std::move(id),
          .source = std::move(source),
          .channel = "web",
          .name = "view",
          .identifiers = {{"cookie", "a"}}};
}

TimePoint Minute(std::int64_t minute) {
  return test::At(test::kStart + minute * test::kMinute);
}

// The rules, by the book. What the log itself says of an offer is asked of a log.
class Twin {
 public:
  explicit Twin(const EngineOptions& options) : options_(options), log_(options.limits) {}
  AdmissionStatus Offer(const test::Offer& offer) {
    const TimePoint time = test::At(offer.time);
    if (stated_ && time < journey::kMaxTime && time - *stated_ > options_.allowed_future)
      return AdmissionStatus::kFuture;
    const auto newest = newest_.find(offer.source);
    if (offer.kind == RecordKind::kEvent && newest != newest_.end() && time >= journey::kMinTime &&
        newest->second - time > options_.allowed_lateness)
      return AdmissionStatus::kLate;
    // An offer that takes over from an earlier one is the accepted event from then on.
    bool takes_over = false;
    const AdmissionStatus status =
        log_.Append(AsEvent(offer), [&](journey::EventIndex) { takes_over = true; }).status;
    if (status != AdmissionStatus::kAccepted && !takes_over) return status;
    as_of = std::max(as_of, time);
    if (offer.kind == RecordKind::kEvent) {
      newest_[offer.source] = newest == newest_.end() ? time : std::max(newest->second, time);
      idle_.erase(offer.source);
    }
    return status;
  }
  void AdvanceTo(TimePoint time) {
    stated_ = std::max(stated_.value_or(time), time);
    as_of = std::max(as_of, time);
  }
  void MarkIdle(const std::string& source) { idle_.insert(source); }
  [[nodiscard]] TimePoint watermark() const {
    TimePoint least = journey::kMaxTime;
    for (const auto& [source, newest] : newest_) {
      if (!idle_.contains(source))
        least = std::min(least, std::max(journey::kMinTime, newest - options_.allowed_lateness));
    }
    return least == journey::kMaxTime ? journey::kMinTime : least;
  }
  [[nodiscard]] const journey::EventLog& log() const { return log_; }

  TimePoint as_of = journey::kMinTime;

 private:
  const EngineOptions& options_;
  journey::EventLog log_;
  std::map<std::string, TimePoint> newest_;
  std::set<std::string> idle_;
  std::optional<TimePoint> stated_;
};

void CheckWorld(std::uint64_t seed, std::array<std::uint64_t, journey::kAdmissionStatuses>& seen) {
  std::vector<Offer> world = test::LiveWorld(seed, 40);
  Random random(seed);
  EngineOptions options = test::LiveOptions(seed);
  static const std::vector<Duration> latenesses = {
      Duration{0}, std::chrono::minutes{1}, std::chrono::hours{1}, std::chrono::days{3}, journey::kForever};
  options.allowed_lateness = random.Pick(latenesses);
  options.allowed_future = random.Pick(latenesses);
  const auto engine = test::MakeEngine(options);
  Twin twin(options);
  for (std::size_t i = 0; i < world.size(); ++i) {
    const Offer& offer = world[i];
    if (random.OneIn(6)) {
      const TimePoint now = test::At(random.Pick(world).time);
      if (now < journey::kMaxTime && now >= journey::kMinTime) {
        engine->AdvanceTo(now);
        twin.AdvanceTo(now);
      }
    }
    if (random.OneIn(8)) {
      engine->MarkIdle(offer.source);
      twin.MarkIdle(offer.source);
    }
    const AdmissionStatus status = engine->Ingest(AsEvent(offer)).status;
    const AdmissionStatus expected = twin.Offer(offer);
    if (status != expected)
      FAIL("world " << seed << " record " << i << ": " << NameOf(status) << " <> " << NameOf(expected));
    ++seen[static_cast<std::size_t>(status)];
    REQUIRE(engine->as_of() == twin.as_of);
    if (engine->watermark() != twin.watermark())
      FAIL("world " << seed << " record " << i << ": watermark "
                    << (engine->watermark() - twin.watermark()).count() << " ahead");
    REQUIRE(engine->statistics().statuses.offered() == i + 1);
  }
  const std::string live = test::DumpOfEvidence(engine->Report());
  const std::string batch = test::DumpOfEvidence(test::BatchOf(options, engine->as_of()).Run(twin.log()));
  if (live != batch) FAIL("world " << seed << ": " << test::FirstDifference(live, batch));
  std::uint64_t offered = 0;
  for (const journey::SourceProgress& source : engine->sources()) offered += source.offered;
  REQUIRE(offered == world.size());
}

}  // namespace

TEST_CASE("lateness, the future, idle sources and watermarks are as the book says, record by record") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  std::array<std::uint64_t, journey::kAdmissionStatuses> seen{};
  for (std::uint64_t seed = 1; seed <= 300; ++seed) CheckWorld(seed, seen);
  REQUIRE(seen[static_cast<std::size_t>(AdmissionStatus::kLate)] > 100);
  REQUIRE(seen[static_cast<std::size_t>(AdmissionStatus::kFuture)] > 100);
}

TEST_CASE(
    "an event exactly as late as allowed comes in, one a microsecond later does not; other sources go by "
    "their own") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  EngineOptions options;
  options.allowed_lateness = std::chrono::minutes{10};
  const auto engine = test::MakeEngine(options);
  REQUIRE(engine->Ingest(AsEvent(View("1", 60))).accepted());
  REQUIRE(engine->Ingest(AsEvent(View("2", 50))).accepted());
  Offer late = View("3", 50);
  --late.time;
  REQUIRE(engine->Ingest(AsEvent(late)).status == AdmissionStatus::kLate);
  REQUIRE(engine->Ingest(AsEvent(View("4", 0, "other"))).accepted());
  REQUIRE(engine->watermark() == Minute(-10));
  engine->MarkIdle("other");
  REQUIRE(engine->watermark() == Minute(50));
  REQUIRE(engine->Ingest(AsEvent(View("5", 5, "other"))).accepted());
  REQUIRE(engine->watermark() == Minute(-5));
  const auto sources = engine->sources();
  REQUIRE(sources.size() == 2);
  REQUIRE(sources[0].source == "other");
  REQUIRE(sources[0].newest == Minute(5));
  REQUIRE(sources[1].offered == 3);
  REQUIRE(sources[1].watermark == Minute(50));
}

TEST_CASE(
    "a span from several sources brings each as far as its own events, and the time as far as all records") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Random random(seed);
    std::vector<Offer> offers;
    std::map<std::string, TimePoint> newest;
    TimePoint as_of = journey::kMinTime;
    for (int i = 0; i < 100; ++i) {
      const std::string source(1, static_cast<char>('a' + random.Below(3)));
      Offer offer = View(std::to_string(i), static_cast<std::int64_t>(random.Below(10'000)), source);
      if (random.Below(4) == 0) offer.kind = random.Below(2) == 0 ? RecordKind::kLink : RecordKind::kConsent;
      const TimePoint time = test::At(offer.time);
      as_of = std::max(as_of, time);
      TimePoint& of_source = newest.try_emplace(source, journey::kMinTime).first->second;
      if (offer.kind == RecordKind::kEvent) of_source = std::max(of_source, time);
      offers.push_back(std::move(offer));
    }
    const auto engine = test::MakeEngine({});
    std::vector<journey::Event> events;
    for (const Offer& offer : offers) events.push_back(AsEvent(offer));
    engine->Ingest(events);
    REQUIRE(engine->as_of() == as_of);
    REQUIRE(engine->sources().size() == newest.size());
    for (const journey::SourceProgress& source : engine->sources()) {
      if (source.newest != newest.at(source.source)) FAIL("world " << seed << ": source " << source.source);
    }
  }
}

TEST_CASE("a correction is never late, and moves no watermark") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  EngineOptions options;
  options.allowed_lateness = Duration{0};
  const auto engine = test::MakeEngine(options);
  REQUIRE(engine->Ingest(AsEvent(View("1", 60))).accepted());
  Offer link = View("2", 0);
  link.kind = RecordKind::kLink;
  link.identifiers = {{"cookie", "a"}, {"cookie", "b"}};
  REQUIRE(engine->Ingest(AsEvent(link)).accepted());
  link.id = "3";
  link.time += 90 * test::kMinute;
  REQUIRE(engine->Ingest(AsEvent(link)).accepted());
  REQUIRE(engine->watermark() == Minute(60));
}

TEST_CASE("an event from the future moves nothing, and comes in when its time is near") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  EngineOptions options;
  options.allowed_future = std::chrono::minutes{5};
  options.allowed_lateness = std::chrono::minutes{1};
  const auto engine = test::MakeEngine(options);
  engine->AdvanceTo(Minute(0));
  REQUIRE(engine->Ingest(AsEvent(View("1", 1))).accepted());
  const std::string before = test::DumpOfEvidence(engine->Report());
  REQUIRE(engine->Ingest(AsEvent(View("2", 6))).status == AdmissionStatus::kFuture);
  REQUIRE(engine->as_of() == Minute(1));
  REQUIRE(engine->watermark() == Minute(0));
  REQUIRE(test::DumpOfEvidence(engine->Report()) == before);
  engine->AdvanceTo(Minute(1));
  REQUIRE(engine->Ingest(AsEvent(View("2", 6))).accepted());
  engine->AdvanceTo(Minute(0));  // going back has no effect
  REQUIRE(engine->as_of() == Minute(6));
}

TEST_CASE("how events are batched does not decide which are late") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  EngineOptions options;
  options.allowed_lateness = std::chrono::minutes{10};
  const std::vector<Offer> offers = {View("1", 0), View("2", 60), View("3", 40), View("4", 55)};
  std::vector<journey::Event> events;
  for (const Offer& offer : offers) events.push_back(AsEvent(offer));
  const auto whole = test::MakeEngine(options);
  std::vector<Admission> statuses;
  whole->Ingest(events, &statuses);
  const auto single = test::MakeEngine(options);
  for (std::size_t i = 0; i < events.size(); ++i)
    REQUIRE(single->Ingest(events[i]).status == statuses[i].status);
  REQUIRE(statuses[2].status == AdmissionStatus::kLate);
}

TEST_CASE("a time that no event can have is stated as the nearest one that an event can have") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  for (const TimePoint beyond : {journey::kMaxTime, TimePoint::max()}) {
    const auto engine = test::MakeEngine({});
    engine->Ingest(AsEvent(View("a", 0)));
    engine->AdvanceTo(beyond);
    REQUIRE(engine->as_of() == journey::kMaxTime - Duration{1});
    journey::ContextRecord record;
    REQUIRE(engine->Read("cookie", "a", record));
    journey::CustomerContext context;
    REQUIRE(DecodeContext(record.bytes(), context).ok());
    REQUIRE(context.as_of == engine->as_of());
  }
  const auto engine = test::MakeEngine({});
  engine->AdvanceTo(TimePoint::min());
  REQUIRE(engine->Ingest(AsEvent(View("a", 0))).status == AdmissionStatus::kFuture);
  engine->AdvanceTo(Minute(0));
  REQUIRE(engine->Ingest(AsEvent(View("a", 0))).accepted());
}
