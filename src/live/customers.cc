#include "live/customers.h"

#include <algorithm>
#include <utility>

#include "journey/core/check.h"
#include "journey/core/mix.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

constexpr std::uint64_t kKeys = std::uint64_t{1} << 32;  // labels below are keys

}  // namespace

CellId Customers::CellWithLabel(std::uint64_t label) const {
  if (label < kKeys) return label < cell_of_key_.size() ? cell_of_key_[label] : kNoCell;
  const std::uint32_t found =
      cell_of_other_.Find(Mix(label), [&](CellId id) { return cells_[id].label == label; });
  return found == FlatIndex::kNone ? kNoCell : found;
}

// Requires: no cell has the label.
void Customers::SetLabel(CellId id, std::uint64_t label) {
  cells_[id].label = label;
  if (label >= kKeys) return cell_of_other_.Insert(Mix(label), id);
  if (label >= cell_of_key_.size()) cell_of_key_.resize(label + 1, kNoCell);
  cell_of_key_[label] = id;
}

void Customers::DropLabel(std::uint64_t label) {
  if (label < kKeys)
    cell_of_key_[label] = kNoCell;
  else
    cell_of_other_.Erase(Mix(label), [&](CellId id) { return cells_[id].label == label; });
}

CellId Customers::CellFor(std::uint64_t label) {
  CellId id = CellWithLabel(label);
  if (id != kNoCell) return id;
  if (free_.empty()) {
    id = static_cast<CellId>(cells_.size());
    cells_.Add();
  } else {
    id = free_.back();
    free_.pop_back();
  }
  SetLabel(id, label);
  cells_[id].in_use = true;
  ++in_use_;
  return id;
}

void Customers::Touch(CellId id) {
  if (cells_[id].queued) return;
  cells_[id].queued = true;
  touched_.push_back(id);
}

void Customers::Free(CellId id) {
  Cell& cell = cells_[id];
  JOURNEY_CHECK(cell.in_use && cell.timeline.empty());
  DropLabel(cell.label);
  const bool listed = cell.listed;  // the list is not searched
  cell = {};
  cell.listed = listed;
  free_.push_back(id);
  --in_use_;
}

void Customers::TakeOut(std::span<const EventIndex> rows) {
  std::vector<CellId> from;
  for (const EventIndex row : rows) {
    const CellId id = CellOf(row);
    if (id == kNoCell) continue;
    cell_of_row_[row.value] = kNoCell;
    from.push_back(id);
    --events_;
  }
  std::ranges::sort(from);
  from.erase(std::unique(from.begin(), from.end()), from.end());
  for (const CellId id : from) {
    Cell& cell = cells_[id];
    const auto gone = [&](const EventRow& row) { return cell_of_row_[row.event.value] != id; };
    const auto first = std::ranges::find_if(cell.timeline, gone);
    const auto last = std::find_if(cell.timeline.rbegin(), cell.timeline.rend(), gone);
    before_change_(id, static_cast<std::uint32_t>(first - cell.timeline.begin()),
                   static_cast<std::uint32_t>(cell.timeline.rend() - last));
    cell.timeline.erase(std::remove_if(first, cell.timeline.end(), gone), cell.timeline.end());
    cell.profile_stale = true;
    Touch(id);
  }
}

void Customers::PutIn(const EventLog& log, CellId id, std::span<EventRow> rows) {
  Cell& cell = cells_[id];
  const auto before = [&](const EventRow& a, const EventRow& b) { return log.Before(a.event, b.event); };
  if (!std::ranges::is_sorted(rows, before)) std::ranges::sort(rows, before);
  std::vector<EventRow>& timeline = cell.timeline;
  const auto old_size = static_cast<std::ptrdiff_t>(timeline.size());
  if (timeline.empty() || before(timeline.back(), rows.front())) {
    before_change_(id, static_cast<std::uint32_t>(old_size), static_cast<std::uint32_t>(old_size));
    timeline.insert(timeline.end(), rows.begin(), rows.end());
  } else {
    const auto place = std::ranges::upper_bound(timeline, rows.front(), before);
    const auto position = place - timeline.begin();
    const auto last = std::upper_bound(place, timeline.end(), rows.back(), before);
    before_change_(id, static_cast<std::uint32_t>(position),
                   static_cast<std::uint32_t>(last - timeline.begin()));
    timeline.insert(timeline.end(), rows.begin(), rows.end());
    std::inplace_merge(timeline.begin() + position, timeline.begin() + old_size, timeline.end(), before);
  }
  for (const EventRow& row : rows) {
    cell_of_row_[row.event.value] = id;
    if (!cell.profile_stale) cell.added.push_back(row.event);
  }
  events_ += rows.size();
}

void Customers::PlaceInto(const EventLog& log, CellId id, std::span<const EventIndex> rows) {
  GrowRows(log);
  rows_.clear();
  for (auto row = rows.rbegin(); row != rows.rend(); ++row)
    rows_.push_back({log.time(*row), log.touchpoint(*row), *row});
  PutIn(log, id, rows_);
}

void Customers::Place(const EventLog& log, std::span<const EventIndex> out, std::span<const Placement> in) {
  GrowRows(log);
  if (!out.empty()) TakeOut(out);
  placed_.clear();
  for (const Placement& placement : in) placed_.emplace_back(CellFor(placement.label), placement.row);
  if (placed_.size() > 1) std::ranges::stable_sort(placed_, {}, [](const auto& pair) { return pair.first; });
  for (std::size_t begin = 0; begin < placed_.size();) {
    rows_.clear();
    std::size_t end = begin;
    for (; end < placed_.size() && placed_[end].first == placed_[begin].first; ++end)
      rows_.push_back(placed_[end].second);
    PutIn(log, placed_[begin].first, rows_);
    Touch(placed_[begin].first);
    begin = end;
  }
}

void Customers::Renumber(std::span<const EventIndex> new_rows, std::size_t rows) {
  Column<CellId> cell_of_row(rows, kNoCell);
  const auto renumber = [&](EventIndex& row) {
    if (row.valid()) row = new_rows[row.value];
  };
  for (CellId id = 0; id < cells_.size(); ++id) {
    Cell& cell = cells_[id];
    for (EventRow& row : cell.timeline) {
      renumber(row.event);
      cell_of_row[row.event.value] = id;
    }
    cell.profile_stale = true;
    if (cell.in_use) Touch(id);
  }
  cell_of_row_ = std::move(cell_of_row);
}

void Customers::Relabel(const std::function<std::uint64_t(EventIndex)>& label_of) {
  std::ranges::fill(cell_of_key_, kNoCell);
  cell_of_other_ = {};
  for (CellId id = 0; id < cells_.size(); ++id) {
    Cell& cell = cells_[id];
    if (!cell.in_use) continue;
    cell.strongest = UINT32_MAX;
    // An emptied cell that is not freed yet has no customer, and a label that nobody has.
    SetLabel(id, cell.timeline.empty() ? UINT64_MAX - id : label_of(cell.timeline.front().event));
  }
}

std::size_t Customers::bytes() const {
  std::size_t sum = (cell_of_row_.capacity() + cell_of_key_.capacity() + free_.capacity()) * sizeof(CellId) +
                    cell_of_other_.bytes() + cells_.bytes();
  for (CellId id = 0; id < cells_.size(); ++id) {
    const Cell& cell = cells_[id];
    sum += cell.timeline.capacity() * sizeof(EventRow) + cell.sessions.capacity() * sizeof(SessionRow) +
           cell.journeys.rows.capacity() * sizeof(JourneyRow) +
           (cell.journeys.events.capacity() + cell.journeys.steps.capacity()) * sizeof(std::uint32_t) +
           cell.findings.capacity() * sizeof(Finding) + cell.reach.capacity() * sizeof(Reach) +
           cell.added.capacity() * sizeof(EventIndex) +
           (cell.profile.keys.capacity() + cell.profile.channels.capacity()) * sizeof(Profile::Used) +
           cell.profile.given.capacity() * sizeof(Profile::Given);
  }
  return sum;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
