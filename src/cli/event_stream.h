// EventStream: events and requests from a stream that may stay open, each taken as soon as its line is there.
//
// The first line that is neither blank nor a request tells the format: a JSON object begins JSON Lines, everything
// else is the header of CSV. Without a map it is guessed: from a file as `journey report` does, from a stream by its
// first row, which is all that there is.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/watch_request.h"
#include "io/byte_source.h"
#include "io/csv_reader.h"
#include "io/event_assembler.h"
#include "io/input_window.h"
#include "io/json_reader.h"
#include "io/row_taker.h"
#include "journey/core/status.h"
#include "journey/io/reader.h"

namespace journey {
inline namespace v0 {
namespace cli {

class EventStream {
 public:
  // whole_file: all of the input is there, so that more of it may be looked at for a guess. Lifetime: the source and
  // the sink outlive the stream. Requires: options.Validate().ok().
  EventStream(internal::ByteSource& source, bool whole_file, std::string name, ReadOptions options,
              internal::EventSink& sink);

  enum class Step { kEnd, kRow, kRequest };
  // Reads on by one line (CSV: one record), which goes to the sink if it is a row; waits for it.
  // Errors: the input is broken, or its beginning tells no events.
  [[nodiscard]] StatusOr<Step> Next();

  // Of the last step: what was requested, and on which line.
  [[nodiscard]] const WatchRequest& request() const { return request_; }
  [[nodiscard]] std::uint64_t request_line() const { return request_line_; }
  // What was read up to now. The problems are for the caller to take out.
  ReadReport& report() { return report_; }

 private:
  [[nodiscard]] Status Begin();
  [[nodiscard]] Status BeginJson();
  [[nodiscard]] Status BeginCsv();
  [[nodiscard]] std::size_t SampleBytes();
  [[nodiscard]] std::uint64_t line() const;
  void PassLine(std::size_t next);

  bool whole_file_;
  ReadOptions options_;
  ReadReport report_;
  internal::RowTaker taker_;
  internal::DirectOutlet outlet_;  // of one row at a time
  internal::InputWindow window_;
  std::uint64_t line_ = 1;  // while there is no reader yet
  bool first_ = true;
  std::optional<internal::EventAssembler> assembler_;
  std::optional<internal::JsonReader> json_;
  std::optional<internal::JsonRecord> record_;
  std::optional<internal::CsvReader> csv_;
  std::vector<std::size_t> positions_;
  WatchRequest request_;
  std::uint64_t request_line_ = 0;
};

}  // namespace cli
}  // namespace v0
}  // namespace journey
