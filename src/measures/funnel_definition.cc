#include "journey/measures/funnel_definition.h"

#include <fmt/format.h>

#include <set>

#include "journey/core/status.h"

namespace journey {
inline namespace v0 {
namespace {

Status CheckLimit(const std::string& where, const std::optional<Duration>& value) {
  if (!value || (*value > Duration::zero() && *value <= kForever)) return absl::OkStatus();
  return InvalidArgument(fmt::format("{}: {} is not allowed; it must be more than 0s and at most {}", where,
                                     FormatDuration(*value), FormatDuration(kForever)));
}

Status CheckSteps(const FunnelDefinition& funnel, const std::string& where) {
  const std::size_t count = funnel.steps.size();
  if (count == 0 || count + funnel.exclusions.size() > kMaxSteps) {
    return InvalidArgument(fmt::format("{}: steps: found {} and {} exclusions, expected 1 to {} together",
                                       where, count, funnel.exclusions.size(), kMaxSteps));
  }
  std::set<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    const FunnelStep& step = funnel.steps[i];
    const std::string at = fmt::format("{}: steps[{}]", where, i);
    if (step.name.empty()) return InvalidArgument(at + ".name: is empty; every step needs a name");
    if (!names.insert(step.name).second) {
      return InvalidArgument(fmt::format("{}.name: \"{}\" is the name of an earlier step", at, step.name));
    }
    if (step.match.empty()) {
      return InvalidArgument(at + ": matches nothing; expected events, channels or where");
    }
    if (step.optional && (i == 0 || i + 1 == count)) {
      return InvalidArgument(at + ".optional: found true; the first and the last step are never optional");
    }
    if (Status status = CheckLimit(at + ".within", step.within); !status.ok()) return status;
  }
  return CheckLimit(where + ": window", funnel.window);
}

Status CheckExclusions(const FunnelDefinition& funnel, const std::string& where) {
  const std::size_t count = funnel.steps.size();
  for (std::size_t i = 0; i < funnel.exclusions.size(); ++i) {
    const FunnelExclusion& exclusion = funnel.exclusions[i];
    const std::string at = fmt::format("{}: exclusions[{}]", where, i);
    if (exclusion.match.empty()) {
      return InvalidArgument(at + ": matches nothing; expected events, channels or where");
    }
    const std::size_t before = std::min(exclusion.before, count);
    if (exclusion.after >= before) {
      return InvalidArgument(at + ": `after` must be a step in front of `before`");
    }
    if (funnel.steps[exclusion.after].optional || (before < count && funnel.steps[before].optional)) {
      return InvalidArgument(at + ": found an optional step; an exclusion acts between required steps");
    }
  }
  return absl::OkStatus();
}

// The first two rules that cannot both hold, or nothing.
std::string_view Contradiction(const FunnelDefinition& funnel) {
  const FunnelRules& rules = funnel.rules;
  bool optional = false;
  bool within = false;
  for (const FunnelStep& step : funnel.steps) {
    optional |= step.optional;
    within |= step.within.has_value();
  }
  const bool any_order = rules.order == FunnelOrder::kAnyOrder;
  if (any_order && optional) return "order: with any order no step can be optional; leave it out";
  if (any_order && within) return "order: with any order no step can have `within`; use a window";
  if (any_order && rules.reuse_events)
    return "order: with any order an event does one step; reuse_events must be off";
  if (rules.tie_tolerance) {
    const Duration tolerance = *rules.tie_tolerance;
    using std::chrono::seconds;
    if (tolerance != seconds{0} && tolerance != seconds{1} && tolerance != seconds{2}) {
      return "tie_tolerance: expected 0s, 1s or 2s";
    }
    if (rules.order != FunnelOrder::kOrdered) return "tie_tolerance: only the order \"ordered\" can have one";
  }
  if (rules.stops.any()) {
    if (rules.order != FunnelOrder::kOrdered || rules.anchor != FunnelAnchor::kBestStart) {
      return "stops: need the order \"ordered\" and the anchor \"best_start\"";
    }
    if (rules.tie_tolerance || optional) return "stops: cannot go with a tolerance or optional steps";
  }
  if (rules.counting == FunnelCounting::kHeldValues && funnel.hold.empty()) {
    return "counting: \"held_values\" needs `hold`, the key of an attribute";
  }
  return {};
}

}  // namespace

Status FunnelDefinition::Validate() const {
  if (name.empty()) return InvalidArgument("funnel name: is empty; every funnel needs a name");
  const std::string where = fmt::format("funnel \"{}\"", name);
  if (Status status = CheckSteps(*this, where); !status.ok()) return status;
  if (Status status = CheckExclusions(*this, where); !status.ok()) return status;
  if (const std::string_view wrong = Contradiction(*this); !wrong.empty()) {
    return InvalidArgument(fmt::format("{}: {}", where, wrong));
  }
  return absl::OkStatus();
}

std::string_view NameOf(FunnelOrder order) {
  constexpr std::string_view kNames[] = {"ordered", "strict", "any"};
  return kNames[static_cast<std::size_t>(order)];
}
std::string_view NameOf(FunnelAnchor anchor) {
  return anchor == FunnelAnchor::kFirstStart ? "first_start" : "best_start";
}
std::string_view NameOf(FunnelReentry reentry) {
  return reentry == FunnelReentry::kAfterEnd ? "after_end" : "never";
}
std::string_view NameOf(FunnelCounting counting) {
  constexpr std::string_view kNames[] = {"customers", "attempts", "sessions", "held_values"};
  return kNames[static_cast<std::size_t>(counting)];
}
std::string_view NameOf(ExclusionEffect effect) {
  return effect == ExclusionEffect::kEndsAttempt ? "ends_attempt" : "drops_customer";
}

}  // namespace v0
}  // namespace journey
