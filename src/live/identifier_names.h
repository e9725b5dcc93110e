// IdentifierNames: an identifier as readers and tombstones know it: the keyed hash of its namespace and its value as the
// policy normalises it.
//
// Threads: safe to share once made.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journey/identity/customer_ids.h"
#include "journey/identity/policy.h"
#include "live/context_store.h"

namespace journey {
inline namespace v0 {
namespace internal {

class IdentifierNames {
 public:
  // Lifetime: refers to the store, for its hash.
  IdentifierNames(const IdentityPolicy& policy, std::string id_key, const ContextStore& store);

  // nullopt: the value is blocked and names nobody. Cost: no allocation for short values that are normal already.
  [[nodiscard]] std::optional<IdentifierHash> HashOf(std::string_view name_space,
                                                     std::string_view value) const;
  [[nodiscard]] IdentifierHash HashOfNormal(std::string_view name_space, std::string_view value) const {
    return store_.HashOf(name_space, value);
  }
  [[nodiscard]] IdentifierHash HashOf(const PublicId& id) const;
  [[nodiscard]] bool IsExclusive(std::string_view name_space) const { return PolicyOf(name_space).exclusive; }

  // As CustomerIds names a customer: by a key, or by the first event. All zeros without an id key.
  [[nodiscard]] PublicId IdOf(std::string_view name_space, std::string_view value) const;
  [[nodiscard]] PublicId IdOf(EventKey first) const;
  [[nodiscard]] bool has_ids() const { return !id_key_.empty(); }

 private:
  [[nodiscard]] const NamespacePolicy& PolicyOf(std::string_view name_space) const;

  std::vector<NamespacePolicy> namespaces_;  // by name
  NamespacePolicy unknown_;
  std::string id_key_;
  const ContextStore& store_;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
