// What a Comparison says in words: names, verdicts, reasons, and the answer in a few sentences.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "io/compare_figures.h"
#include "io/escape.h"
#include "io/writer_figures.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

constexpr std::size_t kArmColumns = 24;  // of an arm
constexpr std::size_t kGoalsTold = 3;    // goal rates that get a sentence, whether they changed or not

bool Changed(const CompareRow& row) {
  return row.verdict == CompareVerdict::kRose || row.verdict == CompareVerdict::kFell;
}

// 1 where more is better, -1 where less is, 0 where it is neither.
int BetterWhen(CompareFigure figure) {
  switch (figure) {
    case CompareFigure::kGoalRate:
    case CompareFigure::kStepConversion:
    case CompareFigure::kScore:
      return 1;
    case CompareFigure::kTimeToGoal:
    case CompareFigure::kContactRate:
    case CompareFigure::kFriction:
      return -1;
    case CompareFigure::kJourneyMix:
    case CompareFigure::kChannelReach:
    case CompareFigure::kChannelShare:
    case CompareFigure::kTouchpointReach:
    case CompareFigure::kTouchpointVisits:
      return 0;
  }
  return 0;
}

// "41.2% before, 43.5% after", with the arms' names; of the control group if asked for.
std::string FromTo(const Comparison& comparison, const CompareRow& row, bool control) {
  const std::string from = CellText(row, control ? *row.control_before : row.before);
  const std::string to = CellText(row, control ? *row.control_after : row.after);
  if (!comparison.arms) return fmt::format("from {} to {}", from, to);
  return fmt::format("{} in {}, {} in {}", from, SideName(comparison, 0), to, SideName(comparison, 1));
}

// "+2.3 pts, 95%: +1.0 to +3.6"
std::string HowMuch(const CompareRow& row) {
  const FigureUnit unit = UnitOf(row.key.figure);
  const int decimals = DecimalsOf(row);
  std::string text = FigureChangeText(unit, row.difference, decimals);
  if (row.interval) text += ", 95%: " + FigureIntervalText(unit, *row.interval, decimals);
  return text;
}

std::string GoalSentence(const Comparison& comparison, const CompareRow& row) {
  const std::string name = Shortened(FigurePlace(row.key), 60);
  if (row.verdict == CompareVerdict::kTooSmall) {
    return fmt::format("Whether more or fewer “{}” journeys reach their goal cannot be told: too small ({}).",
                       name, RuleOf(comparison, row).text);
  }
  const bool rose = row.verdict == CompareVerdict::kRose;
  std::string text = fmt::format("Of the “{}” journeys that ended, the share that reached their goal", name);
  if (comparison.arms) {
    text += Changed(row) ? fmt::format(" is {} in {}", rose ? "higher" : "lower", SideName(comparison, 1))
                         : std::string(" does not differ beyond chance");
  } else {
    text += Changed(row) ? std::string(rose ? " rose" : " fell") : " did not change beyond chance";
  }
  if (row.control_before) {
    text += Changed(row) ? " against the control" : ", held against the control";
    return fmt::format("{}: {}, the control {}; {}.", text, FromTo(comparison, row, false),
                       FromTo(comparison, row, true), HowMuch(row));
  }
  return fmt::format("{}: {} ({}).", text, FromTo(comparison, row, false), HowMuch(row));
}

std::string CountSentence(const Comparison& comparison) {
  std::uint64_t better = 0, worse = 0;
  for (const CompareRow& row : comparison.rows) {
    if (!Changed(row)) continue;
    const int good = BetterWhen(row.key.figure) * (row.verdict == CompareVerdict::kRose ? 1 : -1);
    better += good > 0 ? 1U : 0U;
    worse += good < 0 ? 1U : 0U;
  }
  const std::string verb = comparison.arms ? "differ" : "changed";
  if (comparison.tested == 0) {
    return fmt::format("Nothing can be said: {}, none of them with a large enough sample.",
                       Plural(comparison.rows.size(), "figure"));
  }
  const std::string beyond = comparison.has_control ? " beyond the control group" : "";
  if (comparison.changed == 0) {
    return fmt::format("None of the {} tested {}{} by more than chance, so it is not shown that {}.",
                       Plural(comparison.tested, "figure"), comparison.arms ? "differs" : verb, beyond,
                       comparison.arms ? "either arm is better" : "the change helped or harmed");
  }
  std::string text = fmt::format(
      "{} of {} tested {}{}{}: {} for the better{}, {} for the worse, and {} of which neither can be said "
      "(how "
      "much a channel, a touchpoint or a kind of journey is used).",
      CountText(comparison.changed), Plural(comparison.tested, "figure"), verb,
      comparison.arms ? fmt::format(" between {} and {}", SideName(comparison, 0), SideName(comparison, 1))
                      : std::string(),
      beyond, CountText(better), comparison.arms ? " in " + SideName(comparison, 1) : std::string(),
      CountText(worse), CountText(comparison.changed - better - worse));
  if (better + worse == 0) {
    text += comparison.arms ? " So it is not shown that either arm is better."
                            : " So it is not shown that the change helped or harmed.";
  }
  return text;
}

// Of one side, or of the control's: the cells from `first` on, two of them.
TooSmallRule RuleOfPair(const FigureCell& a, const FigureCell& b, FigureUnit unit,
                        const CompareOptions& options) {
  if (std::min(a.customers, b.customers) < options.min_customers) {
    return {"min_customers", std::min(a.customers, b.customers), options.min_customers,
            fmt::format("{} + {} customers, {} needed a side", CountText(a.customers), CountText(b.customers),
                        CountText(options.min_customers))};
  }
  if (unit == FigureUnit::kMicroseconds || unit == FigureUnit::kMilliPoints) return {};
  const auto count = [](std::int64_t number) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, number));
  };
  const std::uint64_t with = count(a.numerator + b.numerator);
  const std::uint64_t all = count(a.denominator + b.denominator);
  const bool share = unit == FigureUnit::kShare;
  if (with < options.min_events) {
    return {"min_events", with, options.min_events,
            share ? fmt::format("{} of {} {}, {} needed", CountText(with), CountText(all),
                                with == 1 ? "does" : "do", CountText(options.min_events))
                  : fmt::format("{} in all, {} needed", CountText(with), CountText(options.min_events))};
  }
  const std::uint64_t without = all - std::min(all, with);
  if (!share || without >= options.min_events) return {};
  return {"min_events_without", without, options.min_events,
          fmt::format("{} of {} {} not, {} needed", CountText(without), CountText(all),
                      without == 1 ? "does" : "do", CountText(options.min_events))};
}

}  // namespace

std::string SideName(const Comparison& comparison, std::size_t side) {
  if (!comparison.arms) return side == 0 ? "before" : "after";
  const std::string& label = comparison.sides[side].label;
  const std::size_t at = label.find('=');
  const std::string value = at == std::string::npos ? label : label.substr(at + 1);
  if (value.empty()) return side == 0 ? "first arm" : "second arm";
  return Shortened(Visible(value), kArmColumns);
}

std::string VerdictText(const Comparison& comparison, const CompareRow& row) {
  const std::string beyond = comparison.has_control ? " against control" : "";
  switch (row.verdict) {
    case CompareVerdict::kTooSmall:
      return "too small to say";
    case CompareVerdict::kNotShown:
      return comparison.arms ? "no difference shown" : "no change shown";
    case CompareVerdict::kRose:
      return (comparison.arms ? "higher" : "rose") + beyond;
    case CompareVerdict::kFell:
      return (comparison.arms ? "lower" : "fell") + beyond;
  }
  return {};
}

std::string CellText(const CompareRow& row, const FigureCell& cell) {
  return cell.denominator == 0 ? "–" : FigureValueText(UnitOf(row.key.figure), cell.value, DecimalsOf(row));
}

TooSmallRule RuleOf(const Comparison& comparison, const CompareRow& row) {
  if (row.verdict != CompareVerdict::kTooSmall) return {};
  const FigureUnit unit = UnitOf(row.key.figure);
  TooSmallRule rule = RuleOfPair(row.before, row.after, unit, comparison.options);
  if (!rule.rule.empty() || !row.control_before) return rule;
  rule = RuleOfPair(*row.control_before, *row.control_after, unit, comparison.options);
  if (!rule.text.empty()) rule.text = "control: " + rule.text;
  return rule;
}

std::vector<std::string> AnswerSentences(const Comparison& comparison) {
  std::vector<std::string> sentences;
  if (comparison.rows.empty()) return {"Nothing can be said: there is no journey to compare."};
  sentences.push_back(CountSentence(comparison));
  std::size_t goals = 0, told = 0, untold = 0;
  for (const CompareRow& row : comparison.rows) {
    if (row.key.figure != CompareFigure::kGoalRate) continue;
    ++goals;
    if (told < kGoalsTold || Changed(row)) {
      sentences.push_back(GoalSentence(comparison, row));
      ++told;
    } else {
      ++untold;
    }
  }
  if (goals == 0) sentences.push_back("No journey on either side reached a goal.");
  if (untold != 0) {
    sentences.push_back(fmt::format("Of {} more kinds of journey no {} is shown.", CountText(untold),
                                    comparison.arms ? "difference" : "change"));
  }
  return sentences;
}

std::string_view QuestionOf(const Comparison& comparison) {
  return comparison.arms ? "How the arms differ" : "Did the change help?";
}

std::string DifferenceText(const Comparison& comparison) {
  const std::string before = SideName(comparison, 0);
  const std::string after = SideName(comparison, 1);
  if (!comparison.has_control) return fmt::format("Differences are {} less {}.", after, before);
  return fmt::format(
      "Control group: {}. Differences are what is beyond it: {} less {}, less the same of the control, which "
      "stands "
      "below each row.",
      Visible(comparison.control), after, before);
}

std::string DisplacementText(const Comparison& comparison, const Displacement& pair) {
  const auto half = [&](std::uint32_t i, bool rose) {
    const CompareRow& row = comparison.rows[i];
    const std::string name =
        row.key.figure == CompareFigure::kContactRate
            ? std::string(comparison.arms ? "contact with support" : "contacts with support")
            : FigurePlace(row.key);
    const std::string much = FigureChangeText(UnitOf(row.key.figure), row.difference, DecimalsOf(row));
    std::string text;
    if (comparison.arms) {
      text = fmt::format("{} is {} in {}: {} of journeys ({})", name, rose ? "higher" : "lower",
                         SideName(comparison, 1), FromTo(comparison, row, false), much);
    } else {
      text =
          fmt::format("{} {} {} of journeys ({}{})", name, rose ? "rose" : "fell",
                      FromTo(comparison, row, false), much, row.control_before ? " beyond the control" : "");
    }
    if (row.control_before) text += ", the control " + FromTo(comparison, row, true);
    return text;
  };
  return half(pair.fell, false) + "; " + half(pair.rose, true) + ".";
}

std::string MixText(const Comparison& comparison) {
  if (!comparison.mix_changed) return {};
  return fmt::format(
      "The mix of journeys {} (share of journeys, above). That alone moves touchpoints and channels.",
      comparison.arms ? "differs" : "changed");
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
