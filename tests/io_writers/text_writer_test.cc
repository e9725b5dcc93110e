#include "journey/io/text_writer.h"

#include "io/escape.h"
#include "io/text_table.h"
#include "io_writers/support.h"

namespace journey {
namespace {

using testing::Has;
using testing::RunOn;
using testing::TextOf;

TEST_CASE("a table is aligned by the width of its signs on the screen") {
  internal::TextTable table(
      {{"step", internal::TextTable::kFlexible}, {"n", internal::TextTable::kRight}, {"what"}});
  table.Row({"漢字", "1", "x"});
  table.Row({"e\xCC\x81t\xC3\xA9", "1,000", ""});
  std::string out;
  table.AppendTo(out, 80, false);
  CHECK(out ==
        "  step      n  what\n"
        "  漢字      1  x\n"
        "  e\xCC\x81t\xC3\xA9   1,000\n");
}

TEST_CASE("in a table that is too wide the flexible column gives way") {
  internal::TextTable table({{"", internal::TextTable::kFlexible}, {"", internal::TextTable::kRight}});
  table.Row({std::string(60, 'a'), "123456"});
  std::string out;
  table.AppendTo(out, 60, false);
  CHECK(out == "  " + std::string(49, 'a') + "…  123456\n");
  // Names are not cut so far that they read alike.
  out.clear();
  table.AppendTo(out, 26, false);
  CHECK(out == "  " + std::string(39, 'a') + "…  123456\n");
}

TEST_CASE("where nothing has an end, tables are as wide as their cells and sentences as asked for") {
  const std::string name(120, 'n');
  const Report report = RunOn(testing::LogOf({{0, "ann", "web", name}, {1, "ann", "web", "next"}}));
  CHECK_FALSE(Has(TextOf(report), "  web/" + name));
  const std::string whole = TextOf(report, {.whole_tables = true});
  CHECK(Has(whole, "  web/" + name + "  web/next "));
  CHECK(Has(whole, "  Journeys are judged as of"));
}

TEST_CASE("bars have eighths of a column, and something is never nothing") {
  CHECK(internal::Bar(0, 10, 4) == "");
  CHECK(internal::Bar(10, 10, 4) == "████");
  CHECK(internal::Bar(5, 10, 3) == "█▌");
  CHECK(internal::Bar(1, 1'000'000, 4) == "▏");
  CHECK(internal::Bar(3, 0, 4) == "");
}

TEST_CASE("the text report tells the main figures in its first lines") {
  const std::string text = TextOf(RunOn(testing::ShopLog(), {.journeys = {testing::Checkout()}}));
  CHECK(
      text.starts_with("13 Mar 2024, 00:00 to 18 Mar 2024, 00:00 UTC\n\n"
                       "     13  events\n"
                       "      5  customers\n"
                       "      5  sessions, typically 2 events in 2m\n"
                       "      5  journeys\n"
                       "  60.0%  of the journeys hurt somewhere (3 journeys, "));
  CHECK(Has(text,
            "JOURNEY checkout   5 started\n"
            "  2 achieved (40.0%), 2 abandoned (40.0%), 1 open (20.0%).\n"));
  CHECK(Has(text, "  step  reached   share"));
  CHECK(Has(text, "  view        5  100.0%  ██████████████  "));
  CHECK(Has(text,
            "  15  offered\n"
            "  13  accepted      they are the evidence of this report\n"
            "   1  out_of_range  the time is before 1970 or after 2199\n"
            "   1  malformed     a field is missing or cannot be read\n"));
  CHECK_FALSE(Has(text, "duplicate"));  // nothing of the kind happened
  CHECK(Has(text, "other.csv"));
}

TEST_CASE("a step counts those who did it, and those who skipped it apart") {
  const JourneyDefinition goal{
      .name = "buy", .steps = {{"view", {"view"}}, {"pay", {"pay"}}}, .goal = {"bought"}};
  const Report report = RunOn(testing::LogOf({{0, "ann", "web", "view"},
                                              {1, "ann", "web", "bought"},
                                              {2, "bob", "web", "view"},
                                              {3, "bob", "web", "pay"},
                                              {4, "bob", "web", "bought"},
                                              {5, "eve", "web", "view"},
                                              {6, "eve", "app", "bought"}}),
                              {.journeys = {goal}});
  const std::string text = TextOf(report);
  CHECK(Has(text, "  pay         1   33.3%"));
  CHECK(Has(text, "skipped"));
  const std::string page = testing::HtmlOf(report);
  CHECK(Has(page, "<b>1</b><span>33.3%</span><span class=\"skipped\">2 skipped it</span>"));
  CHECK(Has(page, "100.0% go on"));
  // Who skips is not lost: the picture of what is lost is empty.
  CHECK(Has(page, "<polygon class=\"lost\" points=\"1000,0 1000,100 1000,100\"/>"));
}

TEST_CASE("no line of the text report is wider than asked for, unless a name would be cut below 40 columns") {
  std::vector<std::string> names;
  for (int i = 0; i < 40; ++i) names.push_back(fmt::format("a_rather_long_name_of_an_event_number_{}", i));
  std::vector<testing::Entry> entries;
  for (int i = 0; i < 400; ++i) {
    entries.push_back({i, i % 3 == 0 ? "ann" : "bob", i % 7 == 0 ? "a_rather_long_channel" : "web",
                       names[static_cast<std::size_t>(i * i % 40)]});
  }
  JourneyDefinition definition{.name = std::string(120, 'd'),
                               .steps = {{.name = std::string(90, 's'), .match = {names[0].c_str()}},
                                         {.name = "next", .match = {names[1].c_str()}}}};
  const Report report = RunOn(testing::LogOf(entries), {.journeys = {definition}});
  for (const std::size_t width : {120U, 140U}) {
    std::istringstream lines(TextOf(report, {.width = width}));
    for (std::string line; std::getline(lines, line);) {
      INFO(line);
      CHECK(internal::DisplayWidth(line) <= width);
    }
  }
}

TEST_CASE("rankings are cut, and the rest is counted") {
  std::vector<std::string> names;
  for (int i = 0; i < 30; ++i) names.push_back(fmt::format("e{}", i));
  std::vector<testing::Entry> entries;
  for (int i = 0; i < 60; ++i) entries.push_back({i, "ann", "web", names[static_cast<std::size_t>(i % 30)]});
  const Report report = RunOn(testing::LogOf(entries), testing::FindingRepeats());
  REQUIRE(report.friction.size() == 30);
  REQUIRE(report.transitions.size() == 30);
  const std::string text = TextOf(report);
  CHECK(Has(text, "  … 15 more places\n"));
  CHECK(Has(text, "  … 15 more transitions\n"));
}

TEST_CASE("a text report of nothing says so") {
  EventLog log;
  const std::string text = TextOf(RunOn(log));
  CHECK(text.starts_with("No events were accepted"));
  CHECK(Has(text, "  0  offered\n"));
}

TEST_CASE("colour is there only when it is asked for") {
  const Report report = RunOn(testing::ShopLog());
  CHECK_FALSE(Has(TextOf(report), "\x1b"));
  const std::string coloured = TextOf(report, {.colour = true});
  CHECK(testing::CountOf(coloured, "\x1b[0m") * 2 == testing::CountOf(coloured, "\x1b"));
  CHECK(Has(coloured, "\x1b[1mFRICTION\x1b[0m"));
}

}  // namespace
}  // namespace journey
