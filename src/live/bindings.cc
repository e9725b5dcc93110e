#include "live/bindings.h"

#include <algorithm>

namespace journey {
inline namespace v0 {
namespace internal {

Bindings::Bindings(const EventLog& log, IncrementalGraph& graph, Customers& customers, ContextStore& store,
                   const IdentifierNames& names)
    : log_(log), graph_(graph), customers_(customers), store_(store), names_(names) {}

void Bindings::NoteKey(Key key) {
  if (key >= noted_.size()) noted_.resize(key + std::size_t{1});
  if (noted_[key] != 0) return;
  noted_[key] = 1;
  keys_.push_back(key);
}

// All keys of the component that a row is in. Its customers are named anew.
void Bindings::NoteComponent(EventIndex row) {
  for (const EventIndex other : graph_.ComponentOf(row)) {
    for (const IdentifierId id : log_.identifiers(other)) {
      if (const Key key = graph_.KeyOf(id); key != IncrementalGraph::kNoKey) NoteKey(key);
    }
    const CellId id = customers_.CellOf(other);
    if (id == kNoCell || customers_.cell(id).strongest == IncrementalGraph::kNoKey) continue;
    customers_.cell(id).strongest = IncrementalGraph::kNoKey;
    unnamed_.push_back(id);  // also if no key turns out to be its own
  }
}

// Whether the key that names a customer is another's now, or nobody's: it has become a hub, which took its component apart.
bool Bindings::HasLostItsName(const Cell& cell) {
  return cell.strongest != IncrementalGraph::kNoKey &&
         (graph_.IsHub(cell.strongest) || graph_.LabelOfKey(cell.strongest) != cell.label);
}

void Bindings::NoteAround(std::span<const EventIndex> rows) {
  for (const EventIndex row : rows) {
    for (const IdentifierId id : log_.identifiers(row)) {
      const Key key = graph_.KeyOf(id);
      if (key != IncrementalGraph::kNoKey && (key >= noted_.size() || noted_[key] == 0)) {
        NoteKey(key);
        NoteComponent(row);
      }
    }
  }
}

CellId Bindings::CellOfKey(Key key) {
  if (graph_.IsHub(key)) return kNoCell;
  if (const auto label = graph_.LabelOfKey(key)) return customers_.CellWithLabel(*label);
  // Shared, or on no row any more.
  EventIndex last;
  for (const EventIndex row : graph_.RowsOf(key)) {
    if (log_.kind(row) != RecordKind::kEvent || customers_.CellOf(row) == kNoCell) continue;
    if (!last.valid() || log_.Before(last, row)) last = row;
  }
  return last.valid() ? customers_.CellOf(last) : kNoCell;
}

void Bindings::NameKey(Key key, Bound& bound) const {
  if (bound.named) return;
  const std::string_view name_space = log_.namespaces().text(graph_.NamespaceOf(key).value);
  bound.hash = names_.HashOfNormal(name_space, graph_.TextOf(key));
  if (names_.has_ids()) bound.id_hash = names_.HashOf(names_.IdOf(name_space, graph_.TextOf(key)));
  bound.named = true;
}

// Names the keys that are new, and asks memory for where they will be bound.
void Bindings::LookAhead() {
  for (const Key key : keys_) {
    if (key >= bound_.size()) bound_.resize(key + std::size_t{1});
    Bound& bound = bound_[key];
    if (bound.named || graph_.IsHub(key)) continue;
    NameKey(key, bound);
    store_.LookAhead(bound.hash);
  }
}

void Bindings::Rebind(Key key) {
  if (key >= bound_.size()) bound_.resize(key + std::size_t{1});
  Bound& bound = bound_[key];
  const CellId id = CellOfKey(key);
  const Slot slot = id == kNoCell ? kNoSlot : customers_.cell(id).slot;
  if (slot != bound.slot) {
    NameKey(key, bound);
    if (slot == kNoSlot) {
      store_.Unbind(bound.hash);
      if (names_.has_ids()) store_.Unbind(bound.id_hash);
    } else {
      store_.Bind(bound.hash, slot);
      if (names_.has_ids()) store_.Bind(bound.id_hash, slot);
    }
    bound.slot = slot;
  }
  const bool is_theirs = id != kNoCell && graph_.LabelOfKey(key);
  if (!truncated_.empty() && bound.named && !(is_theirs && customers_.cell(id).truncated))
    truncated_.erase(bound.hash);
  if (!is_theirs) return;
  Cell& cell = customers_.cell(id);
  if (cell.truncated) truncated_.insert(bound.hash);
  if (cell.strongest == IncrementalGraph::kNoKey ||
      (key != cell.strongest && graph_.Stronger(key, cell.strongest))) {
    cell.strongest = key;
    unnamed_.push_back(id);
  }
}

void Bindings::Update(std::span<const EventIndex> rows) {
  for (const EventIndex row : rows) {
    const CellId id = customers_.CellOf(row);
    bool fresh = false;
    if (id != kNoCell && HasLostItsName(customers_.cell(id))) NoteComponent(row);
    if (id != kNoCell && customers_.cell(id).slot == kNoSlot) {
      customers_.cell(id).slot = store_.Allocate();
      unnamed_.push_back(id);
      fresh = true;
    }
    // All rows of its component are its own, and among these: so are all keys.
    if (fresh && graph_.RowsAround(row) == customers_.cell(id).timeline.size()) fresh = false;
    const bool conflicted = graph_.HasConflict(row);
    for (const IdentifierId identifier : log_.identifiers(row)) {
      const Key key = graph_.KeyOf(identifier);
      if (key == IncrementalGraph::kNoKey) continue;
      if ((conflicted || fresh) && (key >= noted_.size() || noted_[key] == 0)) NoteComponent(row);
      NoteKey(key);
    }
  }
  if (keys_.size() > 1) LookAhead();
  for (const Key key : keys_) {
    Rebind(key);
    noted_[key] = 0;
  }
  keys_.clear();
  for (const CellId id : unnamed_) Name(id);
  unnamed_.clear();
}

void Bindings::Name(CellId id) {
  Cell& cell = customers_.cell(id);
  if (!cell.in_use || cell.timeline.empty() || !names_.has_ids()) return;
  const PublicId now = cell.strongest == IncrementalGraph::kNoKey
                           ? names_.IdOf(log_.key(cell.timeline.front().event))
                           : names_.IdOf(log_.namespaces().text(graph_.NamespaceOf(cell.strongest).value),
                                         graph_.TextOf(cell.strongest));
  if (now == cell.id) return;
  if (cell.keyless) store_.Unbind(names_.HashOf(cell.id));
  cell.id = now;
  cell.keyless = cell.strongest == IncrementalGraph::kNoKey;
  if (cell.keyless) store_.Bind(names_.HashOf(now), cell.slot);
  cell.republish = true;
  customers_.Touch(id);
}

void Bindings::Drop(CellId id) {
  Cell& cell = customers_.cell(id);
  if (cell.keyless) store_.Unbind(names_.HashOf(cell.id));
  if (cell.slot != kNoSlot) store_.Release(cell.slot);
  cell.slot = kNoSlot;
}

void Bindings::Renumber(std::span<const EventIndex> rows) {
  bound_.clear();
  noted_.clear();
  keys_.clear();
  Update(rows);  // binds what is bound already to the same slots
}

bool Bindings::OfTruncated(IdentifierHash hash) const {
  return truncated_.contains(hash);
}

bool Bindings::SetTruncated(CellId id, bool truncated) {
  const Cell& cell = customers_.cell(id);
  if (cell.strongest == IncrementalGraph::kNoKey) return false;
  for (const Key key : graph_.KeysAround(cell.strongest)) {
    if (graph_.LabelOfKey(key) != cell.label) continue;
    if (key >= bound_.size()) bound_.resize(key + std::size_t{1});
    NameKey(key, bound_[key]);
    if (truncated)
      truncated_.insert(bound_[key].hash);
    else
      truncated_.erase(bound_[key].hash);
  }
  return truncated;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
