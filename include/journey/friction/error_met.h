// ErrorMet: something failed before the customer's eyes.
//
//   web/pay (error)  web/pay  web/done      ->  at the first web/pay
//
// Each event that is an error (EventClasses::errors) is a finding at its touchpoint.
//
// Kind:     "error". Reason: none.
// Where:    the error. Evidence: the error alone.
// Cost:     one event, and the time since the event before it, unless the customer was away: it was in vain.
// Severity: low: one error may be a typing mistake. Many at one place are an error loop.
//
// Overlap:  an error loop consists of such errors; a switch of channel after one is forced.
#pragma once
#include "journey/friction/detector.h"

namespace journey {
inline namespace v0 {

class ErrorMet final : public Detector {
 public:
  [[nodiscard]] std::string_view name() const override { return "error"; }
  void Examine(const JourneyView& journey, FindingSink& sink) const override;
};

}  // namespace v0
}  // namespace journey
