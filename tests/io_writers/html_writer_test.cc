#include "journey/io/html_writer.h"

#include <chrono>

#include "io/escape.h"
#include "io_writers/markup.h"
#include "io_writers/support.h"

namespace journey {
namespace {

using testing::Checkout;
using testing::CountOf;
using testing::Has;
using testing::HtmlOf;
using testing::LogOf;
using testing::ProblemOf;
using testing::RunOn;

TEST_CASE("the page asks the network for nothing and runs no script") {
  const std::string page = HtmlOf(RunOn(testing::ShopLog(), {.journeys = {Checkout()}}));
  CHECK(Has(page, "default-src 'none'; style-src 'unsafe-inline'; img-src data:"));
  for (const char* forbidden : {"http:", "https:", "<script", "javascript:", "<link", "<img", "@import",
                                "url(http", "<iframe", "onload", "onclick"}) {
    INFO(forbidden);
    CHECK_FALSE(Has(page, forbidden));
  }
}

TEST_CASE("the page is well-formed, with every section") {
  const std::string page = HtmlOf(RunOn(testing::ShopLog(), {.journeys = {Checkout()}}), {.title = "Shop"});
  CHECK(ProblemOf(page) == "");
  CHECK(Has(page, "<title>Shop</title>"));
  for (const char* section :
       {"journeys", "friction", "channels", "touchpoints", "examples", "paths", "counted"}) {
    INFO(section);
    CHECK(CountOf(page, fmt::format("<section id=\"{}\"", section)) == 1);
    CHECK(CountOf(page, fmt::format("href=\"#{}\"", section)) == 1);
  }
  CHECK(CountOf(page, "<h1>") == 1);
  CHECK(CountOf(page, "role=\"img\"") >= 3);
  CHECK(CountOf(page, "<desc>") == CountOf(page, "role=\"img\""));
  CHECK_FALSE(Has(page, "{{"));
}

TEST_CASE("the page shows the figures of the report") {
  const std::string page = HtmlOf(RunOn(testing::ShopLog(), {.journeys = {Checkout()}}));
  CHECK(Has(page, "<strong>13</strong><span class=\"tile-label\">events</span>"));
  CHECK(Has(page, "<strong>40.0%</strong><span class=\"tile-label\">reached their goal</span>"));
  CHECK(Has(page, "2 of 5 “<bdi>checkout</bdi>” journeys (40.0%) reached their goal."));
  CHECK(Has(page, "<b>2</b><span>40.0%</span><span class=\"skipped\">1 skipped it</span>"));
  CHECK(Has(page, "60.0% go on · 2m"));
  CHECK(Has(page, "<th scope=\"row\">malformed</th><td class=\"num\">1</td><td class=\"num\">6.7%</td>"));
}

TEST_CASE("customers are numbers on the page: no value of an identifier is on it") {
  const EventLog log = LogOf({{0, "ann@example.org", "web", "view"}, {1, "ann@example.org", "web", "view"}});
  const Report report = RunOn(log, testing::FindingRepeats());
  CHECK(Has(HtmlOf(report), "Customer 0"));
  for (const std::string& text :
       {HtmlOf(report), testing::JsonOf(report), testing::TextOf(report), testing::DotOf(report)}) {
    CHECK_FALSE(Has(text, "example.org"));
  }
}

TEST_CASE("a page of nothing says so") {
  EventLog log;
  const std::string page = HtmlOf(RunOn(log, {.journeys = {Checkout()}}));
  CHECK(ProblemOf(page) == "");
  CHECK(Has(page, "No events were accepted"));
  CHECK(CountOf(page, "<section") == 1);
}

TEST_CASE("pages of one event, of one step, and without findings are whole") {
  const EventLog one = LogOf({{0, "a", "web", "view"}});
  CHECK(ProblemOf(HtmlOf(RunOn(one))) == "");
  JourneyDefinition single{.name = "single", .steps = {{.name = "view", .match = {"view"}}}};
  const std::string page = HtmlOf(RunOn(one, {.journeys = {single}}));
  CHECK(ProblemOf(page) == "");
  CHECK(Has(page, "Nothing was found."));
  CHECK(Has(page, "No journey changed channel."));
  CHECK_FALSE(Has(page, "id=\"examples\""));
}

TEST_CASE("shares below a tenth of a per cent are text, not tags") {
  std::vector<std::string> customers;
  for (int i = 0; i < 2'500; ++i) customers.push_back(fmt::format("c{}", i));
  std::vector<testing::Entry> entries{{1, "c0", "web", "pay"}};
  for (const std::string& customer : customers) entries.push_back({0, customer, "web", "view"});
  const std::string page = HtmlOf(RunOn(LogOf(entries), {.journeys = {Checkout()}}));
  CHECK(Has(page, "1 of 2,500 “<bdi>checkout</bdi>” journeys (&lt;0.1%) reached their goal."));
  CHECK(ProblemOf(page) == "");
}

TEST_CASE("a definition that no event matches is told, not drawn") {
  JourneyDefinition other{.name = "other", .steps = {{.name = "no", .match = {"no such event"}}}};
  const std::string page = HtmlOf(RunOn(testing::ShopLog(), {.journeys = {Checkout(), other}}));
  CHECK(ProblemOf(page) == "");
  CHECK(Has(page, "No event matched its first step."));
}

TEST_CASE("a page of 30 steps, 300 touchpoints and 40 channels is whole and small") {
  std::vector<std::string> names, channels;
  for (int i = 0; i < 300; ++i) names.push_back(fmt::format("event_{}", i));
  for (int i = 0; i < 40; ++i) channels.push_back(fmt::format("channel_{}", i));
  std::vector<testing::Entry> entries;
  for (int i = 0; i < 6'000; ++i) {
    const auto k = static_cast<std::size_t>(i % 300);
    entries.push_back({i, i % 2 == 0 ? "ann" : "bob", channels[k % 40], names[k]});
  }
  JourneyDefinition definition{.name = "long", .steps = {}};
  for (std::size_t i = 0; i < 30; ++i) {
    definition.steps.push_back({.name = names[2 * i], .match = {names[2 * i].c_str()}});
  }
  const Report report = RunOn(LogOf(entries), {.journeys = {definition}});
  const auto begin = std::chrono::steady_clock::now();
  const std::string page = HtmlOf(report);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{20});
  CHECK(ProblemOf(page) == "");
  CHECK(CountOf(page, "class=\"step-name\"") == 30);
  CHECK(Has(page, "13 other channels"));
  CHECK(page.size() < 600'000);
}

}  // namespace
}  // namespace journey
