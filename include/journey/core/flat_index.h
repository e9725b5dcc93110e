// FlatIndex: hash -> row, where the rows live in somebody else's array.
//
// Open addressing with linear probing over 8-byte slots (half of the hash, row); what a slot stands for is
// asked of the owner, who compares the row itself. Hashes must be keyed or otherwise out of an attacker's
// hand.
//
// It grows in steps: a table that is full gets a successor of twice the size, and every insertion moves a few slots
// there. A slot's home is the upper bits of its hash, so that slots keep their order and moving is one pass over both
// tables; how far it has come tells in which of the two a hash is to be looked for. No insertion waits for a whole
// table to be moved: at 10^7 rows that took 60 to 120 ms.
//
// Cost: Find, Insert and Erase touch one or two neighbouring cache lines at a load of at most 2/3.
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

  FlatIndex() = default;

  // The row with this hash for which is_it(row), or kNone.
  template <typename IsIt>
  [[nodiscard]] std::uint32_t Find(std::uint64_t hash, const IsIt& is_it) const {
    const auto half = static_cast<std::uint32_t>(hash >> 32);
    const Table& table = TableOf(half);
    for (std::size_t at = table.Near(half);; at = (at + 1) & table.mask) {
      const Slot& slot = table.slots[at];
      if (slot.empty()) return kNone;
      if (slot.half == half && is_it(slot.row())) return slot.row();
    }
  }

  // The first stages of Find, for many at once: what one of them waits for comes while others are at work. Candidate()
  // is most often the row, and kNone if there is none.
  void Prefetch(std::uint64_t hash) const {
    const auto half = static_cast<std::uint32_t>(hash >> 32);
    const Table& table = TableOf(half);
    __builtin_prefetch(&table.slots[table.Home(half)]);
  }
  [[nodiscard]] std::uint32_t Candidate(std::uint64_t hash) const {
    return Find(hash, [](std::uint32_t) { return true; });
  }

  // Requires: no row that is_it() for the same thing is in the index.
  void Insert(std::uint64_t hash, std::uint32_t row) {
    if (old_.size() != 0 || (size_ + 1) * 3 > table_.size() * 2) MakeRoom();
    const auto half = static_cast<std::uint32_t>(hash >> 32);
    TableOf(half).Place({half, ~row});
    ++size_;
  }

  // Takes out the row with this hash for which is_it(row). The answer: whether there was one.
  template <typename IsIt>
  bool Erase(std::uint64_t hash, const IsIt& is_it) {
    const auto half = static_cast<std::uint32_t>(hash >> 32);
    Table& table = TableOf(half);
    std::size_t at = table.Home(half);
    for (;; at = (at + 1) & table.mask) {
      if (table.slots[at].empty()) return false;
      if (table.slots[at].half == half && is_it(table.slots[at].row())) break;
    }
    // Whatever follows without a gap moves up, unless it would come to stand before its home.
    for (std::size_t next = (at + 1) & table.mask; !table.slots[next].empty();
         next = (next + 1) & table.mask) {
      const std::size_t from_home = (next - table.Home(table.slots[next].half)) & table.mask;
      if (from_home < ((next - at) & table.mask)) continue;
      table.slots[at] = table.slots[next];
      at = next;
    }
    table.slots[at] = {};
    --size_;
    return true;
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t bytes() const { return (table_.size() + old_.size()) * sizeof(Slot); }

 private:
  struct Slot {
    std::uint32_t half = 0;
    std::uint32_t not_row = 0;  // the row's complement, so that fresh memory is empty

    [[nodiscard]] bool empty() const { return not_row == 0; }
    [[nodiscard]] std::uint32_t row() const { return ~not_row; }
  };

  struct Table {
    Slot* slots = nullptr;
    std::size_t mask = 0;
    int shift = 32;  // of a half to its home

    Table() = default;
    explicit Table(std::size_t size);  // a power of two
    Table(const Table& other);
    Table(Table&& other) noexcept { Swap(other); }
    Table& operator=(Table other) noexcept {
      Swap(other);
      return *this;
    }
    ~Table();

    void Swap(Table& other) noexcept {
      std::swap(slots, other.slots);
      std::swap(mask, other.mask);
      std::swap(shift, other.shift);
    }
    [[nodiscard]] std::size_t size() const { return slots == nullptr ? 0 : mask + 1; }
    [[nodiscard]] std::size_t Home(std::uint32_t half) const {
      return static_cast<std::size_t>(std::uint64_t{half} >> shift) & mask;
    }
    // The first place with this half or none, or one on the way there: two steps without a branch, as how far it is
    // is as good as random, and a wrong guess costs more than the steps.
    [[nodiscard]] std::size_t Near(std::uint32_t half) const {
      std::size_t at = Home(half);
      for (int i = 0; i < 2; ++i) {
        const Slot slot = slots[at];
        at = (at + static_cast<std::size_t>((slot.half != half) & (slot.not_row != 0))) & mask;
      }
      return at;
    }
    void Place(Slot slot) {
      std::size_t at = Home(slot.half);
      while (!slots[at].empty()) at = (at + 1) & mask;
      slots[at] = slot;
    }
  };

  // While slots are moved, the homes from first_ on, as many as moved_, around the end, are those of the new table.
  [[nodiscard]] const Table& TableOf(std::uint32_t half) const {
    if (old_.slots == nullptr) return table_;
    return ((old_.Home(half) - first_) & old_.mask) < moved_ ? table_ : old_;
  }
  [[nodiscard]] Table& TableOf(std::uint32_t half) {
    return const_cast<Table&>(std::as_const(*this).TableOf(half));
  }
  void MakeRoom();
  void MoveSome();
  void FinishMoving();

  Table table_ = Table(16);
  std::size_t size_ = 0;
  Table old_;  // is being emptied into table_; or none
  std::size_t first_ = 0;
  std::size_t moved_ = 0;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
