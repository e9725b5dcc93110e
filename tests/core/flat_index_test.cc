#include "journey/core/flat_index.h"

#include <rapidcheck.h>

#include <vector>

#include "support/catch.h"

using journey::internal::FlatIndex;
using journey::internal::Mix;

namespace {

// An index over numbers under a hash of the test's choice.
template <typename Hash>
void CompareWithAList(const std::vector<std::uint32_t>& numbers, const Hash& hash) {
  FlatIndex index;
  std::vector<std::uint32_t> rows;
  const auto find = [&](std::uint32_t number) {
    return index.Find(hash(number), [&](std::uint32_t row) { return rows[row] == number; });
  };
  for (const std::uint32_t number : numbers) {
    const auto known = std::find(rows.begin(), rows.end(), number);
    const std::uint32_t row = find(number);
    if (known != rows.end()) {
      RC_ASSERT(row == static_cast<std::uint32_t>(known - rows.begin()));
      continue;
    }
    RC_ASSERT(row == FlatIndex::kNone);
    rows.push_back(number);
    index.Insert(hash(number), static_cast<std::uint32_t>(rows.size() - 1));
    RC_ASSERT(index.size() == rows.size());
  }
  for (std::uint32_t row = 0; row < rows.size(); ++row) RC_ASSERT(find(rows[row]) == row);
}

}  // namespace

TEST_CASE("an index finds the row of everything that was put in, and nothing else") {
  REQUIRE(rc::check([](const std::vector<std::uint32_t>& numbers) {
    CompareWithAList(numbers, [](std::uint32_t n) { return Mix(n); });
  }));
}

TEST_CASE("an index works when hashes collide in part or altogether") {
  REQUIRE(rc::check([](const std::vector<std::uint32_t>& numbers) {
    CompareWithAList(numbers, [](std::uint32_t n) { return std::uint64_t{n % 2} << 32; });
    CompareWithAList(numbers, [](std::uint32_t) { return ~std::uint64_t{0}; });
  }));
}

TEST_CASE("an index grows as it is filled, and is at least a third empty") {
  FlatIndex index;
  for (std::uint32_t row = 0; row < 100'000; ++row) index.Insert(Mix(row), row);
  CHECK(index.size() == 100'000);
  CHECK(index.bytes() >= 8 * index.size() * 3 / 2);
  CHECK(index.bytes() <= 32 * index.size());
  for (std::uint32_t row = 0; row < 100'000; row += 997) {
    CHECK(index.Find(Mix(row), [&](std::uint32_t other) { return other == row; }) == row);
  }
}
