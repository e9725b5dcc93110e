// Figures of Insights that the writers for people share: picked from the tables, and put into words.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "journey/pipeline/insights.h"
#include "journey/pipeline/report.h"

namespace journey {
inline namespace v0 {
namespace internal {

// Behind a row of Report::friction: how the journeys with it ended (these add up to FrictionRow::journeys), and some
// of them to look at: at most one of a customer, those that lost most time by it first.
struct FrictionEvidence {
  std::array<std::uint64_t, kOutcomes> outcomes{};
  std::vector<JourneyId> examples;
};
// By row of Report::friction. Cost: O(findings log rows).
[[nodiscard]] std::vector<FrictionEvidence> EvidenceOfFriction(const Report& report, std::size_t examples);

// The row of Report::friction with this key; friction.size() where there is none.
class FrictionRows {
 public:
  explicit FrictionRows(const Report& report);
  [[nodiscard]] std::size_t Find(const FrictionKey& key) const;

 private:
  std::vector<std::pair<FrictionKey, std::uint32_t>> rows_;  // ascending
};

// For each touchpoint the first `limit` journeys that were lost right after it, at most one of a customer.
[[nodiscard]] std::vector<std::vector<JourneyId>> LostAfter(const Report& report, std::size_t limit);

// Whether some journey reached a goal: if none did, fixes are told by the time that they would save.
[[nodiscard]] inline bool KnowsGoals(const FixFirst& fixes) {
  return fixes.achieved != 0;
}

// With the chain's ranking: how its drop-offs and those among the frictions hang together.
inline constexpr std::string_view kDropOffExplained =
    "A drop-off is of all journeys that were lost right after the touchpoint: the frictions drop_off "
    "(abandoned) and drop_off (expired) together, and discovered journeys that ended without a goal. Its "
    "goals are fewer than these journeys, as not everybody who stays gets to one.";

// What is said instead of a ranking where every journey is open.
[[nodiscard]] std::string NothingEnded(const FixFirst& fixes);

// The lines that are ranked, the best first: by goals, or by time where no goal is known (of these, those that have
// a time); then those that are not, in their order.
struct ShownFixes {
  std::vector<const ComparisonLine*> ranked;
  std::vector<const ComparisonLine*> silent;
};
[[nodiscard]] ShownFixes FixesByComparison(const FixFirst& fixes);

// What the page says about an estimate at one glance.
enum class Clarity : std::uint8_t { kGain, kUnclear, kNoGain };
[[nodiscard]] Clarity ClarityOf(const Estimate& estimate);

// Some answers with words: those with the lowest scores, the latest first, at most one of a customer.
[[nodiscard]] std::vector<const FeedbackResponse*> VerbatimsToShow(const Feedback& feedback, ScoreScale scale,
                                                                   std::size_t limit);

// Of a line's key: "did the same step again", with its name, and the name alone.
[[nodiscard]] std::string FrictionText(const Report& report, const FrictionKey& key);
[[nodiscard]] std::string FrictionLabel(const Report& report, const FrictionKey& key);
[[nodiscard]] std::string FrictionName(const Report& report, const FrictionKey& key);

[[nodiscard]] std::string_view TitleOf(ScoreScale scale);         // "Satisfaction (CSAT)"
[[nodiscard]] std::string_view HeadlineNameOf(ScoreScale scale);  // "answered 4 or 5"
[[nodiscard]] std::string_view RangeOf(ScoreScale scale);         // "1 to 5"
[[nodiscard]] std::string_view TitleOf(AttributionRule rule);     // "first", "linear", ...
// "halved every 7d": what the rule was told; empty where there is nothing to tell.
[[nodiscard]] std::string ParametersOf(const AttributionOptions& options);

// The lines that are not ranked, in words: which rule they fail, with its numbers: "29 compared, 30 needed; 2 more, but
// nobody like them did not meet it". With goals, or of the time that would be saved.
[[nodiscard]] std::string WhySilent(const ComparisonLine& line, const FixFirstOptions& options, bool goals);

// What counted as an error, support and feedback, and how many events did, in one sentence each.
[[nodiscard]] std::vector<std::string> ClassSentences(const ClassCounts& counts);
// That friction of some kind cannot be found, because no event is an error, or support; empty where both were seen.
[[nodiscard]] std::string UnseenText(const ClassCounts& counts);
// Why no friction could be seen, where that none was found says nothing of the journeys: "no event counts as an error".
// Empty where there are findings, or could have been. Without insights, what counts is not known.
[[nodiscard]] std::string WhyUnseen(const Report& report, const Insights* insights);

// −1,234.5. Parts that are shown in one column are rounded so that they add up to their sum as it is shown.
[[nodiscard]] std::string TenthsText(double number);
[[nodiscard]] std::vector<std::string> TenthsColumn(std::span<const double> parts);
// What a negative credit means; empty where there is none.
[[nodiscard]] std::string NegativeCreditText(const Insights& insights);
// 41, 4.1, 0.41; with the sign where asked. No -0.
[[nodiscard]] std::string NumberText(double number, bool sign = false);
[[nodiscard]] std::string EstimateText(const Estimate& estimate);            // "+41"
[[nodiscard]] std::string IntervalText(double low, double high, bool sign);  // "+28 to +55"
[[nodiscard]] std::string PointsText(double milli, bool sign = false);       // "4.12", "+0.21"
[[nodiscard]] std::string PointsInterval(const Interval& milli, bool sign = false);
[[nodiscard]] std::string PercentText(double share);                        // 43%, <1%
[[nodiscard]] std::string HeadlineText(ScoreScale scale, double headline);  // "78.2%", "+12", "5.14"
[[nodiscard]] std::string HeadlineInterval(ScoreScale scale, const Interval& interval);
// Of a sum of time in microseconds, with its sign: "+3h 20m".
[[nodiscard]] std::string TimeText(double microseconds);
[[nodiscard]] std::string QText(double q);  // "0.004", "<0.001"

}  // namespace internal
}  // namespace v0
}  // namespace journey
