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
  return fmt::format("{:+.{}f}", value, decimals);
}

std::string SignedTimeText(double microseconds, bool sign) {
  constexpr double kSecond = 1e6;
  double rounded = microseconds;
  if (std::abs(microseconds) >= 10.0 * kSecond) rounded = std::round(microseconds / kSecond) * kSecond;
  const Duration duration{std::llround(std::abs(rounded))};
  std::string text = FormatDuration(duration);
  if (duration == Duration::zero()) return text;
  if (microseconds < 0.0) return "-" + text;
  return sign ? "+" + text : text;
}

int DecimalsOf(double per_journey) {
  return std::abs(per_journey) < 0.1 ? 4 : std::abs(per_journey) < 10.0 ? 2 : 1;
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

std::string FigureValueText(FigureUnit unit, double value) {
  switch (unit) {
    case FigureUnit::kShare:
      return fmt::format("{:.{}f}%", 100.0 * value, value > 0.0 && value < 0.01 ? 2 : 1);
    case FigureUnit::kPerJourney:
      return fmt::format("{:.{}f}", value, DecimalsOf(value));
    case FigureUnit::kMicroseconds:
      return SignedTimeText(value, false);
    case FigureUnit::kMilliPoints:
      return fmt::format("{:.2f}", value / 1000.0);
  }
  return {};
}

std::string FigureChangeText(FigureUnit unit, double difference) {
  switch (unit) {
    case FigureUnit::kShare:
      return Signed(100.0 * difference, std::abs(difference) < 0.001 ? 2 : 1) + " pts";
    case FigureUnit::kPerJourney:
      return Signed(difference, DecimalsOf(difference));
    case FigureUnit::kMicroseconds:
      return SignedTimeText(difference, true);
    case FigureUnit::kMilliPoints:
      return Signed(difference / 1000.0, 2);
  }
  return {};
}

std::string FigureIntervalText(FigureUnit unit, const Interval& interval) {
  switch (unit) {
    case FigureUnit::kShare:
      return Signed(100.0 * interval.low, 1) + " to " + Signed(100.0 * interval.high, 1);
    case FigureUnit::kPerJourney: {
      const int decimals = DecimalsOf(std::max(std::abs(interval.low), std::abs(interval.high)));
      return Signed(interval.low, decimals) + " to " + Signed(interval.high, decimals);
    }
    case FigureUnit::kMicroseconds:
    case FigureUnit::kMilliPoints:
      return FigureChangeText(unit, interval.low) + " to " + FigureChangeText(unit, interval.high);
  }
  return {};
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
