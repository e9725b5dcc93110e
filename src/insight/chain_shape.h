// ChainShape: the states and transitions of a Markov chain over touchpoints, without their counts.
//
//   paths view pay (goal), view (lost), order 1
//   states  0 start, 1 view, 2 pay      cells  start>view, view>pay, view>lost, pay>goal
//
// A transition is a cell; the cells of a state lie side by side, by target. Counts are kept apart, by cell,
// so that one shape serves the sample and all its replicates.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "journey/insight/touchpoint_chain.h"

namespace journey {
inline namespace v0 {
namespace internal {

inline constexpr std::uint32_t kNoState = UINT32_MAX;
// Targets that are no states.
inline constexpr std::uint32_t kToGoal = UINT32_MAX - 1;
inline constexpr std::uint32_t kToLost = UINT32_MAX - 2;
inline constexpr std::uint32_t kToExcluded = UINT32_MAX - 3;
[[nodiscard]] constexpr bool IsState(std::uint32_t to) {
  return to < kToExcluded;
}

inline constexpr unsigned kMaxOrder = 3;
// Touchpoints of higher orders are packed into 64 bits.
inline constexpr std::uint32_t kMaxPacked = (1U << 21) - 1;

struct ChainShape {
  unsigned order = 1;
  std::vector<std::uint64_t> contexts;       // by state, the start apart: ascending; see ContextOf
  std::vector<std::uint32_t> touchpoint_of;  // by state; of the start UINT32_MAX
  std::vector<std::uint32_t> row_begins;     // cells of a state: [row_begins[s], row_begins[s + 1])
  std::vector<std::uint32_t> to;             // by cell
  std::vector<std::uint32_t> group_begins;   // states of a touchpoint: groups [begins[t], begins[t + 1])
  std::vector<std::uint32_t> groups;

  [[nodiscard]] std::size_t states() const { return touchpoint_of.size(); }  // the start among them
  [[nodiscard]] std::size_t cells() const { return to.size(); }
  [[nodiscard]] std::span<const std::uint32_t> states_of(std::uint32_t touchpoint) const {
    return std::span(groups).subspan(group_begins[touchpoint],
                                     group_begins[touchpoint + 1] - group_begins[touchpoint]);
  }
  // Requires: the state, or cell, is one of the shape.
  [[nodiscard]] std::uint32_t StateOf(std::uint64_t context) const;
  [[nodiscard]] std::uint32_t CellOf(std::uint32_t from, std::uint32_t to_state) const;
  // The same, but kNoState where it is not.
  [[nodiscard]] std::uint32_t FindCell(std::uint32_t from, std::uint32_t to_state) const;
};

// The context after one touchpoint more: the last `order` of them.
[[nodiscard]] constexpr std::uint64_t ContextAfter(std::uint64_t context, std::uint32_t touchpoint,
                                                   unsigned order) {
  if (order == 1) return std::uint64_t{touchpoint} + 1;
  const std::uint64_t longer = (context << 21U) | (std::uint64_t{touchpoint} + 1);
  return order == 2 ? longer & ((1ULL << 42U) - 1) : longer & ((1ULL << 63U) - 1);
}

struct CountedChain {
  ChainShape shape;
  std::vector<std::uint64_t> counts;  // by cell
};

// Cost: O(touches), with a table of states squared for up to 2,048 states, else with a hash index.
// Requires: touchpoints of paths below `touchpoints`; of orders above 1 at most kMaxPacked.
[[nodiscard]] CountedChain CountChain(std::size_t touchpoints, const PathTable& paths, unsigned order);

// What path i does, from the start on: visit(position, state, cell), where position is that of the touchpoint
// of the state (of the start: UINT32_MAX) and cell is the transition it leaves by; kNoState at an open end.
template <typename Visit>
void WalkPath(const ChainShape& shape, std::span<const std::uint32_t> path, PathEnd end, const Visit& visit) {
  std::uint64_t context = 0;
  std::uint32_t state = 0;
  for (std::uint32_t i = 0; i < path.size(); ++i) {
    context = ContextAfter(context, path[i], shape.order);
    const std::uint32_t next = shape.StateOf(context);
    visit(i - 1, state, shape.CellOf(state, next));
    state = next;
  }
  const auto last = static_cast<std::uint32_t>(path.size()) - 1;
  switch (end) {
    case PathEnd::kGoal:
      return visit(last, state, shape.CellOf(state, kToGoal));
    case PathEnd::kLost:
      return visit(last, state, shape.CellOf(state, kToLost));
    case PathEnd::kExcluded:
      return visit(last, state, shape.CellOf(state, kToExcluded));
    case PathEnd::kOpen:
      return visit(last, state, kNoState);
  }
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
