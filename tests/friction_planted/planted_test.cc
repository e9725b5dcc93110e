// The detectors on simulated customers, where it is known which friction was planted where.
//
// A finding is right if the truth has the same kind of friction at the same events of the same person; each friction of
// the truth is found by at most one finding. Identities are given, so that the figures tell of the detectors alone; a
// last case leaves them to the graph resolver, on a log with all its dirt.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "journey/core/status.h"
#include "journey/friction/channel_switch.h"
#include "journey/friction/detector_catalogue.h"
#include "journey/friction/excess_effort.h"
#include "journey/io/config.h"
#include "journey/pipeline/pipeline.h"
#include "simulate/simulator.h"
#include "simulate/writers.h"
#include "support/catch.h"

namespace journey {
namespace {

using simulation::Friction;
using simulation::FrictionText;
using simulation::LivedFriction;

// Knows who it was.
class Omniscient final : public IdentityResolver {
 public:
  explicit Omniscient(const std::vector<std::uint32_t>& person) : person_(person) {}
  [[nodiscard]] std::string_view name() const override { return "truth"; }
  [[nodiscard]] Resolution Resolve(const EventLog& /*log*/) const override {
    Resolution resolution;
    resolution.labels.assign(person_.begin(), person_.end());
    return resolution;
  }

 private:
  const std::vector<std::uint32_t>& person_;
};

struct Place {
  std::uint32_t person = 0;
  std::uint32_t first = 0;  // events of the person's life
  std::uint32_t last = 0;
  std::uint32_t at = 0;
};

struct Score {
  std::uint64_t planted = 0;  // of the truth
  std::uint64_t found = 0;    // of these
  std::uint64_t findings = 0;
  std::uint64_t same_event = 0;  // right ones that blame the same event
  std::uint64_t in_clean = 0;    // in journeys without friction

  [[nodiscard]] double precision() const {
    return findings == 0 ? 1.0 : static_cast<double>(found) / static_cast<double>(findings);
  }
  [[nodiscard]] double recall() const {
    return planted == 0 ? 1.0 : static_cast<double>(found) / static_cast<double>(planted);
  }
  [[nodiscard]] double f1() const {
    return 2 * static_cast<double>(found) /
           static_cast<double>(std::max<std::uint64_t>(planted + findings, 1));
  }
};

using Kind = std::pair<std::string, std::string>;  // detector and kind

// The simulator's word for what a finding says: detectors that know of one kind of pain only call it by their name.
Kind KindOf(const std::string& detector, std::string_view kind) {
  if (detector == "drop_off") return {detector, detector};
  return {detector, std::string(kind)};
}

struct Outcome {
  std::map<Kind, Score> scores;
  std::uint64_t journeys = 0;
  std::uint64_t clean = 0;
};

class Trial {
 public:
  Trial(const SimulatorOptions& options, bool identities_known) : truth_(Simulate(options)) {
    EventBuffer buffer;
    for (std::size_t i = 0; i < truth_.size(); ++i) {
      const std::size_t before = log_.size();
      const Admission admission = log_.Append(truth_.Fill(i, buffer));
      if (log_.size() == before) continue;
      if (!admission.accepted()) FAIL("a new row that was not accepted");
      person_.push_back(truth_.person(i));
      index_.push_back(truth_.row(i).index);
    }
    const auto config = ParseConfig(SimulatedJourneys(), "journeys.json");
    REQUIRE(config.ok());
    PipelineOptions run{.journeys = config->journeys, .classes = config->classes};
    if (identities_known) run.resolver = std::make_shared<Omniscient>(person_);
    DetectorList detectors = DefaultDetectors();
    detectors[2] =
        std::make_shared<ChannelSwitchDetector>(ChannelSwitchDetectorOptions{.rule = {}, .voluntary = true});
    detectors.push_back(std::make_shared<ExcessEffort>());
    run.detectors = detectors;
    run.as_of = truth_.as_of();
    run.threads = 2;
    report_ = Pipeline::Create(run)->Run(log_);
  }

  [[nodiscard]] Outcome Judge() {
    Outcome outcome;
    outcome.journeys = truth_.journeys().size();
    CollectTruth(outcome);
    std::map<Kind, std::vector<Place>> findings;
    for (const Finding& finding : report_.findings) {
      const JourneyRow& row = report_.journeys.rows[finding.journey.value];
      const EventIndex first = report_.event_of(row, finding.begin).event;
      const EventIndex last = report_.event_of(row, finding.end - 1).event;
      const Kind kind = KindOf(report_.detectors[finding.detector.value].name, report_.label(finding.kind));
      // What every log has anyhow, and the simulator does not plant.
      if (kind.first == "error" || kind.first == "support_contact") continue;
      findings[kind].push_back(
          {person_[first.value], index_[first.value], index_[last.value], EventAt(finding)});
      if (kind.first != "drop_off" && kind.second != "voluntary" && IsClean(findings[kind].back()))
        ++outcome.scores[kind].in_clean;
    }
    for (auto& [kind, places] : findings) Match(places, truth_places_[kind], outcome.scores[kind]);
    for (const auto& [kind, places] : truth_places_) outcome.scores[kind].planted = places.size();
    return outcome;
  }

 private:
  void CollectTruth(Outcome& outcome) {
    std::vector<bool> hurt(truth_.journeys().size());
    for (const LivedFriction& friction : truth_.frictions()) {
      const simulation::LivedJourney& lived = truth_.journeys()[friction.journey];
      const FrictionText text = TextOf(friction.kind);
      truth_places_[{std::string(text.detector), std::string(text.kind)}].push_back(
          {lived.person, friction.first, friction.last, friction.at});
      if (friction.kind != Friction::kVoluntarySwitch && friction.kind != Friction::kDropOff)
        hurt[friction.journey] = true;
    }
    for (std::size_t i = 0; i < hurt.size(); ++i) {
      if (hurt[i]) continue;
      ++outcome.clean;
      const simulation::LivedJourney& lived = truth_.journeys()[i];
      clean_.insert({{lived.person, lived.first}, lived.last});
    }
  }
  [[nodiscard]] bool IsClean(const Place& place) const {
    const auto after = clean_.upper_bound({place.person, place.first});
    if (after == clean_.begin()) return false;
    const auto& [key, last] = *std::prev(after);
    return key.first == place.person && place.first <= last;
  }
  // The event of the life at the touchpoint of a finding: the first of the evidence with its time and touchpoint.
  [[nodiscard]] std::uint32_t EventAt(const Finding& finding) const {
    const JourneyRow& row = report_.journeys.rows[finding.journey.value];
    for (std::uint32_t i = finding.begin; i < finding.end; ++i) {
      const EventRow& event = report_.event_of(row, i);
      if (event.time == finding.time && event.touchpoint == finding.touchpoint)
        return index_[event.event.value];
    }
    return UINT32_MAX;
  }
  // Each finding takes the first friction of the truth that overlaps it and is not taken.
  static void Match(const std::vector<Place>& findings, const std::vector<Place>& truth, Score& score) {
    std::map<std::uint32_t, std::vector<std::pair<Place, bool>>> of_person;
    for (const Place& place : truth) of_person[place.person].emplace_back(place, false);
    for (const Place& finding : findings) {
      ++score.findings;
      for (auto& [place, taken] : of_person[finding.person]) {
        if (taken || finding.last < place.first || place.last < finding.first) continue;
        taken = true;
        ++score.found;
        score.same_event += finding.at == place.at ? 1 : 0;
        break;
      }
    }
  }

  SimulatedLog truth_;
  EventLog log_;
  std::vector<std::uint32_t> person_, index_;  // of each row of the log
  Report report_;
  std::map<Kind, std::vector<Place>> truth_places_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> clean_;  // journeys: person, first -> last
};

std::string TableOf(const Outcome& outcome) {
  std::string text = fmt::format("{} journeys, {} without friction\n{:<25}{:>8}{:>9}{:>10}{:>8}{:>8}{:>9}\n",
                                 outcome.journeys, outcome.clean, "", "planted", "findings", "precision",
                                 "recall", "F1", "in clean");
  for (const auto& [kind, score] : outcome.scores) {
    const std::string name = kind.first == kind.second ? kind.first : kind.first + " " + kind.second;
    text += fmt::format("{:<25}{:>8}{:>9}{:>10.4f}{:>8.4f}{:>8.4f}{:>9}\n", name, score.planted,
                        score.findings, score.precision(), score.recall(), score.f1(), score.in_clean);
  }
  return text;
}

void Expect(const Outcome& outcome, double least_f1, double most_in_clean_per_thousand) {
  WARN(TableOf(outcome));
  std::uint64_t kinds = 0, in_clean = 0;
  for (const auto& [kind, score] : outcome.scores) {
    INFO(kind.first << " " << kind.second);
    CHECK(score.f1() >= least_f1);
    if (score.planted > 0) ++kinds;
    in_clean += score.in_clean;
  }
  CHECK(kinds == simulation::kFrictions);
  CHECK(static_cast<double>(in_clean) * 1000 <=
        most_in_clean_per_thousand * static_cast<double>(outcome.clean));
}

}  // namespace

TEST_CASE(
    "every planted friction is found with F1 of 0.95 or more, and journeys without friction are left in "
    "peace") {
  Expect(Trial(WithoutDirt({.customers = 2000, .days = 60, .seed = 20240301}), true).Judge(), 0.95, 1.0);
}

TEST_CASE("the same holds for many customers and other seeds", "[.long]") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed)
    Expect(Trial(WithoutDirt({.customers = 20'000, .days = 60, .seed = seed}), true).Judge(), 0.95, 1.0);
}

TEST_CASE("with dirt in the log and identities left to the resolver the findings stay good") {
  Expect(Trial({.customers = 2000, .days = 60, .seed = 7}, false).Judge(), 0.9, 5.0);
}

}  // namespace journey
