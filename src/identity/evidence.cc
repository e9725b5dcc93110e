#include "identity/evidence.h"

#include <algorithm>
#include <tuple>

#include "identity/normal_form.h"

namespace journey {
inline namespace v0 {
namespace internal {

bool IsNormal(std::string_view value, Normalizer normalizer) {
  if (normalizer == Normalizer::kNone || value.empty()) return true;
  if (normalizer == Normalizer::kDigits) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return !value.starts_with("00") && std::ranges::all_of(value, is_digit);
  }
  const auto is_blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  if (is_blank(value.front()) || is_blank(value.back())) return false;
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  return normalizer == Normalizer::kTrim || std::ranges::none_of(value, is_capital);
}

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

Key Evidence::AddKey(std::uint32_t source, std::uint32_t name_space, std::uint8_t flags) {
  const auto key = static_cast<Key>(sources_.size());
  sources_.push_back(source);
  name_spaces_.push_back(name_space);
  flags_.push_back(flags);
  return key;
}

Key Evidence::LearnIdentifier(IdentifierId id) {
  const std::string_view value = log_.identifier_values().text(id.value);
  const std::uint32_t name_space = log_.identifier_values().tag(id.value);
  const NamespacePolicy& policy = namespaces_[name_space].policy;
  if (!IsNormal(value, policy.normalizer)) {
    const NormalForm normal(value, policy.normalizer);
    return key_of_[id.value] =
               IsBlocked(normal.text(), policy) ? kNoKey : LearnSpelling(normal.text(), name_space, policy);
  }
  if (IsBlocked(value, policy)) return key_of_[id.value] = kNoKey;
  // Another spelling may have come before this one was in the log.
  if (names_.size() != 0) {
    if (const auto name = names_.Find(value, name_space)) return key_of_[id.value] = key_of_name_[*name];
  }
  return key_of_[id.value] = AddKey(id.value, name_space, 0);
}

// The key of a value that was spelt otherwise. The log may have it as it is, too; only if it is its own normal
// form that is the same key: of digits, 000049 is 0049, and 0049 is 49.
Key Evidence::LearnSpelling(std::string_view normal, std::uint32_t name_space,
                            const NamespacePolicy& policy) {
  if (const auto name = names_.Find(normal, name_space)) return key_of_name_[*name];
  if (IsNormal(normal, policy.normalizer)) {
    if (const auto id = log_.identifier_values().Find(normal, name_space)) {
      if (*id >= key_of_.size()) key_of_.resize(log_.identifier_values().size(), kUnsettled);
      Key& key = key_of_[*id];
      return key != kUnsettled ? key : key = AddKey(*id, name_space, 0);
    }
  }
  const std::uint32_t name = names_.Intern(normal, name_space);
  key_of_name_.push_back(AddKey(name, name_space, kOwnText));
  return key_of_name_.back();
}

void Evidence::See(Key key) {
  if ((flags_[key] & kSeen) != 0) return;
  flags_[key] |= kSeen;
  ++distinct_;
}

// A link record is a statement about two keys, not a sight of them: unlinked again, it must leave no trace.
bool Evidence::ShowsNeighbours(EventIndex row) const {
  return Links(row) && log_.kind(row) != RecordKind::kLink;
}

bool Evidence::Observe(EventIndex row) {
  if (!TakesPart(log_.kind(row))) return false;
  LearnNamespaces();
  const bool is_event = log_.kind(row) == RecordKind::kEvent;
  for (const IdentifierId id : log_.identifiers(row)) {
    const Key key = KeyFor(id);
    if (!is_event) continue;
    if (key == kNoKey)
      ++placeholders_;
    else
      See(key);
  }
  if (!Links(row)) corrections_.push_back(row);
  if (policy_.max_neighbours == 0 || !ShowsNeighbours(row)) return false;
  neighbours_.resize(keys());
  last_neighbour_.resize(keys(), kNoKey);
  bool new_hub = false;
  const RowKeys row_keys = CollectKeys(row, true);
  for (const Key key : row_keys) {
    if (tier(key) == 0) continue;
    for (const Key other : row_keys) {
      if (other != key && CountNeighbour(key, other)) new_hub = true;
    }
  }
  return new_hub;
}

bool Evidence::CountNeighbour(Key key, Key neighbour) {
  if (hub(key) || last_neighbour_[key] == neighbour) return false;
  last_neighbour_[key] = neighbour;
  const KeyPair wanted{key, neighbour};
  // Keys are dense numbers of this table, not host bytes: mixing them is enough.
  const std::uint64_t hash = Mix(std::uint64_t{key} << 32 | neighbour);
  if (pair_index_.Find(hash, [&](std::uint32_t i) { return pairs_[i] == wanted; }) != FlatIndex::kNone)
    return false;
  pair_index_.Insert(hash, static_cast<std::uint32_t>(pairs_.size()));
  pairs_.push_back(wanted);
  if (++neighbours_[key] <= policy_.max_neighbours) return false;
  flags_[key] |= kHub;
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
    if (key == kNoKey || (!with_hubs && hub(key))) continue;
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
  const Normalizer normalizer = namespaces_[*id].policy.normalizer;
  const NormalForm normal(value, normalizer);
  if (const auto name = names_.Find(normal.text(), *id)) return key_of_name_[*name];
  const auto same = log_.identifier_values().Find(normal.text(), *id);
  return same && IsNormal(normal.text(), normalizer) ? KeyOf({*same}) : kNoKey;
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
