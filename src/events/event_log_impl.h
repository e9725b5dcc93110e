// EventLog::Impl: the columns of a log, and what is known of sources, touchpoints and keys.
#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/sip_hash.h"
#include "core/utf8.h"
#include "core/wipe.h"
#include "events/attribute_store.h"
#include "events/numbered_rows.h"
#include "events/packed_range.h"
#include "events/plain_events.h"
#include "events/recent_identifiers.h"
#include "events/recent_touchpoints.h"
#include "journey/core/column.h"
#include "journey/core/flat_index.h"
#include "journey/core/huge_memory.h"
#include "journey/events/event_log.h"

namespace journey {
inline namespace v0 {
namespace internal {

// What an event says, apart from how it came: the part that a duplicate has in common with its first.
struct Content {
  TimePoint time;
  RecordKind kind;
  TouchpointId touchpoint;
  std::span<const IdentifierId> identifiers;
  std::span<const AttributeRow> attributes;
};

// An attribute's value as it is stored, but for the id of a text.
inline std::uint64_t BitsOf(const AttributeValue& value) {
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

}  // namespace internal

// What was worked out of an event before its turn: the digest of its id; and of its identifiers, in their order, their
// namespaces, their ids as far as they are remembered, and the digests of the others.
struct EventLog::Ahead {
  EventKey key;  // of an event with an id
  std::array<SymbolTable::Digest, kMaxIdentifiers> digests;
  std::array<std::uint32_t, kMaxIdentifiers> name_spaces;
  std::array<std::uint32_t, kMaxIdentifiers> ids;  // or kNotRecent
  bool known = false;                              // else there is nothing of the identifiers

  Ahead() = default;
  Ahead(const Ahead&) = delete;
  Ahead& operator=(const Ahead&) = delete;
  ~Ahead() { internal::Wipe(digests.data(), sizeof digests); }
};

struct EventLog::Impl {
  using Content = internal::Content;
  using PackedRange = internal::PackedRange;

  explicit Impl(EventLogLimits log_limits) : limits(log_limits) {}

  // A source: its digest, and the numbers that its events without an id have had so far.
  struct Source {
    std::uint64_t digest = 0;
    bool numbered = false;      // there was one
    std::uint64_t largest = 0;  // of them
    [[nodiscard]] bool used_up() const { return numbered && largest == UINT64_MAX; }
    // Requires: not used_up().
    [[nodiscard]] std::uint64_t Next() const { return numbered ? largest + 1 : largest; }
  };

  EventLogLimits limits;
  SymbolTable sources, channels, names, namespaces, identifier_values, attribute_keys, texts;
  std::vector<Source> source_rows;
  std::vector<AdmissionCounts> counts;  // by source
  std::vector<Touchpoint> touchpoints;
  internal::FlatIndex touchpoint_index;
  // What a thread that appends has seen of late.
  struct alignas(64) Lately {
    internal::RecentTouchpoints touchpoints;
    internal::RecentIdentifiers<std::string_view> texts;
    internal::RecentIdentifiers<std::uint64_t> numbers;
  };
  [[nodiscard]] std::size_t LatelyBytes() const {
    std::size_t sum = 0;
    for (const Lately& seen : lately)
      sum += seen.touchpoints.bytes() + seen.texts.bytes() + seen.numbers.bytes();
    return sum;
  }
  std::vector<Lately> lately{1};  // by thread; the first is that of all who are alone
  std::uint64_t blocks = 0;       // of columns, so far

  Column<TimePoint> times;
  Column<std::uint64_t> sequences;
  Column<SourceId> event_sources;
  Column<TouchpointId> event_touchpoints;
  Column<RecordKind> kinds;
  Column<EventKey> keys;  // empty as long as no event had an id of its own
  Column<PackedRange> identifier_ranges;
  Column<IdentifierId> identifiers;
  internal::AttributeStore attributes;
  std::size_t holes = 0;         // forgotten rows
  std::size_t wiped_values = 0;  // forgotten identifiers

  // Budgets are of what is held; numbers of 32 bits are used up by what was, too.
  static constexpr std::size_t kMostNumbers = UINT32_MAX - 255;  // the largest stand for no row
  [[nodiscard]] bool HasRoomForRows(std::size_t rows) const {
    return times.size() - holes + rows <= limits.max_events && times.size() + rows <= kMostNumbers;
  }
  [[nodiscard]] bool HasRoomForIdentifiers(std::size_t count) const {
    return identifier_values.size() - wiped_values + count <= limits.max_identifiers &&
           identifier_values.size() + count <= kMostNumbers;
  }

  // Key -> row, of events with an id. Events without one are in no index as long as the numbers of each source only
  // rise: then none of them can be a second offer. Else they are found by number, or by key where numbers are sparse.
  internal::FlatIndex key_index;
  std::uint64_t key_salt[2] = {};
  enum class Numbers : std::uint8_t { kRising, kPaged, kHashed };
  Numbers numbers = Numbers::kRising;
  internal::NumberedRows numbered_rows;

  // The further offers of what a row is known by, by their source.
  struct Repeats {
    SourceId source;
    std::uint64_t duplicates = 0;
    std::uint64_t conflicts = 0;
  };
  std::unordered_map<std::uint32_t, std::vector<Repeats>> repeats;

  internal::PlainEvents plain;  // scratch: its views are of events that are gone

  // The event at hand, in ids and numbers, never in texts; kept to save allocations.
  std::vector<IdentifierId> new_identifiers;
  std::vector<AttributeRow, internal::WipingAllocator<AttributeRow>> new_attributes;

  [[nodiscard]] bool CleanText(std::string_view text) const { return internal::IsCleanUtf8(text); }

  // The ids of those texts of an event that were interned lately.
  struct RecentIds {
    RecentIds() {
      name_spaces.fill(SymbolTable::kNotRecent);
      identifiers.fill(SymbolTable::kNotRecent);
    }
    std::uint32_t source = SymbolTable::kNotRecent;
    std::uint32_t touchpoint = SymbolTable::kNotRecent;
    std::uint32_t channel = SymbolTable::kNotRecent;  // these two only if it is none of those
    std::uint32_t name = SymbolTable::kNotRecent;
    std::array<std::uint32_t, kMaxIdentifiers> name_spaces;
    std::array<std::uint32_t, kMaxIdentifiers> identifiers;
  };
  [[nodiscard]] Admission Inspect(const Event& event, RecentIds& recent, const Ahead* ahead) const;
  [[nodiscard]] Admission InspectText(std::string_view text, EventField field, bool required) const;
  // The same, at once if the table has seen the text lately: what is in it was found good. `recent` gets its id then.
  [[nodiscard]] Admission InspectText(const SymbolTable& table, std::string_view text, EventField field,
                                      bool required, std::uint32_t& recent) const {
    recent = table.FindRecent(text);
    if (recent != SymbolTable::kNotRecent && (!required || !text.empty())) return {};
    return InspectText(text, field, required);
  }
  // `known`: a row has its id, so that it takes no more than what is new in its lists.
  [[nodiscard]] bool OverBudget(const Event& event, bool known) const;

  SourceId InternSource(std::string_view source, std::uint32_t recent = SymbolTable::kNotRecent);
  TouchpointId InternTouchpoint(std::string_view channel, std::string_view name,
                                const RecentIds& recent = {});
  [[nodiscard]] std::uint64_t HashOf(Touchpoint touchpoint) const {
    return internal::Mix(key_salt[0] ^
                         (std::uint64_t{touchpoint.channel.value} << 32 | touchpoint.name.value));
  }
  [[nodiscard]] std::uint32_t FindTouchpoint(Touchpoint wanted) const {
    return touchpoint_index.Find(HashOf(wanted),
                                 [&](std::uint32_t row) { return touchpoints[row] == wanted; });
  }
  // The touchpoint of these texts, if it was seen lately; or kNotRecent.
  [[nodiscard]] std::uint32_t FindRecent(const internal::RecentTouchpoints& seen,
                                         const internal::RecentTouchpoints::Sight& sight,
                                         std::string_view channel, std::string_view name) const {
    const std::uint32_t id = seen.Candidate(sight);
    if (id == internal::RecentTouchpoints::kNone) return SymbolTable::kNotRecent;
    constexpr std::size_t kWhole = internal::TextSight::kWhole;
    if (channel.size() <= kWhole && name.size() <= kWhole) return id;
    const Touchpoint touchpoint = touchpoints[id];
    const bool same =
        channels.text(touchpoint.channel.value) == channel && names.text(touchpoint.name.value) == name;
    return same ? id : SymbolTable::kNotRecent;
  }
  void InternLists(const Event& event, const RecentIds& recent = {}, const Ahead* ahead = nullptr);
  void RememberText(std::string_view value, std::uint32_t name_space, std::uint32_t id);
  // Of an identifier that is remembered, and that the log has.
  [[nodiscard]] const char* TextOf(
      const internal::RecentIdentifiers<std::string_view>::Place& remembered) const {
    return identifier_values.text(remembered.id).data();
  }
  [[nodiscard]] std::uint32_t FindRecent(std::string_view value, std::uint32_t name_space) const {
    return lately.front().texts.Find(internal::IdentifierSight<std::string_view>::Of(value), name_space,
                                     [this](const auto& place) { return TextOf(place); });
  }
  // Works out what the appending of these events will need first, and asks memory for it.
  void LookAhead(std::span<const Event> events, std::span<Ahead> ahead) const;
  [[nodiscard]] EventKey KeyAhead(const Event& event) const;

  [[nodiscard]] EventKey KeyOf(std::size_t row) const {
    return keys.empty() ? EventKey{source_rows[event_sources[row].value].digest, sequences[row]} : keys[row];
  }
  [[nodiscard]] std::uint64_t HashOf(EventKey key) const {
    return internal::Mix(internal::Mix(key.high ^ key_salt[0]) + (key.low ^ key_salt[1]));
  }
  [[nodiscard]] std::uint32_t FindRow(EventKey key) const {
    return key_index.Find(HashOf(key), [&](std::uint32_t row) { return KeyOf(row) == key; });
  }
  // Requires: numbers are not just rising.
  [[nodiscard]] std::uint32_t FindNumbered(SourceId source, std::uint64_t number) {
    if (numbers != Numbers::kPaged) return FindRow({source_rows[source.value].digest, number});
    if (!numbered_rows.Seen(source, number)) return internal::NumberedRows::kNone;
    NoteRows();
    if (numbers != Numbers::kPaged) return FindRow({source_rows[source.value].digest, number});
    const std::uint32_t row = numbered_rows.RowOf(source, number);
    // A number whose row was not written in the end, as memory ran out, is new.
    const bool has_it =
        row < times.size() && IsNumbered(row) && event_sources[row] == source && sequences[row] == number;
    return has_it ? row : internal::NumberedRows::kNone;
  }
  // Whether a row is known by its number, and not by an id of its own.
  [[nodiscard]] bool IsNumbered(std::uint32_t row) const {
    return kinds[row] != RecordKind::kForgotten &&
           (keys.empty() ||
            keys[row] == EventKey{source_rows[event_sources[row].value].digest, sequences[row]});
  }
  // Notes which numbers the rows have that came since the last time; or puts them into the hash index, where that is less.
  void NoteRows();
  // To note all rows is linear in them, which no live event may wait for: there it is done as they come.
  void NoteRowsIfSteady() {
    if (numbers == Numbers::kPaged && internal::SteadyMemory::wanted()) NoteRows();
  }
  // From now on numbers may come in any order.
  void IndexNumberedRows() {
    if (numbers == Numbers::kRising) PageNumbers();
  }
  void PageNumbers();
  void HashNumbers();
  void HashNumbersIfSparse() {
    if (numbers == Numbers::kPaged && numbered_rows.sparse()) HashNumbers();
  }
  // Gives each row its key, before the first that has an id of its own. Requires: none has.
  void BeginKeys();
  // Puts a new row where it is to be found. Requires: its key is written.
  void IndexRow(std::uint32_t row, bool has_id);

  // Fills in what a row says, apart from its id.
  void View(std::size_t row, Event& event) const;
  [[nodiscard]] Content ContentOf(std::size_t row) const;
  [[nodiscard]] bool Smaller(const Content& a, const Content& b) const;

  // Finds places at once for this many rows in all, so that none has to be looked for as they come.
  void ReserveRows(std::size_t rows) {
    times.reserve(rows);
    sequences.reserve(rows);
    event_sources.reserve(rows);
    event_touchpoints.reserve(rows);
    kinds.reserve(rows);
    identifier_ranges.reserve(rows);
  }
  void AppendRow(const Event& event, SourceId source, std::uint64_t sequence, TouchpointId touchpoint);

  // An offer in ids, its lists being new_identifiers and new_attributes.
  struct Offer {
    const Event& event;
    SourceId source;
    std::uint64_t sequence;
    TouchpointId touchpoint;
  };
  using BeforeChange = void (*)(void*, EventIndex);  // called before a row changes; or none
  Admission OfferAgain(std::uint32_t row, const Offer& offer, BeforeChange before_change, void* call);
  [[nodiscard]] bool ComesFirst(const Offer& offer, std::uint32_t row) const;
  Repeats& RepeatsOf(std::uint32_t row, SourceId source);
  void Duplicate(std::uint32_t row, const Offer& offer, bool comes_first);
  void TakeOver(std::uint32_t row, const Offer& offer);

  void ClearLists(std::uint32_t row);
  // Counts all offers of what the row is known by as `becomes`, in `counts`.
  void Recount(std::uint32_t row, AdmissionStatus becomes, std::vector<AdmissionCounts>& by_source) const;
  void ForgetRow(std::uint32_t row, AdmissionStatus becomes);
  void WipeUnusedTexts();
  void CopySources(const Impl& from);
  void CopyRow(const Impl& from, std::uint32_t row, Event& scratch);
};

}  // namespace v0
}  // namespace journey
