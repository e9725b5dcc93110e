// JourneyScratch: what several ask of a journey and one has worked out, kept while that journey is looked at.
//
// Which events do a step (step_events.h) and where the customer changed channels (channel_switches.h) is asked by half
// of the detectors and by the measures. Where a JourneyContext has a scratch, the first to ask for these of a view
// pays, and those after it are given the same rows; without one, each works them out for itself. A host's detector
// that asks for them takes part like any other.
//
//   JourneyScratch scratch;
//   const JourneyContext context{..., .scratch = &scratch};
//
// Threads: a scratch, and the contexts and views that have it, belong to one thread.
// Cost:    two tables, that grow to the rows of the journey that has most.
#pragma once
#include <cstdint>
#include <memory>

namespace journey {
inline namespace v0 {

class JourneyScratch {
 public:
  JourneyScratch();
  ~JourneyScratch();
  JourneyScratch(JourneyScratch&&) noexcept;
  JourneyScratch& operator=(JourneyScratch&&) noexcept;

 private:
  friend class ChannelSwitches;
  friend class JourneyView;
  friend class StepEvents;
  struct Memory;

  std::unique_ptr<Memory> memory_;
  std::uint64_t views_ = 0;  // made so far: what is kept is known by the number of the view it is about
};

}  // namespace v0
}  // namespace journey
