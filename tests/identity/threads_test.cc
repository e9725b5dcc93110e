// Logs large enough for several threads to share them.
#include <algorithm>
#include <map>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "journey/identity/graph_resolver.h"
#include "journey/identity/timelines.h"
#include "support/catch.h"

using namespace journey;  // NOLINT

namespace {

constexpr std::size_t kRows = 70'000;

// Customers with several keys, some of them spelt in two ways, shared, blocked or on everything; corrections; times of
// which many are equal; numbers in no order.
EventLog MakeLog(std::uint64_t seed, bool in_order) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint64_t limit) { return random() % limit; };
  EventLog log;
  for (std::size_t i = 0; i < kRows; ++i) {
    const std::uint64_t person = below(9'000);
    const std::string number = std::to_string(person);
    const std::string user = "u" + number,
                      device = "d" + std::to_string(below(40) == 0 ? below(9'000) : person),
                      email = (below(2) == 0 ? "Ann" : "ann") + number + "@example.org";
    Event event{.time = kMinTime + std::chrono::seconds(in_order ? i / 3 : below(20'000)),
                .sequence = in_order ? i : i * 7919 % kRows,
                .source = "s",
                .channel = below(2) == 0 ? "web" : "app",
                .name = "view"};
    if (below(3) == 0) event.identifiers.push_back({"user_id", user});
    if (below(2) == 0) event.identifiers.push_back({"device", device});
    if (below(5) == 0) event.identifiers.push_back({"email", email});
    if (below(50) == 0) event.identifiers.push_back({"cookie", below(2) == 0 ? "undefined" : "kiosk"});
    const std::string other = "d" + std::to_string(below(9'000));
    if (below(300) == 0) {
      event.kind = RecordKind::kUnlink;
      event.identifiers = {{"user_id", user}, {"device", other}};
    }
    log.Append(event);
  }
  return log;
}

// Labels by the first row that has them.
std::vector<std::uint32_t> Canonical(const EventLog& log, std::span<const std::uint32_t> labels) {
  std::map<std::uint32_t, std::uint32_t> first;
  std::vector<std::uint32_t> result;
  for (std::uint32_t row = 0; row < labels.size(); ++row) {
    if (log.kind({row}) == RecordKind::kEvent)
      result.push_back(first.try_emplace(labels[row], row).first->second);
  }
  return result;
}

// The slow twin.
std::vector<std::vector<std::uint32_t>> SlowTimelines(const EventLog& log,
                                                      std::span<const std::uint32_t> labels) {
  const auto before = [&](std::uint32_t a, std::uint32_t b) { return a != b && log.Before({a}, {b}); };
  std::map<std::uint32_t, std::vector<std::uint32_t>> by_label;
  for (std::uint32_t row = 0; row < labels.size(); ++row) {
    if (log.kind({row}) == RecordKind::kEvent) by_label[labels[row]].push_back(row);
  }
  std::vector<std::vector<std::uint32_t>> timelines;
  for (auto& [label, rows] : by_label) {
    std::ranges::sort(rows, before);
    timelines.push_back(rows);
  }
  std::ranges::sort(timelines, [&](const auto& a, const auto& b) { return before(a.front(), b.front()); });
  return timelines;
}

}  // namespace

TEST_CASE("the graph resolver says the same on any number of threads") {
  for (const bool in_order : {true, false}) {
    const EventLog log = MakeLog(in_order ? 3 : 4, in_order);
    const GraphResolver resolver;
    const Resolution one = resolver.Resolve(log);
    CHECK(one.refused_links > 0);
    CHECK(one.placeholders > 0);
    CHECK(one.shared_keys + one.hubs > 0);
    for (const unsigned threads : {2U, 3U, 8U}) {
      const Resolution many = resolver.ResolveOn(log, threads);
      REQUIRE(Canonical(log, many.labels) == Canonical(log, one.labels));
      CHECK(many.identifiers == one.identifiers);
      CHECK(many.placeholders == one.placeholders);
      CHECK(many.refused_links == one.refused_links);
      CHECK(many.unidentified == one.unidentified);
      CHECK(many.refused_by_rule == one.refused_by_rule);
      CHECK(many.shared_keys == one.shared_keys);
      CHECK(many.hubs == one.hubs);
      CHECK(many.customers_by_identifiers == one.customers_by_identifiers);
      CHECK(many.most_identifiers == one.most_identifiers);
    }
  }
}

TEST_CASE("timelines are those of the slow twin on any number of threads") {
  for (const bool in_order : {true, false}) {
    const EventLog log = MakeLog(in_order ? 5 : 6, in_order);
    const Resolution resolution = GraphResolver().Resolve(log);
    const std::vector<TouchpointId> touchpoints = {{1}, {0}};
    const std::vector<std::vector<std::uint32_t>> expected = SlowTimelines(log, resolution.labels);
    for (const unsigned threads : {1U, 2U, 3U, 8U}) {
      const Timelines timelines = BuildTimelines(log, resolution.labels, touchpoints, threads);
      REQUIRE(timelines.customers() == expected.size());
      for (std::uint32_t c = 0; c < timelines.customers(); ++c) {
        const std::span<const EventRow> rows = timelines.of({c});
        const bool same =
            std::ranges::equal(rows, expected[c], [&](const EventRow& row, std::uint32_t event) {
              return row.event.value == event && row.time == log.time({event}) &&
                     row.touchpoint == touchpoints[log.touchpoint({event}).value];
            });
        if (!same) FAIL("customer " << c << " on " << threads << " threads");
      }
    }
  }
}

TEST_CASE("one customer with all events, and as many customers as events, are laid out as they are") {
  const EventLog log = MakeLog(9, false);
  const std::vector<TouchpointId> touchpoints = {{0}, {1}};
  std::vector<std::uint32_t> alone(log.size());
  for (std::uint32_t row = 0; row < alone.size(); ++row) alone[row] = row;
  for (const std::vector<std::uint32_t>& labels : {std::vector<std::uint32_t>(log.size(), 7), alone}) {
    const auto expected = SlowTimelines(log, labels);
    for (const unsigned threads : {1U, 3U}) {
      const Timelines timelines = BuildTimelines(log, labels, touchpoints, threads);
      REQUIRE(timelines.customers() == expected.size());
      std::size_t at = 0;
      bool same = true;
      for (const std::vector<std::uint32_t>& rows : expected) {
        for (const std::uint32_t row : rows) same = same && timelines.events[at++].event.value == row;
      }
      CHECK(same);
    }
  }
}
