// What is counted while customers are looked at, beside what is found in the tables afterwards.
#include <algorithm>
#include <vector>

#include "pipeline/session_counts.h"
#include "support/catch.h"
#include "support/worlds.h"

using namespace journey;  // NOLINT
using test::Random;

namespace {

SessionRow SessionOf(std::uint32_t events, std::int64_t length, bool cut) {
  return {.customer = {0},
          .begin = 10,
          .end = 10 + events,
          .cut = cut ? 1U : 0U,
          .first = kMinTime,
          .last = kMinTime + Duration{length}};
}

std::int64_t Median(std::vector<std::int64_t> values) {
  std::ranges::sort(values);
  const std::int64_t upper = values[values.size() / 2];
  const std::int64_t lower = values[(values.size() - 1) / 2];
  return lower + (upper - lower) / 2;
}

}  // namespace

TEST_CASE("the medians of sessions are exact, whatever buckets they fall into and however they were dealt") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    // Few values or many, far apart or close together.
    const std::uint64_t spread = std::uint64_t{1} << random.Below(45);
    const std::size_t size = 1 + random.Below(seed % 2 == 0 ? 8 : 400);
    RowTable<SessionRow> sessions;
    std::vector<std::int64_t> events, lengths;
    std::uint64_t cut = 0;
    std::vector<internal::SessionCounts> shards(1 + random.Below(5));
    for (std::size_t i = 0; i < size; ++i) {
      const bool is_cut = random.OneIn(9);
      const auto count = static_cast<std::uint32_t>(1 + random.Below(random.OneIn(3) ? 100'000 : 9));
      const auto length =
          static_cast<std::int64_t>(random.Next() % spread + (random.OneIn(2) ? 7 * spread : 0));
      sessions.push_back(SessionOf(count, length, is_cut));
      events.push_back(count);
      lengths.push_back(length);
      cut += is_cut ? 1U : 0U;
      shards[random.Below(shards.size())].Add(std::span(sessions).last(1));
    }
    internal::SessionCounts all;
    for (const internal::SessionCounts& shard : shards) all.Merge(shard);
    const SessionSummary summary = all.Summarize(sessions);
    CHECK(summary.count == size);
    CHECK(summary.cut == cut);
    CHECK(static_cast<std::int64_t>(summary.events_median) == Median(events));
    CHECK(summary.duration_median.count() == Median(lengths));
  }
  CHECK(internal::SessionCounts().Summarize({}).count == 0);
}
