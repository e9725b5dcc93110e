// DoneSteps: walks a journey and says of each event whether it does again what was done before.
//
//   steps view, pay    events: view web | view web | pay web | pay app
//   again                      -        | view     | -       | pay, last done in web
//
// An event does a step again if it matches a step that an earlier event reached and does not reach one
// itself; of several such steps the latest counts, and those that are repeatable do not. In a discovered
// journey every event name is a step.
#pragma once
#include <absl/container/inlined_vector.h>

#include <cstdint>
#include <optional>

#include "journey/journeys/view.h"

namespace journey {
inline namespace v0 {

class DoneSteps {
 public:
  struct Again {
    std::uint32_t step;        // of the definition; of a discovered journey the NameId
    std::size_t last_done_at;  // the event of the journey that did it last
  };

  explicit DoneSteps(const JourneyView& journey);

  // Takes the next event in; the answer is about that event. Requires: called once per event, in order.
  std::optional<Again> Next();

 private:
  struct Done {
    std::uint32_t step;
    std::size_t at;
  };
  std::optional<Again> NextDiscovered(std::size_t event);

  const JourneyView& journey_;
  std::size_t next_ = 0;
  absl::InlinedVector<Done, 8>
      done_;  // by step reached; of a discovered journey in order of first appearance
};

}  // namespace v0
}  // namespace journey
