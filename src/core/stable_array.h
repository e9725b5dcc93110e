// StableArray: an array that grows at its end without moving what is in it, a chunk at a time, so that no single
// growing takes longer than filling one chunk.
//
// Threads: thread-compatible; elements may be used by others while the array grows, if they hold references.
#pragma once
#include <cstddef>
#include <memory>
#include <new>
#include <vector>

#include "journey/core/huge_memory.h"

namespace journey {
inline namespace v0 {
namespace internal {

template <typename T>
class StableArray {
 public:
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] T& operator[](std::size_t i) { return chunks_[i / kChunk][i % kChunk]; }
  [[nodiscard]] const T& operator[](std::size_t i) const { return chunks_[i / kChunk][i % kChunk]; }

  // Appends a new element. Requires: to make one throws nothing.
  T& Add() {
    if (size_ % kChunk == 0) chunks_.push_back(NewChunk());
    return (*this)[size_++];
  }
  [[nodiscard]] std::size_t bytes() const {
    return chunks_.size() * kChunk * sizeof(T) + chunks_.capacity() * sizeof(chunks_[0]);
  }

 private:
  // About 64 KiB, a power of two.
  static constexpr std::size_t kChunk = [] {
    std::size_t chunk = 1;
    while (chunk * 2 * sizeof(T) <= (std::size_t{1} << 16)) chunk *= 2;
    return chunk;
  }();
  struct DeleteChunk {
    void operator()(T* chunk) const {
      std::destroy_n(chunk, kChunk);
      ::operator delete (chunk, std::align_val_t{alignof(T)});
    }
  };
  using Chunk = std::unique_ptr<T[], DeleteChunk>;  // NOLINT: of a fixed size

  static Chunk NewChunk() {
    void* const memory = ::operator new (kChunk * sizeof(T), std::align_val_t{alignof(T)});
    PopulateSteadily(static_cast<std::byte*>(memory), kChunk * sizeof(T));
    auto* const elements = static_cast<T*>(memory);
    std::uninitialized_value_construct_n(elements, kChunk);
    return Chunk(elements);
  }

  std::vector<Chunk> chunks_;
  std::size_t size_ = 0;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
