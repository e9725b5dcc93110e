// FactMaker: rows of tables as facts. The batch report and the live engine state facts with it, and with nothing else.
#pragma once
#include <cstddef>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "journey/events/touchpoints.h"
#include "journey/live/facts.h"

namespace journey {
inline namespace v0 {
namespace internal {

// What the rows refer to.
struct FactSource {
  const EventLog& log;
  const TouchpointCatalog& catalog;
  std::span<const EventRow> timeline;
  const JourneyTable& journeys;
  std::span<const std::string> labels;
  std::span<const std::string> detectors;  // the names

  [[nodiscard]] EventKey KeyAt(std::uint32_t position) const { return log.key(timeline[position].event); }
};

[[nodiscard]] Fact MakeSessionFact(const FactSource& source, EventKey customer, const SessionRow& row);
// `steps`: how many the definition has.
[[nodiscard]] Fact MakeJourneyFact(const FactSource& source, EventKey customer, const JourneyRow& row,
                                   std::size_t steps);
[[nodiscard]] Fact MakeFindingFact(const FactSource& source, EventKey customer, const JourneyRow& row,
                                   const Finding& finding);

}  // namespace internal
}  // namespace v0
}  // namespace journey
