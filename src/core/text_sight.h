// TextSight: what is seen of a text at a glance, in two words: enough to tell short ones apart without a loop.
#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

namespace journey {
inline namespace v0 {
namespace internal {

struct TextSight {
  static constexpr std::size_t kWhole = 16;  // texts up to this size are equal if their sights are

  std::uint64_t head = 0, tail = 0;  // the first and last eight bytes; all of a text of up to 16
  std::uint32_t size = 0;
  friend bool operator==(const TextSight&, const TextSight&) = default;

  static TextSight Of(std::string_view text) {
    TextSight sight{.size = static_cast<std::uint32_t>(text.size())};
    const auto load = [](auto whole, const char* at) -> std::uint64_t {
      std::memcpy(&whole, at, sizeof whole);
      return whole;
    };
    const char* const last = text.data() + text.size();
    if (text.size() >= 8) {
      sight.head = load(std::uint64_t{}, text.data());
      sight.tail = load(std::uint64_t{}, last - 8);
    } else if (text.size() >= 4) {  // by words of their own: half written ones would have to wait for memory
      sight.head = load(std::uint32_t{}, text.data());
      sight.tail = load(std::uint32_t{}, last - 4);
    } else if (!text.empty()) {
      const auto byte = [&](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(text[i])}; };
      sight.head = byte(0) | byte(text.size() / 2) << 8 | byte(text.size() - 1) << 16;
    }
    return sight;
  }
  // Spread over the upper bits.
  [[nodiscard]] std::uint64_t Hash(std::uint64_t tag = 0) const {
    return (head * 0x9E3779B97F4A7C15U + tail * 0xD6E8FEB86659FD93U + size + tag) * 0xBF58476D1CE4E5B9U;
  }
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
