// GraphResolver: customers are the connected components of the identifiers that were seen together.
//
//   event 1 {cookie c1}   event 2 {cookie c1, user_id 42}   event 3 {user_id 42, email a@b}   -> one customer
//
// Identifiers on one event are linked: the strongest (by the order of `priority`, then by text) with each of
// the others. Two values of an exclusive namespace, such as two user ids, are never one customer: where a
// component would hold two, and only there, its links are taken one by one in a canonical order (the priority
// of the weaker end, then of the stronger, then the first event in the order of events, then the texts), and
// each that would break the rule is refused and counted. Arrival order has no say. An event belongs to the
// customer of its strongest identifier; one without usable identifiers is a customer of its own. Placeholders
// (see placeholders.h) link nobody.
//
// Threads: safe to share. Cost: O(events + identifiers), near enough (union-find with path halving, by size);
//          O(links log links) inside conflicted components. No recursion.
#pragma once
#include <string>
#include <vector>

#include "journey/identity/resolver.h"

namespace journey {
inline namespace v0 {

struct GraphResolverOptions {
  // Strongest first; namespaces that are not listed come after, in the order of their texts.
  std::vector<std::string> priority = {"user_id", "customer_id", "account_id", "email", "phone"};
  std::vector<std::string> exclusive = {"user_id", "customer_id"};
};

class GraphResolver final : public IdentityResolver {
 public:
  explicit GraphResolver(GraphResolverOptions options = {}) : options_(std::move(options)) {}
  [[nodiscard]] std::string_view name() const override { return "graph"; }
  [[nodiscard]] Resolution Resolve(const EventLog& log) const override;

 private:
  GraphResolverOptions options_;
};

}  // namespace v0
}  // namespace journey
