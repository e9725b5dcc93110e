#include "io/csv_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/utf8.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

using Find = InputWindow::Find;

constexpr std::string_view kQuoteRule = "quotes around a whole field, and doubled inside of it";

// '\r' where lines end in nothing else.
char LineEndOf(std::string_view first) {
  if (first.find('\r') == std::string_view::npos || first.find('\n') != std::string_view::npos) return '\n';
  return '\r';
}

char SeparatorOf(std::string_view header) {
  std::size_t quotes = 0;
  bool semicolon = false;
  bool tab = false;
  for (const char c : header) {
    if (c == '"') ++quotes;
    if (quotes % 2 != 0) continue;
    if (c == ',') return ',';
    semicolon = semicolon || c == ';';
    tab = tab || c == '\t';
  }
  return tab ? '\t' : semicolon ? ';' : ',';
}

// A column that has no name, as tables that were written with their row numbers have one, is none that is unlike a name.
bool IsLikeName(std::string_view column) {
  if (column.empty()) return true;
  const auto first = static_cast<unsigned char>(column.front());
  const bool begins_so = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first >= 0x80 ||
                         first == '_' || first == '$' || first == '.' || first == '#';
  return begins_so && column.find('@') == std::string_view::npos;
}

}  // namespace

std::string SayColumns(std::span<const std::string> columns) {
  if (columns.empty()) return "the columns are none";
  if (!std::ranges::all_of(columns, IsLikeName)) {
    return fmt::format(
        "the {} column names are not shown, as some are like values: does the file begin with a line of "
        "names?",
        columns.size());
  }
  constexpr std::size_t kMost = 50;
  std::string list = "the columns are ";
  for (std::size_t i = 0; i < std::min(columns.size(), kMost); ++i) {
    list += fmt::format("{}{}", i == 0 ? "" : ", ", columns[i].substr(0, 64));
  }
  if (columns.size() > kMost) list += fmt::format(" and {} more", columns.size() - kMost);
  return list;
}

CsvReader::CsvReader(InputWindow& window, const std::string& file, char separator)
    : window_(window), file_(file), separator_(separator) {}

CsvReader::Next CsvReader::Look() {
  const InputWindow::Line first = window_.FindLine(0);
  switch (first.found) {
    case Find::kTooLong:
      return {Outcome::kTooLong};
    case Find::kEnd:
      return {Outcome::kEnd};
    case Find::kBroken:
      return {Outcome::kBroken};
    case Find::kLine:
      break;
  }
  if (first.begin == first.end) return {Outcome::kBlank, first.next};
  CsvRecord::State state =
      record_->Feed(window_.view(first.begin, first.end), window_.view(first.end, first.next));
  std::size_t next = first.next;
  std::uint64_t lines = 1;
  while (state == CsvRecord::State::kOpen) {
    const InputWindow::Line line = window_.FindLine(next);
    if (line.found != Find::kLine) {
      record_->Reset();
      return {Outcome::kBad, first.next, 1,
              line.found == Find::kTooLong ? "a quote that is not closed within the longest record"
                                           : "a quote that is not closed by the end of the file"};
    }
    state = record_->Feed(window_.view(line.begin, line.end), window_.view(line.end, line.next));
    next = line.next;
    ++lines;
  }
  switch (state) {
    case CsvRecord::State::kStrayQuote:
      return {Outcome::kBad, first.next, 1, "a quote where none may be"};
    case CsvRecord::State::kStrayLineEnd:
      return {Outcome::kBad, first.next, 1, "a line end of another kind outside of quotes"};
    default:
      return {Outcome::kRecord, next, lines};
  }
}

Status CsvReader::ReadHeader(std::size_t first_bytes) {
  const std::string_view first = window_.Peek(first_bytes);
  const char line_end = LineEndOf(first);
  window_.set_line_end(line_end);
  // Blank lines before the header are no header.
  while (window_.Reach(0)) {
    const InputWindow::Line line = window_.FindLine(0);
    if (line.found != Find::kLine || line.begin != line.end) break;
    window_.Advance(line.next);
    ++line_;
  }
  const InputWindow::Line line = window_.FindLine(0);
  if (line.found == Find::kBroken) return window_.status();
  if (line.found == Find::kEnd) {
    return InvalidArgument(fmt::format("{}: the file is empty, expected a header row", file_));
  }
  if (line.found == Find::kTooLong) {
    return InvalidArgument(fmt::format("{}: line {}: the header row is longer than {} bytes", file_, line_,
                                       window_.max_record_bytes()));
  }
  if (separator_ == 0) separator_ = SeparatorOf(window_.view(line.begin, line.end));
  record_.emplace(separator_, line_end);
  const Next header = Look();
  if (header.outcome != Outcome::kRecord) {
    return InvalidArgument(fmt::format("{}: line {}: the header row cannot be read: found {}, expected {}",
                                       file_, line_, header.problem, kQuoteRule));
  }
  for (const std::string_view field : record_->fields()) {
    if (!IsCleanUtf8(field)) {
      return InvalidArgument(fmt::format(
          "{}: line {}: column {} of the header is not UTF-8 text or holds a NUL byte; expected a CSV "
          "file in UTF-8 with a header row",
          file_, line_, columns_.size() + 1));
    }
    columns_.emplace_back(field);
  }
  scanner_.emplace(separator_, line_end, columns_.size());
  window_.Advance(header.next);
  header_line_ = line_;
  line_ += header.lines;
  return absl::OkStatus();
}

std::vector<std::vector<std::string>> CsvReader::Sample(std::size_t bytes, std::size_t rows) {
  std::vector<std::vector<std::string>> sample;
  const std::string_view first = window_.Peek(bytes);
  std::size_t begin = 0;
  while (sample.size() < rows) {
    // Whole lines only, and none with quotes that go on in the next: a sample need not be complete.
    const char line_end = window_.line_end();
    const std::size_t end = first.find(line_end, begin);
    if (end == std::string_view::npos && first.size() >= bytes) break;
    std::string_view line = first.substr(begin, end == std::string_view::npos ? end : end - begin);
    if (line_end == '\n' && line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty() && record_->Feed(line, "\n") == CsvRecord::State::kComplete &&
        record_->fields().size() == columns_.size()) {
      sample.emplace_back(record_->fields().begin(), record_->fields().end());
    }
    record_->Reset();
    if (end == std::string_view::npos) break;
    begin = end + 1;
  }
  return sample;
}

StatusOr<std::vector<std::size_t>> CsvReader::Bind(const std::vector<std::string>& wanted) const {
  std::vector<std::size_t> positions;
  for (const std::string& column : wanted) {
    const auto found = std::find(columns_.begin(), columns_.end(), column);
    if (found == columns_.end()) {
      return InvalidArgument(fmt::format("{}: line {}: there is no column \"{}\", which the map names; {}",
                                         file_, header_line_, column, SayColumns(columns_)));
    }
    if (std::find(found + 1, columns_.end(), column) != columns_.end()) {
      return InvalidArgument(
          fmt::format("{}: line {}: the column \"{}\", which the map names, is there twice", file_,
                      header_line_, column));
    }
    positions.push_back(static_cast<std::size_t>(found - columns_.begin()));
  }
  return positions;
}

Status CsvReader::ReadRows(EventAssembler& assembler) {
  const StatusOr<std::vector<std::size_t>> positions = Bind(assembler.columns());
  if (!positions.ok()) return positions.status();
  while (!assembler.stopped()) {
    if (TakeScanned(*positions, assembler)) continue;
    const StatusOr<bool> more = TakeLooked(*positions, assembler);
    if (!more.ok()) return more.status();
    if (!*more) break;
  }
  return absl::OkStatus();
}

bool CsvReader::TakeScanned(std::span<const std::size_t> positions, EventAssembler& assembler) {
  const std::string_view bytes = window_.bytes();
  // One byte more than a record may have, its line end, is as far as FindLine looks.
  if (!scanner_->Split(bytes, window_.fills()) || scanner_->next() > window_.max_record_bytes() + 1)
    return false;
  const char* const line = assembler.Keep(bytes.substr(0, scanner_->size())).data();
  const std::span<const CsvField> fields = scanner_->fields();
  const std::span<InputCell> cells = assembler.cells();
  for (std::size_t slot = 0; slot < cells.size(); ++slot) {
    const CsvField& field = fields[positions[slot]];
    InputCell& cell = cells[slot];
    cell.text = {line + field.begin, field.end - field.begin};
    cell.kind = cell.text.empty() ? InputCell::Kind::kAbsent : InputCell::Kind::kText;
    if (field.doubled) {
      char* const copy = assembler.Room(cell.text.size());
      cell.text = {copy, static_cast<std::size_t>(CopyUndoubled(cell.text, copy) - copy)};
    }
  }
  assembler.Offer(line_, EventAssembler::Texts::kKept);
  window_.Advance(scanner_->next());
  ++line_;
  return true;
}

StatusOr<bool> CsvReader::ReadRow(std::span<const std::size_t> positions, EventAssembler& assembler) {
  if (TakeScanned(positions, assembler)) return true;
  return TakeLooked(positions, assembler);
}

StatusOr<bool> CsvReader::TakeLooked(std::span<const std::size_t> positions, EventAssembler& assembler) {
  const Next next = Look();
  switch (next.outcome) {
    case Outcome::kEnd:
      return false;
    case Outcome::kBroken:
      return window_.status();
    case Outcome::kBlank:
      break;
    case Outcome::kTooLong:
      assembler.Refuse(line_, AdmissionStatus::kTooLarge, "", "a longer record",
                       fmt::format("at most {} bytes", window_.max_record_bytes()));
      window_.SkipLine();
      ++line_;
      return true;
    case Outcome::kBad:
      assembler.Refuse(line_, AdmissionStatus::kMalformed, "", next.problem, kQuoteRule);
      break;
    case Outcome::kRecord: {
      const std::span<const std::string_view> fields = record_->fields();
      if (fields.size() != columns_.size()) {
        assembler.Refuse(line_, AdmissionStatus::kMalformed, "",
                         fmt::format("{} field{}", fields.size(), fields.size() == 1 ? "" : "s"),
                         fmt::format("{} as in the header", columns_.size()));
        break;
      }
      const std::span<InputCell> cells = assembler.cells();
      for (std::size_t slot = 0; slot < cells.size(); ++slot) {
        const std::string_view field = fields[positions[slot]];
        cells[slot].kind = field.empty() ? InputCell::Kind::kAbsent : InputCell::Kind::kText;
        cells[slot].text = field;
      }
      assembler.Offer(line_);
    }
  }
  window_.Advance(next.next);
  line_ += next.lines;
  return true;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
