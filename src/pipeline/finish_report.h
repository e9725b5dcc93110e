// The last steps of a report: its tables are joined, put in order and counted.
#pragma once
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "journey/friction/detector.h"
#include "journey/identity/resolver.h"
#include "journey/pipeline/report.h"

namespace journey {
inline namespace v0 {
namespace internal {

// What the log says of its offers and events.
[[nodiscard]] InputSummary Summarize(const EventLog& log, std::optional<TimePoint> as_of,
                                     unsigned threads = 1);

[[nodiscard]] IdentitySummary SummaryOf(const Resolution& resolution, std::string_view resolver,
                                        std::size_t customers);

[[nodiscard]] std::vector<DetectorInfo> InfoOf(const DetectorList& detectors);

void AppendJourneys(const JourneyTable& from, JourneyTable& to);

// The report's number of a kind or reason, a new one if need be.
[[nodiscard]] LabelId LabelOf(Report& report, std::string_view text);

// Puts labels and findings in their order, and counts friction and sessions.
// Requires: the tables of customers, sessions, journeys and findings are there.
void FinishTables(Report& report);

}  // namespace internal
}  // namespace v0
}  // namespace journey
