// All short sequences of events through all detectors: the fast ones against their twins (support/oracle_friction.h).
//
// A sequence is up to six events out of a few letters, each after one of a few gaps at and just beyond a threshold.
// Every one is a customer of one log; the findings are compared one by one.
#include "friction/support.h"
#include "journey/friction/backtrack.h"
#include "journey/friction/channel_switch.h"
#include "journey/friction/contact_after_abandonment.h"
#include "journey/friction/drop_off.h"
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
#include "support/oracle.h"

using namespace test;  // NOLINT

namespace {

using journey::Duration;

struct Letter {
  const char* channel;
  const char* name;
  std::map<std::string, Value> attributes = {};
};

// The detectors with the thresholds of the rules.
journey::DetectorList DetectorsOf(const OracleRules& rules) {
  using namespace journey;  // NOLINT
  const auto number = [](std::size_t value) { return static_cast<std::uint32_t>(value); };
  const auto optional = [](const std::optional<Micros>& value) {
    return value ? std::optional(Duration{*value}) : std::nullopt;
  };
  ExcessEffortOptions effort{.time = optional(rules.effort_time), .learn = {}};
  if (rules.effort_events) effort.events = number(*rules.effort_events);
  DetectorList detectors = {
      std::make_shared<DropOff>(),
      std::make_shared<Repetition>(),
      std::make_shared<ChannelSwitchDetector>(
          ChannelSwitchDetectorOptions{.rule = {.stall = Duration{rules.switch_stall}}}),
      std::make_shared<Stall>(StallOptions{.limit = Duration{rules.stall}}),
      std::make_shared<Backtrack>(),
      std::make_shared<Loop>(LoopOptions{.returns = number(rules.loop_returns),
                                         .discovered_returns = number(rules.discovered_returns)}),
      std::make_shared<ErrorLoop>(
          ErrorLoopOptions{.count = number(rules.error_count), .within = Duration{rules.error_within}}),
      std::make_shared<RapidRepeat>(
          RapidRepeatOptions{.count = number(rules.rapid_count), .within = Duration{rules.rapid_within}}),
      std::make_shared<ContactAfterAbandonment>(ContactAfterAbandonmentOptions{
          .within = Duration{rules.contact_within}, .away = optional(rules.contact_away)}),
      std::make_shared<LostProgress>(
          LostProgressOptions{.early = number(rules.early), .lost = number(rules.lost)}),
      std::make_shared<RepeatedEntry>(RepeatedEntryOptions{.keys = rules.keys}),
      std::make_shared<ErrorMet>(),
      std::make_shared<SupportContact>()};
  if (effort.events || effort.time) detectors.push_back(std::make_shared<ExcessEffort>(effort));
  return detectors;
}

// All sequences of `length` letters and the gaps between them.
class Sequences {
 public:
  Sequences(std::vector<Letter> letters, std::vector<Micros> gaps, std::size_t length)
      : letters_(std::move(letters)), gaps_(std::move(gaps)), length_(length) {}

  [[nodiscard]] std::size_t size() const {
    std::size_t size = letters_.size();
    for (std::size_t i = 1; i < length_; ++i) size *= letters_.size() * gaps_.size();
    return size;
  }
  [[nodiscard]] std::vector<Evidence> Make(std::size_t number) const {
    std::vector<Evidence> events;
    Micros time = kStart;
    for (std::size_t i = 0; i < length_; ++i) {
      const Letter& letter = letters_[number % letters_.size()];
      number /= letters_.size();
      events.push_back({.time = time,
                        .source = "s",
                        .channel = letter.channel,
                        .name = letter.name,
                        .identifiers = {},
                        .attributes = letter.attributes});
      if (i + 1 == length_) break;
      time += gaps_[number % gaps_.size()];
      number /= gaps_.size();
    }
    return events;
  }

 private:
  std::vector<Letter> letters_;
  std::vector<Micros> gaps_;
  std::size_t length_;
};

// A log of sequences [begin, end), each a customer, and the same for the twin.
struct Batch {
  Batch(const Sequences& sequences, std::size_t begin, std::size_t end) {
    std::uint64_t sequence = 0;
    for (std::size_t number = begin; number < end; ++number) {
      const std::string key = "c" + std::to_string(number);
      customers.timelines.emplace_back();
      for (Evidence& event : sequences.Make(number)) {
        event.sequence = sequence++;
        journey::Event offer{.time = journey::TimePoint{Duration{event.time}},
                             .sequence = event.sequence,
                             .source = event.source,
                             .channel = event.channel,
                             .name = event.name,
                             .identifiers = {{"user_id", key}}};
        for (const auto& [name, value] : event.attributes) offer.attributes.push_back({name, value.text});
        log.Append(offer);
        last = std::max(last, event.time);
        customers.timelines.back().push_back(admitted.events.size());
        admitted.events.push_back(event);
      }
    }
  }

  journey::EventLog log;
  Admitted admitted;
  OracleCustomers customers;
  Micros last = 0;
};

// Compares the findings; the answer is how many there were by detector.
std::map<std::string, std::size_t> Compare(const std::vector<Letter>& letters,
                                           const std::vector<Micros>& gaps, std::size_t longest,
                                           journey::PipelineOptions options, const OracleRules& rules,
                                           Micros until_after_last = 0) {
  constexpr std::size_t kBatch = 1000;
  std::map<std::string, std::size_t> found;
  options.detectors = DetectorsOf(rules);
  options.switches.stall = Duration{rules.switch_stall};
  for (std::size_t length = 1; length <= longest; ++length) {
    const Sequences sequences(letters, gaps, length);
    for (std::size_t begin = 0; begin < sequences.size(); begin += kBatch) {
      Batch batch(sequences, begin, std::min(begin + kBatch, sequences.size()));
      options.as_of = journey::TimePoint{Duration{batch.last + until_after_last}};
      const PlainReport fast = PlainOf(RunOf(batch.log, options));
      const PlainReport slow =
          OracleRun(std::move(batch.admitted), options, std::move(batch.customers), rules).Run();
      for (const PlainFinding& finding : slow.findings) ++found[finding.detector];
      for (std::size_t i = 0; i < std::max(fast.findings.size(), slow.findings.size()); ++i) {
        if (i < fast.findings.size() && i < slow.findings.size() && fast.findings[i] == slow.findings[i])
          continue;
        const auto text = [i](const std::vector<PlainFinding>& findings) {
          return i < findings.size() ? findings[i].detector + " " + SentenceOf(findings[i]) +
                                           fmt::format(" of customer {}", findings[i].customer)
                                     : std::string("none");
        };
        FAIL("length " << length << " from " << begin << ": " << text(fast.findings) << " is not "
                       << text(slow.findings));
      }
    }
  }
  return found;
}

journey::PipelineOptions Abc() {
  journey::PipelineOptions options;
  options.journeys = {{.name = "abc", .steps = {{"a", {"a"}}, {"b", {"b"}}, {"c", {"c"}}, {"d", {"d"}}}}};
  return options;
}

const Value kOne = Value::Text("one"), kTwo = Value::Text("two");

}  // namespace

TEST_CASE("all sequences of steps in two channels: stalls, backtracks, loops, lost progress, effort") {
  OracleRules rules{.stall = kHour, .switch_stall = kHour, .effort_events = 4, .effort_time = 3 * kMinute};
  const std::vector<Letter> letters = {{"web", "a"}, {"app", "a"}, {"web", "b"}, {"web", "c"}};
  auto found = Compare(letters, {kMinute}, 6, Abc(), rules);
  for (const char* name : {"repetition", "backtrack", "loop", "lost_progress", "excess_effort"}) {
    INFO(name);
    CHECK(found[name] > 0);
  }
  found = Compare(letters, {kHour, kHour + 1}, 4, Abc(), rules);
  CHECK(found["stall"] > 0);
  rules.loop_returns = 1;
  rules.early = 2;
  rules.lost = 1;
  Compare(letters, {kMinute}, 5, Abc(), rules);
  Compare({{"web", "a"}, {"web", "b"}, {"app", "b"}, {"web", "x"}}, {kMinute}, 6, Abc(), rules);
}

TEST_CASE("all sequences where steps are optional or one event matches two steps") {
  OracleRules rules{.loop_returns = 1, .early = 2, .effort_events = 3};
  journey::PipelineOptions options = Abc();
  options.journeys[0].steps[1].optional = true;
  Compare({{"web", "a"}, {"web", "b"}, {"web", "c"}, {"app", "c"}}, {kMinute}, 6, options, rules);
  options.journeys[0].steps[2].match = {{"a", "c"}};
  Compare({{"web", "a"}, {"web", "b"}, {"app", "c"}}, {kMinute}, 6, options, rules);
}

// Sequences up to `longest` where gaps differ, one longer than that where they do not.
void CompareErrors(std::size_t longest) {
  const OracleRules rules{.error_count = 2, .error_within = kHour};
  const std::vector<Letter> letters = {{"web", "a"},
                                       {"web", "a", {{"status", Value::Text("error")}}},
                                       {"app", "b", {{"status", Value::Text("error")}}}};
  auto found = Compare(letters, {kMinute, kHour, kHour + 1}, longest, Abc(), rules);
  CHECK(found["error_loop"] > 0);
  found = Compare(letters, {kMinute}, longest + 2, {}, rules);
  CHECK(found["error_loop"] > 0);
}

TEST_CASE("all sequences of errors at two touchpoints, around the longest time between them") {
  CompareErrors(4);
}
TEST_CASE("all sequences of five and seven events with errors", "[.long]") {
  CompareErrors(5);
}

void CompareQuick(std::size_t longest) {
  const OracleRules rules{.rapid_count = 3, .rapid_within = 700};
  auto found =
      Compare({{"web", "a"}, {"web", "a", {{"k", kOne}}}, {"web", "b"}}, {300, 400}, longest, Abc(), rules);
  CHECK(found["rapid_repeat"] > 0);
  found = Compare({{"web", "a"}, {"web", "b"}}, {200, 350, 701}, longest, {}, rules);
  CHECK(found["rapid_repeat"] > 0);
}

TEST_CASE("all sequences of quick events, around the window") {
  CompareQuick(5);
}
TEST_CASE("all sequences of six quick events", "[.long]") {
  CompareQuick(6);
}

TEST_CASE("all sequences of leaving and contacting support, inside the journey and outside of it") {
  const OracleRules rules{.contact_within = 2 * kHour};
  journey::PipelineOptions options = Abc();
  options.journeys[0].steps.resize(2);
  options.journeys[0].abandon_after = std::chrono::hours{3};
  const std::vector<Letter> letters = {{"web", "a"}, {"web", "b"}, {"phone", "x"}, {"web", "y"}};
  const std::vector<Micros> gaps = {30 * kMinute, 30 * kMinute + 1, 2 * kHour + 1};
  auto found = Compare(letters, gaps, 4, options, rules);
  CHECK(found["contact_after_abandonment"] > 0);
  Compare(letters, gaps, 4, options, rules, 10 * kHour);
  options.journeys[0].scope = {{"b"}};
  found = Compare(letters, gaps, 4, options, rules);
  CHECK(found["contact_after_abandonment"] > 0);
  options.journeys[0].abandon_after = std::chrono::hours{1};
  found = Compare(letters, {31 * kMinute, kHour + 1, 2 * kHour}, 4, options, rules, 10 * kHour);
  CHECK(found["contact_after_abandonment"] > 0);
  OracleRules away = rules;
  away.contact_away = 0;
  Compare(letters, {0, 1, 2 * kHour}, 4, options, away);
}

TEST_CASE("all sequences of data given once, again and anew") {
  const OracleRules rules{.keys = {"address", "phone"}};
  const auto found = Compare({{"web", "a", {{"address", kOne}}},
                              {"web", "b", {{"address", kTwo}, {"phone", kOne}}},
                              {"app", "b", {{"address", kOne}, {"phone", kOne}}},
                              {"web", "x"}},
                             {kMinute}, 6, Abc(), rules);
  CHECK(found.at("repeated_entry") > 0);
}

TEST_CASE("all sequences of discovered journeys: what explains itself, and nothing else") {
  const OracleRules rules{.stall = kHour, .switch_stall = kHour, .discovered_returns = 2, .effort_events = 3};
  journey::PipelineOptions options;
  options.discovery.gap = std::chrono::hours{3};
  options.discovery.goal = {"goal"};
  const std::vector<Letter> letters = {
      {"web", "a"}, {"web", "b"}, {"web", "b", {{"k", kOne}}}, {"phone", "x"}};
  auto found = Compare(letters, {kMinute}, 6, options, rules);
  CHECK(found["loop"] > 0);
  found = Compare(letters, {kMinute, 2 * kHour, 4 * kHour}, 4, options, rules, 10 * kHour);
  for (const char* name :
       {"stall", "repetition", "backtrack", "lost_progress", "repeated_entry", "excess_effort"}) {
    INFO(name);
    CHECK(found[name] == 0);
  }
}
