#include <fmt/format.h>

#include <cmath>
#include <string>

#include "journey/insight/fix_first.h"

namespace journey {
inline namespace v0 {
namespace {

// 5120 -> "5,120"
std::string Number(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

// Whole numbers; below 10 with one decimal. Never "-0".
std::string Rounded(double number) {
  const double size = std::abs(number);
  const double tenths = std::round(size * 10.0);
  std::string text = size < 9.95 ? fmt::format("{:.1f}", tenths / 10.0)
                                 : Number(static_cast<std::uint64_t>(std::llround(size)));
  if (text == "0.0") text = "0";
  return number < 0 && text != "0" ? "−" + text : text;
}

std::string Span(const Estimate& estimate) {
  return fmt::format("95%: {} to {}", Rounded(estimate.low), Rounded(estimate.high));
}

std::string PlaceText(const RunTables& tables, TouchpointId touchpoint) {
  return fmt::format("{}/{}", tables.touchpoints.channel_text(touchpoint),
                     tables.touchpoints.name_text(touchpoint));
}

// "error_loop at web/payment", "repetition (redo) at app/payment".
std::string FrictionText(const RunTables& tables, const FrictionKey& key) {
  const std::string& detector = tables.detectors[key.detector.value].name;
  const std::string_view kind = tables.label(key.kind);
  const std::string what = kind == detector ? detector : fmt::format("{} ({})", detector, kind);
  return fmt::format("{} at {}", what, PlaceText(tables, key.touchpoint));
}

std::string Journeys(std::uint64_t count) {
  return count == 1 ? "1 journey" : Number(count) + " journeys";
}

// "would have brought 41 more goals (95%: 28 to 55)", or that this cannot be told.
std::string GoalsText(const std::string& repair, const Estimate& goals) {
  if (goals.low > 0) {
    return fmt::format("{} would have brought {} more goals ({}).", repair, Rounded(goals.value),
                       Span(goals));
  }
  if (goals.high < 0) {
    return fmt::format("{} would have brought no goals: with it there were {} more than without ({}).",
                       repair, Rounded(-goals.value), Span({-goals.value, -goals.high, -goals.low}));
  }
  return fmt::format("{} may have brought goals or not: {} {} ({}), which cannot be told from none.", repair,
                     Rounded(std::abs(goals.value)), goals.value < 0 ? "fewer" : "more", Span(goals));
}

std::string TimeText(const ComparisonLine& line) {
  if (!line.says_time || line.saved_time_us.low <= 0) return {};
  const double each = line.saved_time_us.value / static_cast<double>(line.timed);
  const auto text = FormatDuration(Duration{std::llround(each)});
  return fmt::format(" The {} of them that got through would have needed {} less each.", Number(line.timed),
                     text);
}

std::string ScoreText(const ComparisonLine& line) {
  const Estimate& score = line.score_milli;
  if (!line.says_score || (score.low <= 0 && score.high >= 0)) return {};
  return fmt::format(" Their mean score would have been {:.2f} points {} (95%: {:.2f} to {:.2f}; {} scored).",
                     std::abs(score.value) / 1000.0, score.value > 0 ? "higher" : "lower",
                     (score.value > 0 ? score.low : -score.high) / 1000.0,
                     (score.value > 0 ? score.high : -score.low) / 1000.0, Number(line.scored));
}

}  // namespace

std::string SentenceOf(const RunTables& tables, const ComparisonLine& line) {
  const std::string friction = FrictionText(tables, line.key);
  switch (line.standing) {
    case Standing::kRanked:
      return fmt::format("{} {} met it and {} compared with {} like them that did not.{}{}",
                         GoalsText("Repairing " + friction, line.more_goals), Journeys(line.compared),
                         line.compared == 1 ? "was" : "were", Number(line.comparable), TimeText(line),
                         ScoreText(line));
    case Standing::kTooSmall:
      return fmt::format(
          "Too small to say what repairing {} would bring: {} met it, {} could be compared with {}.",
          friction, Journeys(line.met), Number(line.compared), Number(line.comparable));
    case Standing::kNoComparison:
      return fmt::format(
          "What repairing {} would bring cannot be told: {} met it, {} could be compared with {}, and {} had "
          "nobody "
          "like them that did not meet it.",
          friction, Journeys(line.met), Number(line.compared), Number(line.comparable),
          Number(line.no_comparable));
  }
  return {};
}

std::string SentenceOf(const RunTables& tables, const ChainLine& line) {
  const bool drop_off = line.repair == Repair::kDropOff;
  const std::string what =
      drop_off ? "drop-off at " + PlaceText(tables, line.key.touchpoint) : FrictionText(tables, line.key);
  const std::string repair =
      fmt::format("By the chain of touchpoints, {} {}", drop_off ? "ending the" : "repairing", what);
  const std::string met =
      drop_off ? fmt::format("{} left there, out of {} visits", Journeys(line.journeys), Number(line.visits))
               : fmt::format("{} met it, in {} of {} visits", Journeys(line.journeys),
                             Number(line.hurt_visits), Number(line.visits));
  switch (line.standing) {
    case Standing::kTooSmall:
      return fmt::format("Too small to say what {} {} would bring: {}.",
                         drop_off ? "ending the" : "repairing", what, met);
    case Standing::kNoComparison:
      return fmt::format("{} cannot be judged: no visit tells how it would go on. {}.", repair, met);
    case Standing::kRanked:
      break;
  }
  if (!line.has_interval) {
    return fmt::format("{} would have brought {} more goals (without an interval: too many touchpoints). {}.",
                       repair, Rounded(line.more_goals.value), met);
  }
  return fmt::format("{} {}.", GoalsText(repair, line.more_goals), met);
}

}  // namespace v0
}  // namespace journey
