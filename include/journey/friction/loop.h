// Loop: back and forth between the same two places.
//
//   steps cart, pay     cart  pay  cart  pay  cart  pay    ->  one loop: two returns from pay to cart
//                       cart  pay  cart  pay               ->  none: one return is a backtrack
//   discovered          a  b  a  b  a  b  a  b  a          ->  one loop: four returns to a
//
// In a defined journey the places are steps, done for the first time or again (step_events.h); other events between
// them do not matter, and a step done several times in a row is one visit. A loop is a longest run of visits that
// alternate between two steps and goes back from the later to the earlier at least `returns` times.
// In a discovered journey the places are touchpoints, one after the other, and the place returned to is the first of the
// run. Only events with the same attributes count as the same place; and as to go back and forth between two pages
// now and then is browsing, it takes more returns, `discovered_returns`.
//
// Kind:     "loop". Reason: none.
// Where:    the first event that returns; `step` is the earlier step.
// Evidence: from the first event of the run to the last.
// Cost:     the visits after the first two, and the time they took, unless the customer was away.
// Severity: medium.
//
// Overlap:  each return is a backtrack, and each visit after the first two a repetition.
#pragma once
#include <cstdint>

#include "journey/friction/detector.h"

namespace journey {
inline namespace v0 {

struct LoopOptions {
  std::uint32_t returns = 2;
  std::uint32_t discovered_returns = 4;  // of discovered journeys
};

class Loop final : public Detector {
 public:
  explicit Loop(LoopOptions options = {}) : options_(options) {}
  [[nodiscard]] std::string_view name() const override { return "loop"; }
  [[nodiscard]] std::string parameters() const override;
  // InvalidArgument unless both are at least 1.
  [[nodiscard]] absl::Status Validate() const override;
  void Examine(const JourneyView& journey, FindingSink& sink) const override;

 private:
  LoopOptions options_;
};

}  // namespace v0
}  // namespace journey
