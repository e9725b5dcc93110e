#include "journey/insight/touchpoint_chain.h"

#include <fmt/format.h>

#include <algorithm>

#include "insight/chain_shape.h"
#include "insight/chain_solution.h"
#include "journey/core/check.h"
#include "journey/core/status.h"

namespace journey {
inline namespace v0 {

using internal::ChainSolution;
using internal::kNoState;
using internal::Scenario;

void PathTable::Add(std::span<const std::uint32_t> path, PathEnd end, std::uint32_t count) {
  touchpoints.insert(touchpoints.end(), path.begin(), path.end());
  begins.push_back(static_cast<std::uint32_t>(touchpoints.size()));
  ends.push_back(end);
  counts.push_back(count);
}

Status ChainOptions::Validate() const {
  if (order < 1 || order > internal::kMaxOrder) {
    return InvalidArgument(fmt::format("chain order is {}; it must be 1, 2 or 3", order));
  }
  if (!(tolerance >= 1e-14 && tolerance <= 0.01)) {
    return InvalidArgument(fmt::format("chain tolerance is {}; it must be from 1e-14 to 0.01", tolerance));
  }
  if (max_sweeps < 1) return InvalidArgument("chain max_sweeps is 0; it must be at least 1");
  return absl::OkStatus();
}

StatusOr<TouchpointChain> TouchpointChain::Create(std::size_t touchpoints, const PathTable& paths,
                                                  const ChainOptions& options) {
  if (Status status = options.Validate(); !status.ok()) return status;
  if (paths.size() == 0) return InvalidArgument("a chain needs at least one path");
  if (options.order > 1 && touchpoints > internal::kMaxPacked) {
    return InvalidArgument(fmt::format("a chain of order {} takes at most {} touchpoints, not {}",
                                       options.order, internal::kMaxPacked, touchpoints));
  }
  for (const std::uint32_t touchpoint : paths.touchpoints) {
    if (touchpoint < touchpoints) continue;
    return InvalidArgument(
        fmt::format("a path has touchpoint {}; it must be below {}", touchpoint, touchpoints));
  }
  TouchpointChain chain;
  chain.options_ = options;
  chain.touchpoints_ = touchpoints;
  internal::CountedChain counted = internal::CountChain(touchpoints, paths, options.order);
  chain.shape_ = std::make_shared<const internal::ChainShape>(std::move(counted.shape));
  std::vector<double> counts;
  counts.reserve(counted.counts.size());
  for (const std::uint64_t count : counted.counts) counts.push_back(static_cast<double>(count));
  chain.solution_ = std::make_shared<const ChainSolution>(*chain.shape_, counts, options);
  chain.rates_ = chain.solution_->rates();
  chain.error_bound_ = chain.solution_->error_bound();
  return chain;
}

std::size_t TouchpointChain::states() const {
  return shape_->states() - 1;
}

bool TouchpointChain::dense() const {
  return solution_->dense();
}

double TouchpointChain::Transition(std::uint32_t from, std::uint32_t to) const {
  JOURNEY_CHECK(options_.order == 1);
  const auto state_of = [&](std::uint32_t touchpoint) {
    const auto states =
        touchpoint < touchpoints_ ? shape_->states_of(touchpoint) : std::span<const std::uint32_t>();
    return states.empty() ? kNoState : states.front();
  };
  const std::uint32_t state = from == kStart ? 0 : state_of(from);
  std::uint32_t target = kNoState;
  if (to == kGoal) target = internal::kToGoal;
  if (to == kLost) target = internal::kToLost;
  if (to == kExcluded) target = internal::kToExcluded;
  if (to < touchpoints_) target = state_of(to);
  if (state == kNoState || target == kNoState) return 0.0;
  const std::uint32_t cell = shape_->FindCell(state, target);
  return cell == kNoState ? 0.0 : solution_->probability(cell);
}

std::vector<std::optional<double>> TouchpointChain::WithoutTouchpoint() const {
  std::vector<Scenario> scenarios;
  for (std::uint32_t t = 0; t < touchpoints_; ++t) {
    scenarios.push_back(solution_->Removed(shape_->states_of(t)));
  }
  return solution_->GoalRates(scenarios);
}

std::vector<std::optional<double>> TouchpointChain::WithoutDropOff() const {
  std::vector<Scenario> scenarios;
  std::vector<std::size_t> asked;
  for (std::uint32_t t = 0; t < touchpoints_; ++t) {
    std::optional<Scenario> scenario = solution_->NobodyLost(shape_->states_of(t));
    if (!scenario) continue;
    scenarios.push_back(std::move(*scenario));
    asked.push_back(t);
  }
  std::vector<std::optional<double>> rates(touchpoints_);
  const auto answers = solution_->GoalRates(scenarios);
  for (std::size_t i = 0; i < asked.size(); ++i) rates[asked[i]] = answers[i];
  return rates;
}

std::vector<std::optional<double>> TouchpointChain::Repaired(
    const PathTable& paths, std::span<const std::vector<PathVisit>> groups) const {
  std::vector<Scenario> scenarios;
  std::vector<std::size_t> asked;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    std::vector<ChainSolution::Taken> taken;
    for (const PathVisit& hurt : groups[g]) {
      const auto visit = [&](std::uint32_t position, std::uint32_t, std::uint32_t cell) {
        if (position != hurt.position || cell == kNoState) return;
        taken.push_back({cell, static_cast<double>(paths.counts[hurt.path])});
      };
      internal::WalkPath(*shape_, paths.of(hurt.path), paths.ends[hurt.path], visit);
    }
    std::ranges::sort(taken, {}, &ChainSolution::Taken::cell);
    std::optional<Scenario> scenario = solution_->Without(taken);
    if (!scenario) continue;
    scenarios.push_back(std::move(*scenario));
    asked.push_back(g);
  }
  std::vector<std::optional<double>> rates(groups.size());
  const auto answers = solution_->GoalRates(scenarios);
  for (std::size_t i = 0; i < asked.size(); ++i) rates[asked[i]] = answers[i];
  return rates;
}

}  // namespace v0
}  // namespace journey
