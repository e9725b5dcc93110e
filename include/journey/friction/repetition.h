// Repetition: a step that was done in this journey is done again (see step_events.h).
//
//   web/form  web/form             ->  repeat, self_loop      (directly after one another)
//   web/form  web/help  web/form   ->  repeat                 (something in between)
//   web/form  app/form             ->  redo                   (in another channel)
//
// Kinds:    "repeat": in the channel where it was last done; "redo": in another.
// Reason:   "self_loop" or "between".
// Evidence: from the event that did it last to the one that does it again.
// Cost:     one event, and the time since the event before it, unless the customer was away.
// Severity: low; medium in another channel.
// In a discovered journey no step is known, and to look at a page a second time is browsing: nothing is found there,
// unless `discovered` asks for it; then every event name is a step.
//
// Overlap:  backtracks, loops, lost progress, and repeated entries are repetitions as well, as far as they do steps
//           again.
#pragma once
#include "journey/friction/detector.h"

namespace journey {
inline namespace v0 {

struct RepetitionOptions {
  bool discovered = false;  // in discovered journeys, too
};

class Repetition final : public Detector {
 public:
  explicit Repetition(RepetitionOptions options = {}) : options_(options) {}
  [[nodiscard]] std::string_view name() const override { return "repetition"; }
  [[nodiscard]] std::string parameters() const override;
  void Examine(const JourneyView& journey, FindingSink& sink) const override;

 private:
  RepetitionOptions options_;
};

}  // namespace v0
}  // namespace journey
