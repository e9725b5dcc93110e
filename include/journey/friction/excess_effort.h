// ExcessEffort: the journey takes more events or more time than journeys that succeed take.
//
//   events 40               a journey of 55 events           ->  at its 41st event, reason events, cost 15 events
//   learn 0.9, factor 2     9 of 10 achieved journeys take at most 18 events: a limit of 36 events
//
// The limits are given, or learnt for each definition from the log: `factor` times that quantile of the events of its
// achieved journeys, if there are at least `least`. The factor is there because a quantile alone calls a fixed share
// of the successful journeys excessive. A limit on the time spent is learnt, too, if `learn_time` says so: gaps longer
// than a session's are left out of it, but shorter breaks are not, so that a cup of coffee may be enough for a finding.
//
// Kind:     "excess_effort". Reason: "events", "time", or "both".
// Where:    the first event beyond a limit. Evidence: from there to the last event.
// Cost:     the events, and the time spent, beyond the limits; 0 for one that was kept.
// Severity: medium.
// A discovered journey is all that a customer does for weeks: none are found there.
//
// Overlap:  whatever made the journey long; this one tells that it was.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>

#include "journey/friction/detector.h"

namespace journey {
inline namespace v0 {

struct ExcessEffortOptions {
  std::optional<std::uint32_t> events =
      {};  // a limit given is not learnt; a journey at the limit is within it
  std::optional<Duration> time = {};
  std::optional<double> learn = 0.9;  // none: only what is given
  bool learn_time = false;
  double factor = 2.0;
  std::uint64_t least = 50;
};

class ExcessEffort final : public Detector {
 public:
  explicit ExcessEffort(ExcessEffortOptions options = {}) : options_(options) {}
  [[nodiscard]] std::string_view name() const override { return "excess_effort"; }
  [[nodiscard]] std::string parameters() const override;
  // InvalidArgument unless there is a limit, given or to be learnt; limits are above 0, learn in (0, 1], factor 1 to
  // 1,000 and least at least 1.
  [[nodiscard]] absl::Status Validate() const override;
  [[nodiscard]] bool learns() const override;
  [[nodiscard]] std::shared_ptr<const Detector> Learn(const LogMeasures& measures) const override;
  void Examine(const JourneyView& journey, FindingSink& sink) const override;

 private:
  struct Limits;
  [[nodiscard]] bool LearnsEvents() const { return options_.learn && !options_.events; }
  [[nodiscard]] bool LearnsTime() const { return options_.learn && options_.learn_time && !options_.time; }
  ExcessEffortOptions options_;
  std::shared_ptr<const Limits> limits_;  // learnt ones
};

}  // namespace v0
}  // namespace journey
