// What becomes of an offer: it is looked at, turned into ids, and stored; or it meets an earlier one with its id.
#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "events/event_log_impl.h"

namespace journey {
inline namespace v0 {
namespace {

using internal::Content;

bool SameContent(const Content& a, const Content& b) {
  return a.time == b.time && a.kind == b.kind && a.touchpoint == b.touchpoint &&
         std::ranges::equal(a.identifiers, b.identifiers) && std::ranges::equal(a.attributes, b.attributes);
}

}  // namespace

Admission EventLog::Impl::InspectText(std::string_view text, EventField field, bool required) const {
  if (text.size() > limits.max_text_bytes) return {AdmissionStatus::kTooLarge, field};
  if ((required && text.empty()) || !CleanText(text)) return {AdmissionStatus::kMalformed, field};
  return {};
}

Admission EventLog::Impl::Inspect(const Event& event, RecentIds& recent, const Ahead* ahead) const {
  if (event.time < kMinTime || event.time >= kMaxTime)
    return {AdmissionStatus::kOutOfRange, EventField::kTime};
  if (event.kind >= RecordKind::kForgotten) return {AdmissionStatus::kMalformed, EventField::kNone};
  const bool is_event = event.kind == RecordKind::kEvent;
  if (const Admission result = InspectText(event.id, EventField::kId, false); !result.accepted())
    return result;
  if (const Admission result = InspectText(sources, event.source, EventField::kSource, false, recent.source);
      !result.accepted())
    return result;
  const auto sight = internal::RecentTouchpoints::SightOf(event.channel, event.name);
  recent.touchpoint = FindRecent(lately.front().touchpoints, sight, event.channel, event.name);
  if (recent.touchpoint == SymbolTable::kNotRecent) {
    if (const Admission result =
            InspectText(channels, event.channel, EventField::kChannel, is_event, recent.channel);
        !result.accepted())
      return result;
    if (const Admission result = InspectText(names, event.name, EventField::kName, is_event, recent.name);
        !result.accepted())
      return result;
  }
  constexpr EventField kIdentifier = EventField::kIdentifier;
  if (event.identifiers.size() > kMaxIdentifiers) return {AdmissionStatus::kTooLarge, kIdentifier};
  const bool pair = event.kind == RecordKind::kUnlink || event.kind == RecordKind::kRelink;
  if (pair && event.identifiers.size() != 2) return {AdmissionStatus::kMalformed, kIdentifier};
  const bool consent = event.kind == RecordKind::kConsent || event.kind == RecordKind::kWithdraw;
  if (consent && event.identifiers.empty()) return {AdmissionStatus::kMalformed, kIdentifier};
  const bool hashed = ahead != nullptr && ahead->known;
  for (std::size_t i = 0; i < event.identifiers.size(); ++i) {
    const Identifier& identifier = event.identifiers[i];
    if (hashed) {
      recent.name_spaces[i] = ahead->name_spaces[i];
      recent.identifiers[i] = ahead->ids[i];
    } else if (const Admission result =
                   InspectText(namespaces, identifier.name_space, kIdentifier, true, recent.name_spaces[i]);
               !result.accepted()) {
      return result;
    } else if (recent.name_spaces[i] != SymbolTable::kNotRecent) {
      recent.identifiers[i] = FindRecent(identifier.value, recent.name_spaces[i]);
    }
    if (recent.identifiers[i] != SymbolTable::kNotRecent) continue;  // it was found good
    if (identifier.value.size() > limits.max_identifier_bytes)
      return {AdmissionStatus::kTooLarge, kIdentifier};
    if (!CleanText(identifier.value)) return {AdmissionStatus::kMalformed, kIdentifier};
  }
  constexpr EventField kAttribute = EventField::kAttribute;
  if (event.attributes.size() > limits.max_attributes) return {AdmissionStatus::kTooLarge, kAttribute};
  for (const Attribute& attribute : event.attributes) {
    std::uint32_t key = 0;
    if (const Admission result = InspectText(attribute_keys, attribute.key, kAttribute, true, key);
        !result.accepted())
      return result;
    const AttributeValue& value = attribute.value;
    if (value.text().size() > limits.max_attribute_bytes) return {AdmissionStatus::kTooLarge, kAttribute};
    if (!std::isfinite(value.number()) ||
        (texts.FindRecent(value.text()) == SymbolTable::kNotRecent && !CleanText(value.text()))) {
      return {AdmissionStatus::kMalformed, kAttribute};
    }
    if (consent && attribute.key == kPurposeKey && value.kind() != AttributeValue::Kind::kText) {
      return {AdmissionStatus::kMalformed, kAttribute};
    }
  }
  return {};
}

bool EventLog::Impl::OverBudget(const Event& event, bool known) const {
  if ((!known && !HasRoomForRows(1)) || identifier_values.full() || texts.full()) return true;
  if (!HasRoomForIdentifiers(event.identifiers.size())) {
    std::size_t brought = 0;
    for (auto at = event.identifiers.begin(); at != event.identifiers.end(); ++at) {
      const auto same = [&](const Identifier& earlier) {
        return earlier.name_space == at->name_space && earlier.value == at->value;
      };
      if (std::any_of(event.identifiers.begin(), at, same)) continue;  // brings it once
      const auto name_space = namespaces.Find(at->name_space);
      brought += !name_space || !identifier_values.Find(at->value, *name_space);
    }
    if (brought != 0 && !HasRoomForIdentifiers(brought)) return true;
  }
  if (limits.max_bytes == UINT64_MAX) return false;
  std::size_t texts_bytes = event.channel.size() + event.name.size() + event.source.size();
  for (const Identifier& i : event.identifiers) texts_bytes += i.name_space.size() + i.value.size() + 64;
  for (const Attribute& a : event.attributes) texts_bytes += a.key.size() + a.value.text().size() + 64;
  // Small columns double when they are full, large ones take one more page each.
  const std::size_t growth =
      times.size() == times.capacity()
          ? std::min(times.capacity() * 60, std::size_t{8} * internal::kHugePageBytes) + 4096
          : 0;
  const std::size_t places = internal::RecentIdentifiers<std::string_view>::BytesFor(times.size());
  const std::size_t places_growth =
      places - std::min(places, lately.front().texts.bytes()) + lately.front().touchpoints.growth();
  const std::size_t held = places_growth + LatelyBytes() + sources.bytes() + channels.bytes() +
                           names.bytes() + namespaces.bytes() + identifier_values.bytes() +
                           attribute_keys.bytes() + texts.bytes() + times.capacity() * 60 +
                           identifiers.capacity() * sizeof(IdentifierId) + attributes.bytes() +
                           key_index.bytes() + numbered_rows.bytes();
  return held + growth + texts_bytes > limits.max_bytes;
}

SourceId EventLog::Impl::InternSource(std::string_view source, std::uint32_t recent) {
  if (recent != SymbolTable::kNotRecent) return {recent};
  const std::uint32_t id = sources.Intern(source);
  if (id == source_rows.size()) {
    source_rows.push_back({.digest = internal::FixedDigest(source)});
    counts.emplace_back();
  }
  return {id};
}

TouchpointId EventLog::Impl::InternTouchpoint(std::string_view channel, std::string_view name,
                                              const RecentIds& recent) {
  constexpr std::uint32_t kNot = SymbolTable::kNotRecent;
  if (recent.touchpoint != kNot) return {recent.touchpoint};
  if (channel.empty() || name.empty()) return {};  // a correction without a place
  const Touchpoint wanted{{recent.channel != kNot ? recent.channel : channels.Intern(channel)},
                          {recent.name != kNot ? recent.name : names.Intern(name)}};
  std::uint32_t id = FindTouchpoint(wanted);
  if (id == internal::FlatIndex::kNone) {
    id = static_cast<std::uint32_t>(touchpoints.size());
    touchpoints.push_back(wanted);
    touchpoint_index.Insert(HashOf(wanted), id);
  }
  lately.front().touchpoints.Remember(internal::RecentTouchpoints::SightOf(channel, name), id);
  return {id};
}

// The key that the event is looked for by, if that can be told already; asks memory for its place.
EventKey EventLog::Impl::KeyAhead(const Event& event) const {
  EventKey key;
  if (!event.id.empty()) {
    key = internal::DigestOfEventId(event.id);
  } else if (numbers != Numbers::kRising && event.sequence) {
    const std::uint32_t source = sources.FindRecent(event.source);
    if (source == SymbolTable::kNotRecent) return key;
    if (numbers == Numbers::kPaged) {
      numbered_rows.Prefetch({source}, *event.sequence);
      return key;
    }
    key = {source_rows[source].digest, *event.sequence};
  } else {
    return key;
  }
  key_index.Prefetch(HashOf(key));
  return key;
}

void EventLog::Impl::LookAhead(std::span<const Event> events, std::span<Ahead> ahead) const {
  for (std::size_t i = 0; i < events.size(); ++i) {
    ahead[i].key = KeyAhead(events[i]);
    const std::vector<Identifier>& list = events[i].identifiers;
    ahead[i].known = list.size() <= kMaxIdentifiers;
    if (!ahead[i].known) continue;
    for (std::size_t k = 0; k < list.size(); ++k) {
      const auto name_space = namespaces.Find(list[k].name_space);
      if (!name_space || list[k].value.size() > limits.max_identifier_bytes) {
        ahead[i].known = false;
        break;
      }
      ahead[i].name_spaces[k] = *name_space;
      ahead[i].ids[k] = FindRecent(list[k].value, *name_space);
      if (ahead[i].ids[k] != SymbolTable::kNotRecent) continue;
      ahead[i].digests[k] = identifier_values.DigestOf(list[k].value, *name_space);
      identifier_values.Prefetch(ahead[i].digests[k]);
    }
  }
}

void EventLog::Impl::RememberText(std::string_view value, std::uint32_t name_space, std::uint32_t id) {
  auto& recent = lately.front().texts;
  recent.MakePlaces(times.size());
  if (!recent.IsWorth(1)) return;
  const auto sight = internal::IdentifierSight<std::string_view>::Of(value);
  recent.At(sight, name_space) = {.sight = sight, .name_space = name_space, .id = id};
}

void EventLog::Impl::InternLists(const Event& event, const RecentIds& recent, const Ahead* ahead) {
  new_identifiers.clear();
  const bool hashed = ahead != nullptr && ahead->known;
  std::size_t remembered = 0;
  for (std::size_t i = 0; i < event.identifiers.size(); ++i) {
    if (recent.identifiers[i] != SymbolTable::kNotRecent) {
      new_identifiers.push_back({recent.identifiers[i]});
      ++remembered;
      continue;
    }
    const Identifier& identifier = event.identifiers[i];
    const std::uint32_t name_space = recent.name_spaces[i] != SymbolTable::kNotRecent
                                         ? recent.name_spaces[i]
                                         : namespaces.Intern(identifier.name_space);
    const std::uint32_t id = hashed
                                 ? identifier_values.Intern(identifier.value, name_space, ahead->digests[i])
                                 : identifier_values.Intern(identifier.value, name_space);
    RememberText(identifier.value, name_space, id);
    new_identifiers.push_back({id});
  }
  lately.front().texts.Note(event.identifiers.size(), remembered);
  if (new_identifiers.size() > 1) {
    std::ranges::sort(new_identifiers);
    new_identifiers.erase(std::unique(new_identifiers.begin(), new_identifiers.end()), new_identifiers.end());
  }

  new_attributes.clear();
  for (const Attribute& attribute : event.attributes) {
    AttributeRow row{.key = {attribute_keys.Intern(attribute.key)},
                     .kind = attribute.value.kind(),
                     .bits = internal::BitsOf(attribute.value)};
    if (row.kind == AttributeValue::Kind::kText) row.bits = texts.Intern(attribute.value.text());
    const auto same_key = std::ranges::find(new_attributes, row.key, &AttributeRow::key);
    if (same_key == new_attributes.end())
      new_attributes.push_back(row);
    else
      *same_key = row;
  }
  if (new_attributes.size() > 1) std::ranges::sort(new_attributes, {}, &AttributeRow::key);
}

void EventLog::Impl::PageNumbers() {
  numbers = Numbers::kPaged;
  for (std::uint32_t row = 0; row < times.size() && numbers == Numbers::kPaged; ++row) {
    if (IsNumbered(row)) IndexRow(row, false);
    HashNumbersIfSparse();
  }
}

void EventLog::Impl::HashNumbers() {
  numbers = Numbers::kHashed;
  numbered_rows = {};
  for (std::uint32_t row = 0; row < times.size(); ++row) {
    if (kinds[row] == RecordKind::kForgotten) continue;
    const EventKey key = KeyOf(row);
    if (FindRow(key) == internal::FlatIndex::kNone) key_index.Insert(HashOf(key), row);
  }
}

void EventLog::Impl::BeginKeys() {
  keys.reserve(times.size() + 1);
  for (std::uint32_t row = 0; row < times.size(); ++row) {
    const bool forgotten = kinds[row] == RecordKind::kForgotten;
    keys.push_back(forgotten ? EventKey{}
                             : EventKey{source_rows[event_sources[row].value].digest, sequences[row]});
  }
}

void EventLog::Impl::IndexRow(std::uint32_t row, bool has_id) {
  if (has_id || numbers == Numbers::kHashed) {
    key_index.Insert(HashOf(KeyOf(row)), row);
  } else if (numbers == Numbers::kPaged) {
    static_cast<void>(numbered_rows.Claim(event_sources[row], sequences[row]));
  }
}

void EventLog::Impl::NoteRows() {
  if (numbered_rows.sparse_if_noted()) return HashNumbers();
  const auto rows = static_cast<std::uint32_t>(times.size());
  for (std::uint32_t row = numbered_rows.noted(); row < rows; ++row) {
    if (IsNumbered(row)) numbered_rows.Note(event_sources[row], sequences[row], row);
  }
  numbered_rows.SetNoted(rows);
}

internal::Content EventLog::Impl::ContentOf(std::size_t row) const {
  const PackedRange ids = identifier_ranges[row];
  return {times[row], kinds[row], event_touchpoints[row],
          std::span<const IdentifierId>(identifiers).subspan(ids.begin(), ids.count()), attributes.Of(row)};
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
  identifier_ranges.push_back({identifiers.size(), new_identifiers.size()});
  identifiers.append(new_identifiers);
  if (!new_attributes.empty()) attributes.Set(times.size() - 1, new_attributes);
}

// Whether an offer equal to what the row holds is the first of the two in (sequence, source).
bool EventLog::Impl::ComesFirst(const Offer& offer, std::uint32_t row) const {
  if (offer.sequence != sequences[row]) return offer.sequence < sequences[row];
  return sources.text(offer.source.value) < sources.text(event_sources[row].value);
}

EventLog::Impl::Repeats& EventLog::Impl::RepeatsOf(std::uint32_t row, SourceId source) {
  auto& by_source = repeats[row];
  const auto entry = std::ranges::find(by_source, source, &Repeats::source);
  return entry == by_source.end() ? by_source.emplace_back(Repeats{source}) : *entry;
}

// Of equal offers the first stands for all.
void EventLog::Impl::Duplicate(std::uint32_t row, const Offer& offer, bool comes_first) {
  SourceId repeated_by = offer.source;
  if (comes_first) {
    repeated_by = event_sources[row];
    sequences[row] = offer.sequence;
    event_sources[row] = offer.source;
    --counts[repeated_by.value][AdmissionStatus::kAccepted];
    ++counts[offer.source.value][AdmissionStatus::kAccepted];
  }
  ++counts[repeated_by.value][AdmissionStatus::kDuplicate];
  ++RepeatsOf(row, repeated_by).duplicates;
}

// The offer takes the place of what stood in the row, which with its repeats lost the conflict.
void EventLog::Impl::TakeOver(std::uint32_t row, const Offer& offer) {
  const SourceId held_source = event_sources[row];
  --counts[held_source.value][AdmissionStatus::kAccepted];
  ++counts[held_source.value][AdmissionStatus::kConflict];
  ++RepeatsOf(row, held_source).conflicts;
  for (Repeats& repeated : repeats[row]) {
    counts[repeated.source.value][AdmissionStatus::kDuplicate] -= repeated.duplicates;
    counts[repeated.source.value][AdmissionStatus::kConflict] += repeated.duplicates;
    repeated.conflicts += std::exchange(repeated.duplicates, 0);
  }
  ClearLists(row);
  times[row] = offer.event.time;
  sequences[row] = offer.sequence;
  event_sources[row] = offer.source;
  event_touchpoints[row] = offer.touchpoint;
  kinds[row] = offer.event.kind;
  identifier_ranges[row] = {identifiers.size(), new_identifiers.size()};
  identifiers.append(new_identifiers);
  if (!new_attributes.empty()) attributes.Set(row, new_attributes);
  ++counts[offer.source.value][AdmissionStatus::kAccepted];
}

// A further offer of what `row` is known by: a duplicate, or a conflict in which the smaller content wins.
Admission EventLog::Impl::OfferAgain(std::uint32_t row, const Offer& offer, BeforeChange before_change,
                                     void* call) {
  const Content held = ContentOf(row);
  const Content offered{offer.event.time, offer.event.kind, offer.touchpoint, new_identifiers,
                        new_attributes};
  const bool same = SameContent(held, offered);
  const bool changes = same ? ComesFirst(offer, row) : Smaller(offered, held);
  if (changes && before_change != nullptr) before_change(call, {row});
  if (same) {
    Duplicate(row, offer, changes);
  } else if (changes) {
    TakeOver(row, offer);
  } else {
    ++counts[offer.source.value][AdmissionStatus::kConflict];
    ++RepeatsOf(row, offer.source).conflicts;
  }
  const AdmissionStatus status = same ? AdmissionStatus::kDuplicate : AdmissionStatus::kConflict;
  return {status, EventField::kNone, {row}};
}

}  // namespace v0
}  // namespace journey
