#include "journey/insight/feedback.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <set>
#include <utility>

#include "journey/core/check.h"
#include "journey/core/status.h"
#include "journey/journeys/classifier.h"

namespace journey {
inline namespace v0 {
namespace {

struct ScaleInfo {
  std::string_view name;
  std::int32_t lowest;
  std::int32_t highest;
};
constexpr std::array<ScaleInfo, kScoreScales> kScales{
    {{"csat", 1000, 5000}, {"nps", 0, 10000}, {"ces", 1000, 7000}}};

const ScaleInfo& InfoOf(ScoreScale scale) {
  return kScales[static_cast<std::size_t>(scale)];
}

std::string_view WithoutBlanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<double> NumberOf(const EventLog& log, const AttributeRow& attribute) {
  if (attribute.kind == AttributeValue::Kind::kNumber) return attribute.number();
  if (attribute.kind != AttributeValue::Kind::kText) return std::nullopt;
  std::string_view text = WithoutBlanks(log.texts().text(attribute.text().value));
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<KeyId> KeyOfName(const EventLog& log, std::string_view name) {
  if (name.empty()) return std::nullopt;
  const std::optional<std::uint32_t> id = log.attribute_keys().Find(name);
  return id ? std::optional(KeyId{*id}) : std::nullopt;
}

// The journeys of one customer in the order in which they can be answered about.
class JourneyTouches {
 public:
  // Everything is taken anew for each customer, in the same memory.
  void Take(const RunTables& tables, std::span<const JourneyRow> rows, std::uint32_t first_row,
            const EventClassifier& classifier) {
    touches_.clear();
    ends_.clear();
    ended_.clear();
    next_end_ = oldest_end_ = 0;
    rows_ = rows;
    first_row_ = first_row;
    for (std::uint32_t j = 0; j < rows.size(); ++j) {
      std::uint32_t last = kNone;
      for (std::uint32_t i = rows[j].begin; i < rows[j].end; ++i) {
        const std::uint32_t position = tables.journeys.events[i];
        if (classifier.IsFeedback(tables.timeline[position])) continue;
        touches_.push_back({position, j});
        last = position;
      }
      if (rows[j].outcome != Outcome::kOpen && last != kNone) ends_.push_back({rows[j].ended, last, j});
    }
    std::ranges::sort(touches_, [&](const Touch& a, const Touch& b) {
      return a.position != b.position ? a.position < b.position
                                      : Prefers(a.journey, b.journey, a.position, tables);
    });
    std::ranges::sort(ends_, {}, [](const End& end) { return std::tuple(end.time, end.last, end.journey); });
    tables_ = &tables;
  }

  struct Found {
    JourneyId journey;
    std::uint32_t last_touch;
  };
  // Requires: positions that do not fall from call to call.
  std::optional<Found> Before(std::uint32_t position, TimePoint time, Duration window) {
    const auto after = std::ranges::lower_bound(touches_, position, {}, &Touch::position);
    if (after != touches_.begin()) {
      const std::uint32_t latest = std::prev(after)->position;
      if (time - tables_->timeline[latest].time <= window) {
        const auto best = std::ranges::lower_bound(touches_, latest, {}, &Touch::position);
        return Found{JourneyId{first_row_ + best->journey}, latest};
      }
    }
    // None was touched lately: those that ended lately, the one touched last first.
    const auto is_before = [&](const End& end) {
      return end.time < time || (end.time == time && end.last < position);
    };
    for (; next_end_ < ends_.size() && is_before(ends_[next_end_]); ++next_end_) Insert(ends_[next_end_]);
    for (; oldest_end_ < next_end_ && time - ends_[oldest_end_].time > window; ++oldest_end_) {
      ended_.erase(KeyOf(ends_[oldest_end_]));
    }
    if (ended_.empty()) return std::nullopt;
    const auto& [last, order] = *ended_.begin();
    return Found{JourneyId{first_row_ + order.second}, static_cast<std::uint32_t>(-last)};
  }

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  struct Touch {
    std::uint32_t position;
    std::uint32_t journey;  // of the customer
  };
  struct End {
    TimePoint time;
    std::uint32_t last;
    std::uint32_t journey;
  };
  using EndKey = std::pair<std::int64_t, std::pair<std::uint32_t, std::uint32_t>>;

  // Ends by silence only come here: which of two was touched last, and then the order of definitions.
  [[nodiscard]] EndKey KeyOf(const End& end) const {
    return {-std::int64_t{end.last}, {rows_[end.journey].definition.value, end.journey}};
  }
  void Insert(const End& end) { ended_.insert(KeyOf(end)); }

  [[nodiscard]] bool Prefers(std::uint32_t a, std::uint32_t b, std::uint32_t position,
                             const RunTables& tables) const {
    const auto ended_there = [&](const JourneyRow& row) {
      return row.outcome != Outcome::kOpen && tables.journeys.events[row.end - 1] == position &&
             row.ended == tables.timeline[position].time;
    };
    return std::tuple(!ended_there(rows_[a]), rows_[a].definition.value, a) <
           std::tuple(!ended_there(rows_[b]), rows_[b].definition.value, b);
  }

  const RunTables* tables_ = nullptr;
  std::span<const JourneyRow> rows_;
  std::uint32_t first_row_ = 0;
  std::vector<Touch> touches_;
  std::vector<End> ends_;
  std::size_t next_end_ = 0;
  std::size_t oldest_end_ = 0;
  std::set<EndKey> ended_;
};

class Joiner {
 public:
  Joiner(const EventLog& log, const RunTables& tables, const EventClasses& classes,
         const FeedbackOptions& options)
      : log_(log),
        tables_(tables),
        options_(options),
        classifier_(log, tables.touchpoints, {}, {}, classes),
        score_(KeyOfName(log, classes.feedback_score)),
        scale_(KeyOfName(log, options.scale_key)),
        verbatim_(KeyOfName(log, options.verbatim)),
        default_scale_(ScoreScaleOf(classes.feedback_scale)) {}

  Feedback Join() {
    std::uint32_t row = 0;
    const auto& rows = tables_.journeys.rows;
    for (std::uint32_t customer = 0; customer < tables_.customers(); ++customer) {
      const std::uint32_t first = row;
      while (row < rows.size() && rows[row].customer.value == customer) ++row;
      JoinCustomer({customer}, std::span(rows).subspan(first, row - first), first);
    }
    return std::move(result_);
  }

 private:
  void JoinCustomer(CustomerId customer, std::span<const JourneyRow> rows, std::uint32_t first_row) {
    const std::uint32_t begin = tables_.begins[customer.value];
    const std::uint32_t end = tables_.begins[customer.value + 1];
    bool taken = false;
    std::uint32_t session = begin;  // the first event of this session
    TouchpointId last;              // of its last event that is not feedback
    for (std::uint32_t position = begin; position < end; ++position) {
      const EventRow& event = tables_.timeline[position];
      if (position != begin && event.time - tables_.timeline[position - 1].time > tables_.session_gap) {
        session = position;
        last = {};
      }
      if (!classifier_.IsFeedback(event)) {
        last = event.touchpoint;
        continue;
      }
      ++result_.counts.offered;
      result_.positions.push_back(position);
      FeedbackResponse response{
          .time = event.time, .event = event.event, .position = position, .customer = customer};
      if (!ReadScore(event, response)) continue;
      if (!std::exchange(taken, true)) touches_.Take(tables_, rows, first_row, classifier_);
      if (const auto found = touches_.Before(position, event.time, options_.window)) {
        ++result_.counts.joined;
        response.join = FeedbackJoin::kJourney;
        response.journey = found->journey;
        response.last = tables_.timeline[found->last_touch].touchpoint;
      } else if (last.valid()) {
        ++result_.counts.to_session;
        response.join = FeedbackJoin::kSession;
        response.unit_begin = session;
        response.last = last;
      } else {
        ++result_.counts.unjoined;
      }
      CarryVerbatim(event, response);
      result_.responses.push_back(response);
    }
  }

  // Whether there is a score in its scale; otherwise it is counted.
  bool ReadScore(const EventRow& event, FeedbackResponse& response) {
    const std::optional<ScoreScale> scale = ScaleOfEvent(event);
    const AttributeRow* const attribute = score_ ? log_.FindAttribute(event.event, *score_) : nullptr;
    const std::optional<double> number = attribute != nullptr ? NumberOf(log_, *attribute) : std::nullopt;
    if (!scale || !number) {
      ++result_.counts.unreadable;
      return false;
    }
    const double milli = *number * 1000.0;
    if (milli < InfoOf(*scale).lowest || milli > InfoOf(*scale).highest) {
      ++result_.counts.out_of_scale;
      return false;
    }
    response.scale = *scale;
    response.score_milli = static_cast<std::int32_t>(std::lround(milli));
    return true;
  }

  std::optional<ScoreScale> ScaleOfEvent(const EventRow& event) const {
    const AttributeRow* const named = scale_ ? log_.FindAttribute(event.event, *scale_) : nullptr;
    if (named == nullptr) return default_scale_;
    if (named->kind != AttributeValue::Kind::kText) return std::nullopt;
    return ScoreScaleOf(WithoutBlanks(log_.texts().text(named->text().value)));
  }

  void CarryVerbatim(const EventRow& event, FeedbackResponse& response) {
    const AttributeRow* const words = verbatim_ ? log_.FindAttribute(event.event, *verbatim_) : nullptr;
    if (words == nullptr || words->kind != AttributeValue::Kind::kText) return;
    const std::string_view text = log_.texts().text(words->text().value);
    if (text.empty()) return;
    response.verbatim = static_cast<std::uint32_t>(result_.verbatims.size());
    result_.verbatims.emplace_back(text);
  }

  const EventLog& log_;
  const RunTables& tables_;
  const FeedbackOptions& options_;
  EventClassifier classifier_;
  std::optional<KeyId> score_;
  std::optional<KeyId> scale_;
  std::optional<KeyId> verbatim_;
  std::optional<ScoreScale> default_scale_;
  JourneyTouches touches_;
  Feedback result_;
};

}  // namespace

std::string_view NameOf(ScoreScale scale) {
  return InfoOf(scale).name;
}
std::int32_t LowestScoreMilli(ScoreScale scale) {
  return InfoOf(scale).lowest;
}
std::int32_t HighestScoreMilli(ScoreScale scale) {
  return InfoOf(scale).highest;
}

std::optional<ScoreScale> ScoreScaleOf(std::string_view name) {
  const auto same = [](char a, char b) {
    return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
  };
  for (std::size_t i = 0; i < kScoreScales; ++i) {
    if (std::ranges::equal(kScales[i].name, name, same)) return static_cast<ScoreScale>(i);
  }
  return std::nullopt;
}

std::string_view NameOf(FeedbackJoin join) {
  constexpr std::array<std::string_view, 3> kNames{"journey", "session", "none"};
  return kNames[static_cast<std::size_t>(join)];
}

Status FeedbackOptions::Validate() const {
  if (window > Duration::zero() && window <= kForever) return absl::OkStatus();
  return InvalidArgument(
      fmt::format("feedback.window: {} is not allowed; it must be more than 0s and at most {}",
                  FormatDuration(window), FormatDuration(kForever)));
}

void FeedbackCounts::Merge(const FeedbackCounts& other) {
  offered += other.offered;
  joined += other.joined;
  to_session += other.to_session;
  unjoined += other.unjoined;
  unreadable += other.unreadable;
  out_of_scale += other.out_of_scale;
}

Feedback JoinFeedback(const EventLog& log, const RunTables& tables, const EventClasses& classes,
                      const FeedbackOptions& options) {
  JOURNEY_CHECK(options.Validate().ok() && ScoreScaleOf(classes.feedback_scale));
  return Joiner(log, tables, classes, options).Join();
}

std::vector<std::int32_t> JourneyScores(const Feedback& feedback, std::size_t journeys, ScoreScale scale) {
  std::vector<std::int32_t> scores(journeys, kNoScore);
  for (const FeedbackResponse& response : feedback.responses) {  // in order: the last one stays
    if (response.scale == scale && response.journey.valid())
      scores[response.journey.value] = response.score_milli;
  }
  return scores;
}

}  // namespace v0
}  // namespace journey
