// What is behind ParseTime: the parser of all forms, and why a text that has the form of a time is none, for messages:
// 2024-02-30 -> "no such day".
#pragma once
#include <optional>
#include <string_view>

#include "journey/io/time_text.h"

namespace journey {
inline namespace v0 {
namespace internal {

// "no such day", "no such hour", ...; nothing if the text is a time, or has not the form of one. Names no content.
[[nodiscard]] std::string_view FaultOfTime(std::string_view text, TimeFormat format);

// ParseTime without the short cut for the usual forms.
[[nodiscard]] std::optional<TimePoint> ParseAnyTime(std::string_view text, TimeFormat format);

}  // namespace internal
}  // namespace v0
}  // namespace journey
