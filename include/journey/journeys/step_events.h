// StepEvents: the events of a journey that do a step, for the first time or again.
//
//   steps view, pay    events: view web | view web | help web | pay web | pay app
//   step events                view     | view again, last done by event 0 | pay | pay again, last done by event 3
//
//   for (const StepEvent& event : StepEvents(journey))
//     if (event.again) ...
//
// A step is done by the event that reaches it, and again by an event that matches a step that an earlier event reached
// and does not reach one itself; of several such steps the latest counts, and those that are repeatable do not. In a
// discovered journey every event name is a step, so that every event does one.
//
// Lifetime: as long as the view, and no longer than until the next view is made of the same scratch (scratch.h).
// Cost:     O(events) of the journey, once where the view has a scratch.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "journey/journeys/view.h"

namespace journey {
inline namespace v0 {

struct StepEvent {
  std::uint32_t event = 0;         // of the journey
  std::uint32_t step = 0;          // of the definition; of a discovered journey the NameId
  std::uint32_t last_done_at = 0;  // if again: the event of the journey that did it last
  bool again = false;
};

class StepEvents {
 public:
  explicit StepEvents(const JourneyView& journey);
  StepEvents(const StepEvents&) = delete;
  StepEvents& operator=(const StepEvents&) = delete;

  // In order.
  [[nodiscard]] auto begin() const { return events_.begin(); }
  [[nodiscard]] auto end() const { return events_.end(); }

 private:
  std::vector<StepEvent> own_;
  std::span<const StepEvent> events_;
};

}  // namespace v0
}  // namespace journey
