// What the writers make of Insights: the figures of the whole JSON reconcile, the page is well-formed, and without
// insights nothing changes.
#include <algorithm>
#include <map>
#include <set>

#include "io_writers/insights_support.h"
#include "io_writers/markup.h"

namespace journey {
namespace {

using nlohmann::json;
using testing::CountOf;
using testing::Has;
using testing::LikedWorld;
using testing::Simulated;

std::uint64_t Number(const json& value) {
  REQUIRE(value.is_number_integer());
  return value.get<std::uint64_t>();
}
template <typename Keys>
std::uint64_t SumOf(const json& list, const Keys& key) {
  std::uint64_t sum = 0;
  for (const json& entry : list) sum += Number(entry[key]);
  return sum;
}

void CheckFixFirst(const json& report) {
  const json& fixes = report["fix_first"];
  const json& journeys = fixes["journeys"];
  CHECK(Number(journeys["closed"]) + Number(journeys["open"]) == Number(report["totals"]["journeys"]));
  CHECK(Number(journeys["achieved"]) == SumOf(report["journeys"], "achieved"));
  CHECK(Number(journeys["open"]) == SumOf(report["journeys"], "open"));
  std::map<std::string, std::uint64_t> met;
  for (const json& line : fixes["by_comparison"]["lines"]) {
    const json& parts = line["journeys"];
    CHECK(Number(parts["met"]) == Number(parts["compared"]) + Number(parts["open"]) +
                                      Number(parts["at_end"]) + Number(parts["no_comparable"]));
    CHECK(Number(parts["in_channel"]) == Number(parts["met"]) + Number(parts["comparable"]) +
                                             Number(parts["other_open"]) + Number(parts["not_alike"]));
    if (line.contains("goals")) CHECK(Number(line["goals"]) <= Number(parts["compared"]));
    if (line["standing"] != "ranked") continue;
    const json& gain = line["more_goals_milli"];
    CHECK(gain["low"].get<std::int64_t>() <= gain["high"].get<std::int64_t>());
    const auto difference = line["expected_goals_milli"].get<std::int64_t>() -
                            line["goals"].get<std::int64_t>() * 1000 - gain["value"].get<std::int64_t>();
    CHECK(std::abs(difference) <= 1);
  }
  // Every friction is a line, or left out of the comparison.
  CHECK(fixes["by_comparison"]["lines"].size() + fixes["by_comparison"]["left_out"].size() ==
        report["friction"].size());
}

void CheckFriction(const json& report, const Report& of) {
  std::size_t with_impact = 0, owned = 0;
  for (const json& row : report["friction"]) {
    std::uint64_t outcomes = 0;
    for (const auto& [outcome, count] : row["outcomes"].items()) outcomes += Number(count);
    CHECK(outcomes == Number(row["journeys"]));
    std::set<std::uint64_t> customers;
    CHECK(!row["examples"].empty());
    CHECK(row["examples"].size() <= std::min<std::uint64_t>(3, Number(row["customers"])));
    for (const json& example : row["examples"]) {
      const JourneyRow& journey = of.journeys.rows.at(Number(example["journey"]));
      CHECK(journey.customer.value == Number(example["customer"]));
      CHECK(customers.insert(Number(example["customer"])).second);
    }
    owned += row["owner"].is_null() ? 0U : 1U;
    if (row["impact"].is_null() || row["impact"]["by_comparison"].is_null()) continue;
    ++with_impact;
    CHECK(row["impact"]["by_comparison"]["met"] == row["journeys"]);
  }
  CHECK(with_impact > 10);
  CHECK(owned > 10);
}

void CheckFeedback(const json& report) {
  const json& feedback = report["feedback"];
  const std::uint64_t joined = Number(feedback["joined"]);
  const std::uint64_t scored = joined + Number(feedback["to_session"]) + Number(feedback["unjoined"]);
  CHECK(Number(feedback["offered"]) ==
        scored + Number(feedback["unreadable"]) + Number(feedback["out_of_scale"]));
  CHECK(joined > 50);
  CHECK(SumOf(feedback["scales"], "answers") == scored);
  std::uint64_t by_definition = 0, by_outcome = 0, by_last = 0;
  for (const json& scale : feedback["scales"]) {
    by_definition += SumOf(scale["by_definition"], "answers");
    by_outcome += SumOf(scale["by_outcome"], "answers");
    by_last += SumOf(scale["by_last_touchpoint"], "answers");
    for (const json& driver : scale["drivers"]) {
      const auto whole = std::ranges::find_if(
          scale["by_definition"], [&](const json& row) { return row["definition"] == driver["definition"]; });
      CHECK(Number(driver["with"]["answers"]) + Number(driver["without"]["answers"]) ==
            Number((*whole)["answers"]));
    }
  }
  CHECK(by_definition == joined);
  CHECK(by_outcome == joined);
  CHECK(by_last == joined + Number(feedback["to_session"]));
  std::map<std::pair<std::string, std::string>, std::uint64_t> outcomes;
  std::uint64_t hurt = 0;
  for (const json& group : feedback["response_rates"]) {
    CHECK(Number(group["answered"]) <= Number(group["journeys"]));
    outcomes[{group["definition"], group["outcome"]}] += Number(group["journeys"]);
    if (group["hurt"].get<bool>()) hurt += Number(group["journeys"]);
  }
  CHECK(hurt == Number(report["totals"]["journeys_with_findings"]));
  for (const json& journey : report["journeys"]) {
    for (const char* outcome : {"achieved", "abandoned", "expired", "excluded", "ended", "open"}) {
      CHECK(outcomes[{journey["definition"], outcome}] == Number(journey[outcome]));
    }
  }
}

void CheckFunnels(const json& report) {
  CHECK(report["funnels"].size() == 2);
  for (const json& funnel : report["funnels"]) {
    const json& steps = funnel["steps"];
    CHECK(Number(funnel["customers"]) == Number(report["identity"]["customers"]));
    CHECK(Number(funnel["entered"]) == Number(steps.front()["reached"]));
    CHECK(Number(funnel["completed"]) == Number(steps.back()["reached"]));
    CHECK(SumOf(steps, "ended") == Number(funnel["entered"]));
    for (const json& step : steps) CHECK(step["examples"].size() <= Number(step["ended"]));
    // Required steps: who came to one, ended there or before the next, or came to the next.
    for (std::size_t k = 0; k + 1 < steps.size(); ++k) {
      std::uint64_t ended_before = 0;
      for (std::size_t i = 0; i < k; ++i) ended_before += Number(steps[i]["ended"]);
      if (!steps[k]["optional"].get<bool>())
        CHECK(Number(steps[k]["reached"]) == Number(funnel["entered"]) - ended_before);
    }
  }
}

std::string PairOf(const json& row) {
  return row["from"].dump() + row["to"].dump();
}

void CheckPaths(const json& report) {
  const json& paths = report["paths"];
  REQUIRE(paths["journeys"].size() == report["journeys"].size());
  std::map<std::string, std::uint64_t> moves;
  for (std::size_t i = 0; i < paths["journeys"].size(); ++i) {
    const json& path = paths["journeys"][i];
    const json& journey = report["journeys"][i];
    const std::uint64_t started = Number(journey["started"]);
    CHECK(path["definition"] == journey["definition"]);
    CHECK(Number(path["times"]["journeys"]) == started);
    CHECK(Number(path["times"]["pauses"]) == Number(journey["pauses"]));
    const json& matrix = path["step_matrix"];
    CHECK(Number(matrix["aligned"]) + Number(matrix["unaligned"]) == started);
    for (const json& offset : matrix["offsets"]) {
      CHECK(SumOf(offset["touchpoints"], "journeys") + Number(offset["none"]) == Number(matrix["aligned"]));
    }
    for (const json& pair : path["eventually_follows"]) CHECK(Number(pair["journeys"]) <= Number(pair["of"]));
    for (const json& move : path["transitions"]) {
      moves[PairOf(move)] += Number(move["count"]);
      CHECK(Number(move["median_us"]) <= Number(move["p90_us"]));
    }
    const json& periods = path["throughput"]["rows"];
    CHECK(SumOf(periods, "started") == started);
    CHECK(SumOf(periods, "achieved") == Number(journey["achieved"]));
    CHECK(SumOf(periods, "ended") == Number(journey["ended"]));
    CHECK(SumOf(periods, "failed") ==
          Number(journey["abandoned"]) + Number(journey["expired"]) + Number(journey["excluded"]));
    CHECK(Number(periods.back()["under_way"]) == Number(journey["open"]));
  }
  CHECK(moves.size() == report["transitions"].size());
  for (const json& transition : report["transitions"])
    CHECK(moves[PairOf(transition)] == Number(transition["count"]));
  std::uint64_t customers = 0;
  for (const json& cohort : paths["retention"]["cohorts"]) {
    customers += Number(cohort["customers"]);
    CHECK(cohort["active"][0] == cohort["customers"]);
  }
  CHECK(customers == Number(report["identity"]["customers"]));
}

void CheckCreditAndOwners(const json& report, const Report& of) {
  const json& attribution = report["attribution"];
  CHECK(Number(attribution["conversions"]) == SumOf(report["journeys"], "achieved"));
  CHECK(Number(attribution["conversions"]) + Number(attribution["losses"]) +
            SumOf(report["journeys"], "open") ==
        Number(report["totals"]["journeys"]));
  CHECK(attribution["rules"].size() == kAttributionRules - 2);
  for (const json& rule : attribution["rules"]) {
    std::int64_t sum = 0;
    for (const json& channel : rule["channels"]) sum += channel["conversions_milli"].get<std::int64_t>();
    // Rounded by channel.
    CHECK(std::abs(sum - attribution["conversions"].get<std::int64_t>() * 1000) <=
          static_cast<std::int64_t>(rule["channels"].size()));
  }
  const json& owners = report["owners"];
  CHECK(owners.size() == 7);
  CHECK(SumOf(owners, "findings") == Number(report["totals"]["findings"]));
  CHECK(SumOf(owners, "cost_us") == SumOf(report["friction"], "cost_us"));
  CHECK(SumOf(owners, "cost_events") == SumOf(report["friction"], "cost_events"));
  CHECK(SumOf(owners, "touchpoints") == of.touchpoints.size());
  CHECK(SumOf(owners, "events") ==
        SumOf(report["transitions"], "count") + Number(report["totals"]["journeys"]));
  std::map<std::string, std::uint64_t> findings;
  for (const json& row : report["friction"]) findings[row["owner"].dump()] += Number(row["findings"]);
  for (const json& owner : owners) {
    CHECK(findings[owner["owner"].dump()] == Number(owner["findings"]));
    CHECK(Number(owner["journeys_hurt"]) <= Number(owner["journeys"]));
    CHECK(Number(owner["overlong"]) <= Number(owner["stays"]));
  }
}

TEST_CASE("every figure of a JSON report with insights reconciles with the others") {
  const LikedWorld& world = Simulated();
  const json report = json::parse(testing::JsonOf(world.report, world.insights));
  CHECK(report["schema"] == "journey.report/1");
  CheckFixFirst(report);
  CheckFriction(report, world.report);
  CheckFeedback(report);
  CheckFunnels(report);
  CheckPaths(report);
  CheckCreditAndOwners(report, world.report);
}

TEST_CASE("insights only add keys: what a report without them says stays as it is") {
  const LikedWorld& world = Simulated();
  const json with = json::parse(testing::JsonOf(world.report, world.insights));
  const json without = json::parse(testing::JsonOf(world.report));
  for (const auto& [key, value] : without.items()) {
    INFO(key);
    REQUIRE(with.contains(key));
    if (key != "friction") CHECK(with[key] == value);
  }
  for (std::size_t i = 0; i < without["friction"].size(); ++i) {
    for (const auto& [key, value] : without["friction"][i].items()) CHECK(with["friction"][i][key] == value);
  }
  CHECK_FALSE(without.contains("fix_first"));
  CHECK_FALSE(without["friction"][0].contains("impact"));
}

TEST_CASE("what is written of insights does not depend on the number of threads") {
  const LikedWorld& one = Simulated();
  const LikedWorld four(400, 4);
  CHECK(testing::JsonOf(one.report, one.insights) == testing::JsonOf(four.report, four.insights));
  CHECK(testing::HtmlOf(one.report, one.insights) == testing::HtmlOf(four.report, four.insights));
  CHECK(testing::TextOf(one.report, one.insights) == testing::TextOf(four.report, four.insights));
}

TEST_CASE("the page with insights is well-formed, with every section, and asks the network for nothing") {
  const LikedWorld& world = Simulated();
  const std::string page = testing::HtmlOf(world.report, world.insights);
  CHECK(testing::ProblemOf(page) == "");
  for (const char* section : {"fix", "journeys", "funnels", "friction", "owners", "feedback", "channels",
                              "credit", "touchpoints", "time", "examples", "paths", "counted"}) {
    INFO(section);
    CHECK(CountOf(page, fmt::format("<section id=\"{}\"", section)) == 1);
    CHECK(CountOf(page, fmt::format("href=\"#{}\"", section)) == 1);
  }
  CHECK_FALSE(Has(page, "{{"));
  for (const char* forbidden :
       {"http:", "https:", "<script", "javascript:", "<link", "<img", "url(http", "onclick"}) {
    INFO(forbidden);
    CHECK_FALSE(Has(page, forbidden));
  }
  CHECK(Has(testing::HtmlOf(world.report), "<section id=\"friction\""));
  CHECK_FALSE(Has(testing::HtmlOf(world.report), "fix-lines"));
}

TEST_CASE("the first line of the page, the text and the JSON is the same") {
  const LikedWorld& world = Simulated();
  const json report = json::parse(testing::JsonOf(world.report, world.insights));
  const std::string sentence = report["fix_first"]["by_comparison"]["lines"][0]["sentence"];
  CHECK(Has(testing::HtmlOf(world.report, world.insights), sentence));
  std::string text = testing::TextOf(world.report, world.insights, {.width = 4000});
  CHECK(Has(text, "1. " + sentence));
  text = testing::TextOf(world.report, world.insights);
  for (const char* heading :
       {"WHAT TO FIX FIRST", "FUNNEL ", "BY OWNER", "WHAT CUSTOMERS SAY", "CREDIT OF CHANNELS"}) {
    INFO(heading);
    CHECK(CountOf(text, heading) >= 1);
  }
}

TEST_CASE("of no events, and of one, there is a page with insights, too") {
  const EventLog none;
  const Report nothing = testing::RunOn(none);
  CHECK(testing::ProblemOf(testing::HtmlOf(nothing, testing::InsightsOn(none, nothing, {}))) == "");
  const json parsed = json::parse(testing::JsonOf(nothing, testing::InsightsOn(none, nothing, {})));
  CHECK(parsed["fix_first"]["journeys"]["closed"] == 0);
  const EventLog log = testing::LogOf({{0, "ann", "web", "view"}});
  const Report one = testing::RunOn(log);
  CHECK(testing::ProblemOf(testing::HtmlOf(one, testing::InsightsOn(log, one, {}))) == "");
  CHECK(Has(testing::TextOf(one, testing::InsightsOn(log, one, {})), "1  journey"));
}

}  // namespace
}  // namespace journey
