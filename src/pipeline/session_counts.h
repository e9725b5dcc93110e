// SessionCounts: how many sessions there are, and how long they are in the middle: counted in buckets while they are
// made, so that afterwards only the sessions in the middle bucket have to be put in order.
// A monoid: Merge adds.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "journey/pipeline/report.h"
#include "journey/sessions/session.h"

namespace journey {
inline namespace v0 {
namespace internal {

class SessionCounts {
 public:
  void Add(std::span<const SessionRow> sessions);
  void Merge(const SessionCounts& other);
  // Requires: `sessions` are all that were added.
  [[nodiscard]] SessionSummary Summarize(std::span<const SessionRow> sessions) const;

 private:
  std::uint64_t count_ = 0;
  std::uint64_t cut_ = 0;
  // By bucket, as durations are counted (duration_ranks.h).
  std::vector<std::uint64_t> events_;
  std::vector<std::uint64_t> lengths_;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
