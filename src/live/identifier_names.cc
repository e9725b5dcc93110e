#include "live/identifier_names.h"

#include <algorithm>
#include <utility>

#include "identity/normal_form.h"
#include "identity/public_id_hash.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

// A public id is found in the store beside the identifiers: no namespace is empty.
constexpr std::string_view kIdNamespace;

// Whether normalising a short value changes nothing, so that no copy has to be made.
bool IsNormal(std::string_view value, Normalizer normalizer) {
  switch (normalizer) {
    case Normalizer::kNone:
      return true;
    case Normalizer::kTrim:
    case Normalizer::kLower:
      for (const char c : value) {
        const bool upper = c >= 'A' && c <= 'Z';
        if (static_cast<unsigned char>(c) <= ' ' || (upper && normalizer == Normalizer::kLower)) return false;
      }
      return true;
    case Normalizer::kDigits:
      return false;
  }
  return false;
}

}  // namespace

IdentifierNames::IdentifierNames(const IdentityPolicy& policy, std::string id_key, const ContextStore& store)
    : unknown_(policy.PolicyOf("")), id_key_(std::move(id_key)), store_(store) {
  for (const NamespacePolicy& entry : DefaultNamespaces())
    namespaces_.push_back(policy.PolicyOf(entry.name_space));
  for (const NamespacePolicy& entry : policy.namespaces)
    namespaces_.push_back(policy.PolicyOf(entry.name_space));
  std::ranges::stable_sort(namespaces_, {}, &NamespacePolicy::name_space);
}

const NamespacePolicy& IdentifierNames::PolicyOf(std::string_view name_space) const {
  const auto found = std::ranges::lower_bound(namespaces_, name_space, {}, [](const NamespacePolicy& entry) {
    return std::string_view(entry.name_space);
  });
  return found == namespaces_.end() || found->name_space != name_space ? unknown_ : *found;
}

std::optional<IdentifierHash> IdentifierNames::HashOf(std::string_view name_space,
                                                      std::string_view value) const {
  const NamespacePolicy& policy = PolicyOf(name_space);
  if (IsNormal(value, policy.normalizer)) {
    if (IsBlocked(value, policy)) return std::nullopt;
    return store_.HashOf(name_space, value);
  }
  const NormalForm normal(value, policy.normalizer);
  if (IsBlocked(normal.text(), policy)) return std::nullopt;
  return store_.HashOf(name_space, normal.text());
}

IdentifierHash IdentifierNames::HashOf(const PublicId& id) const {
  return store_.HashOf(kIdNamespace,
                       {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()});  // NOLINT
}

PublicId IdentifierNames::IdOf(std::string_view name_space, std::string_view value) const {
  return has_ids() ? PublicIdOfKey(name_space, value, id_key_) : PublicId{};
}

PublicId IdentifierNames::IdOf(EventKey first) const {
  return has_ids() ? PublicIdOfEvent(first, id_key_) : PublicId{};
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
