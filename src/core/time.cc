#include "journey/core/time.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace journey {
inline namespace v0 {

std::string FormatTime(TimePoint time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                 clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (const auto fraction = clock.subseconds().count(); fraction != 0) {
    text += fmt::format(".{:06}", fraction);
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text + "Z";
}

std::string FormatDuration(Duration duration) {
  if (duration < Duration::zero()) return "-" + FormatDuration(-duration);
  static constexpr std::array<std::pair<std::int64_t, std::string_view>, 7> kUnits{{{86'400'000'000, "d"},
                                                                                    {3'600'000'000, "h"},
                                                                                    {60'000'000, "m"},
                                                                                    {1'000'000, "s"},
                                                                                    {1'000, "ms"},
                                                                                    {1, "us"},
                                                                                    {0, ""}}};
  const std::int64_t total = duration.count();
  if (total == 0) return "0s";
  for (std::size_t i = 0; kUnits[i].first != 0; ++i) {
    const auto [size, name] = kUnits[i];
    if (total < size) continue;
    std::string text = fmt::format("{}{}", total / size, name);
    // A second unit as far as it says something to a person: not below seconds.
    if (i < 3) {
      const auto [next_size, next_name] = kUnits[i + 1];
      if (const std::int64_t rest = total % size / next_size; rest != 0) {
        text += fmt::format(" {}{}", rest, next_name);
      }
    }
    return text;
  }
  return "0s";
}

std::optional<Duration> ParseDuration(std::string_view text) {
  std::int64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc{} || rest == text.data() || text.starts_with('-')) return std::nullopt;
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  std::int64_t size = 0;
  if (unit == "us")
    size = 1;
  else if (unit == "ms")
    size = 1'000;
  else if (unit == "s")
    size = 1'000'000;
  else if (unit == "m")
    size = 60'000'000;
  else if (unit == "h")
    size = 3'600'000'000;
  else if (unit == "d")
    size = 86'400'000'000;
  else if (unit == "w")
    size = 7 * 86'400'000'000;
  if (size == 0 || count > kForever.count() / size) return std::nullopt;
  return Duration{count * size};
}

}  // namespace v0
}  // namespace journey
