// The two forms that nearly all times in files have, read without looking at each character by itself:
// 2024-03-13T10:21:14.123456Z and a whole number. What is not exactly so is left to the general parser.
#pragma once
#include <bit>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "core/decimal.h"

namespace journey {
inline namespace v0 {
namespace internal {

// Eight characters as a word, the first in its lowest byte.
constexpr std::uint64_t WordOf(const char (&text)[9]) {
  std::uint64_t word = 0;
  for (int i = 0; i < 8; ++i) word |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
  return word;
}

// Of eight characters that are digits where the form has 0, and what the form has where it has something else: in each
// byte the number that its digit and the next one write. Nothing of others.
template <std::uint64_t kForm>
[[nodiscard]] inline std::optional<std::uint64_t> Pairs(const char* text) {
  constexpr std::uint64_t kZeros = 0x3030303030303030U;
  constexpr std::uint64_t kHigh = 0xF0F0F0F0F0F0F0F0U;
  // All bits of the bytes that are no digits: what differs from 0 in a bit. A dash and a colon do in the low half.
  constexpr std::uint64_t kDiffers = (kForm ^ kZeros) & ~kHigh;
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kOthers =
      ((kDiffers | kDiffers >> 1 | kDiffers >> 2 | kDiffers >> 3) & kOnes) * 0xFF;
  std::uint64_t word;
  std::memcpy(&word, text, 8);
  word ^= kForm;  // digits become what they write, the others 0
  if ((word & (kHigh | kOthers)) != 0 || ((word + 0x0606060606060606U) & kHigh) != 0) return std::nullopt;
  return word * 10 + (word >> 8);
}

// YYYY-MM-DDThh:mm:ss, with a blank for the T or not, with a point and one to six digits or not, with a Z or not, as
// microseconds since 1970. Nothing if it is anything else, a leap second or no time at all.
[[nodiscard]] inline std::optional<std::int64_t> PlainIsoMicros(std::string_view text) {
  constexpr std::size_t kToSecond = 19;
  if (std::endian::native != std::endian::little || text.size() < kToSecond) return std::nullopt;
  const char* const t = text.data();
  const std::optional<std::uint64_t> date = Pairs<WordOf("0000-00-")>(t);
  const std::optional<std::uint64_t> time = Pairs<WordOf("00:00:00")>(t + 11);
  const auto tens = static_cast<unsigned char>(t[8] - '0');
  const auto ones = static_cast<unsigned char>(t[9] - '0');
  if (!date || !time || tens > 9 || ones > 9 || (t[10] != 'T' && t[10] != ' ')) return std::nullopt;
  const auto pair = [](std::uint64_t pairs, int place) {
    return static_cast<unsigned>(pairs >> (8 * place) & 0xFF);
  };
  const std::chrono::year_month_day day{
      std::chrono::year{static_cast<int>(pair(*date, 0) * 100 + pair(*date, 2))},
      std::chrono::month{pair(*date, 5)}, std::chrono::day{tens * 10U + ones}};
  const unsigned hour = pair(*time, 0);
  const unsigned minute = pair(*time, 3);
  const unsigned second = pair(*time, 6);
  if (!day.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  std::string_view rest = text.substr(kToSecond);
  if (!rest.empty() && rest.back() == 'Z') rest.remove_suffix(1);
  std::uint64_t micros = 0;
  if (!rest.empty()) {
    if (rest.front() != '.' || rest.size() > 7) return std::nullopt;
    const std::optional<std::uint64_t> fraction = NumberOfDigits(rest.substr(1));
    if (!fraction) return std::nullopt;
    constexpr std::uint32_t kUnits[] = {0, 100'000, 10'000, 1'000, 100, 10, 1};
    micros = *fraction * kUnits[rest.size() - 1];
  }
  const std::int64_t days = std::chrono::sys_days{day}.time_since_epoch().count();
  const std::int64_t seconds = days * 86'400 + hour * 3'600 + minute * 60 + second;
  return seconds * 1'000'000 + static_cast<std::int64_t>(micros);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
