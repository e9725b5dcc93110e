// CustomerMeasures: the figures that add up over customers. A monoid: Merge adds.
#pragma once
#include <span>
#include <vector>

#include "journey/journeys/view.h"
#include "journey/measures/channels.h"
#include "journey/measures/step_counts.h"
#include "journey/measures/transitions.h"
#include "journey/measures/variants.h"
#include "journey/pipeline/options.h"
#include "journey/pipeline/report.h"

namespace journey {
inline namespace v0 {
namespace internal {

class CustomerMeasures {
 public:
  CustomerMeasures(const PipelineOptions& options, std::size_t channels);

  // One customer: the events, which begin at `offset` in the context's timelines, the sessions, and the journeys,
  // which are rows of the context.
  void Add(const JourneyContext& context, std::span<const EventRow> events, std::uint32_t offset,
           std::span<const SessionRow> sessions, std::span<const JourneyRow> journeys);
  void Merge(const CustomerMeasures& other);
  // Writes the finished measures into the report.
  void Finish(Report& report) const;

 private:
  const PipelineOptions& options_;
  std::vector<StepCounts> step_counts_;  // by definition
  TransitionGraph transitions_;
  VariantCounter variants_;
  ChannelCounts channels_;

  std::vector<TouchpointId> path_;       // scratch
  std::vector<ChannelSwitch> switches_;  // scratch
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
