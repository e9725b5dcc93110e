#include "identity/component_resolver.h"

#include <algorithm>
#include <optional>

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

constexpr std::uint32_t kNone = UINT32_MAX;

template <typename Pairs>
auto* FindNamespace(Pairs& pairs, std::uint32_t name_space) {
  const auto found = std::ranges::find_if(pairs, [&](const auto& pair) { return pair.first == name_space; });
  return found == pairs.end() ? nullptr : &*found;
}

using Times = std::multiset<TimePoint>;

// Whether no span of policy.within that has `time` in it holds more than max_values of the times of two sets
// that keep the rule.
bool SpansAllowedAt(TimePoint time, const Times& one, const Times& other, const NamespacePolicy& policy) {
  std::vector<TimePoint> near;
  for (const auto* const times : {&one, &other}) {
    auto it = times->lower_bound(time - *policy.within);
    for (; it != times->end() && *it - time <= *policy.within; ++it) {
      near.push_back(*it);
      if (near.size() > 4 * std::size_t{policy.max_values} + 4)
        return false;  // one half of the span holds too many
    }
  }
  std::ranges::sort(near);
  for (std::size_t i = policy.max_values; i < near.size(); ++i) {
    if (near[i] - near[i - policy.max_values] <= *policy.within) return false;
  }
  return true;
}

// The same of all spans. One that breaks the rule holds a time of the smaller set: so only the neighbours of
// those are looked at, and first those of the one that broke it the last time.
bool SpansAllowed(const Times& smaller, const Times& larger, const NamespacePolicy& policy,
                  std::optional<TimePoint>& broken_at) {
  if (broken_at && !SpansAllowedAt(*broken_at, smaller, larger, policy)) return false;
  for (const TimePoint time : smaller) {
    if (SpansAllowedAt(time, smaller, larger, policy)) continue;
    broken_at = time;
    return false;
  }
  return true;
}

}  // namespace

void ComponentResolver::Resolve(std::span<const std::uint32_t> rows, const UnlinkedPairs& unlinked,
                                ComponentResult& result) {
  result.sets.clear();
  result.labels.clear();
  result.refused.clear();
  result.shared.clear();
  Load(rows, unlinked);
  for (std::size_t tier = 0; tier < kIdentifierKinds; ++tier) {
    if (tier > 0) FindShared(tier, result);
    TakeLinks(tier, result);
  }
  // A set is called by its strongest key, which does not depend on how it was united.
  representative_.assign(keys_.size(), kNoKey);
  for (std::uint32_t key = 0; key < keys_.size(); ++key) {
    Key& name = representative_[sets_.Find(key)];
    if (name == kNoKey || evidence_.Stronger(keys_[key], name)) name = keys_[key];
  }
  for (std::uint32_t key = 0; key < keys_.size(); ++key) {
    result.sets.emplace_back(keys_[key], representative_[sets_.Find(key)]);
  }
  LabelRows(result);
}

void ComponentResolver::Load(std::span<const std::uint32_t> rows, const UnlinkedPairs& unlinked) {
  if (local_.size() < evidence_.keys()) local_.resize(evidence_.keys(), kNone);
  for (const Key key : keys_) local_[key] = kNone;
  keys_.clear();
  rows_.clear();
  first_seen_.clear();
  const auto learn = [&](Key key, std::uint32_t row) {
    if (local_[key] != kNone) return;
    local_[key] = static_cast<std::uint32_t>(keys_.size());
    keys_.push_back(key);
    first_seen_.push_back(log_.time({row}));
  };
  for (const std::uint32_t row : rows) {
    Row& entry = rows_.emplace_back(Row{row, 0, {}, evidence_.LogsOut({row})});
    if (Void(row, unlinked)) continue;
    for (const Key key : evidence_.KeysOf({row})) {
      learn(key, row);
      entry.keys[entry.count++] = local_[key];
    }
  }
  for (const Row& row : rows_) {
    if (row.count != 0) continue;
    for (const Key key : evidence_.KeysOf({row.row})) learn(key, row.row);
  }
  shared_.assign(keys_.size(), false);
  sets_ = UnionFind(keys_.size());
  tiers_.clear();
  held_.assign(keys_.size(), {});
  for (std::uint32_t key = 0; key < keys_.size(); ++key) {
    const NamespacePolicy& policy = evidence_.policy(keys_[key]);
    const std::uint32_t name_space = evidence_.name_space(keys_[key]).value;
    tiers_.push_back(evidence_.tier(keys_[key]));
    held_[key].best_tier = tiers_[key];
    if (policy.exclusive)
      held_[key].exclusive.emplace_back(name_space, key);
    else if (policy.within)
      held_[key].timed.push_back({name_space, {first_seen_[key]}});
    else if (policy.max_values != 0)
      held_[key].limited.emplace_back(name_space, 1);
  }
  LoadUnlinked(unlinked);
}

// A link record whose two keys were unlinked is as if it had never been: it tells nothing of either.
bool ComponentResolver::Void(std::uint32_t row, const UnlinkedPairs& unlinked) const {
  if (log_.kind({row}) != RecordKind::kLink) return false;
  const RowKeys keys = evidence_.KeysWithHubsOf({row});
  if (keys.count != 2) return false;
  return std::ranges::binary_search(unlinked, std::pair<Key, Key>(std::minmax(keys.keys[0], keys.keys[1])));
}

void ComponentResolver::LoadUnlinked(const UnlinkedPairs& unlinked) {
  for (std::uint32_t key = 0; key < keys_.size(); ++key) {
    auto pair = std::ranges::lower_bound(unlinked, std::pair(keys_[key], Key{0}));
    for (; pair != unlinked.end() && pair->first == keys_[key]; ++pair) {
      const std::uint32_t other = local_[pair->second];
      if (other == kNone) continue;
      held_[key].unlinked.emplace_back(key, other);
      held_[other].unlinked.emplace_back(other, key);
    }
  }
  // Local numbers follow the order of events; those of keys, that of arrival.
  for (Held& held : held_) std::ranges::sort(held.unlinked);
}

std::uint32_t ComponentResolver::StrongestOwn(const Row& row, std::size_t below) const {
  for (std::uint32_t i = 0; i < row.count; ++i) {
    const std::uint32_t key = row.keys[i];
    if (tiers_[key] >= below) return kNone;
    if (!shared_[key]) return key;
  }
  return kNone;
}

void ComponentResolver::FindShared(std::size_t tier, ComponentResult& result) {
  // Per key of the tier: the exclusive values of the customers it was seen with, one for each namespace.
  std::vector<std::vector<std::pair<std::uint32_t, std::uint32_t>>> persons(keys_.size());
  std::vector<std::uint32_t> last_root(keys_.size(), kNone);
  for (const Row& row : rows_) {
    const std::uint32_t known = StrongestOwn(row, tier);
    if (known == kNone) continue;
    const std::uint32_t root = sets_.Find(known);
    for (std::uint32_t i = 0; i < row.count; ++i) {
      const std::uint32_t key = row.keys[i];
      if (tiers_[key] != tier || last_root[key] == root || shared_[key]) continue;
      last_root[key] = root;
      for (const auto& [name_space, value] : held_[root].exclusive) {
        const auto* const other = FindNamespace(persons[key], name_space);
        if (other == nullptr) {
          persons[key].emplace_back(name_space, value);
        } else if (other->second != value) {
          shared_[key] = true;
          result.shared.push_back({keys_[key], keys_[other->second], keys_[value]});
          break;
        }
      }
    }
  }
}

std::vector<ComponentResolver::Link> ComponentResolver::LinksOf(std::size_t tier) const {
  std::vector<Link> links;
  std::vector<std::uint32_t> last_strong(keys_.size(), kNone);  // most rows repeat it
  for (std::uint32_t place = 0; place < rows_.size(); ++place) {
    const Row& row = rows_[place];
    const std::uint32_t strong = StrongestOwn(row, tier + 1);
    if (strong == kNone) continue;
    for (std::uint32_t i = 0; i < row.count; ++i) {
      const std::uint32_t weak = row.keys[i];
      if (weak == strong || tiers_[weak] != tier || shared_[weak] || last_strong[weak] == strong) continue;
      last_strong[weak] = strong;
      links.push_back({strong, weak, place, evidence_.rank(keys_[weak]), evidence_.rank(keys_[strong])});
    }
  }
  const auto ends = [](const Link& link) { return std::uint64_t{link.strong} << 32 | link.weak; };
  std::ranges::sort(links, [&](const Link& a, const Link& b) {
    return ends(a) != ends(b) ? ends(a) < ends(b) : a.first < b.first;
  });
  const auto same = [&](const Link& a, const Link& b) { return ends(a) == ends(b); };
  links.erase(std::unique(links.begin(), links.end(), same), links.end());
  std::ranges::sort(links, [&](const Link& a, const Link& b) {
    if (a.weak_rank != b.weak_rank) return a.weak_rank < b.weak_rank;
    if (a.strong_rank != b.strong_rank) return a.strong_rank < b.strong_rank;
    if (a.first != b.first) return a.first < b.first;
    // Two links of one row have their stronger end in common.
    return a.weak != b.weak && evidence_.text(keys_[a.weak]) < evidence_.text(keys_[b.weak]);
  });
  return links;
}

void ComponentResolver::TakeLinks(std::size_t tier, ComponentResult& result) {
  for (const Link& link : LinksOf(tier)) TryUnion(link, result);
}

bool ComponentResolver::TryUnion(const Link& link, ComponentResult& result) {
  const std::uint32_t a = sets_.Find(link.strong);
  const std::uint32_t b = sets_.Find(link.weak);
  if (a == b) return true;
  RefusedLink refusal{
      keys_[link.strong], keys_[link.weak], {rows_[link.first].row}, IdentityRule::kExclusive};
  if (!Allowed(a, b, refusal)) {
    result.refused.push_back(refusal);
    return false;
  }
  const std::uint32_t root = sets_.Union(a, b);
  MergeHeld(held_[root], held_[root == a ? b : a]);
  return true;
}

bool ComponentResolver::Allowed(std::uint32_t a, std::uint32_t b, RefusedLink& refusal) {
  for (const auto& [name_space, value] : held_[a].exclusive) {
    const auto* const other = FindNamespace(held_[b].exclusive, name_space);
    if (other == nullptr || other->second == value) continue;
    refusal.rule = IdentityRule::kExclusive;
    refusal.held_strong = keys_[value];
    refusal.held_weak = keys_[other->second];
    return false;
  }
  // Pairs are noted at both ends, so that the shorter list tells. A pair that refused is looked at first from
  // then on: else as many links between two sets would each search as many pairs for the one that refuses.
  const bool from_a = held_[a].unlinked.size() < held_[b].unlinked.size();
  auto& pairs = held_[from_a ? a : b].unlinked;
  const auto refusing = std::ranges::find_if(
      pairs, [&](const auto& pair) { return sets_.Find(pair.second) == (from_a ? b : a); });
  if (refusing != pairs.end()) {
    std::rotate(pairs.begin(), refusing, refusing + 1);
    const auto [own, other] = pairs.front();
    refusal.rule = IdentityRule::kUnlinked;
    refusal.held_strong = keys_[from_a ? own : other];
    refusal.held_weak = keys_[from_a ? other : own];
    return false;
  }
  if (WithinLimits(held_[a], held_[b])) return true;
  refusal.rule = IdentityRule::kLimit;
  return false;
}

bool ComponentResolver::WithinLimits(Held& a, Held& b) const {
  for (const auto& [name_space, count] : a.limited) {
    const auto* const other = FindNamespace(b.limited, name_space);
    if (other != nullptr && count + other->second > evidence_.policy_of(name_space).max_values) return false;
  }
  for (const auto& [name_space, times] : a.timed) {
    const auto* const other = FindNamespace(b.timed, name_space);
    if (other == nullptr) continue;
    const NamespacePolicy& policy = evidence_.policy_of(name_space);
    const bool a_smaller = times.size() < other->second.size();
    std::optional<TimePoint>& broken_at = (a_smaller ? a : b).broken_at;
    if (!SpansAllowed(a_smaller ? times : other->second, a_smaller ? other->second : times, policy,
                      broken_at))
      return false;
  }
  return true;
}

void ComponentResolver::MergeHeld(Held& into, Held& from) {
  for (const auto& entry : from.exclusive) {
    if (FindNamespace(into.exclusive, entry.first) == nullptr) into.exclusive.push_back(entry);
  }
  for (const auto& [name_space, count] : from.limited) {
    if (auto* const own = FindNamespace(into.limited, name_space))
      own->second += count;
    else
      into.limited.emplace_back(name_space, count);
  }
  for (auto& [name_space, times] : from.timed) {
    if (auto* const own = FindNamespace(into.timed, name_space)) {
      if (own->second.size() < times.size()) std::swap(own->second, times);
      own->second.merge(times);
    } else {
      into.timed.emplace_back(name_space, std::move(times));
    }
  }
  into.unlinked.insert(into.unlinked.end(), from.unlinked.begin(), from.unlinked.end());
  into.best_tier = std::min(into.best_tier, from.best_tier);
  from = {};
}

bool ComponentResolver::Tracked(std::uint32_t key) const {
  constexpr auto kDevice = static_cast<std::size_t>(IdentifierKind::kDevice);
  return shared_[key] || (policy_.forget_after_logout && tiers_[key] == kDevice);
}

// The key that tells whose a row is without following timelines: its strongest; or, where that is shared, a
// weaker one whose customer is known better than by a key of that kind. kNone: there is none.
std::uint32_t ComponentResolver::TellingKey(const Row& row) {
  const std::uint32_t top = row.keys[0];
  if (!shared_[top]) return top;
  for (std::uint32_t i = 1; i < row.count; ++i) {
    const std::uint32_t key = row.keys[i];
    if (!shared_[key] && held_[sets_.Find(key)].best_tier < tiers_[top]) return key;
  }
  return kNone;
}

// Whether a row says who is at the tracked key: by another key whose customer is known better.
bool ComponentResolver::Identifies(std::uint32_t telling, std::uint32_t key) {
  if (telling == kNone || telling == key || held_[sets_.Find(telling)].best_tier >= tiers_[key]) return false;
  return shared_[key] || tiers_[telling] < tiers_[key];
}

void ComponentResolver::LabelRows(ComponentResult& result) {
  tracks_.assign(keys_.size(), {});
  // Before anybody was known on a key, its events are the first one's who was.
  for (const Row& row : rows_) {
    if (row.count == 0) continue;
    const std::uint32_t telling = TellingKey(row);
    for (std::uint32_t i = 0; i < row.count; ++i) {
      Track& track = tracks_[row.keys[i]];
      if (track.known || !Tracked(row.keys[i]) || !Identifies(telling, row.keys[i])) continue;
      track.known = true;
      track.now = LabelOfKey(telling);
    }
  }
  for (const Row& row : rows_) {
    if (row.count == 0) {  // not used: a correction has no customer
      result.labels.push_back({kNoKey, row.row});
      continue;
    }
    const std::uint32_t telling = TellingKey(row);
    const bool follow = telling == kNone || (telling == row.keys[0] && Tracked(telling));
    result.labels.push_back(follow ? FollowTimeline(row.keys[0], row) : LabelOfKey(telling));
    for (std::uint32_t i = 0; i < row.count; ++i) {
      const std::uint32_t key = row.keys[i];
      if (!Tracked(key)) continue;
      Track& track = tracks_[key];
      if (Identifies(telling, key)) {
        track.now = LabelOfKey(telling);
        track.gone = false;
        track.nobody = kNone;
      }
      if (row.logs_out) track.gone = true;
    }
  }
}

RowLabel ComponentResolver::FollowTimeline(std::uint32_t key, const Row& row) {
  Track& track = tracks_[key];
  if (track.gone || (shared_[key] && !track.known)) {
    if (track.nobody == kNone) track.nobody = row.row;
    return {kNoKey, track.nobody};
  }
  return shared_[key] ? track.now : LabelOfKey(key);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
