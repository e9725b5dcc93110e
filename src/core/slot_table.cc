#include "journey/core/slot_table.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "journey/core/check.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

// Slots that an insertion moves. A table is at most two thirds full when it begins to move, and less than 70 % when it
// is done.
constexpr std::size_t kStep = 32;

}  // namespace

template <typename Slot>
SlotTable<Slot>::Table::Table(std::size_t size, Memory from)
    : mask(size - 1), shift(32 - std::countr_zero(size)), memory(from) {
  JOURNEY_CHECK(std::has_single_bit(size) && size <= std::size_t{1} << 32);
  const std::size_t bytes = size * sizeof(Slot);
  if (bytes < 2 * kHugePageBytes) memory = Memory::kZeros;                        // which are empty slots
  slots = reinterpret_cast<Slot*>(memory == Memory::kAny ? TakeHugeMemory(bytes)  // NOLINT
                                                         : NewZeroedMemory(bytes));
}

template <typename Slot>
SlotTable<Slot>::Table::Table(const Table& other) {
  if (other.slots == nullptr) return;
  Table copy(other.size());
  std::copy(other.slots, other.slots + other.size(), copy.slots);
  Swap(copy);
}

template <typename Slot>
SlotTable<Slot>::Table::~Table() {
  if (slots == nullptr) return;
  auto* const bytes = reinterpret_cast<std::byte*>(slots);  // NOLINT
  if (memory == Memory::kAny)
    GiveHugeMemory(bytes, size() * sizeof(Slot));
  else
    DeleteZeroedMemory(bytes, size() * sizeof(Slot));
}

template <typename Slot>
void SlotTable<Slot>::MakeRoom() {
  if (old_.slots != nullptr) {
    MoveSome();
    return;
  }
  Table larger(table_.size() * 2);
  // Behind an empty slot no run of slots is cut in two.
  first_ = 0;
  while (!table_.slots[first_].empty()) ++first_;
  first_ = (first_ + 1) & table_.mask;
  moved_ = asked_ = 0;
  old_ = std::move(table_);
  table_ = std::move(larger);
  if (old_.size() <= 1024)
    FinishMoving();
  else
    MoveSome();
}

// In SteadyMemory, some pages at a time: those that the next slots to be moved will come to, and what is inserted beside them.
template <typename Slot>
void SlotTable<Slot>::AskForPages(std::size_t moved) {
  constexpr std::size_t kPages = (std::size_t{1} << 16) / sizeof(Slot);
  constexpr std::size_t kBehind = 128;  // slots that a run may reach beyond its homes
  if (table_.size() < 4 * kPages || !SteadyMemory::wanted()) return;
  const std::size_t needed = std::min(2 * moved + kBehind, table_.size());
  while (asked_ < needed) {
    const std::size_t at = (2 * first_ + asked_) & table_.mask;
    const std::size_t begin = at & ~(kPages - 1);
    PopulateSteadily(reinterpret_cast<std::byte*>(&table_.slots[begin]), kPages * sizeof(Slot));  // NOLINT
    asked_ += begin + kPages - at;
  }
}

template <typename Slot>
void SlotTable<Slot>::MoveSome() {
  constexpr std::size_t kPart = kHugePageBytes / sizeof(Slot);
  const std::size_t end = moved_ + kStep;
  AskForPages(end);
  // Up to an empty slot: whoever has a home before it is before it. Behind the last slot may be what was inserted since
  // and found its home full; all else there is empty by now.
  for (;; ++moved_) {
    const std::size_t at = (first_ + moved_) & old_.mask;
    Slot& slot = old_.slots[at];
    if (slot.empty()) {
      if (moved_ >= old_.size()) {
        old_ = {};
        return;
      }
      if (moved_ >= end) break;
    } else {
      table_.Place(slot);
      slot = {};
    }
    if (old_.memory == Table::Memory::kZeros && at % kPart == kPart - 1 && moved_ >= kPart - 1 &&
        moved_ < old_.size() && old_.size() > kPart)
      ForgetZeroedMemory(reinterpret_cast<std::byte*>(&old_.slots[at + 1 - kPart]),
                         kHugePageBytes);  // NOLINT
  }
  ++moved_;  // nobody is at home in the empty slot, or he would be there
}

template <typename Slot>
void SlotTable<Slot>::FinishMoving() {
  while (old_.slots != nullptr) MoveSome();
}

// The slots that stand in a region, those at home in the one before among them. What is there now is emptied by who fills it,
// while it is in the cache.
template <typename Slot>
void SlotTable<Slot>::MoveRegion(std::uint32_t region, Table& to, std::vector<Slot>& beyond) const {
  if (to.memory == Table::Memory::kAny)
    std::memset(static_cast<void*>(&to.slots[to.BeginOf(region)]), 0, to.EndOf(0) * sizeof(Slot));
  for (std::size_t at = table_.BeginOf(region); at < table_.EndOf(region); ++at) {
    const Slot& slot = table_.slots[at];
    if (slot.empty()) continue;
    const bool at_home = RegionOf(slot.half()) == region;
    if (!at_home || to.PlaceBefore(to.EndOf(region), slot, [](const Slot&) { return false; }) == nullptr)
      beyond.push_back(slot);
  }
}

template class SlotTable<RowSlot>;
template class SlotTable<DigestSlot>;

}  // namespace internal
}  // namespace v0
}  // namespace journey
