#include "io/json_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

using Find = InputWindow::Find;

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kExpected = "one JSON object";

std::string_view TrimBlanks(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return text.substr(text.size());
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

// Follows JSON text byte by byte as far as brackets and quotes go, to tell where a value ends without reading
// it.
class Nesting {
 public:
  // False at the comma or bracket that ends the value.
  bool Step(char c) {
    if (in_text_) {
      if (escaped_) {
        escaped_ = false;
      } else if (c == '\\') {
        escaped_ = true;
      } else if (c == '"') {
        in_text_ = false;
      }
      return true;
    }
    if (c == '"') in_text_ = true;
    if (c == '{' || c == '[') ++depth_;
    if (c == '}' || c == ']') {
      if (depth_ == 0) return false;
      --depth_;
    }
    return c != ',' || depth_ != 0;
  }

 private:
  std::size_t depth_ = 0;
  bool in_text_ = false;
  bool escaped_ = false;
};

}  // namespace

JsonReader::JsonReader(InputWindow& window, const std::string& file) : window_(window), file_(file) {}

JsonSample JsonReader::Sample(std::size_t bytes, std::size_t rows) {
  JsonSample sample;
  std::string_view first = window_.Peek(bytes);
  const bool complete = first.size() < bytes;
  const bool array = TrimBlanks(first).starts_with('[');
  if (array) first.remove_prefix(first.find('[') + 1);
  JsonRecord record({}, bytes);
  std::vector<std::vector<JsonRecord::Leaf>> objects;
  while (!first.empty() && objects.size() < rows) {
    std::size_t end = first.find('\n');
    if (array) {
      Nesting nesting;
      end = 0;
      while (end < first.size() && nesting.Step(first[end])) ++end;
      if (end == first.size()) break;
    }
    if (end == std::string_view::npos && !complete) break;
    // The bytes of the window go on behind this text, so there is the room that Parse asks for.
    const std::string_view text = TrimBlanks(first.substr(0, end));
    if (!text.empty() && record.Parse(text).empty() && record.IsObject()) objects.push_back(record.Leaves());
    if (end == std::string_view::npos) break;
    first.remove_prefix(end + 1);
  }
  for (const std::vector<JsonRecord::Leaf>& object : objects) {
    for (const JsonRecord::Leaf& leaf : object) {
      if (std::find(sample.columns.begin(), sample.columns.end(), leaf.path) != sample.columns.end())
        continue;
      if (sample.columns.size() < 256) sample.columns.push_back(leaf.path);
    }
  }
  for (std::vector<JsonRecord::Leaf>& object : objects) {
    std::vector<std::string>& row = sample.rows.emplace_back(sample.columns.size());
    for (JsonRecord::Leaf& leaf : object) {
      const auto column = std::find(sample.columns.begin(), sample.columns.end(), leaf.path);
      if (column != sample.columns.end()) {
        row[static_cast<std::size_t>(column - sample.columns.begin())] = std::move(leaf.text);
      }
    }
  }
  return sample;
}

Status JsonReader::ReadStart() {
  SkipBlanks();
  if (window_.size() != 0) return absl::OkStatus();
  if (!window_.status().ok()) return window_.status();
  return InvalidArgument(fmt::format("{}: the file is empty, expected JSON objects", file_));
}

Status JsonReader::ReadRows(EventAssembler& assembler) {
  return window_.at(0) == '[' ? ReadArray(assembler) : ReadLines(assembler);
}

void JsonReader::Take(std::string_view text, JsonRecord& record, EventAssembler& assembler) {
  const std::string_view problem = record.Parse(text);
  if (!problem.empty()) {
    assembler.Refuse(line_, AdmissionStatus::kMalformed, "", problem, kExpected);
  } else if (!record.IsObject()) {
    assembler.Refuse(line_, AdmissionStatus::kMalformed, "", "a value that is no object", kExpected);
  } else {
    record.Fill(assembler.cells());
    assembler.Offer(line_);
  }
}

Status JsonReader::ReadLines(EventAssembler& assembler) {
  JsonRecord record(assembler.columns(), window_.max_record_bytes());
  while (!assembler.stopped()) {
    const StatusOr<bool> more = ReadLine(record, assembler);
    if (!more.ok()) return more.status();
    if (!*more) break;
  }
  return absl::OkStatus();
}

StatusOr<bool> JsonReader::ReadLine(JsonRecord& record, EventAssembler& assembler) {
  const InputWindow::Line line = window_.FindLine(0);
  if (line.found == Find::kEnd) return false;
  if (line.found == Find::kBroken) return window_.status();
  if (line.found == Find::kTooLong) {
    assembler.Refuse(line_, AdmissionStatus::kTooLarge, "", "a longer line",
                     fmt::format("at most {} bytes", window_.max_record_bytes()));
    window_.SkipLine();
  } else {
    const std::string_view text = TrimBlanks(window_.view(line.begin, line.end));
    if (!text.empty()) Take(text, record, assembler);
    window_.Advance(line.next);
  }
  ++line_;
  return true;
}

char JsonReader::SkipBlanks() {
  while (window_.Reach(0)) {
    const char c = window_.at(0);
    if (kBlanks.find(c) == std::string_view::npos) return c;
    if (c == '\n') ++line_;
    window_.Advance(1);
  }
  return '\0';
}

JsonReader::Extent JsonReader::FindValue(std::size_t& end) {
  Nesting nesting;
  for (end = 0; window_.Reach(end); ++end) {
    if (!nesting.Step(window_.at(end))) return Extent::kValue;
    if (end >= window_.max_record_bytes()) return Extent::kTooLong;
  }
  return Extent::kEnd;
}

Status JsonReader::ReadArray(EventAssembler& assembler) {
  JsonRecord record(assembler.columns(), window_.max_record_bytes());
  window_.Advance(1);  // [
  if (SkipBlanks() == ']') {
    window_.Advance(1);
    return CheckEnd(assembler);
  }
  while (!assembler.stopped()) {
    SkipBlanks();
    std::size_t end = 0;
    const Extent extent = FindValue(end);
    if (extent != Extent::kValue) {
      // Where a value does not end, nobody can tell where the next one begins.
      if (!window_.status().ok()) return window_.status();
      const bool too_long = extent == Extent::kTooLong;
      assembler.Refuse(line_, too_long ? AdmissionStatus::kTooLarge : AdmissionStatus::kMalformed, "",
                       too_long ? "a longer value" : "the end of the file inside of the array",
                       too_long ? fmt::format("at most {} bytes", window_.max_record_bytes())
                                : std::string("a closing bracket"));
      if (!too_long) return absl::OkStatus();
      return DataLoss(
          fmt::format("{}: line {}: a value of the array is longer than {} bytes; what follows it "
                      "cannot be read",
                      file_, line_, window_.max_record_bytes()));
    }
    const std::string_view value = window_.view(0, end);
    Take(TrimBlanks(value), record, assembler);
    line_ += static_cast<std::uint64_t>(std::count(value.begin(), value.end(), '\n'));
    const char last = window_.at(end);
    window_.Advance(end + 1);
    if (last == ']') return CheckEnd(assembler);
    if (last == '}') {
      assembler.Refuse(line_, AdmissionStatus::kMalformed, "", "a closing brace without an opening one",
                       "a comma or a closing bracket");
    }
  }
  return absl::OkStatus();
}

Status JsonReader::CheckEnd(EventAssembler& assembler) {
  if (SkipBlanks() == '\0' && window_.size() == 0) return window_.status();
  assembler.Refuse(line_, AdmissionStatus::kMalformed, "", "something after the array",
                   "the end of the file");
  return absl::OkStatus();
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
