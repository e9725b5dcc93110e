// Limits that are learnt from a log.
#include <algorithm>
#include <numeric>

#include "friction/support.h"
#include "journey/friction/excess_effort.h"
#include "journey/friction/log_measures.h"
#include "journey/friction/stall.h"
#include "journey/live/engine.h"

using namespace journey;               // NOLINT
using namespace std::chrono_literals;  // NOLINT
using namespace test;                  // NOLINT

namespace {

// So many customers who fill in the form, look around, and pay after 31 to 30 + n minutes.
std::vector<Happened> Payers(std::size_t n, std::size_t extra_events = 0) {
  std::vector<Happened> events;
  for (std::size_t i = 0; i < n; ++i) {
    const std::string who = "p" + std::to_string(i);
    events.push_back({0s, "web/form", {}, who});
    const Duration paid = 30min + static_cast<std::int64_t>(i + 1) * 1min;
    events.push_back({paid, "web/pay", {}, who});
    for (std::size_t k = 0; k < i % 10 + extra_events; ++k) events.push_back({paid + 1s, "web/x", {}, who});
    events.push_back({paid + 2s, "web/sign", {}, who});
    events.push_back({paid + 3s, "web/done", {}, who});
  }
  return events;
}

PipelineOptions With(DetectorList detectors, unsigned threads = 1) {
  return {.journeys = {FormPaySignDone()}, .detectors = std::move(detectors), .threads = threads};
}

}  // namespace

TEST_CASE("a stall's limit is the quantile of its transition, and other transitions keep the absolute one") {
  const auto stall = std::make_shared<Stall>(StallOptions{.limit = 24h, .learn = 0.9, .least = 50});
  CHECK(stall->learns());
  CHECK(stall->parameters() == "limit 1d, quantile 0.9 of transitions seen at least 50 times");
  std::vector<Happened> events = Payers(101);
  events.push_back({0s, "web/form", {}, "zoe"});
  events.push_back({23h, "web/sign", {}, "zoe"});  // seldom: form -> sign
  const Report report = RunOf(LogOf(events), With({stall}));
  // The gaps of form -> pay are 31, 32, ... 131 minutes: nine of ten are at most 121. Those of the other transitions
  // are seconds, and their limit is a session's gap.
  REQUIRE(report.findings.size() == 10);
  for (const PlainFinding& finding : PlainOf(report).findings) {
    CHECK(finding.reason == "learnt");
    CHECK(finding.cost_time <= (10min).count() * 60'000'000);
    CHECK(finding.touchpoint == Place{"web", "form"});
  }
  CHECK(report.detectors[0].parameters ==
        "limit 1d, quantile 0.9 of transitions seen at least 50 times: learnt for 5");
}

TEST_CASE("with fewer than enough cases nothing is learnt, and the absolute limit holds") {
  std::vector<Happened> events = Payers(49);
  events.push_back({0s, "web/form", {}, "zoe"});
  events.push_back({25h, "web/sign", {}, "zoe"});
  const auto findings = FindingsOf(events, std::make_shared<Stall>(StallOptions{.learn = 0.9}));
  REQUIRE(findings.size() == 1);
  CHECK(SentenceOf(findings[0]) == "stall at web/form [0, 2), cost 0 1h, medium");
}

TEST_CASE("excess effort learns how many events a goal takes, and a multiple of it is the limit") {
  std::vector<Happened> events = Payers(100);  // 4 to 13 events, each ten times
  events.push_back({0s, "web/form", {}, "zoe"});
  for (int i = 0; i < 40; ++i) events.push_back({i * 1s, "web/x", {}, "zoe"});
  const auto effort = std::make_shared<ExcessEffort>(ExcessEffortOptions{.learn = 0.9, .learn_time = true});
  CHECK(effort->learns());
  const Report report = RunOf(LogOf(events), With({effort}));
  // The quantile 0.9 of 4, 4, ... 13, 13 is 12.1 events: the value of rank 89.1 lies between 12 and 13.
  CHECK(report.detectors[0].parameters ==
        "2 times quantile 0.9 of at least 50 achieved journeys: j 24 events 6s");
  std::vector<std::string> found;
  for (const PlainFinding& finding : PlainOf(report).findings) found.push_back(SentenceOf(finding));
  CHECK(found == std::vector<std::string>{"excess_effort both at web/x [8, 41), cost 17 33s, medium"});
}

TEST_CASE("what was learnt does not depend on threads or the order of arrival") {
  const std::vector<Happened> events = Payers(300, 1);
  const DetectorList detectors = {std::make_shared<Stall>(StallOptions{.learn = 0.99}),
                                  std::make_shared<ExcessEffort>()};
  std::vector<Happened> reversed(events.rbegin(), events.rend());
  const std::string once = TextOf(PlainOf(RunOf(LogOf(events), With(detectors))));
  CHECK(once == TextOf(PlainOf(RunOf(LogOf(events), With(detectors, 5)))));
  CHECK(!PlainOf(RunOf(LogOf(events), With(detectors))).findings.empty());
}

TEST_CASE("a live engine refuses detectors that have to learn, and takes them once they have") {
  const EventLog log = LogOf(Payers(200));
  const DetectorList raw = {std::make_shared<Stall>(StallOptions{.learn = 0.9}),
                            std::make_shared<ExcessEffort>()};
  PipelineOptions options = With(raw);
  EngineOptions live;
  live.pipeline = options;
  const auto refused = Engine::Create(live);
  REQUIRE(!refused.ok());
  CHECK(
      MessageOf(refused.status()) ==
      "pipeline.detectors[0]: \"stall\" has to learn from a log first, which a live engine cannot; use what "
      "Pipeline::LearnDetectors gives for a log of the past");
  const auto pipeline = Pipeline::Create(options);
  REQUIRE(pipeline.ok());
  const DetectorList learnt = pipeline->LearnDetectors(log);
  live.pipeline.detectors = learnt;
  REQUIRE(Engine::Create(live).ok());
  // Frozen, they find in the same log what the learning run found, and the report says the same.
  const Report learning = pipeline->Run(log);
  PipelineOptions frozen = With(learnt);
  CHECK(TextOf(PlainOf(learning)) == TextOf(PlainOf(Pipeline::Create(frozen)->Run(log))));
  for (std::size_t i = 0; i < learnt.size(); ++i) {
    CHECK(!learnt[i]->learns());
    CHECK(learnt[i]->parameters() == learning.detectors[i].parameters);
  }
  // And in another log, where the touchpoints have other numbers, they keep the limits.
  const auto findings = FindingsOf({{0s, "app/aaa"}, {0s, "web/form"}, {230min, "web/pay"}}, learnt[0]);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].reason == "learnt");
}

TEST_CASE("measures for learning are a monoid") {
  const std::vector<Happened> events = Payers(60);
  const EventLog log = LogOf(events);
  const Report report = RunOf(log, With({}));
  const std::vector<JourneyDefinition> definitions = {FormPaySignDone()};
  const EventClassifier classifier(log, report.touchpoints, definitions, {}, {});
  const JourneyContext context{log,         report.touchpoints,     classifier,
                               definitions, report.timeline.events, report.journeys,
                               30min,       report.timeline.begins};
  const auto measure = [&](std::size_t shards) {
    std::vector<LogMeasures> parts(shards, LogMeasures(report.touchpoints, definitions));
    for (std::size_t i = 0; i < report.journeys.rows.size(); ++i)
      parts[(i * 7919) % shards].Add(JourneyView(context, report.journeys.rows[i]));
    LogMeasures all(report.touchpoints, definitions);
    for (std::size_t i = shards; i-- > 0;) all.Merge(parts[i]);
    return all;
  };
  const LogMeasures one = measure(1);
  for (const std::size_t shards : {2U, 64U, 1024U}) {
    const LogMeasures many = measure(shards);
    CHECK(one.session_gap() == many.session_gap());
    CHECK(one.effort(0).events == many.effort(0).events);
    CHECK(one.effort(0).time == many.effort(0).time);
    const auto a = one.transitions(), b = many.transitions();
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      CHECK(a[i]->from == b[i]->from);
      CHECK(a[i]->to == b[i]->to);
      CHECK(a[i]->gaps == b[i]->gaps);
    }
  }
}

TEST_CASE("thresholds that make no sense are refused before a run, with field, value and what is allowed") {
  const auto error = [](std::shared_ptr<const Detector> detector) {
    return MessageOf(Pipeline::Create(With({std::move(detector)})).status());
  };
  CHECK(error(std::make_shared<Stall>(StallOptions{.limit = 0s}))
            .starts_with("detectors[0]: stall: limit: 0us is not"));
  CHECK(error(std::make_shared<Stall>(StallOptions{.learn = 1.5})) ==
        "detectors[0]: stall: learn: 1.5 is not allowed; it must be 0.0001 to 1");
  CHECK(error(std::make_shared<ExcessEffort>(ExcessEffortOptions{.learn = {}})) ==
        "detectors[0]: excess_effort: events, time and learn: none is given; there must be a limit, or one "
        "to learn");
  CHECK(error(std::make_shared<ExcessEffort>(ExcessEffortOptions{.factor = 0.5})) ==
        "detectors[0]: excess_effort: factor: 0.5 is not allowed; it must be 1 to 1000");
}
