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
#include <cstring>
#include <numeric>
#include <tuple>
#include <utility>

#include "core/batch_namer.h"
#include "core/decimal.h"
#include "core/workers.h"
#include "events/column_attributes.h"
#include "events/event_log_impl.h"
#include "events/number_claims.h"
#include "events/recent_identifiers.h"
#include "events/recent_touchpoints.h"
#include "journey/core/check.h"

namespace journey {
inline namespace v0 {
namespace {

using internal::BatchNamer;
using internal::Digits;
using internal::RecentIdentifiers;
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
  // A row that has what another one, or it, is listed for as missing: what is new comes in visits, several times in a block.
  struct Repeat {
    std::uint32_t row;
    std::uint32_t first;  // in the list of the missing
  };

  // What is known of the rows of a block.
  struct Block {
    std::size_t begin = 0, size = 0;
    std::uint32_t number = 0;
    Column<std::uint32_t> ids;  // of the identifiers, by column and row
    Column<std::uint32_t> touchpoints;
    Column<std::uint8_t> states;
    Column<EventKey> keys;  // of rows with an id
    Column<std::uint64_t>
        sequences;  // where there is no column of them: some rows have ids, or numbers are claimed
    Column<std::uint32_t> begins;  // by row, and at the end: the identifiers of all rows before
    MissingList missing;
    std::vector<Repeat> repeats;  // by tile, column and row
  };
  static constexpr std::size_t kTile = ColumnAttributes::kTile;

  // What is looked up at once. Numbers are values, and a digest of one can be traced to it: nothing of them is left.
  template <typename Value>
  struct Asked {
    std::array<std::uint32_t, kTile> rows, ids;
    std::array<Value, kTile> values;
    std::array<SymbolTable::Digest, kTile> digests;
    std::size_t count = 0;
    RecentIdentifiers<Value> recent;

    ~Asked() {
      internal::Wipe(values.data(), sizeof values);
      internal::Wipe(digests.data(), sizeof digests);
    }
  };
  // What one thread finds in its part of a block, and what it has seen lately.
  struct Part {
    RecentTouchpoints touchpoints;
    Asked<std::string_view> texts;
    Asked<std::uint64_t> numbers;
    std::uint32_t identifiers = 0;
    MissingList missing;
    std::vector<Repeat> repeats;
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
    for (Part& part : parts) {
      for (const IdentifierColumn& list : lists) {
        if (list.texts.empty())
          part.numbers.recent.MakePlaces(rows);
        else
          part.texts.recent.MakePlaces(rows);
      }
    }
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
    ++block.number;
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

  // --- look: rows [first, end) of the block, at most kTile ---

  void Look(std::size_t first, std::size_t end, Part& part) {
    LookForTouchpoints(first, end, part.touchpoints);
    const TimePoint* const times = columns.times.data() + block.begin;
    const std::uint32_t* const touchpoints = block.touchpoints.data();
    std::uint8_t* const states = block.states.data();
    for (std::size_t i = first; i < end; ++i) {
      const bool good = (times[i] >= kMinTime) & (times[i] < kMaxTime) & (touchpoints[i] != kNone);
      states[i] = good ? kPlain : kByEvent;
    }
    for (std::uint32_t list = 0; list < columns.identifiers.size(); ++list) {
      const IdentifierColumn& column = columns.identifiers[list];
      if (!column.texts.empty())
        LookFor(list, column.texts.subspan(block.begin), first, end, part.texts, part);
      else
        LookFor(list, column.numbers.subspan(block.begin), first, end, part.numbers, part);
    }
    CountIdentifiers(first, end, part);
    attributes.Look(block.begin, first, end, block.states, kByEvent);
    if (columns.ids.empty()) return;
    for (std::size_t i = first; i < end; ++i) LookForKey(i);
  }

  void LookForTouchpoints(std::size_t first, std::size_t end, RecentTouchpoints& touchpoints) {
    std::uint32_t* const found = block.touchpoints.data();
    if (columns.names.empty()) {
      const TouchpointId* const wanted = columns.touchpoints.data() + block.begin;
      const auto known = static_cast<std::uint32_t>(impl.touchpoints.size());
      for (std::size_t i = first; i < end; ++i) found[i] = wanted[i].value < known ? wanted[i].value : kNone;
    } else {
      for (std::size_t i = first; i < end; ++i) found[i] = TouchpointAt(block.begin + i, touchpoints);
    }
  }

  std::uint32_t TouchpointAt(std::size_t row, RecentTouchpoints& touchpoints) {
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

  // Which rows have an identifier in this column, and what the log knows of it.
  template <typename Value>
  void LookFor(std::uint32_t list, std::span<const Value> values, std::size_t first, std::size_t end,
               Asked<Value>& asked, Part& part) {
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
    const bool remember = asked.recent.IsWorth(count);
    if (remember) LeaveOutRecent(list, values, ids, asked, part);
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
      if (id == kMissing) {
        part.missing.push_back({asked.digests[at], row, list});
        if (!IsClean(values[row])) {  // what is known is clean
          block.states[row] = kByEvent;
          continue;
        }
      }
      if (!remember) continue;
      const auto sight = internal::IdentifierSight<Value>::Of(asked.values[at]);
      asked.recent.At(sight, list) = {sight, list, id, listed, block.number};
    }
  }

  // Answers for what was asked for lately, and leaves the others to be looked up.
  template <typename Value>
  void LeaveOutRecent(std::uint32_t list, std::span<const Value> values, std::uint32_t* ids,
                      Asked<Value>& asked, Part& part) {
    std::size_t left = 0, repeats = part.repeats.size();
    part.repeats.resize(repeats + asked.count);
    Repeat* const again = part.repeats.data();
    for (std::size_t at = 0; at < asked.count; ++at) {
      const std::uint32_t row = asked.rows[at];
      const auto sight = internal::IdentifierSight<Value>::Of(values[row]);
      const auto& place = asked.recent.At(sight, list);
      const bool missing = place.id == kMissing;
      const bool known =
          (place.column == list) & (!missing | (place.block == block.number)) & place.sight.Is(sight);
      // Without a branch, as it would be guessed wrong every other time.
      ids[row] = place.id;
      again[repeats] = {row, place.first};
      repeats += static_cast<std::size_t>(known & missing);
      asked.rows[left] = row;
      left += static_cast<std::size_t>(!known);
    }
    part.repeats.resize(repeats);
    asked.recent.Note(asked.count, asked.count - left);
    asked.count = left;
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
      end = FirstByEvent(end);
      const std::size_t stopped = SettleRun(i, end);
      if (stopped < block.size) AppendAsEvent(block.begin + stopped);
      i = stopped + 1;
    }
  }

  // From a row on.
  [[nodiscard]] std::size_t FirstByEvent(std::size_t row) const {
    const std::uint8_t* const states = block.states.data();
    const void* const at = std::memchr(states + row, kByEvent, block.size - row);
    return at == nullptr ? block.size
                         : static_cast<std::size_t>(static_cast<const std::uint8_t*>(at) - states);
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
    run.repeats = begin == 0 && end == block.size;
    if (run.repeats) return Name(block.missing);
    // What is missing in some of the rows may be listed for a row that is not taken in.
    some_missing.clear();
    for (const Missing& one : OfTiles<Missing>(block.missing, begin, end)) {
      if (one.row >= begin && one.row < end) some_missing.push_back(one);
    }
    for (const Repeat& one : OfTiles<Repeat>(block.repeats, begin, end)) {
      const Missing& first = block.missing[one.first];
      if (one.row >= begin && one.row < end) some_missing.push_back({first.digest, one.row, first.column});
    }
    // In the order in which they would be listed if none was a repeat, whatever the threads.
    std::ranges::sort(some_missing, {},
                      [](const Missing& one) { return std::tuple(one.row / kTile, one.column, one.row); });
    Name(some_missing);
  }
  // Of a list by tiles those of all tiles in which rows [begin, end) are.
  template <typename One>
  [[nodiscard]] static std::span<const One> OfTiles(std::span<const One> list, std::size_t begin,
                                                    std::size_t end) {
    const auto tile_of = [](const One& one) { return one.row / kTile; };
    const auto from = std::ranges::lower_bound(list, begin / kTile, {}, tile_of);
    return {from, std::ranges::upper_bound(from, list.end(), (end - 1) / kTile, {}, tile_of)};
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
           .number = run.number,
           .repeats = run.repeats};
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
    if (run.repeats) NameRepeats(begin, end);
    std::ranges::copy(columns.times.subspan(block.begin + begin, count), &impl.times[row]);
    std::fill_n(&impl.event_sources[row], count,
                SourceId(source));  // a copy: the compiler reads source anew for each
    std::fill_n(&impl.kinds[row], count, RecordKind::kEvent);
    std::transform(&block.touchpoints[begin], &block.touchpoints[begin] + count, &impl.event_touchpoints[row],
                   [](std::uint32_t touchpoint) { return TouchpointId{touchpoint}; });
    WriteSequences(begin, end, row);
    WriteRanges(begin, end, row);
    switch (name_spaces.size()) {
      case 0:
        break;
      case 1:
        WriteFew<1>(begin, end);
        break;
      case 2:
        WriteFew<2>(begin, end);
        break;
      case 3:
        WriteFew<3>(begin, end);
        break;
      default:
        WriteMany(begin, end);
    }
    if (answers.empty()) return;
    for (std::size_t i = begin; i < end; ++i) {
      answers[block.begin + i] = {
          AdmissionStatus::kAccepted, EventField::kNone, {static_cast<std::uint32_t>(row + i - begin)}};
    }
  }

  // Of whole tiles.
  void NameRepeats(std::size_t begin, std::size_t end) {
    const Missing* const missing = block.missing.data();
    std::uint32_t* const ids = block.ids.data();
    for (const Repeat& one : OfTiles<Repeat>(block.repeats, begin, end)) {
      const Missing& first = missing[one.first];
      const std::size_t of_column = first.column * block.size;
      ids[of_column + one.row] = ids[of_column + first.row];
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

  void WriteRanges(std::size_t begin, std::size_t end, std::size_t row) {
    const std::uint32_t* const begins = block.begins.data();
    const std::size_t base = run.identifiers - begins[run.begin];
    Impl::PackedRange* const to = &impl.identifier_ranges[row];
    for (std::size_t i = begin; i < end; ++i) to[i - begin] = {base + begins[i], begins[i + 1] - begins[i]};
  }

  // Up to three identifiers, of which some are not there, are sorted without a branch; kNone comes last.
  template <std::size_t kLists>
  void WriteFew(std::size_t begin, std::size_t end) {
    std::array<const std::uint32_t*, kLists> lists;
    for (std::size_t list = 0; list < kLists; ++list) lists[list] = &block.ids[list * block.size];
    const std::uint32_t* const begins = block.begins.data();
    IdentifierId* const all = impl.identifiers.data() + run.identifiers;
    const std::uint32_t before = begins[run.begin];
    // What is written beyond those that are there is the place of the next rows, which are written after it; but the last
    // rows have none.
    const std::size_t last = begins[end];
    std::size_t i = begin;
    for (; i < end && begins[i] + kLists <= last; ++i) {
      const auto ids = SortedAt(lists, i);
      for (std::size_t n = 0; n < kLists; ++n) all[begins[i] - before + n] = {ids[n]};
    }
    for (; i < end; ++i) {
      const auto ids = SortedAt(lists, i);
      for (std::size_t n = 0; n < begins[i + 1] - begins[i]; ++n) all[begins[i] - before + n] = {ids[n]};
    }
  }
  template <std::size_t kLists>
  [[nodiscard]] static std::array<std::uint32_t, kLists> SortedAt(
      const std::array<const std::uint32_t*, kLists>& lists, std::size_t i) {
    std::array<std::uint32_t, kLists> ids;
    for (std::size_t list = 0; list < kLists; ++list) ids[list] = lists[list][i];
    // By arithmetic: of std::min and std::max g++ makes jumps here.
    const auto order = [](std::uint32_t& x, std::uint32_t& y) {
      const std::uint32_t swap = (x ^ y) & (0 - static_cast<std::uint32_t>(y < x));
      x ^= swap;
      y ^= swap;
    };
    if constexpr (kLists == 3) {
      order(ids[0], ids[1]);
      order(ids[1], ids[2]);
    }
    if constexpr (kLists >= 2) order(ids[0], ids[1]);
    return ids;
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
    bool repeats = false;  // they are all rows: a repeat has the id of what it repeats
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
