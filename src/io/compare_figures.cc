#include "io/compare_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "io/escape.h"
#include "io/writer_figures.h"
#include "journey/core/time.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

std::string PlaceText(const FigureKey& key) {
  return Visible(key.channel) + "/" + Visible(key.event);
}

// With the sign of what is not 0 once it is rounded.
std::string Signed(double value, int decimals) {
  const double unit = std::pow(10.0, -decimals);
  if (std::abs(value) < unit / 2.0) return fmt::format("{:.{}f}", 0.0, decimals);
  return fmt::format("{}{:.{}f}", value < 0.0 ? "−" : "+", std::abs(value), decimals);
}

std::string SignedTimeText(double microseconds, bool sign) {
  constexpr double kSecond = 1e6;
  double rounded = microseconds;
  if (std::abs(microseconds) >= 10.0 * kSecond) rounded = std::round(microseconds / kSecond) * kSecond;
  const Duration duration{std::llround(std::abs(rounded))};
  std::string text = FormatDuration(duration);
  if (duration == Duration::zero()) return text;
  if (microseconds < 0.0) return "−" + text;
  return sign ? "+" + text : text;
}

}  // namespace

std::string FigureTitle(const FigureKey& key) {
  switch (key.figure) {
    case CompareFigure::kGoalRate:
      return "goal rate";
    case CompareFigure::kTimeToGoal:
      return "mean time to goal";
    case CompareFigure::kStepConversion:
      return "went on to " + Visible(key.step);
    case CompareFigure::kContactRate:
      return "contacted support";
    case CompareFigure::kScore:
      return "mean score, " + Visible(key.scale);
    case CompareFigure::kJourneyMix:
      return "share of journeys";
    case CompareFigure::kFriction:
      return Visible(FrictionName(key.detector, key.kind));
    case CompareFigure::kChannelReach:
      return "journeys that use it";
    case CompareFigure::kChannelShare:
      return "share of events";
    case CompareFigure::kTouchpointReach:
      return "journeys that touch it";
    case CompareFigure::kTouchpointVisits:
      return "visits per journey";
  }
  return {};
}

std::string FigurePlace(const FigureKey& key) {
  if (!key.event.empty()) return PlaceText(key);
  if (!key.channel.empty()) return Visible(key.channel);
  if (!key.definition.empty()) return Visible(key.definition);
  return "all journeys";
}

int DecimalsOf(const CompareRow& row) {
  const bool share = UnitOf(row.key.figure) == FigureUnit::kShare;
  if (!share && UnitOf(row.key.figure) != FigureUnit::kPerJourney) return 0;
  const double scale = share ? 100.0 : 1.0;
  int decimals = 1;
  const auto add = [&](const FigureCell& cell) {
    const double size = cell.denominator == 0 ? 0.0 : std::abs(cell.value);
    if (size == 0.0) return;
    decimals = std::max(decimals, share ? (size < 0.01 ? 2 : 1) : size < 0.1 ? 4 : size < 10.0 ? 2 : 1);
  };
  add(row.before);
  add(row.after);
  if (row.control_before) add(*row.control_before);
  if (row.control_after) add(*row.control_after);
  // A difference that is one should not read 0.
  const double difference = std::abs(row.difference) * scale;
  while (difference != 0.0 && decimals < (share ? 2 : 4) && difference < std::pow(10.0, -decimals) / 2.0)
    decimals *= 2;
  return decimals;
}

std::string FigureValueText(FigureUnit unit, double value, int decimals) {
  switch (unit) {
    case FigureUnit::kShare:
      return fmt::format("{:.{}f}%", 100.0 * value, decimals);
    case FigureUnit::kPerJourney:
      return fmt::format("{:.{}f}", value, decimals);
    case FigureUnit::kMicroseconds:
      return SignedTimeText(value, false);
    case FigureUnit::kMilliPoints:
      return fmt::format("{:.2f}", value / 1000.0);
  }
  return {};
}

std::string FigureChangeText(FigureUnit unit, double difference, int decimals) {
  switch (unit) {
    case FigureUnit::kShare:
      return Signed(100.0 * difference, decimals) + " pts";
    case FigureUnit::kPerJourney:
      return Signed(difference, decimals);
    case FigureUnit::kMicroseconds:
      return SignedTimeText(difference, true);
    case FigureUnit::kMilliPoints:
      return Signed(difference / 1000.0, 2);
  }
  return {};
}

std::string FigureIntervalText(FigureUnit unit, const Interval& interval, int decimals) {
  if (unit == FigureUnit::kShare)
    return Signed(100.0 * interval.low, decimals) + " to " + Signed(100.0 * interval.high, decimals);
  return FigureChangeText(unit, interval.low, decimals) + " to " +
         FigureChangeText(unit, interval.high, decimals);
}

std::string FigureQText(double q) {
  return q < 0.001 ? "<0.001" : fmt::format("{:.3f}", q);
}

std::string NeededText(std::uint64_t customers) {
  if (customers == 0 || customers == kNoSampleIsEnough) return "–";
  return CountText(customers) + " a side";
}

std::string SideText(const CompareSide& side, bool control) {
  const std::uint64_t journeys = control ? side.control_journeys : side.journeys;
  const std::uint64_t open = control ? side.control_open : side.open;
  return fmt::format("{} of {}, {} still open", Plural(journeys, "journey"),
                     Plural(control ? side.control_customers : side.customers, "customer"), CountText(open));
}

std::string ChangedText(const Comparison& comparison, const CompareLists& lists) {
  std::string text = fmt::format("{} of {} figures tested {}", CountText(comparison.changed),
                                 CountText(comparison.tested), comparison.arms ? "differ" : "changed");
  const std::uint64_t above = comparison.changed - std::min(comparison.changed, lists.changed.size());
  if (above != 0) text += fmt::format(", {} of them above", CountText(above));
  return text;
}

CompareLists ListsOf(const Comparison& comparison) {
  CompareLists lists;
  for (std::uint32_t i = 0; i < comparison.rows.size(); ++i) {
    const CompareRow& row = comparison.rows[i];
    const CompareFigure figure = row.key.figure;
    if (figure == CompareFigure::kGoalRate || figure == CompareFigure::kTimeToGoal ||
        figure == CompareFigure::kContactRate || figure == CompareFigure::kScore ||
        figure == CompareFigure::kJourneyMix) {
      lists.headline.push_back(i);
    } else if (row.verdict == CompareVerdict::kTooSmall) {
      lists.too_small.push_back(i);
    } else if (row.verdict == CompareVerdict::kNotShown) {
      lists.unchanged.push_back(i);
    } else {
      lists.changed.push_back(i);
    }
  }
  const auto strength = [&](std::uint32_t i) {
    const CompareRow& row = comparison.rows[i];
    return std::tuple(row.q, row.detectable > 0.0 ? -std::abs(row.difference) / row.detectable : 0.0);
  };
  std::ranges::stable_sort(lists.changed, {}, strength);
  std::ranges::stable_sort(lists.unchanged, {}, strength);
  return lists;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
