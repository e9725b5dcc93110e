#include "live/customers.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <utility>

#include "journey/core/check.h"

namespace journey {
inline namespace v0 {
namespace internal {

struct Customers::LabelMap {
  absl::flat_hash_map<std::uint64_t, CellId> cells;  // labels are the graph's own numbers, not an attacker's
};

Customers::Customers(BeforeChange before_change)
    : before_change_(std::move(before_change)), labels_(std::make_unique<LabelMap>()) {}
Customers::~Customers() = default;

CellId Customers::CellWithLabel(std::uint64_t label) const {
  const auto found = labels_->cells.find(label);
  return found == labels_->cells.end() ? kNoCell : found->second;
}

CellId Customers::CellFor(std::uint64_t label) {
  const auto [entry, fresh] = labels_->cells.try_emplace(label, kNoCell);
  if (!fresh) return entry->second;
  CellId id = kNoCell;
  if (free_.empty()) {
    id = static_cast<CellId>(cells_.size());
    cells_.emplace_back();
  } else {
    id = free_.back();
    free_.pop_back();
  }
  entry->second = id;
  cells_[id].label = label;
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
  labels_->cells.erase(cell.label);
  cell = {};
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
  std::ranges::sort(rows, before);
  std::vector<EventRow>& timeline = cell.timeline;
  const auto place = std::ranges::upper_bound(timeline, rows.front(), before);
  const auto position = place - timeline.begin();
  const auto last = std::upper_bound(place, timeline.end(), rows.back(), before);
  before_change_(id, static_cast<std::uint32_t>(position), static_cast<std::uint32_t>(last - timeline.begin()));
  const auto old_size = static_cast<std::ptrdiff_t>(timeline.size());
  timeline.insert(timeline.end(), rows.begin(), rows.end());
  std::inplace_merge(timeline.begin() + position, timeline.begin() + old_size, timeline.end(), before);
  for (const EventRow& row : rows) {
    cell_of_row_[row.event.value] = id;
    if (!cell.profile_stale) cell.added.push_back(row.event);
  }
  events_ += rows.size();
  Touch(id);
}

void Customers::Place(const EventLog& log, std::span<const EventIndex> out, std::span<const Placement> in) {
  if (cell_of_row_.size() < log.size()) {
    if (cell_of_row_.capacity() < log.size()) cell_of_row_.reserve(log.size() + log.size() / 2);
    cell_of_row_.resize(log.size(), kNoCell);
  }
  TakeOut(out);
  std::vector<std::pair<CellId, EventRow>> placed;
  for (const Placement& placement : in) placed.emplace_back(CellFor(placement.label), placement.row);
  if (placed.size() > 1) std::ranges::stable_sort(placed, {}, [](const auto& pair) { return pair.first; });
  std::vector<EventRow> rows;
  for (std::size_t begin = 0; begin < placed.size();) {
    rows.clear();
    std::size_t end = begin;
    for (; end < placed.size() && placed[end].first == placed[begin].first; ++end)
      rows.push_back(placed[end].second);
    PutIn(log, placed[begin].first, rows);
    begin = end;
  }
}

void Customers::Renumber(std::span<const EventIndex> new_rows, std::size_t rows) {
  std::vector<CellId> cell_of_row(rows, kNoCell);
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
  labels_->cells.clear();
  for (CellId id = 0; id < cells_.size(); ++id) {
    Cell& cell = cells_[id];
    if (!cell.in_use) continue;
    cell.strongest = UINT32_MAX;
    // An emptied cell that is not freed yet has no customer, and a label that nobody has.
    cell.label = cell.timeline.empty() ? UINT64_MAX - id : label_of(cell.timeline.front().event);
    labels_->cells.emplace(cell.label, id);
  }
}

std::size_t Customers::bytes() const {
  std::size_t sum = cell_of_row_.capacity() * sizeof(CellId) + labels_->cells.capacity() * 17;
  for (const Cell& cell : cells_) {
    sum += sizeof cell + cell.timeline.capacity() * sizeof(EventRow) +
           cell.sessions.capacity() * sizeof(SessionRow) +
           cell.journeys.rows.capacity() * sizeof(JourneyRow) +
           (cell.journeys.events.capacity() + cell.journeys.steps.capacity()) * sizeof(std::uint32_t) +
           cell.findings.capacity() * sizeof(Finding) +
           (cell.profile.keys.capacity() + cell.profile.channels.capacity()) * sizeof(Profile::Used) +
           cell.profile.given.capacity() * sizeof(Profile::Given);
  }
  return sum;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
