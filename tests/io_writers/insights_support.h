// Insights to write, and the writers that take them.
#pragma once
#include <string>

#include "io_writers/support.h"
#include "journey/pipeline/insights.h"

namespace journey::testing {

inline Insights InsightsOn(const EventLog& log, const Report& report, const PipelineOptions& pipeline,
                           InsightOptions options = {}) {
  options.fix_first.bootstrap.replicates = 200;
  auto insights = Analyze(log, report, pipeline, options);
  REQUIRE(insights.ok());
  return *std::move(insights);
}

inline std::string JsonOf(const Report& report, const Insights& insights) {
  std::ostringstream out;
  WriteJson(report, insights, out);
  return out.str();
}
inline std::string TextOf(const Report& report, const Insights& insights, const TextOptions& options = {}) {
  std::ostringstream out;
  WriteText(report, insights, out, options);
  return out.str();
}
inline std::string HtmlOf(const Report& report, const Insights& insights, const HtmlOptions& options = {}) {
  std::ostringstream out;
  WriteHtml(report, insights, out, options);
  return out.str();
}

}  // namespace journey::testing
