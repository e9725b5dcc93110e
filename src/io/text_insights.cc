#include "io/text_insights.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "io/escape.h"
#include "io/insight_figures.h"
#include "io/writer_figures.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

constexpr std::size_t kTold = 3;  // lines of a ranking that get a sentence
constexpr std::string_view kFirstExplained =
    "first: the share of resamples of the customers in which the line came first.";

std::string What(const Report& report, const FrictionKey& key) {
  return Visible(FrictionName(report, key));
}

// "web/payment error_loop (Payments)"
std::string Line(const Insights& insights, const TextPage& page, TouchpointId touchpoint,
                 const std::string& what) {
  const std::string_view owner = insights.notes.owner_of(touchpoint);
  return page.Place(touchpoint) + "  " + what +
         (owner.empty() ? std::string() : " (" + Shortened(Visible(owner), page.owner_columns()) + ")");
}

void AppendComparison(const Insights& insights, const RunTables& tables, TextPage& page) {
  const FixFirst& fixes = insights.fix_first;
  const bool goals = KnowsGoals(fixes);
  const ShownFixes shown = FixesByComparison(fixes);
  page.Heading("WHAT TO FIX FIRST", "by comparison with journeys like those that met it");
  if (fixes.closed == 0) return page.Sentence(NothingEnded(fixes));
  page.Sentence(fmt::format(
      "{} closed, {} of them with their goal reached; {} open ones are left out. What repairing one friction "
      "alone would have {}; effects do not add up.",
      Plural(fixes.closed, "journey"), CountText(fixes.achieved), CountText(fixes.open),
      goals ? "brought" : "saved in active time (no journey has a goal)"));
  if (shown.ranked.empty()) {
    page.Sentence("There is nothing that enough journeys met and enough like them did not.");
  } else {
    TextTable table({{"#", TextTable::kRight},
                     {goals ? "goals" : "time saved", TextTable::kRight},
                     {"95%"},
                     {goals ? "first" : "", TextTable::kRight},
                     {"compared", TextTable::kRight},
                     {"where and what", TextTable::kFlexible}});
    for (std::size_t i = 0; i < std::min(page.rows(), shown.ranked.size()); ++i) {
      const ComparisonLine& line = *shown.ranked[i];
      const Estimate& effect = goals ? line.more_goals : line.saved_time_us;
      table.Row({fmt::format("{}", i + 1), goals ? EstimateText(effect) : TimeText(effect.value),
                 goals ? IntervalText(effect.low, effect.high, true)
                       : TimeText(effect.low) + " to " + TimeText(effect.high),
                 goals ? PercentText(line.first_share) : "", CountText(goals ? line.compared : line.timed),
                 Line(insights, page, line.key.touchpoint, What(page.report(), line.key))});
    }
    page.Table(table);
    page.Rest(shown.ranked.size(), "places");
    if (goals) page.Sentence(kFirstExplained);
    page.Line();
    for (std::size_t i = 0; goals && i < std::min(kTold, shown.ranked.size()); ++i) {
      page.Sentence(fmt::format("  {}. ", i + 1), Visible(SentenceOf(tables, *shown.ranked[i])));
    }
  }
  if (!shown.silent.empty()) {
    std::string largest;
    constexpr std::size_t kNamed = 5;
    for (std::size_t i = 0; i < std::min(kNamed, shown.silent.size()); ++i) {
      const ComparisonLine& line = *shown.silent[i];
      largest +=
          fmt::format("{}{} {} ({})", i == 0 ? "" : ", ", page.Place(line.key.touchpoint),
                      What(page.report(), line.key), WhySilent(line, insights.options.fix_first, goals));
    }
    page.Sentence(fmt::format(
        "{} too small to say: it takes {} that met it and can be compared, and {} like them that did not. "
        "Met by most: {}.",
        Plural(shown.silent.size(), "place") + (shown.silent.size() == 1 ? " is" : " are"),
        Plural(insights.options.fix_first.min_exposed, "journey"),
        CountText(insights.options.fix_first.min_comparable), largest));
  }
  if (!fixes.implied.empty()) {
    std::vector<std::string> names;
    for (const FrictionKey& key : fixes.implied) {
      const std::string name = Visible(page.report().detectors[key.detector.value].name);
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
    page.Sentence(fmt::format("Left out, because it says by itself that a journey failed: {}.",
                              fmt::join(names, ", ")));
  }
}

void AppendChain(const Insights& insights, const RunTables& tables, TextPage& page) {
  const FixFirst& fixes = insights.fix_first;
  std::vector<const ChainLine*> ranked;
  for (const ChainLine& line : fixes.by_chain) {
    if (line.standing == Standing::kRanked) ranked.push_back(&line);
  }
  if (!KnowsGoals(fixes) || ranked.empty()) return;
  page.Heading("BY THE CHAIN OF TOUCHPOINTS", "another question: do not mix the two");
  page.Sentence(
      "If those who come to a touchpoint went on as they do when it does not hurt, or if nobody left there.");
  TextTable table({{"#", TextTable::kRight},
                   {"goals", TextTable::kRight},
                   {"95%"},
                   {"first", TextTable::kRight},
                   {"visits", TextTable::kRight},
                   {"where and what", TextTable::kFlexible}});
  const std::size_t rows = std::min(page.rows(), ranked.size());
  for (std::size_t i = 0; i < rows; ++i) {
    const ChainLine& line = *ranked[i];
    table.Row({fmt::format("{}", i + 1), EstimateText(line.more_goals),
               line.has_interval ? IntervalText(line.more_goals.low, line.more_goals.high, true) : "–",
               line.has_interval ? PercentText(line.first_share) : "–", CountText(line.visits),
               Line(insights, page, line.key.touchpoint,
                    line.repair == Repair::kDropOff ? "drop-off" : What(page.report(), line.key))});
  }
  page.Table(table);
  page.Rest(ranked.size(), "places");
  page.Sentence(kFirstExplained);
  if (std::ranges::any_of(ranked, [](const ChainLine* line) { return line->repair == Repair::kDropOff; }))
    page.Sentence(kDropOffExplained);
  page.Line();
  page.Sentence("  1. ", Visible(SentenceOf(tables, *ranked.front())));
  if (fixes.by_chain.size() > ranked.size()) {
    page.Sentence(Plural(fixes.by_chain.size() - ranked.size(), "place") + " too small to say.");
  }
  if (!fixes.chain_resampled) page.Sentence("There are too many touchpoints for intervals.");
}

}  // namespace

void AppendFixFirst(const Insights& insights, TextPage& page) {
  if (insights.fix_first.by_comparison.empty() && insights.fix_first.by_chain.empty()) return;
  const ReportTables tables(page.report(), Duration{0});
  AppendComparison(insights, tables.tables(), page);
  AppendChain(insights, tables.tables(), page);
}

void AppendClasses(const Insights& insights, TextPage& page) {
  for (const std::string& sentence : ClassSentences(insights.classes)) page.Sentence(sentence);
  if (const std::string unseen = UnseenText(insights.classes); !unseen.empty()) page.Sentence(unseen);
}

void AppendFunnels(const Insights& insights, TextPage& page) {
  for (const FunnelResult& result : insights.funnels) {
    const Funnel& funnel = result.funnel;
    const FunnelRules& rules = result.definition.rules;
    page.Heading("FUNNEL " + Shortened(Visible(result.definition.name), page.width() - 30),
                 CountText(funnel.entered()) + " entered");
    std::string told = fmt::format("Counted: {}, steps {}, {}", NameOf(rules.counting),
                                   rules.order == FunnelOrder::kOrdered  ? "in order"
                                   : rules.order == FunnelOrder::kStrict ? "in strict order"
                                                                         : "in any order",
                                   NameOf(rules.anchor));
    std::ranges::replace(told, '_', ' ');
    if (result.definition.window) told += ", within " + FormatDuration(*result.definition.window);
    if (funnel.dropped() != 0) {
      told += fmt::format("; {} dropped by an exclusion", Plural(funnel.dropped(), "customer"));
    }
    page.Sentence(fmt::format("{}; of {} looked at.", told, Plural(funnel.customers(), "customer")));
    TextTable table({{"step", TextTable::kFlexible},
                     {"reached", TextTable::kRight},
                     {"share", TextTable::kRight},
                     {""},
                     {"ended here", TextTable::kRight},
                     {"median wait", TextTable::kRight}});
    for (std::size_t i = 0; i < funnel.steps().size(); ++i) {
      const FunnelStepCount& step = funnel.steps()[i];
      table.Row({Visible(result.definition.steps[i].name), CountText(step.reached),
                 ShareText(step.reached, funnel.entered()), Bar(step.reached, funnel.entered(), 16),
                 // Who came to the end is no loss.
                 i + 1 == funnel.steps().size() ? "–" : CountText(step.ended),
                 i == 0 ? "" : MedianText(step.from_previous)});
    }
    page.Table(table);
  }
}

void AppendOwners(const Insights& insights, TextPage& page) {
  if (insights.owners.empty()) return;
  page.Heading("BY OWNER", "a journey can meet several owners");
  TextTable table({{"owner", TextTable::kFlexible},
                   {"touchpoints", TextTable::kRight},
                   {"journeys", TextTable::kRight},
                   {"hurt", TextTable::kRight},
                   {"", TextTable::kRight},
                   {"findings", TextTable::kRight},
                   {"too long", TextTable::kRight}});
  for (std::size_t i = 0; i < std::min(page.rows(), insights.owners.size()); ++i) {
    const OwnerRow& row = insights.owners[i];
    const std::string name =
        row.owner == TouchpointNotes::kNone ? "(nobody)" : Visible(insights.notes.owners[row.owner]);
    table.Row({name, CountText(row.touchpoints), CountText(row.journeys), CountText(row.journeys_hurt),
               ShareText(row.journeys_hurt, row.journeys), CountText(row.findings),
               row.stays == 0 ? "" : ShareText(row.overlong, row.stays)});
  }
  page.Table(table);
  page.Rest(insights.owners.size(), "owners");
}

void AppendAttribution(const Insights& insights, TextPage& page) {
  if (insights.attribution.empty()) return;
  page.Heading("CREDIT OF CHANNELS", fmt::format("{} that reached their goal, {} that did not",
                                                 Plural(insights.attribution_conversions, "journey"),
                                                 CountText(insights.attribution_losses)));
  std::vector<TextTable::Column> columns{{"channel", TextTable::kFlexible}};
  for (const AttributionResult& result : insights.attribution) {
    if (result.refused.empty())
      columns.push_back({std::string(TitleOf(result.options.rule)), TextTable::kRight});
  }
  TextTable table(std::move(columns));
  const auto& channels = page.report().touchpoints.channels;
  std::vector<std::vector<std::string>> rows;
  for (const std::string& channel : channels) rows.push_back({Visible(channel)});
  rows.push_back({"(all)"});
  for (const AttributionResult& result : insights.attribution) {
    if (!result.refused.empty()) continue;
    std::vector<double> credit;
    double sum = 0;
    for (const ChannelCredit& of : result.credit) {
      credit.push_back(of.conversions);
      sum += of.conversions;
    }
    const std::vector<std::string> column = TenthsColumn(credit);
    for (std::size_t i = 0; i < column.size(); ++i) rows[i].push_back(column[i]);
    rows.back().push_back(TenthsText(sum));
  }
  for (std::vector<std::string>& row : rows) table.Row(std::move(row));
  page.Table(table);
  for (const AttributionResult& result : insights.attribution) {
    if (!result.refused.empty())
      page.Sentence(fmt::format("{}: {}.", TitleOf(result.options.rule), Visible(result.refused)));
  }
  page.Sentence("Credit says who was there, not who caused it.");
  if (const std::string negative = NegativeCreditText(insights); !negative.empty()) page.Sentence(negative);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
