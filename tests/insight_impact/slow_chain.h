// The obvious, slow twin of the chain: contexts as lists in a map, transition counts in a map, and the goal
// rate by plain Gauss elimination with pivots over all states, anew for every question.
#pragma once
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "journey/insight/touchpoint_chain.h"

namespace journey::testing {

using Context = std::vector<std::uint32_t>;  // the last touchpoints; the start is empty
inline const Context kGoalContext{UINT32_MAX, 1};
inline const Context kLostContext{UINT32_MAX, 2};
inline const Context kExcludedContext{UINT32_MAX, 3};

using SlowRows = std::map<Context, std::map<Context, double>>;

inline SlowRows SlowCounts(const PathTable& paths, unsigned order,
                           const std::set<std::pair<std::uint32_t, std::uint32_t>>& leave_out = {}) {
  SlowRows rows;
  for (std::uint32_t i = 0; i < paths.size(); ++i) {
    std::vector<Context> walk{{}};
    for (const std::uint32_t touchpoint : paths.of(i)) {
      Context next = walk.back();
      next.push_back(touchpoint);
      if (next.size() > order) next.erase(next.begin());
      walk.push_back(next);
    }
    if (paths.ends[i] == PathEnd::kGoal) walk.push_back(kGoalContext);
    if (paths.ends[i] == PathEnd::kLost) walk.push_back(kLostContext);
    if (paths.ends[i] == PathEnd::kExcluded) walk.push_back(kExcludedContext);
    for (std::uint32_t k = 0; k + 1 < walk.size(); ++k) {
      if (k > 0 && leave_out.contains({i, k - 1})) continue;
      rows[walk[k]][walk[k + 1]] += paths.counts[i];
    }
  }
  return rows;
}

// The probability to come from the start to `end`; nullopt where somebody would go round forever.
inline std::optional<double> SlowRate(const SlowRows& counts, const Context& end) {
  std::map<Context, std::size_t> number;
  for (const auto& [from, row] : counts) {
    number.try_emplace(from, number.size());
    for (const auto& [to, count] : row) {
      if (to.empty() || to[0] != UINT32_MAX) number.try_emplace(to, number.size());
    }
  }
  // States from which no end can be reached.
  std::set<Context> live;
  for (std::size_t round = 0; round <= number.size(); ++round) {
    for (const auto& [from, row] : counts) {
      for (const auto& [to, count] : row) {
        if (count > 0 && ((!to.empty() && to[0] == UINT32_MAX) || live.contains(to))) live.insert(from);
      }
    }
  }
  const std::size_t n = number.size();
  std::vector<std::vector<double>> a(n, std::vector<double>(n + 1));
  for (std::size_t i = 0; i < n; ++i) a[i][i] = 1;
  for (const auto& [from, row] : counts) {
    if (!live.contains(from)) continue;
    double sum = 0;
    for (const auto& [to, count] : row) sum += count;
    for (const auto& [to, count] : row) {
      if (to == end) a[number[from]][n] += count / sum;
      if (number.contains(to)) a[number[from]][number[to]] -= count / sum;
    }
  }
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k; i < n; ++i) {
      if (std::abs(a[i][k]) > std::abs(a[pivot][k])) pivot = i;
    }
    std::swap(a[k], a[pivot]);
    for (std::size_t i = 0; i < n; ++i) {
      if (i == k) continue;
      const double factor = a[i][k] / a[k][k];
      for (std::size_t j = k; j <= n; ++j) a[i][j] -= factor * a[k][j];
    }
  }
  const std::size_t start = number.at({});
  return a[start][n] / a[start][start];
}

inline double SlowGoal(const SlowRows& rows) {
  return *SlowRate(rows, kGoalContext);
}

// The rows with everybody who comes to the touchpoint lost.
inline SlowRows SlowRemoved(SlowRows rows, std::uint32_t touchpoint) {
  for (auto& [from, row] : rows) {
    if (!from.empty() && from.back() == touchpoint) row = {{kLostContext, 1.0}};
  }
  return rows;
}

// nullopt: some state lost everybody.
inline std::optional<SlowRows> SlowNobodyLost(SlowRows rows, std::uint32_t touchpoint) {
  for (auto& [from, row] : rows) {
    if (from.empty() || from.back() != touchpoint) continue;
    if (row.contains(kLostContext) && row.size() == 1) return std::nullopt;
    row.erase(kLostContext);
  }
  return rows;
}

// Rows without the hurt visits; states of which nothing is left are passed by. nullopt: a state led only
// there.
inline std::optional<SlowRows> SlowRepaired(const PathTable& paths, unsigned order,
                                            const std::vector<PathVisit>& hurt) {
  std::set<std::pair<std::uint32_t, std::uint32_t>> visits;
  for (const PathVisit& visit : hurt) visits.insert({visit.path, visit.position});
  const SlowRows all = SlowCounts(paths, order);
  const SlowRows kept = SlowCounts(paths, order, visits);
  SlowRows repaired;
  for (const auto& [from, row] : kept) {
    for (const auto& [to, count] : row) {
      if (!all.contains(to) || kept.contains(to)) repaired[from][to] = count;
    }
    if (!repaired.contains(from)) return std::nullopt;
  }
  return repaired;
}

}  // namespace journey::testing
