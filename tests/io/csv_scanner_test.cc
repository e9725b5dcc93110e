// The scanner against a splitter that looks at each byte by itself, alone and through the reader.
#include "io/csv_scanner.h"

#include <fmt/format.h>
#include <rapidcheck.h>

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "io/csv_record.h"
#include "io/read_support.h"
#include "support/catch.h"

using namespace journey;  // NOLINT
using journey::test::Read;
using journey::test::ReadText;

namespace {

using Fields = std::vector<std::string>;

// A record, read byte by byte.
struct NaiveRecord {
  bool good = true;
  Fields fields;
  std::size_t lines = 0;  // line ends in it, the last one too
  std::size_t next = 0;
};

// Where the line ends that `at` is on, and where the next one begins.
std::size_t NextLine(const std::string& text, std::size_t at, char line_end) {
  while (at < text.size() && text[at] != line_end) ++at;
  return std::min(at + 1, text.size());
}

// How many bytes of a line end there are at `at`; also none, at the end of the text.
std::optional<std::size_t> LineEndAt(const std::string& text, std::size_t at, char line_end) {
  if (at == text.size()) return 0;
  if (text[at] == line_end) return 1;
  if (line_end != '\n' || text[at] != '\r') return std::nullopt;
  if (at + 1 == text.size()) return 1;
  return text[at + 1] == '\n' ? std::optional<std::size_t>(2) : std::nullopt;
}

NaiveRecord NaiveRead(const std::string& text, std::size_t at, char line_end) {
  NaiveRecord record;
  const NaiveRecord bad{false, {}, 1, NextLine(text, at, line_end)};
  while (true) {
    std::string field;
    if (at < text.size() && text[at] == '"') {
      for (++at;; ++at) {
        if (at == text.size()) return bad;
        if (text[at] == '"' && (at + 1 == text.size() || text[at + 1] != '"')) break;
        if (text[at] == '"') ++at;
        if (text[at] == line_end) ++record.lines;
        field += text[at];
      }
      ++at;
    } else {
      while (at < text.size() && text[at] != ',' && text[at] != '\n' && text[at] != '\r') field += text[at++];
    }
    record.fields.push_back(field);
    if (at < text.size() && text[at] == ',') {
      ++at;
      continue;
    }
    const std::optional<std::size_t> ended = LineEndAt(text, at, line_end);
    if (!ended) return bad;
    ++record.lines;
    record.next = at + *ended;
    return record;
  }
}

// For messages: line ends as they are written.
std::string Visible(const std::string& text) {
  std::string visible;
  for (const char c : text) visible += c == '\n' ? "\\n" : c == '\r' ? "\\r" : std::string(1, c);
  return visible;
}

// All texts of up to `length` pieces.
template <typename Call>
void ForEachText(const std::vector<std::string>& pieces, std::size_t length, const Call& call) {
  std::vector<std::string> texts{""};
  for (std::size_t n = 1; n <= length; ++n) {
    std::vector<std::string> longer;
    for (const std::string& text : texts) {
      for (const std::string& piece : pieces) longer.push_back(text + piece);
    }
    for (const std::string& text : longer) call(text);
    texts = std::move(longer);
  }
}

// The fields that the scanner finds in the line at the begin of the input; nothing where it leaves it to others.
std::optional<Fields> Scanned(internal::CsvScanner& scanner, std::string_view input, std::uint64_t version) {
  if (!scanner.Split(input, version)) return std::nullopt;
  Fields fields;
  for (const internal::CsvField& field : scanner.fields()) {
    std::string text(input.substr(field.begin, field.end - field.begin));
    if (field.doubled)
      text.resize(static_cast<std::size_t>(internal::CopyUndoubled(text, text.data()) - text.data()));
    fields.push_back(text);
  }
  return fields;
}

// Every line of the text by the scanner, or by the naive reader where it is left to others, at a place in memory with
// misleading bytes behind. False at a difference; `scanned` counts the lines that were not left.
bool SameAsNaive(const std::string& text, char line_end, std::size_t columns, std::size_t place,
                 std::size_t& scanned, std::size_t at_once = 64) {
  const std::string memory =
      std::string(place, 'x') + text + std::string(internal::CsvScanner::kPadding, ",\"\n\r"[place % 4]);
  const std::string_view input = std::string_view(memory).substr(place, text.size());
  internal::CsvScanner scanner(',', line_end, columns, at_once);
  std::size_t at = 0;
  while (at < text.size()) {
    const NaiveRecord naive = NaiveRead(text, at, line_end);
    const std::optional<Fields> fields = Scanned(scanner, input.substr(at), 1);
    const bool ended = naive.next > at && text[naive.next - 1] == line_end;
    const bool blank = naive.fields == Fields{""} && text[at] != '"';
    const bool due = naive.good && naive.lines == 1 && ended && !blank && naive.fields.size() == columns;
    if (fields.has_value() != due) return false;
    if (fields) {
      ++scanned;
      if (*fields != naive.fields || at + scanner.next() != naive.next) return false;
    }
    at = naive.next;
  }
  return true;
}

}  // namespace

TEST_CASE("marks are those of the bytes one by one, with and without special instructions") {
  CHECK(rc::check([] {
    const char wanted[4] = {*rc::gen::elementOf(std::string(",;\t")), '"', '\n', '\r'};
    std::string block = *rc::gen::container<std::string>(64, rc::gen::arbitrary<char>());
    for (char& c : block) {
      if (*rc::gen::inRange(0, 4) == 0) c = *rc::gen::elementOf(std::string(",\"\n\r\x2b\x2d\x8a\xac", 8));
    }
    std::uint64_t naive = 0;
    for (std::size_t i = 0; i < 64; ++i) {
      if (std::ranges::find(wanted, block[i]) != std::end(wanted)) naive |= std::uint64_t{1} << i;
    }
    RC_ASSERT(internal::MarksOf(block.data(), wanted) == naive);
    RC_ASSERT(internal::PortableMarksOf(block.data(), wanted) == naive);
  }));
  for (int c = 0; c < 256; ++c) {
    const std::string block(64, static_cast<char>(c));
    const char wanted[4] = {';', '"', '\n', '\r'};
    const std::uint64_t naive =
        std::ranges::find(wanted, block[0]) != std::end(wanted) ? ~std::uint64_t{0} : 0;
    REQUIRE(internal::MarksOf(block.data(), wanted) == naive);
    REQUIRE(internal::PortableMarksOf(block.data(), wanted) == naive);
  }
}

TEST_CASE(
    "every short text is split as one splits it byte by byte, and only what must be is left to others") {
  std::size_t scanned = 0;
  std::size_t place = 0;
  for (const char line_end : {'\n', '\r'}) {
    for (const std::size_t columns : {1U, 2U, 3U}) {
      ForEachText({"a", ",", "\"", "\n", "\r"}, 6, [&](const std::string& text) {
        place = (place + 1) % 64;
        if (!SameAsNaive(text, line_end, columns, place, scanned))
          FAIL(fmt::format("{} columns: {}", columns, Visible(text)));
      });
    }
  }
  CHECK(scanned > 10'000);
}

TEST_CASE("longer texts are split so at every place in memory") {
  CHECK(rc::check([] {
    const auto piece =
        rc::gen::element<std::string>("a", "bcd", ",", ",", "\"", "\"\"", "\n", "\r\n", "\"x,y\"", "\r",
                                      std::string(40, 'l'), "\n\"q\",", std::string(70, 'm'));
    std::string text;
    for (const std::string& part : *rc::gen::container<std::vector<std::string>>(piece)) text += part;
    const auto columns = *rc::gen::inRange<std::size_t>(1, 4);
    std::size_t scanned = 0;
    for (std::size_t place = 0; place < 64; ++place) {
      for (const std::size_t at_once : {64U, 192U, 16'384U})
        RC_ASSERT(SameAsNaive(text, '\n', columns, place, scanned, at_once));
    }
  }));
}

TEST_CASE("lines of many short fields are split, however few bytes are looked at at once") {
  std::mt19937_64 random(7);
  std::size_t scanned = 0;
  for (const std::size_t columns : {5U, 40U, 90U}) {
    for (int round = 0; round < 200; ++round) {
      std::string text;
      for (int line = 0; line < 6; ++line) {
        // Most lines have as many fields as they have to have.
        const std::size_t fields = random() % 8 == 0 ? 1 + random() % (2 * columns) : columns;
        for (std::size_t i = 0; i < fields; ++i) {
          constexpr const char* kFields[] = {
              "", "", "a", "bc", "\"q\"", "\"x,\"\"y\"", "s\"t", "long enough for once"};
          if (i != 0) text += ',';
          text += kFields[random() % (round % 2 == 0 ? 4 : 8)];
        }
        text += random() % 4 == 0 ? "\r\n" : "\n";
      }
      for (const std::size_t at_once : {64U, 128U, 16'384U}) {
        if (!SameAsNaive(text, '\n', columns, random() % 64, scanned, at_once))
          FAIL(fmt::format("{} columns, {} at once: {}", columns, at_once, Visible(text)));
      }
    }
  }
  CHECK(scanned > 5'000);
}

TEST_CASE("what lies behind the input is not looked at, however long the input is") {
  for (std::size_t size = 1; size <= 200; ++size) {
    for (const char behind : {'\n', ',', '"'}) {
      const std::string memory = std::string(size, 'a') + std::string(internal::CsvScanner::kPadding, behind);
      internal::CsvScanner scanner(',', '\n', 1, 64);
      INFO(size << " bytes before " << behind);
      REQUIRE_FALSE(scanner.Split(std::string_view(memory).substr(0, size), 1));
    }
  }
}

TEST_CASE("a line that is scanned has the fields of CsvRecord") {
  std::size_t scanned = 0;
  for (const std::size_t columns : {1U, 2U, 3U}) {
    ForEachText({"a", ",", "\"", " "}, 7, [&](const std::string& text) {
      const std::string memory = text + "\n" + std::string(internal::CsvScanner::kPadding, ',');
      internal::CsvScanner scanner(',', '\n', columns);
      const auto fields = Scanned(scanner, std::string_view(memory).substr(0, text.size() + 1), 1);
      if (!fields) return;
      ++scanned;
      internal::CsvRecord record(',', '\n');
      REQUIRE(record.Feed(text, "\n") == internal::CsvRecord::State::kComplete);
      REQUIRE(Fields(record.fields().begin(), record.fields().end()) == *fields);
    });
  }
  CHECK(scanned > 1'000);
}

TEST_CASE("what has moved or grown is looked at anew") {
  std::string memory = "a,b\nc,d\nxx" + std::string(internal::CsvScanner::kPadding, ',');
  internal::CsvScanner scanner(',', '\n', 2);
  const std::string_view input(memory);
  REQUIRE(Scanned(scanner, input.substr(0, 8), 1) == Fields{"a", "b"});
  // The bytes behind have changed: now the line has one field.
  memory[5] = 'e';
  REQUIRE_FALSE(Scanned(scanner, input.substr(4, 4), 2).has_value());
  // There is more of it now.
  memory[8] = ',';
  memory[10] = '\n';
  REQUIRE(Scanned(scanner, input.substr(8, 3), 3) == Fields{"", "x"});
}

TEST_CASE("a file is read as the naive reader reads it, however much is read at once") {
  const auto compare = [](const std::string& body, std::size_t buffer_bytes) {
    ColumnMap map;
    map.time = FieldSource::Column("t");
    map.time_format = TimeFormat::kUnixSeconds;
    map.name = FieldSource::Constant("e");
    map.channel = FieldSource::Constant("c");
    map.attributes = {{"v", "v"}};
    const std::string text = "t,v\n" + body;
    const Read read =
        ReadText(text, "t.csv", {.map = map, .max_problems = 1000, .buffer_bytes = buffer_bytes});
    std::vector<std::string> values;
    std::vector<std::uint64_t> bad_lines;
    std::size_t line = 2;
    for (std::size_t at = 4; at < text.size();) {
      const bool blank = LineEndAt(text, at, '\n').has_value();
      // A carriage return in front of a row, which libcsv passes over if the row has quotes: no text to compare.
      if (!blank && text[at] == '\r') return true;
      const NaiveRecord record = NaiveRead(text, at, '\n');
      if (!blank) {
        const bool good = record.good && record.fields.size() == 2 && !record.fields[0].empty() &&
                          record.fields[0].find_first_not_of('1') == std::string::npos;
        if (good) values.push_back(record.fields[1]);
        if (!good) bad_lines.push_back(line);
      }
      line += record.lines;
      at = record.next;
    }
    std::vector<std::string> found;
    for (std::uint32_t i = 0; i < read.log.size(); ++i) {
      const auto rows = read.log.attributes({i});
      found.emplace_back(rows.empty() ? std::string_view() : read.log.texts().text(rows[0].text().value));
    }
    std::vector<std::uint64_t> found_lines;
    for (const ReadProblem& problem : read.report.problems) found_lines.push_back(problem.line);
    return read.status.ok() && found == values && found_lines == bad_lines &&
           read.report.rows == values.size() + bad_lines.size();
  };
  std::size_t buffer = 0;
  ForEachText({"1", ",", "\"", "\n", "\r", "1,a\n"}, 5, [&](const std::string& body) {
    buffer = buffer % 9 + 1;
    if (!compare(body, buffer)) FAIL(fmt::format("buffer {}: {}", buffer, Visible(body)));
  });
  CHECK(rc::check([&] {
    const auto piece =
        rc::gen::element<std::string>("1,a\n", "1,\"b,c\"\n", "1,\"d\"\"e\"\r\n", "1", ",", "\"", "\n",
                                      "\r\n", "1,\"f\ng\"\n", "11,h\n", "1,a,b\n", "\n\n");
    std::string body;
    for (const std::string& part : *rc::gen::container<std::vector<std::string>>(piece)) body += part;
    for (std::size_t bytes = 1; bytes < 80; bytes += 1 + bytes / 8) RC_ASSERT(compare(body, bytes));
  }));
}
