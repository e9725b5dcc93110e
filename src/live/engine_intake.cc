// How evidence comes into the live engine, and goes again.
#include <algorithm>
#include <optional>
#include <utility>

#include "live/engine_state.h"

namespace journey {
inline namespace v0 {
namespace internal {

bool EngineState::OfTruncated(const Event& event) const {
  if (event.kind != RecordKind::kEvent || !bindings_.any_truncated()) return false;
  return std::ranges::any_of(event.identifiers, [&](const Identifier& identifier) {
    const auto hash = names_.HashOf(identifier.name_space, identifier.value);
    return hash && bindings_.OfTruncated(*hash);
  });
}

void EngineState::Offer(std::span<const Event> events, std::span<Admission> answers) {
  if (derives()) offers_since_outlook_ += events.size();
  if (events.size() > 1 && door_.open() && !bindings_.any_truncated()) {
    log_.Append(events, answers, [this](EventIndex row) { BeforeChange(row); });
    return Absorb();
  }
  for (std::size_t i = 0; i < events.size(); ++i) answers[i] = OfferOne(events[i]);
}

Admission EngineState::OfferOne(const Event& event) {
  std::optional<AdmissionStatus> refused = door_.Refuses(event);
  if (!refused && OfTruncated(event)) refused = AdmissionStatus::kOverBudget;
  if (refused) {
    log_.Reject(event.source, *refused);
    return {*refused};
  }
  const Admission admission = log_.Append(event, [this](EventIndex row) { BeforeChange(row); });
  Absorb();
  return admission;
}

void EngineState::BeforeChange(EventIndex row) {
  Absorb();
  changed_.push_back(row);
  latest_goes_ = log_.time(row) == door_.as_of();
  TakeOut({&row, 1});
  if (log_.kind(row) == RecordKind::kEvent) consent_.Unlist(row);
}

// Takes in what the log has got since the last time.
void EngineState::Absorb() {
  const auto end = static_cast<std::uint32_t>(log_.size());
  if (absorbed_ == end && changed_.empty()) return;
  GrowCatalog();
  for (const EventIndex row : changed_) {
    // Which only comes first of equal ones is the latest still.
    latest_goes_ = latest_goes_ && log_.time(row) < door_.as_of();
    TakeIn(row);
    TellDoor(row.value, row.value + 1);
  }
  changed_.clear();
  const std::uint32_t begin = absorbed_;
  constexpr std::uint32_t kTogether = 32;
  while (absorbed_ < end) {
    const std::uint32_t until = std::min(end, absorbed_ + kTogether);
    if (until - absorbed_ > 1) graph_.LookAhead({absorbed_}, until - absorbed_);
    for (; absorbed_ < until; ++absorbed_) TakeIn({absorbed_});
  }
  TellDoor(begin, end);
  Reconsider();
  if (!latest_goes_) return;
  latest_goes_ = false;  // who lost leaves no trace
  ++looked_for_latest_;
  TimePoint latest = kMinTime;
  for (const TimePoint time : log_.times()) latest = std::max(latest, time);
  door_.GoBackTo(latest);
}

// How far the sources of these rows have come with them: of those that follow each other from one source, the newest tells.
void EngineState::TellDoor(std::uint32_t begin, std::uint32_t end) {
  for (std::uint32_t row = begin; row < end;) {
    const bool is_event = log_.kind({row}) == RecordKind::kEvent;
    const SourceId source = log_.source({row});
    TimePoint newest = log_.time({row});
    for (++row;
         row < end && log_.source({row}) == source && (log_.kind({row}) == RecordKind::kEvent) == is_event;
         ++row)
      newest = std::max(newest, log_.time({row}));
    door_.Accepted(is_event, log_.sources().text(source.value), newest);
  }
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
  // It took over from the event.
  if (kind != RecordKind::kEvent && IsAnchor(row)) anchors_[row.value] = false;
  if (ConsentBook::IsConsent(kind)) {
    consent_.Add(row);
    if (!consent_.idle()) consent_.ListEvents(absorbed_);
    consent_.AppendConcerned(row, reconsider_);
    return;
  }
  if (kind == RecordKind::kEvent && consent_.lists()) consent_.List(row);
  if (kind == RecordKind::kEvent && !consent_.idle() && consent_.Withholds(row)) {
    consent_.Keep(row);
  } else {
    AddToGraph(row);
  }
}

void EngineState::AddToGraph(EventIndex row) {
  if (IsAnchor(row)) return graph_.Add(row);  // it comes to no cell
  const auto repeat = graph_.AddRepeat(row);
  if (!repeat) return graph_.Add(row);
  const bool full = repeat->rows >= options_.budgets.max_events_per_customer;
  if (repeat->waiting != 1 && !full) return;
  const CellId id = customers_.CellWithLabel(repeat->label);
  if (id == kNoCell || full)
    unhoused_.push_back({repeat->label, full});
  else
    customers_.Touch(id);
}

void EngineState::TakeOut(std::span<const EventIndex> rows) {
  std::vector<EventIndex> of_graph;
  for (const EventIndex row : rows) {
    if (ConsentBook::IsConsent(log_.kind(row))) {
      consent_.AppendConcerned(row, reconsider_);
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
      AddToGraph(row);
    }
  }
  reconsider_.clear();
  TakeOut(to_withhold);
  for (const EventIndex row : to_withhold) consent_.Keep(row);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
