// Many events at once, in blocks of rows, each in three passes:
//
//   look    by all threads: texts are hashed, their places asked for some rows ahead, and what the log knows of them
//           is looked up; nothing changes
//   settle  by one, in the order of the rows: which events are new, and ids for identifiers that are
//   write   by all threads: the columns
//
// The three passes of one class, which share what is known of a block, are in one file although it is long: what one
// leaves in a column of the block is what the next one reads.
//
// A row that the log would do more with than accept (it is malformed, or perhaps not new) is appended as an Event, at
// its turn. Which identifiers a row has is as good as random, and a branch on it is guessed wrong every other time: so
// those of a column are listed first, without a branch, and all further loops are over the list (Look took twice as
// long before).
#include <algorithm>
#include <array>
#include <utility>

#include "core/workers.h"
#include "events/column_scratch.h"
#include "events/event_log_impl.h"
#include "journey/core/check.h"

namespace journey {
inline namespace v0 {
namespace {

using internal::Digits;
using internal::RecentTouchpoints;
using internal::Workers;

constexpr std::uint32_t kNone = SymbolTable::kNotFound;  // the event has no identifier in this column
constexpr std::uint32_t kMissing = kNone - 1;            // it has one that the log does not know
constexpr std::size_t kBlock = std::size_t{1} << 14;     // rows; what is known of them stays in the cache

}  // namespace

struct EventLog::ColumnAppender {
  ColumnAppender(EventLog& event_log, const EventColumns& event_columns, std::span<Admission> admissions,
                 unsigned threads)
      : log(event_log),
        impl(*event_log.impl_),
        columns(event_columns),
        answers(admissions),
        workers(event_columns.size() < kBlock ? 1 : threads),
        recent(workers.count()) {}

  void Run() {
    const std::size_t rows = columns.size();
    if (rows == 0) return;
    if (!Prepare()) {
      for (std::size_t i = 0; i < rows; ++i) AppendAsEvent(i);
      return;
    }
    // The first blocks are small: they make known what comes again, so that the next ones find it.
    std::size_t size = std::min(rows, kBlock / 16);
    Reserve(std::min(rows, kBlock));
    for (std::size_t begin = 0; begin < rows;
         begin += size, size = std::min({4 * size, kBlock, rows - begin})) {
      RunBlock(begin, size);
    }
  }

 private:
  enum RowState : std::uint8_t { kKnown = 0, kHasMissing = 1, kByEvent = 2 };

  // What is known of the rows of a block; of the identifiers, by column and row.
  struct Block {
    std::size_t begin = 0, size = 0;
    Column<std::uint64_t> hashes;
    Column<std::uint32_t> ids;
    Column<std::uint32_t> touchpoints;
    Column<std::uint8_t> states;
    Column<EventKey> keys;         // of rows with an id
    Column<std::uint32_t> begins;  // where its identifiers begin, from the first of the run of rows
  };

  // What all events have in common. False: they are to be looked at one by one.
  bool Prepare() {
    const std::span<const IdentifierColumn> lists = columns.identifiers;
    const std::size_t rows = columns.size();
    if (lists.size() > kMaxIdentifiers || impl.limits.max_bytes != UINT64_MAX ||
        impl.identifier_values.full() || impl.times.size() + rows > impl.limits.max_events ||
        impl.identifier_values.size() + rows * lists.size() > impl.limits.max_identifiers)
      return false;
    if (!impl.InspectText(columns.source, EventField::kSource, false).accepted()) return false;
    for (std::size_t i = 0; i < lists.size(); ++i) {
      if (!impl.InspectText(lists[i].name_space, EventField::kIdentifier, true).accepted()) return false;
      for (std::size_t k = 0; k < i; ++k) {
        if (lists[i].name_space == lists[k].name_space) return false;
      }
    }
    for (const IdentifierColumn& list : lists)
      name_spaces.push_back({impl.namespaces.Intern(list.name_space)});
    source = impl.InternSource(columns.source);
    return true;
  }

  void Reserve(std::size_t rows) {
    const std::size_t lists = columns.identifiers.size();
    block.hashes.ResizeToWrite(rows * lists);
    block.ids.ResizeToWrite(rows * lists);
    block.touchpoints.ResizeToWrite(rows);
    block.states.ResizeToWrite(rows);
    block.begins.ResizeToWrite(rows);
    if (!columns.ids.empty()) block.keys.ResizeToWrite(rows);
  }

  void RunBlock(std::size_t begin, std::size_t size) {
    block.begin = begin;
    block.size = size;
    workers.Run([&](unsigned part) {
      const auto range = Workers::PartOf(size, part, workers.count(), kTile);
      for (std::size_t tile = range.begin; tile < range.end; tile += kTile)
        Look(tile, std::min(tile + kTile, range.end), recent[part]);
    });
    Settle();
  }

  // --- look: rows [first, end) of the block, at most kTile ---

  static constexpr std::size_t kTile = 64;

  void Look(std::size_t first, std::size_t end, RecentTouchpoints& touchpoints) {
    for (std::size_t i = first; i < end; ++i) {
      const TimePoint time = columns.times[block.begin + i];
      block.touchpoints[i] = TouchpointAt(block.begin + i, touchpoints);
      const bool good = time >= kMinTime && time < kMaxTime && block.touchpoints[i] != kNone;
      block.states[i] = good ? kKnown : kByEvent;
    }
    for (std::size_t list = 0; list < columns.identifiers.size(); ++list) {
      if (!columns.identifiers[list].texts.empty())
        LookForTexts(list, first, end);
      else
        LookForNumbers(list, first, end);
    }
    for (std::size_t i = first; i < end; ++i) LookForKey(i);
  }

  std::uint32_t TouchpointAt(std::size_t row, RecentTouchpoints& touchpoints) {
    if (columns.names.empty()) {
      const TouchpointId touchpoint = columns.touchpoints[row];
      return touchpoint.value < impl.touchpoints.size() ? touchpoint.value : kNone;
    }
    const std::string_view channel = columns.channels[row], name = columns.names[row];
    const auto of_channel = internal::TextSight::Of(channel), of_name = internal::TextSight::Of(name);
    RecentTouchpoints::Place& place = touchpoints.At(of_channel, of_name);
    if (place.touchpoint == kNone || place.channel != of_channel || place.name != of_name ||
        !SameLongTexts({place.touchpoint}, channel, name))
      place = {of_channel, of_name, FindTouchpoint(channel, name)};
    return place.touchpoint;
  }

  [[nodiscard]] bool SameLongTexts(TouchpointId id, std::string_view channel, std::string_view name) const {
    constexpr std::size_t kWhole = internal::TextSight::kWhole;
    if (channel.size() <= kWhole && name.size() <= kWhole) return true;
    const Touchpoint touchpoint = impl.touchpoints[id.value];
    return impl.channels.text(touchpoint.channel.value) == channel &&
           impl.names.text(touchpoint.name.value) == name;
  }

  [[nodiscard]] std::uint32_t FindTouchpoint(std::string_view channel, std::string_view name) const {
    const auto channel_id = impl.channels.Find(channel);
    const auto name_id = impl.names.Find(name);
    return channel_id && name_id ? impl.FindTouchpoint({{*channel_id}, {*name_id}}) : kNone;
  }

  void LookForTexts(std::size_t list, std::size_t first, std::size_t end) {
    const std::span<const std::string_view> texts = columns.identifiers[list].texts.subspan(block.begin);
    const std::uint32_t name_space = name_spaces[list].value;
    std::array<std::uint64_t, kTile> asked;
    std::array<std::uint32_t, kTile> rows;
    std::array<SymbolTable::Candidate, kTile> candidates;
    std::size_t count = 0;
    std::uint32_t* const ids = &block.ids[list * block.size];
    std::uint64_t* const hashes = &block.hashes[list * block.size];
    for (std::size_t i = first; i < end; ++i) {
      ids[i] = kNone;
      rows[count] = static_cast<std::uint32_t>(i);
      count += !texts[i].empty();
    }
    for (std::size_t at = 0; at < count; ++at) {
      // Too long a text is not looked up, as its row will be an event.
      const std::string_view text = texts[rows[at]];
      const bool fits = text.size() <= impl.limits.max_identifier_bytes;
      if (!fits) block.states[rows[at]] |= kByEvent;
      asked[at] = hashes[rows[at]] =
          impl.identifier_values.HashOf(fits ? text : std::string_view(), name_space);
    }
    impl.identifier_values.LookAhead(std::span(asked).first(count), std::span(candidates).first(count));
    for (std::size_t at = 0; at < count; ++at) {
      const std::uint32_t i = rows[at];
      ids[i] = impl.identifier_values.FindHashed(texts[i], name_space, asked[at], candidates[at]);
      if (ids[i] != kNone) continue;
      ids[i] = kMissing;
      // What is known is clean.
      block.states[i] |= impl.CleanText(texts[i]) ? kHasMissing : kByEvent;
    }
  }

  void LookForNumbers(std::size_t list, std::size_t first, std::size_t end) {
    const std::span<const std::uint64_t> numbers = columns.identifiers[list].numbers.subspan(block.begin);
    const internal::NumberNames& names = impl.number_names;
    std::array<std::uint32_t, kTile> rows, candidates;
    std::size_t count = 0;
    std::uint32_t* const ids = &block.ids[list * block.size];
    std::uint64_t* const hashes = &block.hashes[list * block.size];
    for (std::size_t i = first; i < end; ++i) {
      ids[i] = kNone;
      rows[count] = static_cast<std::uint32_t>(i);
      count += numbers[i] != IdentifierColumn::kNoNumber;
    }
    for (std::size_t at = 0; at < count; ++at) {
      const std::uint32_t i = rows[at];
      hashes[i] = names.HashOf(name_spaces[list], numbers[i]);
      names.Prefetch(hashes[i]);
    }
    for (std::size_t at = 0; at < count; ++at) candidates[at] = names.Candidate(hashes[rows[at]]);
    for (std::size_t at = 0; at < count; ++at) {
      const std::uint32_t i = rows[at];
      ids[i] = names.Find(hashes[i], name_spaces[list], numbers[i], candidates[at]);
      if (ids[i] != kNone) continue;
      ids[i] = kMissing;
      block.states[i] |= kHasMissing;
    }
  }

  void LookForKey(std::size_t i) {
    const std::size_t row = block.begin + i;
    if (!HasId(row)) return;
    if (!impl.InspectText(columns.ids[row], EventField::kId, false).accepted() || impl.keys.empty())
      block.states[i] |= kByEvent;
    else
      block.keys[i] = internal::DigestOfEventId(columns.ids[row]);
  }
  [[nodiscard]] bool HasId(std::size_t row) const {
    return !columns.ids.empty() && !columns.ids[row].empty();
  }

  // --- settle ---

  void Settle() {
    for (std::size_t i = 0; i < block.size;) {
      std::size_t end = i;
      while (end < block.size && (block.states[end] & kByEvent) == 0) ++end;
      const std::size_t stopped = SettleRun(i, end);
      if (stopped < block.size) AppendAsEvent(block.begin + stopped);
      i = stopped + 1;
    }
  }

  // Takes in rows with which nothing is wrong, up to the first that may not be new; answers where that is.
  std::size_t SettleRun(std::size_t begin, std::size_t end) {
    if (begin == end) return end;
    if (impl.numbers == Impl::Numbers::kRising && !Rises(begin, end)) impl.IndexNumberedRows();
    const std::size_t stopped = Admit(begin, end);
    if (stopped == begin) return stopped;
    NameMissing(begin, stopped);
    Write(begin, stopped);
    impl.HashNumbersIfSparse();
    return stopped;
  }

  // Whether the numbers of the rows that have no id rise from the largest of the source on.
  [[nodiscard]] bool Rises(std::size_t begin, std::size_t end) const {
    if (columns.sequences.empty())
      return impl.source_rows[source.value].largest < UINT64_MAX - columns.size();
    bool any = impl.source_rows[source.value].numbered;
    std::uint64_t largest = impl.source_rows[source.value].largest;
    for (std::size_t row = block.begin + begin; row < block.begin + end; ++row) {
      if (HasId(row)) continue;
      if (any && columns.sequences[row] <= largest) return false;
      any = true;
      largest = columns.sequences[row];
    }
    return true;
  }

  // Writes what a row is known by, up to the first row that may be known already.
  std::size_t Admit(std::size_t begin, std::size_t end) {
    constexpr std::size_t kAhead = 32;
    Impl::Source& numbers = impl.source_rows[source.value];
    const std::size_t first = impl.sequences.size();
    impl.sequences.ResizeToWrite(first + (end - begin));
    impl.event_sources.resize(first + (end - begin), source);
    std::size_t i = begin;
    for (; i < end; ++i) {
      if (i + kAhead < end) AskForKey(i + kAhead);
      const std::size_t row = block.begin + i;
      const auto stored = static_cast<std::uint32_t>(first + (i - begin));
      const bool has_id = HasId(row);
      const std::uint64_t sequence = !columns.sequences.empty() ? columns.sequences[row]
                                     : has_id                   ? 0
                                                                : numbers.Next();
      impl.sequences[stored] = sequence;
      if (has_id) {
        if (impl.FindRow(block.keys[i]) != internal::FlatIndex::kNone) break;
        impl.keys.push_back(block.keys[i]);
        impl.key_index.Insert(impl.HashOf(block.keys[i]), stored);
        continue;
      }
      if (impl.numbers == Impl::Numbers::kPaged) {
        if (impl.numbered_rows.FindOrInsert(source, sequence, stored) != internal::FlatIndex::kNone) break;
      } else if (impl.numbers == Impl::Numbers::kHashed) {
        const EventKey key{numbers.digest, sequence};
        if (impl.FindRow(key) != internal::FlatIndex::kNone) break;
        impl.key_index.Insert(impl.HashOf(key), stored);
      }
      if (!impl.keys.empty()) impl.keys.push_back({numbers.digest, sequence});
      numbers.largest = numbers.numbered ? std::max(numbers.largest, sequence) : sequence;
      numbers.numbered = true;
    }
    impl.sequences.resize(first + (i - begin));
    impl.event_sources.resize(first + (i - begin));
    return i;
  }

  // Asks memory for what admitting a row will need.
  void AskForKey(std::size_t i) const {
    const std::size_t row = block.begin + i;
    if (HasId(row)) {
      impl.key_index.Prefetch(impl.HashOf(block.keys[i]));
    } else if (impl.numbers == Impl::Numbers::kPaged && !columns.sequences.empty()) {
      impl.numbered_rows.Prefetch(source, columns.sequences[row]);
    }
  }

  // Ids for identifiers that the log did not know when they were looked up, and where those of each row begin.
  void NameMissing(std::size_t begin, std::size_t end) {
    missing.clear();
    for (std::size_t list = 0; list < name_spaces.size(); ++list) {
      const std::uint32_t* const ids = &block.ids[list * block.size];
      const std::size_t before = missing.size();
      missing.resize(before + (end - begin));
      std::size_t count = before;
      for (std::size_t i = begin; i < end; ++i) {
        missing[count] = static_cast<std::uint32_t>(i);
        count += ids[i] == kMissing;
      }
      missing.resize(count);
      for (std::size_t at = before; at < count; at += kTile)
        NameTile(list, std::span(missing).subspan(at, std::min(kTile, count - at)));
    }
    std::fill(block.begins.begin() + begin, block.begins.begin() + end, 0);
    for (std::size_t list = 0; list < name_spaces.size(); ++list) {
      const std::uint32_t* const ids = &block.ids[list * block.size];
      for (std::size_t i = begin; i < end; ++i) block.begins[i] += ids[i] != kNone;
    }
    run_identifiers = 0;
    for (std::size_t i = begin; i < end; ++i)
      run_identifiers += std::exchange(block.begins[i], run_identifiers);
  }

  // At most kTile rows of one column; their places are asked for before the first is named.
  void NameTile(std::size_t list, std::span<const std::uint32_t> rows) {
    const IdentifierColumn& column = columns.identifiers[list];
    const NamespaceId name_space = name_spaces[list];
    std::uint32_t* const ids = &block.ids[list * block.size];
    const std::uint64_t* const hashes = &block.hashes[list * block.size];
    SymbolTable& values = impl.identifier_values;
    if (!column.texts.empty()) {
      for (const std::uint32_t i : rows) {
        values.Prefetch(hashes[i]);
        __builtin_prefetch(column.texts[block.begin + i].data());
      }
      for (const std::uint32_t i : rows)
        ids[i] = values.Intern(column.texts[block.begin + i], name_space.value, hashes[i]);
      return;
    }
    std::array<std::uint64_t, kTile> text_hashes;
    digits.clear();
    for (std::size_t at = 0; at < rows.size(); ++at) {
      impl.number_names.Prefetch(hashes[rows[at]]);
      digits.emplace_back(column.numbers[block.begin + rows[at]]);
      text_hashes[at] = values.HashOf(digits.back().text(), name_space.value);
      values.Prefetch(text_hashes[at]);
    }
    for (std::size_t at = 0; at < rows.size(); ++at) {
      const std::uint32_t i = rows[at];
      const std::uint64_t number = column.numbers[block.begin + i];
      ids[i] = impl.number_names.Find(hashes[i], name_space, number, kNone);
      if (ids[i] != kNone) continue;  // an earlier row of the block has it
      ids[i] = values.Intern(digits[at].text(), name_space.value, text_hashes[at]);
      impl.number_names.Insert(hashes[i], name_space, number, ids[i]);
    }
    digits.clear();
  }

  // --- write: all else of rows [begin, end) of the block ---

  void Write(std::size_t begin, std::size_t end) {
    const std::size_t count = end - begin;
    const std::size_t first = impl.times.size();
    const std::size_t identifiers = impl.identifiers.size();
    impl.times.ResizeToWrite(first + count);
    impl.event_touchpoints.ResizeToWrite(first + count);
    impl.kinds.resize(first + count, RecordKind::kEvent);
    impl.identifier_ranges.ResizeToWrite(first + count);
    impl.identifiers.ResizeToWrite(identifiers + run_identifiers);
    impl.counts[source.value][AdmissionStatus::kAccepted] += count;
    run_end = end;
    const auto write = [&](Workers::Range range) {
      WriteRows(begin + range.begin, begin + range.end, first + range.begin, identifiers);
    };
    if (count < kBlock / 4)
      write({0, count});
    else
      workers.Run([&](unsigned part) { write(Workers::PartOf(count, part, workers.count(), kTile)); });
  }

  // Rows [begin, end) of the block to those of the log from `row` on.
  void WriteRows(std::size_t begin, std::size_t end, std::size_t row, std::size_t identifiers) {
    std::copy(columns.times.begin() + static_cast<std::ptrdiff_t>(block.begin + begin),
              columns.times.begin() + static_cast<std::ptrdiff_t>(block.begin + end), &impl.times[row]);
    for (std::size_t i = begin; i < end; ++i)
      impl.event_touchpoints[row + i - begin] = {block.touchpoints[i]};
    for (std::size_t i = begin; i < end; ++i) {
      const std::uint32_t next = i + 1 == run_end ? run_identifiers : block.begins[i + 1];
      impl.identifier_ranges[row + i - begin] = {identifiers + block.begins[i], next - block.begins[i]};
    }
    IdentifierId* const to = impl.identifiers.data() + identifiers;
    if (name_spaces.size() <= 3)
      WriteUpToThree(begin, end, to);
    else
      WriteMany(begin, end, to);
    if (answers.empty()) return;
    for (std::size_t i = begin; i < end; ++i) {
      answers[block.begin + i] = {
          AdmissionStatus::kAccepted, EventField::kNone, {static_cast<std::uint32_t>(row + i - begin)}};
    }
  }

  // Three identifiers, of which some are not there, are sorted without a branch; kNone comes last.
  void WriteUpToThree(std::size_t begin, std::size_t end, IdentifierId* to) const {
    const auto list_at = [&](std::size_t list) -> const std::uint32_t* {
      return list < name_spaces.size() ? &block.ids[list * block.size] : nullptr;
    };
    const std::uint32_t* const lists[] = {list_at(0), list_at(1), list_at(2)};
    for (std::size_t i = begin; i < end; ++i) {
      std::uint32_t a = lists[0] == nullptr ? kNone : lists[0][i];
      std::uint32_t b = lists[1] == nullptr ? kNone : lists[1][i];
      std::uint32_t c = lists[2] == nullptr ? kNone : lists[2][i];
      const auto order = [](std::uint32_t& x, std::uint32_t& y) {
        const std::uint32_t low = std::min(x, y);
        y = std::max(x, y);
        x = low;
      };
      order(a, b);
      order(b, c);
      order(a, b);
      IdentifierId* const at = to + block.begins[i];
      if (i + 3 < end) {
        // What is written beyond those that are there is the place of the next rows, which are written after it.
        const std::size_t room = block.begins[i + 3] - block.begins[i];
        if (room >= 3) {
          at[0] = {a};
          at[1] = {b};
          at[2] = {c};
          continue;
        }
      }
      for (const std::uint32_t id : {a, b, c}) {
        if (id != kNone) at[(id != a) + (id != a && id != b)] = {id};
      }
    }
  }

  void WriteMany(std::size_t begin, std::size_t end, IdentifierId* to) const {
    for (std::size_t i = begin; i < end; ++i) {
      IdentifierId* const at = to + block.begins[i];
      std::size_t count = 0;
      for (std::size_t list = 0; list < name_spaces.size(); ++list) {
        const IdentifierId id{block.ids[list * block.size + i]};
        if (!id.valid()) continue;
        std::size_t place = count++;
        for (; place > 0 && id < at[place - 1]; --place) at[place] = at[place - 1];
        at[place] = id;
      }
    }
  }

  // --- as an event ---

  void AppendAsEvent(std::size_t row) {
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
    const Admission answer = log.Append(event);
    digits.clear();
    if (!answers.empty()) answers[row] = answer;
  }

  EventLog& log;
  Impl& impl;
  const EventColumns& columns;
  const std::span<Admission> answers;
  Workers workers;
  std::vector<RecentTouchpoints> recent;  // by thread
  std::vector<NamespaceId> name_spaces;   // by column of identifiers
  SourceId source;
  Block block;
  std::uint32_t run_identifiers = 0;  // of the rows that are being settled
  std::size_t run_end = 0;            // the end of these rows
  std::vector<std::uint32_t> missing;
  std::vector<Digits> digits;
  Event event;
};

void EventLog::Append(const EventColumns& columns, std::span<Admission> answers, unsigned threads) {
  JOURNEY_CHECK(answers.empty() || answers.size() == columns.size());
  JOURNEY_CHECK(columns.valid());
  ColumnAppender(*this, columns, answers, std::max(threads, 1U)).Run();
}

TouchpointId EventLog::AddTouchpoint(std::string_view channel, std::string_view name) {
  if (!impl_->InspectText(channel, EventField::kChannel, true).accepted() ||
      !impl_->InspectText(name, EventField::kName, true).accepted())
    return {};
  return impl_->InternTouchpoint(channel, name);
}

}  // namespace v0
}  // namespace journey
