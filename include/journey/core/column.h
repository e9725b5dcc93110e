// Column: an array that grows at its end without ever being copied, for what is kept of every event.
//
// A std::vector that is full moves to a place of twice the size: at ten million rows an event then waits for tens of
// milliseconds, and for a moment there are three times the bytes. A large column reserves addresses, which cost nothing,
// and takes memory for them, in huge pages, only when it comes to it. Small ones, and where addresses are short, it is
// an ordinary array.
//
//   Column<std::uint32_t> c;  c.push_back(7);  c.resize(1'000'000'000)   -> 4 GB of addresses, memory where it is written
//
// Units:    an element is trivially copyable; new ones by resize() are T().
// Lifetime: references hold until the next growth, as with std::vector.
// Threads:  thread-compatible.
// Cost:     push_back amortised O(1); beyond kReserveFromBytes no push_back waits for more than one page to be cleared, and
//           in SteadyMemory from a few pages on for no more than 16 small ones.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

#include "journey/core/huge_memory.h"

namespace journey {
inline namespace v0 {
namespace internal {

// Bytes at one place, of which more come at the end. What was never written may be anything.
class GrowingBytes {
 public:
  static constexpr std::size_t kReserveFromBytes = 2 * kHugePageBytes;
  static constexpr std::size_t kReserveSteadyFromBytes = std::size_t{1} << 15;
  static constexpr std::size_t kSteadyStep = std::size_t{1} << 16;  // in SteadyMemory

  GrowingBytes() = default;
  GrowingBytes(GrowingBytes&& other) noexcept { *this = std::move(other); }
  GrowingBytes& operator=(GrowingBytes&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(capacity_, other.capacity_);
    std::swap(base_, other.base_);
    std::swap(reserved_, other.reserved_);
    std::swap(touched_, other.touched_);
    return *this;
  }
  ~GrowingBytes() { Release(); }

  [[nodiscard]] std::byte* data() const { return data_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  // At least `bytes` from now on; the first `used` of them are kept.
  void Grow(std::size_t bytes, std::size_t used);

 private:
  static std::size_t RoundUp(std::size_t bytes) {
    return (bytes + kHugePageBytes - 1) & ~(kHugePageBytes - 1);
  }
  [[nodiscard]] std::size_t ReservedBytes() const {
    return reserved_ - static_cast<std::size_t>(data_ - base_);
  }
  // False: there are no addresses to be had, or no such system.
  bool Reserve(std::size_t bytes);
  // Requires: so many are reserved.
  void Extend(std::size_t bytes);
  void Allocate(std::size_t bytes);
  void Release();

  std::byte* data_ = nullptr;
  std::size_t capacity_ = 0;
  std::byte* base_ = nullptr;  // what is given back
  std::size_t reserved_ = 0;   // addresses from there on; 0: an ordinary allocation
  std::size_t touched_ = 0;    // bytes from data_ on that had memory when the place was taken
};

}  // namespace internal

template <typename T>
class Column {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  using value_type = T;
  using iterator = T*;
  using const_iterator = const T*;

  Column() = default;
  Column(std::size_t count, T value) { resize(count, value); }
  Column(Column&& other) noexcept { *this = std::move(other); }
  Column& operator=(Column&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    return *this;
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t capacity() const { return bytes_.capacity() / sizeof(T); }
  [[nodiscard]] T* data() { return reinterpret_cast<T*>(bytes_.data()); }  // NOLINT: raw memory
  [[nodiscard]] const T* data() const { return reinterpret_cast<const T*>(bytes_.data()); }  // NOLINT
  [[nodiscard]] T* begin() { return data(); }
  [[nodiscard]] T* end() { return data() + size_; }
  [[nodiscard]] const T* begin() const { return data(); }
  [[nodiscard]] const T* end() const { return data() + size_; }
  [[nodiscard]] T& operator[](std::size_t i) { return data()[i]; }
  [[nodiscard]] const T& operator[](std::size_t i) const { return data()[i]; }
  [[nodiscard]] T& back() { return data()[size_ - 1]; }
  [[nodiscard]] const T& back() const { return data()[size_ - 1]; }

  // Who knows how much there will be says so before the first of it: a place is found for all of it.
  void reserve(std::size_t count) {
    if (count > capacity()) bytes_.Grow(count * sizeof(T), size_ * sizeof(T));
  }
  void push_back(T value) {
    if (size_ == capacity()) reserve(size_ + 1);
    data()[size_++] = value;
  }
  void resize(std::size_t count) { resize(count, T{}); }
  // The same, but the new elements are whatever was there, to be written by the caller.
  void ResizeToWrite(std::size_t count) {
    reserve(count);
    size_ = count;
  }
  void resize(std::size_t count, T value) {
    const std::size_t before = size_;
    ResizeToWrite(count);
    if (count > before) std::fill(begin() + before, end(), value);
  }
  void append(std::span<const T> values) {
    const std::size_t before = size_;
    ResizeToWrite(size_ + values.size());
    std::copy(values.begin(), values.end(), begin() + before);
  }
  void assign(std::size_t count, T value) {
    clear();
    resize(count, value);
  }
  void pop_back() { --size_; }
  void clear() { size_ = 0; }

 private:
  internal::GrowingBytes bytes_;
  std::size_t size_ = 0;
};

}  // namespace v0
}  // namespace journey
