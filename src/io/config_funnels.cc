#include "io/config_funnels.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "io/config_values.h"
#include "journey/core/status.h"
#include "journey/measures/funnel_policies.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

FunnelStep ReadStep(const ConfigNode& node) {
  FunnelStep step;
  if (!node.ExpectObject({"name", "events", "channels", "where", "optional", "within"})) return step;
  if (const auto name = node.Required("name", "the name of the step")) step.name = name->Text();
  step.match = ReadMatcherKeys(node);
  if (step.match.empty()) node.Fail("at least one of events, channels, where in it");
  if (const auto optional = node.Member("optional")) step.optional = optional->Boolean();
  if (const auto within = node.Member("within")) step.within = ReadSpan(*within);
  return step;
}

// The place of the step of this name.
std::size_t ReadStepName(const ConfigNode& node, const std::vector<FunnelStep>& steps) {
  const std::string name = node.Text("the name of a step");
  const auto found = std::ranges::find(steps, name, &FunnelStep::name);
  if (found == steps.end()) node.Fail("the name of a step of this funnel");
  return static_cast<std::size_t>(found - steps.begin());
}

FunnelExclusion ReadExclusion(const ConfigNode& node, const std::vector<FunnelStep>& steps,
                              ExclusionEffect usual) {
  using enum ExclusionEffect;
  FunnelExclusion exclusion{.effect = usual};
  if (!node.ExpectObject({"events", "channels", "where", "after", "before", "effect"})) return exclusion;
  exclusion.match = ReadMatcherKeys(node);
  if (exclusion.match.empty()) node.Fail("at least one of events, channels, where in it");
  if (const auto after = node.Member("after")) exclusion.after = ReadStepName(*after, steps);
  if (const auto before = node.Member("before")) exclusion.before = ReadStepName(*before, steps);
  if (const auto effect = node.Member("effect"))
    exclusion.effect = ReadEnum(*effect, {kEndsAttempt, kDropsCustomer});
  return exclusion;
}

void ReadStops(const ConfigNode& node, FunnelStops& stops) {
  constexpr std::string_view kExpected = "a list of other_event, early_step, repeated_step";
  stops = {};
  for (const std::string& text : node.Texts(kExpected)) {
    if (text == "other_event") {
      stops.other_event = true;
    } else if (text == "early_step") {
      stops.early_step = true;
    } else if (text == "repeated_step") {
      stops.repeated_step = true;
    } else {
      node.Fail(kExpected);
    }
  }
}

void ReadRules(const ConfigNode& node, FunnelRules& rules) {
  if (const auto order = node.Member("order")) {
    using enum FunnelOrder;
    rules.order = ReadEnum(*order, {kOrdered, kStrict, kAnyOrder});
  }
  if (const auto anchor = node.Member("anchor")) {
    using enum FunnelAnchor;
    rules.anchor = ReadEnum(*anchor, {kFirstStart, kBestStart});
  }
  if (const auto reentry = node.Member("reentry")) {
    using enum FunnelReentry;
    rules.reentry = ReadEnum(*reentry, {kAfterEnd, kNever});
  }
  if (const auto counting = node.Member("counting")) {
    using enum FunnelCounting;
    rules.counting = ReadEnum(*counting, {kCustomers, kAttempts, kSessions, kHeldValues});
  }
  if (const auto tolerance = node.Member("tie_tolerance")) {
    if (tolerance->IsText() && tolerance->TextOrEmpty() == "none") {
      rules.tie_tolerance.reset();
    } else {
      rules.tie_tolerance = tolerance->Time();
    }
  }
  if (const auto reuse = node.Member("reuse_events")) rules.reuse_events = reuse->Boolean();
  if (const auto stops = node.Member("stops")) ReadStops(*stops, rules.stops);
}

FunnelDefinition ReadFunnel(const ConfigNode& node, ConfigError& error) {
  FunnelDefinition funnel;
  if (!node.ExpectObject({"name", "policy", "steps", "window", "exclusions", "hold", "scope", "order",
                          "anchor", "reentry", "counting", "tie_tolerance", "reuse_events", "stops"})) {
    return funnel;
  }
  ExclusionEffect usual = ExclusionEffect::kEndsAttempt;
  if (const auto name = node.Required("name", "the name of the funnel")) funnel.name = name->Text();
  if (const auto policy = node.Member("policy")) {
    std::string expected = "one of ";
    for (const FunnelPolicy& known : FunnelPolicies()) {
      expected += fmt::format("{}{}", &known == FunnelPolicies().data() ? "" : ", ", known.name);
    }
    if (const FunnelPolicy* const found = FindFunnelPolicy(policy->Text(expected))) {
      funnel.rules = found->rules;
      usual = found->exclusions;
    } else {
      policy->Fail(expected);
    }
  }
  ReadRules(node, funnel.rules);
  if (const auto steps = node.Required("steps", R"([{"name": "...", "events": ["..."]}])")) {
    const std::string expected = fmt::format("a list of 1 to {} steps", kMaxSteps);
    steps->EachItem(expected, [&](const ConfigNode& item) {
      if (funnel.steps.size() <= kMaxSteps) funnel.steps.push_back(ReadStep(item));
    });
    if (funnel.steps.empty() || funnel.steps.size() > kMaxSteps) steps->Fail(expected);
  }
  if (const auto window = node.Member("window")) funnel.window = ReadSpan(*window);
  if (const auto exclusions = node.Member("exclusions")) {
    exclusions->EachItem("a list of exclusions", [&](const ConfigNode& item) {
      if (funnel.exclusions.size() <= kMaxSteps)
        funnel.exclusions.push_back(ReadExclusion(item, funnel.steps, usual));
    });
  }
  if (const auto hold = node.Member("hold")) funnel.hold = hold->Text("the key of an attribute");
  if (const auto scope = node.Member("scope")) {
    if (scope->ExpectObject({"events", "channels", "where"})) funnel.scope = ReadMatcherKeys(*scope);
    if (funnel.scope.empty()) scope->Fail("at least one of events, channels, where");
  }
  if (error.status.ok()) {
    if (const Status valid = funnel.Validate(); !valid.ok()) error.Set(node.path(), MessageOf(valid));
  }
  return funnel;
}

}  // namespace

std::vector<FunnelDefinition> ReadFunnels(const ConfigNode& node, ConfigError& error) {
  std::vector<FunnelDefinition> funnels;
  node.EachItem("a list of funnels", [&](const ConfigNode& item) {
    FunnelDefinition funnel = ReadFunnel(item, error);
    if (std::ranges::find(funnels, funnel.name, &FunnelDefinition::name) != funnels.end()) {
      error.Set(item.path() + ".name", fmt::format("\"{}\" is the name of an earlier funnel", funnel.name));
    }
    funnels.push_back(std::move(funnel));
  });
  return funnels;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
