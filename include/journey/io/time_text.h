// Times as they are written in files.
//
//   ParseTime("2024-03-13 10:21:14",        TimeFormat::kIso8601)      no zone: UTC
//   ParseTime("2024-03-13T10:21:14.5+0200", TimeFormat::kIso8601)      08:21:14.5 UTC
//   ParseTime("1710325274.25",              TimeFormat::kUnixSeconds)  10:21:14.25 UTC
//   ParseTime("2024-02-30",                 TimeFormat::kIso8601)      nullopt: there is no such day
//
// ISO 8601 here is YYYY-MM-DD, alone (midnight) or followed by T or a blank and hh:mm, hh:mm:ss or hh:mm:ss
// with a fraction of one to nine digits, and Z, " UTC", an offset (+02:00, +0200, +02) or nothing (UTC).
// Every number is checked, leap years included. 24:00 is refused. A leap second (23:59:60 UTC) is read as the
// second after it, as POSIX does; a second 60 anywhere else is refused. What is finer than a microsecond is
// cut off.
//
// A Unix time is a decimal number, whole or with a fraction, counted in its unit. One too large for a
// TimePoint comes back as TimePoint::max() or min(), which the EventLog counts as out of range.
//
// kAuto looks at each value alone: eight digits that are a day from 1900 to 2199 (20240313) are that day,
// other numbers are seconds below 10^10, then milliseconds, microseconds and nanoseconds, each up to a
// thousand times more, and the rest must be ISO 8601. For times since May 1970 the unit is never in doubt.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "journey/core/time.h"

namespace journey {
inline namespace v0 {

enum class TimeFormat : std::uint8_t {
  kIso8601,
  kUnixSeconds,
  kUnixMillis,
  kUnixMicros,
  kUnixNanos,
  kAuto,
};

// "iso8601", "unix_s", "unix_ms", "unix_us", "unix_ns", "auto"; and back.
[[nodiscard]] std::string_view NameOf(TimeFormat format);
[[nodiscard]] std::optional<TimeFormat> TimeFormatOf(std::string_view name);

[[nodiscard]] std::optional<TimePoint> ParseTime(std::string_view text,
                                                 TimeFormat format = TimeFormat::kIso8601);

// A number that is no text, as a JSON file has it: rounded to the nearest microsecond.
// Requires: format is not kIso8601.
[[nodiscard]] TimePoint TimeFromNumber(double number, TimeFormat format);

// What a time in `format` looks like, for messages: "a time such as 2024-03-13T10:21:14Z".
[[nodiscard]] std::string_view ExampleOf(TimeFormat format);

// The form of a text without its content, for messages: "13/03/2024 9am" -> "99/99/9999 9aa". At most 32
// characters, then "...".
[[nodiscard]] std::string ShapeOf(std::string_view text);

}  // namespace v0
}  // namespace journey
