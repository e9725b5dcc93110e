// Texts for property tests: valid UTF-8 without NUL, with much of what hurts.
#pragma once
#include <rapidcheck.h>

#include <string>
#include <vector>

namespace journey::internal::testing {

inline rc::Gen<std::string> Utf8Text() {
  static const std::vector<std::string> kPieces{"<script>alert(1)</script>",
                                                "=1+1",
                                                "\"",
                                                "'",
                                                "&",
                                                "<",
                                                ">",
                                                "]]>",
                                                "{{",
                                                "}}",
                                                "{{{x}}}",
                                                "\\",
                                                "\\u{202E}",
                                                "\n",
                                                "\r",
                                                "\t",
                                                "\x1b[31m",
                                                "\x01",
                                                "\x7F",
                                                "\xC2\x85",
                                                "\xC2\x9B",
                                                "\xE2\x80\xA8",
                                                "\xE2\x80\xAE",
                                                "\xE2\x81\xA6",
                                                "\xEF\xBB\xBF",
                                                "\xF0\x9F\x98\x80",
                                                "\xF3\xA0\x81\x81",
                                                "\xE6\xBC\xA2",
                                                "\xD7\x90",
                                                "e\xCC\x81",
                                                "--",
                                                "-->",
                                                "<!--",
                                                "%",
                                                "/",
                                                "a",
                                                "b",
                                                " ",
                                                "\xEF\xBF\xBF",
                                                "\xF4\x8F\xBF\xBF"};
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(kPieces)),
                      [](const std::vector<std::string>& pieces) {
                        std::string text;
                        for (const std::string& piece : pieces) {
                          if (text.size() + piece.size() < 200) text += piece;
                        }
                        return text;
                      });
}

}  // namespace journey::internal::testing
