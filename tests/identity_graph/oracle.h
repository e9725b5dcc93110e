// The obvious, slow twin of IdentityGraph: the words of its header over plain structs, sets and repeated
// relabelling. It knows nothing of how the library stores or orders anything.
#pragma once
#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/sip_hash.h"
#include "journey/identity/identity_graph.h"

namespace test {

// A record that owns its texts.
struct PlainRecord {
  std::int64_t time = 0;  // microseconds since 1970
  std::uint64_t sequence = 0;
  std::string id;
  journey::RecordKind kind = journey::RecordKind::kEvent;
  std::string name;  // of events
  std::vector<std::pair<std::string, std::string>> identifiers;
};

// Keys compare by strength: the smaller is the stronger.
struct OracleKey {
  journey::IdentifierKind kind = journey::IdentifierKind::kContact;
  int priority = 0;
  std::string name_space;
  std::string value;
  friend auto operator<=>(const OracleKey&, const OracleKey&) = default;
  friend bool operator==(const OracleKey&, const OracleKey&) = default;
  [[nodiscard]] auto rank() const { return std::tie(kind, priority, name_space); }
};

// Whose a row is. Rows with equal labels are one customer's.
struct OracleLabel {
  enum Whose { kCustomer, kNobodyOnShared, kNobodyAfterLogout, kAlone } whose = kAlone;
  int which = 0;    // the customer, the key or the row
  int episode = 0;  // of nobody: the row on which somebody was last known, or -1
  friend auto operator<=>(const OracleLabel&, const OracleLabel&) = default;
};

struct OracleIdentity {
  std::map<std::string, OracleLabel> labels;  // by id of the record, of all that are evidence
  std::vector<OracleKey> keys;  // strongest first; the maps and sets below are of positions in it
  std::map<int, int> customer;  // of each key
  std::array<std::set<std::pair<int, int>>, journey::kIdentityRules> refused;  // (stronger, weaker)
  std::set<int> shared;
  std::set<int> hubs;
  std::set<std::pair<int, int>> unlinked;  // in force, both ends seen
  bool conflict = false;                   // some component had one
  bool relinked = false;                   // some unlink was taken back
  bool limit_within = false;               // some link was refused for a limit in a span of time
  std::uint64_t unidentified = 0;          // events without a usable key
  bool told_by_timeline = false;           // some row was told by the timeline of a shared key
  bool nobody_on_shared = false;           // ... and was nobody's, after a logout
  bool nobody_after_logout = false;

  [[nodiscard]] int Find(const OracleKey& key) const {
    const auto at = std::find(keys.begin(), keys.end(), key);
    return at == keys.end() ? -1 : static_cast<int>(at - keys.begin());
  }
};

class IdentityOracle {
 public:
  IdentityOracle(std::vector<PlainRecord> records, const journey::IdentityPolicy& policy) : policy_(policy) {
    const auto place = [](const PlainRecord& record) {
      return std::tuple(record.time, record.sequence, journey::internal::DigestOfEventId(record.id));
    };
    std::sort(records.begin(), records.end(),
              [&](const auto& a, const auto& b) { return place(a) < place(b); });
    const auto same = [](const auto& a, const auto& b) { return a.id == b.id; };
    records.erase(std::unique(records.begin(), records.end(), same), records.end());
    Read(records);
  }

  OracleIdentity Run() {
    TakeOutHubs();
    for (int k = 0; k < Size(); ++k) component_[k] = k;
    RelabelUntilStable();
    out_.customer = component_;
    for (int k = 0; k < Size(); ++k) {
      if (component_[k] == k && HasConflict(k)) {
        out_.conflict = true;
        Resolve(k);
      }
    }
    for (std::size_t r = 0; r < rows_.size(); ++r) out_.labels[rows_[r].id] = LabelOf(r);
    return std::move(out_);
  }

 private:
  struct Row {
    std::string id;
    std::int64_t time = 0;
    bool event = false;
    bool link = false;
    bool logout = false;
    std::vector<int> keys;  // strongest first
    [[nodiscard]] bool Carries(int key) const {
      return std::find(keys.begin(), keys.end(), key) != keys.end();
    }
  };

  [[nodiscard]] int Size() const { return static_cast<int>(out_.keys.size()); }
  [[nodiscard]] const OracleKey& Key(int key) const { return out_.keys[static_cast<std::size_t>(key)]; }
  [[nodiscard]] const journey::NamespacePolicy& Policy(const std::string& name_space) {
    auto at = policies_.find(name_space);
    if (at == policies_.end()) at = policies_.emplace(name_space, policy_.PolicyOf(name_space)).first;
    return at->second;
  }

  // The keys of a record; blocked values are none.
  std::set<OracleKey> KeysOf(const PlainRecord& record) {
    std::set<OracleKey> keys;
    for (const auto& [name_space, value] : record.identifiers) {
      const journey::NamespacePolicy& policy = Policy(name_space);
      const std::string text = journey::Normalize(value, policy.normalizer);
      if (!journey::IsBlocked(text, policy)) keys.insert({policy.kind, policy.priority, name_space, text});
    }
    return keys;
  }

  void Read(const std::vector<PlainRecord>& records) {
    using journey::RecordKind;
    std::set<OracleKey> all;
    const auto is_rule = [](const PlainRecord& record) {
      return record.kind == RecordKind::kUnlink || record.kind == RecordKind::kRelink;
    };
    // The evidence is kept in the order of events; what is unlinked in the end is known after a first pass.
    for (const PlainRecord& record : records) {
      if (!is_rule(record)) all.merge(KeysOf(record));
    }
    out_.keys.assign(all.begin(), all.end());
    for (const PlainRecord& record : records) {  // in order, so that the latest decides
      std::vector<int> positions;
      for (const OracleKey& key : KeysOf(record)) positions.push_back(out_.Find(key));
      if (!is_rule(record) || positions.size() != 2 || positions[0] < 0 || positions[1] < 0) continue;
      const std::pair pair(positions[0], positions[1]);
      if (record.kind == RecordKind::kUnlink) out_.unlinked.insert(pair);
      if (record.kind == RecordKind::kRelink && out_.unlinked.erase(pair) != 0) out_.relinked = true;
    }
    for (const PlainRecord& record : records) {
      if (is_rule(record)) continue;
      std::vector<int> positions;
      for (const OracleKey& key : KeysOf(record)) positions.push_back(out_.Find(key));
      const bool is_link = record.kind == RecordKind::kLink;
      // A link that was unlinked again is as if it had never been.
      if (is_link && positions.size() == 2 && out_.unlinked.count({positions[0], positions[1]}) != 0)
        continue;
      const auto& names = policy_.logout_events;
      const bool says_logout = record.kind == RecordKind::kEvent &&
                               std::find(names.begin(), names.end(), record.name) != names.end();
      const bool logout = record.kind == RecordKind::kLogout || says_logout;
      rows_.push_back(
          {record.id, record.time, record.kind == RecordKind::kEvent, is_link, logout, std::move(positions)});
    }
  }

  // Rule 1.
  void TakeOutHubs() {
    std::map<int, std::set<int>> neighbours;
    for (const Row& row : rows_) {
      if (row.link) continue;  // a statement, not a sight
      for (const int a : row.keys) {
        for (const int b : row.keys) {
          if (a != b) neighbours[a].insert(b);
        }
      }
    }
    for (const auto& [key, others] : neighbours) {
      if (policy_.max_neighbours == 0 || Key(key).kind == journey::IdentifierKind::kPerson) continue;
      if (others.size() > policy_.max_neighbours) out_.hubs.insert(key);
    }
    for (Row& row : rows_) {
      std::erase_if(row.keys, [&](int key) { return out_.hubs.count(key) != 0; });
    }
  }

  // Rule 2: a component is named by its strongest key.
  void RelabelUntilStable() {
    for (bool changed = true; changed;) {
      changed = false;
      for (const Row& row : rows_) {
        for (const int key : row.keys) {
          int& a = component_[row.keys.front()];
          int& b = component_[key];
          if (a == b) continue;
          a = b = std::min(a, b);
          changed = true;
        }
      }
    }
  }

  // The values of each namespace in a set of keys.
  [[nodiscard]] std::map<std::string, std::set<int>> ByNamespace(const std::set<int>& keys) const {
    std::map<std::string, std::set<int>> values;
    for (const int key : keys) values[Key(key).name_space].insert(key);
    return values;
  }

  bool HasConflict(int component) {
    std::set<int> members;
    for (const auto& [key, its] : component_) {
      if (its == component) members.insert(key);
    }
    for (const auto& [name_space, values] : ByNamespace(members)) {
      const journey::NamespacePolicy& policy = Policy(name_space);
      if (policy.exclusive && values.size() > 1) return true;
      if (policy.max_values != 0 && values.size() > policy.max_values) return true;
    }
    for (const auto& [a, b] : out_.unlinked) {
      if (members.count(a) != 0 && members.count(b) != 0) return true;
    }
    if (!policy_.forget_after_logout) return false;
    return std::any_of(rows_.begin(), rows_.end(), [&](const Row& row) {
      return row.logout && !row.keys.empty() && members.count(row.keys.front()) != 0;
    });
  }

  [[nodiscard]] std::set<int> Customer(int key) const {
    std::set<int> members;
    for (const auto& [other, its] : out_.customer) {
      if (its == out_.customer.at(key)) members.insert(other);
    }
    return members;
  }

  [[nodiscard]] bool Shared(int key) const { return out_.shared.count(key) != 0; }

  // Rule 3.
  void Resolve(int component) {
    for (const auto& [key, its] : component_) {
      if (its == component) out_.customer[key] = key;
    }
    for (const auto kind : {journey::IdentifierKind::kPerson, journey::IdentifierKind::kContact,
                            journey::IdentifierKind::kDevice, journey::IdentifierKind::kSession}) {
      for (const auto& [key, its] : component_) {
        if (its == component && Key(key).kind == kind && IsShared(key)) out_.shared.insert(key);
      }
      TakeLinks(component, kind);
    }
  }

  // Rule 3a. The strongest key of a stronger kind that is not shared tells.
  bool IsShared(int key) {
    if (Key(key).kind == journey::IdentifierKind::kPerson) return false;
    std::set<int> told;
    for (const Row& row : rows_) {
      if (!row.Carries(key)) continue;
      for (const int other : row.keys) {
        if (Key(other).kind >= Key(key).kind) break;
        if (Shared(other)) continue;
        told.merge(Customer(other));
        break;
      }
    }
    for (const auto& [name_space, values] : ByNamespace(told)) {
      if (Policy(name_space).exclusive && values.size() > 1) return true;
    }
    return false;
  }

  // Rule 3b.
  void TakeLinks(int component, journey::IdentifierKind kind) {
    std::map<std::pair<int, int>, std::size_t> links;  // (stronger, weaker) -> first row
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      const auto& keys = rows_[r].keys;
      const auto strong = std::find_if(keys.begin(), keys.end(), [&](int key) { return !Shared(key); });
      if (strong == keys.end() || component_[*strong] != component) continue;
      for (const int weak : keys) {
        if (weak != *strong && !Shared(weak) && Key(weak).kind == kind) links.try_emplace({*strong, weak}, r);
      }
    }
    std::vector<std::pair<int, int>> in_order;
    for (const auto& [link, row] : links) in_order.push_back(link);
    const auto place = [&](const std::pair<int, int>& link) {
      const OracleKey& strong = Key(link.first);
      const OracleKey& weak = Key(link.second);
      return std::tuple(weak.rank(), strong.rank(), links.at(link), strong.value, weak.value);
    };
    std::sort(in_order.begin(), in_order.end(),
              [&](const auto& a, const auto& b) { return place(a) < place(b); });
    for (const auto& [strong, weak] : in_order) {
      const int into = out_.customer[strong];
      const int from = out_.customer[weak];
      if (into == from) continue;
      if (const auto rule = WhyNot(strong, weak)) {
        out_.refused[static_cast<std::size_t>(*rule)].emplace(strong, weak);
        continue;
      }
      for (auto& [key, its] : out_.customer) its = its == from ? into : its;
    }
  }

  std::optional<journey::IdentityRule> WhyNot(int a, int b) {
    std::set<int> both = Customer(a);
    both.merge(Customer(b));
    for (const auto& [name_space, values] : ByNamespace(both)) {
      if (Policy(name_space).exclusive && values.size() > 1) return journey::IdentityRule::kExclusive;
    }
    for (const auto& [x, y] : out_.unlinked) {
      if (both.count(x) != 0 && both.count(y) != 0) return journey::IdentityRule::kUnlinked;
    }
    for (const auto& [name_space, values] : ByNamespace(both)) {
      if (TooMany(values, Policy(name_space))) return journey::IdentityRule::kLimit;
    }
    return std::nullopt;
  }

  bool TooMany(const std::set<int>& values, const journey::NamespacePolicy& policy) {
    if (policy.max_values == 0 || values.size() <= policy.max_values) return false;
    if (!policy.within) return true;
    for (const int first : values) {  // the spans that begin with one of them
      std::size_t in_span = 0;
      for (const int value : values) {
        const std::int64_t after = FirstSeen(value) - FirstSeen(first);
        if (after >= 0 && after <= policy.within->count()) ++in_span;
      }
      if (in_span > policy.max_values) out_.limit_within = true;
      if (in_span > policy.max_values) return true;
    }
    return false;
  }

  [[nodiscard]] std::int64_t FirstSeen(int key) const {
    for (const Row& row : rows_) {
      if (row.Carries(key)) return row.time;
    }
    return 0;
  }

  [[nodiscard]] bool HasStrongerKind(int of_key, journey::IdentifierKind than) const {
    const std::set<int> members = Customer(of_key);
    return std::any_of(members.begin(), members.end(), [&](int key) { return Key(key).kind < than; });
  }

  // Rule 4: the key that tells whose a row is, if one does.
  [[nodiscard]] std::optional<int> Teller(const Row& row) const {
    if (row.keys.empty()) return std::nullopt;
    const int strongest = row.keys.front();
    if (!Shared(strongest)) return strongest;
    for (const int key : row.keys) {
      if (!Shared(key) && HasStrongerKind(key, Key(strongest).kind)) return key;
    }
    return std::nullopt;
  }

  // The customer known on a key by a row that carries it.
  [[nodiscard]] std::optional<int> KnownBy(const Row& row, int key) const {
    const auto teller = Teller(row);
    if (!teller || !HasStrongerKind(*teller, Key(key).kind)) return std::nullopt;
    return out_.customer.at(*teller);
  }

  OracleLabel LabelOf(std::size_t r) {
    const Row& row = rows_[r];
    if (row.keys.empty()) {
      if (row.event) ++out_.unidentified;
      return {OracleLabel::kAlone, static_cast<int>(r), 0};
    }
    if (const auto teller = Teller(row)) {
      if (const auto episode = ForgottenSince(r)) {
        out_.nobody_after_logout = true;
        return {OracleLabel::kNobodyAfterLogout, *teller, *episode};
      }
      return {OracleLabel::kCustomer, out_.customer.at(*teller), 0};
    }
    out_.told_by_timeline = true;
    const int key = row.keys.front();
    bool logged_out = false;
    for (std::size_t before = r; before-- > 0;) {
      if (!rows_[before].Carries(key)) continue;
      logged_out |= rows_[before].logout;
      if (const auto known = KnownBy(rows_[before], key)) {
        if (!logged_out) return {OracleLabel::kCustomer, *known, 0};
        out_.nobody_on_shared = true;
        return {OracleLabel::kNobodyOnShared, key, static_cast<int>(before)};
      }
    }
    if (!logged_out) {
      for (std::size_t after = r + 1; after < rows_.size(); ++after) {
        if (!rows_[after].Carries(key)) continue;
        if (const auto known = KnownBy(rows_[after], key)) return {OracleLabel::kCustomer, *known, 0};
      }
    }
    out_.nobody_on_shared |= logged_out;
    return {OracleLabel::kNobodyOnShared, key, -1};
  }

  // Under forget_after_logout: whether the row is nobody's, and since when.
  [[nodiscard]] std::optional<int> ForgottenSince(std::size_t r) const {
    const int key = rows_[r].keys.front();
    if (!policy_.forget_after_logout || Shared(key)) return std::nullopt;
    if (Key(key).kind != journey::IdentifierKind::kDevice) return std::nullopt;
    bool logged_out = false;
    int since = -1;
    for (std::size_t before = r; before-- > 0 && since < 0;) {
      if (!rows_[before].Carries(key)) continue;
      logged_out |= rows_[before].logout;
      const auto teller = Teller(rows_[before]);
      if (teller && Key(*teller).kind < Key(key).kind) since = static_cast<int>(before);
    }
    if (!logged_out) return std::nullopt;
    return since;
  }

  const journey::IdentityPolicy& policy_;
  std::map<std::string, journey::NamespacePolicy> policies_;
  std::vector<Row> rows_;  // evidence, in the order of events
  std::map<int, int> component_;
  OracleIdentity out_;
};

}  // namespace test
