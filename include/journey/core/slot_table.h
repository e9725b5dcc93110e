// SlotTable: open addressing with linear probing over small slots, for tables that must not stop to grow.
//
// A slot says where it wants to be by half(), 32 bits of a hash, whether there is nothing in it by empty(), and fresh
// zero bytes are an empty one. All else, what is found and when two slots are of the same thing, is the user's.
//
// It grows in steps: a table that is full gets a successor of twice the size, and every insertion moves a few slots
// there. A slot's home is the upper bits of its hash, so that slots keep their order and moving is one pass over both
// tables; how far it has come tells in which of the two a hash is to be looked for. No insertion waits for a whole
// table to be moved: at 10^7 rows that took 60 to 120 ms.
//
// Cost: Find, Insert and Erase touch one or two neighbouring cache lines at a load of at most 2/3.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "journey/core/huge_memory.h"
#include "journey/core/prefetch.h"

namespace journey {
inline namespace v0 {
namespace internal {

template <typename Slot>
class SlotTable {
  static_assert(std::is_trivially_copyable_v<Slot>);

 public:
  SlotTable() = default;

  // The first slot of this half for which is_it(slot), or an empty one. `differs` tells of most slots at little cost
  // that they are not it.
  template <typename Differs, typename IsIt>
  [[nodiscard]] Slot Find(std::uint32_t half, const Differs& differs, const IsIt& is_it) const {
    const Table& table = TableOf(half);
    for (std::size_t at = table.Near(half, differs);; at = (at + 1) & table.mask) {
      const Slot slot = table.slots[at];
      if (slot.empty() || (!differs(slot) && is_it(slot))) return slot;
    }
  }
  void Prefetch(std::uint32_t half) const {
    const Table& table = TableOf(half);
    internal::Prefetch(&table.slots[table.Home(half)]);
  }

  // Requires: not empty; no slot of the same thing is in the table.
  void Insert(Slot slot) {
    if (old_.size() != 0 || (size_ + 1) * 3 > table_.size() * 2) MakeRoom();
    TableOf(slot.half()).Place(slot);
    ++size_;
  }

  // Takes out the slot of this half for which is_it(slot). The answer: whether there was one.
  template <typename IsIt>
  bool Erase(std::uint32_t half, const IsIt& is_it) {
    Table& table = TableOf(half);
    std::size_t at = table.Home(half);
    for (;; at = (at + 1) & table.mask) {
      if (table.slots[at].empty()) return false;
      if (table.slots[at].half() == half && is_it(table.slots[at])) break;
    }
    // Whatever follows without a gap moves up, unless it would come to stand before its home.
    for (std::size_t next = (at + 1) & table.mask; !table.slots[next].empty();
         next = (next + 1) & table.mask) {
      const std::size_t from_home = (next - table.Home(table.slots[next].half())) & table.mask;
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

  // --- for many slots at once ---
  //
  // Homes are cut into regions by the upper bits of their half. Once there is room for all, several threads may place slots
  // at the same time, each in regions of its own. Who would have to go beyond the end of a region does not: it is for one
  // thread alone, when the others are done.
  static constexpr int kRegionBits = 6;
  static constexpr std::uint32_t kRegions = 1U << kRegionBits;
  [[nodiscard]] static std::uint32_t RegionOf(std::uint32_t half) { return half >> (32 - kRegionBits); }

  // Grows at once, and not in steps, so that there is room for `count` more. for_regions(work) is to call work(region) for
  // every region, of several threads if it likes.
  template <typename ForRegions>
  void MakeRoomFor(std::size_t count, const ForRegions& for_regions) {
    FinishMoving();
    std::size_t size = table_.size() < kFewest ? kFewest : table_.size();
    while ((size_ + count) * 3 > size * 2) size *= 2;
    if (size == table_.size()) return;
    if (table_.size() < kFewest) {
      Table larger(size);
      for (std::size_t at = 0; at < table_.size(); ++at) {
        if (!table_.slots[at].empty()) larger.Place(table_.slots[at]);
      }
      table_ = std::move(larger);
    } else {
      Table larger(size, Table::Memory::kAny);
      std::array<std::vector<Slot>, kRegions> beyond;  // by region: what has no place in it
      for_regions([&](std::uint32_t region) { MoveRegion(region, larger, beyond[region]); });
      for (const std::vector<Slot>& slots : beyond) {
        for (const Slot& slot : slots) larger.Place(slot);
      }
      table_ = std::move(larger);
    }
  }
  // Where a slot is of which is_it(slot), or the place of the new one, or none if that may be beyond the end of its region.
  // A slot that is placed may be written to as long as its half stays. Requires: MakeRoomFor was asked for it, and nothing
  // was inserted since but in this way.
  template <typename IsIt>
  [[nodiscard]] Slot* PlaceInRegion(Slot slot, const IsIt& is_it) {
    return table_.PlaceBefore(table_.EndOf(RegionOf(slot.half())), slot, is_it);
  }
  // The same for one thread, without an end.
  template <typename IsIt>
  [[nodiscard]] Slot* PlaceAnywhere(Slot slot, const IsIt& is_it) {
    return table_.PlaceBefore(SIZE_MAX, slot, is_it);
  }
  // Counts slots that were placed in one of the two ways.
  void CountPlaced(std::size_t count) { size_ += count; }

 private:
  static constexpr std::size_t kFewest = 16 * kRegions;  // slots of a table that is cut into regions

  struct Table {
    Slot* slots = nullptr;
    std::size_t mask = 0;
    int shift = 32;  // of a half to its home
    // Zeros from the system; or, where it is large, memory that others were done with lately (memory.h), and may hold anything.
    enum class Memory : std::uint8_t { kZeros, kAny } memory = Memory::kZeros;

    Table() = default;
    explicit Table(std::size_t size, Memory from = Memory::kZeros);  // a power of two
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
      std::swap(memory, other.memory);
    }
    [[nodiscard]] std::size_t size() const { return slots == nullptr ? 0 : mask + 1; }
    [[nodiscard]] std::size_t Home(std::uint32_t half) const {
      return static_cast<std::size_t>(std::uint64_t{half} >> shift) & mask;
    }
    // The first place with what is looked for or nothing, or one on the way there: two steps without a branch, as how
    // far it is is as good as random, and a wrong guess costs more than the steps.
    template <typename Differs>
    [[nodiscard]] std::size_t Near(std::uint32_t half, const Differs& differs) const {
      std::size_t at = Home(half);
      for (int i = 0; i < 2; ++i) {
        const Slot& slot = slots[at];
        const auto go_on = static_cast<std::size_t>(differs(slot)) & static_cast<std::size_t>(!slot.empty());
        at = (at + go_on) & mask;
      }
      return at;
    }
    void Place(Slot slot) {
      std::size_t at = Home(slot.half());
      while (!slots[at].empty()) at = (at + 1) & mask;
      slots[at] = slot;
    }
    // The first home of a region, and behind the last.
    [[nodiscard]] std::size_t BeginOf(std::uint32_t region) const { return region * (size() >> kRegionBits); }
    [[nodiscard]] std::size_t EndOf(std::uint32_t region) const {
      return (region + 1) * (size() >> kRegionBits);
    }
    template <typename IsIt>
    [[nodiscard]] Slot* PlaceBefore(std::size_t end, Slot slot, const IsIt& is_it) {
      for (std::size_t at = Home(slot.half());; at = end == SIZE_MAX ? (at + 1) & mask : at + 1) {
        if (at == end) return nullptr;
        if (slots[at].empty()) {
          slots[at] = slot;
          return &slots[at];
        }
        if (is_it(slots[at])) return &slots[at];
      }
    }
  };
  void MoveRegion(std::uint32_t region, Table& to, std::vector<Slot>& beyond) const;

  // While slots are moved, the homes from first_ on, as many as moved_, around the end, are those of the new table.
  [[nodiscard]] const Table& TableOf(std::uint32_t half) const {
    if (old_.slots == nullptr) return table_;
    return ((old_.Home(half) - first_) & old_.mask) < moved_ ? table_ : old_;
  }
  [[nodiscard]] Table& TableOf(std::uint32_t half) {
    return const_cast<Table&>(std::as_const(*this).TableOf(half));
  }
  void MakeRoom();
  void AskForPages(std::size_t moved);
  void MoveSome();
  void FinishMoving();

  Table table_ = Table(16);
  std::size_t size_ = 0;
  Table old_;  // is being emptied into table_; or none
  std::size_t first_ = 0;
  std::size_t moved_ = 0;
  std::size_t asked_ =
      0;  // slots of the new table, from the homes of the first one on, whose pages were asked for
};

// Half of a hash, and the row that it is of.
struct RowSlot {
  std::uint32_t hash_half = 0;
  std::uint32_t not_row = 0;  // the row's complement, so that fresh memory is empty

  [[nodiscard]] bool empty() const { return not_row == 0; }
  [[nodiscard]] std::uint32_t half() const { return hash_half; }
  [[nodiscard]] std::uint32_t row() const { return ~not_row; }
};

// A digest, and the id of what has it.
struct DigestSlot {
  std::uint64_t high = 0;
  std::uint32_t low = 0;
  std::uint32_t not_id = 0;  // the id's complement

  [[nodiscard]] bool empty() const { return not_id == 0; }
  [[nodiscard]] std::uint32_t half() const { return static_cast<std::uint32_t>(high >> 32); }
  [[nodiscard]] std::uint32_t id() const { return ~not_id; }
};

extern template class SlotTable<RowSlot>;
extern template class SlotTable<DigestSlot>;

}  // namespace internal
}  // namespace v0
}  // namespace journey
