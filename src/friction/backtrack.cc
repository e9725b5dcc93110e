#include "journey/friction/backtrack.h"

#include "friction/step_walk.h"

namespace journey {
inline namespace v0 {

void Backtrack::Examine(const JourneyView& journey, FindingSink& sink) const {
  if (journey.definition() == nullptr) return;
  internal::StepWalk walk(journey);
  std::uint32_t last_step = 0;
  std::size_t last_event = 0;
  for (std::size_t i = 0; i < journey.size(); ++i) {
    const auto done = walk.Next();
    if (!done) continue;
    if (done->step < last_step) {
      const bool same_channel = journey.channel(i) == journey.channel(last_event);
      sink.Add({.kind = "backtrack",
                .reason = same_channel ? "same_channel" : "other_channel",
                .at = i,
                .begin = last_event,
                .end = i + 1,
                .step = done->step,
                .cost_events = 1,
                .cost_time = journey.active_gap(i),
                .severity = same_channel ? Severity::kLow : Severity::kMedium});
    }
    last_step = done->step;
    last_event = i;
  }
}

}  // namespace v0
}  // namespace journey
