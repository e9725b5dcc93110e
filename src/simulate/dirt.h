// Dirt: what happens to events between the place where they were lived and the file.
#pragma once
#include <vector>

#include "simulate/simulator.h"

namespace journey {
inline namespace v0 {
namespace simulation {

// Puts the rows in the order of time, numbers them, and applies the dirt of the options; returns how many of
// them are no copies. Then the rows are in the order of the file.
std::size_t MakeFile(std::vector<EventRow>& rows, const SimulatorOptions& options);

}  // namespace simulation
}  // namespace v0
}  // namespace journey
