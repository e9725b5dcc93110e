// A Comparison as a JSON object, for WriteCompareJson and for whoever puts one into a larger document.
#pragma once
#include "io/json_stream_writer.h"
#include "journey/insight/compare.h"

namespace journey {
inline namespace v0 {
namespace internal {

// The members of the object; the caller opens and ends it.
void WriteComparisonMembers(const Comparison& comparison, JsonStreamWriter& json);

}  // namespace internal
}  // namespace v0
}  // namespace journey
