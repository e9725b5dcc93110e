// Explanations of a ProbabilisticGraph: what each field says, in bits and in words.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>

#include "identity/probabilistic_impl.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

// Thousandths of a bit with their sign: "+4.100".
std::string Bits(std::int32_t weight) {
  const std::uint32_t size =
      weight < 0 ? 0U - static_cast<std::uint32_t>(weight) : static_cast<std::uint32_t>(weight);
  return fmt::format("{}{}.{:03}", weight < 0 ? '-' : '+', size / 1000, size % 1000);
}

// Parts per billion as a percentage, never rounded up to certainty: "99.999 %".
std::string Percent(std::uint32_t probability) {
  return fmt::format("{}.{:03} %", probability / 10'000'000, probability / 10'000 % 1000);
}

std::string_view InWords(LevelRule level) {
  switch (level) {
    case LevelRule::kExact:
      return "are equal";
    case LevelRule::kEquivalent:
      return "stand for one another";
    case LevelRule::kSimilar:
      return "are similar";
    case LevelRule::kDateSlip:
      return "differ by a slip";
    case LevelRule::kSameYear:
      return "are of one year";
    case LevelRule::kElse:
      return "differ";
  }
  return "";
}

std::string_view InWords(IdentityRule rule) {
  switch (rule) {
    case IdentityRule::kExclusive:
      return "it would have two values of an identifier of which a customer has one";
    case IdentityRule::kLimit:
      return "it would have more values of an identifier than a customer may";
    case IdentityRule::kUnlinked:
      return "a record says that they are not";
    case IdentityRule::kShared:
    case IdentityRule::kHub:
      break;
  }
  return "";
}

std::string InWords(const MatchExplanation& result) {
  using Verdict = MatchExplanation::Verdict;
  switch (result.verdict) {
    case Verdict::kKeys:
      return "One customer, by identifiers that were seen together.\n";
    case Verdict::kLinked:
      return "One customer: they look like one person.\n";
    case Verdict::kChained:
      return fmt::format("One customer, by {} others who look like either.\n", result.chain.size() - 1);
    case Verdict::kRefused:
      return fmt::format("Two customers: they look like one person, but {}.\n", InWords(result.rule));
    case Verdict::kUnlikely:
      return "Two customers: they do not look enough like one person.\n";
    case Verdict::kNotMet:
      return "Two customers: they look like one person, but no rule of blocking brought them together.\n";
    case Verdict::kUnknown:
      return "Nothing is known of one of them.\n";
  }
  return "";
}

std::string TextOf(const MatchExplanation& result) {
  std::string text = InWords(result);
  if (result.fields.empty()) return text;
  for (const FieldEvidence& field : result.fields) {
    if (field.missing) {
      text += fmt::format("  {:>9}  {}: missing, no evidence\n", "0", field.field);
      continue;
    }
    text += fmt::format("  {:>9}  {}: \"{}\" and \"{}\" {}", Bits(field.weight), field.field, field.value_a,
                        field.value_b, InWords(field.level));
    if (field.by_frequency != 0) text += fmt::format(" ({} for how rare it is)", Bits(field.by_frequency));
    text += '\n';
  }
  text += fmt::format("  {:>9}  before anything is known of two customers\n", Bits(result.prior));
  text += fmt::format("  {:>9}  bits in all: {}\n", Bits(result.weight), Percent(result.probability));
  return text;
}

// The fewest accepted links between two profiles.
std::vector<ProbabilisticLink> ChainOf(const ProbabilisticImpl& graph, std::uint32_t from, std::uint32_t to) {
  std::map<std::uint32_t, std::vector<std::uint32_t>> at;  // by profile: its accepted links
  for (std::uint32_t i = 0; i < graph.links.size(); ++i) {
    if (graph.links[i].state == ProbabilisticLink::State::kRefused) continue;
    at[graph.ProfileOf(graph.links[i].a)].push_back(i);
    at[graph.ProfileOf(graph.links[i].b)].push_back(i);
  }
  std::map<std::uint32_t, std::pair<std::uint32_t, std::uint32_t>> reached{
      {from, {from, 0}}};  // from where, by what
  for (std::deque<std::uint32_t> queue{from}; !queue.empty() && !reached.contains(to); queue.pop_front()) {
    for (const std::uint32_t link : at[queue.front()]) {
      const std::uint32_t a = graph.ProfileOf(graph.links[link].a);
      const std::uint32_t next = a == queue.front() ? graph.ProfileOf(graph.links[link].b) : a;
      if (reached.try_emplace(next, queue.front(), link).second) queue.push_back(next);
    }
  }
  std::vector<ProbabilisticLink> chain;
  for (std::uint32_t profile = to; profile != from && reached.contains(profile);) {
    const auto& [previous, link] = reached.at(profile);
    chain.push_back(graph.links[link]);
    profile = previous;
  }
  std::ranges::reverse(chain);
  return chain;
}

}  // namespace

PairWeight ProbabilisticImpl::Weigh(std::uint32_t a, std::uint32_t b) const {
  PairWeight result{model.prior_weight, {}};
  for (std::size_t field = 0; field < options.fields.size(); ++field) {
    FieldEvidence& evidence = result.fields.emplace_back();
    evidence.field = options.fields[field].name;
    const ValueId left = profiles.value(a, field);
    const ValueId right = profiles.value(b, field);
    if (left != kNoValueId) evidence.value_a = profiles.text(left);
    if (right != kNoValueId) evidence.value_b = profiles.text(right);
    const std::uint8_t level = comparator.LevelOf(field, left, right);
    evidence.missing = level == kMissing;
    if (evidence.missing) continue;
    evidence.level = options.fields[field].levels[level].rule;
    if (level == 0) evidence.by_frequency = FrequencyWeight(field, left);
    evidence.weight = model.fields[field].levels[level].weight + evidence.by_frequency;
    result.total += evidence.weight;
  }
  return result;
}

MatchExplanation ExplainMatch(const ProbabilisticImpl& graph, std::uint32_t profile_a,
                              std::uint32_t profile_b) {
  using Verdict = MatchExplanation::Verdict;
  MatchExplanation result;
  if (profile_a == kNoProfile || profile_b == kNoProfile) {
    result.text = TextOf(result);
    return result;
  }
  if (profile_a == profile_b) {
    result.verdict = Verdict::kKeys;
    result.text = TextOf(result);
    return result;
  }
  PairWeight weight = graph.Weigh(profile_a, profile_b);
  result.fields = std::move(weight.fields);
  result.prior = graph.model.prior_weight;
  result.weight = weight.total;
  result.probability = ProbabilityOf(weight.total);
  const EventIndex first_a = graph.profiles.first(std::min(profile_a, profile_b));
  const EventIndex first_b = graph.profiles.first(std::max(profile_a, profile_b));
  const auto link = std::ranges::find_if(
      graph.links, [&](const ProbabilisticLink& entry) { return entry.a == first_a && entry.b == first_b; });
  const bool joined = graph.name_of[profile_a] == graph.name_of[profile_b];
  if (joined) {
    result.verdict = link != graph.links.end() ? Verdict::kLinked : Verdict::kChained;
    if (link == graph.links.end()) result.chain = ChainOf(graph, profile_a, profile_b);
  } else if (link != graph.links.end()) {
    result.verdict = Verdict::kRefused;
    result.rule = link->rule;
  } else {
    const auto threshold = static_cast<std::uint32_t>(std::llround(graph.options.threshold * 1e9));
    result.verdict = result.probability >= threshold ? Verdict::kNotMet : Verdict::kUnlikely;
  }
  result.text = TextOf(result);
  return result;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
