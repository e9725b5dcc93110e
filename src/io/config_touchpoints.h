// The "touchpoints" of a configuration: the catalogue of who owns what.
//
//   "touchpoints": [{"channels": ["web", "app"], "events": ["payment"], "owner": "Payments", "stage": "checkout",
//                    "expected": "2m"}, ...]
//
// The first entry that matches a touchpoint says everything about it (insight/owners.h).
#pragma once
#include <vector>

#include "io/config_json.h"
#include "journey/insight/owners.h"

namespace journey {
inline namespace v0 {
namespace internal {

[[nodiscard]] std::vector<TouchpointEntry> ReadTouchpoints(const ConfigNode& node);

}  // namespace internal
}  // namespace v0
}  // namespace journey
