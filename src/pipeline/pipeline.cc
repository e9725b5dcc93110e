#include "journey/pipeline/pipeline.h"

#include <algorithm>
#include <exception>
#include <numeric>
#include <thread>
#include <tuple>

#include "journey/core/check.h"
#include "journey/core/status.h"
#include "journey/friction/detector_catalogue.h"
#include "journey/identity/graph_resolver.h"
#include "pipeline/customer_pass.h"

namespace journey {
inline namespace v0 {
namespace {

InputSummary Summarize(const EventLog& log, std::optional<TimePoint> as_of) {
  InputSummary summary{.statuses = log.admissions(), .by_source = {}, .events = log.events()};
  for (std::uint32_t source = 0; source < log.admissions_by_source().size(); ++source) {
    summary.by_source.emplace_back(log.sources().text(source), log.admissions_by_source()[source]);
  }
  std::ranges::sort(summary.by_source, {}, &std::pair<std::string, AdmissionCounts>::first);
  summary.corrections = log.size() - summary.events;
  bool any = false;
  for (std::uint32_t row = 0; row < log.size(); ++row) {
    if (log.kind({row}) != RecordKind::kEvent) continue;
    const TimePoint time = log.time({row});
    summary.first_time = any ? std::min(summary.first_time, time) : time;
    summary.last_time = any ? std::max(summary.last_time, time) : time;
    any = true;
  }
  summary.as_of = as_of.value_or(summary.last_time);
  return summary;
}

// Where to cut the customers so that each part has about as many events.
std::vector<std::uint32_t> CutCustomers(const Timelines& timelines, unsigned parts) {
  std::vector<std::uint32_t> cuts{0};
  const std::size_t events = timelines.events.size();
  for (unsigned part = 1; part < parts; ++part) {
    const auto target = static_cast<std::uint32_t>(events * part / parts);
    const auto at = std::ranges::lower_bound(timelines.begins, target) - timelines.begins.begin();
    cuts.push_back(std::max(cuts.back(), static_cast<std::uint32_t>(std::min<std::size_t>(
                                             static_cast<std::size_t>(at), timelines.customers()))));
  }
  cuts.push_back(static_cast<std::uint32_t>(timelines.customers()));
  return cuts;
}

// Runs every pass over its range, on as many threads as there are passes, this one among them.
void RunPasses(std::vector<internal::CustomerPass>& passes, const std::vector<std::uint32_t>& cuts) {
  std::vector<std::exception_ptr> failures(passes.size());
  const auto run = [&](std::size_t i) {
    try {
      passes[i].Run(cuts[i], cuts[i + 1]);
    } catch (...) {  // a host's detector, or no memory: handed on to the caller's thread
      failures[i] = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < passes.size(); ++i) threads.emplace_back(run, i);
    run(0);
  }
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

// Puts the labels in the order of their texts, and the findings in that of journey, place, detector, kind.
void CanonicalizeFindings(Report& report) {
  std::vector<std::uint32_t> order(report.labels.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, {}, [&](std::uint32_t i) -> const std::string& { return report.labels[i]; });
  std::vector<LabelId> rank(order.size());
  std::vector<std::string> sorted;
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    rank[order[i]] = {i};
    sorted.push_back(report.labels[order[i]]);
  }
  report.labels = std::move(sorted);
  for (Finding& finding : report.findings) {
    finding.kind = rank[finding.kind.value];
    if (finding.reason.valid()) finding.reason = rank[finding.reason.value];
  }
  std::ranges::stable_sort(report.findings, [](const Finding& a, const Finding& b) {
    return std::tie(a.journey, a.begin, a.end, a.detector, a.kind) <
           std::tie(b.journey, b.begin, b.end, b.detector, b.kind);
  });
}

void CountFriction(Report& report) {
  std::vector<const Finding*> order;
  for (const Finding& finding : report.findings) order.push_back(&finding);
  const auto group = [](const Finding& f) { return std::tuple(f.detector, f.kind, f.touchpoint); };
  // Stable: inside a group findings stay ordered by journey, so that each journey and customer is counted
  // once.
  std::ranges::stable_sort(order, [&](const Finding* a, const Finding* b) { return group(*a) < group(*b); });
  const Finding* previous = nullptr;
  for (const Finding* finding : order) {
    const bool fresh = previous == nullptr || group(*previous) != group(*finding);
    if (fresh) {
      report.friction.push_back(
          {.detector = finding->detector, .kind = finding->kind, .touchpoint = finding->touchpoint});
    }
    FrictionRow& row = report.friction.back();
    ++row.findings;
    if (fresh || previous->journey != finding->journey) ++row.journeys;
    if (fresh || previous->customer != finding->customer) ++row.customers;
    row.cost_events += finding->cost_events;
    row.cost_time += finding->cost_time;
    previous = finding;
  }
  std::ranges::stable_sort(report.friction, [&](const FrictionRow& a, const FrictionRow& b) {
    const auto place = [&](const FrictionRow& row) {
      return std::tuple(~row.journeys, ~row.findings,
                        std::string_view(report.detectors[row.detector.value].name), row.kind,
                        row.touchpoint);
    };
    return place(a) < place(b);
  });
}

template <typename T>
T MedianOf(std::vector<T>& values) {
  if (values.empty()) return T{};
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  const T below = *std::max_element(values.begin(), middle);
  return below + (*middle - below) / 2;
}

void SummarizeSessions(Report& report) {
  std::vector<std::uint64_t> events;
  std::vector<Duration> lengths;
  for (const SessionRow& session : report.sessions) {
    events.push_back(session.events());
    lengths.push_back(session.length());
    report.session_summary.cut += session.cut;
  }
  report.session_summary.count = report.sessions.size();
  report.session_summary.events_median = MedianOf(events);
  report.session_summary.duration_median = MedianOf(lengths);
}

}  // namespace

StatusOr<Pipeline> Pipeline::Create(PipelineOptions options) {
  if (Status status = options.Validate(); !status.ok()) return status;
  if (options.resolver == nullptr) options.resolver = std::make_shared<GraphResolver>();
  if (!options.detectors) options.detectors = DefaultDetectors(options.switches);
  return Pipeline(std::move(options));
}

Report Pipeline::Run(const EventLog& log) const {
  if (options_.as_of &&
      std::ranges::any_of(log.times(), [&](TimePoint time) { return time > *options_.as_of; })) {
    Report report = Run(log.Until(*options_.as_of));
    // The rows of that log are those of this one that are not too late, in the same order.
    std::vector<EventIndex> row_here;
    for (std::uint32_t row = 0; row < log.size(); ++row) {
      if (log.time({row}) <= *options_.as_of) row_here.push_back({row});
    }
    for (EventRow& row : report.timeline.events) row.event = row_here[row.event.value];
    return report;
  }
  Report report;
  report.input = Summarize(log, options_.as_of);
  const Resolution resolution = options_.resolver->Resolve(log);
  JOURNEY_CHECK(resolution.labels.size() == log.size());
  const CanonicalTouchpoints touchpoints = CatalogTouchpoints(log);
  report.touchpoints = touchpoints.catalog;
  report.timeline = BuildTimelines(log, resolution.labels, touchpoints.of_log);
  report.identity = {.resolver = std::string(options_.resolver->name()),
                     .customers = report.timeline.customers(),
                     .identifiers = resolution.identifiers,
                     .refused_links = resolution.refused_links,
                     .placeholders = resolution.placeholders,
                     .unidentified = resolution.unidentified,
                     .refused_by_rule = resolution.refused_by_rule,
                     .shared_keys = resolution.shared_keys,
                     .hubs = resolution.hubs,
                     .customers_by_identifiers = resolution.customers_by_identifiers,
                     .most_identifiers = resolution.most_identifiers};
  for (const auto& detector : *options_.detectors) {
    report.detectors.push_back({std::string(detector->name()), detector->parameters()});
  }

  const EventClassifier classifier(log, report.touchpoints, options_.journeys, options_.discovery,
                                   options_.classes);
  const internal::PassInput input{options_,
                                  *options_.detectors,
                                  log,
                                  report.touchpoints,
                                  classifier,
                                  report.timeline,
                                  {report.input.as_of, options_.sessions.max_gap}};
  const std::vector<std::uint32_t> cuts = CutCustomers(report.timeline, options_.threads);
  std::vector<internal::CustomerPass> passes;
  for (unsigned i = 0; i < options_.threads; ++i) passes.emplace_back(input);
  RunPasses(passes, cuts);
  for (internal::CustomerPass& pass : passes) pass.AppendTo(report, passes.front());
  passes.front().FinishMeasures(report);

  CanonicalizeFindings(report);
  CountFriction(report);
  SummarizeSessions(report);
  return report;
}

}  // namespace v0
}  // namespace journey
