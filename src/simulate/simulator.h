// A simulated world of customers, and what is true about them.
//
//   const SimulatedLog log = Simulate({.customers = 1000, .days = 30, .seed = 7});
//   EventBuffer buffer;
//   for (std::size_t i = 0; i < log.size(); ++i) events.Append(log.Fill(i, buffer));
//   log.person(i)                         who did event i
//   log.journeys(), log.frictions()       what was lived, and where it was made to hurt
//
// Customers move through web, app, portal, chat, help, e-mail, phone and social, on one to three devices of
// their own and sometimes one that a household shares; they browse unknown, log in, pause for hours, go on in
// another channel, and buy, apply or claim (PlanOf). In every journey each kind of friction of
// simulation::Friction may be planted, at a rate of its own and at a random step; it makes the customer give
// up, and score lower in the survey, by a known effect. A journey without friction is clean: it does no step
// twice, calls nobody, and pauses for less than kStallLimit.
//
// The events come in the order of the file, with dirt: duplicates (same id and content, another sequence),
// conflicts (same id, another platform), rows out of order, rows far too late, and placeholders where an
// identifier is missing. `sequence` is unique and gives the true order of events of one time.
//
// Determinism: integers only, so a seed gives the same world on every platform. Each customer, household and
// journey draws from a stream of its own: customer k lives the same life however many customers there are
// (but whether a journey counts as abandoned or open depends on the last event of the whole log), and another
// rate of friction changes nothing in a journey before the place where it strikes. So a world with one effect
// set to 0 is the counterfactual of the same world with it.
// Cost:    about 40 bytes an event and 150 bytes a customer.
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "journey/core/status_fwd.h"
#include "journey/core/time.h"
#include "journey/events/event.h"
#include "simulate/vocabulary.h"

namespace journey {
inline namespace v0 {

// What one planted friction does to the one who meets it.
struct FrictionEffect {
  std::uint32_t leave_permille = 0;    // gives the journey up, beside the ordinary drop-off
  std::uint32_t score_cost_milli = 0;  // thousandths of a point off the score of the survey
};

// All rates are out of 1,000. Arrays are indexed by simulation::Friction.
struct SimulatorOptions {
  std::uint32_t customers = 1000;
  std::uint32_t days = 30;
  std::uint64_t seed = 1;
  TimePoint start = std::chrono::sys_days{std::chrono::year{2024} / 3 / 1};

  std::uint32_t guest_permille = 120;         // customers who never log in
  std::uint32_t shared_device_permille = 30;  // households of two whose members share a device by turns
  std::uint32_t drop_permille = 70;           // leave after a step, for no reason of ours
  std::uint32_t pause_permille = 150;         // pause after a step, and go on in the same channel
  std::uint32_t switch_permille = 60;         // pause after a step, and go on in another channel
  std::uint32_t slow_permille = 10;           // journeys too slow for their window
  std::uint32_t feedback_permille =
      300;  // journeys that are asked about and answered; fewer of the unfinished
  std::array<std::uint32_t, simulation::kPlantedFrictions> friction_permille{25, 25, 25, 25, 25, 25,
                                                                             25, 25, 25, 25, 25, 25};
  std::array<FrictionEffect, simulation::kPlantedFrictions> effects{{{60, 300},
                                                                     {120, 500},
                                                                     {150, 600},
                                                                     {150, 400},
                                                                     {50, 200},
                                                                     {120, 500},
                                                                     {350, 1200},
                                                                     {100, 500},
                                                                     {1000, 800},  // they have left already
                                                                     {250, 1000},
                                                                     {100, 600},
                                                                     {120, 500}}};

  std::uint32_t placeholder_permille = 10;  // events with a placeholder for an identifier they lack
  std::uint32_t duplicate_permille = 10;
  std::uint32_t conflict_permille = 2;
  std::uint32_t disorder_permille = 20;  // up to 64 rows after their place
  std::uint32_t late_permille = 3;       // half the rest of the file, or more, after their place

  // Errors: InvalidArgument, naming field, value and range.
  [[nodiscard]] absl::Status Validate() const;
};

// The same options without dirt, and without shared devices.
[[nodiscard]] SimulatorOptions WithoutDirt(SimulatorOptions options);

namespace simulation {

// From this gap on a planted pause is a stall; natural ones stay below kLongestPause.
inline constexpr Duration kStallLimit = std::chrono::hours{24};
inline constexpr Duration kLongestPause = std::chrono::hours{18};
// A planted contact after abandonment comes between these times after leaving.
inline constexpr Duration kContactEarliest = std::chrono::hours{1};
inline constexpr Duration kContactLatest = std::chrono::hours{12};
// Planted error loops and rapid repeats have at least so many events, the latter within a second.
inline constexpr int kErrorLoop = 3;
inline constexpr int kRapidRepeat = 4;

// Which identifiers an event carries.
enum Carried : std::uint8_t { kCarriesUser = 1, kCarriesDevice = 2, kCarriesEmail = 4, kCarriesPhone = 8 };
// Which personal data it gives, as attributes of that name.
enum Given : std::uint8_t { kGivesAddress = 1, kGivesPhoneNumber = 2 };

struct EventRow {
  std::int64_t time_us = 0;
  std::uint32_t sequence = 0;
  std::uint32_t arrival = 0;  // the row's place in the file before ties
  std::uint32_t person = 0;
  std::uint32_t index = 0;    // counts the events of the person, in the order they were lived
  std::uint16_t product = 0;  // 0: none
  Channel channel = Channel::kWeb;
  Name name = Name::kHome;
  std::uint8_t carried = 0;
  std::uint8_t device = 0;       // which of the person's devices
  std::uint8_t placeholder = 0;  // 0: none; else 1 + namespace + 4 * (place in Placeholders())
  Status status = Status::kNone;
  Platform platform = Platform::kNone;
  std::uint8_t given = 0;
  std::uint8_t score = 0;    // 0: none
  std::uint8_t comment = 0;  // 0: none; else 1 + place in Comments()
};
static_assert(sizeof(EventRow) == 40);

// A journey as it was lived. Events are meant by their index in the life of the person.
struct LivedJourney {
  std::int64_t first_us = 0;
  std::int64_t last_us = 0;  // of the last event in scope: the goal, if it was achieved
  std::uint32_t person = 0;
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  std::uint32_t events = 0;  // in scope
  Journey kind = Journey::kPurchase;
  Outcome outcome = Outcome::kOpen;
  std::uint8_t steps = 0;     // bit set of the steps reached
  std::uint8_t channels = 0;  // bit set
};
static_assert(sizeof(LivedJourney) == 40);

// A place where it hurt. What was planted has cause == kind; what a planted friction brought about by the
// rules of the detectors (to lose one's progress means to repeat steps) names that as its cause; what came
// about by itself (a drop-off, a voluntary switch) is its own cause.
struct LivedFriction {
  std::uint32_t journey = 0;  // place in journeys()
  std::uint32_t at = 0;       // the event at whose touchpoint it hurt
  std::uint32_t first = 0;    // first and last event of the evidence
  std::uint32_t last = 0;
  Friction kind = Friction::kRepeat;
  Friction cause = Friction::kRepeat;
  Channel channel = Channel::kWeb;  // of `at`
  Name name = Name::kHome;
};
static_assert(sizeof(LivedFriction) == 20);

// The texts of one person.
enum class Text : std::uint8_t {
  kUserId,
  kBrowser,
  kPhoneApp,
  kTablet,
  kSharedDevice,
  kEmail,
  kPhone,
  kAddress,
};
inline constexpr std::size_t kTexts = 8;

}  // namespace simulation

// An event, with the few bytes of text that no table holds. Its views point into itself and into the log.
class EventBuffer {
 public:
  EventBuffer() = default;
  EventBuffer(const EventBuffer&) = delete;
  EventBuffer& operator=(const EventBuffer&) = delete;

  Event event;

 private:
  friend class SimulatedLog;
  std::array<char, 32> id_{};
  std::array<char, 16> product_{};
};

class SimulatedLog {
 public:
  [[nodiscard]] const SimulatorOptions& options() const { return options_; }

  // The rows, in the order of the file; distinct_events() leaves out duplicates and conflicts.
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] std::size_t distinct_events() const { return distinct_; }
  [[nodiscard]] const simulation::EventRow& row(std::size_t i) const { return rows_[i]; }

  // Row i as an event of the library. Allocates nothing once the buffer is warm.
  // Lifetime: until the buffer is filled again, or the log is gone. Requires: i < size().
  const Event& Fill(std::size_t i, EventBuffer& buffer) const;

  // A copy of another row: a duplicate, or a conflict.
  [[nodiscard]] bool is_copy(std::size_t i) const { return rows_[i].sequence >= distinct_; }
  [[nodiscard]] std::uint32_t person(std::size_t i) const { return rows_[i].person; }
  [[nodiscard]] std::uint32_t people() const { return options_.customers; }
  // "" of what the person does not have: a guest has no user id.
  [[nodiscard]] std::string_view text(std::uint32_t person, simulation::Text text) const;
  // The identifiers of a person, in the order of simulation::Text.
  [[nodiscard]] std::vector<Identifier> identifiers(std::uint32_t person) const;
  // The id of an event: "e12-0" is the first event of person 12.
  [[nodiscard]] static std::string EventId(std::uint32_t person, std::uint32_t index);

  // By person, and in the order they began.
  [[nodiscard]] std::span<const simulation::LivedJourney> journeys() const { return journeys_; }
  // By journey.
  [[nodiscard]] std::span<const simulation::LivedFriction> frictions() const { return frictions_; }
  // The time of the last event: journeys have ended, or not, as of then.
  [[nodiscard]] TimePoint as_of() const { return as_of_; }

 private:
  friend SimulatedLog Simulate(const SimulatorOptions& options);

  SimulatorOptions options_;
  std::size_t distinct_ = 0;
  TimePoint as_of_{};
  std::vector<simulation::EventRow> rows_;
  std::vector<simulation::LivedJourney> journeys_;
  std::vector<simulation::LivedFriction> frictions_;
  std::string texts_;                       // of all people, one after the other
  std::vector<std::uint64_t> text_begins_;  // kTexts of each person, and the end
};

// Requires: options.Validate().ok().
[[nodiscard]] SimulatedLog Simulate(const SimulatorOptions& options);

}  // namespace v0
}  // namespace journey
