// A Comparison in words and figures, as its writers for people share them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "journey/insight/compare.h"

namespace journey {
inline namespace v0 {
namespace internal {

// "goal rate", "repetition (redo)"; and where: "purchase", "web/pay". Visible, not escaped.
[[nodiscard]] std::string FigureTitle(const FigureKey& key);
[[nodiscard]] std::string FigurePlace(const FigureKey& key);

// How many decimals the figures of a row have, all the same: as many as the smallest of its cells, and its difference,
// need. Times and scores have their own.
[[nodiscard]] int DecimalsOf(const CompareRow& row);
[[nodiscard]] std::string FigureValueText(FigureUnit unit, double value,
                                          int decimals);  // 41.2%, 1.34, 3h 10m, 4.12
[[nodiscard]] std::string FigureChangeText(FigureUnit unit, double difference,
                                           int decimals);  // +2.3 pts, −12m 4s
// +1.0 to +3.6
[[nodiscard]] std::string FigureIntervalText(FigureUnit unit, const Interval& interval, int decimals);
[[nodiscard]] std::string FigureQText(double q);  // 0.004, <0.001
// "4,800 a side"; of what cannot be said: –
[[nodiscard]] std::string NeededText(std::uint64_t customers);

// What the two sides are called: "before" and "after", or the values of the arms. Visible, and short.
[[nodiscard]] std::string SideName(const Comparison& comparison, std::size_t side);

// "rose", "fell", "no change shown"; of arms "higher", "lower"; beyond a control group if there is one.
[[nodiscard]] std::string VerdictText(const Comparison& comparison, const CompareRow& row);

// A figure of one cell of the row; of nothing: –
[[nodiscard]] std::string CellText(const CompareRow& row, const FigureCell& cell);

// Which rule a row that is too small fails, with its numbers: "2 of 166 do not, 10 needed". Empty of other rows.
struct TooSmallRule {
  std::string_view
      rule;  // "min_customers", "min_events", "min_events_without"; empty of rows that are large enough
  std::uint64_t found = 0;
  std::uint64_t least = 0;
  std::string text;
};
[[nodiscard]] TooSmallRule RuleOf(const Comparison& comparison, const CompareRow& row);

// The answer, in a few sentences: how many figures changed, for the better or the worse, and whether more journeys
// reach their goal.
[[nodiscard]] std::vector<std::string> AnswerSentences(const Comparison& comparison);
// Above it: "Did the change help?", or "How the arms differ".
[[nodiscard]] std::string_view QuestionOf(const Comparison& comparison);
// How differences are to be read.
[[nodiscard]] std::string DifferenceText(const Comparison& comparison);

// "12,034 journeys of 9,120 customers, 310 still open".
[[nodiscard]] std::string SideText(const CompareSide& side, bool control);

// Rows by number: those that a reader looks for first (goals, times, contacts, scores); of the others what changed,
// by rising q-value, then by the size of the change in standard errors; what did not; and what is too small.
struct CompareLists {
  std::vector<std::uint32_t> headline;
  std::vector<std::uint32_t> changed;
  std::vector<std::uint32_t> unchanged;
  std::vector<std::uint32_t> too_small;
};
[[nodiscard]] CompareLists ListsOf(const Comparison& comparison);
// Above the list of what else changed: "19 of 88 figures tested changed, 2 of them above".
[[nodiscard]] std::string ChangedText(const Comparison& comparison, const CompareLists& lists);

// "Portal, journeys that use it, fell from 62.0% to 55.1%; phone ... rose from 8.0% to 14.2%."
[[nodiscard]] std::string DisplacementText(const Comparison& comparison, const Displacement& pair);

// A warning where the kinds of journeys changed; empty where they did not.
[[nodiscard]] std::string MixText(const Comparison& comparison);

}  // namespace internal
}  // namespace v0
}  // namespace journey
