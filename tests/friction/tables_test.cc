// Per detector a table of small journeys and what it finds in them.
#include <set>

#include "friction/support.h"
#include "journey/friction/backtrack.h"
#include "journey/friction/contact_after_abandonment.h"
#include "journey/friction/detector_catalogue.h"
#include "journey/friction/error_loop.h"
#include "journey/friction/error_met.h"
#include "journey/friction/excess_effort.h"
#include "journey/friction/loop.h"
#include "journey/friction/lost_progress.h"
#include "journey/friction/rapid_repeat.h"
#include "journey/friction/repeated_entry.h"
#include "journey/friction/repetition.h"
#include "journey/friction/stall.h"
#include "journey/friction/support_contact.h"

using namespace journey;               // NOLINT
using namespace std::chrono_literals;  // NOLINT
using namespace test;                  // NOLINT

namespace {

using Attributes = std::vector<std::pair<std::string, Value>>;
const Attributes kError = {{"status", Value::Text("error")}};

PipelineOptions Discovered() {
  return {};
}

}  // namespace

TEST_CASE("stall: a gap beyond the limit, at the touchpoint before it") {
  CheckExamples(
      {{{{0s, "web/form"}, {24h, "web/pay"}}, {}},
       {{{0s, "web/form"}, {24h + 1us, "web/pay"}}, {"stall at web/form [0, 2), cost 0 1us, medium"}},
       {{{0s, "web/form"}, {26h, "app/x"}, {26h + 1s, "web/pay"}, {60h, "web/sign"}},
        {"stall at web/form [0, 2), cost 0 2h, medium", "stall at web/pay [2, 4), cost 0 9h 59m, medium"}}},
      std::make_shared<Stall>());
  CheckExamples(
      {{{{0s, "web/form"}, {1h + 1min, "web/pay"}}, {"stall at web/form [0, 2), cost 0 1m, medium"}}},
      std::make_shared<Stall>(StallOptions{.limit = 1h}));
  CheckExamples({{{{0s, "web/a"}, {26h, "web/b"}}, {}}}, std::make_shared<Stall>(), Discovered());
}

TEST_CASE("backtrack: an earlier step after a later one, whatever lies between") {
  CheckExamples(
      {{{{0s, "web/form"}, {1s, "web/form"}, {2s, "web/pay"}, {3s, "web/pay"}, {4s, "web/sign"}}, {}},
       {{{0s, "web/form"}, {1s, "web/pay"}, {2s, "web/help"}, {5s, "web/form"}, {6s, "web/sign"}},
        {"backtrack same_channel at web/form [1, 4) step 0, cost 1 3s, low"}},
       {{{0s, "web/form"}, {1s, "web/pay"}, {2h, "app/form"}},
        {"backtrack other_channel at app/form [1, 3) step 0, cost 1 0s, medium"}},
       // Not done yet, so no step: sign comes before pay.
       {{{0s, "web/form"}, {1s, "web/sign"}, {2s, "web/pay"}}, {}},
       {{{0s, "web/form"}, {1s, "web/pay"}, {2s, "web/sign"}, {3s, "web/pay"}, {4s, "web/form"}},
        {"backtrack same_channel at web/pay [2, 4) step 1, cost 1 1s, low",
         "backtrack same_channel at web/form [3, 5) step 0, cost 1 1s, low"}}},
      std::make_shared<Backtrack>());
  CheckExamples({{{{0s, "web/a"}, {1s, "web/b"}, {2s, "web/a"}}, {}}}, std::make_shared<Backtrack>(),
                Discovered());
}

TEST_CASE("loop: back and forth between two steps, with two returns or more") {
  const std::vector<Happened> once = {{0s, "web/form"}, {1s, "web/pay"}, {2s, "web/form"}, {3s, "web/pay"}};
  std::vector<Happened> twice = once;
  twice.insert(twice.end(), {{4s, "web/help"}, {5s, "app/form"}, {6s, "web/sign"}});
  CheckExamples({{once, {}},
                 {twice, {"loop at web/form [0, 6) step 0, cost 3 4s, medium"}},
                 // From the later step on: pay form pay form.
                 {{{0s, "web/form"},
                   {1s, "web/pay"},
                   {2s, "web/sign"},
                   {3s, "web/pay"},
                   {4s, "web/pay"},
                   {5s, "web/sign"},
                   {6s, "web/pay"}},
                  {"loop at web/pay [1, 7) step 1, cost 3 4s, medium"}},
                 // The turn at form ends one run and begins the next.
                 {{{0s, "web/form"},
                   {1s, "web/pay"},
                   {2s, "web/sign"},
                   {3s, "web/form"},
                   {4s, "web/sign"},
                   {5s, "web/form"},
                   {6s, "web/pay"},
                   {7s, "web/form"},
                   {8s, "web/pay"},
                   {9s, "web/form"}},
                  {"loop at web/form [2, 6) step 0, cost 2 2s, medium",
                   "loop at web/form [5, 10) step 0, cost 3 3s, medium"}}},
                std::make_shared<Loop>());
  CheckExamples({{once, {"loop at web/form [0, 4) step 0, cost 2 2s, medium"}}},
                std::make_shared<Loop>(LoopOptions{.returns = 1}));
}

TEST_CASE("in a discovered journey a loop is identical events, and takes more returns") {
  std::vector<Happened> pages, products;
  for (int i = 0; i < 9; ++i) {
    const bool list = i % 2 == 0;
    pages.push_back({i * 1s, list ? "web/list" : "web/page"});
    products.push_back({i * 1s, list ? "web/list" : "web/page", {{"product", Value::Number(list ? 0 : i)}}});
  }
  std::vector<Happened> shorter = pages;
  shorter.pop_back();
  CheckExamples({{pages, {"loop at web/list [0, 9), cost 7 7s, medium"}}, {products, {}}, {shorter, {}}},
                std::make_shared<Loop>(), Discovered());
}

TEST_CASE("error loop: errors at one touchpoint until it works") {
  CheckExamples(
      {{{{0s, "web/form"}, {1s, "web/pay", kError}, {2s, "web/pay", kError}}, {}},
       {{{0s, "web/form"},
         {1s, "web/pay", kError},
         {2s, "web/pay", kError},
         {3s, "web/help"},
         {4h, "web/pay", kError},
         {4h + 1s, "web/pay"}},
        {"error_loop at web/pay [1, 5), cost 3 2s, high"}},
       // It worked in between.
       {{{0s, "web/form"},
         {1s, "web/pay", kError},
         {2s, "web/pay", kError},
         {3s, "web/pay"},
         {4s, "web/pay", kError}},
        {}},
       // Another touchpoint is another matter.
       {{{0s, "web/form"}, {1s, "web/pay", kError}, {2s, "app/pay", kError}, {3s, "web/pay", kError}}, {}},
       // Two at a time.
       {{{0s, "web/form"},
         {1s, "web/pay", kError},
         {2s, "web/x", kError},
         {3s, "web/pay", kError},
         {4s, "web/x", kError},
         {5s, "web/pay", kError},
         {6s, "web/x", kError}},
        {"error_loop at web/pay [1, 6), cost 3 4s, high", "error_loop at web/x [2, 7), cost 3 4s, high"}},
       // A day and more between them is a new attempt.
       {{{0s, "web/form"},
         {1s, "web/pay", kError},
         {2s, "web/pay", kError},
         {2s + 24h + 1us, "web/pay", kError}},
        {}}},
      std::make_shared<ErrorLoop>());
  CheckExamples({{{{0s, "web/form", kError}, {1min, "web/form", kError}},
                  {"error_loop at web/form [0, 2), cost 2 1m, high"}},
                 {{{0s, "web/form", kError}, {1min + 1us, "web/form", kError}}, {}}},
                std::make_shared<ErrorLoop>(ErrorLoopOptions{.count = 2, .within = 1min}));
  CheckExamples({{{{0s, "web/pay", kError}, {1s, "web/pay", kError}, {2s, "web/pay", kError}},
                  {"error_loop at web/pay [0, 3), cost 3 2s, high"}}},
                std::make_shared<ErrorLoop>(), Discovered());
}

TEST_CASE("rapid repeat: four identical events within a second, and overlapping ones are one") {
  const auto clicks = [](std::initializer_list<Duration> times) {
    std::vector<Happened> events = {{0s, "web/form"}};
    for (const Duration time : times) events.push_back({1s + time, "web/click"});
    return events;
  };
  CheckExamples(
      {{clicks({0ms, 300ms, 600ms}), {}},
       {clicks({0ms, 300ms, 600ms, 1000ms}), {"rapid_repeat at web/click [1, 5), cost 3 1s, medium"}},
       {clicks({0ms, 300ms, 600ms, 1000ms + 1us}), {}},
       {clicks({0ms, 300ms, 600ms, 900ms, 1200ms, 1500ms}),
        {"rapid_repeat at web/click [1, 7), cost 5 1s, medium"}},
       {clicks({0ms, 100ms, 200ms, 300ms, 2s, 2100ms, 2200ms, 2300ms}),
        {"rapid_repeat at web/click [1, 5), cost 3 300ms, medium",
         "rapid_repeat at web/click [5, 9), cost 3 300ms, medium"}},
       // Something else in between.
       {{{0s, "web/form"}, {1s, "web/c"}, {1s, "web/c"}, {1s, "web/x"}, {1s, "web/c"}, {1s, "web/c"}}, {}}},
      std::make_shared<RapidRepeat>());
}

TEST_CASE("identical means the same attributes, or those that are named") {
  std::vector<Happened> events;
  for (int i = 0; i < 4; ++i) {
    events.push_back({i * 10ms, "web/click", {{"target", Value::Text("pay")}, {"x", Value::Number(i)}}});
  }
  const auto with = [](std::optional<std::vector<std::string>> attributes) {
    return std::make_shared<RapidRepeat>(RapidRepeatOptions{.attributes = std::move(attributes)});
  };
  const std::vector<std::string> found = {"rapid_repeat at web/click [0, 4), cost 3 30ms, medium"};
  CheckExamples({{events, {}}}, with({}), Discovered());
  CheckExamples({{events, found}}, with({{"target"}}), Discovered());
  CheckExamples({{events, found}}, with(std::vector<std::string>()), Discovered());
  CheckExamples({{events, {}}}, with({{"target", "x"}}), Discovered());
  events[2].attributes[0].second = Value::Text("cancel");
  CheckExamples({{events, {}}}, with({{"target"}}), Discovered());
}

TEST_CASE("contact after abandonment: left, and then called without coming back") {
  const auto detector = std::make_shared<ContactAfterAbandonment>();
  const std::vector<Happened> called = {
      {0s, "web/form"}, {1min, "web/pay"}, {3h, "phone/call"}, {3h, "phone/note"}};
  std::vector<Happened> back = called;
  back.push_back({4h, "web/sign"});
  CheckExamples(
      {{called, {"contact_after_abandonment open at web/pay [1, 3) step 1, cost 1 2h 59m, high"}},
       {back, {}},
       // In one visit; exactly a session's gap is one visit, too.
       {{{0s, "web/form"}, {5min, "chat/start"}}, {}},
       {{{0s, "web/form"}, {30min, "chat/start"}}, {}},
       {{{0s, "web/form"}, {30min + 1us, "chat/start"}},
        {"contact_after_abandonment open at web/form [0, 2) step 0, cost 1 30m, high"}},
       {{{0s, "web/form"}, {24h, "chat/start"}},
        {"contact_after_abandonment open at web/form [0, 2) step 0, cost 1 1d, high"}},
       {{{0s, "web/form"}, {24h + 1us, "chat/start"}}, {}},
       // The goal was reached.
       {{{0s, "web/form"}, {1s, "web/pay"}, {2s, "web/sign"}, {3s, "web/done"}, {3h, "phone/call"}}, {}},
       // Nothing was left: it began with a call.
       {{{0s, "phone/form"}, {3h, "phone/call"}}, {}}},
      detector);
  CheckExamples({{{{0s, "web/form"}, {5min, "chat/start"}},
                  {"contact_after_abandonment open at web/form [0, 2) step 0, cost 1 5m, high"}}},
                std::make_shared<ContactAfterAbandonment>(ContactAfterAbandonmentOptions{.away = 1min}));
  PipelineOptions options{.journeys = {FormPaySignDone()}};
  options.as_of = After(240h);
  CHECK(SentencesOf(FindingsOf(called, detector, options)) ==
        std::vector<std::string>{
            "contact_after_abandonment abandoned at web/pay [1, 3) step 1, cost 1 2h 59m, high"});
  CHECK(detector->implies_failure());
}

TEST_CASE(
    "a contact outside of the journey is seen if it comes soon enough, and before the customer is back") {
  PipelineOptions options{.journeys = {FormPaySignDone()}};
  options.journeys[0].scope = {.channels = {"web"}};
  options.journeys[0].abandon_after = 2h;
  const auto detector = std::make_shared<ContactAfterAbandonment>();
  CheckExamples({{{{0s, "web/form"}, {1min, "web/pay"}, {1h, "phone/call"}},
                  {"contact_after_abandonment open at web/pay [1, 2) step 1, cost 1 59m, high"}},
                 {{{0s, "web/form"}, {10h, "phone/call"}},
                  {"contact_after_abandonment abandoned at web/form [0, 1) step 0, cost 1 10h, high"}},
                 {{{0s, "web/form"}, {1h, "app/look"}, {24h, "phone/call"}},
                  {"contact_after_abandonment abandoned at web/form [0, 1) step 0, cost 1 1d, high"}},
                 {{{0s, "web/form"}, {24h + 1us, "phone/call"}}, {}},
                 // Another attempt first, which is left as well.
                 {{{0s, "web/form"}, {3h, "web/form"}, {4h, "phone/call"}},
                  {"contact_after_abandonment open at web/form [0, 1) step 0, cost 1 1h, high"}},
                 // Somebody else's call.
                 {{{0s, "web/form"}, {3h, "phone/call", {}, "bob"}}, {}},
                 {{{0s, "web/form"}, {3h, "phone/call", {}, "aaron"}}, {}}},
                detector, options);
  CHECK(detector->lookahead() == 24h);
}

TEST_CASE("a discovered journey is left undone only if it had a goal") {
  PipelineOptions options;
  options.discovery.gap = 1h;
  const std::vector<Happened> events = {{0s, "web/a"}, {2h, "phone/call"}};
  CheckExamples({{events, {}}}, std::make_shared<ContactAfterAbandonment>(), options);
  options.discovery.goal = {"buy"};
  CheckExamples({{events, {"contact_after_abandonment abandoned at web/a [0, 1), cost 1 2h, high"}}},
                std::make_shared<ContactAfterAbandonment>(), options);
}

TEST_CASE("lost progress: begins again, in another channel or after two steps") {
  CheckExamples(
      {{{{0s, "web/form"}, {10s, "web/pay"}, {20s, "app/form"}},
        {"lost_progress other_channel at app/form [1, 3) step 0, cost 1 10s, high"}},
       {{{0s, "web/form"}, {10s, "web/pay"}, {20s, "web/form"}}, {}},
       {{{0s, "web/form"}, {10s, "web/pay"}, {20s, "web/sign"}, {2h, "web/x"}, {2h + 5s, "web/form"}},
        {"lost_progress same_channel at web/form [2, 5) step 0, cost 2 20s, medium"}},
       // Nothing had been done but the first step.
       {{{0s, "web/form"}, {10s, "app/form"}}, {}},
       // Once more from the start: what counts is what was done since.
       {{{0s, "web/form"},
         {1s, "web/pay"},
         {2s, "web/sign"},
         {3s, "web/form"},
         {4s, "web/pay"},
         {5s, "web/form"}},
        {"lost_progress same_channel at web/form [2, 4) step 0, cost 2 2s, medium"}},
       {{{0s, "web/form"}, {1s, "web/pay"}, {2s, "app/form"}, {3s, "app/pay"}, {4s, "web/form"}},
        {"lost_progress other_channel at app/form [1, 3) step 0, cost 1 1s, high",
         "lost_progress other_channel at web/form [3, 5) step 0, cost 1 1s, high"}},
       // Back to a later step only.
       {{{0s, "web/form"}, {1s, "web/pay"}, {2s, "web/sign"}, {3s, "app/pay"}}, {}}},
      std::make_shared<LostProgress>());
  CheckExamples({{{{0s, "web/form"}, {1s, "web/pay"}, {2s, "web/sign"}, {3s, "app/pay"}},
                  {"lost_progress other_channel at app/pay [2, 4) step 1, cost 1 2s, high"}}},
                std::make_shared<LostProgress>(LostProgressOptions{.early = 2}));
}

TEST_CASE("repeated entry: the same data given again, and corrections are none") {
  const Attributes a = {{"address", Value::Text("Mill Road 1")}};
  const Attributes b = {{"address", Value::Text("Mill Road 2")}};
  const Attributes phone = {{"phone_number", Value::Number(555)}};
  CheckExamples({{{{0s, "web/form", a}, {10s, "web/pay", b}}, {}},
                 {{{0s, "web/form", a}, {10s, "web/pay", a}},
                  {"repeated_entry same_channel at web/pay [0, 2), cost 1 10s, low"}},
                 {{{0s, "web/form", a}, {10s, "web/pay", phone}, {2h, "phone/note", a}},
                  {"repeated_entry other_channel at phone/note [0, 3), cost 1 0s, medium"}},
                 // Corrected, and back: what was given last counts.
                 {{{0s, "web/form", a}, {1s, "web/form", b}, {2s, "web/form", a}}, {}},
                 {{{0s, "web/form", {a[0], phone[0]}},
                   {1s, "web/x"},
                   {2s, "app/pay", phone},
                   {3s, "web/pay", {a[0], phone[0]}}},
                  {"repeated_entry other_channel at app/pay [0, 3), cost 1 1s, medium",
                   "repeated_entry other_channel at web/pay [2, 4), cost 1 1s, medium"}}},
                std::make_shared<RepeatedEntry>());
  CheckExamples({{{{0s, "web/form", a}, {10s, "web/pay", a}}, {}}},
                std::make_shared<RepeatedEntry>(RepeatedEntryOptions{.keys = {"phone_number"}}));
  CheckExamples({{{{0s, "web/a", a}, {10s, "web/b", a}}, {}}}, std::make_shared<RepeatedEntry>(),
                Discovered());
}

TEST_CASE("no value of an attribute is in a parameter, kind or reason") {
  const Attributes secret = {{"address", Value::Text("Secret Lane 7")}};
  PipelineOptions options{.journeys = {FormPaySignDone()}};
  const Report report =
      RunOf(LogOf(std::vector<Happened>{{0s, "web/form", secret}, {10s, "web/pay", secret}}), options);
  std::string text;
  for (const DetectorInfo& detector : report.detectors) text += detector.name + detector.parameters;
  for (const std::string& label : report.labels) text += label;
  for (const Finding& finding : report.findings) text += report.Describe(finding);
  CHECK(text.find("repeated_entry") != std::string::npos);
  CHECK(text.find("Secret") == std::string::npos);
}

TEST_CASE("excess effort: the first event beyond the limit, and what was above it") {
  const std::vector<Happened> events = {
      {0s, "web/form"}, {1min, "web/x"}, {2h, "web/x"}, {2h + 9min, "web/pay"}, {2h + 10min, "web/sign"}};
  const auto with = [&](std::optional<std::uint32_t> most, std::optional<Duration> time) {
    return SentencesOf(FindingsOf(events, std::make_shared<ExcessEffort>(ExcessEffortOptions{
                                              .events = most, .time = time, .learn = {}})));
  };
  using Found = std::vector<std::string>;
  CHECK(with(5, {}) == Found{});
  CHECK(with(4, {}) == Found{"excess_effort events at web/sign [4, 5), cost 1 0s, medium"});
  CHECK(with({}, 11min) == Found{});
  CHECK(with({}, 10min) == Found{"excess_effort time at web/sign [4, 5), cost 0 1m, medium"});
  CHECK(with(2, 5min) == Found{"excess_effort both at web/x [2, 5), cost 3 6m, medium"});
  CHECK(with(4, 5min) == Found{"excess_effort both at web/pay [3, 5), cost 1 6m, medium"});
}

TEST_CASE("repetition: to look at a page again is browsing, unless asked for") {
  const std::vector<Happened> events = {{0s, "web/x"}, {5s, "web/x"}};
  CheckExamples({{events, {}}}, std::make_shared<Repetition>(), Discovered());
  CheckExamples({{events, {"repeat self_loop at web/x [0, 2), cost 1 5s, low"}}},
                std::make_shared<Repetition>(RepetitionOptions{.discovered = true}), Discovered());
}

TEST_CASE("error: each error, at its place, also in discovered journeys") {
  const std::vector<Happened> events = {
      {0s, "web/form"}, {4s, "web/pay", kError}, {6s, "web/pay"}, {2h, "web/pay", kError}, {3h, "web/sign"}};
  const std::vector<std::string> found = {"error at web/pay [1, 2), cost 1 4s, low",
                                          "error at web/pay [3, 4), cost 1 0s, low"};
  CheckExamples({{events, found}, {{{0s, "web/form"}}, {}}}, std::make_shared<ErrorMet>());
  CheckExamples({{events, found}}, std::make_shared<ErrorMet>(), Discovered());
}

TEST_CASE("support contact: a run of support events in one channel is one contact") {
  CheckExamples({{{{0s, "web/form"}, {9s, "chat/start"}, {20s, "chat/say"}, {30s, "web/pay"}},
                  {"support_contact at chat/start [0, 3), cost 2 20s, medium"}},
                 {{{0s, "web/form", kError}, {9s, "phone/call"}, {2h, "phone/call"}, {2h + 5s, "chat/start"}},
                  {"support_contact after_error at phone/call [0, 2), cost 1 9s, medium",
                   "support_contact at phone/call [1, 3), cost 1 0s, medium",
                   "support_contact at chat/start [2, 4), cost 1 5s, medium"}},
                 // Half an hour is the gap of a session.
                 {{{0s, "web/form"}, {1s, "chat/say"}, {30min + 1s, "chat/say"}, {60min + 2s, "chat/say"}},
                  {"support_contact at chat/say [0, 3), cost 2 30m 1s, medium",
                   "support_contact at chat/say [2, 4), cost 1 0s, medium"}},
                 {{{0s, "web/form"}, {1s, "web/pay"}}, {}}},
                std::make_shared<SupportContact>());
  CheckExamples(
      {{{{0s, "chat/start"}, {1s, "web/a"}}, {"support_contact at chat/start [0, 1), cost 1 0s, medium"}}},
      std::make_shared<SupportContact>(), Discovered());
}

TEST_CASE(
    "a repeatable step may be done again without being a repetition, a step back, a loop or lost progress") {
  PipelineOptions options{.journeys = {FormPaySignDone()}};
  const std::vector<Happened> events = {{0s, "web/form"}, {1s, "web/form"}, {2s, "web/pay"},
                                        {3s, "app/form"}, {4s, "app/pay"},  {5s, "app/form"},
                                        {6s, "app/sign"}, {7s, "web/form"}};
  const auto names = [&] {
    std::set<std::string> found;
    for (const std::shared_ptr<const Detector>& detector : DefaultDetectors()) {
      for (const PlainFinding& finding : FindingsOf(events, detector, options))
        if (finding.step == 0 || finding.reason == "step_again") found.insert(std::string(detector->name()));
    }
    return found;
  };
  CHECK(names() ==
        std::set<std::string>{"backtrack", "channel_switch", "loop", "lost_progress", "repetition"});
  options.journeys[0].steps[0].repeatable = true;
  CHECK(names().empty());
  // The other steps are as they were.
  CHECK(FindingsOf(events, std::make_shared<Repetition>(), options).size() == 1);
}
