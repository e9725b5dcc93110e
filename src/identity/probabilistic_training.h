// The weights of a MatchModel: given, or learnt from the patterns of pairs.
#pragma once
#include <cstdint>
#include <vector>

#include "identity/probabilistic_pairs.h"

namespace journey {
inline namespace v0 {
namespace internal {

// Learns what the options do not give. `profiles`: how many there are.
[[nodiscard]] MatchModel Train(const MatchOptions& options, const Patterns& patterns,
                               const RandomPairs& random, std::uint64_t profiles);

}  // namespace internal
}  // namespace v0
}  // namespace journey
