#include "identity/evidence.h"

#include <algorithm>
#include <string>
#include <tuple>

namespace journey {
inline namespace v0 {
namespace internal {

Evidence::Evidence(const EventLog& log, const IdentityPolicy& policy) : log_(log), policy_(policy) {}

void Evidence::LearnNamespaces() {
  const SymbolTable& table = log_.namespaces();
  if (namespaces_.size() == table.size()) return;
  for (auto id = static_cast<std::uint32_t>(namespaces_.size()); id < table.size(); ++id) {
    namespaces_.push_back({policy_.PolicyOf(table.text(id)), 0});
  }
  std::vector<Namespace*> order;
  for (Namespace& entry : namespaces_) order.push_back(&entry);
  std::ranges::sort(order, {}, [](const Namespace* entry) {
    return std::tuple(entry->policy.kind, entry->policy.priority, std::string_view(entry->policy.name_space));
  });
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i]->rank = i;
}

Key Evidence::LearnIdentifier(IdentifierId id) {
  if (id.value >= key_of_.size()) {
    key_of_.resize(log_.identifier_values().size(), kNoKey);
    known_.resize(key_of_.size());
  }
  if (known_[id.value]) return key_of_[id.value];
  known_[id.value] = true;
  const std::uint32_t name_space = log_.identifier_values().tag(id.value);
  const NamespacePolicy& policy = namespaces_[name_space].policy;
  const std::string value = Normalize(log_.identifier_values().text(id.value), policy.normalizer);
  if (IsBlocked(value, policy)) return kNoKey;
  const Key key = names_.Intern(value, name_space);
  if (key >= neighbours_.size()) {
    seen_.resize(key + 1);
    hubs_.resize(key + 1);
    neighbours_.resize(key + 1);
    last_neighbour_.resize(key + 1, kNoKey);
  }
  return key_of_[id.value] = key;
}

bool Evidence::Observe(EventIndex row) {
  LearnNamespaces();
  const bool is_event = log_.kind(row) == RecordKind::kEvent;
  for (const IdentifierId id : log_.identifiers(row)) {
    const Key key = LearnIdentifier(id);
    if (!is_event) continue;
    if (key == kNoKey) {
      ++placeholders_;
    } else if (!seen_[key]) {
      seen_[key] = true;
      ++distinct_;
    }
  }
  // A link record is a statement about two keys, not a sight of them: unlinked again, it must leave no trace.
  if (policy_.max_neighbours == 0 || !Links(row) || log_.kind(row) == RecordKind::kLink) return false;
  bool new_hub = false;
  const RowKeys keys = CollectKeys(row, true);
  for (const Key key : keys) {
    if (tier(key) == 0) continue;
    for (const Key other : keys) {
      if (other != key && CountNeighbour(key, other)) new_hub = true;
    }
  }
  return new_hub;
}

bool Evidence::CountNeighbour(Key key, Key neighbour) {
  if (hubs_[key] || last_neighbour_[key] == neighbour) return false;
  last_neighbour_[key] = neighbour;
  const std::pair wanted(key, neighbour);
  // Keys are dense numbers of this table, not host bytes: mixing them is enough.
  const std::uint64_t hash = Mix(std::uint64_t{key} << 32 | neighbour);
  if (pair_index_.Find(hash, [&](std::uint32_t i) { return pairs_[i] == wanted; }) != FlatIndex::kNone)
    return false;
  pair_index_.Insert(hash, static_cast<std::uint32_t>(pairs_.size()));
  pairs_.push_back(wanted);
  if (++neighbours_[key] <= policy_.max_neighbours) return false;
  hubs_[key] = true;
  ++hub_count_;
  return true;
}

bool Evidence::Stronger(Key a, Key b) const {
  if (rank(a) != rank(b)) return rank(a) < rank(b);
  return text(a) < text(b);
}

RowKeys Evidence::CollectKeys(EventIndex row, bool with_hubs) const {
  RowKeys result;
  for (const IdentifierId id : log_.identifiers(row)) {
    const Key key = KeyOf(id);
    if (key == kNoKey || (!with_hubs && hubs_[key])) continue;
    // Insertion into a list of at most eight, and most often of one or two.
    std::uint32_t at = result.count;
    while (at > 0 && Stronger(key, result.keys[at - 1])) --at;
    if (at > 0 && result.keys[at - 1] == key) continue;
    for (std::uint32_t i = result.count; i > at; --i) result.keys[i] = result.keys[i - 1];
    result.keys[at] = key;
    ++result.count;
  }
  return result;
}

Key Evidence::FindKey(std::string_view name_space, std::string_view value) const {
  const auto id = log_.namespaces().Find(name_space);
  if (!id || *id >= namespaces_.size()) return kNoKey;
  return names_.Find(Normalize(value, namespaces_[*id].policy.normalizer), *id).value_or(kNoKey);
}

bool Evidence::LogsOut(EventIndex row) const {
  if (log_.kind(row) == RecordKind::kLogout) return true;
  const TouchpointId touchpoint = log_.touchpoint(row);
  if (log_.kind(row) != RecordKind::kEvent || !touchpoint.valid()) return false;
  if (touchpoint.value >= logout_names_.size()) logout_names_.resize(log_.touchpoints().size());
  std::uint8_t& answer = logout_names_[touchpoint.value];
  if (answer == 0) {
    const std::string_view name = log_.names().text(log_.touchpoints()[touchpoint.value].name.value);
    answer = std::ranges::find(policy_.logout_events, name) == policy_.logout_events.end() ? 1 : 2;
  }
  return answer == 2;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
