#include "pipeline/derive_customer.h"

#include <algorithm>
#include <utility>

#include "journey/sessions/sessionizer.h"

namespace journey {
inline namespace v0 {
namespace internal {

void DeriveRows(const DeriveInput& input, CustomerId customer, std::span<const EventRow> events,
                std::uint32_t offset, RowTable<SessionRow>& sessions, JourneyTable& journeys) {
  const PipelineOptions& options = input.options;
  Sessionize(customer, events, offset, options.sessions, sessions);
  if (options.journeys.empty()) {
    DiscoverJourneys(customer, events, offset, options.discovery, input.classifier, input.catalog,
                     input.clock, journeys);
    return;
  }
  const auto before = static_cast<std::ptrdiff_t>(journeys.rows.size());
  for (std::uint32_t id = 0; id < options.journeys.size(); ++id) {
    BuildJourneys(customer, events, offset, {id}, options.journeys[id], input.classifier, input.catalog,
                  input.clock, journeys);
  }
  if (options.journeys.size() == 1) return;
  std::sort(journeys.rows.begin() + before, journeys.rows.end(),
            [&](const JourneyRow& a, const JourneyRow& b) {
              return std::pair(journeys.events[a.begin], a.definition) <
                     std::pair(journeys.events[b.begin], b.definition);
            });
}

void Examine(const DeriveInput& input, const JourneyView& view, JourneyId id, FindingSink& sink,
             std::uint64_t* failures) {
  for (std::uint32_t detector = 0; detector < input.detectors.size(); ++detector) {
    sink.Examining(view, id, {detector});
    if (failures == nullptr) {
      input.detectors[detector]->Examine(view, sink);
      continue;
    }
    const std::size_t before = sink.findings().size();
    try {
      input.detectors[detector]->Examine(view, sink);
    } catch (...) {  // a host's detector
      sink.Discard(before);
      ++*failures;
    }
  }
}

void Examine(const DeriveInput& input, const JourneyContext& context, std::size_t from, FindingSink& sink,
             std::uint64_t* failures) {
  JourneyScratch scratch;
  JourneyContext shared = context;
  if (shared.scratch == nullptr) shared.scratch = &scratch;
  const RowTable<JourneyRow>& rows = shared.journeys.rows;
  for (std::size_t id = from; id < rows.size(); ++id)
    Examine(input, JourneyView(shared, rows[id]), {static_cast<std::uint32_t>(id)}, sink, failures);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
