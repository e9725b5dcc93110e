// What detectors say of options that make no sense, and how they state those in use.
#pragma once
#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "journey/core/status.h"
#include "journey/core/time.h"

namespace journey {
inline namespace v0 {
namespace internal {

inline Status CheckCount(std::string_view name, std::uint64_t value, std::uint64_t least) {
  if (value >= least) return absl::OkStatus();
  return InvalidArgument(fmt::format("{}: {} is not allowed; it must be at least {}", name, value, least));
}

inline Status CheckDuration(std::string_view name, Duration value, Duration least) {
  if (value >= least && value <= kForever) return absl::OkStatus();
  return InvalidArgument(fmt::format("{}: {}us is not allowed; it must be {}us to {}us", name, value.count(),
                                     least.count(), kForever.count()));
}

// A quantile is taken at parts of so many.
inline constexpr std::uint64_t kQuantileParts = 10'000;

inline Status CheckQuantile(std::string_view name, double value) {
  if (value >= 1.0 / static_cast<double>(kQuantileParts) && value <= 1.0) return absl::OkStatus();
  return InvalidArgument(fmt::format("{}: {} is not allowed; it must be 0.0001 to 1", name, value));
}

inline std::uint64_t PartOf(double quantile) {
  return static_cast<std::uint64_t>(quantile * static_cast<double>(kQuantileParts) + 0.5);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
