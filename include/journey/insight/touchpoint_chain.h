// TouchpointChain: journeys as an absorbing Markov chain over touchpoints, solved by linear algebra.
//
//   paths   view pay | goal     view | lost             start -> view -> pay -> goal
//   goal_rate() 1/2    WithoutTouchpoint()[pay] 0       WithoutDropOff()[view] 1
//
// States are the start and, of order k, the last k touchpoints; absorbing are the goal, the loss (abandoned,
// expired, went idle) and the exclusion. Of an open path the transitions count, its end does not: it is
// censored, as a life that is still lived is. From where no end was ever seen nothing follows; that share is
// `undecided`.
//
//   goal_rate            h = N b with N = (I - Q)^-1, at the start; without open paths exactly goals / paths
//   WithoutTouchpoint    removal: who comes to the touchpoint is lost
//   WithoutDropOff       repair: nobody is lost right after the touchpoint; its other transitions keep their
//                        proportions
//   Repaired             repair: after the visits that were hurt it goes on as after the others there
//
// All of these replace the rows G of a few states, and follow from N without another solve (Woodbury):
//   h' = h + N[s,G] (I - D N[.,G])^-1 (D h + d)   with the differences D of the rows and d of their goals.
// Source: Kemeny and Snell, Finite Markov Chains (1960), ch. 3; the removal effect: Anderl et al. (2016).
//
// Up to ChainOptions::dense_limit states N is computed (Gauss-Jordan, no pivots: I - Q is a diagonally
// dominant M-matrix); above, each question is iterated from below and from above until both agree
// (Gauss-Seidel). error_bound() bounds the error of goal_rate(): the residual times the longest expected
// journey, or the width of the enclosure.
//
// Threads: const members are safe to call concurrently. Cost: dense O(states^3) once, then O(transitions of
// the rows replaced) a question; iterated O(transitions) a sweep and question.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "journey/core/status_fwd.h"

namespace journey {
inline namespace v0 {

enum class PathEnd : std::uint8_t { kGoal, kLost, kExcluded, kOpen };

// Paths one after the other: touchpoints [begins[i], begins[i + 1]), their end, and how many took them.
struct PathTable {
  std::vector<std::uint32_t> begins{0};
  std::vector<std::uint32_t> touchpoints;
  std::vector<PathEnd> ends;
  std::vector<std::uint32_t> counts;

  void Add(std::span<const std::uint32_t> path, PathEnd end, std::uint32_t count = 1);
  [[nodiscard]] std::size_t size() const { return ends.size(); }
  [[nodiscard]] std::span<const std::uint32_t> of(std::size_t i) const {
    return std::span(touchpoints).subspan(begins[i], begins[i + 1] - begins[i]);
  }
};

struct ChainOptions {
  unsigned order = 1;              // 1 to 3
  std::size_t dense_limit = 1500;  // states; memory of a dense chain: 8 bytes each squared
  double tolerance = 1e-9;         // of an iterated answer, absolute; 1e-14 to 0.01
  std::uint32_t max_sweeps = 100'000;

  // Errors: InvalidArgument, naming field, value and range.
  [[nodiscard]] absl::Status Validate() const;
};

// One visit of a path: touchpoint `position` of path `path`.
struct PathVisit {
  std::uint32_t path;
  std::uint32_t position;
};

struct ChainRates {
  double goal = 0;
  double lost = 0;
  double excluded = 0;
  double undecided = 0;  // goal + lost + excluded + undecided = 1
};

namespace internal {
struct ChainShape;
class ChainSolution;
}  // namespace internal

class TouchpointChain {
 public:
  // Errors: InvalidArgument from options.Validate(); where a touchpoint of a path is not below `touchpoints`;
  // where
  //         there are no paths.
  [[nodiscard]] static absl::StatusOr<TouchpointChain> Create(std::size_t touchpoints, const PathTable& paths,
                                                              const ChainOptions& options = {});

  [[nodiscard]] std::size_t states() const;  // beside the start
  [[nodiscard]] bool dense() const;
  [[nodiscard]] const ChainRates& rates() const { return rates_; }
  [[nodiscard]] double goal_rate() const { return rates_.goal; }
  [[nodiscard]] double error_bound() const { return error_bound_; }

  // The probability of one transition, of order 1. kStart, kGoal and kLost stand for the ends. 0: never seen.
  static constexpr std::uint32_t kStart = UINT32_MAX;
  static constexpr std::uint32_t kGoal = UINT32_MAX - 1;
  static constexpr std::uint32_t kLost = UINT32_MAX - 2;
  static constexpr std::uint32_t kExcluded = UINT32_MAX - 3;
  // Requires: order 1.
  [[nodiscard]] double Transition(std::uint32_t from, std::uint32_t to) const;

  // The goal rate if it were so, by touchpoint. A touchpoint without visits changes nothing. nullopt: an
  // iterated answer did not come within max_sweeps; below also where nothing tells.
  [[nodiscard]] std::vector<std::optional<double>> WithoutTouchpoint() const;
  // nullopt: from some state everybody who came was lost, or all others would go round forever.
  [[nodiscard]] std::vector<std::optional<double>> WithoutDropOff() const;
  // For each group of visits: they go on as the other visits of the same states do. A state whose every visit
  // was hurt is passed by: the states before it lead where else they led. nullopt: one of these led nowhere
  // else.
  // Requires: the paths it was made of, unchanged; the visits of a group are distinct.
  [[nodiscard]] std::vector<std::optional<double>> Repaired(
      const PathTable& paths, std::span<const std::vector<PathVisit>> groups) const;

 private:
  TouchpointChain() = default;

  ChainOptions options_;
  std::size_t touchpoints_ = 0;
  ChainRates rates_;
  double error_bound_ = 0;
  std::shared_ptr<const internal::ChainShape> shape_;
  std::shared_ptr<const internal::ChainSolution> solution_;
};

}  // namespace v0
}  // namespace journey
