// Names as an attacker would choose them, in every place a name can be, through every writer.
#include <rapidcheck.h>
#include <simdjson.h>

#include <algorithm>

#include "io/escape.h"
#include "io_writers/insights_support.h"
#include "io_writers/markup.h"
#include "io_writers/support.h"
#include "io_writers/utf8_texts.h"
#include "journey/friction/detector_catalogue.h"

namespace journey {
namespace {

using nlohmann::json;
using testing::Has;

class HostileDetector final : public Detector {
 public:
  explicit HostileDetector(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] std::string_view name() const override { return text_; }
  [[nodiscard]] std::string parameters() const override { return text_; }
  void Examine(const JourneyView& journey, FindingSink& sink) const override {
    sink.Add({.kind = text_, .reason = text_, .at = 0, .begin = 0, .end = journey.size(), .cost_events = 1});
  }

 private:
  std::string text_;
};

struct World {
  EventLog log;
  Report report;
  Insights insights;
};

// The text as channel, event, source, step, definition, detector, kind, reason and identifier.
World WorldOf(const std::string& text) {
  EventLog log;
  std::uint64_t row = 0;
  for (const auto& [channel, name] : std::vector<std::pair<std::string, std::string>>{
           {text, text}, {text, "other"}, {"other", text}, {text, text}}) {
    log.Append({.time = testing::kStart + std::chrono::minutes{row},
                .sequence = row + 1,
                .source = text,
                .channel = channel,
                .name = name,
                .identifiers = {{text, text}, {"device", "d"}}});
    ++row;
  }
  // An answer in the customer's own words, one in a scale that there is not.
  for (const char* scale : {"nps", text.c_str()}) {
    log.Append({.time = testing::kStart + std::chrono::minutes{row},
                .sequence = row + 1,
                .source = text,
                .channel = text,
                .name = "survey",
                .identifiers = {{"device", "d"}},
                .attributes = {{"score", "3"}, {"scale", scale}, {text, text}}});
    ++row;
  }
  log.Reject("second", AdmissionStatus::kMalformed);
  JourneyDefinition definition{
      .name = text,
      .steps = {{.name = text, .match = {text.c_str()}}, {.name = "never", .match = {"never"}}}};
  DetectorList detectors = DefaultDetectors();
  detectors.push_back(std::make_shared<HostileDetector>(text));
  const PipelineOptions options{.journeys = {definition}, .detectors = detectors};
  Report report = testing::RunOn(log, options);
  InsightOptions insight{.feedback = {.verbatim = text, .scale_key = "scale"}};
  insight.fix_first.min_exposed = insight.fix_first.min_comparable = 1;
  insight.funnels = {
      {.name = text,
       .steps = {{.name = text, .match = {text.c_str()}}, {.name = text + "2", .match = {"other"}}},
       .hold = text}};
  insight.touchpoints = {{.channels = {text}, .owner = text, .stage = text}};
  Insights insights = testing::InsightsOn(log, report, options, insight);
  return {std::move(log), std::move(report), std::move(insights)};
}

// Every line of a text for a terminal is free of what could drive it.
void CheckHarmless(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    INFO(line);
    CHECK(internal::Visible(line) == line);
  }
}

void CheckWriters(const std::string& text) {
  INFO(internal::Visible(text));
  const World world = WorldOf(text);
  REQUIRE(world.report.input.events == 6);
  REQUIRE(world.report.findings.size() > 1);

  const std::string written = testing::JsonOf(world.report);
  const json parsed = json::parse(written);
  CHECK(parsed["journeys"][0]["definition"] == text);
  CHECK(parsed["journeys"][0]["steps"][0]["name"] == text);
  CHECK(std::ranges::any_of(parsed["channels"], [&](const json& row) { return row["channel"] == text; }));
  CHECK(parsed["detectors"].back()["name"] == text);
  CHECK(std::ranges::any_of(parsed["friction"], [&](const json& row) {
    return row["kind"] == text && row["reasons"].contains(text);
  }));
  CheckHarmless(written);
  simdjson::dom::parser parser;
  CHECK(parser.parse(simdjson::padded_string(written)).error() == simdjson::SUCCESS);

  CheckHarmless(testing::TextOf(world.report));
  CheckHarmless(testing::TimelineOf(world.report, world.log, CustomerId{0}));

  const std::string dot = testing::DotOf(world.report);
  CheckHarmless(dot);
  CHECK(testing::CountOf(dot, internal::DotString(text)) >= 2);  // a cluster and nodes

  const std::string page = testing::HtmlOf(world.report, {.title = text});
  CHECK(testing::ProblemOf(page) == "");
  CheckHarmless(page);
  CHECK_FALSE(Has(page, "<script"));
  CHECK(Has(page, "<title>"));
}

// The same names as owner, funnel and step, held attribute, scale, and the words of an answer.
void CheckInsights(const std::string& text) {
  INFO(internal::Visible(text));
  const World world = WorldOf(text);
  REQUIRE(world.insights.feedback.verbatims.size() == 1);
  REQUIRE(world.insights.feedback.counts.unreadable == 1);
  const std::string written = testing::JsonOf(world.report, world.insights);
  const json parsed = json::parse(written);
  CHECK(parsed["funnels"][0]["name"] == text);
  CHECK(parsed["funnels"][0]["steps"][0]["step"] == text);
  CHECK(parsed["feedback"]["verbatims"][0]["text"] == text);
  CHECK(parsed["owners"][0]["owner"] == text);
  CHECK(std::ranges::any_of(parsed["friction"], [&](const json& row) { return row["owner"] == text; }));
  CheckHarmless(written);
  CheckHarmless(testing::TextOf(world.report, world.insights));
  const std::string page = testing::HtmlOf(world.report, world.insights, {.title = text});
  CHECK(testing::ProblemOf(page) == "");
  CheckHarmless(page);
  CHECK_FALSE(Has(page, "<script"));
  CHECK(Has(page, "In their own words"));
}

TEST_CASE("names are text in every output, whatever they are") {
  for (const char* text : {"<script>alert(1)</script>",
                           "</script><script>",
                           "</title></svg>",
                           "=1+1",
                           "\"quotes\" 'n' \\",
                           "a\xE2\x80\xAE"
                           "b",
                           "line\nbreak",
                           "{{mustache}} {{{raw}}} {{>partial}} {{=<% %>=}}",
                           "]]>",
                           "--> <!--",
                           "\x1b[31mred\x1b]0;x\x07",
                           "&lt;b&gt; &amp;",
                           "\" onmouseover=\"x",
                           "' style='x",
                           "\xC2\x9B"
                           "31m",
                           "\xEF\xBB\xBF",
                           "\\u{202E}",
                           "%s%n",
                           "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D",
                           "</style>",
                           "${x}",
                           "\\N\\G"}) {
    CheckWriters(text);
    CheckInsights(text);
  }
}

TEST_CASE("a name of the greatest length is whole in JSON and DOT, and harmless elsewhere") {
  std::string text;
  while (text.size() + 4 <= 256) text += "<\xE6\xBC\xA2";
  CheckWriters(text);
}

TEST_CASE("any names come back from JSON, and leave the page's markup alone") {
  CHECK(rc::check("names", [] {
    const std::string text = "n" + *internal::testing::Utf8Text();
    const World world = WorldOf(text);
    const std::string written = testing::JsonOf(world.report);
    simdjson::dom::parser parser;
    RC_ASSERT(parser.parse(simdjson::padded_string(written)).error() == simdjson::SUCCESS);
    const json parsed = json::parse(written);
    RC_ASSERT(parsed["journeys"][0]["definition"] == text);
    RC_ASSERT(testing::ProblemOf(testing::HtmlOf(world.report, {.title = text})) == std::string());
    RC_ASSERT(testing::ProblemOf(testing::HtmlOf(world.report, world.insights)) == std::string());
    RC_ASSERT(json::parse(testing::JsonOf(world.report, world.insights))["funnels"][0]["name"] == text);
    for (const std::string& out : {written, testing::TextOf(world.report), testing::DotOf(world.report),
                                   testing::TimelineOf(world.report, world.log, CustomerId{0})}) {
      RC_ASSERT(out.find('\x1b') == std::string::npos);
      RC_ASSERT(out.find("\xE2\x80\xAE") == std::string::npos);
    }
  }));
}

}  // namespace
}  // namespace journey
