// The version of journey: the one place it is written; CMake and the package files read it from here.
#pragma once

#define JOURNEY_VERSION_MAJOR 0
#define JOURNEY_VERSION_MINOR 1
#define JOURNEY_VERSION_PATCH 0

namespace journey {
inline namespace v0 {
inline constexpr const char* kVersion = "0.1.0";
}  // namespace v0
}  // namespace journey
