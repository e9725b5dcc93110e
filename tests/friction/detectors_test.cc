#include "journey/friction/channel_switch.h"
#include "journey/friction/detector_catalogue.h"
#include "journey/friction/drop_off.h"
#include "journey/friction/repetition.h"
#include "support/small_run.h"

using namespace journey;               // NOLINT
using namespace std::chrono_literals;  // NOLINT
using test::After;
using test::Happened;
using test::PlainFinding;
using test::Value;

namespace {

std::vector<PlainFinding> FindingsInForm(const std::vector<Happened>& events,
                                         const std::shared_ptr<const Detector>& detector,
                                         std::optional<TimePoint> as_of = {}) {
  PipelineOptions options;
  options.journeys = {{.name = "j",
                       .steps = {{"form", {"form"}}, {"pay", {"pay"}}, {"done", {"done"}}},
                       .abandon_after = 24h}};
  options.detectors = DetectorList{detector};
  options.as_of = as_of;
  return test::PlainOf(test::RunOf(test::LogOf(events), options)).findings;
}

// kind, reason, touchpoint, begin, end, step, cost
std::string Text(const PlainFinding& f) {
  return fmt::format("{} {} at {} [{}, {}) step {} cost {} {}s", f.kind, f.reason, test::TextOf(f.touchpoint),
                     f.begin, f.end, f.step, f.cost_events, f.cost_time / test::kSecond);
}

std::vector<std::string> Texts(const std::vector<PlainFinding>& findings) {
  std::vector<std::string> texts;
  for (const PlainFinding& finding : findings) texts.push_back(Text(finding));
  return texts;
}

using Expected = std::vector<std::string>;

// A host's own detector, in ten lines.
class SlowPayment final : public Detector {
 public:
  [[nodiscard]] std::string_view name() const override { return "slow_payment"; }
  void Examine(const JourneyView& journey, FindingSink& sink) const override {
    for (std::size_t i = 1; i < journey.size(); ++i) {
      if (journey.name_text(i - 1) == "pay" && journey.gap(i) > 5min) {
        sink.Add({.kind = "waited", .at = i - 1, .begin = i - 1, .end = i + 1, .cost_time = journey.gap(i)});
      }
    }
  }
};

}  // namespace

TEST_CASE("drop-off: an abandoned journey, at its last step and the touchpoint it was left from") {
  const auto detector = std::make_shared<DropOff>();
  const std::vector<Happened> events = {{0s, "web/form"}, {10s, "web/pay"}, {20s, "web/x"}, {3h, "app/help"}};
  CHECK(FindingsInForm(events, detector).empty());
  const auto findings = FindingsInForm(events, detector, After(48h));
  CHECK(Texts(findings) == Expected{"abandoned  at app/help [1, 4) step 1 cost 4 20s"});
  CHECK(findings[0].severity == "high");
  CHECK(findings[0].time == After(3h).time_since_epoch().count());
  CHECK(FindingsInForm({{0s, "web/form"}, {1s, "web/pay"}, {2s, "web/done"}}, detector, After(48h)).empty());
}

TEST_CASE("repetition: repeat in the same channel, redo in another, directly or with something between") {
  const auto detector = std::make_shared<Repetition>();
  CHECK(Texts(FindingsInForm({{0s, "web/form"}, {5s, "web/form"}}, detector)) ==
        Expected{"repeat self_loop at web/form [0, 2) step 0 cost 1 5s"});
  CHECK(Texts(FindingsInForm({{0s, "web/form"}, {5s, "web/help"}, {7s, "web/form"}}, detector)) ==
        Expected{"repeat between at web/form [0, 3) step 0 cost 1 2s"});
  CHECK(Texts(FindingsInForm({{0s, "web/form"}, {5s, "app/form"}}, detector)) ==
        Expected{"redo self_loop at app/form [0, 2) step 0 cost 1 5s"});
  CHECK(Texts(FindingsInForm({{0s, "web/form"}, {1s, "web/pay"}, {2h, "app/form"}, {2h + 1s, "app/form"}},
                             detector)) == Expected{"redo between at app/form [0, 3) step 0 cost 1 0s",
                                                    "repeat self_loop at app/form [2, 4) step 0 cost 1 1s"});
}

TEST_CASE("channel switch: forced at the touchpoint that was left, voluntary only if asked for") {
  const std::vector<Happened> events = {{0s, "web/form"},
                                        {5s, "app/x"},
                                        {9s, "app/pay", {{"status", Value::Text("error")}}},
                                        {2h, "phone/call"}};
  CHECK(Texts(FindingsInForm(events, std::make_shared<ChannelSwitchDetector>())) ==
        Expected{"forced error at app/pay [2, 4) step -1 cost 1 0s"});
  const auto both = FindingsInForm(events, std::make_shared<ChannelSwitchDetector>(
                                               ChannelSwitchDetectorOptions{.rule = {}, .voluntary = true}));
  CHECK(Texts(both) == Expected{"voluntary  at web/form [0, 2) step -1 cost 0 0s",
                                "forced error at app/pay [2, 4) step -1 cost 1 0s"});
}

TEST_CASE("the limit of a stall is the host's, and shown") {
  const ChannelSwitchDetector detector({.rule = {.stall = 1h}});
  CHECK(detector.parameters() == "stall 1h");
  CHECK(Texts(FindingsInForm({{0s, "web/form"}, {1h + 1us, "app/x"}},
                             std::make_shared<ChannelSwitchDetector>(detector))) ==
        Expected{"forced stall at web/form [0, 2) step -1 cost 1 0s"});
  CHECK(FindingsInForm({{0s, "web/form"}, {1h, "app/x"}}, std::make_shared<ChannelSwitchDetector>(detector))
            .empty());
}

TEST_CASE(
    "the default detectors are all that need neither a log nor a limit, with the host's rule for switches") {
  std::vector<std::string> names;
  for (const auto& detector : DefaultDetectors()) names.emplace_back(detector->name());
  CHECK(names == std::vector<std::string>{"drop_off", "repetition", "channel_switch", "stall", "backtrack",
                                          "loop", "error_loop", "rapid_repeat", "contact_after_abandonment",
                                          "lost_progress", "repeated_entry", "error", "support_contact"});
  for (const auto& detector : DefaultDetectors()) CHECK(!detector->learns());
  CHECK(DefaultDetectors({.stall = 2h})[2]->parameters() == "stall 2h");
  CHECK(DefaultDetectors({.stall = 2h})[3]->parameters() == "limit 2h");
  PipelineOptions options;
  options.switches.stall = 1h;
  options.journeys = {{.name = "j", .steps = {{"a", {"a"}}, {"b", {"b"}}, {"c", {"c"}}}}};
  const auto report =
      test::PlainOf(test::RunOf(test::LogOf(std::vector<Happened>{{0s, "web/a"}, {2h, "app/b"}}), options));
  REQUIRE(report.findings.size() == 2);
  CHECK(report.findings[0].reason == "stall");
  CHECK(report.findings[1].detector == "stall");
}

TEST_CASE("a host's own detector is ten lines and stands beside the others") {
  const auto findings = FindingsInForm({{0s, "web/form"}, {1s, "web/pay"}, {10min, "web/done"}},
                                       std::make_shared<SlowPayment>());
  REQUIRE(Texts(findings) == Expected{"waited  at web/pay [1, 3) step -1 cost 0 599s"});
  CHECK(findings[0].detector == "slow_payment");
  CHECK(findings[0].severity == "low");
  PipelineOptions options;
  DetectorList detectors = DefaultDetectors();
  detectors.push_back(std::make_shared<SlowPayment>());
  options.detectors = detectors;
  const Report report =
      test::RunOf(test::LogOf(std::vector<Happened>{{0s, "web/pay"}, {1h, "web/x"}}), options);
  REQUIRE(report.friction.size() == 1);
  CHECK(report.detectors[report.friction[0].detector.value].name == "slow_payment");
}

TEST_CASE("severities have names") {
  CHECK(NameOf(Severity::kLow) == "low");
  CHECK(NameOf(Severity::kMedium) == "medium");
  CHECK(NameOf(Severity::kHigh) == "high");
}
