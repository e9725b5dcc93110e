#include "events_file.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <unordered_map>

#include "journey/core/status.h"
#include "journey/io/reader.h"

namespace journey::rivals {
namespace {

constexpr std::array<const char*, 3> kKeys = {"user_id", "device_id", "email"};
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
  for (const char* name : kKeys) map.identifiers.push_back({name, name});
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
      const auto rows = static_cast<std::size_t>(std::ranges::count(rest, '\n'));
      times_.reserve(rows);
      sequences_.reserve(rows);
      for (auto* column : {&keys_[0], &keys_[1], &keys_[2], &names_, &channels_}) column->reserve(rows);
      continue;
    }
    std::int64_t time_us = 0;
    if (!Parse(NextCell(line), time_us)) return false;
    times_.push_back(TimePoint(Duration(time_us)));
    for (auto* column : {&keys_[0], &keys_[1], &keys_[2], &names_, &channels_})
      column->push_back(NextCell(line));
    if (!Parse(NextCell(line), sequences_.emplace_back())) return false;
  }
  return true;
}

EventLog EventsFile::Append(unsigned threads) const {
  EventLog log;
  std::array<IdentifierColumn, 3> keys;
  for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = {.name_space = kKeys[i], .texts = keys_[i]};
  log.Append({.source = "file",
              .times = times_,
              .sequences = sequences_,
              .channels = channels_,
              .names = names_,
              .identifiers = keys},
             {}, threads);
  return log;
}

void EventsFile::Number() {
  std::map<std::pair<std::string_view, std::string_view>, std::uint32_t> touchpoints;
  touchpoint_numbers_.reserve(times_.size());
  for (std::size_t i = 0; i < times_.size(); ++i) {
    const std::pair touchpoint(channels_[i], names_[i]);
    const auto [entry, fresh] = touchpoints.try_emplace(touchpoint, touchpoints.size());
    if (fresh) touchpoints_.emplace_back(channels_[i], names_[i]);
    touchpoint_numbers_.push_back({entry->second});
  }
  std::unordered_map<std::string_view, std::uint64_t> numbers;
  for (std::size_t i = 0; i < kKeys.size(); ++i) {
    numbers.clear();
    numbers_[i].reserve(times_.size());
    for (const std::string_view text : keys_[i]) {
      // Spread over all of 64 bits, as numbers given out elsewhere are.
      const auto [entry, fresh] = numbers.try_emplace(text, (numbers.size() + 1) * 0x9E3779B97F4A7C15U >> 1);
      numbers_[i].push_back(text.empty() ? IdentifierColumn::kNoNumber : entry->second);
    }
  }
  // Of the texts nothing is left.
  for (auto* column : {&keys_[0], &keys_[1], &keys_[2], &names_, &channels_})
    std::vector<std::string_view>().swap(*column);
  std::string().swap(bytes_);
}

EventLog EventsFile::AppendNumbers(unsigned threads) const {
  EventLog log;
  for (const auto& [channel, name] : touchpoints_) static_cast<void>(log.AddTouchpoint(channel, name));
  std::array<IdentifierColumn, 3> keys;
  for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = {.name_space = kKeys[i], .numbers = numbers_[i]};
  log.Append({.source = "file",
              .times = times_,
              .sequences = sequences_,
              .touchpoints = touchpoint_numbers_,
              .identifiers = keys},
             {}, threads);
  return log;
}

bool ReadWithJourney(const std::string& path, unsigned threads, EventLog& log) {
  const auto read = ReadEvents(path, {.map = MapOfFile(), .threads = threads}, log);
  return read.ok() && read->rows == log.size();
}

}  // namespace journey::rivals
