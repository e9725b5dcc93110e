// VariantCounter: the distinct paths that journeys took, and how many took each.
//
//   view pay buy | view view pay buy | view    ->    2 x view pay buy,  1 x view
//
// A path is the journey's touchpoints with immediate repeats taken as one, cut off after kMaxPath.
// A monoid: Merge is associative and commutative, an empty counter its identity.
// Cost: one hash over the path; 4 bytes a touchpoint of each distinct path. Of a million distinct paths none is in a
//       cache when it comes again: who has many journeys gives some at once, so that they wait for memory together.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "journey/core/ids.h"

namespace journey {
inline namespace v0 {

struct Variant {
  std::vector<TouchpointId> path;
  bool cut = false;  // the journeys went on after this
  std::uint64_t journeys = 0;
};

class VariantCounter {
 public:
  static constexpr std::size_t kMaxPath = 64;

  VariantCounter();
  ~VariantCounter();
  VariantCounter(VariantCounter&&) noexcept;
  VariantCounter& operator=(VariantCounter&&) noexcept;

  void Add(std::span<const TouchpointId> touchpoints);
  // The journeys that end at `ends` among these touchpoints, one after the other.
  // Requires: `ends` rise, up to touchpoints.size().
  void AddAll(std::span<const TouchpointId> touchpoints, std::span<const std::uint32_t> ends);
  void Merge(const VariantCounter& other);

  [[nodiscard]] std::uint64_t distinct() const;
  [[nodiscard]] std::uint64_t journeys() const;
  // The `limit` most frequent. Order: by falling count, then by path.
  [[nodiscard]] std::vector<Variant> Top(std::size_t limit) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace v0
}  // namespace journey
