// What follows from one customer's events alone: sessions, journeys, findings. The batch run and the live engine
// both call these functions, and no others, so that they cannot differ.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "journey/friction/detector.h"
#include "journey/journeys/builder.h"
#include "journey/journeys/view.h"
#include "journey/pipeline/options.h"
#include "journey/sessions/session.h"

namespace journey {
inline namespace v0 {
namespace internal {

// What the customers of one run have in common.
struct DeriveInput {
  const PipelineOptions& options;
  const DetectorList& detectors;
  const EventLog& log;
  const TouchpointCatalog& catalog;
  const EventClassifier& classifier;
  JourneyClock clock;

  // customer_begins, scratch: as in JourneyContext.
  [[nodiscard]] JourneyContext ContextOf(std::span<const EventRow> timeline, const JourneyTable& journeys,
                                         std::span<const std::uint32_t> customer_begins = {},
                                         JourneyScratch* scratch = nullptr) const {
    return {log,      catalog,           classifier,      options.journeys, timeline,
            journeys, clock.session_gap, customer_begins, scratch};
  }
};

// Appends the sessions and journeys of a customer; `offset` is where `events` begin among all timelines. The new
// journeys are in the order of their first events; of two that begin together, of the definitions.
void DeriveRows(const DeriveInput& input, CustomerId customer, std::span<const EventRow> events,
                std::uint32_t offset, RowTable<SessionRow>& sessions, JourneyTable& journeys);

// Has every detector look at a journey. Requires: the view of row `id`.
void Examine(const DeriveInput& input, const JourneyView& view, JourneyId id, FindingSink& sink,
             std::uint64_t* failures = nullptr);

// Has every detector look at the journeys from row `from` on. What a detector throws is passed on, or, with `failures`,
// caught and counted there; it then has found nothing in that journey.
void Examine(const DeriveInput& input, const JourneyContext& context, std::size_t from, FindingSink& sink,
             std::uint64_t* failures = nullptr);

}  // namespace internal
}  // namespace v0
}  // namespace journey
