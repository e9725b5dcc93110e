// What a JourneyScratch keeps.
#pragma once
#include <cstdint>
#include <vector>

#include "journey/journeys/channel_switches.h"
#include "journey/journeys/scratch.h"
#include "journey/journeys/step_events.h"

namespace journey {
inline namespace v0 {

struct JourneyScratch::Memory {
  // By number of view; 0: of none.
  std::uint64_t steps_of = 0;
  std::uint64_t switches_of = 0;
  std::vector<StepEvent> steps;
  std::vector<ChannelSwitch> switches;
  ChannelSwitchOptions options;  // that the switches were found with
};

}  // namespace v0
}  // namespace journey
