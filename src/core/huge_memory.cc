#include "journey/core/huge_memory.h"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "core/spare_memory.h"

#if defined(__linux__)
#include <unistd.h>
#endif

namespace journey {
inline namespace v0 {
namespace internal {

namespace {
// From here on the system is asked, whose pages are zero already.
constexpr std::size_t kMapFromBytes = std::size_t{1} << 17;

std::atomic<std::size_t> in_use{0};

std::size_t WholeHugePages(std::size_t bytes) {
  return (bytes + kHugePageBytes - 1) & ~(kHugePageBytes - 1);
}

// The whole small pages in it.
std::pair<std::byte*, std::size_t> WholePages(std::byte* memory, std::size_t bytes) {
#if defined(__linux__)
  static const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
#else
  constexpr std::size_t page = 4096;
#endif
  const auto address = reinterpret_cast<std::uintptr_t>(memory);  // NOLINT
  const std::size_t before = -address & (page - 1);
  if (bytes < before + page) return {memory, 0};
  return {memory + before, (bytes - before) & ~(page - 1)};
}

#if defined(__linux__)
// Zero bytes from the system, aligned to a huge page. `bytes` is a multiple of a small page.
std::byte* MapHugePages(std::size_t bytes) {
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

}  // namespace

std::byte* TakeHugeMemory(std::size_t bytes) {
  if (bytes > SIZE_MAX - 2 * kHugePageBytes) throw std::bad_alloc();
  const std::size_t whole = WholeHugePages(bytes);
#if defined(__linux__)
  std::byte* memory = SpareMemory::Instance().TakeBlock(whole);
  if (memory == nullptr)
    memory = MapHugePages(whole);
  else
    static_cast<void>(madvise(memory, whole, PageAdvice()));
#else
  std::byte* const memory = NewHugeMemory(bytes);
#endif
  in_use.fetch_add(whole, std::memory_order_relaxed);
  return memory;
}

void GiveHugeMemory(std::byte* memory, std::size_t bytes) {
  const std::size_t whole = WholeHugePages(bytes);
  in_use.fetch_sub(whole, std::memory_order_relaxed);
#if defined(__linux__)
  SpareMemory::Instance().GiveBlock(memory, whole);
#else
  DeleteHugeMemory(memory);
#endif
}

std::size_t HugeMemoryInUse() {
  return in_use.load(std::memory_order_relaxed);
}

std::byte* NewZeroedMemory(std::size_t bytes) {
#if defined(__linux__)
  if (bytes >= kMapFromBytes && bytes < 2 * kHugePageBytes) {
    void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    // A page that is read before it is written to is given twice, and the second time all processors are stopped to be told.
    // Of small pages there are so many that a job on two threads took 4 to 9 ns an event more.
    if (SteadyMemory::wanted())
      static_cast<void>(madvise(memory, bytes, PageAdvice()));
    else
      PopulateMemory(static_cast<std::byte*>(memory), bytes);
    return static_cast<std::byte*>(memory);
  }
  if (bytes >= 2 * kHugePageBytes) return MapHugePages(bytes);
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

void AdviseHugePages(std::byte* memory, std::size_t bytes) {
#if defined(__linux__)
  if (!SteadyMemory::wanted()) static_cast<void>(madvise(memory, bytes, MADV_HUGEPAGE));
#else
  static_cast<void>(memory);
  static_cast<void>(bytes);
#endif
}

void PopulateMemory(std::byte* memory, std::size_t bytes) {
#if defined(__linux__)
#if !defined(MADV_POPULATE_WRITE)
  constexpr int MADV_POPULATE_WRITE = 23;  // of Linux 5.14; older ones refuse it
#endif
  static_cast<void>(madvise(memory, bytes, MADV_POPULATE_WRITE));
#else
  static_cast<void>(memory);
  static_cast<void>(bytes);
#endif
}

void PopulateSteadily(std::byte* memory, std::size_t bytes) {
  if (!SteadyMemory::wanted()) return;
  const auto [first, whole] = WholePages(memory, bytes);
  if (whole != 0) PopulateMemory(first, whole);
}

void ForgetMemory(std::byte* memory, std::size_t bytes) {
#if defined(__linux__)
  const auto [first, whole] = WholePages(memory, bytes);
  if (whole != 0) static_cast<void>(madvise(first, whole, MADV_DONTNEED));
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
