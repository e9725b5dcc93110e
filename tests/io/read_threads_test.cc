// Rows come to the log in batches, and with two threads over a ring: neither shows.
#include <fmt/format.h>
#include <rapidcheck.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "io/read_support.h"
#include "io/row_batch.h"
#include "support/catch.h"

using namespace journey;  // NOLINT
using journey::test::Has;
using journey::test::Read;
using journey::test::ReadText;

namespace {

// All that can be said of what was read.
std::vector<std::string> Everything(const Read& read) {
  std::vector<std::string> said = read.events();
  said.push_back(read.message());
  for (std::size_t i = 0; i < read.report.problems.size(); ++i) said.push_back(read.problem(i));
  for (const std::uint64_t count : read.report.counts.by_status) said.push_back(std::to_string(count));
  said.push_back(fmt::format("{} rows, {} bytes", read.report.rows, read.report.bytes));
  for (std::uint32_t i = 0; i < read.log.sources().size(); ++i) {
    said.emplace_back(read.log.sources().text(i));
    for (const std::uint64_t count : read.log.admissions_by_source()[i].by_status)
      said.push_back(std::to_string(count));
  }
  for (const SymbolTable* table :
       {&read.log.channels(), &read.log.names(), &read.log.identifier_values(), &read.log.texts()}) {
    for (std::uint32_t i = 0; i < table->size(); ++i) said.emplace_back(table->text(i));
  }
  return said;
}

ReadOptions OptionsWith(unsigned threads, std::size_t buffer_bytes = 256 << 10) {
  ReadOptions options;
  options.max_problems = 25;
  options.threads = threads;
  options.buffer_bytes = buffer_bytes;
  return options;
}

// Rows of which some cannot be read, some are refused by the log, and some are there twice.
std::string MixedRows(int rows, std::vector<std::size_t>& not_accepted) {
  std::string text = "event_id,time,event,user_id,feed,note\n";
  for (int i = 0; i < rows; ++i) {
    const std::size_t line = static_cast<std::size_t>(i) + 2;
    if (i % 97 == 96) {
      text += "x,y\n";
    } else if (i % 101 == 100) {
      text += fmt::format("i{},never,e,u,f,\n", i);
    } else if (i % 103 == 102) {
      text += fmt::format("i{},{},\xFF,u,f{},\n", i, 1700000000 + i, i % 3);
    } else {
      const bool twice = i % 107 == 106;
      text += fmt::format("i{},{},e{},\"u{}\",f{},{}\n", twice ? 0 : i, 1700000000 + i, i % 13, i * 31 % 997,
                          i % 3, i % 5 == 0 ? "\"a \"\"b\"\", c\"" : "plain");
      if (!twice) continue;
    }
    not_accepted.push_back(line);
  }
  return text;
}

}  // namespace

TEST_CASE("in batches every row keeps its answer, its line and its place, whatever the threads and buffers") {
  std::vector<std::size_t> not_accepted;
  const std::string text = MixedRows(5000, not_accepted);
  ReadOptions options = OptionsWith(1);
  options.max_problems = 1000;
  const Read read = ReadText(text, "t.csv", options);
  REQUIRE(read.status.ok());
  CHECK(read.report.rows == 5000);
  CHECK(read.accepted() == 5000 - not_accepted.size());
  REQUIRE(read.report.problems.size() == not_accepted.size());
  for (std::size_t i = 0; i < not_accepted.size(); ++i)
    CHECK(read.report.problems[i].line == not_accepted[i]);
  for (const unsigned threads : {1U, 2U, 8U}) {
    for (const std::size_t buffer : {1000U, 256U << 10}) {
      options.threads = threads;
      options.buffer_bytes = buffer;
      CHECK(Everything(ReadText(text, "t.csv", options)) == Everything(read));
    }
  }
}

TEST_CASE("the source of a row that cannot be read comes to the log in its turn") {
  ReadOptions options;
  options.map = ColumnMap{};
  options.map->time = FieldSource::Column("t");
  options.map->time_format = TimeFormat::kUnixSeconds;
  options.map->name = options.map->channel = FieldSource::Constant("c");
  options.map->source = FieldSource::Column("feed");
  const Read read = ReadText("t,feed\n1,a\nx,b\n1,c\n", "t.csv", options);
  REQUIRE(read.log.sources().size() == 3);
  CHECK(read.log.sources().text(0) == "a");
  CHECK(read.log.sources().text(1) == "t.csv");
  CHECK(read.log.sources().text(2) == "c");
}

TEST_CASE("with two threads any input is read as with one") {
  CHECK(rc::check([] {
    const bool json = *rc::gen::arbitrary<bool>();
    const auto piece =
        json ? rc::gen::element<std::string>("{\"time\":1,\"event\":\"a\",\"user_id\":7}\n", "{\"time\":2",
                                             "}\n", "[", "\n", "{\"time\":\"x\",\"event\":\"b\"}\n",
                                             "{\"time\":3,\"event\":1.5,\"note\":{\"a\":[1]}}\n")
             : rc::gen::element<std::string>("1,a\n", "1,\"a\nb\"\n", "x,", "\"", "\n", "1", ",", "\r\n",
                                             "\xFF");
    std::string text = json ? "" : "time,event\n";
    for (const std::string& part : *rc::gen::container<std::vector<std::string>>(piece)) text += part;
    const std::string name = json ? "t.jsonl" : "t.csv";
    const auto buffer = *rc::gen::inRange<std::size_t>(1, 60);
    RC_ASSERT(Everything(ReadText(text, name, OptionsWith(2, buffer))) ==
              Everything(ReadText(text, name, OptionsWith(1))));
  }));
}

TEST_CASE("JSON keeps its texts and digits until the batch is taken in") {
  std::string text;
  for (int i = 0; i < 3000; ++i) {
    text += fmt::format(R"({{"time":{},"event":"e{}","user_id":{},"note":"n\u00e9{}","big":{},"list":[{}]}})"
                        "\n",
                        1700000000 + i, i % 7, i, i, 9007199254740993 + i, i);
  }
  const Read one = ReadText(text, "t.jsonl", OptionsWith(1));
  REQUIRE(one.accepted() == 3000);
  CHECK(one.events()[2999] ==
        "2023-11-14T23:03:19Z|3000|web|e3|user_id=2999|big='9007199254743992' list='[2999]' note='n\xC3\xA9"
        "2999'");
  CHECK(Everything(ReadText(text, "t.jsonl", OptionsWith(2))) == Everything(one));
}

TEST_CASE("an input that breaks off says with two threads how many rows were read") {
  const Read read = ReadText("[{\"time\":1,\"event\":\"a\"},{\"time\":2", "t.json", OptionsWith(2));
  CHECK(read.report.rows == 2);
  ReadOptions options = OptionsWith(2);
  options.max_record_bytes = 30;
  const Read long_value =
      ReadText("[{\"time\":1,\"event\":\"a\"},{\"time\":2,\"event\":\"" + std::string(50, 'x') + "\"}]",
               "t.json", options);
  CHECK(Has(long_value.message(), "cannot be read; the 2 rows before it were read"));
}

TEST_CASE("progress is told on the caller's thread, and the log can be looked at meanwhile") {
  for (const unsigned threads : {1U, 2U}) {
    std::vector<std::size_t> ignored;
    const std::string text = MixedRows(4000, ignored);
    EventLog log;
    ReadOptions options = OptionsWith(threads, 10'000);
    std::uint64_t last_done = 0;
    std::uint64_t last_rows = 0;
    bool good = true;
    options.progress = [&, caller = std::this_thread::get_id()](std::uint64_t done, std::uint64_t total) {
      good = good && std::this_thread::get_id() == caller && total == text.size() && done >= last_done;
      good = good && log.admissions().offered() >= last_rows;
      last_done = done;
      last_rows = log.admissions().offered();
    };
    REQUIRE(ReadEventsFromMemory(text, "t.csv", options, log).ok());
    CHECK(good);
    CHECK(last_done == text.size());
    CHECK(last_rows == 4000);
  }
}

TEST_CASE("what progress throws ends the reading and passes through") {
  for (const unsigned threads : {1U, 2U}) {
    std::vector<std::size_t> ignored;
    const std::string text = MixedRows(20'000, ignored);
    EventLog log;
    ReadOptions options = OptionsWith(threads);
    options.progress = [&](std::uint64_t, std::uint64_t) {
      if (log.size() > 1000) throw std::runtime_error("enough");
    };
    CHECK_THROWS_AS((void)ReadEventsFromMemory(text, "t.csv", options, log), std::runtime_error);
    CHECK(log.size() < 10'000);
  }
}

TEST_CASE("a number of threads that is none is refused") {
  ReadOptions options;
  for (const unsigned threads : {0U, 257U}) {
    options.threads = threads;
    EventLog log;
    const auto read = ReadEventsFromMemory("time,event\n", "t.csv", options, log);
    CHECK(MessageOf(read.status()) == fmt::format("threads: found {}, expected 1 to 256", threads));
  }
}

TEST_CASE("a batch keeps texts of any size until it is cleared") {
  internal::RowBatch batch;
  for (int round = 0; round < 3; ++round) {
    std::vector<std::string> texts;
    std::vector<std::string_view> kept;
    for (std::size_t i = 0; i < 300; ++i) {
      texts.emplace_back(i % 50 == 49 ? 200'000 : i * i % 3000, static_cast<char>('a' + i % 26));
      kept.push_back(batch.Keep(texts.back()));
    }
    CHECK(std::equal(kept.begin(), kept.end(), texts.begin()));
    batch.Clear();
    CHECK(batch.kept_bytes() == 0);
  }
}

// Such rows are no columns of one source, and corrections are none at all.
TEST_CASE(
    "sources and corrections that change from row to row are those of their rows, whatever the threads") {
  std::string csv = "time,user,name,channel,feed,record\n";
  for (int i = 0; i < 3000; ++i) {
    csv += std::to_string(1'700'000'000 + i) + ",u" + std::to_string(i % 7) + ",view,web," +
           (i % 3 == 0 ? "shop" : "help") + "," + (i % 10 == 9 ? "logout" : "event") + "\n";
  }
  ReadOptions options;
  options.map.emplace();
  options.map->time = FieldSource::Column("time");
  options.map->time_format = TimeFormat::kUnixSeconds;
  options.map->name = FieldSource::Column("name");
  options.map->channel = FieldSource::Column("channel");
  options.map->identifiers.push_back({"user_id", "user"});
  for (const bool corrections : {false, true}) {
    // Either is enough by itself.
    options.map->source = corrections ? FieldSource() : FieldSource::Column("feed");
    if (corrections) options.map->record = FieldSource::Column("record");
    for (const unsigned threads : {1U, 2U}) {
      options.threads = threads;
      EventLog log;
      REQUIRE(ReadEventsFromMemory(csv, "rows.csv", options, log).ok());
      REQUIRE(log.size() == 3000);
      CHECK(log.events() == (corrections ? 2700 : 3000));
      for (std::uint32_t row = 0; row < log.size(); ++row) {
        const std::string_view source = log.sources().text(log.source({row}).value);
        REQUIRE(source == (corrections ? "rows.csv" : row % 3 == 0 ? "shop" : "help"));
        REQUIRE((log.kind({row}) == RecordKind::kLogout) == (corrections && row % 10 == 9));
      }
    }
  }
}
