// ChannelSwitchDetector: journeys that had to go on in another channel (see channel_switches.h).
//
//   web/payment (error)  phone/call    ->  forced, reason error, at web/payment
//
// Kinds:    "forced"; "voluntary" only if asked for (both are counted in the channel flow of the report).
// Reason:   "error", "stall", "support" or "step_again"; of a voluntary switch none.
// Where:    the touchpoint that was left.
// Evidence: the event before and the event after.
// Cost:     of a forced switch one event and the time between the two, unless the customer was away.
#pragma once
#include "journey/friction/detector.h"
#include "journey/journeys/channel_switches.h"

namespace journey {
inline namespace v0 {

struct ChannelSwitchDetectorOptions {
  ChannelSwitchOptions rule;
  bool voluntary = false;  // findings for voluntary switches, too
};

class ChannelSwitchDetector final : public Detector {
 public:
  explicit ChannelSwitchDetector(ChannelSwitchDetectorOptions options = {}) : options_(options) {}
  [[nodiscard]] std::string_view name() const override { return "channel_switch"; }
  [[nodiscard]] std::string parameters() const override;
  // InvalidArgument unless the stall is above 0.
  [[nodiscard]] absl::Status Validate() const override;
  void Examine(const JourneyView& journey, FindingSink& sink) const override;

 private:
  ChannelSwitchDetectorOptions options_;
};

}  // namespace v0
}  // namespace journey
