// IdentityResolver: who was it? The interface that a host implements to bring its own answer.
//
// A resolver looks at the evidence and puts one label on every event; events with the same label are one
// customer's. Labels are any numbers; the library renumbers customers by their first events afterwards. A
// host's own resolver is ten lines (examples/own_resolver.cc):
//
//   class ByAccount final : public journey::IdentityResolver {
//    public:
//     std::string_view name() const override { return "by account"; }
//     journey::Resolution Resolve(const journey::EventLog& log) const override {
//       journey::Resolution result;
//       for (std::uint32_t i = 0; i < log.size(); ++i) result.labels.push_back(AccountOf(log, {i}));
//       return result;
//     }
//   };
//
// Requires of an implementation: the partition is a function of the set of events, not of their rows' order,
// or
//           reports differ between runs over the same evidence; it keeps no state and is safe to call from
//           several threads.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "journey/core/row_table.h"
#include "journey/events/event_log.h"
#include "journey/identity/policy.h"

namespace journey {
inline namespace v0 {

struct Resolution {
  RowTable<std::uint32_t>
      labels;  // by EventIndex, one for each row of the log; those of corrections are not used

  // What the evidence held, for the report. A resolver fills in what it knows of.
  std::uint64_t identifiers = 0;    // distinct identifiers on events, placeholders apart
  std::uint64_t placeholders = 0;   // places on events that held a placeholder, which links nobody
  std::uint64_t refused_links = 0;  // pairs of identifiers seen together that must not be one customer
  std::uint64_t unidentified = 0;   // events that no usable identifier tells whose they are
  std::array<std::uint64_t, 5> refused_by_rule{};  // refused_links by IdentityRule (identity_graph.h)
  std::uint64_t shared_keys = 0;                   // used by several known persons, so that they link nobody
  std::uint64_t hubs = 0;  // identifiers seen with too many others, so that they link nobody
  // Signs of too many merges or too few: customers by the number of their identifiers (IdentifierBucket), and the most
  // that one customer has.
  std::array<std::uint64_t, 6> customers_by_identifiers{};
  std::uint64_t most_identifiers = 0;
};

// The bucket of a number of identifiers, and its name: "0", "1", "2", "3-5", "6-10", "11+".
inline constexpr std::array<std::string_view, 6> kIdentifierBuckets = {"0", "1", "2", "3-5", "6-10", "11+"};
[[nodiscard]] constexpr std::size_t IdentifierBucket(std::uint64_t identifiers) {
  return identifiers <= 2    ? static_cast<std::size_t>(identifiers)
         : identifiers <= 5  ? 3
         : identifiers <= 10 ? 4
                             : 5;
}

class IdentityResolver {
 public:
  virtual ~IdentityResolver() = default;
  // A short name for the report. Lifetime: as long as the resolver.
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual Resolution Resolve(const EventLog& log) const = 0;
  // The same with the help of further threads, for a resolver that can use them. Requires: threads >= 1.
  [[nodiscard]] virtual Resolution ResolveOn(const EventLog& log, unsigned /*threads*/) const {
    return Resolve(log);
  }
  // How identifiers are compared, for what else looks at them, such as consent. nullptr: by the defaults.
  [[nodiscard]] virtual const IdentityPolicy* identity_policy() const { return nullptr; }
};

}  // namespace v0
}  // namespace journey
