// The obvious, slow, independent twin of every stage, and of a whole run. See also oracle_evidence.h (events,
// customers by one key), oracle_graph.h (customers as components) and oracle_journeys.h (sessions, journeys).
#pragma once
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "journey/friction/detector_catalogue.h"
#include "support/oracle_evidence.h"
#include "support/oracle_friction.h"
#include "support/oracle_journeys.h"
#include "support/plain_report.h"

namespace test {

// By sorting; of an even number the mean of the middle two, rounded down; 0 of none.
template <typename T>
T OracleMedian(std::vector<T> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const T above = values[values.size() / 2];
  if (values.size() % 2 == 1) return above;
  const T below = values[values.size() / 2 - 1];
  return below + (above - below) / 2;
}

// A run over what was admitted.
class OracleRun {
 public:
  // `rules` are those of the detectors in use; a stall is by default what the options say.
  OracleRun(Admitted admitted, const journey::PipelineOptions& options, OracleCustomers customers,
            const std::optional<OracleRules>& rules = {})
      : admitted_(std::move(admitted)), options_(options), customers_(std::move(customers)) {
    rules_ = rules.value_or(OracleRules{.stall = options.switches.stall.count()});
    rules_.switch_stall = options.switches.stall.count();
  }

  PlainReport Run() {
    SummarizeInput();
    std::size_t offset = 0;
    for (std::size_t customer = 0; customer < customers_.timelines.size(); ++customer) {
      OracleTimeline timeline{.customer = customer, .offset = offset, .events = {}};
      report_.timelines.emplace_back();
      for (const std::size_t i : customers_.timelines[customer]) {
        const Evidence& event = admitted_.events[i];
        timeline.events.push_back(event);
        all_.push_back(event);
        report_.timelines.back().push_back({event.time, {event.channel, event.name}});
      }
      offset += timeline.events.size();
      ends_.push_back(offset);
      Derive(timeline);
    }
    for (std::size_t i = 0; i < report_.journeys.size(); ++i) Examine(i);
    SummarizeSessions();
    SummarizeJourneys();
    SummarizeFriction();
    SummarizeMoves();
    return report_;
  }

 private:
  void SummarizeInput() {
    report_.by_source = {admitted_.counts.begin(), admitted_.counts.end()};
    report_.statuses = admitted_.total();
    report_.events = admitted_.events.size();
    if (!admitted_.events.empty()) {
      report_.first_time = admitted_.events.front().time;
      report_.last_time = admitted_.events.back().time;
    }
    report_.as_of = options_.as_of ? options_.as_of->time_since_epoch().count() : report_.last_time;
    report_.identity = {customers_.identifiers, customers_.timelines.size(), customers_.refused_links,
                        customers_.placeholders, customers_.unidentified};
  }

  void Derive(const OracleTimeline& timeline) {
    const Micros gap = options_.sessions.max_gap.count();
    for (const PlainSession& session : OracleSessions(timeline, options_.sessions)) {
      report_.sessions.push_back(session);
    }
    std::vector<PlainJourney> journeys;
    if (options_.journeys.empty())
      journeys = OracleDiscovered(timeline, options_.discovery, report_.as_of, gap);
    for (std::size_t id = 0; id < options_.journeys.size(); ++id) {
      for (const auto& journey : OracleJourneys(timeline, id, options_.journeys[id], report_.as_of, gap)) {
        journeys.push_back(journey);
      }
    }
    std::stable_sort(journeys.begin(), journeys.end(), [](const PlainJourney& a, const PlainJourney& b) {
      return a.events.front() < b.events.front();
    });
    report_.journeys.insert(report_.journeys.end(), journeys.begin(), journeys.end());
  }

  [[nodiscard]] const journey::JourneyDefinition* DefinitionOf(const PlainJourney& journey) const {
    return options_.journeys.empty() ? nullptr : &options_.journeys[journey.definition];
  }
  [[nodiscard]] std::vector<std::string> DetectorNames() const {
    std::vector<std::string> names;
    const journey::DetectorList defaults = journey::DefaultDetectors();
    for (const auto& detector : options_.detectors.value_or(defaults)) names.emplace_back(detector->name());
    return names;
  }

  void Examine(std::size_t id) {
    const PlainJourney& journey = report_.journeys[id];
    std::vector<Evidence> events;
    for (const std::size_t position : journey.events) events.push_back(all_[position]);
    std::vector<std::int64_t> reached_at;  // by step: the event of the journey
    for (const std::int64_t position : journey.steps) {
      const auto found = std::find(journey.events.begin(), journey.events.end(), position);
      reached_at.push_back(position < 0 ? -1 : found - journey.events.begin());
    }
    const auto customer_end = static_cast<std::ptrdiff_t>(ends_[journey.customer]);
    const OracleCase one{.events = events,
                         .later = {all_.begin() + static_cast<std::ptrdiff_t>(journey.events.back() + 1),
                                   all_.begin() + customer_end},
                         .reached_at = reached_at,
                         .again = OracleDoneSteps(events, reached_at, DefinitionOf(journey)),
                         .definition = DefinitionOf(journey),
                         .outcome = journey.outcome,
                         .last_step = journey.last_step,
                         .classes = &options_.classes,
                         .session_gap = options_.sessions.max_gap.count()};
    OracleDetectors detectors(one, rules_);
    const std::vector<std::string> order = DetectorNames();
    std::vector<PlainFinding> findings;
    for (const std::string& name : order) {
      for (auto [finding, at] : detectors.FindingsOf(name)) {
        finding.customer = journey.customer;
        finding.journey = id;
        finding.touchpoint = {events[at].channel, events[at].name};
        finding.time = events[at].time;
        findings.push_back(finding);
      }
    }
    for (std::size_t i = 1; i < events.size(); ++i) {
      if (events[i].channel == events[i - 1].channel) continue;
      auto& flow = flow_[{events[i - 1].channel, events[i].channel}];
      ++flow.first;
      if (!detectors.SwitchReason(i).empty()) ++flow.second;
    }
    std::stable_sort(findings.begin(), findings.end(), [&](const PlainFinding& a, const PlainFinding& b) {
      const auto place = [&](const PlainFinding& f) {
        return std::tuple(f.begin, f.end, std::find(order.begin(), order.end(), f.detector), f.kind);
      };
      return place(a) < place(b);
    });
    report_.findings.insert(report_.findings.end(), findings.begin(), findings.end());
    CountMoves(events);
  }

  void CountMoves(const std::vector<Evidence>& events) {
    std::vector<Place> path;
    for (std::size_t i = 0; i < events.size(); ++i) {
      const Place place{events[i].channel, events[i].name};
      if (i > 0) {
        transitions_[{{events[i - 1].channel, events[i - 1].name}, place}].push_back(events[i].time -
                                                                                     events[i - 1].time);
      }
      if (path.empty() || path.back() != place) path.push_back(place);
    }
    const bool cut = path.size() > 64;
    if (cut) path.resize(64);
    ++variants_[{path, cut}];
  }

  void SummarizeSessions() {
    std::vector<std::int64_t> events;
    std::vector<std::int64_t> lengths;
    std::int64_t cut = 0;
    std::map<std::string, std::set<std::size_t>> customers;
    std::map<std::string, PlainChannel> channels;
    for (const PlainSession& session : report_.sessions) {
      events.push_back(static_cast<std::int64_t>(session.end - session.begin));
      lengths.push_back(session.last - session.first);
      cut += session.cut ? 1 : 0;
      std::set<std::string> here;
      for (std::size_t i = session.begin; i < session.end; ++i) {
        here.insert(all_[i].channel);
        ++channels[all_[i].channel].events;
        customers[all_[i].channel].insert(session.customer);
      }
      for (const std::string& channel : here) ++channels[channel].sessions;
    }
    report_.session_summary = {static_cast<std::int64_t>(report_.sessions.size()), cut, OracleMedian(events),
                               OracleMedian(lengths)};
    for (auto& [name, row] : channels) {
      row.channel = name;
      row.customers = customers[name].size();
      report_.channels.push_back(row);
    }
  }

  void SummarizeJourneys() {
    const std::size_t definitions = std::max<std::size_t>(1, options_.journeys.size());
    for (std::size_t id = 0; id < definitions; ++id) {
      const journey::JourneyDefinition* definition =
          options_.journeys.empty() ? nullptr : &options_.journeys[id];
      PlainSummary summary{
          .definition = definition == nullptr ? "discovered" : definition->name, .ended = {}, .steps = {}};
      for (const char* outcome : {"open", "achieved", "abandoned", "expired", "excluded", "ended"}) {
        summary.ended[outcome] = 0;
      }
      std::vector<Micros> to_goal;
      const std::size_t steps = definition == nullptr ? 0 : definition->steps.size();
      std::vector<std::vector<Micros>> from_previous(steps);
      for (std::size_t k = 0; k < steps; ++k) summary.steps.push_back({.name = definition->steps[k].name});
      for (const PlainJourney& journey : report_.journeys) {
        if (journey.definition != id) continue;
        ++summary.started;
        ++summary.ended[journey.outcome];
        summary.pauses += journey.pauses;
        summary.resumes_elsewhere += journey.resumes_elsewhere;
        const bool achieved = journey.outcome == "achieved";
        if (achieved) to_goal.push_back(journey.ended - journey.first);
        for (std::size_t k = 0; k < steps; ++k) CountStep(journey, k, summary.steps[k], from_previous[k]);
      }
      summary.goals = to_goal.size();
      summary.time_to_goal = OracleMedian(to_goal);
      for (std::size_t k = 0; k < steps; ++k) {
        summary.steps[k].timed = from_previous[k].size();
        summary.steps[k].median = OracleMedian(from_previous[k]);
      }
      report_.summaries.push_back(summary);
    }
  }

  void CountStep(const PlainJourney& journey, std::size_t k, PlainStep& step,
                 std::vector<Micros>& times) const {
    const bool achieved = journey.outcome == "achieved";
    if (journey.steps[k] >= 0) {
      ++step.reached;
      for (std::size_t before = k; before-- > 0;) {
        if (journey.steps[before] < 0) continue;
        times.push_back(all_[static_cast<std::size_t>(journey.steps[k])].time -
                        all_[static_cast<std::size_t>(journey.steps[before])].time);
        break;
      }
    } else if (achieved || k < journey.last_step) {
      ++step.skipped;
    }
    if (k != journey.last_step || achieved) return;
    ++(journey.outcome == "open" ? step.open : step.dropped);
  }

  void SummarizeFriction() {
    std::map<std::tuple<std::string, std::string, Place>, PlainFriction> rows;
    std::map<std::tuple<std::string, std::string, Place>,
             std::pair<std::set<std::size_t>, std::set<std::size_t>>>
        who;
    for (const PlainFinding& finding : report_.findings) {
      const std::tuple group(finding.detector, finding.kind, finding.touchpoint);
      PlainFriction& row = rows[group];
      row.detector = finding.detector;
      row.kind = finding.kind;
      row.touchpoint = finding.touchpoint;
      ++row.findings;
      row.cost_events += finding.cost_events;
      row.cost_time += finding.cost_time;
      who[group].first.insert(finding.journey);
      who[group].second.insert(finding.customer);
    }
    for (auto& [group, row] : rows) {
      row.journeys = who[group].first.size();
      row.customers = who[group].second.size();
      report_.friction.push_back(row);
    }
    std::stable_sort(report_.friction.begin(), report_.friction.end(),
                     [](const PlainFriction& a, const PlainFriction& b) {
                       return std::tie(a.journeys, a.findings) > std::tie(b.journeys, b.findings);
                     });
  }

  void SummarizeMoves() {
    for (const auto& [pair, times] : transitions_) {
      report_.transitions.push_back({pair.first, pair.second, times.size(), OracleMedian(times)});
    }
    for (const auto& [path, journeys] : variants_) {
      report_.variants.push_back({path.first, path.second, journeys});
    }
    std::stable_sort(report_.variants.begin(), report_.variants.end(),
                     [](const PlainVariant& a, const PlainVariant& b) { return a.journeys > b.journeys; });
    report_.variants_distinct = report_.variants.size();
    if (report_.variants.size() > 1000) report_.variants.resize(1000);
    for (const auto& [channels, counts] : flow_) {
      report_.channel_flow.push_back({channels.first, channels.second, counts.first, counts.second});
    }
  }

  Admitted admitted_;
  const journey::PipelineOptions& options_;
  OracleCustomers customers_;
  OracleRules rules_;
  std::vector<Evidence> all_;      // of all timelines
  std::vector<std::size_t> ends_;  // of each customer's timeline in all_
  PlainReport report_;
  std::map<std::pair<Place, Place>, std::vector<Micros>> transitions_;
  std::map<std::pair<std::vector<Place>, bool>, std::uint64_t> variants_;
  std::map<std::pair<std::string, std::string>, std::pair<std::uint64_t, std::uint64_t>> flow_;
};

// What Pipeline::Run must find in a log of these offers, with a KeyResolver of the namespace.
inline PlainReport OracleReport(const std::vector<Offer>& offers, const journey::PipelineOptions& options,
                                const std::string& name_space) {
  Admitted admitted = OracleAdmit(offers);
  if (options.as_of) admitted = OracleUntil(admitted, options.as_of->time_since_epoch().count());
  OracleCustomers customers = OracleKey(admitted.events, name_space);
  return OracleRun(std::move(admitted), options, std::move(customers)).Run();
}

}  // namespace test
