// How well people are found again, on records whose truth is known.
#include <chrono>
#include <cstdio>
#include <map>
#include <set>

#include "identity/probabilistic_impl.h"
#include "identity_probabilistic/truth.h"
#include "journey/identity/probabilistic_resolver.h"
#include "support/catch.h"

using namespace journey;

namespace {

struct Score {
  std::uint64_t right = 0, wrong = 0, missed = 0;
  [[nodiscard]] double precision() const {
    return static_cast<double>(right) / static_cast<double>(right + wrong);
  }
  [[nodiscard]] double recall() const {
    return static_cast<double>(right) / static_cast<double>(right + missed);
  }
  [[nodiscard]] double f1() const { return 2 * precision() * recall() / (precision() + recall()); }
};

std::uint64_t TruePairs(const std::vector<test::PersonRecord>& records) {
  std::map<std::size_t, std::uint64_t> sizes;
  for (const auto& record : records) ++sizes[record.person];
  std::uint64_t pairs = 0;
  for (const auto& [person, size] : sizes) pairs += size * (size - 1) / 2;
  return pairs;
}

// Pairs of records that are one customer's.
Score ScoreOf(const std::vector<test::PersonRecord>& records, const Resolution& resolution) {
  std::map<std::uint32_t, std::vector<std::size_t>> customers;
  for (std::size_t i = 0; i < records.size(); ++i)
    customers[resolution.labels[i]].push_back(records[i].person);
  Score score;
  for (const auto& [label, persons] : customers) {
    for (std::size_t i = 0; i < persons.size(); ++i) {
      for (std::size_t j = i + 1; j < persons.size(); ++j)
        ++(persons[i] == persons[j] ? score.right : score.wrong);
    }
  }
  score.missed = TruePairs(records) - score.right;
  return score;
}

// The same with one threshold after the other, of the links alone.
void PrintCurve(const std::vector<test::PersonRecord>& records, const EventLog& log) {
  MatchOptions options = test::TruthMatching();
  options.threshold = 0.001;
  const ProbabilisticGraph graph = ProbabilisticGraph::Build(log, {}, options);
  std::printf("  threshold  precision  recall     F1   (links alone)\n");
  for (const double threshold :
       {0.001, 0.01, 0.1, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999, 0.999999}) {
    Score score;
    for (const ProbabilisticLink& link : graph.links()) {
      if (link.probability < threshold * 1e9) continue;
      ++(records[link.a.value].person == records[link.b.value].person ? score.right : score.wrong);
    }
    score.missed = TruePairs(records) - score.right;
    std::printf("  %-9.6g  %.4f     %.4f  %.4f\n", threshold, score.precision(), score.recall(), score.f1());
  }
}

}  // namespace

TEST_CASE("people are found again across two sources without shared keys") {
  const auto records = test::TruthMaker(7, {}).Make(4000);
  const EventLog log = test::LogOf(test::OffersOf(records));
  REQUIRE(log.size() == records.size());
  const ProbabilisticGraph graph = ProbabilisticGraph::Build(log, {}, test::TruthMatching());
  const Score score = ScoreOf(records, graph.resolution());
  std::printf(
      "%zu records of 4000 persons: %llu pairs compared, %llu linked; precision %.4f, recall %.4f, F1 %.4f\n",
      records.size(), static_cast<unsigned long long>(graph.summary().pairs),
      static_cast<unsigned long long>(graph.summary().accepted), score.precision(), score.recall(),
      score.f1());
  PrintCurve(records, log);
  CHECK(graph.model().converged);
  // What is wrong are twins, and people of one name at one post code.
  CHECK(score.precision() > 0.975);
  CHECK(score.recall() > 0.95);
  CHECK(score.f1() > 0.965);
}

TEST_CASE("learnt weights are near the planted ones") {
  const auto records = test::TruthMaker(8, {}).Make(4000);
  const EventLog log = test::LogOf(test::OffersOf(records));
  const MatchOptions options = test::TruthMatching();
  const internal::ProbabilisticImpl graph(log, {}, options);
  // Planted: the levels of the pairs that are one person's, and of others drawn at random.
  std::vector<std::vector<double>> same, other;
  for (const FieldComparison& field : options.fields) {
    same.emplace_back(field.levels.size());
    other.emplace_back(field.levels.size());
  }
  const auto note = [&](std::size_t a, std::size_t b, std::vector<std::vector<double>>& counts) {
    const std::uint32_t pa = graph.ProfileOf({static_cast<std::uint32_t>(a)});
    const std::uint32_t pb = graph.ProfileOf({static_cast<std::uint32_t>(b)});
    for (std::size_t field = 0; field < counts.size(); ++field) {
      const auto level =
          graph.comparator.LevelOf(field, graph.profiles.value(pa, field), graph.profiles.value(pb, field));
      if (level != internal::kMissing) ++counts[field][level];
    }
  };
  std::map<std::size_t, std::size_t> seen;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto [first, fresh] = seen.emplace(records[i].person, i);
    if (!fresh) note(first->second, i, same);
  }
  test::Random random(3);
  for (int i = 0; i < 1'000'000; ++i) {
    const std::size_t a = random.Below(records.size()), b = random.Below(records.size());
    if (records[a].person != records[b].person) note(a, b, other);
  }
  const auto share = [](std::vector<double> counts, std::size_t level) {
    double sum = 0;
    for (const double count : counts) sum += count;
    return counts[level] / sum;
  };
  for (std::size_t field = 0; field + 1 < options.fields.size(); ++field) {  // nobody has a phone
    CHECK(graph.model.fields[field].learnt);
    for (std::size_t level = 0; level < same[field].size(); ++level) {
      const MatchModel::Level& learnt = graph.model.fields[field].levels[level];
      const double m = share(same[field], level), u = share(other[field], level);
      std::printf("  %-11s %-10s m %.4f planted %.4f   u %.6f planted %.6f   %+.3f bits\n",
                  options.fields[field].name.c_str(),
                  std::string(NameOf(options.fields[field].levels[level].rule)).c_str(), learnt.m / 1e9, m,
                  learnt.u / 1e9, u, learnt.weight / 1e3);
      CHECK(learnt.m / 1e9 == Approx(m).margin(0.02));
      // Of rare levels random pairs show too few: a tenth of a thousandth either way.
      CHECK(learnt.u / 1e9 == Approx(u).epsilon(0.1).margin(0.0001));
    }
  }
  const double planted = static_cast<double>(TruePairs(records)) /
                         (static_cast<double>(records.size()) * static_cast<double>(records.size() - 1) / 2);
  std::printf("  prior %.3g planted %.3g\n", graph.model.prior / 1e9, planted);
  CHECK(graph.model.prior / 1e9 == Approx(planted).epsilon(0.1));
}

TEST_CASE("fewer errors give better customers, and a clean source is found again whole") {
  const test::ErrorRates clean{.given_typo = 0,
                               .nickname = 0,
                               .given_missing = 0,
                               .family_typo = 0,
                               .family_changed = 0,
                               .family_missing = 0,
                               .birth_slip = 0,
                               .birth_swap = 0,
                               .birth_wrong = 0,
                               .birth_missing = 0,
                               .moved = 0,
                               .post_code_missing = 0};
  const auto records = test::TruthMaker(9, clean).Make(1000);
  const Score score =
      ScoreOf(records,
              ProbabilisticResolver({}, test::TruthMatching()).Resolve(test::LogOf(test::OffersOf(records))));
  CHECK(score.precision() > 0.995);
  CHECK(score.recall() > 0.999);
}

TEST_CASE("the likelihood never falls while the model is learnt") {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const auto records = test::TruthMaker(seed, {}).Make(300 * seed);
    const ProbabilisticGraph graph =
        ProbabilisticGraph::Build(test::LogOf(test::OffersOf(records)), {}, test::TruthMatching());
    const std::vector<MatchModel::Step>& steps = graph.model().steps;
    REQUIRE(steps.size() > 3);
    // A pair may come by each of the six rules; a millionth of a bit each.
    const auto rounding = static_cast<std::int64_t>(graph.summary().pairs * 6 / 1000 + 1);
    for (std::size_t i = 1; i < steps.size(); ++i) {
      if (steps[i].round != steps[i - 1].round) continue;
      REQUIRE(steps[i].log_likelihood >= steps[i - 1].log_likelihood - rounding);
    }
    CHECK(steps.front().log_likelihood < steps.back().log_likelihood);
  }
}

TEST_CASE("a hundred thousand customers are compared within seconds", "[.cost]") {
  const auto records = test::TruthMaker(10, {}).Make(56'000);
  const EventLog log = test::LogOf(test::OffersOf(records));
  const auto begin = std::chrono::steady_clock::now();
  const ProbabilisticGraph graph = ProbabilisticGraph::Build(log, {}, test::TruthMatching());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const Score score = ScoreOf(records, graph.resolution());
  const MatchSummary& summary = graph.summary();
  std::printf(
      "%llu profiles, %llu pairs, %llu blocks of %llu pairs skipped: %.2f s; precision %.4f, recall %.4f\n",
      static_cast<unsigned long long>(summary.profiles), static_cast<unsigned long long>(summary.pairs),
      static_cast<unsigned long long>(summary.skipped_blocks),
      static_cast<unsigned long long>(summary.skipped_pairs), took.count(), score.precision(),
      score.recall());
  CHECK(took.count() < 60);
}
