#include "journey/friction/log_measures.h"

#include <algorithm>
#include <utility>

namespace journey {
inline namespace v0 {

Durations& LogMeasures::GapsOf(TouchpointId from, TouchpointId to) {
  const std::uint64_t hash = internal::Mix(std::uint64_t{from.value} << 32 | to.value);
  std::uint32_t row = index_.Find(
      hash, [&](std::uint32_t i) { return transitions_[i].from == from && transitions_[i].to == to; });
  if (row == internal::FlatIndex::kNone) {
    row = static_cast<std::uint32_t>(transitions_.size());
    transitions_.push_back({from, to, {}});
    index_.Insert(hash, row);
  }
  return transitions_[row].gaps;
}

void LogMeasures::Add(const JourneyView& journey) {
  session_gap_ = journey.session_gap();
  Duration spent{0};
  for (std::size_t i = 1; i < journey.size(); ++i) {
    GapsOf(journey.touchpoint(i - 1), journey.touchpoint(i)).Add(journey.gap(i));
    spent += journey.active_gap(i);
  }
  if (journey.row().outcome != Outcome::kAchieved) return;
  GoalEffort& effort = efforts_[journey.row().definition.value];
  effort.events.Add(Duration{static_cast<std::int64_t>(journey.size())});
  effort.time.Add(spent);
}

void LogMeasures::Merge(const LogMeasures& other) {
  session_gap_ = std::max(session_gap_, other.session_gap_);
  for (const TransitionGaps& row : other.transitions_) GapsOf(row.from, row.to).Merge(row.gaps);
  for (std::size_t i = 0; i < efforts_.size(); ++i) {
    efforts_[i].events.Merge(other.efforts_[i].events);
    efforts_[i].time.Merge(other.efforts_[i].time);
  }
}

std::vector<const TransitionGaps*> LogMeasures::transitions() const {
  std::vector<const TransitionGaps*> rows;
  for (const TransitionGaps& row : transitions_) rows.push_back(&row);
  std::ranges::sort(rows, {}, [](const TransitionGaps* row) { return std::pair(row->from, row->to); });
  return rows;
}

}  // namespace v0
}  // namespace journey
