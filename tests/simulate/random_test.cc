#include "simulate/random.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "support/catch.h"

namespace journey::internal {
namespace {

TEST_CASE("SplitMix64 gives the values of its authors") {
  // The first outputs of the reference generator started at 0: the state moves on by the golden ratio.
  CHECK(SplitMix64(0) == 0xe220a8397b1dcdafU);
  CHECK(SplitMix64(0x9e3779b97f4a7c15U) == 0x6e789e6aa1b965f4U);
}

TEST_CASE("a stream is the same every time, and another for every part of its path") {
  CHECK(Random(1, {2, 3}).Next() == Random(1, {2, 3}).Next());
  CHECK(Random(1, {2, 3}).Next() != Random(1, {3, 2}).Next());
  CHECK(Random(1, {2, 3}).Next() != Random(2, {2, 3}).Next());
  CHECK(Random(1, {2}).Next() != Random(1, {2, 0}).Next());
}

TEST_CASE("the sequence of a stream never changes") {
  Random random(42, {7});
  std::uint64_t sum = 0;
  for (int i = 0; i < 1000; ++i) sum = sum * 31 + random.Next();
  CHECK(sum == 14370010395638557450U);
}

TEST_CASE("Below, Between and Chance keep their ranges and are even") {
  Random random(9);
  std::array<int, 6> faces{};
  int thirties = 0;
  for (int i = 0; i < 60'000; ++i) {
    ++faces[random.Below(6)];
    const std::int64_t value = random.Between(-2, 2);
    REQUIRE((value >= -2 && value <= 2));
    thirties += random.Chance(30) ? 1 : 0;
    REQUIRE(!random.Chance(0));
    REQUIRE(random.Chance(1000));
  }
  for (const int count : faces) CHECK(std::abs(count - 10'000) < 500);
  CHECK(std::abs(thirties - 1800) < 200);
}

TEST_CASE("Zipf ranks fall as one over their rank") {
  Random random(3);
  const Zipf zipf(100);
  std::array<int, 100> counts{};
  for (int i = 0; i < 200'000; ++i) ++counts[zipf.Draw(random)];
  CHECK(counts[0] / 2 == Approx(counts[1]).epsilon(0.05));
  CHECK(counts[0] / 10 == Approx(counts[9]).epsilon(0.1));
  CHECK(counts[99] > 0);
}

}  // namespace
}  // namespace journey::internal
