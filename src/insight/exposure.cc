#include "journey/insight/exposure.h"

#include <algorithm>
#include <bit>

#include "journey/core/check.h"

namespace journey {
inline namespace v0 {
namespace {

// What the walk over one journey needs of a finding.
struct Met {
  std::uint32_t key;
  std::uint32_t place;
  std::uint32_t begin;
};

class ExposureFinder {
 public:
  explicit ExposureFinder(const RunTables& tables) : tables_(tables) {}

  Exposures Find() {
    found_.space = {.definitions = static_cast<std::uint32_t>(tables_.definitions.size()),
                    .channels = static_cast<std::uint32_t>(tables_.touchpoints.channels.size())};
    CollectKeys();
    visits_.assign(found_.space.places(), {});
    std::size_t at = 0;
    for (std::uint32_t j = 0; j < tables_.journeys.rows.size(); ++j) {
      const std::size_t first = at;
      while (at < tables_.findings.size() && tables_.findings[at].journey.value == j) ++at;
      Walk(j, tables_.findings.subspan(first, at - first));
    }
    found_.state_begins.push_back(static_cast<std::uint32_t>(found_.states.size()));
    found_.exposure_begins.push_back(static_cast<std::uint32_t>(found_.exposures.size()));
    return std::move(found_);
  }

 private:
  [[nodiscard]] bool Implies(const Finding& finding) const {
    return tables_.detectors[finding.detector.value].implies_failure;
  }

  void CollectKeys() {
    for (const Finding& finding : tables_.findings) {
      (Implies(finding) ? found_.implied : found_.keys).push_back(KeyOf(finding));
    }
    for (std::vector<FrictionKey>* keys : {&found_.keys, &found_.implied}) {
      std::ranges::sort(*keys);
      keys->erase(std::unique(keys->begin(), keys->end()), keys->end());
    }
  }

  // Fills events_: for each event the progress so far, and, in ends_, where findings were over.
  void Walk(std::uint32_t journey, std::span<const Finding> findings) {
    const JourneyRow& row = tables_.journeys.rows[journey];
    found_.state_begins.push_back(static_cast<std::uint32_t>(found_.states.size()));
    found_.exposure_begins.push_back(static_cast<std::uint32_t>(found_.exposures.size()));
    met_.clear();
    std::uint32_t first_over = UINT32_MAX;  // the first event before which some finding was over
    for (const Finding& finding : findings) {
      if (Implies(finding)) continue;
      const auto key = std::ranges::lower_bound(found_.keys, KeyOf(finding)) - found_.keys.begin();
      met_.push_back({static_cast<std::uint32_t>(key), PlaceOf(tables_, finding), finding.begin});
      first_over = std::min(first_over, finding.end);
    }
    const bool open = row.outcome == Outcome::kOpen;
    const bool decided = row.outcome == Outcome::kAchieved || row.outcome == Outcome::kExcluded;
    const std::uint32_t last = row.events() - 1;
    ProgressOf(row);
    made_there_.assign(row.events(), 1);
    for (std::uint32_t i = 0; i < row.events(); ++i) {
      if (decided && i == last) break;
      Stay(journey, row, i, first_over <= i);
    }
    // The first of each key.
    std::ranges::sort(met_, [](const Met& a, const Met& b) {
      return a.key != b.key ? a.key < b.key : a.place != b.place ? a.place < b.place : a.begin < b.begin;
    });
    std::uint32_t before = UINT32_MAX;
    for (const Met& met : met_) {
      if (met.key == before) continue;
      before = met.key;
      const auto standing = open                           ? ExposureStanding::kOpen
                            : decided && met.place == last ? ExposureStanding::kAtEnd
                                                           : ExposureStanding::kCompared;
      found_.exposures.push_back({met.key, StateOf(journey, row, met.place), met.place, standing});
    }
  }

  // Event i, at its place: the first there, or one more.
  void Stay(std::uint32_t journey, const JourneyRow& row, std::uint32_t i, bool hurt_before) {
    const std::uint32_t place = PlaceAt(row, i);
    Visit& visit = visits_[place];
    if (visit.journey != journey) visit = {journey, 0, hurt_before};
    made_there_[i] = ++visit.events;
    const std::uint32_t stay = StateSpace::StayOf(visit.events);
    if (visit.events > 1 && stay == StateSpace::StayOf(visit.events - 1)) return;
    found_.states.push_back(StateSpace::of(place, stay, visit.hurt_before));
    found_.first_events.push_back(i);
  }

  // The state from which the event came: with the events made there before it.
  [[nodiscard]] std::uint32_t StateOf(std::uint32_t journey, const JourneyRow& row, std::uint32_t i) const {
    const std::uint32_t place = PlaceAt(row, i);
    const bool hurt_before = visits_[place].journey == journey && visits_[place].hurt_before;
    const std::uint32_t before = std::max(made_there_[i], 2U) - 1;
    return StateSpace::of(place, StateSpace::StayOf(before), hurt_before);
  }

  // How far the journey had come at each event.
  void ProgressOf(const JourneyRow& row) {
    progress_.assign(row.events(), 0);
    const bool has_steps = row.steps_reached != 0;
    if (!has_steps) {
      for (std::uint32_t i = 0; i < row.events(); ++i) {
        progress_[i] = static_cast<std::uint32_t>(std::bit_width(i + 1));
      }
      return;
    }
    for (std::uint32_t step = 0; step <= row.last_step; ++step) {
      const std::uint32_t position = tables_.journeys.steps[row.steps_begin + step];
      if (position == kNotReached) continue;
      const auto begin = tables_.journeys.events.begin() + row.begin;
      const auto at = std::lower_bound(begin, begin + row.events(), position) - begin;
      for (auto i = static_cast<std::size_t>(at); i < progress_.size(); ++i) progress_[i] = step + 1;
    }
  }

  [[nodiscard]] std::uint32_t PlaceAt(const JourneyRow& row, std::uint32_t i) const {
    const ChannelId channel = tables_.touchpoints.channel(tables_.event_of(row, i).touchpoint);
    return found_.space.place(row.definition, channel, std::min(progress_[i], StateSpace::kProgress - 1));
  }

  struct Visit {
    std::uint32_t journey = UINT32_MAX;
    std::uint32_t events = 0;
    bool hurt_before = false;
  };

  const RunTables& tables_;
  Exposures found_;
  std::vector<Visit> visits_;              // by place, of the last journey there
  std::vector<std::uint32_t> made_there_;  // scratch: by event, the events at its place up to it
  std::vector<Met> met_;                   // scratch
  std::vector<std::uint32_t> progress_;    // scratch
};

}  // namespace

std::uint32_t PlaceOf(const RunTables& tables, const Finding& finding) {
  const JourneyRow& row = tables.journeys.rows[finding.journey.value];
  const auto is_it = [&](std::uint32_t i) {
    const EventRow& event = tables.event_of(row, i);
    return event.touchpoint == finding.touchpoint && event.time == finding.time;
  };
  for (std::uint32_t i = finding.begin; i < finding.end && i < row.events(); ++i) {
    if (is_it(i)) return i;
  }
  for (std::uint32_t i = 0; i < row.events(); ++i) {
    if (is_it(i)) return i;
  }
  return std::min(finding.begin, row.events() - 1);
}

Exposures FindExposures(const RunTables& tables) {
  return ExposureFinder(tables).Find();
}

}  // namespace v0
}  // namespace journey
