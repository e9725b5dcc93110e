#include "journey/friction/contact_after_abandonment.h"

#include <optional>

#include "friction/option_checks.h"

namespace journey {
inline namespace v0 {
namespace {

bool Unfinished(const JourneyView& journey) {
  const Outcome outcome = journey.row().outcome;
  if (outcome == Outcome::kAbandoned || outcome == Outcome::kExpired) return true;
  return outcome == Outcome::kOpen && journey.definition() != nullptr;
}

}  // namespace

std::string ContactAfterAbandonment::parameters() const {
  std::string text = "within " + FormatDuration(options_.within);
  if (options_.away) text += ", away " + FormatDuration(*options_.away);
  return text;
}

Status ContactAfterAbandonment::Validate() const {
  if (options_.away) {
    if (Status status = internal::CheckDuration("away", *options_.away, Duration{0}); !status.ok())
      return status;
  }
  return internal::CheckDuration("within", options_.within, Duration{1});
}

void ContactAfterAbandonment::Examine(const JourneyView& journey, FindingSink& sink) const {
  if (!Unfinished(journey)) return;
  // The last event that is no contact, and the contact after it.
  std::size_t contact = journey.size();
  while (contact > 0 && journey.is_support(contact - 1)) --contact;
  if (contact == 0) return;
  const std::size_t left = contact - 1;
  std::optional<TimePoint> contacted;
  if (contact < journey.size()) {
    contacted = journey.time(contact);
  } else {
    for (const EventRow& event : journey.after(options_.within)) {
      if (journey.is_support(event)) contacted = event.time;
      if (contacted || journey.steps_matched(event) != 0) break;
    }
  }
  if (!contacted) return;
  const Duration after = *contacted - journey.time(left);
  if (after <= options_.away.value_or(journey.session_gap()) || after > options_.within) return;
  sink.Add({.kind = "contact_after_abandonment",
            .reason = NameOf(journey.row().outcome),
            .at = left,
            .begin = left,
            .end = contact < journey.size() ? contact + 1 : contact,
            .step = journey.steps() == 0 ? kNoStep : journey.row().last_step,
            .cost_events = 1,
            .cost_time = after,
            .severity = Severity::kHigh});
}

}  // namespace v0
}  // namespace journey
