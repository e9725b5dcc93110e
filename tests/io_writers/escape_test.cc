#include "io/escape.h"

#include <rapidcheck.h>

#include <nlohmann/json.hpp>

#include "core/utf8.h"
#include "io_writers/utf8_texts.h"
#include "support/catch.h"

namespace journey::internal {
namespace {

TEST_CASE("hazardous signs are spelt out for people") {
  CHECK(Visible("plain ünï 漢字 👩‍💻") == "plain ünï 漢字 👩‍💻");
  CHECK(Visible("a\nb\tc\rd") == "a\\nb\\tc\\rd");
  CHECK(Visible("\x1b[31mred") == "\\u{1B}[31mred");
  CHECK(Visible("a\xE2\x80\xAE"
                "b") == "a\\u{202E}b");                                  // right-to-left override
  CHECK(Visible("\xE2\x81\xA6x\xE2\x81\xA9") == "\\u{2066}x\\u{2069}");  // isolates
  CHECK(Visible("\xC2\x9B"
                "31m") == "\\u{9B}31m");  // the C1 form of ESC [
  CHECK(Visible("\xEF\xBB\xBFx") == "\\u{FEFF}x");
  CHECK(Visible("\x7F") == "\\u{7F}");
  CHECK(Visible("\xF3\xA0\x81\x81") == "\\u{E0041}");  // a tag
}

TEST_CASE("bytes that are not UTF-8 are spelt out, each for itself") {
  CHECK(Visible("a\xFF"
                "b") == "a\\x{FF}b");
  CHECK(Visible("\xC0\x80") == "\\x{C0}\\x{80}");             // overlong
  CHECK(Visible("\xED\xA0\x80") == "\\x{ED}\\x{A0}\\x{80}");  // a surrogate
  CHECK(Visible("\xE2\x82") == "\\x{E2}\\x{82}");             // cut off
}

TEST_CASE("a JSON string escapes what JSON and terminals ask for") {
  std::string out;
  AppendJsonString("a\"b\\c\n\x1b\xE2\x80\xAE\xF3\xA0\x81\x81/é\xFF", out);
  CHECK(out == "\"a\\\"b\\\\c\\n\\u001b\\u202e\\udb40\\udc41/é\xEF\xBF\xBD\"");
}

TEST_CASE("XML text has no markup left") {
  CHECK(Xml("<a b='c' d=\"e\">&amp;]]>") == "&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp;amp;]]&gt;");
}

TEST_CASE("a DOT string shows quotes, backslashes, line ends and entities as they are") {
  CHECK(DotString("a\"b") == R"("a\"b")");
  CHECK(DotString("a\\N") == R"("a\\N")");
  CHECK(DotString("a\nb") == R"("a\\nb")");
  CHECK(DotString("<b>&lt;") == R"("<b>&amp;lt;")");
}

TEST_CASE("widths are those of a terminal") {
  CHECK(DisplayWidth("abc") == 3);
  CHECK(DisplayWidth("é") == 1);
  CHECK(DisplayWidth("e\xCC\x81") == 1);  // a combining accent
  CHECK(DisplayWidth("漢字") == 4);
  CHECK(DisplayWidth("👍") == 2);
}

TEST_CASE("a shortened text ends in dots and fits") {
  CHECK(Shortened("abcdef", 6) == "abcdef");
  CHECK(Shortened("abcdef", 5) == "abcd…");
  CHECK(Shortened("漢字漢字", 5) == "漢字…");
  CHECK(Shortened("漢字漢字", 4) == "漢…");
  CHECK(Shortened("abc", 1) == "…");
}

TEST_CASE("any text comes back from JSON as it was, and is printable in it") {
  CHECK(rc::check("JSON strings", [] {
    const std::string text = *testing::Utf8Text();
    std::string json;
    AppendJsonString(text, json);
    RC_ASSERT(nlohmann::json::parse(json).get<std::string>() == text);
    RC_ASSERT(Visible(json) == json);  // nothing hazardous left
  }));
}

TEST_CASE("of any bytes, visible text is UTF-8 without hazards, and shortening keeps it so") {
  CHECK(rc::check("visible", [] {
    const auto bytes = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
    const std::string visible = Visible(bytes);
    RC_ASSERT(IsCleanUtf8(visible));
    RC_ASSERT(Visible(visible) == visible);
    const auto width = *rc::gen::inRange<std::size_t>(1, 20);
    const std::string shortened = Shortened(visible, width);
    RC_ASSERT(IsCleanUtf8(shortened));
    RC_ASSERT(DisplayWidth(shortened) <= width);
    std::string json;
    AppendJsonString(bytes, json);
    RC_ASSERT(nlohmann::json::accept(json));
  }));
}

TEST_CASE("of any text, XML has no sign of markup but its entities") {
  CHECK(rc::check("XML", [] {
    const std::string xml = Xml(Visible(*testing::Utf8Text()));
    RC_ASSERT(xml.find_first_of("<>\"'") == std::string::npos);
  }));
}

}  // namespace
}  // namespace journey::internal
