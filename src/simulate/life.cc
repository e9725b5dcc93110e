#include "simulate/life.h"

#include <algorithm>

namespace journey {
inline namespace v0 {
namespace simulation {
namespace {

std::int64_t EndOf(const SimulatorOptions& options) {
  return options.start.time_since_epoch().count() + std::int64_t{options.days} * kDay;
}

}  // namespace

Life::Life(const SimulatorOptions& options, const Population& population, const internal::Zipf& products,
           Chronicle& chronicle, std::uint32_t person)
    : options_(options),
      products_(products),
      person_(person),
      start_us_(options.start.time_since_epoch().count()),
      profile_(population.ProfileOf(person)),
      random_(StreamFor(options.seed, StreamOf::kLife, person)),
      actor_(profile_, Diary(chronicle, person, start_us_, EndOf(options))) {}

void Life::Live() {
  Diary& diary = actor_.diary();
  diary.Wait(random_.Between(0, profile_.mean_gap_us / kSecond) * kSecond);
  while (diary.now_us() < EndOf(options_) && !diary.over()) {
    diary.WaitUntil(diary.now_us() / kDay * kDay + TimeOfDay());
    actor_.UseRandom(StreamFor(options_.seed, StreamOf::kEpisode, person_, episodes_++));
    PlayEpisode();
    WaitForNextEpisode();
  }
}

// People sleep at night: few come before seven, most between nine and ten in the evening.
std::int64_t Life::TimeOfDay() {
  static constexpr std::array<std::int64_t, 24> kHours{0,  2,  6,  7,  8,  9,  9,  10, 11, 12, 12, 13,
                                                       14, 15, 16, 17, 18, 19, 19, 20, 20, 21, 21, 22};
  const std::int64_t hour = kHours[random_.Below(24)];
  return hour * kHour + random_.Between(0, 3599) * kSecond;
}

void Life::WaitForNextEpisode() {
  const std::int64_t mean = profile_.mean_gap_us / kSecond;
  actor_.diary().Wait(3 * kHour + random_.Between(mean / 2, mean * 3 / 2) * kSecond);
  actor_.diary().WaitUntil(free_from_us_);
}

void Life::PlayEpisode() {
  const std::uint32_t roll = random_.Below(1000);
  if (actor_.email_known() && random_.Chance(150)) ReadNewsletter();
  if (roll < 400) return LookAround();
  if (profile_.guest) return MakeJourney(Journey::kPurchase);
  if (roll < 430 && actor_.email_known()) return AskQuestion();
  if (roll < 560) return MakeJourney(Journey::kApplication);
  if (roll < 700 && owns_something_) return MakeJourney(Journey::kClaim);
  MakeJourney(Journey::kPurchase);
}

void Life::LookAround() {
  internal::Random& random = actor_.random();
  const bool app = random.Chance(450) && actor_.CanUse(Channel::kApp);
  actor_.Arrive(app ? Channel::kApp : Channel::kWeb);
  const std::int64_t interest = random.Between(1, 4);
  actor_.Wander(static_cast<int>(interest * random.Between(1, 4)));
  if (random.Chance(60)) actor_.ReadHelp();
  actor_.Leave();
}

void Life::ReadNewsletter() {
  if (!actor_.Mail(Name::kNewsletterOpen)) return;
  actor_.diary().Wait(actor_.random().Between(5, 90) * kSecond);
  if (actor_.random().Chance(300)) actor_.Mail(Name::kNewsletterClick);
}

void Life::AskQuestion() {
  if (actor_.random().Chance(400)) {
    actor_.Mail(Name::kContactForm);
  } else {
    actor_.ContactSupport();
  }
}

JourneyFate Life::DrawFate(const JourneyPlan& plan) {
  internal::Random& random = actor_.random();
  const int last = static_cast<int>(plan.steps.size()) - 2;  // the boundary before the last step
  JourneyFate fate;
  for (std::size_t i = 0; i < kPlantedFrictions; ++i) {
    const int first = FirstBoundary(static_cast<Friction>(i), plan);
    fate.frictions[i] = {.planned = random.Chance(options_.friction_permille[i]),
                         .leaves = random.Chance(options_.effects[i].leave_permille),
                         .boundary = static_cast<int>(random.Between(first, last))};
  }
  for (bool& drop : fate.drops) drop = random.Chance(options_.drop_permille);
  const auto somewhere = [&](std::uint32_t permille) {
    const bool happens = random.Chance(permille);
    const auto boundary = static_cast<int>(random.Between(0, last));
    return happens ? boundary : -1;
  };
  fate.slow = random.Chance(options_.slow_permille);
  fate.skips_optional = random.Chance(400);
  fate.approved = random.Chance(900);
  fate.second_channel = random.Chance(350);
  fate.pause = somewhere(options_.pause_permille);
  fate.move = somewhere(options_.switch_permille);
  fate.help = somewhere(50);
  fate.error = somewhere(40);
  return fate;
}

void Life::MakeJourney(Journey kind) {
  const JourneyPlan& plan = PlanOf(kind);
  Diary& diary = actor_.diary();
  const JourneyFate fate = DrawFate(plan);
  Trip trip{.actor = actor_, .plan = plan};
  const std::uint32_t rank = products_.Draw(actor_.random());
  if (kind != Journey::kApplication) trip.product = static_cast<std::uint16_t>(1 + rank);
  score_cost_ = 0;
  const bool second = fate.second_channel && actor_.CanUse(plan.channels[1]);
  actor_.Arrive(plan.channels[second ? 1 : 0]);
  actor_.Wander(static_cast<int>(actor_.random().Between(0, 3)));
  diary.Intend(kind);
  WalkSteps(trip, fate);
  if (diary.in_journey() && diary.last_step() + 1 == static_cast<int>(plan.steps.size())) {
    actor_.Leave();
    AwaitDecision(fate, plan);
  }
  if (diary.over()) {
    diary.GiveUp();
    return;
  }
  const bool began = diary.in_journey() || diary.last_step() >= 0;
  if (diary.in_journey()) {
    if (!diary.gone()) actor_.Leave();
    free_from_us_ = diary.GiveUp() + kHour;
    if (began) AnswerSurvey(false);
    return;
  }
  actor_.Leave();
  const bool achieved = diary.last_outcome() == Outcome::kAchieved;
  owns_something_ = owns_something_ || (achieved && kind == Journey::kPurchase);
  AnswerSurvey(achieved);
}

// Does the steps in order, and crosses the boundaries between them, until the goal or the customer is gone.
void Life::WalkSteps(Trip& trip, const JourneyFate& fate) {
  const int steps = static_cast<int>(trip.plan.steps.size());
  for (int step = 0; step < steps; ++step) {
    // The boundary after a step that is passed over is crossed all the same: what is planned there happens.
    if (!trip.plan.steps[static_cast<std::size_t>(step)].optional || !fate.skips_optional) {
      if (step > 0 && actor_.random().Chance(300)) actor_.Wander(1);
      if (step >= 2) actor_.LogInForCheckout();
      if (!DoStep(trip, step)) return;
    }
    if (step + 1 < steps && !CrossBoundary(trip, fate, step)) return;
  }
}

bool Life::CrossBoundary(Trip& trip, const JourneyFate& fate, int boundary) {
  if (!MeetFrictions(trip, fate, boundary)) return false;
  if (fate.drops[static_cast<std::size_t>(boundary)]) return false;
  internal::Random& random = actor_.random();
  if (fate.help == boundary) actor_.ReadHelp();
  const std::int64_t longest = kLongestPause.count() / kSecond;
  if (fate.pause == boundary) Pause(trip, random.Between(3600, longest) * kSecond, actor_.channel());
  if (Channel other{}; fate.move == boundary && OtherChannel(trip, other)) {
    Pause(trip, random.Between(1800, longest) * kSecond, other);
  }
  if (fate.slow) Pause(trip, random.Between(52 * 60, 70 * 60) * kMinute, actor_.channel());
  if (fate.error == boundary) {
    actor_.Act(trip.plan.error, {.status = Status::kError});
    actor_.Act(Name::kButtonClick);  // the second attempt works
  }
  return !actor_.diary().gone();
}

// Plays what is planted at this boundary. False when the customer has had enough.
bool Life::MeetFrictions(Trip& trip, const JourneyFate& fate, int boundary) {
  // Who contacts support after leaving does not come back: that one is last.
  static constexpr auto kLast = static_cast<std::size_t>(Friction::kContactAfterAbandonment);
  const auto meet = [&](std::size_t i) {
    const JourneyFate::Planted& planted = fate.frictions[i];
    if (!planted.planned || planted.boundary != boundary) return true;
    const auto kind = static_cast<Friction>(i);
    actor_.diary().SetCause(kind);
    const bool played = Plant(trip, kind);
    actor_.diary().SetCause(std::nullopt);
    if (played) score_cost_ += options_.effects[i].score_cost_milli;
    return !actor_.diary().gone() && !(played && planted.leaves);
  };
  for (std::size_t i = 0; i < kPlantedFrictions; ++i) {
    if (i != kLast && !meet(i)) return false;
  }
  return meet(kLast);
}

void Life::Pause(Trip& trip, std::int64_t us, Channel channel) {
  if (trip.actor.diary().gone()) return;
  actor_.Leave();
  actor_.diary().Wait(us);
  actor_.Arrive(channel);
}

// Somebody in the back office approves or declines; the customer sees it in the portal.
void Life::AwaitDecision(const JourneyFate& fate, const JourneyPlan& plan) {
  actor_.diary().Wait(actor_.random().Between(2 * 60, 18 * 60) * kMinute);
  actor_.ArriveByLink(Channel::kPortal);
  actor_.Act(fate.approved ? plan.goal : plan.exclusion, {.status = Status::kOk});
}

// From 4.3 points, more or less, what was suffered is taken off; the rest is rounded at random, so that the
// mean score falls by what the friction costs (but for the ends of the scale).
void Life::AnswerSurvey(bool achieved) {
  internal::Random& random = actor_.random();
  const bool answers = random.Chance(options_.feedback_permille) && (achieved || random.Chance(600));
  if (!answers || !actor_.email_known()) return;
  actor_.diary().Wait(random.Between(60, 20 * 60) * kMinute);
  const std::int64_t milli =
      std::max<std::int64_t>(0, 4300 + random.Between(-700, 700) - (achieved ? 0 : 1200) - score_cost_);
  const std::int64_t points =
      milli / 1000 + (random.Chance(static_cast<std::uint32_t>(milli % 1000)) ? 1 : 0);
  const bool speaks = random.Chance(250);
  const std::uint32_t comment = random.Below(static_cast<std::uint32_t>(Comments().size()));
  actor_.Mail(Name::kSurvey, {.score = static_cast<std::uint8_t>(std::clamp<std::int64_t>(points, 1, 5)),
                              .comment = speaks ? static_cast<std::uint8_t>(1 + comment) : std::uint8_t{0}});
}

}  // namespace simulation
}  // namespace v0
}  // namespace journey
