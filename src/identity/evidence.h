// Evidence: the identifiers of a log as a resolver sees them.
//
// An identifier becomes a key: its namespace and its normalised value. Blocked values have no key. Namespaces
// get ranks by strength (kind, priority, name). What is seen on rows is counted: keys, placeholders,
// neighbours, hubs.
//
// A value that is its own normal form, as most are, has its text in the log, and costs no hashing and no copy.
//
// Grows with its log, Observe() every row once, in any order; or takes in a whole log at once, ObserveAll().
// All that is asked afterwards is a function of the set of rows observed.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/workers.h"
#include "identity/union_find.h"
#include "journey/core/column.h"
#include "journey/core/flat_index.h"
#include "journey/core/row_table.h"
#include "journey/core/symbol_table.h"
#include "journey/events/event_log.h"
#include "journey/identity/policy.h"

namespace journey {
inline namespace v0 {
namespace internal {

using Key = std::uint32_t;
inline constexpr Key kNoKey = UINT32_MAX;

// The keys of one row, strongest first, each once.
struct RowKeys {
  std::array<Key, kMaxIdentifiers> keys;
  std::uint32_t count = 0;
  [[nodiscard]] const Key* begin() const { return keys.data(); }
  [[nodiscard]] const Key* end() const { return keys.data() + count; }
  [[nodiscard]] bool empty() const { return count == 0; }
};

// Whether Normalize() would leave the value as it is.
[[nodiscard]] bool IsNormal(std::string_view value, Normalizer normalizer);

class Evidence {
 public:
  Evidence(const EventLog& log, const IdentityPolicy& policy);

  // Takes note of a row. The answer: whether one of its keys has just become a hub.
  // Requires: row below log.size(), each row once.
  bool Observe(EventIndex row);
  // Takes note of all rows, and unites the keys that rows link, hubs left out. `key_of_row` gets one of the
  // keys of each row that are no hubs, or kNoKey; of a correction it is the strongest.
  // Requires: nothing was observed before, nothing will be afterwards.
  // Cost: one pass over the identifiers and one over the rows, shared among the workers. Two more over the rows of
  // sets with more keys than a hub has neighbours; no others can have a hub.
  [[nodiscard]] UnionFind ObserveAll(RowTable<Key>& key_of_row, Workers& workers);

  [[nodiscard]] std::size_t keys() const { return sources_.size(); }
  [[nodiscard]] std::string_view text(Key key) const {
    return (flags_[key] & kOwnText) != 0 ? names_.text(sources_[key])
                                         : log_.identifier_values().text(sources_[key]);
  }
  [[nodiscard]] NamespaceId name_space(Key key) const { return {name_spaces_[key]}; }
  [[nodiscard]] const NamespacePolicy& policy_of(std::uint32_t name_space) const {
    return namespaces_[name_space].policy;
  }
  [[nodiscard]] const NamespacePolicy& policy(Key key) const { return policy_of(name_spaces_[key]); }
  [[nodiscard]] std::size_t tier(Key key) const { return static_cast<std::size_t>(policy(key).kind); }
  [[nodiscard]] std::uint32_t rank(Key key) const {
    return namespaces_[name_spaces_[key]].rank;
  }                                                                              // 0: strongest
  [[nodiscard]] bool seen(Key key) const { return (flags_[key] & kSeen) != 0; }  // on an event
  [[nodiscard]] bool hub(Key key) const { return key < flags_.size() && (flags_[key] & kHub) != 0; }
  [[nodiscard]] bool Stronger(Key a, Key b) const;

  // The key of an identifier of the log, or kNoKey if its value is blocked or no observed row has it.
  [[nodiscard]] Key KeyOf(IdentifierId id) const {
    return id.value < key_of_.size() && key_of_[id.value] != kUnsettled ? key_of_[id.value] : kNoKey;
  }
  // Whether its value is known to be blocked; of an identifier that no observed row has, it is not.
  [[nodiscard]] bool Blocked(IdentifierId id) const {
    return id.value < key_of_.size() && key_of_[id.value] == kNoKey;
  }
  // The key of a namespace and a value as a host spells it, if the evidence has it.
  [[nodiscard]] Key FindKey(std::string_view name_space, std::string_view value) const;
  // Hubs left out. Requires: the row was observed.
  [[nodiscard]] RowKeys KeysOf(EventIndex row) const { return CollectKeys(row, false); }
  [[nodiscard]] RowKeys KeysWithHubsOf(EventIndex row) const { return CollectKeys(row, true); }
  // Whether a record is evidence of who it was, or corrects that. Consents are neither.
  [[nodiscard]] static bool TakesPart(RecordKind kind) { return kind < RecordKind::kConsent; }
  // Whether the row says that its keys belong together.
  [[nodiscard]] bool Links(EventIndex row) const {
    const RecordKind kind = log_.kind(row);
    return TakesPart(kind) && kind != RecordKind::kUnlink && kind != RecordKind::kRelink;
  }
  // Whether it counts for the neighbours of its keys.
  [[nodiscard]] bool ShowsNeighbours(EventIndex row) const;
  [[nodiscard]] bool LogsOut(EventIndex row) const;

  // Taking rows back, for a graph that does so. Unobserve() forgets what was counted for the keys of a row but
  // for its hubs. Requires: so it is done, before any is observed again, for all rows that show one of them.
  void Unobserve(EventIndex row);
  void LeaveHub(Key key);  // it has no longer too many neighbours; it counts none yet
  void SetSeen(Key key, bool seen);
  // Forgets the keys that no row carries, and wipes their texts; keeps those of the others, of which the log
  // may have overwritten a spelling.
  void ForgetKeys(std::span<const std::uint32_t> carriers);
  [[nodiscard]] bool MemoryHolds(std::string_view bytes) const { return names_.MemoryHolds(bytes); }
  [[nodiscard]] std::size_t bytes() const;

  // The observed rows that say which keys do not belong together, or do after all.
  [[nodiscard]] std::span<const EventIndex> corrections() const { return corrections_; }

  [[nodiscard]] std::uint64_t distinct() const { return distinct_; }  // keys on events
  [[nodiscard]] std::uint64_t placeholders() const {
    return placeholders_;
  }  // places on events with a blocked value
  // Takes note of all that there is in an event whose keys were observed together before.
  void ObserveRepeat(std::uint32_t placeholders) { placeholders_ += placeholders; }
  [[nodiscard]] std::uint64_t hubs() const { return hub_count_; }

 private:
  struct Namespace {
    NamespacePolicy policy;
    std::uint32_t rank = 0;
  };
  struct KeyPair {
    Key key;
    Key neighbour;
    friend bool operator==(const KeyPair&, const KeyPair&) = default;
  };
  static constexpr Key kUnsettled = kNoKey - 1;
  static constexpr std::uint8_t kSeen = 1, kHub = 2, kOwnText = 4;

  void LearnNamespaces();
  Key KeyFor(IdentifierId id) {
    if (id.value >= key_of_.size()) key_of_.resize(log_.identifier_values().size(), kUnsettled);
    const Key key = key_of_[id.value];
    return key != kUnsettled ? key : LearnIdentifier(id);
  }
  Key LearnIdentifier(IdentifierId id);
  Key LearnSpelling(std::string_view normal, std::uint32_t name_space, const NamespacePolicy& policy);
  Key AddKey(std::uint32_t source, std::uint32_t name_space, std::uint8_t flags);
  void See(Key key);
  // The parts of ObserveAll.
  struct RowsSeen;
  bool FindNodes(Workers& workers);
  Key NodeOfSpelling(IdentifierId id);
  template <bool kOwn>
  void SeeRows(std::size_t begin, std::size_t end, RowTable<Key>& node_of_row, RowsSeen& seen) const;
  bool NumberKeys(std::vector<RowsSeen>& seen, Workers& workers);
  UnionFind UniteAll(std::vector<RowsSeen>& seen, bool renumbered);
  bool FindHubs(const std::vector<bool>& large, const RowTable<Key>& key_of_row);
  void UniteAgain(const std::vector<bool>& large, UnionFind& sets, RowTable<Key>& key_of_row) const;
  bool CountNeighbour(Key key, Key neighbour);
  void ErasePair(Key key, Key neighbour);
  [[nodiscard]] RowKeys CollectKeys(EventIndex row, bool with_hubs) const;

  const EventLog& log_;
  const IdentityPolicy& policy_;
  std::vector<Namespace> namespaces_;  // by the log's NamespaceId
  SymbolTable names_;                  // normalised values that the log does not have, with the namespace
  Column<Key> key_of_name_;            // by place in names_
  Column<Key> key_of_;                 // by IdentifierId
  Column<Key> key_of_node_;            // see RowsSeen; during ObserveAll, and so is this:
  Column<std::uint32_t> space_of_id_;  // by IdentifierId: its namespace
  Column<std::uint32_t> sources_;      // by key: where its text is, a place in names_ or an IdentifierId
  Column<std::uint32_t> name_spaces_;  // by key
  Column<std::uint8_t> flags_;         // by key
  Column<std::uint32_t> neighbours_;   // by key, up to the limit and one more
  Column<Key> last_neighbour_;         // by key: most rows repeat it
  Column<KeyPair> pairs_;              // the distinct (key, neighbour) counted
  FlatIndex pair_index_;
  std::vector<EventIndex> corrections_;
  mutable std::vector<std::uint8_t> logout_names_;  // by the log's TouchpointId: 0 unknown, 1 no, 2 yes
  std::uint64_t distinct_ = 0;
  std::uint64_t placeholders_ = 0;
  std::uint64_t hub_count_ = 0;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
