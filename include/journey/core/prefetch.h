// Prefetch: asks memory for what will be looked at soon, and does not wait.
//
// In assembler where that is known: a function with nothing but __builtin_prefetch in it has no effect that g++ 12 knows of,
// and it leaves out every call of it without a word.
#pragma once

namespace journey {
inline namespace v0 {
namespace internal {

inline void Prefetch(const void* address) {
#if defined(__x86_64__)
  asm volatile("prefetcht0 %0" : : "m"(*static_cast<const char*>(address)));
#elif defined(__aarch64__)
  asm volatile("prfm pldl1keep, %0" : : "Q"(*static_cast<const char*>(address)));
#else
  __builtin_prefetch(address);
#endif
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
