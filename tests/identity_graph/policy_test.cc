// The policy: what is given, what is by default, how values are written and which are nobody's.
#include "journey/identity/policy.h"

#include <chrono>
#include <string>
#include <vector>

#include "journey/core/status.h"
#include "support/catch.h"

namespace {

using journey::IdentifierKind;
using journey::IdentityPolicy;
using journey::IsBlocked;
using journey::NamespacePolicy;
using journey::Normalize;
using journey::Normalizer;
using namespace std::chrono_literals;

std::string Complaint(const NamespacePolicy& entry) {
  IdentityPolicy policy;
  policy.namespaces = {{.name_space = "first"}, entry};
  const absl::Status status = policy.Validate();
  REQUIRE(status.code() == absl::StatusCode::kInvalidArgument);
  return std::string(status.message().data(), status.message().size());
}

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

bool BlockedBy(const std::string& pattern, const std::string& value) {
  return IsBlocked(value, {.name_space = "n", .placeholders = false, .blocked_patterns = {pattern}});
}

// The obvious matcher: whether some way of reading * as so many characters fits, by a table.
bool Fits(const std::string& text, const std::string& pattern) {
  std::vector<std::vector<bool>> fits(pattern.size() + 1, std::vector<bool>(text.size() + 1));
  for (std::size_t p = 0; p <= pattern.size(); ++p) {
    for (std::size_t t = 0; t <= text.size(); ++t) {
      if (p == 0) {
        fits[p][t] = t == 0;
      } else if (pattern[p - 1] == '*') {
        fits[p][t] = fits[p - 1][t] || (t > 0 && fits[p][t - 1]);
      } else {
        fits[p][t] = t > 0 && fits[p - 1][t - 1] && pattern[p - 1] == text[t - 1];
      }
    }
  }
  return fits[pattern.size()][text.size()];
}

}  // namespace

TEST_CASE("the default policy is valid, and so is each default namespace") {
  REQUIRE(IdentityPolicy{}.Validate().ok());
  IdentityPolicy policy;
  policy.namespaces.assign(journey::DefaultNamespaces().begin(), journey::DefaultNamespaces().end());
  REQUIRE(policy.Validate().ok());
}

TEST_CASE("a bad policy is refused with the place, the value and what is allowed") {
  REQUIRE(Has(Complaint({.name_space = ""}), "namespaces[1].name_space: is empty"));
  const std::string twice = Complaint({.name_space = "first"});
  REQUIRE(Has(twice, "namespaces[1].name_space"));
  REQUIRE(Has(twice, "\"first\""));
  const std::string many = Complaint({.name_space = "user", .exclusive = true, .max_values = 3});
  REQUIRE(Has(many, "namespaces[1].max_values: 3"));
  REQUIRE(Has(Complaint({.name_space = "d", .within = 1h}), "needs max_values"));
  const std::string none = Complaint({.name_space = "d", .max_values = 2, .within = 0s});
  REQUIRE(Has(none, "namespaces[1].within: 0s"));
  REQUIRE(Has(none, "more than 0s"));
  REQUIRE(Has(Complaint({.name_space = "d", .max_values = 2, .within = -1s}), "namespaces[1].within"));
  REQUIRE(Has(Complaint({.name_space = "d", .max_values = 2, .within = journey::kForever + 1us}), "within"));
  const std::string all = Complaint({.name_space = "d", .blocked_patterns = {"x*", "**"}});
  REQUIRE(Has(all, "namespaces[1].blocked_patterns[1]: blocks every value"));
  REQUIRE(Has(Complaint({.name_space = "d", .blocked_patterns = {""}}), "blocked_patterns[0]"));
}

TEST_CASE("the least and the most that is allowed is allowed") {
  IdentityPolicy policy;
  policy.namespaces = {{.name_space = "a", .max_values = 1, .within = journey::Duration{1}},
                       {.name_space = "b", .max_values = journey::kMaxValuesWithin, .within = journey::kForever},
                       {.name_space = "c", .exclusive = true, .max_values = 1},
                       {.name_space = "d", .exclusive = true}};
  REQUIRE(policy.Validate().ok());
}

TEST_CASE("a namespace has what is given, else its default, else it is a contact without a limit") {
  IdentityPolicy policy;
  policy.namespaces = {{.name_space = "email", .kind = IdentifierKind::kDevice, .max_values = 2}};
  REQUIRE(policy.PolicyOf("email").kind == IdentifierKind::kDevice);
  REQUIRE(policy.PolicyOf("email").max_values == 2);
  REQUIRE(policy.PolicyOf("email").normalizer == Normalizer::kTrim);
  REQUIRE(policy.PolicyOf("user_id").kind == IdentifierKind::kPerson);
  REQUIRE(policy.PolicyOf("user_id").exclusive);
  REQUIRE(policy.PolicyOf("phone").normalizer == Normalizer::kDigits);
  REQUIRE(policy.PolicyOf("phone").max_values == 5);
  REQUIRE(policy.PolicyOf("cookie").kind == IdentifierKind::kDevice);
  REQUIRE(policy.PolicyOf("cookie").max_values == 5);
  REQUIRE(policy.PolicyOf("session_id").kind == IdentifierKind::kSession);
  REQUIRE(IdentityPolicy{}.PolicyOf("email").normalizer == Normalizer::kLower);
  const NamespacePolicy unknown = policy.PolicyOf("loyalty");
  REQUIRE(unknown.name_space == "loyalty");
  REQUIRE(unknown.kind == IdentifierKind::kContact);
  REQUIRE_FALSE(unknown.exclusive);
  REQUIRE(unknown.max_values == 0);
  REQUIRE_FALSE(unknown.within.has_value());
}

TEST_CASE("a value is compared as its normaliser writes it") {
  REQUIRE(Normalize(" \t A b \r\n", Normalizer::kNone) == " \t A b \r\n");
  REQUIRE(Normalize(" \t A b \r\n", Normalizer::kTrim) == "A b");
  REQUIRE(Normalize(" Ann@Example.ORG ", Normalizer::kLower) == "ann@example.org");
  REQUIRE(Normalize("\xC3\x84", Normalizer::kLower) == "\xC3\x84");  // letters beyond A-Z stay
  REQUIRE(Normalize("+49 (0)30 / 123-45", Normalizer::kDigits) == "4903012345");
  REQUIRE(Normalize("0049 30 12345", Normalizer::kDigits) == "493012345");
  REQUIRE(Normalize("030 12345", Normalizer::kDigits) == "03012345");
  REQUIRE(Normalize("call me", Normalizer::kDigits).empty());
  for (const Normalizer normalizer : {Normalizer::kNone, Normalizer::kTrim, Normalizer::kLower}) {
    for (const std::string value : {"", "  ", "x", " A@B ", "00 12"}) {
      const std::string once = Normalize(value, normalizer);
      REQUIRE(Normalize(once, normalizer) == once);
    }
  }
}

TEST_CASE("placeholders and blocked values are nobody's, unless they are allowed") {
  NamespacePolicy policy{.name_space = "user_id"};
  REQUIRE(IsBlocked("", policy));
  REQUIRE(IsBlocked("null", policy));
  REQUIRE(IsBlocked("nan", policy));
  REQUIRE_FALSE(IsBlocked("nancy", policy));
  policy.allowed = {"nan"};
  REQUIRE_FALSE(IsBlocked("nan", policy));
  REQUIRE(IsBlocked("null", policy));
  policy.blocked = {"nan", "admin"};
  REQUIRE(IsBlocked("nan", policy));  // blocked is blocked
  REQUIRE(IsBlocked("admin", policy));
  REQUIRE_FALSE(IsBlocked("administrator", policy));
  policy.placeholders = false;
  REQUIRE_FALSE(IsBlocked("null", policy));
  REQUIRE(IsBlocked("", policy));
}

TEST_CASE("a star stands for any characters, none among them") {
  REQUIRE(BlockedBy("test-*", "test-"));
  REQUIRE(BlockedBy("test-*", "test-1"));
  REQUIRE_FALSE(BlockedBy("test-*", "a test-1"));
  REQUIRE(BlockedBy("*@example.com", "a@example.com"));
  REQUIRE_FALSE(BlockedBy("*@example.com", "a@example.com.org"));
  REQUIRE(BlockedBy("a*b*c", "abc"));
  REQUIRE(BlockedBy("a*b*c", "aXbbYcc"));
  REQUIRE_FALSE(BlockedBy("a*b*c", "acb"));
  REQUIRE(BlockedBy("exact", "exact"));
  REQUIRE_FALSE(BlockedBy("exact", "exactly"));
  REQUIRE_FALSE(BlockedBy("a.c", "abc"));  // nothing but the star is special
}

TEST_CASE("patterns of stars and two letters match what a table of all ways matches") {
  const std::string letters = "ab*";
  std::vector<std::string> patterns{""}, texts{""};
  for (std::size_t i = 0; i < patterns.size() && patterns[i].size() < 5; ++i) {
    for (const char c : letters) patterns.push_back(patterns[i] + c);
  }
  for (std::size_t i = 0; i < texts.size() && texts[i].size() < 6; ++i) {
    for (const char c : {'a', 'b'}) texts.push_back(texts[i] + c);
  }
  for (const std::string& pattern : patterns) {
    for (const std::string& text : texts) {
      if (text.empty()) continue;  // is blocked whatever the pattern
      if (BlockedBy(pattern, text) != Fits(text, pattern)) FAIL(pattern << " on " << text);
    }
  }
  SUCCEED();
}

TEST_CASE("a pattern of many stars costs no more than its length times that of the value") {
  const std::string value(512, 'a');
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "*a";
  pattern += "*b";
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i) REQUIRE_FALSE(BlockedBy(pattern, value));
  REQUIRE(BlockedBy(pattern, value + "b"));
  REQUIRE(std::chrono::steady_clock::now() - begin < 2s);
}
