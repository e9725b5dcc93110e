#include "journey/measures/throughput.h"

#include "journey/core/check.h"

namespace journey {
inline namespace v0 {

void Throughput::Add(const JourneyRow& journey) {
  ++rows_[period_.Of(journey.first)].started;
  switch (journey.outcome) {
    case Outcome::kOpen:
      break;
    case Outcome::kAchieved:
      ++rows_[period_.Of(journey.ended)].achieved;
      break;
    case Outcome::kAbandoned:
    case Outcome::kExpired:
    case Outcome::kExcluded:
      ++rows_[period_.Of(journey.ended)].failed;
      break;
    case Outcome::kEnded:
      ++rows_[period_.Of(journey.ended)].ended;
      break;
  }
}

void Throughput::Merge(const Throughput& other) {
  JOURNEY_CHECK(period_ == other.period_);
  for (const auto& [period, theirs] : other.rows_) {
    ThroughputRow& row = rows_[period];
    row.started += theirs.started;
    row.achieved += theirs.achieved;
    row.failed += theirs.failed;
    row.ended += theirs.ended;
  }
}

std::vector<ThroughputRow> Throughput::result() const {
  std::vector<ThroughputRow> rows;
  if (rows_.empty()) return rows;
  std::uint64_t under_way = 0;
  for (std::uint32_t period = rows_.begin()->first; period <= rows_.rbegin()->first; ++period) {
    const auto found = rows_.find(period);
    ThroughputRow row = found == rows_.end() ? ThroughputRow{} : found->second;
    row.begin = period_.begin(period);
    under_way += row.started;
    under_way -= row.achieved + row.failed + row.ended;
    row.under_way = under_way;
    rows.push_back(row);
  }
  return rows;
}

}  // namespace v0
}  // namespace journey
