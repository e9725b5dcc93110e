#include "events/recent_touchpoints.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace {

using journey::internal::RecentTouchpoints;

RecentTouchpoints::Sight NumberedSight(std::uint32_t number) {
  static const std::vector<std::string> kChannels = {"web", "app", "phone", "a channel with a long name"};
  return RecentTouchpoints::SightOf(kChannels[number % kChannels.size()],
                                    "page_" + std::to_string(number / kChannels.size()));
}

// How many of the touchpoints [0, count) are remembered; a wrong one fails.
std::uint32_t Remembered(const RecentTouchpoints& recent, std::uint32_t count) {
  std::uint32_t found = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t id = recent.Candidate(NumberedSight(i));
    if (id == RecentTouchpoints::kNone) continue;
    REQUIRE(id == i);
    ++found;
  }
  return found;
}

}  // namespace

TEST_CASE("nearly all of 2,048 touchpoints are remembered, and of more none is mistaken for another") {
  RecentTouchpoints recent;
  REQUIRE(recent.Candidate(NumberedSight(0)) == RecentTouchpoints::kNone);
  for (const std::uint32_t count : {1U, 100U, 287U, 2'048U}) {
    for (std::uint32_t i = 0; i < count; ++i) recent.Remember(NumberedSight(i), i);
    // A few have eight others before them, and push one out.
    CHECK(Remembered(recent, count) >= count - count / 32);
  }
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    recent.Remember(NumberedSight(i), i);
    REQUIRE(recent.Candidate(NumberedSight(i)) == i);  // the latest is there
  }
  CHECK(Remembered(recent, 100'000) >= 2'048);
  CHECK(recent.bytes() <= 256 * 1024);
}

TEST_CASE("a touchpoint that looks like another takes its place") {
  RecentTouchpoints recent;
  const auto first = RecentTouchpoints::SightOf("web", "beginning_A_end_of_it");
  const auto second = RecentTouchpoints::SightOf("web", "beginning_B_end_of_it");
  REQUIRE(first == second);
  recent.Remember(first, 1);
  recent.Remember(second, 2);
  CHECK(recent.Candidate(first) == 2);
}
