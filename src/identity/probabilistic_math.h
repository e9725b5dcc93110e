// Logarithms and probabilities in whole numbers, the same on every machine.
//
// Units: probabilities in parts per billion, logarithms (base 2) in millionths of a bit.
#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace journey {
inline namespace v0 {
namespace internal {

inline constexpr std::uint64_t kCertain = 1'000'000'000;
inline constexpr std::int64_t kBit = 1'000'000;

// log2(x), by squaring: each time the square of a number in [1, 2) reaches 2, the next binary digit is a one.
// Requires: x > 0.
[[nodiscard]] constexpr std::int64_t Log2(std::uint64_t x) {
  const int whole = 63 - std::countl_zero(x);
  std::uint64_t y = whole <= 31 ? x << (31 - whole) : x >> (whole - 31);  // in 2^-31
  std::uint64_t digits = 0;
  constexpr int kDigits = 24;
  for (int i = 0; i < kDigits; ++i) {
    y = y * y >> 31;
    const std::uint64_t digit = y >> 32;
    y >>= digit;
    digits = digits << 1 | digit;
  }
  const std::uint64_t fraction = (digits * kBit + (std::uint64_t{1} << (kDigits - 1))) >> kDigits;
  return whole * kBit + static_cast<std::int64_t>(fraction);
}

// 2^(-2^-k) for k = 1, 2, ..., in 2^-32: each is the root of the one before.
inline constexpr auto kRoots = [] {
  std::array<std::uint64_t, 20> roots{};
  std::uint64_t square = std::uint64_t{1} << 63;
  for (std::uint64_t& root : roots) {
    for (int bit = 31; bit >= 0; --bit) {
      const std::uint64_t tried = root | std::uint64_t{1} << bit;
      if (tried * tried <= square) root = tried;
    }
    square = root << 32;
  }
  return roots;
}();

// 2^-w in 2^-32. Requires: w >= 0.
[[nodiscard]] constexpr std::uint64_t PowerOfHalf(std::int64_t w) {
  const std::int64_t whole = w / kBit;
  if (whole > 32) return 0;
  const auto digits = static_cast<std::uint64_t>(((w % kBit) << kRoots.size()) / kBit);
  std::uint64_t x = std::uint64_t{1} << 32;
  for (std::size_t k = 0; k < kRoots.size(); ++k) {
    if ((digits >> (kRoots.size() - 1 - k) & 1) != 0) x = x * kRoots[k] >> 32;
  }
  return x >> whole;
}

// The probability with odds of 2^w.
[[nodiscard]] constexpr std::uint64_t Posterior(std::int64_t w) {
  const std::uint64_t one = std::uint64_t{1} << 32;
  const std::uint64_t x = PowerOfHalf(w < 0 ? -w : w);
  const std::uint64_t part = w < 0 ? x : one;
  return (part * kCertain + (one + x) / 2) / (one + x);
}

// log2(1 + 2^w).
[[nodiscard]] constexpr std::int64_t Log2OnePlusPower(std::int64_t w) {
  const std::int64_t rest = Log2((std::uint64_t{1} << 32) + PowerOfHalf(w < 0 ? -w : w)) - 32 * kBit;
  return w > 0 ? w + rest : rest;
}

// part / whole in parts per billion, rounded. Requires: part <= whole, whole > 0.
[[nodiscard]] constexpr std::uint64_t ShareOf(std::uint64_t part, std::uint64_t whole) {
  const int excess = 31 - std::countl_zero(whole);
  if (excess > 0) {
    part >>= excess;
    whole >>= excess;
  }
  return (part * kCertain + whole / 2) / whole;
}

// Millionths of a bit as thousandths, rounded away from zero at half.
[[nodiscard]] constexpr std::int32_t Thousandths(std::int64_t w) {
  return static_cast<std::int32_t>((w + (w < 0 ? -500 : 500)) / 1000);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
