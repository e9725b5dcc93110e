// Time: microseconds since the Unix epoch, UTC, as 64-bit integers. The library never reads a clock.
//
//   FormatTime(kMinTime)            "1970-01-01T00:00:00Z"
//   FormatDuration(90s)             "1m 30s"
//   ParseDuration("7d")             168 hours;  "30m", "24h", "500ms", "2w" likewise
//
// Events outside [kMinTime, kMaxTime) are rejected at the door, so that differences of times never overflow.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace journey {
inline namespace v0 {

using Duration = std::chrono::microseconds;
using TimePoint = std::chrono::sys_time<Duration>;

inline constexpr TimePoint kMinTime{};                                                         // 1970-01-01
inline constexpr TimePoint kMaxTime = std::chrono::sys_days{std::chrono::year{2200} / 1 / 1};  // excluded
inline constexpr Duration kForever = kMaxTime - kMinTime;                                      // "no limit"

// ISO 8601 in UTC; fractions of a second only where there are any: "2024-03-13T10:21:14Z", "...14.25Z".
[[nodiscard]] std::string FormatTime(TimePoint time);

// At most two units, for people: "0s", "350ms", "45s", "2m 5s", "3h 10m", "12d 4h".
[[nodiscard]] std::string FormatDuration(Duration duration);

// A whole number and a unit out of us, ms, s, m, h, d, w. nullopt when it is something else, is negative or
// does not fit below kForever.
[[nodiscard]] std::optional<Duration> ParseDuration(std::string_view text);

}  // namespace v0
}  // namespace journey
