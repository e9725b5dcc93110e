// The detectors that journey ships, as an explicit list.
#pragma once
#include "journey/friction/detector.h"
#include "journey/journeys/channel_switches.h"

namespace journey {
inline namespace v0 {

// All that need neither a log to learn from nor a limit that only the host can know, each with its defaults, in this
// order: drop_off, repetition, channel_switch, stall, backtrack, loop, error_loop, rapid_repeat,
// contact_after_abandonment, lost_progress, repeated_entry, error, support_contact. Left out is excess_effort. A host adds its own:
//   DetectorList detectors = DefaultDetectors();
//   detectors.push_back(std::make_shared<SlowPayment>());
// The limit of a stall is that of `switches`, so that the two mean the same by it.
//
// What happened once can be a finding of several detectors, each from its own point of view: a step back is a
// repetition and a backtrack, and perhaps part of a loop. Their headers say which overlap. So findings of different
// detectors, and their costs, are not to be added up.
[[nodiscard]] DetectorList DefaultDetectors(const ChannelSwitchOptions& switches = {});

}  // namespace v0
}  // namespace journey
