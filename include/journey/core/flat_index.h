// FlatIndex: hash -> row, where the rows live in somebody else's array.
//
// 8-byte slots (half of the hash, row) in a table that grows in steps; what a slot stands for is asked of the owner, who
// compares the row itself. Hashes must be keyed or otherwise out of an attacker's hand.
//
// Cost: as SlotTable's.
#pragma once
#include <cstddef>
#include <cstdint>

#include "journey/core/mix.h"
#include "journey/core/slot_table.h"

namespace journey {
inline namespace v0 {
namespace internal {

class FlatIndex {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  // The row with this hash for which is_it(row), or kNone.
  template <typename IsIt>
  [[nodiscard]] std::uint32_t Find(std::uint64_t hash, const IsIt& is_it) const {
    const std::uint32_t half = HalfOf(hash);
    return slots_
        .Find(
            half, [half](const RowSlot& slot) { return slot.hash_half != half; },
            [&](const RowSlot& slot) { return is_it(slot.row()); })
        .row();
  }

  // The first stages of Find, for many at once: what one of them waits for comes while others are at work. Candidate()
  // is most often the row, and kNone if there is none.
  void Prefetch(std::uint64_t hash) const { slots_.Prefetch(HalfOf(hash)); }
  [[nodiscard]] std::uint32_t Candidate(std::uint64_t hash) const {
    return Find(hash, [](std::uint32_t) { return true; });
  }

  // Requires: no row that is_it() for the same thing is in the index.
  void Insert(std::uint64_t hash, std::uint32_t row) { slots_.Insert({HalfOf(hash), ~row}); }

  // Takes out the row with this hash for which is_it(row). The answer: whether there was one.
  template <typename IsIt>
  bool Erase(std::uint64_t hash, const IsIt& is_it) {
    return slots_.Erase(HalfOf(hash), [&](const RowSlot& slot) { return is_it(slot.row()); });
  }

  [[nodiscard]] std::size_t size() const { return slots_.size(); }
  [[nodiscard]] std::size_t bytes() const { return slots_.bytes(); }

 private:
  static std::uint32_t HalfOf(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

  SlotTable<RowSlot> slots_;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
