#include "journey/identity/timelines.h"

#include <map>

#include "journey/events/touchpoints.h"
#include "support/catch.h"
#include "support/oracle_evidence.h"
#include "support/worlds.h"

using namespace journey;  // NOLINT
using test::kSecond;
using test::kStart;
using test::Offer;

namespace {

Offer Numbered(std::int64_t second, std::uint64_t sequence) {
  return {.time = kStart + second * kSecond,
          .sequence = sequence,
          .source = "s",
          .channel = "web",
          .name = "view",
          .identifiers = {},
          .attributes = {}};
}

std::vector<std::uint32_t> RowsOf(const Timelines& timelines, std::uint32_t customer) {
  std::vector<std::uint32_t> rows;
  for (const EventRow& row : timelines.of({customer})) rows.push_back(row.event.value);
  return rows;
}

}  // namespace

TEST_CASE("customers are numbered by their first events, and their events are in order") {
  const EventLog log = test::LogOf({Numbered(1, 0), Numbered(0, 1), Numbered(2, 2)});
  const Timelines timelines =
      BuildTimelines(log, std::vector<std::uint32_t>{7, 3, 7}, CatalogTouchpoints(log).of_log);
  REQUIRE(timelines.customers() == 2);
  CHECK(RowsOf(timelines, 0) == std::vector<std::uint32_t>{1});
  CHECK(RowsOf(timelines, 1) == std::vector<std::uint32_t>{0, 2});
}

TEST_CASE("events of one time stand in the order of their sequences") {
  const EventLog log = test::LogOf({Numbered(0, 2), Numbered(0, 0), Numbered(0, 1)});
  const Timelines timelines =
      BuildTimelines(log, std::vector<std::uint32_t>{5, 5, 5}, CatalogTouchpoints(log).of_log);
  CHECK(RowsOf(timelines, 0) == std::vector<std::uint32_t>{1, 2, 0});
}

TEST_CASE("labels are any numbers") {
  const EventLog log = test::LogOf({Numbered(0, 0), Numbered(1, 1), Numbered(2, 2), Numbered(3, 3)});
  const Timelines timelines =
      BuildTimelines(log, std::vector<std::uint32_t>{UINT32_MAX, 0, 4'000'000'000, UINT32_MAX},
                     CatalogTouchpoints(log).of_log);
  REQUIRE(timelines.customers() == 3);
  CHECK(RowsOf(timelines, 0) == std::vector<std::uint32_t>{0, 3});
  CHECK(RowsOf(timelines, 1) == std::vector<std::uint32_t>{1});
  CHECK(RowsOf(timelines, 2) == std::vector<std::uint32_t>{2});
}

TEST_CASE("no events, no customers") {
  const EventLog log;
  const Timelines timelines = BuildTimelines(log, {}, {});
  CHECK(timelines.customers() == 0);
  CHECK(timelines.events.empty());
}

TEST_CASE("for any labels, timelines are the groups of the total order") {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const std::vector<Offer> world = test::World(seed, {.offers = 50});
    const EventLog log = test::LogOf(world);
    const auto evidence = test::OracleAdmit(world).events;
    test::Random random(seed);
    std::map<EventKey, std::uint32_t> label_of;
    const std::uint32_t scale = seed % 2 == 0 ? 1 : 100'000'000;
    for (const test::Evidence& event : evidence)
      label_of[event.key] = static_cast<std::uint32_t>(random.Below(6)) * scale;
    std::vector<std::uint32_t> labels;
    for (std::uint32_t row = 0; row < log.size(); ++row) labels.push_back(label_of.at(log.key({row})));
    const CanonicalTouchpoints touchpoints = CatalogTouchpoints(log);
    const Timelines timelines = BuildTimelines(log, labels, touchpoints.of_log);

    std::vector<std::uint32_t> customers;  // labels in the order of first events
    for (const test::Evidence& event : evidence) {
      if (std::ranges::find(customers, label_of[event.key]) == customers.end())
        customers.push_back(label_of[event.key]);
    }
    REQUIRE(timelines.customers() == customers.size());
    for (std::uint32_t c = 0; c < customers.size(); ++c) {
      std::vector<EventKey> expected;
      for (const test::Evidence& event : evidence) {
        if (label_of[event.key] == customers[c]) expected.push_back(event.key);
      }
      std::vector<EventKey> actual;
      for (const EventRow& row : timelines.of({c})) {
        actual.push_back(log.key(row.event));
        REQUIRE(row.time == log.time(row.event));
        REQUIRE(row.touchpoint == touchpoints.of_log[log.touchpoint(row.event).value]);
      }
      INFO("seed " << seed);
      REQUIRE(actual == expected);
    }
  }
}

// As identifiers are numbered by a log that arrives in order, and in any other way, which is another path.
TEST_CASE("how labels are numbered, and how many threads there are, does not show in timelines") {
  test::Random random(5);
  constexpr std::uint32_t kRows = 60'000;
  std::vector<Offer> offers;
  std::vector<std::uint32_t> labels;
  std::uint32_t known = 0;
  for (std::uint32_t row = 0; row < kRows; ++row) {
    offers.push_back(Numbered(row / 7, random.Below(4) == 0 ? kRows - row : row + kRows));
    const bool is_new = row == 0 || random.Below(6) == 0;
    labels.push_back(is_new ? known++ : static_cast<std::uint32_t>(random.Below(known)));
  }
  const EventLog log = test::LogOf(offers);
  REQUIRE(log.size() == kRows);
  const CanonicalTouchpoints touchpoints = CatalogTouchpoints(log);

  std::vector<std::uint32_t> order(kRows);
  for (std::uint32_t row = 0; row < kRows; ++row) order[row] = row;
  std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) { return a != b && log.Before({a}, {b}); });
  std::map<std::uint32_t, std::uint32_t> customer_of;
  std::vector<std::vector<std::uint32_t>> expected;
  for (const std::uint32_t row : order) {
    const auto [entry, is_new] =
        customer_of.try_emplace(labels[row], static_cast<std::uint32_t>(expected.size()));
    if (is_new) expected.emplace_back();
    expected[entry->second].push_back(row);
  }

  std::vector<std::uint32_t> shuffled, scattered;
  for (const std::uint32_t label : labels) {
    shuffled.push_back(label * 7919U % 65'537U);
    scattered.push_back(label * 2'654'435'761U);
  }
  for (const auto& numbering : {labels, shuffled, scattered}) {
    for (const unsigned threads : {1U, 2U, 3U}) {
      const Timelines timelines = BuildTimelines(log, numbering, touchpoints.of_log, threads);
      REQUIRE(timelines.customers() == expected.size());
      REQUIRE(timelines.events.size() == kRows);
      bool same = true;
      for (std::uint32_t c = 0; c < expected.size(); ++c) same = same && RowsOf(timelines, c) == expected[c];
      CHECK(same);
    }
  }
}
