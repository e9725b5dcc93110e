// An ordinary event, with all that an event can have.
#pragma once
#include <chrono>
#include <cstdint>
#include <string_view>

#include "journey/events/event_log.h"

namespace test {

inline journey::TimePoint At(std::int64_t second) {
  return journey::TimePoint{std::chrono::seconds{1'700'000'000 + second}};
}

inline journey::Event View(std::string_view id = "") {
  return {.time = At(0),
          .id = id,
          .source = "s",
          .channel = "web",
          .name = "view",
          .identifiers = {{"cookie", "c"}},
          .attributes = {{"price", 9.5}}};
}

}  // namespace test
