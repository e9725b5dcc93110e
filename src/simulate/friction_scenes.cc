#include "simulate/friction_scenes.h"

namespace journey {
inline namespace v0 {
namespace simulation {
namespace {

std::uint8_t DataGivenBy(Name name) {
  if (name == Name::kShippingDetails) return kGivesAddress;
  if (name == Name::kPersonalData) return kGivesAddress | kGivesPhoneNumber;
  if (name == Name::kClaimDetails) return kGivesPhoneNumber;
  return 0;
}

// The last step that was done before `step` in the order of the definition. Requires: there is one.
int DoneBefore(Trip& trip, int step) {
  do {
    --step;
  } while (!trip.actor.diary().done(step));
  return step;
}

// In another channel than where the step was done, doing it once more is a redo; a repeat comes after that.
bool PlantRepeat(Trip& trip) {
  const Diary& diary = trip.actor.diary();
  const bool moved = diary.last_step_channel() != trip.actor.channel();
  if (moved && !DoStep(trip, diary.last_step())) return false;
  return DoStep(trip, diary.last_step());
}

bool PlantRedo(Trip& trip) {
  Actor& actor = trip.actor;
  Channel other{};
  if (!OtherChannel(trip, other)) return false;
  const int step = actor.diary().last_step();
  actor.Leave();
  actor.diary().Wait(actor.random().Between(60, 1200) * kSecond);
  actor.ArriveByLink(other);
  return DoStep(trip, step);
}

bool PlantForcedSwitch(Trip& trip) {
  Actor& actor = trip.actor;
  Channel other{};
  const bool digital = actor.random().Chance(500);
  if (!digital || actor.on_shared_device() || !OtherChannel(trip, other)) {
    actor.ContactSupport();
    return true;
  }
  if (!actor.Act(trip.plan.error, {.status = Status::kError})) return false;
  actor.diary().Wait(actor.random().Between(60, 600) * kSecond);
  actor.Arrive(other);
  return true;
}

bool PlantStall(Trip& trip) {
  Actor& actor = trip.actor;
  const Channel channel = actor.channel();
  actor.Leave();
  actor.diary().Wait(actor.random().Between(26 * 60, 60 * 60) * kMinute);
  actor.Arrive(channel);
  return true;
}

bool PlantLoop(Trip& trip) {
  Diary& diary = trip.actor.diary();
  const int later = diary.furthest_step();
  const int earlier = DoneBefore(trip, later);
  const std::uint32_t first = diary.next();
  for (const int step : {earlier, later, earlier, later}) {
    if (!DoStep(trip, step)) return false;
  }
  diary.Note(Friction::kLoop, first, first, diary.last_in_scope());
  return true;
}

bool PlantErrorLoop(Trip& trip) {
  Actor& actor = trip.actor;
  const std::uint32_t first = actor.diary().next();
  const std::int64_t errors = actor.random().Between(kErrorLoop, kErrorLoop + 2);
  for (std::int64_t i = 0; i < errors; ++i) {
    const std::int64_t wait = actor.random().Between(5, 40) * kSecond;
    if (!actor.ActAfter(wait, trip.plan.error, {.status = Status::kError})) return false;
  }
  const std::uint32_t last = actor.diary().last_in_scope();
  actor.diary().Note(Friction::kErrorLoop, first, first, last);
  actor.Act(Name::kButtonClick);  // the last attempt works
  return true;
}

bool PlantRapidRepeat(Trip& trip) {
  Actor& actor = trip.actor;
  if (!actor.Act(Name::kButtonClick)) return false;
  const std::uint32_t first = actor.diary().last_in_scope();
  const std::int64_t more = actor.random().Between(kRapidRepeat - 1, kRapidRepeat + 2);
  for (std::int64_t i = 0; i < more; ++i) {
    if (!actor.ActAfter(actor.random().Between(80, 160) * 1000, Name::kButtonClick)) return false;
  }
  actor.diary().Wait(actor.random().Between(100, 900) * 1000);
  actor.diary().Note(Friction::kRapidRepeat, first, first, actor.diary().last_in_scope());
  return true;
}

bool PlantContactAfterAbandonment(Trip& trip) {
  Actor& actor = trip.actor;
  actor.Leave();
  const std::uint32_t left = actor.diary().last_in_scope();
  const std::uint32_t contact = actor.diary().next();
  actor.diary().Wait(actor.random().Between(60, 11 * 60) * kMinute);
  actor.ContactSupport();
  if (actor.diary().next() == contact) return false;
  actor.diary().Note(Friction::kContactAfterAbandonment, left, left, contact);
  return true;
}

bool PlantLostProgress(Trip& trip) {
  Actor& actor = trip.actor;
  Diary& diary = actor.diary();
  const int reached = diary.furthest_step();
  Channel channel = actor.channel();
  OtherChannel(trip, channel);
  actor.Leave();
  const std::uint32_t before = diary.last_in_scope();
  diary.Wait(actor.random().Between(2, 60) * kMinute);
  actor.ArriveByLink(channel);
  for (int step = 0; step <= reached; ++step) {
    if (!diary.done(step)) continue;
    const std::uint32_t again = diary.next();
    if (!DoStep(trip, step)) return false;
    if (step == 0) diary.Note(Friction::kLostProgress, again, before, again);
  }
  return true;
}

bool PlantRepeatedEntry(Trip& trip) {
  const std::uint8_t given = trip.actor.diary().given();
  if (given == 0) return false;
  trip.actor.ContactSupport((given & kGivesAddress) != 0 ? kGivesAddress : kGivesPhoneNumber);
  return true;
}

bool PlantExcessEffort(Trip& trip) {
  Diary& diary = trip.actor.diary();
  const std::uint32_t first = diary.next();
  trip.actor.Wander(static_cast<int>(trip.actor.random().Between(60, 90)));
  if (diary.gone()) return false;
  diary.Note(Friction::kExcessEffort, first, first, diary.last_in_scope());
  return true;
}

}  // namespace

bool DoStep(Trip& trip, int step) {
  const Name name = trip.plan.steps[static_cast<std::size_t>(step)].event;
  return trip.actor.Act(name, {.status = Status::kOk, .product = trip.product, .given = DataGivenBy(name)});
}

bool OtherChannel(const Trip& trip, Channel& other) {
  const Channel candidate =
      trip.actor.channel() == trip.plan.channels[0] ? trip.plan.channels[1] : trip.plan.channels[0];
  if (!trip.actor.CanUse(candidate) || trip.actor.guest()) return false;
  other = candidate;
  return true;
}

int FirstBoundary(Friction kind, const JourneyPlan& plan) {
  if (kind == Friction::kBacktrack || kind == Friction::kLoop) return 1;
  if (kind == Friction::kLostProgress) return 2;
  return kind == Friction::kRepeatedEntry ? plan.data_step : 0;
}

bool Plant(Trip& trip, Friction kind) {
  Diary& diary = trip.actor.diary();
  switch (kind) {
    case Friction::kRepeat:
      return PlantRepeat(trip);
    case Friction::kRedo:
      return PlantRedo(trip);
    case Friction::kForcedSwitch:
      return PlantForcedSwitch(trip);
    case Friction::kStall:
      return PlantStall(trip);
    case Friction::kBacktrack:
      return DoStep(trip, DoneBefore(trip, diary.furthest_step()));
    case Friction::kLoop:
      return PlantLoop(trip);
    case Friction::kErrorLoop:
      return PlantErrorLoop(trip);
    case Friction::kRapidRepeat:
      return PlantRapidRepeat(trip);
    case Friction::kContactAfterAbandonment:
      return PlantContactAfterAbandonment(trip);
    case Friction::kLostProgress:
      return PlantLostProgress(trip);
    case Friction::kRepeatedEntry:
      return PlantRepeatedEntry(trip);
    case Friction::kExcessEffort:
      return PlantExcessEffort(trip);
    case Friction::kDropOff:
    case Friction::kVoluntarySwitch:
      break;  // never planted
  }
  return false;
}

}  // namespace simulation
}  // namespace v0
}  // namespace journey
