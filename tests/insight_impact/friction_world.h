// A small world in which the truth about frictions is exact: every journey is lived as it was, and, with the
// same draws, as it would have been with one friction repaired.
//
// Customers come in one of two channels, which differ in everything: how many get through and how many are
// hurt (so that who does not compare within a channel is wrong). A journey goes view, cart, pay, goal. After
// each of the first three it may meet each friction, an event of its own in the same channel, after which
// some leave; then some leave for no reason. Customers differ, and have up to three journeys.
#pragma once
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "journey/insight/fix_first.h"
#include "simulate/random.h"

namespace journey::testing {

struct WorldOptions {
  std::uint32_t customers = 2000;
  std::uint64_t seed = 1;
  std::uint32_t frictions = 4;
  std::array<std::uint32_t, 2> met_permille{20, 45};  // by channel, after each step
  std::array<std::uint32_t, 6> leave_permille{250, 100, 60,
                                              30,  0,   0};  // by friction, beyond what is ordinary
  std::array<std::uint32_t, 2> drop_permille{80, 200};       // by channel, after each step
  std::uint32_t differs_permille = 60;                       // customers differ by up to so much in that
  std::uint32_t score_permille = 300;
  std::array<std::int32_t, 6> score_cost_milli{800, 300, 0, 0, 0, 0};
  // Whether who leaves because of a friction does so before the next one can strike at the same step, or
  // after all of that step. At once, those who meet a later one have survived the earlier ones (immortal
  // time).
  bool leave_at_once = false;
  std::uint32_t open_permille = 0;  // journeys that are cut off after some event
  bool drop_off_findings = false;   // a detector whose findings imply failure
};

// What would have come, had friction f never been met in channel c.
struct WorldTruth {
  std::array<std::array<double, 2>, 6> more_goals{};
  std::array<std::array<double, 2>, 6> exposed{};
};

struct World {
  TouchpointCatalog touchpoints;
  std::vector<EventRow> timeline;
  std::vector<std::uint32_t> begins{0};
  JourneyTable journeys;
  std::vector<Finding> findings;
  std::vector<std::string> labels;
  std::vector<DetectorInfo> detectors;
  std::vector<std::string> definitions{"purchase"};
  std::vector<std::int32_t> scores;
  WorldTruth truth;

  [[nodiscard]] RunTables tables() const {
    return {touchpoints,
            timeline,
            begins,
            journeys,
            findings,
            labels,
            detectors,
            definitions,
            std::chrono::minutes{30},
            TimePoint(std::chrono::days{20'000})};
  }
  [[nodiscard]] TouchpointId touchpoint(std::uint32_t channel, std::uint32_t name) const {
    const auto names = static_cast<std::uint32_t>(touchpoints.names.size());
    return {channel * names + name};
  }
  [[nodiscard]] FrictionKey KeyOf(std::uint32_t friction, std::uint32_t channel) const {
    return {{friction}, {friction}, touchpoint(channel, 4 + friction)};
  }
};

class WorldMaker {
 public:
  explicit WorldMaker(const WorldOptions& options) : options_(options) {
    world_.touchpoints.channels = {"app", "web"};
    world_.touchpoints.names = {"0_view", "1_cart", "2_pay", "3_done"};
    for (std::uint32_t f = 0; f < options.frictions; ++f) {
      const std::string name = "friction_" + std::to_string(f);
      world_.touchpoints.names.push_back(name);
      world_.labels.push_back(name);
      world_.detectors.push_back({name, "", false});
    }
    for (std::uint32_t c = 0; c < 2; ++c) {
      for (std::uint32_t n = 0; n < world_.touchpoints.names.size(); ++n) {
        world_.touchpoints.touchpoints.push_back({ChannelId{c}, NameId{n}});
      }
    }
    if (options.drop_off_findings) {
      world_.labels.push_back("gave_up");
      world_.detectors.push_back({"gave_up", "", true});
    }
  }

  World Make() {
    for (std::uint32_t customer = 0; customer < options_.customers; ++customer) {
      internal::Random random(options_.seed, {customer});
      const std::uint32_t channel = random.Below(1000) < 400 ? 0 : 1;
      const auto nature = static_cast<std::int32_t>(random.Below(2 * options_.differs_permille + 1)) -
                          static_cast<std::int32_t>(options_.differs_permille);
      const std::uint32_t count = 1 + random.Below(3);
      for (std::uint32_t j = 0; j < count; ++j) MakeJourney(customer, j, channel, nature);
      world_.begins.push_back(static_cast<std::uint32_t>(world_.timeline.size()));
    }
    return std::move(world_);
  }

 private:
  struct Lived {
    bool achieved = false;
    bool open = false;
    std::array<bool, 6> met{};
  };

  // The draws of a journey are the same whichever friction is repaired. `note` writes it down.
  Lived Live(std::uint32_t customer, std::uint32_t j, std::uint32_t channel, std::int32_t nature,
             std::uint32_t repaired, bool note) {
    internal::Random random(options_.seed, {customer, 1000 + j});
    Lived lived;
    const bool cut = random.Below(1000) < options_.open_permille;
    const std::uint32_t cut_at = random.Below(3);
    bool left = false;
    for (std::uint32_t step = 0; step < 3; ++step) {
      if (note && !left) Act(channel, step, true);
      bool leaving = left;
      for (std::uint32_t f = 0; f < options_.frictions; ++f) {
        const bool meets = random.Below(1000) < options_.met_permille[channel];
        const bool leaves = random.Below(1000) < options_.leave_permille[f];
        if (!meets || left || f == repaired) continue;
        lived.met[f] = true;
        if (note) {
          Act(channel, 4 + f, false);
          Find(f, channel);
        }
        (options_.leave_at_once ? left : leaving) |= leaves;
      }
      left = left || leaving;
      const auto drop = static_cast<std::int32_t>(options_.drop_permille[channel]) + nature;
      left = (static_cast<std::int32_t>(random.Below(1000)) < drop) || left;
      if (cut && step == cut_at && !left) {
        lived.open = true;
        return lived;
      }
    }
    lived.achieved = !left;
    if (note && lived.achieved) Act(channel, 3, true);
    return lived;
  }

  void MakeJourney(std::uint32_t customer, std::uint32_t j, std::uint32_t channel, std::int32_t nature) {
    JourneyRow row{.customer = {customer}, .definition = {0}};
    row.begin = static_cast<std::uint32_t>(world_.journeys.events.size());
    row.steps_begin = static_cast<std::uint32_t>(world_.journeys.steps.size());
    world_.journeys.steps.resize(row.steps_begin + 4, kNotReached);
    now_ = TimePoint(std::chrono::days{19'000 + 30 * j});
    const Lived lived = Live(customer, j, channel, nature, UINT32_MAX, true);
    row.end = static_cast<std::uint32_t>(world_.journeys.events.size());
    for (std::uint32_t step = 0; step < 4; ++step) {
      if (world_.journeys.steps[row.steps_begin + step] == kNotReached) continue;
      ++row.steps_reached;
      row.last_step = static_cast<std::uint16_t>(step);
    }
    row.outcome = lived.open ? Outcome::kOpen : lived.achieved ? Outcome::kAchieved : Outcome::kAbandoned;
    row.first = world_.timeline[world_.journeys.events[row.begin]].time;
    row.last = world_.timeline[world_.journeys.events[row.end - 1]].time;
    row.ended = row.last;
    if (options_.drop_off_findings && row.outcome == Outcome::kAbandoned) GiveUp(channel, row);
    for (std::uint32_t f = 0; f < options_.frictions; ++f) {
      if (!lived.met[f] || lived.open) continue;
      const Lived without = Live(customer, j, channel, nature, f, false);
      world_.truth.exposed[f][channel] += 1;
      world_.truth.more_goals[f][channel] += (without.achieved ? 1 : 0) - (lived.achieved ? 1 : 0);
    }
    world_.journeys.rows.push_back(row);
    internal::Random random(options_.seed, {customer, 2000 + j});
    std::int32_t score = kNoScore;
    if (random.Below(1000) < options_.score_permille) {
      score = 4000 + static_cast<std::int32_t>(random.Below(1001)) - 500;
      for (std::uint32_t f = 0; f < options_.frictions; ++f) {
        score -= lived.met[f] ? options_.score_cost_milli[f] : 0;
      }
    }
    world_.scores.push_back(score);
  }

  void Act(std::uint32_t channel, std::uint32_t name, bool reaches) {
    now_ += std::chrono::seconds{30};
    const auto position = static_cast<std::uint32_t>(world_.timeline.size());
    if (reaches) world_.journeys.steps[world_.journeys.steps.size() - 4 + name] = position;
    world_.timeline.push_back({now_, world_.touchpoint(channel, name), EventIndex{position}});
    world_.journeys.events.push_back(position);
  }

  void Find(std::uint32_t friction, std::uint32_t channel) {
    const auto journey = static_cast<std::uint32_t>(world_.journeys.rows.size());
    const auto first = world_.journeys.rows.empty() ? 0 : world_.journeys.rows.back().end;
    const auto at = static_cast<std::uint32_t>(world_.journeys.events.size()) - 1 - first;
    Finding finding{.detector = {friction}, .kind = {friction}};
    finding.journey = {journey};
    finding.touchpoint = world_.touchpoint(channel, 4 + friction);
    finding.begin = at;
    finding.end = at + 1;
    finding.time = now_;
    world_.findings.push_back(finding);
  }

  void GiveUp(std::uint32_t channel, const JourneyRow& row) {
    const std::uint32_t last = row.events() - 1;
    Finding finding{.detector = {options_.frictions}, .kind = {options_.frictions}};
    finding.journey = {static_cast<std::uint32_t>(world_.journeys.rows.size())};
    finding.touchpoint = world_.timeline[world_.journeys.events[row.end - 1]].touchpoint;
    finding.begin = last;
    finding.end = last + 1;
    finding.time = row.last;
    world_.findings.push_back(finding);
    static_cast<void>(channel);
  }

  WorldOptions options_;
  World world_;
  TimePoint now_;
};

inline World MakeWorld(const WorldOptions& options) {
  return WorldMaker(options).Make();
}

}  // namespace journey::testing
