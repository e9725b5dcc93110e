#include "journey/measures/funnel_policies.h"

#include <algorithm>
#include <iterator>

namespace journey {
inline namespace v0 {
namespace {

using enum FunnelOrder;
using enum FunnelAnchor;
using enum FunnelReentry;
using enum FunnelCounting;
using enum ExclusionEffect;
using std::chrono::seconds;

const FunnelPolicy kPolicies[] = {
    {"amplitude_any_order",
     {.order = kAnyOrder, .anchor = kBestStart},
     kDropsCustomer,
     "Amplitude, any order: all steps, in whatever order. There the first step must be among those done."},
    {"amplitude_exact_order",
     {.order = kStrict, .anchor = kBestStart},
     kDropsCustomer,
     "Amplitude, exact order: the steps in order, with no other event between them; the longest path, and of "
     "equal ones the earliest."},
    {"amplitude_this_order",
     {.anchor = kBestStart},
     kDropsCustomer,
     "Amplitude, this order: the steps in order, other events between them; each event in one path; the "
     "longest "
     "path, and of equal ones the earliest."},
    {"clickhouse",
     {.anchor = kBestStart, .tie_tolerance = seconds{0}, .reuse_events = true},
     kEndsAttempt,
     "ClickHouse windowFunnel without a mode: the deepest chain within the window from its first event; one "
     "event "
     "may satisfy several conditions; events of one time are taken in the order of the conditions."},
    {"clickhouse_strict_deduplication",
     {.anchor = kBestStart, .reuse_events = true, .stops = {.repeated_step = true}},
     kEndsAttempt,
     "ClickHouse windowFunnel strict_deduplication: a later step that is repeated ends the search. Events of "
     "one "
     "time are taken in their own order here."},
    {"clickhouse_strict_order",
     {.anchor = kBestStart, .reuse_events = true, .stops = {.other_event = true, .early_step = true}},
     kEndsAttempt,
     "ClickHouse windowFunnel strict_order: after the first step an event that matches none, or a step too "
     "early, "
     "ends the search; repeated steps do not. Events of one time are taken in their own order here."},
    {"clickhouse_strict_order_deduplication",
     {.anchor = kBestStart,
      .reuse_events = true,
      .stops = {.other_event = true, .early_step = true, .repeated_step = true}},
     kEndsAttempt,
     "ClickHouse windowFunnel with strict_order and strict_deduplication."},
    {"ga4_closed",
     {.anchor = kBestStart},
     kEndsAttempt,
     "Google Analytics 4, closed funnel, steps indirectly followed: users enter at the first step; the time "
     "between "
     "steps is `within`. Open funnels, which users enter anywhere, are not offered."},
    {"ga4_closed_direct",
     {.order = kStrict, .anchor = kBestStart},
     kEndsAttempt,
     "Google Analytics 4, closed funnel, every step directly followed by the next."},
    {"mixpanel_optimized",
     {.anchor = kBestStart, .tie_tolerance = seconds{2}},
     kEndsAttempt,
     "Mixpanel, optimized re-entry: every first step may begin the attempt that counts, of several the most "
     "recent; "
     "steps within two seconds in either order. There later steps count at their first instance, here at "
     "their "
     "last."},
    {"mixpanel_sessions",
     {.counting = kSessions, .tie_tolerance = seconds{2}},
     kEndsAttempt,
     "Mixpanel, sessions: each session is an entry of its own."},
    {"mixpanel_totals",
     {.counting = kAttempts, .tie_tolerance = seconds{2}},
     kEndsAttempt,
     "Mixpanel, totals: the window runs from the first step; one enters again after completing, after the "
     "window, "
     "or after an exclusion; steps within two seconds in either order."},
    {"mixpanel_uniques",
     {.reentry = kNever, .tie_tolerance = seconds{2}},
     kEndsAttempt,
     "Mixpanel, uniques: one entry for each user, at the first time they do the first step; steps within two "
     "seconds "
     "in either order."},
    {"posthog_any_order",
     {.order = kAnyOrder, .anchor = kBestStart},
     kDropsCustomer,
     "PostHog, any order: the steps in any sequence within the window. Exclusions drop the person."},
    {"posthog_ordered",
     {.anchor = kBestStart},
     kDropsCustomer,
     "PostHog, ordered: the steps in order, other events between them, the deepest chain within the window. "
     "Exclusions drop the person."},
    {"posthog_strict",
     {.order = kStrict, .anchor = kBestStart},
     kDropsCustomer,
     "PostHog, strict: no other event between two steps. Exclusions drop the person."},
};

}  // namespace

std::span<const FunnelPolicy> FunnelPolicies() {
  return kPolicies;
}

const FunnelPolicy* FindFunnelPolicy(std::string_view name) {
  const auto* const found = std::ranges::find(kPolicies, name, &FunnelPolicy::name);
  return found == std::end(kPolicies) ? nullptr : found;
}

}  // namespace v0
}  // namespace journey
