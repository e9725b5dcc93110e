#include "io/json_fix_first.h"

#include <fmt/format.h>

#include <cmath>

#include "journey/core/check.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

std::int64_t Whole(double value, double unit) {
  return std::llround(value * unit);
}

class FixFirstWriter {
 public:
  FixFirstWriter(JsonStreamWriter& json, const RunTables& tables) : json_(json), tables_(tables) {}

  void Write(const FixFirst& ranking) {
    json_.Object();
    json_.Key("journeys");
    json_.Row();
    json_.Member("closed", ranking.closed);
    json_.Member("achieved", ranking.achieved);
    json_.Member("open", ranking.open);
    json_.Member("scored", ranking.scored);
    json_.End();
    json_.Member("replicates", std::uint64_t{ranking.replicates});
    json_.Key("by_comparison");
    json_.Object();
    json_.Key("lines");
    json_.Array();
    std::uint64_t rank = 0;
    for (const ComparisonLine& line : ranking.by_comparison) Write(line, ++rank);
    json_.End();
    json_.Key("left_out");  // findings that say by themselves that the journey failed
    json_.Array();
    for (const FrictionKey& key : ranking.implied) {
      json_.Row();
      WriteKey(key);
      json_.End();
    }
    json_.End();
    json_.End();
    WriteChain(ranking);
    json_.End();
  }

 private:
  void WriteTouchpoint(TouchpointId touchpoint) {
    json_.Member("touchpoint", fmt::format("{}/{}", tables_.touchpoints.channel_text(touchpoint),
                                           tables_.touchpoints.name_text(touchpoint)));
  }
  void WriteKey(const FrictionKey& key) {
    json_.Member("detector", tables_.detectors[key.detector.value].name);
    json_.Member("kind", tables_.label(key.kind));
    WriteTouchpoint(key.touchpoint);
  }
  void WriteEstimate(std::string_view key, const Estimate& estimate, double unit, bool with_interval = true) {
    json_.Key(key);
    json_.Row();
    json_.Member("value", Whole(estimate.value, unit));
    if (with_interval) {
      json_.Member("low", Whole(estimate.low, unit));
      json_.Member("high", Whole(estimate.high, unit));
    }
    json_.End();
  }
  // The place of a line that is ranked; the others have none.
  void WriteStanding(Standing standing, std::uint64_t rank) {
    if (standing == Standing::kRanked) json_.Member("rank", rank);
    json_.Member("standing", NameOf(standing));
  }

  void Write(const ComparisonLine& line, std::uint64_t rank) {
    json_.Object();
    WriteStanding(line.standing, rank);
    WriteKey(line.key);
    json_.Member("sentence", SentenceOf(tables_, line));
    json_.Key("journeys");
    json_.Row();
    json_.Member("in_channel", line.in_channel);
    json_.Member("met", line.met);
    json_.Member("compared", line.compared);
    json_.Member("open", line.open);
    json_.Member("at_end", line.at_end);
    json_.Member("no_comparable", line.no_comparable);
    json_.Member("comparable", line.comparable);
    json_.Member("other_open", line.other_open);
    json_.Member("not_alike", line.not_alike);
    json_.End();
    if (line.standing == Standing::kRanked) {
      json_.Member("goals", line.goals);
      json_.Member("expected_goals_milli", Whole(line.expected_goals, 1e3));
      WriteEstimate("more_goals_milli", line.more_goals, 1e3);
      json_.Member("first_share_ppm", Whole(line.first_share, 1e6));
      json_.Member("timed", line.timed);
      if (line.says_time) WriteEstimate("saved_time_us", line.saved_time_us, 1.0);
      json_.Member("scored", line.scored);
      if (line.says_score) WriteEstimate("score_milli", line.score_milli, 1.0);
    }
    json_.End();
  }

  void WriteChain(const FixFirst& ranking) {
    json_.Key("by_chain");
    json_.Object();
    json_.Member("states", ranking.chain_states);
    json_.Member("goals_milli", Whole(ranking.chain_goals, 1e3));
    json_.Member("error_bound_goals", fmt::format("{:.1e}", ranking.chain_error_bound));
    json_.Member("resampled", ranking.chain_resampled);
    json_.Key("lines");
    json_.Array();
    std::uint64_t rank = 0;
    for (const ChainLine& line : ranking.by_chain) Write(line, ++rank);
    json_.End();
    json_.End();
  }

  void Write(const ChainLine& line, std::uint64_t rank) {
    json_.Object();
    WriteStanding(line.standing, rank);
    json_.Member("repair", line.repair == Repair::kFriction ? "friction" : "drop_off");
    if (line.repair == Repair::kFriction) {
      WriteKey(line.key);
    } else {
      WriteTouchpoint(line.key.touchpoint);
    }
    json_.Member("sentence", SentenceOf(tables_, line));
    json_.Member("visits", line.visits);
    json_.Member("journeys", line.journeys);
    if (line.repair == Repair::kFriction) json_.Member("hurt_visits", line.hurt_visits);
    if (line.standing == Standing::kRanked) {
      WriteEstimate("more_goals_milli", line.more_goals, 1e3, line.has_interval);
      if (line.has_interval) json_.Member("first_share_ppm", Whole(line.first_share, 1e6));
    }
    json_.Member("removal_goals_milli", Whole(line.removal, 1e3));
    json_.End();
  }

  JsonStreamWriter& json_;
  const RunTables& tables_;
};

}  // namespace

void WriteFixFirst(JsonStreamWriter& json, const RunTables& tables, const FixFirst& ranking) {
  FixFirstWriter(json, tables).Write(ranking);
}

void WriteAttribution(JsonStreamWriter& json, std::span<const std::string> channels,
                      const AttributionOptions& options, std::span<const ChannelCredit> credits) {
  JOURNEY_CHECK(credits.size() == channels.size());
  json.Object();
  json.Member("rule", NameOf(options.rule));
  if (options.rule == AttributionRule::kPosition) {
    json.Member("first_ppm", Whole(options.first, 1e6));
    json.Member("last_ppm", Whole(options.last, 1e6));
  }
  if (options.rule == AttributionRule::kTimeDecay) {
    json.Member("half_life_us", std::int64_t{options.half_life.count()});
  }
  if (options.rule == AttributionRule::kRemoval) json.Member("order", std::uint64_t{options.order});
  if (options.rule == AttributionRule::kShapley) {
    json.Member("worth", options.worth == ShapleyWorth::kRate ? "rate" : "conversions");
  }
  json.Key("channels");
  json.Array();
  for (std::size_t c = 0; c < channels.size(); ++c) {
    json.Row();
    json.Member("channel", channels[c]);
    json.Member("conversions_milli", Whole(credits[c].conversions, 1e3));
    json.Member("revenue_milli", Whole(credits[c].revenue, 1e3));
    json.End();
  }
  json.End();
  json.End();
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
