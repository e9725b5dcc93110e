// FewRows: what is known of few of the rows of a large log. Rows lie in pages, which are made when a row of them is asked
// for: neither do the other rows take memory, nor does the first one wait for that of all.
//
// Threads: thread-compatible.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace journey {
inline namespace v0 {
namespace internal {

template <typename T>
class FewRows {
 public:
  // T() if nothing was written there. Lifetime: as long as this.
  [[nodiscard]] T& At(std::uint32_t row) {
    const std::size_t page = row / kPage;
    if (page >= pages_.size()) pages_.resize(page + 1);
    if (pages_[page] == nullptr) {
      pages_[page] = std::make_unique<T[]>(kPage);  // NOLINT: of a fixed size
      ++used_;
    }
    return pages_[page][row % kPage];
  }
  [[nodiscard]] std::size_t bytes() const {
    return used_ * kPage * sizeof(T) + pages_.capacity() * sizeof(pages_[0]);
  }

 private:
  static constexpr std::size_t kPage = 512;
  std::vector<std::unique_ptr<T[]>> pages_;  // NOLINT
  std::size_t used_ = 0;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
