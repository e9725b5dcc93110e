// Durations and transitions beside a multiset that keeps every value, where most are counted and not kept: asked in
// between, copied, and merged in any tree.
#include "journey/measures/durations.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "journey/measures/transitions.h"
#include "support/catch.h"
#include "support/worlds.h"

using namespace journey;  // NOLINT
using test::Random;

namespace {

// What a value counts as once there are more than kExact: its eight leading bits, and the middle of the rest.
std::int64_t Rounded(std::int64_t value) {
  std::int64_t width = 1;
  while (value / width >= 256) width *= 2;
  return value / width * width + width / 2;
}

class Multiset {
 public:
  void Add(std::int64_t value) { values_.push_back(value); }
  void Merge(const Multiset& other) {
    values_.insert(values_.end(), other.values_.begin(), other.values_.end());
  }
  [[nodiscard]] std::size_t count() const { return values_.size(); }
  [[nodiscard]] std::int64_t Quantile(std::uint64_t numerator, std::uint64_t denominator) const {
    std::vector<std::int64_t> values = values_;
    if (values.size() > Durations::kExact) std::ranges::transform(values, values.begin(), Rounded);
    std::ranges::sort(values);
    const std::uint64_t place = (values.size() - 1) * numerator;
    const std::int64_t low = values[place / denominator];
    const auto between = static_cast<std::int64_t>(place % denominator);
    if (between == 0) return low;
    return low + (values[place / denominator + 1] - low) * between / static_cast<std::int64_t>(denominator);
  }

 private:
  std::vector<std::int64_t> values_;
};

// Mostly around a minute, sometimes anything.
std::int64_t SomeDuration(Random& random) {
  if (random.OneIn(10))
    return static_cast<std::int64_t>(random.Next() >> (11 + random.Below(53))) % (kForever.count() + 1);
  return static_cast<std::int64_t>(random.Below(120)) * test::kSecond / (random.OneIn(3) ? 7 : 1);
}

struct Both {
  Durations ours;
  Multiset naive;

  void Add(std::int64_t value) {
    ours.Add(Duration{value});
    naive.Add(value);
  }
  void Merge(const Both& other) {
    ours.Merge(other.ours);
    naive.Merge(other.naive);
  }
};

void CheckSame(const Durations& ours, const Multiset& naive) {
  REQUIRE(ours.count() == naive.count());
  if (naive.count() == 0) return;
  const std::pair<std::uint64_t, std::uint64_t> quantiles[] = {{0, 1}, {1, 100}, {1, 4},    {1, 2},
                                                               {2, 3}, {9, 10},  {99, 100}, {1, 1}};
  for (const auto& [numerator, denominator] : quantiles)
    CHECK(ours.Quantile(numerator, denominator).count() == naive.Quantile(numerator, denominator));
}

constexpr std::size_t kSizes[] = {0, 1, 7, 8, 9, 128, 129, 4095, 4096, 4097, 5119, 5120, 5121, 5122, 9300};

}  // namespace

TEST_CASE("durations have the quantiles of a multiset, rounded where there are many") {
  for (const std::size_t size : kSizes) {
    Random random(size);
    Both both;
    for (std::size_t i = 0; i < size; ++i) both.Add(SomeDuration(random));
    INFO(size << " values");
    CheckSame(both.ours, both.naive);
  }
}

TEST_CASE("durations that are asked, copied and assigned on the way go on as if they had not been") {
  Random random(3);
  Both both;
  Durations undisturbed;
  for (std::size_t i = 0; i < 12'000; ++i) {
    const std::int64_t value = SomeDuration(random);
    both.Add(value);
    undisturbed.Add(Duration{value});
    if (random.OneIn(500)) {
      const Durations copy = both.ours;
      CHECK(copy == undisturbed);
      both.ours = copy;
    }
    if (random.OneIn(1000)) CheckSame(both.ours, both.naive);
  }
  CHECK(both.ours == undisturbed);
}

TEST_CASE("durations merged in any tree are those of all values") {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    Random random(seed);
    std::vector<Both> parts(1 + random.Below(40));
    Both all;
    for (Both& part : parts) {
      const std::size_t size = kSizes[random.Below(std::size(kSizes))];
      for (std::size_t i = 0; i < size; ++i) {
        const std::int64_t value = SomeDuration(random);
        part.Add(value);
        all.Add(value);
      }
    }
    while (parts.size() > 1) {
      std::swap(parts[random.Below(parts.size())], parts.back());
      const Both last = std::move(parts.back());
      parts.pop_back();
      Both& into = parts[random.Below(parts.size())];
      into.Merge(last);
      // A merged one can be added to.
      if (random.OneIn(3)) {
        const std::int64_t value = SomeDuration(random);
        into.Add(value);
        all.Add(value);
      }
    }
    CHECK(parts[0].ours == all.ours);
    CheckSame(parts[0].ours, all.naive);
  }
}

TEST_CASE("transitions are a map of multisets: near and far touchpoints, rare and frequent pairs, any tree") {
  using Pair = std::pair<TouchpointId, TouchpointId>;
  Random random(11);
  std::map<Pair, Multiset> naive;
  std::vector<TransitionGraph> parts(9);
  // The first pair has more than kExact in each of some graphs, the next ones in all together, the others never.
  const auto some_pair = [&]() -> Pair {
    if (random.OneIn(3)) return {{127}, {128}};
    if (random.OneIn(3)) return {{5}, {static_cast<std::uint32_t>(random.Below(2))}};
    return {{static_cast<std::uint32_t>(random.Below(200))}, {static_cast<std::uint32_t>(random.Below(200))}};
  };
  for (std::size_t i = 0; i < 100'000; ++i) {
    const Pair pair = some_pair();
    const std::int64_t value = SomeDuration(random);
    naive[pair].Add(value);
    parts[random.OneIn(4) ? random.Below(parts.size()) : 0].Add(pair.first, pair.second, Duration{value});
  }
  const auto check = [&](const TransitionGraph& graph) {
    const std::vector<Transition> rows = graph.result();
    REQUIRE(rows.size() == naive.size());
    auto expected = naive.begin();
    for (const Transition& row : rows) {
      REQUIRE(Pair(row.from, row.to) == expected->first);
      REQUIRE(row.count == expected->second.count());
      REQUIRE(row.median.count() == expected->second.Quantile(1, 2));
      REQUIRE(row.p90.count() == expected->second.Quantile(9, 10));
      ++expected;
    }
  };
  while (parts.size() > 1) {
    const TransitionGraph last = std::move(parts.back());
    parts.pop_back();
    parts[random.Below(parts.size())].Merge(last);
  }
  check(parts[0]);
  TransitionGraph empty;
  empty.Merge(parts[0]);
  check(empty);
}
