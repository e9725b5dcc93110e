// Compare: did the change help? Each figure of journeys before and after, or in one arm and in the other.
//
//   goal rate of purchase   before 41.2 % (of 12,034)   after 43.5 % (of 11,877)   +2.3 points [1.0, 3.6], q 0.004
//   portal  share of journeys that use it  62 % -> 55 %     phone  8 % -> 14 %     moved together
//
// Journeys are put into cells beforehand (compare_split.h): before and after, and, with a control group that the
// change did not touch, control before and control after. Figures are ratios over customers: what is compared is
//   difference = after - before,  with a control  (after - before) - (control after - control before),
// with a 95 % interval whose variance is clustered by customer, also where a customer is on both sides, a p-value
// (Student's distribution; without a control the variance is that of one common ratio), and a q-value after false
// discovery control over all figures that were tested.
//
// A figure is too small to speak of when a side has fewer than min_customers customers, or, of a share, when fewer
// than min_events journeys on both sides together do it, or fewer do not. It says then how many customers each
// side would need for a change of `worthwhile` (a part of its value) to be found.
//
// Open journeys are censored: they are not in goal rates, nor in the conversion of the step where they stand.
//
// Order:   rows by figure, then definition, step, channel, event, detector, kind, scale. Nothing depends on the
//          order of events or on threads. Threads: pure. Cost: O(events of journeys + findings + figures).
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "journey/events/event_log.h"
#include "journey/insight/feedback.h"
#include "journey/insight/statistics.h"
#include "journey/insight/tables.h"
#include "journey/journeys/definition.h"

namespace journey {
inline namespace v0 {

enum class CompareFigure : std::uint8_t {
  kGoalRate,          // achieved, of the definition's journeys that ended (idle ends without a goal apart)
  kTimeToGoal,        // mean from first event to goal, of those achieved
  kStepConversion,    // went on to this step, of those that came to the step before and no longer stand there
  kContactRate,       // journeys with a contact with support
  kScore,             // mean of the answers about journeys of this side, in thousandths of a point
  kJourneyMix,        // journeys of this definition, of all; where there are several
  kFriction,          // journeys with it
  kChannelReach,      // journeys with an event in the channel
  kChannelShare,      // events of journeys that are in the channel
  kTouchpointReach,   // journeys with the touchpoint
  kTouchpointVisits,  // its events per journey
};
inline constexpr std::size_t kCompareFigures = 11;
[[nodiscard]] std::string_view NameOf(CompareFigure figure);  // "goal_rate", "time_to_goal", ...

enum class FigureUnit : std::uint8_t { kShare, kPerJourney, kMicroseconds, kMilliPoints };
[[nodiscard]] FigureUnit UnitOf(CompareFigure figure);

// What a figure is about, in texts: the ids of two logs are not the same. Empty where it does not apply.
struct FigureKey {
  CompareFigure figure = CompareFigure::kGoalRate;
  std::string definition = {};
  std::uint32_t step_number = 0;  // of the definition
  std::string step = {};
  std::string channel = {};
  std::string event = {};
  std::string detector = {};
  std::string kind = {};
  std::string scale = {};
  friend auto operator<=>(const FigureKey&, const FigureKey&) = default;
  friend bool operator==(const FigureKey&, const FigureKey&) = default;
};

enum CompareCell : std::uint8_t { kBefore, kAfter, kControlBefore, kControlAfter };
inline constexpr std::size_t kCompareCells = 4;
inline constexpr std::uint8_t kLeftOut = 255;

// One run with the cells of its journeys.
struct CompareRun {
  const EventLog& log;
  const RunTables& tables;
  std::span<const JourneyDefinition> definitions;  // of the run; none: discovered
  const EventClasses& classes;
  const Feedback* feedback = nullptr;   // joined on these tables; nullptr: no scores
  std::span<const std::uint8_t> cells;  // by JourneyId: a CompareCell or kLeftOut
  // The same number is the same person, also in another run. Empty: each customer is one of their own.
  std::span<const std::uint32_t> people = {};
};

struct CompareOptions {
  std::uint64_t min_customers = 30;
  std::uint64_t min_events = 10;
  double worthwhile = 0.1;  // the change, as a part of the value before, that a sample should be able to find
  double max_q = 0.05;
  Power power = {};

  // InvalidArgument that names field, value and what is allowed.
  [[nodiscard]] absl::Status Validate() const;
};

struct FigureCell {
  std::uint64_t customers = 0;
  std::int64_t numerator = 0;    // journeys, events, microseconds or thousandths
  std::int64_t denominator = 0;  // journeys, events or answers
  double value = 0.0;            // their ratio; 0 of nothing
  Interval interval;             // 95 %
};

enum class CompareVerdict : std::uint8_t { kTooSmall, kNotShown, kRose, kFell };
[[nodiscard]] std::string_view NameOf(CompareVerdict verdict);  // "too_small", "not_shown", "rose", "fell"

struct CompareRow {
  FigureKey key;
  FigureCell before;
  FigureCell after;
  std::optional<FigureCell> control_before;  // both, or neither
  std::optional<FigureCell> control_after;
  // Of what is too small only the difference is given, and no interval.
  double difference = 0.0;
  std::optional<Interval> interval;
  double p = 1.0;
  double q = 1.0;
  CompareVerdict verdict = CompareVerdict::kTooSmall;
  double detectable = 0.0;  // the smallest difference that this sample would have found with that power
  // On each side, for a change of `worthwhile` to be tested and found; 0: cannot be said.
  std::uint64_t customers_needed = 0;
};

// Two shares of journeys that changed in opposite directions: rows of the comparison. That they moved together is
// all that is said; who left the one need not be who came to the other.
struct Displacement {
  std::uint32_t fell = 0;
  std::uint32_t rose = 0;
};

struct CompareSide {
  std::string label;
  std::uint64_t journeys = 0;  // without the control group
  std::uint64_t open = 0;      // of these, censored
  std::uint64_t customers = 0;
  std::uint64_t control_journeys = 0;
  std::uint64_t control_open = 0;
  std::uint64_t control_customers = 0;
  TimePoint first;           // of the first events of its journeys
  TimePoint observed_until;  // as_of of its run
};

struct Comparison {
  std::array<CompareSide, 2> sides;  // labels are filled in by whoever split
  bool has_control = false;
  std::string control;                                          // in words, if there is one
  std::vector<std::pair<std::string, std::uint64_t>> left_out;  // journeys, by reason
  std::vector<std::string> notes;                               // how journeys were put on the sides
  std::vector<CompareRow> rows;
  std::uint64_t tested = 0;
  std::uint64_t too_small = 0;
  std::uint64_t changed = 0;  // rose or fell with q <= max_q
  std::uint64_t people_on_both_sides = 0;
  // Of channels, support contacts and touchpoints of different channels, the greatest first.
  std::vector<Displacement> displacements;
  CompareOptions options;

  static constexpr std::size_t kDisplacementsKept = 20;
  std::uint64_t displacements_found = 0;
  // Some definition's share of the journeys changed: that alone moves touchpoints and channels.
  bool mix_changed = false;
  // The sides are arms, seen at the same time, and nothing rose or fell between them. Set where there is one run, as
  // two periods and two logs are two; whoever split otherwise may change it.
  bool arms = false;
};

// Requires: options.Validate().ok(); one run or several; cells.size() == journeys; where people are given, one for
// each customer. With cells of a control group, both sides have theirs.
[[nodiscard]] Comparison Compare(std::span<const CompareRun> runs, const CompareOptions& options = {});

}  // namespace v0
}  // namespace journey
