// Evidence: the identifiers of a log as a resolver sees them.
//
// An identifier becomes a key: its namespace and its normalised value. Blocked values have no key. Namespaces
// get ranks by strength (kind, priority, name). What is seen on rows is counted: keys, placeholders,
// neighbours, hubs.
//
// Grows with its log: Observe() every row once, in any order; all that is asked afterwards is a function of
// the set of rows observed.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "journey/core/flat_index.h"
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

class Evidence {
 public:
  Evidence(const EventLog& log, const IdentityPolicy& policy);

  // Takes note of a row. The answer: whether one of its keys has just become a hub.
  // Requires: row below log.size(), each row once.
  bool Observe(EventIndex row);

  [[nodiscard]] std::size_t keys() const { return names_.size(); }
  [[nodiscard]] std::string_view text(Key key) const { return names_.text(key); }
  [[nodiscard]] NamespaceId name_space(Key key) const { return {names_.tag(key)}; }
  [[nodiscard]] const NamespacePolicy& policy_of(std::uint32_t name_space) const {
    return namespaces_[name_space].policy;
  }
  [[nodiscard]] const NamespacePolicy& policy(Key key) const { return namespaces_[names_.tag(key)].policy; }
  [[nodiscard]] std::size_t tier(Key key) const { return static_cast<std::size_t>(policy(key).kind); }
  [[nodiscard]] std::uint32_t rank(Key key) const {
    return namespaces_[names_.tag(key)].rank;
  }  // 0: strongest
  [[nodiscard]] bool seen(Key key) const { return seen_[key]; }  // on an event
  [[nodiscard]] bool hub(Key key) const { return key < hubs_.size() && hubs_[key]; }
  [[nodiscard]] bool Stronger(Key a, Key b) const;

  // The key of an identifier of the log, or kNoKey if its value is blocked or no observed row has it.
  [[nodiscard]] Key KeyOf(IdentifierId id) const {
    return id.value < key_of_.size() ? key_of_[id.value] : kNoKey;
  }
  // The key of a namespace and a value as a host spells it, if the evidence has it.
  [[nodiscard]] Key FindKey(std::string_view name_space, std::string_view value) const;
  // Hubs left out. Requires: the row was observed.
  [[nodiscard]] RowKeys KeysOf(EventIndex row) const { return CollectKeys(row, false); }
  [[nodiscard]] RowKeys KeysWithHubsOf(EventIndex row) const { return CollectKeys(row, true); }
  // Whether the row says that its keys belong together.
  [[nodiscard]] bool Links(EventIndex row) const {
    const RecordKind kind = log_.kind(row);
    return kind != RecordKind::kUnlink && kind != RecordKind::kRelink;
  }
  [[nodiscard]] bool LogsOut(EventIndex row) const;

  [[nodiscard]] std::uint64_t distinct() const { return distinct_; }  // keys on events
  [[nodiscard]] std::uint64_t placeholders() const {
    return placeholders_;
  }  // places on events with a blocked value
  [[nodiscard]] std::uint64_t hubs() const { return hub_count_; }

 private:
  struct Namespace {
    NamespacePolicy policy;
    std::uint32_t rank = 0;
  };
  void LearnNamespaces();
  Key LearnIdentifier(IdentifierId id);
  bool CountNeighbour(Key key, Key neighbour);
  [[nodiscard]] RowKeys CollectKeys(EventIndex row, bool with_hubs) const;

  const EventLog& log_;
  const IdentityPolicy& policy_;
  std::vector<Namespace> namespaces_;       // by the log's NamespaceId
  SymbolTable names_;                       // the keys: normalised value, tagged with the namespace
  std::vector<Key> key_of_;                 // by IdentifierId
  std::vector<bool> known_;                 // by IdentifierId: key_of_ is settled
  std::vector<bool> seen_;                  // by key: on an event
  std::vector<bool> hubs_;                  // by key
  std::vector<std::uint32_t> neighbours_;   // by key, up to the limit and one more
  std::vector<Key> last_neighbour_;         // by key: most rows repeat it
  std::vector<std::pair<Key, Key>> pairs_;  // the distinct (key, neighbour) counted
  FlatIndex pair_index_;
  mutable std::vector<std::uint8_t> logout_names_;  // by the log's TouchpointId: 0 unknown, 1 no, 2 yes
  std::uint64_t distinct_ = 0;
  std::uint64_t placeholders_ = 0;
  std::uint64_t hub_count_ = 0;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
