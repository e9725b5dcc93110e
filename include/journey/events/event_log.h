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
// Limits:  0 to 8 identifiers and 0 to 64 attributes an event; lengths and budgets in EventLogLimits.
// Errors:  none but the Admission; Append never fails halfway. Memory that runs out throws std::bad_alloc; the
//          log may then only be destroyed.
// Threads: thread-compatible.
// Cost:    Append hashes each text once; about 50 bytes an event, and 8 bytes for an identifier and 16 for an
//          attribute on it, beside one table entry for each distinct text.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "journey/core/ids.h"
#include "journey/core/symbol_table.h"
#include "journey/core/time.h"
#include "journey/events/admission.h"
#include "journey/events/event.h"

namespace journey {
inline namespace v0 {

struct EventLogLimits {
  std::size_t max_text_bytes = 256;        // of a channel, event name, source, id, namespace or attribute key
  std::size_t max_identifier_bytes = 512;  // of the value of an identifier
  std::size_t max_attribute_bytes = 16384;   // of the text value of an attribute
  std::size_t max_attributes = 64;           // on one event
  std::uint64_t max_events = 4'000'000'000;  // beyond: over budget
  std::uint64_t max_bytes = UINT64_MAX;      // of bytes(); beyond: over budget
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

class EventLog {
 public:
  explicit EventLog(EventLogLimits limits = {});
  ~EventLog();
  EventLog(EventLog&&) noexcept;
  EventLog& operator=(EventLog&&) noexcept;

  // Takes the event in, or says why not. Texts must be UTF-8 without NUL bytes; the channel and name of an
  // event not empty; an unlink and a relink have exactly two identifiers.
  Admission Append(const Event& event);

  // Counts an offer that never became an Event, such as a row that could not be read.
  // Requires: status is none of accepted, duplicate and conflict.
  void Reject(std::string_view source, AdmissionStatus status);

  // The accepted events, by row.
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

  [[nodiscard]] std::size_t bytes() const;  // of memory held, within a few per cent

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace v0
}  // namespace journey
