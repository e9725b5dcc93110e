// LogMeasures: what detectors may learn their limits from: how long each transition takes in this log, and how much
// journeys that reach their goal take.
//
//   view -10s-> pay, achieved     ->  gaps of (view, pay): {10 s};  effort of its definition: {2 events}, {10 s}
//
// A monoid: Merge is associative and commutative, and a LogMeasures without journeys is its identity. Detectors keep
// what they learn by text, so that it holds for other logs as well.
//
// Lifetime: refers to the catalogue and the definitions of the run. Cost: Add is one look-up in a hash index for each
//           event.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "journey/core/flat_index.h"
#include "journey/events/touchpoints.h"
#include "journey/journeys/view.h"
#include "journey/measures/durations.h"

namespace journey {
inline namespace v0 {

// The gaps between events of a journey, the first at one touchpoint and the next at another (or the same).
struct TransitionGaps {
  TouchpointId from;
  TouchpointId to;
  Durations gaps;
};

// Of the achieved journeys of one definition.
struct GoalEffort {
  Durations events;  // a number of events as so many microseconds
  Durations time;    // spent: gaps longer than a session's left out
};

class LogMeasures {
 public:
  // Without definitions: discovered journeys.
  LogMeasures(const TouchpointCatalog& catalog, std::span<const JourneyDefinition> definitions)
      : catalog_(&catalog),
        definitions_(definitions),
        efforts_(definitions.empty() ? 1 : definitions.size()) {}

  // Requires: a journey of the run with this catalogue.
  void Add(const JourneyView& journey);
  // Requires: of the same run.
  void Merge(const LogMeasures& other);

  [[nodiscard]] const TouchpointCatalog& catalog() const { return *catalog_; }
  [[nodiscard]] Duration session_gap() const { return session_gap_; }
  // Order: by (from, to). Lifetime: until the next Add or Merge.
  [[nodiscard]] std::vector<const TransitionGaps*> transitions() const;
  [[nodiscard]] std::size_t definitions() const {
    return definitions_.size();
  }  // 0: journeys were discovered
  // Requires: definition below definitions().
  [[nodiscard]] std::string_view definition_name(std::size_t definition) const {
    return definitions_[definition].name;
  }
  [[nodiscard]] const GoalEffort& effort(std::size_t definition) const { return efforts_[definition]; }

 private:
  Durations& GapsOf(TouchpointId from, TouchpointId to);

  const TouchpointCatalog* catalog_;
  std::span<const JourneyDefinition> definitions_;
  std::vector<GoalEffort> efforts_;  // by definition
  std::vector<TransitionGaps> transitions_;
  internal::FlatIndex index_;
  Duration session_gap_{0};
};

}  // namespace v0
}  // namespace journey
