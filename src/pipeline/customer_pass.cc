#include "pipeline/customer_pass.h"

#include <algorithm>

namespace journey {
inline namespace v0 {
namespace internal {

CustomerPass::CustomerPass(const PassInput& input) : input_(input), channels_(input.catalog.channels.size()) {
  for (const JourneyDefinition& definition : input.options.journeys) {
    step_counts_.emplace_back(definition.steps.size());
  }
  if (step_counts_.empty()) step_counts_.emplace_back();  // discovered journeys
}

void CustomerPass::Run(std::uint32_t begin, std::uint32_t end) {
  customers_.reserve(end - begin);
  for (std::uint32_t customer = begin; customer < end; ++customer) RunCustomer({customer});
}

void CustomerPass::RunCustomer(CustomerId customer) {
  const PipelineOptions& options = input_.options;
  const std::span<const EventRow> events = input_.timelines.of(customer);
  const std::uint32_t offset = input_.timelines.begins[customer.value];
  const std::size_t sessions_before = sessions_.size();
  const std::size_t journeys_before = journeys_.rows.size();

  Sessionize(customer, events, offset, options.sessions, sessions_);
  channels_.AddCustomer(input_.catalog, events, offset, std::span(sessions_).subspan(sessions_before));
  if (options.journeys.empty()) {
    DiscoverJourneys(customer, events, offset, options.discovery, input_.classifier, input_.catalog,
                     input_.clock, journeys_);
  } else {
    for (std::uint32_t id = 0; id < options.journeys.size(); ++id) {
      BuildJourneys(customer, events, offset, {id}, options.journeys[id], input_.classifier, input_.catalog,
                    input_.clock, journeys_);
    }
    // In the order of their first events; of two that begin together, in the order of the definitions.
    std::sort(journeys_.rows.begin() + static_cast<std::ptrdiff_t>(journeys_before), journeys_.rows.end(),
              [&](const JourneyRow& a, const JourneyRow& b) {
                return std::pair(journeys_.events[a.begin], a.definition) <
                       std::pair(journeys_.events[b.begin], b.definition);
              });
  }
  const JourneyContext context{
      input_.log, input_.catalog,          input_.classifier, options.journeys, input_.timelines.events,
      journeys_,  input_.clock.session_gap};
  Examine(context, journeys_before);
  customers_.push_back(
      {static_cast<std::uint32_t>(sessions_before), static_cast<std::uint32_t>(sessions_.size()),
       static_cast<std::uint32_t>(journeys_before), static_cast<std::uint32_t>(journeys_.rows.size())});
}

void CustomerPass::Examine(const JourneyContext& context, std::size_t journeys_before) {
  for (std::size_t id = journeys_before; id < journeys_.rows.size(); ++id) {
    const JourneyView view(context, journeys_.rows[id]);
    step_counts_[view.row().definition.value].Add(view);
    path_.clear();
    for (std::size_t i = 0; i < view.size(); ++i) {
      path_.push_back(view.touchpoint(i));
      if (i > 0) transitions_.Add(path_[i - 1], path_[i], view.gap(i));
    }
    variants_.Add(path_);
    FindChannelSwitches(view, input_.options.switches, switches_);
    channels_.AddSwitches(view, switches_);
    for (std::uint32_t detector = 0; detector < input_.detectors.size(); ++detector) {
      sink_.Examining(view, {static_cast<std::uint32_t>(id)}, {detector});
      input_.detectors[detector]->Examine(view, sink_);
    }
  }
}

void CustomerPass::AppendTo(Report& report, CustomerPass& total) {
  const auto sessions = static_cast<std::uint32_t>(report.sessions.size());
  const auto journeys = static_cast<std::uint32_t>(report.journeys.rows.size());
  const auto events = static_cast<std::uint32_t>(report.journeys.events.size());
  const auto steps = static_cast<std::uint32_t>(report.journeys.steps.size());
  for (CustomerRow row : customers_) {
    row.sessions_begin += sessions;
    row.sessions_end += sessions;
    row.journeys_begin += journeys;
    row.journeys_end += journeys;
    report.customers.push_back(row);
  }
  report.sessions.insert(report.sessions.end(), sessions_.begin(), sessions_.end());
  for (JourneyRow row : journeys_.rows) {
    row.begin += events;
    row.end += events;
    row.steps_begin += steps;
    report.journeys.rows.push_back(row);
  }
  report.journeys.events.insert(report.journeys.events.end(), journeys_.events.begin(),
                                journeys_.events.end());
  report.journeys.steps.insert(report.journeys.steps.end(), journeys_.steps.begin(), journeys_.steps.end());

  // Labels of this pass to labels of the report; the report sorts them at the end.
  std::vector<LabelId> labels;
  for (const std::string& text : sink_.labels()) {
    auto found = std::ranges::find(report.labels, text);
    if (found == report.labels.end()) found = report.labels.insert(found, text);
    labels.push_back({static_cast<std::uint32_t>(found - report.labels.begin())});
  }
  for (Finding finding : sink_.findings()) {
    finding.journey.value += journeys;
    finding.kind = labels[finding.kind.value];
    if (finding.reason.valid()) finding.reason = labels[finding.reason.value];
    report.findings.push_back(finding);
  }
  if (&total == this) return;
  for (std::size_t i = 0; i < step_counts_.size(); ++i) total.step_counts_[i].Merge(step_counts_[i]);
  total.transitions_.Merge(transitions_);
  total.variants_.Merge(variants_);
  total.channels_.Merge(channels_);
}

void CustomerPass::FinishMeasures(Report& report) const {
  const std::vector<JourneyDefinition>& definitions = input_.options.journeys;
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
