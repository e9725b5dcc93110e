// What a log leaves out: the rows that are forgotten, and those that a copy does not take over.
#include <algorithm>
#include <utility>

#include "events/event_log_impl.h"
#include "journey/core/check.h"

namespace journey {
inline namespace v0 {

// Overwrites what the lists of a row hold; they are empty from now on.
void EventLog::Impl::ClearLists(std::uint32_t row) {
  const PackedRange ids = std::exchange(identifier_ranges[row], PackedRange());
  attributes.Clear(row);
  std::ranges::fill(std::span<IdentifierId>(identifiers).subspan(ids.begin(), ids.count()), IdentifierId{});
}

// Counts all offers that had the id of a row as something else.
void EventLog::Impl::Recount(std::uint32_t row, AdmissionStatus becomes,
                             std::vector<AdmissionCounts>& by_source) const {
  if (becomes == AdmissionStatus::kAccepted) return;
  const auto move = [&](SourceId source, AdmissionStatus from, std::uint64_t count) {
    by_source[source.value][from] -= count;
    by_source[source.value][becomes] += count;
  };
  move(event_sources[row], AdmissionStatus::kAccepted, 1);
  const auto found = repeats.find(row);
  if (found == repeats.end()) return;
  for (const Repeats& repeated : found->second) {
    move(repeated.source, AdmissionStatus::kDuplicate, repeated.duplicates);
    move(repeated.source, AdmissionStatus::kConflict, repeated.conflicts);
  }
}

void EventLog::Impl::ForgetRow(std::uint32_t row, AdmissionStatus becomes) {
  Recount(row, becomes, counts);
  repeats.erase(row);
  key_index.Erase(HashOf(KeyOf(row)), [&](std::uint32_t other) { return other == row; });
  if (numbers == Numbers::kPaged && IsNumbered(row)) numbered_rows.Erase(event_sources[row], sequences[row]);
  ClearLists(row);
  times[row] = kMinTime;
  sequences[row] = 0;
  event_touchpoints[row] = {};
  kinds[row] = RecordKind::kForgotten;
  if (!keys.empty()) keys[row] = {};
  ++holes;
}

void EventLog::Impl::WipeUnusedTexts() {
  std::vector<bool> values_used(identifier_values.size());
  std::vector<bool> texts_used(texts.size());
  for (std::size_t row = 0; row < times.size(); ++row) {
    const Content content = ContentOf(row);
    for (const IdentifierId id : content.identifiers) values_used[id.value] = true;
    for (const AttributeRow& attribute : content.attributes) {
      if (attribute.kind == AttributeValue::Kind::kText) texts_used[attribute.text().value] = true;
    }
  }
  const auto wipe = [](SymbolTable& table, const std::vector<bool>& used) {
    std::size_t count = 0;
    for (std::uint32_t id = 0; id < used.size(); ++id) {
      if (used[id] || table.forgotten(id)) continue;
      table.Forget(id);
      ++count;
    }
    return count;
  };
  for (Lately& of_thread : lately) {
    of_thread.texts.Clear();
    of_thread.numbers.Clear();
  }
  wiped_values += wipe(identifier_values, values_used);
  wipe(texts, texts_used);
  new_identifiers.clear();
  std::ranges::fill(new_attributes, AttributeRow{});  // numbers of the event that was offered last
  new_attributes.clear();
}

void EventLog::Forget(std::span<const EventIndex> rows, AdmissionStatus becomes) {
  JOURNEY_CHECK(becomes != AdmissionStatus::kDuplicate && becomes != AdmissionStatus::kConflict);
  for (const EventIndex row : rows) {
    JOURNEY_CHECK(row.value < size() && !forgotten(row));
    impl_->ForgetRow(row.value, becomes);
  }
  impl_->WipeUnusedTexts();
}

void EventLog::AddOffers(EventIndex row, std::vector<SourceOffers>& sums) const {
  const auto of = [&](SourceId source) -> SourceOffers& {
    const auto found = std::ranges::find(sums, source, &SourceOffers::source);
    return found == sums.end() ? sums.emplace_back(SourceOffers{.source = source}) : *found;
  };
  ++of(source(row)).accepted;
  const auto found = impl_->repeats.find(row.value);
  if (found == impl_->repeats.end()) return;
  for (const Impl::Repeats& repeated : found->second) {
    of(repeated.source).duplicates += repeated.duplicates;
    of(repeated.source).conflicts += repeated.conflicts;
  }
}

void EventLog::Recount(std::span<const SourceOffers> offers, AdmissionStatus becomes) {
  for (const SourceOffers& of_source : offers) {
    AdmissionCounts& counts = impl_->counts[of_source.source.value];
    counts[AdmissionStatus::kAccepted] -= of_source.accepted;
    counts[AdmissionStatus::kDuplicate] -= of_source.duplicates;
    counts[AdmissionStatus::kConflict] -= of_source.conflicts;
    counts[becomes] += of_source.accepted + of_source.duplicates + of_source.conflicts;
  }
}

// The sources of another log, with the same ids, their counts and the numbers they have used.
void EventLog::Impl::CopySources(const Impl& from) {
  for (std::uint32_t source = 0; source < from.counts.size(); ++source) {
    const SourceId id = InternSource(from.sources.text(source));
    counts[id.value] = from.counts[source];
    source_rows[id.value].numbered = from.source_rows[source].numbered;
    source_rows[id.value].largest = from.source_rows[source].largest;
  }
  // Whether a row with a key was given an id of its own is not kept: then all are in the index.
  numbers = !from.keys.empty() ? Numbers::kHashed : from.numbers;
}

// Requires: CopySources(from).
void EventLog::Impl::CopyRow(const Impl& from, std::uint32_t row, Event& scratch) {
  from.View(row, scratch);
  const TouchpointId touchpoint = InternTouchpoint(scratch.channel, scratch.name);
  InternLists(scratch);
  const auto copy = static_cast<std::uint32_t>(times.size());
  AppendRow(scratch, from.event_sources[row], from.sequences[row], touchpoint);
  if (!from.keys.empty()) keys.push_back(from.keys[row]);
  IndexRow(copy, false);
  HashNumbersIfSparse();
  if (const auto found = from.repeats.find(row); found != from.repeats.end()) {
    repeats.emplace(copy, found->second);
  }
}

EventLog EventLog::Until(TimePoint time) const {
  EventLog result(impl_->limits);
  Impl& kept = *result.impl_;
  kept.CopySources(*impl_);
  Event event;
  for (std::uint32_t row = 0; row < size(); ++row) {
    if (forgotten({row})) continue;
    if (impl_->times[row] > time) {
      AdmissionCounts& counts = kept.counts[impl_->event_sources[row].value];
      --counts[AdmissionStatus::kAccepted];
      ++counts[AdmissionStatus::kFuture];
      continue;
    }
    kept.CopyRow(*impl_, row, event);
  }
  return result;
}

std::vector<AdmissionCounts> EventLog::CountsWithout(std::span<const EventIndex> rows,
                                                     AdmissionStatus becomes) const {
  std::vector<AdmissionCounts> counts = impl_->counts;
  for (const EventIndex row : rows) impl_->Recount(row.value, becomes, counts);
  return counts;
}

EventLog EventLog::Without(std::span<const EventIndex> rows, AdmissionStatus becomes) const {
  std::vector<bool> left_out(size());
  for (const EventIndex row : rows) left_out[row.value] = true;
  EventLog result(impl_->limits);
  result.impl_->CopySources(*impl_);
  result.impl_->counts = CountsWithout(rows, becomes);
  Event event;
  for (std::uint32_t row = 0; row < size(); ++row) {
    if (!left_out[row] && !forgotten({row})) result.impl_->CopyRow(*impl_, row, event);
  }
  return result;
}

EventLog EventLog::WithoutForgotten(std::vector<EventIndex>* new_rows) const {
  EventLog result(impl_->limits);
  Impl& kept = *result.impl_;
  kept.CopySources(*impl_);
  const auto copy = [](const SymbolTable& from, SymbolTable& to) {
    for (std::uint32_t id = 0; id < from.size(); ++id) to.Intern(from.text(id));
  };
  copy(impl_->channels, kept.channels);
  copy(impl_->names, kept.names);
  copy(impl_->namespaces, kept.namespaces);
  copy(impl_->attribute_keys, kept.attribute_keys);
  for (const Touchpoint& touchpoint : impl_->touchpoints) {
    kept.InternTouchpoint(impl_->channels.text(touchpoint.channel.value),
                          impl_->names.text(touchpoint.name.value));
  }
  const std::size_t rows = size() - holes();
  kept.ReserveRows(rows);
  if (!impl_->keys.empty()) kept.keys.reserve(rows);
  if (new_rows != nullptr) new_rows->assign(size(), {});
  Event event;
  for (std::uint32_t row = 0; row < size(); ++row) {
    if (forgotten({row})) continue;
    if (new_rows != nullptr) (*new_rows)[row] = {static_cast<std::uint32_t>(kept.times.size())};
    kept.CopyRow(*impl_, row, event);
  }
  return result;
}

}  // namespace v0
}  // namespace journey
