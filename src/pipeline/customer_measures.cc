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
  channels_.AddCustomer(context.catalog, events, offset, sessions);
  for (const JourneyRow& row : journeys) {
    const JourneyView view(context, row);
    step_counts_[row.definition.value].Add(view);
    transitions_.Add(view);
    path_.clear();
    for (std::size_t i = 0; i < view.size(); ++i) path_.push_back(view.touchpoint(i));
    variants_.Add(path_);
    FindChannelSwitches(view, options_.switches, switches_);
    channels_.AddSwitches(view, switches_);
  }
}

void CustomerMeasures::Merge(const CustomerMeasures& other) {
  for (std::size_t i = 0; i < step_counts_.size(); ++i) step_counts_[i].Merge(other.step_counts_[i]);
  transitions_.Merge(other.transitions_);
  variants_.Merge(other.variants_);
  channels_.Merge(other.channels_);
}

void CustomerMeasures::Finish(Report& report) const {
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
  report.transitions = transitions_.result();
  report.variants = variants_.Top(Report::kVariantsKept);
  report.variants_distinct = variants_.distinct();
  report.channels = channels_.counts();
  report.channel_flow = channels_.flow();
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
