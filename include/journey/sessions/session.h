// SessionRow: one visit, a run of one customer's events without a long gap.
#pragma once
#include <cstdint>
#include <type_traits>

#include "journey/core/ids.h"
#include "journey/core/time.h"

namespace journey {
inline namespace v0 {

struct SessionRow {
  CustomerId customer;
  std::uint32_t begin = 0;  // events [begin, end) of all timelines
  std::uint32_t end = 0;
  std::uint32_t cut = 0;  // 1: it ended only because it would have become longer than max_length
  TimePoint first;        // time of its first and last event
  TimePoint last;

  [[nodiscard]] std::uint32_t events() const { return end - begin; }
  [[nodiscard]] Duration length() const { return last - first; }
};
static_assert(sizeof(SessionRow) == 32 && std::is_trivially_copyable_v<SessionRow>);

}  // namespace v0
}  // namespace journey
