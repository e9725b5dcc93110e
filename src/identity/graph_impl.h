// What an IdentityGraph keeps: the evidence, the sets of keys, and what was refused.
#pragma once
#include <map>
#include <utility>
#include <vector>

#include "identity/component_resolver.h"
#include "identity/evidence.h"
#include "identity/union_find.h"
#include "journey/identity/identity_graph.h"

namespace journey {
inline namespace v0 {
namespace internal {

struct GraphImpl {
  GraphImpl(const EventLog& event_log, const IdentityPolicy& identity_policy);

  const EventLog& log;
  const IdentityPolicy policy;
  Evidence evidence;
  UnlinkedPairs unlinked;
  std::vector<Key> set_of;  // by key: the representative of its set
  std::vector<RefusedLink> refused;
  std::map<Key, SharedKey> shared;
  Resolution resolution;

 private:
  [[nodiscard]] UnionFind UniteRows() const;
  [[nodiscard]] std::vector<bool> ConflictedRoots(UnionFind& raw) const;
  void CountIdentifiers();
  void ResolveConflicted(std::vector<std::pair<Key, std::uint32_t>>& rows);
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
