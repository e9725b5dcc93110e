// IncrementalGraph::Impl: the components of the rows added so far, and what has to be looked at again.
#pragma once
#include <deque>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "identity/component_resolver.h"
#include "identity/evidence.h"
#include "journey/identity/incremental_graph.h"

namespace journey {
inline namespace v0 {

struct IncrementalGraph::Impl {
  using Key = internal::Key;
  using Pair = std::pair<Key, Key>;

  Impl(const EventLog& event_log, IdentityPolicy identity_policy)
      : log(event_log),
        policy(std::move(identity_policy)),
        evidence(log, policy),
        resolver(log, evidence, policy) {}

  static constexpr std::uint32_t kNone = UINT32_MAX;
  static constexpr Label kRowLabel = Label{1} << 32;  // a label that begins with a row, not with a key

  // What is known of a component; kept at the root of its keys.
  struct Component {
    std::uint32_t last_row = kNone;  // of its rows, a ring by next_row
    std::uint32_t rows = 0;
    std::vector<std::pair<std::uint32_t, std::uint32_t>>
        values;                      // (namespace, keys), of namespaces that have a limit
    std::vector<Key> unlinked;       // its keys that some record unlinked from another
    std::uint64_t pairs_inside = 0;  // unlinked pairs of which it has both ends
    bool broken = false;             // a limit is exceeded
    bool stale = false;              // has a conflict, and rows that were not resolved yet
    bool labelled = false;           // `labels` holds what its rows were told, or they are noted as changed

    [[nodiscard]] bool conflicted() const { return broken || pairs_inside != 0; }
  };
  // The components, by root: a key that is no root takes four bytes.
  class Components {
   public:
    void Grow(std::size_t keys) { places_.resize(keys, kNone); }
    // A new, empty one if there is none yet. Lifetime of the reference: until the root's is released.
    Component& operator[](Key root) {
      std::uint32_t& place = places_[root];
      if (place == kNone && !free_.empty()) {
        place = free_.back();
        free_.pop_back();
      } else if (place == kNone) {
        place = static_cast<std::uint32_t>(pool_.size());
        pool_.emplace_back();
      }
      return pool_[place];
    }
    void Release(Key root) {
      if (places_[root] == kNone) return;
      pool_[places_[root]] = {};
      free_.push_back(std::exchange(places_[root], kNone));
    }
    [[nodiscard]] std::size_t bytes() const {
      std::size_t sum =
          (places_.capacity() + free_.capacity()) * sizeof(std::uint32_t) + pool_.size() * sizeof(Component);
      for (const Component& component : pool_) {
        sum += component.values.capacity() * sizeof(component.values[0]) +
               component.unlinked.capacity() * sizeof(Key);
      }
      return sum;
    }

   private:
    std::vector<std::uint32_t> places_;  // by key
    std::deque<Component> pool_;
    std::vector<std::uint32_t> free_;
  };
  enum RowFlag : std::uint8_t { kAdded = 1, kChanged = 2 };

  // Adding.
  void Grow();
  Key Find(Key key);
  void Unite(Key a, Key b);
  void TakeIn(Key key);
  void CountValue(Component& component, std::uint32_t name_space, std::uint32_t count);
  void Insert(std::uint32_t row);
  void TakeApart(EventIndex row);
  void Reset(std::uint32_t row);
  [[nodiscard]] std::vector<std::uint32_t> RowsOf(const Component& component) const;
  // The root of a row's keys; kNoKey: a row without keys, or one that does not link.
  [[nodiscard]] Key RootOf(std::uint32_t row);

  // Unlinks and relinks.
  void Correct(EventIndex row);
  void TakeBack(EventIndex row);
  void Decide(const Pair& pair, bool was_unlinked);
  [[nodiscard]] bool Unlinked(const Pair& pair) const;

  // Removing.
  void Remove(std::span<const EventIndex> rows);
  void RemoveLinking(const std::vector<std::uint32_t>& rows);
  std::vector<std::uint32_t> LeaveHubs(const std::vector<std::uint32_t>& rows);

  // Labels, and which of them changed.
  void Note(std::uint32_t row);
  void NoteAll(const Component& component);
  void NoteConflict(Key root);
  void Resolve(Component& component);

  [[nodiscard]] bool added(std::uint32_t row) const {
    return row < flags.size() && (flags[row] & kAdded) != 0;
  }

  const EventLog& log;
  const IdentityPolicy policy;
  internal::Evidence evidence;
  internal::ComponentResolver resolver;

  std::vector<Key> parent;              // by key
  std::vector<std::uint32_t> size;      // by root
  std::vector<std::uint32_t> carriers;  // by key: the rows that have it, of whatever kind
  std::vector<bool> present;            // by key: some row of the components has it
  Components components;
  std::vector<Key> stands_for;          // by key, of labelled components: the label of its customer, or none
  std::vector<std::uint32_t> next_row;  // by row: the next one of its component
  std::vector<Label> labels;            // by row, of labelled components
  std::vector<std::uint8_t> flags;      // by row

  std::vector<EventIndex> changed;   // rows noted; those removed since are among them
  std::vector<Key> conflicts;        // roots of components to be resolved before changes are told
  std::vector<bool> conflict_noted;  // by key: is in `conflicts`
  std::map<Pair, std::vector<EventIndex>> records;  // about a pair: unlinks and relinks
  std::map<Key, std::set<Key>> partners;            // of a key: the keys it is unlinked from now
  internal::UnlinkedPairs unlinked;                 // the same, sorted, when it was last asked for
  bool unlinked_stale = false;
  std::uint64_t rows_resolved = 0;
};

}  // namespace v0
}  // namespace journey
