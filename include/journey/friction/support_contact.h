// SupportContact: the customer could not go on without asking somebody.
//
//   web/form  chat/start chat/message chat/end  web/form     ->  one contact, at chat/start, cost 3 events
//   web/form  phone/call  (2 days)  phone/call               ->  two contacts
//
// A contact is a run of support events (EventClasses::support) of a journey in one channel, without a gap longer than a
// session's.
//
// Kind:     "support_contact". Reason: "after_error" if the event before it was an error, else none.
// Where:    the first event of the contact.
// Evidence: from the event before it, if there is one, to the last event of the contact.
// Cost:     the events of the contact, and the time from the event before it to its end, unless the customer was away.
// Severity: medium.
//
// Overlap:  to go from another channel to support is a forced channel switch, at the place that was left; one after the
//           customer had given up is a contact after abandonment.
#pragma once
#include "journey/friction/detector.h"

namespace journey {
inline namespace v0 {

class SupportContact final : public Detector {
 public:
  [[nodiscard]] std::string_view name() const override { return "support_contact"; }
  void Examine(const JourneyView& journey, FindingSink& sink) const override;
};

}  // namespace v0
}  // namespace journey
