// Memory in huge pages, where the system has them: who meets millions of objects at random then waits for the object
// and not for the page tables as well, and who fills much memory is not stopped at every 4096 bytes to be given more.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace journey {
inline namespace v0 {
namespace internal {

inline constexpr std::size_t kHugePageBytes = std::size_t{1} << 21;

// While one lives, what its thread newly takes comes in pages of the system's usual size. To be given a huge page takes a
// millisecond, in which it is cleared, where a small one takes microseconds: who may not let a single event wait takes
// small ones. (Measured: of 10^6 live events one by one 13 to 25 took more than a millisecond, for these pages and for
// columns that were copied before they were large; events got no dearer on the average without huge pages.)
class SteadyMemory {
 public:
  SteadyMemory() : before_(wanted_) { wanted_ = true; }
  SteadyMemory(const SteadyMemory&) = delete;
  SteadyMemory& operator=(const SteadyMemory&) = delete;
  ~SteadyMemory() { wanted_ = before_; }

  [[nodiscard]] static bool wanted() { return wanted_; }

 private:
  static inline thread_local constinit bool wanted_ = false;
  bool before_;
};

#if defined(__linux__)
// For madvise(). Some systems give huge pages to who does not ask.
[[nodiscard]] inline int PageAdvice() {
  return SteadyMemory::wanted() ? MADV_NOHUGEPAGE : MADV_HUGEPAGE;
}
#endif

// Aligned to kHugePageBytes; `bytes` is taken up to a multiple of it. `huge` is a wish: without huge pages it works the
// same. Not zeroed. A page that is never touched takes no memory.
[[nodiscard]] inline std::byte* NewHugeMemory(std::size_t bytes, bool huge = true) {
  const std::size_t whole = (bytes + kHugePageBytes - 1) & ~(kHugePageBytes - 1);
  auto* memory = static_cast<std::byte*>(::operator new (whole, std::align_val_t{kHugePageBytes}));
#if defined(__linux__)
  if (huge || SteadyMemory::wanted()) static_cast<void>(madvise(memory, whole, PageAdvice()));
#else
  static_cast<void>(huge);
#endif
  return memory;
}

inline void DeleteHugeMemory(std::byte* memory) {
  ::operator delete (memory, std::align_val_t{kHugePageBytes});
}

// The same, but what somebody was done with lately comes first (journey/core/memory.h), and it goes there again: for what
// is taken for a while and then given back. Not zeroed: it may hold what others left.
[[nodiscard]] std::byte* TakeHugeMemory(std::size_t bytes);
void GiveHugeMemory(std::byte* memory, std::size_t bytes);
// What is taken and not given back, which the heap's own counts do not have. Threads: any.
[[nodiscard]] std::size_t HugeMemoryInUse();

// Zero bytes, and in huge pages if they are many: of those memory is taken page by page as they are touched.
[[nodiscard]] std::byte* NewZeroedMemory(std::size_t bytes);
void DeleteZeroedMemory(std::byte* memory, std::size_t bytes);
// Gives a part of it back, which reads as zeros again. Requires: whole huge pages of memory of at least two of them.
void ForgetZeroedMemory(std::byte* memory, std::size_t bytes);

// Wishes for huge pages in memory of somebody else's, before it is written to.
void AdviseHugePages(std::byte* memory, std::size_t bytes);
// Asks at once for the pages of memory that will be written to all over; one thread's wish does not wait for another's.
// What is in them stays.
void PopulateMemory(std::byte* memory, std::size_t bytes);
// The same of the whole pages in some tens of kilobytes, if the thread is in SteadyMemory. To be stopped at each of its small
// pages takes twice as long: on a virtual machine 7 us a page, and 14 one by one.
void PopulateSteadily(std::byte* memory, std::size_t bytes);

// Gives the whole pages of it back to the system; what they held is gone. Much memory in small pages that is given back at
// once takes milliseconds.
void ForgetMemory(std::byte* memory, std::size_t bytes);

// An allocator for the columns of large tables: huge pages from kHugeFromBytes on, like any other below.
template <typename T>
struct HugeAllocator {
  using value_type = T;
  static constexpr std::size_t kHugeFromBytes = 2 * kHugePageBytes;

  HugeAllocator() = default;
  template <typename U>
  HugeAllocator(const HugeAllocator<U>&) {}  // NOLINT(google-explicit-constructor)

  T* allocate(std::size_t count) {
    // What is too much to count in bytes is left to the other allocator, too, which refuses it.
    if (count < kHugeFromBytes / sizeof(T) || count > (SIZE_MAX - kHugePageBytes) / sizeof(T))
      return std::allocator<T>().allocate(count);
    return reinterpret_cast<T*>(TakeHugeMemory(count * sizeof(T)));  // NOLINT: raw memory, aligned for any T
  }
  void deallocate(T* data, std::size_t count) {
    if (count < kHugeFromBytes / sizeof(T)) return std::allocator<T>().deallocate(data, count);
    GiveHugeMemory(reinterpret_cast<std::byte*>(data), count * sizeof(T));  // NOLINT
  }
  friend bool operator==(const HugeAllocator&, const HugeAllocator&) { return true; }
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
