// ComponentResolver: who is who inside one component of the evidence that holds a conflict.
//
// A component is all rows that hang together by their keys. Where it holds two values of an exclusive
// namespace, too many of a limited one, or a pair that was unlinked, its customers are found tier by tier
// (persons, contacts, devices, sessions):
//   1. a key of the tier that was seen with two different persons is shared, and links nobody from here on;
//   2. the links whose weaker end is in the tier are taken in the canonical order (rank of the weaker end, of
//   the
//      stronger, first row in the order of events, texts), and one that would break a rule is refused.
// Then every row gets its customer: that of its strongest key that is not shared; and a row known only by a
// shared key follows that key's timeline: the person last known on it, before the first that first one, after
// a logout nobody.
//
// All of it is a function of the set of rows. No recursion; O(n log n) in the rows of the component.
#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "identity/evidence.h"
#include "identity/union_find.h"
#include "journey/identity/identity_graph.h"

namespace journey {
inline namespace v0 {
namespace internal {

// The customer of a row: that of a key, or one that begins with a row and has no key of its own.
struct RowLabel {
  Key key = kNoKey;       // the representative of a set of keys, or none
  std::uint32_t row = 0;  // without a key: the row
  friend bool operator==(RowLabel, RowLabel) = default;
};

// A refused link, in keys.
struct RefusedLink {
  Key strong;
  Key weak;
  EventIndex row;  // the first that shows the link
  IdentityRule rule;
  Key held_strong = kNoKey;  // what is on either side and must not meet: two values, an unlinked pair
  Key held_weak = kNoKey;
};

// A key that was seen with two persons.
struct SharedKey {
  Key key;
  Key person;
  Key other_person;
};

struct ComponentResult {
  std::vector<std::pair<Key, Key>> sets;  // (key, representative), for every key of the component
  std::vector<RowLabel> labels;           // by place in the rows given
  std::vector<RefusedLink> refused;       // in the canonical order, by tier
  std::vector<SharedKey> shared;
};

// Pairs that must never be one customer; sorted, first < second.
using UnlinkedPairs = std::vector<std::pair<Key, Key>>;

class ComponentResolver {
 public:
  ComponentResolver(const EventLog& log, const Evidence& evidence, const IdentityPolicy& policy)
      : log_(log), evidence_(evidence), policy_(policy) {}

  // `rows`: all rows of one component that link, in the order of events. `unlinked`: at least those pairs
  // that lie in it.
  void Resolve(std::span<const std::uint32_t> rows, const UnlinkedPairs& unlinked, ComponentResult& result);

 private:
  struct Row {
    std::uint32_t row;
    std::uint32_t count;
    std::array<std::uint32_t, kMaxIdentifiers> keys;  // local numbers, strongest first
    bool logs_out;
  };
  struct Link {
    std::uint32_t strong, weak;
    std::uint32_t first;  // place in rows_
    std::uint32_t weak_rank, strong_rank;
  };
  // What a set holds that rules ask about; kept at its root.
  struct Held {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> exclusive;  // (namespace, key)
    std::vector<std::pair<std::uint32_t, std::uint32_t>> limited;    // (namespace, number of keys)
    std::vector<std::pair<std::uint32_t, std::multiset<TimePoint>>>
        timed;                                                      // (namespace, when keys were first seen)
    std::vector<std::pair<std::uint32_t, std::uint32_t>> unlinked;  // (own key, the key that must stay out)
    std::optional<TimePoint> broken_at;  // a time at which too many would have come together, the last time
    std::size_t best_tier = kIdentifierKinds;
  };
  // How far a shared key's timeline has come.
  struct Track {
    bool known = false;
    RowLabel now;
    bool gone = false;                  // logged out since
    std::uint32_t nobody = UINT32_MAX;  // the row with which the present time of nobody began, if it did
  };

  void Load(std::span<const std::uint32_t> rows, const UnlinkedPairs& unlinked);
  [[nodiscard]] bool Void(std::uint32_t row, const UnlinkedPairs& unlinked) const;
  void LoadUnlinked(const UnlinkedPairs& unlinked);
  void FindShared(std::size_t tier, ComponentResult& result);
  void TakeLinks(std::size_t tier, ComponentResult& result);
  [[nodiscard]] std::vector<Link> LinksOf(std::size_t tier) const;
  bool TryUnion(const Link& link, ComponentResult& result);
  [[nodiscard]] bool Allowed(std::uint32_t a, std::uint32_t b, RefusedLink& refusal);
  [[nodiscard]] bool WithinLimits(Held& a, Held& b) const;
  void MergeHeld(Held& into, Held& from);

  // The strongest key of a row that is not shared and, if `below` is given, of a stronger tier than that.
  [[nodiscard]] std::uint32_t StrongestOwn(const Row& row, std::size_t below = kIdentifierKinds) const;
  [[nodiscard]] RowLabel LabelOfKey(std::uint32_t key) { return {representative_[sets_.Find(key)], 0}; }
  [[nodiscard]] bool Tracked(std::uint32_t key) const;
  [[nodiscard]] std::uint32_t TellingKey(const Row& row);
  [[nodiscard]] bool Identifies(std::uint32_t telling, std::uint32_t key);
  void LabelRows(ComponentResult& result);
  RowLabel FollowTimeline(std::uint32_t key, const Row& row);

  const EventLog& log_;
  const Evidence& evidence_;
  const IdentityPolicy& policy_;

  // Of the component at hand; keys have local numbers.
  std::vector<std::uint32_t> local_;  // by key, valid for the keys of the component
  std::vector<Key> keys_;
  std::vector<std::size_t> tiers_;
  std::vector<bool> shared_;
  std::vector<TimePoint> first_seen_;
  std::vector<Row> rows_;
  UnionFind sets_{0};
  std::vector<Held> held_;
  std::vector<Key> representative_;  // by root
  std::vector<Track> tracks_;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
