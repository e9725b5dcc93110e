#include "journey/friction/backtrack.h"

#include "journey/journeys/step_events.h"

namespace journey {
inline namespace v0 {

void Backtrack::Examine(const JourneyView& journey, FindingSink& sink) const {
  if (journey.definition() == nullptr) return;
  std::uint32_t last_step = 0;
  std::size_t last_event = 0;
  for (const StepEvent& done : StepEvents(journey)) {
    const std::size_t i = done.event;
    if (done.step < last_step) {
      const bool same_channel = journey.channel(i) == journey.channel(last_event);
      sink.Add({.kind = "backtrack",
                .reason = same_channel ? "same_channel" : "other_channel",
                .at = i,
                .begin = last_event,
                .end = i + 1,
                .step = done.step,
                .cost_events = 1,
                .cost_time = journey.active_gap(i),
                .severity = same_channel ? Severity::kLow : Severity::kMedium});
    }
    last_step = done.step;
    last_event = i;
  }
}

}  // namespace v0
}  // namespace journey
