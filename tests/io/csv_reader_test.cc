// CSV and TSV through the reader.
#include <fmt/format.h>
#include <rapidcheck.h>

#include <set>
#include <string>
#include <vector>

#include "io/csv_record.h"
#include "io/read_support.h"
#include "support/catch.h"

using namespace journey;  // NOLINT
using journey::test::Has;
using journey::test::Read;
using journey::test::ReadText;

namespace {

using Table = std::vector<std::vector<std::string>>;

// A map that reads every column of a table as an attribute, with the row as the time.
ReadOptions AllAttributes(const std::vector<std::string>& columns) {
  ColumnMap map;
  map.time = FieldSource::Column("t");
  map.time_format = TimeFormat::kUnixSeconds;
  map.name = FieldSource::Constant("e");
  map.channel = FieldSource::Constant("c");
  for (const std::string& column : columns) map.attributes.push_back({column, column});
  return {.map = map};
}

std::string Quoted(const std::string& field) {
  std::string text = "\"";
  for (const char c : field) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + "\"";
}

bool MustQuote(const std::string& field) {
  return field.starts_with('"') || field.find_first_of(",\r\n") != std::string::npos;
}

// The rows of the attributes a0, a1, ... of the accepted events.
Table AttributesOf(const EventLog& log, std::size_t columns) {
  Table table;
  for (std::uint32_t i = 0; i < log.size(); ++i) {
    std::vector<std::string>& row = table.emplace_back();
    for (std::size_t c = 0; c < columns; ++c) {
      const auto key = log.attribute_keys().Find(fmt::format("a{}", c));
      const AttributeRow* found = key ? log.FindAttribute({i}, {*key}) : nullptr;
      row.emplace_back(found == nullptr ? std::string_view() : log.texts().text(found->text().value));
    }
  }
  return table;
}

std::string Header(std::size_t columns, std::string_view line_end) {
  std::string text = "t";
  for (std::size_t c = 0; c < columns; ++c) text += fmt::format(",a{}", c);
  return text + std::string(line_end);
}

std::vector<std::string> Names(std::size_t columns) {
  std::vector<std::string> names;
  for (std::size_t c = 0; c < columns; ++c) names.push_back(fmt::format("a{}", c));
  return names;
}

const std::string kHeader = "time,event,channel,user_id,note\n";

ReadOptions Buffer(std::size_t bytes) {
  ReadOptions options;
  options.buffer_bytes = bytes;
  return options;
}

}  // namespace

TEST_CASE("a CSV file becomes events") {
  const Read read = ReadText(
      "event_id,timestamp,channel,event,user_id,status,price\n"
      "e1,2024-03-13 10:21:14,web,view,u1,ok,1\n"
      "e2,2024-03-13 10:21:15,app,buy,,\"a, b\",\n");
  REQUIRE(read.status.ok());
  CHECK(read.report.map_guessed);
  CHECK(read.report.rows == 2);
  CHECK(read.report.bytes == 134);
  CHECK(read.report.source == "t.csv");
  CHECK(read.events() ==
        std::vector<std::string>{"2024-03-13T10:21:14Z|1|web|view|user_id=u1|price='1' status='ok'",
                                 "2024-03-13T10:21:15Z|2|app|buy||status='a, b'"});
}

TEST_CASE("the separator is a comma, else a semicolon or a tab, and in .tsv a tab") {
  const std::string row = "time{0}event{0}user_id\n1700000000{0}view, or so{0}u\n";
  for (const char separator : {';', '\t'}) {
    const Read read = ReadText(fmt::format(fmt::runtime(row), separator));
    REQUIRE(read.status.ok());
    CHECK(read.events() == std::vector<std::string>{"2023-11-14T22:13:20Z|1|web|view, or so|user_id=u|"});
  }
  const Read tabs = ReadText("time\tevent\ta,b\n1700000000\tview\tc\n", "t.TSV");
  CHECK(tabs.events() == std::vector<std::string>{"2023-11-14T22:13:20Z|1|web|view||a,b='c'"});
}

TEST_CASE("lines end in LF, CR LF or CR, the last one in anything") {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    for (const std::string& last : {std::string(), end}) {
      const Read read =
          ReadText("time,event" + end + "1,a" + end + end + "2,\"b" + end + "c\"" + end + "3,d" + last);
      REQUIRE(read.status.ok());
      CHECK(read.events() == std::vector<std::string>{"1970-01-01T00:00:01Z|1|web|a||",
                                                      "1970-01-01T00:00:02Z|2|web|b" + end + "c||",
                                                      "1970-01-01T00:00:03Z|3|web|d||"});
    }
  }
}

TEST_CASE("a byte order mark is no part of the first column") {
  CHECK(ReadText("\xEF\xBB\xBFtime,event\n1,a\n").accepted() == 1);
  const Read utf16 = ReadText(std::string("\xFF\xFEt\0i\0", 6));
  CHECK(utf16.message() == "t.csv: the file is UTF-16, expected UTF-8");
  const Read bare = ReadText(std::string("t\0i\0m\0e\0\n\0", 10));
  CHECK(Has(bare.message(), "t.csv: line 1: column 1 of the header is not UTF-8 text or holds a NUL byte"));
}

TEST_CASE("a line end of another kind than the file's is malformed outside of quotes") {
  for (const std::string& row :
       {std::string("1,a\rb"), std::string("1,\"a\"\rb"), std::string("1,\"a\rb\"")}) {
    const bool quoted = row.ends_with('"');
    const Read read = ReadText("time,event\n" + row + "\n2,c\n");
    CHECK(read.accepted() == (quoted ? 2 : 1));
    CHECK(read.malformed() == (quoted ? 0 : 1));
    if (!quoted) CHECK(Has(read.problem(), "t.csv:2: found a line end of another kind outside of quotes"));
  }
}

TEST_CASE("blanks around a field belong to it") {
  const Read read = ReadText("time,event,note\n1,a,  x \n2,a,\" y \"\n");
  CHECK(read.events() == std::vector<std::string>{"1970-01-01T00:00:01Z|1|web|a||note='  x '",
                                                  "1970-01-01T00:00:02Z|2|web|a||note=' y '"});
}

TEST_CASE("blank lines are no rows, and count as lines") {
  const Read read = ReadText("\n\ntime,event\n\n1,a\n\n\nx,b\n");
  CHECK(read.report.rows == 2);
  CHECK(read.events() == std::vector<std::string>{"1970-01-01T00:00:01Z|1|web|a||"});
  CHECK(Has(read.problem(), "t.csv:8: time: found text of the form a, expected "));
}

TEST_CASE("an empty file is an error, and one with a header alone has no rows") {
  CHECK(ReadText("").message() == "t.csv: the file is empty, expected a header row");
  CHECK(ReadText("\n\r\n").message() == "t.csv: the file is empty, expected a header row");
  const Read header = ReadText("time,event\n");
  REQUIRE(header.status.ok());
  CHECK(header.report.rows == 0);
  CHECK(header.log.admissions().offered() == 0);
}

TEST_CASE("a column of the map that is not there is named, with those that are") {
  ReadOptions options = AllAttributes({"a", "colour"});
  CHECK(ReadText("t,a,b\n1,2,3\n", "t.csv", options).message() ==
        "t.csv: line 1: there is no column \"colour\", which the map names; the columns are t, a, b");
}

TEST_CASE("a column that is there twice is an error if the map uses it") {
  CHECK(ReadText("t,a,a\n1,2,3\n", "t.csv", AllAttributes({"a"})).message() ==
        "t.csv: line 1: the column \"a\", which the map names, is there twice");
  CHECK(ReadText("t,b,a,a\n1,2,3,4\n", "t.csv", AllAttributes({"b"})).accepted() == 1);
}

TEST_CASE("without a map and without known names the message says what is missing and what is there") {
  CHECK(ReadText("a,event\n1,2\n").message() ==
        "t.csv: no column looks like the time of an event, and no map says which one is; the columns are a, "
        "event");
  CHECK(Has(ReadText("time,b\n1,2\n").message(), "no column looks like the name of an event"));
}

TEST_CASE("what is no line of names is not shown, as it is most likely the first event") {
  const std::string row = "e01,2024-03-04T09:00:05Z,web,start,ann@example.org,+49301234\n";
  for (const std::string& message :
       {ReadText(row).message(), ReadText(row, "t.csv", AllAttributes({"colour"})).message(),
        ReadText("ann@example.org,event\n1,2\n").message(), ReadText("49301234,event\n1,2\n").message()}) {
    CHECK(Has(message, "does the file begin with a line of names?"));
    for (const char* const value : {"e01", "2024", "ann", "4930"}) CHECK_FALSE(Has(message, value));
  }
  CHECK(Has(ReadText(row).message(), "the 6 column names are not shown"));
  // Names as the tools of the field write them, and the nameless column of row numbers.
  CHECK(Has(ReadText(",$device_id,.x,#y,_z,\xC3\xA9\n1,2,3,4,5,6\n").message(),
            "the columns are , $device_id, .x, #y, _z, "));
}

TEST_CASE("a row with a wrong time is malformed, and its text is not shown") {
  const Read read = ReadText("time,event\n2024-03-13,a\n13/03/2024,b\n,c\n2024-03-15,d\n");
  CHECK(read.accepted() == 2);
  CHECK(read.malformed() == 2);
  CHECK(read.problem(0) ==
        "t.csv:3: time: found text of the form 99/99/9999, expected a time such as 2024-03-13T10:21:14Z or a "
        "number "
        "since 1970 (malformed)");
  CHECK(Has(read.problem(1), "t.csv:4: time: found nothing, expected a time"));
}

TEST_CASE("a time of a day that does not exist is said to be that") {
  const Read read = ReadText(kHeader + "2024-02-30T10:00:00Z,a,c,u,\n");
  CHECK(read.count(AdmissionStatus::kMalformed) == 1);
  CHECK(Has(
      read.problem(),
      "t.csv:2: time: found a time of the right form, but there is no such day, expected a time such as"));
}

TEST_CASE("a time out of range is counted as that") {
  const Read read =
      ReadText(kHeader + "1969-12-31,a,c,u,\n2200-01-01,a,c,u,\n2199-12-31T23:59:59.999999,a,c,u,\n");
  CHECK(read.count(AdmissionStatus::kOutOfRange) == 2);
  CHECK(read.accepted() == 1);
  CHECK(Has(read.problem(),
            "t.csv:2: time: found a time before 1970 or after 2199, expected a time from 1970"));
}

TEST_CASE("a row that is not UTF-8 or holds a NUL byte is malformed where the map looks") {
  const Read read =
      ReadText(kHeader + "1,a,c,u,\xFF\n2,a,c,u," + std::string(1, '\0') + "\n3,\xC0\x80,c,u,\n4,a,c,u,x\n");
  CHECK(read.malformed() == 3);
  CHECK(read.accepted() == 1);
  CHECK(read.problem(0) ==
        "t.csv:2: note: found bytes that are not UTF-8, or a NUL byte, expected UTF-8 text without NUL bytes "
        "(malformed)");
  CHECK(Has(read.problem(2), "t.csv:4: event: found bytes"));
}

TEST_CASE("a row without a name is malformed") {
  const Read read = ReadText(kHeader + "1,,c,u,\n2,a,,u,\n");
  CHECK(read.malformed() == 2);
  CHECK(Has(read.problem(0), "t.csv:2: event: found nothing, expected a text"));
  CHECK(Has(read.problem(1), "t.csv:3: channel: found nothing, expected a text"));
}

TEST_CASE("a field of ten megabytes is too large, and the next row is read") {
  for (const bool quoted : {false, true}) {
    const std::string field = quoted ? "\"" + std::string(10 << 20, 'x') + "\"" : std::string(10 << 20, 'x');
    const Read read = ReadText(kHeader + "1,a,c,u," + field + "\n2,a,c,u,y\n");
    CHECK(read.count(AdmissionStatus::kTooLarge) == 1);
    CHECK(read.accepted() == 1);
    CHECK(Has(read.problem(), "t.csv:2: note: found more than the limit"));
  }
}

TEST_CASE("a record that is longer than allowed is too large, however long, and the next row is read") {
  ReadOptions options;
  options.max_record_bytes = 1000;
  options.buffer_bytes = 64;
  const Read read =
      ReadText(kHeader + "1,a,c,u," + std::string(100'000, 'x') + "\n2,a,c,u,y\n", "t.csv", options);
  CHECK(read.count(AdmissionStatus::kTooLarge) == 1);
  CHECK(read.accepted() == 1);
  CHECK(read.problem() == "t.csv:2: found a longer record, expected at most 1000 bytes (too_large)");
}

TEST_CASE("a record may be exactly as long as allowed") {
  ReadOptions options;
  options.max_record_bytes = 100;
  const auto row = [](std::size_t size) { return "1,a,c,u," + std::string(size - 8, 'x'); };
  for (const std::string end : {"", "\n"}) {
    CHECK(ReadText(kHeader + row(100) + end, "t.csv", options).accepted() == 1);
    CHECK(ReadText(kHeader + row(101) + end, "t.csv", options).count(AdmissionStatus::kTooLarge) == 1);
  }
}

TEST_CASE("a quote that is not closed costs one row") {
  const Read read = ReadText(kHeader + "1,a,c,u,\"x\n2,a,c,u,y\n3,a,c,u,z\n");
  CHECK(read.malformed() == 1);
  CHECK(read.accepted() == 2);
  CHECK(read.events()[0] == "1970-01-01T00:00:02Z|2|c|a|user_id=u|note='y'");
  CHECK(read.problem() ==
        "t.csv:2: found a quote that is not closed by the end of the file, expected quotes around a whole "
        "field, and "
        "doubled inside of it (malformed)");
}

TEST_CASE("a quote that is not closed within the longest record costs one row") {
  ReadOptions options;
  options.max_record_bytes = 50;
  std::string text = kHeader + "1,a,c,u,\"x\n";
  for (int i = 2; i < 20; ++i) text += fmt::format("{},a,c,u,y\n", i);
  const Read read = ReadText(text, "t.csv", options);
  CHECK(read.malformed() == 1);
  CHECK(read.accepted() == 18);
  CHECK(Has(read.problem(), "t.csv:2: found a quote that is not closed within the longest record"));
}

TEST_CASE("a quote behind a closing one is malformed") {
  const Read read = ReadText(kHeader + "1,a,c,u,\"x\"y\n2,a,c,u,\"x\" \n3,a,c,u,\"x\"\"y\"\n");
  CHECK(read.malformed() == 2);
  CHECK(read.events() == std::vector<std::string>{"1970-01-01T00:00:03Z|3|c|a|user_id=u|note='x\"y'"});
  CHECK(Has(read.problem(), "t.csv:2: found a quote where none may be"));
}

TEST_CASE("a quote inside of a field that does not begin with one is a character like any other") {
  const Read read = ReadText(kHeader + "1,a,\"c\",u,37'37.8\"N\n2,a\"b,c,\"u\",x\"\n");
  CHECK(read.events() == std::vector<std::string>{"1970-01-01T00:00:01Z|1|c|a|user_id=u|note='37'37.8\"N'",
                                                  "1970-01-01T00:00:02Z|2|c|a\"b|user_id=u|note='x\"'"});
}

TEST_CASE("a row with another number of fields than the header is malformed") {
  const Read read = ReadText(kHeader + "1,a,c,u\n2,a,c,u,n,o\n3,a,c,u,n\n");
  CHECK(read.malformed() == 2);
  CHECK(read.accepted() == 1);
  CHECK(read.problem(0) == "t.csv:2: found 4 fields, expected 5 as in the header (malformed)");
  CHECK(read.problem(1) == "t.csv:3: found 6 fields, expected 5 as in the header (malformed)");
}

TEST_CASE("problems name the line where the record begins, also behind quoted line ends") {
  const Read read = ReadText(kHeader + "1,a,c,u,\"x\ny\nz\"\n\nbad,a,c,u,\"\n\"\n2,a,c,u\n");
  CHECK(read.accepted() == 1);
  CHECK(Has(read.problem(0), "t.csv:6: time"));
  CHECK(Has(read.problem(1), "t.csv:8: found 4 fields"));
}

TEST_CASE("only the first problems are kept, and all are counted") {
  std::string text = kHeader;
  for (int i = 0; i < 100; ++i) text += "bad,a,c,u,n\n";
  const Read read = ReadText(text);
  CHECK(read.report.problems.size() == 10);
  CHECK(read.malformed() == 100);
  CHECK(read.log.admissions()[AdmissionStatus::kMalformed] == 100);
}

TEST_CASE("a sequence must be a whole number") {
  ReadOptions options = AllAttributes({});
  options.map->sequence = FieldSource::Column("n");
  const Read read = ReadText("t,n\n1,18446744073709551615\n1,7\n1,-1\n1,\n1,18446744073709551616\n1,1.5\n",
                             "t.csv", options);
  CHECK(read.accepted() == 2);
  CHECK(read.malformed() == 4);
  CHECK(read.events()[0] == "1970-01-01T00:00:01Z|18446744073709551615|c|e||");
  CHECK(Has(read.problem(), "t.csv:4: n: found text of the form -9, expected a whole number from 0"));
}

TEST_CASE("events without an id are known by source and row, so that equal rows are different events") {
  const Read read = ReadText(kHeader + "1,a,c,u,x\n1,a,c,u,x\n");
  CHECK(read.accepted() == 2);
  ReadOptions options;
  options.source = "shop";
  CHECK(ReadText(kHeader, "t.csv", options).report.source == "shop");
}

TEST_CASE("the same id again is a duplicate, and with other content a conflict") {
  const Read read = ReadText("event_id,time,event\nx,1,a\nx,1,a\nx,1,b\n");
  CHECK(read.accepted() == 1);
  CHECK(read.count(AdmissionStatus::kDuplicate) == 1);
  CHECK(read.count(AdmissionStatus::kConflict) == 1);
  CHECK(read.report.problems.size() == 1);
  CHECK(Has(read.problem(), "t.csv:4: event_id: found other content under an id that was there before"));
}

TEST_CASE("the source can be a column") {
  ReadOptions options = AllAttributes({});
  options.map->source = FieldSource::Column("feed");
  const Read read = ReadText("t,feed\n1,a\n1,b\nx,b\n1,\n", "dir/t.csv", options);
  CHECK(read.accepted() == 3);
  CHECK(read.log.sources().text(read.log.source({2}).value) == "t.csv");
  CHECK(read.log.sources().Find("a").has_value());
  // A row that cannot be read is the file's.
  CHECK(read.log.sources().Find("t.csv").has_value());
}

TEST_CASE("any table is read back as it was written, however it is quoted and however much is read at once") {
  CHECK(rc::check([] {
    const std::size_t columns = *rc::gen::inRange<std::size_t>(1, 5);
    const auto field = rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab,\"\n\r; \t'")));
    const auto table =
        *rc::gen::container<Table>(rc::gen::container<std::vector<std::string>>(columns, field));
    const std::string line_end = *rc::gen::element<std::string>("\n", "\r\n");
    std::string csv = Header(columns, line_end);
    for (const auto& row : table) {
      csv += "1";
      for (const std::string& text : row) {
        csv += ',';
        csv += MustQuote(text) || *rc::gen::arbitrary<bool>() ? Quoted(text) : text;
      }
      csv += line_end;
    }
    if (*rc::gen::arbitrary<bool>()) csv.resize(csv.size() - line_end.size());
    ReadOptions options = AllAttributes(Names(columns));
    options.buffer_bytes = *rc::gen::inRange<std::size_t>(1, 64);
    const Read read = ReadText(csv, "t.csv", options);
    RC_ASSERT(read.status.ok());
    RC_ASSERT(read.accepted() == table.size());
    RC_ASSERT(AttributesOf(read.log, columns) == table);
  }));
}

TEST_CASE("a damaged row damages nothing else") {
  CHECK(rc::check([] {
    const std::size_t rows = *rc::gen::inRange<std::size_t>(1, 12);
    const std::size_t damaged = *rc::gen::inRange<std::size_t>(0, rows);
    const std::string damage = *rc::gen::element<std::string>("1,\"", "1,\"x", "1,\"x\"y", "1", "1,2,3", "\"",
                                                              "x,1", ",", "1,\xFF", "1,\"\xFF\"", "1,a\rb");
    // Clean rows without quotes: one with a quote could close the one that was left open.
    std::string csv = "t,a0\n";
    Table expected;
    for (std::size_t i = 0; i < rows; ++i) {
      csv += i == damaged ? damage + "\n" : fmt::format("1,v{}\n", i);
      if (i != damaged) expected.push_back({fmt::format("v{}", i)});
    }
    ReadOptions options = AllAttributes({"a0"});
    options.buffer_bytes = *rc::gen::inRange<std::size_t>(1, 40);
    const Read read = ReadText(csv, "t.csv", options);
    RC_ASSERT(read.status.ok());
    RC_ASSERT(read.malformed() == 1U);
    RC_ASSERT(read.report.problems.at(0).line == damaged + 2);
    RC_ASSERT(AttributesOf(read.log, 1) == expected);
    RC_ASSERT(read.report.rows == rows);
    RC_ASSERT(read.log.admissions().offered() == rows);
  }));
}

TEST_CASE("what is read does not depend on how much is read at once") {
  CHECK(rc::check([] {
    const auto piece =
        rc::gen::element<std::string>("1,", "a", ",", "\"", "\n", "\r\n", "\r", "\"\"", "2,b\n",
                                      "\n1,\"x\ny\"\n", "\xFF", "3,cccccccccccccccccccccc\n");
    std::string csv = "time,event\n";
    for (const std::string& text : *rc::gen::container<std::vector<std::string>>(piece)) csv += text;
    ReadOptions options;
    options.max_record_bytes = 20;
    const Read whole = ReadText(csv, "t.csv", options);
    options.buffer_bytes = *rc::gen::inRange<std::size_t>(1, 50);
    const Read parts = ReadText(csv, "t.csv", options);
    RC_ASSERT(whole.status == parts.status);
    RC_ASSERT(whole.events() == parts.events());
    RC_ASSERT(whole.report.counts == parts.report.counts);
    RC_ASSERT(whole.report.counts == whole.log.admissions());
    RC_ASSERT(whole.report.rows == whole.log.admissions().offered());
    RC_ASSERT(whole.report.problems.size() == parts.report.problems.size());
    for (std::size_t i = 0; i < whole.report.problems.size(); ++i) {
      RC_ASSERT(whole.problem(i) == parts.problem(i));
    }
  }));
}

TEST_CASE("a line without quotes is split as libcsv splits it") {
  CHECK(rc::check([] {
    const auto line = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("a,; \t")));
    RC_PRE(!line.empty());
    internal::CsvRecord fast(',', '\n');
    internal::CsvRecord slow(',', '\n');
    // A quoted field in front sends the line through libcsv.
    RC_ASSERT(fast.Feed(line, "\n") == internal::CsvRecord::State::kComplete);
    const std::string with_quote = "\"q\"," + line;
    RC_ASSERT(slow.Feed(with_quote, "\n") == internal::CsvRecord::State::kComplete);
    RC_ASSERT(std::vector<std::string>(fast.fields().begin(), fast.fields().end()) ==
              std::vector<std::string>(slow.fields().begin() + 1, slow.fields().end()));
  }));
}

TEST_CASE("a line without an end is one row that is too large") {
  ReadOptions options = Buffer(4096);
  options.max_record_bytes = 1 << 20;
  const Read read = ReadText(kHeader + std::string(64 << 20, 'x'), "t.csv", options);
  CHECK(read.count(AdmissionStatus::kTooLarge) == 1);
  CHECK(read.report.rows == 1);
}
