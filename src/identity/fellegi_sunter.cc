#include "journey/identity/fellegi_sunter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "identity/probabilistic_math.h"
#include "journey/core/status.h"

namespace journey {
inline namespace v0 {
namespace {

// So that a pattern of levels fits in 64 bits.
constexpr std::size_t kMaxFields = 12;
constexpr std::size_t kMaxLevels = 8;
constexpr std::size_t kMaxRules = 16;

bool IsShare(double value) {
  return value > 0 && value < 1;  // false for a NaN
}

Status CheckLevel(const FieldComparison& field, const ComparisonLevel& level, const std::string& at) {
  const bool of_dates = level.rule == LevelRule::kDateSlip || level.rule == LevelRule::kSameYear;
  if (of_dates && field.form != FieldForm::kDate) {
    return InvalidArgument(fmt::format("{}.rule: \"{}\" is for dates alone", at, NameOf(level.rule)));
  }
  if (level.rule == LevelRule::kSimilar && !IsShare(level.similarity)) {
    return InvalidArgument(fmt::format("{}.similarity: {} is not allowed; it must be above 0 and below 1", at,
                                       level.similarity));
  }
  return absl::OkStatus();
}

Status CheckGiven(const FieldComparison& field, const std::string& at) {
  const auto given =
      std::ranges::count_if(field.levels, [](const auto& level) { return level.m != 0 || level.u != 0; });
  if (given == 0) return absl::OkStatus();
  double sum_m = 0, sum_u = 0;
  for (const ComparisonLevel& level : field.levels) {
    if (!IsShare(level.m) || !IsShare(level.u)) {
      return InvalidArgument(
          at + ".levels: m and u must be above 0 and below 1 on all levels, or left out on all");
    }
    sum_m += level.m;
    sum_u += level.u;
  }
  if (std::abs(sum_m - 1) > 1e-6 || std::abs(sum_u - 1) > 1e-6) {
    return InvalidArgument(
        fmt::format("{}.levels: m adds up to {} and u to {}; both must to 1", at, sum_m, sum_u));
  }
  return absl::OkStatus();
}

Status CheckField(const FieldComparison& field, const std::string& at) {
  if (field.name.empty()) return InvalidArgument(at + ".name: is empty; every field needs a name");
  if (field.attributes.empty() && field.namespaces.empty()) {
    return InvalidArgument(at + ".attributes: is empty, as is namespaces; a field needs a source of values");
  }
  if (field.levels.size() < 2 || field.levels.size() > kMaxLevels) {
    return InvalidArgument(fmt::format("{}.levels: {} levels are not allowed; from 2 to {} are", at,
                                       field.levels.size(), kMaxLevels));
  }
  if (field.levels.front().rule != LevelRule::kExact || field.levels.back().rule != LevelRule::kElse) {
    return InvalidArgument(at + ".levels: the first must be \"exact\", the last \"else\"");
  }
  for (std::size_t i = 0; i < field.levels.size(); ++i) {
    const LevelRule rule = field.levels[i].rule;
    const std::string level_at = fmt::format("{}.levels[{}]", at, i);
    if ((rule == LevelRule::kExact && i != 0) || (rule == LevelRule::kElse && i + 1 != field.levels.size())) {
      return InvalidArgument(
          fmt::format("{}.rule: \"{}\" stands at its end of the list alone", level_at, NameOf(rule)));
    }
    if (Status status = CheckLevel(field, field.levels[i], level_at); !status.ok()) return status;
  }
  return CheckGiven(field, at);
}

Status CheckRule(const BlockingRule& rule, const std::vector<FieldComparison>& fields,
                 const std::string& at) {
  if (rule.empty()) return InvalidArgument(at + ": is empty; a rule needs a part");
  for (std::size_t i = 0; i < rule.size(); ++i) {
    const auto field = std::ranges::find(fields, rule[i].field, &FieldComparison::name);
    if (field == fields.end()) {
      return InvalidArgument(fmt::format("{}[{}].field: \"{}\" is none of the fields", at, i, rule[i].field));
    }
    if (rule[i].code == BlockingPart::Code::kPrefix && rule[i].length == 0) {
      return InvalidArgument(fmt::format("{}[{}].length: 0 is not allowed for a prefix", at, i));
    }
    if (rule[i].code == BlockingPart::Code::kYear && field->form != FieldForm::kDate) {
      return InvalidArgument(fmt::format("{}[{}].code: a year is a date's alone", at, i));
    }
  }
  return absl::OkStatus();
}

}  // namespace

std::string_view NameOf(LevelRule rule) {
  switch (rule) {
    case LevelRule::kExact:
      return "exact";
    case LevelRule::kEquivalent:
      return "equivalent";
    case LevelRule::kSimilar:
      return "similar";
    case LevelRule::kDateSlip:
      return "date slip";
    case LevelRule::kSameYear:
      return "same year";
    case LevelRule::kElse:
      return "else";
  }
  return "";
}

Status MatchOptions::Validate() const {
  if (fields.empty() || fields.size() > kMaxFields) {
    return InvalidArgument(
        fmt::format("fields: {} are not allowed; from 1 to {} are", fields.size(), kMaxFields));
  }
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::string at = fmt::format("fields[{}]", i);
    if (Status status = CheckField(fields[i], at); !status.ok()) return status;
    if (!names.insert(fields[i].name).second) {
      return InvalidArgument(fmt::format("{}.name: \"{}\" has an earlier entry", at, fields[i].name));
    }
  }
  if (rules.empty() || rules.size() > kMaxRules) {
    return InvalidArgument(
        fmt::format("rules: {} are not allowed; from 1 to {} are", rules.size(), kMaxRules));
  }
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (Status status = CheckRule(rules[i], fields, fmt::format("rules[{}]", i)); !status.ok()) return status;
  }
  if (!IsShare(threshold)) {
    return InvalidArgument(
        fmt::format("threshold: {} is not allowed; it must be above 0 and below 1", threshold));
  }
  if (prior != 0 && !IsShare(prior)) {
    return InvalidArgument(fmt::format("prior: {} is not allowed; it must be from 0 to below 1", prior));
  }
  if (max_block < 2 || max_block > 100'000) {
    return InvalidArgument(fmt::format("max_block: {} is not allowed; from 2 to 100000 is", max_block));
  }
  if (sample_pairs == 0 || sample_pairs > 1'000'000'000) {
    return InvalidArgument(
        fmt::format("sample_pairs: {} is not allowed; from 1 to 1000000000 is", sample_pairs));
  }
  if (!(start_pairs >= 1 && start_pairs <= 1'000'000)) {
    return InvalidArgument(fmt::format("start_pairs: {} is not allowed; from 1 to 1000000 is", start_pairs));
  }
  if (max_iterations == 0 || max_iterations > 10'000) {
    return InvalidArgument(
        fmt::format("max_iterations: {} is not allowed; from 1 to 10000 is", max_iterations));
  }
  if (!(tolerance >= 1e-8 && tolerance < 1)) {
    return InvalidArgument(
        fmt::format("tolerance: {} is not allowed; from 0.00000001 to below 1 is", tolerance));
  }
  return absl::OkStatus();
}

std::vector<ComparisonLevel> NameLevels() {
  return {{LevelRule::kExact}, {LevelRule::kSimilar, 0.92}, {LevelRule::kSimilar, 0.85}, {LevelRule::kElse}};
}

std::vector<ComparisonLevel> GivenNameLevels() {
  std::vector<ComparisonLevel> levels = NameLevels();
  levels.insert(levels.begin() + 1, {LevelRule::kEquivalent});
  return levels;
}

std::vector<ComparisonLevel> DateLevels() {
  return {{LevelRule::kExact}, {LevelRule::kDateSlip}, {LevelRule::kSameYear}, {LevelRule::kElse}};
}

std::vector<ComparisonLevel> ExactLevels() {
  return {{LevelRule::kExact}, {LevelRule::kElse}};
}

MatchOptions PersonMatching() {
  using Code = BlockingPart::Code;
  MatchOptions options;
  options.fields = {
      {.name = "given_name",
       .attributes = {"given_name", "first_name", "firstname"},
       .levels = GivenNameLevels(),
       .by_frequency = true},
      {.name = "family_name",
       .attributes = {"family_name", "last_name", "lastname", "surname"},
       .levels = NameLevels(),
       .by_frequency = true},
      {.name = "birth_date",
       .attributes = {"birth_date", "birthdate", "birthday", "date_of_birth", "dob"},
       .form = FieldForm::kDate,
       .levels = DateLevels(),
       .ignored = {"1900-01-01"}},
      {.name = "post_code",
       .attributes = {"post_code", "postcode", "postal_code", "zip", "zip_code"},
       .form = FieldForm::kCode,
       .levels = ExactLevels()},
      {.name = "email",
       .attributes = {"email"},
       .namespaces = {"email"},
       .form = FieldForm::kLower,
       .levels = ExactLevels()},
      {.name = "phone",
       .attributes = {"phone"},
       .namespaces = {"phone"},
       .form = FieldForm::kDigits,
       .levels = ExactLevels()},
  };
  options.rules = {
      {{"birth_date"}},
      {{"post_code"}, {"family_name", Code::kSoundex}},
      {{"given_name", Code::kSoundex}, {"family_name", Code::kSoundex}},
      {{"family_name", Code::kPrefix, 3}, {"birth_date", Code::kYear}},
      {{"email"}},
      {{"phone"}},
  };
  return options;
}

std::vector<std::vector<std::string>> EnglishNicknames() {
  return {
      {"alexander", "alexandra", "alex", "sandy"},
      {"andrew", "andy", "drew"},
      {"anthony", "tony"},
      {"barbara", "barb", "babs"},
      {"benjamin", "ben", "benny"},
      {"catherine", "katherine", "kathryn", "cathy", "kathy", "kate", "katie", "kitty"},
      {"charles", "charlie", "chuck"},
      {"christopher", "christine", "christina", "chris"},
      {"daniel", "dan", "danny"},
      {"david", "dave", "davy"},
      {"deborah", "debra", "debbie"},
      {"edward", "ed", "eddie", "ted", "ned"},
      {"elizabeth", "liz", "lizzie", "beth", "betty", "eliza", "bess"},
      {"frances", "francis", "fran", "frank"},
      {"henry", "harry", "hank"},
      {"james", "jim", "jimmy", "jamie"},
      {"jennifer", "jen", "jenny"},
      {"john", "johnny", "jack"},
      {"joseph", "joe", "joey"},
      {"lawrence", "laurence", "larry"},
      {"margaret", "maggie", "meg", "peggy", "greta"},
      {"matthew", "matt"},
      {"michael", "mike", "mick", "mickey"},
      {"nicholas", "nick", "nicky"},
      {"patricia", "patrick", "pat"},
      {"patricia", "patty", "tricia", "trish"},
      {"peter", "pete"},
      {"rebecca", "becky", "becca"},
      {"richard", "rick", "ricky", "dick", "rich"},
      {"robert", "rob", "bob", "bobby", "robbie", "bert"},
      {"samuel", "samantha", "sam", "sammy"},
      {"stephen", "steven", "steve"},
      {"susan", "sue", "susie"},
      {"theodore", "ted", "teddy", "theo"},
      {"thomas", "tom", "tommy"},
      {"victoria", "vicky", "tori"},
      {"william", "will", "bill", "billy", "liam"},
  };
}

std::uint32_t ProbabilityOf(std::int32_t weight) {
  return static_cast<std::uint32_t>(internal::Posterior(std::int64_t{weight} * 1000));
}

}  // namespace v0
}  // namespace journey
