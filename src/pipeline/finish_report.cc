#include "pipeline/finish_report.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "measures/customer_threads.h"
#include "pipeline/friction_counts.h"
#include "pipeline/session_counts.h"

namespace journey {
inline namespace v0 {
namespace {

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
  const auto before = [](const Finding& a, const Finding& b) {
    return std::tie(a.journey, a.begin, a.end, a.detector, a.kind) <
           std::tie(b.journey, b.begin, b.end, b.detector, b.kind);
  };
  // Most often they come by journey, and of one journey there are few.
  if (!std::ranges::is_sorted(report.findings, {}, &Finding::journey))
    std::ranges::stable_sort(report.findings, {}, &Finding::journey);
  auto begin = report.findings.begin();
  while (begin != report.findings.end()) {
    const auto end = std::find_if(begin, report.findings.end(),
                                  [&](const Finding& f) { return f.journey != begin->journey; });
    std::stable_sort(begin, end, before);
    begin = end;
  }
}

}  // namespace

namespace internal {

namespace {

// Of events.
struct TimeRange {
  TimePoint first = TimePoint::max(), last = TimePoint::min();
};

TimeRange TimesOf(std::span<const TimePoint> times, std::span<const RecordKind> kinds) {
  // By value: the references of std::min keep both in memory, and each row waits for the one before.
  TimePoint first = TimePoint::max(), last = TimePoint::min();
  for (std::size_t row = 0; row < times.size(); ++row) {
    if (kinds[row] != RecordKind::kEvent) continue;
    const TimePoint time = times[row];
    first = time < first ? time : first;
    last = time > last ? time : last;
  }
  return {first, last};
}

}  // namespace

InputSummary Summarize(const EventLog& log, std::optional<TimePoint> as_of, unsigned threads) {
  InputSummary summary{.statuses = log.admissions(), .by_source = {}, .events = log.events()};
  for (std::uint32_t source = 0; source < log.admissions_by_source().size(); ++source) {
    summary.by_source.emplace_back(log.sources().text(source), log.admissions_by_source()[source]);
  }
  std::ranges::sort(summary.by_source, {}, &std::pair<std::string, AdmissionCounts>::first);
  summary.corrections = log.size() - log.holes() - summary.events;
  constexpr std::size_t kWorthThreads = 1'000'000;  // rows; fewer are done before another thread has begun
  std::vector<TimeRange> ranges(log.size() < kWorthThreads ? 1 : std::max(threads, 1U));
  RunParts(ranges.size(), [&](std::size_t part) {
    const std::size_t begin = log.size() * part / ranges.size(),
                      end = log.size() * (part + 1) / ranges.size();
    ranges[part] = TimesOf(log.times().subspan(begin, end - begin), log.kinds().subspan(begin, end - begin));
  });
  if (summary.events != 0) {
    summary.first_time = std::ranges::min(ranges, {}, &TimeRange::first).first;
    summary.last_time = std::ranges::max(ranges, {}, &TimeRange::last).last;
  }
  summary.as_of = as_of.value_or(summary.last_time);
  return summary;
}

IdentitySummary SummaryOf(const Resolution& resolution, std::string_view resolver, std::size_t customers) {
  return {.resolver = std::string(resolver),
          .customers = customers,
          .identifiers = resolution.identifiers,
          .refused_links = resolution.refused_links,
          .placeholders = resolution.placeholders,
          .unidentified = resolution.unidentified,
          .refused_by_rule = resolution.refused_by_rule,
          .shared_keys = resolution.shared_keys,
          .hubs = resolution.hubs,
          .customers_by_identifiers = resolution.customers_by_identifiers,
          .most_identifiers = resolution.most_identifiers,
          .agreement = {}};
}

std::vector<DetectorInfo> InfoOf(const DetectorList& detectors) {
  std::vector<DetectorInfo> list;
  for (const auto& detector : detectors)
    list.push_back({std::string(detector->name()), detector->parameters(), detector->implies_failure()});
  return list;
}

void AppendJourneys(const JourneyTable& from, JourneyTable& to) {
  const auto events = static_cast<std::uint32_t>(to.events.size());
  const auto steps = static_cast<std::uint32_t>(to.steps.size());
  for (JourneyRow row : from.rows) {
    row.begin += events;
    row.end += events;
    row.steps_begin += steps;
    to.rows.push_back(row);
  }
  to.events.insert(to.events.end(), from.events.begin(), from.events.end());
  to.steps.insert(to.steps.end(), from.steps.begin(), from.steps.end());
}

LabelId LabelOf(Report& report, std::string_view text) {
  const auto found = std::ranges::find(report.labels, text);
  if (found == report.labels.end()) report.labels.emplace_back(text);
  return {static_cast<std::uint32_t>(std::ranges::find(report.labels, text) - report.labels.begin())};
}

void FinishTables(Report& report) {
  CanonicalizeFindings(report);
  FrictionCounts friction;
  for (const Finding& finding : report.findings) friction.Add(finding);
  report.friction = friction.Rows(report.detectors);
  SessionCounts sessions;
  sessions.Add(report.sessions);
  report.session_summary = sessions.Summarize(report.sessions);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
