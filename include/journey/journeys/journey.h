// JourneyRow: one customer's attempt to get one thing done, across channels, devices and sessions.
#pragma once
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "journey/core/ids.h"
#include "journey/core/time.h"

namespace journey {
inline namespace v0 {

enum class Outcome : std::uint8_t {
  kOpen,  // may still go on
  kAchieved,
  kAbandoned,
  kExpired,
  kExcluded,
  kEnded,  // a discovered journey without a goal that went idle: neither success nor failure
};
inline constexpr std::size_t kOutcomes = 6;
[[nodiscard]] std::string_view NameOf(Outcome outcome);  // "open", "achieved", ...

// A step that was passed over, or not reached.
inline constexpr std::uint32_t kNotReached = UINT32_MAX;

struct JourneyRow {
  CustomerId customer;
  DefinitionId definition;
  std::uint32_t begin = 0;  // its events: [begin, end) of JourneyTable::events
  std::uint32_t end = 0;
  std::uint32_t steps_begin =
      0;  // its steps: from here in JourneyTable::steps, one for each of the definition
  std::uint16_t steps_reached = 0;  // how many; optional ones that were passed over do not count
  std::uint16_t last_step = 0;      // the last one reached
  Outcome outcome = Outcome::kOpen;
  std::uint8_t padding[3] = {};
  std::uint32_t pauses = 0;             // gaps between its events that are longer than a session's
  std::uint32_t resumes_elsewhere = 0;  // of these, those after which it went on in another channel
  std::uint32_t unused = 0;
  TimePoint first;  // time of its first and last event
  TimePoint last;
  TimePoint ended;  // when the outcome came about: the goal, the limit that passed, or (open) as_of

  [[nodiscard]] std::uint32_t events() const { return end - begin; }
};
static_assert(sizeof(JourneyRow) == 64 && std::is_trivially_copyable_v<JourneyRow>);

}  // namespace v0
}  // namespace journey
