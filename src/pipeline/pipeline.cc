#include "journey/pipeline/pipeline.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "identity/consent_book.h"
#include "journey/core/check.h"
#include "journey/core/status.h"
#include "journey/friction/detector_catalogue.h"
#include "journey/identity/graph_resolver.h"
#include "measures/customer_threads.h"
#include "pipeline/customer_pass.h"
#include "pipeline/finish_report.h"

namespace journey {
inline namespace v0 {
namespace {

// The events that nobody has agreed to the use of; ascending.
std::vector<EventIndex> WithheldRows(const EventLog& log, const PipelineOptions& options) {
  const IdentityPolicy* const policy = options.resolver->identity_policy();
  internal::ConsentBook book(log, policy == nullptr ? IdentityPolicy() : *policy, options.consent);
  const std::span<const RecordKind> kinds = log.kinds();
  if (log.events() != log.size()) {  // some are no events, as few logs have it
    for (std::uint32_t row = 0; row < kinds.size(); ++row) {
      if (internal::ConsentBook::IsConsent(kinds[row])) book.Add({row});
    }
  }
  std::vector<EventIndex> withheld;
  if (book.idle()) return withheld;
  for (std::uint32_t row = 0; row < log.size(); ++row) {
    if (log.kind({row}) == RecordKind::kEvent && book.Withholds({row})) withheld.push_back({row});
  }
  return withheld;
}

// The detectors, each that learns replaced by what it learns from the journeys of all customers.
DetectorList Learnt(const DetectorList& detectors, const internal::DeriveInput& input,
                    const Timelines& timelines, const std::vector<std::uint32_t>& cuts) {
  if (std::ranges::none_of(detectors, [](const auto& detector) { return detector->learns(); }))
    return detectors;
  std::vector<internal::LearningPass> passes;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) passes.emplace_back(input, timelines);
  internal::RunParts(passes.size(), [&](std::size_t i) { passes[i].Run(cuts[i], cuts[i + 1]); });
  LogMeasures& measures = passes.front().measures();
  for (std::size_t i = 1; i < passes.size(); ++i) measures.Merge(passes[i].measures());
  DetectorList list = detectors;
  for (auto& detector : list) {
    if (!detector->learns()) continue;
    detector = detector->Learn(measures);
    JOURNEY_CHECK(detector != nullptr && !detector->learns());
  }
  return list;
}

// The part of a log that a run is about, where it is not all of it, and which rows these are.
struct Part {
  EventLog log;
  std::function<bool(EventIndex)> is_kept;
};

std::optional<Part> PartOf(const EventLog& log, const PipelineOptions& options) {
  if (const auto as_of = options.as_of;
      as_of && std::ranges::any_of(log.times(), [&](TimePoint time) { return time > *as_of; })) {
    return Part{log.Until(*as_of), [&log, until = *as_of](EventIndex row) {
                  return !log.forgotten(row) && log.time(row) <= until;
                }};
  }
  std::vector<EventIndex> withheld = WithheldRows(log, options);
  if (withheld.empty()) return std::nullopt;
  EventLog part = log.Without(withheld, AdmissionStatus::kNoConsent);
  return Part{std::move(part), [&log, rows = std::move(withheld)](EventIndex row) {
                return !log.forgotten(row) && !std::ranges::binary_search(rows, row);
              }};
}

}  // namespace

StatusOr<Pipeline> Pipeline::Create(PipelineOptions options) {
  if (Status status = options.Validate(); !status.ok()) return status;
  if (options.resolver == nullptr) options.resolver = std::make_shared<GraphResolver>();
  if (!options.detectors) options.detectors = DefaultDetectors(options.switches);
  return Pipeline(std::move(options));
}

Report Pipeline::Run(const EventLog& log) const {
  if (const std::optional<Part> part = PartOf(log, options_)) return RunPart(part->log, log, part->is_kept);
  Report report;
  report.input = internal::Summarize(log, options_.as_of, options_.threads);
  Resolution resolution = options_.resolver->ResolveOn(log, options_.threads);
  JOURNEY_CHECK(resolution.labels.size() == log.size());
  const CanonicalTouchpoints touchpoints = CatalogTouchpoints(log);
  report.touchpoints = touchpoints.catalog;
  report.timeline = BuildTimelines(log, resolution.labels, touchpoints.of_log, options_.threads);
  report.identity = internal::SummaryOf(resolution, options_.resolver->name(), report.timeline.customers());
  RowTable<std::uint32_t>().swap(resolution.labels);  // which nobody asks for any more

  const EventClassifier classifier(log, report.touchpoints, options_.journeys, options_.discovery,
                                   options_.classes);
  const std::vector<std::uint32_t> cuts = internal::CutCustomers(report.timeline.begins, options_.threads);
  DetectorList detectors = *options_.detectors;
  const internal::DeriveInput input{options_,   detectors,
                                    log,        report.touchpoints,
                                    classifier, {report.input.as_of, options_.sessions.max_gap}};
  detectors = Learnt(detectors, input, report.timeline, cuts);
  report.detectors = internal::InfoOf(detectors);
  internal::RunCustomers(input, options_.threads, report);
  return report;
}

DetectorList Pipeline::LearnDetectors(const EventLog& log) const {
  const DetectorList& detectors = *options_.detectors;
  if (std::ranges::none_of(detectors, [](const auto& detector) { return detector->learns(); }))
    return detectors;
  if (const std::optional<Part> part = PartOf(log, options_)) return LearnDetectors(part->log);
  const Resolution resolution = options_.resolver->ResolveOn(log, options_.threads);
  JOURNEY_CHECK(resolution.labels.size() == log.size());
  const CanonicalTouchpoints touchpoints = CatalogTouchpoints(log);
  const Timelines timelines = BuildTimelines(log, resolution.labels, touchpoints.of_log, options_.threads);
  const EventClassifier classifier(log, touchpoints.catalog, options_.journeys, options_.discovery,
                                   options_.classes);
  const internal::DeriveInput input{
      options_,
      detectors,
      log,
      touchpoints.catalog,
      classifier,
      {internal::Summarize(log, options_.as_of, options_.threads).as_of, options_.sessions.max_gap}};
  return Learnt(detectors, input, timelines, internal::CutCustomers(timelines.begins, options_.threads));
}

// A run over a part of a log. Its rows are those of the whole that are kept, in the same order.
Report Pipeline::RunPart(const EventLog& part, const EventLog& log,
                         const std::function<bool(EventIndex)>& is_kept) const {
  Report report = Run(part);
  std::vector<EventIndex> row_there;
  for (std::uint32_t row = 0; row < log.size(); ++row) {
    if (is_kept({row})) row_there.push_back({row});
  }
  for (EventRow& row : report.timeline.events) row.event = row_there[row.event.value];
  return report;
}

}  // namespace v0
}  // namespace journey
