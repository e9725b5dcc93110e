// FunnelDefinition: which steps are counted, and by which rules, as data.
//
//   FunnelDefinition{.name = "buy", .steps = {{"view", {"view"}}, {"cart", {"cart"}}, {"pay", {"pay"}}},
//                    .window = std::chrono::hours{1}}
//
// A chain is a choice of events, one for each step reached, that obeys the rules:
//   order       kOrdered: the steps' events follow one another, others may lie between them. kStrict: none of
//               the events that the funnel sees lies between them. kAnyOrder: in whatever order; step k of the
//               result then is the (k + 1)th step done, and an event does the first step of the definition that
//               it matches and that is not done yet.
//   optional    such a step may be passed over; required ones may not.
//   window      from the first event of the chain to each later one, at most. `within` of a step: since the step
//               reached before, at most; a required step that is later than that ends the attempt, an optional
//               one is not reached any more. Limits are inclusive: exactly the window is inside.
//   exclusions  an event that matches one, while the last step reached is `after` or a later one before
//               `before`, ends the attempt, or drops the customer from the figures. It reaches no step of the
//               attempt that it ends, and may open the next. From the best start it ends the chains that are there
//               now, and drops the customer only where the deepest of them is.
//   hold        the events of a chain have the same value of this attribute. The funnel is looked at for each
//               value by itself, among the events with that value; those without the attribute take no part.
//   tie_tolerance  none: the order of events (time, sequence, id) decides. Otherwise events that are so close or
//               closer count as in either order: an event may reach a step that follows one reached up to so much
//               later, and does so at that one's time. 0, 1 or 2 seconds. What an earlier attempt had looked at
//               when it ended is not looked at again. Where one event matches several steps, not every order may
//               be tried: the depth then is a lower bound.
//   reuse_events   one event reaches one step, so that two equal steps need two events; with this it may reach
//               several in a row.
//   stops       events that end the funnel for the customer (session, held value) for good once its first step
//               was reached.
//
//   A 13:00, A 13:30, B 13:45, C 14:15 with steps A, B, C and window 1 h
//   kFirstStart: A 13:00 > B 13:45             kBestStart: A 13:30 > B 13:45 > C 14:15
//
//   anchor      kFirstStart: an attempt starts at the first event of step one and takes each next step as soon as
//               it can. kBestStart: an attempt lasts as long as some chain can go on, and counts as its deepest
//               chain: of those that are as deep the one that is there first, then the one that starts last, each
//               step at its latest.
//   reentry     when an attempt is over, the next event of step one opens another; or only the first counts.
//   counting    what is counted once: the customer (by the deepest attempt, the first of equals), each attempt,
//               each session (as if it were a customer), each held value of a customer.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journey/core/status_fwd.h"
#include "journey/core/time.h"
#include "journey/journeys/definition.h"
#include "journey/journeys/matcher.h"

namespace journey {
inline namespace v0 {

enum class FunnelOrder : std::uint8_t { kOrdered, kStrict, kAnyOrder };
enum class FunnelAnchor : std::uint8_t { kFirstStart, kBestStart };
enum class FunnelReentry : std::uint8_t { kAfterEnd, kNever };
enum class FunnelCounting : std::uint8_t { kCustomers, kAttempts, kSessions, kHeldValues };
enum class ExclusionEffect : std::uint8_t { kEndsAttempt, kDropsCustomer };

[[nodiscard]] std::string_view NameOf(FunnelOrder order);      // "ordered", "strict", "any"
[[nodiscard]] std::string_view NameOf(FunnelAnchor anchor);    // "first_start", "best_start"
[[nodiscard]] std::string_view NameOf(FunnelReentry reentry);  // "after_end", "never"
[[nodiscard]] std::string_view NameOf(
    FunnelCounting counting);  // "customers", "attempts", "sessions", "held_values"
[[nodiscard]] std::string_view NameOf(ExclusionEffect effect);  // "ends_attempt", "drops_customer"

struct FunnelStops {
  bool other_event = false;    // one that matches no step
  bool early_step = false;     // a step, not the first, before the one in front of it was ever reached
  bool repeated_step = false;  // a step, not the first, that was reached before
  [[nodiscard]] bool any() const { return other_event || early_step || repeated_step; }
};

// How it is counted, apart from what is counted: what a named policy sets (funnel_policies.h).
struct FunnelRules {
  FunnelOrder order = FunnelOrder::kOrdered;
  FunnelAnchor anchor = FunnelAnchor::kFirstStart;
  FunnelReentry reentry = FunnelReentry::kAfterEnd;
  FunnelCounting counting = FunnelCounting::kCustomers;
  std::optional<Duration> tie_tolerance = {};
  bool reuse_events = false;
  FunnelStops stops = {};
};

struct FunnelStep {
  std::string name = {};
  Matcher match = {};
  bool optional = false;
  std::optional<Duration> within = {};
};

// Acts from step `after` on, until step `before` is reached: positions in the list of steps. `before` may be the
// number of steps, which is the same as the last one: a funnel that is complete is over.
struct FunnelExclusion {
  Matcher match = {};
  std::size_t after = 0;
  std::size_t before = SIZE_MAX;
  ExclusionEffect effect = ExclusionEffect::kEndsAttempt;
};

struct FunnelDefinition {
  std::string name = {};
  std::vector<FunnelStep> steps = {};
  FunnelRules rules = {};
  std::optional<Duration> window = {};
  std::vector<FunnelExclusion> exclusions = {};
  std::string hold = {};  // key of an attribute; empty: nothing is held constant
  Matcher scope = {};     // the events that the funnel sees, beside its steps and exclusions; empty: all

  // InvalidArgument that names field, value and what is allowed: names; 1 to kMaxSteps steps and exclusions
  // together, each with a matcher; neither the first nor the last step optional; durations > 0; a tolerance of 0,
  // 1 or 2 s; exclusions between required steps; and no rules that contradict each other: any order has no optional
  // steps, no `within` and no tolerance, strict order no tolerance, stops need ordered best start without tolerance
  // and optional steps, and held values need `hold`.
  [[nodiscard]] absl::Status Validate() const;
};

}  // namespace v0
}  // namespace journey
