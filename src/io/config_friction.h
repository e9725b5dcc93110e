// The key "detectors" of a configuration: which detectors look for friction, with which thresholds.
#pragma once
#include "io/config_json.h"
#include "journey/friction/detector.h"

namespace journey {
inline namespace v0 {
namespace internal {

// A list of names, or of objects with a name and thresholds; see io/config.h. After an error the list is of no use.
[[nodiscard]] DetectorList ReadDetectors(const ConfigNode& node, ConfigError& error);

}  // namespace internal
}  // namespace v0
}  // namespace journey
