// ColumnMap: which column of a file is which part of an event. A file format is such a map: data, not code.
//
//   {"time": {"column": "timestamp", "format": "iso8601"}, "name": {"column": "event"},
//    "channel": {"constant": "web"},
//    "id": {"column": "event_id"}, "sequence": {"column": "n"},
//    "identifiers": {"user_id": {"column": "customer_id"}, "device": {"column": "device_id"}},
//    "attributes": ["platform", "status"]}
//
// time, name and channel must be there. Without an id an event is known by its source and sequence; without a
// sequence that is the number of its row, and without a source the source is the file. A map that says one
// source for several files therefore wants an id or a sequence too, or their first rows are taken for the
// same event. `attributes` is a list of columns, or {"status": {"column": "http.status"}} to give them other
// names.
//
// "record": {"column": "record"} names a column that says which rows are corrections and no events (see
// RecordKind in event.h): link, unlink, relink, logout, consent or withdraw; event or nothing is an event.
// Corrections need no name and no channel.
//
// In JSON Lines a column is a key, or a path such as context.traits.email: a key of just that name comes
// first.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "journey/core/status_fwd.h"
#include "journey/io/time_text.h"

namespace journey {
inline namespace v0 {

// Where one field of an event comes from.
struct FieldSource {
  enum class Kind : std::uint8_t { kNone, kColumn, kConstant };

  Kind kind = Kind::kNone;
  std::string text;  // the name of the column, or the constant

  [[nodiscard]] static FieldSource Column(std::string_view name) {
    return {Kind::kColumn, std::string(name)};
  }
  [[nodiscard]] static FieldSource Constant(std::string_view value) {
    return {Kind::kConstant, std::string(value)};
  }
  friend bool operator==(const FieldSource&, const FieldSource&) = default;
};

// The namespace of an identifier or the key of an attribute, and the column that holds the values.
struct NamedColumn {
  std::string name;
  std::string column;
  friend bool operator==(const NamedColumn&, const NamedColumn&) = default;
};

struct ColumnMap {
  FieldSource time;  // a column
  TimeFormat time_format = TimeFormat::kAuto;
  FieldSource name;
  FieldSource channel;
  FieldSource id;        // a column, or none
  FieldSource sequence;  // a column of whole numbers, or none
  FieldSource source;
  FieldSource record;  // a column that holds event (or nothing) or a correction, such as link; or none
  std::vector<NamedColumn> identifiers;
  std::vector<NamedColumn> attributes;

  // Errors: InvalidArgument that names the field when one is missing, empty, or given twice.
  [[nodiscard]] absl::Status Validate() const;
  friend bool operator==(const ColumnMap&, const ColumnMap&) = default;
};

// Errors: InvalidArgument with the file's name, the place (line and column where it is no JSON, else a path
//         such as time.format), what was found and what was expected. Keys that are unknown or given twice are
//         errors.
[[nodiscard]] absl::StatusOr<ColumnMap> ParseColumnMap(std::string_view json, std::string_view file_name);

// The map as a MAP.json, indented, to save and to edit. ParseColumnMap gives the same map back.
[[nodiscard]] std::string ToJson(const ColumnMap& map);

// The map in lines for a person: "time         column timestamp (iso8601)".
[[nodiscard]] std::string Describe(const ColumnMap& map);

// A map for columns of well-known names (timestamp, event_time, ts; event, event_name, action; user_id,
// customer_id; device_id, cookie, anonymous_id; email; phone; ...), in any usual spelling. `rows` are the
// first rows, as texts in the order of `columns` and perhaps none; they decide on the format of the time and
// whether an `id` is the event's. What is not known by its name becomes an attribute, up to 64 of them. The
// platform stands in for a missing channel, and without one the channel is the constant "web".
//
// The result does not validate when no column looks like the time or the name of an event.
[[nodiscard]] ColumnMap GuessColumnMap(std::span<const std::string_view> columns,
                                       std::span<const std::vector<std::string>> rows = {});

}  // namespace v0
}  // namespace journey
