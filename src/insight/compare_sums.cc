#include "insight/compare_sums.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "journey/core/check.h"
#include "journey/journeys/classifier.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

// The figures of one run by its own ids, and what one of its journeys adds to them.
class RunFigures {
 public:
  RunFigures(const CompareRun& run, CompareSums& sums)
      : run_(run), sums_(sums), classifier_(run.log, run.tables.touchpoints, {}, {}, run.classes) {
    JOURNEY_CHECK(run.cells.size() == run.tables.journeys.rows.size());
    JOURNEY_CHECK(run.people.empty() || run.people.size() == run.tables.customers());
    NameDefinitions();
    NamePlaces();
    for (const Finding& finding : run.tables.findings) NameFriction(KeyOf(finding));
    contact_ = sums.FigureOver({.figure = CompareFigure::kContactRate}, CompareSums::kJourneys);
    if (run.feedback == nullptr) return;
    for (const FeedbackResponse& response : run.feedback->responses) {
      const std::string scale(NameOf(response.scale));
      scores_[static_cast<std::size_t>(response.scale)] =
          sums.FigureWithOwn({.figure = CompareFigure::kScore, .scale = scale});
    }
  }

  void Add(std::uint32_t journey, std::uint8_t cell) {
    const JourneyRow& row = run_.tables.journeys.rows[journey];
    sums_.AddY(CompareSums::kJourneys, cell, 1);
    sums_.AddY(CompareSums::kEvents, cell, row.events());
    AddProgress(row, cell);
    AddEvents(row, cell);
    frictions_here_.clear();
    for (const Finding& finding : run_.tables.findings_of({journey}))
      frictions_here_.push_back(KeyOf(finding));
    std::ranges::sort(frictions_here_);
    frictions_here_.erase(std::unique(frictions_here_.begin(), frictions_here_.end()), frictions_here_.end());
    for (const FrictionKey& key : frictions_here_) sums_.AddX(frictions_.at(key), cell, 1);
  }

  void AddAnswer(const FeedbackResponse& response, std::uint8_t cell) {
    const std::uint32_t figure = scores_[static_cast<std::size_t>(response.scale)];
    sums_.AddX(figure, cell, response.score_milli);
    sums_.AddY(sums_.DenominatorOf(figure), cell, 1);
  }

 private:
  void NameDefinitions() {
    for (std::uint32_t d = 0; d < run_.tables.definitions.size(); ++d) {
      const std::string& name = run_.tables.definitions[d];
      goals_.push_back(sums_.FigureWithOwn({.figure = CompareFigure::kGoalRate, .definition = name}));
      times_.push_back(sums_.FigureWithOwn({.figure = CompareFigure::kTimeToGoal, .definition = name}));
      if (run_.tables.definitions.size() > 1) {
        mix_.push_back(sums_.FigureOver({.figure = CompareFigure::kJourneyMix, .definition = name},
                                        CompareSums::kJourneys));
      }
      std::vector<std::uint32_t>& steps = steps_.emplace_back();
      if (run_.definitions.empty()) continue;
      for (std::uint32_t k = 1; k < run_.definitions[d].steps.size(); ++k) {
        steps.push_back(sums_.FigureWithOwn({.figure = CompareFigure::kStepConversion,
                                             .definition = name,
                                             .step_number = k,
                                             .step = run_.definitions[d].steps[k].name}));
      }
    }
  }

  void NamePlaces() {
    const TouchpointCatalog& catalog = run_.tables.touchpoints;
    for (const std::string& channel : catalog.channels) {
      channel_reach_.push_back(sums_.FigureOver({.figure = CompareFigure::kChannelReach, .channel = channel},
                                                CompareSums::kJourneys));
      channel_share_.push_back(sums_.FigureOver({.figure = CompareFigure::kChannelShare, .channel = channel},
                                                CompareSums::kEvents));
    }
    for (std::uint32_t i = 0; i < catalog.size(); ++i) {
      FigureKey key{.figure = CompareFigure::kTouchpointReach,
                    .channel = std::string(catalog.channel_text({i})),
                    .event = std::string(catalog.name_text({i}))};
      touchpoint_reach_.push_back(sums_.FigureOver(key, CompareSums::kJourneys));
      key.figure = CompareFigure::kTouchpointVisits;
      touchpoint_visits_.push_back(sums_.FigureOver(key, CompareSums::kJourneys));
    }
    touchpoint_seen_.assign(catalog.size(), 0);
    channel_seen_.assign(catalog.channels.size(), 0);
  }

  void NameFriction(const FrictionKey& key) {
    if (frictions_.contains(key)) return;
    const RunTables& tables = run_.tables;
    frictions_[key] =
        sums_.FigureOver({.figure = CompareFigure::kFriction,
                          .channel = std::string(tables.touchpoints.channel_text(key.touchpoint)),
                          .event = std::string(tables.touchpoints.name_text(key.touchpoint)),
                          .detector = tables.detectors[key.detector.value].name,
                          .kind = std::string(tables.label(key.kind))},
                         CompareSums::kJourneys);
  }

  void AddWithOwn(std::uint32_t figure, std::uint8_t cell, bool counted, std::int64_t x) {
    if (!counted) return;
    sums_.AddY(sums_.DenominatorOf(figure), cell, 1);
    sums_.AddX(figure, cell, x);
  }

  void AddProgress(const JourneyRow& row, std::uint8_t cell) {
    const bool achieved = row.outcome == Outcome::kAchieved;
    const bool open = row.outcome == Outcome::kOpen;
    const std::uint32_t d = row.definition.value;
    if (!mix_.empty()) sums_.AddX(mix_[d], cell, 1);
    AddWithOwn(goals_[d], cell, !open && row.outcome != Outcome::kEnded, achieved ? 1 : 0);
    AddWithOwn(times_[d], cell, achieved, (row.ended - row.first).count());
    for (std::uint32_t i = 0; i < steps_[d].size(); ++i) {
      const std::uint32_t before = i;  // the step that it is a step on from
      if (!achieved && row.last_step < before) break;
      const bool went_on = achieved || row.last_step > before;
      AddWithOwn(steps_[d][i], cell, went_on || !open, went_on ? 1 : 0);
    }
  }

  void AddEvents(const JourneyRow& row, std::uint8_t cell) {
    ++stamp_;
    bool contact = false;
    for (std::size_t i = 0; i < row.events(); ++i) {
      const EventRow& event = run_.tables.event_of(row, i);
      const std::uint32_t touchpoint = event.touchpoint.value;
      const std::uint32_t channel = run_.tables.touchpoints.channel(event.touchpoint).value;
      sums_.AddX(touchpoint_visits_[touchpoint], cell, 1);
      sums_.AddX(channel_share_[channel], cell, 1);
      if (touchpoint_seen_[touchpoint] != stamp_) sums_.AddX(touchpoint_reach_[touchpoint], cell, 1);
      if (channel_seen_[channel] != stamp_) sums_.AddX(channel_reach_[channel], cell, 1);
      touchpoint_seen_[touchpoint] = channel_seen_[channel] = stamp_;
      contact = contact || classifier_.IsSupport(event);
    }
    if (contact) sums_.AddX(contact_, cell, 1);
  }

  const CompareRun& run_;
  CompareSums& sums_;
  EventClassifier classifier_;
  std::vector<std::uint32_t> goals_;  // by definition
  std::vector<std::uint32_t> times_;
  std::vector<std::uint32_t> mix_;                 // empty: there is one definition
  std::vector<std::vector<std::uint32_t>> steps_;  // from the second step on
  std::vector<std::uint32_t> channel_reach_;
  std::vector<std::uint32_t> channel_share_;
  std::vector<std::uint32_t> touchpoint_reach_;
  std::vector<std::uint32_t> touchpoint_visits_;
  std::map<FrictionKey, std::uint32_t> frictions_;
  std::uint32_t contact_ = 0;
  std::array<std::uint32_t, kScoreScales> scores_{};
  std::vector<std::uint64_t> touchpoint_seen_;  // the journey that was last counted there
  std::vector<std::uint64_t> channel_seen_;
  std::uint64_t stamp_ = 0;
  std::vector<FrictionKey> frictions_here_;
};

// A customer of a run, by person.
struct Member {
  std::uint64_t person;
  std::uint32_t run;
  std::uint32_t customer;
  friend auto operator<=>(const Member&, const Member&) = default;
};

std::vector<Member> MembersOf(std::span<const CompareRun> runs) {
  std::vector<Member> members;
  for (std::uint32_t r = 0; r < runs.size(); ++r) {
    for (std::uint32_t c = 0; c < runs[r].tables.customers(); ++c) {
      const std::uint64_t own = (std::uint64_t{r} + 1) << 32 | c;
      members.push_back({runs[r].people.empty() ? own : runs[r].people[c], r, c});
    }
  }
  std::ranges::sort(members);
  return members;
}

// The first journey of each customer, and the end.
std::vector<std::uint32_t> JourneyBegins(const RunTables& tables) {
  std::vector<std::uint32_t> begins;
  std::uint32_t row = 0;
  const auto& rows = tables.journeys.rows;
  for (std::uint32_t customer = 0; customer <= tables.customers(); ++customer) {
    while (row < rows.size() && rows[row].customer.value < customer) ++row;
    begins.push_back(row);
  }
  return begins;
}

class Tallier {
 public:
  explicit Tallier(std::span<const CompareRun> runs) : runs_(runs) {
    for (const CompareRun& run : runs) {
      figures_.push_back(std::make_unique<RunFigures>(run, tally_.sums));
      begins_.push_back(JourneyBegins(run.tables));
    }
  }

  CompareTally Run() {
    const std::vector<Member> members = MembersOf(runs_);
    for (std::size_t i = 0; i < members.size();) {
      const std::uint64_t person = members[i].person;
      std::array<bool, kCompareCells> present{};
      for (; i < members.size() && members[i].person == person; ++i) AddMember(members[i], present);
      tally_.sums.FinishPerson();
      for (std::size_t cell = 0; cell < kCompareCells; ++cell)
        tally_.customers[cell] += present[cell] ? 1U : 0U;
      const bool before = present[kBefore] || present[kControlBefore];
      const bool after = present[kAfter] || present[kControlAfter];
      tally_.people_on_both_sides += before && after ? 1U : 0U;
    }
    return std::move(tally_);
  }

 private:
  void AddMember(const Member& member, std::array<bool, kCompareCells>& present) {
    const CompareRun& run = runs_[member.run];
    const std::vector<std::uint32_t>& begins = begins_[member.run];
    for (std::uint32_t j = begins[member.customer]; j < begins[member.customer + 1]; ++j) {
      const std::uint8_t cell = run.cells[j];
      if (cell == kLeftOut) continue;
      present[cell] = true;
      const JourneyRow& row = run.tables.journeys.rows[j];
      ++tally_.journeys[cell];
      if (row.outcome == Outcome::kOpen) ++tally_.open[cell];
      const std::size_t side = cell % 2;
      tally_.first[side] = std::min(tally_.first[side], row.first);
      tally_.observed_until[side] = std::max(tally_.observed_until[side], run.tables.as_of);
      figures_[member.run]->Add(j, cell);
    }
    if (run.feedback == nullptr) return;
    const auto less = [](const FeedbackResponse& response, std::uint32_t customer) {
      return response.customer.value < customer;
    };
    const auto& responses = run.feedback->responses;
    auto response = std::lower_bound(responses.begin(), responses.end(), member.customer, less);
    for (; response != responses.end() && response->customer.value == member.customer; ++response) {
      if (!response->journey.valid()) continue;
      const std::uint8_t cell = run.cells[response->journey.value];
      if (cell != kLeftOut) figures_[member.run]->AddAnswer(*response, cell);
    }
  }

  std::span<const CompareRun> runs_;
  CompareTally tally_;
  std::vector<std::unique_ptr<RunFigures>> figures_;
  std::vector<std::vector<std::uint32_t>> begins_;
};

}  // namespace

std::uint32_t CompareSums::Find(const FigureKey& key, const std::uint32_t* denominator) {
  const auto [found, is_new] = index_.try_emplace(key, static_cast<std::uint32_t>(figures_.size()));
  if (is_new) {
    if (denominator == nullptr) {
      denominators_.emplace_back();
      person_y_.emplace_back();
    }
    figures_.emplace_back().denominator =
        denominator != nullptr ? *denominator : static_cast<std::uint32_t>(denominators_.size() - 1);
    person_x_.emplace_back();
  }
  return found->second;
}

std::uint32_t CompareSums::FigureWithOwn(const FigureKey& key) {
  return Find(key, nullptr);
}
std::uint32_t CompareSums::FigureOver(const FigureKey& key, std::uint32_t denominator) {
  return Find(key, &denominator);
}

void CompareSums::AddX(std::uint32_t figure, std::uint8_t cell, std::int64_t x) {
  if (x == 0) return;
  PersonCells& cells = person_x_[figure];
  if (std::ranges::all_of(cells, [](std::int64_t value) { return value == 0; })) touched_x_.push_back(figure);
  cells[cell] += x;
}

void CompareSums::AddY(std::uint32_t denominator, std::uint8_t cell, std::int64_t y) {
  PersonCells& cells = person_y_[denominator];
  if (std::ranges::all_of(cells, [](std::int64_t value) { return value == 0; }))
    touched_y_.push_back(denominator);
  cells[cell] += y;
}

void CompareSums::FinishPerson() {
  for (const std::uint32_t id : touched_x_) {
    Figure& figure = figures_[id];
    const PersonCells x = std::exchange(person_x_[id], {});
    const PersonCells& y = person_y_[figure.denominator];
    for (std::size_t a = 0; a < kCompareCells; ++a) {
      figure.x[a] += x[a];
      figure.xx[a] += WideInteger{x[a]} * x[a];
      figure.xy[a] += WideInteger{x[a]} * y[a];
      for (std::size_t b = a + 1; b < kCompareCells; ++b)
        figure.cross[PairAt(a, b)].Add(x[a], y[a], x[b], y[b]);
    }
  }
  for (const std::uint32_t id : touched_y_) {
    Denominator& denominator = denominators_[id];
    const PersonCells y = std::exchange(person_y_[id], {});
    for (std::size_t a = 0; a < kCompareCells; ++a) {
      denominator.customers[a] += y[a] != 0 ? 1U : 0U;
      denominator.y[a] += y[a];
      denominator.yy[a] += WideInteger{y[a]} * y[a];
      for (std::size_t b = a + 1; b < kCompareCells; ++b) {
        denominator.cross[PairAt(a, b)] += WideInteger{y[a]} * y[b];
      }
    }
  }
  touched_x_.clear();
  touched_y_.clear();
}

RatioSums CompareSums::Ratio(std::uint32_t figure, std::size_t cell) const {
  const Figure& numerator = figures_[figure];
  const Denominator& denominator = denominators_[numerator.denominator];
  return {denominator.customers[cell], numerator.x[cell],  denominator.y[cell],
          numerator.xx[cell],          numerator.xy[cell], denominator.yy[cell]};
}

CrossSums CompareSums::Cross(std::uint32_t figure, std::size_t a, std::size_t b) const {
  const Figure& numerator = figures_[figure];
  CrossSums cross = numerator.cross[PairAt(a, b)];
  cross.yy = denominators_[numerator.denominator].cross[PairAt(a, b)];
  return cross;
}

CompareTally TallyComparison(std::span<const CompareRun> runs) {
  return Tallier(runs).Run();
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
