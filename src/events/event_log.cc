#include "journey/events/event_log.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "core/sip_hash.h"
#include "core/utf8.h"
#include "journey/core/check.h"
#include "journey/core/flat_index.h"

namespace journey {
inline namespace v0 {
namespace {

// Where the identifiers or attributes of an event lie in their common array: 56 bits begin, 8 bits count.
class PackedRange {
 public:
  PackedRange() = default;
  PackedRange(std::size_t begin, std::size_t count) : bits_(begin << 8 | count) {}
  [[nodiscard]] std::size_t begin() const { return bits_ >> 8; }
  [[nodiscard]] std::size_t count() const { return bits_ & 0xFF; }

 private:
  std::uint64_t bits_ = 0;
};

// What an event says, apart from how it came: the part that a duplicate has in common with its first.
struct Content {
  TimePoint time;
  RecordKind kind;
  TouchpointId touchpoint;
  std::span<const IdentifierId> identifiers;
  std::span<const AttributeRow> attributes;
};

bool SameContent(const Content& a, const Content& b) {
  return a.time == b.time && a.kind == b.kind && a.touchpoint == b.touchpoint &&
         std::ranges::equal(a.identifiers, b.identifiers) && std::ranges::equal(a.attributes, b.attributes);
}

std::uint64_t BitsOf(const AttributeValue& value) {
  switch (value.kind()) {
    case AttributeValue::Kind::kText:
      return 0;
    case AttributeValue::Kind::kNumber:
      return std::bit_cast<std::uint64_t>(value.number() + 0.0);  // -0 is 0
    case AttributeValue::Kind::kBoolean:
      return value.boolean() ? 1 : 0;
  }
  return 0;
}

}  // namespace

double AttributeRow::number() const {
  return std::bit_cast<double>(bits);
}

struct EventLog::Impl {
  explicit Impl(EventLogLimits log_limits) : limits(log_limits) {}

  // A source: its digest, and the numbers that its events without an id have had so far.
  struct Source {
    std::uint64_t digest = 0;
    bool numbered = false;      // there was one
    std::uint64_t largest = 0;  // of them
    [[nodiscard]] std::uint64_t Next() const {
      return numbered && largest != UINT64_MAX ? largest + 1 : largest;
    }
  };

  EventLogLimits limits;
  SymbolTable sources, channels, names, namespaces, identifier_values, attribute_keys, texts;
  std::vector<Source> source_rows;
  std::vector<AdmissionCounts> counts;  // by source
  std::vector<Touchpoint> touchpoints;
  internal::FlatIndex touchpoint_index;

  std::vector<TimePoint> times;
  std::vector<std::uint64_t> sequences;
  std::vector<SourceId> event_sources;
  std::vector<TouchpointId> event_touchpoints;
  std::vector<RecordKind> kinds;
  std::vector<EventKey> keys;  // empty as long as no event had an id of its own
  std::vector<PackedRange> identifier_ranges, attribute_ranges;
  std::vector<IdentifierId> identifiers;
  std::vector<AttributeRow> attributes;

  // Key -> row. Events without an id are left out of it as long as the numbers of each source only rise: then
  // none of them can be a second offer.
  internal::FlatIndex key_index;
  std::uint64_t key_salt[2] = {};
  bool numbers_indexed = false;

  // Per row with more than one offer of its content: by which sources the further ones came.
  std::unordered_map<std::uint32_t, std::vector<std::pair<SourceId, std::uint64_t>>> repeats;

  // The event at hand, in ids; kept to save allocations.
  std::vector<IdentifierId> new_identifiers;
  std::vector<AttributeRow> new_attributes;

  [[nodiscard]] bool CleanText(std::string_view text) const { return internal::IsCleanUtf8(text); }

  [[nodiscard]] Admission Inspect(const Event& event) const;
  [[nodiscard]] Admission InspectText(std::string_view text, EventField field, bool required) const;
  [[nodiscard]] bool OverBudget(const Event& event) const;

  SourceId InternSource(std::string_view source);
  TouchpointId InternTouchpoint(std::string_view channel, std::string_view name);
  void InternLists(const Event& event);

  [[nodiscard]] EventKey KeyOf(std::size_t row) const {
    return keys.empty() ? EventKey{source_rows[event_sources[row].value].digest, sequences[row]} : keys[row];
  }
  [[nodiscard]] std::uint64_t HashOf(EventKey key) const {
    return internal::Mix(internal::Mix(key.high ^ key_salt[0]) + (key.low ^ key_salt[1]));
  }
  [[nodiscard]] std::uint32_t FindRow(EventKey key) const {
    return key_index.Find(HashOf(key), [&](std::uint32_t row) { return KeyOf(row) == key; });
  }
  void IndexNumberedRows();

  // Fills in what a row says, apart from its id.
  void View(std::size_t row, Event& event) const;
  [[nodiscard]] Content ContentOf(std::size_t row) const;
  [[nodiscard]] bool Smaller(const Content& a, const Content& b) const;

  void AppendRow(const Event& event, SourceId source, std::uint64_t sequence, TouchpointId touchpoint);
  Admission OfferAgain(std::uint32_t row, const Event& event, SourceId source, std::uint64_t sequence,
                       TouchpointId touchpoint);
};

Admission EventLog::Impl::InspectText(std::string_view text, EventField field, bool required) const {
  if (text.size() > limits.max_text_bytes) return {AdmissionStatus::kTooLarge, field};
  if ((required && text.empty()) || !CleanText(text)) return {AdmissionStatus::kMalformed, field};
  return {};
}

Admission EventLog::Impl::Inspect(const Event& event) const {
  if (event.time < kMinTime || event.time >= kMaxTime)
    return {AdmissionStatus::kOutOfRange, EventField::kTime};
  const bool is_event = event.kind == RecordKind::kEvent;
  const std::tuple<std::string_view, EventField, bool> texts_to_inspect[] = {
      {event.id, EventField::kId, false},
      {event.source, EventField::kSource, false},
      {event.channel, EventField::kChannel, is_event},
      {event.name, EventField::kName, is_event}};
  for (const auto& [text, field, required] : texts_to_inspect) {
    if (const Admission result = InspectText(text, field, required); !result.accepted()) return result;
  }
  constexpr EventField kIdentifier = EventField::kIdentifier;
  if (event.identifiers.size() > kMaxIdentifiers) return {AdmissionStatus::kTooLarge, kIdentifier};
  const bool pair = event.kind == RecordKind::kUnlink || event.kind == RecordKind::kRelink;
  if (pair && event.identifiers.size() != 2) return {AdmissionStatus::kMalformed, kIdentifier};
  for (const Identifier& identifier : event.identifiers) {
    if (const Admission result = InspectText(identifier.name_space, kIdentifier, true); !result.accepted()) {
      return result;
    }
    if (identifier.value.size() > limits.max_identifier_bytes)
      return {AdmissionStatus::kTooLarge, kIdentifier};
    if (!CleanText(identifier.value)) return {AdmissionStatus::kMalformed, kIdentifier};
  }
  constexpr EventField kAttribute = EventField::kAttribute;
  if (event.attributes.size() > limits.max_attributes) return {AdmissionStatus::kTooLarge, kAttribute};
  for (const Attribute& attribute : event.attributes) {
    if (const Admission result = InspectText(attribute.key, kAttribute, true); !result.accepted())
      return result;
    const AttributeValue& value = attribute.value;
    if (value.text().size() > limits.max_attribute_bytes) return {AdmissionStatus::kTooLarge, kAttribute};
    if (!CleanText(value.text()) || !std::isfinite(value.number())) {
      return {AdmissionStatus::kMalformed, kAttribute};
    }
  }
  return {};
}

bool EventLog::Impl::OverBudget(const Event& event) const {
  if (times.size() >= limits.max_events) return true;
  if (limits.max_bytes == UINT64_MAX) return false;
  std::size_t texts_bytes = event.channel.size() + event.name.size() + event.source.size();
  for (const Identifier& i : event.identifiers) texts_bytes += i.name_space.size() + i.value.size() + 64;
  for (const Attribute& a : event.attributes) texts_bytes += a.key.size() + a.value.text().size() + 64;
  // Columns double when they are full, so that what the next event may cost is what they hold.
  const std::size_t growth = times.size() == times.capacity() ? times.capacity() * 60 + 4096 : 0;
  const std::size_t held = sources.bytes() + channels.bytes() + names.bytes() + namespaces.bytes() +
                           identifier_values.bytes() + attribute_keys.bytes() + texts.bytes() +
                           times.capacity() * 60 + identifiers.capacity() * sizeof(IdentifierId) +
                           attributes.capacity() * sizeof(AttributeRow) + key_index.bytes();
  return held + growth + texts_bytes > limits.max_bytes;
}

SourceId EventLog::Impl::InternSource(std::string_view source) {
  const std::uint32_t id = sources.Intern(source);
  if (id == source_rows.size()) {
    source_rows.push_back({.digest = internal::FixedDigest(source)});
    counts.emplace_back();
  }
  return {id};
}

TouchpointId EventLog::Impl::InternTouchpoint(std::string_view channel, std::string_view name) {
  if (channel.empty() || name.empty()) return {};  // a correction without a place
  const Touchpoint wanted{{channels.Intern(channel)}, {names.Intern(name)}};
  const std::uint64_t hash =
      internal::Mix(key_salt[0] ^ (std::uint64_t{wanted.channel.value} << 32 | wanted.name.value));
  std::uint32_t id =
      touchpoint_index.Find(hash, [&](std::uint32_t row) { return touchpoints[row] == wanted; });
  if (id == internal::FlatIndex::kNone) {
    id = static_cast<std::uint32_t>(touchpoints.size());
    touchpoints.push_back(wanted);
    touchpoint_index.Insert(hash, id);
  }
  return {id};
}

void EventLog::Impl::InternLists(const Event& event) {
  new_identifiers.clear();
  for (const Identifier& identifier : event.identifiers) {
    const std::uint32_t name_space = namespaces.Intern(identifier.name_space);
    new_identifiers.push_back({identifier_values.Intern(identifier.value, name_space)});
  }
  std::ranges::sort(new_identifiers);
  new_identifiers.erase(std::unique(new_identifiers.begin(), new_identifiers.end()), new_identifiers.end());

  new_attributes.clear();
  for (const Attribute& attribute : event.attributes) {
    AttributeRow row{.key = {attribute_keys.Intern(attribute.key)},
                     .kind = attribute.value.kind(),
                     .bits = BitsOf(attribute.value)};
    if (row.kind == AttributeValue::Kind::kText) row.bits = texts.Intern(attribute.value.text());
    const auto same_key = std::ranges::find(new_attributes, row.key, &AttributeRow::key);
    if (same_key == new_attributes.end())
      new_attributes.push_back(row);
    else
      *same_key = row;
  }
  std::ranges::sort(new_attributes, {}, &AttributeRow::key);
}

void EventLog::Impl::IndexNumberedRows() {
  if (numbers_indexed) return;
  numbers_indexed = true;
  for (std::uint32_t row = 0; row < times.size(); ++row) {
    const EventKey key = KeyOf(row);
    if (FindRow(key) == internal::FlatIndex::kNone) key_index.Insert(HashOf(key), row);
  }
}

Content EventLog::Impl::ContentOf(std::size_t row) const {
  const PackedRange ids = identifier_ranges[row];
  const PackedRange attrs = attribute_ranges[row];
  return {times[row], kinds[row], event_touchpoints[row],
          std::span(identifiers).subspan(ids.begin(), ids.count()),
          std::span(attributes).subspan(attrs.begin(), attrs.count())};
}

void EventLog::Impl::View(std::size_t row, Event& event) const {
  const Content content = ContentOf(row);
  event.time = content.time;
  event.kind = content.kind;
  event.sequence = sequences[row];
  event.source = sources.text(event_sources[row].value);
  event.channel = event.name = {};
  if (content.touchpoint.valid()) {
    const Touchpoint touchpoint = touchpoints[content.touchpoint.value];
    event.channel = channels.text(touchpoint.channel.value);
    event.name = names.text(touchpoint.name.value);
  }
  event.identifiers.clear();
  for (const IdentifierId id : content.identifiers) {
    event.identifiers.push_back(
        {namespaces.text(identifier_values.tag(id.value)), identifier_values.text(id.value)});
  }
  event.attributes.clear();
  for (const AttributeRow& row_of : content.attributes) {
    const auto value = [&]() -> AttributeValue {
      switch (row_of.kind) {
        case AttributeValue::Kind::kText:
          return texts.text(row_of.text().value);
        case AttributeValue::Kind::kNumber:
          return row_of.number();
        case AttributeValue::Kind::kBoolean:
          return row_of.boolean();
      }
      return {};
    };
    event.attributes.push_back({attribute_keys.text(row_of.key.value), value()});
  }
}

// By what the content says, never by the ids, which depend on the order of arrival.
bool EventLog::Impl::Smaller(const Content& a, const Content& b) const {
  const auto touchpoint_text = [&](const Content& c) {
    if (!c.touchpoint.valid()) return std::pair<std::string_view, std::string_view>();
    const Touchpoint touchpoint = touchpoints[c.touchpoint.value];
    return std::pair(channels.text(touchpoint.channel.value), names.text(touchpoint.name.value));
  };
  const auto identifier_texts = [&](const Content& c) {
    std::vector<std::pair<std::string_view, std::string_view>> out;
    for (const IdentifierId id : c.identifiers) {
      out.emplace_back(namespaces.text(identifier_values.tag(id.value)), identifier_values.text(id.value));
    }
    std::ranges::sort(out);
    return out;
  };
  const auto attribute_texts = [&](const Content& c) {
    std::vector<std::tuple<std::string_view, AttributeValue::Kind, std::string_view, std::uint64_t>> out;
    for (const AttributeRow& row : c.attributes) {
      const bool is_text = row.kind == AttributeValue::Kind::kText;
      out.emplace_back(attribute_keys.text(row.key.value), row.kind,
                       is_text ? texts.text(row.text().value) : std::string_view(), is_text ? 0 : row.bits);
    }
    std::ranges::sort(out);
    return out;
  };
  if (a.time != b.time) return a.time < b.time;
  if (a.kind != b.kind) return a.kind < b.kind;
  if (a.touchpoint != b.touchpoint) return touchpoint_text(a) < touchpoint_text(b);
  if (const auto x = identifier_texts(a), y = identifier_texts(b); x != y) return x < y;
  return attribute_texts(a) < attribute_texts(b);
}

void EventLog::Impl::AppendRow(const Event& event, SourceId source, std::uint64_t sequence,
                               TouchpointId touchpoint) {
  times.push_back(event.time);
  sequences.push_back(sequence);
  event_sources.push_back(source);
  event_touchpoints.push_back(touchpoint);
  kinds.push_back(event.kind);
  identifier_ranges.emplace_back(identifiers.size(), new_identifiers.size());
  identifiers.insert(identifiers.end(), new_identifiers.begin(), new_identifiers.end());
  attribute_ranges.emplace_back(attributes.size(), new_attributes.size());
  attributes.insert(attributes.end(), new_attributes.begin(), new_attributes.end());
}

// A further offer of what `row` is known by: a duplicate, or a conflict in which the smaller content wins.
Admission EventLog::Impl::OfferAgain(std::uint32_t row, const Event& event, SourceId source,
                                     std::uint64_t sequence, TouchpointId touchpoint) {
  const Content held = ContentOf(row);
  const Content offered{event.time, event.kind, touchpoint, new_identifiers, new_attributes};
  const SourceId held_source = event_sources[row];
  if (SameContent(held, offered)) {
    // Of equal ones the first in (sequence, source) stands for all.
    const auto place = [&](std::uint64_t number, SourceId id) {
      return std::pair(number, sources.text(id.value));
    };
    SourceId repeated_by = source;
    if (place(sequence, source) < place(sequences[row], held_source)) {
      sequences[row] = sequence;
      event_sources[row] = source;
      repeated_by = held_source;
      --counts[held_source.value][AdmissionStatus::kAccepted];
      ++counts[source.value][AdmissionStatus::kAccepted];
    }
    ++counts[repeated_by.value][AdmissionStatus::kDuplicate];
    auto& by_source = repeats[row];
    const auto entry = std::ranges::find(by_source, repeated_by, &std::pair<SourceId, std::uint64_t>::first);
    if (entry == by_source.end())
      by_source.emplace_back(repeated_by, 1);
    else
      ++entry->second;
    return {AdmissionStatus::kDuplicate};
  }
  if (!Smaller(offered, held)) {
    ++counts[source.value][AdmissionStatus::kConflict];
    return {AdmissionStatus::kConflict};
  }
  // The new offer takes over: what stood here, and its repeats, lost the conflict.
  --counts[held_source.value][AdmissionStatus::kAccepted];
  ++counts[held_source.value][AdmissionStatus::kConflict];
  if (const auto found = repeats.find(row); found != repeats.end()) {
    for (const auto& [by, count] : found->second) {
      counts[by.value][AdmissionStatus::kDuplicate] -= count;
      counts[by.value][AdmissionStatus::kConflict] += count;
    }
    repeats.erase(found);
  }
  times[row] = event.time;
  sequences[row] = sequence;
  event_sources[row] = source;
  event_touchpoints[row] = touchpoint;
  kinds[row] = event.kind;
  identifier_ranges[row] = {identifiers.size(), new_identifiers.size()};
  identifiers.insert(identifiers.end(), new_identifiers.begin(), new_identifiers.end());
  attribute_ranges[row] = {attributes.size(), new_attributes.size()};
  attributes.insert(attributes.end(), new_attributes.begin(), new_attributes.end());
  ++counts[source.value][AdmissionStatus::kAccepted];
  return {AdmissionStatus::kConflict};
}

EventLog::EventLog(EventLogLimits limits) : impl_(std::make_unique<Impl>(limits)) {
  const internal::SipKey key = internal::RandomSipKey();
  impl_->key_salt[0] = internal::SipHash("0", key);
  impl_->key_salt[1] = internal::SipHash("1", key);
}
EventLog::~EventLog() = default;
EventLog::EventLog(EventLog&&) noexcept = default;
EventLog& EventLog::operator=(EventLog&&) noexcept = default;

Admission EventLog::Append(const Event& event) {
  Impl& log = *impl_;
  if (const Admission result = log.Inspect(event); !result.accepted()) {
    Reject(event.source, result.status);
    return result;
  }
  if (log.OverBudget(event)) {
    Reject(event.source, AdmissionStatus::kOverBudget);
    return {AdmissionStatus::kOverBudget};
  }
  const SourceId source = log.InternSource(event.source);
  const TouchpointId touchpoint = log.InternTouchpoint(event.channel, event.name);
  log.InternLists(event);

  Impl::Source& numbers = log.source_rows[source.value];
  const bool has_id = !event.id.empty();
  const std::uint64_t sequence = event.sequence.value_or(has_id ? 0 : numbers.Next());
  const EventKey key = has_id ? internal::DigestOfEventId(event.id) : EventKey{numbers.digest, sequence};
  bool may_be_known = has_id;
  if (!has_id) {
    may_be_known = numbers.numbered && sequence <= numbers.largest;
    if (may_be_known) {
      log.IndexNumberedRows();
    } else {
      numbers.numbered = true;
      numbers.largest = sequence;
    }
  }
  if (may_be_known) {
    if (const std::uint32_t row = log.FindRow(key); row != internal::FlatIndex::kNone) {
      return log.OfferAgain(row, event, source, sequence, touchpoint);
    }
  }
  const auto row = static_cast<std::uint32_t>(log.times.size());
  if (has_id && log.keys.empty() && row != 0) {
    log.keys.reserve(row + 1);
    for (std::uint32_t i = 0; i < row; ++i) {
      log.keys.push_back({log.source_rows[log.event_sources[i].value].digest, log.sequences[i]});
    }
  }
  log.AppendRow(event, source, sequence, touchpoint);
  if (has_id || !log.keys.empty()) log.keys.push_back(key);
  if (has_id || log.numbers_indexed) log.key_index.Insert(log.HashOf(key), row);
  ++log.counts[source.value][AdmissionStatus::kAccepted];
  return {};
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
  return impl_->ContentOf(event.value).identifiers;
}
std::span<const AttributeRow> EventLog::attributes(EventIndex event) const {
  return impl_->ContentOf(event.value).attributes;
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
  return static_cast<std::size_t>(std::ranges::count(impl_->kinds, RecordKind::kEvent));
}

AdmissionCounts EventLog::admissions() const {
  AdmissionCounts total;
  for (const AdmissionCounts& counts : impl_->counts) total += counts;
  return total;
}
std::span<const AdmissionCounts> EventLog::admissions_by_source() const {
  return impl_->counts;
}

EventLog EventLog::Until(TimePoint time) const {
  const Impl& log = *impl_;
  EventLog result(log.limits);
  Impl& kept = *result.impl_;
  for (std::uint32_t source = 0; source < log.counts.size(); ++source) {
    kept.counts[kept.InternSource(log.sources.text(source)).value] = log.counts[source];
  }
  kept.numbers_indexed = true;
  Event event;
  for (std::uint32_t row = 0; row < log.times.size(); ++row) {
    const SourceId source = log.event_sources[row];  // the same id there: sources were interned in order
    if (log.times[row] > time) {
      --kept.counts[source.value][AdmissionStatus::kAccepted];
      ++kept.counts[source.value][AdmissionStatus::kFuture];
      continue;
    }
    log.View(row, event);
    const TouchpointId touchpoint = kept.InternTouchpoint(event.channel, event.name);
    kept.InternLists(event);
    const auto kept_row = static_cast<std::uint32_t>(kept.times.size());
    kept.AppendRow(event, source, log.sequences[row], touchpoint);
    kept.keys.push_back(log.KeyOf(row));
    kept.key_index.Insert(kept.HashOf(kept.keys.back()), kept_row);
    if (const auto found = log.repeats.find(row); found != log.repeats.end()) {
      kept.repeats.emplace(kept_row, found->second);
    }
  }
  for (std::uint32_t source = 0; source < log.source_rows.size(); ++source) {
    kept.source_rows[source].numbered = log.source_rows[source].numbered;
    kept.source_rows[source].largest = log.source_rows[source].largest;
  }
  return result;
}

std::size_t EventLog::bytes() const {
  const Impl& log = *impl_;
  return sizeof(Impl) + log.sources.bytes() + log.channels.bytes() + log.names.bytes() +
         log.namespaces.bytes() + log.identifier_values.bytes() + log.attribute_keys.bytes() +
         log.texts.bytes() + log.times.capacity() * sizeof(TimePoint) +
         log.sequences.capacity() * sizeof(std::uint64_t) + log.event_sources.capacity() * sizeof(SourceId) +
         log.event_touchpoints.capacity() * sizeof(TouchpointId) + log.keys.capacity() * sizeof(EventKey) +
         (log.identifier_ranges.capacity() + log.attribute_ranges.capacity()) * sizeof(PackedRange) +
         log.identifiers.capacity() * sizeof(IdentifierId) +
         log.attributes.capacity() * sizeof(AttributeRow) + log.key_index.bytes() + log.repeats.size() * 64;
}

}  // namespace v0
}  // namespace journey
