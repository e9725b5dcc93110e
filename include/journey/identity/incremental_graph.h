// IncrementalGraph: the graph resolver, row by row, for a log that grows, changes and forgets.
//
//   IncrementalGraph graph(log, policy);
//   log.Append(event);  graph.Add(row);       graph.LabelOf(row)
//   graph.Remove(row);  log.Forget(...);      graph.WipeUnusedKeys()
//   graph.TakeChanged()                       the rows that may have another label than before
//
// After every call the labels part the rows that are added exactly as IdentityGraph::Build over those rows
// alone does. While nothing conflicts, a row costs a few look-ups and unions; in a component with a conflict
// its rows are resolved again, once for any number of rows added, when one of their labels or the changes are
// asked for. A key that becomes a hub takes its component apart once.
//
// Removing builds the components of the removed rows anew: rows that go together should be removed by one
// call. A row that carries a hub makes Remove pass over all rows, to see whether that still is one; if not, all
// rows that carry it are built anew, too.
//
// Requires: a row whose content or place the log is about to change, or that it is about to forget, is removed
//           first (see EventLog::Append with before_change) and added again, if at all, afterwards.
// Lifetime: refers to the log. Threads: thread-compatible; LabelOf is not a reading call.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "journey/events/event_log.h"
#include "journey/identity/policy.h"

namespace journey {
inline namespace v0 {

class IncrementalGraph {
 public:
  // Equal for two rows if and only if they are one customer's, at this moment. A row that links nobody, such
  // as an unlink or a consent, has a label of its own.
  using Label = std::uint64_t;

  IncrementalGraph(const EventLog& log, IdentityPolicy policy);
  ~IncrementalGraph();
  IncrementalGraph(IncrementalGraph&&) noexcept;
  IncrementalGraph& operator=(IncrementalGraph&&) noexcept;

  // Requires: row below log.size(), not forgotten, not added; in any order.
  void Add(EventIndex row);

  // The same for a row that says nothing new, being an event whose keys are one component's and were on an event
  // together before, where nothing conflicts; of another it takes no note and answers nothing. Such a row is not
  // among the changes but waits for TakeRepeats, unless something happens to its component first: then it is among
  // the changes. Cost: a look at the keys and their component, and no more.
  struct Repeat {
    Label label = 0;
    std::uint32_t waiting = 0;  // repeats of the component, this one among them
    std::uint32_t rows = 0;     // of the component
  };
  [[nodiscard]] std::optional<Repeat> AddRepeat(EventIndex row);
  // Appends the repeats with this label that wait, which they then do no longer. Order: the latest first.
  void TakeRepeats(Label label, std::vector<EventIndex>& rows);
  [[nodiscard]] std::uint32_t WaitingRepeats(Label label) const;
  [[nodiscard]] std::uint64_t untold_repeats() const;  // that wait, of all labels

  // Asks memory for what adding the rows [first, first + count) will need first. Requires: they are in the log.
  void LookAhead(EventIndex first, std::uint32_t count) const;

  // The graph is as if the rows had never been added. Requires: each was added, is there once, and still has
  // the content in the log with which it was added.
  void Remove(std::span<const EventIndex> rows);
  void Remove(EventIndex row) { Remove({&row, 1}); }

  // Overwrites the texts of identifiers that no added row carries any more.
  // Requires: is called after each log.Forget(), before anything else is asked of the graph.
  // Cost: linear in the identifiers.
  void WipeUnusedKeys();

  // Requires: the row was added.
  [[nodiscard]] Label LabelOf(EventIndex row);

  // The added rows whose label may have changed since this was last called, each once, new rows among them;
  // removed ones are not. While nothing conflicts: a new row alone, and when two components become one, the
  // rows of the one that has fewer. Where something does, those whose label did change.
  [[nodiscard]] std::vector<EventIndex> TakeChanged();
  // Whether there is nothing to take: what came since was added as repeats.
  [[nodiscard]] bool settled() const;

  // A key is what the identifiers are that differ in spelling alone: a namespace and a normalised value. Keys
  // are numbered anew only by a new graph; one whose text was wiped is not given out again.
  using Key = std::uint32_t;
  static constexpr Key kNoKey = UINT32_MAX;

  // kNoKey: its value is blocked, or it was on no row that was added.
  [[nodiscard]] Key KeyOf(IdentifierId identifier) const;
  [[nodiscard]] Key FindKey(std::string_view name_space,
                            std::string_view value) const;  // as a host spells it
  [[nodiscard]] NamespaceId NamespaceOf(Key key) const;
  [[nodiscard]] std::string_view TextOf(Key key) const;  // normalised; empty when it was wiped
  [[nodiscard]] IdentifierKind KindOf(Key key) const;
  [[nodiscard]] bool Stronger(Key a, Key b) const;  // as IdentityGraph orders them
  [[nodiscard]] bool IsHub(Key key) const;
  // The label of the customer that the key stands for: none for a hub, a key that several share, and one that
  // is on no row that links.
  [[nodiscard]] std::optional<Label> LabelOfKey(Key key);

  // What hangs together by the rows that link, hubs left out. Order: none in particular.
  // Requires: the row was added. Cost: linear in the component, but for HasConflict.
  [[nodiscard]] bool HasConflict(EventIndex row);
  // The number of its rows, repeats that wait left out; of a row without keys 1. Cost: constant.
  [[nodiscard]] std::uint32_t RowsAround(EventIndex row);
  [[nodiscard]] std::vector<EventIndex> ComponentOf(EventIndex row);  // of a row without keys: it alone
  // The keys of the component of a key, it among them, ascending; of a hub, and a key on no row that links, it alone.
  [[nodiscard]] std::vector<Key> KeysAround(Key key);
  // The rows that link and carry a key. Cost: of a hub, linear in all rows.
  [[nodiscard]] std::vector<EventIndex> RowsOf(Key key);

  // Of the rows added, as in Resolution: keys on events, places that held a blocked value, hubs.
  [[nodiscard]] std::uint64_t identifiers() const;
  [[nodiscard]] std::uint64_t placeholders() const;
  [[nodiscard]] std::uint64_t hubs() const;

  // Rows that were resolved again so far, the measure of the work that conflicts make.
  [[nodiscard]] std::uint64_t rows_resolved() const;

  [[nodiscard]] std::size_t bytes() const;  // of memory held, without the log; roughly

  // Whether these bytes stand anywhere in the memory of the texts that the graph keeps beside the log's.
  [[nodiscard]] bool MemoryHolds(std::string_view bytes) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace v0
}  // namespace journey
