// Stall: the customer was away inside a journey for longer than a limit, and then went on.
//
//   limit 24h          web/form  (26 h)  web/pay    ->  at web/form, cost 2 h
//   learnt from a log  web/cart -> web/pay usually takes a minute, 99 of 100 times less than 2 h:
//                      web/cart  (5 h)   web/pay    ->  at web/cart, reason learnt, cost 3 h
//
// Kind:     "stall". Reason: "learnt" where the limit was learnt, else none.
// Where:    the touchpoint before the gap. Evidence: the event before and the event after. Severity: medium.
// Cost:     no events; the time by which the gap is longer than the limit.
//
// One limit holds for all transitions, or, with `learn`, one for each transition (touchpoint to touchpoint) that
// the log has at least `least` of: that quantile of its gaps, but never less than a session's gap. The others keep
// `limit`. By its definition a learnt limit calls a fixed share of each frequent transition a stall.
// In a discovered journey nobody knows that the customer was in the middle of something; to be away is no friction
// there, and only learnt limits apply.
//
// Overlap:  a stall after which the customer went on in another channel is a forced channel switch as well.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>

#include "journey/friction/detector.h"

namespace journey {
inline namespace v0 {

struct StallOptions {
  Duration limit = std::chrono::hours{24};  // a gap equal to it is no stall; kForever: learnt limits only
  std::optional<double> learn = {};         // the quantile, such as 0.99, above which a gap is a stall
  std::uint64_t least = 50;                 // gaps of a transition that its quantile is learnt from
};

class Stall final : public Detector {
 public:
  explicit Stall(StallOptions options = {}) : options_(options) {}
  [[nodiscard]] std::string_view name() const override { return "stall"; }
  [[nodiscard]] std::string parameters() const override;
  // InvalidArgument unless limit is above 0, learn in (0, 1) and least at least 1.
  [[nodiscard]] absl::Status Validate() const override;
  [[nodiscard]] bool learns() const override { return options_.learn && limits_ == nullptr; }
  [[nodiscard]] std::shared_ptr<const Detector> Learn(const LogMeasures& measures) const override;
  void Examine(const JourneyView& journey, FindingSink& sink) const override;

 private:
  struct Limits;
  StallOptions options_;
  std::shared_ptr<const Limits> limits_;  // learnt ones
};

}  // namespace v0
}  // namespace journey
