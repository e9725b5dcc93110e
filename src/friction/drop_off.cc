#include "journey/friction/drop_off.h"

namespace journey {
inline namespace v0 {

void DropOff::Examine(const JourneyView& journey, FindingSink& sink) const {
  const JourneyRow& row = journey.row();
  if (row.outcome != Outcome::kAbandoned && row.outcome != Outcome::kExpired) return;
  Duration spent{0};
  for (std::size_t i = 1; i < journey.size(); ++i) spent += journey.active_gap(i);
  const bool has_steps = journey.steps() != 0;
  const std::size_t last = journey.size() - 1;
  sink.Add({.kind = NameOf(row.outcome),
            .at = last,
            .begin = has_steps ? journey.reached(row.last_step).value_or(0) : 0,
            .end = last + 1,
            .step = has_steps ? row.last_step : kNoStep,
            .cost_events = static_cast<std::uint32_t>(journey.size()),
            .cost_time = spent,
            .severity = Severity::kHigh});
}

}  // namespace v0
}  // namespace journey
