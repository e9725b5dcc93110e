// EventLog: the evidence. A set of events in columns, with every text turned into a dense id at the door.
//
//   log.Append({.time = t0, .channel = "web", .name = "view", .identifiers = {{"cookie", "c"}}})  -> accepted
//   log.Append(<the same id and content again>)                                                  -> duplicate
//   log.Append(<the same id, other content>)                                                     -> conflict
//
// The set, not the order, is what counts. Of several offers with one id the log keeps the one whose content
// is smallest (by time, kind, channel, name, identifiers, attributes, in that order), and of equal contents the
// one with the smallest (sequence, source). An offer that takes over is answered `conflict` like any other that
// meets an earlier one, is counted as accepted, and leaves no trace of the one it replaces but in the counts.
// Rows are numbered in order of arrival: an EventIndex, like every dense id, is for looking things up and never
// reaches an output. The order of events is Before(): (time, sequence, id).
//
// What is to be forgotten goes by Forget(): its row stays as a hole of the kind kForgotten, with nothing in it,
// and every text of an identifier or an attribute that no row refers to any more is overwritten in memory.
// WithoutForgotten() is the same log without holes.
//
// Limits:  0 to 8 identifiers and 0 to 64 attributes an event; lengths and budgets in EventLogLimits.
// Errors:  none but the Admission; Append never fails halfway. Memory that runs out throws std::bad_alloc; the
//          log may then only be destroyed.
// Threads: thread-compatible.
// Cost:    Append hashes identifiers and ids once and other texts seldom; about 40 bytes an event, and 4 bytes for an
//          identifier and 16 for an attribute on it, beside one table entry for each distinct text.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "journey/core/ids.h"
#include "journey/core/symbol_table.h"
#include "journey/core/time.h"
#include "journey/events/admission.h"
#include "journey/events/event.h"
#include "journey/events/event_columns.h"

namespace journey {
inline namespace v0 {

struct EventLogLimits {
  std::size_t max_text_bytes = 256;        // of a channel, event name, source, id, namespace or attribute key
  std::size_t max_identifier_bytes = 512;  // of the value of an identifier
  std::size_t max_attribute_bytes = 16384;        // of the text value of an attribute
  std::size_t max_attributes = 64;                // on one event
  std::uint64_t max_events = 4'000'000'000;       // held; beyond: over budget
  std::uint64_t max_identifiers = 4'000'000'000;  // distinct, held; over budget is who brings more
  std::uint64_t max_bytes = UINT64_MAX;           // of bytes(); beyond: over budget
};
inline constexpr std::size_t kMaxIdentifiers = 8;

// What one channel and event name are together.
struct Touchpoint {
  ChannelId channel;
  NameId name;
  friend bool operator==(Touchpoint, Touchpoint) = default;
};

// One attribute as stored: the text's id, the bits of the double, or 0 and 1.
struct AttributeRow {
  KeyId key;
  AttributeValue::Kind kind = AttributeValue::Kind::kText;
  std::uint64_t bits = 0;

  [[nodiscard]] TextId text() const { return {static_cast<std::uint32_t>(bits)}; }
  [[nodiscard]] double number() const;
  [[nodiscard]] bool boolean() const { return bits != 0; }
  friend bool operator==(const AttributeRow&, const AttributeRow&) = default;
};
static_assert(sizeof(AttributeRow) == 16 && std::is_trivially_copyable_v<AttributeRow>);

// The offers of a source that had the ids of some rows, by what they are counted as.
struct SourceOffers {
  SourceId source;
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t conflicts = 0;
};

class EventLog {
 public:
  explicit EventLog(EventLogLimits limits = {});
  ~EventLog();
  EventLog(EventLog&&) noexcept;
  EventLog& operator=(EventLog&&) noexcept;

  // Takes the event in, or says why not. Texts must be UTF-8 without NUL bytes; the channel and name of an
  // event not empty; an unlink and a relink have exactly two identifiers, a consent and a withdrawal at least
  // one and, if any, a purpose that is a text.
  Admission Append(const Event& event) { return AppendAnd(event, nullptr, nullptr); }
  // The same for one after the other, and the answers in the same order, if they are wanted. Cheaper, the more so the
  // more identifiers the log has: what looking them up waits for comes for several events at once.
  // Requires: answers is empty or as long as events.
  void Append(std::span<const Event> events, std::span<Admission> answers = {}) {
    AppendAll(events, answers, nullptr, nullptr);
  }

  // Appends many events that come in columns; on `threads` threads, of which one is the caller's.
  // Requires: answers is empty or as long as the columns.
  void Append(const EventColumns& columns, std::span<Admission> answers = {}, unsigned threads = 1) {
    AppendColumns(columns, answers, threads, nullptr, nullptr);
  }
  // The number of a channel and an event name, for EventColumns::touchpoints. Invalid: no event can have them.
  [[nodiscard]] TouchpointId AddTouchpoint(std::string_view channel, std::string_view name);

  // The same, and calls before_change(row) right before a row that is there already changes: its content,
  // because this offer takes over, or its sequence and source, because this offer is the first of equal ones.
  // What was built from the row can be taken back then, and built anew when Append has returned.
  // Requires: before_change leaves the log alone.
  template <typename BeforeChange>
  Admission Append(const Event& event, BeforeChange&& before_change) {
    return AppendAnd(
        event,
        [](void* call, EventIndex row) { (*static_cast<std::remove_reference_t<BeforeChange>*>(call))(row); },
        const_cast<void*>(static_cast<const void*>(std::addressof(before_change))));
  }

  template <typename BeforeChange>
  void Append(std::span<const Event> events, std::span<Admission> answers, BeforeChange&& before_change) {
    AppendAll(
        events, answers,
        [](void* call, EventIndex row) { (*static_cast<std::remove_reference_t<BeforeChange>*>(call))(row); },
        const_cast<void*>(static_cast<const void*>(std::addressof(before_change))));
  }

  // Counts an offer that never became an Event, such as a row that could not be read.
  // Requires: status is none of accepted, duplicate and conflict.
  void Reject(std::string_view source, AdmissionStatus status);

  // Takes events out as if they had never been offered, but for the counts: each offer that had the id of one
  // of them, be it accepted, duplicate or conflict, is counted as `becomes` from now on. The same id is taken in
  // as a new row when it is offered again; numbers of sources are not given out again. Then overwrites the
  // texts of identifiers and attributes that no row refers to, also those that only refused offers brought.
  // (Ids of events are kept as digests only, which are overwritten, too; texts of channels, names, namespaces,
  // attribute keys and sources stay.)
  // Accepted means that the counts stay as they are; what AddOffers() noted before can be counted anew later.
  // Requires: rows that are not forgotten, each once; `becomes` is neither duplicate nor conflict.
  // Cost: one pass over the log, so that many at once are the cheaper.
  void Forget(std::span<const EventIndex> rows, AdmissionStatus becomes);
  // Adds the offers that had the id of a row to sums by source. Requires: not forgotten.
  void AddOffers(EventIndex row, std::vector<SourceOffers>& sums) const;
  // Counts them as `becomes`. Requires: they are of rows that were forgotten as accepted; each is counted anew once.
  void Recount(std::span<const SourceOffers> offers, AdmissionStatus becomes);
  [[nodiscard]] bool forgotten(EventIndex event) const { return kind(event) == RecordKind::kForgotten; }
  [[nodiscard]] std::size_t holes() const;  // the forgotten rows

  // The accepted events, by row; holes included.
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] TimePoint time(EventIndex event) const;
  [[nodiscard]] std::uint64_t sequence(EventIndex event) const;
  [[nodiscard]] EventKey key(EventIndex event) const;
  [[nodiscard]] SourceId source(EventIndex event) const;
  [[nodiscard]] RecordKind kind(EventIndex event) const;
  [[nodiscard]] TouchpointId touchpoint(EventIndex event) const;  // invalid where a correction has none
  // Order: ascending id, each once. Lifetime: until the next Append.
  [[nodiscard]] std::span<const IdentifierId> identifiers(EventIndex event) const;
  // Order: ascending key id, each once. Lifetime: until the next Append.
  [[nodiscard]] std::span<const AttributeRow> attributes(EventIndex event) const;
  [[nodiscard]] const AttributeRow* FindAttribute(EventIndex event, KeyId key) const;  // or nullptr

  // The total order of events: (time, sequence, key). No two accepted events are equal in it.
  [[nodiscard]] bool Before(EventIndex a, EventIndex b) const;

  // The columns themselves, for stages that pass over all rows.
  [[nodiscard]] std::span<const TimePoint> times() const;
  [[nodiscard]] std::span<const std::uint64_t> sequences() const;
  [[nodiscard]] std::span<const RecordKind> kinds() const;
  [[nodiscard]] std::span<const TouchpointId> touchpoint_column() const;

  // The texts behind the ids. The tag of an entry of identifiers() is its NamespaceId.
  [[nodiscard]] const SymbolTable& sources() const;
  [[nodiscard]] const SymbolTable& channels() const;
  [[nodiscard]] const SymbolTable& names() const;
  [[nodiscard]] const SymbolTable& namespaces() const;
  [[nodiscard]] const SymbolTable& identifier_values() const;
  [[nodiscard]] const SymbolTable& attribute_keys() const;
  [[nodiscard]] const SymbolTable& texts() const;
  [[nodiscard]] std::span<const Touchpoint> touchpoints() const;  // by TouchpointId

  // Of size(), those that are events and no corrections.
  [[nodiscard]] std::size_t events() const;

  // What became of all offers: in total, and by SourceId.
  [[nodiscard]] AdmissionCounts admissions() const;
  [[nodiscard]] std::span<const AdmissionCounts> admissions_by_source() const;

  // A log of the events up to and including `time`; the later ones are counted as `future`.
  // Cost: as appending the kept events again.
  [[nodiscard]] EventLog Until(TimePoint time) const;

  // A log as if these rows had been forgotten, and the counts of that alone, by SourceId: for what is left out
  // for a time. Requires: as Forget(). Cost: as Until(); the counts as the number of rows and of sources.
  [[nodiscard]] EventLog Without(std::span<const EventIndex> rows, AdmissionStatus becomes) const;
  [[nodiscard]] std::vector<AdmissionCounts> CountsWithout(std::span<const EventIndex> rows,
                                                           AdmissionStatus becomes) const;

  // A log of the rows that are not forgotten, in the same order, which holds no more memory than they need.
  // Sources, touchpoints, namespaces and attribute keys have the same ids there, identifiers and texts have not.
  // new_rows, if given: by row of this log, the row there; invalid for a hole. Cost: as Until().
  [[nodiscard]] EventLog WithoutForgotten(std::vector<EventIndex>* new_rows = nullptr) const;

  [[nodiscard]] std::size_t bytes() const;  // of memory held, within a few per cent

 private:
  struct Impl;
  struct Ahead;
  struct ColumnAppender;
  class ColumnAttributes;
  Admission AppendAnd(const Event& event, void (*before_change)(void*, EventIndex), void* call,
                      const Ahead* ahead = nullptr);
  void AppendAll(std::span<const Event> events, std::span<Admission> answers,
                 void (*before_change)(void*, EventIndex), void* call);
  void AppendColumns(const EventColumns& columns, std::span<Admission> answers, unsigned threads,
                     void (*before_change)(void*, EventIndex), void* call);
  void AppendTogether(std::span<const Event> events, std::span<Admission> answers,
                      void (*before_change)(void*, EventIndex), void* call);
  std::unique_ptr<Impl> impl_;
};

}  // namespace v0
}  // namespace journey
