#include "journey/measures/funnel.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "journey/core/check.h"

namespace journey {
inline namespace v0 {

void Funnel::Add(CustomerId customer, const FunnelTrace& trace) {
  ++customers_;
  if (trace.dropped) {
    ++dropped_;
    return;
  }
  if (!trace.attempts.empty()) ++customers_entered_;
  for (const FunnelAttempt& attempt : trace.attempts) {
    JOURNEY_CHECK(attempt.depth >= 1 && attempt.depth <= steps_.size());
    const std::span<const FunnelTouch> chain = trace.chain(attempt, steps_.size());
    TimePoint previous = chain[0].time;
    for (std::size_t i = 0; i < attempt.depth; ++i) {
      if (chain[i].position == kNotReached) continue;
      ++steps_[i].reached;
      if (i > 0) {
        steps_[i].from_first.Add(chain[i].time - chain[0].time);
        steps_[i].from_previous.Add(chain[i].time - previous);
      }
      previous = chain[i].time;
    }
    ++steps_[attempt.depth - 1].ended;
    AddExample(attempt.depth - 1, {customer, {chain.begin(), chain.end()}});
  }
}

void Funnel::AddExample(std::size_t last_step, FunnelExample example) {
  std::vector<FunnelExample>& kept = examples_[last_step];
  const auto less = [](const FunnelExample& a, const FunnelExample& b) {
    return std::tuple(a.customer, a.chain[0].position) < std::tuple(b.customer, b.chain[0].position);
  };
  if (kept.size() == kExamples && !less(example, kept.back())) return;
  kept.insert(std::upper_bound(kept.begin(), kept.end(), example, less), std::move(example));
  if (kept.size() > kExamples) kept.pop_back();
}

void Funnel::Merge(const Funnel& other) {
  customers_ += other.customers_;
  dropped_ += other.dropped_;
  customers_entered_ += other.customers_entered_;
  if (steps_.size() < other.steps_.size()) {
    steps_.resize(other.steps_.size());
    examples_.resize(other.steps_.size());
  }
  for (std::size_t i = 0; i < other.steps_.size(); ++i) {
    steps_[i].reached += other.steps_[i].reached;
    steps_[i].ended += other.steps_[i].ended;
    steps_[i].from_first.Merge(other.steps_[i].from_first);
    steps_[i].from_previous.Merge(other.steps_[i].from_previous);
    for (const FunnelExample& example : other.examples_[i]) AddExample(i, example);
  }
}

}  // namespace v0
}  // namespace journey
