// JourneyDefinition: what a customer tries to get done, as data.
//
//   JourneyDefinition{.name = "checkout",
//                     .steps = {{"view", {"product_view"}}, {"pay", {"payment"}}},
//                     .goal = {"purchase"}, .abandon_after = std::chrono::days{7}}
//
// The first event that matches the first step opens a journey. Steps are reached in order, with other events
// between them; only optional steps may be passed over. The goal is `goal`, or without one the last step: an
// explicit goal achieves the journey whenever it comes, and required steps not reached by then are skipped.
// A journey ends
//   achieved   by its goal;
//   abandoned  when nothing in its scope happened for longer than `abandon_after`;
//   expired    when `window` after its start, or a required step's `within` after the step before, has
//   passed; excluded   by an event that matches `exclude`;
// or is still open. Limits are inclusive: a step exactly `within` after the one before is in time. Of several
// limits that passed between two events the earliest counts, and of equal ones the expiry.
// One event can reach a step and be the goal; one that matches `exclude` does neither, and opens nothing.
// After an end, a new first step opens a new journey.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "journey/core/status_fwd.h"
#include "journey/core/time.h"
#include "journey/journeys/matcher.h"

namespace journey {
inline namespace v0 {

inline constexpr std::size_t kMaxSteps = 56;

struct Step {
  std::string name = {};
  Matcher match = {};
  bool optional = false;
  // Since the step reached before. A required step that is late expires the journey; an optional one can only
  // be reached no more.
  std::optional<Duration> within = {};
  // To do it again is a part of the journey (one looks at several products), and so no repetition, step back, loop or
  // lost progress.
  bool repeatable = false;
};

struct JourneyDefinition {
  std::string name = {};
  std::vector<Step> steps = {};
  Matcher goal = {};  // empty: the last step
  Duration abandon_after = std::chrono::days{7};
  std::optional<Duration> window = {};  // for the whole journey
  Matcher exclude = {};                 // empty: nothing
  Matcher scope = {};                   // empty: all of the customer's events. Steps and goal always belong.

  // InvalidArgument that names field, value and what is allowed: a name; 1 to kMaxSteps steps, each with a
  // name of its own and a matcher; a first step, and a last step that is the goal, that are not optional;
  // durations > 0.
  [[nodiscard]] absl::Status Validate() const;
};

// Journeys where none are defined: each customer's events, cut where nothing happened for longer than `gap`.
struct Discovery {
  std::optional<Duration> gap = std::chrono::days{30};  // none: a customer's whole timeline is one journey
  Matcher goal = {};                                    // if given, it achieves and ends a journey
};

// Further kinds of events that the later stages ask for.
struct EventClasses {
  Matcher errors = {.where = {{"status", "error"}}};
  Matcher support = {.channels = {"phone", "chat"}};
  Matcher feedback = {.where = {{"score"}}};
  std::string feedback_score = "score";  // the attribute that holds the score
  std::string feedback_scale = "csat";   // csat (1 to 5), nps (0 to 10) or ces (1 to 7)
};

}  // namespace v0
}  // namespace journey
