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
                const SessionOptions& options, RowTable<SessionRow>& sessions) {
  if (events.empty()) return;
  std::size_t begin = 0;
  TimePoint first = events[0].time;
  TimePoint last = first;
  const auto close = [&](std::size_t end, bool cut) {
    sessions.push_back({.customer = customer,
                        .begin = offset + static_cast<std::uint32_t>(begin),
                        .end = offset + static_cast<std::uint32_t>(end),
                        .cut = cut ? 1U : 0U,
                        .first = first,
                        .last = last});
  };
  for (std::size_t i = 1; i < events.size(); ++i) {
    const TimePoint time = events[i].time;
    const bool gap = time - last > options.max_gap;
    if (gap || time - first > options.max_length) {
      close(i, !gap);
      begin = i;
      first = time;
    }
    last = time;
  }
  close(events.size(), false);
}

}  // namespace v0
}  // namespace journey
