#include "journey/identity/incremental_graph.h"
#include "journey/core/prefetch.h"

#include <algorithm>
#include <array>
#include <utility>

#include "identity/incremental_graph_impl.h"
#include "journey/core/check.h"

namespace journey {
inline namespace v0 {

using internal::Key;
using internal::kNoKey;
using internal::RowKeys;

void IncrementalGraph::Impl::Grow() {
  for (auto key = static_cast<Key>(keys.size()); key < evidence.keys(); ++key)
    keys.push_back({.parent = key});
  if (flags.size() < log.size()) {  // for some rows more, as they come one by one
    constexpr std::size_t kAhead = 256;
    const std::size_t rows = (log.size() + kAhead - 1) / kAhead * kAhead;
    previous_row.resize(rows, kNone);
    flags.resize(rows);
  }
}

Key IncrementalGraph::Impl::Find(Key key) {
  while (keys[key].parent != key) {
    keys[key].parent = keys[keys[key].parent].parent;
    key = keys[key].parent;
  }
  return key;
}

IncrementalGraph::Impl::Component& IncrementalGraph::Impl::ComponentOf(Key root) {
  std::uint32_t& place = keys[root].component;
  if (place == kNone && !free_components.empty()) {
    place = free_components.back();
    free_components.pop_back();
  } else if (place == kNone) {
    place = static_cast<std::uint32_t>(components.size());
    components.Add();
  }
  return components[place];
}

void IncrementalGraph::Impl::Release(Key root) {
  if (keys[root].component == kNone) return;
  Component& component = components[keys[root].component];
  untold_repeats -= component.repeats;
  component = {};
  free_components.push_back(std::exchange(keys[root].component, kNone));
}

void IncrementalGraph::Impl::Note(std::uint32_t row) {
  if ((flags[row] & kChanged) != 0) return;
  flags[row] |= kChanged;
  changed.push_back({row});
}

// Repeats that were not told yet are told with the others.
void IncrementalGraph::Impl::NoteAll(Component& component) {
  for (std::uint32_t row = component.last_row; row != kNone; row = previous_row[row]) Note(row);
  untold_repeats -= std::exchange(component.repeats, 0);
}

// Something happened in a component; if it has a conflict, anything may follow.
void IncrementalGraph::Impl::NoteConflict(Key root) {
  Component& component = ComponentOf(root);
  component.stale = true;
  if (!component.conflicted() || keys[root].conflict_noted) return;
  keys[root].conflict_noted = true;
  conflicts.push_back(root);
}

void IncrementalGraph::Impl::CountValue(Component& component, std::uint32_t name_space, std::uint32_t count) {
  const NamespacePolicy& entry = evidence.policy_of(name_space);
  const std::uint32_t limit = entry.exclusive ? 1 : entry.max_values;
  if (limit == 0) return;
  auto& values = component.values;
  auto found = std::ranges::find(values, name_space, &std::pair<std::uint32_t, std::uint32_t>::first);
  if (found == values.end()) found = values.insert(values.end(), {name_space, 0U});
  found->second += count;
  if (found->second > limit) component.broken = true;
}

// A key is seen for the first time (since its component was taken apart).
void IncrementalGraph::Impl::TakeIn(Key key) {
  if (keys[key].present) return;
  keys[key].present = true;
  Component& component = ComponentOf(Find(key));
  CountValue(component, evidence.name_space(key).value, 1);
  if (!partners.empty() && partners.contains(key)) component.AddUnlinked({&key, 1});
}

void IncrementalGraph::Impl::Unite(Key a, Key b) {
  a = Find(a);
  b = Find(b);
  if (a == b) return;
  // The rows of the larger side keep their label, which is the root.
  if (std::pair(ComponentOf(a).rows, keys[a].size) < std::pair(ComponentOf(b).rows, keys[b].size))
    std::swap(a, b);
  Component& into = ComponentOf(a);
  Component& from = ComponentOf(b);
  // Pairs of which one end is here and the other there are inside from now on; the shorter list tells which.
  const bool from_a = into.unlinked_keys().size() < from.unlinked_keys().size();
  const Key other_root = from_a ? b : a;
  std::uint64_t met = 0;
  for (const Key key : (from_a ? into : from).unlinked_keys()) {
    for (const Key partner : partners[key]) {
      if (partner < keys.size() && keys[partner].present && Find(partner) == other_root) ++met;
    }
  }
  // Those of the smaller side get another label; and beside rows whose labels are kept, those whose are not.
  NoteAll(from);
  if (from.labelled && !into.labelled) NoteAll(into);
  into.labelled = into.labelled || from.labelled;
  keys[b].parent = a;
  keys[a].size += keys[b].size;
  for (const auto& [name_space, count] : from.values) CountValue(into, name_space, count);
  into.AddUnlinked(from.unlinked_keys());
  into.pairs_inside += from.pairs_inside + met;
  into.broken = into.broken || from.broken;
  into.rows += from.rows;
  if (into.last_row == kNone)
    into.last_row = from.last_row;
  else  // behind the others, so that repeats stay in front
    previous_row[into.first_row] = from.last_row;
  if (from.first_row != kNone) into.first_row = from.first_row;
  Release(b);
  NoteConflict(a);
}

void IncrementalGraph::Impl::Chain(Component& component, std::uint32_t row) {
  previous_row[row] = component.last_row;
  if (component.last_row == kNone) component.first_row = row;
  component.last_row = row;
  ++component.rows;
}

void IncrementalGraph::Impl::Insert(std::uint32_t row) {
  Note(row);
  const RowKeys row_keys = evidence.KeysOf({row});
  if (row_keys.empty()) return;
  const bool is_event = log.kind({row}) == RecordKind::kEvent;
  for (const Key key : row_keys) {
    TakeIn(key);
    keys[key].sighted = keys[key].sighted || is_event;
  }
  for (std::uint32_t i = 1; i < row_keys.count; ++i) Unite(row_keys.keys[0], row_keys.keys[i]);
  if (is_event && row_keys.count == 2) {
    keys[row_keys.keys[0]].beside = row_keys.keys[1];
    keys[row_keys.keys[1]].beside = row_keys.keys[0];
  }
  const Key root = Find(row_keys.keys[0]);
  Component& component = ComponentOf(root);
  if (component.repeats == 0) {
    Chain(component, row);
  } else {  // behind the last one, so that repeats stay in front
    previous_row[component.first_row] = row;
    previous_row[row] = kNone;
    component.first_row = row;
    ++component.rows;
  }
  if (policy.forget_after_logout && evidence.LogsOut({row})) component.broken = true;
  NoteConflict(root);
}

bool IncrementalGraph::Impl::Repeats(EventIndex row, RepeatedRow& repeated) {
  // One that was taken out and comes again may still be among the changes.
  const bool noted = row.value < flags.size() && (flags[row.value] & kChanged) != 0;
  if (noted || log.kind(row) != RecordKind::kEvent) return false;
  for (const IdentifierId id : log.identifiers(row)) {
    if (evidence.Blocked(id)) {
      ++repeated.placeholders;
      continue;
    }
    const Key key = evidence.KeyOf(id);
    // Of three keys it would take more than a glance to tell whether they were neighbours before.
    if (key == kNoKey || key >= keys.size() || repeated.count == repeated.keys.size()) return false;
    if (!keys[key].present || !keys[key].sighted) return false;
    repeated.keys[repeated.count++] = key;
  }
  if (repeated.count == 0) return false;
  const auto [first, second] = repeated.keys;
  if (repeated.count == 2 &&
      (first == second || (keys[first].beside != second && keys[second].beside != first)))
    return false;
  repeated.root = Find(first);
  repeated.component = &ComponentOf(repeated.root);
  JOURNEY_CHECK(repeated.count == 1 || Find(second) == repeated.root);
  if (repeated.component->conflicted()) return false;
  return !policy.forget_after_logout || !evidence.LogsOut(row);
}

std::vector<std::uint32_t> IncrementalGraph::Impl::RowsOf(const Component& component) const {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = component.last_row; row != kNone; row = previous_row[row]) rows.push_back(row);
  return rows;
}

// Takes the keys of a row out of their component. Requires: so are those of all its other rows.
void IncrementalGraph::Impl::Reset(std::uint32_t row) {
  for (const Key key : evidence.KeysWithHubsOf({row})) {
    Release(key);
    KeyState& state = keys[key];
    state.parent = key;
    state.size = 1;
    state.beside = kNoKey;
    state.present = state.sighted = false;
  }
}

// A key of the row has become a hub, which takes no part: the components it held together are built anew.
void IncrementalGraph::Impl::TakeApart(EventIndex row) {
  std::vector<std::uint32_t> rows{row.value};
  std::set<Key> roots;
  for (const Key key : evidence.KeysWithHubsOf(row)) {
    if (keys[key].present && roots.insert(Find(key)).second) {
      const std::vector<std::uint32_t> more = RowsOf(ComponentOf(Find(key)));
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
    Label& told = labels.At(rows[i]);
    if (told != now) Note(rows[i]);
    told = now;
  }
  for (const auto& [key, set] : result.sets) keys[key].stands_for = set;
  for (const internal::SharedKey& entry : result.shared) keys[entry.key].stands_for = kNoKey;
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
  for (const Key key : graph.evidence.KeysWithHubsOf(row)) ++graph.keys[key].carriers;
  if (!graph.evidence.Links(row))
    graph.Correct(row);
  else if (new_hub)
    graph.TakeApart(row);
  else
    graph.Insert(row.value);
}

std::optional<IncrementalGraph::Repeat> IncrementalGraph::AddRepeat(EventIndex row) {
  Impl& graph = *impl_;
  Impl::RepeatedRow repeated;
  if (!graph.Repeats(row, repeated)) return std::nullopt;
  graph.Grow();
  graph.evidence.ObserveRepeat(repeated.placeholders);
  graph.flags[row.value] |= Impl::kAdded;
  for (std::uint32_t i = 0; i < repeated.count; ++i) ++graph.keys[repeated.keys[i]].carriers;
  Impl::Component& component = *repeated.component;
  graph.Chain(component, row.value);
  ++component.repeats;
  ++graph.untold_repeats;
  component.stale = true;
  return Repeat{repeated.root, component.repeats, component.rows};
}

// Step by step, so that what one row waits for comes while others are at work.
void IncrementalGraph::LookAhead(EventIndex first, std::uint32_t count) const {
  const Impl& graph = *impl_;
  std::array<Key, 128> found;
  std::size_t size = 0;
  for (std::uint32_t row = first.value; row < first.value + count; ++row) {
    for (const IdentifierId id : graph.log.identifiers({row})) {
      const Key key = graph.evidence.KeyOf(id);
      if (key >= graph.keys.size() || size == found.size()) continue;
      internal::Prefetch(&graph.keys[key]);
      found[size++] = key;
    }
  }
  for (std::size_t i = 0; i < size; ++i) {
    found[i] = graph.keys[found[i]].parent;
    internal::Prefetch(&graph.keys[found[i]]);
  }
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint32_t place = graph.keys[found[i]].component;
    if (place != Impl::kNone) internal::Prefetch(&graph.components[place]);
  }
}

void IncrementalGraph::TakeRepeats(Label label, std::vector<EventIndex>& rows) {
  Impl& graph = *impl_;
  if (label >= graph.keys.size()) return;
  const auto root = static_cast<Key>(label);
  if (graph.keys[root].parent != root || graph.keys[root].component == Impl::kNone) return;
  Impl::Component& component = graph.ComponentOf(root);
  std::uint32_t row = component.last_row;
  for (std::uint32_t i = 0; i < component.repeats; ++i, row = graph.previous_row[row]) rows.push_back({row});
  graph.untold_repeats -= std::exchange(component.repeats, 0);
}

std::uint32_t IncrementalGraph::WaitingRepeats(Label label) const {
  const Impl& graph = *impl_;
  if (label >= graph.keys.size()) return 0;
  const Impl::KeyState& root = graph.keys[label];
  return root.parent != label || root.component == Impl::kNone ? 0 : graph.components[root.component].repeats;
}

std::uint64_t IncrementalGraph::untold_repeats() const {
  return impl_->untold_repeats;
}

Key IncrementalGraph::Impl::RootOf(std::uint32_t row) {
  JOURNEY_CHECK(added(row));
  if (!evidence.Links({row})) return kNoKey;
  for (const IdentifierId id : log.identifiers({row})) {
    const Key key = evidence.KeyOf(id);
    if (key != kNoKey && !evidence.hub(key)) return Find(key);
  }
  return kNoKey;
}

IncrementalGraph::Label IncrementalGraph::LabelOf(EventIndex row) {
  const Key root = impl_->RootOf(row.value);
  if (root == kNoKey) return Impl::kRowLabel | row.value;
  Impl::Component& component = impl_->ComponentOf(root);
  if (!component.conflicted()) return root;
  if (component.stale) impl_->Resolve(component);
  return impl_->labels.At(row.value);
}

std::vector<EventIndex> IncrementalGraph::TakeChanged() {
  Impl& graph = *impl_;
  for (const Key noted : graph.conflicts) {
    graph.keys[noted].conflict_noted = false;
    Impl::Component& component = graph.ComponentOf(graph.Find(noted));
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

bool IncrementalGraph::settled() const {
  return impl_->changed.empty() && impl_->conflicts.empty();
}

std::uint64_t IncrementalGraph::rows_resolved() const {
  return impl_->rows_resolved;
}

std::size_t IncrementalGraph::bytes() const {
  const Impl& graph = *impl_;
  std::size_t sum = sizeof(Impl) + graph.evidence.bytes() + graph.components.bytes() +
                    graph.keys.capacity() * sizeof(Impl::KeyState) +
                    graph.free_components.capacity() * sizeof(std::uint32_t);
  sum += graph.flags.capacity() * (sizeof(std::uint32_t) + 1) + graph.labels.bytes();
  return sum + graph.changed.capacity() * sizeof(EventIndex) + graph.records.size() * 256;
}

bool IncrementalGraph::MemoryHolds(std::string_view bytes) const {
  return impl_->evidence.MemoryHolds(bytes);
}

}  // namespace v0
}  // namespace journey
