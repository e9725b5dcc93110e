#include "journey/friction/repetition.h"

#include "journey/journeys/step_events.h"

namespace journey {
inline namespace v0 {

std::string Repetition::parameters() const {
  return options_.discovered ? "in discovered journeys, too" : "";
}

void Repetition::Examine(const JourneyView& journey, FindingSink& sink) const {
  if (journey.definition() == nullptr && !options_.discovered) return;
  for (const StepEvent& done : StepEvents(journey)) {
    if (!done.again) continue;
    const std::size_t i = done.event;
    const bool same_channel = journey.channel(i) == journey.channel(done.last_done_at);
    sink.Add({.kind = same_channel ? "repeat" : "redo",
              .reason = done.last_done_at + 1 == done.event ? "self_loop" : "between",
              .at = i,
              .begin = done.last_done_at,
              .end = i + 1,
              .step = journey.definition() == nullptr ? kNoStep : done.step,
              .cost_events = 1,
              .cost_time = journey.active_gap(i),
              .severity = same_channel ? Severity::kLow : Severity::kMedium});
  }
}

}  // namespace v0
}  // namespace journey
