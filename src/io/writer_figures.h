// Figures that the writers for people share: derived from the tables of a Report, and put into words.
//
// Every share is of whole numbers and rounded half up to a tenth of a per cent, so that it is the same
// everywhere.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "journey/pipeline/report.h"

namespace journey {
inline namespace v0 {
namespace internal {

struct ReportTotals {
  std::uint64_t journeys = 0;
  std::uint64_t journeys_with_findings = 0;
  std::uint64_t customers_with_findings = 0;
  std::uint64_t switches = 0;
  std::uint64_t forced_switches = 0;
  std::uint64_t transitions = 0;
};
[[nodiscard]] ReportTotals TotalsOf(const Report& report);

// The reasons behind each row of Report::friction, by falling count; findings without a reason are left out.
using ReasonCounts = std::vector<std::pair<LabelId, std::uint64_t>>;
[[nodiscard]] std::vector<ReasonCounts> ReasonsOfFriction(const Report& report);

// Of those who reached a step, those who went on to a later one or to the goal.
[[nodiscard]] inline std::uint64_t WentOnFrom(const StepCount& step) {
  return step.reached - std::min(step.reached, step.dropped + step.open);
}
// Below a funnel in which steps were skipped.
inline constexpr std::string_view kSkippedExplained =
    "Skipped: went past the step, to a later one or straight to the goal, without doing it in its turn, "
    "after all steps before it that are not optional. They did not reach it.";

// Whether the journeys of this summary were discovered rather than defined.
[[nodiscard]] inline bool IsDiscovered(const JourneySummary& summary) {
  return summary.steps.empty();
}

// The positions of `limit` transitions, by falling count, then by (from, to). Self-loops only if asked for.
[[nodiscard]] std::vector<std::uint32_t> StrongestTransitions(const Report& report, std::size_t limit,
                                                              bool self_loops);

// The journeys that hurt most, at most one of a customer: by falling number of findings that are more than
// low, then of all findings, then by cost in time, then in order. Those of at most `max_events` events come
// first, because they can be shown in full.
struct WorstJourneys {
  std::vector<JourneyId> journeys;
  std::uint64_t too_long = 0;  // journeys with findings that have more events
};
[[nodiscard]] WorstJourneys FindWorstJourneys(const Report& report, std::size_t limit,
                                              std::size_t max_events);

// The findings of one journey: a range of Report::findings.
[[nodiscard]] std::span<const Finding> FindingsOf(const Report& report, JourneyId journey);

// Signs of too many merges or too few, and the agreement with a truth if there is one; nothing where all is
// plain.
[[nodiscard]] std::vector<std::string> IdentitySentences(const IdentitySummary& identity);

// Why offers with this status are not in the figures, in half a sentence.
[[nodiscard]] std::string_view ReasonText(AdmissionStatus status);

// What the customer did: "did a step again" for repetition/repeat; the name for a detector that is not known here.
[[nodiscard]] std::string FrictionText(std::string_view detector, std::string_view kind);

// The name of a friction, wherever one is shown: "repetition (redo)", or with a reason "repetition (redo, between)"; "stall"
// where the detector knows one kind only, of its own name. It is made of what JOURNEYS.json and the JSON call it.
[[nodiscard]] std::string FrictionName(std::string_view detector, std::string_view kind,
                                       std::string_view reason = {});
// Both, for a page: "had to change channel · channel_switch (forced)".
[[nodiscard]] std::string FrictionLabel(std::string_view detector, std::string_view kind);

// How a journey ended, after "it": "reached its goal", "was left unfinished", ...
[[nodiscard]] std::string_view EndText(Outcome outcome);

[[nodiscard]] std::string CountText(std::uint64_t count);                      // 12,345
[[nodiscard]] std::string ShareText(std::uint64_t part, std::uint64_t whole);  // 36.4%; of nothing: –
[[nodiscard]] std::string Plural(std::uint64_t count,
                                 std::string_view singular);       // "1,200 events", "1 event"
[[nodiscard]] std::string MedianText(const Durations& durations);  // "2m 5s"; of nothing: –
[[nodiscard]] std::string DayText(TimePoint time);                 // 13 Mar 2024
[[nodiscard]] std::string MinuteText(TimePoint time);              // 13 Mar 2024, 10:21
[[nodiscard]] std::string ClockText(TimePoint time);               // 10:21:14

}  // namespace internal
}  // namespace v0
}  // namespace journey
