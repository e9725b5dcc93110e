// WriteDot: the transition graph of a Report for Graphviz.
//
//   journey report events.csv --dot flow.dot && dot -Tsvg flow.dot > flow.svg
//
// One node per touchpoint, in a box for its channel; one edge per transition, as wide as it is frequent, with
// its count and the median time between the two. Of a large graph only the most frequent transitions are
// drawn, and the graph's label says so.
//
// Errors: those of the stream. Threads: safe on different streams. Cost: O(transitions log transitions).
#pragma once
#include <cstddef>
#include <iosfwd>

#include "journey/pipeline/report.h"

namespace journey {
inline namespace v0 {

struct DotOptions {
  std::size_t max_edges = 200;
};

void WriteDot(const Report& report, std::ostream& out, const DotOptions& options = {});

}  // namespace v0
}  // namespace journey
