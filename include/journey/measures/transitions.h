// TransitionGraph: which touchpoint directly follows which, how often, and after how long.
//
//   view -10s-> pay,  view -30s-> pay    ->   {view, pay, count 2, median 20 s, p90 28 s}
//
// A monoid: Merge is associative and commutative, an empty graph its identity.
// Cost: Add is one look-up in a hash index; memory per distinct pair as Durations.
#pragma once
#include <cstdint>
#include <vector>

#include "journey/core/flat_index.h"
#include "journey/core/ids.h"
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
  void Add(TouchpointId from, TouchpointId to, Duration after);
  void Merge(const TransitionGraph& other);
  // Order: by (from, to).
  [[nodiscard]] std::vector<Transition> result() const;

 private:
  struct Cell {
    TouchpointId from;
    TouchpointId to;
    Durations durations;
  };
  Durations& At(TouchpointId from, TouchpointId to);

  std::vector<Cell> cells_;
  internal::FlatIndex index_;
};

}  // namespace v0
}  // namespace journey
