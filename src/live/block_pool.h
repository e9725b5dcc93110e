// BlockPool: memory for many small blocks of like size, written once and freed by any thread.
//
// Blocks of one size class are cut from spans of 64 KiB, spans from regions of 2 MiB, aligned so that a system
// that makes huge pages of what has been filled can do so. (Outside of SteadyMemory the second and later ones
// ask for them at once.) A freed block is overwritten with zeros at once. A span
// whose blocks are all free can serve another size class; regions are kept until the pool goes.
//
// Blocks of more than 8 KiB come from operator new.
#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "journey/core/huge_memory.h"

namespace journey {
inline namespace v0 {
namespace internal {

class BlockPool {
 public:
  BlockPool() = default;
  // Requires: no other call. Blocks that were not freed go without being zeroed.
  ~BlockPool();
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  // Memory aligned to 16 bytes. Threads: any number. Cost: O(1) under the lock of the size class.
  [[nodiscard]] void* Allocate(std::size_t bytes);
  // Requires: `bytes` as allocated. Threads: any number.
  void Free(void* block, std::size_t bytes);

  // Memory held, used or not.
  [[nodiscard]] std::size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

  static constexpr std::size_t kSpanBytes = std::size_t{1} << 16;
  static constexpr std::size_t kRegionBytes = kHugePageBytes;
  static constexpr std::size_t kLargest = 8192;

 private:
  struct Span;
  struct FreeCell;
  static constexpr std::size_t kFine = 32;          // up to 1024 in steps of 32,
  static constexpr std::size_t kClasses = 32 + 12;  // then four steps for each doubling
  struct alignas(64) Class {
    std::mutex mutex;
    Span* partial = nullptr;  // spans with a free cell
  };

  static std::size_t ClassOf(std::size_t bytes);
  static std::size_t CellBytes(std::size_t size_class);
  Span* NewSpan(std::size_t size_class);
  void ReturnSpan(Span* span);
  static void Link(Class& c, Span* span);
  static void Unlink(Class& c, Span* span);

  std::array<Class, kClasses> classes_;
  std::mutex regions_mutex_;
  std::vector<std::byte*> regions_;
  std::vector<std::byte*> free_spans_;
  std::atomic<std::size_t> bytes_{0};
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
