// IdentityPolicy: what each kind of identifier may prove, as data.
//
//   user_id   person, exclusive         two user ids are never one customer
//   email     contact, at most 5        lower-cased; a customer has at most five
//   device    device, at most 5         shared by several persons, it links nobody
//
// The defaults are the practice of the field; a policy given in part keeps them for the rest. The strength of
// a namespace is its kind (person, contact, device, session), then its priority, then its name.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "journey/core/status_fwd.h"
#include "journey/core/time.h"

namespace journey {
inline namespace v0 {

// What a value stands for, strongest first.
enum class IdentifierKind : std::uint8_t { kPerson, kContact, kDevice, kSession };
inline constexpr std::size_t kIdentifierKinds = 4;
[[nodiscard]] std::string_view NameOf(IdentifierKind kind);  // "person", "contact", ...

// How a value is written before it is compared.
enum class Normalizer : std::uint8_t {
  kNone,
  kTrim,    // without blanks around it
  kLower,   // trimmed, and A-Z as a-z: e-mail addresses
  kDigits,  // its digits alone, without a leading + or 00: phone numbers
};
[[nodiscard]] std::string_view NameOf(Normalizer normalizer);  // "none", "trim", "lower", "digits"

// The largest max_values that can be limited to a span, as every value is compared with so many others.
inline constexpr std::uint32_t kMaxValuesWithin = 1000;

struct NamespacePolicy {
  std::string name_space;
  IdentifierKind kind = IdentifierKind::kContact;
  int priority = 0;                     // among namespaces of one kind, the smaller is the stronger
  bool exclusive = false;               // a customer has at most one value
  std::uint32_t max_values = 0;         // a customer has at most so many values; 0: no limit
  // ... first seen within any span of this length, and then at most kMaxValuesWithin; none: ever
  std::optional<Duration> within = {};
  Normalizer normalizer = Normalizer::kTrim;
  bool placeholders = true;  // values that IsPlaceholder() names link nobody
  std::vector<std::string> allowed =
      {};  // placeholders that are real values here: a user may be called "nan"
  std::vector<std::string> blocked = {};           // further values that link nobody, as normalised
  std::vector<std::string> blocked_patterns = {};  // the same with * for any characters: "test-*"
};

struct IdentityPolicy {
  std::vector<NamespacePolicy> namespaces;  // beyond and instead of the defaults
  // A key that is no person's, seen together with more than this many other keys, links nobody: an office's
  // address, a kiosk. 0: no limit.
  std::uint32_t max_neighbours = 100;
  // Events of these names log out whoever was known on their device, like records of that kind.
  std::vector<std::string> logout_events = {"logout", "log_out", "sign_out", "signout"};
  // After a logout, the anonymous events of a device on which only one person was ever seen are nobody's,
  // too. Else they are that person's.
  bool forget_after_logout = false;

  // InvalidArgument that names field, value and what is allowed.
  [[nodiscard]] absl::Status Validate() const;
  // The entry of a namespace: given, or by default, or that of an unknown namespace (a contact without
  // limit).
  [[nodiscard]] NamespacePolicy PolicyOf(std::string_view name_space) const;
};

// The namespaces that have a default: user_id, customer_id, email, phone, device, cookie, session_id, ...
[[nodiscard]] std::span<const NamespacePolicy> DefaultNamespaces();

// The value as it is compared. Two values are the same identifier if these are equal.
[[nodiscard]] std::string Normalize(std::string_view value, Normalizer normalizer);

// Whether a normalised value links nobody under the policy of its namespace.
[[nodiscard]] bool IsBlocked(std::string_view normalized, const NamespacePolicy& policy);

}  // namespace v0
}  // namespace journey
