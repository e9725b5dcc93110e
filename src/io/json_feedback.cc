#include "io/json_feedback.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "journey/core/time.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

class FeedbackJson {
 public:
  FeedbackJson(const Report& report, const Insights& insights, JsonStreamWriter& json)
      : report_(report), insights_(insights), json_(json) {}

  void Write() {
    json_.Key("feedback");
    json_.Object();
    const FeedbackCounts& counts = insights_.feedback.counts;
    json_.Member("offered", counts.offered);
    json_.Member("joined", counts.joined);
    json_.Member("to_session", counts.to_session);
    json_.Member("unjoined", counts.unjoined);
    json_.Member("unreadable", counts.unreadable);
    json_.Member("out_of_scale", counts.out_of_scale);
    json_.Member("window_us", std::int64_t{insights_.feedback_window.count()});
    json_.Key("scales");
    json_.Array();
    for (const ScaleInsight& scale : insights_.scales) WriteScale(scale);
    json_.End();
    WriteRates();
    WriteVerbatims();
    json_.End();
  }

 private:
  void Milli(std::string_view key, double value) {
    json_.Key(key);
    json_.Value(std::int64_t{std::llround(value)});
  }
  void Range(std::string_view key, const Interval& interval, double scale) {
    json_.Key(key);
    json_.Array();
    json_.Value(std::int64_t{std::llround(interval.low * scale)});
    json_.Value(std::int64_t{std::llround(interval.high * scale)});
    json_.End();
  }
  void Place(TouchpointId touchpoint) {
    json_.Member("channel", report_.touchpoints.channel_text(touchpoint));
    json_.Member("event", report_.touchpoints.name_text(touchpoint));
  }
  void Definition(DefinitionId definition) {
    json_.Member("definition", report_.journey_summaries[definition.value].definition);
  }

  // The headline: csat a share and nps a difference of shares in millionths, ces thousandths of a point.
  void Summary(const ScoreSums& sums, ScoreScale scale) {
    const ScoreSummary summary = Summarize(sums, scale);
    json_.Member("answers", summary.answers);
    json_.Member("customers", summary.customers);
    json_.Member("high", sums.high);
    json_.Member("low", sums.low);
    Milli("mean_milli", summary.mean_milli);
    Range("mean_interval_milli", summary.mean_interval, 1.0);
    const bool points = scale == ScoreScale::kCes;
    Milli(points ? "headline_milli" : "headline_ppm", summary.headline * (points ? 1e3 : 1e6));
    Range(points ? "headline_interval_milli" : "headline_interval_ppm", summary.headline_interval,
          points ? 1e3 : 1e6);
  }

  template <typename Cells, typename Names>
  void Cut(std::string_view key, const Cells& cells, ScoreScale scale, const Names& names) {
    json_.Key(key);
    json_.Array();
    for (const auto& [id, sums] : cells) {
      json_.Row();
      names(id);
      Summary(sums, scale);
      json_.End();
    }
    json_.End();
  }

  void WriteScale(const ScaleInsight& insight) {
    const ScaleTally& tally = insights_.scores.of(insight.scale);
    json_.Object();
    json_.Member("scale", NameOf(insight.scale));
    Summary(tally.all, insight.scale);
    WriteWeighted(insight.weighted);
    Cut("by_definition", tally.by_definition, insight.scale, [&](DefinitionId id) { Definition(id); });
    Cut("by_outcome", tally.by_outcome, insight.scale, [&](const auto& id) {
      Definition(id.first);
      json_.Member("outcome", NameOf(id.second));
    });
    Cut("by_touchpoint", tally.by_touched, insight.scale, [&](TouchpointId id) { Place(id); });
    Cut("by_last_touchpoint", tally.by_last, insight.scale, [&](TouchpointId id) { Place(id); });
    json_.Key("drivers");
    json_.Array();
    for (const Driver& driver : insight.drivers) WriteDriver(driver);
    json_.End();
    json_.End();
  }

  void WriteWeighted(const std::optional<WeightedScore>& weighted) {
    json_.Key("weighted");
    if (!weighted) return json_.Null();
    json_.Row();
    Milli("mean_milli", weighted->mean_milli);
    Range("interval_milli", weighted->interval, 1.0);
    json_.Member("answers", weighted->answers);
    json_.Member("journeys", weighted->journeys);
    json_.Member("journeys_unheard", weighted->journeys_unheard);
    json_.End();
  }

  void Side(std::string_view key, const ScoreSide& side) {
    json_.Key(key);
    json_.Row();
    json_.Member("answers", side.answers);
    json_.Member("customers", side.customers);
    json_.Key("mean_milli");
    side.answers != 0 ? json_.Value(std::int64_t{std::llround(side.mean_milli)}) : json_.Null();
    json_.End();
  }

  void WriteDriver(const Driver& driver) {
    const bool tested = driver.verdict != DriverVerdict::kTooSmall;
    json_.Row();
    Definition(driver.definition);
    json_.Member("detector", report_.detectors[driver.friction.detector.value].name);
    json_.Member("kind", report_.label(driver.friction.kind));
    Place(driver.friction.touchpoint);
    json_.Member("verdict", NameOf(driver.verdict));
    Side("with", driver.with);
    Side("without", driver.without);
    json_.Key("difference_milli");
    driver.without.answers != 0 ? json_.Value(std::int64_t{std::llround(driver.difference_milli)})
                                : json_.Null();
    json_.Key("interval_milli");
    if (tested) {
      json_.Array();
      json_.Value(std::int64_t{std::llround(driver.interval.low)});
      json_.Value(std::int64_t{std::llround(driver.interval.high)});
      json_.End();
    } else {
      json_.Null();
    }
    json_.Key("q_ppm");
    tested ? json_.Value(std::int64_t{std::llround(driver.q * 1e6)}) : json_.Null();
    json_.Key("customers_needed");
    driver.customers_needed != kNoSampleIsEnough ? json_.Value(driver.customers_needed) : json_.Null();
    json_.End();
  }

  void WriteRates() {
    json_.Key("response_rates");
    json_.Array();
    for (const auto& [group, rate] : insights_.scores.rates) {
      json_.Row();
      Definition(group.definition);
      json_.Member("outcome", NameOf(group.outcome));
      json_.Member("hurt", group.hurt);
      json_.Member("journeys", rate.journeys);
      json_.Member("answered", std::int64_t{rate.answered.x});
      Range("rate_interval_ppm", ShareInterval(rate.answered), 1e6);
      json_.End();
    }
    json_.End();
  }

  // The customers' own words, at most kVerbatims, the latest first; what they are about beside them.
  void WriteVerbatims() {
    constexpr std::size_t kVerbatims = 1000;
    const Feedback& feedback = insights_.feedback;
    json_.Member("verbatims_carried", std::uint64_t{feedback.verbatims.size()});
    std::vector<const FeedbackResponse*> said;
    for (const FeedbackResponse& response : feedback.responses) {
      if (response.verbatim != kNoVerbatim) said.push_back(&response);
    }
    std::ranges::stable_sort(said, std::greater<>{}, &FeedbackResponse::time);
    if (said.size() > kVerbatims) said.resize(kVerbatims);
    json_.Key("verbatims");
    json_.Array();
    for (const FeedbackResponse* response : said) {
      json_.Row();
      json_.Member("time", FormatTime(response->time));
      json_.Member("scale", NameOf(response->scale));
      json_.Key("score_milli");
      json_.Value(std::int64_t{response->score_milli});
      json_.Member("join", NameOf(response->join));
      json_.Member("text", feedback.verbatims[response->verbatim]);
      json_.End();
    }
    json_.End();
  }

  const Report& report_;
  const Insights& insights_;
  JsonStreamWriter& json_;
};

}  // namespace

void WriteFeedback(const Report& report, const Insights& insights, JsonStreamWriter& json) {
  FeedbackJson(report, insights, json).Write();
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
