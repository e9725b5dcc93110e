// FewRows against a map: whatever rows are written to, in whatever order.
#include "core/few_rows.h"

#include <cstdint>
#include <map>

#include "support/catch.h"
#include "support/worlds.h"

TEST_CASE("what is written to few rows of many stays, and all else is as new") {
  test::Random random(5);
  for (const std::size_t rows : {3U, 600U, 2'000U, 5'000'000U}) {
    journey::internal::FewRows<std::uint64_t> few;
    std::map<std::uint32_t, std::uint64_t> slow;
    for (int i = 0; i < 2'000; ++i) {
      const auto row = static_cast<std::uint32_t>(random.Below(rows));
      REQUIRE(few.At(row) == slow[row]);
      few.At(row) = slow[row] = random.Next();
    }
    for (const auto& [row, value] : slow) REQUIRE(few.At(row) == value);
    REQUIRE(few.bytes() >= slow.size() * sizeof(std::uint64_t));
  }
}

TEST_CASE("few rows of many take memory for those around them alone") {
  journey::internal::FewRows<std::uint64_t> few;
  few.At(50'000'000) = 1;
  REQUIRE(few.bytes() < 2'000'000);
}
