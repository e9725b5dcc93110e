// A text is a time in a format or it is not; what auto reads, the format it chose reads alike.
#include <string_view>

#include "fuzz_target.h"
#include "journey/io/time_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace journey;  // NOLINT
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto iso = ParseTime(text, TimeFormat::kIso8601);
  const auto seconds = ParseTime(text, TimeFormat::kUnixSeconds);
  FUZZ_CHECK(!(iso && seconds));
  for (const TimeFormat format : {TimeFormat::kUnixMillis, TimeFormat::kUnixMicros, TimeFormat::kUnixNanos}) {
    FUZZ_CHECK(ParseTime(text, format).has_value() == seconds.has_value());
  }
  const auto automatic = ParseTime(text, TimeFormat::kAuto);
  FUZZ_CHECK(automatic.has_value() == (iso.has_value() || seconds.has_value()));
  if (iso) {
    FUZZ_CHECK(automatic == iso);
    if (*iso >= kMinTime && *iso < kMaxTime) FUZZ_CHECK(ParseTime(FormatTime(*iso)) == iso);
  }
  FUZZ_CHECK(ShapeOf(text).size() <= 35);
  return 0;
}
