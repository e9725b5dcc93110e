// The tables of a run, for tests of what reads them.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "journey/insight/feedback.h"
#include "journey/insight/tables.h"
#include "journey/pipeline/pipeline.h"
#include "simulate/simulator.h"
#include "simulate/writers.h"
#include "support/small_run.h"

namespace test {

// A report with the tables that refer to it. Not to be moved.
struct TestRun {
  explicit TestRun(journey::Report the_report, journey::Duration session_gap = std::chrono::minutes{30})
      : report(std::move(the_report)),
        definitions(NamesOf(report)),
        tables{report.touchpoints, report.timeline.events, report.timeline.begins, report.journeys,
               report.findings,    report.labels,          report.detectors,       definitions,
               session_gap,        report.input.as_of} {}
  TestRun(const TestRun&) = delete;
  TestRun& operator=(const TestRun&) = delete;

  static std::vector<std::string> NamesOf(const journey::Report& report) {
    std::vector<std::string> names;
    for (const journey::JourneySummary& summary : report.journey_summaries)
      names.push_back(summary.definition);
    return names;
  }

  journey::Report report;
  std::vector<std::string> definitions;
  journey::RunTables tables;
};

// A purchase: view, pay, with the goal "purchase"; only web and app are in its scope.
inline journey::JourneyDefinition Purchase() {
  return {.name = "purchase",
          .steps = {{"view", {"view"}}, {"pay", {"pay"}}},
          .goal = {"purchase"},
          .abandon_after = std::chrono::days{7},
          .scope = {.channels = {"web", "app"}}};
}

}  // namespace test
