// Whole numbers and their decimal digits, as identifiers have them.
#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "core/wipe.h"

namespace journey {
inline namespace v0 {
namespace internal {

// The eight decimal digits of a number below 10^8, the first in the lowest byte: fours, pairs and digits are parted all at
// once, each by a multiplication for a division.
[[nodiscard]] inline std::uint64_t EightDigitsOf(std::uint32_t number) {
  std::uint64_t word = number / 10'000 | std::uint64_t{number % 10'000} << 32;
  const std::uint64_t hundreds = (word * 10'486 >> 20) & 0x0000007F0000007FU;
  word = hundreds | (word - hundreds * 100) << 16;
  const std::uint64_t tens = (word * 103 >> 10) & 0x000F000F000F000FU;
  return (tens | (word - tens * 10) << 8) + 0x3030303030303030U;
}

// The decimal digits of a number.
class Digits {
 public:
  Digits() = default;
  explicit Digits(std::uint64_t number) { Assign(number); }
  void Assign(std::uint64_t number) {
    // The text is the end of 24 digits. It is a third of the time that std::to_chars takes.
    const std::uint64_t high = number / kEight, low = number % kEight;
    Put(0, high / kEight);
    Put(8, high % kEight);
    Put(16, low);
    begin_ = 0;
    while (begin_ < text_.size() - 1 && text_[begin_] == '0') ++begin_;
  }
  ~Digits() { WipeSmall(text_); }
  Digits(const Digits&) = default;
  Digits& operator=(const Digits&) = default;
  [[nodiscard]] std::string_view text() const { return {text_.data() + begin_, text_.size() - begin_}; }

 private:
  static constexpr std::uint64_t kEight = 100'000'000;
  void Put(std::size_t at, std::uint64_t eight) {
    const std::uint64_t digits = EightDigitsOf(static_cast<std::uint32_t>(eight));
    if constexpr (std::endian::native == std::endian::little) {
      std::memcpy(text_.data() + at, &digits, 8);
    } else {
      for (std::size_t i = 0; i < 8; ++i) text_[at + i] = static_cast<char>(digits >> 8 * i);
    }
  }

  std::array<char, 24> text_ = {};
  std::size_t begin_ = 24;
};

// What all texts have that are read back as a number: up to 19 digits, none of them a leading zero.
inline constexpr std::size_t kMostDigits = 19;
inline constexpr std::uint64_t kBeyondDigits = 10'000'000'000'000'000'000U;

// The number whose digits the text is, if it is below kBeyondDigits.
[[nodiscard]] inline std::optional<std::uint64_t> NumberOf(std::string_view text) {
  if (text.empty() || text.size() > kMostDigits || text[0] < '0' || text[0] > '9' ||
      (text[0] == '0' && text.size() != 1))
    return std::nullopt;
  std::uint64_t number = 0;
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    // Eight digits at once: each byte is '0' to '9' if neither it nor it plus six leaves its half of ASCII; then pairs,
    // fours and eights are joined. Where words are read big end first, digit by digit below.
    if constexpr (std::endian::native != std::endian::little) break;
    if (((word & 0xF0F0F0F0F0F0F0F0U) | (((word + 0x0606060606060606U) & 0xF0F0F0F0F0F0F0F0U) >> 4)) !=
        0x3333333333333333U)
      return std::nullopt;
    word = (word & 0x0F0F0F0F0F0F0F0FU) * 2561 >> 8;
    word = (word & 0x00FF00FF00FF00FFU) * 6553601 >> 16;
    word = (word & 0x0000FFFF0000FFFFU) * 42949672960001 >> 32;
    number = number * 100'000'000 + word;
  }
  for (; at < text.size(); ++at) {
    const auto digit = static_cast<unsigned>(text[at] - '0');
    if (digit > 9) return std::nullopt;
    number = number * 10 + digit;
  }
  return number;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
