// JSON Lines and arrays in JSON through the reader.
#include <fmt/format.h>
#include <rapidcheck.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "io/input_window.h"
#include "io/json_record.h"
#include "io/read_support.h"
#include "support/catch.h"

using namespace journey;  // NOLINT
using journey::test::Has;
using journey::test::Read;
using journey::test::ReadText;

namespace {

ReadOptions Mapped(std::string_view rest) {
  StatusOr<ColumnMap> map =
      ParseColumnMap(R"({"time": {"column": "t"}, "name": {"column": "e"}, "channel": {"constant": "c"})" +
                         std::string(rest) + "}",
                     "map.json");
  REQUIRE(map.ok());
  return {.map = *std::move(map)};
}

std::string First(std::string_view line, const ReadOptions& options) {
  const Read read = ReadText(line, "t.jsonl", options);
  if (read.accepted() == 1)
    return read.events()[0].substr(std::string_view("1970-01-01T00:00:01Z|1|").size());
  return read.problem();
}

// As the reader does: in a buffer with room behind the text.
std::string_view Parse(const std::string& text) {
  static std::string buffer;
  buffer = text + std::string(internal::InputWindow::kPadding, '#');
  static internal::JsonRecord record({}, 16 << 20);
  return record.Parse(std::string_view(buffer).substr(0, text.size()));
}

}  // namespace

TEST_CASE("JSON Lines become events") {
  const Read read = ReadText(
      R"({"messageId": "m1", "timestamp": "2024-03-13T10:21:14Z", "event": "view", "userId": 42, "price": 9.5, "new": true})"
      "\n"
      R"({"messageId": "m2", "timestamp": "2024-03-13T10:21:15Z", "event": "buy", "context": {"traits": {"email": "a@b"}}, "new": null})"
      "\n",
      "t.jsonl");
  REQUIRE(read.status.ok());
  CHECK(read.report.map_guessed);
  CHECK(read.events() ==
        std::vector<std::string>{"2024-03-13T10:21:14Z|1|web|view|user_id=42|new=true price=9.5",
                                 "2024-03-13T10:21:15Z|2|web|buy|email=a@b|"});
}

TEST_CASE("numbers keep their digits as identifiers and stay numbers as attributes") {
  const ReadOptions options = Mapped(R"(, "identifiers": {"u": {"column": "u"}}, "attributes": ["a"])");
  const auto with = [&](std::string_view key, std::string_view value) {
    return First(fmt::format(R"({{"t": 1, "e": "x", "{}": {}}})", key, value), options);
  };
  CHECK(with("u", "9007199254740993") == "c|x|u=9007199254740993|");
  CHECK(with("u", "18446744073709551615") == "c|x|u=18446744073709551615|");
  CHECK(with("u", "-5") == "c|x|u=-5|");
  CHECK(with("u", "42.0") == "c|x|u=42|");
  CHECK(with("u", "0.5") == "c|x|u=0.5|");
  CHECK(with("u", "\"\"") == "c|x||");
  CHECK(with("u", "null") == "c|x||");
  CHECK(with("a", "42") == "c|x||a=42");
  CHECK(with("a", "9007199254740993") == "c|x||a='9007199254740993'");
  CHECK(with("a", "\"42\"") == "c|x||a='42'");
  CHECK(with("a", "false") == "c|x||a=false");
  CHECK(with("a", "null") == "c|x||");
  CHECK(with("a", R"([1, {"b" : "c"}])") == R"(c|x||a='[1,{"b":"c"}]')");
  CHECK(Has(with("u", "[1]"), "t.jsonl:1: u: found a list, expected a text or a number (malformed)"));
  CHECK(Has(with("u", "true"), "t.jsonl:1: u: found true or false, expected a text or a number"));
  CHECK(Has(with("a", "99999999999999999999"), "found a number that is none, or has more than 64 bits"));
}

TEST_CASE("a column is a key, or else a path") {
  const ReadOptions options = Mapped(R"(, "attributes": ["a.b", "a.c.d"])");
  CHECK(First(R"({"t": 1, "e": "x", "a": {"b": 1, "c": {"d": 2}}})", options) == "c|x||a.b=1 a.c.d=2");
  CHECK(First(R"({"t": 1, "e": "x", "a": {"b": 1}, "a.b": 3})", options) == "c|x||a.b=3");
  CHECK(First(R"({"t": 1, "e": "x", "a": {"b": {"z": 1}, "c": 5}})", options) == R"(c|x||a.b='{"z":1}')");
}

TEST_CASE("keys may come in any order, and of a key given twice the first holds") {
  const ReadOptions options = Mapped(R"(, "attributes": ["a", "b"])");
  const Read read = ReadText(
      "{\"t\": 1, \"e\": \"x\", \"a\": 1, \"b\": 2}\n{\"b\": 3, \"a\": 4, \"e\": \"x\", \"t\": 1}\n"
      "{\"z\": 0, \"t\": 1, \"e\": \"x\", \"b\": 6, \"b\": 7}\n",
      "t.jsonl", options);
  CHECK(read.events() == std::vector<std::string>{"1970-01-01T00:00:01Z|1|c|x||a=1 b=2",
                                                  "1970-01-01T00:00:01Z|2|c|x||a=4 b=3",
                                                  "1970-01-01T00:00:01Z|3|c|x||b=6"});
}

TEST_CASE("a time in JSON may be a text or a number") {
  ReadOptions options = Mapped("");
  CHECK(First(R"({"t": "1970-01-01T00:00:01Z", "e": "x"})", options) == "c|x||");
  CHECK(First(R"({"t": 1.0, "e": "x"})", options) == "c|x||");
  CHECK(First(R"({"t": "1", "e": "x"})", options) == "c|x||");
  CHECK(Has(First(R"({"e": "x"})", options), "t.jsonl:1: t: found nothing, expected a time"));
  CHECK(
      Has(First(R"({"t": true, "e": "x"})", options), "t.jsonl:1: t: found true or false, expected a time"));
  CHECK(Has(First(R"({"t": {}, "e": "x"})", options), "t.jsonl:1: t: found an object, expected a time"));
  options.map->time_format = TimeFormat::kIso8601;
  CHECK(Has(First(R"({"t": 1, "e": "x"})", options),
            "t.jsonl:1: t: found a number, expected a time such as 2024"));
  options.map->time_format = TimeFormat::kUnixMillis;
  CHECK(First(R"({"t": 1000, "e": 7})", options) == "c|7||");
}

TEST_CASE("a line that is not one JSON object is malformed and damages nothing else") {
  for (const std::string& bad :
       std::vector<std::string>{"{", "}", "[1]", "3", "null", "\"x\"", "{\"t\": 1, \"e\": \"x\"} {}",
                                "{\"t\": 1,}", "{'t': 1}", "{\"t\": NaN}", "{\"t\": \"\xFF\"}",
                                "{\"t\": \"\x01\"}", "{\"t\": 01}", "\xEF\xBB\xBF{}", "// {}"}) {
    INFO(bad);
    const Read read = ReadText("{\"t\": 1, \"e\": \"x\"}\n" + bad + "\n\n  {\"t\": 2, \"e\": \"y\"}\r\n",
                               "t.jsonl", Mapped(""));
    REQUIRE(read.status.ok());
    CHECK(read.accepted() == 2);
    CHECK(read.malformed() == 1);
    CHECK(read.report.problems[0].line == 2);
    CHECK(read.events()[1] == "1970-01-01T00:00:02Z|3|c|y||");
  }
}

TEST_CASE("a line that is longer than allowed is too large, and the next is read") {
  ReadOptions options = Mapped("");
  options.max_record_bytes = 100;
  options.buffer_bytes = 16;
  const Read read =
      ReadText("{\"t\": 1, \"e\": \"" + std::string(5000, 'x') + "\"}\n{\"t\": 1, \"e\": \"y\"}\n", "t.jsonl",
               options);
  CHECK(read.count(AdmissionStatus::kTooLarge) == 1);
  CHECK(read.accepted() == 1);
}

TEST_CASE("a ten megabyte text is too large, and the next line is read") {
  const Read read =
      ReadText("{\"t\": 1, \"e\": \"" + std::string(10 << 20, 'x') + "\"}\n{\"t\": 1, \"e\": \"y\"}\n",
               "t.jsonl", Mapped(""));
  CHECK(read.count(AdmissionStatus::kTooLarge) == 1);
  CHECK(read.accepted() == 1);
}

TEST_CASE("deep nesting is refused") {
  const std::string deep = "{\"t\": 1, \"e\": " + std::string(300, '[') + std::string(300, ']') + "}";
  CHECK(Has(First(deep, Mapped("")), "found values nested too deep, expected one JSON object"));
}

TEST_CASE("an array of objects is read like lines") {
  const Read read = ReadText(
      "[\n  {\"t\": 1,\n   \"e\": \"x, ]\\\" {\"},\n  {\"t\": 2, \"e\": \"y\"}, 3,\n  {\"t\": 4 \"e\": 1}, "
      "{\"t\": 5, \"e\": \"z\"}\n]\n",
      "t.json", Mapped(""));
  REQUIRE(read.status.ok());
  CHECK(read.events() == std::vector<std::string>{"1970-01-01T00:00:01Z|1|c|x, ]\" {||",
                                                  "1970-01-01T00:00:02Z|2|c|y||",
                                                  "1970-01-01T00:00:05Z|5|c|z||"});
  CHECK(read.malformed() == 2);
  CHECK(read.problem(0) == "t.json:4: found a value that is no object, expected one JSON object (malformed)");
  CHECK(Has(read.problem(1), "t.json:5: found something that is not JSON"));
}

TEST_CASE("an array that is not closed, or that something follows, loses nothing in silence") {
  const std::string one = "{\"t\": 1, \"e\": \"x\"}";
  CHECK(ReadText("[]", "t.json", Mapped("")).report.rows == 0);
  CHECK(ReadText("[" + one + "]", "t.json", Mapped("")).report.rows == 1);
  for (const std::string& bad :
       std::vector<std::string>{"[" + one, "[" + one + ",", "[" + one + ", {\"t\"", "[" + one + ",]",
                                "[" + one + "] x", "[" + one + "}]", "[" + one + ",,", "[,", "["}) {
    INFO(bad);
    const Read read = ReadText(bad, "t.json", Mapped(""));
    REQUIRE(read.status.ok());
    CHECK(read.malformed() >= 1);
  }
  ReadOptions small = Mapped("");
  small.max_record_bytes = 30;
  const Read read = ReadText("[" + one + ", \"" + std::string(100, 'x') + "\"]", "t.json", small);
  CHECK(Has(read.message(), "t.json: line 1: a value of the array is longer than 30 bytes"));
  CHECK(Has(read.message(), "; the 2 rows before it were read"));
}

TEST_CASE("without an ending of the name the first bytes tell JSON from CSV") {
  CHECK(ReadText("{\"time\": 1, \"event\": \"x\"}\n", "-").accepted() == 1);
  CHECK(ReadText("\xEF\xBB\xBF [{\"time\": 1, \"event\": \"x\"}]", "-").accepted() == 1);
  CHECK(ReadText("time,event\n1,x\n", "-").accepted() == 1);
  CHECK(ReadText("time,event\n1,x\n", "-").report.source == "stdin");
}

TEST_CASE("an empty JSON file is an error, also under gzip's name") {
  CHECK(ReadText("", "t.jsonl").message() == "t.jsonl: the file is empty, expected JSON objects");
  CHECK(ReadText(" \n", "t.json.gz").status.code() != absl::StatusCode::kOk);
  CHECK(ReadText("", "t.json.gz").message() == "t.json.gz: the file is empty, expected JSON objects");
}

TEST_CASE("keys are guessed from the first lines, not from the first alone") {
  const Read read = ReadText(
      "{\"time\": 1, \"event\": \"x\"}\n{\"time\": 2, \"event\": \"y\", \"email\": \"a@b\"}\n", "t.jsonl");
  CHECK(read.events()[1] == "1970-01-01T00:00:02Z|2|web|y|email=a@b|");
}

TEST_CASE("the JSON test suite: what must parse does, what must not is refused") {
  const std::filesystem::path folder =
      std::filesystem::path(JOURNEY_SHARED_DATA) / "json_test_suite" / "test_parsing";
  if (!std::filesystem::exists(folder)) {
    WARN("json_test_suite is not here; skipped");
    return;
  }
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    INFO(name);
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    const bool parsed = Parse(text).empty();
    if (name.starts_with("y_")) CHECK(parsed);
    if (name.starts_with("n_")) CHECK(!parsed);
    ++files;
    // And the whole way through the reader, where only objects are rows, and every line is counted.
    const Read read = ReadText(text, "t.jsonl", Mapped(""));
    CHECK(read.report.rows == read.log.admissions().offered());
  }
  CHECK(files == 318);
}

TEST_CASE("any objects are read back as they were written, as lines and as an array, in any buffer") {
  CHECK(rc::check([] {
    const auto text =
        rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab\"\\\n\t{}[],: \x7f")));
    const std::size_t size = *rc::gen::inRange<std::size_t>(1, 8);
    const bool array = *rc::gen::arbitrary<bool>();
    const int indent = array && *rc::gen::arbitrary<bool>() ? 2 : -1;
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    std::string lines;
    std::vector<std::string> expected;
    for (std::size_t i = 0; i < size; ++i) {
      const std::string note = *text;
      const std::int64_t number = *rc::gen::inRange<std::int64_t>(-1000, 1000);
      const bool flag = *rc::gen::arbitrary<bool>();
      const nlohmann::ordered_json row{{"t", 1}, {"e", "x"}, {"a", note}, {"n", number}, {"f", flag}};
      rows.push_back(row);
      lines += row.dump() + "\n";
      expected.push_back(
          fmt::format("1970-01-01T00:00:01Z|{}|c|x||a='{}' f={} n={}", i + 1, note, flag, number));
    }
    ReadOptions options = Mapped(R"(, "attributes": ["a", "n", "f"])");
    options.buffer_bytes = *rc::gen::inRange<std::size_t>(1, 100);
    const Read read = ReadText(array ? rows.dump(indent) : lines, "t.json", options);
    RC_ASSERT(read.status.ok());
    RC_ASSERT(read.events() == expected);
  }));
}

TEST_CASE("what is read of JSON does not depend on how much is read at once") {
  CHECK(rc::check([] {
    const auto piece = rc::gen::element<std::string>("{\"t\":1,\"e\":\"x\"}", "{", "}", "[", "]", ",", "\n",
                                                     "\r\n", "\"", "\\", "\xFF", "1", " ",
                                                     "{\"t\":2,\"e\":\"yyyyyyyyyyyyyyyyyyyyyyyyyyyyy\"}\n");
    std::string json;
    for (const std::string& text : *rc::gen::container<std::vector<std::string>>(piece)) json += text;
    ReadOptions options = Mapped("");
    options.max_record_bytes = 30;
    const Read whole = ReadText(json, "t.json", options);
    options.buffer_bytes = *rc::gen::inRange<std::size_t>(1, 50);
    const Read parts = ReadText(json, "t.json", options);
    RC_ASSERT(whole.status == parts.status);
    RC_ASSERT(whole.events() == parts.events());
    RC_ASSERT(whole.log.admissions() == parts.log.admissions());
    if (whole.status.ok()) RC_ASSERT(whole.report.rows == whole.log.admissions().offered());
    for (std::size_t i = 0; i < whole.report.problems.size(); ++i)
      RC_ASSERT(whole.problem(i) == parts.problem(i));
  }));
}
