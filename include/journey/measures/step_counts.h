// StepCounts: how far the journeys of one definition came, and how they ended.
//
//   steps view, cart, pay    journeys: view cart pay (achieved), view cart (abandoned), view (open)
//   view  reached 3  open 1      cart  reached 2  dropped 1      pay  reached 1
//
// For each step, with arrived(k) = reached(k) + skipped(k):   arrived(0) = started, and
//   arrived(k) = arrived(k + 1) + dropped(k) + open(k)  [+ achieved by an explicit goal, at the last step]
// so arrived never rises from one step to the next, nor does reached where no step was skipped.
//
// A monoid: Merge adds. Times as in durations.h.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "journey/core/time.h"
#include "journey/journeys/journey.h"
#include "journey/journeys/view.h"
#include "journey/measures/durations.h"

namespace journey {
inline namespace v0 {

struct StepCount {
  std::uint64_t reached = 0;
  std::uint64_t skipped = 0;  // passed over: an optional step, or any that an explicit goal came before
  std::uint64_t dropped = 0;  // the last step of a journey that ended without its goal
  std::uint64_t open = 0;     // the last step so far of an open one
  Durations from_previous;    // since the step reached before
};

class StepCounts {
 public:
  // Of a definition with so many steps; 0 for discovered journeys.
  explicit StepCounts(std::size_t steps = 0) : steps_(steps) {}

  // Requires: journeys of one definition only, or discovered ones.
  void Add(const JourneyView& journey);
  void Merge(const StepCounts& other);

  [[nodiscard]] std::uint64_t started() const { return started_; }
  [[nodiscard]] std::uint64_t ended(Outcome outcome) const {
    return outcomes_[static_cast<std::size_t>(outcome)];
  }
  [[nodiscard]] std::uint64_t pauses() const { return pauses_; }
  [[nodiscard]] std::uint64_t resumes_elsewhere() const { return resumes_elsewhere_; }
  [[nodiscard]] const Durations& time_to_goal() const { return time_to_goal_; }
  [[nodiscard]] const std::vector<StepCount>& steps() const { return steps_; }

 private:
  std::uint64_t started_ = 0;
  std::array<std::uint64_t, kOutcomes> outcomes_{};
  std::uint64_t pauses_ = 0;
  std::uint64_t resumes_elsewhere_ = 0;
  Durations time_to_goal_;
  std::vector<StepCount> steps_;
};

}  // namespace v0
}  // namespace journey
