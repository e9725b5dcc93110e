// What is counted on which side, against a naive count; how journeys are split; and what the writers make of it.
#include "journey/insight/compare.h"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "insight_compare/shop.h"
#include "insight_feedback/support.h"
#include "io/compare_figures.h"
#include "journey/core/status.h"
#include "journey/identity/graph_resolver.h"
#include "journey/insight/compare_split.h"
#include "journey/io/compare_writer.h"
#include "journey/io/config.h"
#include "journey/journeys/classifier.h"
#include "support/catch.h"

namespace {

using namespace journey;
using namespace std::chrono_literals;
using std::chrono::days;
using test::Happened;
using test::TestRun;
using test::Value;

using Counts = std::map<FigureKey, std::array<std::int64_t, 4>>;  // numerator, denominator: before, after

// Each journey by itself, in texts.
Counts NaiveCounts(const EventLog& log, const TestRun& run, const Config& config, const Feedback& feedback,
                   const std::vector<std::uint8_t>& cells) {
  Counts counts;
  const EventClassifier classifier(log, run.report.touchpoints, {}, {}, config.classes);
  std::array<std::int64_t, 2> journeys{};
  std::array<std::int64_t, 2> events{};
  const auto add = [&](const FigureKey& key, std::size_t side, std::int64_t x, std::int64_t y) {
    counts[key][side * 2] += x;
    counts[key][side * 2 + 1] += y;
  };
  for (std::size_t j = 0; j < cells.size(); ++j) {
    if (cells[j] == kLeftOut) continue;
    const std::size_t side = cells[j];
    const JourneyRow& row = run.report.journeys.rows[j];
    const std::string& definition = run.definitions[row.definition.value];
    ++journeys[side];
    const bool achieved = row.outcome == Outcome::kAchieved;
    const bool open = row.outcome == Outcome::kOpen;
    if (!open) add({.figure = CompareFigure::kGoalRate, .definition = definition}, side, achieved ? 1 : 0, 1);
    add({.figure = CompareFigure::kJourneyMix, .definition = definition}, side, 1, 0);
    if (achieved) {
      add({.figure = CompareFigure::kTimeToGoal, .definition = definition}, side,
          (row.ended - row.first).count(), 1);
    }
    const auto& steps = config.journeys[row.definition.value].steps;
    for (std::uint32_t k = 1; k < steps.size(); ++k) {
      const auto came_to = [&](std::uint32_t step) { return achieved || row.last_step >= step; };
      const bool stands_before = open && row.last_step == k - 1;
      if (!came_to(k - 1) || stands_before) continue;
      add({.figure = CompareFigure::kStepConversion,
           .definition = definition,
           .step_number = k,
           .step = steps[k].name},
          side, came_to(k) ? 1 : 0, 1);
    }
    bool contact = false;
    std::set<std::string> channels;
    std::set<std::pair<std::string, std::string>> places;
    for (std::size_t i = 0; i < row.events(); ++i) {
      const EventRow& event = run.tables.event_of(row, i);
      const std::string channel(run.report.touchpoints.channel_text(event.touchpoint));
      const std::string name(run.report.touchpoints.name_text(event.touchpoint));
      ++events[side];
      add({.figure = CompareFigure::kTouchpointVisits, .channel = channel, .event = name}, side, 1, 0);
      add({.figure = CompareFigure::kChannelShare, .channel = channel}, side, 1, 0);
      channels.insert(channel);
      places.insert({channel, name});
      contact = contact || classifier.IsSupport(event);
    }
    for (const auto& channel : channels) {
      add({.figure = CompareFigure::kChannelReach, .channel = channel}, side, 1, 0);
    }
    for (const auto& [channel, name] : places) {
      add({.figure = CompareFigure::kTouchpointReach, .channel = channel, .event = name}, side, 1, 0);
    }
    if (contact) add({.figure = CompareFigure::kContactRate}, side, 1, 0);
    std::set<FigureKey> frictions;
    for (const Finding& finding : run.report.findings) {
      if (finding.journey.value != j) continue;
      frictions.insert({.figure = CompareFigure::kFriction,
                        .channel = std::string(run.report.touchpoints.channel_text(finding.touchpoint)),
                        .event = std::string(run.report.touchpoints.name_text(finding.touchpoint)),
                        .detector = run.report.detectors[finding.detector.value].name,
                        .kind = std::string(run.report.label(finding.kind))});
    }
    for (const FigureKey& key : frictions) add(key, side, 1, 0);
  }
  for (const FeedbackResponse& response : feedback.responses) {
    if (!response.journey.valid() || cells[response.journey.value] == kLeftOut) continue;
    add({.figure = CompareFigure::kScore, .scale = "csat"}, cells[response.journey.value],
        response.score_milli, 1);
  }
  for (auto& [key, cell] : counts) {
    const bool of_events = key.figure == CompareFigure::kChannelShare;
    const bool own = key.figure <= CompareFigure::kScore && key.figure != CompareFigure::kContactRate;
    if (own) continue;
    for (std::size_t side = 0; side < 2; ++side)
      cell[side * 2 + 1] = of_events ? events[side] : journeys[side];
  }
  return counts;
}

TEST_CASE("every figure of a simulated world is what a naive count says") {
  const Config config = *ParseConfig(SimulatedJourneys(), "journeys.json");
  EventLog log;
  const SimulatedLog simulated = Simulate({.customers = 250, .seed = 12, .feedback_permille = 800});
  EventBuffer buffer;
  for (std::size_t i = 0; i < simulated.size(); ++i) log.Append(simulated.Fill(i, buffer));
  PipelineOptions options{.journeys = config.journeys, .classes = config.classes};
  options.resolver = std::make_shared<GraphResolver>(config.identity);
  const TestRun run(test::RunOf(log, std::move(options)));
  const Feedback feedback = JoinFeedback(log, run.tables, config.classes);
  std::vector<std::uint8_t> cells;
  test::Random random(5);
  for (std::size_t j = 0; j < run.report.journeys.rows.size(); ++j) {
    const std::size_t draw = random.Below(5);
    cells.push_back(draw == 4 ? kLeftOut : static_cast<std::uint8_t>(draw % 2));
  }
  const std::vector<CompareRun> runs{{.log = log,
                                      .tables = run.tables,
                                      .definitions = config.journeys,
                                      .classes = config.classes,
                                      .feedback = &feedback,
                                      .cells = cells}};
  const Comparison comparison = Compare(runs);
  CHECK(comparison.arms);  // one run; two are two periods or logs
  CHECK_FALSE(Compare(std::vector<CompareRun>{runs[0], runs[0]}).arms);
  const Counts naive = NaiveCounts(log, run, config, feedback, cells);
  std::set<CompareFigure> figures;
  std::size_t rows = 0;
  for (const auto& [key, expected] : naive) {
    if (expected[0] == 0 && expected[2] == 0) continue;
    ++rows;
    const auto row = std::ranges::find(comparison.rows, key, &CompareRow::key);
    INFO(NameOf(key.figure) << " " << key.definition << key.step << key.channel << key.event << key.detector);
    REQUIRE(row != comparison.rows.end());
    CHECK(row->before.numerator == expected[0]);
    CHECK(row->before.denominator == expected[1]);
    CHECK(row->after.numerator == expected[2]);
    CHECK(row->after.denominator == expected[3]);
    figures.insert(key.figure);
  }
  CHECK(comparison.rows.size() == rows);
  CHECK(figures.size() == kCompareFigures);
  CHECK(comparison.tested + comparison.too_small == comparison.rows.size());
  CHECK(std::ranges::is_sorted(comparison.rows, {}, &CompareRow::key));
  CHECK(comparison.people_on_both_sides > 0);
}

TEST_CASE("periods are as long as the shorter side of the split has room for") {
  const auto at = [](Duration time) { return test::After(time); };
  const auto periods = PeriodsAround(at(0h), at(days{30}), at(days{44} - 1us));
  REQUIRE(periods.ok());
  CHECK(periods->from == at(days{16}));
  CHECK(periods->until == at(days{44}));
  CHECK(PeriodsAround(at(0h), at(days{3}), at(days{44}))->from == at(0h));
  CHECK_FALSE(PeriodsAround(at(0h), at(0h), at(days{44})).ok());
  CHECK_FALSE(PeriodsAround(at(0h), at(days{45}), at(days{44})).ok());
}

TEST_CASE("a journey is in the period in which it began, as it stood at the end of it") {
  const EventLog log = test::LogOf({{0h, "web/view"},                  // before both
                                    {days{5}, "web/view", {}, "bob"},  // straddles: bought after the split
                                    {days{11}, "web/purchase", {}, "bob"},  //
                                    {days{12}, "web/view", {}, "bob"},      // after
                                    {days{14}, "web/view", {}, "eve"}});
  PipelineOptions options{.journeys = {test::Purchase()}};
  options.as_of = test::After(days{10} - 1us);
  const TestRun before(test::RunOf(log, options));
  options.as_of = test::After(days{20});
  const TestRun after(test::RunOf(log, options));
  const Split first = SplitPeriod(before.tables, test::After(days{4}), test::After(days{10}), kBefore);
  CHECK(first.cells == std::vector<std::uint8_t>{kLeftOut, kBefore});
  CHECK(before.report.journeys.rows[1].outcome == Outcome::kOpen);
  CHECK(first.left_out == std::vector<std::pair<std::string, std::uint64_t>>{{"began before the period", 1}});
  const Split second = SplitPeriod(after.tables, test::After(days{10}), test::After(days{16}), kAfter);
  CHECK(second.cells == std::vector<std::uint8_t>{kLeftOut, kLeftOut, kAfter, kAfter});
  CHECK(PeopleOf(before.tables, after.tables, log.size()) == std::vector<std::uint32_t>{0, 1});
}

TEST_CASE("a journey's arm is its only value, or what the customer had before") {
  const auto arm = [](const char* text) {
    return std::vector<std::pair<std::string, Value>>{{"arm", Value::Text(text)}};
  };
  const EventLog log = test::LogOf({{0h, "help/see", arm("A")},  // exposed outside of any journey
                                    {1h, "web/view"},
                                    {2h, "web/purchase"},
                                    {3h, "web/view", arm("B")},
                                    {4h, "web/purchase", arm("A")},  // both
                                    {5h, "web/view", arm("B"), "bob"},
                                    {6h, "web/view", {}, "eve"},
                                    {7h, "web/view", arm("C"), "sue"}});
  const TestRun run(test::RunOf(log, {.journeys = {test::Purchase()}}));
  const Split split = SplitArms(log, run.tables, "arm", "A", "B");
  CHECK(split.cells == std::vector<std::uint8_t>{kBefore, kLeftOut, kAfter, kLeftOut, kLeftOut});
  CHECK(split.left_out == std::vector<std::pair<std::string, std::uint64_t>>{
                              {"several arms", 1}, {"no arm", 1}, {"another arm", 1}});
  const auto values = ValuesOf(log, run.tables, "arm");
  REQUIRE(values.size() == 3);
  CHECK(values[0].first == "B");
  CHECK(ValuesOf(log, run.tables, "none").empty());
}

TEST_CASE("the control group is told by where a journey began, or by an attribute") {
  const EventLog log = test::LogOf({{0h, "web/view"},
                                    {1h, "app/pay"},
                                    {2h, "app/view", {{"country", Value::Text("DE")}}, "bob"},
                                    {3h, "web/pay", {}, "bob"}});
  const TestRun run(test::RunOf(log, {.journeys = {test::Purchase()}}));
  std::vector<std::uint8_t> cells{kBefore, kAfter};
  CHECK(MoveControl(log, run.tables, *ParseControl("channel=app"), cells) == 1);
  CHECK(cells == std::vector<std::uint8_t>{kBefore, kControlAfter});
  cells = {kBefore, kAfter};
  CHECK(MoveControl(log, run.tables, *ParseControl("country=DE"), cells) == 1);
  CHECK(cells == std::vector<std::uint8_t>{kBefore, kControlAfter});
  CHECK_FALSE(ParseControl("country").ok());
  CHECK_FALSE(ParseControl("=DE").ok());
}

TEST_CASE("options that make no sense are named") {
  CHECK(CompareOptions{}.Validate().ok());
  CHECK(MessageOf(CompareOptions{.min_customers = 1}.Validate()) ==
        "compare.min_customers: 1 is not allowed; it must be at least 2");
  CHECK_FALSE(CompareOptions{.worthwhile = 0.0}.Validate().ok());
  CHECK_FALSE(CompareOptions{.max_q = 1.0}.Validate().ok());
}

Comparison Moved() {
  test::Shop shop;
  test::Random random(1);
  std::array<test::ShopRates, 4> rates{};
  rates[kAfter].portal -= 100;
  rates[kAfter].phone += 90;
  for (int i = 0; i < 3000; ++i) shop.AddCustomer(random, {static_cast<std::uint8_t>(i % 2)}, rates);
  Comparison comparison = shop.Compare();
  comparison.arms = false;
  comparison.sides[0].label = "<script>alert(1)</script>";
  comparison.sides[1].label = "after \xE2\x80\xAE \x1b[31m";
  comparison.notes = {"a \"note\" & more"};
  comparison.left_out = {{"mixed", 3}};
  for (CompareRow& row : comparison.rows) {
    if (row.key.event == "page10") row.key.event = "<img src=x onerror=alert(1)>\x1b[2J";
  }
  return comparison;
}

TEST_CASE("the JSON of a comparison reads back with all its figures") {
  const Comparison comparison = Moved();
  std::ostringstream out;
  WriteCompareJson(comparison, out);
  const nlohmann::json json = nlohmann::json::parse(out.str());
  CHECK(json.at("schema") == "journey.compare/1");
  CHECK(json.at("before").at("label") == "<script>alert(1)</script>");
  REQUIRE(json.at("figures").size() == comparison.rows.size());
  std::uint64_t changed = 0;
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
    const nlohmann::json& row = json.at("figures")[i];
    CHECK(row.at("figure") == std::string(NameOf(comparison.rows[i].key.figure)));
    CHECK(row.at("before").at("numerator") == comparison.rows[i].before.numerator);
    changed += row.at("verdict") == "rose" || row.at("verdict") == "fell" ? 1U : 0U;
    if (row.at("verdict") == "too_small") {
      CHECK(std::ranges::count_if(row.items(), [](const auto& member) {
              return member.key().starts_with("q_") && !member.value().is_null();
            }) == 0);
    }
  }
  CHECK(changed == comparison.changed);
  CHECK(json.at("moved_together").size() == comparison.displacements.size());
  REQUIRE(comparison.displacements_found > 0);
  CHECK(json.at("moved_together")[0].at("fell").at("difference_ppm") < 0);
}

TEST_CASE("no name gets out of its place in the text and the page of a comparison") {
  const Comparison comparison = Moved();
  std::ostringstream text;
  WriteCompareText(comparison, text);
  CHECK(text.str().find('\x1b') == std::string::npos);
  CHECK(text.str().find("\xE2\x80\xAE") == std::string::npos);
  CHECK(text.str().find("MOVED TOGETHER") != std::string::npos);
  CHECK(text.str().find("phone rose") != std::string::npos);
  std::ostringstream page;
  WriteCompareHtml(comparison, page, {.title = "<b>title</b>"});
  for (const char* hostile : {"<script", "<img", "<b>title", "\x1b", "\xE2\x80\xAE"}) {
    INFO(hostile);
    CHECK(page.str().find(hostile) == std::string::npos);
  }
  CHECK(page.str().find("&lt;script&gt;") != std::string::npos);
  CHECK(page.str().find("{{") == std::string::npos);
  CHECK(page.str().find("<svg") != std::string::npos);
  std::ostringstream again;
  WriteCompareHtml(comparison, again, {.title = "<b>title</b>"});
  CHECK(again.str() == page.str());
}

std::string TextOf(const Comparison& comparison) {
  std::ostringstream text;
  WriteCompareText(comparison, text, {.width = 400});
  return text.str();
}
std::string PageOf(const Comparison& comparison) {
  std::ostringstream page;
  WriteCompareHtml(comparison, page);
  return page.str();
}
bool Has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("the text and the page begin with the answer") {
  const Comparison comparison = Moved();
  const std::string text = TextOf(comparison);
  CHECK(text.starts_with("DID THE CHANGE HELP?\n"));
  CHECK(Has(text, "figures tested changed: 0 for the better, 1 for the worse"));  // contacts with support
  CHECK(Has(text,
            "Of the “purchase” journeys that ended, the share that reached their goal did not change beyond "
            "chance: from "));
  CHECK(Has(PageOf(comparison), "<title>Did the change help?</title>"));
  CHECK(Has(PageOf(comparison), "figures tested changed: 0 for the better, 1 for the worse"));
}

TEST_CASE("the figures of a row have the same number of decimals, and the signs of the whole product") {
  CompareRow row{.key = {.figure = CompareFigure::kChannelReach, .channel = "web"},
                 .before = {.numerator = 4, .denominator = 1000, .value = 0.004},
                 .after = {.numerator = 123, .denominator = 1000, .value = 0.1234},
                 .difference = 0.1194};
  CHECK(internal::CellText(row, row.before) == "0.40%");
  CHECK(internal::CellText(row, row.after) == "12.34%");
  CHECK(internal::DecimalsOf(row) == 2);
  CHECK(internal::FigureChangeText(FigureUnit::kShare, row.difference, 2) == "+11.94 pts");
  CHECK(internal::FigureIntervalText(FigureUnit::kShare, {-0.01, 0.02}, 2) == "−1.00 to +2.00");
  row.before.value = row.after.value = 0.4;
  row.difference = 0.0;
  CHECK(internal::DecimalsOf(row) == 1);
  row.difference = -0.0002;  // not to read 0
  CHECK(internal::FigureChangeText(FigureUnit::kShare, row.difference, internal::DecimalsOf(row)) ==
        "−0.02 pts");
  row.key.figure = CompareFigure::kTouchpointVisits;
  row.before.value = 12.3;
  row.after.value = 0.05;
  row.difference = -12.25;
  CHECK(internal::CellText(row, row.before) == "12.3000");
  CHECK(internal::CellText(row, row.after) == "0.0500");
  CHECK(
      internal::FigureTitle({.figure = CompareFigure::kFriction, .detector = "repetition", .kind = "redo"}) ==
      "repetition (redo)");
  const std::string page = PageOf(Moved());
  for (const std::string& written : {TextOf(Moved()), page.substr(page.find("<body>"))}) {
    CHECK_FALSE(Has(written, "95 %"));
    for (char digit = '0'; digit <= '9'; ++digit) CHECK_FALSE(Has(written, std::string(" -") + digit));
  }
}

TEST_CASE("what changed above the list of the rest is told as such") {
  const Comparison comparison = Moved();
  const internal::CompareLists lists = internal::ListsOf(comparison);
  REQUIRE(comparison.changed > lists.changed.size());
  const std::string text =
      fmt::format("{} of {} figures tested changed, {} of them above", comparison.changed, comparison.tested,
                  comparison.changed - lists.changed.size());
  CHECK(Has(TextOf(comparison), text));
  CHECK(Has(PageOf(comparison), text));
}

TEST_CASE("arms have their names, and nothing rises or falls between them") {
  Comparison comparison = Moved();
  comparison.arms = true;
  comparison.sides[0].label = "platform=desktop";
  comparison.sides[1].label = "platform=mobile";
  const std::string text = TextOf(comparison);
  CHECK(text.starts_with("HOW THE ARMS DIFFER\n"));
  CHECK(Has(text, "differ between desktop and mobile"));
  CHECK(Has(text, "phone is higher in mobile: "));
  const std::string page = PageOf(comparison);
  CHECK(Has(page, "<title>How the arms differ</title>"));
  CHECK(Has(page, "data-label=\"desktop\""));
  for (const std::string& written : {text, page.substr(page.find("<body>"))}) {
    for (const char* word : {" rose", " fell", "before", "Before", " changed", "Did the change help"}) {
      INFO(word);
      CHECK_FALSE(Has(written, word));
    }
  }
}

TEST_CASE("with a control group, its own before and after stand beside the treated") {
  test::Shop shop;
  test::Random random(4);
  std::array<test::ShopRates, 4> rates{};
  rates[kControlAfter].achieve -= 250;  // it fell everywhere, but not where the change was
  for (int i = 0; i < 6000; ++i) shop.AddCustomer(random, {static_cast<std::uint8_t>(i % 4)}, rates);
  Comparison comparison = shop.Compare();
  comparison.arms = false;
  comparison.control = "channel=phone";
  const CompareRow* const goal = test::Find(comparison, CompareFigure::kGoalRate);
  REQUIRE(goal->verdict == CompareVerdict::kRose);
  const auto share = [](const FigureCell& cell) { return fmt::format("{:.1f}%", 100.0 * cell.value); };
  const std::string treated = fmt::format("from {} to {}", share(goal->before), share(goal->after));
  const std::string control =
      fmt::format("the control from {} to {}", share(*goal->control_before), share(*goal->control_after));
  const std::string text = TextOf(comparison);
  CHECK(Has(text, "rose against the control: " + treated + ", " + control));
  CHECK(Has(text, "  control "));
  CHECK(Has(text, "  rose against control\n"));
  const std::string page = PageOf(comparison);
  CHECK(Has(page, treated + ", " + control));
  CHECK(Has(page, "<span class=\"rule\">control " + share(*goal->control_before) + "</span>"));
  CHECK(Has(page, "<span class=\"rule\">control " + share(*goal->control_after) + "</span>"));
}

TEST_CASE("what is too small says which rule it fails, and how many customers would pass it") {
  test::Shop shop;
  test::Random random(7);
  std::array<test::ShopRates, 4> rates{};
  for (test::ShopRates& of : rates) of.phone = 50;  // the least that some customer does
  for (int i = 0; i < 120; ++i) shop.AddCustomer(random, {static_cast<std::uint8_t>(i % 2)}, rates);
  const Comparison comparison = shop.Compare();
  std::ostringstream out;
  WriteCompareJson(comparison, out);
  const nlohmann::json json = nlohmann::json::parse(out.str());
  std::set<std::string> rules;
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
    const CompareRow& row = comparison.rows[i];
    const nlohmann::json& rule = json.at("figures")[i].at("too_small");
    CHECK(rule.is_null() == (row.verdict != CompareVerdict::kTooSmall));
    if (rule.is_null()) continue;
    const std::string name = rule.at("rule");
    rules.insert(name);
    CHECK(rule.at("found") < rule.at("least"));
    const std::int64_t with = row.before.numerator + row.after.numerator;
    if (name == "min_customers")
      CHECK(rule.at("found") == std::min(row.before.customers, row.after.customers));
    if (name == "min_events") CHECK(rule.at("found") == with);
    if (name != "min_events_without") continue;
    CHECK(rule.at("found") == row.before.denominator + row.after.denominator - with);
    if (rule.at("found") != 0) CHECK(row.customers_needed > row.before.customers);
  }
  CHECK(rules.contains("min_events"));
  const CompareRow* const phone = test::Find(comparison, CompareFigure::kChannelReach, "phone");
  if (phone != nullptr && phone->verdict == CompareVerdict::kTooSmall) {
    const std::int64_t with = phone->before.numerator + phone->after.numerator;
    CHECK(Has(TextOf(comparison), fmt::format("{} of 120 {}, 10 needed", with, with == 1 ? "does" : "do")));
  }
}

TEST_CASE("a comparison of nothing is written, too") {
  const Comparison nothing = Compare({});
  std::ostringstream text;
  WriteCompareText(nothing, text);
  CHECK(text.str().find("Nothing that this sample could show") != std::string::npos);
  std::ostringstream json;
  WriteCompareJson(nothing, json);
  CHECK(nlohmann::json::parse(json.str()).at("figures").empty());
  std::ostringstream page;
  WriteCompareHtml(nothing, page);
  CHECK(page.str().find("Too small to say") == std::string::npos);
}

}  // namespace
