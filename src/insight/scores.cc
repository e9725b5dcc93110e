#include "journey/insight/scores.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "journey/core/check.h"

namespace journey {
inline namespace v0 {
namespace {

constexpr int Net(ScoreScale scale, std::int32_t score_milli) {
  switch (scale) {
    case ScoreScale::kCsat:
      return score_milli >= 4000 ? 1 : 0;
    case ScoreScale::kNps:
      return score_milli >= 9000 ? 1 : score_milli <= 6000 ? -1 : 0;
    case ScoreScale::kCes:
      return score_milli >= 5000 ? 1 : 0;
  }
  return 0;
}
constexpr bool IsHigh(ScoreScale scale, std::int32_t score_milli) {
  return Net(scale, score_milli) > 0;
}
constexpr bool IsLow(ScoreScale scale, std::int32_t score_milli) {
  switch (scale) {
    case ScoreScale::kCsat:
      return score_milli < 3000;
    case ScoreScale::kNps:
      return score_milli <= 6000;
    case ScoreScale::kCes:
      return score_milli < 4000;
  }
  return false;
}

// One customer's answers in one cell.
struct CustomerCell {
  std::int64_t answers = 0;
  std::int64_t milli = 0;
  std::int64_t net = 0;
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  void Add(const FeedbackResponse& response) {
    ++answers;
    milli += response.score_milli;
    net += Net(response.scale, response.score_milli);
    high += IsHigh(response.scale, response.score_milli) ? 1U : 0U;
    low += IsLow(response.scale, response.score_milli) ? 1U : 0U;
  }
  void AddTo(ScoreSums& sums) const {
    sums.mean.Add(milli, answers);
    sums.net.Add(net, answers);
    sums.high += high;
    sums.low += low;
  }
};

template <typename Key>
void Flush(std::map<Key, CustomerCell>& cells, std::map<Key, ScoreSums>& sums) {
  for (const auto& [key, cell] : cells) cell.AddTo(sums[key]);
  cells.clear();
}

template <typename Map>
void MergeMaps(Map& into, const Map& from) {
  for (const auto& [key, value] : from) into[key].Merge(value);
}

// The distinct touchpoints of a journey or session, event by event.
class Touched {
 public:
  explicit Touched(std::size_t touchpoints) : seen_(touchpoints) {}
  void Clear() {
    for (const TouchpointId id : ids_) seen_[id.value] = false;
    ids_.clear();
  }
  void Add(TouchpointId id) {
    if (seen_[id.value]) return;
    seen_[id.value] = true;
    ids_.push_back(id);
  }
  [[nodiscard]] const std::vector<TouchpointId>& ids() const { return ids_; }

 private:
  std::vector<bool> seen_;
  std::vector<TouchpointId> ids_;
};

// Adds one customer after another to a tally.
class Tallier {
 public:
  Tallier(const RunTables& tables, const Feedback& feedback, ScoreTally& tally)
      : tables_(tables),
        tally_(tally),
        touched_(tables.touchpoints.size()),
        feedback_at_(feedback.positions) {}

  void Add(std::span<const FeedbackResponse> responses, std::span<const JourneyRow> rows,
           std::uint32_t first_row) {
    AddRates(responses, rows, first_row);
    if (responses.empty()) return;
    for (const FeedbackResponse& response : responses) AddCells(response);
    AddTouched(responses);
    for (std::size_t i = 0; i < kScoreScales; ++i) FlushScale(static_cast<ScoreScale>(i));
  }

 private:
  struct Cells {
    CustomerCell all;
    std::map<TouchpointId, CustomerCell> touched;
    std::map<TouchpointId, CustomerCell> last;
    std::map<DefinitionId, CustomerCell> definitions;
    std::map<std::pair<DefinitionId, Outcome>, CustomerCell> outcomes;
    std::map<AnswerGroup, CustomerCell> groups;
    std::map<FrictionPlace, CustomerCell> frictions;
  };

  [[nodiscard]] AnswerGroup GroupOf(const JourneyRow& row, JourneyId id) const {
    return {row.definition, row.outcome, !tables_.findings_of(id).empty()};
  }

  void AddRates(std::span<const FeedbackResponse> responses, std::span<const JourneyRow> rows,
                std::uint32_t first_row) {
    answered_.assign(rows.size(), false);
    for (const FeedbackResponse& response : responses) {
      if (response.journey.valid()) answered_[response.journey.value - first_row] = true;
    }
    std::map<AnswerGroup, std::pair<std::int64_t, std::int64_t>> counts;  // answered, journeys
    for (std::uint32_t j = 0; j < rows.size(); ++j) {
      auto& [answered, journeys] = counts[GroupOf(rows[j], {first_row + j})];
      answered += answered_[j] ? 1 : 0;
      ++journeys;
    }
    for (const auto& [group, count] : counts) {
      AnswerRate& rate = tally_.rates[group];
      rate.journeys += static_cast<std::uint64_t>(count.second);
      rate.answered.Add(count.first, count.second);
    }
  }

  void AddCells(const FeedbackResponse& response) {
    Cells& cells = cells_[static_cast<std::size_t>(response.scale)];
    cells.all.Add(response);
    if (response.last.valid()) cells.last[response.last].Add(response);
    if (!response.journey.valid()) return;
    const JourneyRow& row = tables_.journeys.rows[response.journey.value];
    cells.definitions[row.definition].Add(response);
    cells.outcomes[{row.definition, row.outcome}].Add(response);
    cells.groups[GroupOf(row, response.journey)].Add(response);
    places_.clear();
    for (const Finding& finding : tables_.findings_of(response.journey)) places_.push_back(KeyOf(finding));
    std::ranges::sort(places_);
    places_.erase(std::unique(places_.begin(), places_.end()), places_.end());
    for (const FrictionKey& place : places_) cells.frictions[{row.definition, place}].Add(response);
  }

  // Each answer at every touchpoint of its journey or session before it. One walk for all answers about one.
  void AddTouched(std::span<const FeedbackResponse> responses) {
    std::map<std::pair<bool, std::uint32_t>, std::vector<const FeedbackResponse*>> units;
    for (const FeedbackResponse& response : responses) {
      if (response.join == FeedbackJoin::kNone) continue;
      const bool journey = response.join == FeedbackJoin::kJourney;
      units[{journey, journey ? response.journey.value : response.unit_begin}].push_back(&response);
    }
    for (const auto& [unit, answers] : units) {
      const auto& [is_journey, id] = unit;
      touched_.Clear();
      const JourneyRow* const row = is_journey ? &tables_.journeys.rows[id] : nullptr;
      std::uint32_t next = is_journey ? row->begin : id;
      for (const FeedbackResponse* answer : answers) {
        for (; is_journey ? next < row->end : next < answer->position; ++next) {
          const std::uint32_t position = is_journey ? tables_.journeys.events[next] : next;
          if (position >= answer->position) break;
          if (!std::ranges::binary_search(feedback_at_, position)) {
            touched_.Add(tables_.timeline[position].touchpoint);
          }
        }
        Cells& cells = cells_[static_cast<std::size_t>(answer->scale)];
        for (const TouchpointId touchpoint : touched_.ids()) cells.touched[touchpoint].Add(*answer);
      }
    }
  }

  void FlushScale(ScoreScale scale) {
    Cells& cells = cells_[static_cast<std::size_t>(scale)];
    ScaleTally& into = tally_.of(scale);
    cells.all.AddTo(into.all);
    for (const auto& [place, cell] : cells.frictions) {
      FrictionScores& sums = into.frictions[place];
      const CustomerCell& whole = cells.definitions[place.first];
      const std::int64_t rest_milli = whole.milli - cell.milli;
      const std::int64_t rest_answers = whole.answers - cell.answers;
      sums.with.Add(cell.milli, cell.answers);
      sums.with_whole.Add(whole.milli, whole.answers);
      sums.with_rest.Add(rest_milli, rest_answers);
      sums.both.Add(cell.milli, cell.answers, rest_milli, rest_answers);
    }
    cells.frictions.clear();
    cells.all = {};
    Flush(cells.touched, into.by_touched);
    Flush(cells.last, into.by_last);
    Flush(cells.definitions, into.by_definition);
    Flush(cells.outcomes, into.by_outcome);
    Flush(cells.groups, into.groups);
  }

  const RunTables& tables_;
  ScoreTally& tally_;
  Touched touched_;
  std::span<const std::uint32_t> feedback_at_;
  std::array<Cells, kScoreScales> cells_;
  std::vector<bool> answered_;
  std::vector<FrictionKey> places_;
};

}  // namespace

void ScoreSums::Merge(const ScoreSums& other) {
  mean.Merge(other.mean);
  net.Merge(other.net);
  high += other.high;
  low += other.low;
}

void FrictionScores::Merge(const FrictionScores& other) {
  with.Merge(other.with);
  with_whole.Merge(other.with_whole);
  with_rest.Merge(other.with_rest);
  both.Merge(other.both);
}

void ScaleTally::Merge(const ScaleTally& other) {
  all.Merge(other.all);
  MergeMaps(by_touched, other.by_touched);
  MergeMaps(by_last, other.by_last);
  MergeMaps(by_definition, other.by_definition);
  MergeMaps(by_outcome, other.by_outcome);
  MergeMaps(groups, other.groups);
  MergeMaps(frictions, other.frictions);
}

RatioSums ScaleTally::Without(const FrictionPlace& place) const {
  RatioSums sums;
  if (const auto whole = by_definition.find(place.first); whole != by_definition.end())
    sums = whole->second.mean;
  if (const auto with = frictions.find(place); with != frictions.end()) {
    sums.Subtract(with->second.with_whole);
    sums.Merge(with->second.with_rest);
  }
  return sums;
}

void ScoreTally::Merge(const ScoreTally& other) {
  for (std::size_t i = 0; i < kScoreScales; ++i) scales_[i].Merge(other.scales_[i]);
  for (const auto& [group, rate] : other.rates) {
    AnswerRate& mine = rates[group];
    mine.journeys += rate.journeys;
    mine.answered.Merge(rate.answered);
  }
}

ScoreSummary Summarize(const ScoreSums& sums, ScoreScale scale) {
  const double lowest = LowestScoreMilli(scale);
  const double highest = HighestScoreMilli(scale);
  const auto within = [](Interval interval, double low, double high) {
    return Interval{std::clamp(interval.low, low, high), std::clamp(interval.high, low, high)};
  };
  ScoreSummary summary{
      .answers = sums.answers(), .customers = sums.mean.customers, .mean_milli = sums.mean.value()};
  summary.mean_interval = within(RatioInterval(sums.mean), lowest, highest);
  switch (scale) {
    case ScoreScale::kCsat:
      summary.headline = sums.net.value();
      summary.headline_interval = ShareInterval(sums.net);
      break;
    case ScoreScale::kNps:
      summary.headline = sums.net.value();
      summary.headline_interval = within(RatioInterval(sums.net), -1.0, 1.0);
      break;
    case ScoreScale::kCes:
      summary.headline = summary.mean_milli / 1000.0;
      summary.headline_interval = {summary.mean_interval.low / 1000.0, summary.mean_interval.high / 1000.0};
      break;
  }
  return summary;
}

ScoreTally TallyScores(const RunTables& tables, const Feedback& feedback, std::uint32_t begin,
                       std::uint32_t end) {
  JOURNEY_CHECK(begin <= end && end <= tables.customers());
  ScoreTally tally;
  Tallier tallier(tables, feedback, tally);
  const auto& rows = tables.journeys.rows;
  const auto& responses = feedback.responses;
  const auto less = [](const auto& row, std::uint32_t customer) { return row.customer.value < customer; };
  auto response = std::lower_bound(responses.begin(), responses.end(), begin, less);
  auto row = std::lower_bound(rows.begin(), rows.end(), begin, less);
  for (std::uint32_t customer = begin; customer < end; ++customer) {
    const auto first_response = response;
    while (response != responses.end() && response->customer.value == customer) ++response;
    const auto first_row = row;
    while (row != rows.end() && row->customer.value == customer) ++row;
    tallier.Add({first_response, response}, {first_row, row},
                static_cast<std::uint32_t>(first_row - rows.begin()));
  }
  return tally;
}

std::optional<WeightedScore> WeightScore(const ScoreTally& tally, ScoreScale scale) {
  const ScaleTally& scores = tally.of(scale);
  WeightedScore result;
  for (const auto& [group, rate] : tally.rates) {
    if (scores.groups.contains(group)) {
      result.journeys += rate.journeys;
      result.answers += scores.groups.at(group).answers();
    } else {
      result.journeys_unheard += rate.journeys;
      result.unheard.push_back(group);
    }
  }
  if (result.answers == 0) return std::nullopt;
  // A group with a single customer tells nothing of its variance: it gets that of all answers.
  const double variance_of_one = VarianceOf(scores.all.mean) *
                                 static_cast<double>(std::max<std::uint64_t>(1, scores.all.mean.customers));
  double variance = 0.0;
  double degrees_below = 0.0;
  for (const auto& [group, sums] : scores.groups) {
    const double weight =
        static_cast<double>(tally.rates.at(group).journeys) / static_cast<double>(result.journeys);
    result.mean_milli += weight * sums.mean.value();
    const double own = sums.mean.customers < 2 ? variance_of_one : VarianceOf(sums.mean);
    const double part = weight * weight * own;
    variance += part;
    degrees_below += part * part / static_cast<double>(std::max<std::uint64_t>(2, sums.mean.customers) - 1);
  }
  const double degrees = degrees_below > 0.0 ? std::max(1.0, variance * variance / degrees_below) : 1e9;
  const double half = StudentQuantile(0.975, degrees) * std::sqrt(variance);
  const auto bounded = [&](double milli) {
    return std::clamp<double>(milli, LowestScoreMilli(scale), HighestScoreMilli(scale));
  };
  result.interval = {bounded(result.mean_milli - half), bounded(result.mean_milli + half)};
  return result;
}

}  // namespace v0
}  // namespace journey
