#include "journey/insight/fix_first.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "insight/chain_view.h"
#include "insight/comparison_view.h"
#include "journey/core/status.h"

namespace journey {
inline namespace v0 {
namespace {

Status Range(std::string_view field, std::uint64_t value, std::uint64_t low, std::uint64_t high) {
  if (value >= low && value <= high) return absl::OkStatus();
  return InvalidArgument(
      fmt::format("fix_first {} is {}; it must be from {} to {}", field, value, low, high));
}

// Ranked lines by falling effect, then those that say nothing, by falling number of journeys; ties as the
// keys.
template <typename Line, typename Count>
void Order(std::vector<Line>& lines, const Count& count) {
  std::ranges::stable_sort(lines, [&](const Line& a, const Line& b) {
    const bool a_ranked = a.standing == Standing::kRanked;
    const bool b_ranked = b.standing == Standing::kRanked;
    if (a_ranked != b_ranked) return a_ranked;
    if (a_ranked) return a.more_goals.value > b.more_goals.value;
    return count(a) > count(b);
  });
}

}  // namespace

std::string_view NameOf(Standing standing) {
  switch (standing) {
    case Standing::kRanked:
      return "ranked";
    case Standing::kTooSmall:
      return "too_small";
    case Standing::kNoComparison:
      return "no_comparison";
  }
  return "";
}

Status FixFirstOptions::Validate() const {
  if (Status status = bootstrap.Validate(); !status.ok()) return status;
  if (Status status = Range("min_exposed", min_exposed, 1, 1'000'000); !status.ok()) return status;
  if (Status status = Range("min_comparable", min_comparable, 1, 1'000'000); !status.ok()) return status;
  if (Status status = Range("chain_order", chain_order, 1, 3); !status.ok()) return status;
  return Range("max_resampled_states", max_resampled_states, 0, 2000);
}

StatusOr<FixFirst> RankFixes(const RunTables& tables, std::span<const std::int32_t> score_milli,
                             const FixFirstOptions& options) {
  if (Status status = options.Validate(); !status.ok()) return status;
  if (!score_milli.empty() && score_milli.size() != tables.journeys.rows.size()) {
    return InvalidArgument(fmt::format("fix_first was given {} scores for {} journeys; it needs one for each",
                                       score_milli.size(), tables.journeys.rows.size()));
  }
  FixFirst result;
  result.replicates = options.bootstrap.replicates;
  for (std::size_t j = 0; j < tables.journeys.rows.size(); ++j) {
    const Outcome outcome = tables.journeys.rows[j].outcome;
    ++(outcome == Outcome::kOpen ? result.open : result.closed);
    result.achieved += outcome == Outcome::kAchieved ? 1 : 0;
    const bool scored = !score_milli.empty() && score_milli[j] != kNoScore;
    result.scored += scored && outcome != Outcome::kOpen ? 1 : 0;
  }
  internal::CompareExposed(tables, score_milli, options, result);
  internal::RepairChains(tables, options, result);
  Order(result.by_comparison, [](const ComparisonLine& line) { return line.met; });
  Order(result.by_chain, [](const ChainLine& line) { return line.journeys; });
  return result;
}

}  // namespace v0
}  // namespace journey
