// FunnelEngine: the attempts in one run of events: those of a customer, of a session, or with one held value.
//
// First start is one chain that grows. Best start keeps one chain for each step that may be the last one reached:
// of all chains that got there, the one with the latest start. That is enough: of two events of a step the later is
// reached by chains that start no earlier, so the chain that ended last is both the youngest and the nearest, and
// whatever another chain could still do it can do, too. (Exclusions act between required steps so that this
// stays true; it is tested against all chains of all short sequences.) Any order keeps one chain for each set of
// steps done: of two starts the later has done a subset of what the earlier has, so there are at most as many as
// steps.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "journey/measures/funnel.h"
#include "journey/measures/funnel_definition.h"

namespace journey {
inline namespace v0 {
namespace internal {

// One event as a funnel sees it. Bit k of `steps`: it matches step k; bit x of `exclusions`: exclusion x.
struct FunnelEvent {
  TimePoint time;
  std::uint64_t steps = 0;
  std::uint64_t exclusions = 0;
  std::uint32_t position = 0;
};

// A definition with everything looked up.
struct FunnelPlan {
  explicit FunnelPlan(const FunnelDefinition& definition);

  struct Exclusion {
    std::uint64_t levels = 0;  // bit q: acts while q is the last step reached
    bool drops = false;
  };
  FunnelRules rules;
  std::size_t steps = 0;
  std::uint64_t optional = 0;   // bit k: step k may be passed over
  std::vector<Duration> limit;  // by step: `within`
  std::vector<Duration> alive;  // by last step reached: how long the next required step is waited for
  Duration window{0};
  std::vector<Exclusion> exclusions;
};

class FunnelEngine {
 public:
  explicit FunnelEngine(const FunnelPlan& plan);

  // Appends the attempts of a run to `trace`, in the order in which they ended; all of them, or the first only.
  // False: an exclusion dropped the customer. Requires: events in the order of events.
  bool Run(std::span<const FunnelEvent> events, FunnelTrace& trace);

 private:
  struct Chain {
    TimePoint start;
    TimePoint end;
    std::uint64_t done = 0;   // any order: the steps done
    std::uint32_t level = 0;  // the last step reached; any order: how many are done, less one
    std::uint32_t last = 0;   // the index of the event that extended it last
    bool live = false;
  };
  // What is kept of the events that matched a step, the latest first in a ring.
  struct Ring {
    std::vector<std::uint32_t> indices;
    std::size_t next = 0;
  };

  bool RunFirst();
  bool RunBest();
  bool RunAnyBest();

  void Reset(std::span<const FunnelEvent> events, FunnelTrace& trace);
  [[nodiscard]] std::span<FunnelTouch> TouchesOf(std::size_t chain);
  [[nodiscard]] bool Over(const Chain& chain, TimePoint now) const;
  [[nodiscard]] bool Stopped(const FunnelEvent& event) const;
  void Remember(std::uint32_t index);
  [[nodiscard]] std::uint32_t FindBack(std::size_t step, std::size_t chain, std::uint32_t index);
  void Begin(std::size_t chain, std::uint32_t index);
  void Reach(std::size_t chain, std::size_t step, std::uint32_t event, std::uint32_t index);
  void Copy(std::size_t from, std::size_t to);
  void Emit(std::size_t chain, std::uint32_t floor);

  void TakeFirst(std::uint32_t index);
  void LookBackFirst(std::uint32_t index);
  [[nodiscard]] bool Exclude(std::uint32_t index, std::size_t chains);
  void CloseIfAllOver(std::uint32_t index, std::size_t chains);
  void ExtendTo(std::size_t step, std::uint32_t index);
  void LookBackFrom(std::size_t step, std::uint32_t index);
  void KeepDeepest(std::uint32_t index, std::size_t chains);
  void StepAny(std::uint32_t index);

  const FunnelPlan& plan_;
  const std::size_t best_;  // the chain that holds the deepest of the attempt
  std::vector<Chain> chains_;
  std::vector<FunnelTouch> touches_;  // of chain c from c * steps; `position` is the index of the event
  std::vector<Ring> rings_;           // by step, where there is a tolerance

  std::span<const FunnelEvent> events_;
  FunnelTrace* trace_ = nullptr;
  std::uint32_t floor_ = 0;  // events before this belong to attempts that are over
  std::uint64_t ever_ = 0;   // the steps ever reached in this run
  std::size_t emitted_ = 0;  // attempts of this run
  std::size_t states_ = 0;   // any order, best start: how many chains there are
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
