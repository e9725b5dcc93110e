#include "journey/friction/loop.h"

#include <fmt/format.h>

#include <optional>

#include "friction/option_checks.h"
#include "journey/journeys/step_events.h"

namespace journey {
inline namespace v0 {
namespace {

// A run of visits that alternate between two places, while it grows.
class Run {
 public:
  Run(const JourneyView& journey, FindingSink& sink, std::uint32_t returns)
      : journey_(journey), sink_(sink), needed_(returns) {}

  // The next visit begins: at another place than the one before, which is the place of the visit before that if
  // `back`. `returns`: it goes back to the place that counts.
  void Visit(std::size_t event, std::uint32_t step, bool back, bool returns) {
    if (!back) {
      // The last visit of a run may be the first of the next.
      Close();
      first_ = visits_ == 0 ? event : previous_;
      visits_ = visits_ == 0 ? 0 : 1;
      returns_ = 0;
    }
    previous_ = last_ = event;
    ++visits_;
    if (visits_ == 2) second_ = event;
    if (!returns) return;
    if (++returns_ > 1) return;
    first_return_ = event;
    step_ = step;
  }
  // The visit goes on.
  void Stay(std::size_t event) { last_ = event; }

  void Close() {
    if (returns_ < needed_) return;
    Duration spent{0};
    for (std::size_t i = second_ + 1; i <= last_; ++i) spent += journey_.active_gap(i);
    sink_.Add({.kind = "loop",
               .at = first_return_,
               .begin = first_,
               .end = last_ + 1,
               .step = step_,
               .cost_events = visits_ - 2,
               .cost_time = spent,
               .severity = Severity::kMedium});
  }

 private:
  const JourneyView& journey_;
  FindingSink& sink_;
  const std::uint32_t needed_;
  std::uint32_t visits_ = 0;
  std::uint32_t returns_ = 0;
  std::uint32_t step_ = kNoStep;
  std::size_t first_ = 0, second_ = 0, first_return_ = 0;
  std::size_t previous_ = 0, last_ = 0;  // the first event of the last visit, and its last
};

void FindAmongSteps(const JourneyView& journey, Run& run) {
  std::optional<std::uint32_t> here, before;
  for (const StepEvent& done : StepEvents(journey)) {
    const std::size_t i = done.event;
    if (here == done.step) {
      run.Stay(i);
      continue;
    }
    run.Visit(i, done.step, before == done.step, here && done.step < *here);
    before = here;
    here = done.step;
  }
  run.Close();
}

void FindAmongTouchpoints(const JourneyView& journey, Run& run) {
  const auto same = [&](std::size_t a, std::size_t b) {
    return journey.touchpoint(a) == journey.touchpoint(b) && journey.same_attributes(a, b);
  };
  std::size_t here = 0, before = 0, start = 0, visits = 0;  // where the last two visits and the run begin
  for (std::size_t i = 0; i < journey.size(); ++i) {
    if (visits > 0 && same(here, i)) {
      run.Stay(i);
      continue;
    }
    const bool back = visits > 1 && same(before, i);
    if (visits > 1 && !back) start = here;
    run.Visit(i, kNoStep, back, back && same(start, i));
    before = here;
    here = i;
    ++visits;
  }
  run.Close();
}

}  // namespace

std::string Loop::parameters() const {
  return fmt::format("returns {}, {} in discovered journeys", options_.returns, options_.discovered_returns);
}

Status Loop::Validate() const {
  if (Status status = internal::CheckCount("returns", options_.returns, 1); !status.ok()) return status;
  return internal::CheckCount("discovered_returns", options_.discovered_returns, 1);
}

void Loop::Examine(const JourneyView& journey, FindingSink& sink) const {
  const bool discovered = journey.definition() == nullptr;
  Run run(journey, sink, discovered ? options_.discovered_returns : options_.returns);
  if (discovered) {
    FindAmongTouchpoints(journey, run);
  } else {
    FindAmongSteps(journey, run);
  }
}

}  // namespace v0
}  // namespace journey
