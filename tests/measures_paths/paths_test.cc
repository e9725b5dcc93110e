// The measures of paths and time: examples, slow twins over whole runs, and the same from however many shards.
#include "journey/measures/paths.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "io/json_paths.h"
#include "support/catch.h"
#include "support/small_run.h"
#include "support/worlds.h"

using namespace journey;               // NOLINT
using namespace std::chrono_literals;  // NOLINT
using test::Random;

namespace {

using Path = std::vector<TouchpointId>;

template <typename Measure, typename Add>
Measure Sharded(std::size_t items, std::size_t shards, const Measure& empty, const Add& add) {
  Random random(shards);
  std::vector<Measure> parts(shards, empty);
  for (std::size_t i = 0; i < items; ++i) add(parts[random.Below(shards)], i);
  while (parts.size() > 1) {
    std::swap(parts[random.Below(parts.size())], parts.back());
    const Measure last = parts.back();
    parts.pop_back();
    parts[random.Below(parts.size())].Merge(last);
  }
  parts[0].Merge(empty);
  return parts[0];
}

PathInput InputOf(const EventLog& log, const Report& report, std::size_t definitions = 1) {
  return {
      log,  report.touchpoints, report.timeline.events, report.timeline.begins, report.journeys, definitions,
      30min};
}

std::string TextOf(const PathMeasures& paths, const Report& report) {
  std::ostringstream out;
  {
    internal::JsonStreamWriter json(out);
    std::vector<std::string> names;
    for (const JourneySummary& summary : report.journey_summaries) names.push_back(summary.definition);
    internal::WritePaths(paths, names, report.touchpoints, report.input.as_of, json);
  }
  return out.str();
}

struct World {
  EventLog log;
  Report report;
  std::size_t definitions;
};
World WorldOf(std::uint64_t seed, std::size_t offers = 80) {
  EventLog log = test::LogOf(test::World(seed, {.offers = offers}));
  const PipelineOptions options = test::WorldOptions(seed);
  Report report = test::RunOf(log, options);
  return {std::move(log), std::move(report), std::max<std::size_t>(1, options.journeys.size())};
}

}  // namespace

TEST_CASE("step matrix: the example of its header") {
  StepMatrix matrix(3, 1, 1);  // 0 view, 1 cart, 2 pay
  matrix.Add(Path{{0}, {1}, {2}}, 2);
  matrix.Add(Path{{0}, {2}}, 1);
  matrix.AddUnaligned();
  CHECK(matrix.at(-1, {0}) == 1);
  CHECK(matrix.at(-1, {1}) == 1);
  CHECK(matrix.at(0, {2}) == 2);
  CHECK(matrix.none(-1) == 0);
  CHECK(matrix.none(1) == 2);
  CHECK(matrix.aligned() == 2);
  CHECK(matrix.unaligned() == 1);
}

TEST_CASE("eventually follows: the example of its header") {
  EventuallyFollows follows;  // 0 view, 1 cart, 2 pay
  follows.Add(Path{{0}, {1}, {2}});
  follows.Add(Path{{0}, {2}, {0}});
  const std::vector<FollowsPair> expected{
      {{0}, {0}, 1}, {{0}, {1}, 1}, {{0}, {2}, 2}, {{1}, {2}, 1}, {{2}, {0}, 1}};
  CHECK(follows.result() == expected);
  CHECK(follows.journeys_with({0}) == 2);
  CHECK(follows.journeys_with({1}) == 1);
  CHECK(follows.journeys_with({9}) == 0);
}

TEST_CASE("retention: the example of its header, and a period that is still running is marked") {
  const TimePoint monday{std::chrono::sys_days{std::chrono::year{2024} / 3 / 11}};
  CHECK(Period{7}.begin(Period{7}.Of(monday)) == monday);
  CHECK(Period{7}.Of(monday - 1us) + 1 == Period{7}.Of(monday));
  Retention retention(Period{7});
  const auto add = [&](std::vector<int> weeks) {
    std::vector<EventRow> events;
    for (const int week : weeks) {
      events.push_back({monday + std::chrono::days{7 * week + 1}, {0}, {0}});
      events.push_back({monday + std::chrono::days{7 * week + 6}, {0}, {0}});
    }
    retention.Add(events);
  };
  add({0, 1, 3});
  add({0});
  add({1, 2});
  const auto rows = retention.result(monday + std::chrono::days{27});
  const std::vector<RetentionCohort> expected{{monday, 2, {2, 1, 0, 1}, true},
                                              {monday + std::chrono::days{7}, 1, {1, 1, 0}, true}};
  CHECK(rows == expected);
  CHECK_FALSE(retention.result(monday + std::chrono::days{28} - 1us)[0].last_is_running);
  CHECK(retention.result(monday + std::chrono::days{28})[0].active.size() == 5);
}

TEST_CASE("throughput: the example of its header, with no period left out") {
  const TimePoint day{std::chrono::sys_days{std::chrono::year{2024} / 3 / 11}};
  Throughput throughput(Period{1});
  const auto add = [&](int first, Outcome outcome, int ended) {
    throughput.Add({.outcome = outcome,
                    .first = day + std::chrono::days{first},
                    .ended = day + std::chrono::days{ended}});
  };
  add(0, Outcome::kAchieved, 0);
  add(0, Outcome::kAbandoned, 1);
  add(0, Outcome::kExpired, 1);
  add(1, Outcome::kOpen, 3);
  add(3, Outcome::kEnded, 3);
  const std::vector<ThroughputRow> expected{{day, 3, 1, 0, 0, 2},
                                            {day + std::chrono::days{1}, 1, 0, 2, 0, 1},
                                            {day + std::chrono::days{2}, 0, 0, 0, 0, 1},
                                            {day + std::chrono::days{3}, 1, 0, 0, 1, 1}};
  CHECK(throughput.result() == expected);
}

TEST_CASE("times of journeys: a gap equal to a session's is active, a longer one idle") {
  JourneyTimes times;
  const TimePoint t = kMinTime;
  times.Add(std::vector{t, t + 10min, t + 100min, t + 105min}, 30min);
  times.Add(std::vector{t, t + 30min}, 30min);
  CHECK(times.pauses() == 1);
  CHECK(times.active().Quantile(0, 1) == 15min);
  CHECK(times.active().Quantile(1, 1) == 30min);
  CHECK(times.idle().Quantile(1, 1) == 90min);
  CHECK(times.total().Quantile(1, 1) == 105min);
}

TEST_CASE("paths: what the measures say of a run is what looking at each journey by itself says") {
  std::size_t aligned = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const World world = WorldOf(seed);
    const Report& report = world.report;
    const std::string name = report.touchpoints.size() == 0 ? "x" : report.touchpoints.names[0];
    const AlignOn align_on = seed % 2 == 0 ? AlignOn::kFirstMatch : AlignOn::kLastMatch;
    const auto paths =
        PathsOf(InputOf(world.log, report, world.definitions),
                {.align = {name}, .align_on = align_on, .before = 2, .after = 3, .period = {1}});
    REQUIRE(paths.ok());
    for (std::uint32_t d = 0; d < world.definitions; ++d) {
      std::map<std::pair<std::ptrdiff_t, std::uint32_t>, std::uint64_t> cells;
      std::map<std::pair<TouchpointId, TouchpointId>, std::uint64_t> follows;
      std::map<std::pair<TouchpointId, TouchpointId>, std::vector<Duration>> gaps;
      std::uint64_t journeys = 0;
      std::uint64_t unaligned = 0;
      Duration idle{0};
      for (const JourneyRow& row : report.journeys.rows) {
        if (row.definition.value != d) continue;
        ++journeys;
        std::vector<EventRow> events;
        for (std::size_t i = 0; i < row.events(); ++i) events.push_back(report.event_of(row, i));
        std::vector<std::ptrdiff_t> anchors;
        std::set<std::pair<TouchpointId, TouchpointId>> pairs;
        for (std::size_t i = 0; i < events.size(); ++i) {
          if (report.touchpoints.name_text(events[i].touchpoint) == name)
            anchors.push_back(static_cast<std::ptrdiff_t>(i));
          for (std::size_t k = i + 1; k < events.size(); ++k)
            pairs.insert({events[i].touchpoint, events[k].touchpoint});
          if (i == 0) continue;
          gaps[{events[i - 1].touchpoint, events[i].touchpoint}].push_back(events[i].time -
                                                                           events[i - 1].time);
          if (events[i].time - events[i - 1].time > 30min) idle += events[i].time - events[i - 1].time;
        }
        for (const auto& pair : pairs) ++follows[pair];
        if (anchors.empty()) {
          ++unaligned;
          continue;
        }
        const std::ptrdiff_t anchor = align_on == AlignOn::kFirstMatch ? anchors.front() : anchors.back();
        for (std::ptrdiff_t offset = -2; offset <= 3; ++offset) {
          const std::ptrdiff_t at = anchor + offset;
          if (at < 0 || at >= static_cast<std::ptrdiff_t>(events.size())) continue;
          ++cells[{offset, events[static_cast<std::size_t>(at)].touchpoint.value}];
        }
      }
      const DefinitionPaths& found = paths->definitions[d];
      CHECK(found.steps.aligned() + found.steps.unaligned() == journeys);
      CHECK(found.steps.unaligned() == unaligned);
      aligned += found.steps.aligned();
      for (std::ptrdiff_t offset = -2; offset <= 3; ++offset) {
        for (std::uint32_t t = 0; t < report.touchpoints.size(); ++t) {
          CHECK(found.steps.at(offset, {t}) == cells[{offset, t}]);
        }
      }
      CHECK(found.follows.result().size() == follows.size());
      for (const FollowsPair& pair : found.follows.result())
        CHECK(pair.journeys == follows[{pair.from, pair.to}]);
      CHECK(found.transitions.result().size() == gaps.size());
      for (const Transition& transition : found.transitions.result()) {
        std::vector<Duration>& all = gaps[{transition.from, transition.to}];
        std::ranges::sort(all);
        CHECK(transition.count == all.size());
        const std::size_t place = (all.size() - 1) * 9;
        const Duration low = all[place / 10];
        const Duration high = place % 10 == 0 ? low : all[place / 10 + 1];
        CHECK(transition.p90 == low + (high - low) * static_cast<std::int64_t>(place % 10) / 10);
      }
      CHECK(found.times.journeys() == journeys);
      std::uint64_t started = 0;
      std::uint64_t ended = 0;
      for (const ThroughputRow& row : found.throughput.result()) {
        started += row.started;
        ended += row.achieved + row.failed + row.ended;
        CHECK(row.under_way == started - ended);
      }
      CHECK(started == journeys);
    }
    std::map<std::uint32_t, std::map<std::uint32_t, std::set<std::uint32_t>>> active;
    for (std::uint32_t c = 0; c < report.timeline.customers(); ++c) {
      const auto events = report.timeline.of({c});
      const auto day_of = [](TimePoint time) {
        return static_cast<std::uint32_t>(
            std::chrono::floor<std::chrono::days>(time).time_since_epoch().count());
      };
      for (const EventRow& event : events) {
        active[day_of(events[0].time)][day_of(event.time) - day_of(events[0].time)].insert(c);
      }
    }
    const auto cohorts = paths->retention.result(report.input.as_of);
    CHECK(cohorts.size() == active.size());
    std::size_t i = 0;
    for (const auto& [day, by_after] : active) {
      CHECK(cohorts[i].begin == kMinTime + std::chrono::days{day});
      for (std::size_t after = 0; after < cohorts[i].active.size(); ++after) {
        const auto found = by_after.find(static_cast<std::uint32_t>(after));
        REQUIRE(cohorts[i].active[after] == (found == by_after.end() ? 0 : found->second.size()));
      }
      ++i;
    }
  }
  CHECK(aligned > 100);
}

TEST_CASE("paths of 1, 2, 3 and 64 threads are equal, to the byte") {
  for (std::uint64_t seed = 0; seed < 25; ++seed) {
    const World world = WorldOf(seed);
    const PathOptions options{.align = {},
                              .align_on = seed % 2 == 0 ? AlignOn::kFirstMatch : AlignOn::kLastMatch};
    const std::string one =
        TextOf(*PathsOf(InputOf(world.log, world.report, world.definitions), options), world.report);
    REQUIRE(nlohmann::json::accept(one));
    for (const unsigned threads : {2U, 3U, 64U}) {
      CHECK(TextOf(*PathsOf(InputOf(world.log, world.report, world.definitions), options, threads),
                   world.report) == one);
    }
  }
}

TEST_CASE("paths: 1 shard is 64 shards is 1,024 shards, in whatever order they are merged") {
  Random random(3);
  std::vector<Path> paths;
  std::vector<std::vector<TimePoint>> times;
  std::vector<std::vector<EventRow>> customers;
  std::vector<JourneyRow> rows;
  const TimePoint start{Duration{test::kStart}};
  for (int i = 0; i < 5000; ++i) {
    paths.emplace_back();
    times.emplace_back();
    customers.emplace_back();
    TimePoint at = start + 1min * random.Below(100'000);
    for (std::size_t n = 1 + random.Below(7); n-- > 0;) {
      at += 1min * random.Below(2000);
      paths.back().push_back({static_cast<std::uint32_t>(random.Below(6))});
      times.back().push_back(at);
      customers.back().push_back({at, paths.back().back(), {0}});
    }
    rows.push_back({.outcome = static_cast<Outcome>(random.Below(kOutcomes)),
                    .first = times.back().front(),
                    .ended = at});
  }
  const auto matrix = [&](std::size_t shards) {
    return Sharded(paths.size(), shards, StepMatrix(6, 2, 2), [&](StepMatrix& m, std::size_t i) {
      i % 7 == 0 ? m.AddUnaligned() : m.Add(paths[i], i % paths[i].size());
    });
  };
  const auto follows = [&](std::size_t shards) {
    return Sharded(paths.size(), shards, EventuallyFollows(),
                   [&](EventuallyFollows& m, std::size_t i) { m.Add(paths[i]); })
        .result();
  };
  const auto retention = [&](std::size_t shards) {
    return Sharded(paths.size(), shards, Retention(Period{7}),
                   [&](Retention& m, std::size_t i) { m.Add(customers[i]); })
        .result(start + std::chrono::days{400});
  };
  const auto throughput = [&](std::size_t shards) {
    return Sharded(paths.size(), shards, Throughput(Period{28}),
                   [&](Throughput& m, std::size_t i) { m.Add(rows[i]); })
        .result();
  };
  const auto active = [&](std::size_t shards) {
    return Sharded(paths.size(), shards, JourneyTimes(),
                   [&](JourneyTimes& m, std::size_t i) { m.Add(times[i], 30min); });
  };
  for (const std::size_t shards : {64U, 1024U}) {
    CHECK(matrix(shards) == matrix(1));
    CHECK(follows(shards) == follows(1));
    CHECK(retention(shards) == retention(1));
    CHECK(throughput(shards) == throughput(1));
    CHECK(active(shards) == active(1));
  }
}

TEST_CASE("paths: options out of range are refused by name") {
  CHECK_FALSE(PathOptions{.before = 101}.Validate().ok());
  CHECK_FALSE(PathOptions{.period = {0}}.Validate().ok());
  CHECK(PathOptions{}.Validate().ok());
}
