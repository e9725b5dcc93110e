#include "journey/core/column.h"

#include <rapidcheck.h>

#include <vector>

#include "support/catch.h"

using journey::Column;

TEST_CASE("a column holds what a vector would, whatever it is told to do") {
  REQUIRE(rc::check([](const std::vector<std::pair<std::uint8_t, std::uint32_t>>& steps) {
    Column<std::uint32_t> column;
    std::vector<std::uint32_t> expected;
    for (const auto& [what, value] : steps) {
      switch (what % 5) {
        case 0:
          column.push_back(value);
          expected.push_back(value);
          break;
        case 1:
          column.resize(value % 100);
          expected.resize(value % 100);
          break;
        case 2:
          column.resize(value % 100, value);
          expected.resize(value % 100, value);
          break;
        case 3: {
          const std::vector<std::uint32_t> more(value % 9, value);
          column.append(more);
          expected.insert(expected.end(), more.begin(), more.end());
          break;
        }
        default:
          column = Column<std::uint32_t>(std::move(column));
      }
      RC_ASSERT(std::vector<std::uint32_t>(column.begin(), column.end()) == expected);
      RC_ASSERT(column.capacity() >= column.size());
    }
  }));
}

TEST_CASE("a large column keeps what it holds as it grows, and new elements are zero") {
  Column<std::uint64_t> column;
  for (std::uint64_t i = 0; i < 3'000'000; ++i) column.push_back(i * 3);
  for (std::uint64_t i = 0; i < column.size(); i += 1009) REQUIRE(column[i] == i * 3);
  column.resize(1'000'000);
  column.resize(4'000'000);
  CHECK(column[999'999] == 2'999'997);
  CHECK(column[1'000'000] == 0);
  CHECK(column[3'999'999] == 0);
  Column<std::uint64_t> other = std::move(column);
  CHECK(other.size() == 4'000'000);
  CHECK(other.back() == 0);
}
