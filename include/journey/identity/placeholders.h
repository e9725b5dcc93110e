// Placeholders: values that stand in the place of an identifier and name nobody. Were they taken for
// evidence, one "null" would make one customer of everybody.
//
//   IsPlaceholder("null")  IsPlaceholder(" N/A ")  IsPlaceholder("00000000-0000-0000-0000-000000000000") true
//   IsPlaceholder("nullo@example.org") false
//
// The list is what trackers and analytics products are known to receive: empty and blank values, null, none,
// nil, nan, undefined, unknown, anonymous, guest, true, false, 0, -1, n/a, (not set), [object Object],
// distinct_id and the like, whatever their case, and anything that consists of zeros and punctuation alone.
#pragma once
#include <string_view>

namespace journey {
inline namespace v0 {

[[nodiscard]] bool IsPlaceholder(std::string_view value);

}  // namespace v0
}  // namespace journey
