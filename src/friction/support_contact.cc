#include "journey/friction/support_contact.h"

namespace journey {
inline namespace v0 {

void SupportContact::Examine(const JourneyView& journey, FindingSink& sink) const {
  for (std::size_t first = 0; first < journey.size();) {
    if (!journey.is_support(first)) {
      ++first;
      continue;
    }
    std::size_t end = first + 1;
    Duration spent = journey.active_gap(first);
    while (end < journey.size() && journey.is_support(end) &&
           journey.channel(end) == journey.channel(first) && journey.gap(end) <= journey.session_gap()) {
      spent += journey.gap(end);
      ++end;
    }
    const bool after_error = first > 0 && journey.is_error(first - 1);
    sink.Add({.kind = "support_contact",
              .reason = after_error ? "after_error" : "",
              .at = first,
              .begin = first > 0 ? first - 1 : 0,
              .end = end,
              .cost_events = static_cast<std::uint32_t>(end - first),
              .cost_time = spent,
              .severity = Severity::kMedium});
    first = end;
  }
}

}  // namespace v0
}  // namespace journey
