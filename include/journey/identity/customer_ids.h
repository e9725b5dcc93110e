// CustomerIds: ids of customers that may leave the process: pseudonyms, the same on every machine and in
// every run.
//
//   key K, customer {cookie c-17, user_id 42}   ->   id = BLAKE2b-128(K, "user_id" 0 "42")
//
// A customer is known by a keyed hash of its canonical identifier: its strongest key (see identity_graph.h).
// Without the key nobody can tell whose id it is, or try values out; the host keeps it, and loses or rotates
// it as it sees fit. As evidence grows a customer may come to a stronger identifier, or two become one: then
// the id changes, Merges() says from which to which, and every id that any of the customer's identifiers ever
// gave still finds it.
//
// Lifetime: independent of the graph. Threads: safe to share. Cost: one hash for each key.
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journey/core/status_fwd.h"
#include "journey/identity/identity_graph.h"

namespace journey {
inline namespace v0 {

struct PublicId {
  std::array<std::uint8_t, 16> bytes{};

  [[nodiscard]] std::string text() const;  // 32 hexadecimal digits
  [[nodiscard]] static std::optional<PublicId> FromText(std::string_view text);
  friend auto operator<=>(const PublicId&, const PublicId&) = default;
};

struct CustomerMerge {
  PublicId from;
  PublicId to;
  friend auto operator<=>(const CustomerMerge&, const CustomerMerge&) = default;
};

class CustomerIds {
 public:
  // Errors: InvalidArgument unless the key has 16 to 64 bytes.
  [[nodiscard]] static absl::StatusOr<CustomerIds> Build(const IdentityGraph& graph, std::string_view key);

  // The id of the customer with a label of the graph's resolution, or nullopt if no event has that label.
  [[nodiscard]] std::optional<PublicId> Of(std::uint32_t label) const;
  // The customer that an id stands for now, be it its own or one that it had.
  [[nodiscard]] std::optional<std::uint32_t> Find(const PublicId& id) const;

  // Which ids of `before` are no longer current, and what they have become; ascending.
  // Requires: both were built with the same key.
  [[nodiscard]] static std::vector<CustomerMerge> Merges(const CustomerIds& before, const CustomerIds& after);

 private:
  std::map<std::uint32_t, PublicId> current_;  // by label
  std::map<PublicId, std::uint32_t> known_;    // every id that finds a customer
};

}  // namespace v0
}  // namespace journey
