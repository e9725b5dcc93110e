// The parts of a JSON report that show Insights, beside those that have a file of their own.
#pragma once
#include <cstdint>
#include <vector>

#include "io/insight_figures.h"
#include "io/json_stream_writer.h"
#include "journey/pipeline/insights.h"
#include "journey/pipeline/report.h"

namespace journey {
inline namespace v0 {
namespace internal {

// What a row of "friction" says beside its figures: outcomes, examples, owner and impact. Made once for all rows.
class FrictionImpact {
 public:
  // Lifetime: refers to both.
  FrictionImpact(const Report& report, const Insights& insights);
  // Requires: inside the object of row i of Report::friction.
  void WriteMembers(std::size_t i, JsonStreamWriter& json) const;

 private:
  const Report& report_;
  const Insights& insights_;
  std::vector<FrictionEvidence> evidence_;
  std::vector<const ComparisonLine*> comparisons_;  // by row, or nullptr
  std::vector<const ChainLine*> chains_;            // by row, or nullptr
};

// "event_classes", "attribution" and "owners", each with its key.
void WriteClasses(const ClassCounts& counts, JsonStreamWriter& json);
void WriteAttribution(const Report& report, const Insights& insights, JsonStreamWriter& json);
void WriteOwners(const Insights& insights, JsonStreamWriter& json);

}  // namespace internal
}  // namespace v0
}  // namespace journey
