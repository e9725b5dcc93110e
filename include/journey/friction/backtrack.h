// Backtrack: the customer returns to an earlier step of the journey.
//
//   steps form, pay     form  pay  form          ->  at the second form, step form
//                       form  pay  app/form      ->  the same, reason other_channel
//
// A step is done by the event that reaches it, and again by each later event that matches it (step_events.h); a
// backtrack is a step done after a later one of the definition.
//
// Kind:     "backtrack". Reason: "same_channel" or "other_channel" as that in which the later step was done.
// Where:    the event that does the earlier step; `step` is that step.
// Evidence: from the event that did the later step to the one that does the earlier.
// Cost:     one event, and the time since the event before it, unless the customer was away.
// Severity: low; medium in another channel.
// Discovered journeys have no steps and so no backtracks.
//
// Overlap:  every backtrack is a repetition as well (the earlier step is done again); several over the same pair are
//           a loop, and one that goes back to the start is lost progress. Costs of different detectors are not to be
//           added.
#pragma once
#include "journey/friction/detector.h"

namespace journey {
inline namespace v0 {

class Backtrack final : public Detector {
 public:
  [[nodiscard]] std::string_view name() const override { return "backtrack"; }
  void Examine(const JourneyView& journey, FindingSink& sink) const override;
};

}  // namespace v0
}  // namespace journey
