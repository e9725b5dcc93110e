// A host's detector inside the live engine: what it throws must not reach another customer, or the caller.
#include <stdexcept>

#include "journey/friction/error_met.h"
#include "live/live_worlds.h"
#include "support/catch.h"

namespace {

using test::Offer;
using test::Step;

// Finds every event, but breaks at one that is called "boom".
class Brittle final : public journey::Detector {
 public:
  [[nodiscard]] std::string_view name() const override { return "brittle"; }
  void Examine(const journey::JourneyView& journey, journey::FindingSink& sink) const override {
    for (std::size_t i = 0; i < journey.size(); ++i) {
      if (journey.name_text(i) == "boom") throw std::runtime_error("host");
      sink.Add({.kind = "event", .at = i, .begin = i, .end = i + 1});
    }
  }
};

}  // namespace

TEST_CASE("what a detector throws is caught and counted, and touches no other finding") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  journey::EngineOptions options;
  options.pipeline.detectors =
      journey::DetectorList{std::make_shared<Brittle>(), std::make_shared<journey::ErrorMet>()};
  const auto engine = test::MakeEngine(options);
  const auto findings = [&] {
    std::vector<std::size_t> by_customer(engine->Report().customers.size());
    for (const journey::Finding& finding : engine->Report().findings) ++by_customer[finding.customer.value];
    return by_customer;
  };
  engine->Ingest(AsEvent(Step("1", 0, "view", "a")));
  engine->Ingest(AsEvent(Step("2", 1, "view", "b")));
  CHECK(findings() == std::vector<std::size_t>{1, 1});
  CHECK(engine->Ingest(AsEvent(Step("3", 2, "boom", "a"))).accepted());
  CHECK(findings() == std::vector<std::size_t>{0, 1});
  CHECK(engine->statistics().detectors_failed == 1);
  engine->Ingest(AsEvent(Step("4", 3, "view", "b")));
  engine->Ingest(AsEvent(Step("5", 4, "view", "a")));
  CHECK(findings() == std::vector<std::size_t>{0, 2});
  CHECK(engine->statistics().detectors_failed == 2);
  // Once the event that it breaks at is gone, all is as if it had never been.
  engine->Erase("cookie", "a", engine->as_of());
  engine->Ingest(AsEvent(Step("6", 5, "view", "c")));
  CHECK(findings() == std::vector<std::size_t>{2, 1});
  CHECK(engine->statistics().detectors_failed == 2);
}
