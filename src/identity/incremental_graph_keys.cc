// What an incremental graph knows of its keys and components.
#include <algorithm>

#include "identity/incremental_graph_impl.h"
#include "journey/core/check.h"

namespace journey {
inline namespace v0 {

static_assert(IncrementalGraph::kNoKey == internal::kNoKey);

IncrementalGraph::Key IncrementalGraph::KeyOf(IdentifierId identifier) const {
  return impl_->evidence.KeyOf(identifier);
}
IncrementalGraph::Key IncrementalGraph::FindKey(std::string_view name_space, std::string_view value) const {
  return impl_->evidence.FindKey(name_space, value);
}
NamespaceId IncrementalGraph::NamespaceOf(Key key) const {
  return impl_->evidence.name_space(key);
}
std::string_view IncrementalGraph::TextOf(Key key) const {
  return impl_->evidence.text(key);
}
IdentifierKind IncrementalGraph::KindOf(Key key) const {
  return impl_->evidence.policy(key).kind;
}
bool IncrementalGraph::Stronger(Key a, Key b) const {
  return impl_->evidence.Stronger(a, b);
}
bool IncrementalGraph::IsHub(Key key) const {
  return impl_->evidence.hub(key);
}

std::optional<IncrementalGraph::Label> IncrementalGraph::LabelOfKey(Key key) {
  Impl& graph = *impl_;
  if (key >= graph.keys.size() || !graph.keys[key].present) return std::nullopt;
  const Key root = graph.Find(key);
  Impl::Component& component = graph.ComponentOf(root);
  if (!component.conflicted()) return root;
  if (component.stale) graph.Resolve(component);
  if (graph.keys[key].stands_for == kNoKey) return std::nullopt;
  return graph.keys[key].stands_for;
}

std::uint64_t IncrementalGraph::identifiers() const {
  return impl_->evidence.distinct();
}
std::uint64_t IncrementalGraph::placeholders() const {
  return impl_->evidence.placeholders();
}
std::uint64_t IncrementalGraph::hubs() const {
  return impl_->evidence.hubs();
}

bool IncrementalGraph::HasConflict(EventIndex row) {
  const Key root = impl_->RootOf(row.value);
  return root != kNoKey && impl_->ComponentOf(root).conflicted();
}

std::uint32_t IncrementalGraph::RowsAround(EventIndex row) {
  const Key root = impl_->RootOf(row.value);
  if (root == kNoKey) return 1;
  const Impl::Component& component = impl_->ComponentOf(root);
  return component.rows - component.repeats;
}

std::vector<EventIndex> IncrementalGraph::ComponentOf(EventIndex row) {
  const Key root = impl_->RootOf(row.value);
  if (root == kNoKey) return {row};
  std::vector<EventIndex> rows;
  for (const std::uint32_t other : impl_->RowsOf(impl_->ComponentOf(root))) rows.push_back({other});
  return rows;
}

std::vector<IncrementalGraph::Key> IncrementalGraph::KeysAround(Key key) {
  std::vector<Key> keys{key};
  if (key < impl_->keys.size() && impl_->keys[key].present) {
    for (const std::uint32_t row : impl_->RowsOf(impl_->ComponentOf(impl_->Find(key)))) {
      const internal::RowKeys more = impl_->evidence.KeysOf({row});
      keys.insert(keys.end(), more.begin(), more.end());
    }
  }
  std::ranges::sort(keys);
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

std::vector<EventIndex> IncrementalGraph::RowsOf(Key key) {
  std::vector<EventIndex> rows;
  const auto take = [&](std::uint32_t row) {
    const internal::RowKeys keys = impl_->evidence.KeysWithHubsOf({row});
    if (std::ranges::find(keys, key) != keys.end()) rows.push_back({row});
  };
  if (impl_->evidence.hub(key)) {
    for (std::uint32_t row = 0; row < impl_->flags.size(); ++row) {
      if (impl_->added(row) && impl_->evidence.Links({row})) take(row);
    }
  } else if (key < impl_->keys.size() && impl_->keys[key].present) {
    for (const std::uint32_t row : impl_->RowsOf(impl_->ComponentOf(impl_->Find(key)))) take(row);
  }
  return rows;
}

}  // namespace v0
}  // namespace journey
