#include "journey/identity/identity_graph.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <span>

#include "core/workers.h"
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
  for (const EventIndex row : evidence.corrections()) {
    const RowKeys keys = evidence.KeysWithHubsOf(row);
    if (keys.count != 2) continue;  // one of the two is blocked, or both are the same
    const auto pair = std::minmax(keys.keys[0], keys.keys[1]);
    const auto [entry, fresh] = latest.try_emplace(pair, row);
    if (!fresh && log.Before(entry->second, row)) entry->second = row;
  }
  UnlinkedPairs pairs;
  for (const auto& [pair, row] : latest) {
    if (log.kind(row) == RecordKind::kUnlink) pairs.push_back(pair);
  }
  return pairs;
}

GraphImpl::GraphImpl(const EventLog& event_log, const IdentityPolicy& identity_policy, unsigned threads)
    : log(event_log), policy(identity_policy), evidence(log, policy) {
  constexpr std::size_t kWorthThreads = 32'768;  // rows; fewer are done before another thread has begun
  Workers workers(log.size() < kWorthThreads ? 1 : std::max(threads, 1U));
  {
    UnionFind raw = evidence.ObserveAll(resolution.labels, workers);
    set_of.resize(evidence.keys());
    for (Key key = 0; key < set_of.size(); ++key) set_of[key] = raw.Find(key);
  }
  unlinked = CollectUnlinked(log, evidence);
  const std::vector<bool> conflicted = ConflictedSets();
  LabelRows(conflicted, workers);
  resolution.identifiers = evidence.distinct();
  resolution.placeholders = evidence.placeholders();
  resolution.refused_links = refused.size();
  resolution.shared_keys = shared.size();
  resolution.hubs = evidence.hubs();
  CountIdentifiers(conflicted);
}

// That a component has more values than a limit within a span allows at all is reason enough to look.
std::vector<bool> GraphImpl::ConflictedSets() const {
  std::vector<bool> conflicted(evidence.keys());
  MarkBeyondLimits(conflicted);
  for (const auto& [a, b] : unlinked) {
    if (set_of[a] == set_of[b]) conflicted[set_of[a]] = true;
  }
  if (!policy.forget_after_logout) return conflicted;
  for (std::uint32_t row = 0; row < log.size(); ++row) {
    const Key key = resolution.labels[row];  // still a key of the row
    if (key != kNoKey && evidence.LogsOut({row})) conflicted[set_of[key]] = true;
  }
  return conflicted;
}

void GraphImpl::MarkBeyondLimits(std::vector<bool>& conflicted) const {
  const auto limit_of = [&](std::uint32_t name_space) -> std::uint32_t {
    const NamespacePolicy& entry = evidence.policy_of(name_space);
    return entry.exclusive ? 1 : entry.max_values;
  };
  std::vector<std::uint32_t> limits;
  for (std::uint32_t i = 0; i < log.namespaces().size(); ++i) limits.push_back(limit_of(i));
  // The keys of limited namespaces, by namespace.
  std::vector<std::size_t> begins(limits.size() + 1);
  for (Key key = 0; key < evidence.keys(); ++key) ++begins[evidence.name_space(key).value + 1];
  for (std::size_t i = 0; i < limits.size(); ++i)
    begins[i + 1] = begins[i] + (limits[i] != 0 ? begins[i + 1] : 0);
  std::vector<Key> keys(begins.back());
  std::vector<std::size_t> next = begins;
  for (Key key = 0; key < evidence.keys(); ++key) {
    const std::uint32_t name_space = evidence.name_space(key).value;
    if (limits[name_space] != 0) keys[next[name_space]++] = key;
  }
  std::vector<std::uint32_t> count(evidence.keys());  // by set, of one namespace
  for (std::size_t name_space = 0; name_space < limits.size(); ++name_space) {
    const std::span of_it(keys.begin() + static_cast<std::ptrdiff_t>(begins[name_space]),
                          begins[name_space + 1] - begins[name_space]);
    for (const Key key : of_it) {
      if (++count[set_of[key]] > limits[name_space]) conflicted[set_of[key]] = true;
    }
    for (const Key key : of_it) count[set_of[key]] = 0;
  }
}

// From the keys of the rows to their customers. Labels without a key come after those of keys.
void GraphImpl::LabelRows(const std::vector<bool>& conflicted, Workers& workers) {
  const auto rows_begin = static_cast<std::uint32_t>(evidence.keys());
  const std::span<const RecordKind> kinds = log.kinds();
  std::vector<std::uint64_t> unidentified(workers.count());
  workers.Run([&](unsigned part) {
    const auto range = Workers::PartOf(kinds.size(), part, workers.count(), 64);
    std::uint64_t count = 0;
    for (auto row = static_cast<std::uint32_t>(range.begin); row < range.end; ++row) {
      std::uint32_t& label = resolution.labels[row];
      if (label != kNoKey) {
        label = set_of[label];
        continue;
      }
      label = rows_begin + row;
      count += kinds[row] == RecordKind::kEvent;
    }
    unidentified[part] = count;
  });
  for (const std::uint64_t count : unidentified) resolution.unidentified += count;
  ResolveConflicted(conflicted);
}

// The rows that link, by conflicted set, in order of arrival; `begins` gets where those of a set begin.
std::vector<std::uint32_t> GraphImpl::ConflictedRows(const std::vector<bool>& conflicted,
                                                     std::vector<std::size_t>& begins) const {
  constexpr std::uint32_t kNone = UINT32_MAX;
  std::vector<std::uint32_t> number_of(conflicted.size(), kNone);
  std::uint32_t numbers = 0;
  for (Key key = 0; key < conflicted.size(); ++key) {
    if (conflicted[key]) number_of[key] = numbers++;
  }
  const auto number_of_row = [&](std::uint32_t row) {
    const std::uint32_t label = resolution.labels[row];
    if (label >= number_of.size() || number_of[label] == kNone || !evidence.Links({row})) return kNone;
    return number_of[label];
  };
  begins.assign(numbers + 1, 0);
  for (std::uint32_t row = 0; row < log.size(); ++row) {
    if (const std::uint32_t number = number_of_row(row); number != kNone) ++begins[number + 1];
  }
  for (std::size_t i = 0; i < numbers; ++i) begins[i + 1] += begins[i];
  std::vector<std::uint32_t> rows(begins.back());
  std::vector<std::size_t> next = begins;
  for (std::uint32_t row = 0; row < log.size(); ++row) {
    if (const std::uint32_t number = number_of_row(row); number != kNone) rows[next[number]++] = row;
  }
  return rows;
}

void GraphImpl::ResolveConflicted(const std::vector<bool>& conflicted) {
  if (std::ranges::find(conflicted, true) == conflicted.end()) return;
  std::vector<std::size_t> begins;
  std::vector<std::uint32_t> rows = ConflictedRows(conflicted, begins);
  const auto before = [&](std::uint32_t a, std::uint32_t b) { return a != b && log.Before({a}, {b}); };
  ComponentResolver resolver(log, evidence, policy);
  ComponentResult result;
  const auto rows_begin = static_cast<std::uint32_t>(evidence.keys());
  for (std::size_t set = 0; set + 1 < begins.size(); ++set) {
    const std::span component(rows.begin() + static_cast<std::ptrdiff_t>(begins[set]),
                              begins[set + 1] - begins[set]);
    // Most logs arrive in order or nearly so.
    if (!std::ranges::is_sorted(component, before)) std::ranges::sort(component, before);
    resolver.Resolve(component, unlinked, result);
    for (const auto& [key, representative] : result.sets) set_of[key] = representative;
    for (std::size_t i = 0; i < component.size(); ++i) {
      const RowLabel label = result.labels[i];
      resolution.labels[component[i]] = label.key != kNoKey ? label.key : rows_begin + label.row;
    }
    for (const RefusedLink& link : result.refused) {
      ++resolution.refused_by_rule[static_cast<std::size_t>(link.rule)];
      refused.push_back(link);
    }
    for (const SharedKey& entry : result.shared) shared.emplace(entry.key, entry);
  }
}

// Sets that no event belongs to, such as that of a shared key, are no customers.
void GraphImpl::CountIdentifiers(const std::vector<bool>& conflicted) {
  const std::size_t keys = evidence.keys();
  std::vector<std::uint32_t> identifiers(keys);
  std::vector<bool> used(keys);
  for (Key key = 0; key < keys; ++key) {
    if (!evidence.seen(key) || evidence.hub(key)) continue;
    ++identifiers[set_of[key]];
    used[set_of[key]] = true;
  }
  std::uint64_t without_key = resolution.unidentified;
  if (std::ranges::find(conflicted, true) != conflicted.end()) {
    // There, an event need not be of the set of its keys.
    used.assign(keys, false);
    std::vector<bool> used_rows(log.size());
    without_key = 0;
    for (std::uint32_t row = 0; row < log.size(); ++row) {
      if (log.kind({row}) != RecordKind::kEvent) continue;
      const std::uint32_t label = resolution.labels[row];
      if (label < keys) {
        used[label] = true;
      } else if (!used_rows[label - keys]) {
        used_rows[label - keys] = true;
        ++without_key;
      }
    }
  }
  resolution.customers_by_identifiers[IdentifierBucket(0)] += without_key;
  for (Key key = 0; key < keys; ++key) {
    if (!used[key]) continue;
    ++resolution.customers_by_identifiers[IdentifierBucket(identifiers[key])];
    resolution.most_identifiers = std::max<std::uint64_t>(resolution.most_identifiers, identifiers[key]);
  }
}

}  // namespace internal

struct IdentityGraph::Impl : internal::GraphImpl {
  using GraphImpl::GraphImpl;
};

IdentityGraph IdentityGraph::Build(const EventLog& log, const IdentityPolicy& policy, unsigned threads) {
  return IdentityGraph(std::make_unique<Impl>(log, policy, threads));
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
