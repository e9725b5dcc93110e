// The generated file as columns of text in memory, and the file as the library's reader sees it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "journey/events/event_log.h"

namespace journey::rivals {

// Lifetime: the rows are views into the bytes.
class EventsFile {
 public:
  // False: it cannot be read, or is none of the files that Generate writes.
  bool Load(const std::string& path);

  // Every row, offered to a log as a host would that has its events as text in memory.
  [[nodiscard]] EventLog Append() const;

 private:
  struct Row {
    std::int64_t time_us;
    std::uint64_t sequence;
    std::string_view user_id, device_id, email, name, channel;
  };
  std::string bytes_;
  std::vector<Row> rows_;
};

// The whole file through the library's CSV reader. False: it cannot be read, or not every row was accepted.
bool ReadWithJourney(const std::string& path, EventLog& log);

}  // namespace journey::rivals
