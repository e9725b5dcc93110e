#include "journey/identity/probabilistic_resolver.h"

#include <algorithm>
#include <cmath>

#include "identity/probabilistic_impl.h"
#include "identity/probabilistic_math.h"
#include "identity/probabilistic_rules.h"
#include "identity/probabilistic_training.h"

namespace journey {
inline namespace v0 {
namespace internal {

ProbabilisticImpl::ProbabilisticImpl(const EventLog& log, const IdentityPolicy& policy,
                                     const MatchOptions& match_options)
    : options(match_options), graph(log, policy, 1), profiles(graph, options), comparator(profiles) {
  {
    const BlockedPairs blocked(profiles, comparator);
    summary.profiles = profiles.size();
    summary.pairs = blocked.pairs.size();
    summary.skipped_blocks = blocked.skipped_blocks;
    summary.skipped_pairs = blocked.skipped_pairs;
    model = Train(options, blocked.patterns, RandomPairs(profiles, comparator), profiles.size());
    ScorePairs(blocked);
  }
  TakeLinks();
}

std::int32_t ProbabilisticImpl::FrequencyWeight(std::size_t field, ValueId value) const {
  if (!options.fields[field].by_frequency) return 0;
  // Of the others: a value that two records of one person alone have is as rare as can be.
  const std::uint64_t others = std::max(profiles.count(value), 2U) - 1;
  const std::uint64_t all = std::max<std::uint64_t>(profiles.known(field), 2) - 1;
  const std::int64_t rare = Log2(model.fields[field].levels[0].u) - Log2(kCertain) - Log2(others) + Log2(all);
  return Thousandths(std::clamp(rare, -8 * kBit, 8 * kBit));
}

void ProbabilisticImpl::ScorePairs(const BlockedPairs& blocked) {
  const auto threshold = static_cast<std::uint32_t>(std::llround(options.threshold * 1e9));
  const std::size_t fields = options.fields.size();
  std::vector<std::int32_t> weights(blocked.patterns.size(), model.prior_weight);
  for (std::size_t pattern = 0; pattern < weights.size(); ++pattern) {
    const std::uint8_t* const levels = blocked.patterns.levels(pattern);
    for (std::size_t field = 0; field < fields; ++field) {
      if (levels[field] != kMissing) weights[pattern] += model.fields[field].levels[levels[field]].weight;
    }
  }
  for (const Pair& pair : blocked.pairs) {
    std::int32_t weight = weights[pair.pattern];
    const std::uint8_t* const levels = blocked.patterns.levels(pair.pattern);
    for (std::size_t field = 0; field < fields; ++field) {
      if (levels[field] == 0) weight += FrequencyWeight(field, profiles.value(pair.a, field));
    }
    const std::uint32_t probability = ProbabilityOf(weight);
    if (probability >= threshold) {
      links.push_back({profiles.first(pair.a), profiles.first(pair.b), weight, probability});
    }
  }
  std::ranges::sort(links, [&](const ProbabilisticLink& a, const ProbabilisticLink& b) {
    if (a.weight != b.weight) return a.weight > b.weight;
    if (a.a != b.a) return graph.log.Before(a.a, b.a);
    return a.b != b.b && graph.log.Before(a.b, b.b);
  });
}

void ProbabilisticImpl::TakeLinks() {
  CustomerSets sets(graph, profiles);
  for (ProbabilisticLink& link : links) {
    const std::uint32_t a = sets.Find(ProfileOf(link.a));
    const std::uint32_t b = sets.Find(ProfileOf(link.b));
    if (a == b) {
      link.state = ProbabilisticLink::State::kAlreadyJoined;
      ++summary.already_joined;
    } else if (const auto rule = sets.Refuses(a, b)) {
      link.state = ProbabilisticLink::State::kRefused;
      link.rule = *rule;
      ++summary.refused;
      ++summary.refused_by_rule[static_cast<std::size_t>(*rule)];
    } else {
      sets.Join(a, b);
      ++summary.accepted;
    }
  }
  name_of.assign(profiles.size(), kNoProfile);
  std::vector<std::uint32_t> first_of(profiles.size(), kNoProfile);  // by root
  for (std::uint32_t profile = 0; profile < profiles.size(); ++profile) {
    std::uint32_t& first = first_of[sets.Find(profile)];
    first = std::min(first, profile);
    name_of[profile] = first;
  }
  resolution = graph.resolution;
  for (std::uint32_t& label : resolution.labels) {
    const std::uint32_t profile = profiles.OfLabel(label);
    if (profile != kNoProfile) label = profiles.label(name_of[profile]);
  }
}

}  // namespace internal

struct ProbabilisticGraph::Impl : internal::ProbabilisticImpl {
  using ProbabilisticImpl::ProbabilisticImpl;
};

ProbabilisticGraph ProbabilisticGraph::Build(const EventLog& log, const IdentityPolicy& policy,
                                             const MatchOptions& options) {
  return ProbabilisticGraph(std::make_unique<Impl>(log, policy, options));
}
ProbabilisticGraph::ProbabilisticGraph(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ProbabilisticGraph::~ProbabilisticGraph() = default;
ProbabilisticGraph::ProbabilisticGraph(ProbabilisticGraph&&) noexcept = default;

const Resolution& ProbabilisticGraph::resolution() const {
  return impl_->resolution;
}
const MatchModel& ProbabilisticGraph::model() const {
  return impl_->model;
}
const MatchSummary& ProbabilisticGraph::summary() const {
  return impl_->summary;
}
std::span<const ProbabilisticLink> ProbabilisticGraph::links() const {
  return impl_->links;
}

MatchExplanation ProbabilisticGraph::Explain(const Identifier& a, const Identifier& b) const {
  const auto profile_of = [&](const Identifier& identifier) {
    const internal::Key key = impl_->graph.evidence.FindKey(identifier.name_space, identifier.value);
    return key == internal::kNoKey ? internal::kNoProfile : impl_->profiles.OfLabel(impl_->graph.set_of[key]);
  };
  return internal::ExplainMatch(*impl_, profile_of(a), profile_of(b));
}

MatchExplanation ProbabilisticGraph::Explain(EventIndex a, EventIndex b) const {
  return internal::ExplainMatch(*impl_, impl_->ProfileOf(a), impl_->ProfileOf(b));
}

Resolution ProbabilisticResolver::Resolve(const EventLog& log) const {
  return ProbabilisticGraph::Build(log, policy_, options_).resolution();
}

}  // namespace v0
}  // namespace journey
