#include "pipeline/customer_pass.h"

#include <span>
#include <utility>

#include "pipeline/finish_report.h"

namespace journey {
inline namespace v0 {
namespace internal {

CustomerPass::CustomerPass(const DeriveInput& input, const Timelines& timelines)
    : input_(input), timelines_(timelines), measures_(input.options, input.catalog.channels.size()) {}

void CustomerPass::Run(std::uint32_t begin, std::uint32_t end) {
  customers_.reserve(end - begin);
  for (std::uint32_t customer = begin; customer < end; ++customer) RunCustomer({customer});
}

void CustomerPass::RunCustomer(CustomerId customer) {
  const std::span<const EventRow> events = timelines_.of(customer);
  const std::uint32_t offset = timelines_.begins[customer.value];
  const std::size_t sessions_before = sessions_.size();
  const std::size_t journeys_before = journeys_.rows.size();

  DeriveRows(input_, customer, events, offset, sessions_, journeys_);
  const JourneyContext context = input_.ContextOf(timelines_.events, journeys_, timelines_.begins);
  Examine(input_, context, journeys_before, sink_);
  measures_.Add(context, events, offset, std::span(sessions_).subspan(sessions_before),
                std::span(journeys_.rows).subspan(journeys_before));
  customers_.push_back(
      {static_cast<std::uint32_t>(sessions_before), static_cast<std::uint32_t>(sessions_.size()),
       static_cast<std::uint32_t>(journeys_before), static_cast<std::uint32_t>(journeys_.rows.size())});
}

void LearningPass::Run(std::uint32_t begin, std::uint32_t end) {
  std::vector<SessionRow> sessions;
  JourneyTable journeys;
  for (std::uint32_t customer = begin; customer < end; ++customer) {
    sessions.clear();
    journeys.rows.clear();
    journeys.events.clear();
    journeys.steps.clear();
    DeriveRows(input_, {customer}, timelines_.of({customer}), timelines_.begins[customer], sessions,
               journeys);
    const JourneyContext context = input_.ContextOf(timelines_.events, journeys, timelines_.begins);
    for (const JourneyRow& row : journeys.rows) measures_.Add(JourneyView(context, row));
  }
}

void CustomerPass::AppendTo(Report& report, CustomerPass& total) {
  const auto sessions = static_cast<std::uint32_t>(report.sessions.size());
  const auto journeys = static_cast<std::uint32_t>(report.journeys.rows.size());
  for (CustomerRow row : customers_) {
    row.sessions_begin += sessions;
    row.sessions_end += sessions;
    row.journeys_begin += journeys;
    row.journeys_end += journeys;
    report.customers.push_back(row);
  }
  AppendTable(std::move(sessions_), report.sessions);
  AppendJourneys(std::move(journeys_), report.journeys);

  std::vector<LabelId> labels;  // of this pass to those of the report
  for (const std::string& text : sink_.labels()) labels.push_back(LabelOf(report, text));
  std::vector<Finding> findings = sink_.TakeFindings();
  for (Finding& finding : findings) {
    finding.journey.value += journeys;
    finding.kind = labels[finding.kind.value];
    if (finding.reason.valid()) finding.reason = labels[finding.reason.value];
  }
  AppendTable(std::move(findings), report.findings);
  if (&total != this) total.measures_.Merge(measures_);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
