#include "io/escape.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <span>

#include "journey/core/check.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Ascending, not overlapping.
constexpr std::array<Range, 16> kHazardous{{
    {0x00, 0x1F},        // C0
    {0x7F, 0x9F},        // DEL and C1
    {0xAD, 0xAD},        // soft hyphen
    {0x61C, 0x61C},      // Arabic letter mark
    {0x115F, 0x1160},    // Hangul fillers
    {0x180E, 0x180E},    // Mongolian vowel separator
    {0x200B, 0x200B},    // zero width space (its joiners are part of words and emoji)
    {0x200E, 0x200F},    // left-to-right and right-to-left mark
    {0x2028, 0x202E},    // line and paragraph separator, bidirectional embeddings and overrides
    {0x2060, 0x206F},    // invisible operators, bidirectional isolates
    {0x3164, 0x3164},    // Hangul filler
    {0xFEFF, 0xFEFF},    // byte order mark
    {0xFFA0, 0xFFA0},    // halfwidth Hangul filler
    {0xFFF0, 0xFFFB},    // specials, interlinear annotation
    {0x1D173, 0x1D17A},  // musical formatting
    {0xE0000, 0xE0FFF},  // tags
}};

constexpr std::array<Range, 19> kWide{{
    {0x1100, 0x115E}, {0x231A, 0x231B}, {0x2329, 0x232A}, {0x23E9, 0x23EC}, {0x2614, 0x2615},
    {0x2648, 0x2653}, {0x26AA, 0x26AB}, {0x2705, 0x2705}, {0x274C, 0x274C}, {0x2E80, 0x303E},
    {0x3041, 0x33FF}, {0x3400, 0x4DBF}, {0x4E00, 0xA4CF}, {0xA960, 0xA97F}, {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF}, {0xFE30, 0xFE6F}, {0xFF01, 0xFF60}, {0xFFE0, 0xFFE6},
}};
constexpr std::array<Range, 3> kWideAbove{{{0x1F300, 0x1F64F}, {0x1F680, 0x1FAFF}, {0x20000, 0x3FFFD}}};

constexpr std::array<Range, 21> kCombining{{
    {0x300, 0x36F},     {0x483, 0x489},   {0x591, 0x5BD},   {0x5BF, 0x5BF},   {0x5C1, 0x5C2},
    {0x610, 0x61A},     {0x64B, 0x65F},   {0x670, 0x670},   {0x6D6, 0x6DC},   {0x93C, 0x93C},
    {0x94D, 0x94D},     {0xE31, 0xE31},   {0xE34, 0xE3A},   {0xE47, 0xE4E},   {0x1AB0, 0x1AFF},
    {0x1DC0, 0x1DFF},   {0x200C, 0x200D}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
    {0x1F3FB, 0x1F3FF},
}};

bool IsIn(std::span<const Range> ranges, char32_t c) {
  const auto after = std::ranges::upper_bound(ranges, c, {}, &Range::first);
  return after != ranges.begin() && c <= std::prev(after)->last;
}

std::size_t WidthOf(char32_t c) {
  if (c < 0x300) return 1;
  if (IsIn(kCombining, c)) return 0;
  return IsIn(kWide, c) || IsIn(kWideAbove, c) ? 2 : 1;
}

}  // namespace

CodePoint DecodeAt(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
  if (length == 0 || text.size() - at < length) return {lead, 1, false};
  char32_t value = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return {lead, 1, false};
    value = (value << 6) | (byte(at + i) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
  if (value < kSmallest[length] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000))
    return {lead, 1, false};
  return {value, length, true};
}

bool IsHazardous(char32_t c) {
  if (c >= 0x20 && c < 0x7F) return false;
  return IsIn(kHazardous, c);
}

void AppendVisible(std::string_view text, std::string& out) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = DecodeAt(text, at);
    if (!c.valid) {
      fmt::format_to(std::back_inserter(out), "\\x{{{:02X}}}", static_cast<std::uint32_t>(c.value));
    } else if (!IsHazardous(c.value)) {
      out.append(text, at, c.length);
    } else if (c.value == '\n') {
      out += "\\n";
    } else if (c.value == '\t') {
      out += "\\t";
    } else if (c.value == '\r') {
      out += "\\r";
    } else {
      fmt::format_to(std::back_inserter(out), "\\u{{{:X}}}", static_cast<std::uint32_t>(c.value));
    }
    at += c.length;
  }
}

std::string Visible(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  AppendVisible(text, out);
  return out;
}

void AppendJsonString(std::string_view text, std::string& out) {
  const auto unit = [&](std::uint32_t value) { fmt::format_to(std::back_inserter(out), "\\u{:04x}", value); };
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = DecodeAt(text, at);
    if (!c.valid) {
      out += "\xEF\xBF\xBD";
    } else if (c.value == '"' || c.value == '\\') {
      out += '\\';
      out += static_cast<char>(c.value);
    } else if (c.value == '\n') {
      out += "\\n";
    } else if (c.value == '\t') {
      out += "\\t";
    } else if (!IsHazardous(c.value)) {
      out.append(text, at, c.length);
    } else if (c.value < 0x10000) {
      unit(static_cast<std::uint32_t>(c.value));
    } else {
      const auto above = static_cast<std::uint32_t>(c.value) - 0x10000;
      unit(0xD800 + (above >> 10));
      unit(0xDC00 + (above & 0x3FF));
    }
    at += c.length;
  }
  out += '"';
}

void AppendXml(std::string_view visible, std::string& out) {
  for (const char c : visible) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
}

std::string Xml(std::string_view visible) {
  std::string out;
  AppendXml(visible, out);
  return out;
}

std::string DotString(std::string_view text) {
  std::string out = "\"";
  for (const char c : Visible(text)) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '&') {
      out += "&amp;";  // Graphviz reads entities in plain strings, too
    } else {
      out += c;
    }
  }
  return out += '"';
}

std::size_t DisplayWidth(std::string_view visible) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < visible.size();) {
    const CodePoint c = DecodeAt(visible, at);
    width += WidthOf(c.value);
    at += c.length;
  }
  return width;
}

std::string Shortened(std::string_view visible, std::size_t width) {
  JOURNEY_CHECK(width > 0);
  if (visible.size() <= width || DisplayWidth(visible) <= width) return std::string(visible);
  std::size_t used = 1;  // the dots
  std::size_t at = 0;
  while (at < visible.size()) {
    const CodePoint c = DecodeAt(visible, at);
    if (used + WidthOf(c.value) > width) break;
    used += WidthOf(c.value);
    at += c.length;
  }
  return std::string(visible.substr(0, at)) + "…";
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
