// Trimmed: a text without the blanks around it, those of ASCII.
#pragma once
#include <string_view>

namespace journey {
inline namespace v0 {
namespace internal {

inline bool IsBlank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

inline std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
