#include "measures/funnel_engine.h"

#include <algorithm>
#include <bit>

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

constexpr Duration kNoLimit = 2 * kForever;
constexpr std::uint32_t kNoEvent = UINT32_MAX;

}  // namespace

FunnelPlan::FunnelPlan(const FunnelDefinition& definition)
    : rules(definition.rules),
      steps(definition.steps.size()),
      limit(steps, kNoLimit),
      alive(steps, kNoLimit),
      window(definition.window.value_or(kNoLimit)) {
  Duration required = kNoLimit;  // within of the next required step
  for (std::size_t k = steps; k-- > 0;) {
    const FunnelStep& step = definition.steps[k];
    alive[k] = required;
    if (step.optional) optional |= std::uint64_t{1} << k;
    if (!step.optional) required = step.within.value_or(kNoLimit);
    limit[k] = step.within.value_or(kNoLimit);
  }
  for (const FunnelExclusion& exclusion : definition.exclusions) {
    const std::size_t before = std::min(exclusion.before, steps);
    const std::uint64_t below = (std::uint64_t{1} << before) - 1;
    exclusions.push_back({below & ~((std::uint64_t{1} << exclusion.after) - 1),
                          exclusion.effect == ExclusionEffect::kDropsCustomer});
  }
}

FunnelEngine::FunnelEngine(const FunnelPlan& plan)
    : plan_(plan), best_(plan.steps + 1), chains_(plan.steps + 2), touches_(chains_.size() * plan.steps) {
  if (plan.rules.tie_tolerance) {
    rings_.resize(plan.steps);
    for (Ring& ring : rings_) ring.indices.resize(plan.steps, kNoEvent);
  }
}

bool FunnelEngine::Run(std::span<const FunnelEvent> events, FunnelTrace& trace) {
  Reset(events, trace);
  if (plan_.rules.anchor == FunnelAnchor::kFirstStart) return RunFirst();
  return plan_.rules.order == FunnelOrder::kAnyOrder ? RunAnyBest() : RunBest();
}

void FunnelEngine::Reset(std::span<const FunnelEvent> events, FunnelTrace& trace) {
  events_ = events;
  trace_ = &trace;
  floor_ = 0;
  ever_ = 0;
  emitted_ = 0;
  states_ = 0;
  for (Chain& chain : chains_) chain.live = false;
  for (Ring& ring : rings_) {
    std::ranges::fill(ring.indices, kNoEvent);
    ring.next = 0;
  }
}

std::span<FunnelTouch> FunnelEngine::TouchesOf(std::size_t chain) {
  return std::span(touches_).subspan(chain * plan_.steps, plan_.steps);
}

bool FunnelEngine::Over(const Chain& chain, TimePoint now) const {
  return now - chain.start > plan_.window || now - chain.end > plan_.alive[chain.level];
}

void FunnelEngine::Remember(std::uint32_t index) {
  if (rings_.empty()) return;
  for (std::uint64_t bits = events_[index].steps; bits != 0; bits &= bits - 1) {
    Ring& ring = rings_[static_cast<std::size_t>(std::countr_zero(bits))];
    ring.indices[ring.next] = index;
    ring.next = (ring.next + 1) % ring.indices.size();
  }
}

// An event at or before `index` that may reach `step` right after the chain's last one, or kNoEvent.
std::uint32_t FunnelEngine::FindBack(std::size_t step, std::size_t chain, std::uint32_t index) {
  const bool reuse = plan_.rules.reuse_events;
  if (rings_.empty()) return reuse && (events_[index].steps >> step & 1) != 0 ? index : kNoEvent;
  const Ring& ring = rings_[step];
  const TimePoint earliest = chains_[chain].end - *plan_.rules.tie_tolerance;
  const std::span<const FunnelTouch> used = TouchesOf(chain);
  for (std::size_t back = 1; back <= ring.indices.size(); ++back) {
    const std::uint32_t at = ring.indices[(ring.next + ring.indices.size() - back) % ring.indices.size()];
    if (at == kNoEvent || at < floor_ || events_[at].time < earliest) break;
    if (reuse || std::ranges::find(used, at, &FunnelTouch::position) == used.end()) return at;
  }
  return kNoEvent;
}

// A new chain at step one, or in any order at the first step that the event matches.
void FunnelEngine::Begin(std::size_t chain, std::uint32_t index) {
  chains_[chain] = {.start = events_[index].time, .end = events_[index].time, .live = true};
  std::ranges::fill(TouchesOf(chain), FunnelTouch{});
  Reach(chain, 0, index, index);
  const std::uint64_t bits = events_[index].steps;
  chains_[chain].done = bits & (~bits + 1);
}

void FunnelEngine::Reach(std::size_t chain, std::size_t step, std::uint32_t event, std::uint32_t index) {
  Chain& row = chains_[chain];
  row.level = static_cast<std::uint32_t>(step);
  row.end = std::max(row.end, events_[event].time);
  row.last = index;
  TouchesOf(chain)[step] = {event, row.end};
  ever_ |= std::uint64_t{1} << step;
}

void FunnelEngine::Copy(std::size_t from, std::size_t to) {
  if (from == to) return;
  chains_[to] = chains_[from];
  std::ranges::copy(TouchesOf(from), TouchesOf(to).begin());
}

void FunnelEngine::Emit(std::size_t chain, std::uint32_t floor) {
  FunnelAttempt attempt{static_cast<std::uint32_t>(trace_->touches.size()), chains_[chain].level + 1};
  for (FunnelTouch touch : TouchesOf(chain)) {
    if (touch.position != kNotReached) touch.position = events_[touch.position].position;
    trace_->touches.push_back(touch);
  }
  trace_->attempts.push_back(attempt);
  ++emitted_;
  floor_ = floor;
  for (Chain& row : chains_) row.live = false;
  states_ = 0;
}

// First start: chain 0 is the one that is open.
bool FunnelEngine::RunFirst() {
  const bool once = plan_.rules.reentry == FunnelReentry::kNever;
  const bool any_order = plan_.rules.order == FunnelOrder::kAnyOrder;
  Chain& open = chains_[0];
  for (std::uint32_t index = 0; index < events_.size(); ++index) {
    const FunnelEvent& event = events_[index];
    Remember(index);
    if (open.live && Over(open, event.time)) Emit(0, index);
    if (!Exclude(index, 1)) return false;
    if (open.live) {
      TakeFirst(index);
      if (open.live || (emitted_ != 0 && floor_ > index)) continue;  // it went on, or is complete
    }
    if (once && emitted_ != 0) return true;
    if (any_order ? event.steps == 0 : (event.steps & 1) == 0) continue;
    Begin(0, index);
    if (!any_order) LookBackFirst(index);
    if (open.level + 1 == plan_.steps) Emit(0, index + 1);
  }
  if (open.live) Emit(0, 0);
  return true;
}

// The event goes on with the open chain, if it can; strict order does not bear one that cannot.
void FunnelEngine::TakeFirst(std::uint32_t index) {
  Chain& open = chains_[0];
  const FunnelEvent& event = events_[index];
  bool reached = false;
  if (plan_.rules.order == FunnelOrder::kAnyOrder) {
    if (const std::uint64_t bits = event.steps & ~open.done; bits != 0) {
      open.done |= bits & (~bits + 1);
      Reach(0, open.level + 1, index, index);
    }
  } else {
    for (std::size_t step = open.level + 1U; step < plan_.steps && !reached; ++step) {
      if ((event.steps >> step & 1) != 0 && event.time - open.end <= plan_.limit[step]) {
        Reach(0, step, index, index);
        LookBackFirst(index);
        reached = true;
      } else if ((plan_.optional >> step & 1) == 0) {
        break;
      }
    }
    if (!reached && plan_.rules.order == FunnelOrder::kStrict) return Emit(0, index);
  }
  if (open.level + 1 == plan_.steps) Emit(0, index + 1);
}

// Whatever may follow a step just reached and is there already.
void FunnelEngine::LookBackFirst(std::uint32_t index) {
  if (rings_.empty() && !plan_.rules.reuse_events) return;
  for (std::size_t step = chains_[0].level + 1U; step < plan_.steps; ++step) {
    const std::uint32_t found = FindBack(step, 0, index);
    if (found != kNoEvent) {
      Reach(0, step, found, index);
    } else if ((plan_.optional >> step & 1) == 0) {
      break;
    }
  }
}

// Ends the chains that the event excludes. False: it drops the customer, as the deepest chain is among them.
bool FunnelEngine::Exclude(std::uint32_t index, std::size_t chains) {
  std::uint64_t bits = events_[index].exclusions;
  if (bits == 0) return true;
  std::uint32_t deepest = 0;
  for (std::size_t c = 0; c < chains; ++c)
    deepest = std::max(deepest, chains_[c].live ? chains_[c].level : 0);
  std::uint64_t levels = 0;
  for (; bits != 0; bits &= bits - 1) {
    const FunnelPlan::Exclusion& rule = plan_.exclusions[static_cast<std::size_t>(std::countr_zero(bits))];
    levels |= rule.levels;
    const bool at_deepest = (rule.levels >> deepest & 1) != 0;
    for (std::size_t c = 0; rule.drops && at_deepest && c < chains; ++c) {
      if (chains_[c].live) return false;
    }
  }
  const bool first_start = plan_.rules.anchor == FunnelAnchor::kFirstStart;
  for (std::size_t c = 0; c < chains; ++c) {
    if (!chains_[c].live || (levels >> chains_[c].level & 1) == 0) continue;
    chains_[c].live = false;
    if (first_start) Emit(c, index);
  }
  return true;
}

// Best start: an attempt is over when none of its chains is alive.
void FunnelEngine::CloseIfAllOver(std::uint32_t index, std::size_t chains) {
  if (!chains_[best_].live) return;
  const auto alive = [](const Chain& chain) { return chain.live; };
  if (std::ranges::none_of(std::span(chains_).first(chains), alive)) Emit(best_, index);
}

bool FunnelEngine::Stopped(const FunnelEvent& event) const {
  if ((ever_ & 1) == 0) return false;
  const FunnelStops& stops = plan_.rules.stops;
  if (stops.other_event && event.steps == 0) return true;
  const std::uint64_t later = event.steps & ~std::uint64_t{1};
  if (stops.repeated_step && (later & ever_) != 0) return true;
  return stops.early_step && (later & ~((ever_ | event.steps) << 1)) != 0;
}

// Chain k is the one whose last step is k.
bool FunnelEngine::RunBest() {
  const bool once = plan_.rules.reentry == FunnelReentry::kNever;
  for (std::uint32_t index = 0; index < events_.size(); ++index) {
    const FunnelEvent& event = events_[index];
    Remember(index);
    for (std::size_t k = 0; k < plan_.steps; ++k) {
      if (chains_[k].live && Over(chains_[k], event.time)) chains_[k].live = false;
    }
    CloseIfAllOver(index, plan_.steps);
    if (!Exclude(index, plan_.steps)) return false;
    CloseIfAllOver(index, plan_.steps);
    if ((once && emitted_ != 0) || Stopped(event)) break;
    for (std::uint64_t bits = event.steps; bits != 0;) {
      const auto step = static_cast<std::size_t>(63 - std::countl_zero(bits));
      ExtendTo(step, index);
      bits &= ~(std::uint64_t{1} << step);
    }
    KeepDeepest(index, plan_.steps);
    if (chains_[plan_.steps - 1].live) {
      Emit(best_, index + 1);
    } else if (plan_.rules.order == FunnelOrder::kStrict) {
      for (std::size_t k = 0; k < plan_.steps; ++k) {
        chains_[k].live = chains_[k].live && chains_[k].last == index;
      }
      CloseIfAllOver(index, plan_.steps);
    }
    if (once && emitted_ != 0) break;
  }
  if (chains_[best_].live) Emit(best_, 0);
  return true;
}

// The event reaches the step, from the youngest of the chains that it may follow.
void FunnelEngine::ExtendTo(std::size_t step, std::uint32_t index) {
  const TimePoint now = events_[index].time;
  if (step == 0) {
    Begin(0, index);
    return LookBackFrom(0, index);
  }
  std::size_t from = step;
  for (std::size_t k = step; k-- > 0;) {
    if (chains_[k].live && now - chains_[k].end <= plan_.limit[step] &&
        (from == step || chains_[k].start > chains_[from].start)) {
      from = k;
    }
    if ((plan_.optional >> k & 1) == 0) break;
  }
  if (from == step) return;
  Copy(from, step);
  Reach(step, step, index, index);
  LookBackFrom(step, index);
}

void FunnelEngine::LookBackFrom(std::size_t step, std::uint32_t index) {
  if (rings_.empty() && !plan_.rules.reuse_events) return;
  std::size_t from = step;
  for (std::size_t next = step + 1; next < plan_.steps; ++next) {
    const std::uint32_t found = FindBack(next, from, index);
    if (found == kNoEvent) {
      if ((plan_.optional >> next & 1) == 0) break;
      continue;
    }
    const Chain& there = chains_[next];
    if (!there.live || there.start < chains_[from].start ||
        (there.start == chains_[from].start && there.last != index)) {
      Copy(from, next);
      Reach(next, next, found, index);
    }
    if (there.last == index) {
      from = next;
    } else if ((plan_.optional >> next & 1) == 0) {
      break;
    }
  }
}

// Keeps a copy of the deepest chain that the event extended, if it is deeper than any before.
void FunnelEngine::KeepDeepest(std::uint32_t index, std::size_t chains) {
  std::size_t deepest = best_;
  for (std::size_t k = 0; k < chains; ++k) {
    const Chain& chain = chains_[k];
    if (!chain.live || chain.last != index) continue;
    if (!chains_[deepest].live || chain.level > chains_[deepest].level) deepest = k;
  }
  Copy(deepest, best_);
}

// The chains are chains_[0, states_), by start, and so by falling number of steps done.
bool FunnelEngine::RunAnyBest() {
  const bool once = plan_.rules.reentry == FunnelReentry::kNever;
  const auto drop_dead = [&] {
    std::size_t kept = 0;
    for (std::size_t s = 0; s < states_; ++s) {
      if (chains_[s].live) Copy(s, kept++);
    }
    for (std::size_t s = kept; s < states_; ++s) chains_[s].live = false;
    states_ = kept;
  };
  for (std::uint32_t index = 0; index < events_.size(); ++index) {
    const FunnelEvent& event = events_[index];
    for (std::size_t s = 0; s < states_; ++s) chains_[s].live = !Over(chains_[s], event.time);
    drop_dead();
    CloseIfAllOver(index, states_);
    if (!Exclude(index, states_)) return false;
    drop_dead();
    CloseIfAllOver(index, states_);
    if (once && emitted_ != 0) return true;
    if (event.steps == 0) continue;
    StepAny(index);
    drop_dead();
    KeepDeepest(index, states_);
    if (chains_[best_].level + 1 == plan_.steps) Emit(best_, index + 1);
    if (once && emitted_ != 0) return true;
  }
  if (chains_[best_].live) Emit(best_, 0);
  return true;
}

void FunnelEngine::StepAny(std::uint32_t index) {
  for (std::size_t s = 0; s < states_; ++s) {
    const std::uint64_t bits = events_[index].steps & ~chains_[s].done;
    if (bits == 0) continue;
    chains_[s].done |= bits & (~bits + 1);
    Reach(s, chains_[s].level + 1, index, index);
  }
  Begin(states_++, index);
  // Of chains that have done the same the youngest is enough.
  for (std::size_t s = 0; s + 1 < states_; ++s) chains_[s].live = chains_[s].done != chains_[s + 1].done;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
