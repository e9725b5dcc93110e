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
}

bool EngineState::OfTruncated(const Event& event) const {
  if (event.kind != RecordKind::kEvent || !bindings_.any_truncated()) return false;
  return std::ranges::any_of(event.identifiers, [&](const Identifier& identifier) {
    const auto hash = names_.HashOf(identifier.name_space, identifier.value);
    return hash && bindings_.OfTruncated(*hash);
  });
}

Admission EngineState::Offer(const Event& event) {
  ++offers_since_outlook_;
  std::optional<AdmissionStatus> refused = door_.Refuses(event);
  if (!refused && OfTruncated(event)) refused = AdmissionStatus::kOverBudget;
  if (refused) {
    log_.Reject(event.source, *refused);
    return {*refused};
  }
  EventIndex changed;
  bool latest_goes = false;
  const Admission admission = log_.Append(event, [&](EventIndex row) {
    changed = row;
    latest_goes = log_.time(row) == door_.as_of();
    TakeOut({&row, 1});
  });
  if (admission.accepted()) changed = admission.row;
  if (!changed.valid()) return admission;
  GrowCatalog();
  TakeIn(changed);
  Reconsider();
  door_.Accepted(event);
  if (latest_goes) {  // who lost leaves no trace
    TimePoint latest = kMinTime;
    for (const TimePoint time : log_.times()) latest = std::max(latest, time);
    door_.GoBackTo(latest);
  }
  return admission;
}

// The engine's catalogue has the log's numbers, and grows with them.
void EngineState::GrowCatalog() {
  const std::size_t touchpoints = catalog_.touchpoints.size();
  if (touchpoints == log_.touchpoints().size() && attribute_keys_known_ == log_.attribute_keys().size())
    return;
  for (std::size_t i = catalog_.channels.size(); i < log_.channels().size(); ++i)
    catalog_.channels.emplace_back(log_.channels().text(static_cast<std::uint32_t>(i)));
  for (std::size_t i = catalog_.names.size(); i < log_.names().size(); ++i)
    catalog_.names.emplace_back(log_.names().text(static_cast<std::uint32_t>(i)));
  catalog_.touchpoints.assign(log_.touchpoints().begin(), log_.touchpoints().end());
  attribute_keys_known_ = log_.attribute_keys().size();
  classifier_.Update();
}

void EngineState::TakeIn(EventIndex row) {
  const RecordKind kind = log_.kind(row);
  if (ConsentBook::IsConsent(kind)) {
    consent_.Add(row);
    NoteConcerned(row);
  } else if (kind == RecordKind::kEvent && consent_.Withholds(row)) {
    consent_.Keep(row);
  } else {
    graph_.Add(row);
  }
}

void EngineState::TakeOut(std::span<const EventIndex> rows) {
  std::vector<EventIndex> of_graph;
  for (const EventIndex row : rows) {
    if (ConsentBook::IsConsent(log_.kind(row))) {
      NoteConcerned(row);
      consent_.Remove(row);
    } else if (consent_.kept(row)) {
      consent_.Drop(row);
    } else {
      of_graph.push_back(row);
    }
  }
  if (of_graph.empty()) return;
  bindings_.NoteAround(of_graph);
  graph_.Remove(of_graph);
  // At once: the log may change the row, and the cell's order with it.
  customers_.Place(log_, of_graph, {});
}

// The events that have an identifier of a consent or withdrawal.
void EngineState::NoteConcerned(EventIndex record) {
  const std::vector<EventIndex> kept = consent_.KeptWith(record);
  reconsider_.insert(reconsider_.end(), kept.begin(), kept.end());
  for (const IdentifierId id : log_.identifiers(record)) {
    const auto key = graph_.FindKey(log_.namespaces().text(log_.identifier_values().tag(id.value)),
                                    log_.identifier_values().text(id.value));
    if (key == IncrementalGraph::kNoKey) continue;
    if (graph_.IsHub(key)) {
      for (std::uint32_t row = 0; row < log_.size(); ++row) reconsider_.push_back({row});
      continue;
    }
    const std::vector<EventIndex> rows = graph_.RowsOf(key);
    reconsider_.insert(reconsider_.end(), rows.begin(), rows.end());
  }
}

void EngineState::Reconsider() {
  if (reconsider_.empty()) return;
  std::ranges::sort(reconsider_);
  reconsider_.erase(std::unique(reconsider_.begin(), reconsider_.end()), reconsider_.end());
  std::vector<EventIndex> to_withhold;
  for (const EventIndex row : reconsider_) {
    if (log_.kind(row) != RecordKind::kEvent) continue;
    const bool withheld = consent_.Withholds(row);
    if (withheld == consent_.kept(row)) continue;
    if (withheld) {
      to_withhold.push_back(row);
    } else {
      consent_.Drop(row);
      graph_.Add(row);
    }
  }
  reconsider_.clear();
  TakeOut(to_withhold);
  for (const EventIndex row : to_withhold) consent_.Keep(row);
}

void EngineState::AdvanceTo(TimePoint time) {
  door_.AdvanceTo(time);
}

void EngineState::PlaceChanged() {
  const std::vector<EventIndex> changed = graph_.TakeChanged();
  std::vector<Customers::Placement> in;
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
  bindings_.Update(changed);
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
  std::vector<CellId> due;
  for (const auto& shard : shards_) shard->deriver.TakeDue(door_.as_of(), due);
  for (const CellId id : due) {
    Cell& cell = customers_.cell(id);
    if (!cell.in_use || cell.deadline >= door_.as_of()) continue;
    shards_[ShardOf(id)]->deriver.UnstateOpen(cell);
    customers_.Touch(id);
  }
}

std::vector<CellId> EngineState::Settle(std::vector<Told>& changes) {
  FoldOld();  // before the new events come to their customers: only who is settled is folded
  PlaceChanged();
  if (customers_.customers() > options_.budgets.max_customers) EvictOldest();
  WakeDue();
  std::vector<CellId> touched = customers_.TakeTouched();
  RemoveEmptied(touched, changes);
  for (const CellId id : touched) {
    Cell& cell = customers_.cell(id);
    if (cell.truncated || cell.timeline.size() < options_.budgets.max_events_per_customer) continue;
    cell.truncated = true;
    shards_[ShardOf(id)]->filler.UpdateProfile(cell);
    bindings_.NoteTruncated(id);
    cell.republish = true;
  }
  // Often at first, when every event tells something new.
  if (offers_since_outlook_ > std::min<std::uint64_t>(4096, log_.size() / 16)) RefreshOutlook();
  return touched;
}

void EngineState::RefreshOutlook() {
  offers_since_outlook_ = 0;
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
                              .events = customers_.events(),
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
  statistics.bytes = log_.bytes() + graph_.bytes() + customers_.bytes() + bindings_.bytes() + store_.bytes();
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
