// What all parts of a configuration read alike: lists of texts, matchers, durations, words.
//
// Each notes what is wrong as an error of the node (config_json.h); what it returns then is of no use.
#pragma once
#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <vector>

#include "io/config_json.h"
#include "journey/core/time.h"
#include "journey/journeys/matcher.h"

namespace journey {
inline namespace v0 {
namespace internal {

// A text, or a list of texts that is not empty.
[[nodiscard]] std::vector<std::string> ReadTexts(const ConfigNode& node);

// The keys events, channels and where, out of an object that may have others. Empty if none is there.
[[nodiscard]] Matcher ReadMatcherKeys(const ConfigNode& node);

// An object with no other keys, and at least one of these.
[[nodiscard]] Matcher ReadMatcher(const ConfigNode& node);

// A duration above zero.
[[nodiscard]] Duration ReadSpan(const ConfigNode& node);

// The value of that name.
template <typename Enum, std::size_t N>
[[nodiscard]] Enum ReadEnum(const ConfigNode& node, const Enum (&values)[N]) {
  std::string expected = "one of ";
  for (std::size_t i = 0; i < N; ++i) expected += fmt::format("{}{}", i == 0 ? "" : ", ", NameOf(values[i]));
  const std::string text = node.Text(expected);
  for (const Enum value : values) {
    if (text == NameOf(value)) return value;
  }
  node.Fail(expected);
  return values[0];
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
