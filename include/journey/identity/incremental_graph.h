// IncrementalGraph: the graph resolver, row by row, for a log that grows.
//
//   IncrementalGraph graph(log, policy);
//   log.Append(event);  graph.Add(row);  graph.LabelOf(row)
//
// After every row the labels part the rows exactly as IdentityGraph::Build over the same rows does. While
// nothing conflicts, a row costs a few look-ups and unions; in a component with a conflict its rows are
// resolved again, once for any number of rows added, when one of their labels is asked for. A key that
// becomes a hub takes its component apart once.
//
// Requires: the log is only appended to. A row whose content was taken over by a conflicting offer, or
//           evidence that is to be forgotten, wants a new graph.
// Lifetime: refers to the log. Threads: thread-compatible; LabelOf is not a reading call.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "journey/events/event_log.h"
#include "journey/identity/policy.h"

namespace journey {
inline namespace v0 {

class IncrementalGraph {
 public:
  // Equal for two rows if and only if they are one customer's, at this moment.
  using Label = std::uint64_t;

  IncrementalGraph(const EventLog& log, IdentityPolicy policy);
  ~IncrementalGraph();
  IncrementalGraph(IncrementalGraph&&) noexcept;

  // Requires: row below log.size(); each row once, in any order.
  void Add(EventIndex row);

  // Requires: the row was added.
  [[nodiscard]] Label LabelOf(EventIndex row);

  // Rows that were resolved again so far, the measure of the work that conflicts make.
  [[nodiscard]] std::uint64_t rows_resolved() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace v0
}  // namespace journey
