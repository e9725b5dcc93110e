#include "insight/chain_solution.h"

#include <algorithm>
#include <cmath>

#include "insight/dense_inverse.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

// Below this share of its diagonal a pivot is rounding, and the rows go round forever.
constexpr double kSingular = 1e-12;

// Solves m x = x for a small matrix, with pivots; false if it is singular.
bool SolveSmall(std::vector<double>& m, std::vector<double>& x, double scale) {
  const std::size_t n = x.size();
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < n; ++i) {
      if (std::abs(m[i * n + k]) > std::abs(m[pivot * n + k])) pivot = i;
    }
    if (!(std::abs(m[pivot * n + k]) > kSingular * scale)) return false;
    if (pivot != k) {
      for (std::size_t j = 0; j < n; ++j) std::swap(m[k * n + j], m[pivot * n + j]);
      std::swap(x[k], x[pivot]);
    }
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = m[i * n + k] / m[k * n + k];
      if (factor == 0.0) continue;
      for (std::size_t j = k; j < n; ++j) m[i * n + j] -= factor * m[k * n + j];
      x[i] -= factor * x[k];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    for (std::size_t j = k + 1; j < n; ++j) x[k] -= m[k * n + j] * x[j];
    x[k] /= m[k * n + k];
  }
  return true;
}

}  // namespace

ChainSolution::ChainSolution(const ChainShape& shape, std::span<const double> counts,
                             const ChainOptions& options)
    : shape_(shape),
      counts_(counts.begin(), counts.end()),
      probability_(shape.cells()),
      totals_(shape.states()),
      live_(shape.states()),
      options_(options) {
  FindLive();
  for (std::size_t s = 0; s < shape.states(); ++s) {
    for (std::uint32_t c = shape.row_begins[s]; c < shape.row_begins[s + 1]; ++c) totals_[s] += counts_[c];
    if (!live_[s]) continue;
    for (std::uint32_t c = shape.row_begins[s]; c < shape.row_begins[s + 1]; ++c) {
      probability_[c] = counts_[c] / totals_[s];
    }
  }
  if (shape.states() <= options.dense_limit + 1) dense_ = SolveDense();
  if (!dense_) SolveIterated();
}

// From the ends, backwards along the transitions that were seen.
void ChainSolution::FindLive() {
  const std::size_t n = shape_.states();
  std::vector<std::uint32_t> begins(n + 1);
  for (std::size_t c = 0; c < shape_.cells(); ++c) {
    if (IsState(shape_.to[c]) && counts_[c] > 0) ++begins[shape_.to[c] + 1];
  }
  for (std::size_t s = 0; s < n; ++s) begins[s + 1] += begins[s];
  std::vector<std::uint32_t> from(begins[n]);
  std::vector<std::uint32_t> next(begins.begin(), begins.end() - 1);
  std::vector<std::uint32_t> found;
  for (std::uint32_t s = 0; s < n; ++s) {
    for (std::uint32_t c = shape_.row_begins[s]; c < shape_.row_begins[s + 1]; ++c) {
      if (!(counts_[c] > 0)) continue;
      if (IsState(shape_.to[c])) {
        from[next[shape_.to[c]]++] = s;
      } else if (!live_[s]) {
        live_[s] = true;
        found.push_back(s);
      }
    }
  }
  while (!found.empty()) {
    const std::uint32_t state = found.back();
    found.pop_back();
    for (std::uint32_t i = begins[state]; i < begins[state + 1]; ++i) {
      if (live_[from[i]]) continue;
      live_[from[i]] = true;
      found.push_back(from[i]);
    }
  }
}

bool ChainSolution::SolveDense() {
  const std::size_t n = shape_.states();
  inverse_.assign(n * n, 0.0);
  std::vector<double> leaves(n);
  const auto fill = [&](const auto& add) {
    for (std::size_t s = 0; s < n; ++s) {
      for (std::uint32_t c = shape_.row_begins[s]; c < shape_.row_begins[s + 1]; ++c) {
        add(s, shape_.to[c], probability_[c]);
      }
    }
  };
  for (std::size_t s = 0; s < n; ++s) inverse_[s * n + s] = 1.0;
  fill([&](std::size_t s, std::uint32_t to, double p) {
    if (IsState(to)) inverse_[s * n + to] -= p;
    if (to == kToGoal) leaves[s] = p;
  });
  if (!InvertInPlace(inverse_, n)) return false;
  goal_.assign(n, 0.0);
  double longest = 0;
  for (std::size_t s = 0; s < n; ++s) {
    double visits = 0;
    for (std::size_t j = 0; j < n; ++j) {
      goal_[s] += inverse_[s * n + j] * leaves[j];
      visits += inverse_[s * n + j];
    }
    longest = std::max(longest, visits);
  }
  std::vector<double> residual(n);
  for (std::size_t s = 0; s < n; ++s) residual[s] = leaves[s] - goal_[s];
  fill([&](std::size_t s, std::uint32_t to, double p) {
    if (IsState(to)) residual[s] += p * goal_[to];
  });
  for (const double r : residual) error_bound_ = std::max(error_bound_, std::abs(r) * longest);
  rates_ = {};
  fill([&](std::size_t s, std::uint32_t to, double p) {
    if (to == kToLost) rates_.lost += inverse_[s] * p;
    if (to == kToExcluded) rates_.excluded += inverse_[s] * p;
  });
  for (std::size_t s = 0; s < n; ++s) rates_.undecided += live_[s] ? 0.0 : inverse_[s];
  rates_.goal = std::clamp(goal_[0], 0.0, 1.0);
  return true;
}

void ChainSolution::SolveIterated() {
  const Scenario as_it_is;
  const Fates fates = Push({&as_it_is, 1});
  rates_ = {.goal = fates.goal[0], .lost = fates.lost[0], .excluded = fates.excluded[0]};
  rates_.undecided = std::max(0.0, 1.0 - rates_.goal - rates_.lost - rates_.excluded);
  error_bound_ = fates.on_the_way[0];
}

// Everybody starts at the start. In one sweep each state in turn hands on all that it holds: those who are
// still on their way are what is not known yet. Who would return at once to the same state is handed on, too.
ChainSolution::Fates ChainSolution::Push(std::span<const Scenario> scenarios) const {
  const std::size_t n = shape_.states();
  Fates fates;
  std::vector<double> at(n * kLanes);
  std::vector<std::vector<std::pair<std::size_t, const RowChange*>>> changes(n);
  for (std::size_t lane = 0; lane < scenarios.size(); ++lane) {
    at[lane] = 1.0;
    for (const RowChange& change : scenarios[lane]) changes[change.state].emplace_back(lane, &change);
  }
  for (std::uint32_t sweep = 0; sweep < options_.max_sweeps; ++sweep) {
    for (std::uint32_t s = 0; s < n; ++s) {
      std::array<double, kLanes> here{};
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        here[lane] = at[s * kLanes + lane];
        at[s * kLanes + lane] = 0.0;
      }
      for (const auto& [lane, change] : changes[s]) {
        double stays = 0;
        for (const RowChange::Leap& leap : change->row) stays += leap.to == s ? leap.probability : 0.0;
        if (stays >= 1.0) {  // round forever: it stays on the way
          at[s * kLanes + lane] = here[lane];
        } else {
          const double leaving = here[lane] / (1.0 - stays);
          for (const RowChange::Leap& leap : change->row) {
            if (leap.to == kToGoal) fates.goal[lane] += leaving * leap.probability;
            if (IsState(leap.to) && leap.to != s) at[leap.to * kLanes + lane] += leaving * leap.probability;
          }
        }
        here[lane] = 0.0;
      }
      const std::uint32_t begin = shape_.row_begins[s];
      const std::uint32_t end = shape_.row_begins[s + 1];
      const std::uint32_t self = live_[s] ? shape_.FindCell(s, s) : kNoState;
      if (self != kNoState) {
        for (double& mass : here) mass /= 1.0 - probability_[self];
      }
      for (std::uint32_t c = begin; c < end; ++c) {
        const std::uint32_t to = shape_.to[c];
        if (to == s) continue;
        double* const target = IsState(to)     ? at.data() + std::size_t{to} * kLanes
                               : to == kToGoal ? fates.goal.data()
                               : to == kToLost ? fates.lost.data()
                                               : fates.excluded.data();
        for (std::size_t lane = 0; lane < kLanes; ++lane) target[lane] += here[lane] * probability_[c];
      }
    }
    fates.on_the_way.fill(0.0);
    for (std::size_t s = 0; s < n; ++s) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) fates.on_the_way[lane] += at[s * kLanes + lane];
    }
    if (*std::ranges::max_element(fates.on_the_way) <= options_.tolerance) break;
  }
  return fates;
}

std::optional<double> ChainSolution::FromInverse(const Scenario& scenario) const {
  const std::size_t n = shape_.states();
  const std::size_t size = scenario.size();
  std::vector<double> m(size * size);
  std::vector<double> x(size);
  double scale = 0;
  for (std::size_t a = 0; a < size; ++a) {
    const std::size_t s = scenario[a].state;
    scale = std::max(scale, inverse_[s * n + s]);
    // N = I + Q N and h = b + Q h stand for the row as it was.
    x[a] = -goal_[s];
    for (std::size_t b = 0; b < size; ++b) m[a * size + b] = inverse_[s * n + scenario[b].state];
    for (const RowChange::Leap& leap : scenario[a].row) {
      if (leap.to == kToGoal) x[a] += leap.probability;
      if (!IsState(leap.to)) continue;
      x[a] += leap.probability * goal_[leap.to];
      for (std::size_t b = 0; b < size; ++b) {
        m[a * size + b] -= leap.probability * inverse_[leap.to * n + scenario[b].state];
      }
    }
  }
  if (!SolveSmall(m, x, scale)) return std::nullopt;
  double goal = goal_[0];
  for (std::size_t a = 0; a < size; ++a) goal += inverse_[scenario[a].state] * x[a];
  return std::clamp(goal, 0.0, 1.0);
}

std::optional<double> ChainSolution::GoalRate(const Scenario& scenario) const {
  return GoalRates({&scenario, 1}).front();
}

std::vector<std::optional<double>> ChainSolution::GoalRates(std::span<const Scenario> scenarios) const {
  std::vector<std::optional<double>> rates;
  rates.reserve(scenarios.size());
  if (dense_) {
    for (const Scenario& scenario : scenarios) rates.push_back(FromInverse(scenario));
    return rates;
  }
  for (std::size_t first = 0; first < scenarios.size(); first += kLanes) {
    const std::size_t count = std::min(kLanes, scenarios.size() - first);
    const Fates fates = Push(scenarios.subspan(first, count));
    for (std::size_t lane = 0; lane < count; ++lane) {
      const bool known = fates.on_the_way[lane] <= options_.tolerance;
      rates.push_back(known ? std::optional(fates.goal[lane]) : std::nullopt);
    }
  }
  return rates;
}

Scenario ChainSolution::Removed(std::span<const std::uint32_t> states) const {
  Scenario scenario;
  for (const std::uint32_t s : states) scenario.push_back({s, {}});
  return scenario;
}

std::optional<Scenario> ChainSolution::NobodyLost(std::span<const std::uint32_t> states) const {
  Scenario scenario;
  for (const std::uint32_t s : states) {
    const std::uint32_t lost = live_[s] ? shape_.FindCell(s, kToLost) : kNoState;
    if (lost == kNoState || !(counts_[lost] > 0)) continue;
    const double rest = totals_[s] - counts_[lost];
    if (!(rest > 0)) return std::nullopt;
    RowChange& change = scenario.emplace_back(RowChange{s, {}});
    for (std::uint32_t c = shape_.row_begins[s]; c < shape_.row_begins[s + 1]; ++c) {
      if (c != lost && counts_[c] > 0) change.row.push_back({shape_.to[c], counts_[c] / rest});
    }
  }
  return scenario;
}

std::optional<Scenario> ChainSolution::Without(std::span<const Taken> taken) const {
  std::vector<double> left(counts_);
  std::vector<bool> changed(shape_.states());
  std::size_t at = 0;
  for (std::uint32_t s = 0; s < shape_.states() && at < taken.size(); ++s) {
    for (; at < taken.size() && taken[at].cell < shape_.row_begins[s + 1]; ++at) {
      left[taken[at].cell] -= taken[at].count;
      changed[s] = changed[s] || taken[at].count > 0;
    }
  }
  const auto sum_of = [&](std::uint32_t s) {
    double sum = 0;
    for (std::uint32_t c = shape_.row_begins[s]; c < shape_.row_begins[s + 1]; ++c) sum += left[c];
    return sum;
  };
  // States where every visit was hurt are passed by: nobody comes there any more.
  std::vector<bool> passed(shape_.states());
  for (std::uint32_t s = 0; s < shape_.states(); ++s) passed[s] = changed[s] && !(sum_of(s) > 0);
  for (std::uint32_t s = 0; s < shape_.states(); ++s) {
    for (std::uint32_t c = shape_.row_begins[s]; c < shape_.row_begins[s + 1]; ++c) {
      if (!IsState(shape_.to[c]) || !passed[shape_.to[c]] || !(left[c] > 0)) continue;
      left[c] = 0;
      changed[s] = true;
    }
  }
  Scenario scenario;
  for (std::uint32_t s = 0; s < shape_.states(); ++s) {
    if (!changed[s] || passed[s]) continue;
    const double rest = sum_of(s);
    if (!(rest > 0)) return std::nullopt;
    RowChange& change = scenario.emplace_back(RowChange{s, {}});
    for (std::uint32_t c = shape_.row_begins[s]; c < shape_.row_begins[s + 1]; ++c) {
      if (left[c] > 0) change.row.push_back({shape_.to[c], left[c] / rest});
    }
  }
  return scenario;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
