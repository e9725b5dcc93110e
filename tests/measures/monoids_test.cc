// Law 9: measures are monoids. The same result from 1, 64 and 1,024 shards, in whatever order they are
// merged.
#include <algorithm>
#include <functional>

#include "journey/measures/channels.h"
#include "journey/measures/durations.h"
#include "journey/measures/transitions.h"
#include "journey/measures/variants.h"
#include "support/oracle.h"
#include "support/small_run.h"

using namespace journey;               // NOLINT
using namespace std::chrono_literals;  // NOLINT
using test::Random;

namespace {

// Deals `items` to shards at random, and merges the shards in a random order and random pairs.
template <typename Measure, typename Item>
Measure Sharded(const std::vector<Item>& items, std::size_t shards, std::uint64_t seed,
                const std::function<Measure()>& empty,
                const std::function<void(Measure&, const Item&)>& add) {
  Random random(seed);
  std::vector<Measure> parts;
  for (std::size_t i = 0; i < shards; ++i) parts.push_back(empty());
  for (const Item& item : items) add(parts[random.Below(shards)], item);
  while (parts.size() > 1) {
    const std::size_t from = random.Below(parts.size());
    std::swap(parts[from], parts.back());
    const Measure last = std::move(parts.back());
    parts.pop_back();
    parts[random.Below(parts.size())].Merge(last);
  }
  return std::move(parts[0]);
}

std::vector<Duration> SomeDurations(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<Duration> durations;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t value = random.Next() >> (11 + random.Below(50));
    durations.push_back(Duration{static_cast<std::int64_t>(value) % (kForever.count() + 1)});
  }
  return durations;
}

Durations DurationsOf(const std::vector<Duration>& values) {
  Durations all;
  for (const Duration value : values) all.Add(value);
  return all;
}

// The quantile by sorting, linear between neighbours, rounded down, in 128 bits.
std::int64_t OracleQuantile(std::vector<Duration> values, std::uint64_t numerator,
                            std::uint64_t denominator) {
  std::sort(values.begin(), values.end());
  const std::uint64_t place = (values.size() - 1) * numerator;
  const std::int64_t low = values[place / denominator].count();
  if (place % denominator == 0) return low;
  const std::int64_t high = values[place / denominator + 1].count();
  __extension__ using Wide = __int128;
  return low + static_cast<std::int64_t>(Wide{high - low} * static_cast<Wide>(place % denominator) /
                                         static_cast<Wide>(denominator));
}

const std::pair<std::uint64_t, std::uint64_t> kQuantiles[] = {{0, 1},  {1, 4},    {1, 2}, {3, 4},
                                                              {9, 10}, {99, 100}, {1, 1}};

TransitionGraph GraphOf(const std::vector<std::pair<TouchpointId, TouchpointId>>& pairs) {
  TransitionGraph graph;
  for (const auto& [from, to] : pairs) graph.Add(from, to, 1s);
  return graph;
}

auto RowsOf(const TransitionGraph& graph) {
  std::vector<std::tuple<TouchpointId, TouchpointId, std::uint64_t, Duration>> rows;
  for (const Transition& row : graph.result()) rows.emplace_back(row.from, row.to, row.count, row.median);
  return rows;
}

auto RowsOf(const VariantCounter& counter, std::size_t limit = 1'000'000) {
  std::vector<std::tuple<std::vector<TouchpointId>, bool, std::uint64_t>> rows;
  for (const Variant& row : counter.Top(limit)) rows.emplace_back(row.path, row.cut, row.journeys);
  return rows;
}

}  // namespace

TEST_CASE("quantiles of up to 4096 durations are exact") {
  Durations example = DurationsOf({10s, 20s, 40s});
  CHECK(example.count() == 3);
  CHECK(example.median() == 20s);
  CHECK(example.Quantile(1, 4) == 15s);
  CHECK(DurationsOf({1us, 2us}).median() == 1us);  // rounded down
  for (const std::size_t count :
       {std::size_t{1}, std::size_t{2}, std::size_t{5}, std::size_t{100}, Durations::kExact}) {
    const std::vector<Duration> values = SomeDurations(count, count);
    const Durations all = DurationsOf(values);
    for (const auto& [numerator, denominator] : kQuantiles) {
      CHECK(all.Quantile(numerator, denominator).count() == OracleQuantile(values, numerator, denominator));
    }
  }
}

TEST_CASE("quantiles of more durations are off by at most 0.4 per cent") {
  for (const std::size_t count : {Durations::kExact + 1, std::size_t{20'000}}) {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      const std::vector<Duration> values = SomeDurations(count, seed);
      const Durations all = DurationsOf(values);
      for (const auto& [numerator, denominator] : kQuantiles) {
        const std::int64_t exact = OracleQuantile(values, numerator, denominator);
        const std::int64_t off = std::abs(all.Quantile(numerator, denominator).count() - exact);
        INFO(count << " values, quantile " << numerator << "/" << denominator << " is " << exact);
        CHECK(off * 1000 <= exact * 4 + 1000);
      }
    }
  }
}

TEST_CASE("every duration that is allowed has a place, near to its own value") {
  for (int bit = 0; bit < 53; ++bit) {
    for (const std::int64_t near : {-1, 0, 1}) {
      const Duration value{std::clamp<std::int64_t>((std::int64_t{1} << bit) + near, 0, kForever.count())};
      const Durations all = DurationsOf(std::vector<Duration>(Durations::kExact + 1, value));
      CHECK(std::abs(all.median().count() - value.count()) * 250 <= value.count());
    }
  }
  CHECK(DurationsOf(std::vector<Duration>(5000, 0us)).median() == 0us);
  const Duration largest = DurationsOf(std::vector<Duration>(5000, kForever)).Quantile(1, 1);
  CHECK(std::abs(largest.count() - kForever.count()) * 250 <= kForever.count());
}

TEST_CASE("durations: 1 shard is 64 shards is 1,024 shards, to the byte") {
  const std::function<Durations()> empty = [] { return Durations(); };
  const std::function<void(Durations&, const Duration&)> add = [](Durations& d, const Duration& v) {
    d.Add(v);
  };
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{4000}, Durations::kExact,
                                  Durations::kExact + 1, std::size_t{30'000}}) {
    const std::vector<Duration> values = SomeDurations(count, count);
    const Durations one = DurationsOf(values);
    for (const std::size_t shards : {1U, 2U, 64U, 1024U}) {
      const Durations many = Sharded<Durations, Duration>(values, shards, shards, empty, add);
      INFO(count << " values in " << shards << " shards");
      CHECK(many == one);
      CHECK(many.count() == count);
      if (count != 0) CHECK(many.median() == one.median());
    }
    std::vector<Duration> shuffled = values;
    Random(9).Shuffle(shuffled);
    CHECK(DurationsOf(shuffled) == one);
  }
  CHECK_FALSE(DurationsOf({1s}) == DurationsOf({2s}));
  CHECK_FALSE(DurationsOf({1s}) == DurationsOf({1s, 1s}));
}

TEST_CASE("an empty measure changes nothing, on either side") {
  for (const std::size_t count : {std::size_t{3}, std::size_t{5000}}) {
    const Durations all = DurationsOf(SomeDurations(count, 1));
    Durations left;
    left.Merge(all);
    Durations right = all;
    right.Merge({});
    CHECK(left == all);
    CHECK(right == all);
  }
  const std::vector<std::pair<TouchpointId, TouchpointId>> pairs = {{{0}, {1}}, {{1}, {0}}, {{0}, {1}}};
  TransitionGraph graph;
  graph.Merge(GraphOf(pairs));
  graph.Merge({});
  CHECK(RowsOf(graph) == RowsOf(GraphOf(pairs)));
  VariantCounter counter;
  counter.Add(std::vector<TouchpointId>{{1}, {2}});
  VariantCounter other;
  other.Merge(counter);
  other.Merge(VariantCounter());
  CHECK(RowsOf(other) == RowsOf(counter));
}

TEST_CASE("transitions: which follows which, how often and after how long, in order") {
  TransitionGraph graph;
  graph.Add({1}, {0}, 5s);
  graph.Add({0}, {1}, 10s);
  graph.Add({0}, {1}, 30s);
  graph.Add({0}, {0}, 0s);
  const std::vector<std::tuple<TouchpointId, TouchpointId, std::uint64_t, Duration>> expected = {
      {{0}, {0}, 1, 0s}, {{0}, {1}, 2, 20s}, {{1}, {0}, 1, 5s}};
  CHECK(RowsOf(graph) == expected);
}

TEST_CASE("transitions and variants: 1 shard is 64 shards is 1,024 shards") {
  struct Path {
    std::vector<TouchpointId> at;
  };
  Random random(5);
  std::vector<Path> paths;
  for (int i = 0; i < 5000; ++i) {
    Path path;
    for (std::size_t n = 1 + random.Below(random.OneIn(50) ? 200 : 5); n > 0; --n) {
      path.at.push_back({static_cast<std::uint32_t>(random.Below(4))});
    }
    paths.push_back(path);
  }
  const std::function<TransitionGraph()> no_graph = [] { return TransitionGraph(); };
  const std::function<void(TransitionGraph&, const Path&)> add_pairs = [](TransitionGraph& graph,
                                                                          const Path& path) {
    for (std::size_t i = 1; i < path.at.size(); ++i)
      graph.Add(path.at[i - 1], path.at[i], Duration{path.at.size() * 1000});
  };
  const std::function<VariantCounter()> no_variants = [] { return VariantCounter(); };
  const std::function<void(VariantCounter&, const Path&)> add_path =
      [](VariantCounter& counter, const Path& path) { counter.Add(path.at); };
  const auto graph = RowsOf(Sharded<TransitionGraph, Path>(paths, 1, 1, no_graph, add_pairs));
  const VariantCounter variants = Sharded<VariantCounter, Path>(paths, 1, 1, no_variants, add_path);
  CHECK(graph.size() == 16);
  CHECK(variants.journeys() == paths.size());
  for (const std::size_t shards : {64U, 1024U}) {
    CHECK(RowsOf(Sharded<TransitionGraph, Path>(paths, shards, shards, no_graph, add_pairs)) == graph);
    const VariantCounter many = Sharded<VariantCounter, Path>(paths, shards, shards, no_variants, add_path);
    CHECK(RowsOf(many) == RowsOf(variants));
    CHECK(many.distinct() == variants.distinct());
    CHECK(many.journeys() == variants.journeys());
    CHECK(RowsOf(many, 7) == RowsOf(variants, 7));
    CHECK(RowsOf(many, 7).size() == 7);
  }
}

TEST_CASE("variants: immediate repeats are one, long paths are cut, the frequent come first") {
  VariantCounter counter;
  const auto add = [&](std::vector<TouchpointId> path) { counter.Add(path); };
  add({{1}, {1}, {2}});
  add({{1}, {2}, {2}});
  add({{1}, {2}, {1}});
  add({{0}});
  CHECK(counter.distinct() == 3);
  const std::vector<std::tuple<std::vector<TouchpointId>, bool, std::uint64_t>> expected = {
      {{{1}, {2}}, false, 2}, {{{0}}, false, 1}, {{{1}, {2}, {1}}, false, 1}};
  CHECK(RowsOf(counter) == expected);

  VariantCounter lengths;
  std::vector<TouchpointId> path;
  for (std::uint32_t i = 0; i < VariantCounter::kMaxPath; ++i) path.push_back({i});
  lengths.Add(path);
  path.push_back(path.back());
  lengths.Add(path);  // a repeat of the last is not more of it
  path.push_back({9999});
  lengths.Add(path);
  path.push_back({9998});
  lengths.Add(path);
  const auto rows = RowsOf(lengths);
  REQUIRE(rows.size() == 2);
  CHECK(std::get<1>(rows[0]) == false);
  CHECK(std::get<2>(rows[0]) == 2);
  CHECK(std::get<1>(rows[1]) == true);
  CHECK(std::get<2>(rows[1]) == 2);
  CHECK(std::get<0>(rows[1]).size() == VariantCounter::kMaxPath);
}

TEST_CASE("step counts and channels do not depend on how customers are dealt to threads") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const EventLog log = test::LogOf(test::World(seed, {.offers = 80}));
    PipelineOptions options = test::WorldOptions(seed);
    const test::PlainReport one = test::PlainOf(test::RunOf(log, options));
    for (const unsigned threads : {2U, 3U, 64U}) {
      options.threads = threads;
      REQUIRE(test::PlainOf(test::RunOf(log, options)) == one);
    }
  }
}

TEST_CASE("step counts of the example in the header") {
  PipelineOptions options;
  options.journeys = {{.name = "j",
                       .steps = {{"view", {"view"}}, {"cart", {"cart"}}, {"pay", {"pay"}}},
                       .abandon_after = 1h}};
  const EventLog log = test::LogOf(std::vector<test::Happened>{{0s, "web/view", {}, "a"},
                                                               {10s, "web/cart", {}, "a"},
                                                               {40s, "web/pay", {}, "a"},
                                                               {0s, "web/view", {}, "b"},
                                                               {30s, "web/cart", {}, "b"},
                                                               {2h, "web/view", {}, "c"}});
  const auto report = test::PlainOf(test::RunOf(log, options));
  const test::PlainSummary& summary = report.summaries[0];
  CHECK(summary.started == 3);
  CHECK(summary.time_to_goal == 40 * test::kSecond);
  const std::vector<test::PlainStep> expected = {{"view", 3, 0, 0, 1, 0, 0},
                                                 {"cart", 2, 0, 1, 0, 2, 20 * test::kSecond},
                                                 {"pay", 1, 0, 0, 0, 1, 30 * test::kSecond}};
  CHECK(summary.steps == expected);
}

TEST_CASE("every definition has a row for each of its steps, though nobody ever began") {
  PipelineOptions options;
  options.journeys = {{.name = "never", .steps = {{"a", {"a"}}, {"b", {"b"}}}}};
  const Report report = test::RunOf(test::LogOf(std::vector<test::Happened>{{0s, "web/x"}}), options);
  REQUIRE(report.journey_summaries.size() == 1);
  CHECK(report.journey_summaries[0].steps.size() == 2);
  CHECK(report.journey_summaries[0].counts.steps().size() == 2);
}
