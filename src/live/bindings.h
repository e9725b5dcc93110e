// Bindings: which customer a reader finds by an identifier, and by what a customer is named.
//
// An identifier finds the customer that its key stands for; one that several share, the customer of the last event
// that carries it; a hub, nobody. A customer's public id is that of the strongest key that stands for it, or without
// one that of its first event; every id of one of its keys finds it, too.
#pragma once
#include <absl/container/flat_hash_set.h>

#include <cstdint>
#include <span>
#include <vector>

#include "journey/core/column.h"
#include "journey/events/event_log.h"
#include "journey/identity/incremental_graph.h"
#include "live/context_store.h"
#include "live/customers.h"
#include "live/identifier_names.h"

namespace journey {
inline namespace v0 {
namespace internal {

class Bindings {
 public:
  using Key = IncrementalGraph::Key;

  Bindings(const EventLog& log, IncrementalGraph& graph, Customers& customers, ContextStore& store,
           const IdentifierNames& names);

  // Before rows leave the graph: what depends on them is to be looked at again.
  void NoteAround(std::span<const EventIndex> rows);
  // After the graph has changed: looks again at the keys of these rows and at what was noted. New cells get a slot.
  // Requires: the rows are in the graph and placed.
  void Update(std::span<const EventIndex> rows);
  // Whether Update of no rows would do nothing.
  [[nodiscard]] bool settled() const { return keys_.empty() && unnamed_.empty(); }
  // Before a cell is freed.
  void Drop(CellId id);
  // After the graph was made anew from the same rows: the keys have other numbers. Requires: `rows` are all of them.
  void Renumber(std::span<const EventIndex> rows);

  // Whether a customer who has the identifier is truncated.
  [[nodiscard]] bool OfTruncated(IdentifierHash hash) const;
  // Notes that further events of a customer are to be refused, or no longer. False: none are, as no identifier is
  // the customer's alone. Cost: linear in what hangs together with the customer.
  bool SetTruncated(CellId id, bool truncated);
  [[nodiscard]] bool any_truncated() const { return !truncated_.empty(); }
  [[nodiscard]] std::size_t bytes() const { return bound_.capacity() * sizeof(Bound); }

 private:
  struct Bound {
    IdentifierHash hash;
    IdentifierHash id_hash;
    Slot slot = kNoSlot;
    bool named = false;  // the hashes are known
  };
  struct HashOf {
    std::size_t operator()(const IdentifierHash& hash) const { return hash.low; }
  };
  void NoteKey(Key key);
  void NoteComponent(EventIndex row);
  [[nodiscard]] bool HasLostItsName(const Cell& cell);
  [[nodiscard]] CellId CellOfKey(Key key);
  void NameKey(Key key, Bound& bound) const;
  void LookAhead();
  void Rebind(Key key);
  void Name(CellId id);

  const EventLog& log_;
  IncrementalGraph& graph_;
  Customers& customers_;
  ContextStore& store_;
  const IdentifierNames& names_;
  Column<Bound> bound_;         // by key
  Column<std::uint8_t> noted_;  // by key: in keys_
  std::vector<Key> keys_;       // to look at
  std::vector<CellId> unnamed_;
  absl::flat_hash_set<IdentifierHash, HashOf> truncated_;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
