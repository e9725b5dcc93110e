#include "journey/journeys/channel_switches.h"

#include <optional>

#include "journey/journeys/step_events.h"
#include "journeys/scratch.h"

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

namespace {

// Why the customer went on in another channel at an event. Most switches are told by less than all of the journey's
// steps, which are asked for last, once, and in order.
class Reasons {
 public:
  Reasons(const JourneyView& journey, const ChannelSwitchOptions& options)
      : journey_(journey), options_(options) {}

  // Requires: called with rising events.
  [[nodiscard]] SwitchReason Of(std::size_t event) {
    const bool defined = journey_.definition() != nullptr;
    if (journey_.is_error(event - 1)) return SwitchReason::kError;
    if (defined && journey_.gap(event) > options_.stall) return SwitchReason::kStall;
    if (journey_.is_support(event)) return SwitchReason::kSupport;
    if (defined && DoesStepAgain(event)) return SwitchReason::kStepAgain;
    return SwitchReason::kVoluntary;
  }

 private:
  [[nodiscard]] bool DoesStepAgain(std::size_t event) {
    if (!steps_) next_ = steps_.emplace(journey_).begin();
    while (next_ != steps_->end() && next_->event < event) ++next_;
    return next_ != steps_->end() && next_->event == event && next_->again;
  }

  const JourneyView& journey_;
  const ChannelSwitchOptions& options_;
  std::optional<StepEvents> steps_;
  decltype(steps_->begin()) next_;
};

}  // namespace

void FindChannelSwitches(const JourneyView& journey, const ChannelSwitchOptions& options,
                         std::vector<ChannelSwitch>& switches) {
  switches.clear();
  if (journey.size() == 0) return;
  Reasons reasons(journey, options);
  ChannelId before = journey.channel(0);
  for (std::size_t i = 1; i < journey.size(); ++i) {
    const ChannelId channel = journey.channel(i);
    if (channel == before) continue;
    before = channel;
    switches.push_back({i, reasons.Of(i)});
  }
}

ChannelSwitches::ChannelSwitches(const JourneyView& journey, const ChannelSwitchOptions& options) {
  JourneyScratch* const scratch = journey.scratch();
  if (scratch == nullptr) {
    FindChannelSwitches(journey, options, own_);
    switches_ = own_;
    return;
  }
  JourneyScratch::Memory& memory = *scratch->memory_;
  if (memory.switches_of != journey.number_ || memory.options != options) {
    FindChannelSwitches(journey, options, memory.switches);
    memory.switches_of = journey.number_;
    memory.options = options;
  }
  switches_ = memory.switches;
}

}  // namespace v0
}  // namespace journey
