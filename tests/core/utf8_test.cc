#include "core/utf8.h"

#include "support/catch.h"
#include "support/oracle_evidence.h"
#include "support/worlds.h"

using journey::internal::IsCleanUtf8;
using test::OracleCleanUtf8;

namespace {

// Alone, and where the eight bytes at a time end.
bool Agree(const std::string& text) {
  const bool clean = OracleCleanUtf8(text);
  const std::string behind = "1234567" + text;
  return IsCleanUtf8(text) == clean && IsCleanUtf8(behind) == clean &&
         IsCleanUtf8(text + "12345678") == clean;
}

}  // namespace

TEST_CASE("all texts of one and two bytes are clean UTF-8 or not, as read one code point at a time") {
  CHECK(Agree(""));
  std::size_t disagreements = 0;
  for (int a = 0; a < 256; ++a) {
    if (!Agree(std::string{static_cast<char>(a)})) ++disagreements;
    for (int b = 0; b < 256; ++b) {
      if (!Agree(std::string{static_cast<char>(a), static_cast<char>(b)})) ++disagreements;
    }
  }
  CHECK(disagreements == 0);
}

TEST_CASE("all texts of three bytes that begin outside of ASCII are clean UTF-8 or not") {
  std::size_t disagreements = 0;
  for (int a = 0x80; a < 256; ++a) {
    std::string text{static_cast<char>(a), 0, 0};
    for (int b = 0; b < 256; ++b) {
      text[1] = static_cast<char>(b);
      for (int c = 0; c < 256; ++c) {
        text[2] = static_cast<char>(c);
        if (IsCleanUtf8(text) != OracleCleanUtf8(text)) ++disagreements;
      }
    }
  }
  CHECK(disagreements == 0);
}

TEST_CASE("texts of four bytes around every limit are clean UTF-8 or not") {
  const std::vector<int> edges = {0x00, 0x01, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF,
                                  0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xEC, 0xED, 0xEE, 0xEF,
                                  0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF7, 0xF8, 0xFF};
  std::size_t disagreements = 0;
  std::size_t clean = 0;
  for (const int a : edges) {
    for (const int b : edges) {
      for (const int c : edges) {
        for (const int d : edges) {
          const std::string text{static_cast<char>(a), static_cast<char>(b), static_cast<char>(c),
                                 static_cast<char>(d)};
          if (!Agree(text)) ++disagreements;
          if (IsCleanUtf8(text)) ++clean;
        }
      }
    }
  }
  CHECK(disagreements == 0);
  CHECK(clean > 100);
}

TEST_CASE("a NUL byte or a broken byte is found at every place of a long text") {
  const std::string good = "0123456789abcdef\xC3\xA9\xF0\x9F\x98\x80 0123456789abcdef";
  CHECK(IsCleanUtf8(good));
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string nul = good;
    nul[at] = '\0';
    CHECK_FALSE(IsCleanUtf8(nul));
    std::string broken = good;
    broken[at] = '\xFF';
    CHECK_FALSE(IsCleanUtf8(broken));
    const std::string cut = good.substr(0, at);
    CHECK(IsCleanUtf8(cut) == OracleCleanUtf8(cut));
  }
}

TEST_CASE("random bytes are clean UTF-8 or not, whatever their length") {
  test::Random random(1);
  std::size_t disagreements = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string text;
    for (std::size_t n = random.Below(40); n > 0; --n) {
      static const std::vector<std::string> parts = {
          "a", "\x7F", "\xC2\x80", "\xEF\xBF\xBF", "\xE0\xA0", "\xED\x9F\xBF", "\xF4\x8F\xBF\xBF", "\x80"};
      text += random.OneIn(30) ? std::string(1, static_cast<char>(random.Below(256))) : random.Pick(parts);
      if (parts.back() == text.substr(text.size() - 1) && !random.OneIn(10)) text.pop_back();
    }
    if (!Agree(text)) ++disagreements;
  }
  CHECK(disagreements == 0);
}
