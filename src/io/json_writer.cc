#include "journey/io/json_writer.h"

#include <cmath>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "io/json_feedback.h"
#include "io/json_fix_first.h"
#include "io/json_funnels.h"
#include "io/json_insights.h"
#include "io/json_paths.h"
#include "io/json_stream_writer.h"
#include "io/writer_figures.h"
#include "journey/identity/identity_graph.h"

namespace journey {
inline namespace v0 {
namespace {

using internal::JsonStreamWriter;

// The tables of a report, one function each, in the order of the schema.
class ReportJson {
 public:
  // Insights may be nullptr.
  ReportJson(const Report& report, const Insights* insights, std::ostream& out)
      : report_(report), insights_(insights), json_(out) {}

  void Write() {
    json_.Object();
    json_.Member("schema", "journey.report/1");
    WriteInput();
    WriteIdentity();
    WriteSessions();
    WriteJourneys();
    WriteFriction();
    WriteTransitions();
    WriteVariants();
    WriteChannels();
    WriteTotals();
    if (insights_ != nullptr) WriteInsights();
    json_.End();
  }

 private:
  void WriteInsights() {
    internal::WriteClasses(insights_->classes, json_);
    const ReportTables tables(report_, Duration{0});
    json_.Key("fix_first");
    internal::WriteFixFirst(json_, tables.tables(), insights_->fix_first);
    internal::WriteFeedback(report_, *insights_, json_);
    json_.Key("funnels");
    internal::WriteFunnels(insights_->funnels, report_.touchpoints, report_.timeline.events, json_);
    json_.Key("paths");
    std::vector<std::string> definitions;
    for (const JourneySummary& summary : report_.journey_summaries) definitions.push_back(summary.definition);
    internal::WritePaths(insights_->paths, definitions, report_.touchpoints, report_.input.as_of, json_);
    internal::WriteAttribution(report_, *insights_, json_);
    internal::WriteOwners(*insights_, json_);
  }

  void Time(std::string_view key, TimePoint time, bool known) {
    json_.Key(key);
    known ? json_.Value(FormatTime(time)) : json_.Null();
  }
  void MedianOf(std::string_view key, const Durations& durations) {
    json_.Key(key);
    durations.count() != 0 ? json_.Value(std::int64_t{durations.median().count()}) : json_.Null();
  }
  void Place(TouchpointId touchpoint) {
    json_.Member("channel", report_.touchpoints.channel_text(touchpoint));
    json_.Member("event", report_.touchpoints.name_text(touchpoint));
  }
  void PlaceObject(TouchpointId touchpoint) {
    json_.Row();
    Place(touchpoint);
    json_.End();
  }
  void Statuses(const AdmissionCounts& counts) {
    json_.Member("offered", counts.offered());
    json_.Key("statuses");
    json_.Row();
    for (std::size_t i = 0; i < kAdmissionStatuses; ++i) {
      json_.Member(NameOf(static_cast<AdmissionStatus>(i)), counts.by_status[i]);
    }
    json_.End();
  }

  void WriteInput() {
    const InputSummary& input = report_.input;
    json_.Key("input");
    json_.Object();
    Statuses(input.statuses);
    json_.Member("events", input.events);
    Time("first_time", input.first_time, input.events != 0);
    Time("last_time", input.last_time, input.events != 0);
    Time("as_of", input.as_of, input.events != 0 || input.as_of != kMinTime);
    json_.Key("by_source");
    json_.Array();
    for (const auto& [source, counts] : input.by_source) {
      json_.Row();
      json_.Member("source", source);
      Statuses(counts);
      json_.End();
    }
    json_.End();
    json_.End();
  }

  void WriteIdentity() {
    const IdentitySummary& identity = report_.identity;
    json_.Key("identity");
    json_.Object();
    json_.Member("resolver", identity.resolver);
    json_.Member("identifiers", identity.identifiers);
    json_.Member("customers", identity.customers);
    json_.Member("refused_links", identity.refused_links);
    json_.Member("placeholders", identity.placeholders);
    json_.Member("unidentified", identity.unidentified);
    json_.Key("refused_by_rule");
    json_.Object();
    for (std::size_t rule = 0; rule < kIdentityRules; ++rule) {
      json_.Member(NameOf(static_cast<IdentityRule>(rule)), identity.refused_by_rule[rule]);
    }
    json_.End();
    json_.Member("shared_keys", identity.shared_keys);
    json_.Member("hubs", identity.hubs);
    json_.Key("customers_by_identifiers");
    json_.Object();
    for (std::size_t bucket = 0; bucket < kIdentifierBuckets.size(); ++bucket) {
      json_.Member(kIdentifierBuckets[bucket], identity.customers_by_identifiers[bucket]);
    }
    json_.End();
    json_.Member("most_identifiers", identity.most_identifiers);
    if (identity.agreement) WriteAgreement(*identity.agreement);
    json_.End();
  }

  // Shares as whole millionths, so that the bytes are the same everywhere.
  void WriteAgreement(const Agreement& agreement) {
    const auto millionths = [](double share) {
      return static_cast<std::uint64_t>(std::llround(share * 1e6));
    };
    json_.Key("agreement");
    json_.Object();
    json_.Member("events", agreement.events);
    json_.Member("persons", agreement.persons);
    json_.Member("customers", agreement.customers);
    json_.Member("pairs", agreement.pairs);
    json_.Member("true_pairs", agreement.true_pairs);
    json_.Member("common_pairs", agreement.common_pairs);
    json_.Member("precision_ppm", millionths(agreement.precision()));
    json_.Member("recall_ppm", millionths(agreement.recall()));
    json_.Member("bcubed_precision_ppm", millionths(agreement.bcubed_precision));
    json_.Member("bcubed_recall_ppm", millionths(agreement.bcubed_recall));
    json_.End();
  }

  void WriteSessions() {
    const SessionSummary& sessions = report_.session_summary;
    json_.Key("sessions");
    json_.Object();
    json_.Member("count", sessions.count);
    json_.Key("events_median");
    sessions.count != 0 ? json_.Value(sessions.events_median) : json_.Null();
    json_.Key("duration_median_us");
    sessions.count != 0 ? json_.Value(std::int64_t{sessions.duration_median.count()}) : json_.Null();
    json_.Member("cut", sessions.cut);
    json_.End();
  }

  void WriteJourneys() {
    json_.Key("journeys");
    json_.Array();
    for (const JourneySummary& summary : report_.journey_summaries) {
      const StepCounts& counts = summary.counts;
      json_.Object();
      json_.Member("definition", summary.definition);
      json_.Member("started", counts.started());
      for (const Outcome outcome : {Outcome::kAchieved, Outcome::kAbandoned, Outcome::kExpired,
                                    Outcome::kExcluded, Outcome::kEnded, Outcome::kOpen}) {
        json_.Member(NameOf(outcome), counts.ended(outcome));
      }
      MedianOf("time_to_goal_median_us", counts.time_to_goal());
      json_.Member("pauses", counts.pauses());
      json_.Member("resumes_elsewhere", counts.resumes_elsewhere());
      json_.Key("steps");
      json_.Array();
      for (std::size_t i = 0; i < summary.steps.size(); ++i) WriteStep(summary, i);
      json_.End();
      json_.End();
    }
    json_.End();
  }

  void WriteStep(const JourneySummary& summary, std::size_t i) {
    // With no journey of the definition there are no counts of its steps.
    static const StepCount kNone;
    const StepCount& step = i < summary.counts.steps().size() ? summary.counts.steps()[i] : kNone;
    json_.Row();
    json_.Member("name", summary.steps[i]);
    json_.Member("reached", step.reached);
    json_.Member("skipped", step.skipped);
    json_.Member("dropped", step.dropped);
    json_.Member("open", step.open);
    MedianOf("time_from_previous_median_us", step.from_previous);
    json_.End();
  }

  void WriteFriction() {
    const auto reasons = internal::ReasonsOfFriction(report_);
    std::optional<internal::FrictionImpact> impact;
    if (insights_ != nullptr) impact.emplace(report_, *insights_);
    json_.Key("friction");
    json_.Array();
    for (std::size_t i = 0; i < report_.friction.size(); ++i) {
      const FrictionRow& row = report_.friction[i];
      json_.Row();
      json_.Member("detector", report_.detectors[row.detector.value].name);
      json_.Member("kind", report_.label(row.kind));
      Place(row.touchpoint);
      json_.Member("findings", row.findings);
      json_.Member("journeys", row.journeys);
      json_.Member("customers", row.customers);
      json_.Member("cost_events", row.cost_events);
      json_.Member("cost_us", std::int64_t{row.cost_time.count()});
      json_.Key("reasons");
      json_.Row();
      for (const auto& [reason, count] : reasons[i]) json_.Member(report_.label(reason), count);
      json_.End();
      if (impact) impact->WriteMembers(i, json_);
      json_.End();
    }
    json_.End();
  }

  void WriteTransitions() {
    json_.Key("transitions");
    json_.Array();
    for (const Transition& transition : report_.transitions) {
      json_.Row();
      json_.Key("from");
      PlaceObject(transition.from);
      json_.Key("to");
      PlaceObject(transition.to);
      json_.Member("count", transition.count);
      json_.Member("median_us", std::int64_t{transition.median.count()});
      json_.End();
    }
    json_.End();
  }

  void WriteVariants() {
    json_.Key("variants");
    json_.Array();
    for (const Variant& variant : report_.variants) {
      json_.Row();
      json_.Key("path");
      json_.Array();
      for (const TouchpointId touchpoint : variant.path) PlaceObject(touchpoint);
      json_.End();
      json_.Member("cut", variant.cut);
      json_.Member("journeys", variant.journeys);
      json_.End();
    }
    json_.End();
    json_.Member("variants_distinct", report_.variants_distinct);
  }

  void WriteChannels() {
    const TouchpointCatalog& catalog = report_.touchpoints;
    json_.Key("channels");
    json_.Array();
    for (std::size_t i = 0; i < report_.channels.size(); ++i) {
      json_.Row();
      json_.Member("channel", catalog.channels[i]);
      json_.Member("events", report_.channels[i].events);
      json_.Member("customers", report_.channels[i].customers);
      json_.Member("sessions", report_.channels[i].sessions);
      json_.End();
    }
    json_.End();
    json_.Key("channel_flow");
    json_.Array();
    for (const ChannelFlow& flow : report_.channel_flow) {
      json_.Row();
      json_.Member("from", catalog.channels[flow.from.value]);
      json_.Member("to", catalog.channels[flow.to.value]);
      json_.Member("switches", flow.switches);
      json_.Member("forced", flow.forced);
      json_.End();
    }
    json_.End();
  }

  void WriteTotals() {
    const internal::ReportTotals totals = internal::TotalsOf(report_);
    json_.Key("totals");
    json_.Row();
    json_.Member("journeys", totals.journeys);
    json_.Member("findings", std::uint64_t{report_.findings.size()});
    json_.Member("journeys_with_findings", totals.journeys_with_findings);
    json_.Member("customers_with_findings", totals.customers_with_findings);
    json_.End();
    json_.Key("detectors");
    json_.Array();
    for (const DetectorInfo& detector : report_.detectors) {
      json_.Row();
      json_.Member("name", detector.name);
      json_.Member("parameters", detector.parameters);
      json_.End();
    }
    json_.End();
  }

  const Report& report_;
  const Insights* insights_;
  JsonStreamWriter json_;
};

}  // namespace

void WriteJson(const Report& report, std::ostream& out) {
  ReportJson(report, nullptr, out).Write();
}

void WriteJson(const Report& report, const Insights& insights, std::ostream& out) {
  ReportJson(report, &insights, out).Write();
}

}  // namespace v0
}  // namespace journey
