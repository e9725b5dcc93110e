#include "journey/journeys/view.h"

#include <functional>

#include "journey/journeys/channel_switches.h"
#include "journey/journeys/done_steps.h"
#include "support/small_run.h"

using namespace journey;               // NOLINT
using namespace std::chrono_literals;  // NOLINT
using test::Happened;
using test::Value;

namespace {

// Calls `look` with each journey that a run looks at.
void Look(const std::vector<Happened>& events, const PipelineOptions& options,
          const std::function<void(const JourneyView&)>& look) {
  class Looking final : public Detector {
   public:
    explicit Looking(const std::function<void(const JourneyView&)>& use) : use_(use) {}
    [[nodiscard]] std::string_view name() const override { return "looking"; }
    void Examine(const JourneyView& journey, FindingSink&) const override { use_(journey); }

   private:
    const std::function<void(const JourneyView&)>& use_;
  };
  PipelineOptions with = options;
  with.detectors = DetectorList{std::make_shared<Looking>(look)};
  test::RunOf(test::LogOf(events), with);
}

PipelineOptions TwoSteps() {
  PipelineOptions options;
  options.journeys = {{.name = "j", .steps = {{"view", {"view"}}, {"pay", {"pay"}}, {"done", {"done"}}}}};
  return options;
}

// One letter an event: '-' nothing again, else the place of the event that did the step last.
std::string AgainOf(const std::vector<Happened>& events, const PipelineOptions& options) {
  std::string text;
  Look(events, options, [&](const JourneyView& journey) {
    DoneSteps done(journey);
    for (std::size_t i = 0; i < journey.size(); ++i) {
      const auto again = done.Next();
      text += again ? std::to_string(again->last_done_at) : "-";
    }
  });
  return text;
}

}  // namespace

TEST_CASE("a view shows a journey's own events, numbered from 0") {
  PipelineOptions options = TwoSteps();
  options.journeys[0].scope = {.channels = {"web"}};
  int looked = 0;
  Look({{0s, "app/x"},
        {1s,
         "web/view",
         {{"price", Value::Number(9.5)}, {"plan", Value::Text("pro")}, {"vip", Value::Boolean(true)}}},
        {2s, "app/x"},
        {62s, "app/pay", {{"status", Value::Text("error")}}},
        {3h, "web/x"}},
       options, [&](const JourneyView& journey) {
         ++looked;
         REQUIRE(journey.size() == 3);
         CHECK(journey.definition()->name == "j");
         CHECK(journey.steps() == 3);
         CHECK(journey.name_text(1) == "pay");
         CHECK(journey.channel_text(1) == "app");
         CHECK(journey.channel(0) != journey.channel(1));
         CHECK(journey.name(0) != journey.name(1));
         CHECK(journey.gap(0) == 0s);
         CHECK(journey.gap(1) == 61s);
         CHECK(journey.active_gap(1) == 61s);
         CHECK(journey.gap(2) > 2h);
         CHECK(journey.active_gap(2) == 0s);
         CHECK(journey.reached(0) == 0);
         CHECK(journey.reached(1) == 1);
         CHECK_FALSE(journey.reached(2));
         CHECK(journey.steps_matched(1) == 2);
         CHECK(journey.is_error(1));
         CHECK_FALSE(journey.is_error(0));
         CHECK(journey.attribute(0, "price")->number() == 9.5);
         CHECK(journey.attribute(0, "plan")->text() == "pro");
         CHECK(journey.attribute(0, "vip")->boolean());
         CHECK_FALSE(journey.attribute(1, "price"));
         CHECK_FALSE(journey.attribute(1, "never"));
       });
  CHECK(looked == 1);
}

TEST_CASE("an event does a step again if it matches one that was reached and reaches none itself") {
  CHECK(AgainOf({{0s, "web/view"}, {1s, "web/view"}, {2s, "web/pay"}, {3s, "app/pay"}, {4s, "web/view"}},
                TwoSteps()) == "-0-21");
  CHECK(AgainOf({{0s, "web/view"}, {1s, "web/x"}, {2s, "web/x"}}, TwoSteps()) == "---");
  CHECK(AgainOf({{0s, "web/view"}, {1s, "web/done"}, {2s, "web/done"}}, TwoSteps()) == "---");
}

TEST_CASE("of several steps that an event does again the latest counts") {
  PipelineOptions options;
  options.journeys = {{.name = "j", .steps = {{"any", {{"a", "b"}}}, {"b", {"b"}}, {"c", {"c"}}}}};
  CHECK(AgainOf({{0s, "web/a"}, {1s, "web/b"}, {2s, "web/b"}, {3s, "web/a"}, {4s, "web/b"}}, options) ==
        "--102");
}

TEST_CASE("in a discovered journey every event name is a step, in whatever channel") {
  CHECK(AgainOf({{0s, "web/a"}, {1s, "app/a"}, {2s, "web/b"}, {3s, "web/a"}}, {}) == "-0-1");
}

TEST_CASE("a switch of channel is forced by an error, a stall, support or a step again, the first of these") {
  PipelineOptions options = TwoSteps();
  const Value error = Value::Text("error");
  const auto reason = [&](const Happened& before, const Happened& after) {
    std::string text;
    Look({{0s, "web/view"}, before, after}, options, [&](const JourneyView& journey) {
      std::vector<ChannelSwitch> switches;
      FindChannelSwitches(journey, {.stall = 24h}, switches);
      for (const ChannelSwitch& change : switches) {
        CHECK(change.forced() == (change.reason != SwitchReason::kVoluntary));
        text += std::to_string(change.event) + std::string(NameOf(change.reason)) + " ";
      }
    });
    return text;
  };
  CHECK(reason({1s, "web/x"}, {2s, "app/y"}) == "2voluntary ");
  CHECK(reason({1s, "web/x"}, {2s, "web/y"}).empty());
  CHECK(reason({1s, "web/x", {{"status", error}}}, {2s, "app/y"}) == "2error ");
  CHECK(reason({1s, "web/x"}, {2s, "app/y", {{"status", error}}}) == "2voluntary ");
  CHECK(reason({1s, "web/x"}, {24h + 1s, "app/y"}) == "2voluntary ");
  CHECK(reason({1s, "web/x"}, {24h + 1s + 1us, "app/y"}) == "2stall ");
  CHECK(reason({1s, "web/x"}, {2s, "phone/y"}) == "2support ");
  CHECK(reason({1s, "web/x"}, {2s, "app/view"}) == "2step_again ");
  CHECK(reason({1s, "web/x", {{"status", error}}}, {48h, "phone/view"}) == "2error ");
  CHECK(reason({1s, "web/x"}, {48h, "phone/view"}) == "2stall ");
  CHECK(reason({1s, "web/x"}, {2s, "phone/view"}) == "2support ");
  CHECK(reason({1s, "app/pay"}, {2s, "web/pay"}) == "1voluntary 2step_again ");
}
