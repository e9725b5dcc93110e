#include "cli/event_stream.h"

#include <fmt/format.h>

#include <utility>

#include "io/read_setup.h"

namespace journey {
inline namespace v0 {
namespace cli {
namespace {

using Find = internal::InputWindow::Find;

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

}  // namespace

EventStream::EventStream(internal::ByteSource& source, bool whole_file, std::string name, ReadOptions options,
                         internal::EventSink& sink)
    : whole_file_(whole_file),
      options_(std::move(options)),
      taker_(sink, options_.max_problems, nullptr, report_),
      outlet_(taker_, 1),
      window_(source, options_.buffer_bytes, options_.max_record_bytes) {
  report_.file = std::move(name);
}

std::uint64_t EventStream::line() const {
  return json_ ? json_->line() : csv_ ? csv_->line() : line_;
}

void EventStream::PassLine(std::size_t next) {
  window_.Advance(next);
  if (json_) {
    json_->set_line(json_->line() + 1);
  } else if (csv_) {
    csv_->set_line(csv_->line() + 1);
  } else {
    ++line_;
  }
}

StatusOr<EventStream::Step> EventStream::Next() {
  if (std::exchange(first_, false)) {
    const std::string_view mark = window_.Peek(3);
    if (Status status = internal::CheckEncoding(report_.file, mark); !status.ok()) return status;
    if (mark == "\xEF\xBB\xBF") window_.Advance(3);
  }
  while (true) {
    const internal::InputWindow::Line found = window_.FindLine(0);
    if (found.found == Find::kEnd) return Step::kEnd;
    if (found.found == Find::kBroken) return window_.status();
    if (found.found == Find::kLine) {
      const std::string_view text = Trimmed(window_.view(found.begin, found.end));
      if (text.empty()) {
        PassLine(found.next);
        continue;
      }
      std::optional<WatchRequest> request = ParseRequest(text);
      if (!request) request = MistakenRequest(text, csv_.has_value());
      if (request) {
        request_ = *std::move(request);
        request_line_ = line();
        PassLine(found.next);
        return Step::kRequest;
      }
    }
    if (!assembler_) {
      if (Status status = Begin(); !status.ok()) return status;
      if (csv_) continue;  // that was the header
    }
    const StatusOr<bool> more =
        json_ ? json_->ReadLine(*record_, *assembler_) : csv_->ReadRow(positions_, *assembler_);
    if (!more.ok()) return more.status();
    return *more ? Step::kRow : Step::kEnd;
  }
}

// How much may be looked at for a guess without waiting for what may never come: a line, and a byte more at the end
// of the input, by which the end is seen.
std::size_t EventStream::SampleBytes() {
  if (whole_file_) return internal::kSampleBytes;
  const internal::InputWindow::Line line = window_.FindLine(0);
  return line.found == Find::kLine ? line.next + (line.next == line.end ? 1 : 0) : 1;
}

Status EventStream::Begin() {
  const internal::InputWindow::Line found = window_.FindLine(0);
  const internal::InputFormat format =
      internal::FormatOf(report_.file, window_.view(found.begin, std::min(found.end, std::size_t{512})));
  if (format.json && Trimmed(window_.view(found.begin, found.end)).starts_with('[')) {
    return InvalidArgument(fmt::format("{}: line {}: found an array, expected JSON Lines: one object a line",
                                       report_.file, line_));
  }
  if (format.json) return BeginJson();
  csv_.emplace(window_, report_.file, format.separator);
  csv_->set_line(line_);
  return BeginCsv();
}

Status EventStream::BeginJson() {
  internal::JsonReader reader(window_, report_.file);
  internal::JsonSample sample;
  if (!options_.map) sample = reader.Sample(SampleBytes(), internal::kSampleRows);
  if (Status status = internal::ChooseMap(options_, sample.columns, sample.rows, report_); !status.ok())
    return status;
  internal::NameSource(options_, report_);
  assembler_.emplace(report_.map, options_.max_problems, report_.source, outlet_);
  record_.emplace(assembler_->columns(), options_.max_record_bytes);
  json_.emplace(window_, report_.file);
  json_->set_line(line_);
  return absl::OkStatus();
}

Status EventStream::BeginCsv() {
  if (Status status = csv_->ReadHeader(whole_file_ ? 64 << 10 : 1); !status.ok()) return status;
  const std::vector<std::string> columns(csv_->columns().begin(), csv_->columns().end());
  std::vector<std::vector<std::string>> rows;
  if (!options_.map) rows = csv_->Sample(SampleBytes(), internal::kSampleRows);
  if (Status status = internal::ChooseMap(options_, columns, rows, report_); !status.ok()) return status;
  internal::NameSource(options_, report_);
  assembler_.emplace(report_.map, options_.max_problems, report_.source, outlet_);
  StatusOr<std::vector<std::size_t>> positions = csv_->Bind(assembler_->columns());
  if (!positions.ok()) return positions.status();
  positions_ = *std::move(positions);
  return absl::OkStatus();
}

}  // namespace cli
}  // namespace v0
}  // namespace journey
