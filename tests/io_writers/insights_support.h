// Insights to write, and the writers that take them.
#pragma once
#include <memory>
#include <string>

#include "io_writers/support.h"
#include "journey/identity/graph_resolver.h"
#include "journey/io/config.h"
#include "journey/pipeline/insights.h"
#include "simulate/simulator.h"
#include "simulate/writers.h"

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

// A simulated world with all that the configuration of the simulator asks for.
struct LikedWorld {
  explicit LikedWorld(std::uint32_t customers, unsigned threads = 1) {
    const auto config = ParseConfig(SimulatedJourneys(), "journeys.json");
    REQUIRE(config.ok());
    const SimulatedLog simulated = Simulate({.customers = customers, .seed = 3, .feedback_permille = 500});
    EventBuffer buffer;
    for (std::size_t i = 0; i < simulated.size(); ++i) log.Append(simulated.Fill(i, buffer));
    PipelineOptions options{.journeys = config->journeys, .classes = config->classes, .threads = threads};
    options.resolver = std::make_shared<GraphResolver>(config->identity);
    InsightOptions insight{.feedback = config->feedback,
                           .funnels = config->funnels,
                           .touchpoints = config->touchpoints,
                           .threads = threads};
    insight.fix_first.bootstrap.replicates = 200;
    insight.fix_first.min_exposed = 10;
    report = RunOn(log, options);
    auto analyzed = Analyze(log, report, options, insight);
    REQUIRE(analyzed.ok());
    insights = *std::move(analyzed);
  }
  EventLog log;
  Report report;
  Insights insights;
};

inline const LikedWorld& Simulated() {
  static const LikedWorld world(400);
  return world;
}

}  // namespace journey::testing
