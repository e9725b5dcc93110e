#include "events/number_claims.h"

#include <cstdint>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "core/workers.h"
#include "events/numbered_rows.h"
#include "journey/core/mix.h"
#include "support/catch.h"

using journey::SourceId;
using journey::internal::Mix;
using journey::internal::NumberClaims;
using journey::internal::NumberedRows;
using journey::internal::Workers;

namespace {

using Taken = std::set<std::pair<std::uint32_t, std::uint64_t>>;

// The slow twin: one after the other, up to the first that is taken.
std::size_t ClaimSlowly(Taken& taken, SourceId source, std::span<const std::uint64_t> wanted) {
  std::size_t count = 0;
  while (count < wanted.size() && taken.emplace(source.value, wanted[count]).second) ++count;
  return count;
}

// Numbers of which about one in `repeats` comes twice, in pages that are near or far apart.
std::vector<std::uint64_t> Numbers(std::size_t count, std::uint64_t repeats, std::uint64_t stride,
                                   std::uint64_t seed) {
  std::vector<std::uint64_t> numbers;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t random = Mix(seed + i + 1);
    const bool again = !numbers.empty() && random % repeats == 0;
    numbers.push_back(again ? numbers[random / repeats % numbers.size()]
                            : (seed + Mix(i * 7919 + seed) % (4 * count)) * stride);
  }
  return numbers;
}

}  // namespace

TEST_CASE(
    "claims at once, by any number of threads, are those one after the other, up to the first that is "
    "taken") {
  for (const unsigned threads : {1U, 2U, 3U}) {
    for (const std::uint64_t stride : {1U, 100U, 5000U}) {
      Workers workers(threads);
      NumberedRows rows;
      NumberClaims claims(rows, workers);
      Taken taken;
      for (std::uint64_t round = 0; round < 40; ++round) {
        const SourceId source{static_cast<std::uint32_t>(round % 3)};
        const std::vector<std::uint64_t> wanted =
            Numbers(round % 2 == 0 ? 5000 : 300, round % 5 == 0 ? 3 : 4000, stride, round / 4 * 1000);
        // From where one was taken it goes on behind it, as a log does.
        for (std::size_t at = 0, stops = 0; at < wanted.size() && stops < 30; ++at, ++stops) {
          const auto rest = std::span(wanted).subspan(at);
          const std::size_t count = claims.Claim(source, rest);
          REQUIRE(count == ClaimSlowly(taken, source, rest));
          at += count;
        }
        for (const std::uint64_t number : wanted)
          REQUIRE(rows.Seen(source, number) == taken.contains({source.value, number}));
      }
      for (const auto& [source, number] : taken) rows.Erase({source}, number);
      for (const auto& [source, number] : taken) REQUIRE_FALSE(rows.Seen({source}, number));
    }
  }
}

TEST_CASE("what is claimed in order, in pages of its own, and then once more") {
  Workers workers(2);
  NumberedRows rows;
  NumberClaims claims(rows, workers);
  std::vector<std::uint64_t> wanted;
  for (std::uint64_t i = 0; i < 10'000; ++i) wanted.push_back(i);
  CHECK(claims.Claim({0}, wanted) == wanted.size());
  CHECK(claims.Claim({0}, wanted) == 0);
  CHECK(claims.Claim({1}, wanted) == wanted.size());
  CHECK_FALSE(rows.sparse());
  wanted.insert(wanted.begin(), 10'001);
  CHECK(claims.Claim({0}, wanted) == 1);
  CHECK(rows.Seen({0}, 10'001));
  CHECK_FALSE(rows.Seen({0}, 10'000));
}

TEST_CASE("a number that was claimed and has no row, and one that is no one's, are nobody's") {
  NumberedRows rows;
  REQUIRE(rows.Claim({0}, 5));
  CHECK(rows.RowOf({0}, 5) == NumberedRows::kNone);
  REQUIRE(rows.Claim({0}, 6));
  rows.Note({0}, 6, 17);
  CHECK(rows.RowOf({0}, 5) == NumberedRows::kNone);
  CHECK(rows.RowOf({0}, 6) == 17);
  rows.Note({0}, 1'000'000, 18);  // of a page that is not there
  CHECK(rows.RowOf({0}, 1'000'000) == NumberedRows::kNone);
  rows.Erase({0}, 1'000'000);
  rows.Erase({0}, 7);
  CHECK(rows.Seen({0}, 5));
}

TEST_CASE("numbers in no order are not sparse before they fill their pages, only their rows would be") {
  constexpr std::uint64_t kPages = 100'000, kPage = 512;
  NumberedRows rows;
  for (std::uint64_t page = 0; page < kPages; ++page) REQUIRE(rows.Claim({0}, page * kPage));
  CHECK_FALSE(rows.sparse());
  CHECK(rows.sparse_if_noted());
  const std::size_t alone = rows.bytes();
  CHECK(alone < kPages * 256);  // and not the 2 KB that rows of a page take
  for (std::uint64_t page = 0; page < kPages; ++page) {
    for (std::uint64_t i = 1; i < 40; ++i) rows.Claim({0}, page * kPage + i * 7);
  }
  CHECK_FALSE(rows.sparse_if_noted());
  CHECK(rows.bytes() > kPages * kPage * 4);
}

TEST_CASE("numbers that never share a page are sparse in the end, and at once when rows are noted") {
  NumberedRows rows;
  std::uint64_t number = 0;
  for (; number < 5'000'000 && !rows.sparse(); ++number) rows.Claim({0}, number << 20);
  CHECK(number > 1'000'000);
  CHECK(number < 4'000'000);

  NumberedRows noted;
  for (std::uint64_t i = 0; i < 100'000; ++i) noted.Claim({0}, i << 20);
  CHECK_FALSE(noted.sparse());
  noted.Note({0}, 0, 1);
  CHECK(noted.sparse());
}
