#include "journey/journeys/definition.h"

#include <fmt/format.h>

#include <set>

#include "journey/core/status.h"
#include "journey/journeys/journey.h"

namespace journey {
inline namespace v0 {
namespace {

Status CheckDuration(const std::string& where, Duration value) {
  if (value > Duration::zero() && value <= kForever) return absl::OkStatus();
  return InvalidArgument(fmt::format("{}: {} is not allowed; it must be more than 0s and at most {}", where,
                                     FormatDuration(value), FormatDuration(kForever)));
}

}  // namespace

Status JourneyDefinition::Validate() const {
  if (name.empty()) return InvalidArgument("journey name: is empty; every journey needs a name");
  const std::string where = fmt::format("journey \"{}\"", name);
  if (steps.empty() || steps.size() > kMaxSteps) {
    return InvalidArgument(
        fmt::format("{}: steps: found {}, expected 1 to {}", where, steps.size(), kMaxSteps));
  }
  std::set<std::string> names;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    const std::string at = fmt::format("{}: steps[{}]", where, i);
    if (step.name.empty()) return InvalidArgument(at + ".name: is empty; every step needs a name");
    if (!names.insert(step.name).second) {
      return InvalidArgument(fmt::format("{}.name: \"{}\" is the name of an earlier step", at, step.name));
    }
    if (step.match.empty()) {
      return InvalidArgument(at + ": matches nothing; expected events, channels or where");
    }
    if (step.within) {
      if (Status status = CheckDuration(at + ".within", *step.within); !status.ok()) return status;
    }
  }
  if (steps.front().optional) {
    return InvalidArgument(where + ": steps[0].optional: found true; the first step opens the journey");
  }
  if (goal.empty() && steps.back().optional) {
    return InvalidArgument(
        fmt::format("{}: steps[{}].optional: found true; without a goal the last step is the goal", where,
                    steps.size() - 1));
  }
  if (Status status = CheckDuration(where + ": abandon_after", abandon_after); !status.ok()) return status;
  if (window) return CheckDuration(where + ": window", *window);
  return absl::OkStatus();
}

std::string_view NameOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOpen:
      return "open";
    case Outcome::kAchieved:
      return "achieved";
    case Outcome::kAbandoned:
      return "abandoned";
    case Outcome::kExpired:
      return "expired";
    case Outcome::kExcluded:
      return "excluded";
    case Outcome::kEnded:
      return "ended";
  }
  return "";
}

}  // namespace v0
}  // namespace journey
