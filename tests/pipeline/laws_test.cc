// The laws, as properties of small dirty worlds.
#include <rapidcheck.h>

#include <map>
#include <set>

#include "support/catch.h"
#include "support/dump.h"
#include "support/oracle.h"
#include "support/worlds.h"

#include "journey/core/status.h"
#include "journey/identity/key_resolver.h"
#include "journey/pipeline/pipeline.h"

using namespace test;  // NOLINT
using journey::AdmissionStatus;

namespace {

journey::Report RunOn(const journey::EventLog& log, journey::PipelineOptions options, unsigned threads = 1) {
  options.threads = threads;
  const auto pipeline = journey::Pipeline::Create(std::move(options));
  REQUIRE(pipeline.ok());
  return pipeline->Run(log);
}

journey::PipelineOptions ByCookie(journey::PipelineOptions options) {
  options.resolver = std::make_shared<journey::KeyResolver>("cookie");
  return options;
}

// A world that is RapidCheck's to choose: its seed and its size.
std::vector<Offer> SomeWorld() {
  return World(*rc::gen::arbitrary<std::uint64_t>(), {.offers = *rc::gen::inRange<std::size_t>(0, 60)});
}

// The evidence that a log holds, by what it says.
std::multiset<std::string> TextsOf(const journey::EventLog& log) {
  std::multiset<std::string> texts;
  for (std::uint32_t row = 0; row < log.size(); ++row) {
    const journey::Touchpoint touchpoint = log.touchpoints()[log.touchpoint({row}).value];
    std::string text =
        fmt::format("{} {} {} {} {}", log.time({row}).time_since_epoch().count(), log.sequence({row}),
                    log.sources().text(log.source({row}).value),
                    log.channels().text(touchpoint.channel.value), log.names().text(touchpoint.name.value));
    std::set<std::string> parts;
    for (const journey::IdentifierId id : log.identifiers({row})) {
      parts.insert(fmt::format(" {}={}", log.namespaces().text(log.identifier_values().tag(id.value)),
                               log.identifier_values().text(id.value)));
    }
    for (const journey::AttributeRow& attribute : log.attributes({row})) {
      const bool is_text = attribute.kind == journey::AttributeValue::Kind::kText;
      parts.insert(fmt::format(" {}:{}:{}", log.attribute_keys().text(attribute.key.value),
                               static_cast<int>(attribute.kind),
                               is_text ? std::string(log.texts().text(attribute.text().value))
                                       : fmt::format("{}", attribute.bits)));
    }
    for (const std::string& part : parts) text += part;
    texts.insert(fmt::format("{:x}.{:x} {}", log.key({row}).high, log.key({row}).low, text));
  }
  return texts;
}

std::map<std::string, journey::AdmissionCounts> CountsOf(const journey::EventLog& log) {
  std::map<std::string, journey::AdmissionCounts> counts;
  for (std::uint32_t id = 0; id < log.sources().size(); ++id) {
    counts[std::string(log.sources().text(id))] = log.admissions_by_source()[id];
  }
  return counts;
}

}  // namespace

TEST_CASE("law 1: any order of arrival gives the same bytes") {
  REQUIRE(rc::check([] {
    std::vector<Offer> world = SomeWorld();
    const journey::PipelineOptions options = WorldOptions(*rc::gen::arbitrary<std::uint64_t>());
    const std::string expected = Dump(RunOn(LogOf(world), options));
    Random random(*rc::gen::arbitrary<std::uint64_t>());
    for (int i = 0; i < 5; ++i) {
      random.Shuffle(world);
      RC_ASSERT(Dump(RunOn(LogOf(world), options)) == expected);
    }
  }));
}

TEST_CASE("law 1: thousands of worlds, each in two orders and on 1, 2 and 8 threads, give the same bytes") {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    std::vector<Offer> world = World(seed + 1'000'000, {.offers = 30});
    const journey::PipelineOptions options = WorldOptions(seed);
    const std::string expected = Dump(RunOn(LogOf(world), options));
    Random(seed).Shuffle(world);
    const std::string shuffled = Dump(RunOn(LogOf(world), options, seed % 2 == 0 ? 2 : 8));
    INFO("seed " << seed << ": " << FirstDifference(expected, shuffled));
    REQUIRE(shuffled == expected);
  }
}

TEST_CASE("law 1: a report between two batches has no effect on the next") {
  REQUIRE(rc::check([] {
    const std::vector<Offer> world = SomeWorld();
    const journey::PipelineOptions options = WorldOptions(*rc::gen::inRange<std::uint64_t>(0, 100));
    journey::EventLog log;
    const std::size_t batch = *rc::gen::inRange<std::size_t>(1, 20);
    std::vector<Offer> so_far;
    for (const Offer& offer : world) {
      log.Append(AsEvent(offer));
      so_far.push_back(offer);
      if (so_far.size() % batch == 0) {
        RC_ASSERT(Dump(RunOn(log, options)) == Dump(RunOn(LogOf(so_far), options)));
      }
    }
  }));
}

TEST_CASE("law 1: the evidence a log holds does not depend on the order of arrival") {
  REQUIRE(rc::check([] {
    std::vector<Offer> world = SomeWorld();
    const journey::EventLog log = LogOf(world);
    Random(*rc::gen::arbitrary<std::uint64_t>()).Shuffle(world);
    const journey::EventLog shuffled = LogOf(world);
    RC_ASSERT(TextsOf(log) == TextsOf(shuffled));
    RC_ASSERT(CountsOf(log) == CountsOf(shuffled));
  }));
}

TEST_CASE(
    "law 2: no two accepted events are equal in the order of events, and all pairs are ordered one way") {
  REQUIRE(rc::check([] {
    const journey::EventLog log = LogOf(SomeWorld());
    for (std::uint32_t a = 0; a < log.size(); ++a) {
      RC_ASSERT(!log.Before({a}, {a}));
      for (std::uint32_t b = 0; b < a; ++b) RC_ASSERT(log.Before({a}, {b}) != log.Before({b}, {a}));
    }
  }));
}

TEST_CASE(
    "law 3: every offer has one status: offered is the sum, in total and by source, as the twin counts") {
  REQUIRE(rc::check([] {
    std::vector<Offer> world = SomeWorld();
    std::map<std::string, std::uint64_t> offered;
    for (const Offer& offer : world) ++offered[offer.source];
    Random(*rc::gen::arbitrary<std::uint64_t>()).Shuffle(world);
    const journey::EventLog log = LogOf(world);
    RC_ASSERT(log.admissions().offered() == world.size());
    RC_ASSERT(log.admissions()[AdmissionStatus::kAccepted] == log.size());
    for (const auto& [source, counts] : CountsOf(log)) RC_ASSERT(counts.offered() == offered[source]);
    RC_ASSERT(CountsOf(log) == OracleAdmit(world).counts);
  }));
}

TEST_CASE("law 3: every accepted event is in exactly one session of exactly one customer") {
  REQUIRE(rc::check([] {
    const journey::EventLog log = LogOf(SomeWorld());
    const journey::Report report = RunOn(log, {});
    std::vector<int> seen(log.size());
    RC_ASSERT(report.timeline.events.size() == log.size());
    for (const journey::EventRow& row : report.timeline.events) {
      ++seen[row.event.value];
      RC_ASSERT(row.time == log.time(row.event));
    }
    RC_ASSERT(std::count(seen.begin(), seen.end(), 1) == static_cast<std::ptrdiff_t>(log.size()));
    // Sessions tile the timelines, each inside one customer.
    std::uint32_t next = 0;
    for (const journey::SessionRow& session : report.sessions) {
      RC_ASSERT(session.begin == next);
      RC_ASSERT(session.begin < session.end);
      RC_ASSERT(session.begin >= report.timeline.begins[session.customer.value]);
      RC_ASSERT(session.end <= report.timeline.begins[session.customer.value + 1]);
      next = session.end;
    }
    RC_ASSERT(next == log.size());
  }));
}

TEST_CASE("law 4: ingesting the events k times is ingesting them once, but for the duplicates counted") {
  REQUIRE(rc::check([] {
    const std::vector<Offer> once = SomeWorld();
    const int k = *rc::gen::inRange(2, 5);
    std::vector<Offer> often;
    for (int i = 0; i < k; ++i) often.insert(often.end(), once.begin(), once.end());
    Random(*rc::gen::arbitrary<std::uint64_t>()).Shuffle(often);
    PlainReport a = PlainOf(RunOn(LogOf(once), WorldOptions(0)));
    PlainReport b = PlainOf(RunOn(LogOf(often), WorldOptions(0)));
    RC_ASSERT(b.statuses.offered() == static_cast<std::uint64_t>(k) * a.statuses.offered());
    RC_ASSERT(b.statuses[AdmissionStatus::kAccepted] == a.statuses[AdmissionStatus::kAccepted]);
    RC_ASSERT(b.statuses[AdmissionStatus::kConflict] ==
              static_cast<std::uint64_t>(k) * a.statuses[AdmissionStatus::kConflict]);
    a.statuses = b.statuses = {};
    a.by_source = b.by_source = {};
    RC_ASSERT(a == b);
  }));
}

TEST_CASE("law 4: the loser of a conflict leaves no trace but in the counts") {
  REQUIRE(rc::check([] {
    const std::vector<Offer> world = SomeWorld();
    // Only the winners, offered alone.
    std::vector<Offer> winners;
    for (const Offer& offer : world) {
      if (OracleInspect(offer, {}) != AdmissionStatus::kAccepted) continue;
      std::vector<Offer> with = winners;
      const auto same = std::find_if(winners.begin(), winners.end(), [&](const Offer& other) {
        return other.id == offer.id &&
               (!offer.id.empty() || (other.source == offer.source && other.sequence == offer.sequence));
      });
      if (same == winners.end())
        winners.push_back(offer);
      else if (OracleAdmit({*same, offer}).events[0].content() != OracleAdmit({*same}).events[0].content() ||
               OracleAdmit({*same, offer}).events[0].source != same->source ||
               OracleAdmit({*same, offer}).events[0].sequence != same->sequence.value_or(0))
        *same = offer;
    }
    PlainReport a = PlainOf(RunOn(LogOf(world), WorldOptions(1)));
    PlainReport b = PlainOf(RunOn(LogOf(winners), WorldOptions(1)));
    a.statuses = b.statuses = {};
    a.by_source = b.by_source = {};
    RC_ASSERT(a == b);
  }));
}

TEST_CASE("law 5: two events in a row share a session if and only if the gap and the length allow it") {
  REQUIRE(rc::check([] {
    journey::PipelineOptions options;
    options.sessions.max_length = std::chrono::hours{*rc::gen::inRange(1, 30)};
    const journey::Report report = RunOn(LogOf(SomeWorld()), options);
    for (std::size_t i = 0; i < report.sessions.size(); ++i) {
      const journey::SessionRow& session = report.sessions[i];
      for (std::uint32_t e = session.begin + 1; e < session.end; ++e) {
        RC_ASSERT(report.timeline.events[e].time - report.timeline.events[e - 1].time <=
                  options.sessions.max_gap);
      }
      RC_ASSERT(session.length() <= options.sessions.max_length);
      const bool last =
          i + 1 == report.sessions.size() || report.sessions[i + 1].customer != session.customer;
      if (last) {
        RC_ASSERT(session.cut == 0U);
        continue;
      }
      const journey::SessionRow& next = report.sessions[i + 1];
      const bool gap = next.first - session.last > options.sessions.max_gap;
      const bool too_long = next.first - session.first > options.sessions.max_length;
      RC_ASSERT(gap || too_long);
      RC_ASSERT((session.cut != 0) == !gap);
    }
  }));
}

TEST_CASE("law 6: two values of an exclusive namespace are never one customer") {
  REQUIRE(rc::check([] {
    const journey::EventLog log = LogOf(SomeWorld());
    const journey::Report report = RunOn(log, {});
    for (std::uint32_t customer = 0; customer < report.timeline.customers(); ++customer) {
      std::map<std::string, std::set<std::uint32_t>> values;
      for (const journey::EventRow& row : report.timeline.of({customer})) {
        // The event belongs to its strongest identifier; a second user id on the same event is not the
        // customer's.
        std::map<std::string, std::set<std::pair<std::string, std::uint32_t>>> on_event;
        for (const journey::IdentifierId id : log.identifiers(row.event)) {
          const std::string_view text = log.identifier_values().text(id.value);
          if (journey::IsPlaceholder(text)) continue;
          on_event[std::string(log.namespaces().text(log.identifier_values().tag(id.value)))].insert(
              {std::string(text), id.value});
        }
        if (on_event.contains("user_id")) values["user_id"].insert(on_event["user_id"].begin()->second);
      }
      RC_ASSERT(values["user_id"].size() <= 1U);
    }
  }));
}

TEST_CASE("law 10: the tables of a report reconcile") {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const PlainReport report = PlainOf(RunOn(LogOf(World(seed + 5000, {.offers = 60})), WorldOptions(seed)));
    INFO("seed " << seed);
    std::uint64_t events = 0;
    for (const auto& timeline : report.timelines) events += timeline.size();
    REQUIRE(events == report.events);
    REQUIRE(report.statuses[AdmissionStatus::kAccepted] == report.events);
    journey::AdmissionCounts by_source;
    for (const auto& [source, counts] : report.by_source) by_source += counts;
    REQUIRE(by_source == report.statuses);

    std::uint64_t channel_events = 0;
    for (const PlainChannel& channel : report.channels) channel_events += channel.events;
    REQUIRE(channel_events == report.events);

    std::uint64_t pairs = 0;
    for (const PlainJourney& journey : report.journeys) pairs += journey.events.size() - 1;
    std::uint64_t transitions = 0;
    for (const PlainTransition& transition : report.transitions) transitions += transition.count;
    REQUIRE(transitions == pairs);

    std::uint64_t variants = 0;
    for (const PlainVariant& variant : report.variants) variants += variant.journeys;
    REQUIRE(variants == report.journeys.size());

    std::uint64_t findings = 0;
    for (const PlainFriction& row : report.friction) findings += row.findings;
    REQUIRE(findings == report.findings.size());

    std::uint64_t forced = 0;
    for (const PlainFlow& flow : report.channel_flow) forced += flow.forced;
    REQUIRE(forced == static_cast<std::uint64_t>(
                          std::count_if(report.findings.begin(), report.findings.end(),
                                        [](const PlainFinding& f) { return f.kind == "forced"; })));

    std::uint64_t started = 0;
    for (const PlainSummary& summary : report.summaries) {
      started += summary.started;
      std::uint64_t ended = 0;
      for (const auto& [outcome, count] : summary.ended) ended += count;
      REQUIRE(ended == summary.started);
      const std::vector<PlainStep>& steps = summary.steps;
      for (std::size_t k = 0; k < steps.size(); ++k) {
        const std::uint64_t arrived = steps[k].reached + steps[k].skipped;
        const bool last = k + 1 == steps.size();
        const std::uint64_t next =
            last ? summary.ended.at("achieved") : steps[k + 1].reached + steps[k + 1].skipped;
        if (k == 0) REQUIRE(arrived == summary.started);
        REQUIRE(arrived == next + steps[k].dropped + steps[k].open);
      }
    }
    REQUIRE(started == report.journeys.size());
  }
}

TEST_CASE("Until(t) is a log that never saw the later events, but for their count as future") {
  REQUIRE(rc::check([] {
    std::vector<Offer> world = SomeWorld();
    const std::int64_t time = kStart + *rc::gen::inRange<std::int64_t>(0, 45) * kDay;
    const journey::TimePoint at{journey::Duration{time}};
    const journey::EventLog until = LogOf(world).Until(at);
    const Admitted expected = OracleUntil(OracleAdmit(world), time);
    RC_ASSERT(CountsOf(until) == expected.counts);

    // The winners up to then, offered alone, are the same evidence and the same report.
    std::multiset<std::string> kept;
    const journey::EventLog all = LogOf(world);
    RC_ASSERT(until.size() == expected.events.size());
    for (std::uint32_t row = 0; row < until.size(); ++row) RC_ASSERT(until.time({row}) <= at);
    const std::multiset<std::string> texts = TextsOf(all);
    for (const std::string& text : TextsOf(until)) RC_ASSERT(texts.contains(text));
    journey::PipelineOptions options = ByCookie(WorldOptions(2));
    options.as_of = at;
    RC_ASSERT(Dump(RunOn(until, options)) == TextOf(OracleReport(world, options, "cookie")));
  }));
}

TEST_CASE("appending goes on after Until as if the later events had never come") {
  REQUIRE(rc::check([] {
    const std::vector<Offer> world = SomeWorld();
    const std::int64_t time = kStart + *rc::gen::inRange<std::int64_t>(0, 45) * kDay;
    std::vector<Offer> early;
    for (const Offer& offer : world) {
      if (offer.time <= time) early.push_back(offer);
    }
    // All of it is early: Until keeps everything, and what comes after meets the same log.
    const std::vector<Offer> more = SomeWorld();
    journey::EventLog log = LogOf(early).Until(journey::TimePoint{journey::Duration{time}});
    std::vector<Offer> all = early;
    for (const Offer& offer : more) {
      log.Append(AsEvent(offer));
      all.push_back(offer);
    }
    RC_ASSERT(TextsOf(log) == TextsOf(LogOf(all)));
    RC_ASSERT(CountsOf(log) == CountsOf(LogOf(all)));
  }));
}

TEST_CASE("a run at an earlier as_of sees nothing of what came later") {
  REQUIRE(rc::check([] {
    const std::vector<Offer> world = SomeWorld();
    journey::PipelineOptions options = ByCookie(WorldOptions(*rc::gen::inRange<std::uint64_t>(0, 5)));
    options.as_of = journey::TimePoint{journey::Duration{kStart + *rc::gen::inRange(0, 45) * kDay}};
    const journey::EventLog log = LogOf(world);
    RC_ASSERT(Dump(RunOn(log, options)) == TextOf(OracleReport(world, options, "cookie")));
  }));
}

TEST_CASE("the events of a report are rows of the log that was run, at an earlier as_of, too") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const journey::EventLog log = LogOf(World(seed));
    journey::PipelineOptions options;
    options.as_of = journey::TimePoint{journey::Duration{kStart + 10 * kDay}};
    const journey::Report report = RunOn(log, options);
    INFO("seed " << seed);
    for (const journey::EventRow& row : report.timeline.events) REQUIRE(row.time == log.time(row.event));
  }
}

TEST_CASE("the worlds hold everything that the rules speak of") {
  std::map<std::string, std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const PlainReport report = PlainOf(RunOn(LogOf(World(seed)), WorldOptions(seed)));
    for (const PlainJourney& journey : report.journeys) ++seen[journey.outcome];
    for (const PlainFinding& finding : report.findings) ++seen[finding.kind + " " + finding.reason];
    for (std::size_t i = 0; i < journey::kAdmissionStatuses; ++i) {
      const auto status = static_cast<AdmissionStatus>(i);
      seen[std::string(NameOf(status))] += report.statuses[status];
    }
    for (const PlainSession& session : report.sessions) seen["cut"] += session.cut ? 1 : 0;
    for (const PlainSummary& summary : report.summaries) {
      seen["resumes elsewhere"] += summary.resumes_elsewhere;
      for (const PlainStep& step : summary.steps) seen["skipped"] += step.skipped;
    }
    seen["refused"] += report.identity[2];
    seen["placeholder"] += report.identity[3];
    seen["unidentified"] += report.identity[4];
  }
  for (const char* what : {"open",
                           "achieved",
                           "abandoned",
                           "expired",
                           "excluded",
                           "ended",
                           "abandoned ",
                           "expired ",
                           "repeat self_loop",
                           "repeat between",
                           "redo self_loop",
                           "redo between",
                           "forced error",
                           "forced stall",
                           "forced support",
                           "forced step_again",
                           "accepted",
                           "duplicate",
                           "conflict",
                           "future",
                           "out_of_range",
                           "malformed",
                           "too_large",
                           "cut",
                           "resumes elsewhere",
                           "skipped",
                           "refused",
                           "placeholder",
                           "unidentified"}) {
    INFO(what);
    CHECK(seen[what] >= 10);
  }
}
