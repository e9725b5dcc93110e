// What a customer's identifiers are, and which events tie them together: for the timeline of one customer.
#pragma once
#include <cstdint>
#include <vector>

#include "journey/events/event_log.h"
#include "journey/pipeline/report.h"

namespace journey {
inline namespace v0 {
namespace internal {

struct IdentifierUse {
  IdentifierId id;
  bool placeholder = false;  // names nobody, links nobody
  std::uint64_t events = 0;  // of this customer
  EventIndex first;
  EventIndex last;
  std::uint64_t other_events = 0;  // of other customers
  std::uint64_t other_customers = 0;
};

// Two identifiers on one event.
struct IdentifierTie {
  IdentifierId a;  // the one that was known before
  IdentifierId b;
  EventIndex first;  // the first event with both
  std::uint64_t events = 0;
};

struct CustomerIdentity {
  std::vector<IdentifierUse> identifiers;  // by namespace, then first seen
  // As many ties as it takes to hold together what is tied at all, in the order of their first events.
  std::vector<IdentifierTie> ties;
  // Groups of identifiers that no event ties to one another. More than one: the resolver had other reasons.
  std::size_t groups = 0;
};

// Requires: as WriteTimeline. Cost: O(events of the log).
[[nodiscard]] CustomerIdentity IdentityOf(const Report& report, const EventLog& log, CustomerId customer);

}  // namespace internal
}  // namespace v0
}  // namespace journey
