#include "journey/journeys/step_events.h"

#include <algorithm>
#include <array>
#include <bit>

#include "journeys/scratch.h"

namespace journey {
inline namespace v0 {
namespace {

using Bits = EventClassifier::Bits;

// The latest of some steps that counts as done again, or none.
std::uint32_t LatestOnce(Bits candidates, const std::vector<Step>& steps) {
  while (candidates != 0) {
    const auto step = static_cast<std::uint32_t>(std::bit_width(candidates) - 1);
    if (!steps[step].repeatable) return step;
    candidates &= ~(Bits{1} << step);
  }
  return kMaxSteps;
}

// Walks the events of a journey that match steps, and remembers which step was done where.
class StepWalk {
 public:
  StepWalk(const JourneyView& journey, std::vector<StepEvent>& found)
      : journey_(journey), steps_(journey.definition()->steps), found_(found) {
    SkipToReached();
  }

  // Requires: called with rising events, all that match a step.
  void Take(std::uint32_t event) {
    if (next_ < steps_.size() && journey_.reaches(event, next_)) {
      found_.push_back({.event = event, .step = next_, .last_done_at = 0, .again = false});
      done_ |= Bits{1} << next_;
      last_done_[next_] = event;
      ++next_;
      SkipToReached();
      return;
    }
    const std::uint32_t step = LatestOnce(journey_.steps_matched(event) & done_, steps_);
    if (step == kMaxSteps) return;
    found_.push_back({.event = event, .step = step, .last_done_at = last_done_[step], .again = true});
    last_done_[step] = event;
  }

 private:
  void SkipToReached() {
    while (next_ < steps_.size() && !journey_.is_reached(next_)) ++next_;
  }

  const JourneyView& journey_;
  const std::vector<Step>& steps_;
  std::vector<StepEvent>& found_;
  std::uint32_t next_ = 0;  // the next step that is reached: they are reached in order
  Bits done_ = 0;
  std::array<std::uint32_t, kMaxSteps> last_done_;  // by step; only those in done_ are there
};

void FindOfDefinition(const JourneyView& journey, std::vector<StepEvent>& found) {
  StepWalk walk(journey, found);
  const auto size = static_cast<std::uint32_t>(journey.size());
  // Whether an event matches a step cannot be foreseen: it is found out for 64 of them without a branch.
  for (std::uint32_t begin = 0; begin < size; begin += 64) {
    const std::uint32_t count = std::min(size - begin, 64U);
    std::uint64_t matching = 0;
    for (std::uint32_t i = 0; i < count; ++i)
      matching |= std::uint64_t{journey.steps_matched(begin + i) != 0} << i;
    for (; matching != 0; matching &= matching - 1)
      walk.Take(begin + static_cast<std::uint32_t>(std::countr_zero(matching)));
  }
}

void FindOfNames(const JourneyView& journey, std::vector<StepEvent>& found) {
  struct Done {
    std::uint32_t name;
    std::uint32_t at;
  };
  std::vector<Done> done;  // in order of first appearance
  for (std::uint32_t event = 0; event < journey.size(); ++event) {
    const std::uint32_t name = journey.name(event).value;
    const auto known = std::ranges::find(done, name, &Done::name);
    const bool again = known != done.end();
    found.push_back({.event = event, .step = name, .last_done_at = again ? known->at : 0, .again = again});
    if (again)
      known->at = event;
    else
      done.push_back({name, event});
  }
}

void Find(const JourneyView& journey, std::vector<StepEvent>& found) {
  found.clear();
  if (journey.definition() == nullptr)
    FindOfNames(journey, found);
  else
    FindOfDefinition(journey, found);
}

}  // namespace

StepEvents::StepEvents(const JourneyView& journey) {
  JourneyScratch* const scratch = journey.scratch();
  if (scratch == nullptr) {
    Find(journey, own_);
    events_ = own_;
    return;
  }
  JourneyScratch::Memory& memory = *scratch->memory_;
  if (memory.steps_of != journey.number_) {
    Find(journey, memory.steps);
    memory.steps_of = journey.number_;
  }
  events_ = memory.steps;
}

JourneyScratch::JourneyScratch() : memory_(std::make_unique<Memory>()) {}
JourneyScratch::~JourneyScratch() = default;
JourneyScratch::JourneyScratch(JourneyScratch&&) noexcept = default;
JourneyScratch& JourneyScratch::operator=(JourneyScratch&&) noexcept = default;

}  // namespace v0
}  // namespace journey
