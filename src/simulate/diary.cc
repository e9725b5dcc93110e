#include "simulate/diary.h"

#include "journey/core/check.h"

namespace journey {
inline namespace v0 {
namespace simulation {
namespace {

int StepOf(const JourneyPlan& plan, Name name) {
  for (std::size_t step = 0; step < plan.steps.size(); ++step) {
    if (plan.steps[step].event == name) return static_cast<int>(step);
  }
  return -1;
}

std::uint8_t Bit(int place) {
  return static_cast<std::uint8_t>(1U << place);
}

}  // namespace

bool Diary::Write(EventRow row) {
  if (now_us_ >= end_us_) over_ = gone_ = true;
  if (open_ && InScope(row.channel) && now_us_ - journey().first_us > PlanOf(kind_).window_us) gone_ = true;
  if (gone_) return false;
  row.time_us = now_us_;
  row.person = person_;
  row.index = next_++;
  chronicle_.rows.push_back(row);
  if (intended_ && row.name == PlanOf(kind_).steps[0].event) {
    chronicle_.journeys.push_back(
        {.first_us = now_us_, .last_us = now_us_, .person = person_, .first = row.index, .kind = kind_});
    intended_ = false;
    open_ = true;
    before_ = row;
    last_step_ = -1;
    done_ = given_ = 0;
  }
  if (open_ && InScope(row.channel)) Account(row);
  return true;
}

void Diary::Account(const EventRow& row) {
  const JourneyPlan& plan = PlanOf(kind_);
  const int step = StepOf(plan, row.name);
  const bool again = step >= 0 && done(step);
  if (row.time_us - before_.time_us > kStallLimit.count()) {
    Note(Friction::kStall, before_.index, before_.index, row.index);
  }
  if (row.channel != before_.channel) AccountSwitch(row, again);
  if (step >= 0) AccountStep(row, step);
  if ((row.given & given_) != 0) Note(Friction::kRepeatedEntry, row.index, row.index, row.index);
  given_ |= row.given;

  LivedJourney& lived = journey();
  lived.last_us = row.time_us;
  lived.last = row.index;
  lived.events += 1;
  lived.channels |= Bit(static_cast<int>(row.channel));
  before_ = row;
  const bool achieved =
      plan.decided ? row.name == plan.goal : step + 1 == static_cast<int>(plan.steps.size());
  if (achieved || (plan.decided && row.name == plan.exclusion)) {
    lived.outcome = achieved ? Outcome::kAchieved : Outcome::kExcluded;
    open_ = false;
  }
}

void Diary::AccountSwitch(const EventRow& row, bool again) {
  const bool forced = before_.status == Status::kError || again || IsSupport(row.channel) ||
                      row.time_us - before_.time_us > kStallLimit.count();
  Note(forced ? Friction::kForcedSwitch : Friction::kVoluntarySwitch, before_.index, before_.index,
       row.index);
}

void Diary::AccountStep(const EventRow& row, int step) {
  const auto place = static_cast<std::size_t>(step);
  if (done(step)) {
    const bool here = step_channels_[place] == row.channel;
    Note(here ? Friction::kRepeat : Friction::kRedo, row.index, step_indexes_[place], row.index);
  }
  if (step < last_step_) Note(Friction::kBacktrack, row.index, last_step_index_, row.index);
  done_ |= Bit(step);
  journey().steps = done_;
  step_channels_[place] = row.channel;
  step_indexes_[place] = row.index;
  last_step_ = step;
  last_step_index_ = row.index;
}

void Diary::Intend(Journey kind) {
  JOURNEY_CHECK(!open_);
  kind_ = kind;
  intended_ = true;
}

std::int64_t Diary::GiveUp() {
  intended_ = false;
  if (!open_) return now_us_;
  open_ = false;
  gone_ = over_;
  return journey().last_us + PlanOf(kind_).abandon_after_us;
}

void Diary::Note(Friction kind, std::uint32_t at, std::uint32_t first, std::uint32_t last) {
  const EventRow& row = chronicle_.rows[chronicle_.rows.size() - (next_ - at)];
  chronicle_.frictions.push_back({.journey = static_cast<std::uint32_t>(chronicle_.journeys.size() - 1),
                                  .at = at,
                                  .first = first,
                                  .last = last,
                                  .kind = kind,
                                  .cause = cause_.value_or(kind),
                                  .channel = row.channel,
                                  .name = row.name});
}

}  // namespace simulation
}  // namespace v0
}  // namespace journey
