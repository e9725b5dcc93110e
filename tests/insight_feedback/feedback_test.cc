#include "journey/insight/feedback.h"

#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <tuple>

#include "insight_feedback/support.h"
#include "journey/core/status.h"
#include "journey/journeys/classifier.h"
#include "support/catch.h"

namespace {

using namespace journey;
using namespace std::chrono_literals;
using std::chrono::days;
using test::Happened;
using test::TestRun;
using test::Value;

// What became of the answers of one hand-made log: "journey 1 after web/pay 4000", one line each.
struct Joined {
  FeedbackCounts counts;
  std::vector<std::string> lines;
};

Joined Join(const std::vector<Happened>& events, PipelineOptions options = {.journeys = {test::Purchase()}},
            const FeedbackOptions& feedback_options = {}) {
  const EventLog log = test::LogOf(events);
  const EventClasses classes = options.classes;
  const TestRun run(test::RunOf(log, std::move(options)));
  const Feedback feedback = JoinFeedback(log, run.tables, classes, feedback_options);
  Joined joined{feedback.counts, {}};
  for (const FeedbackResponse& response : feedback.responses) {
    std::string line(NameOf(response.join));
    if (response.journey.valid()) line += " " + std::to_string(response.journey.value);
    if (response.last.valid()) {
      line += " after " + std::string(run.report.touchpoints.channel_text(response.last)) + "/" +
              std::string(run.report.touchpoints.name_text(response.last));
    }
    line += " " + std::to_string(response.score_milli);
    if (response.verbatim != kNoVerbatim) line += " " + feedback.verbatims[response.verbatim];
    joined.lines.push_back(line);
  }
  return joined;
}

Happened Answer(Duration at, Value score, std::string words = {}, std::string customer = "ann") {
  Happened answer{at, "email/survey", {{"score", std::move(score)}}, std::move(customer)};
  if (!words.empty()) answer.attributes.emplace_back("comment", Value::Text(words));
  return answer;
}

using Lines = std::vector<std::string>;

TEST_CASE("an answer is joined to the journey that the customer touched last") {
  CHECK(Join({{0h, "web/view"}, {1h, "web/pay"}, {2h, "web/purchase"}, Answer(4h, Value::Number(4))}).lines ==
        Lines{"journey 0 after web/purchase 4000"});
  // Two journeys; the second is the last one touched, though it was left.
  CHECK(
      Join({{0h, "web/view"}, {1h, "web/purchase"}, {2h, "web/view"}, Answer(24h, Value::Number(2))}).lines ==
      Lines{"journey 1 after web/view 2000"});
  // An answer in the midst of a journey is about that journey as it stands; what comes later does not count.
  CHECK(Join({{0h, "web/view"}, Answer(1h, Value::Number(3)), {2h, "app/pay"}}).lines ==
        Lines{"journey 0 after web/view 3000"});
  CHECK(Join({Answer(0h, Value::Number(3)), {0h, "web/view"}}).counts.unjoined == 1);
}

TEST_CASE("the window is inclusive, and counts from the last touch or from the end") {
  const auto at = [](Duration gap, Duration window) {
    return Join({{0h, "web/view"}, {1h, "web/purchase"}, Answer(1h + gap, Value::Number(5))},
                {.journeys = {test::Purchase()}}, {.window = window})
        .counts;
  };
  CHECK(at(days{7}, days{7}).joined == 1);
  CHECK(at(days{7} + 1us, days{7}).joined == 0);
  CHECK(at(2h, 2h).joined == 1);
  CHECK(at(2h + 1us, 2h).unjoined == 1);
  // Abandoned after 7 days of silence: the window runs on from then.
  const auto left = [](Duration gap) {
    return Join({{0h, "web/view"}, Answer(gap, Value::Number(1)), {days{40}, "web/view"}},
                {.journeys = {test::Purchase()}}, {.window = days{2}})
        .counts.joined;
  };
  CHECK(left(days{2}) == 1);
  CHECK(left(days{2} + 1us) == 0);
  CHECK(left(days{7} - 1us) == 0);
  CHECK(left(days{7}) == 1);
  CHECK(left(days{9}) == 1);
  CHECK(left(days{9} + 1us) == 0);
}

TEST_CASE("of journeys touched last by the same event the one that ended there counts") {
  const JourneyDefinition buy{.name = "buy", .steps = {{"view", {"view"}}}, .goal = {"purchase"}};
  const JourneyDefinition stay{.name = "a_stay", .steps = {{"view", {"view"}}}, .goal = {"never"}};
  const std::vector<Happened> events{{0h, "web/view"}, {1h, "web/purchase"}, Answer(2h, Value::Number(4))};
  CHECK(Join(events, {.journeys = {buy, stay}}).lines == Lines{"journey 0 after web/purchase 4000"});
  CHECK(Join(events, {.journeys = {stay, buy}}).lines == Lines{"journey 1 after web/purchase 4000"});
  // Both are still open: the first definition.
  const std::vector<Happened> open{{0h, "web/view"}, {1h, "web/pay"}, Answer(2h, Value::Number(4))};
  CHECK(Join(open, {.journeys = {stay, buy}}).lines == Lines{"journey 0 after web/pay 4000"});
}

TEST_CASE("without a journey it is the session's, and without anything before it nobody's") {
  CHECK(Join({{0h, "help/article"}, {20min, "help/article"}, Answer(50min, Value::Number(4))}).lines ==
        Lines{"session after help/article 4000"});
  CHECK(Join({{0h, "help/article"}, Answer(31min, Value::Number(4))}).lines == Lines{"none 4000"});
  CHECK(Join({Answer(0h, Value::Number(4)), Answer(1min, Value::Number(5))}).lines ==
        Lines{"none 4000", "none 5000"});
  // An answer keeps a session alive, but is not what is answered about.
  CHECK(
      Join({{0h, "help/article"}, Answer(20min, Value::Number(4)), Answer(40min, Value::Number(5))}).lines ==
      Lines{"session after help/article 4000", "session after help/article 5000"});
  // Discovered journeys take in every event: an answer alone is about nothing.
  CHECK(Join({{0h, "web/view"}, Answer(days{40}, Value::Number(4))}, {}).lines == Lines{"none 4000"});
  CHECK(Join({{0h, "web/view"}, Answer(days{3}, Value::Number(4))}, {}).lines ==
        Lines{"journey 0 after web/view 4000"});
}

TEST_CASE("nothing vanishes: what is unreadable or out of its scale is counted apart") {
  const std::vector<std::pair<Value, std::string>> cases{
      {Value::Number(1), "joined"},       {Value::Number(5), "joined"},     {Value::Text("4"), "joined"},
      {Value::Text(" 4.5 "), "joined"},   {Value::Text("+3"), "joined"},    {Value::Number(0.9), "out"},
      {Value::Number(5.001), "out"},      {Value::Number(0), "out"},        {Value::Text("1e300"), "out"},
      {Value::Text("-2"), "out"},         {Value::Text("good"), "unread"},  {Value::Text(""), "unread"},
      {Value::Text("4 stars"), "unread"}, {Value::Boolean(true), "unread"}, {Value::Text("nan"), "unread"},
      {Value::Text("inf"), "unread"}};
  for (const auto& [score, fate] : cases) {
    const FeedbackCounts counts = Join({{0h, "web/view"}, Answer(1h, score)}).counts;
    INFO(score.text << " " << score.number);
    CHECK(counts.offered == 1);
    CHECK(counts.joined == (fate == "joined" ? 1 : 0));
    CHECK(counts.out_of_scale == (fate == "out" ? 1 : 0));
    CHECK(counts.unreadable == (fate == "unread" ? 1 : 0));
    CHECK(counts.to_session + counts.unjoined == 0);
  }
  CHECK(Join({{0h, "web/view"}, Answer(1h, Value::Text("4.5"))}).lines ==
        Lines{"journey 0 after web/view 4500"});
}

TEST_CASE("an event that is feedback without a score attribute is unreadable") {
  PipelineOptions options{.journeys = {test::Purchase()}};
  options.classes.feedback = {"survey"};
  const FeedbackCounts counts =
      Join({{0h, "web/view"}, {1h, "email/survey"}, Answer(2h, Value::Number(2))}, options).counts;
  CHECK(counts == FeedbackCounts{.offered = 2, .joined = 1, .unreadable = 1});
}

TEST_CASE("each scale has its own ends, and an answer can name its own") {
  PipelineOptions options{.journeys = {test::Purchase()}};
  const auto out = [&](std::string scale, double score) {
    options.classes.feedback_scale = scale;
    return Join({{0h, "web/view"}, Answer(1h, Value::Number(score))}, options).counts.out_of_scale;
  };
  CHECK(out("nps", 0) == 0);
  CHECK(out("nps", 10) == 0);
  CHECK(out("nps", 11) == 1);
  CHECK(out("ces", 7) == 0);
  CHECK(out("ces", 0) == 1);
  CHECK(out("csat", 7) == 1);
  options.classes.feedback_scale = "csat";
  std::vector<Happened> events{{0h, "web/view"}};
  for (const std::string scale : {"nps", "NPS", "csat", "other"}) {
    events.push_back(Answer(1h, Value::Number(9)));
    events.back().attributes.emplace_back("scale", Value::Text(scale));
  }
  events.push_back(Answer(1h, Value::Number(5)));
  const FeedbackCounts counts = Join(events, options, {.scale_key = "scale"}).counts;
  CHECK(counts == FeedbackCounts{.offered = 5, .joined = 3, .unreadable = 1, .out_of_scale = 1});
}

TEST_CASE("the customer's own words are carried as they are") {
  const std::string words = "<b>\"crashed\" \xE2\x80\xAE again & again\n";
  CHECK(Join({{0h, "web/view"}, Answer(1h, Value::Number(2), words), Answer(2h, Value::Number(3))}).lines ==
        Lines{"journey 0 after web/view 2000 " + words, "journey 0 after web/view 3000"});
  CHECK(Join({{0h, "web/view"}, Answer(1h, Value::Number(2), words)}, {.journeys = {test::Purchase()}},
             {.verbatim = ""})
            .lines == Lines{"journey 0 after web/view 2000"});
}

TEST_CASE("a journey's score is that of its last answer") {
  const EventLog log = test::LogOf({{0h, "web/view"},
                                    Answer(1h, Value::Number(2)),
                                    Answer(2h, Value::Number(5)),
                                    {3h, "web/purchase"},
                                    {4h, "web/view"}});
  const TestRun run(test::RunOf(log, {.journeys = {test::Purchase()}}));
  const Feedback feedback = JoinFeedback(log, run.tables, {});
  CHECK(JourneyScores(feedback, 2, ScoreScale::kCsat) == std::vector<std::int32_t>{5000, kNoScore});
  CHECK(JourneyScores(feedback, 2, ScoreScale::kNps) == std::vector<std::int32_t>{kNoScore, kNoScore});
}

TEST_CASE("a window must be more than nothing") {
  CHECK(FeedbackOptions{}.Validate().ok());
  CHECK(MessageOf(FeedbackOptions{.window = Duration{0}}.Validate()) ==
        "feedback.window: 0s is not allowed; it must be more than 0s and at most 84006d");
}

// The join rule as it is written, for every answer from scratch.
std::string SlowJoin(const TestRun& run, const EventClassifier& classifier, std::uint32_t position,
                     Duration window) {
  const auto& timeline = run.tables.timeline;
  const TimePoint time = timeline[position].time;
  std::uint32_t customer = 0;
  while (run.tables.begins[customer + 1] <= position) ++customer;
  using Rank = std::tuple<std::int64_t, bool, std::uint32_t, std::uint32_t>;
  std::map<Rank, std::string> candidates;
  for (std::uint32_t j = 0; j < run.report.journeys.rows.size(); ++j) {
    const JourneyRow& row = run.report.journeys.rows[j];
    if (row.customer.value != customer) continue;
    std::optional<std::uint32_t> touched;
    std::optional<std::uint32_t> final_touch;
    for (std::uint32_t i = row.begin; i < row.end; ++i) {
      const std::uint32_t at = run.report.journeys.events[i];
      if (classifier.IsFeedback(timeline[at])) continue;
      if (at < position) touched = at;
      final_touch = at;
    }
    if (!touched) continue;
    const bool lately_touched = time - timeline[*touched].time <= window;
    const bool ended = row.outcome != Outcome::kOpen && row.ended <= time && final_touch == touched;
    if (!lately_touched && !(ended && time - row.ended <= window)) continue;
    const bool ended_there = row.outcome != Outcome::kOpen &&
                             run.report.journeys.events[row.end - 1] == *touched &&
                             row.ended == timeline[*touched].time;
    candidates[{-std::int64_t{*touched}, !ended_there, row.definition.value, j}] =
        "journey " + std::to_string(j) + " after " + std::to_string(timeline[*touched].touchpoint.value);
  }
  if (!candidates.empty()) return candidates.begin()->second;
  for (std::uint32_t at = position; at-- > run.tables.begins[customer];) {
    if (timeline[at + 1].time - timeline[at].time > run.tables.session_gap) break;
    if (!classifier.IsFeedback(timeline[at])) {
      return "session after " + std::to_string(timeline[at].touchpoint.value);
    }
  }
  return "none";
}

TEST_CASE("the join equals the rule carried out answer by answer, on thousands of random worlds") {
  std::map<std::string, std::uint64_t> kinds;
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    const std::vector<test::Offer> world = test::World(seed, {.offers = 40, .dirt = false});
    const EventLog log = test::LogOf(world);
    PipelineOptions options = test::WorldOptions(seed);
    options.as_of.reset();
    const auto pipeline = Pipeline::Create(options);
    REQUIRE(pipeline.ok());
    const TestRun run(pipeline->Run(log));
    const EventClasses classes;
    const EventClassifier classifier(log, run.report.touchpoints, {}, {}, classes);
    const Duration window = seed % 3 == 0 ? Duration{1h} : Duration{days{2}};
    EventClasses scale = classes;
    scale.feedback_scale = seed % 2 == 0 ? "nps" : "csat";
    const Feedback feedback = JoinFeedback(log, run.tables, scale, {.window = window});
    const FeedbackCounts& counts = feedback.counts;
    REQUIRE(counts.offered ==
            counts.joined + counts.to_session + counts.unjoined + counts.unreadable + counts.out_of_scale);
    REQUIRE(feedback.responses.size() == counts.joined + counts.to_session + counts.unjoined);
    std::uint64_t offered = 0;
    for (const EventRow& row : run.report.timeline.events) offered += classifier.IsFeedback(row) ? 1U : 0U;
    REQUIRE(counts.offered == offered);
    for (const FeedbackResponse& response : feedback.responses) {
      std::string found(NameOf(response.join));
      if (response.journey.valid()) found += " " + std::to_string(response.journey.value);
      if (response.last.valid()) found += " after " + std::to_string(response.last.value);
      INFO("seed " << seed << " position " << response.position);
      REQUIRE(found == SlowJoin(run, classifier, response.position, window));
      ++kinds[std::string(NameOf(response.join))];
    }
  }
  CHECK(kinds["journey"] > 500);
  CHECK(kinds["session"] > 20);
  CHECK(kinds["none"] > 20);
}

TEST_CASE("a bot that answers a hundred thousand times is joined in passing") {
  EventLog log;
  for (std::uint64_t i = 0; i < 200'000; ++i) {
    const TimePoint time =
        TimePoint{Duration{test::kStart}} + Duration{static_cast<std::int64_t>(i) * 3'600'000'000};
    if (i % 2 == 0) {
      log.Append({.time = time,
                  .sequence = i,
                  .channel = "web",
                  .name = "view",
                  .identifiers = {{"user_id", "bot"}}});
    } else {
      log.Append({.time = time,
                  .sequence = i,
                  .channel = "email",
                  .name = "survey",
                  .identifiers = {{"user_id", "bot"}},
                  .attributes = {{"score", 3}}});
    }
  }
  JourneyDefinition definition = test::Purchase();
  definition.abandon_after = std::chrono::minutes{90};
  const TestRun run(test::RunOf(log, {.journeys = {definition}, .detectors = DetectorList{}}));
  CHECK(run.report.journeys.rows.size() == 100'000);
  const Feedback feedback = JoinFeedback(log, run.tables, {});
  CHECK(feedback.counts.joined == 100'000);
}

TEST_CASE("the answers of the data set of diagnostics find their visits once its ids are mended") {
  const std::string folder = std::string(JOURNEY_SHARED_DATA) + "/ux_feedback/";
  const auto text_of = [&](const char* name) {
    std::ifstream in(folder + name);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const std::string answers = text_of("user_feedback.csv");
  const std::string visits = text_of("session_tracking.csv");
  if (answers.empty() || visits.empty()) {
    WARN("skipped: the data set is not beside the checkout");
    return;
  }
  // The same person is "user001" in one file and "u001" in the other: the digits are what they have in common.
  const auto run_with = [&](bool mended) {
    EventLog log;
    std::uint64_t sequence = 0;
    const auto lines = [](const std::string& text) {
      std::vector<std::string> found;
      for (std::size_t at = text.find('\n') + 1; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        if (end > at) found.push_back(text.substr(at, end - at));
        at = end + 1;
      }
      return found;
    };
    const auto minute = [](const std::string& clock) {
      return TimePoint{Duration{test::kStart}} +
             std::chrono::minutes{std::stoi(clock.substr(11, 2)) * 60 + std::stoi(clock.substr(14, 2))};
    };
    for (const std::string& line : lines(visits)) {  // session, user, start, ...
      const std::string user = line.substr(5, 4);
      log.Append({.time = minute(line.substr(10)),
                  .sequence = ++sequence,
                  .channel = "web",
                  .name = "visit",
                  .identifiers = {{"user", user}}});
    }
    for (const std::string& line : lines(answers)) {  // user, time, "words", rating
      const std::string user = mended ? "u" + line.substr(4, 3) : line.substr(0, 7);
      const std::size_t quote = line.rfind('"');
      log.Append({.time = minute(line.substr(8)),
                  .sequence = ++sequence,
                  .channel = "survey",
                  .name = "answer",
                  .identifiers = {{"user", user}},
                  .attributes = {{"rating", line.substr(quote + 2)},
                                 {"feedback_text", line.substr(29, quote - 29)}}});
    }
    PipelineOptions options;
    options.classes.feedback = {"answer"};
    options.classes.feedback_score = "rating";
    const EventClasses classes = options.classes;
    options.resolver = std::make_shared<KeyResolver>("user");
    const TestRun run(test::RunOf(log, std::move(options)));
    return JoinFeedback(log, run.tables, classes, {.verbatim = "feedback_text"});
  };
  const Feedback apart = run_with(false);
  CHECK(apart.counts == FeedbackCounts{.offered = 10, .unjoined = 10});
  const Feedback joined = run_with(true);
  CHECK(joined.counts == FeedbackCounts{.offered = 10, .joined = 10});
  REQUIRE(joined.verbatims.size() == 10);
  CHECK(joined.verbatims.front() == "Checkout crashed after entering card details");
  std::int64_t sum = 0;
  for (const FeedbackResponse& response : joined.responses) sum += response.score_milli;
  CHECK(sum == 30'000);  // 2 5 1 3 2 5 2 3 5 2
}

}  // namespace
