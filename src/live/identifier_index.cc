#include "live/identifier_index.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <new>

#include "journey/core/check.h"
#include "journey/core/huge_memory.h"
#include "journey/core/prefetch.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

// How many buckets a table can have: half as many again each time.
constexpr std::size_t kClasses = 56;
constexpr std::array<std::uint64_t, kClasses> kBuckets = [] {
  std::array<std::uint64_t, kClasses> sizes{};
  std::uint64_t size = 2;
  for (std::uint64_t& s : sizes) {
    s = size;
    size += size / 2;
  }
  return sizes;
}();
static_assert(kClasses <= kCacheLine);

// The high half of a * b: spreads a hash evenly over [0, b).
std::uint64_t MultiplyHigh(std::uint64_t a, std::uint64_t b) {
  __extension__ typedef unsigned __int128 Wide;
  return static_cast<std::uint64_t>((static_cast<Wide>(a) * b) >> 64);
}

}  // namespace

std::uint64_t IdentifierIndex::Table::size() const {
  return kBuckets[size_class];
}

IdentifierIndex::Table IdentifierIndex::Unpack(std::uintptr_t word) {
  constexpr std::uintptr_t kMask = kCacheLine - 1;
  return {reinterpret_cast<Bucket*>(word & ~kMask), static_cast<unsigned>(word & kMask)};  // NOLINT
}

std::uintptr_t IdentifierIndex::NewTable(std::size_t stripe, unsigned size_class) {
  const std::size_t bytes = kBuckets[size_class] * sizeof(Bucket);
  std::byte* memory = nullptr;
  if (bytes * kStripes >= kHugePageBytes) {
    const std::lock_guard lock(regions_mutex_);
    auto region = std::ranges::find(regions_, size_class, &Region::size_class);
    if (region == regions_.end()) {
      regions_.push_back({size_class, NewHugeMemory(bytes * kStripes), {}});
      region = regions_.end() - 1;
    }
    // The stripe's place is taken when it is rebuilt in its own size, because of many tombstones.
    if (!region->in_use[stripe]) {
      region->in_use.set(stripe);
      memory = region->memory + stripe * bytes;
    }
  }
  if (memory == nullptr) {
    memory = static_cast<std::byte*>(::operator new (bytes, std::align_val_t{alignof(Bucket)}));
  }
  auto* const buckets = reinterpret_cast<Bucket*>(memory);  // NOLINT: raw memory
  std::uninitialized_value_construct_n(buckets, kBuckets[size_class]);
  return reinterpret_cast<std::uintptr_t>(buckets) | size_class;  // NOLINT: packing is the point
}

IdentifierIndex::Region* IdentifierIndex::RegionOf(Table table) {
  const auto* const memory = reinterpret_cast<const std::byte*>(table.buckets);  // NOLINT: raw memory
  const auto region = std::ranges::find(regions_, table.size_class, &Region::size_class);
  if (region == regions_.end()) return nullptr;
  const std::less<const std::byte*> before;
  if (before(memory, region->memory)) return nullptr;
  if (!before(memory, region->memory + table.size() * sizeof(Bucket) * kStripes)) return nullptr;
  return &*region;
}

void IdentifierIndex::DeleteTable(Table table) {
  std::destroy_n(table.buckets, table.size());
  const std::lock_guard lock(regions_mutex_);
  Region* const region = RegionOf(table);
  if (region == nullptr) {
    ::operator delete (table.buckets, std::align_val_t{alignof(Bucket)});
    return;
  }
  const auto* const memory = reinterpret_cast<const std::byte*>(table.buckets);  // NOLINT: raw memory
  ForgetMemory(reinterpret_cast<std::byte*>(table.buckets),
               table.size() * sizeof(Bucket));  // NOLINT: raw memory
  region->in_use.reset(static_cast<std::size_t>(memory - region->memory) / (table.size() * sizeof(Bucket)));
  if (region->in_use.any()) return;
  DeleteHugeMemory(region->memory);
  regions_.erase(regions_.begin() + (region - regions_.data()));
}

void IdentifierIndex::FreeTable(void* index, void* word) {
  auto* const self = static_cast<IdentifierIndex*>(index);
  const Table table = Unpack(reinterpret_cast<std::uintptr_t>(word));  // NOLINT
  self->table_bytes_.fetch_sub(table.size() * sizeof(Bucket), std::memory_order_relaxed);
  self->DeleteTable(table);
}

unsigned IdentifierIndex::ClassFor(std::size_t entries) {
  // Filled to 5/9 at first, and up to 4/5: at least a fifth of the table is written before the next
  // rebuilding.
  unsigned size_class = 0;
  while (kBuckets[size_class] * kEntries * 5 < entries * 9) ++size_class;
  return size_class;
}

IdentifierIndex::IdentifierIndex(Epochs& epochs) : epochs_(epochs) {}

IdentifierIndex::~IdentifierIndex() {
  epochs_.Collect();
  for (const auto& table : tables_) {
    if (const std::uintptr_t word = table.load(); word != 0) DeleteTable(Unpack(word));
  }
}

IdentifierIndex::Place IdentifierIndex::Locate(Table table, IdentifierHash hash) {
  const std::uint64_t size = table.size();
  for (std::uint64_t b = MultiplyHigh(hash.low, size);; b = b + 1 == size ? 0 : b + 1) {
    Bucket& bucket = table.buckets[b];
    for (std::size_t i = 0; i < kEntries; ++i) {
      const std::uint32_t value = bucket.value[i].load(std::memory_order_acquire);
      if (value == 0) return {&bucket, i, 0};
      if (bucket.low[i].load(std::memory_order_relaxed) == hash.low &&
          bucket.high[i].load(std::memory_order_relaxed) == hash.high) {
        return {&bucket, i, value};
      }
    }
  }
}

void IdentifierIndex::Put(const Place& place, IdentifierHash hash, std::uint32_t value) {
  place.bucket->low[place.entry].store(hash.low, std::memory_order_relaxed);
  place.bucket->high[place.entry].store(hash.high, std::memory_order_relaxed);
  place.bucket->value[place.entry].store(value, std::memory_order_seq_cst);
}

Slot IdentifierIndex::Find(IdentifierHash hash) const {
  const std::uintptr_t word = tables_[StripeOf(hash)].load(std::memory_order_seq_cst);
  if (word == 0) return kNoSlot;
  const std::uint32_t value = Locate(Unpack(word), hash).value;
  return value == 0 || value == kTombstone ? kNoSlot : value - 1;
}

void IdentifierIndex::Prefetch(IdentifierHash hash) const {
  const std::uintptr_t word = tables_[StripeOf(hash)].load(std::memory_order_seq_cst);
  if (word == 0) return;
  const Table table = Unpack(word);
#if defined(__GNUC__)
  internal::Prefetch(&table.buckets[MultiplyHigh(hash.low, table.size())]);
#endif
}

void IdentifierIndex::Rebuild(std::size_t stripe) {
  Stripe& s = stripes_[stripe];
  const std::uintptr_t word = tables_[stripe].load(std::memory_order_relaxed);
  const Table from = Unpack(word);
  const std::uintptr_t fresh = NewTable(stripe, ClassFor(s.live + 1));
  const Table to = Unpack(fresh);
  if (word != 0) {
    for (std::uint64_t b = 0; b < from.size(); ++b) {
      for (std::size_t i = 0; i < kEntries; ++i) {
        const std::uint32_t value = from.buckets[b].value[i].load(std::memory_order_relaxed);
        if (value == 0 || value == kTombstone) continue;
        const IdentifierHash key{from.buckets[b].low[i].load(std::memory_order_relaxed),
                                 from.buckets[b].high[i].load(std::memory_order_relaxed)};
        Put(Locate(to, key), key, value);
      }
    }
  }
  if (pause_) pause_();
  tables_[stripe].store(fresh, std::memory_order_seq_cst);
  s.used = s.live;
  table_bytes_.fetch_add(to.size() * sizeof(Bucket), std::memory_order_relaxed);
  if (word == 0) return;
  const std::size_t bytes = from.size() * sizeof(Bucket);
  epochs_.Retire({&FreeTable, this, reinterpret_cast<void*>(word), bytes});  // NOLINT: the packed word
}

Slot IdentifierIndex::Bind(IdentifierHash hash, Slot slot) {
  JOURNEY_CHECK(slot < kTombstone - 1);
  const std::size_t stripe = StripeOf(hash);
  Stripe& s = stripes_[stripe];
  const std::lock_guard lock(s.mutex);
  Place place;
  if (const std::uintptr_t word = tables_[stripe].load(std::memory_order_relaxed); word != 0) {
    place = Locate(Unpack(word), hash);
  }
  if (place.value == 0) {
    // At most four fifths are in use, so every search ends at a free entry.
    const Table table = Unpack(tables_[stripe].load(std::memory_order_relaxed));
    if (table.buckets == nullptr || (s.used + 1) * 5 > table.size() * kEntries * 4) {
      Rebuild(stripe);
      place = Locate(Unpack(tables_[stripe].load(std::memory_order_relaxed)), hash);
    }
    ++s.used;
  }
  if (pause_) pause_();
  Put(place, hash, slot + 1);
  if (place.value != 0 && place.value != kTombstone) return place.value - 1;
  ++s.live;
  size_.fetch_add(1, std::memory_order_relaxed);
  return kNoSlot;
}

Slot IdentifierIndex::Unbind(IdentifierHash hash) {
  const std::size_t stripe = StripeOf(hash);
  Stripe& s = stripes_[stripe];
  const std::lock_guard lock(s.mutex);
  const std::uintptr_t word = tables_[stripe].load(std::memory_order_relaxed);
  if (word == 0) return kNoSlot;
  const Place place = Locate(Unpack(word), hash);
  if (place.value == 0 || place.value == kTombstone) return kNoSlot;
  if (pause_) pause_();
  place.bucket->value[place.entry].store(kTombstone, std::memory_order_seq_cst);
  --s.live;
  size_.fetch_sub(1, std::memory_order_relaxed);
  // Mostly tombstones: their memory, and the hashes in them, are not kept for long.
  if (s.used >= 16 && s.live * 2 < s.used) Rebuild(stripe);
  return place.value - 1;
}

std::size_t IdentifierIndex::bytes() const {
  return table_bytes_.load(std::memory_order_relaxed);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
