#include "pipeline/customer_measures.h"

#include <utility>

namespace journey {
inline namespace v0 {
namespace internal {

CustomerMeasures::CustomerMeasures(const PipelineOptions& options, std::size_t channels)
    : options_(options), channels_(channels) {
  for (const JourneyDefinition& definition : options.journeys)
    step_counts_.emplace_back(definition.steps.size());
  if (step_counts_.empty()) step_counts_.emplace_back();  // discovered journeys
}

void CustomerMeasures::Add(const JourneyContext& context, std::span<const EventRow> events,
                           std::uint32_t offset, std::span<const SessionRow> sessions,
                           std::span<const JourneyRow> journeys) {
  AddCustomer(context.catalog, events, offset, sessions);
  for (const JourneyRow& row : journeys) AddJourney(JourneyView(context, row));
}

void CustomerMeasures::AddJourney(const JourneyView& journey) {
  step_counts_[journey.row().definition.value].Add(journey);
  const std::size_t begin = paths_.size();
  paths_.resize(begin + journey.size());
  TouchpointId* const path = paths_.data() + begin;
  const EventRow* last = &journey[0];
  path[0] = last->touchpoint;
  for (std::size_t i = 1; i < journey.size(); ++i) {
    const EventRow& event = journey[i];
    path[i] = event.touchpoint;
    transitions_.Add(last->touchpoint, event.touchpoint, event.time - last->time);
    last = &event;
  }
  path_ends_.push_back(static_cast<std::uint32_t>(paths_.size()));
  if (path_ends_.size() == kPathsAtOnce) CountPaths();
  channels_.AddSwitches(journey, ChannelSwitches(journey, options_.switches).rows());
}

void CustomerMeasures::CountPaths() {
  variants_.AddAll(paths_, path_ends_);
  paths_.clear();
  path_ends_.clear();
}

void CustomerMeasures::Finish(Report& report) {
  Tasks tasks;
  AddFinishing({this}, report, tasks);
  for (const auto& task : tasks) task();
}

void CustomerMeasures::AddFinishing(std::vector<CustomerMeasures*> parts, Report& report, Tasks& tasks) {
  CustomerMeasures& all = *parts.front();
  const auto merge = [parts](auto member) {
    for (std::size_t i = 1; i < parts.size(); ++i) (parts[0]->*member).Merge(parts[i]->*member);
  };
  tasks.emplace_back([&all, &report, parts, merge] {
    for (CustomerMeasures* part : parts) part->CountPaths();
    merge(&CustomerMeasures::variants_);
    report.variants = all.variants_.Top(Report::kVariantsKept);
    report.variants_distinct = all.variants_.distinct();
  });
  tasks.emplace_back([&all, &report, merge] {
    merge(&CustomerMeasures::transitions_);
    report.transitions = all.transitions_.result();
  });
  tasks.emplace_back([&all, &report, parts, merge] {
    for (std::size_t i = 1; i < parts.size(); ++i) {
      for (std::size_t k = 0; k < all.step_counts_.size(); ++k)
        all.step_counts_[k].Merge(parts[i]->step_counts_[k]);
    }
    merge(&CustomerMeasures::channels_);
    all.SummarizeJourneys(report);
    report.channels = all.channels_.counts();
    report.channel_flow = all.channels_.flow();
  });
}

void CustomerMeasures::SummarizeJourneys(Report& report) const {
  const std::vector<JourneyDefinition>& definitions = options_.journeys;
  for (std::size_t i = 0; i < step_counts_.size(); ++i) {
    JourneySummary summary{.definition = definitions.empty() ? "discovered" : definitions[i].name,
                           .steps = {},
                           .counts = step_counts_[i]};
    if (!definitions.empty()) {
      for (const Step& step : definitions[i].steps) summary.steps.push_back(step.name);
    }
    report.journey_summaries.push_back(std::move(summary));
  }
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
