#include "journey/measures/transitions.h"

#include <algorithm>
#include <utility>

namespace journey {
inline namespace v0 {

Durations& TransitionGraph::At(TouchpointId from, TouchpointId to) {
  const std::uint64_t hash = internal::Mix(std::uint64_t{from.value} << 32 | to.value);
  std::uint32_t row =
      index_.Find(hash, [&](std::uint32_t i) { return cells_[i].from == from && cells_[i].to == to; });
  if (row == internal::FlatIndex::kNone) {
    row = static_cast<std::uint32_t>(cells_.size());
    cells_.push_back({from, to, {}});
    index_.Insert(hash, row);
  }
  return cells_[row].durations;
}

void TransitionGraph::Add(TouchpointId from, TouchpointId to, Duration after) {
  At(from, to).Add(after);
}

void TransitionGraph::Merge(const TransitionGraph& other) {
  for (const Cell& cell : other.cells_) At(cell.from, cell.to).Merge(cell.durations);
}

std::vector<Transition> TransitionGraph::result() const {
  std::vector<Transition> rows;
  for (const Cell& cell : cells_) {
    rows.push_back({cell.from, cell.to, cell.durations.count(), cell.durations.median(),
                    cell.durations.Quantile(9, 10)});
  }
  std::ranges::sort(rows, {}, [](const Transition& row) { return std::pair(row.from, row.to); });
  return rows;
}

}  // namespace v0
}  // namespace journey
