// StepWalk: which step each event of a defined journey does, for the first time or again.
//
//   steps form, pay    events: form  help  pay  form
//   Next()                     form  -     pay  form, again
//
// Of a discovered journey no event does a step.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

#include "journey/journeys/done_steps.h"
#include "journey/journeys/view.h"

namespace journey {
inline namespace v0 {
namespace internal {

class StepWalk {
 public:
  struct Done {
    std::uint32_t step;
    bool again;
  };

  explicit StepWalk(const JourneyView& journey) : journey_(journey), done_(journey) { FindNextReached(0); }

  // Takes the next event in; the answer is about that event. Requires: called once per event, in order.
  std::optional<Done> Next() {
    if (journey_.definition() == nullptr) return std::nullopt;
    const std::size_t event = event_++;
    if (const auto again = done_.Next()) return Done{again->step, true};
    if (reached_ != event) return std::nullopt;
    const Done done{static_cast<std::uint32_t>(step_), false};
    FindNextReached(step_ + 1);
    return done;
  }

 private:
  void FindNextReached(std::size_t step) {
    reached_.reset();
    for (step_ = step; step_ < journey_.steps(); ++step_) {
      reached_ = journey_.reached(step_);
      if (reached_) return;
    }
  }

  const JourneyView& journey_;
  DoneSteps done_;
  std::size_t event_ = 0;
  std::size_t step_ = 0;                // the next step that is reached,
  std::optional<std::size_t> reached_;  // and by which event
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
