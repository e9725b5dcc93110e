#include "io/event_assembler.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "io/time_digits.h"
#include "io/time_fault.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

using Kind = InputCell::Kind;

// Whole numbers below it are exact as a double; beyond, an attribute keeps its digits as a text.
constexpr double kExact = 9007199254740992.0;

std::string_view KindOf(const InputCell& cell) {
  switch (cell.kind) {
    case Kind::kAbsent:
      return "nothing";
    case Kind::kText:
      return cell.text.empty() ? "an empty text" : "a text";
    case Kind::kInteger:
    case Kind::kUnsigned:
    case Kind::kNumber:
      return "a number";
    case Kind::kBoolean:
      return "true or false";
    case Kind::kStructure:
      return cell.text.starts_with("[") ? "a list" : "an object";
  }
  return "something else";
}

bool IsEmpty(const InputCell& cell) {
  return cell.kind == Kind::kAbsent || (cell.kind == Kind::kText && cell.text.empty());
}

std::optional<TimePoint> TimeOf(const InputCell& cell, TimeFormat format) {
  if (cell.kind == Kind::kText) return ParseTime(cell.text, format);
  if (format == TimeFormat::kIso8601) return std::nullopt;
  if (cell.kind == Kind::kNumber) return TimeFromNumber(cell.number, format);
  char digits[24];
  std::to_chars_result written{digits, std::errc{}};
  if (cell.kind == Kind::kInteger) written = std::to_chars(digits, digits + sizeof digits, cell.integer);
  if (cell.kind == Kind::kUnsigned)
    written = std::to_chars(digits, digits + sizeof digits, cell.unsigned_integer);
  if (written.ptr == digits) return std::nullopt;
  return ParseTime({digits, static_cast<std::size_t>(written.ptr - digits)}, format);
}

std::optional<std::uint64_t> SequenceOf(const InputCell& cell) {
  if (cell.kind == Kind::kUnsigned) return cell.unsigned_integer;
  if (cell.kind == Kind::kInteger && cell.integer >= 0) return static_cast<std::uint64_t>(cell.integer);
  if (cell.kind != Kind::kText || cell.text.empty()) return std::nullopt;
  if (const std::optional<std::uint64_t> number = NumberOfDigits(cell.text)) return number;
  std::uint64_t number = 0;
  const char* const end = cell.text.data() + cell.text.size();
  const auto [rest, error] = std::from_chars(cell.text.data(), end, number);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return number;
}

std::string FoundOf(const InputCell& cell) {
  if (cell.kind == Kind::kText && !cell.text.empty())
    return fmt::format("text of the form {}", ShapeOf(cell.text));
  return std::string(KindOf(cell));
}

}  // namespace

EventAssembler::EventAssembler(const ColumnMap& map, std::size_t max_problems, std::string_view source,
                               RowOutlet& outlet)
    : map_(map), max_problems_(max_problems), source_name_(source), outlet_(outlet) {
  time_ = Bind(map_.time);
  name_ = Bind(map_.name);
  channel_ = Bind(map_.channel);
  id_ = Bind(map_.id);
  sequence_ = Bind(map_.sequence);
  source_ = Bind(map_.source);
  record_ = Bind(map_.record);
  std::vector<std::string_view> name_spaces, keys;
  for (const NamedColumn& column : map_.identifiers) {
    name_spaces.push_back(column.name);
    identifiers_.push_back(SlotOf(column.column));
  }
  for (const NamedColumn& column : map_.attributes) {
    keys.push_back(column.name);
    attributes_.push_back(SlotOf(column.column));
  }
  outlet_.SetLists(name_spaces, keys);
  cells_.resize(columns_.size());
}

std::size_t EventAssembler::SlotOf(const std::string& column) {
  const auto known = std::find(columns_.begin(), columns_.end(), column);
  if (known != columns_.end()) return static_cast<std::size_t>(known - columns_.begin());
  columns_.push_back(column);
  return columns_.size() - 1;
}

EventAssembler::Source EventAssembler::Bind(const FieldSource& field) {
  if (field.kind == FieldSource::Kind::kColumn) return {SlotOf(field.text), {}, field.text};
  return {kNoSlot, field.text, {}};
}

std::string_view EventAssembler::TextOf(const InputCell& cell, bool& bad) {
  char digits[40];
  char* const end = digits + sizeof digits;
  std::to_chars_result written{digits, std::errc{}};
  switch (cell.kind) {
    case Kind::kAbsent:
      return {};
    case Kind::kText:
      return Kept(cell.text);
    case Kind::kInteger:
      written = std::to_chars(digits, end, cell.integer);
      break;
    case Kind::kUnsigned:
      written = std::to_chars(digits, end, cell.unsigned_integer);
      break;
    case Kind::kNumber:
      // 42.0 is how some tools write the whole number 42.
      written = std::trunc(cell.number) == cell.number && std::abs(cell.number) < 1e18
                    ? std::to_chars(digits, end, static_cast<std::int64_t>(cell.number))
                    : std::to_chars(digits, end, cell.number);
      break;
    case Kind::kBoolean:
    case Kind::kStructure:
      bad = true;
      return {};
  }
  return Keep({digits, static_cast<std::size_t>(written.ptr - digits)});
}

bool EventAssembler::SetTime(RowBatch::Row& row, std::uint64_t line) {
  const InputCell& cell = cells_[time_.slot];
  if (const std::optional<TimePoint> time = TimeOf(cell, map_.time_format)) {
    row.time = *time;
    return true;
  }
  const std::string_view fault =
      cell.kind == Kind::kText ? FaultOfTime(cell.text, map_.time_format) : std::string_view{};
  Refuse(line, AdmissionStatus::kMalformed, time_.column,
         fault.empty() ? FoundOf(cell) : fmt::format("a time of the right form, but there is {}", fault),
         ExampleOf(map_.time_format));
  return false;
}

bool EventAssembler::SetText(const Source& source, std::string_view& text, std::uint64_t line) {
  if (source.slot == kNoSlot) {
    text = source.constant;
    return true;
  }
  if (texts_ == Texts::kKept) {
    text = cells_[source.slot].text;
    return true;
  }
  bool bad = false;
  text = TextOf(cells_[source.slot], bad);
  if (bad) Refuse(line, AdmissionStatus::kMalformed, source.column, KindOf(cells_[source.slot]), "a text");
  return !bad;
}

bool EventAssembler::SetSequence(RowBatch::Row& row, std::uint64_t line) {
  row.sequence = rows_ + 1;
  if (sequence_.slot == kNoSlot) return true;
  const InputCell& cell = cells_[sequence_.slot];
  if (const std::optional<std::uint64_t> sequence = SequenceOf(cell)) {
    row.sequence = *sequence;
    return true;
  }
  Refuse(line, AdmissionStatus::kMalformed, sequence_.column, FoundOf(cell), "a whole number from 0");
  return false;
}

bool EventAssembler::SetRecord(RowBatch::Row& row, std::uint64_t line) {
  row.kind = RecordKind::kEvent;
  if (record_.slot == kNoSlot) return true;
  const InputCell& cell = cells_[record_.slot];
  if (IsEmpty(cell)) return true;
  constexpr std::pair<std::string_view, RecordKind> kKinds[] = {
      {"event", RecordKind::kEvent},      {"link", RecordKind::kLink},     {"unlink", RecordKind::kUnlink},
      {"relink", RecordKind::kRelink},    {"logout", RecordKind::kLogout}, {"consent", RecordKind::kConsent},
      {"withdraw", RecordKind::kWithdraw}};
  for (const auto& [name, kind] : kKinds) {
    if (cell.kind != Kind::kText || cell.text != name) continue;
    row.kind = kind;
    return true;
  }
  Refuse(line, AdmissionStatus::kMalformed, record_.column, FoundOf(cell),
         "event, link, unlink, relink, logout, consent or withdraw");
  return false;
}

bool EventAssembler::SetIdentifiers(std::uint64_t line) {
  if (texts_ == Texts::kKept) {  // without a branch on which of them there are, which is as good as random
    for (std::size_t list = 0; list < identifiers_.size(); ++list)
      outlet_.batch().SetIdentifier(list, cells_[identifiers_[list]].text);
    return true;
  }
  for (std::size_t list = 0; list < identifiers_.size(); ++list) {
    const InputCell& cell = cells_[identifiers_[list]];
    if (IsEmpty(cell)) continue;
    bool bad = false;
    const std::string_view value = TextOf(cell, bad);
    if (bad) {
      Refuse(line, AdmissionStatus::kMalformed, columns_[identifiers_[list]], KindOf(cell),
             "a text or a number");
      return false;
    }
    outlet_.batch().SetIdentifier(list, value);
  }
  return true;
}

void EventAssembler::SetAttributes() {
  RowBatch& batch = outlet_.batch();
  for (std::size_t list = 0; list < attributes_.size(); ++list) {
    const InputCell& cell = cells_[attributes_[list]];
    switch (cell.kind) {
      case Kind::kAbsent:
        break;
      case Kind::kText:
      case Kind::kStructure:
        batch.SetAttribute(list, Kept(cell.text));
        break;
      case Kind::kBoolean:
        batch.SetAttribute(list, cell.boolean);
        break;
      case Kind::kInteger:
      case Kind::kUnsigned:
        if (std::abs(cell.number) < kExact) {
          batch.SetAttribute(list, cell.number);
        } else {
          bool bad = false;
          batch.SetAttribute(list, TextOf(cell, bad));
        }
        break;
      case Kind::kNumber:
        batch.SetAttribute(list, cell.number);
        break;
    }
  }
}

void EventAssembler::Offer(std::uint64_t line, Texts texts) {
  texts_ = texts;
  RowBatch& batch = outlet_.batch();
  batch.Begin();
  RowBatch::Row row;
  if (!SetTime(row, line) || !SetText(name_, row.name, line) || !SetText(channel_, row.channel, line) ||
      !SetText(id_, row.id, line) || !SetText(source_, row.source, line) || !SetSequence(row, line) ||
      !SetRecord(row, line) || !SetIdentifiers(line)) {
    return;
  }
  if (row.source.empty()) row.source = source_name_;
  SetAttributes();
  ++rows_;
  batch.Commit(row, line);
  outlet_.Added();
}

void EventAssembler::Refuse(std::uint64_t line, AdmissionStatus status, std::string_view field,
                            std::string_view found, std::string_view expected) {
  ++rows_;
  outlet_.batch().Refuse(line, status, field, found, expected, max_problems_);
  outlet_.Added();
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
