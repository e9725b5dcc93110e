#include "pipeline/friction_counts.h"

#include <algorithm>
#include <string_view>
#include <tuple>

#include "journey/core/mix.h"

namespace journey {
inline namespace v0 {
namespace internal {

FrictionCounts::Row& FrictionCounts::RowOf(DetectorId detector, LabelId kind, TouchpointId touchpoint) {
  const std::uint64_t hash =
      Mix(std::uint64_t{touchpoint.value} << 32 ^ std::uint64_t{detector.value} << 16 ^ kind.value);
  std::uint32_t at = index_.Find(hash, [&](std::uint32_t i) {
    const FrictionRow& row = rows_[i].counts;
    return row.detector == detector && row.kind == kind && row.touchpoint == touchpoint;
  });
  if (at == FlatIndex::kNone) {
    at = static_cast<std::uint32_t>(rows_.size());
    rows_.push_back({{.detector = detector, .kind = kind, .touchpoint = touchpoint}, {}, {}});
    index_.Insert(hash, at);
  }
  return rows_[at];
}

void FrictionCounts::Add(const Finding& finding) {
  Row& row = RowOf(finding.detector, finding.kind, finding.touchpoint);
  ++row.counts.findings;
  if (row.journey != finding.journey) ++row.counts.journeys;
  if (row.customer != finding.customer) ++row.counts.customers;
  row.counts.cost_events += finding.cost_events;
  row.counts.cost_time += finding.cost_time;
  row.journey = finding.journey;
  row.customer = finding.customer;
}

void FrictionCounts::Merge(const FrictionCounts& other, std::span<const LabelId> labels) {
  for (const auto& [counts, journey, customer] : other.rows_) {
    FrictionRow& row = RowOf(counts.detector, labels[counts.kind.value], counts.touchpoint).counts;
    row.findings += counts.findings;
    row.journeys += counts.journeys;
    row.customers += counts.customers;
    row.cost_events += counts.cost_events;
    row.cost_time += counts.cost_time;
  }
}

std::vector<FrictionRow> FrictionCounts::Rows(std::span<const DetectorInfo> detectors) const {
  std::vector<FrictionRow> rows;
  rows.reserve(rows_.size());
  for (const Row& row : rows_) rows.push_back(row.counts);
  const auto place = [&](const FrictionRow& row) {
    return std::tuple(~row.journeys, ~row.findings, std::string_view(detectors[row.detector.value].name),
                      row.kind, row.touchpoint, row.detector);
  };
  std::ranges::sort(rows, {}, place);
  return rows;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
