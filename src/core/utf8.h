// Whether a text is UTF-8 as RFC 3629 has it (no overlong forms, no surrogates, nothing above U+10FFFF),
// without NUL bytes.
#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

namespace journey {
inline namespace v0 {
namespace internal {

// Whether it is ASCII of eight bytes or more, without NUL: most texts are.
[[nodiscard]] inline bool IsLongAscii(std::string_view text) {
  if (text.size() < 8) return false;
  std::uint64_t beyond = 0;
  const auto look = [&](std::size_t at) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    beyond |=
        word |
        (word - 0x0101010101010101U);  // a byte below 1 borrows: as it is not beyond 0x7F either, it is 0
  };
  for (std::size_t at = 0; at + 8 < text.size(); at += 8) look(at);
  look(text.size() - 8);
  return (beyond & 0x8080808080808080U) == 0;
}

[[nodiscard]] inline bool IsCleanUtf8(std::string_view text) {
  if (IsLongAscii(text)) return true;
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto byte = [](const char* p) { return static_cast<unsigned char>(*p); };
  while (at != end) {
    if (end - at >= 8) {  // eight ASCII bytes at a time, none of them NUL
      std::uint64_t word;
      std::memcpy(&word, at, 8);
      if ((word & 0x8080808080808080U) == 0 && ((word - 0x0101010101010101U) & 0x8080808080808080U) == 0) {
        at += 8;
        continue;
      }
    }
    const unsigned char lead = byte(at);
    if (lead == 0) return false;
    if (lead < 0x80) {
      ++at;
      continue;
    }
    const int length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
    if (length == 0 || end - at < length) return false;
    const unsigned char second = byte(at + 1);
    if (second < (lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80)) return false;
    if (second > (lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF)) return false;
    for (int i = 2; i < length; ++i) {
      if ((byte(at + i) & 0xC0) != 0x80) return false;
    }
    at += length;
  }
  return true;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
