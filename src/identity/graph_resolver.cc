#include "journey/identity/graph_resolver.h"

#include "journey/identity/identity_graph.h"

namespace journey {
inline namespace v0 {

Resolution GraphResolver::Resolve(const EventLog& log) const {
  return IdentityGraph::Build(log, policy_).resolution();
}

}  // namespace v0
}  // namespace journey
