// ReserveOn, ResizeOn: a large table whose memory several threads ask for.
#pragma once
#include <cstddef>
#include <cstdint>

#include "core/workers.h"
#include "journey/core/huge_memory.h"

namespace journey {
inline namespace v0 {
namespace internal {

// table.reserve(count) of a vector that is empty, in huge pages, which are there if there are several workers. The system clears a page on the thread that
// asks for it, which takes longer than to fill it afterwards, so each worker asks for a part.
template <typename Vector>
void ReserveOn(Workers& workers, Vector& table, std::size_t count) {
  table.reserve(count);
  const auto address = reinterpret_cast<std::uintptr_t>(table.data());  // NOLINT: nothing is there yet
  const std::uintptr_t first = (address + kHugePageBytes - 1) & ~(kHugePageBytes - 1);
  const std::uintptr_t last = (address + count * sizeof(typename Vector::value_type)) & ~(kHugePageBytes - 1);
  if (first >= last) return;
  auto* const memory = reinterpret_cast<std::byte*>(first);  // NOLINT
  AdviseHugePages(memory, last - first);
  if (workers.count() == 1) return;
  workers.Run([&](unsigned part) {
    const auto range = Workers::PartOf(last - first, part, workers.count(), kHugePageBytes);
    PopulateMemory(memory + range.begin, range.end - range.begin);
  });
}

// The same, and table.resize(count).
template <typename Vector>
void ResizeOn(Workers& workers, Vector& table, std::size_t count) {
  ReserveOn(workers, table, count);
  table.resize(count);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
