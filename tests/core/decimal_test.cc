#include "core/decimal.h"

#include <rapidcheck.h>

#include <algorithm>
#include <string>

#include "support/catch.h"

using journey::internal::Digits;
using journey::internal::NumberOf;
using journey::internal::NumberOfDigits;

namespace {

// The slow twin: a text is a number's if it is what the number is written as.
std::optional<std::uint64_t> SlowNumberOf(const std::string& text) {
  if (text.empty() || text.size() > journey::internal::kMostDigits ||
      text.find_first_not_of("0123456789") != std::string::npos)
    return std::nullopt;
  const std::uint64_t number = std::stoull(text);
  return std::to_string(number) == text ? std::optional(number) : std::nullopt;
}

}  // namespace

TEST_CASE("a number is read back from its digits, up to nineteen of them") {
  for (const std::uint64_t number :
       {std::uint64_t{0}, std::uint64_t{7}, std::uint64_t{10}, std::uint64_t{99'999'999},
        std::uint64_t{100'000'000}, std::uint64_t{1'234'567'890'123'456'789},
        journey::internal::kBeyondDigits - 1}) {
    CHECK(NumberOf(Digits(number).text()) == number);
  }
  CHECK_FALSE(NumberOf(Digits(journey::internal::kBeyondDigits).text()));
  CHECK_FALSE(NumberOf(Digits(UINT64_MAX).text()));
  REQUIRE(rc::check("of any size", [](std::uint64_t bits, std::uint8_t shift) {
    const std::uint64_t number = (bits >> shift % 64) % journey::internal::kBeyondDigits;
    RC_ASSERT(NumberOf(std::to_string(number)) == number);
  }));
}

TEST_CASE("the digits of a number are those that the standard library writes") {
  const auto is_the_same = [](std::uint64_t number) {
    return Digits(number).text() == std::to_string(number);
  };
  std::uint64_t power = 1;
  for (int digits = 1; digits <= 20; ++digits, power *= 10) {
    CHECK(is_the_same(power));
    CHECK(is_the_same(power - 1));
    CHECK(is_the_same(power + 1));
  }
  CHECK(is_the_same(UINT64_MAX));
  // Each group of four, which is parted into its digits by itself.
  for (std::uint64_t four = 0; four < 10'000; ++four) {
    if (!is_the_same(four) || !is_the_same(four * 10'000 + 7) ||
        !is_the_same(four * 1'000'000'000'000 + 9'999))
      FAIL(four);
  }
  REQUIRE(rc::check("of any size", [&](std::uint64_t bits, std::uint8_t shift) {
    RC_ASSERT(is_the_same(bits >> shift % 64));
  }));
}

TEST_CASE("whatever is not just the digits of a number is a text") {
  for (const char* const text :
       {"", "-1", "+1", " 1", "1 ", "00", "01", "1.0", "1e3", "0x1", "12345678x", "x12345678"})
    CHECK_FALSE(NumberOf(text));
  // Every byte at every place of digits of every length.
  for (std::size_t size = 1; size <= 20; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size, '1');
        text[at] = static_cast<char>(byte);
        if (NumberOf(text) != SlowNumberOf(text)) FAIL("byte " << byte << " at " << at << " of " << size);
      }
    }
  }
}

TEST_CASE("digits with zeros in front are a number, too, for those who read numbers") {
  for (std::size_t zeros = 0; zeros <= 19; ++zeros) {
    for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{7}, std::uint64_t{12'345'678},
                                       std::uint64_t{9'876'543'210'123'456'789U}}) {
      const std::string text = std::string(zeros, '0') + std::to_string(number);
      const auto expected =
          text.size() <= journey::internal::kMostDigits ? std::optional(number) : std::nullopt;
      CHECK(NumberOfDigits(text) == expected);
      CHECK(NumberOf(text) == (zeros == 0 ? expected : std::nullopt));
    }
  }
  CHECK_FALSE(NumberOfDigits(""));
  // No byte around the text is looked at.
  for (std::size_t size = 1; size <= 19; ++size) {
    const std::string around = "x" + std::string(size, '4') + "x";
    CHECK(NumberOfDigits(std::string_view(around).substr(1, size)) == std::stoull(std::string(size, '4')));
    CHECK_FALSE(NumberOfDigits(std::string_view(around).substr(0, size)));
    CHECK_FALSE(NumberOfDigits(std::string_view(around).substr(2, size)));
  }
}
