#include "journey/identity/placeholders.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "identity/trimmed.h"

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
constexpr std::size_t kLongest =
    std::ranges::max(kPlaceholders, {}, [](std::string_view text) { return text.size(); }).size();

// Where those that begin with a character begin in the list: a value is asked about at each look-up of a context, and
// most begin like none of them.
constexpr std::array<std::uint8_t, 129> kBegins = [] {
  std::array<std::uint8_t, 129> begins{};
  std::uint8_t at = 0;
  for (std::size_t c = 0; c < begins.size(); ++c) {
    while (at < kPlaceholders.size() && static_cast<unsigned char>(kPlaceholders[at].front()) < c) ++at;
    begins[c] = at;
  }
  return begins;
}();

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool IsPlaceholder(std::string_view value) {
  value = internal::Trimmed(value);
  const auto says_nothing = [](char c) {
    return c == '0' || c == '-' || c == '.' || c == ':' || c == '_' || c == '?' || c == '*' || c == '"' ||
           c == '\'';
  };
  if (std::ranges::all_of(value, says_nothing)) return true;  // the empty value among them
  const auto first = static_cast<unsigned char>(Lower(value.front()));
  if (value.size() > kLongest || first >= kBegins.size() - 1) return false;
  return std::any_of(kPlaceholders.begin() + kBegins[first], kPlaceholders.begin() + kBegins[first + 1U],
                     [&](std::string_view text) {
                       return text.size() == value.size() &&
                              std::equal(text.begin(), text.end(), value.begin(),
                                         [](char known, char c) { return known == Lower(c); });
                     });
}

}  // namespace v0
}  // namespace journey
