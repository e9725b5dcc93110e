// FlatIndex: hash -> row, where the rows live in somebody else's array.
//
// Open addressing with linear probing over 8-byte slots (half of the hash, row); what a slot stands for is
// asked of the owner, who compares the row itself. Hashes must be keyed or otherwise out of an attacker's
// hand. Cost: Find, Insert and Erase touch one or two neighbouring cache lines at a load of at most 2/3.
#pragma once
#include <cstddef>
#include <cstdint>
#include <utility>

#include "journey/core/huge_memory.h"
#include "journey/core/mix.h"

namespace journey {
inline namespace v0 {
namespace internal {

class FlatIndex {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  // The row with this hash for which is_it(row), or kNone.
  template <typename IsIt>
  [[nodiscard]] std::uint32_t Find(std::uint64_t hash, const IsIt& is_it) const {
    const std::size_t mask = slots_.size() - 1;
    const auto half = static_cast<std::uint32_t>(hash >> 32);
    for (std::size_t at = Home(half, mask);; at = (at + 1) & mask) {
      const Slot& slot = slots_[at];
      if (slot.row == kNone) return kNone;
      if (slot.half == half && is_it(slot.row)) return slot.row;
    }
  }

  // The first stages of Find, for many at once: what one of them waits for comes while others are at work. Candidate()
  // is most often the row, and kNone if there is none.
  void Prefetch(std::uint64_t hash) const {
    __builtin_prefetch(&slots_[Home(static_cast<std::uint32_t>(hash >> 32), slots_.size() - 1)]);
  }
  [[nodiscard]] std::uint32_t Candidate(std::uint64_t hash) const {
    return Find(hash, [](std::uint32_t) { return true; });
  }

  // Requires: no row that is_it() for the same thing is in the index.
  void Insert(std::uint64_t hash, std::uint32_t row) {
    if ((size_ + 1) * 3 > slots_.size() * 2) Grow();
    Place(slots_, {static_cast<std::uint32_t>(hash >> 32), row});
    ++size_;
  }

  // Takes out the row with this hash for which is_it(row). The answer: whether there was one.
  template <typename IsIt>
  bool Erase(std::uint64_t hash, const IsIt& is_it) {
    const std::size_t mask = slots_.size() - 1;
    const auto half = static_cast<std::uint32_t>(hash >> 32);
    std::size_t at = Home(half, mask);
    for (;; at = (at + 1) & mask) {
      if (slots_[at].row == kNone) return false;
      if (slots_[at].half == half && is_it(slots_[at].row)) break;
    }
    // Whatever follows without a gap moves up, unless it would come to stand before its home.
    for (std::size_t next = (at + 1) & mask; slots_[next].row != kNone; next = (next + 1) & mask) {
      const std::size_t from_home = (next - Home(slots_[next].half, mask)) & mask;
      if (from_home < ((next - at) & mask)) continue;
      slots_[at] = slots_[next];
      at = next;
    }
    slots_[at] = {};
    --size_;
    return true;
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t bytes() const { return slots_.capacity() * sizeof(Slot); }

 private:
  struct Slot {
    std::uint32_t half = 0;
    std::uint32_t row = kNone;
  };

  static std::size_t Home(std::uint32_t half, std::size_t mask) {
    return static_cast<std::size_t>(half) & mask;
  }
  static void Place(HugeVector<Slot>& slots, Slot slot) {
    const std::size_t mask = slots.size() - 1;
    std::size_t at = Home(slot.half, mask);
    while (slots[at].row != kNone) at = (at + 1) & mask;
    slots[at] = slot;
  }
  void Grow() {
    HugeVector<Slot> larger(slots_.size() * 2);
    for (const Slot& slot : slots_) {
      if (slot.row != kNone) Place(larger, slot);
    }
    slots_ = std::move(larger);
  }

  HugeVector<Slot> slots_ = HugeVector<Slot>(16);
  std::size_t size_ = 0;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
