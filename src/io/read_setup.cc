#include "io/read_setup.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "io/csv_reader.h"

namespace journey {
inline namespace v0 {
namespace internal {

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

InputFormat FormatOf(std::string_view name, std::string_view first) {
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
      return InvalidArgument(
          fmt::format("{}: no column looks like the {} of an event, and no map says which one is; {}",
                      report.file, field, SayColumns(columns)));
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

}  // namespace internal
}  // namespace v0
}  // namespace journey
