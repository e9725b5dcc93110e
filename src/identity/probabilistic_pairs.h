// Comparing profiles: levels of pairs, which pairs are looked at, and how often each pattern of levels
// occurs.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "identity/probabilistic_profiles.h"
#include "journey/core/flat_index.h"

namespace journey {
inline namespace v0 {
namespace internal {

inline constexpr std::uint8_t kMissing = UINT8_MAX;  // a level that tells nothing

// The level of two values of a field.
class Comparator {
 public:
  // Lifetime: profiles must outlive it.
  explicit Comparator(const Profiles& profiles);
  // kMissing if either is.
  [[nodiscard]] std::uint8_t LevelOf(std::size_t field, ValueId a, ValueId b) const;

 private:
  struct Level {
    LevelRule rule;
    std::uint32_t similarity;  // millionths
  };
  [[nodiscard]] bool Equivalent(ValueId a, ValueId b) const;

  const Profiles& profiles_;
  std::vector<std::vector<Level>> levels_;  // by field
  std::vector<std::vector<std::uint32_t>>
      groups_;  // by value: the lists of equivalents that have it, ascending
};

// The distinct patterns of levels among pairs, and how many pairs have each. A pattern also tells by which
// rules its pairs came.
class Patterns {
 public:
  explicit Patterns(const MatchOptions& options);
  // The number of a pattern, counted once more. `levels`: one for each field.
  std::uint32_t Count(const std::uint8_t* levels, std::uint32_t rules);

  [[nodiscard]] std::size_t size() const { return codes_.size(); }
  [[nodiscard]] std::uint64_t count(std::size_t pattern) const { return counts_[pattern]; }
  [[nodiscard]] std::uint32_t rules(std::size_t pattern) const { return rules_[pattern]; }  // a bit for each
  [[nodiscard]] const std::uint8_t* levels(std::size_t pattern) const {
    return &levels_[pattern * radix_.size()];
  }

 private:
  std::vector<std::uint64_t> radix_;  // by field
  FlatIndex index_;
  std::vector<std::uint64_t> codes_;
  std::vector<std::uint64_t> counts_;
  std::vector<std::uint32_t> rules_;
  std::vector<std::uint8_t> levels_;
};

struct Pair {
  std::uint32_t a;  // profiles, a < b
  std::uint32_t b;
  std::uint32_t pattern;
};

// All pairs that some rule brings together, each once and compared.
struct BlockedPairs {
  BlockedPairs(const Profiles& profiles, const Comparator& comparator);

  Patterns patterns;
  std::vector<Pair> pairs;
  std::uint64_t skipped_blocks = 0;
  std::uint64_t skipped_pairs = 0;

 private:
  using Block = std::uint32_t;
  [[nodiscard]] std::vector<Block> BlocksOf(const Profiles& profiles, const BlockingRule& rule);
};

// What a rule asks about a profile, as one text; empty: something is missing.
[[nodiscard]] std::string BlockingKey(const Profiles& profiles, std::uint32_t profile,
                                      const BlockingRule& rule);

// How often two customers drawn at random stand on each level of a field, matches among them included.
struct RandomPairs {
  RandomPairs(const Profiles& profiles, const Comparator& comparator);

  struct Field {
    std::uint64_t pairs = 0;             // of profiles that know the field
    std::uint64_t equal = 0;             // of those, on level 0: counted, not drawn
    std::vector<std::uint64_t> sampled;  // by level
  };
  std::vector<Field> fields;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
