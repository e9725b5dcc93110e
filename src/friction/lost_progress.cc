#include "journey/friction/lost_progress.h"

#include <fmt/format.h>

#include <bit>

#include "friction/option_checks.h"
#include "journey/journeys/step_events.h"

namespace journey {
inline namespace v0 {

std::string LostProgress::parameters() const {
  return fmt::format("early {}, lost {}", options_.early, options_.lost);
}

Status LostProgress::Validate() const {
  if (Status status = internal::CheckCount("early", options_.early, 1); !status.ok()) return status;
  return internal::CheckCount("lost", options_.lost, 1);
}

void LostProgress::Examine(const JourneyView& journey, FindingSink& sink) const {
  if (journey.definition() == nullptr) return;
  std::uint64_t done_steps = 0;  // since the last beginning: bit k, step k
  std::size_t beginning = 0, last_event = 0;
  std::uint32_t last_step = 0;
  for (const StepEvent& done : StepEvents(journey)) {
    const std::size_t i = done.event;
    const std::uint64_t beyond = done_steps >> done.step >> 1;
    const auto lost = static_cast<std::uint32_t>(std::popcount(beyond));
    const bool same_channel = journey.channel(i) == journey.channel(last_event);
    if (done.step < options_.early && done.step < last_step && lost >= (same_channel ? options_.lost : 1)) {
      Duration spent{0};
      for (std::size_t k = beginning + 1; k <= last_event; ++k) spent += journey.active_gap(k);
      sink.Add({.kind = "lost_progress",
                .reason = same_channel ? "same_channel" : "other_channel",
                .at = i,
                .begin = last_event,
                .end = i + 1,
                .step = done.step,
                .cost_events = lost,
                .cost_time = spent,
                .severity = same_channel ? Severity::kMedium : Severity::kHigh});
      done_steps &= (std::uint64_t{1} << done.step) - 1;
      beginning = i;
    }
    done_steps |= std::uint64_t{1} << done.step;
    last_step = done.step;
    last_event = i;
  }
}

}  // namespace v0
}  // namespace journey
