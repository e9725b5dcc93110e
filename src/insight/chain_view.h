// The view of FixFirst that repairs Markov chains, one for each definition.
#pragma once
#include "journey/insight/fix_first.h"

namespace journey {
inline namespace v0 {
namespace internal {

// Fills by_chain (frictions in the order of their keys, then drop-offs by touchpoint) and the figures
// chain_....
// Requires: options.Validate().ok().
void RepairChains(const RunTables& tables, const FixFirstOptions& options, FixFirst& result);

}  // namespace internal
}  // namespace v0
}  // namespace journey
