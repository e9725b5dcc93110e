// Disjoint sets of dense numbers: union by size, path halving, no recursion.
#pragma once
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>
#include "journey/core/prefetch.h"

namespace journey {
inline namespace v0 {
namespace internal {

class UnionFind {
 public:
  explicit UnionFind(std::size_t size) : parent_(size), size_(size, 1) {
    std::iota(parent_.begin(), parent_.end(), 0U);
  }
  std::uint32_t Find(std::uint32_t x) {
    while (parent_[x] != x) {
      parent_[x] = parent_[parent_[x]];
      x = parent_[x];
    }
    return x;
  }
  // The root of the union.
  std::uint32_t Union(std::uint32_t a, std::uint32_t b) {
    a = Find(a);
    b = Find(b);
    if (a == b) return a;
    if (size_[a] < size_[b]) std::swap(a, b);
    parent_[b] = a;
    size_[a] += size_[b];
    largest_ = std::max(largest_, size_[a]);
    return a;
  }
  // The same without an answer. Most rows repeat a link of an earlier one: then two numbers are compared.
  void Unite(std::uint32_t a, std::uint32_t b) {
    if (parent_[a] != parent_[b]) Union(a, b);
  }
  // Asks memory for what Unite(a, b) looks at first.
  void Prefetch(std::uint32_t a, std::uint32_t b) const {
    internal::Prefetch(&parent_[a]);
    internal::Prefetch(&parent_[b]);
  }
  // The size of the largest set that ever was.
  [[nodiscard]] std::size_t largest() const { return largest_; }
  // Of the set of x.
  std::uint32_t SizeOf(std::uint32_t x) { return size_[Find(x)]; }
  // Takes x out of its set, to be united anew. Requires: all members of that set are reset together.
  void Reset(std::uint32_t x) {
    parent_[x] = x;
    size_[x] = 1;
  }

 private:
  std::vector<std::uint32_t> parent_;
  std::vector<std::uint32_t> size_;
  std::uint32_t largest_ = 1;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
