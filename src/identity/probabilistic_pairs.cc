#include "identity/probabilistic_pairs.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "journey/identity/similarity.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

constexpr std::uint32_t kNoBlock = UINT32_MAX;

// The first characters of a text in UTF-8.
std::string_view PrefixOf(std::string_view text, std::uint32_t length) {
  std::size_t end = 0;
  while (end < text.size() && length > 0) {
    --length;
    for (++end; end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80;) ++end;
  }
  return text.substr(0, end);
}

std::string CodeOf(const BlockingPart& part, std::string_view value) {
  switch (part.code) {
    case BlockingPart::Code::kValue:
      return std::string(value);
    case BlockingPart::Code::kPrefix:
      return std::string(PrefixOf(value, part.length));
    case BlockingPart::Code::kSoundex: {
      std::string code = Soundex(value);
      return code.empty() ? std::string(value) : code;  // names in other scripts meet by themselves
    }
    case BlockingPart::Code::kYear:
      return std::string(value.substr(0, 4));
  }
  return {};
}

}  // namespace

Comparator::Comparator(const Profiles& profiles) : profiles_(profiles), groups_(profiles.distinct()) {
  std::vector<std::map<std::string, std::vector<std::uint32_t>>> groups;
  for (const FieldComparison& field : profiles.options().fields) {
    std::vector<Level>& levels = levels_.emplace_back();
    for (const ComparisonLevel& level : field.levels) {
      levels.push_back({level.rule, static_cast<std::uint32_t>(std::lround(level.similarity * 1e6))});
    }
    auto& of_field = groups.emplace_back();
    for (std::uint32_t i = 0; i < field.equivalents.size(); ++i) {
      for (const std::string& value : field.equivalents[i]) {
        std::vector<std::uint32_t>& list = of_field[FormOf(field, value)];
        if (list.empty() || list.back() != i) list.push_back(i);
      }
    }
  }
  for (ValueId value = 0; value < profiles.distinct(); ++value) {
    const auto& of_field = groups[profiles.field_of(value)];
    const auto found = of_field.find(std::string(profiles.text(value)));
    if (found != of_field.end()) groups_[value] = found->second;
  }
}

bool Comparator::Equivalent(ValueId a, ValueId b) const {
  return std::ranges::find_first_of(groups_[a], groups_[b]) != groups_[a].end();
}

std::uint8_t Comparator::LevelOf(std::size_t field, ValueId a, ValueId b) const {
  if (a == kNoValueId || b == kNoValueId) return kMissing;
  if (a == b) return 0;
  const std::string_view left = profiles_.text(a);
  const std::string_view right = profiles_.text(b);
  std::uint32_t similarity = UINT32_MAX;  // not asked yet
  for (std::uint8_t i = 1; i < levels_[field].size(); ++i) {
    const Level& level = levels_[field][i];
    switch (level.rule) {
      case LevelRule::kExact:
        break;
      case LevelRule::kEquivalent:
        if (Equivalent(a, b)) return i;
        break;
      case LevelRule::kSimilar:
        if (similarity == UINT32_MAX) similarity = JaroWinkler(left, right);
        if (similarity >= level.similarity) return i;
        break;
      case LevelRule::kDateSlip:
        if (IsDateSlip(left, right)) return i;
        break;
      case LevelRule::kSameYear:
        if (left.substr(0, 4) == right.substr(0, 4)) return i;
        break;
      case LevelRule::kElse:
        return i;
    }
  }
  return kMissing;
}

Patterns::Patterns(const MatchOptions& options) {
  for (const FieldComparison& field : options.fields) radix_.push_back(field.levels.size() + 1);
}

std::uint32_t Patterns::Count(const std::uint8_t* levels, std::uint32_t rules) {
  std::uint64_t code = rules;
  for (std::size_t field = 0; field < radix_.size(); ++field) {
    code = code * radix_[field] + (levels[field] == kMissing ? radix_[field] - 1 : levels[field]);
  }
  std::uint32_t found = index_.Find(Mix(code), [&](std::uint32_t i) { return codes_[i] == code; });
  if (found == FlatIndex::kNone) {
    found = static_cast<std::uint32_t>(codes_.size());
    index_.Insert(Mix(code), found);
    codes_.push_back(code);
    counts_.push_back(0);
    rules_.push_back(rules);
    levels_.insert(levels_.end(), levels, levels + radix_.size());
  }
  ++counts_[found];
  return found;
}

std::string BlockingKey(const Profiles& profiles, std::uint32_t profile, const BlockingRule& rule) {
  std::string key;
  const std::vector<FieldComparison>& fields = profiles.options().fields;
  for (const BlockingPart& part : rule) {
    const auto field = std::ranges::find(fields, part.field, &FieldComparison::name);
    const ValueId value = profiles.value(profile, static_cast<std::size_t>(field - fields.begin()));
    if (value == kNoValueId) return {};
    key += CodeOf(part, profiles.text(value));
    key += '\0';  // in no text
  }
  return key;
}

// By profile: its block, or none. Blocks that are too large are none.
std::vector<BlockedPairs::Block> BlockedPairs::BlocksOf(const Profiles& profiles, const BlockingRule& rule) {
  SymbolTable keys;
  std::vector<std::uint64_t> sizes;
  std::vector<Block> blocks(profiles.size(), kNoBlock);
  for (std::uint32_t profile = 0; profile < profiles.size(); ++profile) {
    const std::string key = BlockingKey(profiles, profile, rule);
    if (key.empty()) continue;
    blocks[profile] = keys.Intern(key);
    if (blocks[profile] >= sizes.size()) sizes.push_back(0);
    ++sizes[blocks[profile]];
  }
  for (Block& block : blocks) {
    if (block != kNoBlock && sizes[block] > profiles.options().max_block) block = kNoBlock;
  }
  for (const std::uint64_t size : sizes) {
    if (size <= profiles.options().max_block) continue;
    ++skipped_blocks;
    skipped_pairs += size * (size - 1) / 2;
  }
  return blocks;
}

BlockedPairs::BlockedPairs(const Profiles& profiles, const Comparator& comparator)
    : patterns(profiles.options()) {
  const MatchOptions& options = profiles.options();
  std::vector<std::vector<Block>> blocks;
  for (const BlockingRule& rule : options.rules) blocks.push_back(BlocksOf(profiles, rule));
  // Whether a pair meets by a rule.
  const auto meet = [&](std::size_t rule, std::uint32_t a, std::uint32_t b) {
    return blocks[rule][a] != kNoBlock && blocks[rule][a] == blocks[rule][b];
  };
  std::vector<std::uint8_t> levels(options.fields.size());
  const auto compare = [&](std::size_t first_rule, std::uint32_t a, std::uint32_t b) {
    for (std::size_t rule = 0; rule < first_rule; ++rule) {
      if (meet(rule, a, b)) return;  // compared there
    }
    std::uint32_t rules = 0;
    for (std::size_t rule = first_rule; rule < blocks.size(); ++rule)
      rules |= meet(rule, a, b) ? 1U << rule : 0U;
    for (std::size_t field = 0; field < levels.size(); ++field) {
      levels[field] = comparator.LevelOf(field, profiles.value(a, field), profiles.value(b, field));
    }
    pairs.push_back({a, b, patterns.Count(levels.data(), rules)});
  };
  std::vector<std::uint32_t> order;
  for (std::size_t rule = 0; rule < blocks.size(); ++rule) {
    order.clear();
    for (std::uint32_t profile = 0; profile < profiles.size(); ++profile) {
      if (blocks[rule][profile] != kNoBlock) order.push_back(profile);
    }
    std::ranges::stable_sort(order, {}, [&](std::uint32_t profile) { return blocks[rule][profile]; });
    for (std::size_t begin = 0; begin < order.size(); ++begin) {
      for (std::size_t i = begin + 1; i < order.size() && meet(rule, order[begin], order[i]); ++i) {
        compare(rule, order[begin], order[i]);
      }
    }
  }
}

RandomPairs::RandomPairs(const Profiles& profiles, const Comparator& comparator) {
  const std::size_t count = profiles.options().fields.size();
  for (std::size_t field = 0; field < count; ++field) {
    Field& entry = fields.emplace_back();
    entry.pairs = profiles.known(field) * (profiles.known(field) - (profiles.known(field) > 0 ? 1 : 0)) / 2;
    entry.sampled.resize(profiles.options().fields[field].levels.size());
  }
  for (ValueId value = 0; value < profiles.distinct(); ++value) {
    const std::uint64_t n = profiles.count(value);
    if (n > 1) fields[profiles.field_of(value)].equal += n * (n - 1) / 2;
  }
  const auto draw = [&](std::uint32_t a, std::uint32_t b) {
    for (std::size_t field = 0; field < count; ++field) {
      const std::uint8_t level =
          comparator.LevelOf(field, profiles.value(a, field), profiles.value(b, field));
      if (level != kMissing) ++fields[field].sampled[level];
    }
  };
  const std::uint64_t size = profiles.size();
  if (size < 2) return;
  if (size * (size - 1) / 2 <= profiles.options().sample_pairs) {
    for (std::uint32_t a = 0; a < size; ++a) {
      for (std::uint32_t b = a + 1; b < size; ++b) draw(a, b);
    }
    return;
  }
  // Profiles are numbered by the evidence alone, so that the numbers drawn are a function of it, too.
  for (std::uint64_t i = 0; i < profiles.options().sample_pairs; ++i) {
    const auto a = static_cast<std::uint32_t>(Mix(2 * i + 1) % size);
    const auto b = static_cast<std::uint32_t>(Mix(2 * i + 2) % (size - 1));
    draw(a, b < a ? b : b + 1);
  }
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
