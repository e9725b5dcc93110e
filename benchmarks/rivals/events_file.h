// A generated file in memory: what the job begins with when reading is not measured.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "journey/events/event_log.h"

namespace journey::rivals {

// The columns of a file, the texts being views of its bytes; or numbers in their place.
class EventsFile {
 public:
  // False: it cannot be read, or is not as generated.
  [[nodiscard]] bool Load(const std::string& path);
  // Appends all events to a log.
  [[nodiscard]] EventLog Append(unsigned threads) const;

  // Puts numbers in the place of all texts.
  void Number();
  [[nodiscard]] EventLog AppendNumbers(unsigned threads) const;

 private:
  std::string bytes_;
  std::vector<TimePoint> times_;
  std::vector<std::uint64_t> sequences_;
  std::array<std::vector<std::string_view>, 3> keys_;
  std::vector<std::string_view> names_, channels_;

  std::array<std::vector<std::uint64_t>, 3> numbers_;
  std::vector<TouchpointId> touchpoint_numbers_;
  std::vector<std::pair<std::string, std::string>> touchpoints_;  // by number
};

// The same file through the library's reader. False: it cannot be read, or a row was refused.
[[nodiscard]] bool ReadWithJourney(const std::string& path, unsigned threads, EventLog& log);

}  // namespace journey::rivals
