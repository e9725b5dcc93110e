// RawTable: rows of which it is known how many there will be, and each of which is written before it is read. A large one
// lies in huge pages that it shares with tables of rows (row_table.h): where a stage has put its rows in order, the next one
// finds room for what comes of them.
#pragma once
#include <cstddef>
#include <type_traits>
#include <utility>

#include "journey/core/huge_memory.h"

namespace journey {
inline namespace v0 {
namespace internal {

template <typename T>
class RawTable {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  RawTable() = default;
  explicit RawTable(std::size_t size) : data_(HugeAllocator<T>().allocate(size)), size_(size) {}
  RawTable(RawTable&& other) noexcept { Swap(other); }
  RawTable& operator=(RawTable other) noexcept {
    Swap(other);
    return *this;
  }
  ~RawTable() {
    if (data_ != nullptr) HugeAllocator<T>().deallocate(data_, size_);
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] T* data() { return data_; }
  [[nodiscard]] const T* data() const { return data_; }
  [[nodiscard]] T& operator[](std::size_t i) { return data_[i]; }
  [[nodiscard]] const T& operator[](std::size_t i) const { return data_[i]; }

 private:
  void Swap(RawTable& other) {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
