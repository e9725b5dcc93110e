// FixFirst: which friction, repaired, would bring the most. Two views, two rankings, never mixed.
//
//   by comparison   journeys that met the friction against comparable ones that did not (exposure.h)
//   by chain        the Markov chain over touchpoints with the friction, or the drop-off, repaired
//                   (touchpoint_chain.h)
//
//   "Repairing error_loop at web/payment would have brought 41 more goals (95 %: 28 to 55). 812 journeys
//    met it and were compared with 5,120 like them that did not."
//
// By comparison each friction has three effects, all of repairing this one alone:
//   goals   expected of the compared exposed journeys without it, minus their own
//   time    the active time on the way to the goal that those would save who achieved it (of discovered
//           journeys without a goal: that all would save); positive is time saved
//   score   the change of their mean score, in points, over those who gave one
// By chain there is one effect: goals. A chain is made for each definition (open journeys are censored in
// it); effects add up over definitions. It follows those who come to a touchpoint, whoever they are; the
// comparison compares like with like. Where they differ, the comparison is the one that has looked at who was
// hurt. Hurt are the visits of the finding's touchpoint from where it hurt to the end of the evidence; where
// every visit was hurt, the touchpoint is passed by.
//
// Frictions found of one scene share its effect (who redoes a step was often forced to): effects of different
// lines do not add up. Nothing says who would have met another friction instead.
//
// Intervals are bootstraps over customers (bootstrap.h); `first_share` is the share of the replicates in
// which the line is the first among those ranked. Lines come by falling effect on goals; then those too small
// to say, by falling number of journeys.
//
// Law 10, of each line by comparison:  met = compared + open + at_end + no_comparable
//                                  in_channel = met + comparable + other_open + not_alike
// Threads: Rank starts options.bootstrap.threads - 1 threads. The result depends on tables and options alone.
// Cost:    O(events) and, for each replicate, O(contributions of customers) and a chain of O(states^3).
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "journey/core/status_fwd.h"
#include "journey/insight/bootstrap.h"
#include "journey/insight/exposure.h"
#include "journey/insight/feedback.h"
#include "journey/insight/tables.h"

namespace journey {
inline namespace v0 {

struct FixFirstOptions {
  BootstrapOptions bootstrap;
  std::uint32_t min_exposed = 30;     // compared journeys below which nothing is said; 1 to 1,000,000
  std::uint32_t min_comparable = 30;  // likewise of those they are compared with
  unsigned chain_order = 1;           // 1 to 3
  // Of one definition. A chain with more states than this is solved, but not resampled: its lines have no
  // intervals.
  std::uint32_t max_resampled_states = 250;  // 0 to 2,000

  // Errors: InvalidArgument, naming field, value and range.
  [[nodiscard]] absl::Status Validate() const;
};

enum class Standing : std::uint8_t {
  kRanked,
  kTooSmall,      // fewer than the least number of journeys
  kNoComparison,  // everybody met it, so nothing tells how it would be without
};
[[nodiscard]] std::string_view NameOf(Standing standing);  // "ranked", "too_small", "no_comparison"

struct ComparisonLine {
  FrictionKey key;
  Standing standing = Standing::kTooSmall;
  // Journeys.
  std::uint64_t met = 0;
  std::uint64_t compared = 0;
  std::uint64_t open = 0;
  std::uint64_t at_end = 0;
  std::uint64_t no_comparable = 0;
  std::uint64_t in_channel = 0;  // had an event in the channel where it hurts
  std::uint64_t comparable = 0;
  std::uint64_t other_open = 0;
  std::uint64_t not_alike = 0;  // never in a state that is compared

  std::uint64_t goals = 0;    // of the compared
  double expected_goals = 0;  // of them without the friction
  Estimate more_goals;        // expected - own
  double first_share = 0;

  std::uint64_t timed = 0;   // compared journeys with a time, that have timed comparable ones; `time` below
  Estimate saved_time_us;    // of all of these together, in microseconds
  std::uint64_t scored = 0;  // likewise with a score
  Estimate score_milli;      // thousandths of a point
  bool says_time = false;    // whether both sides are large enough for these
  bool says_score = false;
};

enum class Repair : std::uint8_t { kFriction, kDropOff };

struct ChainLine {
  Repair repair = Repair::kFriction;
  FrictionKey key;  // of a drop-off the touchpoint only
  Standing standing = Standing::kTooSmall;
  std::uint64_t visits = 0;    // of the touchpoint
  std::uint64_t journeys = 0;  // of a friction: that met it; of a drop-off: that were lost right after it
  std::uint64_t hurt_visits = 0;
  Estimate more_goals;  // low and high only with has_interval
  bool has_interval = false;
  double first_share = 0;
  double removal = 0;  // of the touchpoint: goals that would be lost if nobody got past it
};

struct FixFirst {
  std::vector<ComparisonLine> by_comparison;
  std::vector<FrictionKey>
      implied;  // left out of it: their findings say by themselves that the journey failed
  std::vector<ChainLine> by_chain;

  // The journeys of both views: closed = achieved + others; open are censored.
  std::uint64_t closed = 0;
  std::uint64_t achieved = 0;
  std::uint64_t open = 0;
  std::uint64_t scored = 0;      // closed journeys with a score
  double chain_goals = 0;        // goals of the closed journeys by the chains
  double chain_error_bound = 0;  // of these
  std::uint64_t chain_states = 0;
  bool chain_resampled = true;  // false: a chain was too large, see max_resampled_states
  std::uint32_t replicates = 0;
};

// `score_milli` is empty, or by JourneyId with kNoScore where there is none.
// Errors: InvalidArgument from options.Validate(), or where score_milli has another size.
[[nodiscard]] absl::StatusOr<FixFirst> RankFixes(const RunTables& tables,
                                                 std::span<const std::int32_t> score_milli,
                                                 const FixFirstOptions& options = {});

// One or two sentences for somebody who does not know statistics.
[[nodiscard]] std::string SentenceOf(const RunTables& tables, const ComparisonLine& line);
[[nodiscard]] std::string SentenceOf(const RunTables& tables, const ChainLine& line);

}  // namespace v0
}  // namespace journey
