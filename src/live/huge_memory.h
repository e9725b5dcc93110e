// Memory in huge pages, where the system has them: a reader that meets millions of objects at random then waits for the
// object, and not for the page tables as well.
#pragma once
#include <cstddef>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace journey {
inline namespace v0 {
namespace internal {

inline constexpr std::size_t kHugePageBytes = std::size_t{1} << 21;

// Aligned to kHugePageBytes; `bytes` is taken up to a multiple of it. `huge` is a wish: without huge pages it works the
// same. Not zeroed. A page that is never touched takes no memory.
[[nodiscard]] inline std::byte* NewHugeMemory(std::size_t bytes, bool huge = true) {
  const std::size_t whole = (bytes + kHugePageBytes - 1) & ~(kHugePageBytes - 1);
  auto* memory = static_cast<std::byte*>(::operator new (whole, std::align_val_t{kHugePageBytes}));
#if defined(__linux__)
  if (huge) static_cast<void>(madvise(memory, whole, MADV_HUGEPAGE));
#else
  static_cast<void>(huge);
#endif
  return memory;
}

inline void DeleteHugeMemory(std::byte* memory) {
  ::operator delete (memory, std::align_val_t{kHugePageBytes});
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
