#include "journey/insight/scores.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>

#include "insight_feedback/support.h"
#include "journey/identity/graph_resolver.h"
#include "journey/insight/drivers.h"
#include "journey/io/config.h"
#include "support/catch.h"

namespace {

using namespace journey;
using test::Random;
using test::TestRun;

ScoreSums SumsOf(const std::vector<int>& scores, ScoreScale scale) {
  // Each answer another customer's, through the tables of a run, so that it is the whole way that is tested.
  std::vector<test::Happened> events;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const std::string customer = "c" + std::to_string(i);
    events.push_back({std::chrono::hours{0}, "web/view", {}, customer});
    events.push_back(
        {std::chrono::hours{1}, "email/survey", {{"score", test::Value::Number(scores[i])}}, customer});
  }
  const EventLog log = test::LogOf(events);
  EventClasses classes;
  classes.feedback_scale = NameOf(scale);
  const TestRun run(test::RunOf(log, {.journeys = {test::Purchase()}}));
  const Feedback feedback = JoinFeedback(log, run.tables, classes);
  const ScoreTally tally =
      TallyScores(run.tables, feedback, 0, static_cast<std::uint32_t>(run.tables.customers()));
  return tally.of(scale).all;
}

TEST_CASE("csat is the share of 4 and 5, nps promoters less detractors, ces the mean") {
  const ScoreSums csat = SumsOf({1, 2, 3, 4, 5, 5, 4, 3, 5, 1}, ScoreScale::kCsat);
  CHECK(csat.high == 5);
  CHECK(csat.low == 3);
  ScoreSummary summary = Summarize(csat, ScoreScale::kCsat);
  CHECK(summary.answers == 10);
  CHECK(summary.headline == Approx(0.5));
  CHECK(summary.mean_milli == Approx(3300));
  CHECK(summary.headline_interval.low == Approx(WilsonInterval(5, 10).low).margin(0.02));

  const ScoreSums nps = SumsOf({10, 9, 9, 8, 7, 6, 0, 10, 3, 9}, ScoreScale::kNps);
  CHECK(nps.high == 5);  // promoters 10 9 9 10 9, detractors 6 0 3
  CHECK(nps.low == 3);
  summary = Summarize(nps, ScoreScale::kNps);
  CHECK(summary.headline == Approx(0.2));
  CHECK(summary.mean_milli == Approx(7100));
  // The variance of +1, 0, -1 by hand: mean 0.2, squares 8 of 10; 0.76 * 10 / 9 / 10.
  const double half = StudentQuantile(0.975, 9) * std::sqrt(0.76 / 9.0);
  CHECK(summary.headline_interval.low == Approx(0.2 - half));
  CHECK(summary.headline_interval.high == Approx(0.2 + half));

  const ScoreSums ces = SumsOf({7, 6, 5, 4, 1}, ScoreScale::kCes);
  CHECK(ces.high == 3);
  CHECK(ces.low == 1);
  CHECK(Summarize(ces, ScoreScale::kCes).headline == Approx(4.6));
  CHECK(Summarize({}, ScoreScale::kCsat).answers == 0);
}

// A simulated log with its run.
struct World {
  explicit World(const SimulatorOptions& options)
      : log(LogOf(options)), config(*ParseConfig(SimulatedJourneys(), "j")) {
    PipelineOptions pipeline{.journeys = config.journeys, .classes = config.classes};
    pipeline.resolver = std::make_shared<GraphResolver>(config.identity);
    run = std::make_unique<TestRun>(test::RunOf(log, std::move(pipeline)));
    feedback = JoinFeedback(log, run->tables, config.classes);
  }
  static EventLog LogOf(const SimulatorOptions& options) {
    EventLog log;
    const SimulatedLog simulated = Simulate(options);
    EventBuffer buffer;
    for (std::size_t i = 0; i < simulated.size(); ++i) log.Append(simulated.Fill(i, buffer));
    return log;
  }
  [[nodiscard]] std::uint32_t customers() const {
    return static_cast<std::uint32_t>(run->tables.customers());
  }

  EventLog log;
  Config config;
  std::unique_ptr<TestRun> run;
  Feedback feedback;
};

TEST_CASE("one tally equals 64 and 1,024 merged ones, in any order, to the last bit") {
  const World world({.customers = 800, .seed = 5, .feedback_permille = 800});
  const ScoreTally whole = TallyScores(world.run->tables, world.feedback, 0, world.customers());
  CHECK(whole.of(ScoreScale::kCsat).all.answers() > 300);
  for (const std::uint32_t shards : {1U, 64U, 1024U}) {
    std::vector<ScoreTally> parts;
    for (std::uint32_t i = 0; i < shards; ++i) {
      const auto at = [&](std::uint64_t k) {
        return static_cast<std::uint32_t>(k * world.customers() / shards);
      };
      parts.push_back(TallyScores(world.run->tables, world.feedback, at(i), at(i + 1)));
    }
    Random random(shards);
    random.Shuffle(parts);
    ScoreTally merged;
    for (const ScoreTally& part : parts) merged.Merge(part);
    CHECK(merged == whole);
  }
}

TEST_CASE("the cells add up, and each is what a naive count says") {
  const World world({.customers = 600, .seed = 9, .feedback_permille = 900});
  const RunTables& tables = world.run->tables;
  const ScoreTally tally = TallyScores(tables, world.feedback, 0, world.customers());
  const ScaleTally& csat = tally.of(ScoreScale::kCsat);
  const auto sum = [](const auto& cells) {
    std::uint64_t answers = 0;
    for (const auto& [key, sums] : cells) answers += sums.answers();
    return answers;
  };
  const FeedbackCounts& counts = world.feedback.counts;
  REQUIRE(counts.joined > 200);
  CHECK(csat.all.answers() == counts.joined + counts.to_session + counts.unjoined);
  CHECK(sum(csat.by_last) == counts.joined + counts.to_session);
  CHECK(sum(csat.by_definition) == counts.joined);
  CHECK(sum(csat.by_outcome) == counts.joined);
  CHECK(sum(csat.groups) == counts.joined);
  std::uint64_t journeys = 0;
  std::uint64_t answered = 0;
  for (const auto& [group, rate] : tally.rates) {
    journeys += rate.journeys;
    answered += static_cast<std::uint64_t>(rate.answered.x);
  }
  std::set<std::uint32_t> answered_journeys;
  for (const FeedbackResponse& response : world.feedback.responses) {
    if (response.journey.valid()) answered_journeys.insert(response.journey.value);
  }
  CHECK(journeys == tables.journeys.rows.size());
  CHECK(answered == answered_journeys.size());

  // Each touchpoint and friction: the answers looked at one by one.
  std::map<std::uint32_t, std::pair<std::uint64_t, std::int64_t>> touched;
  std::map<FrictionPlace, std::array<std::map<std::uint32_t, std::pair<std::int64_t, std::int64_t>>, 2>>
      sides;
  for (const FeedbackResponse& response : world.feedback.responses) {
    std::set<std::uint32_t> here;
    for (std::uint32_t at = response.unit_begin;
         response.join == FeedbackJoin::kSession && at < response.position; ++at) {
      const bool answer = std::ranges::binary_search(world.feedback.positions, at);
      if (!answer) here.insert(tables.timeline[at].touchpoint.value);
    }
    if (response.join == FeedbackJoin::kSession) {
      for (const std::uint32_t id : here) {
        touched[id].first += 1;
        touched[id].second += response.score_milli;
      }
    }
    if (!response.journey.valid()) continue;
    const JourneyRow& row = tables.journeys.rows[response.journey.value];
    for (std::uint32_t i = row.begin; i < row.end; ++i) {
      const std::uint32_t at = tables.journeys.events[i];
      if (at < response.position) here.insert(tables.timeline[at].touchpoint.value);
    }
    for (const std::uint32_t id : here) {
      touched[id].first += 1;
      touched[id].second += response.score_milli;
    }
    for (const auto& [place, scores] : csat.frictions) {
      if (place.first != row.definition) continue;
      bool has = false;
      for (const Finding& finding : tables.findings_of(response.journey))
        has |= KeyOf(finding) == place.second;
      auto& customer = sides[place][has ? 0 : 1][row.customer.value];
      customer.first += response.score_milli;
      customer.second += 1;
    }
  }
  std::uint64_t checked = 0;
  for (const auto& [id, expected] : touched) {
    const auto found = csat.by_touched.find({id});
    REQUIRE(found != csat.by_touched.end());
    CHECK(found->second.answers() == expected.first);
    CHECK(found->second.mean.x == expected.second);
    ++checked;
  }
  CHECK(checked > 10);
  CHECK(csat.frictions.size() > 10);
  for (const auto& [place, scores] : csat.frictions) {
    RatioSums with;
    RatioSums without;
    CrossSums both;
    for (const auto& [customer, cell] : sides[place][0]) {
      with.Add(cell.first, cell.second);
      const auto other = sides[place][1].find(customer);
      if (other != sides[place][1].end()) {
        both.Add(cell.first, cell.second, other->second.first, other->second.second);
      }
    }
    for (const auto& [customer, cell] : sides[place][1]) without.Add(cell.first, cell.second);
    CHECK(scores.with == with);
    CHECK(csat.Without(place) == without);
    CHECK(scores.both == both);
  }
}

TEST_CASE("weighting by who answers takes out what uneven answering put in") {
  // 900 achieved journeys of score 5, a tenth of them answered; 100 abandoned ones of score 1, all answered.
  const DefinitionId definition{0};
  const AnswerGroup happy{definition, Outcome::kAchieved, false};
  const AnswerGroup sad{definition, Outcome::kAbandoned, true};
  const AnswerGroup silent{definition, Outcome::kExpired, true};
  ScoreTally tally;
  ScaleTally& csat = tally.of(ScoreScale::kCsat);
  const auto add = [&](const AnswerGroup& group, int journeys, int answers, std::int64_t milli) {
    for (int i = 0; i < journeys; ++i) {
      tally.rates[group].journeys += 1;
      tally.rates[group].answered.Add(i < answers ? 1 : 0, 1);
      if (i >= answers) continue;
      csat.groups[group].mean.Add(milli, 1);
      csat.all.mean.Add(milli, 1);
    }
  };
  add(happy, 900, 90, 5000);
  add(sad, 100, 100, 1000);
  add(silent, 50, 0, 0);
  CHECK(csat.all.mean.value() == Approx((90 * 5000 + 100 * 1000) / 190.0));
  const auto weighted = WeightScore(tally, ScoreScale::kCsat);
  REQUIRE(weighted);
  CHECK(weighted->mean_milli == Approx(4600));  // 0.9 * 5 + 0.1 * 1
  CHECK(weighted->answers == 190);
  CHECK(weighted->journeys == 1000);
  CHECK(weighted->journeys_unheard == 50);
  CHECK(weighted->unheard == std::vector<AnswerGroup>{silent});
  CHECK_FALSE(WeightScore(ScoreTally(), ScoreScale::kCsat).has_value());
}

// Customers with some journeys each, alike within a customer; a friction in some that costs `effect`.
ScoreTally MadeUpScores(std::uint64_t seed, int customers, std::int64_t effect, int frictions) {
  Random random(seed);
  ScoreTally tally;
  ScaleTally& csat = tally.of(ScoreScale::kCsat);
  const DefinitionId definition{0};
  for (int c = 0; c < customers; ++c) {
    const auto mood = static_cast<std::int64_t>(random.Below(2001)) - 1000;
    std::vector<std::array<std::int64_t, 4>> cells(static_cast<std::size_t>(frictions));
    std::int64_t whole = 0;
    std::int64_t answers = 0;
    for (std::size_t n = 1 + random.Below(4); n > 0; --n) {
      std::vector<bool> has;
      for (int f = 0; f < frictions; ++f) has.push_back(random.Below(100) < 15);
      std::int64_t milli = 3000 + mood + static_cast<std::int64_t>(random.Below(1001)) - 500;
      if (has.front()) milli += effect;
      whole += milli;
      ++answers;
      for (std::size_t f = 0; f < has.size(); ++f) {
        cells[f][has[f] ? 0 : 2] += milli;
        cells[f][has[f] ? 1 : 3] += 1;
      }
    }
    csat.by_definition[definition].mean.Add(whole, answers);
    for (std::size_t f = 0; f < cells.size(); ++f) {
      if (cells[f][1] == 0) continue;
      FrictionScores& scores = csat.frictions[{
          definition, {DetectorId{0}, LabelId{static_cast<std::uint32_t>(f)}, TouchpointId{0}}}];
      scores.with.Add(cells[f][0], cells[f][1]);
      scores.with_whole.Add(whole, answers);
      scores.with_rest.Add(cells[f][2], cells[f][3]);
      scores.both.Add(cells[f][0], cells[f][1], cells[f][2], cells[f][3]);
    }
  }
  return tally;
}

TEST_CASE("the intervals of drivers cover what was planted, and customers' likeness does not fool them") {
  constexpr int kWorlds = 1000;
  int covered = 0;
  double false_share = 0.0;
  for (int seed = 1; seed <= kWorlds; ++seed) {
    const auto drivers =
        FindDrivers(MadeUpScores(static_cast<std::uint64_t>(seed), 400, -300, 6), ScoreScale::kCsat);
    REQUIRE(drivers.size() == 6);
    int shown = 0;
    int false_ones = 0;
    for (const Driver& driver : drivers) {
      const bool planted = driver.friction.kind.value == 0;
      if (planted) covered += driver.interval.contains(-300.0) ? 1 : 0;
      if (driver.verdict != DriverVerdict::kShown) continue;
      ++shown;
      false_ones += planted ? 0 : 1;
    }
    if (shown != 0) false_share += static_cast<double>(false_ones) / shown;
  }
  std::printf("drivers: intervals cover %.1f%% of %d worlds; false discovery rate %.1f%%\n",
              100.0 * covered / kWorlds, kWorlds, 100.0 * false_share / kWorlds);
  CHECK(covered > 0.93 * kWorlds);
  CHECK(covered < 0.97 * kWorlds);
  CHECK(false_share < 0.06 * kWorlds);
}

TEST_CASE("too few answers are said to be too few, and how many it would take") {
  ScoreTally tally;
  ScaleTally& csat = tally.of(ScoreScale::kCsat);
  const FrictionPlace place{{0}, {{0}, {0}, {0}}};
  for (int i = 0; i < 500; ++i) {
    const std::int64_t milli = i % 2 == 0 ? 2000 : 4000;
    csat.by_definition[{0}].mean.Add(milli, 1);
    if (i >= 12) continue;
    csat.frictions[place].with.Add(milli, 1);
    csat.frictions[place].with_whole.Add(milli, 1);
  }
  const auto drivers = FindDrivers(tally, ScoreScale::kCsat);
  REQUIRE(drivers.size() == 1);
  CHECK(drivers[0].verdict == DriverVerdict::kTooSmall);
  CHECK(drivers[0].with.answers == 12);
  CHECK(drivers[0].without.answers == 488);
  CHECK(drivers[0].with.answers + drivers[0].without.answers == csat.by_definition[{0}].answers());
  // A variance of 1 point of one customer: (1.96 + 0.84)^2 / 0.5^2 is 31.4, and a little for those without.
  CHECK(drivers[0].customers_needed >= 32);
  CHECK(drivers[0].customers_needed <= 36);
}

}  // namespace
