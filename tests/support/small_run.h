// A run over a handful of one customer's events, for tests that read as examples.
#pragma once
#include <string>
#include <vector>

#include "journey/core/status.h"
#include "journey/identity/key_resolver.h"
#include "journey/pipeline/pipeline.h"
#include "support/catch.h"
#include "support/dump.h"
#include "support/worlds.h"

namespace test {

struct Happened {
  journey::Duration at;
  std::string touchpoint;  // "web/view"
  std::vector<std::pair<std::string, Value>> attributes = {};
  std::string customer = "ann";
};

inline journey::EventLog LogOf(const std::vector<Happened>& events) {
  std::vector<Offer> offers;
  for (const Happened& event : events) {
    const std::size_t slash = event.touchpoint.find('/');
    offers.push_back({.time = kStart + event.at.count(),
                      .sequence = offers.size(),
                      .source = "s",
                      .channel = event.touchpoint.substr(0, slash),
                      .name = event.touchpoint.substr(slash + 1),
                      .identifiers = {{"user_id", event.customer}},
                      .attributes = event.attributes});
  }
  return LogOf(offers);
}

inline journey::Report RunOf(const journey::EventLog& log, journey::PipelineOptions options = {}) {
  if (options.resolver == nullptr) options.resolver = std::make_shared<journey::KeyResolver>("user_id");
  const auto pipeline = journey::Pipeline::Create(std::move(options));
  INFO(journey::MessageOf(pipeline.status()));
  REQUIRE(pipeline.ok());
  return pipeline->Run(log);
}

// The moment `at` after the first one.
inline journey::TimePoint After(journey::Duration at) {
  return journey::TimePoint{journey::Duration{kStart} + at};
}

}  // namespace test
