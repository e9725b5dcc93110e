// TransitionGraph: which touchpoint directly follows which, how often, and after how long.
//
//   view -10s-> pay,  view -30s-> pay    ->   {view, pay, count 2, median 20 s, p90 28 s}
//
// A monoid: Merge is associative and commutative, an empty graph its identity.
// Cost: Add is one look-up, in an array for the first 128 touchpoints and else in a hash index, and one value kept or
//       counted as in durations.h; memory per distinct pair as there. result() is O(values).
#pragma once
#include <cstdint>
#include <vector>

#include "journey/core/flat_index.h"
#include "journey/core/ids.h"
#include "journey/journeys/view.h"
#include "journey/measures/durations.h"

namespace journey {
inline namespace v0 {

struct Transition {
  TouchpointId from;
  TouchpointId to;
  std::uint64_t count = 0;
  Duration median{0};
  Duration p90{0};
};

class TransitionGraph {
 public:
  void Add(TouchpointId from, TouchpointId to, Duration after) {
    cells_[CellOf(from, to)].durations.Add(after);
  }
  // Each transition of the journey.
  void Add(const JourneyView& journey);
  void Merge(const TransitionGraph& other);
  // Order: by (from, to).
  [[nodiscard]] std::vector<Transition> result() const;

 private:
  struct Cell {
    TouchpointId from;
    TouchpointId to;
    Durations durations;
  };
  static constexpr std::uint32_t kNear = 128;  // touchpoints below have places in near_
  [[nodiscard]] std::uint32_t CellOf(TouchpointId from, TouchpointId to) {
    if (from.value < kNear && to.value < kNear && !near_.empty()) {
      const std::uint32_t cell = near_[from.value * kNear + to.value];
      if (cell != internal::FlatIndex::kNone) return cell;
    }
    return FindOrMakeCell(from, to);
  }
  [[nodiscard]] std::uint32_t FindOrMakeCell(TouchpointId from, TouchpointId to);
  [[nodiscard]] std::uint32_t NewCell(TouchpointId from, TouchpointId to);

  std::vector<Cell> cells_;
  std::vector<std::uint32_t> near_;  // by from and to; empty before the first
  internal::FlatIndex index_;
};

}  // namespace v0
}  // namespace journey
