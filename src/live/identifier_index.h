// IdentifierIndex: the keyed hash of an identifier -> the slot of its customer; read without waiting.
//
//   Bind(h, 7); Find(h) -> 7      Bind(h, 9) -> 7 (was); Find(h) -> 9      Unbind(h) -> 9; Find(h) -> kNoSlot
//
// 1024 stripes chosen by the hash, each an open-addressing table that grows on its own: a larger copy is
// filled and its pointer published, the old one retired by epochs. So growing stalls only writers of that
// stripe, and those for as long as a thousandth of the index takes to copy (10^4 entries at 10^7
// identifiers). The tables of one size lie side by side, once all of them together fill 2 MiB, and each gives its
// memory back when it is done with: not all of it at once.
//
// A table is made of buckets of one cache line with three entries. All 128 bits of a key are compared. A key
// is written before the value that makes its entry visible, and an entry keeps its key until the table goes:
// a removed entry becomes a tombstone that only its own key may take again; so no reader can meet half a key,
// nor the slot of one key beside another. Tombstones go when the table is rebuilt.
#pragma once
#include <array>
#include <atomic>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "live/epochs.h"

namespace journey {
inline namespace v0 {
namespace internal {

struct IdentifierHash {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  friend bool operator==(const IdentifierHash&, const IdentifierHash&) = default;
};

using Slot = std::uint32_t;
inline constexpr Slot kNoSlot = 0xFFFFFFFF;

class IdentifierIndex {
 public:
  // Old tables are retired there. Lifetime: `epochs` outlives this.
  explicit IdentifierIndex(Epochs& epochs);
  // Requires: no pin, no other call.
  ~IdentifierIndex();
  IdentifierIndex(const IdentifierIndex&) = delete;
  IdentifierIndex& operator=(const IdentifierIndex&) = delete;

  // Requires: the calling thread holds a pin of `epochs`. Cost: as a rule one cache line. Never waits.
  [[nodiscard]] Slot Find(IdentifierHash hash) const;

  // Asks memory for what Find and Bind look at first. Requires: as Find.
  void Prefetch(IdentifierHash hash) const;

  // Both return the slot that the hash was bound to before, or kNoSlot. Requires: slot <= 0xFFFFFFFD.
  // Threads: any number; two writers of one stripe take turns.
  Slot Bind(IdentifierHash hash, Slot slot);
  Slot Unbind(IdentifierHash hash);

  [[nodiscard]] std::size_t size() const { return size_.load(std::memory_order_relaxed); }
  // Memory of the tables, the retired ones with them.
  [[nodiscard]] std::size_t bytes() const;

  // For tests: called by a writer that holds the stripe, before an entry or a new table becomes visible.
  void set_pause(std::function<void()> pause) { pause_ = std::move(pause); }

  static constexpr std::size_t kStripes = 1024;

 private:
  static constexpr std::size_t kEntries = 3;
  struct alignas(kCacheLine) Bucket {
    std::array<std::atomic<std::uint64_t>, kEntries> low;
    std::array<std::atomic<std::uint64_t>, kEntries> high;
    std::array<std::atomic<std::uint32_t>, kEntries> value;  // 0: free, kTombstone, or slot + 1
  };
  static_assert(sizeof(Bucket) == kCacheLine);
  static constexpr std::uint32_t kTombstone = 0xFFFFFFFF;

  // A table is its first bucket and the number of its size, packed in one word: the address is a multiple
  // of 64.
  struct Table {
    Bucket* buckets = nullptr;
    unsigned size_class = 0;
    [[nodiscard]] std::uint64_t size() const;
  };
  struct alignas(kCacheLine) Stripe {
    std::mutex mutex;
    std::size_t used = 0;  // entries that are not free, tombstones among them
    std::size_t live = 0;
  };
  // Where a key is, or the free entry where it would go.
  struct Place {
    Bucket* bucket = nullptr;
    std::size_t entry = 0;
    std::uint32_t value = 0;
  };

  // Room for a table of one size for every stripe.
  struct Region {
    unsigned size_class = 0;
    std::byte* memory = nullptr;
    std::bitset<kStripes> in_use;
  };

  static Table Unpack(std::uintptr_t word);
  std::uintptr_t NewTable(std::size_t stripe, unsigned size_class);
  void DeleteTable(Table table);
  // The region that a table lies in; null: memory of its own. Requires: regions_mutex_ is held.
  [[nodiscard]] Region* RegionOf(Table table);
  static void FreeTable(void* index, void* word);
  static unsigned ClassFor(std::size_t entries);
  static std::size_t StripeOf(IdentifierHash hash) { return hash.high % kStripes; }
  static Place Locate(Table table, IdentifierHash hash);
  static void Put(const Place& place, IdentifierHash hash, std::uint32_t value);
  void Rebuild(std::size_t stripe);

  Epochs& epochs_;
  std::array<std::atomic<std::uintptr_t>, kStripes> tables_{};
  std::array<Stripe, kStripes> stripes_;
  std::mutex regions_mutex_;
  std::vector<Region> regions_;  // as a rule one, and two while the index grows
  std::atomic<std::size_t> size_{0};
  std::atomic<std::size_t> table_bytes_{0};
  std::function<void()> pause_;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
