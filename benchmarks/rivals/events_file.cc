#include "events_file.h"

#include <charconv>
#include <fstream>
#include <iterator>

#include "journey/core/status.h"
#include "journey/io/reader.h"

namespace journey::rivals {
namespace {

constexpr std::string_view kHeader = "time,user_id,device_id,email,name,channel,sequence";

// Takes the next cell off the line.
std::string_view NextCell(std::string_view& line) {
  const std::size_t comma = line.find(',');
  const std::string_view cell = line.substr(0, comma);
  line.remove_prefix(comma == std::string_view::npos ? line.size() : comma + 1);
  return cell;
}

template <typename Number>
bool Parse(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

ColumnMap MapOfFile() {
  ColumnMap map;
  map.time = FieldSource::Column("time");
  map.time_format = TimeFormat::kUnixMicros;
  map.name = FieldSource::Column("name");
  map.channel = FieldSource::Column("channel");
  map.sequence = FieldSource::Column("sequence");
  for (const char* name : {"user_id", "device_id", "email"}) map.identifiers.push_back({name, name});
  return map;
}

}  // namespace

bool EventsFile::Load(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return false;
  bytes_.resize(static_cast<std::size_t>(file.tellg()));
  file.seekg(0);
  if (!file.read(bytes_.data(), static_cast<std::streamsize>(bytes_.size()))) return false;

  std::string_view rest = bytes_;
  for (bool header = true; !rest.empty(); header = false) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (header) {
      if (line != kHeader) return false;
      continue;
    }
    Row row{};
    if (!Parse(NextCell(line), row.time_us)) return false;
    for (std::string_view* cell : {&row.user_id, &row.device_id, &row.email, &row.name, &row.channel})
      *cell = NextCell(line);
    if (!Parse(NextCell(line), row.sequence)) return false;
    rows_.push_back(row);
  }
  return true;
}

EventLog EventsFile::Append() const {
  EventLog log;
  std::vector<Event> events(64, {.source = "file"});
  std::size_t count = 0;
  for (const Row& row : rows_) {
    Event& event = events[count];
    event.time = TimePoint(Duration(row.time_us));
    event.sequence = row.sequence;
    event.name = row.name;
    event.channel = row.channel;
    event.identifiers.clear();
    if (!row.user_id.empty()) event.identifiers.push_back({"user_id", row.user_id});
    if (!row.device_id.empty()) event.identifiers.push_back({"device_id", row.device_id});
    if (!row.email.empty()) event.identifiers.push_back({"email", row.email});
    if (++count < events.size()) continue;
    log.Append(events);
    count = 0;
  }
  log.Append(std::span(events).first(count));
  return log;
}

bool ReadWithJourney(const std::string& path, EventLog& log) {
  const auto read = ReadEvents(path, {.map = MapOfFile()}, log);
  return read.ok() && read->rows == log.size();
}

}  // namespace journey::rivals
