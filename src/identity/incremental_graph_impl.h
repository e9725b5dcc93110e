// IncrementalGraph::Impl: the components of the rows added so far, and what has to be looked at again.
#pragma once
#include <absl/container/inlined_vector.h>

#include <array>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "core/few_rows.h"
#include "core/stable_array.h"
#include "identity/component_resolver.h"
#include "identity/evidence.h"
#include "journey/core/column.h"
#include "journey/identity/incremental_graph.h"

namespace journey {
inline namespace v0 {

struct IncrementalGraph::Impl {
  using Key = internal::Key;
  using Pair = std::pair<Key, Key>;
  using RowKeys = internal::RowKeys;

  Impl(const EventLog& event_log, IdentityPolicy identity_policy)
      : log(event_log),
        policy(std::move(identity_policy)),
        evidence(log, policy),
        resolver(log, evidence, policy) {}

  static constexpr std::uint32_t kNone = UINT32_MAX;
  static constexpr Label kRowLabel = Label{1} << 32;  // a label that begins with a row, not with a key

  // What is known of a component; kept at the root of its keys. What a row that repeats touches comes first.
  struct Component {
    std::uint32_t last_row = kNone;   // of its rows, a chain by previous_row
    std::uint32_t first_row = kNone;  // the end of it
    std::uint32_t rows = 0;
    std::uint32_t repeats = 0;  // so many at the beginning of the chain are repeats that were not told yet
    bool broken = false;        // a limit is exceeded
    bool stale = false;         // has a conflict, and rows that were not resolved yet
    bool labelled = false;      // `labels` holds what its rows were told, or they are noted as changed
    std::uint64_t pairs_inside = 0;  // unlinked pairs of which it has both ends
    // (namespace, keys), of namespaces that have a limit
    absl::InlinedVector<std::pair<std::uint32_t, std::uint32_t>, 1> values;
    std::unique_ptr<std::vector<Key>> unlinked;  // its keys that some record unlinked from another, if any

    [[nodiscard]] bool conflicted() const { return broken || pairs_inside != 0; }
    [[nodiscard]] std::span<const Key> unlinked_keys() const {
      return unlinked == nullptr ? std::span<const Key>() : std::span<const Key>(*unlinked);
    }
    void AddUnlinked(std::span<const Key> more) {
      if (more.empty()) return;
      if (unlinked == nullptr) unlinked = std::make_unique<std::vector<Key>>();
      unlinked->insert(unlinked->end(), more.begin(), more.end());
    }
  };
  static_assert(sizeof(Component) <= 64);

  // What is known of a key: half a cache line.
  struct KeyState {
    Key parent = kNoKey;
    std::uint32_t size = 1;           // of a root: keys
    std::uint32_t component = kNone;  // of a root: its place in the pool; none as long as nobody asked
    std::uint32_t carriers = 0;       // the rows that have it, of whatever kind
    Key stands_for = kNoKey;          // in a labelled component: the label of its customer, or none
    Key beside = kNoKey;              // on the latest event that had this key and one other: that one
    bool present = false;             // some row of the components has it
    bool sighted = false;             // some event of them has it
    bool conflict_noted = false;      // is in `conflicts`
  };
  static_assert(sizeof(KeyState) <= 32);
  enum RowFlag : std::uint8_t { kAdded = 1, kChanged = 2 };

  // Adding.
  void Grow();
  Key Find(Key key);
  // Of a root; a new, empty one if there is none yet. Lifetime of the reference: until the root's is released.
  Component& ComponentOf(Key root);
  void Release(Key root);
  // A row that can be told at a glance to say nothing new, being its component's already.
  struct RepeatedRow {
    std::array<Key, 2> keys{kNoKey, kNoKey};
    std::uint32_t count = 0;
    std::uint32_t placeholders = 0;
    Key root = kNoKey;
    Component* component = nullptr;
  };
  [[nodiscard]] bool Repeats(EventIndex row, RepeatedRow& repeated);
  void Unite(Key a, Key b);
  void TakeIn(Key key);
  void CountValue(Component& component, std::uint32_t name_space, std::uint32_t count);
  void Chain(Component& component, std::uint32_t row);
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
  void NoteAll(Component& component);
  void NoteConflict(Key root);
  void Resolve(Component& component);

  [[nodiscard]] bool added(std::uint32_t row) const {
    return row < flags.size() && (flags[row] & kAdded) != 0;
  }

  const EventLog& log;
  const IdentityPolicy policy;
  internal::Evidence evidence;
  internal::ComponentResolver resolver;

  Column<KeyState> keys;
  internal::StableArray<Component> components;
  std::vector<std::uint32_t> free_components;
  Column<std::uint32_t> previous_row;  // by row: the one before it in the chain of its component
  Column<std::uint8_t> flags;          // by row
  internal::FewRows<Label> labels;     // of rows of labelled components
  std::uint64_t untold_repeats = 0;    // of all components

  std::vector<EventIndex> changed;  // rows noted; those removed since are among them
  std::vector<Key> conflicts;       // roots of components to be resolved before changes are told
  std::map<Pair, std::vector<EventIndex>> records;  // about a pair: unlinks and relinks
  std::map<Key, std::set<Key>> partners;            // of a key: the keys it is unlinked from now
  internal::UnlinkedPairs unlinked;                 // the same, sorted, when it was last asked for
  bool unlinked_stale = false;
  std::uint64_t rows_resolved = 0;
};

}  // namespace v0
}  // namespace journey
