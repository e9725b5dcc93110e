// The "funnels" of a configuration.
//
//   "funnels": [{"name": "buy", "policy": "mixpanel_totals", "window": "1h",
//                "steps": [{"name": "view", "events": ["view"], "within": "30m", "optional": false}, ...],
//                "exclusions": [{"events": ["logout"], "after": "view", "before": "pay",
//                                "effect": "drops_customer"}],
//                "hold": "cart", "scope": {"channels": ["web"]},
//                "order": "ordered", "anchor": "best_start", "reentry": "after_end", "counting": "customers",
//                "tie_tolerance": "2s", "reuse_events": false, "stops": ["other_event"]}]
//
// A policy is one of funnel_policies.h; rules that are given beside it override it. Without `after` an exclusion
// acts from the first step on, without `before` until the last.
#pragma once
#include <vector>

#include "io/config_json.h"
#include "journey/measures/funnel_definition.h"

namespace journey {
inline namespace v0 {
namespace internal {

[[nodiscard]] std::vector<FunnelDefinition> ReadFunnels(const ConfigNode& node, ConfigError& error);

}  // namespace internal
}  // namespace v0
}  // namespace journey
