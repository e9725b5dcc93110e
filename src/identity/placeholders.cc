#include "journey/identity/placeholders.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace journey {
inline namespace v0 {
namespace {

// Lower-case, ascending.
constexpr std::array<std::string_view, 31> kPlaceholders = {"(none)",
                                                            "(not set)",
                                                            "-",
                                                            "-1",
                                                            "[object object]",
                                                            "anon",
                                                            "anonymous",
                                                            "default",
                                                            "deleted",
                                                            "distinct_id",
                                                            "distinctid",
                                                            "empty",
                                                            "false",
                                                            "guest",
                                                            "id",
                                                            "n/a",
                                                            "na",
                                                            "nan",
                                                            "nil",
                                                            "no",
                                                            "none",
                                                            "not set",
                                                            "not_authenticated",
                                                            "not_set",
                                                            "null",
                                                            "test",
                                                            "true",
                                                            "undefined",
                                                            "unknown",
                                                            "user",
                                                            "user_id"};
static_assert(std::ranges::is_sorted(kPlaceholders));

bool IsBlank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool IsPlaceholder(std::string_view value) {
  while (!value.empty() && IsBlank(value.front())) value.remove_prefix(1);
  while (!value.empty() && IsBlank(value.back())) value.remove_suffix(1);
  const auto says_nothing = [](char c) {
    return c == '0' || c == '-' || c == '.' || c == ':' || c == '_' || c == '?' || c == '*' || c == '"' ||
           c == '\'';
  };
  if (std::ranges::all_of(value, says_nothing)) return true;  // the empty value among them
  std::array<char, 20> lower{};
  if (value.size() > lower.size()) return false;
  std::ranges::transform(value, lower.begin(), Lower);
  return std::ranges::binary_search(kPlaceholders, std::string_view(lower.data(), value.size()));
}

}  // namespace v0
}  // namespace journey
