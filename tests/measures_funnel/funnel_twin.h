// The slow, obvious twin of the funnel: best start keeps every chain there is, first start looks through all events
// for each step. Events are few.
#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "journey/measures/funnel_definition.h"

namespace test {

struct TwinEvent {
  journey::TimePoint time;
  std::uint64_t steps = 0;
  std::uint64_t exclusions = 0;
};

struct TwinTouch {
  std::size_t step = 0;  // any order: how many steps were done before
  std::size_t event = 0;
  journey::TimePoint time;
};

struct TwinChain {
  std::vector<TwinTouch> touches;
  std::uint64_t done = 0;
  std::size_t formed = 0;  // the latest event that it had to wait for

  [[nodiscard]] std::size_t level() const { return touches.back().step; }
  [[nodiscard]] journey::TimePoint start() const { return touches.front().time; }
  [[nodiscard]] journey::TimePoint end() const { return touches.back().time; }
  [[nodiscard]] bool uses(std::size_t event) const {
    return std::any_of(touches.begin(), touches.end(), [&](const TwinTouch& t) { return t.event == event; });
  }
};

struct TwinResult {
  std::vector<TwinChain> attempts;
  bool dropped = false;
};

class FunnelTwin {
 public:
  FunnelTwin(const journey::FunnelDefinition& funnel, const std::vector<TwinEvent>& events)
      : funnel_(funnel), events_(events), steps_(funnel.steps.size()) {}

  TwinResult Run() {
    for (now_ = 0; now_ < events_.size() && !stop_ && !result_.dropped; ++now_) Step();
    if (!result_.dropped && best_) Emit();
    if (result_.dropped) result_.attempts.clear();
    return result_;
  }

  // The first required step behind a level, or the number of steps.
  [[nodiscard]] std::size_t NextRequired(std::size_t level) const {
    std::size_t step = level + 1;
    while (step < steps_ && funnel_.steps[step].optional) ++step;
    return step;
  }
  [[nodiscard]] bool InTime(const TwinChain& chain, std::size_t step, journey::TimePoint time) const {
    const journey::Duration gap = std::max(time, chain.end()) - chain.end();
    if (funnel_.steps[step].within && gap > *funnel_.steps[step].within) return false;
    const std::size_t required = NextRequired(chain.level());
    return required == steps_ || !funnel_.steps[required].within || gap <= *funnel_.steps[required].within;
  }

 private:
  using Order = journey::FunnelOrder;

  void Step() {
    const TwinEvent& event = events_[now_];
    std::erase_if(chains_, [&](const TwinChain& chain) { return IsOver(chain, event.time); });
    EmitIfNoneLeft();
    for (std::size_t x = 0; x < funnel_.exclusions.size(); ++x) {
      if ((event.exclusions >> x & 1) != 0) Exclude(funnel_.exclusions[x]);
      if (result_.dropped) return;
    }
    EmitIfNoneLeft();
    if (Once()) return;
    if (Stops()) {
      stop_ = true;
      return;
    }
    if (funnel_.rules.anchor == journey::FunnelAnchor::kFirstStart) {
      FirstStart();
    } else {
      BestStart();
    }
    (void)Once();
  }

  bool Once() {
    if (funnel_.rules.reentry == journey::FunnelReentry::kNever && !result_.attempts.empty()) stop_ = true;
    return stop_;
  }
  [[nodiscard]] bool IsOver(const TwinChain& chain, journey::TimePoint time) const {
    if (funnel_.window && time - chain.start() > *funnel_.window) return true;
    if (funnel_.rules.order == Order::kAnyOrder) return false;
    const std::size_t required = NextRequired(chain.level());
    return required < steps_ && funnel_.steps[required].within &&
           time - chain.end() > *funnel_.steps[required].within;
  }
  void Exclude(const journey::FunnelExclusion& exclusion) {
    const auto hit = [&](const TwinChain& chain) {
      return chain.level() >= exclusion.after && chain.level() < exclusion.before;
    };
    const auto shallower = [](const TwinChain& a, const TwinChain& b) { return a.level() < b.level(); };
    const auto deepest = std::max_element(chains_.begin(), chains_.end(), shallower);
    if (exclusion.effect == journey::ExclusionEffect::kDropsCustomer && deepest != chains_.end()) {
      result_.dropped = hit(*deepest);
    }
    std::erase_if(chains_, hit);
  }
  [[nodiscard]] bool Stops() const {
    const journey::FunnelStops& stops = funnel_.rules.stops;
    const std::uint64_t steps = events_[now_].steps;
    if ((ever_ & 1) == 0) return false;
    if (steps == 0) return stops.other_event;
    for (std::size_t k = 1; k < steps_; ++k) {
      if ((steps >> k & 1) == 0) continue;
      if (stops.repeated_step && (ever_ >> k & 1) != 0) return true;
      const bool front = ((ever_ | steps) >> (k - 1) & 1) != 0;
      if (stops.early_step && !front) return true;
    }
    return false;
  }

  // The events that may reach a step right after the chain: this one, and those that count as not before it.
  [[nodiscard]] std::vector<std::size_t> Backward(const TwinChain& chain, std::size_t step) const {
    std::vector<std::size_t> found;
    for (std::size_t e = now_ + 1; e-- > floor_;) {
      if ((events_[e].steps >> step & 1) == 0) continue;
      if (chain.uses(e) && !funnel_.rules.reuse_events) continue;
      const auto& tolerance = funnel_.rules.tie_tolerance;
      if (tolerance ? events_[e].time >= chain.end() - *tolerance : e == now_) found.push_back(e);
    }
    return found;
  }
  [[nodiscard]] TwinChain With(const TwinChain& chain, std::size_t step, std::size_t event) {
    TwinChain longer = chain;
    const journey::TimePoint time = events_[event].time;
    longer.touches.push_back({step, event, chain.touches.empty() ? time : std::max(time, chain.end())});
    longer.formed = now_;
    ever_ |= std::uint64_t{1} << step;
    return longer;
  }

  void BestStart() {
    if (funnel_.rules.order == Order::kAnyOrder) return BestAny();
    std::vector<TwinChain> fresh;
    for (const TwinChain& chain : chains_) {
      for (std::size_t step = chain.level() + 1; step <= NextRequired(chain.level()) && step < steps_;
           ++step) {
        if ((events_[now_].steps >> step & 1) != 0 && InTime(chain, step, events_[now_].time)) {
          fresh.push_back(With(chain, step, now_));
        }
      }
    }
    if ((events_[now_].steps & 1) != 0) fresh.push_back(With({}, 0, now_));
    for (std::size_t i = 0; i < fresh.size(); ++i) {
      const TwinChain chain = fresh[i];
      for (std::size_t step = chain.level() + 1; step <= NextRequired(chain.level()) && step < steps_;
           ++step) {
        for (const std::size_t e : Backward(chain, step)) fresh.push_back(With(chain, step, e));
      }
    }
    if (funnel_.rules.order == Order::kStrict) chains_.clear();
    chains_.insert(chains_.end(), fresh.begin(), fresh.end());
    Finish(fresh);
  }

  void BestAny() {
    std::vector<TwinChain> fresh;
    const std::uint64_t steps = events_[now_].steps;
    if (steps != 0) chains_.push_back({});
    for (TwinChain& chain : chains_) {
      for (std::size_t k = 0; k < steps_; ++k) {
        if ((steps >> k & 1) == 0 || (chain.done >> k & 1) != 0) continue;
        chain = With(chain, chain.touches.size(), now_);
        chain.done |= std::uint64_t{1} << k;
        fresh.push_back(chain);
        break;
      }
    }
    Finish(fresh);
  }

  void Finish(const std::vector<TwinChain>& fresh) {
    for (const TwinChain& chain : fresh) {
      const bool same = best_ && best_->formed == now_ && best_->level() == chain.level();
      if (!best_ || chain.level() > best_->level() || (same && chain.start() > best_->start())) best_ = chain;
    }
    if (best_ && best_->level() + 1 == steps_) return Emit(1);
    EmitIfNoneLeft();
  }

  void FirstStart() {
    const std::uint64_t steps = events_[now_].steps;
    if (!chains_.empty()) {
      TwinChain next = chains_[0];
      if (funnel_.rules.order == Order::kAnyOrder) {
        for (std::size_t k = 0; k < steps_ && next.formed != now_; ++k) {
          if ((steps >> k & 1) == 0 || (next.done >> k & 1) != 0) continue;
          next = With(next, next.touches.size(), now_);
          next.done |= std::uint64_t{1} << k;
        }
      } else {
        const std::size_t required = NextRequired(next.level());
        for (std::size_t step = next.level() + 1; step <= required && step < steps_; ++step) {
          if ((steps >> step & 1) == 0 || !InTime(next, step, events_[now_].time)) continue;
          next = Onward(With(next, step, now_));
          break;
        }
      }
      if (next.formed != now_ && funnel_.rules.order == Order::kStrict) {
        Emit();
      } else {
        return Grow(next);
      }
    }
    if (Once()) return;
    if (funnel_.rules.order == Order::kAnyOrder && steps != 0) {
      TwinChain chain = With({}, 0, now_);
      chain.done = steps & (~steps + 1);
      Grow(chain);
    } else if (funnel_.rules.order != Order::kAnyOrder && (steps & 1) != 0) {
      Grow(Onward(With({}, 0, now_)));
    }
  }
  // Takes each next step that is there already.
  [[nodiscard]] TwinChain Onward(TwinChain chain) {
    for (std::size_t step = chain.level() + 1; step < steps_; ++step) {
      const std::vector<std::size_t> found = Backward(chain, step);
      if (!found.empty()) {
        chain = With(chain, step, found[0]);
      } else if (!funnel_.steps[step].optional) {
        break;
      }
    }
    return chain;
  }
  void Grow(const TwinChain& chain) {
    chains_ = {chain};
    best_ = chain;
    if (chain.level() + 1 == steps_) Emit(1);
  }

  void EmitIfNoneLeft() {
    if (chains_.empty() && best_) Emit();
  }
  void Emit(std::size_t used = 0) {
    result_.attempts.push_back(*best_);
    best_.reset();
    chains_.clear();
    floor_ = now_ + used;
  }

  const journey::FunnelDefinition& funnel_;
  const std::vector<TwinEvent>& events_;
  const std::size_t steps_;
  std::size_t now_ = 0;
  std::size_t floor_ = 0;
  std::uint64_t ever_ = 0;
  bool stop_ = false;
  std::vector<TwinChain> chains_;  // that live
  std::optional<TwinChain> best_;
  TwinResult result_;
};

}  // namespace test
