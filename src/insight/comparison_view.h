// The view of FixFirst that compares journeys with and without a friction: figures, then effects.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "journey/insight/fix_first.h"

namespace journey {
inline namespace v0 {
namespace internal {

// Fills by_comparison (in the order of the keys, all effects and intervals) and implied.
// Requires: options.Validate().ok(); score_milli empty or one a journey.
void CompareExposed(const RunTables& tables, std::span<const std::int32_t> score_milli,
                    const FixFirstOptions& options, FixFirst& result);

}  // namespace internal
}  // namespace v0
}  // namespace journey
