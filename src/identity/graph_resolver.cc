#include "journey/identity/graph_resolver.h"

#include <utility>

#include "identity/graph_impl.h"

namespace journey {
inline namespace v0 {

Resolution GraphResolver::ResolveOn(const EventLog& log, unsigned threads) const {
  internal::GraphImpl graph(log, policy_, threads);
  return std::move(graph.resolution);
}

}  // namespace v0
}  // namespace journey
