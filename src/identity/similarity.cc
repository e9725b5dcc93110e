#include "journey/identity/similarity.h"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <span>
#include <utility>
#include <vector>

namespace journey {
inline namespace v0 {
namespace {

constexpr std::size_t kMaxCharacters = 64;

// The code point at `at`, which moves behind it. A byte that begins no well-formed sequence is a character of
// its own, beyond all code points.
char32_t NextCharacter(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  const std::size_t size = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  char32_t code = size == 1 ? first : first & (0xFFU >> (size + 1));
  bool good = first < 0x80 || (first >= 0xC2 && first <= 0xF4);
  for (std::size_t i = 1; good && i < size; ++i) {
    good = at + i < text.size() && (byte(at + i) & 0xC0) == 0x80;
    if (good) code = code << 6 | (byte(at + i) & 0x3FU);
  }
  if (!good) {
    ++at;
    return 0x110000U + first;
  }
  at += size;
  return code;
}

void AppendCharacter(char32_t code, std::string& text) {
  const auto put = [&](char32_t bits) {
    text.push_back(static_cast<char>(static_cast<unsigned char>(bits)));
  };
  if (code >= 0x110000) return put(code - 0x110000);
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0 | code >> 6);
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
  }
  put(0x80 | (code & 0x3F));
}

// The first characters of a text, decoded.
class Characters {
 public:
  explicit Characters(std::string_view text) {
    for (std::size_t at = 0; at < text.size() && size_ < kMaxCharacters;)
      codes_[size_++] = NextCharacter(text, at);
  }
  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] char32_t operator[](std::size_t i) const { return codes_[i]; }

 private:
  std::array<char32_t, kMaxCharacters> codes_;
  std::uint32_t size_ = 0;
};

struct Fraction {
  std::uint64_t part;
  std::uint64_t whole;
  [[nodiscard]] std::uint32_t Millionths() const {
    return static_cast<std::uint32_t>((part * 1'000'000 + whole / 2) / whole);
  }
};

// Jaro's similarity, exactly. With at most 64 characters the terms stay far below 2^64.
Fraction ExactJaro(const Characters& a, const Characters& b) {
  if (a.size() == 0 || b.size() == 0) return {a.size() == b.size() ? 1U : 0U, 1};
  const std::uint32_t half = std::max(a.size(), b.size()) / 2;
  const std::uint32_t reach = half > 0 ? half - 1 : 0;
  std::uint64_t matched_a = 0, matched_b = 0;  // by place
  for (std::uint32_t i = 0; i < a.size(); ++i) {
    const std::uint32_t end = std::min(b.size(), i + reach + 1);
    for (std::uint32_t j = i > reach ? i - reach : 0; j < end; ++j) {
      if ((matched_b >> j & 1) != 0 || a[i] != b[j]) continue;
      matched_a |= std::uint64_t{1} << i;
      matched_b |= std::uint64_t{1} << j;
      break;
    }
  }
  const auto m = static_cast<std::uint64_t>(std::popcount(matched_a));
  if (m == 0) return {0, 1};
  std::uint64_t moved = 0;
  for (std::uint64_t rest_a = matched_a, rest_b = matched_b; rest_a != 0;
       rest_a &= rest_a - 1, rest_b &= rest_b - 1) {
    const auto i = static_cast<std::size_t>(std::countr_zero(rest_a));
    const auto j = static_cast<std::size_t>(std::countr_zero(rest_b));
    moved += a[i] != b[j] ? 1U : 0U;
  }
  const std::uint64_t na = a.size(), nb = b.size();
  return {m * m * (na + nb) + (m - moved / 2) * na * nb, 3 * m * na * nb};
}

// Latin letters with marks, as the letters they are compared as.
struct Fold {
  char32_t first, last;
  std::string_view letters;
};
constexpr auto kFolds = std::to_array<Fold>({
    {0xE0, 0xE5, "a"},    {0xE6, 0xE6, "ae"},     {0xE7, 0xE7, "c"},    {0xE8, 0xEB, "e"},
    {0xEC, 0xEF, "i"},    {0xF0, 0xF0, "d"},      {0xF1, 0xF1, "n"},    {0xF2, 0xF6, "o"},
    {0xF8, 0xF8, "o"},    {0xF9, 0xFC, "u"},      {0xFD, 0xFD, "y"},    {0xFE, 0xFE, "th"},
    {0xFF, 0xFF, "y"},    {0x100, 0x105, "a"},    {0x106, 0x10D, "c"},  {0x10E, 0x111, "d"},
    {0x112, 0x11B, "e"},  {0x11C, 0x123, "g"},    {0x124, 0x127, "h"},  {0x128, 0x131, "i"},
    {0x132, 0x133, "ij"}, {0x134, 0x135, "j"},    {0x136, 0x138, "k"},  {0x139, 0x142, "l"},
    {0x143, 0x14B, "n"},  {0x14C, 0x151, "o"},    {0x152, 0x153, "oe"}, {0x154, 0x159, "r"},
    {0x15A, 0x161, "s"},  {0x162, 0x167, "t"},    {0x168, 0x173, "u"},  {0x174, 0x175, "w"},
    {0x176, 0x178, "y"},  {0x179, 0x17E, "z"},    {0x17F, 0x17F, "s"},  {0x218, 0x219, "s"},
    {0x21A, 0x21B, "t"},  {0x1E9E, 0x1E9E, "ss"}, {0xDF, 0xDF, "ss"},   {0x300, 0x36F, ""},
});

char32_t Lower(char32_t c) {
  if (c >= 'A' && c <= 'Z') return c + 32;
  if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 32;
  if (c >= 0x391 && c <= 0x3A9) return c + 32;
  if (c >= 0x410 && c <= 0x42F) return c + 32;
  if (c >= 0x400 && c <= 0x40F) return c + 80;
  return c;
}

bool IsBlankOrHyphen(char32_t c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == '-' || c == '_' || c == ',' || c == '/' || c == 0xA0 ||
         (c >= 0x2000 && c <= 0x2015) || c == 0x202F || c == 0x3000;
}

bool IsLeftOut(char32_t c) {
  return c == '\'' || c == '.' || c == '`' || c == '"' || c == 0xB4 || (c >= 0x2018 && c <= 0x201F);
}

void AppendFolded(char32_t c, std::string& text) {
  if (c < 0x80) return AppendCharacter(c, text);
  const auto fold =
      std::ranges::find_if(kFolds, [&](const Fold& entry) { return c >= entry.first && c <= entry.last; });
  if (fold == kFolds.end()) return AppendCharacter(c, text);
  text += fold->letters;
}

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

std::uint32_t Jaro(std::string_view a, std::string_view b) {
  return ExactJaro(Characters(a), Characters(b)).Millionths();
}

std::uint32_t JaroWinkler(std::string_view a, std::string_view b) {
  const Characters left(a), right(b);
  const Fraction jaro = ExactJaro(left, right);
  std::uint64_t prefix = 0;
  const std::uint32_t most = std::min({left.size(), right.size(), 4U});
  while (prefix < most && left[prefix] == right[prefix]) ++prefix;
  return Fraction{10 * jaro.part + prefix * (jaro.whole - jaro.part), 10 * jaro.whole}.Millionths();
}

std::string Soundex(std::string_view name) {
  //                                  abcdefghijklmnopqrstuvwxyz; 0: a vowel, which parts equal codes, as -
  //                                  does not
  constexpr std::string_view kCodes = "0123012-02245501262301-202";
  static_assert(kCodes.size() == 26);
  std::string result;
  char last = '0';
  for (const char c : FoldName(name)) {
    if (c < 'a' || c > 'z') continue;
    const char code = kCodes[static_cast<std::size_t>(c - 'a')];
    if (result.empty()) {
      result.push_back(static_cast<char>(c - 'a' + 'A'));
      last = code;
    } else if (code != '-') {
      if (code != '0' && code != last) result.push_back(code);
      last = code;
    }
    if (result.size() == 4) break;
  }
  if (!result.empty()) result.resize(4, '0');
  return result;
}

std::string FoldName(std::string_view name) {
  std::string text;
  bool blank = false;
  for (std::size_t at = 0; at < name.size();) {
    const char32_t c = Lower(NextCharacter(name, at));
    if (IsBlankOrHyphen(c)) {
      blank = !text.empty();
    } else if (!IsLeftOut(c)) {
      if (blank) text.push_back(' ');
      blank = false;
      AppendFolded(c, text);
    }
  }
  return text;
}

std::string FoldCode(std::string_view code) {
  std::string text;
  for (const char c : FoldName(code)) {
    if (IsDigit(c) || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80) text.push_back(c);
  }
  return text;
}

std::string CanonicalDate(std::string_view text, bool month_first) {
  // Up to three groups of digits with the same character between them.
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  std::array<std::string_view, 3> group;
  std::size_t groups = 0;
  char between = 0;
  for (std::size_t at = 0; groups < 3;) {
    std::size_t end = at;
    while (end < text.size() && IsDigit(text[end])) ++end;
    group[groups++] = text.substr(at, end - at);
    at = end;
    // Behind a date comes nothing, or a time of day.
    if (groups == 3 || at == text.size() || text[at] == 'T' || text[at] == ' ') {
      if (at < text.size() && text[at] != 'T' && text[at] != ' ') return {};
      break;
    }
    if (text[at] != '-' && text[at] != '/' && text[at] != '.') return {};
    if (between != 0 && text[at] != between) return {};
    between = text[at++];
  }
  if (groups == 1 && group[0].size() == 8) {
    group = {group[0].substr(0, 4), group[0].substr(4, 2), group[0].substr(6, 2)};
  } else if (groups != 3) {
    return {};
  } else if (group[2].size() == 4) {
    group = {group[2], group[1], group[0]};
    if (month_first && between != '.') std::swap(group[1], group[2]);
  }
  const auto number = [](std::string_view digits) {
    int value = 0;
    for (const char c : digits) value = value * 10 + (c - '0');
    return value;
  };
  if (group[0].size() != 4 || group[1].empty() || group[1].size() > 2 || group[2].empty() ||
      group[2].size() > 2) {
    return {};
  }
  const std::chrono::year_month_day date(std::chrono::year(number(group[0])),
                                         std::chrono::month(static_cast<unsigned>(number(group[1]))),
                                         std::chrono::day(static_cast<unsigned>(number(group[2]))));
  if (!date.ok()) return {};
  std::string result(group[0]);
  for (const std::string_view part : {group[1], group[2]}) {
    result += part.size() == 1 ? "-0" : "-";
    result += part;
  }
  return result;
}

bool IsDateSlip(std::string_view a, std::string_view b) {
  if (a.size() != 10 || b.size() != 10) return false;
  std::size_t differ = 0;
  for (std::size_t i = 0; i < 10; ++i) differ += a[i] != b[i] ? 1U : 0U;
  if (differ == 1) return true;
  return differ > 0 && a.substr(0, 4) == b.substr(0, 4) && a.substr(5, 2) == b.substr(8, 2) &&
         a.substr(8, 2) == b.substr(5, 2);
}

}  // namespace v0
}  // namespace journey
