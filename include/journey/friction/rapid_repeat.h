// RapidRepeat: the same event many times in a moment: the button that does not react (rage clicks).
//
//   count 4, within 1 s     click 0.0  click 0.3  click 0.6  click 0.9     ->  one finding, cost 3 events
//                           click 0.0  click 0.4  click 0.8  click 1.2     ->  none
//
// Identical events are consecutive ones of the journey with the same touchpoint and the same attributes. Where events
// carry attributes that differ with each of them, such as a position on the screen, name those that matter:
// `attributes` = {"target"}, or an empty list for the touchpoint alone. `count` of them in `within` are a finding,
// and findings that overlap are one.
//
// Kind:     "rapid_repeat". Reason: none.
// Where:    the first of the events. Evidence: from the first of them to the last.
// Cost:     the events but for the first, and the time from the first to the last.
// Severity: medium.
//
// Overlap:  events of a step are repetitions as well.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "journey/friction/detector.h"

namespace journey {
inline namespace v0 {

struct RapidRepeatOptions {
  std::uint32_t count = 4;
  Duration within = std::chrono::seconds{1};  // from the first to the last of `count`; inclusive
  std::optional<std::vector<std::string>> attributes = {};  // those that make events differ; none: all
};

class RapidRepeat final : public Detector {
 public:
  explicit RapidRepeat(RapidRepeatOptions options = {}) : options_(std::move(options)) {}
  [[nodiscard]] std::string_view name() const override { return "rapid_repeat"; }
  [[nodiscard]] std::string parameters() const override;
  // InvalidArgument unless count is at least 2 and within is not negative.
  [[nodiscard]] absl::Status Validate() const override;
  void Examine(const JourneyView& journey, FindingSink& sink) const override;

 private:
  [[nodiscard]] bool Identical(const JourneyView& journey, std::size_t a, std::size_t b) const;
  RapidRepeatOptions options_;
};

}  // namespace v0
}  // namespace journey
