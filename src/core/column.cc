#include "journey/core/column.h"

#include <atomic>

#include "core/spare_memory.h"

#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>
#endif

// The shadow memory of the sanitizers does not like gigabytes of addresses.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define JOURNEY_RESERVE_ADDRESSES 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define JOURNEY_RESERVE_ADDRESSES 0
#endif
#endif
#if !defined(JOURNEY_RESERVE_ADDRESSES) && defined(__linux__)
#define JOURNEY_RESERVE_ADDRESSES 1
#endif

namespace journey {
inline namespace v0 {
namespace internal {

#if JOURNEY_RESERVE_ADDRESSES
namespace {

// Columns that grow together would come to a new page at the same row, and one event would wait for all of them: each
// begins at a place of its own in its first page, and in the first of the steps in which it grows in SteadyMemory.
std::size_t NextOffset() {
  static std::atomic<std::size_t> columns{0};
  constexpr std::size_t kPlaces = 31, kStep = kHugePageBytes / 32, kSmallPage = 4096;
  const std::size_t column = columns.fetch_add(1, std::memory_order_relaxed);
  return column * 7 % kPlaces * kStep + column * 5 % (kStep / kSmallPage) * kSmallPage;
}

}  // namespace

bool GrowingBytes::Reserve(std::size_t bytes) {
  constexpr std::size_t kAddresses = std::size_t{1} << 34;
  if (bytes > SIZE_MAX / 4) return false;
  if (const auto spare = SteadyMemory::wanted() ? std::nullopt : SpareMemory::Instance().TakePlace(bytes)) {
    static_cast<void>(madvise(spare->base, spare->reserved, PageAdvice()));
    base_ = spare->base;
    data_ = spare->data;
    reserved_ = spare->reserved;
    touched_ = spare->touched;
    capacity_ = std::min(ReservedBytes(), RoundUp(bytes));
    return true;
  }
  const std::size_t wanted = std::max(kAddresses, RoundUp(2 * bytes)) + kHugePageBytes;
  void* const memory =
      mmap(nullptr, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return false;
  static_cast<void>(madvise(memory, wanted, PageAdvice()));
  base_ = static_cast<std::byte*>(memory);
  reserved_ = wanted;
  const auto address = reinterpret_cast<std::uintptr_t>(memory);  // NOLINT
  data_ = base_ + (RoundUp(address) - address) + NextOffset();
  Extend(bytes);
  return true;
}

// To whole huge pages. Small ones are asked for some at a time, which takes half of what it takes to be stopped at each.
void GrowingBytes::Extend(std::size_t bytes) {
  if (!SteadyMemory::wanted()) {
    capacity_ = std::min(ReservedBytes(), RoundUp(bytes));
    return;
  }
  constexpr std::size_t kMostAtOnce = 4 * kSteadyStep;
  const auto address = reinterpret_cast<std::uintptr_t>(data_);  // NOLINT
  const std::size_t end = ((address + bytes + kSteadyStep - 1) & ~(kSteadyStep - 1)) - address;
  const std::size_t from = capacity_;
  capacity_ = std::min(ReservedBytes(), end);
  // Of much that somebody reserves, who knows when it will be written to?
  if (capacity_ - from <= kMostAtOnce) PopulateSteadily(data_ + from, capacity_ - from);
}
#else
bool GrowingBytes::Reserve(std::size_t /*bytes*/) {
  return false;
}
void GrowingBytes::Extend(std::size_t bytes) {
  capacity_ = std::min(ReservedBytes(), RoundUp(bytes));
}
#endif

void GrowingBytes::Grow(std::size_t bytes, std::size_t used) {
  if (bytes <= capacity_) return;
  if (reserved_ != 0 && bytes <= ReservedBytes()) return Extend(bytes);
  GrowingBytes larger;
  const std::size_t from = SteadyMemory::wanted() ? kReserveSteadyFromBytes : kReserveFromBytes;
  if (bytes < from || !larger.Reserve(bytes))
    larger.Allocate(std::max({bytes, 2 * capacity_, std::size_t{64}}));
  if (used != 0) std::memcpy(larger.data_, data_, used);
  *this = std::move(larger);
}

void GrowingBytes::Allocate(std::size_t bytes) {
  base_ = bytes < kReserveFromBytes ? static_cast<std::byte*>(::operator new(bytes)) : NewHugeMemory(bytes);
  data_ = base_;
  capacity_ = bytes;
}

void GrowingBytes::Release() {
  if (base_ == nullptr) return;
#if JOURNEY_RESERVE_ADDRESSES
  if (reserved_ != 0) {
    SpareMemory::Instance().GivePlace({base_, data_, reserved_, std::max(touched_, capacity_)});
    return;
  }
#endif
  if (capacity_ < kReserveFromBytes)
    ::operator delete(base_);
  else
    DeleteHugeMemory(base_);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
