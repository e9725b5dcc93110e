// What a ProbabilisticGraph keeps.
#pragma once
#include <vector>

#include "identity/graph_impl.h"
#include "identity/probabilistic_pairs.h"
#include "identity/probabilistic_profiles.h"
#include "journey/identity/probabilistic_resolver.h"

namespace journey {
inline namespace v0 {
namespace internal {

// The weight of two profiles.
struct PairWeight {
  std::int32_t total = 0;  // with the prior; thousandths of a bit
  std::vector<FieldEvidence> fields;
};

struct ProbabilisticImpl {
  ProbabilisticImpl(const EventLog& log, const IdentityPolicy& policy, const MatchOptions& match_options);

  const MatchOptions options;
  GraphImpl graph;
  Profiles profiles;
  Comparator comparator;
  MatchModel model;
  MatchSummary summary;
  std::vector<ProbabilisticLink> links;
  Resolution resolution;
  std::vector<std::uint32_t> name_of;  // by profile: the first profile of its customer

  [[nodiscard]] std::uint32_t ProfileOf(EventIndex row) const {
    return profiles.OfLabel(graph.resolution.labels[row.value]);
  }
  // Thousandths of a bit that an equal value adds to the weight of its level, for being rare.
  [[nodiscard]] std::int32_t FrequencyWeight(std::size_t field, ValueId value) const;
  // What is known of two profiles, field by field.
  [[nodiscard]] PairWeight Weigh(std::uint32_t a, std::uint32_t b) const;

 private:
  void ScorePairs(const BlockedPairs& blocked);
  void TakeLinks();
};

[[nodiscard]] MatchExplanation ExplainMatch(const ProbabilisticImpl& graph, std::uint32_t profile_a,
                                            std::uint32_t profile_b);

}  // namespace internal
}  // namespace v0
}  // namespace journey
