#include "journey/io/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <utility>

#include "io/byte_source.h"
#include "io/csv_reader.h"
#include "io/event_assembler.h"
#include "io/input_window.h"
#include "io/json_reader.h"
#include "journey/core/status.h"

namespace journey {
inline namespace v0 {
namespace {

using internal::ByteSource;
using internal::CsvReader;
using internal::EventAssembler;
using internal::InputWindow;
using internal::JsonReader;
using internal::JsonSample;

constexpr std::size_t kSampleBytes = 256 << 10;  // that a guess looks at
constexpr std::size_t kSampleRows = 1000;
constexpr std::size_t kMostBytes = std::size_t{1} << 30;

std::string BaseName(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

bool EndsIn(std::string_view name, std::string_view ending) {
  if (name.size() < ending.size()) return false;
  const std::string_view tail = name.substr(name.size() - ending.size());
  return std::equal(tail.begin(), tail.end(), ending.begin(),
                    [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
}

// What the name and the first bytes say about a file.
struct Format {
  bool json = false;
  char separator = 0;  // of CSV; 0: the header decides
};

Format FormatOf(std::string_view name, std::string_view first) {
  if (EndsIn(name, ".gz")) name.remove_suffix(3);
  if (EndsIn(name, ".csv")) return {false, 0};
  if (EndsIn(name, ".tsv") || EndsIn(name, ".tab")) return {false, '\t'};
  if (EndsIn(name, ".json") || EndsIn(name, ".jsonl") || EndsIn(name, ".ndjson")) return {true, 0};
  const std::size_t begin = first.find_first_not_of(" \t\r\n");
  return {begin != std::string_view::npos && (first[begin] == '{' || first[begin] == '['), 0};
}

Status CheckEncoding(const std::string& file, std::string_view first) {
  if (first.starts_with("\xFF\xFE") || first.starts_with("\xFE\xFF")) {
    return InvalidArgument(fmt::format("{}: the file is UTF-16, expected UTF-8", file));
  }
  return absl::OkStatus();
}

// Tells the reader's map: the given one, or a guess that must have found what is needed.
Status ChooseMap(const ReadOptions& options, const std::vector<std::string>& columns,
                 const std::vector<std::vector<std::string>>& rows, ReadReport& report) {
  if (options.map) {
    report.map = *options.map;
    return absl::OkStatus();
  }
  const std::vector<std::string_view> names(columns.begin(), columns.end());
  report.map = GuessColumnMap(names, rows);
  report.map_guessed = true;
  for (const auto& [field, source] : {std::pair{"time", &report.map.time}, {"name", &report.map.name}}) {
    if (source->kind == FieldSource::Kind::kNone) {
      return InvalidArgument(fmt::format(
          "{}: no column looks like the {} of an event, and no map says which one is; the columns are {}",
          report.file, field, columns.empty() ? "none" : internal::ListOf(columns)));
    }
  }
  if (const Status valid = report.map.Validate(); !valid.ok()) {
    return InvalidArgument(fmt::format("{}: the guessed map: {}", report.file, MessageOf(valid)));
  }
  return absl::OkStatus();
}

void NameSource(const ReadOptions& options, ReadReport& report) {
  if (report.map.source.kind == FieldSource::Kind::kConstant) {
    report.source = report.map.source.text;
  } else if (!options.source.empty()) {
    report.source = options.source;
  } else {
    report.source = report.file == "-" ? "stdin" : BaseName(report.file);
  }
}

Status ReadCsv(InputWindow& window, char separator, const ReadOptions& options, EventLog& log,
               ReadReport& report) {
  CsvReader reader(window, report.file, separator);
  if (const Status status = reader.ReadHeader(); !status.ok()) return status;
  const std::vector<std::string> columns(reader.columns().begin(), reader.columns().end());
  std::vector<std::vector<std::string>> rows;
  if (!options.map) rows = reader.Sample(kSampleBytes, kSampleRows);
  if (const Status status = ChooseMap(options, columns, rows, report); !status.ok()) return status;
  NameSource(options, report);
  EventAssembler assembler(report.map, options.max_problems, log, report);
  return reader.ReadRows(assembler);
}

Status ReadJson(InputWindow& window, const ReadOptions& options, EventLog& log, ReadReport& report) {
  JsonReader reader(window, report.file);
  if (const Status status = reader.ReadStart(); !status.ok()) return status;
  JsonSample sample;
  if (!options.map) sample = reader.Sample(kSampleBytes, kSampleRows);
  if (const Status status = ChooseMap(options, sample.columns, sample.rows, report); !status.ok())
    return status;
  NameSource(options, report);
  EventAssembler assembler(report.map, options.max_problems, log, report);
  return reader.ReadRows(assembler);
}

StatusOr<ReadReport> ReadFrom(std::unique_ptr<ByteSource> raw, const std::string& name,
                              const ReadOptions& options, EventLog& log) {
  ReadReport report;
  report.file = name;
  const std::unique_ptr<ByteSource> source = internal::Unzip(std::move(raw), EndsIn(name, ".gz"), name);
  InputWindow window(*source, options.buffer_bytes, options.max_record_bytes, options.progress);
  if (const Status status = CheckEncoding(name, window.Peek(3)); !status.ok()) return status;
  if (window.Peek(3) == "\xEF\xBB\xBF") window.Advance(3);
  const Format format = FormatOf(name, window.Peek(512));
  const Status status = format.json ? ReadJson(window, options, log, report)
                                    : ReadCsv(window, format.separator, options, log, report);
  if (!status.ok()) {
    if (report.rows == 0) return status;
    const std::string message =
        fmt::format("{}; the {} row{} before it {} read", MessageOf(status), report.rows,
                    report.rows == 1 ? "" : "s", report.rows == 1 ? "was" : "were");
    return absl::Status(status.code(), {message.data(), message.size()});
  }
  report.bytes = source->done();
  return report;
}

}  // namespace

absl::Status ReadOptions::Validate() const {
  for (const auto& [field, value] :
       {std::pair{"buffer_bytes", buffer_bytes}, {"max_record_bytes", max_record_bytes}}) {
    if (value == 0 || value > kMostBytes) {
      return InvalidArgument(fmt::format("{}: found {}, expected 1 to {}", field, value, kMostBytes));
    }
  }
  if (map) {
    if (const Status status = map->Validate(); !status.ok()) {
      return InvalidArgument(fmt::format("map.{}", MessageOf(status)));
    }
  }
  return absl::OkStatus();
}

std::string Describe(const ReadProblem& problem) {
  return fmt::format("{}:{}: {}{}found {}, expected {} ({})", problem.file, problem.line, problem.field,
                     problem.field.empty() ? "" : ": ", problem.found, problem.expected,
                     NameOf(problem.status));
}

StatusOr<ReadReport> ReadEvents(const std::string& path, const ReadOptions& options, EventLog& log) {
  if (const Status status = options.Validate(); !status.ok()) return status;
  StatusOr<std::unique_ptr<ByteSource>> source = internal::OpenFile(path);
  if (!source.ok()) return source.status();
  return ReadFrom(*std::move(source), path, options, log);
}

StatusOr<ReadReport> ReadEventsFromMemory(std::string_view bytes, const std::string& name,
                                          const ReadOptions& options, EventLog& log) {
  if (const Status status = options.Validate(); !status.ok()) return status;
  return ReadFrom(internal::OpenMemory(bytes), name, options, log);
}

std::vector<std::string> SourcesOf(std::span<const std::string> paths) {
  std::vector<std::string> sources;
  for (const std::string& path : paths) sources.push_back(path == "-" ? "stdin" : BaseName(path));
  const std::vector<std::string> names = sources;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (std::count(names.begin(), names.end(), names[i]) > 1) sources[i] = paths[i];
  }
  return sources;
}

StatusOr<std::string> ReadTextFile(const std::string& path) {
  constexpr std::size_t kMost = 4 << 20;
  StatusOr<std::unique_ptr<ByteSource>> source = internal::OpenFile(path);
  if (!source.ok()) return source.status();
  std::string text;
  std::array<char, 64 << 10> buffer;
  while (true) {
    const StatusOr<std::size_t> read = (*source)->Read(buffer.data(), buffer.size());
    if (!read.ok()) return read.status();
    if (*read == 0) return text;
    text.append(buffer.data(), *read);
    if (text.size() > kMost) {
      return InvalidArgument(
          fmt::format("{}: longer than {} bytes, expected a small text file", path, kMost));
    }
  }
}

}  // namespace v0
}  // namespace journey
