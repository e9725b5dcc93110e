#include "identity/probabilistic_training.h"

#include <algorithm>
#include <cmath>

#include "identity/probabilistic_math.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

constexpr std::uint32_t kRounds = 5;

std::uint64_t PartsPerBillion(double share) {
  return static_cast<std::uint64_t>(std::llround(share * 1e9));
}

// The logarithm of parts per billion; of none as of one.
std::int64_t LogShare(std::uint64_t parts) {
  return Log2(std::max<std::uint64_t>(parts, 1)) - Log2(kCertain);
}

// So many parts per billion of a whole.
std::uint64_t PartOf(std::uint64_t whole, std::uint64_t parts) {
  return whole / kCertain * parts + whole % kCertain * parts / kCertain;
}

// Where expectation maximisation starts: two records of one person mostly agree.
std::vector<std::uint64_t> StartOf(std::size_t levels) {
  if (levels == 2) return {900'000'000, 100'000'000};
  std::vector<std::uint64_t> start{850'000'000};
  while (start.size() + 1 < levels) start.push_back(100'000'000 / (levels - 2));
  start.push_back(50'000'000);
  return start;
}

class Trainer {
 public:
  Trainer(const MatchOptions& options, const Patterns& patterns, const RandomPairs& random,
          std::uint64_t profiles)
      : options_(options),
        patterns_(patterns),
        random_(random),
        pairs_(profiles < 2 ? 1 : profiles * (profiles - 1) / 2) {
    for (const FieldComparison& field : options.fields) AddField(field);
    FindAsked();
    matches_ = std::max<std::uint64_t>(profiles / 2, 1) * kCertain;
  }

  MatchModel Run() {
    const bool learning = std::ranges::any_of(fields_, [](const Field& field) { return field.learnt; });
    CorrectU();
    SetLogarithms();
    model_.converged = !learning;
    for (std::uint32_t round = 0; round < kRounds; ++round) {
      if (learning) Maximise(round);
      ExpectMatches();
      if (!learning || !CorrectU()) break;
      SetLogarithms();
    }
    return Finish();
  }

 private:
  struct Field {
    bool learnt = false;
    std::vector<std::uint64_t> m, u;         // parts per billion
    std::vector<std::int64_t> log_m, log_u;  // millionths of a bit
    std::vector<std::uint64_t> expected;     // matches among the pairs, by level, in parts per billion
  };

  void AddField(const FieldComparison& comparison) {
    Field& field = fields_.emplace_back();
    field.learnt = comparison.levels.front().m == 0;
    const std::size_t levels = comparison.levels.size();
    field.expected.resize(levels);
    field.u.resize(levels);
    field.m = StartOf(levels);
    if (field.learnt) return;
    for (std::size_t level = 0; level < levels; ++level) {
      field.m[level] = PartsPerBillion(comparison.levels[level].m);
      field.u[level] = PartsPerBillion(comparison.levels[level].u);
    }
  }

  // By rule and field: whether the rule asks about the field, so that its pairs tell nothing about it.
  void FindAsked() {
    for (const BlockingRule& rule : options_.rules) {
      std::vector<bool>& asked = asked_.emplace_back();
      for (const FieldComparison& field : options_.fields) {
        asked.push_back(std::ranges::find(rule, field.name, &BlockingPart::field) != rule.end());
      }
      shares_.push_back(kCertain / 5);
    }
  }

  void SetLogarithms() {
    for (Field& field : fields_) {
      field.log_m.clear();
      field.log_u.clear();
      for (const std::uint64_t m : field.m) field.log_m.push_back(LogShare(m));
      for (const std::uint64_t u : field.u) field.log_u.push_back(LogShare(u));
    }
  }

  // u, from what random pairs show less the matches expected among them. The answer: whether a weight
  // changed.
  bool CorrectU() {
    bool changed = false;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      Field& field = fields_[i];
      const RandomPairs::Field& seen = random_.fields[i];
      if (!field.learnt) continue;
      // In thousandths of a pair: at least half a pair on each level.
      std::uint64_t drawn = 0;
      for (std::size_t level = 1; level < field.u.size(); ++level) drawn += 2 * seen.sampled[level] + 1;
      std::vector<std::uint64_t> counts(field.u.size());
      std::uint64_t sum = 0;
      for (std::size_t level = 0; level < counts.size(); ++level) {
        const std::uint64_t count = level == 0 ? seen.equal * 1000
                                               : PartOf((seen.pairs - seen.equal) * 1000,
                                                        ShareOf(2 * seen.sampled[level] + 1, drawn));
        const std::uint64_t matches = field.expected[level] / 1'000'000;
        counts[level] = std::max<std::uint64_t>(count > matches ? count - matches : 0, 500);
        sum += counts[level];
      }
      for (std::size_t level = 0; level < counts.size(); ++level) {
        const std::uint64_t u = std::max<std::uint64_t>(ShareOf(counts[level], sum), 1);
        if (std::abs(LogShare(u) - LogShare(field.u[level])) > kBit / 100) changed = true;
        field.u[level] = u;
      }
    }
    return changed;
  }

  // The sum of a pattern's weights over the fields that `rule` does not ask about; of all if it is none.
  struct Sums {
    std::int64_t m = 0;
    std::int64_t u = 0;
  };
  [[nodiscard]] Sums SumOf(std::size_t pattern, const std::vector<bool>* asked) const {
    Sums sums;
    const std::uint8_t* const levels = patterns_.levels(pattern);
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (levels[i] == kMissing || (asked != nullptr && (*asked)[i])) continue;
      sums.m += fields_[i].log_m[levels[i]];
      sums.u += fields_[i].log_u[levels[i]];
    }
    return sums;
  }

  [[nodiscard]] static std::int64_t LogOdds(std::uint64_t share) {
    return LogShare(share) - LogShare(kCertain - share);
  }

  void Maximise(std::uint32_t round) {
    model_.converged = false;
    const std::uint64_t tolerance = PartsPerBillion(options_.tolerance);
    for (std::uint32_t i = 0; i < options_.max_iterations; ++i) {
      MatchModel::Step step{round, 0, 0};
      const std::uint64_t change = Iterate(step.log_likelihood);
      step.change = static_cast<std::uint32_t>(change);
      model_.steps.push_back(step);
      if (change <= tolerance) {
        model_.converged = true;
        return;
      }
    }
  }

  // One step: who is a match, by the parameters so far; then the parameters, by that.
  std::uint64_t Iterate(std::int64_t& log_likelihood) {
    std::vector<std::vector<std::uint64_t>> sums;
    std::vector<std::uint64_t> matches(asked_.size()), all(asked_.size());
    std::int64_t likelihood = StartSums(sums);  // millionths of a bit
    for (std::size_t pattern = 0; pattern < patterns_.size(); ++pattern) {
      const std::uint64_t count = patterns_.count(pattern);
      for (std::size_t rule = 0; rule < asked_.size(); ++rule) {
        if ((patterns_.rules(pattern) >> rule & 1) == 0) continue;
        const Sums sum = SumOf(pattern, &asked_[rule]);
        const std::int64_t weight = sum.m - sum.u + LogOdds(shares_[rule]);
        const std::uint64_t expected = count * Posterior(weight);
        matches[rule] += expected;
        all[rule] += count * kCertain;
        likelihood += static_cast<std::int64_t>(count) *
                      (sum.u + LogShare(kCertain - shares_[rule]) + Log2OnePlusPower(weight));
        const std::uint8_t* const levels = patterns_.levels(pattern);
        for (std::size_t i = 0; i < fields_.size(); ++i) {
          if (levels[i] != kMissing && !asked_[rule][i]) sums[i][levels[i]] += expected;
        }
      }
    }
    log_likelihood = likelihood / 1000;
    for (std::size_t rule = 0; rule < asked_.size(); ++rule) {
      if (all[rule] == 0) continue;
      shares_[rule] = std::clamp<std::uint64_t>(ShareOf(matches[rule], all[rule]), 1, kCertain - 1);
    }
    return TakeMeans(sums);
  }

  // The matched pairs that count as observed, on the levels of the start.
  std::int64_t StartSums(std::vector<std::vector<std::uint64_t>>& sums) const {
    std::int64_t likelihood = 0;
    for (const Field& field : fields_) {
      std::vector<std::uint64_t>& sum = sums.emplace_back();
      const std::vector<std::uint64_t> start = StartOf(field.m.size());
      for (std::size_t level = 0; level < start.size(); ++level) {
        const double pairs = options_.start_pairs * static_cast<double>(start[level]);
        sum.push_back(static_cast<std::uint64_t>(std::llround(pairs)));
        if (!field.learnt) continue;
        likelihood += static_cast<std::int64_t>(sum.back() / 1000) * field.log_m[level] / 1'000'000;
      }
    }
    return likelihood;
  }

  std::uint64_t TakeMeans(const std::vector<std::vector<std::uint64_t>>& sums) {
    std::uint64_t change = 0;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (!fields_[i].learnt) continue;
      std::uint64_t whole = 0;
      for (const std::uint64_t sum : sums[i]) whole += sum;
      for (std::size_t level = 0; level < sums[i].size(); ++level) {
        std::uint64_t& m = fields_[i].m[level];
        const std::uint64_t next = std::max<std::uint64_t>(ShareOf(sums[i][level], whole), 1);
        change = std::max(change, m > next ? m - next : next - m);
        m = next;
      }
    }
    SetLogarithms();
    return change;
  }

  // How many matches the pairs lead to expect, and on which levels: until the prior that it depends on stands
  // still.
  void ExpectMatches() {
    constexpr int kMostSteps = 50;
    for (int step = 0; step < kMostSteps; ++step) {
      const std::int64_t prior = PriorWeight();
      std::uint64_t matches = 0;
      for (Field& field : fields_) std::ranges::fill(field.expected, 0U);
      for (std::size_t pattern = 0; pattern < patterns_.size(); ++pattern) {
        const Sums sum = SumOf(pattern, nullptr);
        const std::uint64_t expected = patterns_.count(pattern) * Posterior(sum.m - sum.u + prior);
        matches += expected;
        const std::uint8_t* const levels = patterns_.levels(pattern);
        for (std::size_t i = 0; i < fields_.size(); ++i) {
          if (levels[i] != kMissing) fields_[i].expected[levels[i]] += expected;
        }
      }
      matches_ = std::max(matches, kCertain);  // at least one
      if (std::abs(PriorWeight() - prior) < kBit / 1000) return;
    }
  }

  // Log odds that any two customers match.
  [[nodiscard]] std::int64_t PriorWeight() const {
    if (options_.prior != 0) {
      return LogOdds(std::clamp<std::uint64_t>(PartsPerBillion(options_.prior), 1, kCertain - 1));
    }
    // Never more than half of all pairs.
    const std::uint64_t matches = std::max<std::uint64_t>(matches_ / kCertain, 1);
    return Log2(matches_) - Log2(kCertain) - Log2(pairs_ > 2 * matches ? pairs_ - matches : matches);
  }

  MatchModel Finish() {
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      const Field& field = fields_[i];
      MatchModel::Field& entry = model_.fields.emplace_back();
      entry.name = options_.fields[i].name;
      entry.learnt = field.learnt;
      for (std::size_t level = 0; level < field.m.size(); ++level) {
        entry.levels.push_back({static_cast<std::uint32_t>(field.m[level]),
                                static_cast<std::uint32_t>(field.u[level]),
                                Thousandths(field.log_m[level] - field.log_u[level])});
      }
    }
    const std::int64_t prior = PriorWeight();
    model_.prior =
        static_cast<std::uint32_t>(options_.prior != 0 ? PartsPerBillion(options_.prior) : Posterior(prior));
    model_.prior_weight = Thousandths(prior);
    return std::move(model_);
  }

  const MatchOptions& options_;
  const Patterns& patterns_;
  const RandomPairs& random_;
  const std::uint64_t pairs_;  // of all customers
  std::vector<Field> fields_;
  std::vector<std::vector<bool>> asked_;  // by rule and field
  std::vector<std::uint64_t> shares_;     // by rule: of its pairs, the matches; parts per billion
  std::uint64_t matches_ = 0;             // expected among all pairs; parts per billion of a pair
  MatchModel model_;
};

}  // namespace

MatchModel Train(const MatchOptions& options, const Patterns& patterns, const RandomPairs& random,
                 std::uint64_t profiles) {
  return Trainer(options, patterns, random, profiles).Run();
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
