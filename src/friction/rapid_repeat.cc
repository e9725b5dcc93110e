#include "journey/friction/rapid_repeat.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "friction/option_checks.h"

namespace journey {
inline namespace v0 {

std::string RapidRepeat::parameters() const {
  std::string text = fmt::format("count {}, within {}", options_.count, FormatDuration(options_.within));
  if (options_.attributes) text += fmt::format(", attributes [{}]", fmt::join(*options_.attributes, ", "));
  return text;
}

Status RapidRepeat::Validate() const {
  if (Status status = internal::CheckCount("count", options_.count, 2); !status.ok()) return status;
  return internal::CheckDuration("within", options_.within, Duration{0});
}

bool RapidRepeat::Identical(const JourneyView& journey, std::size_t a, std::size_t b) const {
  if (journey.touchpoint(a) != journey.touchpoint(b)) return false;
  if (!options_.attributes) return journey.same_attributes(a, b);
  return std::ranges::all_of(*options_.attributes,
                             [&](const std::string& key) { return journey.same_attribute(a, b, key); });
}

void RapidRepeat::Examine(const JourneyView& journey, FindingSink& sink) const {
  const std::size_t count = options_.count;
  // Events [begin, end) are identical, and those of [first, last] belong to findings that overlap.
  for (std::size_t begin = 0, end = 0; begin < journey.size(); begin = end) {
    // Most events are not like the next, or not that soon.
    end = begin + 1;
    while (end < journey.size() && journey.gap(end) <= options_.within && Identical(journey, begin, end))
      ++end;
    for (std::size_t i = begin; i + count <= end; ++i) {
      if (journey.time(i + count - 1) - journey.time(i) > options_.within) continue;
      const std::size_t first = i;
      std::size_t last = i + count - 1;
      for (std::size_t k = i + 1; k + count <= end && k <= last; ++k) {
        if (journey.time(k + count - 1) - journey.time(k) <= options_.within) last = k + count - 1;
      }
      sink.Add({.kind = "rapid_repeat",
                .at = first,
                .begin = first,
                .end = last + 1,
                .cost_events = static_cast<std::uint32_t>(last - first),
                .cost_time = journey.time(last) - journey.time(first),
                .severity = Severity::kMedium});
      i = last;
    }
  }
}

}  // namespace v0
}  // namespace journey
