#include "journey/identity/incremental_graph.h"

#include <algorithm>

#include "identity/incremental_graph_impl.h"
#include "journey/core/check.h"

namespace journey {
inline namespace v0 {

using internal::Key;
using internal::kNoKey;
using internal::RowKeys;

void IncrementalGraph::Impl::Grow() {
  for (auto key = static_cast<Key>(parent.size()); key < evidence.keys(); ++key) {
    parent.push_back(key);
    size.push_back(1);
    carriers.push_back(0);
    stands_for.push_back(kNoKey);
    present.push_back(false);
    conflict_noted.push_back(false);
  }
  components.Grow(parent.size());
  if (next_row.size() < log.size()) {
    next_row.resize(log.size(), kNone);
    labels.resize(log.size());
    flags.resize(log.size());
  }
}

Key IncrementalGraph::Impl::Find(Key key) {
  while (parent[key] != key) {
    parent[key] = parent[parent[key]];
    key = parent[key];
  }
  return key;
}

void IncrementalGraph::Impl::Note(std::uint32_t row) {
  if ((flags[row] & kChanged) != 0) return;
  flags[row] |= kChanged;
  changed.push_back({row});
}

void IncrementalGraph::Impl::NoteAll(const Component& component) {
  if (component.last_row == kNone) return;
  std::uint32_t row = component.last_row;
  do {
    Note(row);
    row = next_row[row];
  } while (row != component.last_row);
}

// Something happened in a component; if it has a conflict, anything may follow.
void IncrementalGraph::Impl::NoteConflict(Key root) {
  Component& component = components[root];
  component.stale = true;
  if (!component.conflicted() || conflict_noted[root]) return;
  conflict_noted[root] = true;
  conflicts.push_back(root);
}

void IncrementalGraph::Impl::CountValue(Component& component, std::uint32_t name_space, std::uint32_t count) {
  const NamespacePolicy& entry = evidence.policy_of(name_space);
  const std::uint32_t limit = entry.exclusive ? 1 : entry.max_values;
  if (limit == 0) return;
  auto& values = component.values;
  auto found = std::ranges::find(values, name_space, &std::pair<std::uint32_t, std::uint32_t>::first);
  if (found == values.end()) found = values.insert(values.end(), {name_space, 0});
  found->second += count;
  if (found->second > limit) component.broken = true;
}

// A key is seen for the first time (since its component was taken apart).
void IncrementalGraph::Impl::TakeIn(Key key) {
  if (present[key]) return;
  present[key] = true;
  Component& component = components[Find(key)];
  CountValue(component, evidence.name_space(key).value, 1);
  if (partners.contains(key)) component.unlinked.push_back(key);
}

void IncrementalGraph::Impl::Unite(Key a, Key b) {
  a = Find(a);
  b = Find(b);
  if (a == b) return;
  // The rows of the larger side keep their label, which is the root.
  if (std::pair(components[a].rows, size[a]) < std::pair(components[b].rows, size[b])) std::swap(a, b);
  // Pairs of which one end is here and the other there are inside from now on; the shorter list tells which.
  const bool from_a = components[a].unlinked.size() < components[b].unlinked.size();
  const Key other_root = from_a ? b : a;
  std::uint64_t met = 0;
  for (const Key key : components[from_a ? a : b].unlinked) {
    for (const Key partner : partners[key]) {
      if (partner < present.size() && present[partner] && Find(partner) == other_root) ++met;
    }
  }
  Component& into = components[a];
  Component& from = components[b];
  // Those of the smaller side get another label; and beside rows whose labels are kept, those whose are not.
  NoteAll(from);
  if (from.labelled && !into.labelled) NoteAll(into);
  into.labelled = into.labelled || from.labelled;
  parent[b] = a;
  size[a] += size[b];
  for (const auto& [name_space, count] : from.values) CountValue(into, name_space, count);
  into.unlinked.insert(into.unlinked.end(), from.unlinked.begin(), from.unlinked.end());
  into.pairs_inside += from.pairs_inside + met;
  into.broken = into.broken || from.broken;
  into.rows += from.rows;
  if (into.last_row == kNone)
    into.last_row = from.last_row;
  else if (from.last_row != kNone)
    std::swap(next_row[into.last_row], next_row[from.last_row]);  // two rings to one
  components.Release(b);
  NoteConflict(a);
}

void IncrementalGraph::Impl::Insert(std::uint32_t row) {
  Note(row);
  const RowKeys keys = evidence.KeysOf({row});
  if (keys.empty()) return;
  for (const Key key : keys) TakeIn(key);
  for (std::uint32_t i = 1; i < keys.count; ++i) Unite(keys.keys[0], keys.keys[i]);
  const Key root = Find(keys.keys[0]);
  Component& component = components[root];
  if (component.last_row == kNone) {
    next_row[row] = row;
  } else {
    next_row[row] = next_row[component.last_row];
    next_row[component.last_row] = row;
  }
  component.last_row = row;
  ++component.rows;
  if (policy.forget_after_logout && evidence.LogsOut({row})) component.broken = true;
  NoteConflict(root);
}

std::vector<std::uint32_t> IncrementalGraph::Impl::RowsOf(const Component& component) const {
  std::vector<std::uint32_t> rows;
  if (component.last_row == kNone) return rows;
  for (std::uint32_t row = next_row[component.last_row];; row = next_row[row]) {
    rows.push_back(row);
    if (row == component.last_row) return rows;
  }
}

// Takes the keys of a row out of their component. Requires: so are those of all its other rows.
void IncrementalGraph::Impl::Reset(std::uint32_t row) {
  for (const Key key : evidence.KeysWithHubsOf({row})) {
    parent[key] = key;
    size[key] = 1;
    present[key] = false;
    components.Release(key);
  }
}

// A key of the row has become a hub, which takes no part: the components it held together are built anew.
void IncrementalGraph::Impl::TakeApart(EventIndex row) {
  std::vector<std::uint32_t> rows{row.value};
  std::set<Key> roots;
  for (const Key key : evidence.KeysWithHubsOf(row)) {
    if (present[key] && roots.insert(Find(key)).second) {
      const std::vector<std::uint32_t> more = RowsOf(components[Find(key)]);
      rows.insert(rows.end(), more.begin(), more.end());
    }
  }
  for (const std::uint32_t old : rows) Reset(old);
  for (const std::uint32_t old : rows) Insert(old);
}

void IncrementalGraph::Impl::Resolve(Component& component) {
  // Until now their label was the root.
  if (!component.labelled) NoteAll(component);
  component.labelled = true;
  std::vector<std::uint32_t> rows = RowsOf(component);
  std::ranges::sort(rows, [&](std::uint32_t a, std::uint32_t b) { return a != b && log.Before({a}, {b}); });
  if (unlinked_stale) {
    unlinked.clear();
    for (const auto& [key, others] : partners) {
      for (const Key other : others) {
        if (key < other) unlinked.emplace_back(key, other);
      }
    }
    unlinked_stale = false;
  }
  internal::ComponentResult result;
  resolver.Resolve(rows, unlinked, result);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const internal::RowLabel label = result.labels[i];
    const Label now = label.key != kNoKey ? Label{label.key} : kRowLabel | label.row;
    if (labels[rows[i]] != now) Note(rows[i]);
    labels[rows[i]] = now;
  }
  for (const auto& [key, set] : result.sets) stands_for[key] = set;
  for (const internal::SharedKey& entry : result.shared) stands_for[entry.key] = kNoKey;
  rows_resolved += rows.size();
  component.stale = false;
}

IncrementalGraph::IncrementalGraph(const EventLog& log, IdentityPolicy policy)
    : impl_(std::make_unique<Impl>(log, std::move(policy))) {}
IncrementalGraph::~IncrementalGraph() = default;
IncrementalGraph::IncrementalGraph(IncrementalGraph&&) noexcept = default;
IncrementalGraph& IncrementalGraph::operator=(IncrementalGraph&&) noexcept = default;

void IncrementalGraph::Add(EventIndex row) {
  Impl& graph = *impl_;
  JOURNEY_CHECK(!graph.log.forgotten(row) && !graph.added(row.value));
  const bool new_hub = graph.evidence.Observe(row);
  graph.Grow();
  graph.flags[row.value] |= Impl::kAdded;
  if (!internal::Evidence::TakesPart(graph.log.kind(row))) return;
  for (const Key key : graph.evidence.KeysWithHubsOf(row)) ++graph.carriers[key];
  if (!graph.evidence.Links(row))
    graph.Correct(row);
  else if (new_hub)
    graph.TakeApart(row);
  else
    graph.Insert(row.value);
}

Key IncrementalGraph::Impl::RootOf(std::uint32_t row) {
  JOURNEY_CHECK(added(row));
  if (!evidence.Links({row})) return kNoKey;
  const RowKeys keys = evidence.KeysOf({row});
  return keys.empty() ? kNoKey : Find(keys.keys[0]);
}

IncrementalGraph::Label IncrementalGraph::LabelOf(EventIndex row) {
  const Key root = impl_->RootOf(row.value);
  if (root == kNoKey) return Impl::kRowLabel | row.value;
  Impl::Component& component = impl_->components[root];
  if (!component.conflicted()) return root;
  if (component.stale) impl_->Resolve(component);
  return impl_->labels[row.value];
}

std::vector<EventIndex> IncrementalGraph::TakeChanged() {
  Impl& graph = *impl_;
  for (const Key noted : graph.conflicts) {
    graph.conflict_noted[noted] = false;
    Impl::Component& component = graph.components[graph.Find(noted)];
    if (component.conflicted() && component.stale) graph.Resolve(component);
  }
  graph.conflicts.clear();
  std::vector<EventIndex> rows;
  rows.reserve(graph.changed.size());
  for (const EventIndex row : graph.changed) {
    const bool tell = graph.flags[row.value] == (Impl::kAdded | Impl::kChanged);
    graph.flags[row.value] &= Impl::kAdded;  // a row that was removed and added again is listed twice
    if (tell) rows.push_back(row);
  }
  graph.changed.clear();
  return rows;
}

std::uint64_t IncrementalGraph::rows_resolved() const {
  return impl_->rows_resolved;
}

std::size_t IncrementalGraph::bytes() const {
  const Impl& graph = *impl_;
  std::size_t sum = sizeof(Impl) + graph.evidence.bytes();
  sum += graph.parent.capacity() * 4 * sizeof(std::uint32_t) + graph.parent.size() / 4 +
         graph.components.bytes();
  sum += graph.next_row.capacity() * (sizeof(std::uint32_t) + sizeof(Label) + 1);
  return sum + graph.changed.capacity() * sizeof(EventIndex) + graph.records.size() * 256;
}

bool IncrementalGraph::MemoryHolds(std::string_view bytes) const {
  return impl_->evidence.MemoryHolds(bytes);
}

}  // namespace v0
}  // namespace journey
