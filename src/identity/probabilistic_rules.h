// What a customer holds that the policy's rules ask about, so that customers can be joined further without
// breaking one.
#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "identity/graph_impl.h"
#include "identity/probabilistic_profiles.h"
#include "identity/union_find.h"

namespace journey {
inline namespace v0 {
namespace internal {

// Sets of profiles, each of one customer's to be.
class CustomerSets {
 public:
  CustomerSets(const GraphImpl& graph, const Profiles& profiles);

  [[nodiscard]] std::uint32_t Find(std::uint32_t profile) { return sets_.Find(profile); }
  // The rule that two sets would break if they were joined, if any. Requires: a and b are roots, and not the
  // same.
  [[nodiscard]] std::optional<IdentityRule> Refuses(std::uint32_t a, std::uint32_t b);
  // Requires: no rule refuses it; a and b are roots, and not the same.
  void Join(std::uint32_t a, std::uint32_t b);

 private:
  // Namespaces are few: lists of pairs do.
  struct Held {
    std::vector<std::pair<std::uint32_t, Key>> exclusive;          // namespace, its value
    std::vector<std::pair<std::uint32_t, std::uint64_t>> limited;  // namespace, number of values
    std::vector<std::pair<std::uint32_t, std::multiset<TimePoint>>>
        timed;                            // namespace, when values were first seen
    std::vector<std::uint32_t> unlinked;  // profiles that must stay out
  };
  void HoldKeys(const GraphImpl& graph, const Profiles& profiles);
  void HoldUnlinked(const GraphImpl& graph, const Profiles& profiles);
  [[nodiscard]] bool TooMany(const Held& a, const Held& b) const;

  const Evidence& evidence_;
  UnionFind sets_;
  std::vector<Held> held_;  // by root
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
