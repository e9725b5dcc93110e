#include "journey/identity/policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "identity/trimmed.h"
#include "journey/core/status.h"
#include "journey/identity/placeholders.h"

namespace journey {
inline namespace v0 {
namespace {

using internal::Trimmed;

std::vector<NamespacePolicy> MakeDefaults() {
  std::vector<NamespacePolicy> all;
  int priority = 0;
  for (const char* name : {"user_id", "customer_id"}) {
    all.push_back(
        {.name_space = name, .kind = IdentifierKind::kPerson, .priority = priority++, .exclusive = true});
  }
  all.push_back({.name_space = "email",
                 .kind = IdentifierKind::kContact,
                 .priority = priority++,
                 .max_values = 5,
                 .normalizer = Normalizer::kLower});
  all.push_back({.name_space = "phone",
                 .kind = IdentifierKind::kContact,
                 .priority = priority++,
                 .max_values = 5,
                 .normalizer = Normalizer::kDigits});
  for (const char* name : {"device", "device_id", "app_install", "advertising_id", "cookie", "anonymous_id",
                           "visitor_id", "client_id", "distinct_id"}) {
    all.push_back(
        {.name_space = name, .kind = IdentifierKind::kDevice, .priority = priority++, .max_values = 5});
  }
  for (const char* name : {"session", "session_id"}) {
    all.push_back({.name_space = name, .kind = IdentifierKind::kSession, .priority = priority++});
  }
  return all;
}

// Whether `text` has the form of `pattern`, in which * stands for any characters. Greedy with one way back,
// so that the cost is at most the product of the lengths.
bool HasForm(std::string_view text, std::string_view pattern) {
  std::size_t t = 0, p = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace

std::string_view NameOf(IdentifierKind kind) {
  switch (kind) {
    case IdentifierKind::kPerson:
      return "person";
    case IdentifierKind::kContact:
      return "contact";
    case IdentifierKind::kDevice:
      return "device";
    case IdentifierKind::kSession:
      return "session";
  }
  return "";
}

std::string_view NameOf(Normalizer normalizer) {
  switch (normalizer) {
    case Normalizer::kNone:
      return "none";
    case Normalizer::kTrim:
      return "trim";
    case Normalizer::kLower:
      return "lower";
    case Normalizer::kDigits:
      return "digits";
  }
  return "";
}

std::span<const NamespacePolicy> DefaultNamespaces() {
  static const std::vector<NamespacePolicy> kDefaults = MakeDefaults();
  return kDefaults;
}

Status IdentityPolicy::Validate() const {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < namespaces.size(); ++i) {
    const NamespacePolicy& entry = namespaces[i];
    const std::string at = fmt::format("namespaces[{}]", i);
    if (entry.name_space.empty())
      return InvalidArgument(at + ".name_space: is empty; every entry needs a namespace");
    if (!seen.insert(entry.name_space).second) {
      return InvalidArgument(fmt::format("{}.name_space: \"{}\" has an earlier entry", at, entry.name_space));
    }
    if (entry.exclusive && entry.max_values > 1) {
      return InvalidArgument(fmt::format(
          "{}.max_values: {} is not allowed; an exclusive namespace has one value", at, entry.max_values));
    }
    if (entry.within && entry.max_values > kMaxValuesWithin) {
      return InvalidArgument(
          fmt::format("{}.max_values: {} is not allowed with within; it must be from 1 to {}", at,
                      entry.max_values, kMaxValuesWithin));
    }
    if (entry.within && entry.max_values == 0) {
      return InvalidArgument(at + ".within: needs max_values, the number that is allowed in the span");
    }
    if (entry.within && (*entry.within <= Duration::zero() || *entry.within > kForever)) {
      return InvalidArgument(
          fmt::format("{}.within: {} is not allowed; it must be more than 0s and at most {}", at,
                      FormatDuration(*entry.within), FormatDuration(kForever)));
    }
    const auto bad = std::ranges::find_if(entry.blocked_patterns, [](const std::string& pattern) {
      return pattern.find_first_not_of('*') == std::string::npos;
    });
    if (bad != entry.blocked_patterns.end()) {
      return InvalidArgument(fmt::format("{}.blocked_patterns[{}]: blocks every value", at,
                                         bad - entry.blocked_patterns.begin()));
    }
  }
  return absl::OkStatus();
}

NamespacePolicy IdentityPolicy::PolicyOf(std::string_view name_space) const {
  const auto given = std::ranges::find(namespaces, name_space, &NamespacePolicy::name_space);
  if (given != namespaces.end()) return *given;
  const auto known = std::ranges::find(DefaultNamespaces(), name_space, &NamespacePolicy::name_space);
  if (known != DefaultNamespaces().end()) return *known;
  return {.name_space = std::string(name_space), .kind = IdentifierKind::kContact, .priority = 1'000'000};
}

std::string Normalize(std::string_view value, Normalizer normalizer) {
  if (normalizer == Normalizer::kNone) return std::string(value);
  std::string text(Trimmed(value));
  if (normalizer == Normalizer::kLower) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  } else if (normalizer == Normalizer::kDigits) {
    std::erase_if(text, [](char c) { return c < '0' || c > '9'; });
    // 0049 and +49 are the same country; one zero alone is part of a national number.
    if (text.starts_with("00")) text.erase(0, 2);
  }
  return text;
}

bool IsBlocked(std::string_view normalized, const NamespacePolicy& policy) {
  if (normalized.empty()) return true;
  const auto is_it = [&](const std::string& value) { return value == normalized; };
  if (std::ranges::any_of(policy.blocked, is_it)) return true;
  if (std::ranges::any_of(policy.blocked_patterns,
                          [&](const auto& pattern) { return HasForm(normalized, pattern); })) {
    return true;
  }
  return policy.placeholders && IsPlaceholder(normalized) && !std::ranges::any_of(policy.allowed, is_it);
}

}  // namespace v0
}  // namespace journey
