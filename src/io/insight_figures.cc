#include "io/insight_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "io/escape.h"
#include "io/writer_figures.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

// What one row of the friction took from one journey.
struct Met {
  std::uint32_t row;
  JourneyId journey;
  CustomerId customer;
  Duration cost{0};
};

std::vector<JourneyId> CostliestOf(std::span<Met> met, std::size_t limit) {
  std::ranges::stable_sort(met, std::greater<>{}, &Met::cost);
  std::vector<JourneyId> examples;
  std::vector<CustomerId> shown;
  for (const Met& one : met) {
    if (examples.size() == limit) break;
    if (std::ranges::find(shown, one.customer) != shown.end()) continue;
    shown.push_back(one.customer);
    examples.push_back(one.journey);
  }
  return examples;
}

std::string TextOfTenths(long long tenths) {
  const auto size = static_cast<std::uint64_t>(std::abs(tenths));
  return fmt::format("{}{}.{}", tenths < 0 ? "−" : "", CountText(size / 10), size % 10);
}

// "a, b or c", each visible and short.
template <typename Texts>
std::string Alternatives(const Texts& texts) {
  std::vector<std::string> names;
  for (const std::string& text : texts) names.push_back(Shortened(Visible(text), 40));
  constexpr std::size_t kNamed = 6;
  const std::size_t more = names.size() > kNamed ? names.size() - kNamed : 0;
  names.resize(names.size() - more);
  if (more != 0) names.push_back(fmt::format("{} others", more));
  std::string list;
  for (std::size_t i = 0; i < names.size(); ++i)
    list += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
  return list;
}

// "events pay or payment in the channel web with status error or failed".
std::string MatcherText(const Matcher& matcher) {
  std::string text = "events";
  if (!matcher.events.empty()) text += " called " + Alternatives(matcher.events);
  if (!matcher.channels.empty()) text += " in the channel " + Alternatives(matcher.channels);
  for (std::size_t i = 0; i < matcher.where.size(); ++i) {
    const AttributeCondition& condition = matcher.where[i];
    const std::string key = Shortened(Visible(condition.key), 40);
    text += i == 0 ? " with " : " and ";
    text += condition.values.empty() ? "any " + key : key + " " + Alternatives(condition.values);
  }
  return text;
}

std::string ClassSentence(std::string_view name, const Matcher& matcher, std::uint64_t count) {
  if (matcher.empty()) return fmt::format("{}: nothing is declared.", name);
  return fmt::format("{}: {}; {} in this log.", name, MatcherText(matcher),
                     count == 0 ? std::string("none") : CountText(count));
}

// "no event counts as an error or as a contact with support"; requires that one of them is so.
std::string UnseenNote(const ClassCounts& counts) {
  const bool errors = counts.errors == 0;
  const bool support = counts.support == 0;
  return fmt::format("no event counts as {}", errors && support ? "an error or as a contact with support"
                                              : errors          ? "an error"
                                                                : "a contact with support");
}

}  // namespace

std::string WhyUnseen(const Report& report, const Insights* insights) {
  if (!report.findings.empty()) return {};
  if (report.detectors.empty()) return "no detector was asked";
  if (insights == nullptr || (insights->classes.errors != 0 && insights->classes.support != 0)) return {};
  return UnseenNote(insights->classes);
}

std::vector<std::string> ClassSentences(const ClassCounts& counts) {
  return {ClassSentence("Errors", counts.classes.errors, counts.errors),
          ClassSentence("Support", counts.classes.support, counts.support),
          ClassSentence("Feedback", counts.classes.feedback, counts.feedback)};
}

std::string UnseenText(const ClassCounts& counts) {
  const bool errors = counts.errors == 0;
  const bool support = counts.support == 0;
  if (!errors && !support) return {};
  std::string note = UnseenNote(counts);
  note[0] = 'N';
  return fmt::format(
      "{}, so friction of that kind cannot be found, and that none is shown does not mean that there was "
      "none. "
      "What counts is declared in the journeys file, under {}.",
      note,
      errors && support ? "\"errors\" and \"support\""
      : errors          ? "\"errors\""
                        : "\"support\"");
}

std::string WhySilent(const ComparisonLine& line, const FixFirstOptions& options, bool goals) {
  std::vector<std::string> reasons;
  if (line.compared == 0 && line.no_comparable != 0) {
    reasons.push_back(fmt::format("{} met it, and nobody like them did not", CountText(line.no_comparable)));
  } else if (line.compared < options.min_exposed) {
    reasons.push_back(
        fmt::format("{} compared, {} needed", CountText(line.compared), CountText(options.min_exposed)));
    if (line.no_comparable != 0) {
      reasons.push_back(
          fmt::format("{} more, but nobody like them did not meet it", CountText(line.no_comparable)));
    }
  }
  if (line.compared != 0 && line.comparable < options.min_comparable) {
    reasons.push_back(fmt::format("{} like them, {} needed", CountText(line.comparable),
                                  CountText(options.min_comparable)));
  }
  if (reasons.empty() && !goals) {
    reasons.push_back(
        line.timed < options.min_exposed
            ? fmt::format("{} with a time, {} needed", CountText(line.timed), CountText(options.min_exposed))
            : fmt::format("fewer than {} like them with a time", CountText(options.min_comparable)));
  }
  return fmt::format("{}", fmt::join(reasons, "; "));
}

FrictionRows::FrictionRows(const Report& report) {
  for (std::uint32_t i = 0; i < report.friction.size(); ++i) {
    const FrictionRow& row = report.friction[i];
    rows_.emplace_back(FrictionKey{row.detector, row.kind, row.touchpoint}, i);
  }
  std::ranges::sort(rows_);
}

std::size_t FrictionRows::Find(const FrictionKey& key) const {
  const auto row = std::ranges::lower_bound(rows_, key, {}, &std::pair<FrictionKey, std::uint32_t>::first);
  return row != rows_.end() && row->first == key ? row->second : rows_.size();
}

std::vector<FrictionEvidence> EvidenceOfFriction(const Report& report, std::size_t examples) {
  const FrictionRows rows(report);
  std::vector<Met> met;
  for (const Finding& finding : report.findings) {
    const std::size_t row = rows.Find(KeyOf(finding));
    if (row == report.friction.size()) continue;
    met.push_back({static_cast<std::uint32_t>(row), finding.journey, finding.customer, finding.cost_time});
  }
  std::ranges::stable_sort(met, {}, [](const Met& one) { return std::tuple(one.row, one.journey); });
  std::vector<FrictionEvidence> evidence(report.friction.size());
  for (std::size_t begin = 0; begin < met.size();) {
    // The findings of one journey become one, with all of the cost.
    std::size_t end = begin;
    std::size_t kept = begin;
    for (; end < met.size() && met[end].row == met[begin].row; ++end) {
      if (end != begin && met[end].journey == met[kept].journey) {
        met[kept].cost += met[end].cost;
      } else {
        if (end != begin) ++kept;
        met[kept] = met[end];
      }
    }
    FrictionEvidence& of_row = evidence[met[begin].row];
    const std::span<Met> journeys(met.data() + begin, kept - begin + 1);
    for (const Met& one : journeys) {
      ++of_row.outcomes[static_cast<std::size_t>(report.journeys.rows[one.journey.value].outcome)];
    }
    of_row.examples = CostliestOf(journeys, examples);
    begin = end;
  }
  return evidence;
}

std::vector<std::vector<JourneyId>> LostAfter(const Report& report, std::size_t limit) {
  std::vector<std::vector<JourneyId>> lost(report.touchpoints.size());
  for (std::uint32_t j = 0; j < report.journeys.rows.size(); ++j) {
    const JourneyRow& row = report.journeys.rows[j];
    if (row.outcome == Outcome::kAchieved || row.outcome == Outcome::kOpen || row.events() == 0) continue;
    auto& examples = lost[report.event_of(row, row.events() - 1).touchpoint.value];
    if (examples.size() == limit) continue;
    if (!examples.empty() && report.journeys.rows[examples.back().value].customer == row.customer) continue;
    examples.push_back(JourneyId{j});
  }
  return lost;
}

std::string NothingEnded(const FixFirst& fixes) {
  return fmt::format(
      "No journey has ended yet: {} still open, so nobody knows what a friction cost. Journeys that are "
      "defined, with a "
      "goal and a time after which they are abandoned, end sooner than discovered ones.",
      Plural(fixes.open, "journey") + (fixes.open == 1 ? " is" : " are"));
}

ShownFixes FixesByComparison(const FixFirst& fixes) {
  ShownFixes shown;
  const bool goals = KnowsGoals(fixes);
  for (const ComparisonLine& line : fixes.by_comparison) {
    const bool speaks = line.standing == Standing::kRanked && (goals || line.says_time);
    (speaks ? shown.ranked : shown.silent).push_back(&line);
  }
  if (!goals) {
    std::ranges::stable_sort(shown.ranked, std::greater<>{},
                             [](const ComparisonLine* line) { return line->saved_time_us.value; });
  }
  return shown;
}

Clarity ClarityOf(const Estimate& estimate) {
  if (estimate.low > 0) return Clarity::kGain;
  return estimate.value > 0 && estimate.high > 0 ? Clarity::kUnclear : Clarity::kNoGain;
}

std::vector<const FeedbackResponse*> VerbatimsToShow(const Feedback& feedback, ScoreScale scale,
                                                     std::size_t limit) {
  std::vector<const FeedbackResponse*> worded;
  for (const FeedbackResponse& response : feedback.responses) {
    if (response.scale == scale && response.verbatim != kNoVerbatim) worded.push_back(&response);
  }
  std::ranges::stable_sort(worded, [](const FeedbackResponse* a, const FeedbackResponse* b) {
    return std::tuple(a->score_milli, b->time) < std::tuple(b->score_milli, a->time);
  });
  std::vector<const FeedbackResponse*> shown;
  std::vector<CustomerId> customers;
  for (const FeedbackResponse* response : worded) {
    if (shown.size() == limit) break;
    if (std::ranges::find(customers, response->customer) != customers.end()) continue;
    customers.push_back(response->customer);
    shown.push_back(response);
  }
  return shown;
}

std::string FrictionText(const Report& report, const FrictionKey& key) {
  return FrictionText(report.detectors[key.detector.value].name, report.label(key.kind));
}

std::string FrictionLabel(const Report& report, const FrictionKey& key) {
  return FrictionLabel(report.detectors[key.detector.value].name, report.label(key.kind));
}

std::string FrictionName(const Report& report, const FrictionKey& key) {
  return FrictionName(report.detectors[key.detector.value].name, report.label(key.kind));
}

std::string_view TitleOf(ScoreScale scale) {
  switch (scale) {
    case ScoreScale::kCsat:
      return "Satisfaction (CSAT, 1 to 5)";
    case ScoreScale::kNps:
      return "Recommendation (NPS, 0 to 10)";
    case ScoreScale::kCes:
      return "Ease (CES, 1 to 7, 7 is easy)";
  }
  return "";
}

std::string_view HeadlineNameOf(ScoreScale scale) {
  switch (scale) {
    case ScoreScale::kCsat:
      return "answered 4 or 5";
    case ScoreScale::kNps:
      return "promoters less detractors";
    case ScoreScale::kCes:
      return "mean";
  }
  return "";
}

std::string_view RangeOf(ScoreScale scale) {
  switch (scale) {
    case ScoreScale::kCsat:
      return "1 to 5";
    case ScoreScale::kNps:
      return "0 to 10";
    case ScoreScale::kCes:
      return "1 to 7";
  }
  return "";
}

std::string_view TitleOf(AttributionRule rule) {
  switch (rule) {
    case AttributionRule::kFirst:
      return "first";
    case AttributionRule::kLast:
      return "last";
    case AttributionRule::kLinearTouches:
      return "linear";
    case AttributionRule::kLinearChannels:
      return "linear by channel";
    case AttributionRule::kPosition:
      return "position";
    case AttributionRule::kTimeDecay:
      return "time decay";
    case AttributionRule::kPathMarginal:
      return "path marginal";
    case AttributionRule::kRemoval:
      return "removal";
    case AttributionRule::kShapley:
      return "Shapley";
  }
  return "";
}

std::string ParametersOf(const AttributionOptions& options) {
  switch (options.rule) {
    case AttributionRule::kPosition:
      return fmt::format("{} to the first, {} to the last touch, the rest to those between",
                         PercentText(options.first), PercentText(options.last));
    case AttributionRule::kTimeDecay:
      return fmt::format("halved for every {} before the goal", FormatDuration(options.half_life));
    case AttributionRule::kRemoval:
      return fmt::format("what a Markov chain of order {} loses without the channel", options.order);
    case AttributionRule::kShapley:
      return "the mean of what the channel adds to every set of others";
    case AttributionRule::kLinearTouches:
      return "the same to each touch";
    case AttributionRule::kLinearChannels:
      return "the same to each channel";
    case AttributionRule::kPathMarginal:
      return "what the rate of the path loses without the touch";
    case AttributionRule::kFirst:
      return "all to the first touch";
    case AttributionRule::kLast:
      return "all to the last touch";
  }
  return "";
}

std::string TenthsText(double number) {
  return TextOfTenths(std::llround(number * 10));
}

std::vector<std::string> TenthsColumn(std::span<const double> parts) {
  struct Part {
    std::size_t at;
    long long tenths;
    double missing;  // of the tenths, once rounded
  };
  std::vector<Part> rounded;
  double sum = 0.0;
  long long tenths = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const long long whole = std::llround(parts[i] * 10);
    rounded.push_back({i, whole, parts[i] * 10 - static_cast<double>(whole)});
    sum += parts[i];
    tenths += whole;
  }
  // Those that were rounded furthest the other way take what is missing.
  const long long missing = std::llround(sum * 10) - tenths;
  const long long step = missing > 0 ? 1 : -1;
  std::ranges::stable_sort(rounded, std::greater<>{},
                           [&](const Part& part) { return part.missing * static_cast<double>(step); });
  for (std::size_t i = 0; i < rounded.size() && static_cast<long long>(i) < missing * step; ++i)
    rounded[i].tenths += step;
  std::ranges::sort(rounded, {}, &Part::at);
  std::vector<std::string> texts;
  for (const Part& part : rounded) texts.push_back(TextOfTenths(part.tenths));
  return texts;
}

std::string NegativeCreditText(const Insights& insights) {
  const auto negative = [](const ChannelCredit& credit) { return credit.conversions < -0.05; };
  const bool some = std::ranges::any_of(insights.attribution, [&](const AttributionResult& result) {
    return std::ranges::any_of(result.credit, negative);
  });
  if (!some) return {};
  return "Less than 0 means that journeys with the channel reached their goal less often than those without "
         "it.";
}

std::string NumberText(double number, bool sign) {
  const double size = std::abs(number);
  const int decimals = size >= 9.95 ? 0 : size >= 0.095 || size < 0.0005 ? 1 : 2;
  const double scale = decimals == 0 ? 1.0 : decimals == 1 ? 10.0 : 100.0;
  const auto units = static_cast<std::uint64_t>(std::llround(size * scale));
  const auto one = static_cast<std::uint64_t>(scale);
  std::string text = CountText(units / one);
  if (decimals != 0 && units != 0) text += fmt::format(".{:0{}}", units % one, decimals);
  if (units == 0) return "0";
  return (number < 0 ? "−" : sign ? "+" : "") + text;
}

std::string EstimateText(const Estimate& estimate) {
  return NumberText(estimate.value, true);
}

std::string IntervalText(double low, double high, bool sign) {
  return NumberText(low, sign) + " to " + NumberText(high, sign);
}

std::string PointsText(double milli, bool sign) {
  const auto hundredths = std::llround(std::abs(milli) / 10);
  const std::string_view mark = hundredths == 0 ? "" : milli < 0 ? "−" : sign ? "+" : "";
  return fmt::format("{}{}.{:02}", mark, hundredths / 100, hundredths % 100);
}

std::string PointsInterval(const Interval& milli, bool sign) {
  return PointsText(milli.low, sign) + " to " + PointsText(milli.high, sign);
}

std::string PercentText(double share) {
  if (share > 0 && share < 0.005) return "<1%";
  if (share < 1 && share >= 0.995) return ">99%";
  return fmt::format("{}%", std::llround(share * 100));
}

std::string HeadlineText(ScoreScale scale, double headline) {
  switch (scale) {
    case ScoreScale::kCsat:
      return fmt::format("{:.1f}%", headline * 100);
    case ScoreScale::kNps:
      return NumberText(static_cast<double>(std::llround(headline * 100)), true);
    case ScoreScale::kCes:
      return PointsText(headline * 1000);
  }
  return "";
}

std::string HeadlineInterval(ScoreScale scale, const Interval& interval) {
  return HeadlineText(scale, interval.low) + " to " + HeadlineText(scale, interval.high);
}

std::string TimeText(double microseconds) {
  const auto size = Duration{std::llround(std::abs(microseconds))};
  const std::string text =
      size < std::chrono::seconds{1} ? "0s" : FormatDuration(std::chrono::floor<std::chrono::seconds>(size));
  return text == "0s" ? text : (microseconds < 0 ? "−" : "+") + text;
}

std::string QText(double q) {
  if (q < 0.001) return "<0.001";
  return fmt::format("{:.{}f}", q, q < 0.1 ? 3 : 2);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
