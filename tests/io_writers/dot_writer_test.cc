#include "journey/io/dot_writer.h"

#include "io_writers/support.h"

namespace journey {
namespace {

using testing::DotOf;
using testing::Has;
using testing::LogOf;
using testing::RunOn;

TEST_CASE("the graph has a box per channel, a node per touchpoint, an edge per transition") {
  const std::string dot =
      DotOf(RunOn(LogOf({{0, "a", "web", "view"}, {2, "a", "web", "view"}, {3, "a", "app", "pay"}})));
  CHECK(dot.starts_with("digraph journey {\n"));
  CHECK(dot.ends_with("}\n"));
  CHECK(Has(dot, "label=\"2 moves between 2 touchpoints\""));
  CHECK(Has(dot, "  subgraph cluster_0 {\n    label=\"app\";\n"));
  CHECK(Has(dot, "    t0 [label=\"pay\"];\n"));
  CHECK(Has(dot, "    t1 [label=\"view\"];\n"));
  CHECK(Has(dot, "  t1 -> t0 [label=\"1\\n1m\", penwidth=7.0];\n"));
  CHECK(Has(dot, "  t1 -> t1 [label=\"1\\n2m\", penwidth=7.0];\n"));
}

TEST_CASE("of a large graph the strongest edges are drawn, and it says so") {
  const EventLog log = LogOf({{0, "a", "w", "x"},
                              {1, "a", "w", "y"},
                              {2, "a", "w", "x"},
                              {3, "a", "w", "y"},
                              {4, "a", "w", "z"},
                              {5, "a", "w", "u"}});
  const std::string dot = DotOf(RunOn(log), {.max_edges = 1});
  CHECK(testing::CountOf(dot, " -> ") == 1);
  CHECK(Has(dot, "drawn are the 1 most frequent of 4 transitions, 40.0% of the moves"));
  CHECK(Has(dot, "[label=\"2\\n1m\""));
  CHECK_FALSE(Has(dot, "label=\"z\""));
}

TEST_CASE("a graph of nothing is a graph") {
  EventLog log;
  const std::string dot = DotOf(RunOn(log));
  CHECK(dot.starts_with("digraph journey {\n"));
  CHECK(dot.ends_with("}\n"));
  CHECK_FALSE(Has(dot, "->"));
}

TEST_CASE("touchpoints without transitions are still drawn when there are none at all") {
  CHECK(Has(DotOf(RunOn(LogOf({{0, "a", "web", "view"}}))), "t0 [label=\"view\"]"));
}

}  // namespace
}  // namespace journey
