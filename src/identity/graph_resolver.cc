#include "journey/identity/graph_resolver.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "identity/union_find.h"
#include "identity/usable_identifiers.h"

namespace journey {
inline namespace v0 {
namespace {

constexpr std::uint32_t kNone = UINT32_MAX;

// Two identifiers seen on one event, and the first event that shows it.
struct Link {
  IdentifierId strong;
  IdentifierId weak;
  EventIndex first;
};

// One pass of resolution over one log.
class GraphRun {
 public:
  GraphRun(const EventLog& log, const GraphResolverOptions& options)
      : log_(log), values_(log.identifier_values()), usable_(log), sets_(values_.size()) {
    RankNamespaces(options);
  }

  Resolution Run() {
    strongest_.resize(log_.size());
    for (std::uint32_t row = 0; row < log_.size(); ++row) LinkEvent({row});
    ResolveConflicts();
    Resolution result;
    auto next_label = static_cast<std::uint32_t>(values_.size());
    result.labels.reserve(log_.size());
    for (const IdentifierId id : strongest_) {
      if (!id.valid()) ++result.unidentified;
      result.labels.push_back(id.valid() ? sets_.Find(id.value) : next_label++);
    }
    result.identifiers = usable_.distinct();
    result.placeholders = usable_.placeholders();
    result.refused_links = refused_;
    return result;
  }

 private:
  void RankNamespaces(const GraphResolverOptions& options) {
    const SymbolTable& names = log_.namespaces();
    std::vector<std::uint32_t> order;
    for (std::uint32_t id = 0; id < names.size(); ++id) order.push_back(id);
    const auto listed = [&](std::uint32_t id) { return std::ranges::find(options.priority, names.text(id)); };
    std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
      return std::pair(listed(a), names.text(a)) < std::pair(listed(b), names.text(b));
    });
    rank_.resize(names.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) rank_[order[i]] = i;
    exclusive_.resize(names.size());
    for (std::uint32_t id = 0; id < names.size(); ++id) {
      exclusive_[id] = std::ranges::find(options.exclusive, names.text(id)) != options.exclusive.end();
    }
  }

  [[nodiscard]] std::uint32_t Rank(IdentifierId id) const { return rank_[values_.tag(id.value)]; }
  [[nodiscard]] bool Stronger(IdentifierId a, IdentifierId b) const {
    if (Rank(a) != Rank(b)) return Rank(a) < Rank(b);
    return values_.text(a.value) < values_.text(b.value);
  }

  void LinkEvent(EventIndex event) {
    IdentifierId strong;
    for (const IdentifierId id : log_.identifiers(event)) {
      if (usable_.contains(id) && (!strong.valid() || Stronger(id, strong))) strong = id;
    }
    strongest_[event.value] = strong;
    if (!strong.valid()) return;
    for (const IdentifierId id : log_.identifiers(event)) {
      if (id != strong && usable_.contains(id)) sets_.Union(strong.value, id.value);
    }
  }

  // Per exclusive namespace: whether the set of an identifier has two values of it.
  std::vector<bool> ConflictedRoots() {
    std::vector<bool> conflicted(values_.size());
    for (std::uint32_t name_space = 0; name_space < exclusive_.size(); ++name_space) {
      if (!exclusive_[name_space]) continue;
      std::vector<bool> has_one(values_.size());
      for (std::uint32_t id = 0; id < values_.size(); ++id) {
        if (values_.tag(id) != name_space || !usable_.contains({id})) continue;
        const std::uint32_t root = sets_.Find(id);
        if (has_one[root]) conflicted[root] = true;
        has_one[root] = true;
      }
    }
    return conflicted;
  }

  void ResolveConflicts() {
    const std::vector<bool> conflicted_root = ConflictedRoots();
    if (std::ranges::find(conflicted_root, true) == conflicted_root.end()) return;
    std::vector<bool> conflicted(values_.size());
    for (std::uint32_t id = 0; id < values_.size(); ++id) conflicted[id] = conflicted_root[sets_.Find(id)];
    const std::vector<Link> links = CollectLinks(conflicted);
    for (std::uint32_t id = 0; id < values_.size(); ++id) {
      if (conflicted[id]) sets_.Reset(id);
    }
    for (const Link& link : links) {
      if (!TryUnion(link)) ++refused_;
    }
  }

  // The distinct links among the conflicted identifiers, in the canonical order.
  std::vector<Link> CollectLinks(const std::vector<bool>& conflicted) const {
    std::vector<Link> links;
    for (std::uint32_t row = 0; row < log_.size(); ++row) {
      const IdentifierId strong = strongest_[row];
      if (!strong.valid() || !conflicted[strong.value]) continue;
      for (const IdentifierId id : log_.identifiers({row})) {
        if (id != strong && usable_.contains(id)) links.push_back({strong, id, {row}});
      }
    }
    std::ranges::sort(links, [&](const Link& a, const Link& b) {
      if (std::tie(a.strong, a.weak) != std::tie(b.strong, b.weak)) {
        return std::tie(a.strong, a.weak) < std::tie(b.strong, b.weak);
      }
      return a.first != b.first && log_.Before(a.first, b.first);
    });
    const auto repeated = std::ranges::unique(
        links, [](const Link& a, const Link& b) { return a.strong == b.strong && a.weak == b.weak; });
    links.erase(repeated.begin(), repeated.end());
    std::ranges::sort(links, [&](const Link& a, const Link& b) {
      const auto ranks = [&](const Link& link) { return std::pair(Rank(link.weak), Rank(link.strong)); };
      if (ranks(a) != ranks(b)) return ranks(a) < ranks(b);
      if (a.first != b.first) return log_.Before(a.first, b.first);
      return std::pair(values_.text(a.strong.value), values_.text(a.weak.value)) <
             std::pair(values_.text(b.strong.value), values_.text(b.weak.value));
    });
    return links;
  }

  // The exclusive values of a set: few, as there are at most as many as exclusive namespaces.
  std::map<std::uint32_t, std::uint32_t>& ExclusiveOf(std::uint32_t root) {
    const auto [found, fresh] = exclusive_values_.try_emplace(root);
    if (fresh && exclusive_[values_.tag(root)]) found->second.emplace(values_.tag(root), root);
    return found->second;
  }

  bool TryUnion(const Link& link) {
    const std::uint32_t a = sets_.Find(link.strong.value);
    const std::uint32_t b = sets_.Find(link.weak.value);
    if (a == b) return true;
    const auto& of_a = ExclusiveOf(a);
    const auto& of_b = ExclusiveOf(b);
    for (const auto& [name_space, value] : of_a) {
      const auto other = of_b.find(name_space);
      if (other != of_b.end() && other->second != value) return false;
    }
    std::map<std::uint32_t, std::uint32_t> both = of_a;
    both.insert(of_b.begin(), of_b.end());
    exclusive_values_[sets_.Union(a, b)] = std::move(both);
    return true;
  }

  const EventLog& log_;
  const SymbolTable& values_;
  internal::UsableIdentifiers usable_;
  internal::UnionFind sets_;
  std::vector<std::uint32_t> rank_;  // by namespace: 0 is the strongest
  std::vector<bool> exclusive_;      // by namespace
  std::vector<IdentifierId> strongest_;
  std::map<std::uint32_t, std::map<std::uint32_t, std::uint32_t>>
      exclusive_values_;  // root -> namespace -> value
  std::uint64_t refused_ = 0;
};

}  // namespace

Resolution GraphResolver::Resolve(const EventLog& log) const {
  return GraphRun(log, options_).Run();
}

}  // namespace v0
}  // namespace journey
