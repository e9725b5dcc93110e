// ProbabilisticGraph: who was it, where sources share no keys. Customers of an IdentityGraph that look like
// one person become one.
//
//   crm   c-1  given_name "Anne"  family_name "Müller"  birth_date 1980-03-12  post_code 10115
//   shop  s-7  given_name "Anna"  family_name "Muller"  birth_date 1980-12-03  post_code 10115
//         -> +22.1 bits, 99.9999 %: one customer
//
// The customers of the IdentityGraph are compared as fellegi_sunter.h says, each by a profile of what its
// events tell; customers whose events tell nothing have none. Pairs from the threshold on are links, evidence
// weaker than any key: they are taken in the order of falling weight, then of the customers' first events,
// and each is refused that would put two values of an exclusive namespace, too many of a limited one, or an
// unlinked pair into one customer. Links chain: who is one with two others makes all three one.
//
// All of it is a function of the set of events. Nothing that a key joined is parted, nothing that a rule of
// the policy keeps apart is joined.
//
// Lifetime: refers to the log, which must outlive it and may not be appended to meanwhile.
// Threads:  safe to share. Cost: that of IdentityGraph; then O(values + pairs), pairs as
// MatchOptions::max_block bounds
//           them, about 12 bytes and half a microsecond each.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "journey/identity/fellegi_sunter.h"
#include "journey/identity/identity_graph.h"
#include "journey/identity/policy.h"
#include "journey/identity/resolver.h"

namespace journey {
inline namespace v0 {

// Two customers of the IdentityGraph that look like one person.
struct ProbabilisticLink {
  enum class State : std::uint8_t {
    kAccepted,
    kAlreadyJoined,  // stronger links had made them one
    kRefused,        // by `rule`
  };
  EventIndex a;  // the first event of either, in the order of events
  EventIndex b;
  std::int32_t weight = 0;        // thousandths of a bit
  std::uint32_t probability = 0;  // parts per billion
  State state = State::kAccepted;
  IdentityRule rule = IdentityRule::kExclusive;  // of kRefused
  friend bool operator==(const ProbabilisticLink&, const ProbabilisticLink&) = default;
};

// What was compared, for the report.
struct MatchSummary {
  std::uint64_t profiles = 0;        // customers with a value in a field
  std::uint64_t pairs = 0;           // compared, each once
  std::uint64_t skipped_blocks = 0;  // of more than max_block customers
  std::uint64_t skipped_pairs = 0;   // in those, though another rule may have brought some together
  std::uint64_t accepted = 0;        // links, by state
  std::uint64_t already_joined = 0;
  std::uint64_t refused = 0;
  std::array<std::uint64_t, kIdentityRules> refused_by_rule{};
  friend bool operator==(const MatchSummary&, const MatchSummary&) = default;
};

// What one field says about two customers.
struct FieldEvidence {
  std::string field;
  std::string value_a;  // as compared; empty: missing
  std::string value_b;
  bool missing = false;
  LevelRule level = LevelRule::kElse;  // unless missing
  std::int32_t weight = 0;             // thousandths of a bit, with that of frequency
  std::int32_t by_frequency = 0;       // of that, for how rare the value is
};

struct MatchExplanation {
  enum class Verdict : std::uint8_t {
    kKeys,      // shared keys had made them one customer: there is nothing to compare
    kLinked,    // one customer by a link between the two
    kChained,   // one customer by `chain`, links over others
    kRefused,   // likely enough, but `rule` keeps them apart
    kUnlikely,  // two customers: the probability is below the threshold
    kNotMet,    // likely enough, but no rule of blocking brought them together
    kUnknown,   // one of them is not in the log, or tells nothing that is compared
  };
  Verdict verdict = Verdict::kUnknown;
  std::vector<FieldEvidence> fields;
  std::int32_t prior = 0;                        // thousandths of a bit
  std::int32_t weight = 0;                       // the prior and all fields
  std::uint32_t probability = 0;                 // parts per billion
  IdentityRule rule = IdentityRule::kExclusive;  // of kRefused
  std::vector<ProbabilisticLink> chain;          // of kChained: fewest links
  std::string text;                              // all of it in words; shows values
};

class ProbabilisticGraph {
 public:
  // Requires: policy.Validate().ok(), options.Validate().ok().
  [[nodiscard]] static ProbabilisticGraph Build(const EventLog& log, const IdentityPolicy& policy,
                                                const MatchOptions& options);
  ~ProbabilisticGraph();
  ProbabilisticGraph(ProbabilisticGraph&&) noexcept;

  // The counts about keys are the IdentityGraph's; those about links are in summary().
  [[nodiscard]] const Resolution& resolution() const;
  [[nodiscard]] const MatchModel& model() const;
  [[nodiscard]] const MatchSummary& summary() const;
  // Order: as they were taken.
  [[nodiscard]] std::span<const ProbabilisticLink> links() const;

  // Of the customers that two identifiers, or two events, had in the IdentityGraph. Cost: linear in the
  // links.
  [[nodiscard]] MatchExplanation Explain(const Identifier& a, const Identifier& b) const;
  [[nodiscard]] MatchExplanation Explain(EventIndex a, EventIndex b) const;

 private:
  struct Impl;
  explicit ProbabilisticGraph(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

class ProbabilisticResolver final : public IdentityResolver {
 public:
  // Requires: policy.Validate().ok(), options.Validate().ok().
  explicit ProbabilisticResolver(IdentityPolicy policy = {}, MatchOptions options = PersonMatching())
      : policy_(std::move(policy)), options_(std::move(options)) {}
  [[nodiscard]] std::string_view name() const override { return "probabilistic"; }
  [[nodiscard]] Resolution Resolve(const EventLog& log) const override;

 private:
  IdentityPolicy policy_;
  MatchOptions options_;
};

}  // namespace v0
}  // namespace journey
