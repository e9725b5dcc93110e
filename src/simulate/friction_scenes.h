// The scenes that hurt: one for each kind of friction that is planted, played between two steps of a journey.
#pragma once
#include "simulate/actor.h"

namespace journey {
inline namespace v0 {
namespace simulation {

// One journey on its way: who, which, and about what.
struct Trip {
  Actor& actor;
  const JourneyPlan& plan;
  std::uint16_t product = 0;
};

// Does a step (again): its event, with what it carries and gives. False when there is no more time.
bool DoStep(Trip& trip, int step);

// The other of the two channels of the journey. False when the person cannot use it, or would not be known
// there.
bool OtherChannel(const Trip& trip, Channel& other);

// The first boundary (the place after the step of that number) where this kind can strike.
[[nodiscard]] int FirstBoundary(Friction kind, const JourneyPlan& plan);

// Plays the scene and notes it in the diary. False when it could not take place: there is no other channel,
// or nothing to give again.
bool Plant(Trip& trip, Friction kind);

}  // namespace simulation
}  // namespace v0
}  // namespace journey
