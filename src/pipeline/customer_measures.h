// CustomerMeasures: the figures that add up over customers. A monoid: Merge adds.
#pragma once
#include <cstdint>
#include <functional>
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

// What can be done at the same time as other such.
using Tasks = std::vector<std::function<void()>>;

class CustomerMeasures {
 public:
  CustomerMeasures(const PipelineOptions& options, std::size_t channels);

  // One customer: the events, which begin at `offset` in the context's timelines, the sessions, and the journeys,
  // which are rows of the context.
  void Add(const JourneyContext& context, std::span<const EventRow> events, std::uint32_t offset,
           std::span<const SessionRow> sessions, std::span<const JourneyRow> journeys);
  // The same in pieces: the customer, and each of the journeys.
  void AddCustomer(const TouchpointCatalog& catalog, std::span<const EventRow> events, std::uint32_t offset,
                   std::span<const SessionRow> sessions) {
    channels_.AddCustomer(catalog, events, offset, sessions);
  }
  void AddJourney(const JourneyView& journey);

  // Writes the finished measures into the report.
  void Finish(Report& report);
  // The same of some of them together, which are added to the first: the tasks that do it, on any threads.
  // Lifetime: of `parts` and report.
  static void AddFinishing(std::vector<CustomerMeasures*> parts, Report& report, Tasks& tasks);

 private:
  // So many journeys' paths are counted at once.
  static constexpr std::size_t kPathsAtOnce = 256;
  void CountPaths();
  void SummarizeJourneys(Report& report) const;

  const PipelineOptions& options_;
  std::vector<StepCounts> step_counts_;  // by definition
  TransitionGraph transitions_;
  VariantCounter variants_;
  ChannelCounts channels_;

  std::vector<TouchpointId> paths_;       // not counted yet, one after the other,
  std::vector<std::uint32_t> path_ends_;  // and where each ends
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
