// Customers: the cells of the live engine, and which event is in which. Moves events when the graph says that they
// are somebody else's now.
//
//   Place(log, {row 5}, {{row 5, label 7}, {row 6, label 7}})    TakeTouched() -> {the cell of 5, the cell of label 7}
//
// Threads: for one writer. Cells are stable in memory, so that others may work on cells while no row is placed.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/stable_array.h"
#include "journey/core/flat_index.h"
#include "journey/core/column.h"
#include "journey/events/event_log.h"
#include "live/cell.h"

namespace journey {
inline namespace v0 {
namespace internal {

class Customers {
 public:
  // Called before events at positions [first, end) go, or others come at `first` and up to `end`.
  using BeforeChange = std::function<void(CellId, std::uint32_t first, std::uint32_t end)>;
  explicit Customers(BeforeChange before_change) : before_change_(std::move(before_change)) {}

  // Where each event belongs now. Requires: the row is an event that is in use, and in no cell with that label.
  struct Placement {
    EventRow row;
    std::uint64_t label;
  };
  // Takes rows out of their cells (those in none are left alone), then puts `placements` in.
  void Place(const EventLog& log, std::span<const EventIndex> out, std::span<const Placement> in);
  // Puts rows into a cell, which is not marked as changed. Requires: they are events in no cell.
  void PlaceInto(const EventLog& log, CellId id, std::span<const EventIndex> rows);

  [[nodiscard]] CellId CellOf(EventIndex row) const {
    return row.value < cell_of_row_.size() ? cell_of_row_[row.value] : kNoCell;
  }
  [[nodiscard]] CellId CellWithLabel(std::uint64_t label) const;
  [[nodiscard]] Cell& cell(CellId id) { return cells_[id]; }
  [[nodiscard]] const Cell& cell(CellId id) const { return cells_[id]; }
  [[nodiscard]] std::size_t cells() const { return cells_.size(); }  // in use or not
  [[nodiscard]] std::size_t customers() const { return in_use_; }
  [[nodiscard]] std::uint64_t events() const { return events_; }

  // Marks a cell as changed without a new event. Cells that were touched since the last TakeTouched, emptied ones
  // included.
  void Touch(CellId id);
  [[nodiscard]] std::span<const CellId> touched() const { return touched_; }
  void TakeTouched(std::vector<CellId>& touched) {
    touched.clear();
    touched.swap(touched_);
  }

  // Gives an emptied cell back. Requires: its timeline is empty and nothing refers to it any more.
  void Free(CellId id);

  // After the log was made anew without holes: new_rows by old row; touchpoints keep their numbers.
  void Renumber(std::span<const EventIndex> new_rows, std::size_t rows);
  // After the graph was made anew from the same rows: the same customers have other labels.
  void Relabel(const std::function<std::uint64_t(EventIndex)>& label_of);

  [[nodiscard]] std::size_t bytes() const;

 private:
  CellId CellFor(std::uint64_t label);
  void SetLabel(CellId id, std::uint64_t label);
  void DropLabel(std::uint64_t label);
  void GrowRows(const EventLog& log) {
    if (cell_of_row_.size() < log.size()) cell_of_row_.resize(log.size(), kNoCell);
  }
  void TakeOut(std::span<const EventIndex> rows);
  void PutIn(const EventLog& log, CellId id, std::span<EventRow> rows);

  BeforeChange before_change_;
  StableArray<Cell> cells_;
  std::vector<CellId> free_;
  Column<CellId> cell_of_row_;
  // Labels are numbers of the graph's own: keys, and above them others, which are few as a rule.
  Column<CellId> cell_of_key_;
  FlatIndex cell_of_other_;
  std::vector<CellId> touched_;
  std::vector<std::pair<CellId, EventRow>> placed_;  // scratch, and so is this
  std::vector<EventRow> rows_;
  std::size_t in_use_ = 0;
  std::uint64_t events_ = 0;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
