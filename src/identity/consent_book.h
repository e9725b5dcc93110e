// ConsentBook: what was consented to, by identifier, and what follows for an event (consent.h).
#pragma once
#include <absl/container/flat_hash_set.h>

#include <cstdint>
#include <span>
#include <vector>

#include "journey/core/symbol_table.h"
#include "journey/events/event_log.h"
#include "journey/identity/consent.h"
#include "journey/identity/policy.h"

namespace journey {
inline namespace v0 {
namespace internal {

class ConsentBook {
 public:
  // Lifetime: refers to the log.
  ConsentBook(const EventLog& log, IdentityPolicy policy, ConsentOptions options);

  [[nodiscard]] static bool IsConsent(RecordKind kind) {
    return kind == RecordKind::kConsent || kind == RecordKind::kWithdraw;
  }

  // Takes a record in, or out again (before the log forgets it). Records about other purposes have no effect.
  void Add(EventIndex record);
  void Remove(EventIndex record);

  // Whether any event can be withheld at all.
  [[nodiscard]] bool idle() const { return records_ == 0 && !options_.required; }
  [[nodiscard]] bool Withholds(EventIndex event);

  // Withheld events, kept to be found when a record changes that.
  void Keep(EventIndex event);
  void Drop(EventIndex event);
  [[nodiscard]] bool kept(EventIndex event) const { return kept_.contains(event.value); }
  [[nodiscard]] std::size_t kept() const { return kept_.size(); }
  [[nodiscard]] std::vector<EventIndex> KeptRows() const;  // ascending
  // Those that have an identifier in common with a row, as compared.
  [[nodiscard]] std::vector<EventIndex> KeptWith(EventIndex row);

  // After the log was made anew: new_rows by old row.
  void Renumber(std::span<const EventIndex> new_rows);
  // Overwrites the copies of identifiers that the log has forgotten.
  void DropForgotten();

 private:
  [[nodiscard]] bool Concerns(EventIndex record) const;
  // The number of an identifier as compared; kNone where it is blocked.
  [[nodiscard]] std::uint32_t NumberOf(IdentifierId id);

  static constexpr std::uint32_t kNone = UINT32_MAX;
  static constexpr std::uint32_t kUnknown = UINT32_MAX - 1;
  const EventLog& log_;
  IdentityPolicy policy_;
  ConsentOptions options_;
  SymbolTable values_;                       // normalised, tagged with the namespace
  std::vector<NamespacePolicy> namespaces_;  // by NamespaceId
  std::vector<std::uint32_t> number_of_;     // by IdentifierId
  struct About {
    std::vector<EventIndex> records;  // in the order of events
    std::vector<EventIndex> kept;
  };
  std::vector<About> about_;  // by number
  absl::flat_hash_set<std::uint32_t> kept_;
  std::uint64_t records_ = 0;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
