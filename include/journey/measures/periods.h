// Period: days, weeks or months of 28 days, in UTC, as data.
//
//   Period{7}.Of(a Wednesday)  ->  the number of its week      Period{7}.begin(number)  ->  that week's Monday
//
// Periods are counted from Monday 1969-12-29, so that weeks begin on Mondays, and none depends on a calendar or a
// time zone: all are equally long, and can be compared.
#pragma once
#include <chrono>
#include <cstdint>

#include "journey/core/time.h"

namespace journey {
inline namespace v0 {

struct Period {
  std::uint32_t days = 7;  // at least 1

  [[nodiscard]] Duration length() const { return std::chrono::days{days}; }
  // Requires: kMinTime <= time.
  [[nodiscard]] std::uint32_t Of(TimePoint time) const {
    return static_cast<std::uint32_t>((time - kOrigin) / length());
  }
  [[nodiscard]] TimePoint begin(std::uint32_t number) const { return kOrigin + number * length(); }
  friend bool operator==(Period, Period) = default;

  static constexpr TimePoint kOrigin = kMinTime - std::chrono::days{3};
};

}  // namespace v0
}  // namespace journey
