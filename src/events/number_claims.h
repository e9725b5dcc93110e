// NumberClaims: many numbers of a source claimed at once, by several threads.
//
//   claims.Claim(source, {7, 3, 9})   -> 3: all are new, and taken now      claims.Claim(source, {4, 9, 5})   -> 1: 9 was taken
//
// Each thread looks at all numbers and claims those of its pages, so that no two write to one place. A number without a page
// waits until all are done. Numbers behind the first that was taken are given back.
//
// Cost: some 5 ns a number on one thread, of 10^7 in random order.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/workers.h"
#include "events/numbered_rows.h"
#include "journey/core/ids.h"

namespace journey {
inline namespace v0 {
namespace internal {

class NumberClaims {
 public:
  // Both are used as long as this lives.
  NumberClaims(NumberedRows& numbers, Workers& workers) : numbers_(numbers), workers_(workers) {}

  // Claims the numbers of a source in their order, up to the first that is taken. Answers how many come before it.
  std::size_t Claim(SourceId source, std::span<const std::uint64_t> wanted);

 private:
  struct Part {
    std::size_t stop = 0;             // at the first number that was taken
    std::size_t claimed = 0;          // numbers
    std::vector<std::uint32_t> late;  // places of numbers without a page, ascending
  };

  // By a multiplication: a division for each number takes longer than all else.
  [[nodiscard]] unsigned PartOf(std::uint64_t number) const {
    const auto mixed =
        static_cast<std::uint32_t>(NumberedRows::PageNumberOf(number) * 0x9E3779B97F4A7C15U >> 32);
    return static_cast<unsigned>(mixed * std::uint64_t{parts_.size()} >> 32);
  }
  void ClaimOwn(unsigned part, SourceId source, std::span<const std::uint64_t> wanted);
  [[nodiscard]] std::size_t ClaimLate(SourceId source, std::span<const std::uint64_t> wanted,
                                      std::size_t stop);
  void GiveBack(SourceId source, std::span<const std::uint64_t> wanted, std::size_t from);

  NumberedRows& numbers_;
  Workers& workers_;
  std::vector<Part> parts_;
  std::vector<std::uint32_t> late_claimed_;  // ascending for each part, one part after the other
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
