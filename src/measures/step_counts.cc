#include "journey/measures/step_counts.h"

#include <algorithm>

namespace journey {
inline namespace v0 {

void StepCounts::Add(const JourneyView& journey) {
  const JourneyRow& row = journey.row();
  ++started_;
  ++outcomes_[static_cast<std::size_t>(row.outcome)];
  pauses_ += row.pauses;
  resumes_elsewhere_ += row.resumes_elsewhere;
  const bool achieved = row.outcome == Outcome::kAchieved;
  if (achieved) time_to_goal_.Add(row.ended - row.first);
  const std::size_t steps = journey.steps();
  if (steps_.size() < steps) steps_.resize(steps);

  TimePoint previous = row.first;
  // A goal passes over all the steps behind the last one reached.
  const std::size_t arrived = achieved ? steps : std::min(steps, row.last_step + std::size_t{1});
  for (std::size_t i = 0; i < arrived; ++i) {
    if (!journey.is_reached(i)) {
      ++steps_[i].skipped;
      continue;
    }
    ++steps_[i].reached;
    const TimePoint time = journey.reached_time(i);
    if (i > 0) steps_[i].from_previous.Add(time - previous);
    previous = time;
  }
  if (achieved || steps == 0) return;
  StepCount& last = steps_[row.last_step];
  ++(row.outcome == Outcome::kOpen ? last.open : last.dropped);
}

void StepCounts::Merge(const StepCounts& other) {
  started_ += other.started_;
  for (std::size_t i = 0; i < kOutcomes; ++i) outcomes_[i] += other.outcomes_[i];
  pauses_ += other.pauses_;
  resumes_elsewhere_ += other.resumes_elsewhere_;
  time_to_goal_.Merge(other.time_to_goal_);
  if (steps_.size() < other.steps_.size()) steps_.resize(other.steps_.size());
  for (std::size_t i = 0; i < other.steps_.size(); ++i) {
    steps_[i].reached += other.steps_[i].reached;
    steps_[i].skipped += other.steps_[i].skipped;
    steps_[i].dropped += other.steps_[i].dropped;
    steps_[i].open += other.steps_[i].open;
    steps_[i].from_previous.Merge(other.steps_[i].from_previous);
  }
}

}  // namespace v0
}  // namespace journey
