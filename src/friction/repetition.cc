#include "journey/friction/repetition.h"

#include "journey/journeys/done_steps.h"

namespace journey {
inline namespace v0 {

std::string Repetition::parameters() const {
  return options_.discovered ? "in discovered journeys, too" : "";
}

void Repetition::Examine(const JourneyView& journey, FindingSink& sink) const {
  if (journey.definition() == nullptr && !options_.discovered) return;
  DoneSteps done(journey);
  for (std::size_t i = 0; i < journey.size(); ++i) {
    const auto again = done.Next();
    if (!again) continue;
    const bool same_channel = journey.channel(i) == journey.channel(again->last_done_at);
    sink.Add({.kind = same_channel ? "repeat" : "redo",
              .reason = again->last_done_at + 1 == i ? "self_loop" : "between",
              .at = i,
              .begin = again->last_done_at,
              .end = i + 1,
              .step = journey.definition() == nullptr ? kNoStep : again->step,
              .cost_events = 1,
              .cost_time = journey.active_gap(i),
              .severity = same_channel ? Severity::kLow : Severity::kMedium});
  }
}

}  // namespace v0
}  // namespace journey
