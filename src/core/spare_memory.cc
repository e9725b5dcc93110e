#include "core/spare_memory.h"

#include <algorithm>
#include <cstdint>

#include "journey/core/huge_memory.h"

#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

// The system may have it when it needs it.
void OfferToSystem(std::byte* memory, std::size_t bytes) {
#if defined(__linux__) && defined(MADV_FREE)
  static_cast<void>(madvise(memory, bytes, MADV_FREE));
#else
  static_cast<void>(memory);
  static_cast<void>(bytes);
#endif
}

void Unmap(std::byte* memory, std::size_t bytes) {
#if defined(__linux__)
  munmap(memory, bytes);
#else
  static_cast<void>(memory);
  static_cast<void>(bytes);
#endif
}

}  // namespace

SpareMemory& SpareMemory::Instance() {
  static auto* const instance =
      new SpareMemory;  // NOLINT: whatever is destroyed last may still give something back
  return *instance;
}

std::optional<ReservedPlace> SpareMemory::TakePlace(std::size_t wanted) {
  const std::scoped_lock lock(mutex_);
  TrimUnlessSteady(Clock::now());
  auto best = places_.end();
  for (auto it = places_.begin(); it != places_.end(); ++it) {
    const std::size_t touched = it->place.touched;
    if (it->place.reserved / 2 < wanted || touched > 2 * wanted + kHugePageBytes) continue;
    // The least that is enough, or else the most.
    const auto better = [&](std::size_t than) {
      return touched >= wanted ? than < wanted || touched < than : than < wanted && touched > than;
    };
    if (best == places_.end() || better(best->place.touched)) best = it;
  }
  if (best == places_.end()) return std::nullopt;
  const ReservedPlace place = best->place;
  bytes_ -= place.touched;
  places_.erase(best);
  return place;
}

void SpareMemory::GivePlace(const ReservedPlace& place) {
  const std::scoped_lock lock(mutex_);
  const Clock::time_point now = Clock::now();
  if (place.touched > limit_) return Release(Place{place, now});
  // And the rest of its first and last huge page with it, as far as they are this place's: a part of one would make it many
  // small ones.
  std::byte* const end = place.base + place.reserved;
  const auto before = std::min(reinterpret_cast<std::uintptr_t>(place.data) & (kHugePageBytes - 1),  // NOLINT
                               static_cast<std::uintptr_t>(place.data - place.base));
  const std::size_t whole = (before + place.touched + kHugePageBytes - 1) & ~(kHugePageBytes - 1);
  OfferToSystem(place.data - before, std::min(whole, static_cast<std::size_t>(end - (place.data - before))));
  places_.push_back({place, now});
  bytes_ += place.touched;
  TrimUnlessSteady(now);
}

std::byte* SpareMemory::TakeBlock(std::size_t bytes) {
  const std::scoped_lock lock(mutex_);
  TrimUnlessSteady(Clock::now());
  auto best = blocks_.end();
  for (auto it = blocks_.begin(); it != blocks_.end(); ++it) {
    if (it->size >= bytes && (best == blocks_.end() || it->size < best->size)) best = it;
  }
  if (best == blocks_.end()) return nullptr;
  std::byte* const data = best->data;
  best->data += bytes;
  best->size -= bytes;
  if (best->size == 0) blocks_.erase(best);
  bytes_ -= bytes;
  return data;
}

void SpareMemory::GiveBlock(std::byte* memory, std::size_t bytes) {
  const std::scoped_lock lock(mutex_);
  const Clock::time_point now = Clock::now();
  if (bytes > limit_) return Release(Block{memory, bytes, now});
  OfferToSystem(memory, bytes);
  auto at = std::ranges::lower_bound(blocks_, memory, {}, &Block::data);
  at = blocks_.insert(at, {memory, bytes, now});
  if (at + 1 != blocks_.end() && at->data + at->size == (at + 1)->data) {
    at->size += (at + 1)->size;
    blocks_.erase(at + 1);
  }
  if (at != blocks_.begin() && (at - 1)->data + (at - 1)->size == at->data) {
    (at - 1)->size += at->size;
    (at - 1)->since = now;
    blocks_.erase(at);
  }
  bytes_ += bytes;
  TrimUnlessSteady(now);
}

void SpareMemory::SetLimit(std::size_t bytes) {
  const std::scoped_lock lock(mutex_);
  limit_ = bytes;
  Trim(Clock::now());
}

void SpareMemory::ReleaseAll() {
  const std::scoped_lock lock(mutex_);
  while (bytes_ != 0) DropOldest();
}

std::size_t SpareMemory::bytes() {
  const std::scoped_lock lock(mutex_);
  return bytes_;
}

void SpareMemory::TrimUnlessSteady(Clock::time_point now) {
  if (!SteadyMemory::wanted()) Trim(now);
}

void SpareMemory::Trim(Clock::time_point now) {
  const auto is_old = [&](const auto& piece) { return now - piece.since > kept_for_; };
  while (!places_.empty() && is_old(places_.front())) {
    Release(places_.front());
    bytes_ -= places_.front().place.touched;
    places_.erase(places_.begin());
  }
  std::erase_if(blocks_, [&](const Block& block) {
    if (!is_old(block)) return false;
    Release(block);
    bytes_ -= block.size;
    return true;
  });
  while (bytes_ > limit_) DropOldest();
}

void SpareMemory::DropOldest() {
  const auto block = std::ranges::min_element(blocks_, {}, &Block::since);
  if (block == blocks_.end() || (!places_.empty() && places_.front().since < block->since)) {
    Release(places_.front());
    bytes_ -= places_.front().place.touched;
    places_.erase(places_.begin());
  } else {
    Release(*block);
    bytes_ -= block->size;
    blocks_.erase(block);
  }
}

void SpareMemory::Release(const Place& place) {
  Unmap(place.place.base, place.place.reserved);
}

void SpareMemory::Release(const Block& block) {
  Unmap(block.data, block.size);
}

}  // namespace internal

std::size_t DefaultSpareMemoryLimit() {
  constexpr std::size_t kAtLeast = std::size_t{1} << 30;
#if defined(__linux__)
  const long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
  if (pages > 0 && page > 0)
    return std::max(kAtLeast, static_cast<std::size_t>(pages) / 8 * static_cast<std::size_t>(page));
#endif
  return kAtLeast;
}

void SetSpareMemoryLimit(std::size_t bytes) {
  internal::SpareMemory::Instance().SetLimit(bytes);
}

void ReleaseSpareMemory() {
  internal::SpareMemory::Instance().ReleaseAll();
}

std::size_t SpareMemoryBytes() {
  return internal::SpareMemory::Instance().bytes();
}

}  // namespace v0
}  // namespace journey
