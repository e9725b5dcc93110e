#include "journey/io/time_text.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include "io/time_digits.h"
#include "io/time_fault.h"

namespace journey {
inline namespace v0 {
namespace {

struct NamedFormat {
  TimeFormat format;
  std::string_view name;
  std::string_view example;
};
constexpr std::array<NamedFormat, 6> kFormats{{
    {TimeFormat::kIso8601, "iso8601", "a time such as 2024-03-13T10:21:14Z"},
    {TimeFormat::kUnixSeconds, "unix_s", "seconds since 1970 such as 1710325274"},
    {TimeFormat::kUnixMillis, "unix_ms", "milliseconds since 1970 such as 1710325274000"},
    {TimeFormat::kUnixMicros, "unix_us", "microseconds since 1970 such as 1710325274000000"},
    {TimeFormat::kUnixNanos, "unix_ns", "nanoseconds since 1970 such as 1710325274000000000"},
    {TimeFormat::kAuto, "auto", "a time such as 2024-03-13T10:21:14Z or a number since 1970"},
}};

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400;  // in seconds

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

// Reads a text from the left; every Take says whether it found what it was asked for.
class TextCursor {
 public:
  explicit TextCursor(std::string_view text) : text_(text) {}

  [[nodiscard]] bool done() const { return text_.empty(); }

  bool Take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool Take(std::string_view word) {
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }
  // Exactly `digits` digits.
  bool TakeNumber(std::size_t digits, int& number) {
    if (text_.size() < digits) return false;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (!IsDigit(text_[i])) return false;
      value = value * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(digits);
    number = value;
    return true;
  }
  // One to `most` digits as a fraction in units of 10^-9; further ones than nine are cut off.
  bool TakeFraction(std::size_t most, std::int64_t& nanos) {
    std::size_t digits = 0;
    std::int64_t value = 0;
    while (digits < text_.size() && IsDigit(text_[digits])) {
      if (digits < 9) value = value * 10 + (text_[digits] - '0');
      ++digits;
    }
    if (digits == 0 || digits > most) return false;
    for (std::size_t i = digits; i < 9; ++i) value *= 10;
    text_.remove_prefix(digits);
    nanos = value;
    return true;
  }
  [[nodiscard]] bool AtDigit() const { return !text_.empty() && IsDigit(text_.front()); }

 private:
  std::string_view text_;
};

// Seconds since 1970 of a day that must exist.
std::optional<std::int64_t> SecondsOfDay(int year, int month, int day) {
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return std::int64_t{std::chrono::sys_days{date}.time_since_epoch().count()} * kDay;
}

// The numbers of an ISO 8601 time as they are written, whether there is such a time or not.
struct IsoTime {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::int64_t nanos = 0;
  int zone_hours = 0;
  int zone_minutes = 0;
  bool west = false;

  // Of the time of the day, UTC.
  [[nodiscard]] std::int64_t seconds() const {
    const std::int64_t zone = (zone_hours * 60 + zone_minutes) * 60;
    return (hour * 60 + minute) * 60 + second - (west ? -zone : zone);
  }
};

// Z, " UTC", +hh:mm, +hhmm, +hh or nothing.
bool TakeZone(TextCursor& text, IsoTime& time) {
  if (text.done() || text.Take('Z') || text.Take('z') || text.Take(" UTC")) return true;
  time.west = text.Take('-');
  if (!time.west && !text.Take('+')) return false;
  if (!text.TakeNumber(2, time.zone_hours)) return false;
  const bool colon = text.Take(':');
  return (!colon && text.done()) || text.TakeNumber(2, time.zone_minutes);
}

// Whether the text has the form of one.
bool TakeIso8601(TextCursor text, IsoTime& time) {
  if (!text.TakeNumber(4, time.year) || !text.Take('-') || !text.TakeNumber(2, time.month) ||
      !text.Take('-') || !text.TakeNumber(2, time.day)) {
    return false;
  }
  if (text.done()) return true;
  if (!text.Take('T') && !text.Take('t') && !text.Take(' ')) return false;
  if (!text.TakeNumber(2, time.hour) || !text.Take(':') || !text.TakeNumber(2, time.minute)) return false;
  if (text.Take(':')) {
    if (!text.TakeNumber(2, time.second)) return false;
    if ((text.Take('.') || text.Take(',')) && !text.TakeFraction(9, time.nanos)) return false;
  }
  return TakeZone(text, time) && text.done();
}

// The first part of it that does not exist; nothing if all do.
std::string_view FaultOf(const IsoTime& time) {
  if (time.month < 1 || time.month > 12) return "no such month";
  if (!SecondsOfDay(time.year, time.month, time.day)) return "no such day";
  if (time.hour > 23) return "no such hour";
  if (time.minute > 59) return "no such minute";
  // A leap second exists only before midnight UTC, and counts as the second that follows it.
  if (time.second > 60 || (time.second == 60 && time.seconds() % kDay != 0)) return "no such second";
  if (time.zone_hours > 23 || time.zone_minutes > 59) return "no such time zone";
  return {};
}

std::optional<TimePoint> ParseIso8601(std::string_view text) {
  IsoTime time;
  if (!TakeIso8601(TextCursor(text), time) || !FaultOf(time).empty()) return std::nullopt;
  const std::int64_t seconds = *SecondsOfDay(time.year, time.month, time.day) + time.seconds();
  return TimePoint{Duration{seconds * kSecond + time.nanos / 1000}};
}

// A decimal number as it is written: its sign, its whole part (or that it does not fit) and its fraction.
struct Decimal {
  bool negative = false;
  bool overflow = false;
  std::size_t digits = 0;  // of the whole part
  std::uint64_t whole = 0;
  std::int64_t fraction = 0;  // in units of 10^-9
};

std::optional<Decimal> ParseDecimal(std::string_view text) {
  Decimal number;
  if (!text.empty() && text.front() == '-') {
    number.negative = true;
    text.remove_prefix(1);
  }
  while (number.digits < text.size() && IsDigit(text[number.digits])) {
    const auto digit = static_cast<std::uint64_t>(text[number.digits] - '0');
    if (number.whole > (std::numeric_limits<std::uint64_t>::max() - digit) / 10) number.overflow = true;
    number.whole = number.whole * 10 + digit;
    ++number.digits;
  }
  if (number.digits == 0) return std::nullopt;
  TextCursor rest(text.substr(number.digits));
  if (rest.Take('.') && !rest.TakeFraction(std::numeric_limits<std::size_t>::max(), number.fraction)) {
    return std::nullopt;
  }
  if (!rest.done()) return std::nullopt;
  return number;
}

TimeFormat UnitOf(double number) {
  const double size = std::abs(number);
  if (size < 1e10) return TimeFormat::kUnixSeconds;
  if (size < 1e13) return TimeFormat::kUnixMillis;
  if (size < 1e16) return TimeFormat::kUnixMicros;
  return TimeFormat::kUnixNanos;
}

// How many microseconds one unit is; of a nanosecond see the caller.
std::int64_t MicrosOf(TimeFormat format) {
  if (format == TimeFormat::kUnixSeconds) return 1'000'000;
  if (format == TimeFormat::kUnixMillis) return 1'000;
  return 1;
}

TimePoint TimeFromDecimal(const Decimal& number, TimeFormat format) {
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  const bool nanos = format == TimeFormat::kUnixNanos;
  const auto unit = static_cast<std::uint64_t>(MicrosOf(format));
  const std::uint64_t whole = nanos ? number.whole / 1000 : number.whole;
  // One unit of room, for the fraction.
  if (number.overflow || whole >= kMost / unit) return number.negative ? TimePoint::min() : TimePoint::max();
  auto micros = static_cast<std::int64_t>(whole * unit);
  if (!nanos) micros += number.fraction * static_cast<std::int64_t>(unit) / 1'000'000'000;
  return TimePoint{Duration{number.negative ? -micros : micros}};
}

// 20240313 as the day that it writes.
std::optional<TimePoint> DayOfDigits(const Decimal& number) {
  if (number.digits != 8 || number.negative || number.fraction != 0) return std::nullopt;
  const auto digits = static_cast<int>(number.whole);
  const int year = digits / 10'000;
  if (year < 1900 || year > 2199) return std::nullopt;
  const std::optional<std::int64_t> seconds = SecondsOfDay(year, digits / 100 % 100, digits % 100);
  if (!seconds) return std::nullopt;
  return TimePoint{Duration{*seconds * kSecond}};
}

}  // namespace

std::string_view NameOf(TimeFormat format) {
  return kFormats[static_cast<std::size_t>(format)].name;
}

std::optional<TimeFormat> TimeFormatOf(std::string_view name) {
  for (const NamedFormat& format : kFormats) {
    if (format.name == name) return format.format;
  }
  return std::nullopt;
}

std::string_view ExampleOf(TimeFormat format) {
  return kFormats[static_cast<std::size_t>(format)].example;
}

std::optional<TimePoint> ParseTime(std::string_view text, TimeFormat format) {
  if (format == TimeFormat::kIso8601 || format == TimeFormat::kAuto) {
    if (const auto micros = internal::PlainIsoMicros(text)) return TimePoint{Duration{*micros}};
  } else if (const auto number = internal::NumberOfDigits(text)) {
    return TimeFromDecimal({.digits = text.size(), .whole = *number}, format);
  }
  return internal::ParseAnyTime(text, format);
}

std::optional<TimePoint> internal::ParseAnyTime(std::string_view text, TimeFormat format) {
  if (format == TimeFormat::kIso8601) return ParseIso8601(text);
  const std::optional<Decimal> number = ParseDecimal(text);
  if (format == TimeFormat::kAuto) {
    if (!number) return ParseIso8601(text);
    if (const std::optional<TimePoint> day = DayOfDigits(*number)) return day;
    format = number->overflow ? TimeFormat::kUnixNanos : UnitOf(static_cast<double>(number->whole));
  }
  if (!number) return std::nullopt;
  return TimeFromDecimal(*number, format);
}

TimePoint TimeFromNumber(double number, TimeFormat format) {
  if (format == TimeFormat::kAuto) format = UnitOf(number);
  const double micros =
      format == TimeFormat::kUnixNanos ? number / 1000.0 : number * static_cast<double>(MicrosOf(format));
  // 9.2e18 is just below 2^63.
  if (!(micros < 9.2e18)) return TimePoint::max();
  if (micros < -9.2e18) return TimePoint::min();
  return TimePoint{Duration{std::llround(micros)}};
}

std::string_view internal::FaultOfTime(std::string_view text, TimeFormat format) {
  IsoTime time;
  const bool iso = format == TimeFormat::kIso8601 || format == TimeFormat::kAuto;
  return iso && TakeIso8601(TextCursor(text), time) ? FaultOf(time) : std::string_view{};
}

std::string ShapeOf(std::string_view text) {
  constexpr std::size_t kMost = 32;
  std::string shape;
  for (const char c : text.substr(0, kMost)) {
    const auto byte = static_cast<unsigned char>(c);
    if (IsDigit(c)) {
      shape += '9';
    } else if (byte > 0x20 && byte < 0x7f && !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) {
      shape += c;
    } else {
      shape += byte == ' ' ? ' ' : (byte < 0x20 || byte == 0x7f) ? '?' : 'a';
    }
  }
  if (text.size() > kMost) shape += "...";
  return shape;
}

}  // namespace v0
}  // namespace journey
