#include "journey/measures/journey_times.h"

#include "journey/core/check.h"

namespace journey {
inline namespace v0 {

void JourneyTimes::Add(std::span<const TimePoint> times, Duration session_gap) {
  JOURNEY_CHECK(!times.empty());
  Duration idle{0};
  for (std::size_t i = 1; i < times.size(); ++i) {
    const Duration gap = times[i] - times[i - 1];
    if (gap <= session_gap) continue;
    idle += gap;
    ++pauses_;
  }
  const Duration total = times.back() - times.front();
  total_.Add(total);
  idle_.Add(idle);
  active_.Add(total - idle);
}

void JourneyTimes::Merge(const JourneyTimes& other) {
  pauses_ += other.pauses_;
  active_.Merge(other.active_);
  idle_.Merge(other.idle_);
  total_.Merge(other.total_);
}

}  // namespace v0
}  // namespace journey
