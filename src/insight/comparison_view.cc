#include "insight/comparison_view.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "journey/core/check.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

// In one state fewer comparable journeys than this say nothing; then the exposed of that state have no
// comparison.
constexpr double kFewestAlike = 5;

// What is summed over a set of journeys, as consecutive cells.
enum Figure : std::uint32_t { kJourneys, kGoals, kTimed, kTimeMs, kScored, kScore };
constexpr std::uint32_t kFigures = 6;
using Sums = std::array<double, kFigures>;

// A friction in a state where somebody met it.
struct Pair {
  std::uint32_t key;
  std::uint32_t state;
};

// Journeys that were in the state of `pair` before they met its friction in the state of `later`.
struct Link {
  std::uint32_t pair;
  std::uint32_t later;
  friend auto operator<=>(const Link&, const Link&) = default;
};

struct Effects {
  double goals = 0;
  double time_us = 0;
  double score = 0;
};
constexpr std::size_t kEffects = 3;

class Comparison {
 public:
  Comparison(const RunTables& tables, std::span<const std::int32_t> score_milli,
             const FixFirstOptions& options)
      : tables_(tables), scores_(score_milli), options_(options), found_(FindExposures(tables)) {
    FindPairs();
    FindLinks();
  }

  void Fill(FixFirst& result) {
    const CustomerSums sums = SumJourneys();
    lines_.resize(found_.keys.size());
    for (std::size_t key = 0; key < lines_.size(); ++key) lines_[key].key = found_.keys[key];
    ChooseStates(sums.totals());
    CountJourneys();
    Judge(sums);
    result.by_comparison = std::move(lines_);
    result.implied = std::move(found_.implied);
  }

 private:
  // Pairs by (key, state), and which of them concern a state.
  void FindPairs() {
    for (const Exposure& exposure : found_.exposures) {
      if (exposure.standing == ExposureStanding::kCompared) pairs_.push_back({exposure.key, exposure.state});
    }
    const auto less = [](const Pair& a, const Pair& b) {
      return a.key != b.key ? a.key < b.key : a.state < b.state;
    };
    const auto same = [](const Pair& a, const Pair& b) { return a.key == b.key && a.state == b.state; };
    std::ranges::sort(pairs_, less);
    pairs_.erase(std::unique(pairs_.begin(), pairs_.end(), same), pairs_.end());
    pairs_of_key_.assign(found_.keys.size() + 1, 0);
    rank_of_state_.assign(found_.space.size(), UINT32_MAX);
    for (const Pair& pair : pairs_) {
      ++pairs_of_key_[pair.key + 1];
      if (rank_of_state_[pair.state] != UINT32_MAX) continue;
      rank_of_state_[pair.state] = static_cast<std::uint32_t>(keys_of_state_.size());
      keys_of_state_.emplace_back();
    }
    for (const Pair& pair : pairs_) keys_of_state_[rank_of_state_[pair.state]].push_back(pair.key);
    for (std::size_t key = 0; key < found_.keys.size(); ++key) pairs_of_key_[key + 1] += pairs_of_key_[key];
  }

  [[nodiscard]] std::uint32_t PairOf(std::uint32_t key, std::uint32_t state) const {
    const auto begin = pairs_.begin() + pairs_of_key_[key];
    const auto end = pairs_.begin() + pairs_of_key_[key + 1];
    const auto at =
        std::lower_bound(begin, end, state, [](const Pair& a, std::uint32_t b) { return a.state < b; });
    return at == end || at->state != state ? UINT32_MAX : static_cast<std::uint32_t>(at - pairs_.begin());
  }

  // Cells: of each state everybody; of each pair those exposed in the state, then those of the state that
  // were ever exposed; of each link its journeys.
  [[nodiscard]] std::uint32_t CellOfState(std::uint32_t rank) const { return rank * kFigures; }
  [[nodiscard]] std::uint32_t CellOfExposed(std::uint32_t pair) const {
    return (static_cast<std::uint32_t>(keys_of_state_.size()) + 2 * pair) * kFigures;
  }
  [[nodiscard]] std::uint32_t CellOfEver(std::uint32_t pair) const { return CellOfExposed(pair) + kFigures; }
  [[nodiscard]] std::uint32_t CellOfLink(std::uint32_t link) const {
    return CellOfExposed(static_cast<std::uint32_t>(pairs_.size())) + link;
  }

  // Calls visit(pair, later) for each state that a journey was in before it met the friction, in another
  // state.
  template <typename Visit>
  void VisitLinks(std::size_t journey, const Visit& visit) const {
    const auto states = found_.states_of(journey);
    for (const Exposure& exposure : found_.exposures_of(journey)) {
      if (exposure.standing != ExposureStanding::kCompared) continue;
      for (std::size_t i = 0; i < states.size(); ++i) {
        const std::uint32_t first = found_.first_events[found_.state_begins[journey] + i];
        if (states[i] == exposure.state || first >= exposure.place) continue;
        const std::uint32_t pair = PairOf(exposure.key, states[i]);
        if (pair != UINT32_MAX) visit(pair, PairOf(exposure.key, exposure.state));
      }
    }
  }

  void FindLinks() {
    for (std::size_t j = 0; j < tables_.journeys.rows.size(); ++j) {
      VisitLinks(j, [&](std::uint32_t pair, std::uint32_t later) { links_.push_back({pair, later}); });
    }
    std::ranges::sort(links_);
    links_.erase(std::unique(links_.begin(), links_.end()), links_.end());
    links_of_pair_.assign(pairs_.size() + 1, 0);
    for (const Link& link : links_) ++links_of_pair_[link.pair + 1];
    for (std::size_t pair = 0; pair < pairs_.size(); ++pair) links_of_pair_[pair + 1] += links_of_pair_[pair];
  }

  // The figures of one closed journey.
  [[nodiscard]] std::array<std::int32_t, kFigures> FiguresOf(std::size_t journey) const {
    const JourneyRow& row = tables_.journeys.rows[journey];
    const bool achieved = row.outcome == Outcome::kAchieved;
    std::array<std::int32_t, kFigures> figures{1, achieved ? 1 : 0, 0, 0, 0, 0};
    if (achieved || row.outcome == Outcome::kEnded) {
      Duration spent{0};
      for (std::uint32_t i = 1; i < row.events(); ++i) {
        const Duration gap = tables_.event_of(row, i).time - tables_.event_of(row, i - 1).time;
        if (gap <= tables_.session_gap) spent += gap;
      }
      figures[kTimed] = 1;
      figures[kTimeMs] = static_cast<std::int32_t>(
          std::min<std::int64_t>(spent.count() / 1000, std::numeric_limits<std::int32_t>::max()));
    }
    if (!scores_.empty() && scores_[journey] != kNoScore) {
      figures[kScored] = 1;
      figures[kScore] = scores_[journey];
    }
    return figures;
  }

  [[nodiscard]] CustomerSums SumJourneys() const {
    CustomerSums sums(CellOfLink(static_cast<std::uint32_t>(links_.size())));
    CustomerId customer;
    const auto add = [&](std::uint32_t cell, const std::array<std::int32_t, kFigures>& figures) {
      for (std::uint32_t i = 0; i < kFigures; ++i) {
        if (figures[i] != 0) sums.Add(cell + i, figures[i]);
      }
    };
    for (std::size_t j = 0; j < tables_.journeys.rows.size(); ++j) {
      const JourneyRow& row = tables_.journeys.rows[j];
      if (row.outcome == Outcome::kOpen) continue;
      if (row.customer != customer) sums.Customer(customer = row.customer);
      const auto figures = FiguresOf(j);
      for (const std::uint32_t state : found_.states_of(j)) {
        if (rank_of_state_[state] == UINT32_MAX) continue;
        add(CellOfState(rank_of_state_[state]), figures);
        for (const Exposure& exposure : found_.exposures_of(j)) {
          if (exposure.standing != ExposureStanding::kCompared) continue;
          const std::uint32_t pair = PairOf(exposure.key, state);
          if (pair != UINT32_MAX) add(CellOfEver(pair), figures);
        }
      }
      for (const Exposure& exposure : found_.exposures_of(j)) {
        if (exposure.standing != ExposureStanding::kCompared) continue;
        add(CellOfExposed(PairOf(exposure.key, exposure.state)), figures);
      }
      VisitLinks(j, [&](std::uint32_t pair, std::uint32_t later) {
        const auto link = std::ranges::lower_bound(links_, Link{pair, later}) - links_.begin();
        sums.Add(CellOfLink(static_cast<std::uint32_t>(link)));
      });
    }
    return sums;
  }

  [[nodiscard]] Sums Exposed(std::span<const double> cells, std::uint32_t pair) const {
    Sums sums{};
    std::copy_n(cells.begin() + CellOfExposed(pair), kFigures, sums.begin());
    return sums;
  }
  [[nodiscard]] Sums Alike(std::span<const double> cells, std::uint32_t pair) const {
    Sums sums{};
    const std::uint32_t all = CellOfState(rank_of_state_[pairs_[pair].state]);
    const std::uint32_t ever = CellOfEver(pair);
    for (std::uint32_t i = 0; i < kFigures; ++i) sums[i] = cells[all + i] - cells[ever + i];
    return sums;
  }

  // Which pairs have enough comparable journeys, and what is expected there, for replicates without any.
  void ChooseStates(std::span<const double> totals) {
    for (std::uint32_t pair = 0; pair < pairs_.size(); ++pair) {
      const Sums alike = Alike(totals, pair);
      used_.push_back(alike[kJourneys] >= kFewestAlike);
      timed_.push_back(alike[kTimed] >= kFewestAlike);
      scored_.push_back(alike[kScored] >= kFewestAlike);
    }
    expected_.resize(pairs_.size());
    for (std::uint32_t key = 0; key < found_.keys.size(); ++key) Expect(totals, key, expected_);
  }

  // The mean figures of a journey in the states of a friction, had it never met it. Those who met it later
  // count as what is expected of them there; the equations are few and nearly triangular, and iterated.
  void Expect(std::span<const double> cells, std::uint32_t key, std::vector<Sums>& expected) const {
    constexpr int kMostSweeps = 200;
    constexpr double kEnough = 1e-12;
    const std::uint32_t begin = pairs_of_key_[key];
    const std::uint32_t end = pairs_of_key_[key + 1];
    double change = 1;
    for (int sweep = 0; sweep < kMostSweeps && change > kEnough; ++sweep) {
      change = 0;
      for (std::uint32_t p = begin; p < end; ++p) {
        Sums sums = Alike(cells, p);
        if (!used_[p] || !(sums[kJourneys] > 0)) continue;
        for (std::uint32_t l = links_of_pair_[p]; l < links_of_pair_[p + 1]; ++l) {
          const std::uint32_t later = links_[l].later;
          const double journeys = cells[CellOfLink(l)];
          if (!used_[later] || expected[later][kJourneys] == 0.0) continue;
          for (std::uint32_t i = 0; i < kFigures; ++i) sums[i] += journeys * expected[later][i];
        }
        const double all = sums[kJourneys];
        for (double& sum : sums) sum /= all;
        change = std::max(change, std::abs(sums[kGoals] - expected[p][kGoals]));
        expected[p] = sums;
      }
    }
  }

  [[nodiscard]] Effects EffectsOf(std::span<const double> cells, std::uint32_t key,
                                  std::vector<Sums>& expected) const {
    Expect(cells, key, expected);
    Effects effects;
    double scored = 0;
    for (std::uint32_t p = pairs_of_key_[key]; p < pairs_of_key_[key + 1]; ++p) {
      if (!used_[p]) continue;
      const Sums exposed = Exposed(cells, p);
      const Sums& without = expected[p];
      effects.goals += exposed[kJourneys] * without[kGoals] - exposed[kGoals];
      if (timed_[p] && without[kTimed] > 0) {
        effects.time_us += 1000.0 * (exposed[kTimeMs] - exposed[kTimed] * without[kTimeMs] / without[kTimed]);
      }
      if (scored_[p] && without[kScored] > 0) {
        effects.score += exposed[kScored] * without[kScore] / without[kScored] - exposed[kScore];
        scored += exposed[kScored];
      }
    }
    effects.score = scored > 0 ? effects.score / scored : 0.0;
    return effects;
  }

  void CountJourneys() {
    std::vector<std::uint64_t> in_channel(found_.space.channels);
    std::vector<std::uint64_t> open_in_channel(found_.space.channels);
    std::vector<std::uint64_t> met_open(found_.keys.size());
    std::vector<std::uint32_t> channel_seen(found_.space.channels, UINT32_MAX);
    std::vector<std::uint32_t> key_seen(found_.keys.size(), UINT32_MAX);
    for (std::uint32_t j = 0; j < tables_.journeys.rows.size(); ++j) {
      const JourneyRow& row = tables_.journeys.rows[j];
      const bool open = row.outcome == Outcome::kOpen;
      for (std::uint32_t i = 0; i < row.events(); ++i) {
        const ChannelId channel = tables_.touchpoints.channel(tables_.event_of(row, i).touchpoint);
        if (channel_seen[channel.value] == j) continue;
        channel_seen[channel.value] = j;
        ++in_channel[channel.value];
        open_in_channel[channel.value] += open ? 1 : 0;
      }
      for (const Exposure& exposure : found_.exposures_of(j)) {
        key_seen[exposure.key] = j;
        CountExposed(exposure);
      }
      if (open) continue;
      for (const std::uint32_t state : found_.states_of(j)) {
        if (rank_of_state_[state] == UINT32_MAX) continue;
        for (const std::uint32_t key : keys_of_state_[rank_of_state_[state]]) {
          if (key_seen[key] == j || !used_[PairOf(key, state)]) continue;
          key_seen[key] = j;
          ++lines_[key].comparable;
        }
      }
    }
    for (ComparisonLine& line : lines_) {
      const std::uint32_t channel = tables_.touchpoints.channel(line.key.touchpoint).value;
      line.in_channel = in_channel[channel];
      line.other_open = open_in_channel[channel] - line.open;
      line.not_alike = line.in_channel - line.met - line.comparable - line.other_open;
    }
  }

  void CountExposed(const Exposure& exposure) {
    ComparisonLine& line = lines_[exposure.key];
    ++line.met;
    switch (exposure.standing) {
      case ExposureStanding::kOpen:
        ++line.open;
        return;
      case ExposureStanding::kAtEnd:
        ++line.at_end;
        return;
      case ExposureStanding::kCompared:
        ++(used_[PairOf(exposure.key, exposure.state)] ? line.compared : line.no_comparable);
        return;
    }
  }

  // Estimates, intervals and whether there is enough to say them.
  void Judge(const CustomerSums& sums) {
    for (std::uint32_t key = 0; key < lines_.size(); ++key) {
      ComparisonLine& line = lines_[key];
      std::array<double, 2> alike{};
      for (std::uint32_t p = pairs_of_key_[key]; p < pairs_of_key_[key + 1]; ++p) {
        const Sums exposed = Exposed(sums.totals(), p);
        if (used_[p]) line.goals += static_cast<std::uint64_t>(exposed[kGoals]);
        if (timed_[p]) line.timed += static_cast<std::uint64_t>(exposed[kTimed]);
        if (scored_[p]) line.scored += static_cast<std::uint64_t>(exposed[kScored]);
        if (timed_[p] && exposed[kTimed] > 0) alike[0] += Alike(sums.totals(), p)[kTimed];
        if (scored_[p] && exposed[kScored] > 0) alike[1] += Alike(sums.totals(), p)[kScored];
      }
      const bool enough = line.compared >= options_.min_exposed && line.comparable >= options_.min_comparable;
      const bool nobody =
          line.compared < options_.min_exposed && line.compared + line.no_comparable >= options_.min_exposed;
      line.standing = enough ? Standing::kRanked : nobody ? Standing::kNoComparison : Standing::kTooSmall;
      line.says_time = line.timed >= options_.min_exposed && alike[0] >= options_.min_comparable;
      line.says_score = line.scored >= options_.min_exposed && alike[1] >= options_.min_comparable;
      std::vector<Sums> expected = expected_;
      const Effects effects = EffectsOf(sums.totals(), key, expected);
      line.expected_goals = static_cast<double>(line.goals) + effects.goals;
    }
    FindIntervals(sums);
  }

  void FindIntervals(const CustomerSums& sums) {
    std::vector<std::uint32_t> ranked;
    for (std::uint32_t key = 0; key < lines_.size(); ++key) {
      if (lines_[key].standing == Standing::kRanked) ranked.push_back(key);
    }
    if (ranked.empty()) return;
    const auto statistic = [&](std::span<const double> cells, std::span<double> out) {
      std::vector<Sums> expected = expected_;
      for (std::size_t i = 0; i < ranked.size(); ++i) {
        const Effects effects = EffectsOf(cells, ranked[i], expected);
        out[i] = effects.goals;
        out[ranked.size() + i] = effects.time_us;
        out[2 * ranked.size() + i] = effects.score;
      }
    };
    const std::size_t outputs = ranked.size() * kEffects;
    const std::vector<double> resampled = Resample(sums, outputs, statistic, options_.bootstrap);
    std::vector<double> goals;
    for (std::size_t row = 0; row < resampled.size(); row += outputs) {
      goals.insert(goals.end(), resampled.begin() + static_cast<std::ptrdiff_t>(row),
                   resampled.begin() + static_cast<std::ptrdiff_t>(row + ranked.size()));
    }
    const std::vector<double> firsts = ShareOfFirst(goals, ranked.size());
    for (std::size_t i = 0; i < ranked.size(); ++i) {
      ComparisonLine& line = lines_[ranked[i]];
      std::vector<Sums> expected = expected_;
      const Effects effects = EffectsOf(sums.totals(), ranked[i], expected);
      line.more_goals = EstimateOf(effects.goals, resampled, outputs, i, line.compared);
      line.saved_time_us = EstimateOf(effects.time_us, resampled, outputs, ranked.size() + i, line.timed);
      line.score_milli = EstimateOf(effects.score, resampled, outputs, 2 * ranked.size() + i, line.scored);
      line.first_share = firsts[i];
    }
  }

  const RunTables& tables_;
  std::span<const std::int32_t> scores_;
  const FixFirstOptions& options_;
  Exposures found_;
  std::vector<Pair> pairs_;                                // by (key, state)
  std::vector<std::uint32_t> pairs_of_key_;                // begins
  std::vector<std::uint32_t> rank_of_state_;               // of those in a pair
  std::vector<std::vector<std::uint32_t>> keys_of_state_;  // by rank
  std::vector<bool> used_;                                 // by pair
  std::vector<bool> timed_;
  std::vector<bool> scored_;
  std::vector<Link> links_;                   // by (pair, later)
  std::vector<std::uint32_t> links_of_pair_;  // begins
  std::vector<Sums> expected_;                // by pair, in the sample
  std::vector<ComparisonLine> lines_;
};

}  // namespace

void CompareExposed(const RunTables& tables, std::span<const std::int32_t> score_milli,
                    const FixFirstOptions& options, FixFirst& result) {
  Comparison(tables, score_milli, options).Fill(result);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
