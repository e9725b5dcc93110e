// Channel switches: two events of a journey, one after the other, in different channels.
//
// A switch is forced by the first of these that holds, and voluntary if none does:
//   error       the event before was an error;
//   stall       the customer was away for longer than the limit;
//   support     the event is a contact with support;
//   step again  the event does a step that was done before.
// In a discovered journey nobody knows of steps, nor that the customer was in the middle of something: there, only
// errors and contacts with support force a switch.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "journey/journeys/done_steps.h"
#include "journey/journeys/view.h"

namespace journey {
inline namespace v0 {

struct ChannelSwitchOptions {
  Duration stall = std::chrono::hours{24};  // being away longer than this forced a switch
  friend bool operator==(const ChannelSwitchOptions&, const ChannelSwitchOptions&) = default;
};

enum class SwitchReason : std::uint8_t { kVoluntary, kError, kStall, kSupport, kStepAgain };
[[nodiscard]] std::string_view NameOf(SwitchReason reason);  // "voluntary", "error", ...

struct ChannelSwitch {
  std::size_t event = 0;  // the first in the new channel, at least 1
  SwitchReason reason = SwitchReason::kVoluntary;

  [[nodiscard]] bool forced() const { return reason != SwitchReason::kVoluntary; }
};

// The switches of a journey, in order. Lifetime: as that of StepEvents (step_events.h).
// Cost: O(events) of the journey, once for the same options where the view has a scratch (scratch.h).
class ChannelSwitches {
 public:
  ChannelSwitches(const JourneyView& journey, const ChannelSwitchOptions& options);
  ChannelSwitches(const ChannelSwitches&) = delete;
  ChannelSwitches& operator=(const ChannelSwitches&) = delete;

  [[nodiscard]] auto begin() const { return switches_.begin(); }
  [[nodiscard]] auto end() const { return switches_.end(); }
  [[nodiscard]] std::span<const ChannelSwitch> rows() const { return switches_; }

 private:
  std::vector<ChannelSwitch> own_;
  std::span<const ChannelSwitch> switches_;
};

// Replaces `switches` by those of the journey, in order.
void FindChannelSwitches(const JourneyView& journey, const ChannelSwitchOptions& options,
                         std::vector<ChannelSwitch>& switches);

}  // namespace v0
}  // namespace journey
