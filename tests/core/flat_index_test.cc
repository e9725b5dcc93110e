#include "journey/core/flat_index.h"

#include <rapidcheck.h>

#include <algorithm>
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

// Homes are the upper bits of a hash, so that a few of them make long runs, also over the end of the table.
TEST_CASE(
    "an index that grows in steps finds everything at every step, whatever was put in or taken out "
    "meanwhile") {
  const auto crowded = [](std::uint32_t n) { return (Mix(n) & 0xF000'0000'0000'0000U) | (Mix(n) >> 20); };
  const auto at_the_end = [](std::uint32_t n) { return ~std::uint64_t{0} << 36 | Mix(n) >> 28; };
  const auto spread = [](std::uint32_t n) { return Mix(n); };
  const auto check = [](std::uint32_t most, std::uint32_t look_every, const auto& hash) {
    FlatIndex index;
    std::vector<bool> there(most);
    const auto find = [&](std::uint32_t n) {
      return index.Find(hash(n), [&](std::uint32_t row) { return row == n; });
    };
    std::uint64_t random = 1;
    const auto next = [&](std::uint32_t below) { return static_cast<std::uint32_t>(Mix(++random) % below); };
    for (std::uint32_t n = 0; n < most; ++n) {
      index.Insert(hash(n), n);
      there[n] = true;
      if (next(4) == 0) {
        const std::uint32_t gone = next(n + 1);
        REQUIRE(index.Erase(hash(gone), [&](std::uint32_t row) { return row == gone; }) == there[gone]);
        there[gone] = false;
      }
      if (next(8) == 0) {
        const std::uint32_t again = next(n + 1);
        if (!there[again]) index.Insert(hash(again), again);
        there[again] = true;
      }
      for (int i = 0; i < 4; ++i) {
        const std::uint32_t asked = next(n + 1);
        REQUIRE(find(asked) == (there[asked] ? asked : FlatIndex::kNone));
      }
      if (n % look_every != 0) continue;
      for (std::uint32_t asked = 0; asked <= n; ++asked)
        REQUIRE(find(asked) == (there[asked] ? asked : FlatIndex::kNone));
    }
    CHECK(index.size() == static_cast<std::size_t>(std::count(there.begin(), there.end(), true)));
  };
  check(20'000, 97, spread);
  check(3'000, 31, crowded);
  check(3'000, 31, at_the_end);
  check(1'500'000, 400'000, spread);
}

TEST_CASE("a copy of an index is one of its own, also in the middle of growing") {
  FlatIndex index;
  for (std::uint32_t row = 0; row < 1'400; ++row) {
    index.Insert(Mix(row), row);
    FlatIndex copy = index;
    copy.Insert(Mix(1'000'000), 1'000'000);
    for (std::uint32_t asked = 0; asked <= row; asked += 37)
      REQUIRE(copy.Find(Mix(asked), [&](std::uint32_t other) { return other == asked; }) == asked);
    REQUIRE(copy.size() == index.size() + 1);
    REQUIRE(index.Find(Mix(1'000'000), [](std::uint32_t other) { return other == 1'000'000; }) ==
            FlatIndex::kNone);
  }
}
