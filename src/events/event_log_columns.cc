// Many events at once, in blocks of rows, each in three passes:
//
//   look    by all threads: texts are hashed, their places asked for some rows ahead, and what the log knows of them
//           is looked up; nothing changes
//   settle  run of rows by run of rows: which events are new, by one unless they are known by paged numbers; and, by all,
//           ids for identifiers that are
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
#include <iterator>
#include <numeric>
#include <utility>

#include "core/batch_namer.h"
#include "core/decimal.h"
#include "core/workers.h"
#include "events/column_attributes.h"
#include "events/event_log_impl.h"
#include "events/number_claims.h"
#include "events/recent_touchpoints.h"
#include "journey/core/check.h"

namespace journey {
inline namespace v0 {
namespace {

using internal::BatchNamer;
using internal::Digits;
using internal::RecentTouchpoints;
using internal::Workers;

constexpr std::uint32_t kNone = SymbolTable::kNotFound;  // the event has no identifier in this column
constexpr std::uint32_t kMissing = kNone - 1;            // it has one that the log does not know
constexpr std::size_t kBlock = std::size_t{1} << 15;     // rows; what is known of them stays in the cache

}  // namespace

struct EventLog::ColumnAppender final : BatchNamer::Texts {
  ColumnAppender(EventLog& event_log, const EventColumns& event_columns, std::span<Admission> admissions,
                 unsigned threads, Impl::BeforeChange before_row_changes, void* call_of_it)
      : log(event_log),
        impl(*event_log.impl_),
        columns(event_columns),
        answers(admissions),
        before_change(before_row_changes),
        call(call_of_it),
        workers(event_columns.size() < kBlock / 2 ? 1 : threads),
        parts(workers.count()),
        namer(impl.identifier_values, workers),
        attributes(impl, columns.attributes),
        claims(impl.numbered_rows, workers) {}

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
  enum RowState : std::uint8_t { kPlain, kByEvent };

  // An identifier that the log does not know: its digest, its row in the block, and its column.
  using Missing = BatchNamer::Wanted;
  using MissingList = std::vector<Missing, internal::WipingAllocator<Missing>>;  // by tile, column and row

  // What is known of the rows of a block.
  struct Block {
    std::size_t begin = 0, size = 0;
    Column<std::uint32_t> ids;  // of the identifiers, by column and row
    Column<std::uint32_t> touchpoints;
    Column<std::uint8_t> states;
    Column<EventKey> keys;  // of rows with an id
    Column<std::uint64_t>
        sequences;  // where there is no column of them: some rows have ids, or numbers are claimed
    Column<std::uint32_t> begins;  // by row, and at the end: the identifiers of all rows before
    MissingList missing;
  };
  // What one thread finds in its part of a block, and the touchpoints it has seen.
  struct Part {
    RecentTouchpoints touchpoints;
    std::uint32_t identifiers = 0;
    MissingList missing;
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
    if (!attributes.Prepare()) return false;
    name_spaces.resize(lists.size());
    source = impl.InternSource(columns.source);
    impl.ReserveRows(impl.times.size() + rows);
    return true;
  }

  // A namespace is the log's once an event that has it is looked at by itself and taken in.
  void FindNameSpaces() {
    for (std::size_t list = 0; list < name_spaces.size(); ++list) {
      if (name_spaces[list].valid()) continue;
      if (const auto id = impl.namespaces.Find(columns.identifiers[list].name_space))
        name_spaces[list] = {*id};
    }
  }

  void Reserve(std::size_t rows) {
    block.ids.ResizeToWrite(rows * columns.identifiers.size());
    block.touchpoints.ResizeToWrite(rows);
    block.states.ResizeToWrite(rows);
    block.begins.ResizeToWrite(rows + 1);
    if (!columns.ids.empty()) block.keys.ResizeToWrite(rows);
    if (columns.sequences.empty()) block.sequences.ResizeToWrite(rows);
    attributes.Reserve(rows);
  }

  void RunBlock(std::size_t begin, std::size_t size) {
    block.begin = begin;
    block.size = size;
    FindNameSpaces();
    attributes.FindKeys();
    workers.Run([&](unsigned part) {
      const auto range = PartOf(part);
      for (std::size_t tile = range.begin; tile < range.end; tile += kTile)
        Look(tile, std::min(tile + kTile, range.end), parts[part]);
    });
    JoinParts();
    Settle();
  }
  [[nodiscard]] Workers::Range PartOf(unsigned part) const {
    return Workers::PartOf(block.size, part, workers.count(), kTile);
  }

  // What the threads have counted and found, as of the block.
  void JoinParts() {
    std::uint32_t identifiers = 0;
    block.missing.clear();
    for (unsigned at = 0; at < workers.count(); ++at) {
      Part& part = parts[at];
      const auto range = PartOf(at);
      for (std::size_t i = range.begin; i < range.end; ++i) block.begins[i] += identifiers;
      identifiers += std::exchange(part.identifiers, 0);
      block.missing.insert(block.missing.end(), part.missing.begin(), part.missing.end());
      part.missing.clear();
    }
    block.begins[block.size] = identifiers;
  }

  // --- look: rows [first, end) of the block, at most kTile ---

  static constexpr std::size_t kTile = ColumnAttributes::kTile;

  void Look(std::size_t first, std::size_t end, Part& part) {
    for (std::size_t i = first; i < end; ++i) {
      const TimePoint time = columns.times[block.begin + i];
      block.touchpoints[i] = TouchpointAt(block.begin + i, part.touchpoints);
      const bool good = time >= kMinTime && time < kMaxTime && block.touchpoints[i] != kNone;
      block.states[i] = good ? kPlain : kByEvent;
    }
    for (std::size_t list = 0; list < columns.identifiers.size(); ++list) {
      const IdentifierColumn& column = columns.identifiers[list];
      if (!column.texts.empty())
        LookFor(list, column.texts.subspan(block.begin), first, end, part.missing);
      else
        LookFor(list, column.numbers.subspan(block.begin), first, end, part.missing);
    }
    CountIdentifiers(first, end, part);
    attributes.Look(block.begin, first, end, block.states, kByEvent);
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

  // What is looked up at once. Numbers are values, and a digest of one can be traced to it: nothing of them is left.
  template <typename Value>
  struct Asked {
    std::array<Value, kTile> values;
    std::array<SymbolTable::Digest, kTile> digests;
    ~Asked() { internal::Wipe(this, sizeof *this); }
  };

  // Which rows have an identifier in this column, and what the log knows of it.
  template <typename Value>
  void LookFor(std::size_t list, std::span<const Value> values, std::size_t first, std::size_t end,
               MissingList& missing) {
    std::array<std::uint32_t, kTile> rows, found;
    Asked<Value> asked;
    std::size_t count = 0;
    std::uint32_t* const ids = &block.ids[list * block.size];
    if (!name_spaces[list].valid()) {
      for (std::size_t i = first; i < end; ++i) {
        ids[i] = IsThere(values[i]) ? kMissing : kNone;
        if (ids[i] != kNone) block.states[i] = kByEvent;
      }
      return;
    }
    for (std::size_t i = first; i < end; ++i) {
      ids[i] = kNone;
      rows[count] = static_cast<std::uint32_t>(i);
      count += IsThere(values[i]);
    }
    for (std::size_t at = 0; at < count; ++at) {
      asked.values[at] = values[rows[at]];
      // Too long a text is not looked up, as its row will be an event.
      if (TooLong(asked.values[at])) {
        asked.values[at] = {};
        block.states[rows[at]] = kByEvent;
      }
    }
    impl.identifier_values.FindAll(std::span<const Value>(asked.values).first(count), name_spaces[list].value,
                                   std::span(asked.digests).first(count), std::span(found).first(count));
    for (std::size_t at = 0; at < count; ++at) {
      const std::uint32_t i = rows[at];
      ids[i] = found[at];
      if (found[at] != kNone) continue;
      ids[i] = kMissing;
      missing.push_back({asked.digests[at], i, static_cast<std::uint32_t>(list)});
      // What is known is clean.
      if (!IsClean(values[i])) block.states[i] = kByEvent;
    }
  }
  static bool IsThere(std::string_view text) { return !text.empty(); }
  static bool IsThere(std::uint64_t number) { return number != IdentifierColumn::kNoNumber; }
  [[nodiscard]] bool TooLong(std::string_view text) const {
    return text.size() > impl.limits.max_identifier_bytes;
  }
  static bool TooLong(std::uint64_t) { return false; }
  [[nodiscard]] bool IsClean(std::string_view text) const { return impl.CleanText(text); }
  static bool IsClean(std::uint64_t) { return true; }

  void CountIdentifiers(std::size_t first, std::size_t end, Part& part) {
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

  void LookForKey(std::size_t i) {
    const std::size_t row = block.begin + i;
    if (!HasId(row)) return;
    if (!impl.InspectText(columns.ids[row], EventField::kId, false).accepted() || impl.keys.empty())
      block.states[i] = kByEvent;
    else
      block.keys[i] = internal::DigestOfEventId(columns.ids[row]);
  }
  [[nodiscard]] bool HasId(std::size_t row) const {
    return !columns.ids.empty() && !columns.ids[row].empty();
  }

  // --- settle ---

  void Settle() {
    std::size_t end = 0;
    risen = 0;
    one_by_one = false;
    for (std::size_t i = 0; i < block.size;) {
      end = std::max(end, i);
      while (end < block.size && block.states[end] != kByEvent) ++end;
      const std::size_t stopped = SettleRun(i, end);
      if (stopped < block.size) AppendAsEvent(block.begin + stopped);
      i = stopped + 1;
    }
  }

  // Takes in rows with which nothing is wrong, up to the first that may not be new; answers where that is.
  std::size_t SettleRun(std::size_t begin, std::size_t end) {
    if (begin == end) return end;
    if (impl.numbers == Impl::Numbers::kRising && end > risen && !Rises(begin, end)) impl.IndexNumberedRows();
    risen = end;
    const std::size_t stopped = Admit(begin, end);
    if (stopped == begin) return stopped;
    NameMissing(begin, stopped);
    Write(begin, stopped);
    impl.HashNumbersIfSparse();
    impl.NoteRowsIfSteady();
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

  // Settles what the rows are known by, up to the first row that may be known already.
  std::size_t Admit(std::size_t begin, std::size_t end) {
    Impl::Source& numbers = impl.source_rows[source.value];
    run.number = numbers.Next();
    if (columns.ids.empty() && impl.keys.empty() && impl.numbers == Impl::Numbers::kRising) {
      numbers.largest = columns.sequences.empty() ? run.number + (end - begin - 1)
                                                  : columns.sequences[block.begin + end - 1];
      numbers.numbered = true;
      return end;
    }
    if (columns.ids.empty() && impl.keys.empty() && impl.numbers == Impl::Numbers::kPaged && !one_by_one &&
        run.number <= UINT64_MAX - columns.size())
      return AdmitNumbers(begin, end);
    constexpr std::size_t kAhead = 32;
    const auto first = static_cast<std::uint32_t>(impl.times.size());
    // Rows that are found by their numbers are looked at before they are written: these two columns are, now.
    const bool hashed = impl.numbers == Impl::Numbers::kHashed;
    const auto resize = [&](std::size_t rows) {
      impl.sequences.ResizeToWrite(rows);
      impl.event_sources.ResizeToWrite(rows);
    };
    if (hashed) resize(first + (end - begin));
    std::size_t i = begin;
    for (; i < end; ++i) {
      if (i + kAhead < end) AskForKey(i + kAhead);
      const auto stored = static_cast<std::uint32_t>(first + (i - begin));
      const std::size_t row = block.begin + i;
      const bool has_id = HasId(row);
      if (!columns.ids.empty() && columns.sequences.empty()) block.sequences[i] = has_id ? 0 : numbers.Next();
      if (has_id) {
        if (impl.FindRow(block.keys[i]) != internal::FlatIndex::kNone) break;
        impl.keys.push_back(block.keys[i]);
        impl.key_index.Insert(impl.HashOf(block.keys[i]), stored);
        continue;
      }
      const std::uint64_t sequence = columns.sequences.empty() ? numbers.Next() : columns.sequences[row];
      if (impl.numbers == Impl::Numbers::kPaged) {
        if (!impl.numbered_rows.Claim(source, sequence)) break;
      } else if (hashed) {
        const EventKey key{numbers.digest, sequence};
        if (impl.FindRow(key) != internal::FlatIndex::kNone) break;
        impl.sequences[stored] = sequence;
        impl.event_sources[stored] = source;
        impl.key_index.Insert(impl.HashOf(key), stored);
      }
      if (!impl.keys.empty()) impl.keys.push_back({numbers.digest, sequence});
      numbers.largest = numbers.numbered ? std::max(numbers.largest, sequence) : sequence;
      numbers.numbered = true;
    }
    if (hashed) resize(first + (i - begin));
    return i;
  }

  // The same for rows that are known by paged numbers, all at once. What is behind a number that was taken is claimed in
  // vain, so a block in which there is one goes on row by row.
  std::size_t AdmitNumbers(std::size_t begin, std::size_t end) {
    Impl::Source& numbers = impl.source_rows[source.value];
    std::span<const std::uint64_t> wanted;
    if (columns.sequences.empty()) {
      std::iota(&block.sequences[begin], &block.sequences[begin] + (end - begin), run.number);
      wanted = std::span<const std::uint64_t>(block.sequences).subspan(begin, end - begin);
    } else {
      wanted = columns.sequences.subspan(block.begin + begin, end - begin);
    }
    const std::size_t count = claims.Claim(source, wanted);
    one_by_one = count < wanted.size();
    if (count == 0) return begin;
    const std::uint64_t largest = std::ranges::max(wanted.first(count));
    numbers.largest = numbers.numbered ? std::max(numbers.largest, largest) : largest;
    numbers.numbered = true;
    return begin + count;
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

  // Ids for identifiers that the log did not know when they were looked up.
  void NameMissing(std::size_t begin, std::size_t end) {
    if (begin == 0 && end == block.size) return Name(block.missing);
    // Of the tiles at either end not all.
    const auto tile_of = [](const Missing& one) { return one.row / kTile; };
    const auto from = std::ranges::lower_bound(block.missing, begin / kTile, {}, tile_of);
    const auto to = std::ranges::upper_bound(from, block.missing.end(), (end - 1) / kTile, {}, tile_of);
    some_missing.clear();
    std::copy_if(from, to, std::back_inserter(some_missing),
                 [&](const Missing& one) { return one.row >= begin && one.row < end; });
    Name(some_missing);
  }
  void Name(std::span<const Missing> missing) {
    if (!internal::SteadyMemory::wanted()) return namer.Name(missing, *this);
    // The namer makes room for all at once, which no live event may wait for.
    for (const Missing& one : missing) {
      Digits number;
      const Text text = Of(one, number);
      Take(one, impl.identifier_values.Intern(text.text, text.tag, one.digest));
    }
  }
  [[nodiscard]] Text Of(const Missing& missing, Digits& number) const override {
    const IdentifierColumn& column = columns.identifiers[missing.column];
    const std::size_t row = block.begin + missing.row;
    if (column.texts.empty()) number.Assign(column.numbers[row]);
    return {column.texts.empty() ? number.text() : column.texts[row], name_spaces[missing.column].value};
  }
  void Take(const Missing& missing, std::uint32_t id) override {
    block.ids[missing.column * block.size + missing.row] = id;
  }

  // --- write: all else of rows [begin, end) of the block ---

  void Write(std::size_t begin, std::size_t end) {
    const std::size_t count = end - begin;
    run = {.begin = begin,
           .row = impl.times.size(),
           .identifiers = impl.identifiers.size(),
           .number = run.number};
    const std::size_t rows = run.row + count;
    impl.times.ResizeToWrite(rows);
    impl.sequences.ResizeToWrite(rows);
    impl.event_sources.ResizeToWrite(rows);
    impl.event_touchpoints.ResizeToWrite(rows);
    impl.kinds.ResizeToWrite(rows);
    impl.identifier_ranges.ResizeToWrite(rows);
    impl.identifiers.ResizeToWrite(run.identifiers + block.begins[end] - block.begins[begin]);
    impl.counts[source.value][AdmissionStatus::kAccepted] += count;
    attributes.Write(block.begin, begin, end, run.row);
    if (count < kBlock / 4) return WriteRows(begin, end);
    workers.Run([&](unsigned part) {
      const auto range = Workers::PartOf(count, part, workers.count(), kTile);
      WriteRows(begin + range.begin, begin + range.end);
    });
  }

  // Rows [begin, end) of the block, which are of the run.
  void WriteRows(std::size_t begin, std::size_t end) {
    const std::size_t row = run.row + (begin - run.begin), count = end - begin;
    std::ranges::copy(columns.times.subspan(block.begin + begin, count), &impl.times[row]);
    std::fill_n(&impl.event_sources[row], count, source);
    std::fill_n(&impl.kinds[row], count, RecordKind::kEvent);
    for (std::size_t i = 0; i < count; ++i) impl.event_touchpoints[row + i] = {block.touchpoints[begin + i]};
    WriteSequences(begin, end, row);
    for (std::size_t i = begin; i < end; ++i) {
      impl.identifier_ranges[row + i - begin] = {IdentifiersOf(i), block.begins[i + 1] - block.begins[i]};
    }
    if (name_spaces.size() <= 3)
      WriteUpToThree(begin, end);
    else
      WriteMany(begin, end);
    if (answers.empty()) return;
    for (std::size_t i = begin; i < end; ++i) {
      answers[block.begin + i] = {
          AdmissionStatus::kAccepted, EventField::kNone, {static_cast<std::uint32_t>(row + i - begin)}};
    }
  }

  // Where in the log the identifiers of a row of the block go.
  [[nodiscard]] std::size_t IdentifiersOf(std::size_t i) const {
    return run.identifiers + (block.begins[i] - block.begins[run.begin]);
  }

  void WriteSequences(std::size_t begin, std::size_t end, std::size_t row) {
    const std::size_t count = end - begin;
    std::uint64_t* const to = &impl.sequences[row];
    if (!columns.sequences.empty())
      std::ranges::copy(columns.sequences.subspan(block.begin + begin, count), to);
    else if (!columns.ids.empty())
      std::copy_n(&block.sequences[begin], count, to);
    else
      std::iota(to, to + count, run.number + (begin - run.begin));
  }

  // Three identifiers, of which some are not there, are sorted without a branch; kNone comes last.
  void WriteUpToThree(std::size_t begin, std::size_t end) {
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
      IdentifierId* const at = impl.identifiers.data() + IdentifiersOf(i);
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

  void WriteMany(std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      IdentifierId* const at = impl.identifiers.data() + IdentifiersOf(i);
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
    event.attributes.clear();
    event.attributes.reserve(
        columns.attributes.size());  // a copy that is left behind would not be overwritten
    attributes.Add(row, event);
    const Admission answer = log.AppendAnd(event, before_change, call);
    digits.clear();
    internal::Wipe(event.attributes.data(), event.attributes.size() * sizeof(Attribute));
    if (!answers.empty()) answers[row] = answer;
  }

  EventLog& log;
  Impl& impl;
  const EventColumns& columns;
  const std::span<Admission> answers;
  const Impl::BeforeChange before_change;
  void* const call;
  Workers workers;
  std::vector<Part> parts;               // by thread
  std::vector<NamespaceId> name_spaces;  // by column of identifiers; invalid: the log has none of it yet
  SourceId source;
  Block block;
  BatchNamer namer;
  ColumnAttributes attributes;
  MissingList some_missing;
  internal::NumberClaims claims;
  bool one_by_one = false;  // rows of the block are claimed one after the other from now on
  // The rows of the block that are being settled: where they begin in it, their first row and identifier in the log, and the
  // first number of those that come without one.
  struct RowsAtHand {
    std::size_t begin = 0, row = 0, identifiers = 0;
    std::uint64_t number = 0;
  } run;
  std::vector<Digits> digits;
  std::size_t risen = 0;  // rows of the block up to here have rising numbers, or numbers are not just rising
  Event event;
};

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
