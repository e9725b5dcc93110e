// StepMatrix: which share of journeys is at which touchpoint so many events before and after a chosen one.
//
//   journeys  view cart pay | view pay | view        aligned on pay, 1 before
//   offset -1   cart 1, view 1     offset 0   pay 2      (2 journeys aligned, 1 without the event)
//
// A journey has one event at each offset, or none: it had not begun, or was over. A share is at() / aligned(), and
// what is missing to 1 is none(). A monoid: Merge adds; empty ones of one size are the identity.
// Cost: (before + after + 1) x touchpoints x 8 bytes; Add O(before + after).
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "journey/core/ids.h"

namespace journey {
inline namespace v0 {

class StepMatrix {
 public:
  StepMatrix(std::size_t touchpoints, std::size_t before, std::size_t after)
      : touchpoints_(touchpoints),
        before_(before),
        after_(after),
        counts_((before + after + 1) * touchpoints) {}

  // One journey, aligned on its event `anchor`. Requires: anchor < touchpoints.size(); ids below the size given.
  void Add(std::span<const TouchpointId> touchpoints, std::size_t anchor);
  // One journey that has no event to align on.
  void AddUnaligned() { ++unaligned_; }
  // Requires: a matrix of the same size.
  void Merge(const StepMatrix& other);

  [[nodiscard]] std::uint64_t aligned() const { return aligned_; }
  [[nodiscard]] std::uint64_t unaligned() const { return unaligned_; }
  [[nodiscard]] std::ptrdiff_t first_offset() const { return -static_cast<std::ptrdiff_t>(before_); }
  [[nodiscard]] std::ptrdiff_t last_offset() const { return static_cast<std::ptrdiff_t>(after_); }
  [[nodiscard]] std::size_t touchpoints() const { return touchpoints_; }
  // Journeys. Requires: first_offset() <= offset <= last_offset(); touchpoint below touchpoints().
  [[nodiscard]] std::uint64_t at(std::ptrdiff_t offset, TouchpointId touchpoint) const {
    return counts_[Row(offset) * touchpoints_ + touchpoint.value];
  }
  [[nodiscard]] std::uint64_t none(std::ptrdiff_t offset) const;

  friend bool operator==(const StepMatrix&, const StepMatrix&) = default;

 private:
  [[nodiscard]] std::size_t Row(std::ptrdiff_t offset) const {
    return static_cast<std::size_t>(offset + static_cast<std::ptrdiff_t>(before_));
  }

  std::size_t touchpoints_;
  std::size_t before_;
  std::size_t after_;
  std::uint64_t aligned_ = 0;
  std::uint64_t unaligned_ = 0;
  std::vector<std::uint64_t> counts_;  // by offset, then touchpoint
};

}  // namespace v0
}  // namespace journey
