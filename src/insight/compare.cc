#include "journey/insight/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "insight/compare_sums.h"
#include "journey/core/check.h"
#include "journey/core/status.h"

namespace journey {
inline namespace v0 {
namespace {

using internal::CompareSums;
using internal::CompareTally;

struct FigureInfo {
  std::string_view name;
  FigureUnit unit;
};
constexpr std::array<FigureInfo, kCompareFigures> kFigures{{
    {"goal_rate", FigureUnit::kShare},
    {"time_to_goal", FigureUnit::kMicroseconds},
    {"step_conversion", FigureUnit::kShare},
    {"contact_rate", FigureUnit::kShare},
    {"score", FigureUnit::kMilliPoints},
    {"journey_mix", FigureUnit::kShare},
    {"friction", FigureUnit::kShare},
    {"channel_reach", FigureUnit::kShare},
    {"channel_share", FigureUnit::kShare},
    {"touchpoint_reach", FigureUnit::kShare},
    {"touchpoint_visits", FigureUnit::kPerJourney},
}};

// The ratios of a figure in the cells that are used: before, after, and perhaps the control's.
struct Cells {
  std::size_t count = 2;
  std::array<RatioSums, kCompareCells> ratio;
  std::array<double, kCompareCells> variance{};
  std::array<CrossSums, internal::kCellPairs> cross;

  [[nodiscard]] double covariance(std::size_t a, std::size_t b) const {
    return CovarianceOf(ratio[a], ratio[b], cross[internal::PairAt(a, b)]);
  }
};

Cells CellsOf(const CompareSums& sums, std::uint32_t figure, bool has_control) {
  Cells cells;
  cells.count = has_control ? kCompareCells : 2;
  for (std::size_t a = 0; a < cells.count; ++a) {
    cells.ratio[a] = sums.Ratio(figure, a);
    cells.variance[a] = VarianceOf(cells.ratio[a]);
    for (std::size_t b = a + 1; b < cells.count; ++b) {
      cells.cross[internal::PairAt(a, b)] = sums.Cross(figure, a, b);
    }
  }
  return cells;
}

// Whether there is anything to say of it at all.
bool Occurs(const Cells& cells) {
  const auto some = [&](auto&& has) {
    return std::any_of(cells.ratio.begin(), cells.ratio.begin() + static_cast<std::ptrdiff_t>(cells.count),
                       has);
  };
  return some([](const RatioSums& sums) { return sums.x != 0; });
}

FigureCell CellOf(const RatioSums& sums, FigureUnit unit) {
  FigureCell cell{
      .customers = sums.customers, .numerator = sums.x, .denominator = sums.y, .value = sums.value()};
  cell.interval = unit == FigureUnit::kShare ? ShareInterval(sums) : RatioInterval(sums);
  if (unit != FigureUnit::kShare) cell.interval.low = std::max(0.0, cell.interval.low);
  return cell;
}

bool LargeEnough(const Cells& cells, FigureUnit unit, const CompareOptions& options) {
  std::array<std::int64_t, 2> with{};
  std::array<std::int64_t, 2> without{};
  for (std::size_t a = 0; a < cells.count; ++a) {
    if (cells.ratio[a].customers < options.min_customers) return false;
    with[a / 2] += cells.ratio[a].x;
    without[a / 2] += cells.ratio[a].y - cells.ratio[a].x;
  }
  if (unit == FigureUnit::kMicroseconds || unit == FigureUnit::kMilliPoints) return true;
  const auto least = static_cast<std::int64_t>(options.min_events);
  for (std::size_t group = 0; group < cells.count / 2; ++group) {
    if (with[group] < least || (unit == FigureUnit::kShare && without[group] < least)) return false;
  }
  return true;
}

struct DifferenceEstimate {
  Interval interval;
  double error = 0.0;  // standard error
  double p = 1.0;
};

double POf(double difference, double variance, double degrees) {
  if (variance <= 0.0) return difference == 0.0 ? 1.0 : 0.0;
  return StudentTwoSidedP(difference / std::sqrt(variance), degrees);
}

// after - before. The interval of two shares is made of their own intervals (Zou and Donner, Statistics in
// Medicine 27 (2008), which is Newcombe's where the two have nobody in common).
DifferenceEstimate EstimateTwo(const Cells& cells, FigureUnit unit, double difference) {
  const RatioSums& before = cells.ratio[kBefore];
  const RatioSums& after = cells.ratio[kAfter];
  const double covariance = cells.covariance(kBefore, kAfter);
  const double variance = std::max(0.0, cells.variance[kBefore] + cells.variance[kAfter] - 2.0 * covariance);
  const double degrees = WelchDegrees(cells.variance[kBefore], static_cast<double>(before.customers),
                                      cells.variance[kAfter], static_cast<double>(after.customers));
  DifferenceEstimate estimate{.error = std::sqrt(variance)};
  if (unit != FigureUnit::kShare) {
    const double half = StudentQuantile(0.975, degrees) * estimate.error;
    estimate.interval = {difference - half, difference + half};
    estimate.p = POf(difference, variance, degrees);
    return estimate;
  }
  const Interval a = ShareInterval(before);
  const Interval b = ShareInterval(after);
  const double product = std::sqrt(cells.variance[kBefore] * cells.variance[kAfter]);
  const double correlation = product > 0.0 ? std::clamp(covariance / product, -1.0, 1.0) : 0.0;
  const auto length = [&](double x, double y) {
    return std::sqrt(std::max(0.0, x * x + y * y - 2.0 * correlation * x * y));
  };
  estimate.interval = {difference - length(after.value() - b.low, a.high - before.value()),
                       difference + length(b.high - after.value(), before.value() - a.low)};
  const double common = static_cast<double>(before.x + after.x) / static_cast<double>(before.y + after.y);
  const double variance_if_equal =
      VarianceAround(before, common) + VarianceAround(after, common) -
      2.0 * CovarianceAround(before, after, cells.cross[internal::PairAt(kBefore, kAfter)], common);
  estimate.p = POf(difference, variance_if_equal, degrees);
  return estimate;
}

// (after - before) - (control after - control before).
DifferenceEstimate EstimateFour(const Cells& cells, double difference) {
  constexpr std::array<double, kCompareCells> kSign{-1.0, 1.0, 1.0, -1.0};
  double variance = 0.0;
  double sum = 0.0;
  double parts = 0.0;
  for (std::size_t a = 0; a < kCompareCells; ++a) {
    variance += cells.variance[a];
    sum += cells.variance[a];
    parts += cells.variance[a] * cells.variance[a] /
             static_cast<double>(std::max<std::uint64_t>(2, cells.ratio[a].customers) - 1);
    for (std::size_t b = a + 1; b < kCompareCells; ++b) {
      variance += 2.0 * kSign[a] * kSign[b] * cells.covariance(a, b);
    }
  }
  variance = std::max(0.0, variance);
  const double degrees = parts > 0.0 ? std::max(1.0, sum * sum / parts) : 1e9;
  DifferenceEstimate estimate{.error = std::sqrt(variance)};
  const double half = StudentQuantile(0.975, degrees) * estimate.error;
  estimate.interval = {difference - half, difference + half};
  estimate.p = POf(difference, variance, degrees);
  return estimate;
}

// On each side, for as many journeys that do it, and that do not, as a share must have: what is there, times what is
// missing. 0 where there is none.
std::uint64_t CustomersForEvents(const Cells& cells, FigureUnit unit, const CompareOptions& options) {
  std::uint64_t needed = options.min_customers;
  for (std::size_t group = 0; group < cells.count / 2; ++group) {
    const RatioSums& a = cells.ratio[2 * group];
    const RatioSums& b = cells.ratio[2 * group + 1];
    const double customers = static_cast<double>(a.customers + b.customers) / 2.0;
    const std::int64_t with = a.x + b.x;
    const std::int64_t without = a.y + b.y - with;
    const std::int64_t fewer = unit == FigureUnit::kShare ? std::min(with, without) : with;
    if (fewer <= 0) return 0;
    const double times = static_cast<double>(options.min_events) / static_cast<double>(fewer);
    needed = std::max(needed, static_cast<std::uint64_t>(std::ceil(customers * times)));
  }
  return needed;
}

// On each side; 0 where nothing can be said of how much customers differ.
std::uint64_t CustomersNeededFor(const Cells& cells, FigureUnit unit, const CompareOptions& options) {
  std::int64_t x = 0;
  std::int64_t y = 0;
  std::uint64_t customers = 0;
  double variances_of_one = 0.0;
  bool all_known = true;
  for (std::size_t a = 0; a < cells.count; ++a) {
    const RatioSums& sums = cells.ratio[a];
    x += sums.x;
    y += sums.y;
    customers += sums.customers;
    variances_of_one += cells.variance[a] * static_cast<double>(sums.customers);
    all_known = all_known && sums.customers >= 10 && cells.variance[a] > 0.0;
  }
  if (x == 0 || y == 0) return 0;
  const double common = static_cast<double>(x) / static_cast<double>(y);
  if (!all_known) {
    // As if each customer's journeys were independent; a share tells its variance, and counts are about Poisson.
    if (unit != FigureUnit::kShare && unit != FigureUnit::kPerJourney) return 0;
    const double of_one = unit == FigureUnit::kShare ? common * (1.0 - common) : common;
    variances_of_one =
        static_cast<double>(cells.count) * of_one * static_cast<double>(customers) / static_cast<double>(y);
  }
  const double base = cells.ratio[kBefore].x > 0 ? cells.ratio[kBefore].value() : common;
  const std::uint64_t found =
      CustomersNeeded(variances_of_one / 2.0, options.worthwhile * base, 1.0, options.power);
  if (unit != FigureUnit::kShare && unit != FigureUnit::kPerJourney)
    return std::max(options.min_customers, found);
  const std::uint64_t tested = CustomersForEvents(cells, unit, options);
  return tested == 0 ? 0 : std::max(tested, found);
}

CompareRow RowOf(const FigureKey& key, const Cells& cells, const CompareOptions& options) {
  const FigureUnit unit = UnitOf(key.figure);
  CompareRow row{.key = key};
  row.before = CellOf(cells.ratio[kBefore], unit);
  row.after = CellOf(cells.ratio[kAfter], unit);
  row.difference = row.after.value - row.before.value;
  if (cells.count == kCompareCells) {
    row.control_before = CellOf(cells.ratio[kControlBefore], unit);
    row.control_after = CellOf(cells.ratio[kControlAfter], unit);
    row.difference -= row.control_after->value - row.control_before->value;
  }
  row.customers_needed = CustomersNeededFor(cells, unit, options);
  if (!LargeEnough(cells, unit, options)) return row;
  const DifferenceEstimate estimate = cells.count == kCompareCells ? EstimateFour(cells, row.difference)
                                                                   : EstimateTwo(cells, unit, row.difference);
  row.interval = estimate.interval;
  row.p = estimate.p;
  row.detectable = DetectableDifference(estimate.error, options.power);
  row.verdict = CompareVerdict::kNotShown;
  return row;
}

// A change is one whose q-value says so and whose own interval does not hold 0.
void Judge(Comparison& comparison) {
  std::vector<double> p_values;
  for (const CompareRow& row : comparison.rows) {
    if (row.verdict != CompareVerdict::kTooSmall) p_values.push_back(row.p);
  }
  const std::vector<double> q_values = BenjaminiHochberg(p_values);
  comparison.tested = p_values.size();
  comparison.too_small = comparison.rows.size() - p_values.size();
  std::size_t next = 0;
  for (CompareRow& row : comparison.rows) {
    if (row.verdict == CompareVerdict::kTooSmall) continue;
    row.q = q_values[next++];
    if (row.q > comparison.options.max_q || row.interval->contains(0.0)) continue;
    row.verdict = row.difference > 0.0 ? CompareVerdict::kRose : CompareVerdict::kFell;
    ++comparison.changed;
    if (row.key.figure == CompareFigure::kJourneyMix) comparison.mix_changed = true;
  }
}

bool MayDisplace(const FigureKey& a, const FigureKey& b) {
  const auto is = [](const FigureKey& key, CompareFigure figure) { return key.figure == figure; };
  if (is(a, CompareFigure::kTouchpointReach)) return a.figure == b.figure && a.channel != b.channel;
  if (is(a, CompareFigure::kChannelReach)) {
    return is(b, CompareFigure::kChannelReach) || is(b, CompareFigure::kContactRate);
  }
  return is(a, CompareFigure::kContactRate) && is(b, CompareFigure::kChannelReach);
}

void FindDisplacements(Comparison& comparison) {
  std::vector<std::uint32_t> fell;
  std::vector<std::uint32_t> rose;
  for (std::uint32_t i = 0; i < comparison.rows.size(); ++i) {
    const CompareVerdict verdict = comparison.rows[i].verdict;
    if (verdict == CompareVerdict::kFell) fell.push_back(i);
    if (verdict == CompareVerdict::kRose) rose.push_back(i);
  }
  std::vector<Displacement>& found = comparison.displacements;
  for (const std::uint32_t down : fell) {
    for (const std::uint32_t up : rose) {
      if (MayDisplace(comparison.rows[down].key, comparison.rows[up].key)) found.push_back({down, up});
    }
  }
  const auto size = [&](const Displacement& pair) {
    return std::min(-comparison.rows[pair.fell].difference, comparison.rows[pair.rose].difference);
  };
  std::ranges::stable_sort(found, std::greater<>{}, size);
  comparison.displacements_found = found.size();
  if (found.size() > Comparison::kDisplacementsKept) found.resize(Comparison::kDisplacementsKept);
}

}  // namespace

std::string_view NameOf(CompareFigure figure) {
  return kFigures[static_cast<std::size_t>(figure)].name;
}
FigureUnit UnitOf(CompareFigure figure) {
  return kFigures[static_cast<std::size_t>(figure)].unit;
}
std::string_view NameOf(CompareVerdict verdict) {
  constexpr std::array<std::string_view, 4> kNames{"too_small", "not_shown", "rose", "fell"};
  return kNames[static_cast<std::size_t>(verdict)];
}

Status CompareOptions::Validate() const {
  const auto check = [](const char* name, double value, double low, double high) -> Status {
    if (value > low && value < high) return absl::OkStatus();
    return InvalidArgument(fmt::format("compare.{}: {} is not allowed; it must be above {} and below {}",
                                       name, value, low, high));
  };
  if (min_customers < 2) {
    return InvalidArgument(
        fmt::format("compare.min_customers: {} is not allowed; it must be at least 2", min_customers));
  }
  if (Status status = check("worthwhile", worthwhile, 0.0, 10.0); !status.ok()) return status;
  if (Status status = check("max_q", max_q, 0.0, 1.0); !status.ok()) return status;
  if (Status status = check("power.alpha", power.alpha, 0.0, 1.0); !status.ok()) return status;
  return check("power.power", power.power, 0.0, 1.0);
}

Comparison Compare(std::span<const CompareRun> runs, const CompareOptions& options) {
  JOURNEY_CHECK(options.Validate().ok());
  const CompareTally tally = internal::TallyComparison(runs);
  Comparison comparison;
  comparison.options = options;
  comparison.has_control = tally.journeys[kControlBefore] + tally.journeys[kControlAfter] != 0;
  comparison.people_on_both_sides = tally.people_on_both_sides;
  comparison.arms = runs.size() == 1;
  for (std::size_t side = 0; side < 2; ++side) {
    CompareSide& summary = comparison.sides[side];
    summary.journeys = tally.journeys[side];
    summary.open = tally.open[side];
    summary.customers = tally.customers[side];
    summary.control_journeys = tally.journeys[side + 2];
    summary.control_open = tally.open[side + 2];
    summary.control_customers = tally.customers[side + 2];
    const bool some = summary.journeys + summary.control_journeys != 0;
    summary.first = some ? tally.first[side] : kMinTime;
    summary.observed_until = some ? tally.observed_until[side] : kMinTime;
  }
  for (const auto& [key, figure] : tally.sums.figures()) {
    const Cells cells = CellsOf(tally.sums, figure, comparison.has_control);
    if (Occurs(cells)) comparison.rows.push_back(RowOf(key, cells, options));
  }
  Judge(comparison);
  FindDisplacements(comparison);
  return comparison;
}

}  // namespace v0
}  // namespace journey
