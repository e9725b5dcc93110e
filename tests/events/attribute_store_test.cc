#include "events/attribute_store.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "support/catch.h"
#include "support/worlds.h"

using journey::AttributeRow;
using journey::internal::AttributeStore;

TEST_CASE("the attributes of every row are what was set, wherever it is, until they are cleared") {
  test::Random random(7);
  AttributeStore store, copy;
  std::map<std::size_t, std::vector<AttributeRow>> expected, copied;
  for (int i = 0; i < 20'000; ++i) {
    // Rows near each other, and some far behind all others.
    const std::size_t row = random.OneIn(50) ? random.Below(10'000'000) : random.Below(40'000);
    if (expected.contains(row)) {
      store.Clear(row);
      expected.erase(row);
      continue;
    }
    std::vector<AttributeRow> attributes(random.OneIn(100) ? 255 : random.Below(6));
    for (AttributeRow& attribute : attributes)
      attribute.key = {static_cast<std::uint32_t>(random.Below(1000))};
    store.Set(row, attributes);
    expected[row] = std::move(attributes);
    if (i == 10'000) {
      copy = store;
      copied = expected;
    }
  }
  const auto same = [](const AttributeStore& a, const auto& b) {
    for (const auto& [row, attributes] : b) {
      if (!std::ranges::equal(a.Of(row), attributes)) return false;
    }
    return true;
  };
  REQUIRE(same(store, expected));
  REQUIRE(same(copy, copied));
  REQUIRE(store.Of(50'000'000).empty());
  // A copy goes on by itself.
  copy.Set(60'000'000, std::vector<AttributeRow>(3));
  REQUIRE(copy.Of(60'000'000).size() == 3);
  REQUIRE(store.Of(60'000'000).empty());
  REQUIRE(store.bytes() > 16 * 4096);
}

TEST_CASE("attributes that are cleared are overwritten where they were") {
  AttributeStore store;
  std::vector<AttributeRow> attributes(3);
  for (AttributeRow& attribute : attributes) attribute.key = {42};
  store.Set(5, attributes);
  const std::span<const AttributeRow> place = store.Of(5);
  store.Clear(5);
  REQUIRE(store.Of(5).empty());
  for (const AttributeRow& attribute : place) CHECK(attribute == AttributeRow{});
}
