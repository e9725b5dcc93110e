// KeyResolver: trust one namespace. Events with the same value in it are one customer's; an event without a
// usable value is a customer of its own. For sources that have resolved identity already.
//
//   KeyResolver("user_id"):  {user_id 1} {user_id 1, device d} {device d}   ->   A A B
//
// Of several values of the namespace on one event the smallest text counts. Placeholders link nobody.
// Threads: safe to share. Cost: O(events).
#pragma once
#include <string>

#include "journey/identity/resolver.h"

namespace journey {
inline namespace v0 {

class KeyResolver final : public IdentityResolver {
 public:
  explicit KeyResolver(std::string name_space) : name_space_(std::move(name_space)) {}
  [[nodiscard]] std::string_view name() const override { return "key"; }
  [[nodiscard]] Resolution Resolve(const EventLog& log) const override;

 private:
  std::string name_space_;
};

}  // namespace v0
}  // namespace journey
