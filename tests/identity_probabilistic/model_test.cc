// The model against slow twins: its arithmetic, its learning, its choice of pairs.
#include <cmath>
#include <map>
#include <set>

#include "identity/probabilistic_impl.h"
#include "identity/probabilistic_math.h"
#include "identity/probabilistic_training.h"
#include "identity_probabilistic/truth.h"
#include "journey/core/status.h"
#include "journey/identity/probabilistic_resolver.h"
#include "support/catch.h"

using namespace journey;

TEST_CASE("logarithms and probabilities in whole numbers are those of floating point") {
  test::Random random(5);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t x = (random.Next() >> random.Below(64)) | 1;
    REQUIRE(std::abs(static_cast<double>(internal::Log2(x)) - 1e6 * std::log2(static_cast<double>(x))) <
            1.01);
    const auto w = static_cast<std::int64_t>(random.Below(80'000'000)) - 40'000'000;
    const double odds = std::exp2(static_cast<double>(w) / 1e6);
    REQUIRE(std::abs(static_cast<double>(internal::Posterior(w)) - 1e9 * odds / (1 + odds)) < 500);
    REQUIRE(std::abs(static_cast<double>(internal::Log2OnePlusPower(w)) - 1e6 * std::log2(1 + odds)) < 2.5);
    const std::uint64_t whole = random.Next() >> random.Below(62) | 1;
    const std::uint64_t part = random.Next() % (whole / 2 + 1);
    REQUIRE(std::abs(static_cast<double>(internal::ShareOf(part, whole)) -
                     1e9 * (static_cast<double>(part) / static_cast<double>(whole))) < 1.01);
  }
  CHECK(internal::Log2(1) == 0);
  CHECK(internal::Log2(1'024) == 10'000'000);
  CHECK(ProbabilityOf(0) == 500'000'000);
  CHECK(ProbabilityOf(60'000) == 1'000'000'000);
  CHECK(ProbabilityOf(-60'000) == 0);
}

namespace {

// Learning as the header tells it, over the pairs one by one, in floating point.
class SlowTrainer {
 public:
  SlowTrainer(const MatchOptions& options, const internal::BlockedPairs& blocked,
              const internal::RandomPairs& random, double profiles)
      : options_(options), blocked_(blocked), random_(random), all_(profiles * (profiles - 1) / 2) {
    for (const FieldComparison& field : options.fields) {
      const std::size_t levels = field.levels.size();
      std::vector<double> start(levels, 0.1 / std::max(1.0, static_cast<double>(levels) - 2));
      start.front() = levels == 2 ? 0.9 : 0.85;
      start.back() = levels == 2 ? 0.1 : 0.05;
      m.push_back(start);
      u.emplace_back(levels);
      expected_.emplace_back(levels);
    }
    start_ = m;
    shares_.assign(options.rules.size(), 0.2);
    matches = profiles / 2;
    for (int round = 0; round < 5; ++round) {
      if (!CorrectU() && round > 0) break;
      for (int step = 0; step < 100 && Maximise() > options.tolerance; ++step) {
      }
      for (int step = 0; step < 50; ++step) Expect();
    }
  }
  std::vector<std::vector<double>> m, u;
  double matches = 0;

 private:
  bool CorrectU() {
    bool changed = false;
    for (std::size_t field = 0; field < u.size(); ++field) {
      const auto& seen = random_.fields[field];
      double drawn = 0, sum = 0;
      std::vector<double> counts(u[field].size());
      for (std::size_t level = 1; level < counts.size(); ++level)
        drawn += static_cast<double>(seen.sampled[level]) + 0.5;
      for (std::size_t level = 0; level < counts.size(); ++level) {
        const double count = level == 0 ? static_cast<double>(seen.equal)
                                        : static_cast<double>(seen.pairs - seen.equal) *
                                              (static_cast<double>(seen.sampled[level]) + 0.5) / drawn;
        counts[level] = std::max(0.5, count - expected_[field][level]);
        sum += counts[level];
      }
      for (std::size_t level = 0; level < counts.size(); ++level) {
        const double next = std::max(1e-9, counts[level] / sum);
        changed |= std::abs(std::log2(next / std::max(1e-9, u[field][level]))) > 0.01;
        u[field][level] = next;
      }
    }
    return changed;
  }
  // The probability of a match, on the fields that are not asked about by `rule`.
  double MatchProbability(const internal::Pair& pair, double prior, const BlockingRule* rule) {
    double same = prior, other = 1 - prior;
    for (std::size_t field = 0; field < m.size(); ++field) {
      const std::uint8_t level = blocked_.patterns.levels(pair.pattern)[field];
      if (level == internal::kMissing || Asks(rule, field)) continue;
      same *= m[field][level];
      other *= u[field][level];
    }
    return same / (same + other);
  }
  bool Asks(const BlockingRule* rule, std::size_t field) {
    if (rule == nullptr) return false;
    for (const BlockingPart& part : *rule) {
      if (part.field == options_.fields[field].name) return true;
    }
    return false;
  }
  double Maximise() {
    std::vector<std::vector<double>> sums = start_;
    for (auto& field : sums) {
      for (double& sum : field) sum *= options_.start_pairs;
    }
    std::vector<double> found(shares_.size()), seen(shares_.size());
    for (const internal::Pair& pair : blocked_.pairs) {
      for (std::size_t rule = 0; rule < shares_.size(); ++rule) {
        if ((blocked_.patterns.rules(pair.pattern) >> rule & 1) == 0) continue;
        const double match = MatchProbability(pair, shares_[rule], &options_.rules[rule]);
        found[rule] += match;
        seen[rule] += 1;
        for (std::size_t field = 0; field < m.size(); ++field) {
          const std::uint8_t level = blocked_.patterns.levels(pair.pattern)[field];
          if (level != internal::kMissing && !Asks(&options_.rules[rule], field)) sums[field][level] += match;
        }
      }
    }
    for (std::size_t rule = 0; rule < shares_.size(); ++rule) {
      if (seen[rule] > 0) shares_[rule] = std::min(1 - 1e-9, found[rule] / seen[rule]);
    }
    double change = 0;
    for (std::size_t field = 0; field < m.size(); ++field) {
      double whole = 0;
      for (const double sum : sums[field]) whole += sum;
      for (std::size_t level = 0; level < sums[field].size(); ++level) {
        change = std::max(change, std::abs(m[field][level] - sums[field][level] / whole));
        m[field][level] = sums[field][level] / whole;
      }
    }
    return change;
  }
  void Expect() {
    const double prior = matches / all_;
    matches = 0;
    for (auto& field : expected_) std::fill(field.begin(), field.end(), 0.0);
    for (const internal::Pair& pair : blocked_.pairs) {
      const double match = MatchProbability(pair, prior, nullptr);
      matches += match;
      for (std::size_t field = 0; field < m.size(); ++field) {
        const std::uint8_t level = blocked_.patterns.levels(pair.pattern)[field];
        if (level != internal::kMissing) expected_[field][level] += match;
      }
    }
  }

  const MatchOptions& options_;
  const internal::BlockedPairs& blocked_;
  const internal::RandomPairs& random_;
  double all_;
  std::vector<std::vector<double>> start_, expected_;
  std::vector<double> shares_;
};

}  // namespace

TEST_CASE("learning in whole numbers finds what floating point finds") {
  for (std::uint64_t seed = 20; seed < 23; ++seed) {
    const auto records = test::TruthMaker(seed, {}).Make(800);
    const EventLog log = test::LogOf(test::OffersOf(records));
    const MatchOptions options = test::TruthMatching();
    const internal::ProbabilisticImpl graph(log, {}, options);
    const internal::BlockedPairs blocked(graph.profiles, graph.comparator);
    const internal::RandomPairs random(graph.profiles, graph.comparator);
    const SlowTrainer slow(options, blocked, random, static_cast<double>(records.size()));
    for (std::size_t field = 0; field + 1 < options.fields.size(); ++field) {
      for (std::size_t level = 0; level < slow.m[field].size(); ++level) {
        CAPTURE(seed, options.fields[field].name, level);
        CHECK(graph.model.fields[field].levels[level].m / 1e9 == Approx(slow.m[field][level]).margin(0.0005));
        CHECK(graph.model.fields[field].levels[level].u / 1e9 ==
              Approx(slow.u[field][level]).epsilon(0.02).margin(2e-9));
      }
    }
    CHECK(graph.model.prior_weight / 1e3 ==
          Approx(std::log2(slow.matches / (static_cast<double>(records.size()) *
                                               static_cast<double>(records.size() - 1) / 2 -
                                           slow.matches)))
              .margin(0.01));
  }
}

TEST_CASE("weights that are given are taken, and nothing is learnt") {
  MatchOptions options = test::TruthMatching();
  options.prior = 0.001;
  for (FieldComparison& field : options.fields) {
    const double rest = 0.2 / static_cast<double>(field.levels.size() - 1);
    for (ComparisonLevel& level : field.levels) {
      level.m = level.rule == LevelRule::kExact ? 0.8 : rest;
      level.u = level.rule == LevelRule::kElse ? 0.9 : 0.1 / static_cast<double>(field.levels.size() - 1);
    }
  }
  REQUIRE(options.Validate().ok());
  const auto records = test::TruthMaker(2, {}).Make(100);
  const EventLog log = test::LogOf(test::OffersOf(records));
  const ProbabilisticGraph graph = ProbabilisticGraph::Build(log, {}, options);
  CHECK(graph.model().steps.empty());
  CHECK(graph.model().converged);
  CHECK(graph.model().prior == 1'000'000);
  CHECK(graph.model().prior_weight == -9'964);
  CHECK(graph.model().fields[3].levels[0].m == 800'000'000);
  CHECK(graph.model().fields[3].levels[0].u == 100'000'000);
  CHECK(graph.model().fields[3].levels[0].weight == 3'000);
  CHECK_FALSE(graph.model().fields[3].learnt);
}

TEST_CASE("just the pairs that a rule brings together are compared, each once") {
  for (const std::uint32_t max_block : {4U, 12U, 500U}) {
    const auto records = test::TruthMaker(max_block, {}).Make(250);
    const EventLog log = test::LogOf(test::OffersOf(records));
    MatchOptions options = test::TruthMatching();
    options.max_block = max_block;
    options.rules.push_back({{"given_name", BlockingPart::Code::kPrefix, 1}});
    const internal::GraphImpl graph(log, {});
    const internal::Profiles profiles(graph, options);
    const internal::Comparator comparator(profiles);
    const internal::BlockedPairs blocked(profiles, comparator);
    // By rule: how many profiles have a key.
    std::vector<std::map<std::string, std::uint64_t>> sizes(options.rules.size());
    for (std::uint32_t profile = 0; profile < profiles.size(); ++profile) {
      for (std::size_t rule = 0; rule < options.rules.size(); ++rule) {
        ++sizes[rule][internal::BlockingKey(profiles, profile, options.rules[rule])];
      }
    }
    std::set<std::pair<std::uint32_t, std::uint32_t>> expected;
    std::uint64_t skipped = 0;
    for (std::uint32_t a = 0; a < profiles.size(); ++a) {
      for (std::uint32_t b = a + 1; b < profiles.size(); ++b) {
        for (std::size_t rule = 0; rule < options.rules.size(); ++rule) {
          const std::string key = internal::BlockingKey(profiles, a, options.rules[rule]);
          if (key.empty() || key != internal::BlockingKey(profiles, b, options.rules[rule])) continue;
          if (sizes[rule][key] > max_block) {
            ++skipped;
          } else {
            expected.insert({a, b});
          }
        }
      }
    }
    std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
    for (const internal::Pair& pair : blocked.pairs) {
      REQUIRE(seen.insert({pair.a, pair.b}).second);
      for (std::size_t field = 0; field < options.fields.size(); ++field) {
        REQUIRE(blocked.patterns.levels(pair.pattern)[field] ==
                comparator.LevelOf(field, profiles.value(pair.a, field), profiles.value(pair.b, field)));
      }
    }
    CHECK(seen == expected);
    CHECK(blocked.skipped_pairs == skipped);
    CHECK((blocked.skipped_blocks > 0) == (max_block < 100));
    CHECK(expected.size() > 100);
  }
}

TEST_CASE("a key on everybody costs no quadratic number of pairs") {
  std::vector<test::PersonRecord> records;
  for (std::size_t i = 0; i < 20'000; ++i) {
    records.push_back({i, "crm_id", std::to_string(i), {"ann", "smith", "1980-01-01", "10115", ""}});
  }
  MatchOptions options = test::TruthMatching();
  options.sample_pairs = 1000;
  const ProbabilisticGraph graph =
      ProbabilisticGraph::Build(test::LogOf(test::OffersOf(records)), {}, options);
  CHECK(graph.summary().pairs == 0);
  CHECK(graph.summary().skipped_blocks == 4);
  CHECK(graph.summary().accepted == 0);
}

TEST_CASE("bad options are named with what is allowed") {
  const auto message = [](const auto& change) {
    MatchOptions options = PersonMatching();
    change(options);
    return MessageOf(options.Validate());
  };
  CHECK(PersonMatching().Validate().ok());
  CHECK(message([](auto& o) {
          o.fields.clear();
          o.rules.clear();
        }) == "fields: 0 are not allowed; from 1 to 12 are");
  CHECK(message([](auto& o) { o.fields[1].name = "given_name"; }) ==
        "fields[1].name: \"given_name\" has an earlier entry");
  CHECK(message([](auto& o) { o.fields[0].attributes.clear(); }) ==
        "fields[0].attributes: is empty, as is namespaces; a field needs a source of values");
  CHECK(message([](auto& o) { o.fields[0].levels.pop_back(); }) ==
        "fields[0].levels: the first must be \"exact\", the last \"else\"");
  CHECK(message([](auto& o) { o.fields[0].levels[2].similarity = 1; }) ==
        "fields[0].levels[2].similarity: 1 is not allowed; it must be above 0 and below 1");
  CHECK(message([](auto& o) { o.fields[0].levels[1].rule = LevelRule::kSameYear; }) ==
        "fields[0].levels[1].rule: \"same year\" is for dates alone");
  CHECK(message([](auto& o) { o.fields[0].levels[1].rule = LevelRule::kElse; }) ==
        "fields[0].levels[1].rule: \"else\" stands at its end of the list alone");
  CHECK(message([](auto& o) { o.fields[3].levels[0].m = 0.9; }) ==
        "fields[3].levels: m and u must be above 0 and below 1 on all levels, or left out on all");
  CHECK(message([](auto& o) {
          o.fields[3].levels = {{LevelRule::kExact, 0, 0.9, 0.5}, {LevelRule::kElse, 0, 0.2, 0.5}};
        }) == "fields[3].levels: m adds up to 1.1 and u to 1; both must to 1");
  CHECK(message([](auto& o) { o.rules.clear(); }) == "rules: 0 are not allowed; from 1 to 16 are");
  CHECK(message([](auto& o) { o.rules[1].clear(); }) == "rules[1]: is empty; a rule needs a part");
  CHECK(message([](auto& o) { o.rules[0][0].field = "age"; }) ==
        "rules[0][0].field: \"age\" is none of the fields");
  CHECK(message([](auto& o) { o.rules[3][0].length = 0; }) ==
        "rules[3][0].length: 0 is not allowed for a prefix");
  CHECK(message([](auto& o) {
          o.rules[0][0] = {"post_code", BlockingPart::Code::kYear};
        }) == "rules[0][0].code: a year is a date's alone");
  CHECK(message([](auto& o) { o.threshold = 1; }) ==
        "threshold: 1 is not allowed; it must be above 0 and below 1");
  CHECK(message([](auto& o) { o.threshold = std::nan(""); }).starts_with("threshold: nan"));
  CHECK(message([](auto& o) { o.prior = -0.1; }) ==
        "prior: -0.1 is not allowed; it must be from 0 to below 1");
  CHECK(message([](auto& o) { o.max_block = 1; }) == "max_block: 1 is not allowed; from 2 to 100000 is");
  CHECK(message([](auto& o) { o.sample_pairs = 0; }).starts_with("sample_pairs: 0 is not allowed"));
  CHECK(message([](auto& o) { o.start_pairs = 0; }).starts_with("start_pairs: 0 is not allowed"));
  CHECK(message([](auto& o) { o.max_iterations = 0; }).starts_with("max_iterations: 0 is not allowed"));
  CHECK(message([](auto& o) { o.tolerance = 0; }).starts_with("tolerance: 0 is not allowed"));
}
