#include "journey/measures/transitions.h"

#include <algorithm>
#include <utility>

#include "measures/duration_ranks.h"

namespace journey {
inline namespace v0 {

std::uint32_t TransitionGraph::NewCell(TouchpointId from, TouchpointId to) {
  cells_.push_back({from, to, {}});
  return static_cast<std::uint32_t>(cells_.size() - 1);
}

std::uint32_t TransitionGraph::FindOrMakeCell(TouchpointId from, TouchpointId to) {
  constexpr std::uint32_t kNone = internal::FlatIndex::kNone;
  if (from.value < kNear && to.value < kNear) {
    if (near_.empty()) near_.resize(std::size_t{kNear} * kNear, kNone);
    std::uint32_t& cell = near_[from.value * kNear + to.value];
    if (cell == kNone) cell = NewCell(from, to);
    return cell;
  }
  const std::uint64_t hash = internal::Mix(std::uint64_t{from.value} << 32 | to.value);
  std::uint32_t cell =
      index_.Find(hash, [&](std::uint32_t i) { return cells_[i].from == from && cells_[i].to == to; });
  if (cell == kNone) {
    cell = NewCell(from, to);
    index_.Insert(hash, cell);
  }
  return cell;
}

void TransitionGraph::Add(const JourneyView& journey) {
  for (std::size_t i = 1; i < journey.size(); ++i)
    Add(journey.touchpoint(i - 1), journey.touchpoint(i), journey.gap(i));
}

void TransitionGraph::Merge(const TransitionGraph& other) {
  for (const Cell& cell : other.cells_) cells_[CellOf(cell.from, cell.to)].durations.Merge(cell.durations);
}

std::vector<Transition> TransitionGraph::result() const {
  std::vector<Transition> rows;
  rows.reserve(cells_.size());
  internal::DurationRanks ranks;
  for (const Cell& cell : cells_) {
    ranks.Take(cell.durations);
    const Duration median = ranks.Quantile(1, 2);
    rows.push_back({cell.from, cell.to, cell.durations.count(), median, ranks.Quantile(9, 10)});
  }
  std::ranges::sort(rows, {}, [](const Transition& row) { return std::pair(row.from, row.to); });
  return rows;
}

}  // namespace v0
}  // namespace journey
