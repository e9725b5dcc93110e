// The two forms that nearly all times in files have, read without looking at each character by itself:
// 2024-03-13T10:21:14.123456Z and a whole number. What is not exactly so is left to the general parser.
#pragma once
#include <bit>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace journey {
inline namespace v0 {
namespace internal {

// The number that eight characters write; nothing if one of them is no digit.
[[nodiscard]] inline std::optional<std::uint32_t> EightDigits(const char* text) {
  if constexpr (std::endian::native != std::endian::little) {
    std::uint32_t number = 0;
    for (int i = 0; i < 8; ++i) {
      if (text[i] < '0' || text[i] > '9') return std::nullopt;
      number = number * 10 + static_cast<std::uint32_t>(text[i] - '0');
    }
    return number;
  }
  std::uint64_t word;
  std::memcpy(&word, text, 8);
  // Digits are 0x30 to 0x39: the high half of each byte is 3, and stays 3 when 6 is added.
  constexpr std::uint64_t kHigh = 0xF0F0F0F0F0F0F0F0U;
  constexpr std::uint64_t kThrees = 0x3030303030303030U;
  if ((word & kHigh) != kThrees || ((word + 0x0606060606060606U) & kHigh) != kThrees) return std::nullopt;
  word -= 0x3030303030303030U;
  // Neighbours become numbers of two digits, then of four, then of eight; the first character counts most.
  word = (word * 10 + (word >> 8)) & 0x00FF00FF00FF00FFU;
  word = (word * 100 + (word >> 16)) & 0x0000FFFF0000FFFFU;
  return static_cast<std::uint32_t>(word * 10'000 + (word >> 32));
}

// A number of 1 to 18 digits, which fit whatever they are.
[[nodiscard]] inline std::optional<std::uint64_t> ShortNumber(std::string_view text) {
  if (text.empty() || text.size() > 18) return std::nullopt;
  std::uint64_t number = 0;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (; end - at >= 8; at += 8) {
    const std::optional<std::uint32_t> eight = EightDigits(at);
    if (!eight) return std::nullopt;
    number = number * 100'000'000 + *eight;
  }
  for (; at != end; ++at) {
    if (*at < '0' || *at > '9') return std::nullopt;
    number = number * 10 + static_cast<std::uint64_t>(*at - '0');
  }
  return number;
}

// YYYY-MM-DDThh:mm:ss, with a blank for the T or not, with a point and one to six digits or not, with a Z or not, as
// microseconds since 1970. Nothing if it is anything else, a leap second or no time at all.
[[nodiscard]] inline std::optional<std::int64_t> PlainIsoMicros(std::string_view text) {
  constexpr std::size_t kToSecond = 19;
  if (text.size() < kToSecond) return std::nullopt;
  const char* const t = text.data();
  if (t[4] != '-' || t[7] != '-' || (t[10] != 'T' && t[10] != ' ') || t[13] != ':' || t[16] != ':')
    return std::nullopt;
  const char date_digits[8] = {t[0], t[1], t[2], t[3], t[5], t[6], t[8], t[9]};
  const char time_digits[8] = {'0', '0', t[11], t[12], t[14], t[15], t[17], t[18]};
  const std::optional<std::uint32_t> date = EightDigits(date_digits);
  const std::optional<std::uint32_t> time = EightDigits(time_digits);
  if (!date || !time) return std::nullopt;
  const std::chrono::year_month_day day{std::chrono::year{static_cast<int>(*date / 10'000)},
                                        std::chrono::month{*date / 100 % 100}, std::chrono::day{*date % 100}};
  const std::uint32_t hour = *time / 10'000;
  const std::uint32_t minute = *time / 100 % 100;
  const std::uint32_t second = *time % 100;
  if (!day.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  std::string_view rest = text.substr(kToSecond);
  if (!rest.empty() && rest.back() == 'Z') rest.remove_suffix(1);
  std::uint64_t micros = 0;
  if (!rest.empty()) {
    const std::optional<std::uint64_t> fraction = ShortNumber(rest.substr(1));
    if (rest.front() != '.' || rest.size() > 7 || !fraction) return std::nullopt;
    constexpr std::uint32_t kUnits[] = {0, 100'000, 10'000, 1'000, 100, 10, 1};
    micros = *fraction * kUnits[rest.size() - 1];
  }
  const std::int64_t days = std::chrono::sys_days{day}.time_since_epoch().count();
  return (days * 86'400 + hour * 3'600 + minute * 60 + second) * 1'000'000 +
         static_cast<std::int64_t>(micros);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
