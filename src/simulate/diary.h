// Diary: what one person did, and what it meant. Scenes (scenes.h) say what happens next; the diary gives it
// a place in time, and while a journey is open it keeps account by the rules of the design: which steps are
// reached, which are done again, when a channel is left and why, where a gap is a stall, which data are given
// again. So what a planted friction brings about is in the truth as well.
//
// Nothing is written at or after the end of the simulated time, or beyond the window of an open journey: then
// Write refuses, the person is `gone()`, and the scenes run out.
#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "simulate/simulator.h"

namespace journey {
inline namespace v0 {
namespace simulation {

inline constexpr std::int64_t kSecond = 1'000'000;
inline constexpr std::int64_t kMinute = 60 * kSecond;
inline constexpr std::int64_t kHour = 60 * kMinute;
inline constexpr std::int64_t kDay = 24 * kHour;

// The tables that the lives of all people are written to, person by person.
struct Chronicle {
  std::vector<EventRow> rows;
  std::vector<LivedJourney> journeys;
  std::vector<LivedFriction> frictions;
};

class Diary {
 public:
  Diary(Chronicle& chronicle, std::uint32_t person, std::int64_t now_us, std::int64_t end_us)
      : chronicle_(chronicle), person_(person), now_us_(now_us), end_us_(end_us) {}

  [[nodiscard]] std::int64_t now_us() const { return now_us_; }
  [[nodiscard]] std::uint32_t person() const { return person_; }
  void Wait(std::int64_t us) { now_us_ += us; }
  void WaitUntil(std::int64_t us) { now_us_ = us > now_us_ ? us : now_us_; }

  // Writes down an event that happens now; the caller fills in what happened and who can be seen in it.
  // False, and nothing written, when there is no more time for it.
  bool Write(EventRow row);

  // No more time: for this journey, or at all.
  [[nodiscard]] bool gone() const { return gone_; }
  [[nodiscard]] bool over() const { return over_; }

  // The next first step opens a journey of this kind.
  void Intend(Journey kind);
  [[nodiscard]] bool in_journey() const { return open_; }
  // Ends an unfinished journey: the person is through with it. Returns when it counts as abandoned.
  std::int64_t GiveUp();
  // The outcome of the last journey; kOpen if it was given up.
  [[nodiscard]] Outcome last_outcome() const { return chronicle_.journeys.back().outcome; }

  // While a scene plants a friction, what comes about is caused by it.
  void SetCause(std::optional<Friction> cause) { cause_ = cause; }
  // Notes a friction whose evidence are the events [first, last] of this person, at the touchpoint of `at`.
  // Requires: a journey is open, or was until the last event.
  void Note(Friction kind, std::uint32_t at, std::uint32_t first, std::uint32_t last);

  // The index of the event written last, and the next one. Requires for last: there is one.
  [[nodiscard]] std::uint32_t last() const { return next_ - 1; }
  [[nodiscard]] std::uint32_t next() const { return next_; }
  // Of the open journey: the index of its last event in scope, and the step done last.
  [[nodiscard]] std::uint32_t last_in_scope() const { return before_.index; }
  [[nodiscard]] int last_step() const { return last_step_; }
  [[nodiscard]] Channel last_step_channel() const {  // Requires: a step was done
    return step_channels_[static_cast<std::size_t>(last_step_)];
  }
  [[nodiscard]] int furthest_step() const { return std::bit_width(done_) - 1; }  // -1: none
  [[nodiscard]] bool done(int step) const { return ((done_ >> step) & 1U) != 0; }
  [[nodiscard]] std::uint8_t given() const { return given_; }

 private:
  void Account(const EventRow& row);
  void AccountSwitch(const EventRow& row, bool again);
  void AccountStep(const EventRow& row, int step);
  [[nodiscard]] LivedJourney& journey() { return chronicle_.journeys.back(); }

  Chronicle& chronicle_;
  std::uint32_t person_;
  std::int64_t now_us_;
  std::int64_t end_us_;
  std::uint32_t next_ = 0;
  bool over_ = false;
  bool gone_ = false;

  // The journey that is meant or open.
  Journey kind_ = Journey::kPurchase;
  bool intended_ = false;
  bool open_ = false;
  EventRow before_;  // the last event in scope
  int last_step_ = -1;
  std::uint8_t done_ = 0;
  std::uint8_t given_ = 0;
  std::array<Channel, 8> step_channels_{};       // where each step was done last
  std::array<std::uint32_t, 8> step_indexes_{};  // and by which event
  std::uint32_t last_step_index_ = 0;
  std::optional<Friction> cause_;
};

// The channels that the simulated journeys have in their scope: all but email and social.
[[nodiscard]] constexpr bool InScope(Channel channel) {
  return channel != Channel::kEmail && channel != Channel::kSocial;
}
[[nodiscard]] constexpr bool IsSupport(Channel channel) {
  return channel == Channel::kChat || channel == Channel::kPhone;
}

}  // namespace simulation
}  // namespace v0
}  // namespace journey
