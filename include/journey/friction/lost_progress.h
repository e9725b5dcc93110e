// LostProgress: the customer had got some way, and begins again at the start.
//
//   steps form, pay, sign     web/form  web/pay  app/form             ->  other_channel
//                             form  pay  sign?  form  (same channel)  ->  same_channel: two steps were lost
//                             form  pay  form   (same channel)        ->  none: one step back is a backtrack
//
// A step among the first `early` ones is done again after a later one, and what was done since the last beginning
// beyond that step is lost: at least one step if the customer begins in another channel than the one in which the
// last step was done, at least `lost` in the same.
//
// Kind:     "lost_progress". Reason: "other_channel" or "same_channel".
// Where:    the event that begins again; `step` is the step it does.
// Evidence: from the event that did the last step to the one that begins again.
// Cost:     the steps that are lost, one event each; the time that was spent from the beginning to the last of them,
//           but for the times when the customer was away.
// Severity: high in another channel, else medium.
// Discovered journeys have no steps and so no progress to lose.
//
// Overlap:  it is a backtrack and a repetition as well, and in another channel often a forced channel switch.
#pragma once
#include <cstdint>

#include "journey/friction/detector.h"

namespace journey {
inline namespace v0 {

struct LostProgressOptions {
  std::uint32_t early = 1;  // the steps at which a journey begins, as it were
  std::uint32_t lost = 2;   // in the same channel
};

class LostProgress final : public Detector {
 public:
  explicit LostProgress(LostProgressOptions options = {}) : options_(options) {}
  [[nodiscard]] std::string_view name() const override { return "lost_progress"; }
  [[nodiscard]] std::string parameters() const override;
  // InvalidArgument unless both are at least 1.
  [[nodiscard]] absl::Status Validate() const override;
  void Examine(const JourneyView& journey, FindingSink& sink) const override;

 private:
  LostProgressOptions options_;
};

}  // namespace v0
}  // namespace journey
