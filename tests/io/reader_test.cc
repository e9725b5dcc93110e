// Files, gzip, reports and real data.
#include "journey/io/reader.h"

#include <fmt/format.h>
#include <rapidcheck.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "io/read_support.h"
#include "support/catch.h"

using namespace journey;  // NOLINT
using journey::test::Has;
using journey::test::Read;
using journey::test::ReadFile;
using journey::test::ReadText;

namespace {

std::string Gzip(const std::string& text) {
  z_stream stream = {};
  REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string zipped(deflateBound(&stream, text.size()) + 64, '\0');
  std::string input = text;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(zipped.data());
  stream.avail_out = static_cast<uInt>(zipped.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  zipped.resize(stream.total_out);
  deflateEnd(&stream);
  return zipped;
}

std::string Rows(int count) {
  std::string text = "time,event,user_id\n";
  for (int i = 0; i < count; ++i)
    text += fmt::format("{},e{},u{}\n", 1700000000 + i * 7919 % 100000, i % 13, i * 31 % 997);
  return text;
}

// A folder of its own, gone at the end.
class Folder {
 public:
  Folder()
      : path_(std::filesystem::temp_directory_path() / fmt::format("journey-reader-test-{}", ::getpid())) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string Write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return (path_ / name).string();
  }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace

TEST_CASE("a file is read from disk, and its source is its name without folders") {
  const Folder folder;
  const std::string path = folder.Write("shop.csv", Rows(1000));
  const Read read = ReadFile(path);
  REQUIRE(read.status.ok());
  CHECK(read.report.file == path);
  CHECK(read.report.source == "shop.csv");
  CHECK(read.report.rows == 1000);
  CHECK(read.report.bytes == std::filesystem::file_size(path));
  CHECK(read.accepted() == 1000);
}

TEST_CASE("gzip is read as what it holds, by its ending and by its first bytes") {
  const Folder folder;
  const std::string text = Rows(20'000);
  const Read plain = ReadText(text);
  for (const std::string name : {"a.csv.gz", "a.csv", "a.CSV.GZ"}) {
    const Read read = ReadFile(folder.Write(name, Gzip(text)));
    REQUIRE(read.status.ok());
    CHECK(read.events() == plain.events());
    CHECK(read.report.bytes == Gzip(text).size());
  }
  const Read lines = ReadText(Gzip("{\"time\": 1, \"event\": \"x\"}\n"), "a.jsonl.gz");
  CHECK(lines.accepted() == 1);
}

TEST_CASE("several gzip members are one file, zeros behind them are padding") {
  const std::string text = Rows(100);
  const std::string zipped = Gzip(text.substr(0, 700)) + Gzip("") + Gzip(text.substr(700));
  CHECK(ReadText(zipped, "a.csv.gz").accepted() == 100);
  CHECK(ReadText(zipped + std::string(1000, '\0'), "a.csv.gz").accepted() == 100);
  const Read more = ReadText(zipped + "more", "a.csv.gz");
  CHECK(more.status.code() == absl::StatusCode::kDataLoss);
  CHECK(Has(more.message(),
            fmt::format("a.csv.gz: there is something else after the gzip data, at byte {}; the 100 rows",
                        zipped.size())));
}

TEST_CASE("gzip that breaks off is an error with its place, and the rows before it are there") {
  const std::string text = Rows(20'000);
  const std::string zipped = Gzip(text);
  const Read read = ReadText(zipped.substr(0, zipped.size() / 2), "a.csv.gz");
  CHECK(read.status.code() == absl::StatusCode::kDataLoss);
  CHECK(read.message() ==
        fmt::format("a.csv.gz: the gzip data breaks off at byte {}; the {} rows before it were read",
                    zipped.size() / 2, read.log.size()));
  CHECK(read.log.size() > 5000);
  const std::vector<std::string> all = ReadText(text).events();
  const std::vector<std::string> some = read.events();
  CHECK(std::equal(some.begin(), some.end(), all.begin()));
  // All but the check at the end: every row is there, and still it is an error.
  const Read last = ReadText(zipped.substr(0, zipped.size() - 1), "a.csv.gz");
  CHECK(last.status.code() == absl::StatusCode::kDataLoss);
  CHECK(last.log.size() == 20'000);
}

TEST_CASE("gzip that is damaged is an error with its place") {
  const std::string text = Rows(20'000);
  std::string zipped = Gzip(text);
  zipped[zipped.size() - 6] = static_cast<char>(zipped[zipped.size() - 6] ^ 1);  // in the check sum
  const Read read = ReadText(zipped, "a.csv.gz");
  CHECK(read.status.code() == absl::StatusCode::kDataLoss);
  CHECK(Has(read.message(), "a.csv.gz: the gzip data is damaged at byte "));
  CHECK(Has(read.message(), "; the 20000 rows before it were read"));
}

TEST_CASE("gzip that is cut or damaged anywhere never loses a row in silence") {
  const std::string text = Rows(300);
  const std::string zipped = Gzip(text);
  const std::vector<std::string> all = ReadText(text, "a.csv.gz.csv").events();
  CHECK(rc::check([&] {
    std::string bytes = zipped;
    if (*rc::gen::arbitrary<bool>()) {
      bytes.resize(*rc::gen::inRange<std::size_t>(0, bytes.size()));
    } else {
      const auto at = *rc::gen::inRange<std::size_t>(10, bytes.size());
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << *rc::gen::inRange(0, 8)));
    }
    ReadOptions options;
    options.buffer_bytes = *rc::gen::inRange<std::size_t>(1, 5000);
    const Read read = ReadText(bytes, "a.csv.gz", options);
    RC_ASSERT(!read.status.ok());
  }));
}

TEST_CASE("what is named .gz and is no gzip is an error") {
  CHECK(ReadText("time,event\n1,a\n", "a.csv.gz").message() ==
        "a.csv.gz: the name ends in .gz, but the data is not gzip");
}

TEST_CASE("what cannot be opened is an error that names it") {
  const Folder folder;
  EventLog log;
  const auto missing = ReadEvents(folder.path() + "/none.csv", {}, log);
  CHECK(missing.status().code() == absl::StatusCode::kNotFound);
  CHECK(MessageOf(missing.status()) == folder.path() + "/none.csv: No such file or directory");
  const auto directory = ReadEvents(folder.path(), {}, log);
  CHECK(directory.status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(MessageOf(directory.status()) == folder.path() + ": is a directory, expected a file");
  const std::string secret = folder.Write("secret.csv", Rows(1));
  ::chmod(secret.c_str(), 0);
  if (::geteuid() == 0) {
    WARN("root may read everything; the test of permissions is skipped");
  } else {
    const auto denied = ReadEvents(secret, {}, log);
    CHECK(denied.status().code() == absl::StatusCode::kPermissionDenied);
    CHECK(MessageOf(denied.status()) == secret + ": Permission denied");
  }
}

TEST_CASE("options that make no sense are refused") {
  EventLog log;
  const auto message = [&](const ReadOptions& options) {
    return MessageOf(ReadEventsFromMemory("time,event\n", "t.csv", options, log).status());
  };
  ReadOptions options;
  options.buffer_bytes = 0;
  CHECK(message(options) == "buffer_bytes: found 0, expected 1 to 1073741824");
  options = {};
  options.max_record_bytes = std::size_t{1} << 40;
  CHECK(message(options) == "max_record_bytes: found 1099511627776, expected 1 to 1073741824");
  options = {};
  options.map = ColumnMap{};
  CHECK(message(options) == R"(map.time: missing, expected {"column": "..."})");
}

TEST_CASE("progress is told in bytes of the file and ends at its end") {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> calls;
  ReadOptions options;
  options.buffer_bytes = 100;
  options.progress = [&](std::uint64_t done, std::uint64_t total) { calls.emplace_back(done, total); };
  const std::string text = Rows(100);
  ReadText(text, "t.csv", options);
  REQUIRE(calls.size() > 10);
  for (std::size_t i = 1; i < calls.size(); ++i) CHECK(calls[i].first >= calls[i - 1].first);
  CHECK(calls.back() == std::pair<std::uint64_t, std::uint64_t>(text.size(), text.size()));
}

TEST_CASE("files of one name in different folders are different sources") {
  const std::vector<std::string> paths{"a/events.csv", "b/events.csv", "c/other.csv", "-"};
  CHECK(SourcesOf(paths) == std::vector<std::string>{"a/events.csv", "b/events.csv", "other.csv", "stdin"});
}

TEST_CASE("a small text file is read as a whole") {
  const Folder folder;
  const auto text = ReadTextFile(folder.Write("map.json", "{}\n"));
  REQUIRE(text.ok());
  CHECK(*text == "{}\n");
  CHECK(ReadTextFile(folder.path() + "/none").status().code() == absl::StatusCode::kNotFound);
  CHECK(Has(MessageOf(ReadTextFile(folder.Write("big", std::string(5 << 20, ' '))).status()),
            "longer than 4194304 bytes"));
}

TEST_CASE("a log that is full counts every further row") {
  EventLogLimits limits;
  limits.max_events = 10;
  EventLog log(limits);
  const auto report = ReadEventsFromMemory(Rows(25), "t.csv", {}, log);
  REQUIRE(report.ok());
  CHECK(report->rows == 25);
  CHECK(report->counts[AdmissionStatus::kOverBudget] == 15);
}

TEST_CASE("the shop's export is read with a guessed map") {
  const std::string path = std::string(JOURNEY_SHARED_DATA) + "/ecom/ecom.csv";
  if (!std::filesystem::exists(path)) {
    WARN("ecom.csv is not here; skipped");
    return;
  }
  const Read read = ReadFile(path);
  REQUIRE(read.status.ok());
  CHECK(read.report.rows == 31'106);
  CHECK(read.accepted() == 31'106);
  CHECK(read.log.identifier_values().size() == 600);
  CHECK(read.log.names().size() == 19);
  CHECK(read.log.channels().size() == 3);
}

TEST_CASE("the export with hidden persons is read with a guessed map") {
  const std::string path = std::string(JOURNEY_SHARED_DATA) + "/ecom_identities/events.csv";
  if (!std::filesystem::exists(path)) {
    WARN("events.csv is not here; skipped");
    return;
  }
  const Read read = ReadFile(path);
  REQUIRE(read.status.ok());
  CHECK(read.accepted() == 31'106);
  CHECK(read.log.channels().size() == 3);
  CHECK(read.log.namespaces().size() == 4);
  CHECK(read.log.namespaces().Find("user_id").has_value());
  CHECK(read.report.map.id == FieldSource::Column("event_id"));
}
