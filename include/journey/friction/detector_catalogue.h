// The detectors that journey ships, as an explicit list.
#pragma once
#include "journey/friction/detector.h"
#include "journey/journeys/channel_switches.h"

namespace journey {
inline namespace v0 {

// drop_off, repetition, channel_switch, each with its defaults. A host adds its own:
//   DetectorList detectors = DefaultDetectors();
//   detectors.push_back(std::make_shared<SlowPayment>());
[[nodiscard]] DetectorList DefaultDetectors(const ChannelSwitchOptions& switches = {});

}  // namespace v0
}  // namespace journey
