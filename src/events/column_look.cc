// What is known of the rows of a block before anything changes, by all threads.
#include "events/column_appender.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace journey {
inline namespace v0 {

void EventLog::ColumnAppender::Look(std::size_t first, std::size_t end, unsigned thread) {
  Part& part = parts[thread];
  Impl::Lately& seen = impl.lately[thread];
  LookForTouchpoints(first, end, seen.touchpoints);
  constexpr std::int64_t kFrom = kMinTime.time_since_epoch().count();
  constexpr std::int64_t kUntil = kMaxTime.time_since_epoch().count();
  const TimePoint* const times = columns.times.data() + block.begin;
  const std::uint32_t* const touchpoints = block.touchpoints.data();
  std::uint8_t* const states = block.states.data();
  for (std::size_t i = first; i < end; ++i) {
    const std::int64_t time = times[i].time_since_epoch().count();
    const bool good = (time >= kFrom) & (time < kUntil) & (touchpoints[i] != kNone);
    states[i] = good ? kPlain : kByEvent;
  }
  for (std::uint32_t list = 0; list < columns.identifiers.size(); ++list) {
    const IdentifierColumn& column = columns.identifiers[list];
    if (!column.texts.empty())
      LookFor(list, column.texts.subspan(block.begin), first, end, part.texts, seen.texts, part);
    else
      LookFor(list, column.numbers.subspan(block.begin), first, end, part.numbers, seen.numbers, part);
  }
  CountIdentifiers(first, end, part);
  attributes.Look(block.begin, first, end, block.states, kByEvent);
  if (columns.ids.empty()) return;
  for (std::size_t i = first; i < end; ++i) LookForKey(i);
}

void EventLog::ColumnAppender::LookForTouchpoints(std::size_t first, std::size_t end,
                                                  internal::RecentTouchpoints& seen) {
  std::uint32_t* const found = block.touchpoints.data();
  if (columns.names.empty()) {
    const TouchpointId* const wanted = columns.touchpoints.data() + block.begin;
    const auto known = static_cast<std::uint32_t>(impl.touchpoints.size());
    for (std::size_t i = first; i < end; ++i) found[i] = wanted[i].value < known ? wanted[i].value : kNone;
  } else {
    for (std::size_t i = first; i < end; ++i) found[i] = TouchpointAt(block.begin + i, seen);
  }
}

std::uint32_t EventLog::ColumnAppender::TouchpointAt(std::size_t row, internal::RecentTouchpoints& seen) {
  const std::string_view channel = columns.channels[row], name = columns.names[row];
  const auto sight = internal::RecentTouchpoints::SightOf(channel, name);
  std::uint32_t touchpoint = impl.FindRecent(seen, sight, channel, name);
  if (touchpoint != SymbolTable::kNotRecent) return touchpoint;
  touchpoint = FindTouchpoint(channel, name);
  if (touchpoint != kNone) seen.Remember(sight, touchpoint);
  return touchpoint;
}

std::uint32_t EventLog::ColumnAppender::FindTouchpoint(std::string_view channel,
                                                       std::string_view name) const {
  const auto channel_id = impl.channels.Find(channel);
  const auto name_id = impl.names.Find(name);
  return channel_id && name_id ? impl.FindTouchpoint({{*channel_id}, {*name_id}}) : kNone;
}

// Which rows have an identifier in this column, and what the log knows of it.
template <typename Value>
void EventLog::ColumnAppender::LookFor(std::uint32_t list, std::span<const Value> values, std::size_t first,
                                       std::size_t end, Asked<Value>& asked,
                                       internal::RecentIdentifiers<Value>& recent, Part& part) {
  std::uint32_t* const ids = &block.ids[list * block.size];
  if (!name_spaces[list].valid()) {
    for (std::size_t i = first; i < end; ++i) {
      ids[i] = IsThere(values[i]) ? kMissing : kNone;
      if (ids[i] != kNone) block.states[i] = kByEvent;
    }
    return;
  }
  std::size_t count = 0;
  for (std::size_t i = first; i < end; ++i) {
    asked.rows[count] = static_cast<std::uint32_t>(i);
    count += static_cast<std::size_t>(IsThere(values[i]));
  }
  std::fill(ids + first, ids + end, kNone);
  asked.count = count;
  asked.again_count = 0;
  const bool remember = recent.IsWorth(count);
  if (remember && recent.seeks())
    LeaveOutRecent<true>(list, values, ids, asked, recent, part);
  else if (remember)
    LeaveOutRecent<false>(list, values, ids, asked, recent, part);
  asked.most = std::max(asked.most, asked.count);
  for (std::size_t at = 0; at < asked.count; ++at) {
    asked.values[at] = values[asked.rows[at]];
    // Too long a text is not looked up, as its row will be an event.
    if (TooLong(asked.values[at])) {
      asked.values[at] = {};
      block.states[asked.rows[at]] = kByEvent;
    }
  }
  impl.identifier_values.FindAll(std::span<const Value>(asked.values).first(asked.count),
                                 name_spaces[list].value, std::span(asked.digests).first(asked.count),
                                 std::span(asked.ids).first(asked.count));
  static_assert(kMissing < kNone && SymbolTable::kNotFound == kNone);
  for (std::size_t at = 0; at < asked.count; ++at) {
    const std::uint32_t row = asked.rows[at], id = std::min(asked.ids[at], kMissing);
    ids[row] = id;
    const auto listed = static_cast<std::uint32_t>(part.missing.size());
    asked.listed[at] = listed;
    if (id == kMissing) {
      part.missing.push_back({asked.digests[at], row, list});
      if (!IsClean(asked.values[at])) {  // what is known is clean, and what is too long is not read
        block.states[row] = kByEvent;
        continue;
      }
    }
    if (!remember) continue;
    const auto sight = internal::IdentifierSight<Value>::Of(asked.values[at]);
    recent.At(sight, name_spaces[list].value) = {sight, name_spaces[list].value, id, listed, block.number};
  }
  AnswerAgain(values, ids, asked, part);
}

// What was found out of an identifier for the first row that has it holds for the others.
template <typename Value>
void EventLog::ColumnAppender::AnswerAgain(std::span<const Value> values, std::uint32_t* ids,
                                           const Asked<Value>& asked, Part& part) {
  for (const Repeat& one : std::span(asked.again).first(asked.again_count)) {
    const std::uint32_t row = asked.rows[one.first];
    ids[one.row] = ids[row];
    if (ids[row] == kMissing) part.repeats.push_back({one.row, asked.listed[one.first]});
    const bool bad = TooLong(values[row]) || (ids[row] == kMissing && !IsClean(values[row]));
    if (bad) block.states[one.row] = kByEvent;
  }
}

// Answers for what was asked for lately, and leaves the others to be looked up, each once if kSeek.
template <bool kSeek, typename Value>
void EventLog::ColumnAppender::LeaveOutRecent(std::uint32_t list, std::span<const Value> values,
                                              std::uint32_t* ids, Asked<Value>& asked,
                                              internal::RecentIdentifiers<Value>& recent, Part& part) {
  using Place = typename internal::RecentIdentifiers<Value>::Place;
  constexpr std::uint32_t kSought = internal::RecentIdentifiers<Value>::kSought;
  const std::uint32_t name_space = name_spaces[list].value;
  const std::uint64_t look = recent.BeginLook();
  // Of what was found out in this call, the host's.
  [[maybe_unused]] const auto text_of = [&](const auto& place) {
    return place.known() && place.when < block.first_number ? impl.TextOf(place) : place.sight.whole;
  };
  std::size_t left = 0, repeats = part.repeats.size();
  part.repeats.resize(repeats + asked.count);
  Repeat* const again = part.repeats.data();
  for (std::size_t at = 0; at < asked.count; ++at) {
    const std::uint32_t row = asked.rows[at];
    const auto sight = internal::IdentifierSight<Value>::Of(values[row]);
    Place& place = recent.At(sight, name_space);
    // Without a branch, as it would be guessed wrong every other time.
    const auto missing = static_cast<std::size_t>(place.id == kMissing);
    const auto sought = static_cast<std::size_t>(place.id == kSought);
    const bool holds = place.known() | (place.when == (missing != 0 ? block.number : look));
    const auto known = static_cast<std::size_t>(place.Is(sight, name_space, holds, text_of));
    ids[row] = place.id;
    again[repeats] = {row, place.first};
    repeats += known & missing;
    asked.rows[left] = row;
    if constexpr (kSeek) {
      asked.again[asked.again_count] = {row, place.first};
      asked.again_count += known & sought;
      if (known == 0) place = {sight, name_space, kSought, static_cast<std::uint32_t>(left), look};
    }
    left += 1 - known;
  }
  part.repeats.resize(repeats);
  recent.Note(asked.count, asked.count - left, asked.again_count);
  asked.count = left;
}

void EventLog::ColumnAppender::CountIdentifiers(std::size_t first, std::size_t end, Part& part) {
  std::array<std::uint32_t, kTile> counts{};
  for (std::size_t list = 0; list < columns.identifiers.size(); ++list) {
    const std::uint32_t* const ids = &block.ids[list * block.size + first];
    for (std::size_t i = 0; i < end - first; ++i) counts[i] += ids[i] != kNone;
  }
  for (std::size_t i = first; i < end; ++i) {
    block.begins[i] = part.identifiers;
    part.identifiers += counts[i - first];
  }
}

void EventLog::ColumnAppender::LookForKey(std::size_t i) {
  const std::size_t row = block.begin + i;
  if (!HasId(row)) return;
  if (!impl.InspectText(columns.ids[row], EventField::kId, false).accepted() || impl.keys.empty())
    block.states[i] = kByEvent;
  else
    block.keys[i] = internal::DigestOfEventId(columns.ids[row]);
}

}  // namespace v0
}  // namespace journey
