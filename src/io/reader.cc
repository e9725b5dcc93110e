#include "journey/io/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "io/byte_source.h"
#include "io/csv_reader.h"
#include "io/event_assembler.h"
#include "io/input_window.h"
#include "io/json_reader.h"
#include "io/read_setup.h"
#include "io/row_batch.h"
#include "io/row_ring.h"
#include "io/row_taker.h"
#include "journey/core/status.h"

namespace journey {
inline namespace v0 {
namespace {

using internal::ByteSource;
using internal::CsvReader;
using internal::DirectOutlet;
using internal::EventAssembler;
using internal::EventSink;
using internal::InputWindow;
using internal::JsonReader;
using internal::JsonSample;
using internal::kSampleBytes;
using internal::kSampleRows;
using internal::RowBatch;
using internal::RowOutlet;
using internal::RowRing;
using internal::RowTaker;

constexpr std::size_t kMostBytes = std::size_t{1} << 30;
constexpr unsigned kMostThreads = 256;
// Of a batch: it should stay in the processor's cache while it is taken in.
constexpr std::size_t kBatchRows = 512;

class LogSink final : public EventSink {
 public:
  explicit LogSink(EventLog& log) : log_(log) {}
  void Take(const RowBatch& batch, std::size_t begin, std::size_t end,
            std::span<Admission> answers) override {
    // Fewer are done before columns have begun.
    constexpr std::size_t kWorthColumns = 32;
    if (batch.plain() && end - begin >= kWorthColumns) return log_.Append(batch.columns(begin, end), answers);
    events_.resize(std::max(events_.size(), end - begin));
    for (std::size_t row = begin; row < end; ++row) batch.View(row, events_[row - begin]);
    log_.Append(std::span<const Event>(events_).first(end - begin), answers);
  }
  void Reject(std::string_view source, AdmissionStatus status) override { log_.Reject(source, status); }

 private:
  EventLog& log_;
  std::vector<Event> events_;  // scratch
};

// The rows of the reader to the taker, with a second thread that reads ahead. What is thrown on either thread is thrown
// on this one.
template <typename Reader>
Status ReadAhead(Reader& reader, EventAssembler& assembler, RowRing& ring, RowTaker& taker) {
  Status status;
  std::exception_ptr failure;
  {
    std::jthread ahead([&] {
      try {
        status = reader.ReadRows(assembler);
        ring.Hand();
      } catch (...) {
        failure = std::current_exception();
      }
      ring.Finish();
    });
    try {
      while (const RowBatch* const batch = ring.Next()) taker.Take(*batch);
    } catch (...) {
      ring.Stop();
      throw;
    }
  }
  if (failure) std::rethrow_exception(failure);
  return status;
}

// What both formats have in common once the map is chosen.
template <typename Reader>
Status ReadRows(Reader& reader, InputWindow& window, const ReadOptions& options, EventLog& log,
                ReadReport& report) {
  internal::NameSource(options, report);
  LogSink sink(log);
  RowTaker taker(sink, options.max_problems, options.progress, report);
  std::optional<RowRing> ring;
  std::optional<DirectOutlet> direct;
  RowOutlet& outlet = options.threads > 1 ? static_cast<RowOutlet&>(ring.emplace(kBatchRows))
                                          : direct.emplace(taker, kBatchRows);
  EventAssembler assembler(report.map, options.max_problems, report.source, outlet);
  outlet.Reached(window.done(), window.total());
  window.set_on_fill([&outlet](auto done, auto total) { outlet.Reached(done, total); });
  if (ring) return ReadAhead(reader, assembler, *ring, taker);
  const Status status = reader.ReadRows(assembler);
  outlet.Hand();
  return status;
}

Status ReadCsv(InputWindow& window, char separator, const ReadOptions& options, EventLog& log,
               ReadReport& report) {
  CsvReader reader(window, report.file, separator);
  if (const Status status = reader.ReadHeader(); !status.ok()) return status;
  const std::vector<std::string> columns(reader.columns().begin(), reader.columns().end());
  std::vector<std::vector<std::string>> rows;
  if (!options.map) rows = reader.Sample(kSampleBytes, kSampleRows);
  if (const Status status = internal::ChooseMap(options, columns, rows, report); !status.ok()) return status;
  return ReadRows(reader, window, options, log, report);
}

Status ReadJson(InputWindow& window, const ReadOptions& options, EventLog& log, ReadReport& report) {
  JsonReader reader(window, report.file);
  if (const Status status = reader.ReadStart(); !status.ok()) return status;
  JsonSample sample;
  if (!options.map) sample = reader.Sample(kSampleBytes, kSampleRows);
  if (const Status status = internal::ChooseMap(options, sample.columns, sample.rows, report); !status.ok())
    return status;
  return ReadRows(reader, window, options, log, report);
}

StatusOr<ReadReport> ReadFrom(std::unique_ptr<ByteSource> raw, const std::string& name,
                              const ReadOptions& options, EventLog& log) {
  ReadReport report;
  report.file = name;
  const std::unique_ptr<ByteSource> source =
      internal::Unzip(std::move(raw), internal::EndsIn(name, ".gz"), name);
  InputWindow window(*source, options.buffer_bytes, options.max_record_bytes);
  window.set_on_fill(options.progress);  // until there are rows
  if (const Status status = internal::CheckEncoding(name, window.Peek(3)); !status.ok()) return status;
  if (window.Peek(3) == "\xEF\xBB\xBF") window.Advance(3);
  const internal::InputFormat format = internal::FormatOf(name, window.Peek(512));
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
  if (threads == 0 || threads > kMostThreads) {
    return InvalidArgument(fmt::format("threads: found {}, expected 1 to {}", threads, kMostThreads));
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
  for (const std::string& path : paths) sources.push_back(path == "-" ? "stdin" : internal::BaseName(path));
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
