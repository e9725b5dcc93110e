// Random numbers that are the same on every platform: SplitMix64 to spread seeds, xoshiro256** to draw, and
// integers only, because the distributions of the standard library differ from one library to the next.
//
//   Random random(seed, {customer, journey});   a stream of its own for every customer and journey
//   random.Below(6), random.Between(2, 5), random.Chance(30) (30 in 1,000)
//
// Streams are cheap to make, so that what happens in one life, or one journey, shifts nothing in another.
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "journey/core/mix.h"

namespace journey {
inline namespace v0 {
namespace internal {

// The seed of the stream that belongs to `path` below `seed`.
constexpr std::uint64_t Stream(std::uint64_t seed, std::initializer_list<std::uint64_t> path) {
  std::uint64_t state = SplitMix64(seed);
  for (const std::uint64_t part : path) state = SplitMix64(state ^ SplitMix64(part));
  return state;
}

class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) {
    for (std::uint64_t& word : state_) word = SplitMix64(seed += 0x632be59bd9b4e019U);
  }
  constexpr Random(std::uint64_t seed, std::initializer_list<std::uint64_t> path)
      : Random(Stream(seed, path)) {}

  constexpr std::uint64_t Next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // Uniform in [0, n), up to a bias below n / 2^32. Requires: n > 0.
  constexpr std::uint32_t Below(std::uint32_t n) {
    return static_cast<std::uint32_t>(((Next() >> 32) * n) >> 32);
  }
  // Uniform in [low, high]. Requires: low <= high, and high - low < 2^32 - 1.
  constexpr std::int64_t Between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(Below(static_cast<std::uint32_t>(high - low) + 1));
  }
  constexpr bool Chance(std::uint32_t permille) { return Below(1000) < permille; }

 private:
  std::array<std::uint64_t, 4> state_{};
};

// Ranks 0..n-1 with the frequencies of Zipf's law: rank r in proportion to 1 / (r + 1).
class Zipf {
 public:
  explicit Zipf(std::uint32_t n) : sums_(n) {
    std::uint32_t sum = 0;
    for (std::uint32_t rank = 0; rank < n; ++rank) sums_[rank] = sum += kUnit / (rank + 1);
  }
  [[nodiscard]] std::uint32_t Draw(Random& random) const {
    const auto at = std::ranges::upper_bound(sums_, random.Below(sums_.back()));
    return static_cast<std::uint32_t>(at - sums_.begin());
  }

 private:
  static constexpr std::uint32_t kUnit = 1U << 24;
  std::vector<std::uint32_t> sums_;  // of the weights up to and with each rank
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
