// Explanations of an IdentityGraph: chains of events between two identifiers, and what broke them.
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <tuple>

#include "identity/graph_impl.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

// Which keys were seen together, and on which row first.
class TogetherGraph {
 public:
  // Of the pairs for which `use(a, b)` holds.
  template <typename Use>
  TogetherGraph(const GraphImpl& graph, const Use& use) : graph_(graph) {
    for (std::uint32_t row = 0; row < graph.log.size(); ++row) {
      if (!graph.evidence.Links({row})) continue;
      const RowKeys keys = graph.evidence.KeysWithHubsOf({row});
      for (std::uint32_t i = 0; i < keys.count; ++i) {
        for (std::uint32_t j = i + 1; j < keys.count; ++j) {
          if (!use(keys.keys[i], keys.keys[j])) continue;
          Note(keys.keys[i], keys.keys[j], {row});
          Note(keys.keys[j], keys.keys[i], {row});
        }
      }
    }
  }

  struct Step {
    Key from;
    Key to;
    EventIndex row;
  };

  // A shortest chain; of several the one of the earliest rows. Empty: there is none.
  [[nodiscard]] std::vector<Step> Chain(Key from, Key to) const {
    std::map<Key, Step> reached{{from, {from, from, {}}}};
    std::deque<Key> queue{from};
    while (!queue.empty() && !reached.contains(to)) {
      const Key key = queue.front();
      queue.pop_front();
      for (const auto& [row, next] : Neighbours(key)) {
        if (reached.try_emplace(next, Step{key, next, row}).second) queue.push_back(next);
      }
    }
    std::vector<Step> chain;
    if (!reached.contains(to)) return chain;
    for (Key key = to; key != from; key = reached.at(key).from) chain.push_back(reached.at(key));
    std::ranges::reverse(chain);
    return chain;
  }

 private:
  void Note(Key from, Key to, EventIndex row) {
    const auto [entry, fresh] = edges_[from].try_emplace(to, row);
    if (!fresh && graph_.log.Before(row, entry->second)) entry->second = row;
  }
  [[nodiscard]] std::vector<std::pair<EventIndex, Key>> Neighbours(Key key) const {
    std::vector<std::pair<EventIndex, Key>> list;
    if (const auto found = edges_.find(key); found != edges_.end()) {
      for (const auto& [to, row] : found->second) list.emplace_back(row, to);
    }
    std::ranges::sort(list, [&](const auto& a, const auto& b) {
      if (a.first != b.first) return graph_.log.Before(a.first, b.first);
      return graph_.evidence.Stronger(a.second, b.second);
    });
    return list;
  }

  const GraphImpl& graph_;
  std::map<Key, std::map<Key, EventIndex>> edges_;
};

class Explainer {
 public:
  explicit Explainer(const GraphImpl& graph) : graph_(graph) {}

  IdentityExplanation Run(const Identifier& a, const Identifier& b) {
    const std::optional<Key> from = Find(a);
    const std::optional<Key> to = from ? Find(b) : std::nullopt;
    if (!from || !to) return result_;
    const bool links_nobody = Silent(*from) || Silent(*to);
    if (*from == *to || (!links_nobody && graph_.set_of[*from] == graph_.set_of[*to])) {
      Joined(*from, *to);
    } else if (!KeptApartByRule(*from, *to)) {
      KeptApartOnTheWay(*from, *to);
    }
    return result_;
  }

 private:
  [[nodiscard]] IdentifierText TextOf(Key key) const {
    const auto name_space = graph_.log.namespaces().text(graph_.evidence.name_space(key).value);
    return {std::string(name_space), std::string(graph_.evidence.text(key))};
  }
  [[nodiscard]] std::string Words(Key key) const {
    const IdentifierText text = TextOf(key);
    return fmt::format("{} {}", text.name_space, text.value);
  }
  [[nodiscard]] bool Silent(Key key) const { return graph_.evidence.hub(key) || graph_.shared.contains(key); }

  [[nodiscard]] std::string Place(EventIndex row) const {
    const EventLog& log = graph_.log;
    const TouchpointId touchpoint = log.touchpoint(row);
    std::string place = log.kind(row) == RecordKind::kLink ? "a link record" : "an event";
    if (touchpoint.valid()) {
      const Touchpoint pair = log.touchpoints()[touchpoint.value];
      place =
          fmt::format("{}/{}", log.channels().text(pair.channel.value), log.names().text(pair.name.value));
    }
    const std::string_view source = log.sources().text(log.source(row).value);
    return fmt::format("{} on {} ({}{}row {})", place, FormatTime(log.time(row)), source,
                       source.empty() ? "" : " ", log.sequence(row));
  }

  std::optional<Key> Find(const Identifier& identifier) {
    const Key key = graph_.evidence.FindKey(identifier.name_space, identifier.value);
    if (key != kNoKey) return key;
    const NamespacePolicy policy = graph_.policy.PolicyOf(identifier.name_space);
    const bool blocked = IsBlocked(Normalize(identifier.value, policy.normalizer), policy);
    using enum IdentityExplanation::Verdict;
    result_.verdict = blocked ? kBlocked : kUnknown;
    result_.text = fmt::format("{} {} {}.", identifier.name_space, identifier.value,
                               blocked ? "is a placeholder or blocked by the policy, and links nobody"
                                       : "is on no event of this log");
    return std::nullopt;
  }

  void AddChain(const std::vector<TogetherGraph::Step>& chain) {
    for (const auto& step : chain) result_.chain.push_back({TextOf(step.from), TextOf(step.to), step.row});
  }

  void Joined(Key from, Key to) {
    result_.verdict = IdentityExplanation::Verdict::kJoined;
    const Key set = graph_.set_of[from];
    const TogetherGraph together(graph_, [&](Key a, Key b) {
      return !Silent(a) && !Silent(b) && graph_.set_of[a] == set && graph_.set_of[b] == set;
    });
    const auto chain = together.Chain(from, to);
    AddChain(chain);
    result_.text = fmt::format("{} and {} are one customer.", Words(from), Words(to));
    for (const auto& step : chain) {
      result_.text += fmt::format("\n  {} and {} were seen together: {}.", Words(step.from), Words(step.to),
                                  Place(step.row));
    }
  }

  void Apart(IdentityRule rule, const std::vector<Key>& because, const std::string& why) {
    result_.verdict = IdentityExplanation::Verdict::kApart;
    result_.rule = rule;
    for (const Key key : because) {
      if (key != kNoKey) result_.because.push_back(TextOf(key));
    }
    result_.text += why;
  }

  [[nodiscard]] bool Unlinked(Key a, Key b) const {
    return std::ranges::binary_search(graph_.unlinked, std::pair<Key, Key>(std::minmax(a, b)));
  }

  // Rules that need no chain: the two exclude each other by what they are.
  bool KeptApartByRule(Key from, Key to) {
    const auto begin = [&] {
      return fmt::format("{} and {} are two customers, and never one: ", Words(from), Words(to));
    };
    if (Unlinked(from, to)) {
      Apart(IdentityRule::kUnlinked, {from, to}, begin() + "a record unlinked them.");
      return true;
    }
    const bool one_namespace = graph_.evidence.name_space(from) == graph_.evidence.name_space(to);
    if (one_namespace && graph_.evidence.policy(from).exclusive) {
      Apart(IdentityRule::kExclusive, {from, to},
            begin() + fmt::format("a customer has one {}.", TextOf(from).name_space));
      return true;
    }
    return false;
  }

  void KeptApartOnTheWay(Key from, Key to) {
    const TogetherGraph together(graph_, [](Key, Key) { return true; });
    const auto chain = together.Chain(from, to);
    if (chain.empty()) {
      result_.verdict = IdentityExplanation::Verdict::kNoTie;
      result_.text = fmt::format("{} and {} are two customers: nothing in the log ties them together.",
                                 Words(from), Words(to));
      return;
    }
    result_.text = fmt::format("{} and {} are not known to be one customer.", Words(from), Words(to));
    for (const auto& step : chain) {
      result_.chain.push_back({TextOf(step.from), TextOf(step.to), step.row});
      const bool holds =
          !Silent(step.from) && !Silent(step.to) && graph_.set_of[step.from] == graph_.set_of[step.to];
      result_.text += fmt::format("\n  {} and {} were seen together: {}{}", Words(step.from), Words(step.to),
                                  Place(step.row), holds ? "." : ", but ");
      if (holds) continue;
      RefuseStep(step);
      return;
    }
    // Every step holds but its ends are kept apart: cannot be, as sets are closed under steps.
  }

  void RefuseStep(const TogetherGraph::Step& step) {
    for (const Key key : {step.from, step.to}) {
      if (graph_.evidence.hub(key)) {
        return Apart(IdentityRule::kHub, {key},
                     fmt::format("{} was seen with more than {} others, and links nobody.", Words(key),
                                 graph_.policy.max_neighbours));
      }
      if (const auto found = graph_.shared.find(key); found != graph_.shared.end()) {
        const SharedKey& entry = found->second;
        return Apart(IdentityRule::kShared, {entry.person, entry.other_person},
                     fmt::format("{} is used by {} and by {}, and links nobody.", Words(key),
                                 Words(entry.person), Words(entry.other_person)));
      }
    }
    if (Unlinked(step.from, step.to)) {
      return Apart(IdentityRule::kUnlinked, {step.from, step.to}, "a record unlinked them.");
    }
    for (const RefusedLink& link : graph_.refused) {
      if (!OnTheRow(link, step)) continue;
      const std::string held =
          link.held_strong == kNoKey
              ? std::string()
              : fmt::format(" ({} and {})", Words(link.held_strong), Words(link.held_weak));
      switch (link.rule) {
        case IdentityRule::kExclusive:
          return Apart(link.rule, {link.held_strong, link.held_weak},
                       fmt::format("that would put two values of {} into one customer{}.",
                                   TextOf(link.held_strong).name_space, held));
        case IdentityRule::kUnlinked:
          return Apart(link.rule, {link.held_strong, link.held_weak},
                       fmt::format("that would join what a record unlinked{}.", held));
        default:
          return Apart(
              link.rule, {link.weak},
              fmt::format("that would give one customer more values of {} than allowed ({}).",
                          TextOf(link.weak).name_space, graph_.evidence.policy(link.weak).max_values));
      }
    }
  }

  // Whether a refused link is behind a step that does not hold: it is the step, or one from the strongest key
  // of the step's row to either end.
  [[nodiscard]] bool OnTheRow(const RefusedLink& link, const TogetherGraph::Step& step) const {
    const auto is = [&](Key a, Key b) {
      return (link.strong == a && link.weak == b) || (link.strong == b && link.weak == a);
    };
    if (is(step.from, step.to)) return true;
    const RowKeys keys = graph_.evidence.KeysOf(step.row);
    const auto* const strongest = std::ranges::find_if(keys, [&](Key key) { return !Silent(key); });
    return strongest != keys.end() && (is(*strongest, step.from) || is(*strongest, step.to));
  }

  const GraphImpl& graph_;
  IdentityExplanation result_;
};

}  // namespace

IdentityExplanation ExplainPair(const GraphImpl& graph, const Identifier& a, const Identifier& b) {
  return Explainer(graph).Run(a, b);
}

std::vector<CustomerIdentifier> IdentifiersWithLabel(const GraphImpl& graph, std::uint32_t label) {
  struct Tally {
    CustomerIdentifier row;
    std::uint64_t together = 0;  // events that carry another of the customer's keys, too
  };
  std::map<Key, Tally> tallies;
  for (std::uint32_t row = 0; row < graph.log.size(); ++row) {
    if (graph.resolution.labels[row] != label || graph.log.kind({row}) != RecordKind::kEvent) continue;
    const RowKeys keys = graph.evidence.KeysWithHubsOf({row});
    for (const Key key : keys) {
      const TimePoint time = graph.log.time({row});
      const auto [entry, fresh] = tallies.try_emplace(key);
      CustomerIdentifier& out = entry->second.row;
      out.first = fresh ? time : std::min(out.first, time);
      out.last = fresh ? time : std::max(out.last, time);
      ++out.events;
      if (keys.count > 1) ++entry->second.together;
    }
  }
  std::vector<CustomerIdentifier> list;
  for (auto& [key, tally] : tallies) {
    CustomerIdentifier& out = tally.row;
    const auto name_space = graph.log.namespaces().text(graph.evidence.name_space(key).value);
    out.identifier = {std::string(name_space), std::string(graph.evidence.text(key))};
    out.kind = graph.evidence.policy(key).kind;
    out.shared = graph.shared.contains(key) || graph.evidence.hub(key);
    out.confidence = out.shared                            ? "shared with others"
                     : out.kind == IdentifierKind::kPerson ? "stated"
                     : tally.together > 1                  ? "seen together often"
                     : tally.together == 1                 ? "seen together once"
                                                           : "by this alone";
    list.push_back(std::move(out));
  }
  std::ranges::sort(list, {}, [](const CustomerIdentifier& entry) {
    return std::tuple(entry.kind, std::string_view(entry.identifier.name_space), entry.first,
                      std::string_view(entry.identifier.value));
  });
  return list;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
