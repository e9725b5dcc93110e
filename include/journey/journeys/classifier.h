// EventClassifier: the matchers of all definitions, compiled against one log.
//
//   definition 0: steps view, pay; goal purchase
//   Of({0}, an event "pay")   ->  bit 1 and kBelongs          Of({0}, "purchase")   ->  kGoal and kBelongs
//
// What a matcher says about names and channels is settled once per touchpoint; asking about an event is one
// look into a table, in line, and only matchers with attribute conditions look at the event itself: those whose
// attributes are in the log at all.
//
// Lifetime: refers to log, catalogue and definitions, which must outlive it. After log or catalogue have grown,
//           Update() before anything is asked.
// Threads:  safe to share, but for Update(). Cost: touchpoints x (definitions + 1) x 16 bytes.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "journey/events/event_log.h"
#include "journey/events/touchpoints.h"
#include "journey/identity/timelines.h"
#include "journey/journeys/definition.h"

namespace journey {
inline namespace v0 {

class EventClassifier {
 public:
  // Bit k below kMaxSteps: the event matches step k. Above:
  using Bits = std::uint64_t;
  static constexpr Bits kSteps = (Bits{1} << kMaxSteps) - 1;
  static constexpr Bits kGoal = Bits{1} << 58;
  static constexpr Bits kExclude = Bits{1} << 59;
  static constexpr Bits kBelongs = Bits{1} << 60;  // is one of the journey's events while it is open

  // With no definitions there is one, for the discovered journeys: DefinitionId{0}, with a goal at most.
  // Requires: definitions that are valid.
  EventClassifier(const EventLog& log, const TouchpointCatalog& catalog,
                  std::span<const JourneyDefinition> definitions, const Discovery& discovery,
                  const EventClasses& classes);
  ~EventClassifier();
  EventClassifier(EventClassifier&&) noexcept;

  // Takes in what was added to the catalogue and to the log's attribute keys. Cost: O(what was added), but all
  // touchpoints are looked at again when the log has the first attribute that a matcher asks for.
  void Update();

  // Requires: definition.value below the number of definitions.
  [[nodiscard]] Bits Of(DefinitionId definition, const EventRow& row) const {
    const Answer& answer = answers_[row.touchpoint.value * stride_ + definition.value];
    return answer.perhaps == 0 ? answer.always : OfConditions(definition, row);
  }
  [[nodiscard]] bool IsError(const EventRow& row) const { return IsClass(kError, row); }
  [[nodiscard]] bool IsSupport(const EventRow& row) const { return IsClass(kSupport, row); }
  [[nodiscard]] bool IsFeedback(const EventRow& row) const { return IsClass(kFeedback, row); }

 private:
  struct Impl;
  // What is known of the events of one touchpoint.
  struct Answer {
    Bits always = 0;   // whatever their attributes
    Bits perhaps = 0;  // if the conditions hold
  };
  static constexpr Bits kError = 1;
  static constexpr Bits kSupport = 2;
  static constexpr Bits kFeedback = 4;

  [[nodiscard]] bool IsClass(Bits kind, const EventRow& row) const {
    const Answer& answer = answers_[row.touchpoint.value * stride_ + stride_ - 1];
    return (answer.always & kind) != 0 || ((answer.perhaps & kind) != 0 && HoldsForClass(kind, row));
  }
  [[nodiscard]] Bits OfConditions(DefinitionId definition, const EventRow& row) const;
  [[nodiscard]] bool HoldsForClass(Bits kind, const EventRow& row) const;

  std::unique_ptr<Impl> impl_;
  std::size_t stride_ = 1;       // the definitions, and the further classes of events behind them
  std::vector<Answer> answers_;  // by touchpoint, then by definition
};

}  // namespace v0
}  // namespace journey
