#include "journey/identity/incremental_graph.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "identity/component_resolver.h"
#include "identity/evidence.h"

namespace journey {
inline namespace v0 {

using internal::Evidence;
using internal::Key;
using internal::kNoKey;
using internal::RowKeys;

struct IncrementalGraph::Impl {
  Impl(const EventLog& event_log, IdentityPolicy identity_policy)
      : log(event_log),
        policy(std::move(identity_policy)),
        evidence(log, policy),
        resolver(log, evidence, policy) {}

  static constexpr std::uint32_t kNone = UINT32_MAX;
  static constexpr Label kRowLabel = Label{1} << 32;  // a label that begins with a row, not with a key

  // What is known of a component; kept at the root of its keys.
  struct Component {
    std::uint32_t last_row = kNone;  // of its rows, a ring by next_row
    std::vector<std::pair<std::uint32_t, std::uint32_t>>
        values;                      // (namespace, keys), of namespaces that have a limit
    std::vector<Key> unlinked;       // its keys that some record unlinked from another
    std::uint64_t pairs_inside = 0;  // unlinked pairs of which it has both ends
    bool broken = false;             // a limit is exceeded
    bool stale = false;              // has a conflict, and rows that were not resolved yet

    [[nodiscard]] bool conflicted() const { return broken || pairs_inside != 0; }
  };

  void Grow();
  Key Find(Key key);
  void Unite(Key a, Key b);
  void TakeIn(Key key);
  void CountValue(Component& component, std::uint32_t name_space, std::uint32_t count);
  void Insert(EventIndex row);
  void Correct(EventIndex row);
  void TakeApart(EventIndex row);
  [[nodiscard]] std::vector<std::uint32_t> RowsOf(const Component& component) const;
  void Resolve(Component& component);

  const EventLog& log;
  const IdentityPolicy policy;
  Evidence evidence;
  internal::ComponentResolver resolver;

  std::vector<Key> parent;              // by key
  std::vector<std::uint32_t> size;      // by root
  std::vector<bool> present;            // by key: some row of the components has it
  std::vector<Component> components;    // by root
  std::vector<std::uint32_t> next_row;  // by row: the next one of its component
  std::vector<Label> labels;            // by row, of conflicted components that are not stale

  std::map<std::pair<Key, Key>, EventIndex> latest_record;  // about a pair
  std::map<Key, std::set<Key>> partners;                    // of a key: the keys it is unlinked from now
  internal::UnlinkedPairs unlinked;                         // the same, sorted, when it was last asked for
  bool unlinked_stale = false;
  std::uint64_t rows_resolved = 0;
};

void IncrementalGraph::Impl::Grow() {
  for (auto key = static_cast<Key>(parent.size()); key < evidence.keys(); ++key) {
    parent.push_back(key);
    size.push_back(1);
    present.push_back(false);
    components.emplace_back();
  }
  if (next_row.size() < log.size()) {
    next_row.resize(log.size(), kNone);
    labels.resize(log.size());
  }
}

Key IncrementalGraph::Impl::Find(Key key) {
  while (parent[key] != key) {
    parent[key] = parent[parent[key]];
    key = parent[key];
  }
  return key;
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
  if (size[a] < size[b]) std::swap(a, b);
  // Pairs of which one end is here and the other there are inside from now on; the shorter list tells which.
  const bool from_a = components[a].unlinked.size() < components[b].unlinked.size();
  const Key other_root = from_a ? b : a;
  std::uint64_t met = 0;
  for (const Key key : components[from_a ? a : b].unlinked) {
    for (const Key partner : partners[key]) {
      if (partner < present.size() && present[partner] && Find(partner) == other_root) ++met;
    }
  }
  parent[b] = a;
  size[a] += size[b];
  Component& into = components[a];
  Component& from = components[b];
  for (const auto& [name_space, count] : from.values) CountValue(into, name_space, count);
  into.unlinked.insert(into.unlinked.end(), from.unlinked.begin(), from.unlinked.end());
  into.pairs_inside += from.pairs_inside + met;
  into.broken = into.broken || from.broken;
  into.stale = true;
  if (into.last_row == kNone)
    into.last_row = from.last_row;
  else if (from.last_row != kNone)
    std::swap(next_row[into.last_row], next_row[from.last_row]);  // two rings to one
  from = {};
}

void IncrementalGraph::Impl::Insert(EventIndex row) {
  const RowKeys keys = evidence.KeysOf(row);
  if (keys.empty()) return;
  for (const Key key : keys) TakeIn(key);
  for (std::uint32_t i = 1; i < keys.count; ++i) Unite(keys.keys[0], keys.keys[i]);
  Component& component = components[Find(keys.keys[0])];
  if (component.last_row == kNone) {
    next_row[row.value] = row.value;
  } else {
    next_row[row.value] = next_row[component.last_row];
    next_row[component.last_row] = row.value;
  }
  component.last_row = row.value;
  component.stale = true;
  if (policy.forget_after_logout && evidence.LogsOut(row)) component.broken = true;
}

// An unlink or a relink: the latest about a pair decides, whatever the order in which they come.
void IncrementalGraph::Impl::Correct(EventIndex row) {
  const RowKeys keys = evidence.KeysWithHubsOf(row);
  if (keys.count != 2) return;
  const std::pair<Key, Key> pair = std::minmax(keys.keys[0], keys.keys[1]);
  const auto [entry, fresh] = latest_record.try_emplace(pair, row);
  const bool was = !fresh && log.kind(entry->second) == RecordKind::kUnlink;
  if (!fresh && log.Before(entry->second, row)) entry->second = row;
  const bool is = log.kind(entry->second) == RecordKind::kUnlink;
  if (was == is) return;
  unlinked_stale = true;
  for (const auto& [key, other] : {pair, std::pair(pair.second, pair.first)}) {
    if (!is) {
      partners[key].erase(other);
      continue;
    }
    const bool listed = partners.contains(key);
    partners[key].insert(other);
    if (!listed && present[key]) components[Find(key)].unlinked.push_back(key);
  }
  if (!present[pair.first] || !present[pair.second] || Find(pair.first) != Find(pair.second)) return;
  Component& component = components[Find(pair.first)];
  component.pairs_inside = is ? component.pairs_inside + 1 : component.pairs_inside - 1;
  component.stale = true;
}

std::vector<std::uint32_t> IncrementalGraph::Impl::RowsOf(const Component& component) const {
  std::vector<std::uint32_t> rows;
  if (component.last_row == kNone) return rows;
  for (std::uint32_t row = next_row[component.last_row];; row = next_row[row]) {
    rows.push_back(row);
    if (row == component.last_row) return rows;
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
  for (const std::uint32_t old : rows) {
    for (const Key key : evidence.KeysWithHubsOf({old})) {
      parent[key] = key;
      size[key] = 1;
      present[key] = false;
      components[key] = {};
    }
  }
  for (const std::uint32_t old : rows) Insert({old});
}

void IncrementalGraph::Impl::Resolve(Component& component) {
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
    labels[rows[i]] = label.key != kNoKey ? Label{label.key} : kRowLabel | label.row;
  }
  rows_resolved += rows.size();
  component.stale = false;
}

IncrementalGraph::IncrementalGraph(const EventLog& log, IdentityPolicy policy)
    : impl_(std::make_unique<Impl>(log, std::move(policy))) {}
IncrementalGraph::~IncrementalGraph() = default;
IncrementalGraph::IncrementalGraph(IncrementalGraph&&) noexcept = default;

void IncrementalGraph::Add(EventIndex row) {
  const bool new_hub = impl_->evidence.Observe(row);
  impl_->Grow();
  if (!impl_->evidence.Links(row))
    impl_->Correct(row);
  else if (new_hub)
    impl_->TakeApart(row);
  else
    impl_->Insert(row);
}

IncrementalGraph::Label IncrementalGraph::LabelOf(EventIndex row) {
  const RowKeys keys = impl_->evidence.KeysOf(row);
  if (keys.empty()) return Impl::kRowLabel | row.value;
  const Key strongest = keys.keys[0];
  if (!impl_->evidence.Links(row) && !impl_->present[strongest]) return strongest;
  const Key root = impl_->Find(strongest);
  Impl::Component& component = impl_->components[root];
  if (!component.conflicted()) return root;
  if (component.stale) impl_->Resolve(component);
  // A correction is no part of a component; it is nobody's row, and has the label of its strongest key.
  return impl_->evidence.Links(row) ? impl_->labels[row.value] : Label{strongest};
}

std::uint64_t IncrementalGraph::rows_resolved() const {
  return impl_->rows_resolved;
}

}  // namespace v0
}  // namespace journey
