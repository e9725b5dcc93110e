// IdentityGraph: who was it, as a function of the evidence alone, with everything it can be asked about.
//
//   const IdentityGraph graph = IdentityGraph::Build(log, policy);
//   graph.Explain({"cookie", "c-17"}, {"user_id", "42"})   joined: seen together on web/login
//   graph.Explain({"user_id", "42"}, {"user_id", "43"})    kept apart: a customer has one user_id
//
// The rules. A key is a namespace and a normalised value; blocked values and placeholders are no keys. Rows are
// events, links and logouts (unlinks and relinks are rules, not evidence, and a link whose two keys are
// unlinked is no row). Of two keys the stronger is that of the stronger kind, then priority, then namespace,
// then the smaller text.
//  1. Hubs. A key that is no person's and was seen on events and logouts with more than max_neighbours other
//     keys takes no part at all.
//  2. Components. Each row links its strongest key with each of its others. Without conflicts, the connected
//     components are the customers. A component has a conflict if it has two values of an exclusive namespace,
//     more than max_values of a limited one, both ends of an unlinked pair, or (under forget_after_logout) a
//     logout.
//  3. Conflicts are resolved inside their component, one kind after the other: persons, contacts, devices,
//     sessions.
//     a. Shared keys (not of persons): a key of this kind is shared if the rows that carry it tell of two
//        values of one exclusive namespace. What a row tells is what is in the customer, as of the kinds
//        before, of its strongest key that is of a stronger kind and not shared. A shared key links nobody.
//     b. Links: each row links its strongest key that is not shared with each of its others of this kind that
//        is not shared. They are taken by the rank of the weaker end's namespace, that of the stronger end's,
//        the first row that shows them in the order of events, and the texts of both; each is refused that
//        would put two values of an exclusive namespace, an unlinked pair, or too many values of a limited one
//        (in all, or first seen within a span of `within`, ends included) into one customer. The first of
//        these rules that refuses is the one that is counted.
//  4. Rows. A row is its strongest key's customer. If that key is shared: the customer of its strongest weaker
//     key that is not shared and whose customer has a key of a stronger kind than the shared one; else the
//     timeline of the shared key tells: whoever was last known on it; before anybody was, the first who was;
//     and after a logout (also one before anybody was known) nobody, that is, all rows until someone is known
//     again are one customer of its own, as are all rows of a key on which nobody was ever known.
//     Known on a key is, by a row that carries it, the customer of the key that told whose the row is, if that
//     has a key of a stronger kind than this one; a row that a timeline told about makes nobody known. A logout
//     counts from the row after it, for every shared key on its row.
//     Under forget_after_logout, rows whose strongest key is a device that is not shared are nobody's, too,
//     from a logout on until a row of it that a key of a stronger kind tells about. A row without keys is a
//     customer of its own.
//
// Lifetime: refers to the log, which must outlive it and may not be appended to meanwhile.
// Threads:  safe to share. Cost: Build as GraphResolver; Explain is linear in the rows of the log.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "journey/events/event_log.h"
#include "journey/identity/policy.h"
#include "journey/identity/resolver.h"

namespace journey {
inline namespace v0 {

// Why two identifiers that were seen together are not one customer's.
enum class IdentityRule : std::uint8_t {
  kExclusive,  // it would have two values of an exclusive namespace
  kLimit,      // it would have more values of a namespace than allowed
  kUnlinked,   // a record says never
  kShared,     // the key is used by several known persons
  kHub,        // the key was seen with too many others
};
inline constexpr std::size_t kIdentityRules = 5;
[[nodiscard]] std::string_view NameOf(IdentityRule rule);  // "exclusive", "limit", ...

// An identifier as it is compared: its value normalised.
struct IdentifierText {
  std::string name_space;
  std::string value;
  friend bool operator==(const IdentifierText&, const IdentifierText&) = default;
};

// One step of a chain: the first event on which both were seen.
struct IdentityStep {
  IdentifierText from;
  IdentifierText to;
  EventIndex event;
};

struct IdentityExplanation {
  enum class Verdict : std::uint8_t {
    kJoined,  // one customer: `chain` is a shortest one from the first to the second
    kApart,   // two customers, though something connects them: `rule`, and the step it refused at the chain's
              // end
    kNoTie,   // two customers, and nothing that connects them
    kUnknown,  // one of them is not in the log
    kBlocked,  // one of them is a placeholder or blocked by the policy
  };
  Verdict verdict = Verdict::kUnknown;
  std::vector<IdentityStep> chain;
  IdentityRule rule = IdentityRule::kExclusive;  // of kApart
  std::vector<IdentifierText> because;  // of kApart: the two values, the unlinked pair, the persons on a key
  std::string text;                     // all of it in words; shows values, as they were asked about
};

// One identifier of a customer.
struct CustomerIdentifier {
  IdentifierText identifier;
  IdentifierKind kind = IdentifierKind::kContact;
  TimePoint first;  // of the customer's events that carry it
  TimePoint last;
  std::uint64_t events = 0;
  bool shared = false;  // others use it, too
  // "stated" (a person's), "seen together often", "seen together once", "by this alone", "shared with
  // others".
  std::string_view confidence;
};

class IdentityGraph {
 public:
  [[nodiscard]] static IdentityGraph Build(const EventLog& log, const IdentityPolicy& policy,
                                           unsigned threads = 1);
  ~IdentityGraph();
  IdentityGraph(IdentityGraph&&) noexcept;

  [[nodiscard]] const Resolution& resolution() const;

  [[nodiscard]] IdentityExplanation Explain(const Identifier& a, const Identifier& b) const;

  // Every key on rows that link, and the label of the customer that it stands for; of a shared key or a hub,
  // that of nobody else. Order: strongest first. Lifetime of the texts: as long as the graph.
  struct KeyInfo {
    std::string_view name_space;
    std::string_view value;
    std::uint32_t label = 0;
  };
  [[nodiscard]] std::vector<KeyInfo> Keys() const;

  // Customers that no key stands for: events without keys, and nobody's after a logout. Order: by label.
  struct KeylessCustomer {
    std::uint32_t label = 0;
    EventKey first;  // of its first event in the order of events
  };
  [[nodiscard]] std::vector<KeylessCustomer> KeylessCustomers() const;

  // The identifiers on the events with a label of resolution(). Order: by kind, then namespace, then first
  // time. Cost: linear in the rows of the log.
  [[nodiscard]] std::vector<CustomerIdentifier> IdentifiersOf(std::uint32_t label) const;

 private:
  struct Impl;
  explicit IdentityGraph(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace v0
}  // namespace journey
