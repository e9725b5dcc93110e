// Many events at once, in blocks of rows, each in three passes:
//
//   look    by all threads: texts are hashed, their places asked for some rows ahead, and what the log knows of them
//           is looked up; nothing changes
//   settle  by one, in the order of the rows: which events are new, and ids for identifiers that are
//   write   by all threads: the columns
//
// A row that the log would do more with than accept (it is malformed, or perhaps not new) is appended as an Event, at
// its turn.
#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

#include "core/text_sight.h"
#include "core/workers.h"
#include "events/event_log_impl.h"
#include "journey/core/check.h"

namespace journey {
inline namespace v0 {
namespace {

constexpr std::uint32_t kNone = SymbolTable::kNotFound;  // the event has no identifier in this column
constexpr std::uint32_t kMissing = kNone - 1;            // it has one that the log does not know
constexpr std::size_t kBlock = std::size_t{1} << 16;

// The decimal digits of a number.
class Digits {
 public:
  explicit Digits(std::uint64_t number)
      : size_(static_cast<std::size_t>(std::to_chars(text_.data(), text_.data() + text_.size(), number).ptr -
                                       text_.data())) {}
  ~Digits() { internal::Wipe(text_.data(), size_); }
  Digits(const Digits&) = default;
  Digits& operator=(const Digits&) = default;
  [[nodiscard]] std::string_view text() const { return {text_.data(), size_}; }

 private:
  std::array<char, 20> text_;
  std::size_t size_;
};

// The touchpoints that a thread has seen lately.
class RecentTouchpoints {
 public:
  struct Place {
    internal::TextSight channel, name;
    std::uint32_t touchpoint = kNone;
  };
  Place& At(const internal::TextSight& channel, const internal::TextSight& name) {
    return places_[(channel.Hash() ^ name.Hash(1) * 3) >> 56];
  }

 private:
  std::array<Place, 256> places_;
};

}  // namespace

struct EventLog::ColumnAppender {
  ColumnAppender(EventLog& event_log, const EventColumns& event_columns, std::span<Admission> admissions,
                 unsigned threads)
      : log(event_log),
        impl(*event_log.impl_),
        columns(event_columns),
        answers(admissions),
        workers(event_columns.size() < kBlock / 4 ? 1 : threads),
        recent(workers.count()) {}

  void Run() {
    const std::size_t rows = columns.size();
    if (rows == 0) return;
    if (!Prepare()) {
      for (std::size_t i = 0; i < rows; ++i) AppendAsEvent(i);
      return;
    }
    // The first blocks are small: they make known what comes again, so that the next ones find it.
    std::size_t size = std::min(rows, kBlock / 64);
    Reserve(std::min(rows, kBlock));
    for (std::size_t begin = 0; begin < rows; begin += size, size = std::min({4 * size, kBlock, rows - begin})) {
      RunBlock(begin, size);
    }
  }

 private:
  // What is known of the rows of a block; of the identifiers, by column and row.
  struct Block {
    std::size_t begin = 0, size = 0;
    Column<std::uint64_t> hashes;
    Column<std::uint32_t> ids;
    Column<std::uint32_t> touchpoints;
    Column<std::uint8_t> by_event;  // the row is appended as an event
    Column<EventKey> keys;          // of rows with an id
    Column<std::uint32_t> begins;   // where its identifiers begin, from the first of the run of rows
  };

  // What all events have in common. False: they are to be looked at one by one.
  bool Prepare() {
    const std::span<const IdentifierColumn> lists = columns.identifiers;
    const std::size_t rows = columns.size();
    if (lists.size() > kMaxIdentifiers || impl.limits.max_bytes != UINT64_MAX ||
        impl.times.size() + rows > impl.limits.max_events ||
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
    block.by_event.ResizeToWrite(rows);
    block.begins.ResizeToWrite(rows);
    if (!columns.ids.empty()) block.keys.ResizeToWrite(rows);
  }

  void RunBlock(std::size_t begin, std::size_t size) {
    block.begin = begin;
    block.size = size;
    workers.Run([&](unsigned part) {
      const auto range = internal::Workers::PartOf(size, part, workers.count(), kTile);
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
      block.by_event[i] = time < kMinTime || time >= kMaxTime || block.touchpoints[i] == kNone;
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
    std::size_t count = 0;
    std::uint32_t* const ids = &block.ids[list * block.size];
    std::uint64_t* const hashes = &block.hashes[list * block.size];
    for (std::size_t i = first; i < end; ++i) {
      ids[i] = kNone;
      if (texts[i].empty()) continue;
      if (texts[i].size() > impl.limits.max_identifier_bytes) {
        block.by_event[i] = 1;
        continue;
      }
      rows[count] = static_cast<std::uint32_t>(i);
      asked[count++] = hashes[i] = impl.identifier_values.HashOf(texts[i], name_space);
    }
    impl.identifier_values.LookAhead(std::span(asked).first(count));
    for (std::size_t at = 0; at < count; ++at) {
      const std::uint32_t i = rows[at];
      ids[i] = impl.identifier_values.FindHashed(texts[i], name_space, hashes[i]);
      if (ids[i] != kNone) continue;
      ids[i] = kMissing;
      if (!impl.CleanText(texts[i])) block.by_event[i] = 1;  // what is known is clean
    }
  }

  void LookForNumbers(std::size_t list, std::size_t first, std::size_t end) {
    const std::span<const std::uint64_t> numbers = columns.identifiers[list].numbers.subspan(block.begin);
    const internal::NumberNames& names = impl.number_names;
    std::uint32_t* const ids = &block.ids[list * block.size];
    std::uint64_t* const hashes = &block.hashes[list * block.size];
    for (std::size_t i = first; i < end; ++i) {
      if (numbers[i] == IdentifierColumn::kNoNumber) continue;
      hashes[i] = names.HashOf(name_spaces[list], numbers[i]);
      names.Prefetch(hashes[i]);
    }
    for (std::size_t i = first; i < end; ++i)
      ids[i] = numbers[i] == IdentifierColumn::kNoNumber ? kNone : names.Candidate(hashes[i]);
    for (std::size_t i = first; i < end; ++i) {
      if (numbers[i] == IdentifierColumn::kNoNumber) continue;
      ids[i] = names.Find(hashes[i], name_spaces[list], numbers[i], ids[i]);
      if (ids[i] == kNone) ids[i] = kMissing;
    }
  }

  void LookForKey(std::size_t i) {
    const std::size_t row = block.begin + i;
    if (!columns.ids.empty() && !columns.ids[row].empty()) {
      if (!impl.InspectText(columns.ids[row], EventField::kId, false).accepted() || impl.keys.empty()) {
        block.by_event[i] = 1;
        return;
      }
      block.keys[i] = internal::DigestOfEventId(columns.ids[row]);
    }
  }

  // --- settle ---

  void Settle() {
    constexpr std::size_t kAhead = 16;
    run_begin = 0;
    run_first = impl.times.size();
    run_identifiers = 0;
    for (std::size_t i = 0; i < block.size; ++i) {
      if (i + kAhead < block.size) AskAhead(i + kAhead);
      if (block.by_event[i] == 0 && Accept(i)) continue;
      Write(i);
      AppendAsEvent(block.begin + i);
      run_begin = i + 1;
      run_first = impl.times.size();
    }
    Write(block.size);
  }

  // Asks memory for what the settling of a row will need.
  void AskAhead(std::size_t i) const {
    const std::size_t row = block.begin + i;
    if (HasId(row)) {
      impl.key_index.Prefetch(impl.HashOf(block.keys[i]));
    } else if (impl.numbers == Impl::Numbers::kPaged && !columns.sequences.empty()) {
      impl.numbered_rows.Prefetch(source, columns.sequences[row]);
    }
    for (std::size_t at = i; at < block.ids.size() && at < block.size * name_spaces.size(); at += block.size) {
      if (block.ids[at] != kMissing) continue;
      if (columns.identifiers[at / block.size].texts.empty())
        impl.number_names.Prefetch(block.hashes[at]);
      else
        impl.identifier_values.Prefetch(block.hashes[at]);
    }
  }

  [[nodiscard]] bool HasId(std::size_t row) const { return !columns.ids.empty() && !columns.ids[row].empty(); }

  // Takes in a row that nothing is wrong with. False: there may be one like it.
  bool Accept(std::size_t i) {
    const std::size_t row = block.begin + i;
    Impl::Source& numbers = impl.source_rows[source.value];
    const bool has_id = HasId(row);
    const std::uint64_t sequence =
        !columns.sequences.empty() ? columns.sequences[row] : has_id ? 0 : numbers.Next();
    if (has_id) {
      if (impl.FindRow(block.keys[i]) != internal::FlatIndex::kNone) return false;
    } else if (numbers.numbered && sequence <= numbers.largest) {
      if (impl.numbers == Impl::Numbers::kRising) {
        Write(i);  // all rows are to be seen now
        impl.IndexNumberedRows();
      }
      if (impl.FindNumbered(source, sequence) != internal::FlatIndex::kNone) return false;
    } else {
      numbers.numbered = true;
      numbers.largest = sequence;
    }
    block.begins[i] = run_identifiers;
    for (std::size_t list = 0; list < name_spaces.size(); ++list) {
      std::uint32_t& id = block.ids[list * block.size + i];
      if (id == kMissing) id = Name(list, i);
      run_identifiers += id != kNone;
    }
    // What a row is known by is there at once, the rest when the run is written.
    const auto stored = static_cast<std::uint32_t>(impl.sequences.size());
    impl.sequences.push_back(sequence);
    impl.event_sources.push_back(source);
    if (has_id)
      impl.keys.push_back(block.keys[i]);
    else if (!impl.keys.empty())
      impl.keys.push_back({numbers.digest, sequence});
    impl.IndexRow(stored, has_id);
    if (impl.numbers == Impl::Numbers::kPaged && impl.numbered_rows.sparse()) {
      Write(i + 1);
      impl.HashNumbersIfSparse();
    }
    return true;
  }

  // The id of an identifier that the log did not know when it was looked up.
  std::uint32_t Name(std::size_t list, std::size_t i) {
    const IdentifierColumn& column = columns.identifiers[list];
    const std::uint64_t hash = block.hashes[list * block.size + i];
    const NamespaceId name_space = name_spaces[list];
    if (!column.texts.empty())
      return impl.identifier_values.Intern(column.texts[block.begin + i], name_space.value, hash);
    const std::uint64_t number = column.numbers[block.begin + i];
    std::uint32_t id = impl.number_names.Find(hash, name_space, number, kNone);
    if (id != kNone) return id;
    id = impl.identifier_values.Intern(Digits(number).text(), name_space.value);
    impl.number_names.Insert(hash, name_space, number, id);
    return id;
  }

  // --- write: the accepted rows up to `end` of the block that are not written yet ---

  void Write(std::size_t end) {
    const std::size_t count = end - run_begin;
    if (count == 0) return;
    const std::size_t rows = run_first + count;
    const std::size_t identifiers = impl.identifiers.size();
    impl.times.ResizeToWrite(rows);
    impl.event_touchpoints.ResizeToWrite(rows);
    impl.kinds.ResizeToWrite(rows);
    impl.identifier_ranges.ResizeToWrite(rows);
    impl.identifiers.ResizeToWrite(identifiers + run_identifiers);
    impl.counts[source.value][AdmissionStatus::kAccepted] += count;
    const auto write = [&](std::size_t begin_of_part, std::size_t end_of_part) {
      for (std::size_t i = begin_of_part; i < end_of_part; ++i) WriteRow(i, identifiers);
    };
    if (count < kBlock / 16) {
      write(run_begin, end);
    } else {
      workers.Run([&](unsigned part) {
        const auto range = internal::Workers::PartOf(count, part, workers.count(), kTile);
        write(run_begin + range.begin, run_begin + range.end);
      });
    }
    run_begin = end;
    run_first = rows;
    run_identifiers = 0;
  }

  void WriteRow(std::size_t i, std::size_t identifiers) {
    const std::size_t row = run_first + (i - run_begin);
    impl.times[row] = columns.times[block.begin + i];
    impl.event_touchpoints[row] = {block.touchpoints[i]};
    impl.kinds[row] = RecordKind::kEvent;
    IdentifierId* const begin = &impl.identifiers[identifiers + block.begins[i]];
    std::size_t count = 0;
    for (std::size_t at = i; at < block.size * name_spaces.size(); at += block.size) {
      const IdentifierId id{block.ids[at]};
      if (!id.valid()) continue;
      std::size_t place = count++;
      for (; place > 0 && id < begin[place - 1]; --place) begin[place] = begin[place - 1];
      begin[place] = id;
    }
    impl.identifier_ranges[row] = {identifiers + block.begins[i], count};
    if (!answers.empty())
      answers[block.begin + i] = {AdmissionStatus::kAccepted, EventField::kNone,
                                  {static_cast<std::uint32_t>(row)}};
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
    std::vector<Digits> digits;
    digits.reserve(columns.identifiers.size());
    for (const IdentifierColumn& list : columns.identifiers) {
      if (!list.texts.empty()) {
        if (!list.texts[row].empty()) event.identifiers.push_back({list.name_space, list.texts[row]});
      } else if (!list.numbers.empty() && list.numbers[row] != IdentifierColumn::kNoNumber) {
        event.identifiers.push_back({list.name_space, digits.emplace_back(list.numbers[row]).text()});
      }
    }
    const Admission answer = log.Append(event);
    if (!answers.empty()) answers[row] = answer;
  }

  EventLog& log;
  Impl& impl;
  const EventColumns& columns;
  const std::span<Admission> answers;
  internal::Workers workers;
  std::vector<RecentTouchpoints> recent;  // by thread
  std::vector<NamespaceId> name_spaces;   // by column of identifiers
  SourceId source;
  Block block;
  // Rows of the block from run_begin on are accepted and not written: the log's from run_first on.
  std::size_t run_begin = 0;
  std::size_t run_first = 0;
  std::uint32_t run_identifiers = 0;
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
