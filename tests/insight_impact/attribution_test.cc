#include "journey/insight/attribution.h"

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "journey/core/status.h"
#include "journey/insight/touchpoint_chain.h"
#include "simulate/random.h"
#include "support/catch.h"

namespace journey {
namespace {

using Json = nlohmann::json;
using internal::Random;
using Credits = std::map<std::string, double>;

constexpr std::string_view kCases = JOURNEY_SHARED_DATA "/attribution_cases/cases.json";

// Channels by name, and the paths over them.
struct NamedPaths {
  std::vector<std::string> names;
  std::vector<AttributionPath> paths;

  std::uint32_t Number(const std::string& name) {
    const auto at = std::ranges::find(names, name);
    if (at == names.end()) names.push_back(name);
    return static_cast<std::uint32_t>(std::ranges::find(names, name) - names.begin());
  }
  void Add(const std::vector<std::string>& path, std::uint64_t conversions, std::uint64_t losses) {
    AttributionPath& added = paths.emplace_back();
    for (const std::string& name : path) added.channels.push_back(Number(name));
    added.conversions = conversions;
    added.losses = losses;
  }
  [[nodiscard]] Credits Of(const AttributionOptions& options) const {
    const auto credits = CreditChannels(names.size(), paths, options);
    INFO(MessageOf(credits.status()));
    REQUIRE(credits.ok());
    Credits named;
    for (std::size_t i = 0; i < names.size(); ++i) named[names[i]] = (*credits)[i].conversions;
    return named;
  }
};

NamedPaths PathsOf(const Json& one) {
  NamedPaths named;
  for (std::size_t i = 0; i < one["paths"].size(); ++i) {
    named.Add(one["paths"][i], one["conversions"][i], one["nulls"][i]);
  }
  return named;
}

void CheckCredits(const Credits& ours, const Json& expected) {
  std::set<std::string> names;
  for (const auto& [name, credit] : ours) names.insert(name);
  for (const auto& [name, credit] : expected.items()) CHECK(names.contains(name));
  for (const auto& [name, credit] : ours) {
    INFO(name);
    CHECK(credit == Approx(expected.value(name, 0.0)).margin(1e-9));
  }
}

std::optional<Json> SharedCases() {
  std::ifstream file{std::string(kCases)};
  if (!file) return std::nullopt;
  return Json::parse(file);
}

TEST_CASE("the published cases of first, last, linear and position come out exactly") {
  const std::optional<Json> cases = SharedCases();
  if (!cases) {
    WARN("skipped: the shared attribution cases are not there");
    return;
  }
  const Json& raw = (*cases)["raw"];
  const NamedPaths paths = PathsOf(raw);
  CheckCredits(paths.Of({.rule = AttributionRule::kFirst}), raw["first_touch"]);
  CheckCredits(paths.Of({.rule = AttributionRule::kLast}), raw["last_touch"]);
  CheckCredits(paths.Of({.rule = AttributionRule::kLinearTouches}), raw["linear_equal_share"]);
  CheckCredits(paths.Of({.rule = AttributionRule::kPosition}), raw["position_based_40_20_40"]);
  for (std::size_t rule = 0; rule < kAttributionRules; ++rule) {
    if (static_cast<AttributionRule>(rule) == AttributionRule::kTimeDecay) continue;
    double sum = 0;
    for (const auto& [name, credit] : paths.Of({.rule = static_cast<AttributionRule>(rule)})) sum += credit;
    CHECK(sum == Approx(raw["total"].get<double>()));
  }
  const Json& repeats = (*cases)["linear_proportional_repeats"];
  CheckCredits(PathsOf(repeats).Of({.rule = AttributionRule::kLinearTouches}), repeats["linear"]);
  NamedPaths two;
  two.Add((*cases)["position_two_touch"]["paths"][0], 10, 0);
  CheckCredits(two.Of({.rule = AttributionRule::kPosition}), (*cases)["position_two_touch"]["40_40"]);
  CheckCredits(two.Of({.rule = AttributionRule::kPosition, .first = 0.3, .last = 0.7}),
               (*cases)["position_two_touch"]["30_70"]);
}

TEST_CASE("the published chain has the published transitions, and a single way loses all by any removal") {
  const std::optional<Json> cases = SharedCases();
  if (!cases) {
    WARN("skipped: the shared attribution cases are not there");
    return;
  }
  const Json& markov = (*cases)["markov"];
  PathTable table;
  std::map<std::string, std::uint32_t> number{{"(start)", TouchpointChain::kStart},
                                              {"(conversion)", TouchpointChain::kGoal},
                                              {"(null)", TouchpointChain::kLost}};
  std::uint32_t channels = 0;
  for (std::size_t i = 0; i < markov["paths"].size(); ++i) {
    std::vector<std::uint32_t> path;
    for (const std::string name : markov["paths"][i]) {
      path.push_back(number.try_emplace(name, channels).second ? channels++ : number[name]);
    }
    table.Add(path, PathEnd::kGoal, markov["conversions"][i]);
    table.Add(path, PathEnd::kLost, markov["nulls"][i]);
  }
  const auto chain = TouchpointChain::Create(channels, table);
  REQUIRE(chain.ok());
  for (const auto& [arrow, probability] : markov["transitions"].items()) {
    const std::size_t at = arrow.find('>');
    INFO(arrow);
    CHECK(chain->Transition(number.at(arrow.substr(0, at)), number.at(arrow.substr(at + 1))) ==
          Approx(probability.get<double>()).margin(1e-9));
  }
  const Json& by_hand = (*cases)["markov_removal_by_hand"];
  const Credits credits = PathsOf(by_hand).Of({.rule = AttributionRule::kRemoval});
  CHECK(credits.at("a") == Approx(0.5));
  CHECK(credits.at("b") == Approx(0.5));
}

NamedPaths RandomNamed(std::uint64_t seed, std::uint32_t channels) {
  Random random(seed);
  NamedPaths named;
  for (std::uint32_t c = 0; c < channels; ++c) named.Number("c" + std::to_string(c));
  for (int i = 0; i < 40; ++i) {
    std::vector<std::string> path(1 + random.Below(5));
    for (std::string& name : path) name = "c" + std::to_string(random.Below(channels));
    named.Add(path, random.Below(5), random.Below(9));
    named.paths.back().revenue = static_cast<double>(named.paths.back().conversions * random.Below(100));
    for (std::size_t k = 0; k < path.size(); ++k) {
      named.paths.back().before_end.push_back(std::chrono::hours{random.Below(1000)});
    }
  }
  return named;
}

TEST_CASE("whatever the rule, credit sums to the conversions and the revenue") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const NamedPaths named = RandomNamed(seed, 6);
    double conversions = 0;
    double revenue = 0;
    for (const AttributionPath& path : named.paths) {
      conversions += static_cast<double>(path.conversions);
      revenue += path.revenue;
    }
    for (std::size_t rule = 0; rule < kAttributionRules; ++rule) {
      for (const ShapleyWorth worth : {ShapleyWorth::kConversions, ShapleyWorth::kRate}) {
        const auto credits =
            CreditChannels(6, named.paths, {.rule = static_cast<AttributionRule>(rule), .worth = worth});
        REQUIRE(credits.ok());
        ChannelCredit sum;
        for (const ChannelCredit& credit : *credits) {
          sum.conversions += credit.conversions;
          sum.revenue += credit.revenue;
        }
        INFO(NameOf(static_cast<AttributionRule>(rule)));
        CHECK(sum.conversions == Approx(conversions));
        CHECK(sum.revenue == Approx(revenue));
      }
    }
  }
}

TEST_CASE("Shapley of the conversions comes to equal shares among the distinct channels") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const NamedPaths named = RandomNamed(seed, 7);
    const Credits shapley =
        named.Of({.rule = AttributionRule::kShapley, .worth = ShapleyWorth::kConversions});
    const Credits linear = named.Of({.rule = AttributionRule::kLinearChannels});
    for (const auto& [name, credit] : linear) CHECK(shapley.at(name) == Approx(credit).margin(1e-9));
  }
}

// By its definition: the mean gain over all orders in which the channels could join.
Credits ShapleyByOrders(const NamedPaths& named) {
  const auto worth = [&](const std::set<std::uint32_t>& coalition) {
    double conversions = 0;
    double all = 0;
    double everybody = 0;
    for (const AttributionPath& path : named.paths) {
      const auto size = static_cast<double>(path.conversions + path.losses);
      everybody += size;
      if (!std::ranges::all_of(path.channels, [&](std::uint32_t c) { return coalition.contains(c); }))
        continue;
      conversions += static_cast<double>(path.conversions);
      all += size;
    }
    return all > 0 ? conversions / all * everybody : 0.0;
  };
  std::vector<std::uint32_t> order;
  for (std::uint32_t c = 0; c < named.names.size(); ++c) order.push_back(c);
  Credits credits;
  double orders = 0;
  do {
    std::set<std::uint32_t> coalition;
    for (const std::uint32_t c : order) {
      const double before = worth(coalition);
      coalition.insert(c);
      credits[named.names[c]] += worth(coalition) - before;
    }
    ++orders;
  } while (std::ranges::next_permutation(order).found);
  for (auto& [name, credit] : credits) credit /= orders;
  return credits;
}

TEST_CASE("Shapley's value equals the mean over all orders of joining") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const NamedPaths named = RandomNamed(seed, 4);
    const Credits slow = ShapleyByOrders(named);
    for (const auto& [name, credit] : named.Of({.rule = AttributionRule::kShapley})) {
      CHECK(credit == Approx(slow.at(name)).margin(1e-9));
    }
  }
}

TEST_CASE("a touch one half life earlier gets half of the credit") {
  NamedPaths named;
  named.Add({"early", "late"}, 3, 0);
  named.paths[0].before_end = {std::chrono::days{9}, std::chrono::days{2}};
  const Credits credits = named.Of({.rule = AttributionRule::kTimeDecay});
  CHECK(credits.at("early") == Approx(1.0));
  CHECK(credits.at("late") == Approx(2.0));
  named.paths[0].before_end = {std::chrono::days{40'000}, std::chrono::days{39'993}};
  CHECK(named.Of({.rule = AttributionRule::kTimeDecay}).at("early") == Approx(1.0));
}

TEST_CASE("two conventions of linear differ where a channel comes twice") {
  NamedPaths named;
  named.Add({"a", "a", "b"}, 6, 0);
  CHECK(named.Of({.rule = AttributionRule::kLinearTouches}).at("a") == Approx(4.0));
  CHECK(named.Of({.rule = AttributionRule::kLinearChannels}).at("a") == Approx(3.0));
}

TEST_CASE("what attribution cannot take is refused by name") {
  NamedPaths named = RandomNamed(1, 13);
  CHECK(MessageOf(CreditChannels(13, named.paths, {.rule = AttributionRule::kShapley}).status()) ==
        "the paths have 13 channels; shapley takes at most 12");
  CHECK(MessageOf(CreditChannels(2, named.paths, {}).status()).find("it must be below 2") !=
        std::string::npos);
  CHECK(!CreditChannels(13, named.paths, {.first = 0.7, .last = 0.7}).ok());
  CHECK(!CreditChannels(13, named.paths, {.half_life = Duration{0}}).ok());
  named.paths[0].before_end.clear();
  CHECK(!CreditChannels(13, named.paths, {.rule = AttributionRule::kTimeDecay}).ok());
  named.paths[0].channels.clear();
  CHECK(MessageOf(CreditChannels(13, named.paths, {}).status()) == "an attribution path has no touches");
}

}  // namespace
}  // namespace journey
