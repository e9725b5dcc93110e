#include "journey/insight/touchpoint_chain.h"

#include <chrono>
#include <random>

#include "insight_impact/slow_chain.h"
#include "journey/core/status.h"
#include "simulate/random.h"
#include "support/catch.h"

namespace journey {
namespace {

using internal::Random;
using testing::SlowCounts;
using testing::SlowGoal;
using testing::SlowRows;
using Path = std::vector<std::uint32_t>;

TouchpointChain ChainOf(std::size_t touchpoints, const PathTable& paths, const ChainOptions& options = {}) {
  auto chain = TouchpointChain::Create(touchpoints, paths, options);
  INFO(MessageOf(chain.status()));
  REQUIRE(chain.ok());
  return *std::move(chain);
}

PathTable RandomPaths(std::uint64_t seed, std::uint32_t touchpoints, std::uint32_t paths, bool with_open) {
  Random random(seed);
  PathTable table;
  for (std::uint32_t i = 0; i < paths; ++i) {
    Path path(1 + random.Below(6));
    for (std::uint32_t& touchpoint : path) touchpoint = random.Below(touchpoints);
    const std::uint32_t end = random.Below(with_open ? 4 : 3);
    table.Add(path, static_cast<PathEnd>(end), 1 + random.Below(3));
  }
  return table;
}

std::vector<std::vector<PathVisit>> RandomGroups(std::uint64_t seed, const PathTable& paths,
                                                 std::uint32_t touchpoints) {
  Random random(seed, {7});
  std::vector<std::vector<PathVisit>> groups(touchpoints);
  for (std::uint32_t i = 0; i < paths.size(); ++i) {
    for (std::uint32_t k = 0; k < paths.of(i).size(); ++k) {
      if (random.Chance(250)) groups[paths.of(i)[k]].push_back({i, k});
    }
  }
  return groups;
}

// nullopt of ours is right where the slow twin has no rows, or finds that somebody goes round forever.
void CheckSame(const std::optional<double>& ours, const std::optional<SlowRows>& rows, double margin) {
  if (!rows) {
    CHECK(!ours);
    return;
  }
  const double undecided = 1 - SlowGoal(*rows) - *testing::SlowRate(*rows, testing::kLostContext) -
                           *testing::SlowRate(*rows, testing::kExcludedContext);
  if (!ours) {
    CHECK(undecided > 1e-9);
  } else {
    CHECK(*ours == Approx(SlowGoal(*rows)).margin(margin));
  }
}

void CheckAgainstSlow(std::uint64_t seed, std::uint32_t touchpoints, std::uint32_t count, bool with_open,
                      const ChainOptions& options, double margin) {
  const PathTable paths = RandomPaths(seed, touchpoints, count, with_open);
  const TouchpointChain chain = ChainOf(touchpoints, paths, options);
  const SlowRows rows = SlowCounts(paths, options.order);
  INFO("seed " << seed << " order " << options.order << " dense " << chain.dense());
  CHECK(chain.states() + 1 >= rows.size());
  CHECK(chain.error_bound() <= margin);
  CHECK(chain.goal_rate() == Approx(SlowGoal(rows)).margin(margin));
  CHECK(chain.rates().lost == Approx(*testing::SlowRate(rows, testing::kLostContext)).margin(margin));
  CHECK(chain.rates().excluded == Approx(*testing::SlowRate(rows, testing::kExcludedContext)).margin(margin));
  const auto removed = chain.WithoutTouchpoint();
  const auto stays = chain.WithoutDropOff();
  const auto groups = RandomGroups(seed, paths, touchpoints);
  const auto repaired = chain.Repaired(paths, groups);
  for (std::uint32_t t = 0; t < touchpoints; ++t) {
    REQUIRE(removed[t]);
    CHECK(*removed[t] == Approx(SlowGoal(testing::SlowRemoved(rows, t))).margin(margin));
    CheckSame(stays[t], testing::SlowNobodyLost(rows, t), margin);
    CheckSame(repaired[t], testing::SlowRepaired(paths, options.order, groups[t]), margin);
  }
}

TEST_CASE("a chain by hand has the rates that can be worked out in the head") {
  PathTable paths;
  paths.Add(Path{0, 1}, PathEnd::kGoal);  // view pay
  paths.Add(Path{0}, PathEnd::kLost);     // view
  const TouchpointChain chain = ChainOf(3, paths);
  CHECK(chain.goal_rate() == Approx(0.5));
  CHECK(chain.rates().lost == Approx(0.5));
  CHECK(chain.Transition(TouchpointChain::kStart, 0) == 1.0);
  CHECK(chain.Transition(0, 1) == 0.5);
  CHECK(chain.Transition(0, TouchpointChain::kLost) == 0.5);
  CHECK(chain.Transition(1, TouchpointChain::kGoal) == 1.0);
  CHECK(chain.Transition(1, 2) == 0.0);
  CHECK(*chain.WithoutTouchpoint()[1] == Approx(0.0).margin(1e-12));
  CHECK(*chain.WithoutTouchpoint()[2] == Approx(0.5));
  CHECK(*chain.WithoutDropOff()[0] == Approx(1.0));
  CHECK(*chain.WithoutDropOff()[1] == Approx(0.5));
}

TEST_CASE("where everybody was lost nothing tells how it would go on") {
  PathTable paths;
  paths.Add(Path{0, 1}, PathEnd::kLost);
  paths.Add(Path{0}, PathEnd::kGoal);
  const TouchpointChain chain = ChainOf(2, paths);
  CHECK(!chain.WithoutDropOff()[1]);
  const std::vector<std::vector<PathVisit>> groups{{{0, 1}}, {{0, 0}}};
  const auto repaired = chain.Repaired(paths, groups);
  CHECK(*repaired[0] == Approx(1.0));  // nobody comes there any more
  CHECK(*repaired[1] == Approx(1.0));
}

TEST_CASE("an open path counts by its transitions, and where no end was seen the share is undecided") {
  PathTable paths;
  paths.Add(Path{0}, PathEnd::kGoal, 3);
  paths.Add(Path{0, 1, 1}, PathEnd::kOpen);
  const TouchpointChain chain = ChainOf(2, paths);
  CHECK(chain.goal_rate() == Approx(0.75));
  CHECK(chain.rates().undecided == Approx(0.25));
  paths.Add(Path{1}, PathEnd::kGoal);
  CHECK(ChainOf(2, paths).rates().undecided == Approx(0.0).margin(1e-12));
}

TEST_CASE("without open paths the chain of order one says exactly the goals that were reached") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const PathTable paths = RandomPaths(seed, 5, 60, false);
    double goals = 0;
    double all = 0;
    for (std::size_t i = 0; i < paths.size(); ++i) {
      all += paths.counts[i];
      goals += paths.ends[i] == PathEnd::kGoal ? paths.counts[i] : 0;
    }
    for (unsigned order = 1; order <= 3; ++order) {
      CHECK(ChainOf(5, paths, {.order = order}).goal_rate() == Approx(goals / all).margin(1e-12));
    }
  }
}

TEST_CASE("removal and repair equal a dense solve of the changed chain, in every order") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    for (unsigned order = 1; order <= 3; ++order) {
      const auto count = static_cast<std::uint32_t>(5 + 6 * seed);
      CheckAgainstSlow(seed, 4, count, seed % 2 == 0, {.order = order}, 1e-9);
    }
  }
}

TEST_CASE("iterated answers equal dense ones within the tolerance") {
  for (std::uint64_t seed = 1; seed <= 15; ++seed) {
    for (unsigned order = 1; order <= 3; ++order) {
      const ChainOptions options{.order = order, .dense_limit = 0, .tolerance = 1e-10, .max_sweeps = 20'000};
      CheckAgainstSlow(seed, 4, 40, seed % 2 == 0, options, 2e-10);
    }
  }
}

TEST_CASE("all paths of up to three touches over two touchpoints, alone and in pairs, equal the slow twin") {
  std::vector<Path> all;
  for (std::uint32_t size = 1; size <= 3; ++size) {
    for (std::uint32_t bits = 0; bits < (1U << size); ++bits) {
      Path path;
      for (std::uint32_t i = 0; i < size; ++i) path.push_back((bits >> i) & 1U);
      all.push_back(path);
    }
  }
  for (std::size_t a = 0; a < all.size(); ++a) {
    for (std::size_t b = 0; b < all.size(); ++b) {
      for (std::uint32_t ends = 0; ends < 16; ++ends) {
        PathTable paths;
        paths.Add(all[a], static_cast<PathEnd>(ends & 3U));
        paths.Add(all[b], static_cast<PathEnd>(ends >> 2U));
        for (unsigned order = 1; order <= 2; ++order) {
          const TouchpointChain chain = ChainOf(2, paths, {.order = order});
          const SlowRows rows = SlowCounts(paths, order);
          REQUIRE(chain.goal_rate() == Approx(SlowGoal(rows)).margin(1e-12));
          for (std::uint32_t t = 0; t < 2; ++t) {
            REQUIRE(*chain.WithoutTouchpoint()[t] ==
                    Approx(SlowGoal(testing::SlowRemoved(rows, t))).margin(1e-12));
          }
        }
      }
    }
  }
}

TEST_CASE("the chain says what a simulation of walks over its transitions finds") {
  const std::uint32_t touchpoints = 6;
  const PathTable paths = RandomPaths(99, touchpoints, 80, true);
  const TouchpointChain chain = ChainOf(touchpoints, paths);
  Random random(5);
  constexpr int kWalks = 200'000;
  int goals = 0;
  std::vector<int> goals_past(touchpoints);  // of walks that never came to the touchpoint
  for (int walk = 0; walk < kWalks; ++walk) {
    std::uint32_t at = TouchpointChain::kStart;
    std::vector<bool> seen(touchpoints);
    for (;;) {
      double left = static_cast<double>(random.Next() >> 11) * 0x1.0p-53;
      std::uint32_t next = TouchpointChain::kExcluded;
      for (const std::uint32_t to :
           {0U, 1U, 2U, 3U, 4U, 5U, TouchpointChain::kGoal, TouchpointChain::kLost}) {
        left -= chain.Transition(at, to);
        if (left < 0) {
          next = to;
          break;
        }
      }
      if (next >= touchpoints) {
        at = next;
        break;
      }
      seen[next] = true;
      at = next;
    }
    if (at != TouchpointChain::kGoal) continue;
    ++goals;
    for (std::uint32_t t = 0; t < touchpoints; ++t) goals_past[t] += seen[t] ? 0 : 1;
  }
  const double sigma = 4.5 * std::sqrt(0.25 / kWalks);
  CHECK(chain.goal_rate() == Approx(static_cast<double>(goals) / kWalks).margin(sigma));
  for (std::uint32_t t = 0; t < touchpoints; ++t) {
    CHECK(*chain.WithoutTouchpoint()[t] == Approx(static_cast<double>(goals_past[t]) / kWalks).margin(sigma));
  }
}

TEST_CASE("the order of the paths changes nothing but rounding, and the same paths give the same bits") {
  const PathTable paths = RandomPaths(3, 8, 200, true);
  PathTable reversed;
  for (std::size_t i = paths.size(); i-- > 0;) reversed.Add(paths.of(i), paths.ends[i], paths.counts[i]);
  for (unsigned order = 1; order <= 3; ++order) {
    const TouchpointChain a = ChainOf(8, paths, {.order = order});
    const TouchpointChain b = ChainOf(8, reversed, {.order = order});
    CHECK(a.goal_rate() == b.goal_rate());
    CHECK(a.WithoutTouchpoint() == b.WithoutTouchpoint());
    CHECK(a.WithoutDropOff() == b.WithoutDropOff());
  }
}

TEST_CASE("a large chain solves to its error bound") {
  Random random(8);
  PathTable paths;
  for (int i = 0; i < 20'000; ++i) {
    Path path(1 + random.Below(12));
    for (std::uint32_t& touchpoint : path) touchpoint = random.Below(150);
    paths.Add(path, random.Chance(400) ? PathEnd::kGoal : PathEnd::kLost);
  }
  const TouchpointChain dense = ChainOf(150, paths);
  const TouchpointChain iterated = ChainOf(150, paths, {.dense_limit = 10});
  REQUIRE(dense.dense());
  REQUIRE(!iterated.dense());
  CHECK(dense.error_bound() < 1e-12);
  CHECK(iterated.error_bound() <= 1e-9);
  CHECK(dense.goal_rate() == Approx(iterated.goal_rate()).margin(1e-9));
  const auto a = dense.WithoutDropOff();
  const auto b = iterated.WithoutDropOff();
  for (std::size_t t = 0; t < a.size(); ++t) CHECK(*a[t] == Approx(*b[t]).margin(2e-9));
}

TEST_CASE("bad options and paths of a chain are refused by name") {
  PathTable paths;
  CHECK(MessageOf(TouchpointChain::Create(2, paths).status()) == "a chain needs at least one path");
  paths.Add(Path{2}, PathEnd::kGoal);
  CHECK(MessageOf(TouchpointChain::Create(2, paths).status()) ==
        "a path has touchpoint 2; it must be below 2");
  CHECK(MessageOf(TouchpointChain::Create(3, paths, {.order = 4}).status()) ==
        "chain order is 4; it must be 1, 2 or 3");
}

}  // namespace
}  // namespace journey
