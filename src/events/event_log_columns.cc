#include <algorithm>
#include <utility>

#include "events/column_appender.h"
#include "journey/core/check.h"

namespace journey {
inline namespace v0 {

void EventLog::ColumnAppender::Run() {
  const std::size_t rows = columns.size();
  if (rows == 0) return;
  if (!Prepare()) {
    for (std::size_t i = 0; i < rows; ++i) AppendAsEvent(i);
    return;
  }
  // The first blocks are small: they make known what comes again, so that the next ones find it.
  std::size_t size = std::min(rows, kFirstBlock);
  Reserve(std::min(rows, kBlock));
  for (std::size_t begin = 0; begin < rows;
       begin += size, size = std::min({4 * size, kBlock, rows - begin})) {
    RunBlock(begin, size);
  }
}

// What all events have in common. False: they are to be looked at one by one.
bool EventLog::ColumnAppender::Prepare() {
  const std::span<const IdentifierColumn> lists = columns.identifiers;
  const std::size_t rows = columns.size();
  if (lists.size() > kMaxIdentifiers || impl.limits.max_bytes != UINT64_MAX ||
      impl.identifier_values.full() || !impl.HasRoomForRows(rows) ||
      !impl.HasRoomForIdentifiers(rows * lists.size()))
    return false;
  if (!impl.InspectText(columns.source, EventField::kSource, false).accepted()) return false;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    if (!impl.InspectText(lists[i].name_space, EventField::kIdentifier, true).accepted()) return false;
    for (std::size_t k = 0; k < i; ++k) {
      if (lists[i].name_space == lists[k].name_space) return false;
    }
  }
  if (!attributes.Prepare()) return false;
  name_spaces.resize(lists.size());
  for (unsigned thread = 0; thread < workers.count(); ++thread) {
    Impl::Lately& seen = impl.lately[thread];
    for (const IdentifierColumn& list : lists) {
      if (list.texts.empty())
        seen.numbers.MakePlaces(impl.times.size() + rows);
      else
        seen.texts.MakePlaces(impl.times.size() + rows);
    }
  }
  source = impl.InternSource(columns.source);
  impl.ReserveRows(impl.times.size() + rows);
  block.first_number = impl.blocks + 1;
  return true;
}

void EventLog::ColumnAppender::RunBlock(std::size_t begin, std::size_t size) {
  block.begin = begin;
  block.size = size;
  block.number = ++impl.blocks;
  FindNameSpaces();
  attributes.FindKeys();
  workers.Run([&](unsigned part) {
    const auto range = PartOf(part);
    for (std::size_t tile = range.begin; tile < range.end; tile += kTile)
      Look(tile, std::min(tile + kTile, range.end), part);
  });
  JoinParts();
  Settle();
}

// What the threads have counted and found, as of the block.
void EventLog::ColumnAppender::JoinParts() {
  std::uint32_t identifiers = 0;
  block.missing.clear();
  block.repeats.clear();
  for (unsigned at = 0; at < workers.count(); ++at) {
    Part& part = parts[at];
    const auto range = PartOf(at);
    if (identifiers != 0) {
      for (std::size_t i = range.begin; i < range.end; ++i) block.begins[i] += identifiers;
    }
    identifiers += std::exchange(part.identifiers, 0);
    if (at == 0) {
      block.missing.swap(part.missing);
      block.repeats.swap(part.repeats);
    } else {
      const auto before = static_cast<std::uint32_t>(block.missing.size());
      for (const Repeat& one : part.repeats) block.repeats.push_back({one.row, before + one.first});
      block.missing.insert(block.missing.end(), part.missing.begin(), part.missing.end());
    }
    part.missing.clear();
    part.repeats.clear();
  }
  block.begins[block.size] = identifiers;
}

void EventLog::ColumnAppender::AppendAsEvent(std::size_t row) {
  event.time = columns.times[row];
  event.source = columns.source;
  event.sequence.reset();
  if (!columns.sequences.empty()) event.sequence = columns.sequences[row];
  event.id = columns.ids.empty() ? std::string_view() : columns.ids[row];
  event.channel = event.name = {};
  if (!columns.names.empty()) {
    event.channel = columns.channels[row];
    event.name = columns.names[row];
  } else if (columns.touchpoints[row].value < impl.touchpoints.size()) {
    const Touchpoint touchpoint = impl.touchpoints[columns.touchpoints[row].value];
    event.channel = impl.channels.text(touchpoint.channel.value);
    event.name = impl.names.text(touchpoint.name.value);
  }
  event.identifiers.clear();
  digits.clear();
  digits.reserve(columns.identifiers.size());
  for (const IdentifierColumn& list : columns.identifiers) {
    if (!list.texts.empty()) {
      if (!list.texts[row].empty()) event.identifiers.push_back({list.name_space, list.texts[row]});
    } else if (!list.numbers.empty() && list.numbers[row] != IdentifierColumn::kNoNumber) {
      event.identifiers.push_back({list.name_space, digits.emplace_back(list.numbers[row]).text()});
    }
  }
  event.attributes.clear();
  event.attributes.reserve(columns.attributes.size());  // a copy that is left behind would not be overwritten
  attributes.Add(row, event);
  const Admission answer = log.AppendAnd(event, before_change, call);
  digits.clear();
  internal::Wipe(event.attributes.data(), event.attributes.size() * sizeof(Attribute));
  if (!answers.empty()) answers[row] = answer;
}

void EventLog::AppendColumns(const EventColumns& columns, std::span<Admission> answers, unsigned threads,
                             void (*before_change)(void*, EventIndex), void* call) {
  JOURNEY_CHECK(answers.empty() || answers.size() == columns.size());
  JOURNEY_CHECK(columns.valid());
  ColumnAppender(*this, columns, answers, std::max(threads, 1U), before_change, call).Run();
}

TouchpointId EventLog::AddTouchpoint(std::string_view channel, std::string_view name) {
  if (!impl_->InspectText(channel, EventField::kChannel, true).accepted() ||
      !impl_->InspectText(name, EventField::kName, true).accepted())
    return {};
  return impl_->InternTouchpoint(channel, name);
}

}  // namespace v0
}  // namespace journey
