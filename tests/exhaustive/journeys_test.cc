// All short sequences of events, through sessions, journeys and detectors: the fast ones against their twins.
//
// A sequence is up to six events out of an alphabet of steps, goal, exclusion and others, each after one of a
// few gaps at and just beyond a limit. Every one is a customer of one log; a run of the pipeline over all of
// them is compared row by row.
#include "support/catch.h"
#include "support/dump.h"
#include "support/oracle.h"
#include "support/worlds.h"

#include "journey/core/status.h"
#include "journey/identity/key_resolver.h"
#include "journey/pipeline/pipeline.h"

using namespace test;  // NOLINT

namespace {

struct Letter {
  const char* channel;
  const char* name;
};

// All sequences of `length` letters and the gaps between them, each a customer of its own.
class Sequences {
 public:
  Sequences(std::vector<Letter> letters, std::vector<std::int64_t> gaps, std::size_t length)
      : letters_(std::move(letters)), gaps_(std::move(gaps)), length_(length) {}

  [[nodiscard]] std::size_t size() const {
    std::size_t size = letters_.size();
    for (std::size_t i = 1; i < length_; ++i) size *= letters_.size() * gaps_.size();
    return size;
  }

  [[nodiscard]] std::vector<Evidence> Make(std::size_t number) const {
    std::vector<Evidence> events;
    std::int64_t time = kStart;
    for (std::size_t i = 0; i < length_; ++i) {
      const Letter letter = letters_[number % letters_.size()];
      number /= letters_.size();
      events.push_back({.time = time,
                        .sequence = i,
                        .source = "s",
                        .channel = letter.channel,
                        .name = letter.name,
                        .identifiers = {},
                        .attributes = {}});
      if (i + 1 < length_) {
        time += gaps_[number % gaps_.size()];
        number /= gaps_.size();
      }
    }
    return events;
  }

 private:
  std::vector<Letter> letters_;
  std::vector<std::int64_t> gaps_;
  std::size_t length_;
};

// Runs all sequences in batches, and compares each batch with the twin.
void Compare(const Sequences& sequences, const journey::PipelineOptions& options,
             std::int64_t until_after_last) {
  constexpr std::size_t kBatch = 600;  // times stay few enough for exact medians
  for (std::size_t begin = 0; begin < sequences.size(); begin += kBatch) {
    const std::size_t end = std::min(begin + kBatch, sequences.size());
    journey::EventLog log;
    Admitted admitted;
    OracleCustomers customers;
    std::int64_t last = 0;
    for (std::size_t number = begin; number < end; ++number) {
      const std::string key = "c" + std::to_string(number);
      customers.timelines.emplace_back();
      std::uint64_t sequence = number * 8;
      for (Evidence& event : sequences.Make(number)) {
        event.sequence = sequence++;
        log.Append({.time = journey::TimePoint{journey::Duration{event.time}},
                    .sequence = event.sequence,
                    .source = event.source,
                    .channel = event.channel,
                    .name = event.name,
                    .identifiers = {{"customer", key}},
                    .attributes = {}});
        last = std::max(last, event.time);
        customers.timelines.back().push_back(admitted.events.size());
        admitted.events.push_back(std::move(event));
      }
    }
    customers.identifiers = end - begin;
    journey::PipelineOptions run = options;
    run.as_of = journey::TimePoint{journey::Duration{last + until_after_last}};
    run.resolver = std::make_shared<journey::KeyResolver>("customer");
    const auto pipeline = journey::Pipeline::Create(run);
    REQUIRE(pipeline.ok());
    PlainReport fast = PlainOf(pipeline->Run(log));
    PlainReport slow = OracleRun(std::move(admitted), run, std::move(customers)).Run();
    fast.by_source = slow.by_source = {};
    fast.statuses = slow.statuses = {};
    fast.first_time = slow.first_time = fast.last_time = slow.last_time =
        0;  // the twin's are not in order here
    if (fast == slow) continue;
    const std::string difference = FirstDifference(TextOf(fast), TextOf(slow));
    FAIL("from sequence " << begin << ": " << difference);
  }
}

void CompareUpTo(std::size_t longest, const std::vector<Letter>& letters,
                 const std::vector<std::int64_t>& gaps, const journey::PipelineOptions& options,
                 std::int64_t until_after_last = 0) {
  for (std::size_t length = 1; length <= longest; ++length) {
    Compare(Sequences(letters, gaps, length), options, until_after_last);
  }
}

constexpr std::int64_t kGap = 30 * kMinute;
const std::vector<Letter> kSteps = {{"web", "a"}, {"web", "b"}, {"web", "c"}};
const std::vector<Letter> kStepsAndOther = {{"web", "a"}, {"web", "b"}, {"web", "c"}, {"app", "x"}};

journey::JourneyDefinition Abc() {
  return {.name = "abc", .steps = {{"first", {"a"}}, {"second", {"b"}}, {"third", {"c"}}}};
}
journey::PipelineOptions With(journey::JourneyDefinition definition) {
  journey::PipelineOptions options;
  options.journeys = {std::move(definition)};
  return options;
}

}  // namespace

TEST_CASE("all sequences of three steps up to length five, with gaps around a session's") {
  CompareUpTo(5, kSteps, {0, kGap, kGap + 1}, With(Abc()));
}

TEST_CASE("all sequences of three steps of length six, with gaps around a session's", "[large]") {
  Compare(Sequences(kSteps, {0, kGap, kGap + 1}, 6), With(Abc()), 0);
}

TEST_CASE("all sequences with an optional middle step") {
  journey::JourneyDefinition definition = Abc();
  definition.steps[1].optional = true;
  CompareUpTo(4, kStepsAndOther, {0, kGap, kGap + 1}, With(definition));
  Compare(Sequences(kStepsAndOther, {kGap + 1}, 6), With(definition), 0);
}

TEST_CASE("all sequences around the abandonment time, at three moments of looking") {
  journey::JourneyDefinition definition = Abc();
  definition.abandon_after = std::chrono::hours{2};
  const std::vector<std::int64_t> gaps = {0, 2 * kHour, 2 * kHour + 1};
  for (const std::int64_t later : {std::int64_t{0}, 2 * kHour, 2 * kHour + 1}) {
    CompareUpTo(4, kStepsAndOther, gaps, With(definition), later);
  }
  CompareUpTo(5, {{"web", "a"}, {"web", "b"}, {"app", "c"}}, {kHour, 2 * kHour + 1}, With(definition));
}

TEST_CASE("all sequences around an optional step's limit, a required one's and the window") {
  journey::JourneyDefinition definition = Abc();
  definition.steps[1].optional = true;
  definition.steps[1].within = std::chrono::hours{1};
  definition.steps[2].within = std::chrono::hours{2};
  definition.abandon_after = std::chrono::hours{3};
  const std::vector<std::int64_t> gaps = {kHour, kHour + 1, 2 * kHour};
  for (const std::int64_t later : {std::int64_t{0}, 2 * kHour, 2 * kHour + 1, 3 * kHour + 1}) {
    CompareUpTo(4, kSteps, gaps, With(definition), later);
  }
  definition.window = std::chrono::hours{3};
  CompareUpTo(4, kStepsAndOther, gaps, With(definition), 1);
  definition.window = std::chrono::hours{2};
  definition.abandon_after = std::chrono::hours{2};  // as long: of equal limits the expiry counts
  CompareUpTo(4, kStepsAndOther, {kHour, 2 * kHour, 2 * kHour + 1}, With(definition), 2 * kHour + 1);
}

TEST_CASE("all sequences with an explicit goal, an exclusion and a scope") {
  journey::JourneyDefinition definition = Abc();
  definition.goal = {"goal"};
  definition.exclude = {"stop"};
  const std::vector<Letter> letters = {
      {"web", "a"}, {"web", "b"}, {"app", "c"}, {"web", "goal"}, {"web", "stop"}};
  CompareUpTo(4, letters, {0, kGap + 1}, With(definition));
  Compare(Sequences(letters, {1}, 6), With(definition), 0);
  definition.scope = {.channels = {"web"}};
  definition.abandon_after = std::chrono::hours{1};
  const std::vector<Letter> scoped = {
      {"web", "a"}, {"app", "b"}, {"web", "x"}, {"app", "x"}, {"app", "goal"}};
  CompareUpTo(4, scoped, {kGap + 1, kHour}, With(definition), kHour + 1);
}

TEST_CASE("all sequences where one event name matches two steps") {
  journey::JourneyDefinition definition{.name = "twice",
                                        .steps = {{"first", {"a"}},
                                                  {"again", {{"a", "b"}}},
                                                  {.name = "maybe", .match = {"a"}, .optional = true},
                                                  {"last", {{"b", "c"}}}},
                                        .abandon_after = std::chrono::hours{2}};
  CompareUpTo(5, {{"web", "a"}, {"app", "b"}, {"web", "c"}}, {kGap, 2 * kHour + 1}, With(definition));
  Compare(Sequences({{"web", "a"}, {"app", "a"}, {"web", "b"}, {"app", "c"}}, {kMinute}, 6), With(definition),
          0);
}

TEST_CASE("all sequences where the goal or the exclusion is also a step") {
  journey::JourneyDefinition definition = Abc();
  definition.goal = {{"c", "goal"}};
  CompareUpTo(4, {{"web", "a"}, {"web", "b"}, {"web", "c"}, {"web", "goal"}}, {kMinute}, With(definition));
  definition.goal = {{"a", "c"}};
  CompareUpTo(4, kSteps, {kMinute}, With(definition));
  definition.exclude = {"b"};
  CompareUpTo(4, kSteps, {kMinute}, With(definition));
}

TEST_CASE("all sequences through three channels with errors, support and stalls") {
  journey::PipelineOptions options = With(Abc());
  options.classes.errors = {"x"};
  options.classes.support = {.channels = {"phone"}};
  options.switches.stall = std::chrono::hours{1};
  const std::vector<Letter> letters = {
      {"web", "a"}, {"app", "a"}, {"phone", "a"}, {"web", "b"}, {"app", "x"}};
  CompareUpTo(4, letters, {kGap, kHour, kHour + 1}, options);
  Compare(Sequences(letters, {kMinute}, 6), options, 0);
}

TEST_CASE("all sequences of discovered journeys, with a goal, without, and never cut") {
  journey::PipelineOptions options;
  options.discovery.gap = std::chrono::hours{1};
  const std::vector<Letter> letters = {{"web", "a"}, {"app", "a"}, {"web", "b"}, {"web", "goal"}};
  const std::vector<std::int64_t> gaps = {0, kHour, kHour + 1};
  CompareUpTo(4, letters, gaps, options, kHour);
  CompareUpTo(3, letters, gaps, options, kHour + 1);
  options.discovery.goal = {"goal"};
  CompareUpTo(4, letters, gaps, options, kHour + 1);
  options.discovery.gap = std::nullopt;
  CompareUpTo(3, letters, gaps, options, 1000 * kDay);
  Compare(Sequences(letters, {kMinute}, 6), options, 0);
}

TEST_CASE("all sequences of gaps through sessions with a limit on their length") {
  journey::PipelineOptions options;
  options.sessions.max_length = std::chrono::hours{1};
  const std::vector<std::int64_t> gaps = {0, kGap - 1, kGap, kGap + 1};
  CompareUpTo(6, {{"web", "a"}}, gaps, options);
}
