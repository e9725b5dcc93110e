#include "io/json_insights.h"

#include <cmath>

#include "io/json_fix_first.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

std::int64_t Milli(double value) {
  return std::llround(value * 1000.0);
}
std::uint64_t Millionths(double share) {
  return static_cast<std::uint64_t>(std::llround(share * 1e6));
}

void Goals(const Estimate& goals, bool has_interval, JsonStreamWriter& json) {
  json.Member("more_goals_milli", Milli(goals.value));
  json.Key("more_goals_low_milli");
  has_interval ? json.Value(Milli(goals.low)) : json.Null();
  json.Key("more_goals_high_milli");
  has_interval ? json.Value(Milli(goals.high)) : json.Null();
}

void WriteComparison(const ComparisonLine& line, JsonStreamWriter& json) {
  json.Row();
  json.Member("standing", NameOf(line.standing));
  json.Member("met", line.met);
  json.Member("compared", line.compared);
  json.Member("comparable", line.comparable);
  if (line.standing == Standing::kRanked) {
    Goals(line.more_goals, true, json);
    json.Member("first_ppm", Millionths(line.first_share));
  }
  json.End();
}

void WriteChain(const ChainLine& line, JsonStreamWriter& json) {
  json.Row();
  json.Member("standing", NameOf(line.standing));
  json.Member("visits", line.visits);
  json.Member("journeys", line.journeys);
  if (line.standing == Standing::kRanked) Goals(line.more_goals, line.has_interval, json);
  json.End();
}

template <typename Texts>
void WriteTexts(std::string_view key, const Texts& texts, JsonStreamWriter& json) {
  json.Key(key);
  json.Array();
  for (const std::string& text : texts) json.Value(std::string_view(text));
  json.End();
}

void WriteClass(std::string_view key, const Matcher& matcher, std::uint64_t matched, JsonStreamWriter& json) {
  json.Key(key);
  json.Row();
  json.Member("matched", matched);
  WriteTexts("events", matcher.events, json);
  WriteTexts("channels", matcher.channels, json);
  json.Key("where");
  json.Array();
  for (const AttributeCondition& condition : matcher.where) {
    json.Row();
    json.Member("key", condition.key);
    WriteTexts("values", condition.values, json);
    json.End();
  }
  json.End();
  json.End();
}

}  // namespace

void WriteClasses(const ClassCounts& counts, JsonStreamWriter& json) {
  json.Key("event_classes");
  json.Object();
  WriteClass("errors", counts.classes.errors, counts.errors, json);
  WriteClass("support", counts.classes.support, counts.support, json);
  WriteClass("feedback", counts.classes.feedback, counts.feedback, json);
  json.End();
}

FrictionImpact::FrictionImpact(const Report& report, const Insights& insights)
    : report_(report),
      insights_(insights),
      evidence_(EvidenceOfFriction(report, 3)),
      comparisons_(report.friction.size()),
      chains_(report.friction.size()) {
  const FrictionRows rows(report);
  for (const ComparisonLine& line : insights.fix_first.by_comparison) {
    if (const std::size_t row = rows.Find(line.key); row < comparisons_.size()) comparisons_[row] = &line;
  }
  for (const ChainLine& line : insights.fix_first.by_chain) {
    if (line.repair != Repair::kFriction) continue;
    if (const std::size_t row = rows.Find(line.key); row < chains_.size()) chains_[row] = &line;
  }
}

void FrictionImpact::WriteMembers(std::size_t i, JsonStreamWriter& json) const {
  const FrictionEvidence& evidence = evidence_[i];
  json.Key("outcomes");
  json.Row();
  for (std::size_t outcome = 0; outcome < kOutcomes; ++outcome) {
    json.Member(NameOf(static_cast<Outcome>(outcome)), evidence.outcomes[outcome]);
  }
  json.End();
  json.Key("examples");
  json.Array();
  for (const JourneyId example : evidence.examples) {
    json.Row();
    json.Member("journey", std::uint64_t{example.value});
    json.Member("customer", std::uint64_t{report_.journeys.rows[example.value].customer.value});
    json.End();
  }
  json.End();
  json.Key("owner");
  const std::string_view owner = insights_.notes.owner_of(report_.friction[i].touchpoint);
  owner.empty() ? json.Null() : json.Value(owner);
  json.Key("impact");
  if (comparisons_[i] == nullptr && chains_[i] == nullptr) {
    json.Null();
    return;
  }
  json.Row();
  json.Key("by_comparison");  // null: its findings say by themselves that the journey failed
  comparisons_[i] == nullptr ? json.Null() : WriteComparison(*comparisons_[i], json);
  json.Key("by_chain");
  chains_[i] == nullptr ? json.Null() : WriteChain(*chains_[i], json);
  json.End();
}

void WriteAttribution(const Report& report, const Insights& insights, JsonStreamWriter& json) {
  json.Key("attribution");
  json.Object();
  json.Member("conversions", insights.attribution_conversions);
  json.Member("losses", insights.attribution_losses);
  json.Key("rules");
  json.Array();
  for (const AttributionResult& result : insights.attribution) {
    if (result.refused.empty()) {
      WriteAttribution(json, report.touchpoints.channels, result.options, result.credit);
      continue;
    }
    json.Row();
    json.Member("rule", NameOf(result.options.rule));
    json.Member("refused", result.refused);
    json.End();
  }
  json.End();
  json.End();
}

void WriteOwners(const Insights& insights, JsonStreamWriter& json) {
  json.Key("owners");
  json.Array();
  for (const OwnerRow& row : insights.owners) {
    json.Row();
    json.Key("owner");
    row.owner == TouchpointNotes::kNone ? json.Null()
                                        : json.Value(std::string_view(insights.notes.owners[row.owner]));
    json.Member("touchpoints", row.touchpoints);
    json.Member("events", row.events);
    json.Member("journeys", row.journeys);
    json.Member("findings", row.findings);
    json.Member("journeys_hurt", row.journeys_hurt);
    json.Member("customers_hurt", row.customers_hurt);
    json.Member("cost_events", row.cost_events);
    json.Member("cost_us", std::int64_t{row.cost_time.count()});
    json.Member("stays", row.stays);
    json.Member("overlong", row.overlong);
    json.End();
  }
  json.End();
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
