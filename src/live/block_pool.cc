#include "live/block_pool.h"

#include <sodium.h>

#include <bit>
#include <new>

#include "journey/core/check.h"
#include "journey/core/huge_memory.h"

#if defined(__SANITIZE_ADDRESS__)
#define JOURNEY_POOL_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define JOURNEY_POOL_ASAN 1
#endif
#endif
#if defined(JOURNEY_POOL_ASAN)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) (static_cast<void>(address), static_cast<void>(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) (static_cast<void>(address), static_cast<void>(size))
#endif

namespace journey {
inline namespace v0 {
namespace internal {

// At the start of each span; its cells follow. Cells behind `fresh` were never used since the span has this
// class.
struct alignas(64) BlockPool::Span {
  std::size_t size_class;
  std::size_t cells;
  std::size_t fresh;
  std::size_t used;
  FreeCell* freed;
  Span* previous;
  Span* next;
};

struct BlockPool::FreeCell {
  FreeCell* next;
};

BlockPool::~BlockPool() {
  for (std::byte* region : regions_) {
    ASAN_UNPOISON_MEMORY_REGION(region, kRegionBytes);
    DeleteHugeMemory(region);
  }
}

std::size_t BlockPool::ClassOf(std::size_t bytes) {
  if (bytes <= 1024) return bytes == 0 ? 0 : (bytes + kFine - 1) / kFine - 1;
  // 1025..2048 in steps of 256 are classes 32..35, and so on.
  const auto doubling = static_cast<std::size_t>(std::bit_width((bytes - 1) / 1024)) - 1;
  return 32 + doubling * 4 + (bytes - 1 - (std::size_t{1024} << doubling)) / (std::size_t{256} << doubling);
}

std::size_t BlockPool::CellBytes(std::size_t size_class) {
  if (size_class < 32) return (size_class + 1) * kFine;
  const std::size_t doubling = (size_class - 32) / 4;
  return (std::size_t{1024} << doubling) + ((size_class - 32) % 4 + 1) * (std::size_t{256} << doubling);
}

void BlockPool::Link(Class& c, Span* span) {
  span->previous = nullptr;
  span->next = c.partial;
  if (c.partial != nullptr) c.partial->previous = span;
  c.partial = span;
}

void BlockPool::Unlink(Class& c, Span* span) {
  (span->previous != nullptr ? span->previous->next : c.partial) = span->next;
  if (span->next != nullptr) span->next->previous = span->previous;
}

BlockPool::Span* BlockPool::NewSpan(std::size_t size_class) {
  std::byte* memory = nullptr;
  {
    const std::lock_guard lock(regions_mutex_);
    if (free_spans_.empty()) {
      regions_.reserve(regions_.size() + 1);
      // The first region of a small engine stays small.
      std::byte* const region = NewHugeMemory(kRegionBytes, /*huge=*/!regions_.empty());
      regions_.push_back(region);
      bytes_.fetch_add(kRegionBytes, std::memory_order_relaxed);
      for (std::size_t end = kRegionBytes; end > 0; end -= kSpanBytes) {
        free_spans_.push_back(region + end - kSpanBytes);
      }
      ASAN_POISON_MEMORY_REGION(region, kRegionBytes);
    }
    memory = free_spans_.back();
    free_spans_.pop_back();
  }
  ASAN_UNPOISON_MEMORY_REGION(memory, sizeof(Span));
  return new (memory)
      Span{size_class, (kSpanBytes - sizeof(Span)) / CellBytes(size_class), 0, 0, nullptr, nullptr, nullptr};
}

void BlockPool::ReturnSpan(Span* span) {
  const std::lock_guard lock(regions_mutex_);
  free_spans_.push_back(reinterpret_cast<std::byte*>(span));  // NOLINT: raw memory again
  ASAN_POISON_MEMORY_REGION(span, kSpanBytes);
}

void* BlockPool::Allocate(std::size_t bytes) {
  if (bytes > kLargest) {
    void* block = ::operator new(bytes);
    bytes_.fetch_add(bytes, std::memory_order_relaxed);
    return block;
  }
  const std::size_t size_class = ClassOf(bytes);
  const std::size_t cell_bytes = CellBytes(size_class);
  Class& c = classes_[size_class];
  const std::lock_guard lock(c.mutex);
  if (c.partial == nullptr) Link(c, NewSpan(size_class));
  Span* span = c.partial;
  void* cell = nullptr;
  if (span->freed != nullptr) {
    cell = span->freed;
    ASAN_UNPOISON_MEMORY_REGION(cell, cell_bytes);
    span->freed = span->freed->next;
  } else {
    cell = reinterpret_cast<std::byte*>(span) + sizeof(Span) + span->fresh++ * cell_bytes;  // NOLINT
    ASAN_UNPOISON_MEMORY_REGION(cell, cell_bytes);
  }
  if (++span->used == span->cells) Unlink(c, span);
  return cell;
}

void BlockPool::Free(void* block, std::size_t bytes) {
  sodium_memzero(block, bytes);
  if (bytes > kLargest) {
    ::operator delete(block);
    bytes_.fetch_sub(bytes, std::memory_order_relaxed);
    return;
  }
  const auto address = reinterpret_cast<std::uintptr_t>(block);  // NOLINT: spans are aligned to their size
  auto* span = reinterpret_cast<Span*>(address & ~(kSpanBytes - 1));  // NOLINT
  const std::size_t size_class = ClassOf(bytes);
  JOURNEY_CHECK(span->size_class == size_class);
  Class& c = classes_[size_class];
  const std::lock_guard lock(c.mutex);
  if (span->used == span->cells) Link(c, span);
  span->freed = new (block) FreeCell{span->freed};
  ASAN_POISON_MEMORY_REGION(block, CellBytes(size_class));
  if (--span->used > 0) return;
  Unlink(c, span);
  ReturnSpan(span);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
