// Wipe: overwrites what must not stay in memory, also where a compiler can see that nobody reads it any more.
#pragma once
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>

namespace journey {
inline namespace v0 {
namespace internal {

inline void Wipe(void* data, std::size_t size) {
  void* (*const volatile fill)(void*, int, std::size_t) = std::memset;
  if (size != 0) fill(data, 0, size);
}

// The same of a few bytes, in line.
template <typename T>
void WipeSmall(T& object) {
#if defined(__GNUC__)
  std::memset(&object, 0, sizeof object);
  asm volatile("" : : "r"(&object) : "memory");  // may read it
#else
  Wipe(&object, sizeof object);
#endif
}

// A text that is not wanted any more, with what it had beyond its end. It is empty afterwards.
inline void Wipe(std::string& text) {
  text.resize(text.capacity());
  Wipe(text.data(), text.size());
  text.clear();
}

// An allocator that gives back nothing but zeros: for columns of values, which move as they grow.
template <typename T>
struct WipingAllocator {
  using value_type = T;
  WipingAllocator() = default;
  template <typename U>
  WipingAllocator(const WipingAllocator<U>&) {}  // NOLINT(google-explicit-constructor)

  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* data, std::size_t count) {
    Wipe(data, count * sizeof(T));
    std::allocator<T>().deallocate(data, count);
  }
  friend bool operator==(const WipingAllocator&, const WipingAllocator&) { return true; }
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
