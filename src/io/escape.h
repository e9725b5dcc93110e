// Escaping: every text that came from outside goes through one of these on its way into an output, and comes
// out as text. No name can close a string, open a tag, colour a terminal or turn the direction of the words
// around it.
//
//   name        <b>"\n<U+202E>
//   visible     <b>"\n\u{202E}                    the last six signs are text: for people, in terminal and
//   page JSON        "<b>\"\n\u202e"                  reads back as the very same name XML
//   &lt;b&gt;&quot;\n\u{202E}         visible, then escaped DOT         "<b>\"\\n\\u{202E}" visible, then
//   escaped
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace journey {
inline namespace v0 {
namespace internal {

struct CodePoint {
  char32_t value = 0;      // of bytes that are not UTF-8: the first byte
  std::size_t length = 1;  // in bytes
  bool valid = true;
};

// Requires: at < text.size().
[[nodiscard]] CodePoint DecodeAt(std::string_view text, std::size_t at);

// Controls, line separators, signs that turn the direction of text, and signs that cannot be seen.
[[nodiscard]] bool IsHazardous(char32_t c);

// With hazardous signs spelt out: \n, \t, \r, \u{1B}; bytes that are not UTF-8 as \x{FF}.
void AppendVisible(std::string_view text, std::string& out);
[[nodiscard]] std::string Visible(std::string_view text);

// A JSON string, quotes included. Hazardous signs are escaped, too, so that printing it is harmless; bytes
// that are not UTF-8 become U+FFFD.
void AppendJsonString(std::string_view text, std::string& out);

// For text and attribute values of HTML and SVG. Takes what Visible() returned.
void AppendXml(std::string_view visible, std::string& out);
[[nodiscard]] std::string Xml(std::string_view visible);

// A quoted string of Graphviz that shows the text as it is (made visible), without its own escapes and
// entities.
[[nodiscard]] std::string DotString(std::string_view text);

// The columns that a terminal needs for a visible text: 2 for wide signs, 0 for combining ones.
[[nodiscard]] std::size_t DisplayWidth(std::string_view visible);

// The text if it is not wider than `width`, else its beginning and "…". Requires: width > 0.
[[nodiscard]] std::string Shortened(std::string_view visible, std::size_t width);

}  // namespace internal
}  // namespace v0
}  // namespace journey
