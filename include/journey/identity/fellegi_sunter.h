// Which attributes say that two customers are one person, and how strongly: the model of Fellegi and Sunter
// (1969), as data.
//
//   family_name   exact          m 0.90   u 0.002   +8.8 bits      m: how often it is so of two records of
//   one person
//                 similar        m 0.07   u 0.004   +4.1 bits      u: how often it is so of two records of
//                 two persons else           m 0.03   u 0.994   -5.1 bits      weight: log2(m / u)
//   prior         one pair of records in 10,000                    -13.3 bits
//
// A pair's weight is the prior, log2 of the odds that any two records are one person's, and the sum of its
// fields' weights; a value that is missing on either side is no evidence, 0 bits. Weight w means a
// probability of 2^w / (1 + 2^w), if fields err independently of each other: name a post code or its city as
// fields, not both.
//
// m, u and the prior are given, or learnt:
//  - u from pairs drawn at random (all, if there are no more than sample_pairs), whose equal values are
//  counted exactly;
//    what the matches among them add is taken out again, as found below;
//  - m by expectation maximisation (Winkler 1988) over the pairs of each blocking rule, each with its own
//  share of
//    matches, on those fields that the rule does not ask about (they are equal by choice); u is held.
//    start_pairs matched pairs that look like the starting values count as observed beside them, so that
//    scant data moves them but little;
//  - the prior as the number of matches that the pairs of all rules together lead to expect, among all pairs;
//  - then u again, and all of it until no weight changes by 0.01 bits, at most five times.
// All of this is in whole numbers (probabilities in parts per billion, logarithms in millionths of a bit):
// there is no order of summation and no fused instruction on which a result could depend.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "journey/core/status_fwd.h"

namespace journey {
inline namespace v0 {

// How a field's values are written before they are compared (similarity.h, policy.h). A value that comes out
// empty, or is a placeholder, is missing.
enum class FieldForm : std::uint8_t {
  kName,    // FoldName
  kCode,    // FoldCode: post codes
  kDate,    // CanonicalDate
  kLower,   // Normalizer::kLower: e-mail addresses
  kDigits,  // Normalizer::kDigits: phone numbers
};

// When two values stand on a level.
enum class LevelRule : std::uint8_t {
  kExact,       // they are equal
  kEquivalent,  // both are in one of the field's lists of equivalents
  kSimilar,     // their JaroWinkler is `similarity` or more
  kDateSlip,    // of dates: one digit differs, or day and month are swapped
  kSameYear,    // of dates
  kElse,        // always
};
[[nodiscard]] std::string_view NameOf(LevelRule rule);  // "exact", "equivalent", ...

struct ComparisonLevel {
  LevelRule rule = LevelRule::kElse;
  double similarity = 0;  // of kSimilar: above 0, below 1
  double m = 0;  // given for all levels of a field, each list adding up to 1; or for none, and learnt
  double u = 0;
};

// The values of a field are a customer's attributes of any of these keys, and its identifiers of any of these
// namespaces, taken together; the most frequent counts, and of several the smallest text.
struct FieldComparison {
  std::string name;
  std::vector<std::string> attributes = {};
  std::vector<std::string> namespaces = {};
  FieldForm form = FieldForm::kName;
  // The first that holds counts. kExact comes first, kElse last.
  std::vector<ComparisonLevel> levels = {};
  std::vector<std::vector<std::string>> equivalents =
      {};                                 // names for one another: {{"william", "bill"}, ...}
  std::vector<std::string> ignored = {};  // values that mean that there is none
  bool month_first = false;               // of kDate: see CanonicalDate
  // Equal rare values weigh more than equal common ones: log2(u / share) is added to the weight of kExact, at
  // most 8 bits either way, with the share of the other customers that have the value.
  bool by_frequency = false;
};

// A part of what two customers must have in common to be compared.
struct BlockingPart {
  enum class Code : std::uint8_t {
    kValue,    // the value
    kPrefix,   // its first `length` characters
    kSoundex,  // its Soundex code
    kYear,     // of a date
  };
  std::string field;
  Code code = Code::kValue;
  std::uint32_t length = 0;
};
using BlockingRule = std::vector<BlockingPart>;  // all of its parts, none of them missing

struct MatchOptions {
  std::vector<FieldComparison> fields;
  std::vector<BlockingRule> rules;  // pairs that any of them brings together are compared
  double threshold = 0.95;          // the probability from which on two customers are linked
  double prior = 0;                 // that any two customers are one person; 0: learnt
  // More customers than this that a rule brings together are not compared by that rule: at most customers x
  // rules x max_block / 2 pairs are.
  std::uint32_t max_block = 500;
  std::uint64_t sample_pairs = 500'000;
  double start_pairs = 10;
  std::uint32_t max_iterations = 100;  // of one expectation maximisation
  double tolerance = 0.00001;          // it ends when no m changes by more

  // InvalidArgument that names field, value and what is allowed.
  [[nodiscard]] absl::Status Validate() const;
};

// Levels for common kinds of fields: exact, similar from 0.92, similar from 0.85, else; the first with
// equivalents after exact; exact, slip, same year, else; exact, else.
[[nodiscard]] std::vector<ComparisonLevel> NameLevels();
[[nodiscard]] std::vector<ComparisonLevel> GivenNameLevels();
[[nodiscard]] std::vector<ComparisonLevel> DateLevels();
[[nodiscard]] std::vector<ComparisonLevel> ExactLevels();

// Given and family name, birth date, post code, e-mail address and phone number, under the attribute keys and
// namespaces that are usual for them; blocked by birth date; by post code and the family name's Soundex; by
// the Soundex of both names; by the family name's first three letters and birth year; by e-mail address; by
// phone number. No equivalents.
[[nodiscard]] MatchOptions PersonMatching();

// Some thirty English given names with their usual short forms, for FieldComparison::equivalents.
[[nodiscard]] std::vector<std::vector<std::string>> EnglishNicknames();

// What was given or learnt. Units: probabilities in parts per billion, weights in thousandths of a bit.
struct MatchModel {
  struct Level {
    std::uint32_t m = 0;
    std::uint32_t u = 0;
    std::int32_t weight = 0;
    friend bool operator==(const Level&, const Level&) = default;
  };
  struct Field {
    std::string name;
    std::vector<Level> levels;
    bool learnt = false;  // not given. Where every rule asks about a field, its m stays where learning starts
    friend bool operator==(const Field&, const Field&) = default;
  };
  // One step of expectation maximisation.
  struct Step {
    std::uint32_t round = 0;  // of the rounds between which u is corrected, from 0
    std::int64_t log_likelihood =
        0;  // before the step, in thousandths of a bit, of all pairs; within a round it never
            // falls by more than rounding, a millionth of a bit a pair
    std::uint32_t change = 0;  // the greatest change of an m, in parts per billion
    friend bool operator==(const Step&, const Step&) = default;
  };
  std::vector<Field> fields;
  std::uint32_t prior = 0;
  std::int32_t prior_weight = 0;
  std::vector<Step> steps;
  bool converged = false;  // the last round ended by the tolerance, or nothing had to be learnt
  friend bool operator==(const MatchModel&, const MatchModel&) = default;
};

// The probability of a weight. Units: thousandths of a bit to parts per billion.
[[nodiscard]] std::uint32_t ProbabilityOf(std::int32_t weight);

}  // namespace v0
}  // namespace journey
