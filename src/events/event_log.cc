#include "journey/events/event_log.h"

#include <algorithm>
#include <bit>

#include "events/event_log_impl.h"
#include "journey/core/check.h"

namespace journey {
inline namespace v0 {

double AttributeRow::number() const {
  return std::bit_cast<double>(bits);
}

EventLog::EventLog(EventLogLimits limits) : impl_(std::make_unique<Impl>(limits)) {
  const internal::SipKey key = internal::RandomSipKey();
  impl_->key_salt[0] = internal::SipHash("0", key);
  impl_->key_salt[1] = internal::SipHash("1", key);
}
EventLog::~EventLog() = default;
EventLog::EventLog(EventLog&&) noexcept = default;
EventLog& EventLog::operator=(EventLog&&) noexcept = default;

void EventLog::AppendAll(std::span<const Event> events, std::span<Admission> answers,
                         void (*before_change)(void*, EventIndex), void* call) {
  JOURNEY_CHECK(answers.empty() || answers.size() == events.size());
  // Many that are no more than columns could hold go the way of columns, which looks up in fewer passes. Fewer are
  // done before that has begun.
  constexpr std::size_t kColumns = 1024, kWorthColumns = 128;
  const bool budget_of_bytes = impl_->limits.max_bytes != UINT64_MAX;  // is looked at event by event
  if (events.size() < kWorthColumns || budget_of_bytes)
    return AppendTogether(events, answers, before_change, call);
  for (std::size_t begin = 0; begin < events.size(); begin += kColumns) {
    const std::size_t count = std::min(kColumns, events.size() - begin);
    const auto some = events.subspan(begin, count);
    const auto some_answers = answers.empty() ? answers : answers.subspan(begin, count);
    const bool plain = impl_->plain.Fill(some);
    if (plain)
      AppendColumns(impl_->plain.columns(), some_answers, 1, before_change, call);
    else
      AppendTogether(some, some_answers, before_change, call);
    impl_->plain.WipeValues();
  }
}

void EventLog::AppendTogether(std::span<const Event> events, std::span<Admission> answers,
                              void (*before_change)(void*, EventIndex), void* call) {
  constexpr std::size_t kTogether = 32;
  std::array<Ahead, kTogether> ahead;
  for (std::size_t begin = 0; begin < events.size(); begin += kTogether) {
    const auto batch = events.subspan(begin, std::min(kTogether, events.size() - begin));
    impl_->LookAhead(batch, ahead);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const Admission answer = AppendAnd(batch[i], before_change, call, &ahead[i]);
      if (!answers.empty()) answers[begin + i] = answer;
    }
  }
}

Admission EventLog::AppendAnd(const Event& event, void (*before_change)(void*, EventIndex), void* call,
                              const Ahead* ahead) {
  Impl& log = *impl_;
  Impl::RecentIds recent;
  if (const Admission result = log.Inspect(event, recent, ahead); !result.accepted()) {
    Reject(event.source, result.status);
    return result;
  }
  const SourceId source = log.InternSource(event.source, recent.source);
  Impl::Source& numbers = log.source_rows[source.value];
  const auto over_budget = [&]() -> Admission {
    ++log.counts[source.value][AdmissionStatus::kOverBudget];
    return {AdmissionStatus::kOverBudget};
  };
  const bool has_id = !event.id.empty();
  if (!has_id && !event.sequence && numbers.used_up()) return over_budget();
  const std::uint64_t sequence = event.sequence ? *event.sequence : has_id ? 0 : numbers.Next();
  const auto key_of_id = [&] { return ahead != nullptr ? ahead->key : internal::DigestOfEventId(event.id); };
  const EventKey key = has_id ? key_of_id() : EventKey{numbers.digest, sequence};
  const bool new_number = !has_id && !(numbers.numbered && sequence <= numbers.largest);
  std::uint32_t known = internal::FlatIndex::kNone;
  if (has_id) {
    known = log.FindRow(key);
  } else if (!new_number) {
    log.IndexNumberedRows();
    known = log.FindNumbered(source, sequence);
  }
  const bool is_known = known != internal::FlatIndex::kNone;
  if (log.OverBudget(event, is_known)) return over_budget();
  const TouchpointId touchpoint = log.InternTouchpoint(event.channel, event.name, recent);
  log.InternLists(event, recent, ahead);
  if (is_known) return log.OfferAgain(known, {event, source, sequence, touchpoint}, before_change, call);
  if (new_number) {
    numbers.numbered = true;
    numbers.largest = sequence;
  }
  const auto row = static_cast<std::uint32_t>(log.times.size());
  if (has_id && log.keys.empty() && row != 0) log.BeginKeys();
  log.AppendRow(event, source, sequence, touchpoint);
  if (has_id || !log.keys.empty()) log.keys.push_back(key);
  log.IndexRow(row, has_id);
  log.HashNumbersIfSparse();
  log.NoteRowsIfSteady();
  ++log.counts[source.value][AdmissionStatus::kAccepted];
  return {AdmissionStatus::kAccepted, EventField::kNone, {row}};
}

void EventLog::Reject(std::string_view source, AdmissionStatus status) {
  JOURNEY_CHECK(status != AdmissionStatus::kAccepted && status != AdmissionStatus::kDuplicate &&
                status != AdmissionStatus::kConflict);
  // A source that could not be one is not named.
  const bool nameable = impl_->InspectText(source, EventField::kSource, false).accepted();
  ++impl_->counts[impl_->InternSource(nameable ? source : std::string_view()).value][status];
}

std::size_t EventLog::size() const {
  return impl_->times.size();
}
std::size_t EventLog::holes() const {
  return impl_->holes;
}
TimePoint EventLog::time(EventIndex event) const {
  return impl_->times[event.value];
}
std::uint64_t EventLog::sequence(EventIndex event) const {
  return impl_->sequences[event.value];
}
EventKey EventLog::key(EventIndex event) const {
  return impl_->KeyOf(event.value);
}
SourceId EventLog::source(EventIndex event) const {
  return impl_->event_sources[event.value];
}
RecordKind EventLog::kind(EventIndex event) const {
  return impl_->kinds[event.value];
}
TouchpointId EventLog::touchpoint(EventIndex event) const {
  return impl_->event_touchpoints[event.value];
}

std::span<const IdentifierId> EventLog::identifiers(EventIndex event) const {
  const internal::PackedRange range = impl_->identifier_ranges[event.value];
  return std::span<const IdentifierId>(impl_->identifiers).subspan(range.begin(), range.count());
}
std::span<const AttributeRow> EventLog::attributes(EventIndex event) const {
  return impl_->attributes.Of(event.value);
}
const AttributeRow* EventLog::FindAttribute(EventIndex event, KeyId key) const {
  const std::span<const AttributeRow> rows = attributes(event);
  const auto found = std::ranges::find(rows, key, &AttributeRow::key);
  return found == rows.end() ? nullptr : &*found;
}

bool EventLog::Before(EventIndex a, EventIndex b) const {
  const Impl& log = *impl_;
  if (log.times[a.value] != log.times[b.value]) return log.times[a.value] < log.times[b.value];
  if (log.sequences[a.value] != log.sequences[b.value])
    return log.sequences[a.value] < log.sequences[b.value];
  return log.KeyOf(a.value) < log.KeyOf(b.value);
}

std::span<const TimePoint> EventLog::times() const {
  return impl_->times;
}
std::span<const std::uint64_t> EventLog::sequences() const {
  return impl_->sequences;
}
std::span<const RecordKind> EventLog::kinds() const {
  return impl_->kinds;
}
std::span<const TouchpointId> EventLog::touchpoint_column() const {
  return impl_->event_touchpoints;
}

const SymbolTable& EventLog::sources() const {
  return impl_->sources;
}
const SymbolTable& EventLog::channels() const {
  return impl_->channels;
}
const SymbolTable& EventLog::names() const {
  return impl_->names;
}
const SymbolTable& EventLog::namespaces() const {
  return impl_->namespaces;
}
const SymbolTable& EventLog::identifier_values() const {
  return impl_->identifier_values;
}
const SymbolTable& EventLog::attribute_keys() const {
  return impl_->attribute_keys;
}
const SymbolTable& EventLog::texts() const {
  return impl_->texts;
}
std::span<const Touchpoint> EventLog::touchpoints() const {
  return impl_->touchpoints;
}

std::size_t EventLog::events() const {
  // In bytes as long as these do not overflow, so that a compiler counts many rows at once.
  constexpr std::size_t kAtOnce = 255;
  const std::span<const RecordKind> kinds = impl_->kinds;
  std::size_t count = 0;
  for (std::size_t begin = 0; begin < kinds.size(); begin += kAtOnce) {
    std::uint8_t some = 0;
    for (const RecordKind kind : kinds.subspan(begin, std::min(kAtOnce, kinds.size() - begin)))
      some = static_cast<std::uint8_t>(some + (kind == RecordKind::kEvent));
    count += some;
  }
  return count;
}

AdmissionCounts EventLog::admissions() const {
  AdmissionCounts total;
  for (const AdmissionCounts& counts : impl_->counts) total += counts;
  return total;
}
std::span<const AdmissionCounts> EventLog::admissions_by_source() const {
  return impl_->counts;
}

std::size_t EventLog::bytes() const {
  const Impl& log = *impl_;
  return sizeof(Impl) + log.sources.bytes() + log.channels.bytes() + log.names.bytes() +
         log.namespaces.bytes() + log.identifier_values.bytes() + log.attribute_keys.bytes() +
         log.texts.bytes() + log.times.capacity() * sizeof(TimePoint) +
         log.sequences.capacity() * sizeof(std::uint64_t) + log.event_sources.capacity() * sizeof(SourceId) +
         log.event_touchpoints.capacity() * sizeof(TouchpointId) + log.keys.capacity() * sizeof(EventKey) +
         log.identifier_ranges.capacity() * sizeof(internal::PackedRange) +
         log.identifiers.size() * sizeof(IdentifierId) + log.attributes.bytes() + log.key_index.bytes() +
         log.numbered_rows.bytes() + log.repeats.size() * 96 + log.LatelyBytes();
}

}  // namespace v0
}  // namespace journey
