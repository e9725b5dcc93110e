// Repetition: a step that was done in this journey is done again (see done_steps.h).
//
//   web/form  web/form             ->  repeat, self_loop      (directly after one another)
//   web/form  web/help  web/form   ->  repeat                 (something in between)
//   web/form  app/form             ->  redo                   (in another channel)
//
// Kinds:    "repeat": in the channel where it was last done; "redo": in another. Reason: "self_loop" or
// "between". Evidence: from the event that did it last to the one that does it again. Cost:     one event,
// and the time since the event before it, unless the customer was away.
#pragma once
#include "journey/friction/detector.h"

namespace journey {
inline namespace v0 {

class Repetition final : public Detector {
 public:
  [[nodiscard]] std::string_view name() const override { return "repetition"; }
  void Examine(const JourneyView& journey, FindingSink& sink) const override;
};

}  // namespace v0
}  // namespace journey
