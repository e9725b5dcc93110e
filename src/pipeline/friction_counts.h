// FrictionCounts: how often, in how many journeys and to how many customers each friction happened at each touchpoint.
// A monoid: Merge adds.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "journey/core/flat_index.h"
#include "journey/pipeline/report.h"

namespace journey {
inline namespace v0 {
namespace internal {

class FrictionCounts {
 public:
  // Requires: the findings of a journey come together, and so do the journeys of a customer.
  void Add(const Finding& finding);
  // Labels are called anew: those of `other` by `labels`, from theirs to these. Requires: of other customers.
  void Merge(const FrictionCounts& other, std::span<const LabelId> labels);
  // In the order of a report.
  [[nodiscard]] std::vector<FrictionRow> Rows(std::span<const DetectorInfo> detectors) const;

 private:
  struct Row {
    FrictionRow counts;
    JourneyId journey;  // of the last finding
    CustomerId customer;
  };
  Row& RowOf(DetectorId detector, LabelId kind, TouchpointId touchpoint);

  std::vector<Row> rows_;
  FlatIndex index_;  // by detector, kind and touchpoint
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
