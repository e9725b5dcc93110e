#include "journey/pipeline/insights.h"

#include <fmt/format.h>

#include <utility>

#include "journey/core/status.h"
#include "journey/journeys/classifier.h"

namespace journey {
inline namespace v0 {
namespace {

std::vector<std::string> NamesOf(const Report& report) {
  std::vector<std::string> names;
  for (const JourneySummary& summary : report.journey_summaries) names.push_back(summary.definition);
  return names;
}

ClassCounts CountClasses(const EventLog& log, const RunTables& tables, const EventClasses& classes) {
  const EventClassifier classifier(log, tables.touchpoints, {}, {}, classes);
  ClassCounts counts{.classes = classes};
  for (const EventRow& row : tables.timeline) {
    counts.errors += classifier.IsError(row) ? 1U : 0U;
    counts.support += classifier.IsSupport(row) ? 1U : 0U;
    counts.feedback += classifier.IsFeedback(row) ? 1U : 0U;
  }
  return counts;
}

void AddFeedback(const EventLog& log, const RunTables& tables, const EventClasses& classes,
                 const InsightOptions& options, Insights& insights) {
  insights.feedback = JoinFeedback(log, tables, classes, options.feedback);
  insights.feedback_window = options.feedback.window;
  insights.scores = TallyScores(tables, insights.feedback, 0, static_cast<std::uint32_t>(tables.customers()));
  for (std::size_t i = 0; i < kScoreScales; ++i) {
    const auto scale = static_cast<ScoreScale>(i);
    const ScoreSums& all = insights.scores.of(scale).all;
    if (all.answers() == 0) continue;
    insights.scales.push_back({scale, Summarize(all, scale), WeightScore(insights.scores, scale),
                               FindDrivers(insights.scores, scale, options.drivers)});
  }
}

Status AddAttribution(const RunTables& tables, const InsightOptions& options, Insights& insights) {
  const CustomerPaths customer_paths = PathsOfJourneys(tables, options.attribution_paths);
  const std::vector<AttributionPath> summed = SummarizePaths(customer_paths);
  // Time decay asks for the times of each path, which equal paths do not share.
  std::vector<AttributionPath> timed;
  for (const CustomerPath& path : customer_paths.paths) timed.push_back(path.path);
  for (const AttributionPath& path : summed) {
    insights.attribution_conversions += path.conversions;
    insights.attribution_losses += path.losses;
  }
  if (insights.attribution_conversions == 0) return absl::OkStatus();  // nothing to give credit for
  const std::size_t channels = tables.touchpoints.channels.size();
  for (const AttributionOptions& rule : options.attribution) {
    AttributionResult result{rule, {}, {}};
    const bool needs_times = rule.rule == AttributionRule::kTimeDecay;
    if (auto credit = CreditChannels(channels, needs_times ? timed : summed, rule); credit.ok()) {
      result.credit = *std::move(credit);
    } else {
      result.refused = MessageOf(credit.status());
    }
    insights.attribution.push_back(std::move(result));
  }
  return absl::OkStatus();
}

}  // namespace

ReportTables::ReportTables(const Report& report, Duration session_gap)
    : definitions_(NamesOf(report)),
      tables_{report.touchpoints, report.timeline.events, report.timeline.begins, report.journeys,
              report.findings,    report.labels,          report.detectors,       definitions_,
              session_gap,        report.input.as_of} {}

std::vector<AttributionOptions> DefaultAttribution() {
  using enum AttributionRule;
  std::vector<AttributionOptions> rules;
  for (const AttributionRule rule :
       {kFirst, kLast, kLinearTouches, kPosition, kTimeDecay, kRemoval, kShapley})
    rules.push_back({.rule = rule});
  return rules;
}

Status InsightOptions::Validate() const {
  const auto within = [](std::string_view what, const Status& status) -> Status {
    return status.ok() ? status : InvalidArgument(fmt::format("{}: {}", what, MessageOf(status)));
  };
  if (Status status = within("feedback", feedback.Validate()); !status.ok()) return status;
  if (Status status = within("fix_first", fix_first.Validate()); !status.ok()) return status;
  if (Status status = within("attribution_paths", attribution_paths.Validate()); !status.ok()) return status;
  for (std::size_t i = 0; i < attribution.size(); ++i) {
    if (Status status = within(fmt::format("attribution[{}]", i), attribution[i].Validate()); !status.ok())
      return status;
  }
  for (std::size_t i = 0; i < funnels.size(); ++i) {
    if (Status status = within(fmt::format("funnels[{}]", i), funnels[i].Validate()); !status.ok())
      return status;
  }
  if (Status status = within("paths", paths.Validate()); !status.ok()) return status;
  if (Status status = ValidateEntries(touchpoints); !status.ok()) return status;
  if (threads < 1 || threads > 256)
    return InvalidArgument(fmt::format("threads: {} is not allowed; it must be 1 to 256", threads));
  return absl::OkStatus();
}

StatusOr<Insights> Analyze(const EventLog& log, const Report& report, const PipelineOptions& pipeline,
                           const InsightOptions& options) {
  if (Status status = options.Validate(); !status.ok()) return status;
  const ReportTables view(report, pipeline.sessions.max_gap);
  const RunTables& tables = view.tables();
  Insights insights;
  insights.options = options;
  insights.classes = CountClasses(log, tables, pipeline.classes);
  AddFeedback(log, tables, pipeline.classes, options, insights);

  // The scale of the configuration is the one that improvements are told in.
  const auto scale = ScoreScaleOf(pipeline.classes.feedback_scale).value_or(ScoreScale::kCsat);
  insights.score_scale = scale;
  const std::vector<std::int32_t> scores =
      JourneyScores(insights.feedback, tables.journeys.rows.size(), scale);
  FixFirstOptions fix_first = options.fix_first;
  fix_first.bootstrap.threads = options.threads;
  auto ranked = RankFixes(tables, scores, fix_first);
  if (!ranked.ok()) return ranked.status();
  insights.fix_first = *std::move(ranked);
  if (Status status = AddAttribution(tables, options, insights); !status.ok()) return status;

  auto funnels = FunnelsOf({log, report.touchpoints, tables.timeline, tables.begins, pipeline.sessions},
                           options.funnels, options.threads);
  if (!funnels.ok()) return funnels.status();
  insights.funnels = *std::move(funnels);
  auto paths = PathsOf({log, report.touchpoints, tables.timeline, tables.begins, tables.journeys,
                        tables.definitions.size(), tables.session_gap},
                       options.paths, options.threads);
  if (!paths.ok()) return paths.status();
  insights.paths = *std::move(paths);
  insights.notes = NoteTouchpoints(report.touchpoints, options.touchpoints);
  if (!options.touchpoints.empty()) insights.owners = CountByOwner(tables, insights.notes);
  return insights;
}

}  // namespace v0
}  // namespace journey
