#include "journey/pipeline/options.h"

#include <fmt/format.h>

#include <set>

#include "journey/core/status.h"

namespace journey {
inline namespace v0 {

Status PipelineOptions::Validate() const {
  std::set<std::string> names;
  for (std::size_t i = 0; i < journeys.size(); ++i) {
    if (Status status = journeys[i].Validate(); !status.ok()) {
      return InvalidArgument(fmt::format("journeys[{}]: {}", i, MessageOf(status)));
    }
    if (!names.insert(journeys[i].name).second) {
      return InvalidArgument(
          fmt::format("journeys[{}].name: \"{}\" is the name of an earlier journey", i, journeys[i].name));
    }
  }
  if (Status status = sessions.Validate(); !status.ok()) return status;
  const auto check = [](const char* name, Duration value) -> Status {
    if (value > Duration::zero() && value <= kForever) return absl::OkStatus();
    return InvalidArgument(fmt::format("{}: {} is not allowed; it must be more than 0s and at most {}", name,
                                       FormatDuration(value), FormatDuration(kForever)));
  };
  if (discovery.gap) {
    if (Status status = check("discovery.gap", *discovery.gap); !status.ok()) return status;
  }
  if (Status status = check("switches.stall", switches.stall); !status.ok()) return status;
  if (detectors) {
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < detectors->size(); ++i) {
      const auto& detector = (*detectors)[i];
      if (detector == nullptr) return InvalidArgument(fmt::format("detectors[{}]: is null", i));
      if (!seen.insert(detector->name()).second) {
        return InvalidArgument(
            fmt::format("detectors[{}]: \"{}\" is the name of an earlier detector", i, detector->name()));
      }
      if (Status status = detector->Validate(); !status.ok()) {
        return InvalidArgument(fmt::format("detectors[{}]: {}: {}", i, detector->name(), MessageOf(status)));
      }
      if (detector->lookahead() < Duration{0} || detector->lookahead() > kForever) {
        return InvalidArgument(fmt::format("detectors[{}]: {}: looks ahead {}us; that must be 0 to {}", i,
                                           detector->name(), detector->lookahead().count(),
                                           FormatDuration(kForever)));
      }
    }
  }
  if (as_of && (*as_of < kMinTime || *as_of >= kMaxTime)) {
    return InvalidArgument(fmt::format("as_of: {}us since 1970 is not allowed; it must be in [{}, {})",
                                       as_of->time_since_epoch().count(), FormatTime(kMinTime),
                                       FormatTime(kMaxTime)));
  }
  if (threads < 1 || threads > 256) {
    return InvalidArgument(fmt::format("threads: {} is not allowed; it must be 1 to 256", threads));
  }
  return absl::OkStatus();
}

}  // namespace v0
}  // namespace journey
