#include "journey/friction/channel_switch.h"

#include "friction/option_checks.h"

namespace journey {
inline namespace v0 {

std::string ChannelSwitchDetector::parameters() const {
  return "stall " + FormatDuration(options_.rule.stall) + (options_.voluntary ? ", voluntary too" : "");
}

Status ChannelSwitchDetector::Validate() const {
  return internal::CheckDuration("stall", options_.rule.stall, Duration{1});
}

void ChannelSwitchDetector::Examine(const JourneyView& journey, FindingSink& sink) const {
  for (const ChannelSwitch& change : ChannelSwitches(journey, options_.rule)) {
    if (!change.forced() && !options_.voluntary) continue;
    sink.Add({.kind = change.forced() ? "forced" : "voluntary",
              .reason = change.forced() ? NameOf(change.reason) : std::string_view(),
              .at = change.event - 1,
              .begin = change.event - 1,
              .end = change.event + 1,
              .cost_events = change.forced() ? 1U : 0U,
              .cost_time = change.forced() ? journey.active_gap(change.event) : Duration{0},
              .severity = change.forced() ? Severity::kMedium : Severity::kLow});
  }
}

}  // namespace v0
}  // namespace journey
