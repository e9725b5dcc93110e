// CellDeriver: derives a cell anew from where it changed, states what changed, and what readers are told.
//
//   Unstate(cell, first, end)   before events [first, end) go, or others come at first or between: takes back what may
//                               change, from a restart point before to the next one behind
//   Derive(cell)                after it: sessions, journeys and findings between these two points
//
// A restart point is a position at which everything before is settled: a session begins there because of a gap, and
// every journey that began earlier has ended before. What is derived from there on is what a derivation of the whole
// timeline gives, as sessionizer and builder keep no memory beyond that. What was derived behind the second point is
// set aside, and put back if what comes before it is settled again; else it is derived anew as well. Journeys before
// the restart point that detectors may look from at what changed (Detector::lookahead) stay, and are examined anew.
//
// Threads: one deriver per shard; calls for cells of one shard take turns.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "journey/core/column.h"
#include "journey/live/engine_options.h"
#include "live/cell.h"
#include "live/fact_maker.h"
#include "live/outlook.h"
#include "pipeline/derive_customer.h"

namespace journey {
inline namespace v0 {
namespace internal {

// A change, and the public id of the customer it is about.
struct Told {
  Change change;
  PublicId customer;
};

class CellDeriver {
 public:
  CellDeriver(const EngineOptions& options, const DeriveInput& input, std::span<const std::string> detectors);

  // Requires: first <= end <= timeline.size().
  void Unstate(Cell& cell, std::uint32_t first, std::uint32_t end);
  // The same for a cell whose open journeys may have run out.
  void UnstateOpen(Cell& cell);

  // The last restart point with nothing but events before `cutoff` before it; 0: none. Requires: the cell is derived.
  [[nodiscard]] std::uint32_t FoldPoint(const Cell& cell, TimePoint cutoff) const;

  // Appends to `changes` what was taken back and inserted, if the options ask for that or there is a listener.
  // Of an emptied cell all is taken back. Requires: not empty, or about to be freed.
  void Derive(CellId id, Cell& cell, std::vector<Told>& changes);

  [[nodiscard]] const Outlook& outlook() const { return outlook_; }
  [[nodiscard]] const std::vector<std::string>& labels() const { return sink_.labels(); }
  [[nodiscard]] std::uint64_t derived_events() const { return derived_events_; }
  [[nodiscard]] std::uint64_t detectors_failed() const { return detectors_failed_; }

  // Calls due(id, cell) for the cells whose deadline is before `as_of`, once. cell_of(id): the cell.
  template <typename CellOf, typename Due>
  void TakeDue(TimePoint as_of, const CellOf& cell_of, const Due& due) {
    while (!deadlines_.empty() && deadlines_[0].time < as_of) {
      const auto [time, id] = deadlines_[0];
      std::pop_heap(deadlines_.begin(), deadlines_.end(), Later);
      deadlines_.pop_back();
      Cell& cell = cell_of(id);
      if (cell.wakes != time) continue;  // woken since, or another's who has the number now
      cell.wakes = kMaxTime;
      if (!cell.in_use) continue;
      if (cell.deadline < as_of)
        due(id, cell);
      else
        WakeAtDeadline(id, cell);
    }
  }
  // A cell is there once as a rule: as long as its deadline only moves on, it is looked at when the first one is over.
  void WakeAtDeadline(CellId id, Cell& cell) {
    if (cell.deadline >= cell.wakes) return;
    cell.wakes = cell.deadline;
    deadlines_.push_back({cell.deadline, id});
    std::push_heap(deadlines_.begin(), deadlines_.end(), Later);
  }

  [[nodiscard]] FactSource SourceOf(const Cell& cell) const;

 private:
  [[nodiscard]] std::uint32_t RestartPoint(const Cell& cell, std::uint32_t position) const;
  [[nodiscard]] std::uint32_t RestartPointBehind(const Cell& cell, std::uint32_t position) const;
  [[nodiscard]] bool SettledBefore(const Cell& cell, std::uint32_t position) const;
  [[nodiscard]] bool SettledAgain(const Cell& cell, std::size_t first_row, std::uint32_t position) const;
  void Withdraw(Cell& cell, std::uint32_t from);
  static void Truncate(Cell& cell, std::uint32_t from);
  void SetAside(Cell& cell, std::uint32_t from);
  void PutBack(Cell& cell);
  void DropTail(Cell& cell);
  [[nodiscard]] std::size_t FirstExamined(const Cell& cell, std::uint32_t position) const;
  void AppendFacts(const Cell& cell, std::uint32_t from, std::size_t findings_from,
                   std::vector<Fact>& facts) const;
  [[nodiscard]] std::size_t StepsOf(const JourneyRow& row) const {
    return options_.pipeline.journeys.empty() ? 0
                                              : options_.pipeline.journeys[row.definition.value].steps.size();
  }
  void Tidy(JourneyTable& table, std::size_t from);
  static void Count(Cell& cell, std::size_t from, std::size_t findings_from, int by);
  static void ExtendReach(Cell& cell);
  void Settle(CellId id, Cell& cell, std::size_t from, std::size_t findings_from);
  void StateChanges(Cell& cell, std::uint32_t from, std::size_t findings_from, std::vector<Told>& changes);

  const EngineOptions& options_;
  const DeriveInput& input_;
  std::span<const std::string> detectors_;
  const bool states_facts_;
  Duration lookahead_{0};  // the longest of all detectors

  FindingSink sink_;
  Outlook outlook_;
  std::uint64_t derived_events_ = 0;
  std::uint64_t detectors_failed_ = 0;
  struct Deadline {
    TimePoint time;
    CellId id;
  };
  static bool Later(const Deadline& a, const Deadline& b) {
    return a.time != b.time ? a.time > b.time : a.id > b.id;
  }
  Column<Deadline> deadlines_;  // a heap, the earliest first; a column, as it is not copied when it grows
  std::vector<std::uint32_t> scratch_events_, scratch_steps_;
  std::vector<Fact> new_facts_;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
