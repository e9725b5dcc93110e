#include "journey/measures/step_matrix.h"

#include <algorithm>

#include "journey/core/check.h"

namespace journey {
inline namespace v0 {

void StepMatrix::Add(std::span<const TouchpointId> touchpoints, std::size_t anchor) {
  JOURNEY_CHECK(anchor < touchpoints.size());
  ++aligned_;
  const std::size_t first = anchor - std::min(anchor, before_);
  const std::size_t end = std::min(touchpoints.size(), anchor + after_ + 1);
  for (std::size_t i = first; i < end; ++i) {
    ++counts_[(i + before_ - anchor) * touchpoints_ + touchpoints[i].value];
  }
}

void StepMatrix::Merge(const StepMatrix& other) {
  JOURNEY_CHECK(counts_.size() == other.counts_.size() && before_ == other.before_);
  aligned_ += other.aligned_;
  unaligned_ += other.unaligned_;
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
}

std::uint64_t StepMatrix::none(std::ptrdiff_t offset) const {
  std::uint64_t there = 0;
  for (std::size_t t = 0; t < touchpoints_; ++t) there += at(offset, {static_cast<std::uint32_t>(t)});
  return aligned_ - there;
}

}  // namespace v0
}  // namespace journey
