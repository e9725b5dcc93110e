#include "core/text_sight.h"

#include <string>
#include <vector>

#include "support/catch.h"

using journey::internal::TextSight;

// Of every length: the same text, and the text with one byte another, at each place.
TEST_CASE("texts of up to sixteen bytes have the same sight if they are the same, and else another") {
  std::vector<std::string> texts;
  for (std::size_t size = 0; size <= TextSight::kWhole; ++size) {
    for (const char fill : {'\0', 'a', '\xFF'}) {
      const std::string text(size, fill);
      texts.push_back(text);
      for (std::size_t at = 0; at < size; ++at) {
        texts.push_back(text);
        texts.back()[at] = 'b';
      }
    }
  }
  for (const std::string& a : texts) {
    for (const std::string& b : texts) {
      const std::vector<char> copy(b.begin(), b.end());  // at an end of memory, where nothing beyond may be read
      const bool same = TextSight::Of(a) == TextSight::Of({copy.data(), copy.size()});
      if (same != (a == b)) FAIL("sizes " << a.size() << " and " << b.size());
    }
  }
}

TEST_CASE("of longer texts the ends are seen, and the length") {
  const auto sight = [](const std::string& text) { return TextSight::Of(text); };
  const std::string text(40, 'x');
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string other = text;
    other[at] = 'y';
    CHECK((sight(other) == sight(text)) == (at >= 8 && at < 32));
  }
  CHECK(sight(text) != sight(text + 'x'));
}
