// Findings of one detector in a handful of events, as texts.
#pragma once
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/small_run.h"

namespace test {

inline journey::JourneyDefinition FormPaySignDone() {
  return {.name = "j",
          .steps = {{"form", {"form"}}, {"pay", {"pay"}}, {"sign", {"sign"}}, {"done", {"done"}}},
          .abandon_after = std::chrono::hours{24 * 7}};
}

// Events of the definition above unless `options` say otherwise.
inline std::vector<PlainFinding> FindingsOf(const std::vector<Happened>& events,
                                            std::shared_ptr<const journey::Detector> detector,
                                            journey::PipelineOptions options = {
                                                .journeys = {FormPaySignDone()}}) {
  options.detectors = journey::DetectorList{std::move(detector)};
  return PlainOf(RunOf(LogOf(events), options)).findings;
}

// "kind reason at touchpoint [begin, end) step, cost events time, severity"; what is not there is left out.
inline std::string SentenceOf(const PlainFinding& f) {
  std::string text = f.kind + (f.reason.empty() ? "" : " " + f.reason);
  text += fmt::format(" at {} [{}, {})", TextOf(f.touchpoint), f.begin, f.end);
  if (f.step >= 0) text += fmt::format(" step {}", f.step);
  return text + fmt::format(", cost {} {}, {}", f.cost_events,
                            journey::FormatDuration(journey::Duration{f.cost_time}), f.severity);
}

inline std::vector<std::string> SentencesOf(const std::vector<PlainFinding>& findings) {
  std::vector<std::string> texts;
  for (const PlainFinding& finding : findings) texts.push_back(SentenceOf(finding));
  return texts;
}

// A row of a table of examples: what happened, and what is found.
struct Example {
  std::vector<Happened> events;
  std::vector<std::string> found;
};

inline void CheckExamples(const std::vector<Example>& examples,
                          const std::shared_ptr<const journey::Detector>& detector,
                          const journey::PipelineOptions& options = {.journeys = {FormPaySignDone()}}) {
  for (std::size_t i = 0; i < examples.size(); ++i) {
    INFO("row " << i);
    CHECK(SentencesOf(FindingsOf(examples[i].events, detector, options)) == examples[i].found);
  }
}

}  // namespace test
