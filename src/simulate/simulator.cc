#include "simulate/simulator.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "journey/core/check.h"
#include "journey/core/status.h"
#include "simulate/dirt.h"
#include "simulate/life.h"
#include "simulate/population.h"

namespace journey {
inline namespace v0 {
namespace {

using simulation::EventRow;
using simulation::Friction;
using simulation::LivedFriction;
using simulation::LivedJourney;
using simulation::Outcome;
using simulation::Text;

constexpr std::uint32_t kMostCustomers = 50'000'000;
constexpr std::uint32_t kMostDays = 3650;
constexpr std::uint64_t kMostCustomerDays = 200'000'000;  // more events than a sequence can count lie beyond
constexpr std::uint32_t kProducts = 500;

Status CheckRange(std::string_view field, std::uint64_t value, std::uint64_t low, std::uint64_t high) {
  if (low <= value && value <= high) return absl::OkStatus();
  return InvalidArgument(fmt::format("simulator: {} is {}; must be from {} to {}", field, value, low, high));
}

// An unfinished journey has ended when its time to abandon it, or its window, was over before `as_of`;
// whichever came first says how.
void EndJourney(LivedJourney& journey, std::int64_t as_of_us) {
  if (journey.outcome != Outcome::kOpen) return;
  const simulation::JourneyPlan& plan = simulation::PlanOf(journey.kind);
  const std::int64_t abandoned = journey.last_us + plan.abandon_after_us;
  const std::int64_t expired = journey.first_us + plan.window_us;
  if (as_of_us <= std::min(abandoned, expired)) return;
  journey.outcome = abandoned <= expired ? Outcome::kAbandoned : Outcome::kExpired;
}

// Ends the journeys, and adds a drop-off to those that were left; the frictions stay ordered by journey.
void EndJourneys(simulation::Chronicle& chronicle, std::int64_t as_of_us) {
  // The touchpoints of the last events, found in the rows while these are still person by person.
  std::vector<LivedFriction> all;
  all.reserve(chronicle.frictions.size() + chronicle.journeys.size() / 4);
  std::size_t noted = 0;
  std::size_t row = 0;
  for (std::uint32_t i = 0; i < chronicle.journeys.size(); ++i) {
    LivedJourney& journey = chronicle.journeys[i];
    EndJourney(journey, as_of_us);
    while (noted < chronicle.frictions.size() && chronicle.frictions[noted].journey == i) {
      all.push_back(chronicle.frictions[noted++]);
    }
    while (chronicle.rows[row].person != journey.person || chronicle.rows[row].index != journey.last) ++row;
    if (journey.outcome != Outcome::kAbandoned && journey.outcome != Outcome::kExpired) continue;
    all.push_back({.journey = i,
                   .at = journey.last,
                   .first = journey.last,
                   .last = journey.last,
                   .kind = Friction::kDropOff,
                   .cause = Friction::kDropOff,
                   .channel = chronicle.rows[row].channel,
                   .name = chronicle.rows[row].name});
  }
  chronicle.frictions = std::move(all);
}

template <std::size_t kSize>
std::string_view WriteTo(std::array<char, kSize>& bytes, const fmt::format_to_n_result<char*>& result) {
  return {bytes.data(), result.size};
}

}  // namespace

Status SimulatorOptions::Validate() const {
  const auto start_us =
      static_cast<std::uint64_t>(std::max<std::int64_t>(0, start.time_since_epoch().count()));
  const auto latest_us = static_cast<std::uint64_t>(
      (kMaxTime - std::chrono::days{kMostDays} - std::chrono::days{1}).time_since_epoch().count());
  Status status = CheckRange("customers", customers, 1, kMostCustomers);
  status.Update(CheckRange("days", days, 1, kMostDays));
  status.Update(CheckRange("customers x days", std::uint64_t{customers} * days, 1, kMostCustomerDays));
  if (start < kMinTime) status.Update(InvalidArgument("simulator: start is before 1970-01-01"));
  status.Update(CheckRange("start (us)", start_us, 0, latest_us));
  const std::array<std::pair<std::string_view, std::uint32_t>, 12> rates{{
      {"guest_permille", guest_permille},
      {"shared_device_permille", shared_device_permille},
      {"drop_permille", drop_permille},
      {"pause_permille", pause_permille},
      {"switch_permille", switch_permille},
      {"slow_permille", slow_permille},
      {"feedback_permille", feedback_permille},
      {"placeholder_permille", placeholder_permille},
      {"duplicate_permille", duplicate_permille},
      {"conflict_permille", conflict_permille},
      {"disorder_permille", disorder_permille},
      {"late_permille", late_permille},
  }};
  for (const auto& [field, value] : rates) status.Update(CheckRange(field, value, 0, 1000));
  for (std::size_t i = 0; i < simulation::kPlantedFrictions; ++i) {
    const std::string_view kind = simulation::TextOf(static_cast<Friction>(i)).kind;
    status.Update(CheckRange(fmt::format("friction_permille of {}", kind), friction_permille[i], 0, 1000));
    status.Update(CheckRange(fmt::format("leave_permille of {}", kind), effects[i].leave_permille, 0, 1000));
    status.Update(
        CheckRange(fmt::format("score_cost_milli of {}", kind), effects[i].score_cost_milli, 0, 5000));
  }
  return status;
}

SimulatorOptions WithoutDirt(SimulatorOptions options) {
  options.shared_device_permille = options.placeholder_permille = options.duplicate_permille = 0;
  options.conflict_permille = options.disorder_permille = options.late_permille = 0;
  return options;
}

SimulatedLog Simulate(const SimulatorOptions& options) {
  JOURNEY_CHECK(options.Validate().ok());
  SimulatedLog log;
  log.options_ = options;
  const simulation::Population population(log.options_);
  const internal::Zipf products(kProducts);
  simulation::Chronicle chronicle;
  for (std::uint32_t person = 0; person < options.customers; ++person) {
    population.AppendTexts(person, log.texts_, log.text_begins_);
    simulation::Life(log.options_, population, products, chronicle, person).Live();
  }
  log.text_begins_.push_back(log.texts_.size());
  std::int64_t as_of_us = 0;
  for (const EventRow& row : chronicle.rows) as_of_us = std::max(as_of_us, row.time_us);
  EndJourneys(chronicle, as_of_us);
  log.as_of_ = TimePoint{Duration{as_of_us}};
  log.distinct_ = simulation::MakeFile(chronicle.rows, log.options_);
  log.rows_ = std::move(chronicle.rows);
  log.journeys_ = std::move(chronicle.journeys);
  log.frictions_ = std::move(chronicle.frictions);
  return log;
}

std::string_view SimulatedLog::text(std::uint32_t person, Text text) const {
  const std::size_t place = std::size_t{person} * simulation::kTexts + static_cast<std::size_t>(text);
  return std::string_view(texts_).substr(text_begins_[place], text_begins_[place + 1] - text_begins_[place]);
}

std::vector<Identifier> SimulatedLog::identifiers(std::uint32_t person) const {
  static constexpr std::array<std::pair<std::string_view, Text>, 7> kAll{{{"user_id", Text::kUserId},
                                                                          {"device", Text::kBrowser},
                                                                          {"device", Text::kPhoneApp},
                                                                          {"device", Text::kTablet},
                                                                          {"device", Text::kSharedDevice},
                                                                          {"email", Text::kEmail},
                                                                          {"phone", Text::kPhone}}};
  std::vector<Identifier> identifiers;
  for (const auto& [name_space, which] : kAll) {
    const std::string_view value = text(person, which);
    if (!value.empty()) identifiers.push_back({name_space, value});
  }
  return identifiers;
}

std::string SimulatedLog::EventId(std::uint32_t person, std::uint32_t index) {
  return fmt::format("e{}-{}", person, index);
}

const Event& SimulatedLog::Fill(std::size_t i, EventBuffer& buffer) const {
  static constexpr std::array<std::string_view, 4> kNamespaces{"user_id", "device", "email", "phone"};
  const EventRow& row = rows_[i];
  Event& event = buffer.event;
  event.time = TimePoint{Duration{row.time_us}};
  event.sequence = row.sequence;
  event.id = WriteTo(buffer.id_,
                     fmt::format_to_n(buffer.id_.data(), buffer.id_.size(), "e{}-{}", row.person, row.index));
  event.source = "simulator";
  event.channel = TextOf(row.channel);
  event.name = TextOf(row.name);

  const auto device = static_cast<Text>(static_cast<std::uint8_t>(Text::kBrowser) + row.device);
  const std::array<Text, 4> values{Text::kUserId, device, Text::kEmail, Text::kPhone};
  event.identifiers.clear();
  for (std::size_t k = 0; k < kNamespaces.size(); ++k) {
    if (((row.carried >> k) & 1U) != 0) {
      event.identifiers.push_back({kNamespaces[k], text(row.person, values[k])});
    } else if (row.placeholder != 0 && (row.placeholder - 1U) % 4 == k) {
      event.identifiers.push_back({kNamespaces[k], simulation::Placeholders()[(row.placeholder - 1U) / 4]});
    }
  }

  event.attributes.clear();
  if (row.status != simulation::Status::kNone) event.attributes.push_back({"status", TextOf(row.status)});
  if (row.platform != simulation::Platform::kNone) {
    event.attributes.push_back({"platform", TextOf(row.platform)});
  }
  if (row.product != 0) {
    const auto name =
        fmt::format_to_n(buffer.product_.data(), buffer.product_.size(), "p-{:03}", row.product);
    event.attributes.push_back({"product", WriteTo(buffer.product_, name)});
  }
  if ((row.given & simulation::kGivesAddress) != 0) {
    event.attributes.push_back({"address", text(row.person, Text::kAddress)});
  }
  if ((row.given & simulation::kGivesPhoneNumber) != 0) {
    event.attributes.push_back({"phone_number", text(row.person, Text::kPhone)});
  }
  if (row.score != 0) {
    event.attributes.push_back({"score", row.score});
    event.attributes.push_back({"scale", "csat"});
  }
  if (row.comment != 0) event.attributes.push_back({"comment", simulation::Comments()[row.comment - 1U]});
  return event;
}

}  // namespace v0
}  // namespace journey
