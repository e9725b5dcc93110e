// JourneyTimes: for how long journeys were worked at, and for how long they lay still.
//
//   events (min) 0 10 | 100 105    session gap 30 min    ->    active 15 min, idle 90 min, 1 pause
//
// A gap longer than a session's is idle, any other active: active + idle is the time from the first event to the
// last. A monoid: Merge adds; times as in durations.h.
#pragma once
#include <cstdint>
#include <span>

#include "journey/core/time.h"
#include "journey/measures/durations.h"

namespace journey {
inline namespace v0 {

class JourneyTimes {
 public:
  // Requires: the times of one journey's events, in order; not empty.
  void Add(std::span<const TimePoint> times, Duration session_gap);
  void Merge(const JourneyTimes& other);

  [[nodiscard]] std::uint64_t journeys() const { return active_.count(); }
  [[nodiscard]] std::uint64_t pauses() const { return pauses_; }
  [[nodiscard]] const Durations& active() const { return active_; }
  [[nodiscard]] const Durations& idle() const { return idle_; }
  [[nodiscard]] const Durations& total() const { return total_; }

  friend bool operator==(const JourneyTimes&, const JourneyTimes&) = default;

 private:
  std::uint64_t pauses_ = 0;
  Durations active_;
  Durations idle_;
  Durations total_;
};

}  // namespace v0
}  // namespace journey
