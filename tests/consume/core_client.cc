// A host of the core alone, with a detector of its own: two customers, one of them on two channels, are read
// from nothing but what they did.
#include <journey/journey.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string_view>

namespace {

class SlowPayment final : public journey::Detector {
 public:
  std::string_view name() const override { return "slow_payment"; }
  void Examine(const journey::JourneyView& journey, journey::FindingSink& sink) const override {
    for (std::size_t i = 1; i < journey.size(); ++i) {
      if (journey.name_text(i - 1) == "payment" && journey.gap(i) > std::chrono::minutes{5}) {
        sink.Add({.kind = "waited", .at = i - 1, .begin = i - 1, .end = i + 1, .cost_time = journey.gap(i)});
      }
    }
  }
};

int failures = 0;

void Expect(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "not so: %s\n", what);
  ++failures;
}

}  // namespace

int main() {
  using std::chrono::minutes;
  const journey::TimePoint t0 = journey::kMinTime + std::chrono::days{20000};
  journey::EventLog log;
  log.Append({.time = t0, .channel = "web", .name = "view", .identifiers = {{"cookie", "c-17"}}});
  log.Append({.time = t0 + minutes{1},
              .channel = "web",
              .name = "payment",
              .identifiers = {{"cookie", "c-17"}, {"user_id", "42"}}});
  log.Append(
      {.time = t0 + minutes{9}, .channel = "app", .name = "purchase", .identifiers = {{"user_id", "42"}}});
  log.Append(
      {.time = t0 + minutes{2}, .channel = "web", .name = "view", .identifiers = {{"cookie", "c-99"}}});
  Expect(!log.Append({.time = t0, .channel = "", .name = "view"}).accepted(),
         "an event without a channel is rejected");

  const journey::JourneyDefinition checkout{.name = "checkout",
                                            .steps = {{"view", {"view"}}, {"pay", {"payment"}}},
                                            .goal = {"purchase"},
                                            .abandon_after = std::chrono::days{7}};
  journey::PipelineOptions options{.journeys = {checkout}, .as_of = t0 + std::chrono::days{30}, .threads = 2};
  options.detectors = journey::DefaultDetectors();
  options.detectors->push_back(std::make_shared<SlowPayment>());
  const auto pipeline = journey::Pipeline::Create(options);
  Expect(pipeline.ok(), "the options are valid");
  if (!pipeline.ok()) return 1;
  const journey::Report report = pipeline->Run(log);

  Expect(report.input.statuses.offered() == 5 && report.input.events == 4,
         "four of five events are accepted");
  Expect(report.customers.size() == 2,
         "the cookie and the user id are one customer, the other cookie a second");
  Expect(report.sessions.size() == 2, "each was here once");
  int achieved = 0, abandoned = 0, slow = 0, drop_offs = 0;
  for (const journey::JourneyRow& row : report.journeys.rows) {
    achieved += row.outcome == journey::Outcome::kAchieved;
    abandoned += row.outcome == journey::Outcome::kAbandoned;
  }
  for (const journey::Finding& finding : report.findings) {
    const std::string_view detector = report.detectors[finding.detector.value].name;
    slow += detector == "slow_payment" && report.label(finding.kind) == "waited";
    drop_offs += detector == "drop_off";
    Expect(!report.Describe(finding).empty(), "every finding can be described");
  }
  Expect(achieved == 1 && abandoned == 1, "one checkout was achieved and one abandoned");
  Expect(slow == 1 && drop_offs == 1, "the slow payment and the drop-off are found");

  options.threads = 0;
  Expect(!journey::Pipeline::Create(options).ok(), "zero threads are refused");
  return failures == 0 ? 0 : 1;
}
