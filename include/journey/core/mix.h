// Spreads the bits of a word: for hash tables, digests and random streams. Not keyed: no shelter against an attacker.
#pragma once
#include <cstdint>

namespace journey {
inline namespace v0 {
namespace internal {

// The finaliser of SplitMix64: a bijection; every bit of x moves about half of the result's. Mix(0) is 0.
[[nodiscard]] constexpr std::uint64_t Mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31);
}

// SplitMix64 itself: its next number after the state x.
[[nodiscard]] constexpr std::uint64_t SplitMix64(std::uint64_t x) {
  return Mix(x + 0x9E3779B97F4A7C15U);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
