// ChainSolution: a chain with counts, solved, and questions of what would be if some of its rows were others.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "insight/chain_shape.h"

namespace journey {
inline namespace v0 {
namespace internal {

// A row that replaces that of a state: what it leads to, with which probability. Targets are states or
// kTo...; those to the loss and the exclusion can be left out.
struct RowChange {
  std::uint32_t state;
  struct Leap {
    std::uint32_t to;
    double probability;
  };
  std::vector<Leap> row;
};
using Scenario = std::vector<RowChange>;

class ChainSolution {
 public:
  // Lifetime: the shape must live as long. Requires: counts.size() == shape.cells(), counts >= 0.
  ChainSolution(const ChainShape& shape, std::span<const double> counts, const ChainOptions& options);

  [[nodiscard]] bool dense() const { return dense_; }
  [[nodiscard]] const ChainRates& rates() const { return rates_; }
  [[nodiscard]] double error_bound() const { return error_bound_; }
  [[nodiscard]] double probability(std::uint32_t cell) const { return probability_[cell]; }

  // The goal rate in each scenario; nullopt where it cannot be told (some would go round forever).
  [[nodiscard]] std::vector<std::optional<double>> GoalRates(std::span<const Scenario> scenarios) const;
  [[nodiscard]] std::optional<double> GoalRate(const Scenario& scenario) const;

  // Scenarios. The first: everybody who comes to one of these states is lost.
  [[nodiscard]] Scenario Removed(std::span<const std::uint32_t> states) const;
  // Nobody is lost right after these states. nullopt: after one of them everybody was.
  [[nodiscard]] std::optional<Scenario> NobodyLost(std::span<const std::uint32_t> states) const;
  // The counts of some cells less so many. A state of which nothing is left is passed by: the states before
  // it lead where else they led. nullopt: one of these led nowhere else.
  struct Taken {
    std::uint32_t cell;
    double count;
  };
  // Order: by cell.
  [[nodiscard]] std::optional<Scenario> Without(std::span<const Taken> taken) const;

 private:
  void FindLive();
  [[nodiscard]] bool SolveDense();
  void SolveIterated();
  [[nodiscard]] std::optional<double> FromInverse(const Scenario& scenario) const;
  // What became of the customers after so many sweeps, in up to kLanes scenarios side by side.
  static constexpr std::size_t kLanes = 8;
  struct Fates {
    std::array<double, kLanes> goal{};
    std::array<double, kLanes> lost{};
    std::array<double, kLanes> excluded{};
    std::array<double, kLanes> on_the_way{};  // a bound of the error of each of the others
  };
  [[nodiscard]] Fates Push(std::span<const Scenario> scenarios) const;

  const ChainShape& shape_;
  std::vector<double> counts_;
  std::vector<double> probability_;  // by cell; 0 of cells to states from where no end was seen
  std::vector<double> totals_;       // by state
  std::vector<bool> live_;           // by state: whether an end can be reached
  ChainOptions options_;
  ChainRates rates_;
  double error_bound_ = 0;
  bool dense_ = false;
  std::vector<double> inverse_;  // N, if dense
  std::vector<double> goal_;     // h, if dense
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
