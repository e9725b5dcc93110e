// Whole numbers and their decimal digits, as identifiers have them and files write them.
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
    // The text is the end of 24 digits.
    const std::uint64_t high = number / kEight;
    begin_ = 16 + Put(16, number % kEight);
    if (high == 0) return;
    begin_ = 8 + Put(8, high % kEight);
    if (high >= kEight) begin_ = Put(0, high / kEight);
  }
  ~Digits() { WipeSmall(text_); }
  Digits(const Digits&) = default;
  Digits& operator=(const Digits&) = default;
  [[nodiscard]] std::string_view text() const { return {text_.data() + begin_, text_.size() - begin_}; }

 private:
  static constexpr std::uint64_t kEight = 100'000'000;
  // Answers how many zeros are in front, of eight zeros seven.
  std::size_t Put(std::size_t at, std::uint64_t eight) {
    const std::uint64_t digits = EightDigitsOf(static_cast<std::uint32_t>(eight));
    if constexpr (std::endian::native == std::endian::little) {
      std::memcpy(text_.data() + at, &digits, 8);
    } else {
      for (std::size_t i = 0; i < 8; ++i) text_[at + i] = static_cast<char>(digits >> 8 * i);
    }
    constexpr std::uint64_t kZeros = 0x3030303030303030U, kLast = std::uint64_t{1} << 63;
    return static_cast<std::size_t>(std::countr_zero((digits ^ kZeros) | kLast)) / 8;
  }

  std::array<char, 24> text_ = {};
  std::size_t begin_ = 24;
};

// The number that eight characters write, as a word with the first in its lowest byte; nothing unless all are digits.
[[nodiscard]] inline std::optional<std::uint32_t> NumberOfEight(std::uint64_t word) {
  // Digits are 0x30 to 0x39: the high half of each byte is 3, and stays 3 when 6 is added.
  constexpr std::uint64_t kHigh = 0xF0F0F0F0F0F0F0F0U;
  constexpr std::uint64_t kThrees = 0x3030303030303030U;
  if ((((word & kHigh) ^ kThrees) | (((word + 0x0606060606060606U) & kHigh) ^ kThrees)) != 0)
    return std::nullopt;
  word -= kThrees;
  // Neighbours become numbers of two digits, then of four, then of eight; the first character counts most.
  word = (word * 10 + (word >> 8)) & 0x00FF00FF00FF00FFU;
  word = (word * 100 + (word >> 16)) & 0x0000FFFF0000FFFFU;
  return static_cast<std::uint32_t>(word * 10'000 + (word >> 32));
}

// One to eight characters as such a word, behind as many zeros as are missing: from two halves that overlap, as there is
// nothing to read in front of the text or behind it, and how long it is is as good as random.
[[nodiscard]] inline std::uint64_t EightOf(const char* text, std::size_t size) {
  std::uint64_t word = 0;
  if constexpr (std::endian::native != std::endian::little) {
    for (std::size_t i = 0; i < size; ++i)
      word |= std::uint64_t{static_cast<unsigned char>(text[i])} << 8 * i;
  } else if (size >= 4) {
    std::uint32_t head, tail;
    std::memcpy(&head, text, 4);
    std::memcpy(&tail, text + size - 4, 4);
    word = head | std::uint64_t{tail} << 8 * (size - 4);
  } else {
    for (const std::size_t at : {std::size_t{0}, size / 2, size - 1})
      word |= std::uint64_t{static_cast<unsigned char>(text[at])} << 8 * at;
  }
  constexpr std::uint64_t kZeros = 0x3030303030303030U;
  return word << (64 - 8 * size) | kZeros >> 4 * size >> 4 * size;
}

// Of so many digits at most, every number fits and is below kBeyondDigits.
inline constexpr std::size_t kMostDigits = 19;
inline constexpr std::uint64_t kBeyondDigits = 10'000'000'000'000'000'000U;

// The number that one to kMostDigits digits write, zeros in front of it among them.
[[nodiscard]] inline std::optional<std::uint64_t> NumberOfDigits(std::string_view text) {
  if (text.empty() || text.size() > kMostDigits) return std::nullopt;
  const char* at = text.data();
  std::uint64_t number = 0;
  for (std::size_t left = text.size(); left != 0;) {
    const std::size_t some = (left - 1) % 8 + 1;
    const std::optional<std::uint32_t> part = NumberOfEight(EightOf(at, some));
    if (!part) return std::nullopt;
    number = number * 100'000'000 + *part;
    at += some;
    left -= some;
  }
  return number;
}

// The same of texts that Digits writes. Most texts that are none are told by their first character.
[[nodiscard]] inline std::optional<std::uint64_t> NumberOf(std::string_view text) {
  if (text.empty() || text[0] < '0' || text[0] > '9' || (text[0] == '0' && text.size() != 1))
    return std::nullopt;
  return NumberOfDigits(text);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
