#include "journey/pipeline/pipeline.h"

#include <stdexcept>
#include <thread>

#include "support/small_run.h"

using namespace journey;               // NOLINT
using namespace std::chrono_literals;  // NOLINT
using test::Happened;
using test::Value;

namespace {

std::string MessageFor(const PipelineOptions& options) {
  const auto pipeline = Pipeline::Create(options);
  CHECK_FALSE(pipeline.ok());
  CHECK(pipeline.status().code() == absl::StatusCode::kInvalidArgument);
  return MessageOf(pipeline.status());
}

bool Has(const std::string& text, std::string_view part) {
  INFO("\"" << text << "\" has no " << part);
  return text.find(part) != std::string::npos;
}

JourneyDefinition Buy() {
  return {.name = "buy", .steps = {{"view", {"view"}}, {"pay", {"pay"}}}};
}

class Named final : public Detector {
 public:
  [[nodiscard]] std::string_view name() const override { return "named"; }
  void Examine(const JourneyView&, FindingSink&) const override {}
};

class Throwing final : public Detector {
 public:
  [[nodiscard]] std::string_view name() const override { return "throwing"; }
  void Examine(const JourneyView& journey, FindingSink&) const override {
    if (journey.name_text(0) == "boom") throw std::runtime_error("a host's own");
  }
};

// A host's own resolver, in ten lines: whoever has the same e-mail domain.
class ByDomain final : public IdentityResolver {
 public:
  [[nodiscard]] std::string_view name() const override { return "by domain"; }
  [[nodiscard]] Resolution Resolve(const EventLog& log) const override {
    Resolution result;
    for (std::uint32_t row = 0; row < log.size(); ++row) {
      const std::string_view email = log.identifier_values().text(log.identifiers({row})[0].value);
      result.labels.push_back(static_cast<std::uint32_t>(email.substr(email.find('@')).size()) *
                              1'000'000'007U);
    }
    return result;
  }
};

}  // namespace

TEST_CASE("the default options are valid") {
  CHECK(PipelineOptions{}.Validate().ok());
}

TEST_CASE("a wrong option is named with its value and what is allowed") {
  PipelineOptions options;
  options.threads = 0;
  CHECK((Has(MessageFor(options), "threads") && Has(MessageFor(options), "0") &&
         Has(MessageFor(options), "1 to 256")));
  options.threads = 257;
  CHECK(Has(MessageFor(options), "257"));
  options = {.sessions = {.max_gap = 0s}};
  CHECK((Has(MessageFor(options), "max_gap") && Has(MessageFor(options), "0s")));
  options = {};
  options.discovery.gap = 0s;
  CHECK((Has(MessageFor(options), "discovery.gap") && Has(MessageFor(options), "0s")));
  options = {.switches = {.stall = kForever + 1us}};
  CHECK(Has(MessageFor(options), "switches.stall"));
  options = {.as_of = kMaxTime};
  CHECK((Has(MessageFor(options), "as_of") && Has(MessageFor(options), "2200-01-01T00:00:00Z")));
  options = {.as_of = kMinTime - 1us};
  CHECK(Has(MessageFor(options), "as_of"));
  options = {.journeys = {Buy(), Buy()}};
  CHECK((Has(MessageFor(options), "journeys[1].name") && Has(MessageFor(options), "\"buy\"")));
  options = {.journeys = {Buy(), {.name = "empty", .steps = {}}}};
  CHECK((Has(MessageFor(options), "journeys[1]") && Has(MessageFor(options), "steps")));
  options = {.detectors = DetectorList{nullptr}};
  CHECK(Has(MessageFor(options), "detectors[0]"));
  options = {.detectors = DetectorList{std::make_shared<Named>(), std::make_shared<Named>()}};
  CHECK((Has(MessageFor(options), "detectors[1]") && Has(MessageFor(options), "\"named\"")));
}

TEST_CASE("a run over nothing is a report of nothing") {
  const Report report = test::RunOf(EventLog());
  CHECK(report.input.statuses.offered() == 0);
  CHECK(report.customers.empty());
  CHECK(report.timeline.customers() == 0);
  CHECK(report.sessions.empty());
  CHECK(report.session_summary.count == 0);
  CHECK(report.session_summary.duration_median == 0s);
  CHECK(report.journeys.rows.empty());
  CHECK(report.findings.empty());
  CHECK(report.journey_summaries.size() == 1);
  CHECK(report.journey_summaries[0].definition == "discovered");
  PipelineOptions options;
  options.threads = 8;
  options.journeys = {Buy()};
  CHECK(test::RunOf(EventLog(), options).customers.empty());
}

TEST_CASE("a host's own resolver and labels of any size") {
  const auto offer = [](std::uint64_t n, const char* email) {
    return test::Offer{.time = test::kStart,
                       .sequence = n,
                       .source = "",
                       .channel = "web",
                       .name = "a",
                       .identifiers = {{"email", email}},
                       .attributes = {}};
  };
  PipelineOptions options;
  options.resolver = std::make_shared<ByDomain>();
  const Report report = test::RunOf(
      test::LogOf({offer(0, "ann@x.org"), offer(1, "bob@abc.org"), offer(2, "eve@x.org")}), options);
  CHECK(report.identity.resolver == "by domain");
  CHECK(report.identity.customers == 2);
  CHECK(report.timeline.of({0}).size() == 2);
}

TEST_CASE("an exception of a host's detector passes through Run, on any number of threads") {
  std::vector<Happened> events;
  for (int i = 0; i < 100; ++i)
    events.push_back({std::chrono::seconds{i}, i == 97 ? "web/boom" : "web/a", {}, "c" + std::to_string(i)});
  const EventLog log = test::LogOf(events);
  for (const unsigned threads : {1U, 2U, 8U}) {
    PipelineOptions options;
    options.threads = threads;
    options.detectors = DetectorList{std::make_shared<Throwing>()};
    const auto pipeline = Pipeline::Create(options);
    REQUIRE(pipeline.ok());
    CHECK_THROWS_AS(pipeline->Run(log), std::runtime_error);
    CHECK(test::RunOf(log).customers.size() == 100);
  }
}

TEST_CASE("a pipeline can be run again and again, and shared by threads") {
  const EventLog log = test::LogOf(test::World(3, {.offers = 100}));
  const auto pipeline = Pipeline::Create({.threads = 2});
  const std::string expected = test::Dump(pipeline->Run(log));
  std::vector<std::string> dumps(4);
  {
    std::vector<std::jthread> threads;
    for (std::string& dump : dumps) threads.emplace_back([&] { dump = test::Dump(pipeline->Run(log)); });
  }
  for (const std::string& dump : dumps) CHECK(dump == expected);
}

TEST_CASE("a report finds a customer's sessions and journeys, and a journey's events") {
  const Report report = test::RunOf(test::LogOf(
      std::vector<Happened>{{0s, "web/a", {}, "x"}, {1s, "web/b", {}, "y"}, {2h, "app/c", {}, "x"}}));
  REQUIRE(report.customers.size() == 2);
  CHECK(report.sessions_of({0}).size() == 2);
  CHECK(report.sessions_of({1}).size() == 1);
  REQUIRE(report.journeys_of({0}).size() == 1);
  const JourneyRow& row = report.journeys_of({0})[0];
  REQUIRE(row.events() == 2);
  CHECK(report.touchpoints.name_text(report.event_of(row, 1).touchpoint) == "c");
  CHECK(report.journeys_of({1})[0].customer == CustomerId{1});
}

TEST_CASE("Describe says who, what, where and when, and never the value of an identifier or attribute") {
  PipelineOptions options;
  options.journeys = {Buy()};
  options.journeys[0].abandon_after = 24h;
  options.as_of = test::After(72h);
  const Value error = Value::Text("error");
  const Report report =
      test::RunOf(test::LogOf(std::vector<Happened>{
                      {0s, "web/view", {{"secret", Value::Text("s3cr3t-attribute")}}, "ann-s3cr3t"},
                      {45s, "web/view", {{"status", error}}, "ann-s3cr3t"},
                      {60s, "phone/call", {}, "ann-s3cr3t"}}),
                  options);
  REQUIRE(report.findings.size() == 5);
  std::string all;
  for (const Finding& finding : report.findings) all += report.Describe(finding) + "\n";
  CHECK(all.find("s3cr3t") == std::string::npos);
  for (const char* part :
       {"buy", "customer 0", "drop_off", "abandoned", "repetition", "repeat", "self_loop", "step view",
        "channel_switch", "forced", "error", "web/view", "phone/call", "from web to phone", "15s"}) {
    CHECK(Has(all, part));
  }
  for (const Finding& finding : report.findings)
    CHECK(Has(report.Describe(finding), FormatTime(finding.time)));
}

TEST_CASE("the most frequent variants are kept, and all of them counted") {
  std::vector<Happened> events;
  for (int i = 0; i < 1200; ++i) {
    const std::string customer = "c" + std::to_string(i);
    events.push_back({0s, "web/a" + std::to_string(i), {}, customer});
  }
  events.push_back({0s, "web/a7", {}, "again"});
  const Report report = test::RunOf(test::LogOf(events));
  CHECK(report.variants.size() == Report::kVariantsKept);
  CHECK(report.variants_distinct == 1200);
  CHECK(report.variants[0].journeys == 2);
}

namespace {

// The tables that have a row for each event, session, journey or finding, as numbers; the rest as text. A
// text of all of it, as the small worlds are compared by, would take longer than the runs.
struct LargeDump {
  std::vector<std::int64_t> rows;
  std::string rest;
  friend bool operator==(const LargeDump&, const LargeDump&) = default;
};

LargeDump DumpLarge(Report report) {
  LargeDump dump;
  const auto add = [&](const auto&... numbers) {
    (dump.rows.push_back(static_cast<std::int64_t>(numbers)), ...);
  };
  const auto micros = [](TimePoint time) { return time.time_since_epoch().count(); };
  for (const EventRow& row : report.timeline.events) add(micros(row.time), row.touchpoint.value);
  for (const std::uint32_t begin : report.timeline.begins) add(begin);
  for (const CustomerRow& row : report.customers) {
    add(row.sessions_begin, row.sessions_end, row.journeys_begin, row.journeys_end);
  }
  for (const SessionRow& row : report.sessions) {
    add(row.customer.value, row.begin, row.end, row.cut, micros(row.first), micros(row.last));
  }
  for (const JourneyRow& row : report.journeys.rows) {
    add(row.customer.value, row.definition.value, row.begin, row.end, row.steps_begin, row.steps_reached,
        row.last_step, row.outcome, row.pauses, row.resumes_elsewhere, micros(row.first), micros(row.last),
        micros(row.ended));
  }
  for (const std::uint32_t position : report.journeys.events) add(position);
  for (const std::uint32_t position : report.journeys.steps) add(position);
  for (const Finding& f : report.findings) {
    add(f.detector.value, f.kind.value, f.reason.value, f.customer.value, f.journey.value, f.touchpoint.value,
        f.step, f.begin, f.end, f.cost_events, f.cost_time.count(), micros(f.time), f.severity);
  }
  report.timeline = {};
  report.sessions = {};
  report.journeys = {};
  report.findings = {};
  dump.rest = test::Dump(report);
  return dump;
}

// The events that have these numbers, in this order.
EventLog LargeLog(const std::vector<std::uint32_t>& numbers) {
  static const char* const channels[] = {"web", "app", "phone", "chat"};
  static const char* const names[] = {"view", "cart", "pay", "purchase", "cancel", "help", "search", "home"};
  EventLog log;
  Event event;
  std::string cookie;
  std::string user;
  for (const std::uint32_t i : numbers) {
    test::Random random(i);
    const std::string person = std::to_string(random.Below(6'000));
    cookie = person + static_cast<char>('a' + random.Below(10));
    const auto second = static_cast<std::int64_t>(random.Below(60 * 86'400));
    event.time = TimePoint{Duration{test::kStart + second * test::kSecond}};
    event.sequence = i;
    event.channel = channels[random.Below(4)];
    event.name = names[random.Below(8)];
    event.identifiers.assign(1, {"cookie", cookie});
    event.attributes.clear();
    if (random.OneIn(20)) {
      user = "u" + person;
      event.identifiers.push_back({"user_id", user});
    }
    if (random.OneIn(30)) event.attributes.push_back({"status", "error"});
    log.Append(event);
  }
  return log;
}

}  // namespace

TEST_CASE("a million events: another order of arrival and 1, 2 and 8 threads give the same bytes",
          "[large]") {
  std::vector<std::uint32_t> numbers(1'000'000);
  for (std::uint32_t i = 0; i < numbers.size(); ++i) numbers[i] = i;
  const auto run = [](const EventLog& log, unsigned threads) {
    PipelineOptions options;
    options.journeys = {test::Checkout()};
    options.threads = threads;
    return DumpLarge(Pipeline::Create(options)->Run(log));
  };
  LargeDump expected;
  {
    const EventLog log = LargeLog(numbers);
    CHECK(log.size() == numbers.size());
    expected = run(log, 1);
    CHECK(expected.rows.size() > 4 * numbers.size());
    CHECK(run(log, 2) == expected);
  }
  test::Random(1).Shuffle(numbers);
  CHECK(run(LargeLog(numbers), 8) == expected);
}
