// ErrorLoop: the customer tries the same thing again and again, and it fails each time.
//
//   count 3     pay (error)  pay (error)  help  pay (error)            ->  at pay, cost 3 events
//               pay (error)  pay (error)  pay (ok)  pay (error)        ->  none: the third attempt worked
//
// `count` or more errors (EventClasses::errors) at one touchpoint, each at most `within` after the one before. Other
// touchpoints may lie between; an event at the touchpoint that is no error ends the run.
//
// Kind:     "error_loop". Reason: none.
// Where:    the first error. Evidence: from the first error to the last.
// Cost:     the errors; the time from the first to the last, but for the times when the customer was away.
// Severity: high.
//
// Overlap:  errors that come within a second are rapid repeats as well; errors at the event of a step are
//           repetitions.
#pragma once
#include <cstdint>

#include "journey/friction/detector.h"

namespace journey {
inline namespace v0 {

struct ErrorLoopOptions {
  std::uint32_t count = 3;
  Duration within = std::chrono::hours{24};  // inclusive
};

class ErrorLoop final : public Detector {
 public:
  explicit ErrorLoop(ErrorLoopOptions options = {}) : options_(options) {}
  [[nodiscard]] std::string_view name() const override { return "error_loop"; }
  [[nodiscard]] std::string parameters() const override;
  // InvalidArgument unless count is at least 2 and within is above 0.
  [[nodiscard]] absl::Status Validate() const override;
  void Examine(const JourneyView& journey, FindingSink& sink) const override;

 private:
  ErrorLoopOptions options_;
};

}  // namespace v0
}  // namespace journey
