// DropOff: a journey that was abandoned or expired, at the last step it reached and the touchpoint it was
// left from.
//
//   view cart | silence        ->  kind "abandoned", step cart, touchpoint of the last event
//
// Kinds:    "abandoned", "expired". Reason: none.
// Evidence: from the event that reached the last step to the last event.
// Cost:     all the journey's events, and the time spent on them: it was all for nothing.
#pragma once
#include "journey/friction/detector.h"

namespace journey {
inline namespace v0 {

class DropOff final : public Detector {
 public:
  [[nodiscard]] std::string_view name() const override { return "drop_off"; }
  [[nodiscard]] bool implies_failure() const override { return true; }
  void Examine(const JourneyView& journey, FindingSink& sink) const override;
};

}  // namespace v0
}  // namespace journey
