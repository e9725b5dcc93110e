// Named counting rules: how other tools count a funnel, as far as their documents say it.
//
//   definition.rules = FindFunnelPolicy("mixpanel_totals")->rules;
//
// A policy sets the rules, not what is counted: steps, window, exclusions and held attribute stay the
// definition's. Each says what it follows, and where it is known to differ.
#pragma once
#include <span>
#include <string_view>

#include "journey/measures/funnel_definition.h"

namespace journey {
inline namespace v0 {

struct FunnelPolicy {
  std::string_view name;
  FunnelRules rules;
  ExclusionEffect exclusions = ExclusionEffect::kEndsAttempt;  // what an exclusion does there
  std::string_view meaning;
};

// Order: by name. Lifetime: for ever.
[[nodiscard]] std::span<const FunnelPolicy> FunnelPolicies();
[[nodiscard]] const FunnelPolicy* FindFunnelPolicy(std::string_view name);  // or nullptr

}  // namespace v0
}  // namespace journey
