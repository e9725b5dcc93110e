// The engine's customers as a report: the tables are put together from the cells, and counted as a batch run counts.
#include <algorithm>
#include <map>

#include "journey/identity/graph_resolver.h"
#include "live/engine_state.h"
#include "pipeline/customer_measures.h"
#include "pipeline/finish_report.h"

namespace journey {
inline namespace v0 {
namespace internal {

InputSummary EngineState::MakeInputSummary() const {
  InputSummary summary = Summarize(log_, door_.as_of());
  const std::vector<EventIndex> withheld = consent_.KeptRows();
  if (withheld.empty()) return summary;
  // An event that is withheld is no event of the report's.
  const std::vector<AdmissionCounts> counts = log_.CountsWithout(withheld, AdmissionStatus::kNoConsent);
  summary.statuses = {};
  for (auto& [source, of_source] : summary.by_source) {
    of_source = counts[*log_.sources().Find(source)];
    summary.statuses += of_source;
  }
  return summary;
}

void EngineState::FillTables(Report& report, std::span<const TouchpointId> canonical) const {
  // Customers in the order of their first events.
  std::vector<CellId> order;
  for (CellId id = 0; id < customers_.cells(); ++id) {
    if (customers_.cell(id).in_use) order.push_back(id);
  }
  std::ranges::sort(order, [&](CellId a, CellId b) {
    return a != b &&
           log_.Before(customers_.cell(a).timeline.front().event, customers_.cell(b).timeline.front().event);
  });
  report.timeline.begins.push_back(0);
  for (const CellId id : order) {
    const Cell& cell = customers_.cell(id);
    const CustomerId customer{static_cast<std::uint32_t>(report.customers.size())};
    const std::uint32_t offset = report.timeline.begins.back();
    const auto journeys = static_cast<std::uint32_t>(report.journeys.rows.size());
    CustomerRow row{static_cast<std::uint32_t>(report.sessions.size()), 0, journeys, 0};
    for (EventRow event : cell.timeline) {
      event.touchpoint = canonical[event.touchpoint.value];
      report.timeline.events.push_back(event);
    }
    report.timeline.begins.push_back(static_cast<std::uint32_t>(report.timeline.events.size()));
    for (SessionRow session : cell.sessions) {
      session.customer = customer;
      session.begin += offset;
      session.end += offset;
      report.sessions.push_back(session);
    }
    const std::size_t events_before = report.journeys.events.size();
    const std::size_t steps_before = report.journeys.steps.size();
    AppendJourneys(cell.journeys, report.journeys);
    for (std::size_t i = events_before; i < report.journeys.events.size(); ++i)
      report.journeys.events[i] += offset;
    for (std::size_t i = steps_before; i < report.journeys.steps.size(); ++i) {
      if (report.journeys.steps[i] != kNotReached) report.journeys.steps[i] += offset;
    }
    for (std::size_t i = journeys; i < report.journeys.rows.size(); ++i) {
      JourneyRow& journey = report.journeys.rows[i];
      journey.customer = customer;
      if (journey.outcome == Outcome::kOpen) journey.ended = door_.as_of();
    }
    const std::vector<std::string>& labels = shards_[ShardOf(id)]->deriver.labels();
    for (Finding finding : cell.findings) {
      finding.customer = customer;
      finding.journey.value += journeys;
      finding.touchpoint = canonical[finding.touchpoint.value];
      finding.kind = LabelOf(report, labels[finding.kind.value]);
      if (finding.reason.valid()) finding.reason = LabelOf(report, labels[finding.reason.value]);
      report.findings.push_back(finding);
    }
    row.sessions_end = static_cast<std::uint32_t>(report.sessions.size());
    row.journeys_end = static_cast<std::uint32_t>(report.journeys.rows.size());
    report.customers.push_back(row);
  }
}

Report EngineState::MakeReport() const {
  Report report;
  report.input = MakeInputSummary();
  // Touchpoints that only withheld events use are not in the report.
  const std::vector<bool> used = [&] {
    std::vector<bool> list(log_.touchpoints().size());
    for (CellId id = 0; id < customers_.cells(); ++id) {
      for (const EventRow& event : customers_.cell(id).timeline) list[event.touchpoint.value] = true;
    }
    return list;
  }();
  const CanonicalTouchpoints touchpoints = CatalogTouchpoints(log_, used);
  report.touchpoints = touchpoints.catalog;
  FillTables(report, touchpoints.of_log);

  // What is told of the evidence as a whole is found out anew.
  const std::vector<EventIndex> withheld = consent_.KeptRows();
  const GraphResolver resolver(options_.identity);
  const Resolution resolution = withheld.empty()
                                    ? resolver.Resolve(log_)
                                    : resolver.Resolve(log_.Without(withheld, AdmissionStatus::kNoConsent));
  report.identity = SummaryOf(resolution, resolver.name(), report.customers.size());
  report.detectors = InfoOf(*options_.pipeline.detectors);

  TimePoint first = kMaxTime, last = kMinTime;
  for (const EventRow& event : report.timeline.events) {
    first = std::min(first, event.time);
    last = std::max(last, event.time);
  }
  report.input.events = report.timeline.events.size();
  report.input.first_time = report.timeline.events.empty() ? kMinTime : first;
  report.input.last_time = last;

  const EventClassifier classifier(log_, report.touchpoints, options_.pipeline.journeys,
                                   options_.pipeline.discovery, options_.pipeline.classes);
  const DeriveInput input{options_.pipeline,
                          *options_.pipeline.detectors,
                          log_,
                          report.touchpoints,
                          classifier,
                          {report.input.as_of, input_.clock.session_gap}};
  const JourneyContext context = input.ContextOf(report.timeline.events, report.journeys);
  CustomerMeasures measures(options_.pipeline, report.touchpoints.channels.size());
  for (std::uint32_t id = 0; id < report.customers.size(); ++id) {
    measures.Add(context, report.timeline.of({id}), report.timeline.begins[id], report.sessions_of({id}),
                 report.journeys_of({id}));
  }
  measures.Finish(report);
  FinishTables(report);
  return report;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
