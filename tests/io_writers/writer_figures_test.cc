#include "io/writer_figures.h"

#include "io_writers/support.h"

namespace journey::internal {
namespace {

TEST_CASE("counts have their thousands set apart") {
  CHECK(CountText(0) == "0");
  CHECK(CountText(999) == "999");
  CHECK(CountText(1'000) == "1,000");
  CHECK(CountText(1'234'567) == "1,234,567");
}

TEST_CASE("shares are rounded half up, and neither all nor nothing unless they are") {
  CHECK(ShareText(1, 3) == "33.3%");
  CHECK(ShareText(2, 3) == "66.7%");
  CHECK(ShareText(1, 2000) == "0.1%");
  CHECK(ShareText(1, 2001) == "<0.1%");
  CHECK(ShareText(0, 5) == "0.0%");
  CHECK(ShareText(5, 5) == "100.0%");
  CHECK(ShareText(99'999, 100'000) == ">99.9%");
  CHECK(ShareText(0, 0) == "–");
  CHECK(ShareText(4'000'000'000'000'000, 8'000'000'000'000'000) == "50.0%");
}

TEST_CASE("times are put as people write them") {
  const TimePoint time = journey::testing::kStart + std::chrono::hours{9} + std::chrono::seconds{65};
  CHECK(DayText(time) == "13 Mar 2024");
  CHECK(MinuteText(time) == "13 Mar 2024, 09:01");
  CHECK(ClockText(time) == "09:01:05");
}

TEST_CASE("the worst journeys are those with grave findings, one of a customer, the drawable ones first") {
  std::vector<journey::testing::Entry> entries;
  for (int i = 0; i < 9; ++i) entries.push_back({i, "many light", "web", "view"});
  entries.insert(entries.end(),
                 {{0, "grave", "web", "view"}, {1, "grave", "app", "view"}});  // a redo, forced
  for (int i = 0; i < 30; ++i) entries.push_back({i, "long", i % 2 == 0 ? "web" : "app", "view"});
  const Report report =
      journey::testing::RunOn(journey::testing::LogOf(entries), journey::testing::FindingRepeats());
  const auto customer_of = [&](JourneyId id) { return report.journeys.rows[id.value].customer; };
  const WorstJourneys all = FindWorstJourneys(report, 5, 20);
  REQUIRE(all.journeys.size() == 3);
  CHECK(all.too_long == 1);
  CHECK(report.journeys.rows[all.journeys[0].value].events() == 2);
  CHECK(report.journeys.rows[all.journeys[1].value].events() == 9);
  CHECK(report.journeys.rows[all.journeys[2].value].events() == 30);
  CHECK(FindWorstJourneys(report, 1, 100).journeys.size() == 1);
  CHECK(customer_of(FindWorstJourneys(report, 1, 100).journeys[0]) == customer_of(all.journeys[2]));
}

TEST_CASE("reasons are counted per row of the friction ranking") {
  const Report report = journey::testing::RunOn(journey::testing::LogOf({{0, "a", "web", "view"},
                                                                         {1, "a", "web", "view"},
                                                                         {2, "a", "web", "x"},
                                                                         {3, "a", "web", "view"},
                                                                         {4, "a", "web", "view"}}),
                                                journey::testing::FindingRepeats());
  const auto reasons = ReasonsOfFriction(report);
  REQUIRE(report.friction.size() == 1);
  REQUIRE(reasons[0].size() == 2);
  CHECK(report.label(reasons[0][0].first) == "self_loop");
  CHECK(reasons[0][0].second == 2);
  CHECK(report.label(reasons[0][1].first) == "between");
  CHECK(reasons[0][1].second == 1);
}

TEST_CASE("customers without an identifier of their own are explained") {
  IdentitySummary identity;
  identity.customers_by_identifiers[0] = 32;
  identity.customers_by_identifiers[1] = 28;
  REQUIRE(IdentitySentences(identity).size() == 1);
  CHECK(
      IdentitySentences(identity)[0].starts_with("Customers by their number of identifiers: 32 with 0 (their "
                                                 "events have no identifier, or only such as link "
                                                 "nobody), 28 with 1;"));
}

TEST_CASE("the strongest transitions come by count, then by place") {
  const Report report = journey::testing::RunOn(journey::testing::LogOf({{0, "a", "w", "x"},
                                                                         {1, "a", "w", "x"},
                                                                         {2, "a", "w", "y"},
                                                                         {3, "a", "w", "x"},
                                                                         {4, "a", "w", "y"},
                                                                         {5, "a", "w", "z"}}));
  const auto order = StrongestTransitions(report, 10, false);
  REQUIRE(order.size() == 3);
  CHECK(report.transitions[order[0]].count == 2);
  CHECK(order[1] < order[2]);
  CHECK(StrongestTransitions(report, 10, true).size() == 4);
  CHECK(StrongestTransitions(report, 2, true).size() == 2);
}

}  // namespace
}  // namespace journey::internal
