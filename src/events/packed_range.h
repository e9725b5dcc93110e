// PackedRange: where the identifiers or attributes of an event lie among those of all: 56 bits begin, 8 bits count.
#pragma once
#include <cstddef>
#include <cstdint>

namespace journey {
inline namespace v0 {
namespace internal {

class PackedRange {
 public:
  static constexpr std::size_t kMostAtOnce = 0xFF;

  PackedRange() = default;
  PackedRange(std::size_t begin, std::size_t count) : bits_(begin << 8 | count) {}
  [[nodiscard]] std::size_t begin() const { return bits_ >> 8; }
  [[nodiscard]] std::size_t count() const { return bits_ & 0xFF; }

 private:
  std::uint64_t bits_ = 0;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
