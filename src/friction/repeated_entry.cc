#include "journey/friction/repeated_entry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>

#include "friction/option_checks.h"

namespace journey {
inline namespace v0 {

std::string RepeatedEntry::parameters() const {
  return fmt::format("keys [{}]", fmt::join(options_.keys, ", "));
}

Status RepeatedEntry::Validate() const {
  const std::size_t most = 64;
  if (options_.keys.empty() || options_.keys.size() > most) {
    return InvalidArgument(
        fmt::format("keys: {} of them are not allowed; there must be 1 to {}", options_.keys.size(), most));
  }
  std::set<std::string_view> seen;
  for (const std::string& key : options_.keys) {
    if (key.empty() || !seen.insert(key).second)
      return InvalidArgument(fmt::format("keys: \"{}\" is {}", key, key.empty() ? "empty" : "there already"));
  }
  return absl::OkStatus();
}

void RepeatedEntry::Examine(const JourneyView& journey, FindingSink& sink) const {
  if (journey.definition() == nullptr) return;
  constexpr std::size_t kNever = SIZE_MAX;
  std::vector<std::size_t> given(options_.keys.size(), kNever);  // by key: the event that gave it last
  for (std::size_t i = 0; i < journey.size(); ++i) {
    if (!journey.has_attributes(i)) continue;
    std::size_t before = kNever;
    bool other_channel = false;
    for (std::size_t k = 0; k < given.size(); ++k) {
      if (!journey.attribute(i, options_.keys[k])) continue;
      if (given[k] != kNever && journey.same_attribute(given[k], i, options_.keys[k])) {
        before = before == kNever ? given[k] : std::max(before, given[k]);
        other_channel |= journey.channel(given[k]) != journey.channel(i);
      }
      given[k] = i;
    }
    if (before == kNever) continue;
    sink.Add({.kind = "repeated_entry",
              .reason = other_channel ? "other_channel" : "same_channel",
              .at = i,
              .begin = before,
              .end = i + 1,
              .cost_events = 1,
              .cost_time = journey.active_gap(i),
              .severity = other_channel ? Severity::kMedium : Severity::kLow});
  }
}

}  // namespace v0
}  // namespace journey
