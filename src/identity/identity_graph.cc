#include "journey/identity/identity_graph.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

#include "identity/component_resolver.h"
#include "identity/graph_impl.h"

namespace journey {
inline namespace v0 {

std::string_view NameOf(IdentityRule rule) {
  switch (rule) {
    case IdentityRule::kExclusive:
      return "exclusive";
    case IdentityRule::kLimit:
      return "limit";
    case IdentityRule::kUnlinked:
      return "unlinked";
    case IdentityRule::kShared:
      return "shared";
    case IdentityRule::kHub:
      return "hub";
  }
  return "";
}

namespace internal {

UnlinkedPairs CollectUnlinked(const EventLog& log, const Evidence& evidence) {
  // The latest record about a pair decides.
  std::map<std::pair<Key, Key>, EventIndex> latest;
  for (std::uint32_t row = 0; row < log.size(); ++row) {
    if (evidence.Links({row})) continue;
    const RowKeys keys = evidence.KeysWithHubsOf({row});
    if (keys.count != 2) continue;  // one of the two is blocked, or both are the same
    const auto pair = std::minmax(keys.keys[0], keys.keys[1]);
    const auto [entry, fresh] = latest.try_emplace(pair, EventIndex{row});
    if (!fresh && log.Before(entry->second, {row})) entry->second = {row};
  }
  UnlinkedPairs pairs;
  for (const auto& [pair, row] : latest) {
    if (log.kind(row) == RecordKind::kUnlink) pairs.push_back(pair);
  }
  return pairs;
}

GraphImpl::GraphImpl(const EventLog& event_log, const IdentityPolicy& identity_policy)
    : log(event_log), policy(identity_policy), evidence(log, policy) {
  for (std::uint32_t row = 0; row < log.size(); ++row) evidence.Observe({row});
  unlinked = CollectUnlinked(log, evidence);
  UnionFind raw = UniteRows();
  const std::vector<bool> conflicted = ConflictedRoots(raw);

  set_of.resize(evidence.keys());
  for (Key key = 0; key < set_of.size(); ++key) set_of[key] = raw.Find(key);
  std::vector<std::pair<Key, std::uint32_t>> rows;  // of conflicted components: (component, row)
  resolution.labels.resize(log.size());
  const auto rows_begin =
      static_cast<std::uint32_t>(evidence.keys());  // labels without a key come after the keys
  for (std::uint32_t row = 0; row < log.size(); ++row) {
    const RowKeys keys = evidence.KeysOf({row});
    resolution.labels[row] = keys.empty() ? rows_begin + row : set_of[keys.keys[0]];
    if (keys.empty()) {
      if (log.kind({row}) == RecordKind::kEvent) ++resolution.unidentified;
    } else if (evidence.Links({row}) && conflicted[set_of[keys.keys[0]]]) {
      rows.emplace_back(set_of[keys.keys[0]], row);
    }
  }
  ResolveConflicted(rows);
  resolution.identifiers = evidence.distinct();
  resolution.placeholders = evidence.placeholders();
  resolution.refused_links = refused.size();
  resolution.shared_keys = shared.size();
  resolution.hubs = evidence.hubs();
  CountIdentifiers();
}

void GraphImpl::CountIdentifiers() {
  // Sets that no event belongs to, such as that of a shared key, are no customers.
  std::vector<bool> used(evidence.keys() + log.size());
  for (std::uint32_t row = 0; row < log.size(); ++row) {
    if (log.kind({row}) == RecordKind::kEvent) used[resolution.labels[row]] = true;
  }
  std::vector<std::uint32_t> identifiers(evidence.keys());
  for (Key key = 0; key < evidence.keys(); ++key) {
    if (evidence.seen(key) && !evidence.hub(key)) ++identifiers[set_of[key]];
  }
  for (std::size_t label = 0; label < used.size(); ++label) {
    if (!used[label]) continue;
    const std::uint64_t count = label < identifiers.size() ? identifiers[label] : 0;
    ++resolution.customers_by_identifiers[IdentifierBucket(count)];
    resolution.most_identifiers = std::max(resolution.most_identifiers, count);
  }
}

UnionFind GraphImpl::UniteRows() const {
  UnionFind raw(evidence.keys());
  std::vector<Key> last(evidence.keys(), kNoKey);  // most rows repeat the link of the row before
  for (std::uint32_t row = 0; row < log.size(); ++row) {
    if (!evidence.Links({row})) continue;
    const RowKeys keys = evidence.KeysOf({row});
    for (std::uint32_t i = 1; i < keys.count; ++i) {
      if (last[keys.keys[i]] == keys.keys[0]) continue;
      last[keys.keys[i]] = keys.keys[0];
      raw.Union(keys.keys[0], keys.keys[i]);
    }
  }
  return raw;
}

// The components in which some rule may be broken. That a component has more values than a limit within a
// span allows at all is reason enough to look.
std::vector<bool> GraphImpl::ConflictedRoots(UnionFind& raw) const {
  std::vector<bool> conflicted(evidence.keys());
  std::vector<std::vector<Key>> by_namespace(log.namespaces().size());
  for (Key key = 0; key < evidence.keys(); ++key) {
    const NamespacePolicy& entry = evidence.policy(key);
    if (entry.exclusive || entry.max_values != 0) by_namespace[evidence.name_space(key).value].push_back(key);
  }
  std::vector<std::uint32_t> count(evidence.keys());
  for (const std::vector<Key>& keys : by_namespace) {
    for (const Key key : keys) {
      const NamespacePolicy& entry = evidence.policy(key);
      const Key root = raw.Find(key);
      if (++count[root] > (entry.exclusive ? 1 : entry.max_values)) conflicted[root] = true;
    }
    for (const Key key : keys) count[raw.Find(key)] = 0;
  }
  for (const auto& [a, b] : unlinked) {
    if (raw.Find(a) == raw.Find(b)) conflicted[raw.Find(a)] = true;
  }
  if (!policy.forget_after_logout) return conflicted;
  for (std::uint32_t row = 0; row < log.size(); ++row) {
    const RowKeys keys = evidence.KeysOf({row});
    if (!keys.empty() && evidence.LogsOut({row})) conflicted[raw.Find(keys.keys[0])] = true;
  }
  return conflicted;
}

void GraphImpl::ResolveConflicted(std::vector<std::pair<Key, std::uint32_t>>& rows) {
  std::ranges::sort(rows, [&](const auto& a, const auto& b) {
    if (a.first != b.first) return a.first < b.first;
    return a.second != b.second && log.Before({a.second}, {b.second});
  });
  ComponentResolver resolver(log, evidence, policy);
  ComponentResult result;
  std::vector<std::uint32_t> component;
  const auto rows_begin = static_cast<std::uint32_t>(evidence.keys());
  for (std::size_t begin = 0; begin < rows.size();) {
    std::size_t end = begin;
    component.clear();
    for (; end < rows.size() && rows[end].first == rows[begin].first; ++end)
      component.push_back(rows[end].second);
    resolver.Resolve(component, unlinked, result);
    for (const auto& [key, set] : result.sets) set_of[key] = set;
    for (std::size_t i = 0; i < component.size(); ++i) {
      const RowLabel label = result.labels[i];
      resolution.labels[component[i]] = label.key != kNoKey ? label.key : rows_begin + label.row;
    }
    for (const RefusedLink& link : result.refused) {
      ++resolution.refused_by_rule[static_cast<std::size_t>(link.rule)];
      refused.push_back(link);
    }
    for (const SharedKey& entry : result.shared) shared.emplace(entry.key, entry);
    begin = end;
  }
}

}  // namespace internal

struct IdentityGraph::Impl : internal::GraphImpl {
  using GraphImpl::GraphImpl;
};

IdentityGraph IdentityGraph::Build(const EventLog& log, const IdentityPolicy& policy) {
  return IdentityGraph(std::make_unique<Impl>(log, policy));
}
IdentityGraph::IdentityGraph(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
IdentityGraph::~IdentityGraph() = default;
IdentityGraph::IdentityGraph(IdentityGraph&&) noexcept = default;

const Resolution& IdentityGraph::resolution() const {
  return impl_->resolution;
}

IdentityExplanation IdentityGraph::Explain(const Identifier& a, const Identifier& b) const {
  return internal::ExplainPair(*impl_, a, b);
}

std::vector<IdentityGraph::KeyInfo> IdentityGraph::Keys() const {
  const internal::Evidence& evidence = impl_->evidence;
  std::vector<internal::Key> order(evidence.keys());
  std::iota(order.begin(), order.end(), internal::Key{0});
  std::ranges::sort(order, [&](internal::Key a, internal::Key b) { return evidence.Stronger(a, b); });
  std::vector<KeyInfo> list;
  for (const internal::Key key : order) {
    list.push_back({impl_->log.namespaces().text(evidence.name_space(key).value), evidence.text(key),
                    impl_->set_of[key]});
  }
  return list;
}

std::vector<IdentityGraph::KeylessCustomer> IdentityGraph::KeylessCustomers() const {
  std::map<std::uint32_t, EventIndex> first;
  for (std::uint32_t row = 0; row < impl_->log.size(); ++row) {
    const std::uint32_t label = impl_->resolution.labels[row];
    if (label < impl_->evidence.keys() || impl_->log.kind({row}) != RecordKind::kEvent) continue;
    const auto [entry, fresh] = first.try_emplace(label, EventIndex{row});
    if (!fresh && impl_->log.Before({row}, entry->second)) entry->second = {row};
  }
  std::vector<KeylessCustomer> list;
  for (const auto& [label, row] : first) list.push_back({label, impl_->log.key(row)});
  return list;
}

std::vector<CustomerIdentifier> IdentityGraph::IdentifiersOf(std::uint32_t label) const {
  return internal::IdentifiersWithLabel(*impl_, label);
}

}  // namespace v0
}  // namespace journey
