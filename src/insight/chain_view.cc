#include "insight/chain_view.h"

#include <algorithm>
#include <map>

#include "insight/chain_shape.h"
#include "insight/chain_solution.h"
#include "journey/core/check.h"
#include "journey/core/status.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

PathEnd EndOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOpen:
      return PathEnd::kOpen;
    case Outcome::kAchieved:
      return PathEnd::kGoal;
    case Outcome::kExcluded:
      return PathEnd::kExcluded;
    case Outcome::kAbandoned:
    case Outcome::kExpired:
    case Outcome::kEnded:
      break;
  }
  return PathEnd::kLost;
}

// One transition of one journey that was hurt.
struct HurtTransition {
  std::uint32_t journey;
  std::uint32_t line;
  std::uint32_t cell;
};

// The chain of one definition, and where its counts are among the sums.
struct DefinitionChain {
  CountedChain chain;
  double closed = 0;
  std::uint32_t closed_cell = 0;
  std::uint32_t first_cell = 0;  // of the transitions
  // Of each line with hurt visits here: [begin, end) of hurt_cells, whose sums begin at first_hurt.
  struct Part {
    std::uint32_t line;
    std::uint32_t begin;
    std::uint32_t end;
  };
  std::vector<Part> parts;                // by line
  std::vector<std::uint32_t> hurt_cells;  // transitions
  std::uint32_t first_hurt = 0;
};

class ChainRepairs {
 public:
  ChainRepairs(const RunTables& tables, const FixFirstOptions& options)
      : tables_(tables), options_(options), chain_options_(ChainOptionsOf(options)) {}

  void Fill(FixFirst& result) {
    CollectFrictions();
    paths_.resize(tables_.definitions.size());
    for (std::size_t j = 0; j < tables_.journeys.rows.size(); ++j) {
      const JourneyRow& row = tables_.journeys.rows[j];
      path_.clear();
      for (std::uint32_t i = 0; i < row.events(); ++i) {
        path_.push_back(tables_.event_of(row, i).touchpoint.value);
      }
      path_of_journey_.push_back(static_cast<std::uint32_t>(paths_[row.definition.value].size()));
      paths_[row.definition.value].Add(path_, EndOf(row.outcome));
    }
    for (const PathTable& paths : paths_) {
      DefinitionChain chain{.chain = CountChain(tables_.touchpoints.size(), paths, options_.chain_order)};
      result.chain_states += chain.chain.shape.states() - 1;
      for (const PathEnd end : paths.ends) chain.closed += end == PathEnd::kOpen ? 0 : 1;
      chains_.push_back(std::move(chain));
    }
    CountVisits();
    CollectHurt();
    LayOutCells();
    Solve(result);
    Resampled(result);
    result.by_chain = std::move(lines_);
  }

 private:
  static ChainOptions ChainOptionsOf(const FixFirstOptions& options) {
    ChainOptions chain{.order = options.chain_order};
    chain.dense_limit = std::max<std::size_t>(chain.dense_limit, options.max_resampled_states);
    return chain;
  }

  void CollectFrictions() {
    for (const Finding& finding : tables_.findings) {
      // The loss itself is repaired as the drop-off of its touchpoint.
      if (tables_.detectors[finding.detector.value].name != "drop_off") keys_.push_back(KeyOf(finding));
    }
    std::ranges::sort(keys_);
    keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
    for (const FrictionKey& key : keys_) lines_.push_back({.repair = Repair::kFriction, .key = key});
  }

  // A line for each touchpoint after which somebody was lost, and the visits of all.
  void CountVisits() {
    const std::size_t touchpoints = tables_.touchpoints.size();
    std::vector<std::uint64_t> visits(touchpoints);
    std::vector<std::uint64_t> lost(touchpoints);
    for (const PathTable& paths : paths_) {
      for (const std::uint32_t touchpoint : paths.touchpoints) ++visits[touchpoint];
      for (std::size_t i = 0; i < paths.size(); ++i) {
        if (paths.ends[i] == PathEnd::kLost) ++lost[paths.of(i).back()];
      }
    }
    for (ChainLine& line : lines_) line.visits = visits[line.key.touchpoint.value];
    for (std::uint32_t t = 0; t < touchpoints; ++t) {
      if (lost[t] == 0) continue;
      lines_.push_back(
          {.repair = Repair::kDropOff, .key = {.touchpoint = {t}}, .visits = visits[t], .journeys = lost[t]});
    }
  }

  // The transitions after visits that were hurt, each visit once; journeys_with_ has them by journey.
  void CollectHurt() {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> places;  // line, place; of one journey
    std::vector<std::map<std::uint32_t, std::vector<std::uint32_t>>> cells(chains_.size());
    std::size_t at = 0;
    while (at < tables_.findings.size()) {
      const std::uint32_t j = tables_.findings[at].journey.value;
      places.clear();
      for (; at < tables_.findings.size() && tables_.findings[at].journey.value == j; ++at) {
        const Finding& finding = tables_.findings[at];
        const auto found = std::ranges::lower_bound(keys_, KeyOf(finding));
        if (found == keys_.end() || *found != KeyOf(finding)) continue;
        AddPlaces(static_cast<std::uint32_t>(found - keys_.begin()), finding, places);
      }
      std::ranges::sort(places);
      places.erase(std::unique(places.begin(), places.end()), places.end());
      AddHurt(j, places, cells);
    }
    for (std::size_t d = 0; d < chains_.size(); ++d) {
      for (auto& [line, of_line] : cells[d]) {
        std::ranges::sort(of_line);
        of_line.erase(std::unique(of_line.begin(), of_line.end()), of_line.end());
        const auto begin = static_cast<std::uint32_t>(chains_[d].hurt_cells.size());
        chains_[d].hurt_cells.insert(chains_[d].hurt_cells.end(), of_line.begin(), of_line.end());
        chains_[d].parts.push_back({line, begin, static_cast<std::uint32_t>(chains_[d].hurt_cells.size())});
      }
    }
  }

  // The event where it hurt, and those of the evidence after it at the same touchpoint.
  void AddPlaces(std::uint32_t line, const Finding& finding,
                 std::vector<std::pair<std::uint32_t, std::uint32_t>>& places) const {
    const JourneyRow& row = tables_.journeys.rows[finding.journey.value];
    const std::uint32_t place = PlaceOf(tables_, finding);
    places.emplace_back(line, place);
    for (std::uint32_t i = place + 1; i < std::min(finding.end, row.events()); ++i) {
      if (tables_.event_of(row, i).touchpoint == finding.touchpoint) places.emplace_back(line, i);
    }
  }

  void AddHurt(std::uint32_t j, std::span<const std::pair<std::uint32_t, std::uint32_t>> places,
               std::vector<std::map<std::uint32_t, std::vector<std::uint32_t>>>& cells) {
    const std::uint32_t d = tables_.journeys.rows[j].definition.value;
    std::uint32_t line_before = UINT32_MAX;
    cell_after_.assign(tables_.journeys.rows[j].events(), kNoState);
    Walk(j, [&](std::uint32_t position, std::uint32_t cell) {
      if (position != UINT32_MAX) cell_after_[position] = cell;
    });
    for (const auto& [line, place] : places) {
      ++lines_[line].hurt_visits;
      if (line != line_before) ++lines_[line].journeys;
      line_before = line;
      const std::uint32_t cell = cell_after_[place];
      if (cell == kNoState) continue;  // the open end of a journey
      cells[d][line].push_back(cell);
      hurt_.push_back({j, line, cell});
    }
  }

  template <typename Visit>
  void Walk(std::uint32_t j, const Visit& visit) const {
    const std::uint32_t d = tables_.journeys.rows[j].definition.value;
    const std::uint32_t i = path_of_journey_[j];
    WalkPath(chains_[d].chain.shape, paths_[d].of(i), paths_[d].ends[i],
             [&](std::uint32_t position, std::uint32_t, std::uint32_t cell) { visit(position, cell); });
  }

  void LayOutCells() {
    for (DefinitionChain& chain : chains_) {
      chain.closed_cell = cells_++;
      chain.first_cell = cells_;
      cells_ += static_cast<std::uint32_t>(chain.chain.shape.cells());
      chain.first_hurt = cells_;
      cells_ += static_cast<std::uint32_t>(chain.hurt_cells.size());
    }
  }

  [[nodiscard]] CustomerSums SumJourneys() const {
    CustomerSums sums(cells_);
    CustomerId customer;
    std::size_t hurt = 0;
    for (std::uint32_t j = 0; j < tables_.journeys.rows.size(); ++j) {
      const JourneyRow& row = tables_.journeys.rows[j];
      const DefinitionChain& chain = chains_[row.definition.value];
      if (row.customer != customer) sums.Customer(customer = row.customer);
      if (row.outcome != Outcome::kOpen) sums.Add(chain.closed_cell);
      Walk(j, [&](std::uint32_t, std::uint32_t cell) {
        if (cell != kNoState) sums.Add(chain.first_cell + cell);
      });
      for (; hurt < hurt_.size() && hurt_[hurt].journey == j; ++hurt) {
        const auto part =
            std::ranges::lower_bound(chain.parts, hurt_[hurt].line, {}, &DefinitionChain::Part::line);
        const auto begin = chain.hurt_cells.begin() + part->begin;
        const auto end = chain.hurt_cells.begin() + part->end;
        const auto at = std::lower_bound(begin, end, hurt_[hurt].cell) - chain.hurt_cells.begin();
        sums.Add(chain.first_hurt + static_cast<std::uint32_t>(at));
      }
    }
    return sums;
  }

  // The goals that each line would bring in one definition. nullopt: it cannot be told, or does not concern
  // it.
  struct Answers {
    std::vector<std::optional<double>> more;  // by line
    double goals = 0;
    double error_bound = 0;
    std::vector<double> without;  // by touchpoint, if asked for
  };
  [[nodiscard]] Answers Ask(const DefinitionChain& chain, std::span<const double> cells,
                            bool with_removal) const {
    const double closed = cells[chain.closed_cell];
    const std::size_t size = chain.chain.shape.cells();
    const ChainSolution solution(chain.chain.shape, cells.subspan(chain.first_cell, size), chain_options_);
    std::vector<Scenario> scenarios;
    std::vector<std::size_t> asked;
    const auto ask = [&](std::size_t line, std::optional<Scenario> scenario) {
      if (!scenario) return;
      scenarios.push_back(std::move(*scenario));
      asked.push_back(line);
    };
    std::vector<ChainSolution::Taken> taken;
    for (const DefinitionChain::Part& part : chain.parts) {
      taken.clear();
      for (std::uint32_t i = part.begin; i < part.end; ++i) {
        taken.push_back({chain.hurt_cells[i], cells[chain.first_hurt + i]});
      }
      ask(part.line, solution.Without(taken));
    }
    for (std::size_t line = keys_.size(); line < lines_.size(); ++line) {
      const auto states = chain.chain.shape.states_of(lines_[line].key.touchpoint.value);
      if (!states.empty()) ask(line, solution.NobodyLost(states));
    }
    Answers answers{.more = std::vector<std::optional<double>>(lines_.size())};
    const double rate = solution.rates().goal;
    const auto rates = solution.GoalRates(scenarios);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (rates[i]) answers.more[asked[i]] = closed * (*rates[i] - rate);
    }
    answers.goals = closed * rate;
    answers.error_bound = closed * solution.error_bound();
    if (with_removal) AskRemoval(chain, solution, closed, answers);
    return answers;
  }

  void AskRemoval(const DefinitionChain& chain, const ChainSolution& solution, double closed,
                  Answers& answers) const {
    std::vector<Scenario> scenarios;
    for (std::uint32_t t = 0; t < tables_.touchpoints.size(); ++t) {
      scenarios.push_back(solution.Removed(chain.chain.shape.states_of(t)));
    }
    for (const std::optional<double>& rate : solution.GoalRates(scenarios)) {
      answers.without.push_back(rate ? closed * (solution.rates().goal - *rate) : 0.0);
    }
  }

  void Solve(FixFirst& result) {
    sums_ = SumJourneys();
    std::vector<double> removal(tables_.touchpoints.size());
    told_.assign(lines_.size(), false);
    for (const DefinitionChain& chain : chains_) {
      if (chain.closed == 0) continue;
      const Answers answers = Ask(chain, sums_.totals(), true);
      result.chain_goals += answers.goals;
      result.chain_error_bound += answers.error_bound;
      for (std::size_t line = 0; line < lines_.size(); ++line) {
        if (!answers.more[line]) continue;
        lines_[line].more_goals.value += *answers.more[line];
        told_[line] = true;
      }
      for (std::size_t t = 0; t < removal.size(); ++t) removal[t] += answers.without[t];
    }
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      ChainLine& line = lines_[i];
      line.removal = removal[line.key.touchpoint.value];
      line.standing = line.journeys < options_.min_exposed ? Standing::kTooSmall
                      : told_[i]                           ? Standing::kRanked
                                                           : Standing::kNoComparison;
    }
  }

  void Resampled(FixFirst& result) {
    for (const DefinitionChain& chain : chains_) {
      if (chain.closed > 0 && chain.chain.shape.states() > std::size_t{options_.max_resampled_states} + 1) {
        result.chain_resampled = false;
      }
    }
    std::vector<std::size_t> ranked;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (lines_[i].standing == Standing::kRanked) ranked.push_back(i);
    }
    if (!result.chain_resampled || ranked.empty()) return;
    const auto statistic = [&](std::span<const double> cells, std::span<double> out) {
      std::ranges::fill(out, 0.0);
      for (const DefinitionChain& chain : chains_) {
        if (chain.closed == 0 || !(cells[chain.closed_cell] > 0)) continue;
        const Answers answers = Ask(chain, cells, false);
        for (std::size_t i = 0; i < ranked.size(); ++i) out[i] += answers.more[ranked[i]].value_or(0.0);
      }
    };
    const std::vector<double> resampled = Resample(sums_, ranked.size(), statistic, options_.bootstrap);
    const std::vector<double> firsts = ShareOfFirst(resampled, ranked.size());
    for (std::size_t i = 0; i < ranked.size(); ++i) {
      ChainLine& line = lines_[ranked[i]];
      line.more_goals = EstimateOf(line.more_goals.value, resampled, ranked.size(), i, line.journeys);
      line.has_interval = true;
      line.first_share = firsts[i];
    }
  }

  const RunTables& tables_;
  const FixFirstOptions& options_;
  ChainOptions chain_options_;
  std::vector<FrictionKey> keys_;
  std::vector<ChainLine> lines_;  // frictions by key, then drop-offs by touchpoint
  std::vector<PathTable> paths_;  // by definition
  std::vector<std::uint32_t> path_of_journey_;
  std::vector<DefinitionChain> chains_;  // by definition
  std::vector<HurtTransition> hurt_;     // by journey
  std::vector<bool> told_;               // by line
  std::uint32_t cells_ = 0;
  CustomerSums sums_{0};
  std::vector<std::uint32_t> path_;        // scratch
  std::vector<std::uint32_t> cell_after_;  // scratch
};

}  // namespace

void RepairChains(const RunTables& tables, const FixFirstOptions& options, FixFirst& result) {
  ChainRepairs(tables, options).Fill(result);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
