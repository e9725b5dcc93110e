// What does it cost to count transitions, variants, steps and channels over all journeys?
#include <algorithm>
#include <cmath>

#include "support/harness.h"
#include "support/prepared.h"

namespace journey::bench {
namespace {

std::vector<Transition> OurTransitions(const Prepared& input) {
  TransitionGraph graph;
  for (const JourneyRow& row : input.journeys.rows) {
    const JourneyView view(input.context, row);
    for (std::size_t i = 1; i < view.size(); ++i)
      graph.Add(view.touchpoint(i - 1), view.touchpoint(i), view.gap(i));
  }
  return graph.result();
}

// Counts are exact; a median of many may be off by half a bucket.
bool SameTransitions(const std::vector<Transition>& ours, NaiveTransitions naive, const Prepared& input) {
  if (ours.size() != naive.size()) return false;
  for (const Transition& transition : ours) {
    const TouchpointCatalog& catalog = input.touchpoints.catalog;
    const auto found = naive.find({TextOf(catalog, transition.from), TextOf(catalog, transition.to)});
    if (found == naive.end() || found->second.size() != transition.count) return false;
    std::vector<std::int64_t>& values = found->second;
    std::ranges::sort(values);
    const double low = static_cast<double>(values[(values.size() - 1) / 2]);
    const double high = static_cast<double>(values[values.size() / 2]);
    const double median = static_cast<double>(transition.median.count());
    const double allowed = values.size() <= Durations::kExact ? 1.0 : 0.004 * high + 1.0;
    if (median < (low + high) / 2 - allowed || median > (low + high) / 2 + allowed) return false;
  }
  return true;
}

VariantCounter OurVariants(const Prepared& input) {
  VariantCounter counter;
  std::vector<TouchpointId> path;
  for (const JourneyRow& row : input.journeys.rows) {
    const JourneyView view(input.context, row);
    path.clear();
    for (std::size_t i = 0; i < view.size(); ++i) path.push_back(view.touchpoint(i));
    counter.Add(path);
  }
  return counter;
}

bool SameVariants(const VariantCounter& ours, const NaiveVariants& naive, const Prepared& input) {
  if (ours.distinct() != naive.size()) return false;
  for (const Variant& variant : ours.Top(1000)) {
    std::vector<std::string> path;
    for (const TouchpointId id : variant.path) path.push_back(TextOf(input.touchpoints.catalog, id));
    if (variant.cut) path.push_back("...");
    const auto found = naive.find(path);
    if (found == naive.end() || found->second != variant.journeys) return false;
  }
  return true;
}

std::vector<StepCounts> OurFunnel(const Prepared& input) {
  std::vector<StepCounts> counts(input.definitions.size());
  for (const JourneyRow& row : input.journeys.rows)
    counts[row.definition.value].Add(JourneyView(input.context, row));
  return counts;
}

bool SameFunnel(const std::vector<StepCounts>& ours, const NaiveCounts& naive, const Prepared&) {
  NaiveCounts counts;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    for (std::size_t o = 0; o < kOutcomes; ++o) {
      const auto outcome = static_cast<Outcome>(o);
      if (ours[i].ended(outcome) != 0) counts[{i, std::string(NameOf(outcome))}] = ours[i].ended(outcome);
    }
    for (std::size_t step = 0; step < ours[i].steps().size(); ++step) {
      const std::uint64_t reached = ours[i].steps()[step].reached;
      if (reached != 0) counts[{i, std::to_string(step)}] = reached;
    }
  }
  return counts == naive;
}

ChannelCounts OurChannels(const Prepared& input) {
  ChannelCounts counts(input.touchpoints.catalog.channels.size());
  RowTable<SessionRow> sessions;
  for (std::uint32_t customer = 0; customer < input.timelines.customers(); ++customer) {
    const std::span<const EventRow> events = input.timelines.of({customer});
    const std::uint32_t offset = input.timelines.begins[customer];
    sessions.clear();
    Sessionize({customer}, events, offset, {}, sessions);
    counts.AddCustomer(input.touchpoints.catalog, events, offset, sessions);
  }
  return counts;
}

bool SameChannels(const ChannelCounts& ours, const NaiveChannels& naive, const Prepared& input) {
  NaiveChannels channels;
  for (std::size_t i = 0; i < ours.counts().size(); ++i) {
    const ChannelCount& count = ours.counts()[i];
    channels[input.touchpoints.catalog.channels[i]] = {count.events, count.customers, count.sessions};
  }
  return channels == naive;
}

}  // namespace

void RegisterBenchmarks(const Plan& plan) {
  for (const std::size_t events : plan.sizes) {
    const bool with_naive = events <= plan.naive_up_to;
    const auto input = [=]() -> const Prepared& { return PreparedOf(events, with_naive); };
    AddPair(
        plan, "TransitionGraph", events, input, OurTransitions,
        [](const Prepared& in) { return NaiveFollows(in.naive->journeys); }, SameTransitions);
    AddPair(
        plan, "VariantCounter", events, input, OurVariants,
        [](const Prepared& in) { return NaivePaths(in.naive->journeys); }, SameVariants);
    AddPair(
        plan, "StepCounts", events, input, OurFunnel,
        [](const Prepared& in) { return NaiveFunnel(in.naive->journeys); }, SameFunnel);
    AddPair(
        plan, "SessionizeAndChannelCounts", events, input, OurChannels,
        [](const Prepared& in) { return NaiveChannelUse(in.naive->timelines); }, SameChannels);
  }
}

}  // namespace journey::bench
