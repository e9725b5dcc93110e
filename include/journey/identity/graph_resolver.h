// GraphResolver: the resolver that a pipeline uses unless it is told otherwise. Customers are the connected
// components of the identifiers that were seen together, without what cannot be one person.
//
//   event 1 {cookie c1}   event 2 {cookie c1, user_id 42}   event 3 {user_id 42, email a@b}   -> one customer
//   event 4 {cookie c1, user_id 43}   -> user 43 is another; c1 is shared from now on, and links nobody
//
// The rules, and the questions that can be asked about an answer, are in identity_graph.h; what each kind of
// identifier may prove is the IdentityPolicy. Arrival order has no say.
//
// Requires: policy.Validate().ok(). Threads: safe to share.
// Cost:     O(events) look-ups and unions; O(n log n) in the rows of components that hold a
//           conflict. No recursion.
#pragma once
#include <utility>

#include "journey/identity/policy.h"
#include "journey/identity/resolver.h"

namespace journey {
inline namespace v0 {

class GraphResolver final : public IdentityResolver {
 public:
  explicit GraphResolver(IdentityPolicy policy = {}) : policy_(std::move(policy)) {}
  [[nodiscard]] std::string_view name() const override { return "graph"; }
  [[nodiscard]] Resolution Resolve(const EventLog& log) const override { return ResolveOn(log, 1); }
  [[nodiscard]] Resolution ResolveOn(const EventLog& log, unsigned threads) const override;
  [[nodiscard]] const IdentityPolicy* identity_policy() const override { return &policy_; }
  [[nodiscard]] const IdentityPolicy& policy() const { return policy_; }

 private:
  IdentityPolicy policy_;
};

}  // namespace v0
}  // namespace journey
