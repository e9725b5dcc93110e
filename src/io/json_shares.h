// Shares and quantiles as JSON, as the funnels and the measures of paths write them.
#pragma once
#include <cstdint>
#include <string_view>

#include "io/json_stream_writer.h"
#include "journey/measures/durations.h"

namespace journey {
inline namespace v0 {
namespace internal {

// Whole millionths, to the nearest; null of nothing.
inline void WriteShare(std::string_view key, std::uint64_t part, std::uint64_t whole,
                       JsonStreamWriter& json) {
  json.Key(key);
  // Counts are below 2^40, so that the product fits.
  whole == 0 ? json.Null() : json.Value((part * 1'000'000 + whole / 2) / whole);
}

// {"p10", "median", "p90"} in microseconds; null without any.
inline void WriteQuantiles(std::string_view key, const Durations& durations, JsonStreamWriter& json) {
  json.Key(key);
  if (durations.count() == 0) return json.Null();
  const auto value = [&](std::string_view name, std::uint64_t tenths) {
    json.Member(name, std::int64_t{durations.Quantile(tenths, 10).count()});
  };
  json.Row();
  value("p10", 1);
  value("median", 5);
  value("p90", 9);
  json.End();
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
