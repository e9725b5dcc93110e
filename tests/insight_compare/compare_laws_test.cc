// What a comparison promises over many worlds: few false discoveries, enough power, intervals that cover, and what
// was planted found with the right sign.
#include <array>
#include <cstdio>

#include "insight_compare/shop.h"
#include "support/catch.h"

namespace {

using namespace journey;
using test::Find;
using test::Random;
using test::Shop;
using test::ShopRates;

using Rates = std::array<ShopRates, 4>;

enum class Draw : std::uint8_t { kArms, kPeriods };

// Customers with one to three journeys: all in one arm, or each of them in either period.
void Fill(Shop& shop, std::uint64_t seed, std::uint64_t journeys, const Rates& rates, Draw draw,
          bool control) {
  Random random(seed);
  for (std::uint64_t made = 0; made < journeys;) {
    std::vector<std::uint8_t> cells;
    const bool is_control = control && random.OneIn(2);
    const std::size_t arm = random.Below(2);
    for (std::size_t n = 1 + random.Below(3); n > 0; --n, ++made) {
      const std::size_t side = draw == Draw::kArms ? arm : random.Below(2);
      cells.push_back(static_cast<std::uint8_t>(side + (is_control ? 2 : 0)));
    }
    shop.AddCustomer(random, cells, rates);
  }
}

struct FalseOnes {
  int worlds = 0;
  int with_some = 0;  // with nothing to be found, the false discovery rate is how often something is
};

FalseOnes CountFalse(int worlds, std::uint64_t journeys, Draw draw, bool control) {
  FalseOnes result{worlds, 0};
  std::uint64_t tested = 0;
  for (int i = 0; i < worlds; ++i) {
    Shop shop;
    Fill(shop, 1000 + static_cast<std::uint64_t>(i), journeys, Rates{}, draw, control);
    const Comparison comparison = shop.Compare();
    REQUIRE(comparison.tested > 40);
    tested += comparison.tested;
    result.with_some += comparison.changed != 0 ? 1 : 0;
  }
  std::printf("A/A %s%s: %d worlds of %llu journeys, %llu figures each, false discovery rate %.1f%%\n",
              draw == Draw::kArms ? "arms" : "periods", control ? " with a control" : "", worlds,
              static_cast<unsigned long long>(journeys),
              static_cast<unsigned long long>(tested / static_cast<std::uint64_t>(worlds)),
              100.0 * result.with_some / worlds);
  return result;
}

TEST_CASE("with nothing to be found few worlds have a discovery") {
  CHECK(CountFalse(40, 1500, Draw::kArms, false).with_some <= 5);
  CHECK(CountFalse(40, 1500, Draw::kPeriods, false).with_some <= 5);
  CHECK(CountFalse(40, 2500, Draw::kArms, true).with_some <= 5);
}

TEST_CASE("with nothing to be found at most 5 per cent of thousands of worlds have a discovery", "[.long]") {
  // Three standard errors of 2,000 worlds are 1.5 per cent.
  for (const std::uint64_t journeys : {300U, 1500U, 6000U}) {
    CHECK(CountFalse(2000, journeys, Draw::kArms, false).with_some <= 130);
  }
  CHECK(CountFalse(2000, 1500, Draw::kPeriods, false).with_some <= 130);
  CHECK(CountFalse(2000, 3000, Draw::kPeriods, true).with_some <= 130);
}

void CheckPower(int worlds, int at_least) {
  int found = 0;
  for (int i = 0; i < worlds; ++i) {
    Rates rates{};
    rates[kAfter].achieve += 20;
    Shop shop;
    Fill(shop, 77 + static_cast<std::uint64_t>(i), 50'000, rates, Draw::kArms, false);
    const Comparison comparison = shop.Compare();
    const CompareRow* const goal = Find(comparison, CompareFigure::kGoalRate);
    REQUIRE(goal != nullptr);
    found += goal->verdict == CompareVerdict::kRose ? 1 : 0;
    CHECK(goal->verdict != CompareVerdict::kFell);
  }
  std::printf("a goal rate 2 points higher is found in %d of %d worlds of 50,000 journeys\n", found, worlds);
  CHECK(found >= at_least);
}

TEST_CASE("two points more goals are found at fifty thousand journeys") {
  CheckPower(8, 6);
}
TEST_CASE("two points more goals are found in more than 80 per cent of 200 worlds", "[.long]") {
  CheckPower(200, 160);
}

void CheckCoverage(int worlds, double low, double high) {
  int covered = 0;
  int covered_control = 0;
  int shares = 0;
  for (int i = 0; i < worlds; ++i) {
    Rates rates{};
    rates[kAfter].achieve += 60;
    rates[kControlBefore].phone += 50;  // another level, the same trend
    rates[kControlAfter].phone += 80;
    rates[kAfter].phone += 30;
    rates[kAfter].portal += 40;
    {
      Shop shop;
      Fill(shop, 5000 + static_cast<std::uint64_t>(i), 1200, rates, Draw::kPeriods, false);
      const Comparison comparison = shop.Compare();
      covered += Find(comparison, CompareFigure::kGoalRate)->interval->contains(0.06) ? 1 : 0;
      covered +=
          Find(comparison, CompareFigure::kTouchpointReach, "portal")->interval->contains(0.04) ? 1 : 0;
      shares += 2;
    }
    {
      Shop shop;
      Fill(shop, 9000 + static_cast<std::uint64_t>(i), 2400, rates, Draw::kPeriods, true);
      const Comparison comparison = shop.Compare();
      REQUIRE(comparison.has_control);
      covered_control += Find(comparison, CompareFigure::kContactRate)->interval->contains(0.0) ? 1 : 0;
    }
  }
  std::printf("compare: intervals cover %.1f%%, with a control %.1f%%, of %d worlds\n",
              100.0 * covered / shares, 100.0 * covered_control / worlds, worlds);
  CHECK(covered > low * shares);
  CHECK(covered < high * shares);
  CHECK(covered_control > low * worlds);
  CHECK(covered_control <= high * worlds);
}

TEST_CASE("intervals cover the true difference, with customers on both sides and with a control") {
  CheckCoverage(60, 0.88, 1.0);
}
TEST_CASE("intervals cover the true difference in 93 to 97 per cent", "[.long]") {
  CheckCoverage(1500, 0.93, 0.97);
}

TEST_CASE("what moved from the portal to the phone is found with the right sign") {
  int found = 0;
  constexpr int kWorlds = 10;
  for (int i = 0; i < kWorlds; ++i) {
    Rates rates{};
    rates[kAfter].portal -= 80;
    rates[kAfter].phone += 70;
    Shop shop;
    Fill(shop, 300 + static_cast<std::uint64_t>(i), 6000, rates, Draw::kArms, false);
    const Comparison comparison = shop.Compare();
    bool moved = false;
    for (const Displacement& pair : comparison.displacements) {
      const CompareRow& fell = comparison.rows[pair.fell];
      const CompareRow& rose = comparison.rows[pair.rose];
      CHECK(fell.verdict == CompareVerdict::kFell);
      CHECK(rose.verdict == CompareVerdict::kRose);
      CHECK(fell.difference < 0.0);
      CHECK(rose.difference > 0.0);
      CHECK((fell.key.channel == "portal" || fell.key.channel == "web"));
      moved = moved || (fell.key.figure == CompareFigure::kChannelReach && fell.key.channel == "portal" &&
                        rose.key.figure == CompareFigure::kChannelReach && rose.key.channel == "phone");
    }
    found += moved ? 1 : 0;
  }
  std::printf("displacement portal to phone found in %d of %d worlds\n", found, kWorlds);
  CHECK(found == kWorlds);
}

TEST_CASE("what changed in the control as well is not called an effect of the change") {
  Rates rates{};
  for (const std::size_t cell : {std::size_t{kAfter}, std::size_t{kControlAfter}}) rates[cell].achieve += 150;
  rates[kAfter].phone += 100;  // this is
  Shop shop;
  Fill(shop, 4, 12'000, rates, Draw::kArms, true);
  const Comparison comparison = shop.Compare();
  const CompareRow* const goal = Find(comparison, CompareFigure::kGoalRate);
  CHECK(goal->after.value - goal->before.value > 0.1);
  CHECK(goal->control_after->value - goal->control_before->value > 0.1);
  CHECK(goal->verdict == CompareVerdict::kNotShown);
  CHECK(Find(comparison, CompareFigure::kContactRate)->verdict == CompareVerdict::kRose);
}

TEST_CASE("a sample that is too small is refused, and the size it names is enough") {
  Rates rates{};
  rates[kAfter].achieve += 40;  // a tenth of 400
  Shop few;
  Fill(few, 8, 50, rates, Draw::kArms, false);
  const Comparison refused = few.Compare();
  CHECK(refused.tested == 0);
  CHECK(refused.too_small == refused.rows.size());
  for (const CompareRow& row : refused.rows) {
    CHECK(row.verdict == CompareVerdict::kTooSmall);
    CHECK_FALSE(row.interval.has_value());
    CHECK(row.q == 1.0);
  }
  const CompareRow* const goal = Find(refused, CompareFigure::kGoalRate);
  REQUIRE(goal->customers_needed > 500);
  REQUIRE(goal->customers_needed < 3000);
  int found = 0;
  constexpr int kWorlds = 24;
  for (int i = 0; i < kWorlds; ++i) {
    Shop shop;
    // Two journeys a customer on average.
    Fill(shop, 600 + static_cast<std::uint64_t>(i), 4 * goal->customers_needed, rates, Draw::kArms, false);
    const Comparison comparison = shop.Compare();
    found += Find(comparison, CompareFigure::kGoalRate)->p < 0.05 ? 1 : 0;
  }
  std::printf("a change of a tenth is seen in %d of %d samples of the size that was named (%llu a side)\n",
              found, kWorlds, static_cast<unsigned long long>(goal->customers_needed));
  CHECK(found >= 0.65 * kWorlds);
}

}  // namespace
