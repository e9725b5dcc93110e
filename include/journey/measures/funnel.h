// Funnel: how many came how far through the steps of a FunnelDefinition, and after how long.
//
//   view cart pay | view cart | view     ->    view 3   cart 2 (2 of 3)   pay 1 (1 of 2, 1 of 3)
//
// A FunnelTracer turns one customer's events into attempts, each with its chain of events; a Funnel adds up what
// the tracer found. A monoid: Merge is associative and commutative, an empty Funnel of as many steps its identity,
// and 1 shard = 1,024 shards, to the byte.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "journey/core/ids.h"
#include "journey/core/time.h"
#include "journey/events/event_log.h"
#include "journey/events/touchpoints.h"
#include "journey/identity/timelines.h"
#include "journey/journeys/journey.h"
#include "journey/measures/durations.h"
#include "journey/measures/funnel_definition.h"
#include "journey/sessions/session.h"

namespace journey {
inline namespace v0 {

// The event that reached a step.
struct FunnelTouch {
  std::uint32_t position =
      kNotReached;  // in all timelines; kNotReached: the step was passed over, or not reached
  TimePoint time;   // when the step counts as reached: see tie_tolerance
  friend bool operator==(const FunnelTouch&, const FunnelTouch&) = default;
};

struct FunnelAttempt {
  std::uint32_t touches = 0;  // its touches: from here in FunnelTrace::touches, one for each step
  std::uint32_t depth = 0;    // 1 + the last step reached; it is complete at the number of steps
  friend bool operator==(const FunnelAttempt&, const FunnelAttempt&) = default;
};

// One customer, as the definition counts.
struct FunnelTrace {
  std::vector<FunnelAttempt> attempts;  // those that count, by first event
  std::vector<FunnelTouch> touches;
  bool dropped = false;  // by an exclusion: nothing of this customer counts

  [[nodiscard]] std::span<const FunnelTouch> chain(const FunnelAttempt& attempt, std::size_t steps) const {
    return std::span(touches).subspan(attempt.touches, steps);
  }
};

// Definitions compiled against one log. Lifetime: refers to log, catalogue and definitions, which must outlive it.
// Threads: a tracer has scratch memory and is one thread's; Fork() makes one for another thread, which must not
// outlive this.
// Requires: definitions that are valid.
class FunnelTracer {
 public:
  FunnelTracer(const EventLog& log, const TouchpointCatalog& catalog,
               std::span<const FunnelDefinition> definitions);
  ~FunnelTracer();
  FunnelTracer(FunnelTracer&&) noexcept;
  [[nodiscard]] FunnelTracer Fork() const;

  // What the definition at `index` finds among one customer's events, which begin at `offset` of all timelines.
  // `sessions` are the customer's, as ranges of all timelines; only counting by session looks at them.
  // Lifetime: the trace is this tracer's, until the next call.
  // Cost: O(events x steps that an event matches), amortised; with `hold` or a tolerance a factor of O(log events)
  // or O(steps) more. No allocation per event.
  const FunnelTrace& Trace(std::size_t index, std::span<const EventRow> events, std::uint32_t offset,
                           std::span<const SessionRow> sessions = {});

 private:
  struct Shared;
  struct Scratch;
  explicit FunnelTracer(std::shared_ptr<const Shared> shared);
  std::shared_ptr<const Shared> shared_;
  std::unique_ptr<Scratch> scratch_;
};

struct FunnelStepCount {
  std::uint64_t reached = 0;
  std::uint64_t ended = 0;  // those whose last step this is; of the last step: complete
  Durations from_first;     // since the first step
  Durations from_previous;  // since the step reached before
};

struct FunnelExample {
  CustomerId customer;
  std::vector<FunnelTouch> chain;  // one for each step
};

class Funnel {
 public:
  static constexpr std::size_t kExamples = 3;  // for each last step

  explicit Funnel(std::size_t steps = 0) : steps_(steps), examples_(steps) {}

  // Requires: each customer once; a trace of a definition with so many steps.
  void Add(CustomerId customer, const FunnelTrace& trace);
  void Merge(const Funnel& other);

  // entered() is what the first step reached, and so the sum of ended over all steps.
  [[nodiscard]] std::uint64_t customers() const { return customers_; }  // looked at
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }      // of these, by an exclusion
  [[nodiscard]] std::uint64_t customers_entered() const { return customers_entered_; }
  [[nodiscard]] std::uint64_t entered() const { return steps_.empty() ? 0 : steps_[0].reached; }
  [[nodiscard]] std::uint64_t completed() const { return steps_.empty() ? 0 : steps_.back().reached; }
  [[nodiscard]] const std::vector<FunnelStepCount>& steps() const { return steps_; }
  // Of those whose last step was this, the first by customer, then by first event.
  [[nodiscard]] std::span<const FunnelExample> examples(std::size_t last_step) const {
    return examples_[last_step];
  }

 private:
  void AddExample(std::size_t last_step, FunnelExample example);

  std::uint64_t customers_ = 0;
  std::uint64_t dropped_ = 0;
  std::uint64_t customers_entered_ = 0;
  std::vector<FunnelStepCount> steps_;
  std::vector<std::vector<FunnelExample>> examples_;
};

}  // namespace v0
}  // namespace journey
