// A detector of one's own, beside the built-in ones: customers who wait for minutes at the payment.
#include <fmt/format.h>
#include <journey/journey.h>

namespace {

class SlowPayment final : public journey::Detector {
 public:
  std::string_view name() const override { return "slow_payment"; }
  void Examine(const journey::JourneyView& journey, journey::FindingSink& sink) const override {
    for (std::size_t i = 1; i < journey.size(); ++i) {
      if (journey.name_text(i - 1) != "payment" || journey.active_gap(i) <= std::chrono::minutes{5}) continue;
      sink.Add({.kind = "waited", .at = i - 1, .begin = i - 1, .end = i + 1, .cost_time = journey.gap(i)});
    }
  }
};

}  // namespace

int main() {
  using namespace std::chrono_literals;
  journey::DetectorList detectors = journey::DefaultDetectors();
  detectors.push_back(std::make_shared<SlowPayment>());
  const auto pipeline = journey::Pipeline::Create({
      .journeys = {{.name = "checkout", .steps = {{"pay", {"payment"}}, {"confirm", {"confirmation"}}}}},
      .detectors = detectors,
  });
  if (!pipeline.ok()) return 1;

  const journey::TimePoint t = std::chrono::sys_days{std::chrono::March / 1 / 2024} + 12h;
  journey::EventLog log;
  log.Append({.time = t, .channel = "web", .name = "payment", .identifiers = {{"user_id", "1"}}});
  log.Append({.time = t + 8min, .channel = "web", .name = "confirmation", .identifiers = {{"user_id", "1"}}});
  log.Append({.time = t, .channel = "app", .name = "payment", .identifiers = {{"user_id", "2"}}});
  log.Append({.time = t + 20s, .channel = "app", .name = "confirmation", .identifiers = {{"user_id", "2"}}});

  const journey::Report report = pipeline->Run(log);
  for (const journey::Finding& finding : report.findings) fmt::print("{}\n", report.Describe(finding));
}
