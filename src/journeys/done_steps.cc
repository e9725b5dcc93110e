#include "journey/journeys/done_steps.h"

#include <algorithm>

#include "journey/core/check.h"

namespace journey {
inline namespace v0 {

DoneSteps::DoneSteps(const JourneyView& journey) : journey_(journey) {}

std::optional<DoneSteps::Again> DoneSteps::Next() {
  const std::size_t event = next_++;
  JOURNEY_CHECK(event < journey_.size());
  if (journey_.definition() == nullptr) return NextDiscovered(event);
  const EventClassifier::Bits matched = journey_.steps_matched(event);
  if (matched == 0) return std::nullopt;
  for (std::size_t step = 0; step < journey_.steps(); ++step) {
    if ((matched >> step & 1) == 0 || !journey_.reaches(event, step)) continue;
    done_.push_back({static_cast<std::uint32_t>(step), event});
    return std::nullopt;
  }
  const std::vector<Step>& steps = journey_.definition()->steps;
  const auto again = std::find_if(done_.rbegin(), done_.rend(), [&](const Done& done) {
    return (matched >> done.step & 1) != 0 && !steps[done.step].repeatable;
  });
  if (again == done_.rend()) return std::nullopt;
  const Again result{again->step, again->at};
  again->at = event;
  return result;
}

std::optional<DoneSteps::Again> DoneSteps::NextDiscovered(std::size_t event) {
  const std::uint32_t name = journey_.name(event).value;
  const auto known = std::ranges::find(done_, name, &Done::step);
  if (known == done_.end()) {
    done_.push_back({name, event});
    return std::nullopt;
  }
  const Again result{name, known->at};
  known->at = event;
  return result;
}

}  // namespace v0
}  // namespace journey
