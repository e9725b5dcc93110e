// CustomerPass: sessions, journeys, findings and measures of a run of customers. A run of the pipeline gives each
// thread a contiguous range of customers and joins the passes in the order of the ranges, so that the tables are the
// same whatever the ranges were.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "journey/friction/detector.h"
#include "journey/identity/timelines.h"
#include "journey/journeys/builder.h"
#include "journey/journeys/classifier.h"
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

// What all passes of a run share.
struct PassInput {
  const PipelineOptions& options;
  const DetectorList& detectors;
  const EventLog& log;
  const TouchpointCatalog& catalog;
  const EventClassifier& classifier;
  const Timelines& timelines;
  JourneyClock clock;
};

class CustomerPass {
 public:
  explicit CustomerPass(const PassInput& input);

  // Customers [begin, end). Requires: called once.
  void Run(std::uint32_t begin, std::uint32_t end);

  // Appends the tables of this pass to the report's, and adds its measures to `total`'s.
  void AppendTo(Report& report, CustomerPass& total);
  // Writes the finished measures into the report.
  void FinishMeasures(Report& report) const;

 private:
  void RunCustomer(CustomerId customer);
  void Examine(const JourneyContext& context, std::size_t journeys_before);

  const PassInput& input_;
  std::vector<CustomerRow> customers_;
  std::vector<SessionRow> sessions_;
  JourneyTable journeys_;
  FindingSink sink_;

  std::vector<StepCounts> step_counts_;  // by definition
  TransitionGraph transitions_;
  VariantCounter variants_;
  ChannelCounts channels_;

  std::vector<TouchpointId> path_;        // scratch
  std::vector<ChannelSwitch> switches_;  // scratch
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
