#include "insight/chain_shape.h"

#include <algorithm>
#include <numeric>

#include "journey/core/check.h"
#include "journey/core/flat_index.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

constexpr std::size_t kTableStates = 2048;

std::uint32_t CodeOf(PathEnd end) {
  if (end == PathEnd::kGoal) return kToGoal;
  return end == PathEnd::kLost ? kToLost : kToExcluded;
}

// The contexts of all visits, each once, ascending.
std::vector<std::uint64_t> ContextsOf(std::size_t touchpoints, const PathTable& paths, unsigned order) {
  std::vector<std::uint64_t> contexts;
  if (order == 1) {
    std::vector<bool> seen(touchpoints);
    for (const std::uint32_t touchpoint : paths.touchpoints) seen[touchpoint] = true;
    for (std::uint32_t t = 0; t < touchpoints; ++t) {
      if (seen[t]) contexts.push_back(std::uint64_t{t} + 1);
    }
    return contexts;
  }
  FlatIndex index;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    std::uint64_t context = 0;
    for (const std::uint32_t touchpoint : paths.of(i)) {
      context = ContextAfter(context, touchpoint, order);
      const std::uint64_t hash = Mix(context);
      const auto is_it = [&](std::uint32_t row) { return contexts[row] == context; };
      if (index.Find(hash, is_it) != FlatIndex::kNone) continue;
      index.Insert(hash, static_cast<std::uint32_t>(contexts.size()));
      contexts.push_back(context);
    }
  }
  std::ranges::sort(contexts);
  return contexts;
}

struct Counted {
  std::uint32_t from;
  std::uint32_t to;
  std::uint64_t count;
};

// Counts transitions, in a table or in a hash index.
class TransitionCounter {
 public:
  explicit TransitionCounter(std::size_t states) : states_(states) {
    if (states <= kTableStates) table_.resize(states * (states + 3));
  }

  void Add(std::uint32_t from, std::uint32_t to, std::uint32_t count) {
    if (!table_.empty()) {
      table_[from * (states_ + 3) + ColumnOf(to)] += count;
      return;
    }
    const std::uint64_t hash = Mix((std::uint64_t{from} << 32U) | to);
    const auto is_it = [&](std::uint32_t row) { return rows_[row].from == from && rows_[row].to == to; };
    const std::uint32_t row = index_.Find(hash, is_it);
    if (row != FlatIndex::kNone) {
      rows_[row].count += count;
      return;
    }
    index_.Insert(hash, static_cast<std::uint32_t>(rows_.size()));
    rows_.push_back({from, to, count});
  }

  // By (from, to).
  std::vector<Counted> Take() {
    if (!table_.empty()) {
      for (std::uint32_t from = 0; from < states_; ++from) {
        for (std::uint32_t column = 0; column < states_ + 3; ++column) {
          const std::uint64_t count = table_[from * (states_ + 3) + column];
          if (count != 0) rows_.push_back({from, TargetOf(column), count});
        }
      }
    }
    std::ranges::sort(rows_, [](const Counted& a, const Counted& b) {
      return a.from != b.from ? a.from < b.from : a.to < b.to;
    });
    return std::move(rows_);
  }

 private:
  [[nodiscard]] std::size_t ColumnOf(std::uint32_t to) const {
    return IsState(to) ? to : states_ + (to - kToExcluded);
  }
  [[nodiscard]] std::uint32_t TargetOf(std::uint32_t column) const {
    return column < states_ ? column : kToExcluded + (column - static_cast<std::uint32_t>(states_));
  }

  std::size_t states_;
  std::vector<std::uint64_t> table_;
  std::vector<Counted> rows_;
  FlatIndex index_;
};

void GroupStates(std::size_t touchpoints, ChainShape& shape) {
  shape.group_begins.assign(touchpoints + 1, 0);
  for (std::size_t s = 1; s < shape.states(); ++s) ++shape.group_begins[shape.touchpoint_of[s] + 1];
  std::partial_sum(shape.group_begins.begin(), shape.group_begins.end(), shape.group_begins.begin());
  std::vector<std::uint32_t> next(shape.group_begins.begin(), shape.group_begins.end() - 1);
  shape.groups.resize(shape.states() - 1);
  for (std::uint32_t s = 1; s < shape.states(); ++s) {
    shape.groups[next[shape.touchpoint_of[s]]++] = s;
  }
}

}  // namespace

std::uint32_t ChainShape::StateOf(std::uint64_t context) const {
  if (order == 1 && group_begins.size() > context) return groups[group_begins[context - 1]];
  const auto at = std::ranges::lower_bound(contexts, context);
  return static_cast<std::uint32_t>(at - contexts.begin()) + 1;
}

std::uint32_t ChainShape::FindCell(std::uint32_t from, std::uint32_t to_state) const {
  const auto begin = to.begin() + row_begins[from];
  const auto end = to.begin() + row_begins[from + 1];
  const auto at = std::lower_bound(begin, end, to_state);
  return at == end || *at != to_state ? kNoState : static_cast<std::uint32_t>(at - to.begin());
}

std::uint32_t ChainShape::CellOf(std::uint32_t from, std::uint32_t to_state) const {
  const std::uint32_t cell = FindCell(from, to_state);
  JOURNEY_CHECK(cell != kNoState);
  return cell;
}

CountedChain CountChain(std::size_t touchpoints, const PathTable& paths, unsigned order) {
  CountedChain chain;
  ChainShape& shape = chain.shape;
  shape.order = order;
  shape.contexts = ContextsOf(touchpoints, paths, order);
  shape.touchpoint_of.push_back(UINT32_MAX);
  for (const std::uint64_t context : shape.contexts) {
    const std::uint64_t last = order == 1 ? context : context & kMaxPacked;
    shape.touchpoint_of.push_back(static_cast<std::uint32_t>(last - 1));
  }
  GroupStates(touchpoints, shape);
  TransitionCounter counter(shape.states());
  for (std::size_t i = 0; i < paths.size(); ++i) {
    std::uint64_t context = 0;
    std::uint32_t state = 0;
    for (const std::uint32_t touchpoint : paths.of(i)) {
      context = ContextAfter(context, touchpoint, order);
      const std::uint32_t next = shape.StateOf(context);
      counter.Add(state, next, paths.counts[i]);
      state = next;
    }
    if (paths.ends[i] != PathEnd::kOpen) counter.Add(state, CodeOf(paths.ends[i]), paths.counts[i]);
  }
  shape.row_begins.assign(shape.states() + 1, 0);
  for (const Counted& row : counter.Take()) {
    ++shape.row_begins[row.from + 1];
    shape.to.push_back(row.to);
    chain.counts.push_back(row.count);
  }
  std::partial_sum(shape.row_begins.begin(), shape.row_begins.end(), shape.row_begins.begin());
  return chain;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
