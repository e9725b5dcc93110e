// DoneSteps: walks a journey and says of each event whether it does again what was done before (step_events.h).
//
//   steps view, pay    events: view web | view web | pay web | pay app
//   again                      -        | view     | -       | pay, last done in web
//
// Lifetime: as that of StepEvents.
#pragma once
#include <cstdint>
#include <optional>

#include "journey/journeys/step_events.h"
#include "journey/journeys/view.h"

namespace journey {
inline namespace v0 {

class DoneSteps {
 public:
  struct Again {
    std::uint32_t step;        // of the definition; of a discovered journey the NameId
    std::size_t last_done_at;  // the event of the journey that did it last
  };

  explicit DoneSteps(const JourneyView& journey) : events_(journey), next_(events_.begin()) {}

  // Takes the next event in; the answer is about that event. Requires: called once per event, in order.
  std::optional<Again> Next() {
    const std::size_t event = event_++;
    if (next_ == events_.end() || next_->event != event) return std::nullopt;
    const StepEvent& found = *next_++;
    if (!found.again) return std::nullopt;
    return Again{found.step, found.last_done_at};
  }

 private:
  StepEvents events_;
  decltype(events_.begin()) next_;
  std::size_t event_ = 0;
};

}  // namespace v0
}  // namespace journey
