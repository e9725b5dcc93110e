#include "journey/io/json_writer.h"

#include <chrono>

#include "io_writers/support.h"
#include "journey/friction/detector_catalogue.h"

namespace journey {
namespace {

using nlohmann::json;
using testing::Checkout;
using testing::JsonOf;
using testing::RunOn;
using testing::ShopLog;

void CheckCount(const json& object, const char* key) {
  INFO(key);
  REQUIRE(object.contains(key));
  CHECK(object[key].is_number_unsigned());
}
void CheckText(const json& object, const char* key) {
  INFO(key);
  REQUIRE(object.contains(key));
  CHECK(object[key].is_string());
}
void CheckCountOrNull(const json& object, const char* key) {
  INFO(key);
  REQUIRE(object.contains(key));
  CHECK((object[key].is_null() || object[key].is_number_unsigned()));
}

std::uint64_t SumOf(const json& list, const char* key) {
  std::uint64_t sum = 0;
  for (const json& entry : list) sum += entry[key].get<std::uint64_t>();
  return sum;
}

// Every key that the schema promises, with its type.
void CheckSchema(const json& report) {
  CHECK(report["schema"] == "journey.report/1");
  CheckCount(report["input"], "offered");
  for (const char* key : {"first_time", "last_time", "as_of"}) {
    REQUIRE(report["input"].contains(key));
    CHECK((report["input"][key].is_null() || report["input"][key].is_string()));
  }
  REQUIRE(report["input"]["statuses"].size() == kAdmissionStatuses);
  for (const auto& [name, count] : report["input"]["statuses"].items()) CHECK(count.is_number_unsigned());
  for (const char* key : {"identifiers", "customers", "refused_links", "placeholders"}) {
    CheckCount(report["identity"], key);
  }
  for (const char* key : {"count", "cut"}) CheckCount(report["sessions"], key);
  for (const char* key : {"events_median", "duration_median_us"}) CheckCountOrNull(report["sessions"], key);
  for (const json& journey : report["journeys"]) {
    CheckText(journey, "definition");
    for (const char* key : {"started", "achieved", "abandoned", "expired", "excluded", "open", "pauses"}) {
      CheckCount(journey, key);
    }
    CheckCountOrNull(journey, "time_to_goal_median_us");
    for (const json& step : journey["steps"]) {
      CheckText(step, "name");
      for (const char* key : {"reached", "dropped", "skipped"}) CheckCount(step, key);
      CheckCountOrNull(step, "time_from_previous_median_us");
    }
  }
  for (const json& row : report["friction"]) {
    for (const char* key : {"detector", "kind", "channel", "event"}) CheckText(row, key);
    for (const char* key : {"findings", "journeys", "customers", "cost_events", "cost_us"})
      CheckCount(row, key);
  }
  for (const json& row : report["transitions"]) {
    for (const char* end : {"from", "to"}) {
      CheckText(row[end], "channel");
      CheckText(row[end], "event");
    }
    for (const char* key : {"count", "median_us"}) CheckCount(row, key);
  }
  for (const json& row : report["variants"]) {
    REQUIRE(row["path"].is_array());
    for (const json& place : row["path"]) CheckText(place, "event");
    CheckCount(row, "journeys");
  }
  for (const json& row : report["channels"]) {
    CheckText(row, "channel");
    for (const char* key : {"events", "customers", "sessions"}) CheckCount(row, key);
  }
}

// Law 10: the figures are views of one set of tables.
void CheckFigures(const json& report, const Report& of) {
  std::uint64_t statuses = 0;
  for (const auto& [name, count] : report["input"]["statuses"].items())
    statuses += count.get<std::uint64_t>();
  CHECK(statuses == report["input"]["offered"]);
  CHECK(SumOf(report["input"]["by_source"], "offered") == report["input"]["offered"]);
  CHECK(report["input"]["statuses"]["accepted"] == report["input"]["events"]);
  CHECK(SumOf(report["channels"], "events") == report["input"]["events"]);

  std::uint64_t journeys = 0;
  for (const json& journey : report["journeys"]) {
    journeys += journey["started"].get<std::uint64_t>();
    std::uint64_t ends = 0;
    for (const char* key : {"achieved", "abandoned", "expired", "excluded", "ended", "open"}) {
      ends += journey[key].get<std::uint64_t>();
    }
    CHECK(ends == journey["started"]);
    const json& steps = journey["steps"];
    const auto arrived = [&](std::size_t k) {
      return steps[k]["reached"].get<std::uint64_t>() + steps[k]["skipped"].get<std::uint64_t>();
    };
    if (!steps.empty() && journey["started"] != 0) CHECK(arrived(0) == journey["started"]);
    for (std::size_t k = 0; k + 1 < steps.size(); ++k) {
      CHECK(arrived(k) == arrived(k + 1) + steps[k]["dropped"].get<std::uint64_t>() +
                              steps[k]["open"].get<std::uint64_t>());
    }
  }
  CHECK(journeys == of.journeys.rows.size());
  CHECK(journeys == report["totals"]["journeys"]);
  if (report["variants_distinct"] == report["variants"].size()) {
    CHECK(SumOf(report["variants"], "journeys") == journeys);
  }
  CHECK(SumOf(report["friction"], "findings") == of.findings.size());
  CHECK(report["totals"]["findings"] == of.findings.size());
  for (const json& row : report["friction"]) {
    CHECK(row["customers"] <= row["journeys"]);
    CHECK(row["journeys"] <= row["findings"]);
    std::uint64_t reasons = 0;
    for (const auto& [reason, count] : row["reasons"].items()) reasons += count.get<std::uint64_t>();
    CHECK((reasons == 0 || reasons == row["findings"]));
  }
  std::uint64_t moves = 0;
  for (const JourneyRow& row : of.journeys.rows) moves += row.events() - 1;
  CHECK(SumOf(report["transitions"], "count") == moves);
  for (const json& flow : report["channel_flow"]) CHECK(flow["forced"] <= flow["switches"]);
}

TEST_CASE("the JSON report has every key of its schema, and its figures reconcile") {
  const EventLog log = ShopLog();
  for (const bool defined : {true, false}) {
    PipelineOptions options;
    if (defined) options.journeys = {Checkout()};
    const Report report = RunOn(log, std::move(options));
    const json parsed = json::parse(JsonOf(report));
    CheckSchema(parsed);
    CheckFigures(parsed, report);
    CHECK(parsed["friction"].size() > 0);
    CHECK(parsed["journeys"].size() == 1);
    CHECK(parsed["channel_flow"].size() > 0);
  }
}

TEST_CASE("the JSON report says what the events say") {
  const json report = json::parse(JsonOf(RunOn(ShopLog(), {.journeys = {Checkout()}})));
  CHECK(report["input"]["offered"] == 15);
  CHECK(report["input"]["statuses"]["malformed"] == 1);
  CHECK(report["input"]["statuses"]["out_of_range"] == 1);
  CHECK(report["input"]["first_time"] == "2024-03-13T00:00:00Z");
  CHECK(report["input"]["as_of"] == "2024-03-18T00:00:00Z");
  CHECK(report["identity"]["customers"] == 5);
  const json& checkout = report["journeys"][0];
  CHECK(checkout["definition"] == "checkout");
  CHECK(checkout["started"] == 5);
  CHECK(checkout["achieved"] == 2);
  CHECK(checkout["abandoned"] == 2);
  CHECK(checkout["open"] == 1);
  CHECK(checkout["time_to_goal_median_us"] == 390'000'000);  // of 12 min and 1 min
  CHECK(checkout["steps"][0]["time_from_previous_median_us"].is_null());
  CHECK(checkout["steps"][1] == json{{"name", "cart"},
                                     {"reached", 2},
                                     {"skipped", 1},
                                     {"dropped", 1},
                                     {"open", 0},
                                     {"time_from_previous_median_us", 120'000'000}});
  CHECK(report["channels"][0] == json{{"channel", "app"}, {"events", 5}, {"customers", 3}, {"sessions", 3}});
  CHECK(report["channel_flow"][1]["from"] == "web");
  CHECK(report["detectors"].size() == DefaultDetectors().size());
}

TEST_CASE("of no events the JSON report has null where there is nothing to measure") {
  EventLog log;
  log.Reject("a.csv", AdmissionStatus::kMalformed);
  const Report report = RunOn(log, {.journeys = {Checkout()}});
  const json parsed = json::parse(JsonOf(report));
  CheckSchema(parsed);
  CheckFigures(parsed, report);
  CHECK(parsed["input"]["first_time"].is_null());
  CHECK(parsed["sessions"]["duration_median_us"].is_null());
  CHECK(parsed["journeys"][0]["time_to_goal_median_us"].is_null());
  CHECK(parsed["journeys"][0]["steps"].size() == 3);
}

TEST_CASE("rows of the JSON report stand on one line each, indented by two") {
  const std::string text = JsonOf(RunOn(testing::LogOf({{0, "a", "web", "view"}, {1, "a", "web", "pay"}})));
  CHECK(testing::Has(text,
                     "\n  \"transitions\": [\n"
                     "    {\"from\": {\"channel\": \"web\", \"event\": \"view\"}, "
                     "\"to\": {\"channel\": \"web\", \"event\": \"pay\"}, "
                     "\"count\": 1, \"median_us\": 60000000}\n  ],\n"));
  CHECK(text.starts_with("{\n  \"schema\": \"journey.report/1\",\n"));
  CHECK(text.ends_with("\n}\n"));
}

TEST_CASE("a report of 200,000 transitions is written in seconds") {
  Report report = RunOn(testing::LogOf({{0, "a", "web", "view"}, {1, "a", "web", "pay"}}));
  report.transitions.assign(200'000, report.transitions.front());
  const auto begin = std::chrono::steady_clock::now();
  const std::string text = JsonOf(report);
  const auto taken = std::chrono::steady_clock::now() - begin;
  CHECK(testing::CountOf(text, "median_us\": 60000000}") == 200'000);
  CHECK(taken < std::chrono::seconds{20});  // a fraction of one without sanitizers
}

}  // namespace
}  // namespace journey
