#include <rapidcheck.h>

#include <map>
#include <string>
#include <vector>

#include "journey/core/flat_index.h"
#include "journey/core/symbol_table.h"
#include "support/catch.h"

using journey::SymbolTable;
using journey::internal::FlatIndex;
using journey::internal::Mix;

TEST_CASE("an index finds what was put in and not taken out, however hashes collide") {
  for (const std::uint64_t places : {1U, 5U, 4096U}) {
    REQUIRE(rc::check([&](const std::vector<std::pair<bool, std::uint8_t>>& steps) {
      FlatIndex index;
      std::map<std::uint32_t, bool> there;
      // Hashes at the end of the slots, so that runs of them go around it.
      const auto hash = [&](std::uint32_t row) { return (Mix(row) % places + 0xFFFFFFFEU) << 32; };
      for (const auto& [put, row] : steps) {
        const auto is_it = [row = row](std::uint32_t other) { return other == row; };
        if (put && !there[row])
          index.Insert(hash(row), row);
        else if (!put)
          RC_ASSERT(index.Erase(hash(row), is_it) == there[row]);
        there[row] = put;
        for (std::uint32_t other = 0; other < 256; ++other) {
          const std::uint32_t found =
              index.Find(hash(other), [&](std::uint32_t candidate) { return candidate == other; });
          RC_ASSERT(found == (there[other] ? other : FlatIndex::kNone));
        }
      }
    }));
  }
}

TEST_CASE("a forgotten text is not in memory, and comes back under another id") {
  SymbolTable table;
  const std::string longer(40'000, 'x');
  for (const std::string& text : {std::string("somebody"), std::string(), longer}) {
    const std::uint32_t id = table.Intern(text, 3);
    const std::uint32_t other = table.Intern("else", 3);
    CHECK_FALSE(table.forgotten(id));
    if (!text.empty()) CHECK(table.MemoryHolds(text));
    table.Forget(id);
    CHECK(table.forgotten(id));
    CHECK(table.text(id).empty());
    CHECK_FALSE(table.Find(text, 3));
    if (!text.empty()) CHECK_FALSE(table.MemoryHolds(text));
    CHECK(table.text(other) == "else");
    const std::uint32_t again = table.Intern(text, 3);
    CHECK(again != id);
    CHECK(table.text(again) == text);
    CHECK(table.Find(text, 3) == again);
  }
}
