#include "journey/core/time.h"

#include <rapidcheck.h>

#include "support/catch.h"

using namespace journey;               // NOLINT
using namespace std::chrono_literals;  // NOLINT

TEST_CASE("times are written as ISO 8601 in UTC, with fractions only where there are any") {
  CHECK(FormatTime(kMinTime) == "1970-01-01T00:00:00Z");
  CHECK(FormatTime(kMaxTime) == "2200-01-01T00:00:00Z");
  const TimePoint time = std::chrono::sys_days{std::chrono::year{2024} / 3 / 13} + 10h + 21min + 14s;
  CHECK(FormatTime(time) == "2024-03-13T10:21:14Z");
  CHECK(FormatTime(time + 250ms) == "2024-03-13T10:21:14.25Z");
  CHECK(FormatTime(time + 1us) == "2024-03-13T10:21:14.000001Z");
  CHECK(FormatTime(time - 1us) == "2024-03-13T10:21:13.999999Z");
  CHECK(FormatTime(std::chrono::sys_days{std::chrono::year{2000} / 2 / 29} + 0us) == "2000-02-29T00:00:00Z");
}

TEST_CASE("a written time can be read back from its parts, for any time that is allowed") {
  REQUIRE(rc::check([] {
    const TimePoint time{Duration{*rc::gen::inRange<std::int64_t>(0, kMaxTime.time_since_epoch().count())}};
    const std::string text = FormatTime(time);
    const auto part = [&](std::size_t at, std::size_t size) { return std::stoi(text.substr(at, size)); };
    std::int64_t micros = 0;
    if (text[19] == '.') {
      std::string fraction = text.substr(20, text.size() - 21);
      RC_ASSERT(fraction.back() != '0');
      fraction.resize(6, '0');
      micros = std::stoi(fraction);
    }
    const std::chrono::year_month_day date{std::chrono::year{part(0, 4)},
                                           std::chrono::month{static_cast<unsigned>(part(5, 2))},
                                           std::chrono::day{static_cast<unsigned>(part(8, 2))}};
    RC_ASSERT(text.back() == 'Z');
    RC_ASSERT(std::chrono::sys_days{date} + std::chrono::hours{part(11, 2)} +
                  std::chrono::minutes{part(14, 2)} + std::chrono::seconds{part(17, 2)} + Duration{micros} ==
              time);
  }));
}

TEST_CASE("durations are written with at most two units") {
  CHECK(FormatDuration(0us) == "0s");
  CHECK(FormatDuration(7us) == "7us");
  CHECK(FormatDuration(350ms) == "350ms");
  CHECK(FormatDuration(45s) == "45s");
  CHECK(FormatDuration(45s + 900ms) == "45s");
  CHECK(FormatDuration(59s + 999ms) == "59s");
  CHECK(FormatDuration(60s) == "1m");
  CHECK(FormatDuration(90s) == "1m 30s");
  CHECK(FormatDuration(2min + 5s) == "2m 5s");
  CHECK(FormatDuration(3h + 10min + 59s) == "3h 10m");
  CHECK(FormatDuration(3h + 59s) == "3h");
  CHECK(FormatDuration(24h) == "1d");
  CHECK(FormatDuration(std::chrono::days{12} + 4h) == "12d 4h");
  CHECK(FormatDuration(-90s) == "-1m 30s");
}

TEST_CASE("a duration is a whole number and a unit") {
  CHECK(ParseDuration("0s") == 0s);
  CHECK(ParseDuration("5us") == 5us);
  CHECK(ParseDuration("500ms") == 500ms);
  CHECK(ParseDuration("45s") == 45s);
  CHECK(ParseDuration("30m") == 30min);
  CHECK(ParseDuration("24h") == 24h);
  CHECK(ParseDuration("7d") == 168h);
  CHECK(ParseDuration("2w") == 336h);
  for (const char* text :
       {"", "7", "d", "-1s", "+1s", " 1s", "1s ", "1 s", "1.5h", "1S", "1month", "1sm",
        "99999999999999999999s", "9223372036854775807us", "9223372036854775807w", "1000000d"}) {
    INFO(text);
    CHECK_FALSE(ParseDuration(text));
  }
}

TEST_CASE("one unit of a duration reads back as it was written") {
  REQUIRE(rc::check([] {
    const std::int64_t size = *rc::gen::element<std::int64_t>(1, 1'000, 1'000'000, 60'000'000, 3'600'000'000);
    const Duration duration{*rc::gen::inRange<std::int64_t>(1, 24) * size};
    RC_ASSERT(ParseDuration(FormatDuration(duration)) == duration);
  }));
}
