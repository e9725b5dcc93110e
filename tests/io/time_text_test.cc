#include "journey/io/time_text.h"

#include <fmt/format.h>
#include <rapidcheck.h>

#include <cstdint>
#include <limits>

#include "io/time_fault.h"
#include "support/catch.h"

using namespace journey;  // NOLINT

namespace {

std::string Iso(std::string_view text) {
  const auto time = ParseTime(text);
  return time ? FormatTime(*time) : "none";
}
std::string As(TimeFormat format, std::string_view text) {
  const auto time = ParseTime(text, format);
  return time ? FormatTime(*time) : "none";
}

// Days since 1970 by counting: slow, and nothing to get wrong.
std::int64_t DaysByCounting(int year, int month, int day) {
  const auto leap = [](int y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; };
  const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  std::int64_t days = 0;
  for (int y = 1970; y < year; ++y) days += leap(y) ? 366 : 365;
  for (int y = year; y < 1970; ++y) days -= leap(y) ? 366 : 365;
  for (int m = 1; m < month; ++m) days += lengths[m - 1] + (m == 2 && leap(year) ? 1 : 0);
  return days + day - 1;
}

}  // namespace

TEST_CASE("an ISO 8601 time may have a T or a blank, a fraction and a zone") {
  CHECK(Iso("2024-03-13 10:21:14") == "2024-03-13T10:21:14Z");
  CHECK(Iso("2024-03-13T10:21:14") == "2024-03-13T10:21:14Z");
  CHECK(Iso("2024-03-13t10:21:14z") == "2024-03-13T10:21:14Z");
  CHECK(Iso("2024-03-13T10:21") == "2024-03-13T10:21:00Z");
  CHECK(Iso("2024-03-13") == "2024-03-13T00:00:00Z");
  CHECK(Iso("2024-03-13T10:21:14.5Z") == "2024-03-13T10:21:14.5Z");
  CHECK(Iso("2024-03-13T10:21:14,5Z") == "2024-03-13T10:21:14.5Z");
  CHECK(Iso("2024-03-13T10:21:14.123456789Z") == "2024-03-13T10:21:14.123456Z");
  CHECK(Iso("2024-03-13 10:21:14 UTC") == "2024-03-13T10:21:14Z");
  CHECK(Iso("2024-03-13T10:21:14+02:00") == "2024-03-13T08:21:14Z");
  CHECK(Iso("2024-03-13T10:21:14-0530") == "2024-03-13T15:51:14Z");
  CHECK(Iso("2024-03-13 10:21:14+00") == "2024-03-13T10:21:14Z");
  CHECK(Iso("2024-01-01T00:30:00+01:00") == "2023-12-31T23:30:00Z");
}

TEST_CASE("what is not quite ISO 8601 is refused") {
  for (const char* text : {"",
                           " ",
                           "2024",
                           "2024-3-13",
                           "2024-03-13T",
                           "2024-03-13 ",
                           "2024-03-13T10",
                           "2024-03-13T10:2",
                           "2024-03-13T10:21:1",
                           "2024-03-13T10:21:14.",
                           "2024-03-13T10:21:14.1234567890Z",
                           "2024-03-13T10:21:14ZZ",
                           "2024-03-13T10:21:14+",
                           "2024-03-13T10:21:14+2",
                           "2024-03-13T10:21:14+02:",
                           "2024-03-13T10:21:14+02:0",
                           "2024-03-13T10:21:14+24:00",
                           "2024-03-13T10:21:14+02:60",
                           "13/03/2024",
                           "2024-00-13",
                           "2024-13-01",
                           "2024-02-30",
                           "2023-02-29",
                           "2024-04-31",
                           "2024-03-00",
                           "2024-03-32",
                           "2024-03-13T24:00:00",
                           "2024-03-13T10:60:00",
                           "2024-03-13T10:21:61",
                           "2024-03-13  10:21:14",
                           " 2024-03-13",
                           "2024-03-13T10:21:14 ",
                           "-024-03-13",
                           "2024-03-13T+1:21:14",
                           "1710325274",
                           "2024-03-13T10:21Z4"}) {
    INFO(text);
    CHECK(Iso(text) == "none");
  }
  CHECK(Iso(std::string_view("2024-03-13\0", 11)) == "none");
}

TEST_CASE("what has the form of a time and is none has a reason") {
  using internal::FaultOfTime;
  for (const TimeFormat format : {TimeFormat::kIso8601, TimeFormat::kAuto}) {
    CHECK(FaultOfTime("2024-13-01", format) == "no such month");
    CHECK(FaultOfTime("2024-02-30T10:00:00Z", format) == "no such day");
    CHECK(FaultOfTime("2023-02-29", format) == "no such day");
    CHECK(FaultOfTime("2024-03-13T24:00", format) == "no such hour");
    CHECK(FaultOfTime("2024-03-13 10:60", format) == "no such minute");
    CHECK(FaultOfTime("2024-03-13T10:21:61Z", format) == "no such second");
    CHECK(FaultOfTime("2016-12-31T23:58:60Z", format) == "no such second");
    CHECK(FaultOfTime("2024-03-13T10:21:14+25:00", format) == "no such time zone");
    for (const char* text : {"", "yesterday", "2024-2-30", "2024-02-30T", "2024-03-13T10:21:14Z",
                             "2024-02-29", "2016-12-31T23:59:60Z", "1710325274"}) {
      INFO(text);
      CHECK(FaultOfTime(text, format).empty());
    }
  }
  CHECK(FaultOfTime("2024-02-30", TimeFormat::kUnixSeconds).empty());
}

TEST_CASE("the 29th of February exists in leap years alone") {
  CHECK(Iso("2024-02-29") == "2024-02-29T00:00:00Z");
  CHECK(Iso("2000-02-29") == "2000-02-29T00:00:00Z");
  CHECK(Iso("2100-02-29") == "none");
}

TEST_CASE("a leap second is the second after it, and second 60 elsewhere is refused") {
  CHECK(Iso("2016-12-31T23:59:60Z") == "2017-01-01T00:00:00Z");
  CHECK(Iso("2017-01-01T00:59:60.5+01:00") == "2017-01-01T00:00:00.5Z");
  CHECK(Iso("2016-12-31T23:58:60Z") == "none");
  CHECK(Iso("2017-01-01T00:59:60Z") == "none");
}

TEST_CASE("every valid ISO 8601 time is read as a calendar that counts days says") {
  CHECK(rc::check([] {
    const int year = *rc::gen::inRange(0, 10000);
    const int month = *rc::gen::inRange(0, 14);
    const int day = *rc::gen::inRange(0, 33);
    const int hour = *rc::gen::inRange(0, 26);
    const int minute = *rc::gen::inRange(0, 62);
    const int second = *rc::gen::inRange(0, 60);
    const int offset = *rc::gen::inRange(-1439, 1440);
    const int micros = *rc::gen::inRange(0, 1'000'000);
    const auto leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    const int lengths[] = {31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool valid = month >= 1 && month <= 12 && day >= 1 && day <= lengths[(month + 11) % 12] &&
                       hour < 24 && minute < 60;
    const std::string text =
        fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}{}{:02}:{:02}", year, month, day, hour, minute,
                    second, micros, offset < 0 ? '-' : '+', std::abs(offset) / 60, std::abs(offset) % 60);
    const auto time = ParseTime(text);
    RC_ASSERT(time.has_value() == valid);
    if (valid) {
      const std::int64_t seconds =
          DaysByCounting(year, month, day) * 86400 + hour * 3600 + (minute - offset) * 60 + second;
      RC_ASSERT(time->time_since_epoch().count() == seconds * 1'000'000 + micros);
    }
  }));
}

TEST_CASE("a time that is written by FormatTime is read back") {
  CHECK(rc::check([] {
    const TimePoint time{Duration{*rc::gen::inRange<std::int64_t>(0, kForever.count())}};
    RC_ASSERT(ParseTime(FormatTime(time)) == time);
    RC_ASSERT(ParseTime(FormatTime(time), TimeFormat::kAuto) == time);
  }));
}

TEST_CASE("Unix times count seconds, milliseconds, microseconds or nanoseconds, whole or with a fraction") {
  CHECK(As(TimeFormat::kUnixSeconds, "1710325274") == "2024-03-13T10:21:14Z");
  CHECK(As(TimeFormat::kUnixSeconds, "1710325274.25") == "2024-03-13T10:21:14.25Z");
  CHECK(As(TimeFormat::kUnixSeconds, "1710325274.1234567890123") == "2024-03-13T10:21:14.123456Z");
  CHECK(As(TimeFormat::kUnixSeconds, "0") == "1970-01-01T00:00:00Z");
  CHECK(As(TimeFormat::kUnixMillis, "1710325274250") == "2024-03-13T10:21:14.25Z");
  CHECK(As(TimeFormat::kUnixMillis, "1710325274250.5") == "2024-03-13T10:21:14.2505Z");
  CHECK(As(TimeFormat::kUnixMicros, "1710325274250001") == "2024-03-13T10:21:14.250001Z");
  CHECK(As(TimeFormat::kUnixMicros, "1710325274250001.9") == "2024-03-13T10:21:14.250001Z");
  CHECK(As(TimeFormat::kUnixNanos, "1710325274250001999") == "2024-03-13T10:21:14.250001Z");
  for (const char* text : {"", "-", ".5", "5.", "1e9", "+5", " 5", "5 ", "0x5", "1,5", "2024-03-13", "--5"}) {
    INFO(text);
    CHECK(As(TimeFormat::kUnixSeconds, text) == "none");
  }
}

TEST_CASE("a Unix time that fits nowhere is out of range, not something else") {
  for (const TimeFormat format : {TimeFormat::kUnixSeconds, TimeFormat::kUnixMillis, TimeFormat::kUnixMicros,
                                  TimeFormat::kUnixNanos, TimeFormat::kAuto}) {
    const auto large = ParseTime("99999999999999999999999999", format);
    REQUIRE(large.has_value());
    CHECK(*large >= kMaxTime);
    const auto small = ParseTime("-99999999999999999999999999", format);
    REQUIRE(small.has_value());
    CHECK(*small < kMinTime);
  }
  CHECK(*ParseTime("9223372036854775807", TimeFormat::kUnixMillis) == TimePoint::max());
  CHECK(*ParseTime("9223372036854.999999999", TimeFormat::kUnixSeconds) >= kMaxTime);
  CHECK(TimeFromNumber(1e300, TimeFormat::kUnixSeconds) == TimePoint::max());
  CHECK(TimeFromNumber(-1e300, TimeFormat::kUnixSeconds) == TimePoint::min());
  CHECK(TimeFromNumber(std::numeric_limits<double>::quiet_NaN(), TimeFormat::kUnixSeconds) ==
        TimePoint::max());
}

TEST_CASE("auto tells the unit of a number by its size, and days by their eight digits") {
  CHECK(As(TimeFormat::kAuto, "1710325274") == "2024-03-13T10:21:14Z");
  CHECK(As(TimeFormat::kAuto, "1710325274250") == "2024-03-13T10:21:14.25Z");
  CHECK(As(TimeFormat::kAuto, "1710325274250001") == "2024-03-13T10:21:14.250001Z");
  CHECK(As(TimeFormat::kAuto, "1710325274250001000") == "2024-03-13T10:21:14.250001Z");
  CHECK(As(TimeFormat::kAuto, "20240313") == "2024-03-13T00:00:00Z");
  CHECK(As(TimeFormat::kAuto, "20241313") == "1970-08-23T06:35:13Z");
  CHECK(As(TimeFormat::kAuto, "2024-03-13 10:21:14") == "2024-03-13T10:21:14Z");
  CHECK(As(TimeFormat::kAuto, "yesterday") == "none");
  CHECK(rc::check("for every time since May 1970", [] {
    const std::int64_t begin = 120 * 86400LL;
    const std::int64_t seconds = *rc::gen::inRange<std::int64_t>(begin, kForever.count() / 1'000'000);
    RC_PRE(seconds < 19'000'101 || seconds > 21'991'231);
    const TimePoint time{std::chrono::seconds{seconds}};
    RC_ASSERT(ParseTime(fmt::format("{}", seconds), TimeFormat::kAuto) == time);
    RC_ASSERT(ParseTime(fmt::format("{}000", seconds), TimeFormat::kAuto) == time);
    RC_ASSERT(ParseTime(fmt::format("{}000000", seconds), TimeFormat::kAuto) == time);
    RC_ASSERT(ParseTime(fmt::format("{}000000000", seconds), TimeFormat::kAuto) == time);
  }));
}

TEST_CASE("a shape shows the form of a text and nothing of its content") {
  CHECK(ShapeOf("13/03/2024 9am") == "99/99/9999 9aa");
  CHECK(ShapeOf("ann@example.org") == "aaa@aaaaaaa.aaa");
  CHECK(ShapeOf("\x01\xC3\xA9") == "?aa");
  CHECK(ShapeOf(std::string(40, 'x')) == std::string(32, 'a') + "...");
}

TEST_CASE("formats of time have the names that a map uses") {
  for (const TimeFormat format : {TimeFormat::kIso8601, TimeFormat::kUnixSeconds, TimeFormat::kUnixMillis,
                                  TimeFormat::kUnixMicros, TimeFormat::kUnixNanos, TimeFormat::kAuto}) {
    CHECK(TimeFormatOf(NameOf(format)) == format);
    CHECK(!ExampleOf(format).empty());
  }
  CHECK(NameOf(TimeFormat::kUnixMillis) == "unix_ms");
  CHECK(!TimeFormatOf("iso").has_value());
}

TEST_CASE("the short cut for usual times says what the parser of all forms says") {
  constexpr TimeFormat kFormats[] = {TimeFormat::kIso8601,    TimeFormat::kUnixSeconds,
                                     TimeFormat::kUnixMillis, TimeFormat::kUnixMicros,
                                     TimeFormat::kUnixNanos,  TimeFormat::kAuto};
  const auto same = [&](const std::string& text) {
    for (const TimeFormat format : kFormats) {
      if (ParseTime(text, format) != internal::ParseAnyTime(text, format)) return false;
    }
    return true;
  };
  CHECK(rc::check([&] {
    std::string text = *rc::gen::element<std::string>(
        "2024-03-13T10:21:14Z", "2023-02-29 23:59:60", "1999-12-31T23:59:59.123456Z", "2000-02-29 00:00:00.5",
        "1710325274", "1710325274123456", "999999999999999999", "20240313", "0000-01-01T00:00:00Z");
    const int changes = *rc::gen::inRange(0, 4);
    for (int i = 0; i < changes && !text.empty(); ++i) {
      const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
      const auto c = *rc::gen::oneOf(rc::gen::inRange('/', ':'),
                                     rc::gen::elementOf(std::string("0199-:. TZz,+\xB0\xFA")),
                                     rc::gen::arbitrary<char>());
      switch (*rc::gen::inRange(0, 3)) {
        case 0:
          text[at] = c;
          break;
        case 1:
          text.insert(at, 1, c);
          break;
        default:
          text.erase(at, 1);
      }
    }
    RC_ASSERT(same(text));
  }));
  // Every day and every second that can be written with two digits each.
  for (int month = 0; month < 100; ++month) {
    for (int day = 0; day < 100; ++day) {
      REQUIRE(same(fmt::format("1900-{:02}-{:02}T00:00:00Z", month, day)));
      REQUIRE(same(fmt::format("2024-{:02}-{:02} 12:34:56", month, day)));
    }
  }
  for (int a = 0; a < 100; ++a) {
    for (int b = 0; b < 100; ++b) REQUIRE(same(fmt::format("2024-02-29T{:02}:{:02}:{:02}.25", a % 30, a, b)));
  }
  // Every character in every place.
  for (const std::string good : {"2024-03-13T10:21:14.25Z", "1710325274123456"}) {
    for (std::size_t at = 0; at < good.size(); ++at) {
      for (int c = 0; c < 256; ++c) {
        std::string text = good;
        text[at] = static_cast<char>(c);
        REQUIRE(same(text));
      }
    }
  }
  for (std::size_t digits = 1; digits <= 22; ++digits) {
    for (const char c : {'0', '1', '9'}) REQUIRE(same(std::string(digits, c)));
  }
}
