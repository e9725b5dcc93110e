// Life: everything one customer does between the first day and the last, as a string of episodes (a look
// around, a newsletter, a question, a journey) with days in between.
#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "simulate/friction_scenes.h"

namespace journey {
inline namespace v0 {
namespace simulation {

// What is drawn before a journey begins: which boundaries between its steps hold what. It does not depend on
// what the customer does, so that another rate or effect changes only what it is about.
struct JourneyFate {
  static constexpr std::size_t kBoundaries = 8;

  struct Planted {
    bool planned = false;
    bool leaves = false;
    int boundary = 0;
  };
  std::array<Planted, kPlantedFrictions> frictions;
  std::array<bool, kBoundaries> drops{};
  bool slow = false;
  bool skips_optional = false;
  bool approved = false;
  bool second_channel = false;
  int pause = -1;  // boundary, or -1
  int move = -1;   // to the other channel, after a pause
  int help = -1;   // reads a help article
  int error = -1;  // a single error, before the next step
};

class Life {
 public:
  // Lifetime: keeps references to all of it.
  Life(const SimulatorOptions& options, const Population& population, const internal::Zipf& products,
       Chronicle& chronicle, std::uint32_t person);
  void Live();

 private:
  void WaitForNextEpisode();
  [[nodiscard]] std::int64_t TimeOfDay();
  void PlayEpisode();
  void LookAround();
  void ReadNewsletter();
  void AskQuestion();
  void MakeJourney(Journey kind);
  [[nodiscard]] JourneyFate DrawFate(const JourneyPlan& plan);
  void WalkSteps(Trip& trip, const JourneyFate& fate);
  bool CrossBoundary(Trip& trip, const JourneyFate& fate, int boundary);
  bool MeetFrictions(Trip& trip, const JourneyFate& fate, int boundary);
  void Pause(Trip& trip, std::int64_t us, Channel channel);
  void AwaitDecision(const JourneyFate& fate, const JourneyPlan& plan);
  void AnswerSurvey(bool achieved);

  const SimulatorOptions& options_;
  const internal::Zipf& products_;
  std::uint32_t person_;
  std::int64_t start_us_;
  Profile profile_;
  internal::Random random_;  // of the life: when, and which episodes
  Actor actor_;
  std::uint32_t episodes_ = 0;
  std::uint32_t score_cost_ = 0;   // of the journey so far, in thousandths of a point
  std::int64_t free_from_us_ = 0;  // before then an unfinished journey is still open
  bool owns_something_ = false;    // there is something to claim about
};

}  // namespace simulation
}  // namespace v0
}  // namespace journey
