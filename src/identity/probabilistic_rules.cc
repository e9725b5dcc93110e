#include "identity/probabilistic_rules.h"

#include <algorithm>

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

template <typename List>
auto Entry(List& list, std::uint32_t name_space) {
  return std::ranges::find_if(list, [&](const auto& entry) { return entry.first == name_space; });
}

// Whether some span of the policy's length holds more times than allowed, when both lists, each within the
// limit, are one. Such a span begins at a time of either list and holds one of the smaller: it begins at most
// a span before it.
bool BreaksSpan(const std::multiset<TimePoint>& a, const std::multiset<TimePoint>& b,
                const NamespacePolicy& policy) {
  const std::multiset<TimePoint>& few = a.size() < b.size() ? a : b;
  const std::multiset<TimePoint>& many = a.size() < b.size() ? b : a;
  const std::size_t most = policy.max_values;
  std::vector<TimePoint> near;
  for (const TimePoint time : few) {
    near.clear();
    // Two spans' worth of a list within the limit: at most twice as many as allowed, and one at the seam.
    for (const auto* const list : {&few, &many}) {
      const auto end = list->upper_bound(time + *policy.within);
      for (auto it = list->lower_bound(time - *policy.within); it != end; ++it) near.push_back(*it);
    }
    std::ranges::sort(near);
    for (std::size_t i = most; i < near.size(); ++i) {
      if (near[i] - near[i - most] <= *policy.within) return true;
    }
  }
  return false;
}

}  // namespace

CustomerSets::CustomerSets(const GraphImpl& graph, const Profiles& profiles)
    : evidence_(graph.evidence), sets_(profiles.size()), held_(profiles.size()) {
  HoldKeys(graph, profiles);
  HoldUnlinked(graph, profiles);
}

void CustomerSets::HoldKeys(const GraphImpl& graph, const Profiles& profiles) {
  // When a key was first seen by a row that links; one that never was is no customer's.
  std::vector<TimePoint> first(evidence_.keys(), TimePoint::max());
  for (std::uint32_t row = 0; row < graph.log.size(); ++row) {
    if (!evidence_.Links({row})) continue;
    for (const Key key : evidence_.KeysOf({row})) first[key] = std::min(first[key], graph.log.time({row}));
  }
  for (Key key = 0; key < first.size(); ++key) {
    const std::uint32_t profile = profiles.OfLabel(graph.set_of[key]);
    if (profile == kNoProfile || first[key] == TimePoint::max()) continue;
    const std::uint32_t name_space = evidence_.name_space(key).value;
    const NamespacePolicy& policy = evidence_.policy_of(name_space);
    Held& held = held_[profile];
    if (policy.exclusive) {
      held.exclusive.emplace_back(name_space, key);
    } else if (policy.within) {
      if (Entry(held.timed, name_space) == held.timed.end()) held.timed.push_back({name_space, {}});
      Entry(held.timed, name_space)->second.insert(first[key]);
    } else if (policy.max_values != 0) {
      if (Entry(held.limited, name_space) == held.limited.end()) held.limited.emplace_back(name_space, 0);
      ++Entry(held.limited, name_space)->second;
    }
  }
}

void CustomerSets::HoldUnlinked(const GraphImpl& graph, const Profiles& profiles) {
  for (const auto& [a, b] : graph.unlinked) {
    const std::uint32_t left = profiles.OfLabel(graph.set_of[a]);
    const std::uint32_t right = profiles.OfLabel(graph.set_of[b]);
    if (left == kNoProfile || right == kNoProfile || left == right) continue;
    held_[left].unlinked.push_back(right);
    held_[right].unlinked.push_back(left);
  }
}

std::optional<IdentityRule> CustomerSets::Refuses(std::uint32_t a, std::uint32_t b) {
  for (const auto& [name_space, key] : held_[a].exclusive) {
    const auto other = Entry(held_[b].exclusive, name_space);
    if (other != held_[b].exclusive.end() && other->second != key) return IdentityRule::kExclusive;
  }
  // Pairs are at both ends: the shorter list tells.
  if (held_[a].unlinked.size() > held_[b].unlinked.size()) std::swap(a, b);
  for (const std::uint32_t profile : held_[a].unlinked) {
    if (sets_.Find(profile) == b) return IdentityRule::kUnlinked;
  }
  if (TooMany(held_[a], held_[b])) return IdentityRule::kLimit;
  return std::nullopt;
}

bool CustomerSets::TooMany(const Held& a, const Held& b) const {
  for (const auto& [name_space, count] : a.limited) {
    const auto other = Entry(b.limited, name_space);
    if (other != b.limited.end() && count + other->second > evidence_.policy_of(name_space).max_values)
      return true;
  }
  for (const auto& [name_space, times] : a.timed) {
    const auto other = Entry(b.timed, name_space);
    if (other != b.timed.end() && BreaksSpan(times, other->second, evidence_.policy_of(name_space)))
      return true;
  }
  return false;
}

void CustomerSets::Join(std::uint32_t a, std::uint32_t b) {
  const std::uint32_t root = sets_.Union(a, b);
  Held& into = held_[root];
  Held& from = held_[root == a ? b : a];
  for (const auto& entry : from.exclusive) {
    if (Entry(into.exclusive, entry.first) == into.exclusive.end()) into.exclusive.push_back(entry);
  }
  for (const auto& entry : from.limited) {
    const auto own = Entry(into.limited, entry.first);
    if (own == into.limited.end()) {
      into.limited.push_back(entry);
    } else {
      own->second += entry.second;
    }
  }
  for (auto& [name_space, times] : from.timed) {
    const auto own = Entry(into.timed, name_space);
    if (own == into.timed.end()) {
      into.timed.emplace_back(name_space, std::move(times));
      continue;
    }
    if (own->second.size() < times.size()) std::swap(own->second, times);
    own->second.merge(times);
  }
  if (into.unlinked.size() < from.unlinked.size()) std::swap(into.unlinked, from.unlinked);
  into.unlinked.insert(into.unlinked.end(), from.unlinked.begin(), from.unlinked.end());
  from = {};
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
