#include "journey/live/engine_options.h"

#include <fmt/format.h>

#include <set>

#include "identity/public_id_hash.h"
#include "journey/core/status.h"

namespace journey {
inline namespace v0 {

Status EngineOptions::Validate() const {
  if (Status status = pipeline.Validate(); !status.ok())
    return InvalidArgument("pipeline." + std::string(MessageOf(status)));
  if (pipeline.resolver != nullptr)
    return InvalidArgument(
        "pipeline.resolver: is given; a live engine resolves by `identity`, a policy, alone");
  for (std::size_t i = 0; pipeline.detectors && i < pipeline.detectors->size(); ++i) {
    const Detector& detector = *(*pipeline.detectors)[i];
    if (!detector.learns()) continue;
    return InvalidArgument(fmt::format(
        "pipeline.detectors[{}]: \"{}\" has to learn from a log first, which a live engine cannot; use "
        "what Pipeline::LearnDetectors gives for a log of the past",
        i, detector.name()));
  }
  if (pipeline.as_of)
    return InvalidArgument("pipeline.as_of: is given; a live engine is told the time by AdvanceTo");
  if (Status status = identity.Validate(); !status.ok())
    return InvalidArgument("identity." + std::string(MessageOf(status)));
  const auto check = [](const char* name, Duration value, Duration least) -> Status {
    if (value >= least && value <= kForever) return absl::OkStatus();
    return InvalidArgument(fmt::format("{}: {} is not allowed; it must be {} to {}", name,
                                       FormatDuration(value), FormatDuration(least),
                                       FormatDuration(kForever)));
  };
  if (Status status = check("allowed_lateness", allowed_lateness, Duration{0}); !status.ok()) return status;
  if (Status status = check("allowed_future", allowed_future, Duration{0}); !status.ok()) return status;
  if (Status status = check("horizon", horizon, std::chrono::hours{1}); !status.ok()) return status;
  if (horizon < kForever && horizon < allowed_lateness) {
    return InvalidArgument(fmt::format("horizon: {} is not allowed; it must be at least allowed_lateness, {}",
                                       FormatDuration(horizon), FormatDuration(allowed_lateness)));
  }
  if (budgets.max_customers == 0)
    return InvalidArgument("budgets.max_customers: is 0; it must be at least 1");
  if (budgets.max_events_per_customer == 0)
    return InvalidArgument("budgets.max_events_per_customer: is 0; it must be at least 1");
  std::set<std::string_view> keys;
  for (std::size_t i = 0; i < carried.size(); ++i) {
    if (carried[i].empty() || !keys.insert(carried[i]).second) {
      return InvalidArgument(fmt::format("carried[{}]: \"{}\" is {}", i, carried[i],
                                         carried[i].empty() ? "empty" : "there already"));
    }
  }
  if (!id_key.empty() &&
      (id_key.size() < internal::kIdKeyBytesMin || id_key.size() > internal::kIdKeyBytesMax)) {
    return InvalidArgument(fmt::format("id_key: has {} bytes; it must have {} to {}, or none", id_key.size(),
                                       internal::kIdKeyBytesMin, internal::kIdKeyBytesMax));
  }
  if (listener != nullptr && derive != Derive::kAtIngest) {
    return InvalidArgument(
        "listener: is given, and derive is kWhenAsked; what nobody asks for is not told: it must be "
        "kAtIngest");
  }
  if (shards < 1 || shards > 256)
    return InvalidArgument(fmt::format("shards: {} is not allowed; it must be 1 to 256", shards));
  return absl::OkStatus();
}

}  // namespace v0
}  // namespace journey
