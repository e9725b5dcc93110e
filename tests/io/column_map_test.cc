#include "journey/io/column_map.h"

#include <rapidcheck.h>

#include <string>
#include <vector>

#include "io/read_support.h"
#include "support/catch.h"

using namespace journey;  // NOLINT
using journey::test::Has;

namespace {

std::string ErrorOfMap(std::string_view json) {
  const StatusOr<ColumnMap> map = ParseColumnMap(json, "map.json");
  return map.ok() ? "fine" : MessageOf(map.status());
}

std::string With(std::string_view rest) {
  return R"({"time": {"column": "t"}, "name": {"column": "e"}, "channel": {"constant": "web"})" +
         std::string(rest) + "}";
}

ColumnMap GuessOf(const std::vector<std::string_view>& columns,
                  const std::vector<std::vector<std::string>>& rows = {}) {
  return GuessColumnMap(columns, rows);
}

}  // namespace

TEST_CASE("a map says which column is what") {
  const StatusOr<ColumnMap> map = ParseColumnMap(
      R"({"time": {"column": "timestamp", "format": "unix_ms"}, "name": {"column": "event"},
          "channel": {"constant": "web"}, "id": {"column": "event_id"}, "sequence": {"column": "n"},
          "source": {"column": "feed"},
          "identifiers": {"user_id": {"column": "customer_id"}, "device": {"column": "device_id"}},
          "attributes": ["platform", "status"]})",
      "map.json");
  REQUIRE(map.ok());
  CHECK(map->time == FieldSource::Column("timestamp"));
  CHECK(map->time_format == TimeFormat::kUnixMillis);
  CHECK(map->name == FieldSource::Column("event"));
  CHECK(map->channel == FieldSource::Constant("web"));
  CHECK(map->id == FieldSource::Column("event_id"));
  CHECK(map->sequence == FieldSource::Column("n"));
  CHECK(map->source == FieldSource::Column("feed"));
  CHECK(map->identifiers == std::vector<NamedColumn>{{"user_id", "customer_id"}, {"device", "device_id"}});
  CHECK(map->attributes == std::vector<NamedColumn>{{"platform", "platform"}, {"status", "status"}});
}

TEST_CASE("attributes may have names of their own") {
  const StatusOr<ColumnMap> map =
      ParseColumnMap(With(R"(, "attributes": {"status": {"column": "http.status"}})"), "map.json");
  REQUIRE(map.ok());
  CHECK(map->attributes == std::vector<NamedColumn>{{"status", "http.status"}});
  const StatusOr<ColumnMap> mixed =
      ParseColumnMap(With(R"(, "attributes": ["a", {"b": {"column": "c"}}])"), "map.json");
  REQUIRE(mixed.ok());
  CHECK(mixed->attributes == std::vector<NamedColumn>{{"a", "a"}, {"b", "c"}});
}

TEST_CASE("an error in a map names the file, the place, what was found and what was expected") {
  CHECK(Has(ErrorOfMap(R"({"time": {"column": "t", "format": "iso"}, "name": {"column": "e"},
                        "channel": {"constant": "w"}})"),
            R"(map.json: time.format: found "iso", expected one of iso8601, unix_s, unix_ms, unix_us)"));
  CHECK(ErrorOfMap(R"({"name": {"column": "e"}, "channel": {"constant": "w"}})") ==
        R"(map.json: time: missing, expected {"column": "...", "format": "iso8601"})");
  CHECK(Has(ErrorOfMap(R"({"time": {"column": "t"}, "channel": {"constant": "w"}})"),
            "map.json: name: missing"));
  CHECK(
      Has(ErrorOfMap(R"({"time": {"column": "t"}, "name": {"column": "e"}})"), "map.json: channel: missing"));
  CHECK(Has(ErrorOfMap(R"({"time": "t"})"),
            R"(map.json: time: found "t", expected an object with column, format)"));
  CHECK(Has(ErrorOfMap(With(R"(, "id": {"constant": "x"})")),
            "map.json: id.constant: unknown key, expected one of column"));
  CHECK(Has(ErrorOfMap(With(R"(, "id": {"column": 3})")),
            "map.json: id.column: found 3, expected the name of a column"));
  CHECK(Has(ErrorOfMap(With(R"(, "id": {"column": ""})")), R"(map.json: id.column: found "", expected)"));
  CHECK(Has(ErrorOfMap(With(R"(, "identifiers": ["a"])")),
            "map.json: identifiers: found a list, expected an object"));
  CHECK(Has(ErrorOfMap(With(R"(, "identifiers": {"a": "b"})")),
            R"(map.json: identifiers.a: found "b", expected)"));
  CHECK(Has(ErrorOfMap(With(R"(, "attributes": ["a", 7])")),
            "map.json: attributes[1]: found 7, expected a column"));
  CHECK(
      Has(ErrorOfMap(With(R"(, "attributes": ["a", "a"])")), R"(map.json: attributes: "a" is given twice)"));
  CHECK(Has(ErrorOfMap(With(R"(, "source": {"column": "a", "constant": "b"})")),
            R"(map.json: source: found an object, expected {"column": "..."} or {"constant": "..."})"));
  CHECK(Has(ErrorOfMap("[]"), "map.json: found an empty list, expected an object with time, name"));
  CHECK(Has(ErrorOfMap("null"), "map.json: found null"));
}

TEST_CASE("an unknown key in a map is an error that says which key is near") {
  const std::string error = ErrorOfMap(With(R"(, "identifier": {})"));
  CHECK(error.starts_with("map.json: identifier: unknown key, expected one of time, name, channel, id, "));
  CHECK(error.ends_with("; did you mean \"identifiers\"?"));
  CHECK(Has(ErrorOfMap(R"({"tiem": {}})"), R"(did you mean "time"?)"));
  CHECK(!Has(ErrorOfMap(R"({"colour": {}})"), "did you mean"));
}

TEST_CASE("a key that is given twice in a map is an error") {
  CHECK(ErrorOfMap(With(R"(, "id": {"column": "a"}, "id": {"column": "b"})")) ==
        "map.json: id: the key is given twice");
  CHECK(ErrorOfMap(With(R"(, "identifiers": {"u": {"column": "a"}, "u": {"column": "b"}})")) ==
        "map.json: identifiers.u: the key is given twice");
}

TEST_CASE("text that is no JSON is an error with line and column") {
  CHECK(
      Has(ErrorOfMap("{\"time\":\n  {\"column\" \"t\"}}"), "map.json: line 2, column 15: not valid JSON: "));
  CHECK(Has(ErrorOfMap(""), "map.json: line 1, column 1: not valid JSON"));
  CHECK(Has(ErrorOfMap("{"), "map.json: line 1, column 2: not valid JSON"));
  CHECK(Has(ErrorOfMap("{} {}"), "map.json: line 1, column 4: not valid JSON"));
  CHECK(Has(ErrorOfMap("{\"a\": \"\xFF\"}"), "not valid JSON"));
  CHECK(Has(ErrorOfMap("{\"a\": 1e999}"), "not valid JSON"));
  CHECK(Has(ErrorOfMap(std::string(100'000, '[')), "map.json: nested deeper than 64 levels"));
  CHECK(ErrorOfMap("\xEF\xBB\xBF" + With("")) == "fine");
}

TEST_CASE("a map that is written as JSON is read back the same") {
  CHECK(rc::check([] {
    const auto word = rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange<char>(32, 127)));
    ColumnMap map;
    map.time = FieldSource::Column(*word);
    map.time_format = static_cast<TimeFormat>(*rc::gen::inRange(0, 6));
    map.name = *rc::gen::arbitrary<bool>() ? FieldSource::Column(*word) : FieldSource::Constant(*word);
    map.channel = *rc::gen::arbitrary<bool>() ? FieldSource::Column(*word) : FieldSource::Constant(*word);
    if (*rc::gen::arbitrary<bool>()) map.id = FieldSource::Column(*word);
    if (*rc::gen::arbitrary<bool>()) map.sequence = FieldSource::Column(*word);
    if (*rc::gen::arbitrary<bool>()) map.source = FieldSource::Constant(*word);
    const bool renamed = *rc::gen::arbitrary<bool>();
    for (const auto& name : *rc::gen::container<std::set<std::string>>(word))
      map.identifiers.push_back({name, *word});
    for (const auto& name : *rc::gen::container<std::set<std::string>>(word)) {
      map.attributes.push_back({name, renamed ? *word : name});
    }
    const StatusOr<ColumnMap> back = ParseColumnMap(ToJson(map), "map.json");
    RC_ASSERT(back.ok());
    RC_ASSERT(*back == map);
    RC_ASSERT(!Describe(map).empty());
  }));
}

TEST_CASE("no bytes at all make the parser of maps fail otherwise than by a message") {
  CHECK(rc::check([] {
    std::string json = With(R"(, "attributes": ["a"], "identifiers": {"u": {"column": "a"}})");
    const auto edits = *rc::gen::inRange(1, 5);
    for (int i = 0; i < edits; ++i) {
      json[*rc::gen::inRange<std::size_t>(0, json.size())] = *rc::gen::arbitrary<char>();
    }
    const StatusOr<ColumnMap> map = ParseColumnMap(json, "map.json");
    if (!map.ok()) RC_ASSERT(MessageOf(map.status()).starts_with("map.json: "));
  }));
}

TEST_CASE("the columns of a shop's export are guessed") {
  const ColumnMap map =
      GuessOf({"user_id", "session_id", "event", "timestamp", "platform", "acquisition_channel",
               "user_cohort", "user_lifecycle"},
              {{"u1", "s1", "home", "2024-03-13 10:21:14", "desktop", "email", "2024-01", "new"}});
  CHECK(map.Validate().ok());
  CHECK(map.time == FieldSource::Column("timestamp"));
  CHECK(map.time_format == TimeFormat::kIso8601);
  CHECK(map.name == FieldSource::Column("event"));
  CHECK(map.channel == FieldSource::Column("platform"));
  CHECK(map.id.kind == FieldSource::Kind::kNone);
  CHECK(map.identifiers == std::vector<NamedColumn>{{"user_id", "user_id"}});
  CHECK(map.attributes.size() == 4);
  CHECK(Describe(map) ==
        "time         column timestamp (iso8601)\n"
        "name         column event\n"
        "channel      column platform\n"
        "id           none: an event is known by its source and sequence\n"
        "sequence     the number of the row\n"
        "source       the name of the file\n"
        "identifiers  column user_id\n"
        "attributes   session_id, acquisition_channel, user_cohort, user_lifecycle\n");
}

TEST_CASE("the identifiers of several channels are guessed") {
  const ColumnMap map = GuessOf({"event_id", "timestamp", "channel", "event", "device_id", "customer_id",
                                 "email", "phone", "platform", "acquisition_channel"});
  CHECK(map.Validate().ok());
  CHECK(map.id == FieldSource::Column("event_id"));
  CHECK(map.channel == FieldSource::Column("channel"));
  CHECK(map.identifiers ==
        std::vector<NamedColumn>{
            {"user_id", "customer_id"}, {"device", "device_id"}, {"email", "email"}, {"phone", "phone"}});
  CHECK(map.attributes ==
        std::vector<NamedColumn>{{"platform", "platform"}, {"acquisition_channel", "acquisition_channel"}});
  CHECK(Has(Describe(map),
            "identifiers  column customer_id as user_id\n             column device_id as device\n"));
}

TEST_CASE("names are guessed in any usual spelling, and at the end of a path") {
  const ColumnMap map = GuessOf({"messageId", "originalTimestamp", "eventName", "userId", "anonymousId",
                                 "context.traits.email", "Other"});
  CHECK(map.id == FieldSource::Column("messageId"));
  CHECK(map.time == FieldSource::Column("originalTimestamp"));
  CHECK(map.name == FieldSource::Column("eventName"));
  CHECK(map.channel == FieldSource::Constant("web"));
  CHECK(map.identifiers == std::vector<NamedColumn>{{"user_id", "userId"},
                                                    {"anonymous_id", "anonymousId"},
                                                    {"email", "context.traits.email"}});
  CHECK(GuessOf({"Event Time", "Event Name", "User ID"}).identifiers ==
        std::vector<NamedColumn>{{"user_id", "User ID"}});
}

TEST_CASE("the format of the time is guessed from the first rows") {
  const auto format = [](std::vector<std::string> times) {
    std::vector<std::vector<std::string>> rows;
    for (std::string& time : times) rows.push_back({time, "e"});
    return GuessColumnMap(std::vector<std::string_view>{"ts", "event"}, rows).time_format;
  };
  CHECK(format({"2024-03-13"}) == TimeFormat::kIso8601);
  CHECK(format({"", "1710325274"}) == TimeFormat::kUnixSeconds);
  CHECK(format({"1710325274.5", "1710325275"}) == TimeFormat::kUnixSeconds);
  CHECK(format({"1710325274000"}) == TimeFormat::kUnixMillis);
  CHECK(format({"1710325274000000"}) == TimeFormat::kUnixMicros);
  CHECK(format({"1710325274000000000"}) == TimeFormat::kUnixNanos);
  CHECK(format({"20240313"}) == TimeFormat::kAuto);
  CHECK(format({"2024-03-13", "1710325274"}) == TimeFormat::kAuto);
  CHECK(format({}) == TimeFormat::kAuto);
}

TEST_CASE("of several columns that may be the time, the first that can be read as times is taken") {
  const ColumnMap map = GuessOf({"timestamp", "event_time", "event"}, {{"3 days ago", "2024-03-13", "e"}});
  CHECK(map.time == FieldSource::Column("event_time"));
}

TEST_CASE("a plain id is the event's only where it never repeats") {
  const std::vector<std::string_view> columns{"id", "time", "event"};
  CHECK(GuessOf(columns, {{"1", "1", "a"}, {"2", "1", "a"}}).id == FieldSource::Column("id"));
  CHECK(GuessOf(columns, {{"1", "1", "a"}, {"1", "1", "a"}}).id.kind == FieldSource::Kind::kNone);
}

TEST_CASE("a sequence is guessed only beside an id") {
  CHECK(GuessOf({"seq", "time", "event"}, {{"1", "1", "a"}}).sequence.kind == FieldSource::Kind::kNone);
  CHECK(GuessOf({"seq", "time", "event", "event_id"}, {{"1", "1", "a", "x"}}).sequence ==
        FieldSource::Column("seq"));
  CHECK(GuessOf({"seq", "time", "event", "event_id"}, {{"one", "1", "a", "x"}}).sequence.kind ==
        FieldSource::Kind::kNone);
}

TEST_CASE("a session is an identifier only where there is no other") {
  CHECK(GuessOf({"time", "event", "session_id"}).identifiers ==
        std::vector<NamedColumn>{{"session_id", "session_id"}});
  CHECK(GuessOf({"time", "event", "session_id", "cookie"}).identifiers ==
        std::vector<NamedColumn>{{"cookie", "cookie"}});
}

TEST_CASE("a guess without a time or a name does not validate") {
  CHECK(!GuessOf({"a", "b"}).Validate().ok());
  CHECK(MessageOf(GuessOf({"a", "event"}).Validate()) == R"(time: missing, expected {"column": "..."})");
}

TEST_CASE("a guess has no more attributes than an event may have") {
  std::vector<std::string> names{"time", "event"};
  for (int i = 0; i < 100; ++i) names.push_back("a" + std::to_string(i));
  const std::vector<std::string_view> columns(names.begin(), names.end());
  CHECK(GuessColumnMap(columns).attributes.size() == 64);
}
