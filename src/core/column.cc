#include "journey/core/column.h"

#include <atomic>

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
// begins at a place of its own in its first page.
std::size_t NextOffset() {
  static std::atomic<std::size_t> columns{0};
  constexpr std::size_t kPlaces = 31, kStep = kHugePageBytes / 32;
  return (columns.fetch_add(1, std::memory_order_relaxed) * 7 % kPlaces) * kStep;
}

}  // namespace

bool GrowingBytes::Reserve(std::size_t bytes) {
  constexpr std::size_t kAddresses = std::size_t{1} << 34;
  if (bytes > SIZE_MAX / 4) return false;
  const std::size_t wanted = std::max(kAddresses, RoundUp(2 * bytes)) + kHugePageBytes;
  void* const memory =
      mmap(nullptr, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return false;
  static_cast<void>(madvise(memory, wanted, PageAdvice()));
  base_ = static_cast<std::byte*>(memory);
  reserved_ = wanted;
  const auto address = reinterpret_cast<std::uintptr_t>(memory);  // NOLINT
  data_ = base_ + (RoundUp(address) - address) + NextOffset();
  capacity_ = std::min(ReservedBytes(), RoundUp(bytes));
  return true;
}
#else
bool GrowingBytes::Reserve(std::size_t /*bytes*/) {
  return false;
}
#endif

void GrowingBytes::Grow(std::size_t bytes, std::size_t used) {
  if (bytes <= capacity_) return;
  if (reserved_ != 0 && bytes <= ReservedBytes()) {
    capacity_ = std::min(ReservedBytes(), RoundUp(bytes));
    return;
  }
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
    munmap(base_, reserved_);
    return;
  }
#endif
  if (capacity_ < kReserveFromBytes)
    ::operator delete(base_);
  else
    DeleteHugeMemory(base_);
}

namespace {
// From here on the system is asked, whose pages are zero already.
constexpr std::size_t kMapFromBytes = std::size_t{1} << 17;
}  // namespace

std::byte* NewZeroedMemory(std::size_t bytes) {
#if defined(__linux__)
  if (bytes >= kMapFromBytes && bytes < 2 * kHugePageBytes) {
    void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    if (SteadyMemory::wanted()) static_cast<void>(madvise(memory, bytes, PageAdvice()));
    return static_cast<std::byte*>(memory);
  }
  if (bytes >= 2 * kHugePageBytes) {
    void* const memory =
        mmap(nullptr, bytes + kHugePageBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    // What is before the first whole huge page, and behind the last one, goes back.
    auto* const begin = static_cast<std::byte*>(memory);
    const std::size_t before = -reinterpret_cast<std::uintptr_t>(memory) & (kHugePageBytes - 1);  // NOLINT
    if (before != 0) munmap(begin, before);
    munmap(begin + before + bytes, kHugePageBytes - before);
    static_cast<void>(madvise(begin + before, bytes, PageAdvice()));
    return begin + before;
  }
#endif
  void* const memory = std::calloc(bytes, 1);
  if (memory == nullptr) throw std::bad_alloc();
  return static_cast<std::byte*>(memory);
}

void DeleteZeroedMemory(std::byte* memory, std::size_t bytes) {
#if defined(__linux__)
  if (bytes >= kMapFromBytes) {
    munmap(memory, bytes);
    return;
  }
#endif
  static_cast<void>(bytes);
  std::free(memory);
}

void ForgetMemory(std::byte* memory, std::size_t bytes) {
#if defined(__linux__)
  static const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const auto address = reinterpret_cast<std::uintptr_t>(memory);  // NOLINT
  const std::size_t before = -address & (page - 1);
  if (bytes < before + page) return;
  static_cast<void>(madvise(memory + before, (bytes - before) & ~(page - 1), MADV_DONTNEED));
#else
  static_cast<void>(memory);
  static_cast<void>(bytes);
#endif
}

void ForgetZeroedMemory(std::byte* memory, std::size_t bytes) {
#if defined(__linux__)
  static_cast<void>(madvise(memory, bytes, MADV_DONTNEED));
#else
  std::memset(memory, 0, bytes);
#endif
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
