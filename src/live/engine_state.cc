#include "live/engine_state.h"

#include <algorithm>
#include <utility>

#include "journey/friction/detector_catalogue.h"
#include "journey/identity/graph_resolver.h"

namespace journey {
inline namespace v0 {
namespace internal {

EngineState::EngineState(const EngineOptions& options)
    : options_(options),
      names_(options.identity, options.id_key, store_),
      door_(options, names_),
      log_(options.limits),
      graph_(log_, options.identity),
      consent_(log_, options.identity, options.pipeline.consent),
      classifier_(log_, catalog_, options.pipeline.journeys, options.pipeline.discovery,
                  options.pipeline.classes),
      input_{options.pipeline,
             *options.pipeline.detectors,
             log_,
             catalog_,
             classifier_,
             {kMinTime, options.pipeline.sessions.max_gap}},
      customers_([this](CellId id, std::uint32_t first, std::uint32_t end) {
        shards_[ShardOf(id)]->deriver.Unstate(customers_.cell(id), first, end);
      }),
      bindings_(log_, graph_, customers_, store_, names_) {
  for (const auto& detector : *options.pipeline.detectors) detector_names_.emplace_back(detector->name());
  for (unsigned i = 0; i < options.shards; ++i)
    shards_.push_back(std::make_unique<Shard>(options_, input_, detector_names_, graph_));
  if (!consent_.idle()) consent_.ListEvents(0);
}

void EngineState::AdvanceTo(TimePoint time) {
  door_.AdvanceTo(time);
}

void EngineState::PlaceChanged() {
  const std::vector<EventIndex> changed = graph_.TakeChanged();
  if (changed.empty()) return bindings_.Update(changed);
  std::vector<Customers::Placement>& in = placements_;
  in.clear();
  std::vector<EventIndex> out;
  std::vector<std::pair<CellId, std::uint64_t>>
      from_folded;  // cells with sums, and the label of a row that leaves
  for (const EventIndex row : changed) {
    if (log_.kind(row) != RecordKind::kEvent || IsAnchor(row)) continue;
    const std::uint64_t label = graph_.LabelOf(row);
    const CellId now = customers_.CellOf(row);
    if (now != kNoCell) {
      if (customers_.cell(now).label == label) continue;
      out.push_back(row);
      if (customers_.cell(now).folded().events != 0) from_folded.emplace_back(now, label);
    }
    in.push_back({{log_.time(row), log_.touchpoint(row), row}, label});
  }
  customers_.Place(log_, out, in);
  for (const auto& [from, label] : from_folded) {
    // A customer that is all moved takes the sums along.
    if (!customers_.cell(from).timeline.empty()) continue;
    customers_.cell(customers_.CellWithLabel(label)).Fold(customers_.cell(from).folded());
    customers_.cell(from).sums.reset();
  }
  GiveSumsBack(changed);
  bindings_.Update(changed);
}

// Repeats come to a cell that was new with them, or a full customer's at once.
void EngineState::HouseRepeats() {
  for (const Unhoused& one : unhoused_) {
    const CellId id = customers_.CellWithLabel(one.label);
    if (id != kNoCell) {
      customers_.Touch(id);
      if (one.full) PlaceRepeats(id);
      continue;
    }
    // Of its customer's other events none is kept, or they are another's now and these with them.
    repeats_.clear();
    graph_.TakeRepeats(one.label, repeats_);
    placements_.clear();
    for (const EventIndex row : repeats_)
      placements_.push_back({{log_.time(row), log_.touchpoint(row), row}, one.label});
    customers_.Place(log_, {}, placements_);
    GiveSumsBack(repeats_);
    bindings_.Update(repeats_);
  }
  unhoused_.clear();
}

void EngineState::PlaceRepeats(CellId id) {
  repeats_.clear();
  graph_.TakeRepeats(customers_.cell(id).label, repeats_);
  if (!repeats_.empty()) customers_.PlaceInto(log_, id, repeats_);
}

void EngineState::PlaceAllRepeats() {
  HouseRepeats();
  for (const CellId id : customers_.touched()) PlaceRepeats(id);
  for (const CellId id : listed_) {
    if (customers_.cell(id).in_use) PlaceRepeats(id);
  }
}

void EngineState::RemoveEmptied(std::vector<CellId>& touched, std::vector<Told>& changes) {
  std::erase_if(touched, [&](CellId id) {
    Cell& cell = customers_.cell(id);
    cell.queued = false;
    if (!cell.in_use) return true;
    if (!cell.timeline.empty()) return false;
    shards_[ShardOf(id)]->deriver.Derive(id, cell, changes);
    bindings_.Drop(id);
    customers_.Free(id);
    return true;
  });
}

// Journeys that have run out by now.
void EngineState::WakeDue() {
  if (door_.as_of() < input_.clock.as_of) {
    // What had run out may be open again.
    for (CellId id = 0; id < customers_.cells(); ++id) {
      Cell& cell = customers_.cell(id);
      if (!cell.in_use || cell.reach.empty() || cell.reach.back().ended < door_.as_of()) continue;
      shards_[ShardOf(id)]->deriver.Unstate(cell, 1, static_cast<std::uint32_t>(cell.timeline.size()));
      customers_.Touch(id);
    }
  }
  input_.clock.as_of = door_.as_of();
  for (const auto& shard : shards_) {
    shard->deriver.TakeDue(
        door_.as_of(), [&](CellId id) -> Cell& { return customers_.cell(id); },
        [&](CellId id, Cell& cell) {
          if (derives()) shard->deriver.UnstateOpen(cell);
          customers_.Touch(id);
        });
  }
}

void EngineState::PlaceAndHouse() {
  PlaceChanged();
  HouseRepeats();
  if (derives()) {
    for (const CellId id : customers_.touched()) PlaceRepeats(id);
  }
  if (customers_.customers() > options_.budgets.max_customers) {
    PlaceAllRepeats();
    EvictOldest();
  }
  if (options_.horizon < kForever) KeepSums();
}

std::span<const CellId> EngineState::Settle(std::vector<Told>& changes) {
  if (FoldIsDue()) {
    if (!derives()) {
      WakeDue();
      FreshenAll(changes, false);
    }
    FoldOld();  // before the new events come to their customers: only who is settled is folded
  }
  if (!graph_.settled() || !bindings_.settled() || !unhoused_.empty() || !customers_.touched().empty())
    PlaceAndHouse();
  WakeDue();
  customers_.TakeTouched(touched_);
  if (!touched_.empty()) {
    RemoveEmptied(touched_, changes);
    NoteTruncated();
  }
  if (!derives()) {
    for (const CellId id : touched_) List(id);
    touched_.clear();
  } else if (offers_since_outlook_ > std::min<std::uint64_t>(4096, log_.size() / 16)) {
    RefreshOutlook();  // often at first, when every event tells something new
  }
  return touched_;
}

// Who has as many events as are allowed, or less again.
void EngineState::NoteTruncated() {
  for (const CellId id : touched_) {
    Cell& cell = customers_.cell(id);
    const std::uint64_t events = cell.timeline.size() + graph_.WaitingRepeats(cell.label);
    const bool full = events >= options_.budgets.max_events_per_customer;
    if (cell.truncated == full) continue;
    const bool truncated = bindings_.SetTruncated(id, full);
    if (cell.truncated == truncated) continue;
    cell.truncated = truncated;
    cell.republish = true;
  }
}

void EngineState::RefreshOutlook() {
  offers_since_outlook_ = 0;
  if (shards_.size() == 1) return store_.PublishAttachments(shards_[0]->deriver.outlook().Sections(catalog_));
  Outlook all(options_.pipeline);
  for (const auto& shard : shards_) all.Merge(shard->deriver.outlook());
  store_.PublishAttachments(all.Sections(catalog_));
}

void EngineState::Work(CellId id, std::vector<Told>& changes) {
  Cell& cell = customers_.cell(id);
  if (!cell.in_use || !cell.dirty()) return;
  Shard& shard = *shards_[ShardOf(id)];
  shard.deriver.Derive(id, cell, changes);
  shard.filler.UpdateProfile(cell);
  cell.republish = false;
  Publish(shard, cell);
}

// What is told of it is stale from now on, until somebody asks.
void EngineState::List(CellId id) {
  Cell& cell = customers_.cell(id);
  if (cell.slot >= cell_of_slot_.size()) cell_of_slot_.resize(cell.slot + std::size_t{1}, kNoCell);
  cell_of_slot_[cell.slot] = id;
  store_.MarkStale(cell.slot, true);
  if (cell.listed) return;
  cell.listed = true;
  listed_.push_back(id);
}

void EngineState::FreshenCell(CellId id, std::vector<Told>& changes, bool publish) {
  Cell& cell = customers_.cell(id);
  Shard& shard = *shards_[ShardOf(id)];
  PlaceRepeats(id);
  if (cell.timeline.empty()) return;  // what was in it is on its way elsewhere, or back
  if (cell.deadline < input_.clock.as_of) shard.deriver.UnstateOpen(cell);
  shard.deriver.Derive(id, cell, changes);
  shard.deriver.WakeAtDeadline(id, cell);
  shard.filler.UpdateProfile(cell);
  cell.republish = false;
  if (publish) {
    Publish(shard, cell);
    store_.MarkStale(cell.slot, false);
  } else {
    store_.Withdraw(cell.slot);  // it may tell of somebody who is to be erased
  }
}

void EngineState::FreshenAll(std::vector<Told>& changes, bool publish) {
  for (const CellId id : listed_) {
    Cell& cell = customers_.cell(id);
    cell.listed = false;
    // Who was asked about since is fresh.
    if (cell.in_use && store_.IsStale(cell.slot)) FreshenCell(id, changes, publish);
  }
  if (!listed_.empty()) RefreshOutlook();
  listed_.clear();
}

void EngineState::Freshen(IdentifierHash hash, std::vector<Told>& changes) {
  const Slot slot = store_.Find(hash);
  if (slot == kNoSlot || !store_.IsStale(slot)) return;
  if (++offers_since_outlook_ > std::min<std::uint64_t>(4096, customers_.customers() / 16)) RefreshOutlook();
  FreshenCell(cell_of_slot_[slot], changes, true);
}

void EngineState::Publish(Shard& shard, const Cell& cell) {
  shard.filler.Fill(cell, shard.deriver.labels(), shard.context);
  shard.block.clear();
  EncodeContext(shard.context, shard.block);
  shard.attachments.clear();
  const JourneyTable& table = cell.journeys;
  const Outlook& outlook = shard.deriver.outlook();
  for (const std::uint32_t row : shard.filler.open_rows()) {
    if (shard.attachments.size() == kMaxContextJourneys) break;
    shard.attachments.push_back(outlook.RiskSection(table.rows[row]));
  }
  shard.attachments.push_back(outlook.NextSection(cell.timeline.back().touchpoint));
  store_.Publish(cell.slot, shard.block, shard.attachments);
}

EngineStatistics EngineState::Statistics() const {
  EngineStatistics statistics{.statuses = MakeInputSummary().statuses,
                              .events = customers_.events() + graph_.untold_repeats(),
                              .customers = customers_.customers(),
                              .evicted_customers = evicted_customers_,
                              .evicted_events = evicted_events_};
  for (const auto& shard : shards_) {
    statistics.derived_events += shard->deriver.derived_events();
    statistics.detectors_failed += shard->deriver.detectors_failed();
  }
  for (CellId id = 0; id < customers_.cells(); ++id) {
    statistics.truncated_customers += customers_.cell(id).truncated;
    statistics.folded_events += customers_.cell(id).folded().events;
  }
  for (const auto& [anchor, sums] : waiting_sums_) statistics.folded_events += sums.events;
  statistics.bytes = log_.bytes() + graph_.bytes() + consent_.bytes() + customers_.bytes() +
                     bindings_.bytes() + store_.bytes();
  return statistics;
}

std::vector<SourceProgress> EngineState::Sources() const {
  std::vector<SourceProgress> list;
  for (std::uint32_t id = 0; id < log_.sources().size(); ++id) {
    const std::string_view text = log_.sources().text(id);
    const Door::Source source = door_.SourceOf(text);
    list.push_back({.source = std::string(text),
                    .offered = log_.admissions_by_source()[id].offered(),
                    .newest = source.newest,
                    .watermark = door_.WatermarkOf(source),
                    .idle = source.idle});
  }
  std::ranges::sort(list, {}, &SourceProgress::source);
  return list;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
