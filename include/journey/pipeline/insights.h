// Insights: what a run's tables say about feedback, about what to fix first, about funnels, paths, credit and owners.
//
//   const Report report = pipeline.Run(log);
//   const auto insights = Analyze(log, report, pipeline.options());
//   if (!insights.ok()) ...                              // which option is wrong, and why
//   for (const ComparisonLine& line : insights->fix_first.by_comparison) ...
//
// A pure function of log, report and options: everything here is a view of the same journeys and findings as the report,
// and stands beside it. Threads change nothing in the result.
//
// Lifetime: independent of log and pipeline, but for rows of the log (FeedbackResponse::event); numbers of journeys,
//           touchpoints and labels are the report's.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "journey/core/status_fwd.h"
#include "journey/insight/attribution.h"
#include "journey/insight/attribution_paths.h"
#include "journey/insight/drivers.h"
#include "journey/insight/feedback.h"
#include "journey/insight/fix_first.h"
#include "journey/insight/owners.h"
#include "journey/insight/scores.h"
#include "journey/insight/tables.h"
#include "journey/measures/funnels_of_log.h"
#include "journey/measures/paths.h"
#include "journey/pipeline/options.h"
#include "journey/pipeline/report.h"

namespace journey {
inline namespace v0 {

// A report as the stage of insight reads it. Lifetime: refers to the report, which must outlive it.
class ReportTables {
 public:
  ReportTables(const Report& report, Duration session_gap);
  ReportTables(const ReportTables&) = delete;
  ReportTables& operator=(const ReportTables&) = delete;

  [[nodiscard]] const RunTables& tables() const { return tables_; }

 private:
  std::vector<std::string> definitions_;
  RunTables tables_;
};

// First, last, linear, position, time decay, removal and Shapley, each with its defaults.
[[nodiscard]] std::vector<AttributionOptions> DefaultAttribution();

struct InsightOptions {
  FeedbackOptions feedback = {};
  DriverOptions drivers = {};
  FixFirstOptions fix_first = {};
  AttributionPathOptions attribution_paths = {.transform = PathTransform::kCollapseRepeats};
  std::vector<AttributionOptions> attribution = DefaultAttribution();
  std::vector<FunnelDefinition> funnels = {};
  PathOptions paths = {};
  std::vector<TouchpointEntry> touchpoints = {};  // whose they are
  unsigned threads = 1;                           // also of the bootstrap; 1 to 256

  // InvalidArgument that names field, value and what is allowed.
  [[nodiscard]] absl::Status Validate() const;
};

// Of one scale that some answer used.
struct ScaleInsight {
  ScoreScale scale = ScoreScale::kCsat;
  ScoreSummary all;
  std::optional<WeightedScore> weighted;
  std::vector<Driver> drivers;
};

// The credit of each channel by one rule.
struct AttributionResult {
  AttributionOptions options;
  std::vector<ChannelCredit> credit;  // by ChannelId of the report
  std::string refused;                // why there is none: too many channels for Shapley
};

// What counted as an error, a contact with support and feedback, and how many events of the report did. Of a class that
// no event is in, no friction can be found.
struct ClassCounts {
  EventClasses classes;  // as the pipeline was told
  std::uint64_t errors = 0;
  std::uint64_t support = 0;
  std::uint64_t feedback = 0;
};

struct Insights {
  Feedback feedback;
  ScoreTally scores;
  std::vector<ScaleInsight> scales;  // those in use, in the order of ScoreScale
  FixFirst fix_first;

  // Of the paths of closed journeys over channels.
  std::vector<AttributionResult> attribution;
  std::uint64_t attribution_conversions = 0;
  std::uint64_t attribution_losses = 0;

  std::vector<FunnelResult> funnels;
  PathMeasures paths;
  TouchpointNotes notes;
  std::vector<OwnerRow> owners;  // empty without a catalogue
  // What figures here depend on, for those who show them.
  Duration feedback_window{0};
  ScoreScale score_scale = ScoreScale::kCsat;  // that fix_first tells scores in
  InsightOptions options;                      // as they were given
  ClassCounts classes;
};

// Errors: InvalidArgument from options.Validate(). Requires: the report of a pipeline with these options, over this log.
// Cost:     as Report in memory; the bootstrap is the largest part of the time (see fix_first.h).
[[nodiscard]] absl::StatusOr<Insights> Analyze(const EventLog& log, const Report& report,
                                               const PipelineOptions& pipeline,
                                               const InsightOptions& options = {});

}  // namespace v0
}  // namespace journey
