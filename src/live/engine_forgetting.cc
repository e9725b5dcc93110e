// What leaves the engine: who is erased, who is evicted where the budget is used up, and what is older than the horizon.
#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "identity/normal_form.h"
#include "live/engine_state.h"

namespace journey {
inline namespace v0 {
namespace internal {

void EngineState::ForgetRows(std::span<const EventIndex> rows, AdmissionStatus becomes) {
  TakeOut(rows);
  for (const EventIndex row : rows) {
    if (IsAnchor(row)) anchors_[row.value] = false;
  }
  log_.Forget(rows, becomes);
  graph_.WipeUnusedKeys();
  consent_.DropForgotten();
  for (const auto& shard : shards_) shard->WipeScratch();
  Reconsider();
}

// Whether a row goes with one who is erased, if its time is within what is erased.
bool EngineState::IsOf(EventIndex row, const Whom& whom) {
  // A row that was folded and is withheld is not in the graph.
  const bool in_cell = IsAnchor(row)
                           ? whom.label != kNobody && !consent_.kept(row) && graph_.LabelOf(row) == whom.label
                           : whom.cell != kNoCell && customers_.CellOf(row) == whom.cell;
  if (in_cell) return true;
  if (log_.kind(row) == RecordKind::kEvent && !consent_.kept(row)) return false;  // it is somebody else's
  return std::ranges::any_of(log_.identifiers(row), [&](IdentifierId id) {
    IdentifierText text = TextOf(id);
    const bool found = std::ranges::find(whom.own, text) != whom.own.end();
    Wipe(text.value);
    return found;
  });
}

// Takes a customer's sums away. The answer: the events in them.
std::uint64_t EngineState::DropSums(Cell& cell, AdmissionStatus becomes) {
  const std::uint64_t events = cell.folded().events;
  log_.Recount(cell.folded().offers, becomes);
  cell.sums.reset();
  cell.republish = true;
  return events;
}

// Sums cannot be parted by time: all of them go, and what is left of the events in them. Answers whether there are any.
bool EngineState::EraseSums(const Whom& whom, TimePoint until, std::uint64_t& events) {
  bool any = false;
  if (whom.cell != kNoCell) {
    Cell& cell = customers_.cell(whom.cell);
    any = cell.folded().events != 0 && cell.folded().first <= until;
    if (any) events += DropSums(cell, AdmissionStatus::kErased);
  }
  std::erase_if(waiting_sums_, [&](const auto& waiting) {
    const auto& [anchor, sums] = waiting;
    if (sums.first > until || !IsAnchor(anchor) || !IsOf(anchor, whom)) return false;
    events += sums.events;
    log_.Recount(sums.offers, AdmissionStatus::kErased);
    any = true;
    return true;
  });
  return any;
}

std::uint64_t EngineState::Erase(std::string_view name_space, std::string_view value, TimePoint until) {
  Whom whom{.own = OwnIdentifiers(name_space, value)};
  const IncrementalGraph::Key key = graph_.FindKey(name_space, value);
  if (key != IncrementalGraph::kNoKey) whom.label = graph_.LabelOfKey(key).value_or(kNobody);
  if (whom.label != kNobody) whom.cell = customers_.CellWithLabel(whom.label);
  std::uint64_t events = 0;
  const bool sums = EraseSums(whom, until, events);
  std::vector<EventIndex> rows;
  for (std::uint32_t i = 0; i < log_.size(); ++i) {
    const EventIndex row{i};
    if (log_.forgotten(row) || (log_.time(row) > until && !(sums && IsAnchor(row)))) continue;
    if (IsOf(row, whom)) rows.push_back(row);
  }
  for (const EventIndex row : rows) {
    events += log_.kind(row) == RecordKind::kEvent && !IsAnchor(row);  // anchors are counted in the sums
    door_.BuryEvent(log_.key(row));
  }
  for (IdentifierText& identifier : whom.own) {
    door_.BuryIdentifier(names_.HashOfNormal(identifier.name_space, identifier.value), until);
    Wipe(identifier.value);
  }
  if (whom.cell != kNoCell) {
    customers_.cell(whom.cell).republish = true;
    customers_.Touch(whom.cell);
  }
  if (!rows.empty()) ForgetRows(rows, AdmissionStatus::kErased);
  store_.Collect();
  CompactIfWorth();
  return events;
}

// The identifiers that are this customer's alone; the one asked about at least, if it names anybody.
std::vector<IdentifierText> EngineState::OwnIdentifiers(std::string_view name_space, std::string_view value) {
  const NamespacePolicy policy = options_.identity.PolicyOf(name_space);
  const NormalForm normal(value, policy.normalizer);
  if (IsBlocked(normal.text(), policy)) return {};
  const IncrementalGraph::Key key = graph_.FindKey(name_space, value);
  std::vector<IdentifierText> own;
  if (key == IncrementalGraph::kNoKey) {
    own.push_back({std::string(name_space), std::string(normal.text())});
    return own;
  }
  const auto label = graph_.LabelOfKey(key);
  if (!label) {
    // Several share it; or it is on no row any more.
    if (!graph_.IsHub(key) && graph_.RowsOf(key).empty())
      own.push_back({std::string(name_space), std::string(normal.text())});
    return own;
  }
  const std::vector<IncrementalGraph::Key> around = graph_.KeysAround(key);
  own.reserve(around.size());  // so that it leaves no copies behind
  for (const IncrementalGraph::Key other : around) {
    if (graph_.LabelOfKey(other) != label) continue;
    own.push_back({std::string(log_.namespaces().text(graph_.NamespaceOf(other).value)),
                   std::string(graph_.TextOf(other))});
  }
  return own;
}

IdentifierText EngineState::TextOf(IdentifierId id) const {
  const std::string_view name_space = log_.namespaces().text(log_.identifier_values().tag(id.value));
  return {std::string(name_space), Normalize(log_.identifier_values().text(id.value),
                                             options_.identity.PolicyOf(name_space).normalizer)};
}

// A sixteenth of the customers at once, as forgetting passes over the log.
void EngineState::EvictOldest() {
  const std::uint64_t max = options_.budgets.max_customers;
  std::vector<CellId> cells;
  for (CellId id = 0; id < customers_.cells(); ++id) {
    if (customers_.cell(id).in_use && !customers_.cell(id).timeline.empty()) cells.push_back(id);
  }
  if (cells.size() <= max) return;
  std::ranges::sort(cells, [&](CellId a, CellId b) {
    return a != b &&
           log_.Before(customers_.cell(a).timeline.back().event, customers_.cell(b).timeline.back().event);
  });
  cells.resize(std::min<std::size_t>(cells.size() - 1, cells.size() - max + max / 16));
  std::vector<EventIndex> rows;
  std::vector<bool> goes(customers_.cells());
  for (const CellId id : cells) {
    goes[id] = true;
    for (const EventRow& row : customers_.cell(id).timeline) rows.push_back(row.event);
    evicted_events_ += DropSums(customers_.cell(id), AdmissionStatus::kOverBudget);
  }
  evicted_customers_ += cells.size();
  evicted_events_ += rows.size();
  for (std::uint32_t row = 0; row < anchors_.size(); ++row) {  // these are counted in the sums
    if (!anchors_[row] || consent_.kept({row})) continue;
    const CellId id = customers_.CellWithLabel(graph_.LabelOf({row}));
    if (id != kNoCell && goes[id]) rows.push_back({row});
  }
  ForgetRows(rows, AdmissionStatus::kOverBudget);
  PlaceChanged();
  CompactIfWorth();
}

// Adds up what is settled of a customer before a position, and takes it out of the timeline. Of rows with the same
// identifiers the last one, or one that stays in the timeline, is enough to say that they belong together; one is kept at
// least, to know whose the sums are.
void EngineState::Fold(Cell& cell, std::uint32_t until, std::vector<EventIndex>& forgotten) {
  Folded sums{.first = cell.timeline.front().time, .before = cell.timeline[until].time, .events = until};
  for (const SessionRow& session : cell.sessions) sums.sessions += session.begin < until;
  std::size_t rows = 0;
  for (; rows < cell.journeys.rows.size(); ++rows) {
    const JourneyRow& row = cell.journeys.rows[rows];
    if (cell.journeys.events[row.begin] >= until) break;
    ++sums.journeys[static_cast<std::size_t>(row.outcome)];
  }
  for (const Finding& finding : cell.findings) {
    if (finding.journey.value < rows) ++sums.findings[static_cast<std::size_t>(finding.severity)];
  }
  std::set<std::vector<IdentifierId>> told;
  const auto identifiers_of = [&](const EventRow& row) {
    const auto list = log_.identifiers(row.event);
    return std::vector<IdentifierId>(list.begin(), list.end());
  };
  for (std::size_t i = until; i < cell.timeline.size(); ++i) told.insert(identifiers_of(cell.timeline[i]));
  if (anchors_.size() < log_.size()) anchors_.resize(log_.size());
  const std::size_t first_forgotten = forgotten.size();
  if (cell.sums != nullptr && !IsAnchor(cell.sums->anchor)) cell.sums->anchor = {};
  bool anchored = cell.folded().anchor.valid();
  for (std::size_t i = until; i-- > 0;) {
    const EventIndex row = cell.timeline[i].event;
    if (!told.insert(identifiers_of(cell.timeline[i])).second && anchored) {
      forgotten.push_back(row);
      continue;
    }
    anchors_[row.value] = true;
    anchored = true;
    sums.anchor = row;
  }
  for (std::size_t i = first_forgotten; i < forgotten.size(); ++i) log_.AddOffers(forgotten[i], sums.offers);
  std::vector<EventIndex> out;
  for (std::size_t i = 0; i < until; ++i) out.push_back(cell.timeline[i].event);
  cell.Fold(sums);
  customers_.Place(log_, out, {});
}

// The sums of customers of whom no event is left, such as who does not consent any more, wait for their next event.
void EngineState::KeepSums() {
  for (std::size_t i = 0; i < customers_.touched().size(); ++i) {
    const CellId id = customers_.touched()[i];
    if (!customers_.cell(id).in_use || !customers_.cell(id).timeline.empty()) continue;
    PlaceRepeats(id);
    Cell& cell = customers_.cell(id);
    if (!cell.timeline.empty() || cell.sums == nullptr) continue;
    const EventIndex anchor = cell.sums->anchor;
    waiting_sums_[anchor].Add(*cell.sums);
    cell.sums.reset();
    GiveSumsBack(anchor);
  }
}

void EngineState::GiveSumsBack(EventIndex anchor) {
  const auto found = waiting_sums_.find(anchor);
  if (found == waiting_sums_.end() || !IsAnchor(anchor) || consent_.kept(anchor)) return;
  const CellId id = customers_.CellWithLabel(graph_.LabelOf(anchor));
  if (id == kNoCell || customers_.cell(id).timeline.empty()) return;
  customers_.cell(id).Fold(found->second);
  customers_.cell(id).republish = true;
  customers_.Touch(id);
  waiting_sums_.erase(found);
}

// Gives sums back of which these rows tell whose they are. Requires: cells that are new have no slot yet.
void EngineState::GiveSumsBack(std::span<const EventIndex> rows) {
  if (waiting_sums_.empty()) return;
  std::set<CellId> seen;
  for (const EventIndex row : rows) {
    if (IsAnchor(row)) {
      GiveSumsBack(row);
      continue;
    }
    const CellId id = customers_.CellOf(row);
    if (id == kNoCell || customers_.cell(id).slot != kNoSlot || !seen.insert(id).second) continue;
    for (const EventIndex other : graph_.ComponentOf(row)) GiveSumsBack(other);
  }
}

// An eighth of the horizon at once, and never what a source could still add to or offer again.
bool EngineState::FoldIsDue() const {
  if (options_.horizon >= kForever) return false;
  const TimePoint cutoff = std::min(door_.as_of() - options_.horizon, door_.watermark());
  return cutoff >= door_.folded_until() + options_.horizon / 8;
}

void EngineState::FoldOld() {
  const TimePoint cutoff = std::min(door_.as_of() - options_.horizon, door_.watermark());
  door_.FoldedUntil(cutoff);
  std::vector<EventIndex> forgotten;
  for (CellId id = 0; id < customers_.cells(); ++id) {
    Cell& cell = customers_.cell(id);
    if (!cell.in_use || cell.timeline.empty() || cell.timeline.front().time >= cutoff || cell.dirty())
      continue;
    const std::uint32_t until = shards_[ShardOf(id)]->deriver.FoldPoint(cell, cutoff);
    if (until != 0) Fold(cell, until, forgotten);
  }
  if (!forgotten.empty()) ForgetRows(forgotten, AdmissionStatus::kAccepted);
  PlaceChanged();
  CompactIfWorth();
}

// Where most rows are holes, or the numbers for rows run out.
void EngineState::CompactIfWorth() {
  constexpr std::size_t kFew = 4096, kManyRows = 4'000'000'000;
  const std::size_t holes = log_.holes(), rows = log_.size();
  if (holes > kFew && holes > rows / (rows > kManyRows ? 16 : 2)) Compact();
}

// Gives the memory of forgotten rows back. Rows and identifiers get other numbers; nothing that was found changes.
void EngineState::Compact() {
  PlaceChanged();
  PlaceAllRepeats();
  std::vector<EventIndex> new_rows;
  log_ = log_.WithoutForgotten(&new_rows);
  customers_.Renumber(new_rows, log_.size());
  std::vector<bool> anchors(anchors_.empty() ? 0 : log_.size());
  for (std::size_t row = 0; row < anchors_.size() && row < new_rows.size(); ++row) {
    if (anchors_[row] && new_rows[row].valid()) anchors[new_rows[row].value] = true;
  }
  anchors_ = std::move(anchors);
  const auto renumber = [&](EventIndex row) { return row.valid() ? new_rows[row.value] : row; };
  for (CellId id = 0; id < customers_.cells(); ++id) {
    Cell& cell = customers_.cell(id);
    if (cell.sums != nullptr) cell.sums->anchor = renumber(cell.sums->anchor);
  }
  std::map<EventIndex, Folded> waiting;
  for (auto& [anchor, sums] : waiting_sums_) {
    sums.anchor = renumber(anchor);
    waiting[sums.anchor].Add(sums);
  }
  waiting_sums_ = std::move(waiting);
  consent_.Renumber(new_rows);
  absorbed_ = static_cast<std::uint32_t>(log_.size());
  graph_ = IncrementalGraph(log_, options_.identity);
  for (std::uint32_t row = 0; row < log_.size(); ++row) {
    if (!ConsentBook::IsConsent(log_.kind({row})) && !consent_.kept({row})) graph_.Add({row});
  }
  customers_.Relabel([&](EventIndex row) { return graph_.LabelOf(row); });
  bindings_.Renumber(graph_.TakeChanged());
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
