#include "journey/journeys/builder.h"

#include <algorithm>
#include <bit>
#include <optional>

namespace journey {
inline namespace v0 {
namespace {

using Bits = EventClassifier::Bits;

// One journey while it grows, as the last row of the table: opens at an event, takes further ones, and is closed with an
// outcome.
class OpenJourney {
 public:
  OpenJourney(JourneyTable& table, const TouchpointCatalog& catalog, Duration session_gap)
      : table_(table), catalog_(catalog), session_gap_(session_gap) {}

  [[nodiscard]] bool is_open() const { return row_ != nullptr; }
  // Requires: one is open.
  [[nodiscard]] const JourneyRow& row() const { return *row_; }

  void Open(CustomerId customer, DefinitionId definition, std::size_t steps, const EventRow& event,
            std::uint32_t position) {
    table_.rows.push_back({.customer = customer,
                           .definition = definition,
                           .begin = static_cast<std::uint32_t>(table_.events.size()),
                           .steps_begin = static_cast<std::uint32_t>(table_.steps.size()),
                           .first = event.time,
                           .last = event.time});
    row_ = &table_.rows.back();
    table_.events.push_back(position);
    table_.steps.resize(table_.steps.size() + steps, kNotReached);
    touchpoint_ = event.touchpoint;
  }

  void Take(const EventRow& event, std::uint32_t position) {
    if (event.time - row_->last > session_gap_) {
      ++row_->pauses;
      if (catalog_.channel(event.touchpoint) != catalog_.channel(touchpoint_)) ++row_->resumes_elsewhere;
    }
    touchpoint_ = event.touchpoint;
    row_->last = event.time;
    table_.events.push_back(position);
  }

  void Reach(std::size_t step, std::uint32_t position) {
    table_.steps[row_->steps_begin + step] = position;
    row_->last_step = static_cast<std::uint16_t>(step);
    ++row_->steps_reached;
  }

  void Close(Outcome outcome, TimePoint ended) {
    row_->outcome = outcome;
    row_->ended = ended;
    row_->end = static_cast<std::uint32_t>(table_.events.size());
    row_ = nullptr;
  }

 private:
  JourneyTable& table_;
  const TouchpointCatalog& catalog_;
  const Duration session_gap_;
  JourneyRow* row_ = nullptr;
  TouchpointId touchpoint_;  // of the last event
};

// When the window or the next required step's limit runs out.
TimePoint ExpiryTime(const JourneyDefinition& definition, const JourneyRow& row, TimePoint reached) {
  TimePoint expiry = row.first + definition.window.value_or(2 * kForever);
  for (std::size_t step = row.last_step + 1U; step < definition.steps.size(); ++step) {
    const Step& next = definition.steps[step];
    if (next.optional) continue;
    if (next.within) expiry = std::min(expiry, reached + *next.within);
    break;
  }
  return expiry;
}

// A defined journey: which step may come next, and which limits run.
class DefinedJourney {
 public:
  DefinedJourney(const JourneyDefinition& definition, OpenJourney& journey)
      : definition_(definition), journey_(journey) {}

  // Closes the journey if a limit had passed before `now`.
  void CloseIfOver(TimePoint now) {
    const TimePoint abandoned = journey_.row().last + definition_.abandon_after;
    if (now > expiry_ && expiry_ <= abandoned)
      journey_.Close(Outcome::kExpired, expiry_);
    else if (now > abandoned)
      journey_.Close(Outcome::kAbandoned, abandoned);
  }

  void Open(CustomerId customer, DefinitionId id, Bits bits, const EventRow& event, std::uint32_t position) {
    journey_.Open(customer, id, definition_.steps.size(), event, position);
    ReachStep(0, event, position);
    CloseAtGoal(bits, event.time);
  }

  void Take(Bits bits, const EventRow& event, std::uint32_t position) {
    journey_.Take(event, position);
    if ((bits & EventClassifier::kExclude) != 0) {
      journey_.Close(Outcome::kExcluded, event.time);
      return;
    }
    if (const auto step = NextStep(bits & EventClassifier::kSteps, event.time))
      ReachStep(*step, event, position);
    CloseAtGoal(bits, event.time);
  }

 private:
  void CloseAtGoal(Bits bits, TimePoint time) {
    if (journey_.is_open() && (bits & EventClassifier::kGoal) != 0) journey_.Close(Outcome::kAchieved, time);
  }

  // The step that an event reaches, if it reaches one: the first it matches among those that may come next.
  [[nodiscard]] std::optional<std::size_t> NextStep(Bits matched, TimePoint time) const {
    for (std::size_t step = journey_.row().last_step + 1U; step < definition_.steps.size(); ++step) {
      const Step& candidate = definition_.steps[step];
      if ((matched >> step & 1) != 0 && (!candidate.within || time - reached_ <= *candidate.within))
        return step;
      if (!candidate.optional) break;
    }
    return std::nullopt;
  }

  void ReachStep(std::size_t step, const EventRow& event, std::uint32_t position) {
    journey_.Reach(step, position);
    reached_ = event.time;
    expiry_ = ExpiryTime(definition_, journey_.row(), reached_);
    if (definition_.goal.empty() && step + 1 == definition_.steps.size()) {
      journey_.Close(Outcome::kAchieved, event.time);
    }
  }

  const JourneyDefinition& definition_;
  OpenJourney& journey_;
  TimePoint reached_;  // when the last step was
  TimePoint expiry_;   // as it is since then
};

}  // namespace

TimePoint OpenUntil(const JourneyDefinition& definition, const JourneyRow& row, TimePoint reached) {
  return std::min({row.last + definition.abandon_after, ExpiryTime(definition, row, reached), kMaxTime});
}
TimePoint OpenUntil(const Discovery& discovery, const JourneyRow& row) {
  return discovery.gap ? std::min(row.last + *discovery.gap, kMaxTime) : kMaxTime;
}

void BuildJourneys(CustomerId customer, std::span<const EventRow> events, std::uint32_t offset,
                   DefinitionId definition_id, const JourneyDefinition& definition,
                   const EventClassifier& classifier, const TouchpointCatalog& catalog,
                   const JourneyClock& clock, JourneyTable& table) {
  OpenJourney open(table, catalog, clock.session_gap);
  DefinedJourney journey(definition, open);
  for (std::size_t i = 0; i < events.size(); ++i) {
    const EventRow& event = events[i];
    const Bits bits = classifier.Of(definition_id, event);
    if ((bits & EventClassifier::kBelongs) == 0) continue;
    const std::uint32_t position = offset + static_cast<std::uint32_t>(i);
    if (open.is_open()) journey.CloseIfOver(event.time);
    if (open.is_open()) {
      journey.Take(bits, event, position);
    } else if ((bits & 1) != 0 && (bits & EventClassifier::kExclude) == 0) {
      journey.Open(customer, definition_id, bits, event, position);
    }
  }
  if (open.is_open()) journey.CloseIfOver(clock.as_of);
  if (open.is_open()) open.Close(Outcome::kOpen, clock.as_of);
}

void DiscoverJourneys(CustomerId customer, std::span<const EventRow> events, std::uint32_t offset,
                      const Discovery& discovery, const EventClassifier& classifier,
                      const TouchpointCatalog& catalog, const JourneyClock& clock, JourneyTable& table) {
  const Outcome when_idle = discovery.goal.empty() ? Outcome::kEnded : Outcome::kAbandoned;
  OpenJourney open(table, catalog, clock.session_gap);
  const auto close_if_over = [&](TimePoint now) {
    if (!discovery.gap || now - open.row().last <= *discovery.gap) return;
    open.Close(when_idle, open.row().last + *discovery.gap);
  };
  for (std::size_t i = 0; i < events.size(); ++i) {
    const EventRow& event = events[i];
    const std::uint32_t position = offset + static_cast<std::uint32_t>(i);
    if (open.is_open()) close_if_over(event.time);
    if (open.is_open())
      open.Take(event, position);
    else
      open.Open(customer, DefinitionId{0}, 0, event, position);
    if ((classifier.Of(DefinitionId{0}, event) & EventClassifier::kGoal) != 0) {
      open.Close(Outcome::kAchieved, event.time);
    }
  }
  if (open.is_open()) close_if_over(clock.as_of);
  if (open.is_open()) open.Close(Outcome::kOpen, clock.as_of);
}

}  // namespace v0
}  // namespace journey
