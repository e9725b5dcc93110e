// ContactAfterAbandonment: the customer left a digital channel without the goal, contacted support some time later,
// and did not come back to it.
//
//   within 24h     web/form  web/pay   (3 h)   phone/call   silence     ->  at web/pay
//                  web/form  (3 h)  phone/call  web/pay                 ->  none: came back
//                  web/form  (5 min)  chat/start                        ->  none: one visit, a forced channel switch
//
// The journey was not achieved, nor ended by an excluding event. The contact (EventClasses::support) is the first one
// after the last event that is none, more than `away` and at most `within` after it; `away` is a session's gap unless
// given. The contact may be an event of the journey, or, where support is out of its scope or the journey had ended
// by then, a later event of the customer before the next one that matches a step: the detector looks `within` ahead. If the journey is still open, the
// finding is taken back when the customer returns.
// A discovered journey counts only as abandoned if a goal was named; without one there is nothing to leave undone.
//
// Kind:     "contact_after_abandonment". Reason: "open", "abandoned" or "expired", as the journey stands.
// Where:    the event after which the customer left; `step` is the last step reached.
// Evidence: from there to the contact, if that is an event of the journey.
// Cost:     one event, the contact; the time from leaving to it.
// Severity: high. It implies failure: journeys with it did not reach their goal by its definition.
//
// Overlap:  the contact is a forced channel switch as well, if it is an event of the journey; the end is a drop-off.
#pragma once
#include <optional>

#include "journey/friction/detector.h"

namespace journey {
inline namespace v0 {

struct ContactAfterAbandonmentOptions {
  Duration within = std::chrono::hours{24};  // inclusive
  std::optional<Duration> away = {};         // none: the sessions' gap; a gap equal to it is one visit
};

class ContactAfterAbandonment final : public Detector {
 public:
  explicit ContactAfterAbandonment(ContactAfterAbandonmentOptions options = {}) : options_(options) {}
  [[nodiscard]] std::string_view name() const override { return "contact_after_abandonment"; }
  [[nodiscard]] std::string parameters() const override;
  // InvalidArgument unless within is above 0 and away is not negative.
  [[nodiscard]] absl::Status Validate() const override;
  [[nodiscard]] bool implies_failure() const override { return true; }
  [[nodiscard]] Duration lookahead() const override { return options_.within; }
  void Examine(const JourneyView& journey, FindingSink& sink) const override;

 private:
  ContactAfterAbandonmentOptions options_;
};

}  // namespace v0
}  // namespace journey
