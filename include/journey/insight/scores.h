// ScoreTally: the answers' scores by touchpoint, journey, outcome and friction, and who answered.
//
//   ScoreTally tally = TallyScores(tables, feedback, 0, tables.customers());
//   Summarize(tally.of(ScoreScale::kNps).all, ScoreScale::kNps)   ->  n, mean and its interval, promoters - detractors
//
// The unit is the answer; variances are clustered by customer. How the cells add up:
//   all = sum of by_last + unjoined answers            by_last: right before the answer, of joined and to session
//   sum of by_definition = sum of by_outcome = sum of groups = answers joined to a journey
//   by_touched counts an answer once for each touchpoint of its journey (or session) before it, so it adds up to
//   more.
// Of a friction: answers about journeys of that definition with it, and without it.
//
// A monoid over customers, of integers: Merge adds, 1 = 64 = 1,024 shards to the byte.
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "journey/insight/cluster_sums.h"
#include "journey/insight/feedback.h"
#include "journey/insight/tables.h"

namespace journey {
inline namespace v0 {

struct ScoreSums {
  RatioSums mean;          // thousandths per answer
  RatioSums net;           // csat: high; nps: high - low, per answer; ces: high
  std::uint64_t high = 0;  // csat 4 to 5, nps 9 to 10 (promoters), ces 5 to 7
  std::uint64_t low = 0;   // csat below 3, nps 0 to 6 (detractors), ces below 4

  [[nodiscard]] std::uint64_t answers() const { return static_cast<std::uint64_t>(mean.y); }
  void Merge(const ScoreSums& other);
  friend bool operator==(const ScoreSums&, const ScoreSums&) = default;
};

// What is said of a ScoreSums. The headline is the share of 4 and 5 (csat), promoters - detractors (nps, -1 to 1)
// or the mean in points (ces).
struct ScoreSummary {
  std::uint64_t answers = 0;
  std::uint64_t customers = 0;
  double mean_milli = 0.0;
  Interval mean_interval;  // 95 %, inside the scale
  double headline = 0.0;
  Interval headline_interval;
};
[[nodiscard]] ScoreSummary Summarize(const ScoreSums& sums, ScoreScale scale);

// Journeys that have the same reasons to answer or not: what they were, how they ended, whether they hurt.
struct AnswerGroup {
  DefinitionId definition;
  Outcome outcome = Outcome::kOpen;
  bool hurt = false;  // some finding
  friend auto operator<=>(const AnswerGroup&, const AnswerGroup&) = default;
};
struct AnswerRate {
  std::uint64_t journeys = 0;
  RatioSums answered;  // journeys with an answer in whatever scale, per journey
  friend bool operator==(const AnswerRate&, const AnswerRate&) = default;
};

// Of one friction in one definition.
struct FrictionScores {
  RatioSums with;
  RatioSums with_whole;  // all answers about the definition, of customers who have some with it
  RatioSums with_rest;   // of these customers, those without it
  CrossSums both;        // with and with_rest
  void Merge(const FrictionScores& other);
  friend bool operator==(const FrictionScores&, const FrictionScores&) = default;
};
using FrictionPlace = std::pair<DefinitionId, FrictionKey>;

struct ScaleTally {
  ScoreSums all;
  std::map<TouchpointId, ScoreSums> by_touched;
  std::map<TouchpointId, ScoreSums> by_last;
  std::map<DefinitionId, ScoreSums> by_definition;
  std::map<std::pair<DefinitionId, Outcome>, ScoreSums> by_outcome;
  std::map<AnswerGroup, ScoreSums> groups;
  std::map<FrictionPlace, FrictionScores> frictions;

  void Merge(const ScaleTally& other);
  friend bool operator==(const ScaleTally&, const ScaleTally&) = default;
  // Answers about journeys of the definition that do not have the friction.
  [[nodiscard]] RatioSums Without(const FrictionPlace& place) const;
};

class ScoreTally {
 public:
  void Merge(const ScoreTally& other);

  [[nodiscard]] const ScaleTally& of(ScoreScale scale) const {
    return scales_[static_cast<std::size_t>(scale)];
  }
  [[nodiscard]] ScaleTally& of(ScoreScale scale) { return scales_[static_cast<std::size_t>(scale)]; }
  std::map<AnswerGroup, AnswerRate> rates;  // of all journeys, answered or not

  friend bool operator==(const ScoreTally&, const ScoreTally&) = default;

 private:
  std::array<ScaleTally, kScoreScales> scales_;
};

// The customers [begin, end). Requires: feedback joined on these tables; begin <= end <= tables.customers().
// Cost: O(journeys + events of the journeys answered about + answers x (touchpoints and frictions there)).
[[nodiscard]] ScoreTally TallyScores(const RunTables& tables, const Feedback& feedback, std::uint32_t begin,
                                     std::uint32_t end);

// The mean if everybody had answered as those in the same group who did: each group's mean, weighted by its
// journeys (inverse response rate). Groups without an answer have nothing to say and are counted apart.
struct WeightedScore {
  double mean_milli = 0.0;
  Interval interval;  // 95 %; takes groups for independent of one another
  std::uint64_t answers = 0;
  std::uint64_t journeys = 0;          // in groups with an answer
  std::uint64_t journeys_unheard = 0;  // in groups without
  std::vector<AnswerGroup> unheard;    // these groups
};
[[nodiscard]] std::optional<WeightedScore> WeightScore(const ScoreTally& tally, ScoreScale scale);

}  // namespace v0
}  // namespace journey
