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

  // For logs that change. From the first call on events are listed by their identifiers: all of the first `rows`, and then
  // one by one. Before the log changes a listed event it is taken off; forgotten ones go by DropForgotten.
  void ListEvents(std::uint32_t rows);
  [[nodiscard]] bool lists() const { return lists_; }
  void List(EventIndex event);
  void Unlist(EventIndex event);
  // Appends the listed events that may be withheld or not because of a record: those that have an identifier of it, from
  // its time to that of the next record about it, if that says something else than the record before. Some come twice.
  // Requires: the record was added. Cost: linear in these events, and in those listed late since the last time.
  void AppendConcerned(EventIndex record, std::vector<EventIndex>& events);

  // Whether any event can be withheld at all.
  [[nodiscard]] bool idle() const { return records_ == 0 && !options_.required; }
  [[nodiscard]] bool Withholds(EventIndex event);

  // Withheld events, kept to be found when a record changes that.
  void Keep(EventIndex event) { kept_.insert(event.value); }
  void Drop(EventIndex event) { kept_.erase(event.value); }
  [[nodiscard]] bool kept(EventIndex event) const { return kept_.contains(event.value); }
  [[nodiscard]] std::size_t kept() const { return kept_.size(); }
  [[nodiscard]] std::vector<EventIndex> KeptRows() const;  // ascending

  // After the log was made anew: new_rows by old row.
  void Renumber(std::span<const EventIndex> new_rows);
  // Takes forgotten events off, and overwrites the copies of identifiers that the log has forgotten.
  void DropForgotten();

  [[nodiscard]] std::size_t bytes() const;  // of memory held

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
    std::vector<EventIndex> events;   // the first `sorted` by time, the others as they came
    std::size_t sorted = 0;
  };
  [[nodiscard]] std::vector<EventIndex>::iterator Place(std::vector<EventIndex>& records,
                                                        EventIndex record) const;
  void Sort(About& about) const;
  std::vector<About> about_;  // by number
  absl::flat_hash_set<std::uint32_t> kept_;
  std::uint64_t records_ = 0;
  bool lists_ = false;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
