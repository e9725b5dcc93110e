// EventuallyFollows: in how many journeys a touchpoint comes at some time after another, not only right after it.
//
//   view cart pay | view pay view   ->   view > pay 2 journeys,  view > cart 1,  view > view 1,  pay > view 1, ...
//
// Each pair counts once a journey; a touchpoint follows itself where it comes twice. The share of a pair is its
// journeys / journeys_with(from). (The eventually-follows graph of process mining.)
// A monoid: Merge adds. Cost: Add is O(events + d^2), d the distinct touchpoints of the journey.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "journey/core/flat_index.h"
#include "journey/core/ids.h"

namespace journey {
inline namespace v0 {

struct FollowsPair {
  TouchpointId from;
  TouchpointId to;
  std::uint64_t journeys = 0;
  friend bool operator==(const FollowsPair&, const FollowsPair&) = default;
};

class EventuallyFollows {
 public:
  void Add(std::span<const TouchpointId> touchpoints);  // of one journey, in order
  void Merge(const EventuallyFollows& other);

  [[nodiscard]] std::uint64_t journeys_with(TouchpointId touchpoint) const {
    return touchpoint.value < with_.size() ? with_[touchpoint.value] : 0;
  }
  // Order: by (from, to).
  [[nodiscard]] std::vector<FollowsPair> result() const;

 private:
  struct Seen {
    TouchpointId touchpoint;
    std::uint32_t first = 0;
    std::uint32_t last = 0;
  };
  void Count(TouchpointId from, TouchpointId to, std::uint64_t journeys);

  std::vector<FollowsPair> pairs_;
  internal::FlatIndex index_;
  std::vector<std::uint64_t> with_;   // by touchpoint
  std::vector<Seen> seen_;            // scratch: of one journey, by first occurrence
  std::vector<std::uint32_t> place_;  // scratch: by touchpoint, the place in seen_, or none
};

}  // namespace v0
}  // namespace journey
