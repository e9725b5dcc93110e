#include "journey/friction/error_met.h"

namespace journey {
inline namespace v0 {

void ErrorMet::Examine(const JourneyView& journey, FindingSink& sink) const {
  for (std::size_t i = 0; i < journey.size(); ++i) {
    if (!journey.is_error(i)) continue;
    sink.Add({.kind = "error",
              .at = i,
              .begin = i,
              .end = i + 1,
              .cost_events = 1,
              .cost_time = journey.active_gap(i),
              .severity = Severity::kLow});
  }
}

}  // namespace v0
}  // namespace journey
