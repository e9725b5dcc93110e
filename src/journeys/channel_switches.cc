#include "journey/journeys/channel_switches.h"

namespace journey {
inline namespace v0 {

std::string_view NameOf(SwitchReason reason) {
  switch (reason) {
    case SwitchReason::kVoluntary:
      return "voluntary";
    case SwitchReason::kError:
      return "error";
    case SwitchReason::kStall:
      return "stall";
    case SwitchReason::kSupport:
      return "support";
    case SwitchReason::kStepAgain:
      return "step_again";
  }
  return "";
}

void FindChannelSwitches(const JourneyView& journey, const ChannelSwitchOptions& options,
                         std::vector<ChannelSwitch>& switches) {
  switches.clear();
  // Most journeys keep to one channel, and what was done again need not be known then.
  std::size_t first = 1;
  while (first < journey.size() && journey.channel(first) == journey.channel(first - 1)) ++first;
  if (first >= journey.size()) return;
  const bool defined = journey.definition() != nullptr;
  DoneSteps done(journey);
  for (std::size_t i = 0; i < journey.size(); ++i) {
    const bool again = defined && done.Next().has_value();
    if (i == 0 || journey.channel(i) == journey.channel(i - 1)) continue;
    SwitchReason reason = SwitchReason::kVoluntary;
    if (journey.is_error(i - 1))
      reason = SwitchReason::kError;
    else if (defined && journey.gap(i) > options.stall)
      reason = SwitchReason::kStall;
    else if (journey.is_support(i))
      reason = SwitchReason::kSupport;
    else if (again)
      reason = SwitchReason::kStepAgain;
    switches.push_back({i, reason});
  }
}

}  // namespace v0
}  // namespace journey
