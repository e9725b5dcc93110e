// JourneyView: one journey, as detectors and measures look at it.
//
//   for (std::size_t i = 1; i < journey.size(); ++i)
//     if (journey.is_error(i - 1) && journey.channel(i) != journey.channel(i - 1)) ...
//
// Events are numbered from 0 inside the journey; with a scope, only the journey's own events are there.
//
// Lifetime: refers to the tables of the run that made it, as they were then; not to be kept.
// Threads:  safe to share, if its context has no scratch.
// Cost:     everything is O(1), attribute() is linear in the attributes of one event.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "journey/events/event_log.h"
#include "journey/events/touchpoints.h"
#include "journey/journeys/builder.h"
#include "journey/journeys/classifier.h"
#include "journey/journeys/scratch.h"

namespace journey {
inline namespace v0 {

// What the views of one run have in common.
struct JourneyContext {
  const EventLog& log;
  const TouchpointCatalog& catalog;
  const EventClassifier& classifier;
  std::span<const JourneyDefinition> definitions;  // empty: the journeys were discovered
  std::span<const EventRow> timeline;              // all timelines
  const JourneyTable& journeys;
  Duration session_gap;
  // Where each customer begins in `timeline`, and the end. Empty: all of it is one customer's.
  std::span<const std::uint32_t> customer_begins = {};
  JourneyScratch* scratch = nullptr;  // none: what several ask of a journey is worked out for each of them
};

class JourneyView {
 public:
  // Requires: row is one of context.journeys.rows.
  JourneyView(const JourneyContext& context, const JourneyRow& row)
      : context_(&context),
        row_(&row),
        positions_(context.journeys.events.data() + row.begin),
        timeline_(context.timeline.data()),
        touchpoints_(context.catalog.touchpoints.data()) {
    if (context.scratch != nullptr) number_ = ++context.scratch->views_;
  }

  [[nodiscard]] const JourneyRow& row() const { return *row_; }
  [[nodiscard]] std::size_t size() const { return row_->end - row_->begin; }
  [[nodiscard]] const JourneyDefinition* definition() const {  // nullptr: discovered
    return context_->definitions.empty() ? nullptr : &context_->definitions[row_->definition.value];
  }
  [[nodiscard]] Duration session_gap() const { return context_->session_gap; }

  // Requires, of all that take an event: i < size().
  [[nodiscard]] const EventRow& operator[](std::size_t i) const { return timeline_[positions_[i]]; }
  [[nodiscard]] TimePoint time(std::size_t i) const { return (*this)[i].time; }
  [[nodiscard]] TouchpointId touchpoint(std::size_t i) const { return (*this)[i].touchpoint; }
  [[nodiscard]] ChannelId channel(std::size_t i) const { return touchpoints_[touchpoint(i).value].channel; }
  [[nodiscard]] NameId name(std::size_t i) const { return touchpoints_[touchpoint(i).value].name; }
  [[nodiscard]] std::string_view channel_text(std::size_t i) const {
    return context_->catalog.channel_text(touchpoint(i));
  }
  [[nodiscard]] std::string_view name_text(std::size_t i) const {
    return context_->catalog.name_text(touchpoint(i));
  }
  // The time since the event before; 0 for the first.
  [[nodiscard]] Duration gap(std::size_t i) const { return i == 0 ? Duration{0} : time(i) - time(i - 1); }
  // The same, but 0 where the customer was away for longer than a session: the time that was spent.
  [[nodiscard]] Duration active_gap(std::size_t i) const {
    return gap(i) > session_gap() ? Duration{0} : gap(i);
  }

  [[nodiscard]] bool is_error(std::size_t i) const { return context_->classifier.IsError((*this)[i]); }
  [[nodiscard]] bool is_support(std::size_t i) const { return context_->classifier.IsSupport((*this)[i]); }
  [[nodiscard]] bool is_feedback(std::size_t i) const { return context_->classifier.IsFeedback((*this)[i]); }

  // The steps that an event matches (bit k: step k), whether it was the one that reached them or not.
  [[nodiscard]] EventClassifier::Bits steps_matched(std::size_t i) const {
    return context_->classifier.Of(row_->definition, (*this)[i]) & EventClassifier::kSteps;
  }
  [[nodiscard]] std::size_t steps() const { return definition() == nullptr ? 0 : definition()->steps.size(); }
  // Whether event i reached the step. Requires: step < steps().
  [[nodiscard]] bool reaches(std::size_t i, std::size_t step) const {
    return context_->journeys.steps[row_->steps_begin + step] == positions_[i];
  }
  // Whether a step was reached; when; and which event did that, if one did. Requires: step < steps(); of the second,
  // that it was. Cost: O(1), O(1) and O(log size()).
  [[nodiscard]] bool is_reached(std::size_t step) const {
    return context_->journeys.steps[row_->steps_begin + step] != kNotReached;
  }
  [[nodiscard]] TimePoint reached_time(std::size_t step) const {
    return timeline_[context_->journeys.steps[row_->steps_begin + step]].time;
  }
  [[nodiscard]] std::optional<std::size_t> reached(std::size_t step) const;

  [[nodiscard]] std::optional<AttributeValue> attribute(std::size_t i, std::string_view key) const;
  [[nodiscard]] bool has_attributes(std::size_t i) const {
    return !context_->log.attributes((*this)[i].event).empty();
  }
  // Whether both events have an attribute with the same value, as recorded, or neither has it; and whether that is
  // so of all attributes.
  [[nodiscard]] bool same_attribute(std::size_t i, std::size_t k, std::string_view key) const;
  [[nodiscard]] bool same_attributes(std::size_t i, std::size_t k) const;

  // What the customer did after the journey's last event and at most `within` later, whether it belongs to another
  // journey or none. A detector asks for no more than its lookahead(). Order: of events. Cost: O(log customer's events).
  [[nodiscard]] std::span<const EventRow> after(Duration within) const;
  [[nodiscard]] bool is_support(const EventRow& event) const { return context_->classifier.IsSupport(event); }
  [[nodiscard]] EventClassifier::Bits steps_matched(const EventRow& event) const {
    return context_->classifier.Of(row_->definition, event) & EventClassifier::kSteps;
  }

 private:
  friend class ChannelSwitches;
  friend class StepEvents;
  [[nodiscard]] JourneyScratch* scratch() const { return context_->scratch; }

  const JourneyContext* context_;
  const JourneyRow* row_;
  const std::uint32_t* positions_;  // of the journey's events in the timeline
  const EventRow* timeline_;
  const Touchpoint* touchpoints_;
  std::uint64_t number_ = 0;  // among the views of its scratch
};

}  // namespace v0
}  // namespace journey
