// EventLog::ColumnAppender: many events at once, in blocks of rows, each in three passes:
//
//   look    by all threads: texts are hashed, their places asked for some rows ahead, and what the log knows of them
//           is looked up; nothing changes
//   settle  run of rows by run of rows: which events are new, by one unless they are known by paged numbers; and, by all,
//           ids for identifiers that are
//   write   by all threads: the columns
//
// Each pass has a file of its own; what one leaves in a column of the block is what the next one reads.
//
// A row that the log would do more with than accept (it is malformed, or perhaps not new) is appended as an Event, at
// its turn. Which identifiers a row has is as good as random, and a branch on it is guessed wrong every other time: so
// those of a column are listed first, without a branch, and all further loops are over the list (Look took twice as
// long before).
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/batch_namer.h"
#include "core/decimal.h"
#include "core/workers.h"
#include "events/column_attributes.h"
#include "events/event_log_impl.h"
#include "events/number_claims.h"
#include "events/recent_identifiers.h"

namespace journey {
inline namespace v0 {

struct EventLog::ColumnAppender final : internal::BatchNamer::Texts {
  ColumnAppender(EventLog& event_log, const EventColumns& event_columns, std::span<Admission> admissions,
                 unsigned threads, Impl::BeforeChange before_row_changes, void* call_of_it)
      : log(event_log),
        impl(*event_log.impl_),
        columns(event_columns),
        answers(admissions),
        before_change(before_row_changes),
        call(call_of_it),
        workers(event_columns.size() < kWorthThreads ? 1 : threads),
        parts(workers.count()),
        namer(impl.identifier_values, workers),
        attributes(impl, columns.attributes),
        claims(impl.numbered_rows, workers) {
    if (impl.lately.size() < workers.count()) impl.lately.resize(workers.count());
  }

  void Run();

 private:
  // What there is of a column of identifiers in a row: the id; none; or one that the log does not know.
  static constexpr std::uint32_t kNone = SymbolTable::kNotFound;
  static constexpr std::uint32_t kMissing = kNone - 1;
  // Fewer rows are done before another thread has begun.
  static constexpr std::size_t kWorthThreads = std::size_t{1} << 14;
  // Rows. What is known of a block, and the columns it is of, stay in the cache from one pass to the next: at 10^7 events of
  // numbers, 8 K rows take 0.88 of what 32 K take on one thread, and as long on two, which wait for each other at the end of
  // each pass. Where blocks end shows in the ids of what comes new, so that it does not depend on threads.
  static constexpr std::size_t kBlock = std::size_t{1} << 13;
  static constexpr std::size_t kFirstBlock = std::size_t{1} << 11;  // see Run
  static constexpr std::size_t kTile = ColumnAttributes::kTile;
  enum RowState : std::uint8_t { kPlain, kByEvent };

  // An identifier that the log does not know: its digest, its row in the block, and its column.
  using Missing = internal::BatchNamer::Wanted;
  using MissingList = std::vector<Missing, internal::WipingAllocator<Missing>>;  // by tile, column and row
  // A row that has what another one, or it, is listed for as missing: what is new comes in visits, several times in a block.
  struct Repeat {
    std::uint32_t row;
    std::uint32_t first;  // in the list of the missing
  };

  // What is known of the rows of a block.
  struct Block {
    std::size_t begin = 0, size = 0;
    std::uint64_t number = 0, first_number = 0;  // among all of the log; of the first block of these columns
    Column<std::uint32_t> ids;                   // of the identifiers, by column and row
    Column<std::uint32_t> touchpoints;
    Column<std::uint8_t> states;
    Column<EventKey> keys;  // of rows with an id
    // Where there is no column of them: some rows have ids, or numbers are claimed.
    Column<std::uint64_t> sequences;
    Column<std::uint32_t> begins;  // by row, and at the end: the identifiers of all rows before
    MissingList missing;
    std::vector<Repeat> repeats;  // by tile, column and row
  };

  // What is looked up at once. Numbers are values, and a digest of one can be traced to it: nothing of them is left.
  template <typename Value>
  struct Asked {
    std::array<std::uint32_t, kTile> rows, ids, listed;
    std::array<Repeat, kTile> again;  // rows that have the same as one of these, by its place among them
    std::size_t again_count = 0;
    std::array<Value, kTile> values;
    std::array<SymbolTable::Digest, kTile> digests;
    std::size_t count = 0;
    std::size_t most = 0;  // that there ever were

    Asked() {}  // NOLINT(modernize-use-equals-default): nothing is there before it is asked for
    ~Asked() {
      internal::Wipe(values.data(), most * sizeof(Value));
      internal::Wipe(digests.data(), most * sizeof(SymbolTable::Digest));
    }
  };
  // What one thread finds in its part of a block.
  struct Part {
    Asked<std::string_view> texts;
    Asked<std::uint64_t> numbers;
    std::uint32_t identifiers = 0;
    MissingList missing;
    std::vector<Repeat> repeats;
  };

  // What all events have in common. False: they are to be looked at one by one.
  bool Prepare();

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

  void RunBlock(std::size_t begin, std::size_t size);
  [[nodiscard]] internal::Workers::Range PartOf(unsigned part) const {
    return internal::Workers::PartOf(block.size, part, workers.count(), kTile);
  }

  void JoinParts();  // what the threads have counted and found, as of the block

  // --- look: rows [first, end) of the block, at most kTile ---

  void Look(std::size_t first, std::size_t end, unsigned thread);
  void LookForTouchpoints(std::size_t first, std::size_t end, internal::RecentTouchpoints& seen);
  std::uint32_t TouchpointAt(std::size_t row, internal::RecentTouchpoints& seen);
  [[nodiscard]] std::uint32_t FindTouchpoint(std::string_view channel, std::string_view name) const;
  template <typename Value>
  void LookFor(std::uint32_t list, std::span<const Value> values, std::size_t first, std::size_t end,
               Asked<Value>& asked, internal::RecentIdentifiers<Value>& recent, Part& part);
  template <bool kSeek, typename Value>
  void LeaveOutRecent(std::uint32_t list, std::span<const Value> values, std::uint32_t* ids,
                      Asked<Value>& asked, internal::RecentIdentifiers<Value>& recent, Part& part);
  template <typename Value>
  void AnswerAgain(std::span<const Value> values, std::uint32_t* ids, const Asked<Value>& asked, Part& part);
  static bool IsThere(std::string_view text) { return !text.empty(); }
  static bool IsThere(std::uint64_t number) { return number != IdentifierColumn::kNoNumber; }
  [[nodiscard]] bool TooLong(std::string_view text) const {
    return text.size() > impl.limits.max_identifier_bytes;
  }
  static bool TooLong(std::uint64_t) { return false; }
  [[nodiscard]] bool IsClean(std::string_view text) const { return impl.CleanText(text); }
  static bool IsClean(std::uint64_t) { return true; }

  void CountIdentifiers(std::size_t first, std::size_t end, Part& part);
  void LookForKey(std::size_t i);
  [[nodiscard]] bool HasId(std::size_t row) const {
    return !columns.ids.empty() && !columns.ids[row].empty();
  }

  // --- settle ---

  void Settle();
  [[nodiscard]] std::size_t FirstByEvent(std::size_t row) const;
  // Takes in rows, up to the first that may not be new; answers where that is.
  std::size_t SettleRun(std::size_t begin, std::size_t end);
  [[nodiscard]] bool Rises(std::size_t begin, std::size_t end) const;
  std::size_t Admit(std::size_t begin, std::size_t end);
  std::size_t AdmitNumbers(std::size_t begin, std::size_t end);
  void AskForKey(std::size_t i) const;
  void NameMissing(std::size_t begin, std::size_t end);
  // Of a list by tiles those of all tiles in which rows [begin, end) are.
  template <typename One>
  [[nodiscard]] static std::span<const One> OfTiles(std::span<const One> list, std::size_t begin,
                                                    std::size_t end) {
    const auto tile_of = [](const One& one) { return one.row / kTile; };
    const auto from = std::ranges::lower_bound(list, begin / kTile, {}, tile_of);
    return {from, std::ranges::upper_bound(from, list.end(), (end - 1) / kTile, {}, tile_of)};
  }
  void Name(std::span<const Missing> missing);
  [[nodiscard]] Text Of(const Missing& missing, internal::Digits& number) const override {
    const IdentifierColumn& column = columns.identifiers[missing.column];
    const std::size_t row = block.begin + missing.row;
    if (column.texts.empty()) number.Assign(column.numbers[row]);
    return {column.texts.empty() ? number.text() : column.texts[row], name_spaces[missing.column].value};
  }
  void Take(const Missing& missing, std::uint32_t id) override {
    block.ids[missing.column * block.size + missing.row] = id;
  }

  // --- write: all else of rows [begin, end) of the block ---

  void Write(std::size_t begin, std::size_t end);
  void WriteRows(std::size_t begin, std::size_t end);
  void NameRepeats(std::size_t begin, std::size_t end);

  // Where in the log the identifiers of a row of the block go.
  [[nodiscard]] std::size_t IdentifiersOf(std::size_t i) const {
    return run.identifiers + (block.begins[i] - block.begins[run.begin]);
  }

  void WriteSequences(std::size_t begin, std::size_t end, std::size_t row);
  void WriteRanges(std::size_t begin, std::size_t end, std::size_t row);
  template <std::size_t kLists>
  void WriteFew(std::size_t begin, std::size_t end);
  void WriteMany(std::size_t begin, std::size_t end);

  // --- as an event ---

  void AppendAsEvent(std::size_t row);

  EventLog& log;
  Impl& impl;
  const EventColumns& columns;
  const std::span<Admission> answers;
  const Impl::BeforeChange before_change;
  void* const call;
  internal::Workers workers;
  std::vector<Part> parts;               // by thread
  std::vector<NamespaceId> name_spaces;  // by column of identifiers; invalid: the log has none of it yet
  SourceId source;
  Block block;
  internal::BatchNamer namer;
  ColumnAttributes attributes;
  MissingList some_missing;
  internal::NumberClaims claims;
  bool one_by_one = false;  // rows of the block are claimed one after the other from now on
  // The rows of the block that are being settled: where they begin in it, their first row and identifier in the log, and the
  // first number of those that come without one.
  struct RowsAtHand {
    std::size_t begin = 0, row = 0, identifiers = 0;
    std::uint64_t number = 0, first_number = 0;  // among all of the log; of the first block of these columns
    bool repeats = false;                        // they are all rows: a repeat has the id of what it repeats
  } run;
  std::vector<internal::Digits> digits;
  std::size_t risen = 0;  // rows of the block up to here have rising numbers, or numbers are not just rising
  Event event;
};

}  // namespace v0
}  // namespace journey
