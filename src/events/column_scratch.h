// What the appending of columns keeps beside them: digits of numbers, and touchpoints seen lately.
#pragma once
#include <array>
#include <charconv>
#include <cstdint>
#include <string_view>

#include "core/text_sight.h"
#include "core/wipe.h"

namespace journey {
inline namespace v0 {
namespace internal {

// The decimal digits of a number.
class Digits {
 public:
  explicit Digits(std::uint64_t number)
      : size_(static_cast<std::size_t>(std::to_chars(text_.data(), text_.data() + text_.size(), number).ptr -
                                       text_.data())) {}
  ~Digits() { Wipe(text_.data(), size_); }
  Digits(const Digits&) = default;
  Digits& operator=(const Digits&) = default;
  [[nodiscard]] std::string_view text() const { return {text_.data(), size_}; }

 private:
  std::array<char, 20> text_;
  std::size_t size_;
};

// The touchpoints that a thread has seen lately.
class RecentTouchpoints {
 public:
  struct Place {
    TextSight channel, name;
    std::uint32_t touchpoint = UINT32_MAX;  // none
  };
  Place& At(const TextSight& channel, const TextSight& name) {
    return places_[(channel.Hash() ^ name.Hash(1) * 3) >> 56];
  }

 private:
  std::array<Place, 256> places_;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
