// Feedback: what customers answered, joined to the journey that they answered about.
//
//   purchase achieved Mon 10:00 | survey Mon 12:00, score 4   ->  joined to the purchase, 4,000 thousandths
//   visit Tue 09:00 | survey Tue 09:10, score 9 of csat        ->  out of scale
//
// An event that EventClasses calls feedback is joined by this rule, of which the first that holds counts:
//   journey   of the same customer's journeys that ended or were touched within `window` before it (boundary
//             included), the one touched last. A touch is an event of the journey before the answer in the
//             customer's timeline that is not feedback itself; an end is the moment at which the outcome came
//             about. Of journeys touched last by the same event, one that ended there comes first, then the
//             first in the order of definitions.
//   session   some event that is not feedback came before it, with no gap longer than a session's since then.
//   unjoined  otherwise.
// What has no readable score, or one outside of its scale, is counted apart and joins nothing:
//   offered = joined + to_session + unjoined + unreadable + out_of_scale.
//
// Scores are thousandths: csat 1 to 5, nps 0 to 10, ces 1 to 7 (7 is easy). A number, or a text that is one.
// Texts that come with an answer are carried as they are, never looked at; writers escape them.
//
// Lifetime: Feedback stands on its own, but for rows of the log and of the tables.
// Threads:  pure functions. Cost: O(events + journeys' events of the customers who answered).
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "journey/core/status_fwd.h"
#include "journey/events/event_log.h"
#include "journey/insight/tables.h"
#include "journey/journeys/definition.h"

namespace journey {
inline namespace v0 {

enum class ScoreScale : std::uint8_t { kCsat, kNps, kCes };
inline constexpr std::size_t kScoreScales = 3;
[[nodiscard]] std::string_view NameOf(ScoreScale scale);                      // "csat", "nps", "ces"
[[nodiscard]] std::optional<ScoreScale> ScoreScaleOf(std::string_view name);  // in any case
[[nodiscard]] std::int32_t LowestScoreMilli(ScoreScale scale);                // 1,000; 0; 1,000
[[nodiscard]] std::int32_t HighestScoreMilli(ScoreScale scale);               // 5,000; 10,000; 7,000

struct FeedbackOptions {
  Duration window = std::chrono::days{7};
  std::string verbatim = "comment";  // the attribute with the customer's own words; empty: none is carried
  // The attribute of an answer that names its scale, for logs with several; an answer that names none of the
  // three is unreadable, one without the attribute is of EventClasses::feedback_scale. Empty: no attribute is.
  std::string scale_key = {};

  // InvalidArgument that names field, value and what is allowed: a window above 0.
  [[nodiscard]] absl::Status Validate() const;
};

enum class FeedbackJoin : std::uint8_t { kJourney, kSession, kNone };
[[nodiscard]] std::string_view NameOf(FeedbackJoin join);  // "journey", "session", "none"

inline constexpr std::uint32_t kNoVerbatim = UINT32_MAX;

struct FeedbackResponse {
  TimePoint time;
  EventIndex event;              // row in the log
  std::uint32_t position = 0;    // in all timelines
  std::uint32_t unit_begin = 0;  // of a session: the position of its first event
  CustomerId customer;
  JourneyId journey;  // invalid unless joined to one
  TouchpointId last;  // where the customer was right before; of a journey its last touch; or invalid
  std::int32_t score_milli = 0;
  std::uint32_t verbatim = kNoVerbatim;  // in Feedback::verbatims
  ScoreScale scale = ScoreScale::kCsat;
  FeedbackJoin join = FeedbackJoin::kNone;
  std::uint8_t padding[6] = {};
};
static_assert(sizeof(FeedbackResponse) == 48 && std::is_trivially_copyable_v<FeedbackResponse>);

struct FeedbackCounts {
  std::uint64_t offered = 0;
  std::uint64_t joined = 0;
  std::uint64_t to_session = 0;
  std::uint64_t unjoined = 0;
  std::uint64_t unreadable = 0;
  std::uint64_t out_of_scale = 0;

  void Merge(const FeedbackCounts& other);
  friend bool operator==(const FeedbackCounts&, const FeedbackCounts&) = default;
};

struct Feedback {
  FeedbackCounts counts;
  std::vector<FeedbackResponse> responses;  // those with a score, by customer, then in the order of events
  std::vector<std::string> verbatims;       // in the order of the responses
  std::vector<std::uint32_t> positions;     // of all that was offered, in all timelines; ascending
};

// Requires: options.Validate().ok(), a classes.feedback_scale that is one of the three, tables of a run over log.
[[nodiscard]] Feedback JoinFeedback(const EventLog& log, const RunTables& tables, const EventClasses& classes,
                                    const FeedbackOptions& options = {});

// For each journey its score in this scale: the last answer that was joined to it, or kNoScore.
inline constexpr std::int32_t kNoScore = INT32_MIN;
[[nodiscard]] std::vector<std::int32_t> JourneyScores(const Feedback& feedback, std::size_t journeys,
                                                      ScoreScale scale);

}  // namespace v0
}  // namespace journey
