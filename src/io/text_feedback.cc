// The part of a text report that shows what customers answered.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "io/escape.h"
#include "io/insight_figures.h"
#include "io/text_insights.h"
#include "io/writer_figures.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

void AppendDrivers(const ScaleInsight& scale, TextPage& page) {
  const std::vector<JourneySummary>& journeys = page.report().journey_summaries;
  const bool several = journeys.size() > 1;
  TextTable table({{"difference", TextTable::kRight},
                   {"95%"},
                   {"q", TextTable::kRight},
                   {"with", TextTable::kRight},
                   {"without", TextTable::kRight},
                   {several ? "in journey" : ""},
                   {"where and what", TextTable::kFlexible}});
  std::size_t shown = 0, too_small = 0, not_shown = 0;
  for (const Driver& driver : scale.drivers) {
    too_small += driver.verdict == DriverVerdict::kTooSmall ? 1 : 0;
    not_shown += driver.verdict == DriverVerdict::kNotShown ? 1 : 0;
    if (driver.verdict != DriverVerdict::kShown || ++shown > page.rows()) continue;
    table.Row(
        {PointsText(driver.difference_milli, true), PointsInterval(driver.interval, true), QText(driver.q),
         CountText(driver.with.answers), CountText(driver.without.answers),
         several ? Shortened(Visible(journeys[driver.definition.value].definition), page.name_columns()) : "",
         page.Place(driver.friction.touchpoint) + "  " +
             Visible(FrictionName(page.report(), driver.friction))});
  }
  if (shown != 0) {
    page.Sentence("Scores about journeys with a friction, against those without it:");
    page.Table(table);
    page.Rest(shown, "frictions");
  }
  if (!scale.drivers.empty()) {
    page.Sentence(fmt::format("{} where no difference is shown, {} with too few answers to say.",
                              Plural(not_shown, "friction"), CountText(too_small)));
  }
}

void AppendScale(const Insights& insights, const ScaleInsight& scale, TextPage& page) {
  const ScoreSummary& all = scale.all;
  page.Sentence(fmt::format("{}: {} {} ({}), mean {} ({}), of {}.", TitleOf(scale.scale),
                            HeadlineText(scale.scale, all.headline), HeadlineNameOf(scale.scale),
                            HeadlineInterval(scale.scale, all.headline_interval), PointsText(all.mean_milli),
                            PointsInterval(all.mean_interval), Plural(all.answers, "answer")));
  if (scale.weighted) {
    page.Sentence(fmt::format(
        "Weighted for who answers: mean {} ({}), which speaks for {}; {} in groups that nobody answered "
        "from.",
        PointsText(scale.weighted->mean_milli), PointsInterval(scale.weighted->interval),
        Plural(scale.weighted->journeys, "journey"), CountText(scale.weighted->journeys_unheard)));
  }
  TextTable table({{"journey", TextTable::kFlexible},
                   {"ended"},
                   {"answers", TextTable::kRight},
                   {"mean", TextTable::kRight},
                   {"95%"}});
  for (const auto& [key, sums] : insights.scores.of(scale.scale).by_outcome) {
    const ScoreSummary summary = Summarize(sums, scale.scale);
    table.Row({Visible(page.report().journey_summaries[key.first.value].definition),
               std::string(NameOf(key.second)), CountText(summary.answers), PointsText(summary.mean_milli),
               PointsInterval(summary.mean_interval)});
  }
  if (!table.empty()) page.Table(table);
  AppendDrivers(scale, page);
}

}  // namespace

void AppendFeedback(const Insights& insights, TextPage& page) {
  const FeedbackCounts& counts = insights.feedback.counts;
  if (counts.offered == 0) return;
  page.Heading("WHAT CUSTOMERS SAY", Plural(counts.offered, "answer"));
  page.Sentence(fmt::format(
      "{} joined to a journey, {} to a session, {} to neither; {} unreadable and {} out of scale.",
      CountText(counts.joined), CountText(counts.to_session), CountText(counts.unjoined),
      CountText(counts.unreadable), CountText(counts.out_of_scale)));
  std::uint64_t journeys = 0, answered = 0;
  for (const auto& [group, rate] : insights.scores.rates) {
    journeys += rate.journeys;
    answered += static_cast<std::uint64_t>(rate.answered.x);
  }
  page.Sentence(fmt::format("{} of {} ({}) were answered about.", CountText(answered),
                            Plural(journeys, "journey"), ShareText(answered, journeys)));
  for (const ScaleInsight& scale : insights.scales) {
    page.Line();
    AppendScale(insights, scale, page);
  }
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
