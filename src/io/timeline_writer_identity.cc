#include "io/timeline_writer_identity.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>

#include "journey/identity/placeholders.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

using UseIndex = std::map<IdentifierId, std::size_t>;

void CountElsewhere(const Report& report, const EventLog& log, CustomerId customer, const UseIndex& index,
                    CustomerIdentity& identity) {
  std::vector<CustomerId> last_seen_with(identity.identifiers.size());
  for (std::uint32_t c = 0; c < report.timeline.customers(); ++c) {
    if (CustomerId{c} == customer) continue;
    for (const EventRow& event : report.timeline.of({c})) {
      for (const IdentifierId id : log.identifiers(event.event)) {
        const auto use = index.find(id);
        if (use == index.end()) continue;
        IdentifierUse& entry = identity.identifiers[use->second];
        ++entry.other_events;
        if (last_seen_with[use->second] != CustomerId{c}) ++entry.other_customers;
        last_seen_with[use->second] = {c};
      }
    }
  }
}

std::size_t RootOf(std::vector<std::size_t>& parents, std::size_t i) {
  while (parents[i] != i) i = parents[i] = parents[parents[i]];
  return i;
}

}  // namespace

CustomerIdentity IdentityOf(const Report& report, const EventLog& log, CustomerId customer) {
  CustomerIdentity identity;
  UseIndex index;
  std::vector<std::size_t> parents;
  std::map<std::pair<std::size_t, std::size_t>, std::uint64_t> together;
  std::vector<std::pair<std::size_t, std::size_t>> tied;  // the pairs of identity.ties
  for (const EventRow& event : report.timeline.of(customer)) {
    std::vector<std::size_t> here;
    for (const IdentifierId id : log.identifiers(event.event)) {
      const auto [entry, fresh] = index.emplace(id, identity.identifiers.size());
      if (fresh) {
        parents.push_back(parents.size());
        identity.identifiers.push_back({.id = id,
                                        .placeholder = IsPlaceholder(log.identifier_values().text(id.value)),
                                        .first = event.event});
      }
      IdentifierUse& use = identity.identifiers[entry->second];
      ++use.events;
      use.last = event.event;
      if (!use.placeholder) here.push_back(entry->second);
    }
    // In the order in which they became known, and by text where that is the same event.
    std::ranges::sort(here, [&](std::size_t a, std::size_t b) {
      const auto place = [&](std::size_t i) {
        const IdentifierUse& use = identity.identifiers[i];
        const NamespaceId space{log.identifier_values().tag(use.id.value)};
        return std::tuple(log.namespaces().text(space.value), log.identifier_values().text(use.id.value));
      };
      const EventIndex first_a = identity.identifiers[a].first, first_b = identity.identifiers[b].first;
      return first_a == first_b ? place(a) < place(b) : log.Before(first_a, first_b);
    });
    for (std::size_t i = 0; i < here.size(); ++i) {
      for (std::size_t k = i + 1; k < here.size(); ++k) {
        ++together[{here[i], here[k]}];
        const std::size_t a = RootOf(parents, here[i]);
        const std::size_t b = RootOf(parents, here[k]);
        if (a == b) continue;
        parents[b] = a;
        tied.emplace_back(here[i], here[k]);
        identity.ties.push_back(
            {identity.identifiers[here[i]].id, identity.identifiers[here[k]].id, event.event, 0});
      }
    }
  }
  for (std::size_t i = 0; i < tied.size(); ++i) identity.ties[i].events = together[tied[i]];
  for (std::size_t i = 0; i < parents.size(); ++i) {
    if (parents[i] == i && !identity.identifiers[i].placeholder) ++identity.groups;
  }
  CountElsewhere(report, log, customer, index, identity);
  std::ranges::stable_sort(identity.identifiers, {}, [&](const IdentifierUse& use) {
    return log.namespaces().text(log.identifier_values().tag(use.id.value));
  });
  return identity;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
