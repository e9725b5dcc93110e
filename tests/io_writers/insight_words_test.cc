// How the writers put Insights into words: names, signs and roundings, what could not be seen, and what is too few to tell.
#include "io/insight_figures.h"
#include "io/writer_figures.h"
#include "io_writers/insights_support.h"
#include "io_writers/markup.h"

namespace journey {
namespace {

using nlohmann::json;
using testing::CountOf;
using testing::Has;
using testing::LikedWorld;
using testing::Simulated;

TEST_CASE("every column of credit adds up to its total as shown, with what is below 0") {
  const std::vector<double> thirds{1.0 / 3, 1.0 / 3, 1.0 / 3};
  CHECK(internal::TenthsColumn(thirds) == std::vector<std::string>{"0.4", "0.3", "0.3"});
  const std::vector<double> below{2.049, -36.857, 0.049, 1234.559};
  CHECK(internal::TenthsColumn(below) == std::vector<std::string>{"2.0", "−36.9", "0.1", "1,234.6"});
  CHECK(internal::TenthsText(-0.04) == "0.0");
  const LikedWorld& world = Simulated();
  const std::string meaning =
      "Less than 0 means that journeys with the channel reached their goal less often";
  Insights insights = world.insights;
  AttributionResult& shapley = insights.attribution.back();
  shapley.credit[0].conversions += 1000.0;
  shapley.credit[1].conversions -= 1000.0;
  for (const std::string& written :
       {testing::TextOf(world.report, insights, {.width = 4000}), testing::HtmlOf(world.report, insights)}) {
    CHECK(Has(written, meaning));
    CHECK(Has(written, internal::TenthsText(shapley.credit[1].conversions).substr(0, 6)));  // "−9.."
  }
  for (AttributionResult& result : insights.attribution)
    for (ChannelCredit& credit : result.credit) credit.conversions = 1.0;
  CHECK_FALSE(Has(testing::TextOf(world.report, insights, {.width = 4000}), meaning));
}

TEST_CASE("a report says what counted as an error, support and feedback, and how many events did") {
  const EventLog log = testing::LogOf({{0, "ann", "web", "view"}, {1, "ann", "phone", "call"}});
  const Report report = testing::RunOn(log);
  const Insights insights = testing::InsightsOn(log, report, {});
  CHECK(insights.classes.errors == 0);
  CHECK(insights.classes.support == 1);
  for (const std::string& written :
       {testing::TextOf(report, insights, {.width = 4000}), testing::HtmlOf(report, insights)}) {
    CHECK(Has(written, "Errors: events with status error; none in this log."));
    CHECK(Has(written, "Support: events in the channel phone or chat; 1 in this log."));
    CHECK(Has(written, "No event counts as an error, so friction of that kind cannot be found"));
  }
  const json classes = json::parse(testing::JsonOf(report, insights))["event_classes"];
  CHECK(classes["errors"]["matched"] == 0);
  CHECK(classes["support"]["channels"] == json::parse(R"(["phone", "chat"])"));
  CHECK_FALSE(Has(testing::TextOf(Simulated().report, Simulated().insights), "cannot be found"));
}

TEST_CASE("where no friction could be seen, no share of the journeys is said to hurt") {
  const EventLog log = testing::LogOf({{0, "ann", "web", "view"}, {1, "ann", "app", "view"}});
  const Report report = testing::RunOn(log);
  REQUIRE(report.findings.empty());
  const Insights insights = testing::InsightsOn(log, report, {});
  const std::string text = testing::TextOf(report, insights, {.width = 4000});
  CHECK(Has(
      text,
      "  –  friction: none could be seen, as no event counts as an error or as a contact with support\n"));
  CHECK_FALSE(Has(text, "hurt somewhere"));
  const std::string page = testing::HtmlOf(report, insights);
  CHECK(Has(page, "<strong>–</strong><span class=\"tile-label\">no friction could be seen</span>"));
  CHECK_FALSE(Has(page, "hurt somewhere"));
  // Without insights it is not known whether any could have been seen.
  CHECK(
      Has(testing::TextOf(report), "  –  friction: none was found; whether any could be seen is told with"));
  CHECK(Has(testing::HtmlOf(report), "<span class=\"tile-label\">no friction was found</span>"));
  const Report unasked = testing::RunOn(log, {.detectors = DetectorList{}});
  CHECK(Has(testing::TextOf(unasked), "friction: none could be seen, as no detector was asked"));
  // Where something was found, the share is told, and of how many.
  CHECK(Has(
      testing::HtmlOf(Simulated().report, Simulated().insights),
      fmt::format(" of all {} journeys, ", internal::CountText(Simulated().report.journeys.rows.size()))));
}

TEST_CASE("a friction has one name in the text, the page and the sentences") {
  const LikedWorld& world = Simulated();
  const std::string text = testing::TextOf(world.report, world.insights, {.width = 4000, .rows = 4000});
  const std::string page = testing::HtmlOf(world.report, world.insights, {.rows = 4000});
  CHECK(CountOf(text, "channel_switch (forced)") > 3);
  CHECK(Has(page, "Repairing channel_switch (forced) at "));
  CHECK(Has(page, "had to change channel · channel_switch (forced)"));
  CHECK(Has(page, "<span class=\"rule\">channel_switch (forced): "));
  for (const std::string& written : {text, page}) {
    for (const char* other :
         {"channel_switch forced", "channel_switch · forced", "channel switch", "drop off"}) {
      INFO(other);
      CHECK_FALSE(Has(written, other));
    }
  }
  CHECK(internal::FrictionName("repetition", "redo", "between") == "repetition (redo, between)");
  CHECK(internal::FrictionName("error", "error", "timeout") == "error (timeout)");
  CHECK(internal::FrictionLabel("my_own", "kind") == "my_own (kind)");
}

TEST_CASE("percentages, signs and drop-offs are written in one way, and the latter explained") {
  const LikedWorld& world = Simulated();
  for (const std::string& written :
       {testing::TextOf(world.report, world.insights, {.width = 4000, .rows = 4000}),
        testing::HtmlOf(world.report, world.insights, {.rows = 4000})}) {
    CHECK_FALSE(Has(written, "95 %"));
    CHECK_FALSE(Has(written, "95%: -"));
    CHECK_FALSE(Has(written, " to -"));
    CHECK(Has(written, "the frictions drop_off (abandoned) and drop_off (expired) together"));
  }
}

TEST_CASE("the goals of those compared, and those expected, say of how many they are") {
  const LikedWorld& world = Simulated();
  const internal::ShownFixes fixes = internal::FixesByComparison(world.insights.fix_first);
  REQUIRE_FALSE(fixes.ranked.empty());
  const ComparisonLine& line = *fixes.ranked.front();
  const std::string page = testing::HtmlOf(world.report, world.insights);
  CHECK(Has(page, fmt::format(">{} of {} (", line.goals, line.compared)));
  CHECK(Has(page, fmt::format(">{} of {} ({:.1f}%)", internal::TenthsText(line.expected_goals), line.compared,
                              100.0 * line.expected_goals / static_cast<double>(line.compared))));
}

TEST_CASE("how many answers too few are is said once") {
  const LikedWorld& world = Simulated();
  const std::string page = testing::HtmlOf(world.report, world.insights);
  CHECK(CountOf(page, "<td class=\"why full\">too few answers</td>") > 5);
  CHECK(CountOf(page, "customers with it would have to answer") == world.insights.scales.size());
}

TEST_CASE("who comes to the end of a funnel is no loss") {
  const std::string text = testing::TextOf(Simulated().report, Simulated().insights, {.width = 120});
  const FunnelResult& funnel = Simulated().insights.funnels.front();
  const std::size_t begin = text.find("FUNNEL ");
  std::istringstream lines(text.substr(begin, text.find("\n\n", begin) - begin));
  std::string last;
  for (std::string line; std::getline(lines, line);) last = line;
  CHECK(Has(last, "  " + funnel.definition.steps.back().name));
  CHECK(Has(last, "  –  "));
}

TEST_CASE("a friction that is too small to say gives the rule that it fails, with its numbers") {
  FixFirstOptions options;
  ComparisonLine line{.met = 31, .compared = 29, .no_comparable = 2, .comparable = 500};
  line.standing = Standing::kNoComparison;
  CHECK(internal::WhySilent(line, options, true) ==
        "29 compared, 30 needed; 2 more, but nobody like them did not meet it");
  line.no_comparable = 0;
  CHECK(internal::WhySilent(line, options, true) == "29 compared, 30 needed");
  line.compared = 40;
  line.comparable = 7;
  CHECK(internal::WhySilent(line, options, true) == "7 like them, 30 needed");
  line = {.met = 40, .no_comparable = 40};
  CHECK(internal::WhySilent(line, options, true) == "40 met it, and nobody like them did not");
  line = {.met = 40, .compared = 40, .comparable = 40, .timed = 12};
  CHECK(internal::WhySilent(line, options, false) == "12 with a time, 30 needed");
}

TEST_CASE("discovered journeys without a goal are told by the time that a repair would save") {
  const LikedWorld& world = Simulated();
  const PipelineOptions options{.discovery = {.gap = std::chrono::hours{12}}};
  const Report report = testing::RunOn(world.log, options);
  InsightOptions insight;
  insight.fix_first.min_exposed = insight.fix_first.min_comparable = 5;
  const Insights insights = testing::InsightsOn(world.log, report, options, insight);
  CHECK(insights.fix_first.achieved == 0);
  const std::string page = testing::HtmlOf(report, insights);
  CHECK(testing::ProblemOf(page) == "");
  CHECK(Has(page, "No journey has a goal"));
  CHECK(Has(page, "time saved, with 95% interval"));
  CHECK_FALSE(Has(page, "<section id=\"credit\""));
  CHECK(Has(testing::TextOf(report, insights), "time saved"));
}

TEST_CASE("where no journey has ended, that is said instead of a ranking") {
  const LikedWorld& world = Simulated();
  const Report report = testing::RunOn(world.log);
  const Insights insights = testing::InsightsOn(world.log, report, {});
  REQUIRE(insights.fix_first.closed == 0);
  const std::string page = testing::HtmlOf(report, insights);
  CHECK(testing::ProblemOf(page) == "");
  CHECK(Has(page, "No journey has ended yet"));
  CHECK(Has(testing::TextOf(report, insights), "No journey has ended yet"));
}

}  // namespace
}  // namespace journey
