#include "journey/sessions/sessionizer.h"

#include <fmt/format.h>

#include "journey/core/status.h"

namespace journey {
inline namespace v0 {

Status SessionOptions::Validate() const {
  const std::pair<const char*, Duration> fields[] = {{"max_gap", max_gap}, {"max_length", max_length}};
  for (const auto& [name, value] : fields) {
    if (value <= Duration::zero() || value > kForever) {
      return InvalidArgument(
          fmt::format("SessionOptions.{}: {} is not allowed; it must be more than 0s and at most {}", name,
                      FormatDuration(value), FormatDuration(kForever)));
    }
  }
  return absl::OkStatus();
}

void Sessionize(CustomerId customer, std::span<const EventRow> events, std::uint32_t offset,
                const SessionOptions& options, std::vector<SessionRow>& sessions) {
  std::size_t begin = 0;
  for (std::size_t i = 1; i <= events.size(); ++i) {
    const bool at_end = i == events.size();
    const bool gap = !at_end && events[i].time - events[i - 1].time > options.max_gap;
    const bool too_long = !at_end && events[i].time - events[begin].time > options.max_length;
    if (!at_end && !gap && !too_long) continue;
    sessions.push_back({.customer = customer,
                        .begin = offset + static_cast<std::uint32_t>(begin),
                        .end = offset + static_cast<std::uint32_t>(i),
                        .cut = !at_end && !gap ? 1U : 0U,
                        .first = events[begin].time,
                        .last = events[i - 1].time});
    begin = i;
  }
}

}  // namespace v0
}  // namespace journey
