#include "simulate/writers.h"

#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "simulate/tiny_json.h"
#include "support/catch.h"

namespace journey {
namespace {

using testing::Json;
using testing::TinyJson;
using Record = std::map<std::string, std::string>;

SimulatorOptions Small(std::uint64_t seed) {
  return {.customers = 60, .days = 45, .seed = seed};
}

template <typename Writer, typename... Options>
std::string Text(Writer write, const SimulatedLog& log, const Options&... options) {
  std::ostringstream out;
  write(log, out, options...);
  return out.str();
}

// FNV-1a: enough to see that not one byte has changed.
std::uint64_t Digest(std::string_view text) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return hash;
}

// RFC 4180, read character by character.
std::vector<Record> ParseCsv(std::string_view text) {
  std::vector<std::vector<std::string>> lines(1);
  lines.back().emplace_back();
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string& field = lines.back().back();
    if (quoted && text[i] == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      field += text[i++];
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && text[i] == ',') {
      lines.back().emplace_back();
    } else if (!quoted && text[i] == '\n') {
      lines.emplace_back(1);
    } else {
      field += text[i];
    }
  }
  lines.pop_back();
  std::vector<Record> records;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    REQUIRE(lines[i].size() == lines[0].size());
    Record& record = records.emplace_back();
    for (std::size_t k = 0; k < lines[i].size(); ++k) {
      if (!lines[i][k].empty()) record[lines[0][k]] = lines[i][k];
    }
  }
  return records;
}

std::vector<Json> ParseJsonLines(const std::string& text) {
  std::vector<Json> values;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto value = TinyJson::Parse(line);
    INFO(line);
    REQUIRE(value.has_value());
    values.push_back(*value);
  }
  return values;
}

// What the files should say about a row, without empty fields.
Record RecordOf(const Event& event) {
  static const std::map<std::string, std::string> kColumns{
      {"user_id", "user_id"}, {"device", "device_id"}, {"email", "email"}, {"phone", "phone"}};
  Record record{{"n", std::to_string(event.sequence.value_or(0))},
                {"event_id", std::string(event.id)},
                {"timestamp", FormatTime(event.time)},
                {"channel", std::string(event.channel)},
                {"event", std::string(event.name)}};
  for (const Identifier& identifier : event.identifiers) {
    if (!identifier.value.empty()) record[kColumns.at(std::string(identifier.name_space))] = identifier.value;
  }
  for (const Attribute& attribute : event.attributes) {
    record[std::string(attribute.key)] = attribute.value.kind() == AttributeValue::Kind::kText
                                             ? std::string(attribute.value.text())
                                             : std::to_string(static_cast<int>(attribute.value.number()));
  }
  return record;
}

TEST_CASE("a seed gives the same bytes on every machine") {
  const SimulatedLog log = Simulate(Small(7));
  CHECK(Digest(Text(WriteCsv, log, SimulatedFileOptions{})) == 12605337354001165282U);
  CHECK(Digest(Text(WriteJsonLines, log, SimulatedFileOptions{})) == 8010994385994101009U);
  CHECK(Digest(Text(WriteTruth, log)) == 17097584233180790367U);
}

TEST_CASE("another seed gives another world") {
  CHECK(Text(WriteCsv, Simulate(Small(7)), SimulatedFileOptions{}) !=
        Text(WriteCsv, Simulate(Small(8)), SimulatedFileOptions{}));
}

TEST_CASE("the CSV file says what the log says, quotes and line breaks included") {
  const SimulatedLog log = Simulate(Small(7));
  const std::string text = Text(WriteCsv, log, SimulatedFileOptions{});
  const std::vector<Record> records = ParseCsv(text);
  REQUIRE(records.size() == log.size());
  EventBuffer buffer;
  for (std::size_t i = 0; i < log.size(); ++i) REQUIRE(records[i] == RecordOf(log.Fill(i, buffer)));
  CHECK(text.find("\"They asked me \"\"twice\"\" for the same thing\"") != std::string::npos);
  CHECK(text.find("\"too long;\ngave up once\"") != std::string::npos);
}

TEST_CASE("the JSON Lines file says what the log says") {
  const SimulatedLog log = Simulate(Small(7));
  const std::vector<Json> values = ParseJsonLines(Text(WriteJsonLines, log, SimulatedFileOptions{}));
  REQUIRE(values.size() == log.size());
  EventBuffer buffer;
  for (std::size_t i = 0; i < log.size(); ++i) {
    Record record;
    for (const auto& [key, value] : values[i].members) {
      CHECK((value.kind == Json::Kind::kNumber) == (key == "n" || key == "score"));
      if (!value.text.empty()) record[key] = value.text;
    }
    REQUIRE(record == RecordOf(log.Fill(i, buffer)));
  }
}

TEST_CASE("broken rows come only when asked for, beside the rows of the log") {
  const SimulatedLog log = Simulate(Small(7));
  const auto records = ParseCsv(Text(WriteCsv, log, SimulatedFileOptions{.broken_permille = 20}));
  std::set<std::string> broken_times;
  std::set<std::string> sequences;
  std::size_t broken = 0;
  for (const Record& record : records) {
    CHECK(sequences.insert(record.at("n")).second);
    if (record.at("event_id")[0] != 'x') continue;
    ++broken;
    broken_times.insert(record.contains("timestamp") ? record.at("timestamp") : "");
  }
  CHECK(broken > 10);
  CHECK(records.size() == log.size() + broken);
  CHECK(broken_times == std::set<std::string>{"", "2300-01-01T00:00:00Z", "yesterday"});
}

TEST_CASE("the truth names each person, event, journey and friction, and only those that exist") {
  const SimulatedLog log = Simulate(Small(7));
  std::map<std::string, std::vector<Json>> by_type;
  for (const Json& value : ParseJsonLines(Text(WriteTruth, log)))
    by_type[value.at("type").text].push_back(value);
  REQUIRE(by_type["world"].size() == 1);
  CHECK(by_type["world"][0].at("schema").text == "journey.truth/1");
  CHECK(by_type["world"][0].at("as_of").text == FormatTime(log.as_of()));
  CHECK(by_type["world"][0].at("frictions").items.size() == simulation::kPlantedFrictions);
  CHECK(by_type["person"].size() == log.people());
  CHECK(by_type["event"].size() == log.distinct_events());
  CHECK(by_type["journey"].size() == log.journeys().size());
  CHECK(by_type["friction"].size() == log.frictions().size());

  std::map<std::string, std::set<std::string>> identifiers;  // by person
  for (const Json& person : by_type["person"]) {
    for (const auto& [name_space, values] : person.at("identifiers").members) {
      for (const Json& value : values.items)
        identifiers[person.at("person").text].insert(name_space + "=" + value.text);
    }
  }
  std::map<std::string, std::string> person_of;
  for (const Json& event : by_type["event"]) {
    CHECK(person_of.emplace(event.at("event_id").text, event.at("person").text).second);
  }
  EventBuffer buffer;
  for (std::size_t i = 0; i < log.size(); ++i) {
    const Event& event = log.Fill(i, buffer);
    REQUIRE(person_of.at(std::string(event.id)) == std::to_string(log.person(i)));
    for (const Identifier& identifier : event.identifiers) {
      if (log.row(i).placeholder != 0) continue;
      CHECK(identifiers[std::to_string(log.person(i))].contains(std::string(identifier.name_space) + "=" +
                                                                std::string(identifier.value)));
    }
  }
  for (const Json& journey : by_type["journey"]) {
    for (const char* end : {"first_event", "last_event"}) {
      CHECK(person_of.at(journey.at(end).text) == journey.at("person").text);
    }
    CHECK(!journey.at("steps").items.empty());
    CHECK(!journey.at("channels").items.empty());
  }
  std::size_t consequences = 0;
  for (const Json& friction : by_type["friction"]) {
    const auto number = static_cast<std::size_t>(friction.at("journey").number());
    CHECK(by_type["journey"].at(number).at("person").text == friction.at("person").text);
    for (const char* event : {"at", "first_event", "last_event"}) {
      CHECK(person_of.at(friction.at(event).text) == friction.at("person").text);
    }
    const bool planted = friction.at("cause").at("detector").text == friction.at("detector").text &&
                         friction.at("cause").at("kind").text == friction.at("kind").text;
    CHECK((friction.at("planted").text == "true") == planted);
    consequences += planted ? 0U : 1U;
    if (friction.at("detector").text == "drop_off") {
      CHECK(friction.at("kind").text == by_type["journey"].at(number).at("outcome").text);
    }
  }
  CHECK(consequences > 0);
}

TEST_CASE("the configurations beside a log name its columns and events") {
  const auto map = TinyJson::Parse(SimulatedMap());
  REQUIRE(map.has_value());
  const SimulatedLog log = Simulate(Small(7));
  const std::string csv = Text(WriteCsv, log, SimulatedFileOptions{});
  const std::string header = "," + csv.substr(0, csv.find('\n')) + ",";
  const auto is_column = [&](const std::string& name) {
    return header.find("," + name + ",") != std::string::npos;
  };
  for (const char* part : {"time", "name", "channel", "id", "sequence"}) {
    CHECK(is_column(map->at(part).at("column").text));
  }
  CHECK(map->at("identifiers").members.size() == 4);
  for (const auto& [name_space, column] : map->at("identifiers").members)
    CHECK(is_column(column.at("column").text));
  for (const Json& attribute : map->at("attributes").items) CHECK(is_column(attribute.text));

  const auto journeys = TinyJson::Parse(SimulatedJourneys());
  REQUIRE(journeys.has_value());
  REQUIRE(journeys->at("journeys").items.size() == 3);
  CHECK(journeys->at("journeys").items[0].at("name").text == "purchase");
  CHECK(journeys->at("journeys").items[0].at("abandon_after").text == "3d");
  CHECK(journeys->at("journeys").items[1].at("goal").at("events").items[0].text == "application_approved");
  for (const Json& definition : journeys->at("journeys").items) {
    for (const Json& step : definition.at("steps").items) {
      CHECK(csv.find("," + step.at("events").items[0].text + ",") != std::string::npos);
    }
  }
}

}  // namespace
}  // namespace journey
