#include "journey/core/symbol_table.h"

#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "support/catch.h"

using journey::SymbolTable;

TEST_CASE("texts get dense ids in the order in which they are first seen") {
  SymbolTable table;
  CHECK(table.Intern("web") == 0);
  CHECK(table.Intern("app") == 1);
  CHECK(table.Intern("web") == 0);
  CHECK(table.text(1) == "app");
  CHECK(table.size() == 2);
  CHECK(table.Find("app") == 1);
  CHECK_FALSE(table.Find("chat"));
}

TEST_CASE("a tag keeps apart what is spelt alike") {
  SymbolTable table;
  CHECK(table.Intern("42", 7) == 0);
  CHECK(table.Intern("42", 8) == 1);
  CHECK(table.tag(0) == 7);
  CHECK(table.tag(1) == 8);
  CHECK(table.text(1) == "42");
  CHECK_FALSE(table.Find("42"));
  CHECK(table.Find("42", 8) == 1);
}

TEST_CASE("any bytes are a text, the empty one too, and none is taken for another") {
  SymbolTable table;
  const std::vector<std::string> texts = {
      "", std::string(1, '\0'), std::string(2, '\0'), "a", std::string("a\0", 2), "\xFF", " "};
  for (std::uint32_t i = 0; i < texts.size(); ++i) CHECK(table.Intern(texts[i]) == i);
  for (std::uint32_t i = 0; i < texts.size(); ++i) CHECK(table.text(i) == texts[i]);
}

TEST_CASE("a table is a map from (text, tag) to the order of first sight") {
  REQUIRE(rc::check([](const std::vector<std::pair<std::string, std::uint8_t>>& entries) {
    SymbolTable table;
    std::map<std::pair<std::string, std::uint32_t>, std::uint32_t> ids;
    for (const auto& [text, tag] : entries) {
      const std::uint32_t expected =
          ids.try_emplace({text, tag % 3U}, static_cast<std::uint32_t>(ids.size())).first->second;
      RC_ASSERT(table.Intern(text, tag % 3U) == expected);
    }
    RC_ASSERT(table.size() == ids.size());
    for (const auto& [entry, id] : ids) {
      RC_ASSERT(table.text(id) == entry.first);
      RC_ASSERT(table.tag(id) == entry.second);
      RC_ASSERT(table.Find(entry.first, entry.second) == id);
      RC_ASSERT(!table.Find(entry.first, 99));
    }
  }));
}

TEST_CASE(
    "whatever a table remembers of late, it takes no text for another, while it grows from small to large") {
  // Texts that agree in size, in their first and last eight bytes, or in all but one byte in between.
  std::vector<std::string> texts;
  for (std::size_t size = 0; size <= 24; ++size) {
    for (std::size_t at = 0; at <= size; ++at) {
      for (const char other : {'b', '\0', '\xFF'}) {
        std::string text(size, 'a');
        if (at < size) text[at] = other;
        texts.push_back(std::move(text));
      }
    }
  }
  SymbolTable table;
  std::map<std::pair<std::string, std::uint32_t>, std::uint32_t> ids;
  std::uint64_t state = 1;
  for (int round = 0; round < 40'000; ++round) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    const std::string& text =
        texts[(state >> 33) %
              std::min<std::size_t>(texts.size(), 20U + static_cast<std::size_t>(round) / 16)];
    const auto tag = static_cast<std::uint32_t>(state >> 20) % 3;
    const auto known = ids.find({text, tag});
    const std::uint32_t recent = table.FindRecent(text, tag);
    if (recent != SymbolTable::kNotRecent) REQUIRE((known != ids.end() && known->second == recent));
    if (known != ids.end() && state >> 60 == 0) {
      table.Forget(known->second);
      REQUIRE(table.FindRecent(text, tag) == SymbolTable::kNotRecent);
      REQUIRE_FALSE(table.Find(text, tag));
      ids.erase(known);
      continue;
    }
    const std::uint32_t expected =
        known != ids.end() ? known->second : static_cast<std::uint32_t>(table.size());
    const bool hashed = (state >> 50 & 1) != 0;
    const SymbolTable::Digest digest = table.DigestOf(text, tag);
    if (hashed) table.Prefetch(digest);
    REQUIRE((hashed ? table.Intern(text, tag, digest) : table.Intern(text, tag)) == expected);
    ids[{text, tag}] = expected;
  }
  CHECK(table.size() > 1500);
}

TEST_CASE("a number is the entry of its digits, and of no other text, whichever comes first") {
  REQUIRE(rc::check([](const std::vector<std::uint64_t>& bits, bool numbers_first) {
    std::vector<std::uint64_t> numbers = {0, 1, 42, UINT64_MAX, 10'000'000'000'000'000'000U};
    for (std::size_t i = 0; i < bits.size(); ++i) numbers.push_back(bits[i] >> i % 64);
    std::vector<std::string> texts;
    for (const std::uint64_t number : numbers) texts.push_back(std::to_string(number));
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    SymbolTable table;
    table.Intern("042", 3);
    std::vector<SymbolTable::Digest> of_numbers(numbers.size()), of_texts(numbers.size());
    std::vector<std::uint32_t> ids(numbers.size());
    table.FindAll(std::span<const std::uint64_t>(numbers), 3, of_numbers, ids);
    for (const std::uint32_t id : ids) RC_ASSERT(id == SymbolTable::kNotFound);
    table.FindAll(views, 3, of_texts, ids);
    RC_ASSERT(of_numbers == of_texts);
    for (std::size_t i = 0; i < numbers.size(); ++i)
      static_cast<void>(
          table.Intern(texts[i], 3, numbers_first ? of_numbers[i] : table.DigestOf(texts[i], 3)));
    table.FindAll(std::span<const std::uint64_t>(numbers), 3, of_numbers, ids);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      RC_ASSERT(table.text(ids[i]) == texts[i]);
      RC_ASSERT(table.Find(texts[i], 3) == ids[i]);
      RC_ASSERT(!table.Find(texts[i], 4));
      table.FindAll(std::span<const std::uint64_t>(&numbers[i], 1), 4, std::span(of_numbers).first(1),
                    std::span(ids).first(1));
      RC_ASSERT(ids[0] == SymbolTable::kNotFound);
      table.FindAll(std::span<const std::uint64_t>(numbers), 3, of_numbers, ids);
    }
  }));
}

TEST_CASE("both parts of a digest tell texts apart, and tables and tags as well") {
  SymbolTable table, other;
  std::vector<std::uint64_t> highs, lows;
  for (std::uint32_t i = 0; i < 500; ++i) {
    const std::string text = "text-" + std::to_string(i);
    for (const auto& digest : {table.DigestOf(text, 1), table.DigestOf(text, 2), other.DigestOf(text, 1)})
      highs.push_back(digest.high);
    lows.push_back(table.DigestOf(text, 1).low);
  }
  const auto distinct = [](std::vector<std::uint64_t> list) {
    std::ranges::sort(list);
    return std::unique(list.begin(), list.end()) - list.begin();
  };
  CHECK(distinct(highs) == 1500);
  CHECK(distinct(lows) >= 498);  // of 32 bits: two alike once in 30,000 runs
}

TEST_CASE("texts that agree in their ends alone are told apart in a small table, asked for by turns") {
  for (std::size_t size = 17; size <= 40; ++size) {
    SymbolTable table;
    std::vector<std::string> texts{std::string(size, 'a')};
    for (std::size_t at = 8; at < size - 8; ++at) {
      texts.emplace_back(size, 'a');
      texts.back()[at] = 'b';
    }
    for (int round = 0; round < 3; ++round) {
      for (std::uint32_t i = 0; i < texts.size(); ++i) {
        INFO(size << " bytes, text " << i);
        REQUIRE(table.Intern(texts[i]) == i);
        REQUIRE(table.FindRecent(texts[i]) == i);
        REQUIRE(table.Find(texts[i]) == i);
      }
    }
  }
}

TEST_CASE("views stay good while the table grows, through short and very long texts") {
  SymbolTable table;
  std::vector<std::string> texts;
  std::vector<std::string_view> views;
  for (std::size_t i = 0; i < 20'000; ++i) {
    texts.push_back(std::string(i % 1000 == 0  ? 70'000
                                : i % 100 == 0 ? 16'384
                                               : i % 37,
                                'x') +
                    std::to_string(i));
    views.push_back(table.text(table.Intern(texts.back())));
  }
  CHECK(std::equal(texts.begin(), texts.end(), views.begin()));
  CHECK(table.size() == texts.size());
  std::size_t characters = 0;
  for (const std::string& text : texts) characters += text.size();
  CHECK(table.bytes() >= characters);
  CHECK(table.bytes() < 2 * characters + 64 * texts.size());
}

TEST_CASE("a table can be moved, and its views with it") {
  SymbolTable table;
  table.Intern("web");
  const std::string_view view = table.text(0);
  SymbolTable moved = std::move(table);
  CHECK(view == "web");
  CHECK(moved.text(0).data() == view.data());
}
