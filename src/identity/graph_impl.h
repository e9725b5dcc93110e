// What an IdentityGraph keeps: the evidence, the sets of keys, and what was refused.
#pragma once
#include <map>
#include <utility>
#include <vector>

#include "identity/component_resolver.h"
#include "identity/evidence.h"
#include "identity/union_find.h"
#include "journey/core/row_table.h"
#include "journey/identity/identity_graph.h"

namespace journey {
inline namespace v0 {
namespace internal {

struct GraphImpl {
  GraphImpl(const EventLog& event_log, const IdentityPolicy& identity_policy, unsigned threads = 1);

  const EventLog& log;
  const IdentityPolicy policy;
  Evidence evidence;
  UnlinkedPairs unlinked;
  RowTable<Key> set_of;  // by key: the representative of its set
  std::vector<RefusedLink> refused;
  std::map<Key, SharedKey> shared;
  Resolution resolution;

 private:
  // By a key of its set, which represents it: the sets in which some rule may be broken.
  [[nodiscard]] std::vector<bool> ConflictedSets() const;
  void MarkBeyondLimits(std::vector<bool>& conflicted) const;
  void LabelRows(const std::vector<bool>& conflicted, Workers& workers);
  [[nodiscard]] std::vector<std::uint32_t> ConflictedRows(const std::vector<bool>& conflicted,
                                                          std::vector<std::size_t>& begins) const;
  void ResolveConflicted(const std::vector<bool>& conflicted);
  void CountIdentifiers(const std::vector<bool>& conflicted);
};

// The pairs of keys of which the latest unlink or relink is an unlink.
[[nodiscard]] UnlinkedPairs CollectUnlinked(const EventLog& log, const Evidence& evidence);

[[nodiscard]] IdentityExplanation ExplainPair(const GraphImpl& graph, const Identifier& a,
                                              const Identifier& b);
[[nodiscard]] std::vector<CustomerIdentifier> IdentifiersWithLabel(const GraphImpl& graph,
                                                                   std::uint32_t label);

}  // namespace internal
}  // namespace v0
}  // namespace journey
