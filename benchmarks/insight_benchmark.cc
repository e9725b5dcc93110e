// What does it cost to ask a Markov chain over 1,000 touchpoints what each of them, and each drop-off, is
// worth?
//
// The size is the number of journeys, of 1 to 15 touches. Ours counts the transitions, inverts I - Q once and
// answers 2,000 questions from the inverse; the naive contender iterates every question from the start. The
// answers must agree to the tolerance of the iteration, and the goal rate must be that of the journeys
// themselves.
#include <cmath>
#include <map>
#include <random>

#include "journey/core/status.h"
#include "journey/insight/touchpoint_chain.h"
#include "support/harness.h"

namespace journey::bench {
namespace {

constexpr std::uint32_t kTouchpoints = 1000;
constexpr double kTolerance = 1e-9;

struct ChainInput {
  PathTable paths;
  double goal_rate = 0;
};

// Twenty successors for each touchpoint, the first the most frequent.
const ChainInput& InputOf(std::size_t journeys) {
  static std::map<std::size_t, ChainInput> made;
  const auto [at, is_new] = made.try_emplace(journeys);
  if (!is_new) return at->second;
  std::mt19937_64 random(7);
  const auto below = [&](std::uint64_t n) {
    return static_cast<std::uint32_t>((random() >> 32U) * n >> 32U);
  };
  std::vector<std::uint32_t> path;
  double goals = 0;
  for (std::size_t i = 0; i < journeys; ++i) {
    path.assign(1, below(kTouchpoints / 10));
    const std::uint32_t size = 1 + below(15);
    while (path.size() < size) {
      const std::uint32_t choice = std::min(below(20), below(20));
      path.push_back((path.back() * 37U + choice * 101U + 1U) % kTouchpoints);
    }
    const bool achieved = below(1000) < 200 + path.back() / 4;
    goals += achieved ? 1 : 0;
    at->second.paths.Add(path, achieved ? PathEnd::kGoal : PathEnd::kLost);
  }
  at->second.goal_rate = goals / static_cast<double>(journeys);
  return at->second;
}

struct ChainAnswer {
  double goal_rate = 0;
  std::vector<std::optional<double>> removal;
  std::vector<std::optional<double>> drop_off;
};

ChainAnswer AnswerOf(const ChainInput& input, std::size_t dense_limit) {
  const auto chain = TouchpointChain::Create(kTouchpoints, input.paths,
                                             {.dense_limit = dense_limit, .tolerance = kTolerance});
  if (!chain.ok()) return {};
  return {chain->goal_rate(), chain->WithoutTouchpoint(), chain->WithoutDropOff()};
}

bool SameRates(const std::vector<std::optional<double>>& a, const std::vector<std::optional<double>>& b) {
  if (a.size() != kTouchpoints || a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].has_value() != b[i].has_value()) return false;
    if (a[i] && std::abs(*a[i] - *b[i]) > 2 * kTolerance) return false;
  }
  return true;
}

}  // namespace

void RegisterBenchmarks(const Plan& plan) {
  for (const std::size_t journeys : plan.sizes) {
    AddPair(
        plan, "TouchpointChain", journeys, [=]() -> const ChainInput& { return InputOf(journeys); },
        [](const ChainInput& input) { return AnswerOf(input, 1500); },
        [](const ChainInput& input) { return AnswerOf(input, 0); },
        [](const ChainAnswer& ours, const ChainAnswer& naive, const ChainInput& input) {
          return std::abs(ours.goal_rate - input.goal_rate) < 1e-11 &&
                 SameRates(ours.removal, naive.removal) && SameRates(ours.drop_off, naive.drop_off);
        });
  }
}

}  // namespace journey::bench
