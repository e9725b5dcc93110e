// The key "detectors" of a configuration.
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "journey/core/status.h"
#include "journey/friction/detector_catalogue.h"
#include "journey/io/config.h"
#include "journey/pipeline/pipeline.h"
#include "support/catch.h"

using namespace journey;  // NOLINT

namespace {

std::string ErrorOfDetectors(const std::string& detectors) {
  const StatusOr<Config> config = ParseConfig("{\"detectors\": " + detectors + "}", "j.json");
  return config.ok() ? "fine" : MessageOf(config.status());
}

// "name: parameters" of each.
std::vector<std::string> TextsOf(const DetectorList& detectors) {
  std::vector<std::string> texts;
  for (const auto& detector : detectors)
    texts.push_back(std::string(detector->name()) + ": " + detector->parameters());
  return texts;
}

std::vector<std::string> ReadDetectors(const std::string& detectors) {
  const StatusOr<Config> config = ParseConfig("{\"detectors\": " + detectors + "}", "j.json");
  INFO(MessageOf(config.status()));
  REQUIRE(config.ok());
  REQUIRE(config->detectors.has_value());
  return TextsOf(*config->detectors);
}

using Texts = std::vector<std::string>;

const std::string kNames =
    "one of drop_off, repetition, channel_switch, stall, backtrack, loop, error_loop, rapid_repeat, "
    "contact_after_abandonment, lost_progress, repeated_entry, excess_effort, error, "
    "support_contact";

}  // namespace

TEST_CASE("without the key detectors the default list is used, with an empty list none") {
  const StatusOr<Config> config = ParseConfig("{}", "j.json");
  REQUIRE(config.ok());
  CHECK(!config->detectors);
  CHECK(ReadDetectors("[]").empty());
}

TEST_CASE("a detector by its name has its defaults, so that the default list can be written down") {
  std::string list;
  for (const auto& detector : DefaultDetectors())
    list += (list.empty() ? "[\"" : ", \"") + std::string(detector->name()) + "\"";
  CHECK(ReadDetectors(list + "]") == TextsOf(DefaultDetectors()));
}

TEST_CASE("every threshold can be given, and is what the detector then states") {
  CHECK(ReadDetectors(R"(["drop_off", "backtrack",
    {"name": "repetition", "discovered": true},
    {"name": "channel_switch", "stall": "2h", "voluntary": true},
    {"name": "stall", "limit": "3h", "learn": 0.99, "least": 20},
    {"name": "loop", "returns": 3, "discovered_returns": 5},
    {"name": "error_loop", "count": 5, "within": "10m"},
    {"name": "rapid_repeat", "count": 6, "within": "2s", "attributes": ["target"]},
    {"name": "contact_after_abandonment", "within": "12h", "away": "1m"},
    {"name": "lost_progress", "early": 2, "lost": 3},
    {"name": "repeated_entry", "keys": ["iban", "tax_number"]},
    {"name": "excess_effort", "events": 40, "learn": 0.95, "learn_time": true, "factor": 1.5, "least": 10}])") ==
        Texts{"drop_off: ", "backtrack: ", "repetition: in discovered journeys, too",
              "channel_switch: stall 2h, voluntary too",
              "stall: limit 3h, quantile 0.99 of transitions seen at least 20 times",
              "loop: returns 3, 5 in discovered journeys", "error_loop: count 5, within 10m",
              "rapid_repeat: count 6, within 2s, attributes [target]",
              "contact_after_abandonment: within 12h, away 1m", "lost_progress: early 2, lost 3",
              "repeated_entry: keys [iban, tax_number]",
              "excess_effort: events 40, 1.5 times quantile 0.95 of at least 10 achieved journeys"});
  CHECK(ReadDetectors(R"([{"name": "stall", "limit": "none", "learn": 0.9}])") ==
        Texts{"stall: quantile 0.9 of transitions seen at least 50 times"});
  CHECK(ReadDetectors(R"([{"name": "excess_effort", "events": 40, "time": "1h"}])") ==
        Texts{"excess_effort: events 40, time 1h"});
  CHECK(ReadDetectors(R"(["excess_effort"])") ==
        Texts{"excess_effort: 2 times quantile 0.9 of at least 50 achieved journeys"});
  CHECK(ReadDetectors(R"([{"name": "rapid_repeat", "attributes": []}])") ==
        Texts{"rapid_repeat: count 4, within 1s, attributes []"});
}

TEST_CASE("mistakes in detectors are named, with place, what was found and what was expected") {
  CHECK(ErrorOfDetectors(R"("stall")") == "j.json: detectors: found \"stall\", expected a list of detectors");
  CHECK(ErrorOfDetectors(R"(["stal"])") ==
        "j.json: detectors[0]: found \"stal\", expected " + kNames + "; did you mean \"stall\"?");
  CHECK(ErrorOfDetectors(R"(["loop", {"name": "rapidrepeat"}])") ==
        "j.json: detectors[1].name: found \"rapidrepeat\", expected " + kNames +
            "; did you mean \"rapid_repeat\"?");
  CHECK(ErrorOfDetectors(R"([{"limit": "1h"}])") ==
        "j.json: detectors[0].name: missing, expected the name of a detector");
  CHECK(ErrorOfDetectors(R"([7])") ==
        "j.json: detectors[0]: found 7, expected the name of a detector, or an object such as {\"name\": "
        "\"stall\", "
        "\"limit\": \"24h\"}");
  CHECK(ErrorOfDetectors(R"([{"name": "stall", "limti": "1h"}])") ==
        "j.json: detectors[0].limti: unknown key, expected one of name, limit, learn, least; did you mean "
        "\"limit\"?");
  CHECK(ErrorOfDetectors(R"([{"name": "stall", "limit": "1 hour"}])") ==
        "j.json: detectors[0].limit: found \"1 hour\", expected a duration such as 30m, 24h, 7d");
  CHECK(ErrorOfDetectors(R"([{"name": "error_loop", "count": 2.5}])") ==
        "j.json: detectors[0].count: found 2.5, expected a whole number from 1 to 1000000");
  CHECK(ErrorOfDetectors(R"([{"name": "error_loop", "count": 1}])") ==
        "j.json: detectors[0]: count: 1 is not allowed; it must be at least 2");
  CHECK(ErrorOfDetectors(R"([{"name": "stall", "learn": 2}])") ==
        "j.json: detectors[0]: learn: 2 is not allowed; it must be 0.0001 to 1");
  CHECK(ErrorOfDetectors(R"([{"name": "repeated_entry", "keys": []}])") ==
        "j.json: detectors[0]: keys: 0 of them are not allowed; there must be 1 to 64");
  CHECK(ErrorOfDetectors(R"(["loop", {"name": "loop", "returns": 3}])") ==
        "j.json: detectors[1]: \"loop\" is there already");
}

TEST_CASE("the example in the header of the configuration is one") {
  std::ifstream file(JOURNEY_SOURCE_DIR "/include/journey/io/config.h");
  const std::string header{std::istreambuf_iterator<char>(file), {}};
  REQUIRE(!header.empty());
  std::string example;
  for (std::size_t at = header.find("{\"journeys\""); at < header.find("// What is left out");) {
    const std::size_t end = header.find('\n', at);
    example += header.substr(at, end - at + 1);
    at = end + 1;
    if (header.compare(at, 3, "// ") == 0) at += 2;
    if (header.compare(at, 3, "//\n") == 0) break;
  }
  const StatusOr<Config> config = ParseConfig(example, "config.h");
  INFO(example);
  INFO(MessageOf(config.status()));
  REQUIRE(config.ok());
  REQUIRE(config->detectors);
  CHECK(config->detectors->size() == 12);
  PipelineOptions options{.journeys = config->journeys, .detectors = config->detectors};
  CHECK(Pipeline::Create(options).ok());
}
