#include "io/event_assembler.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "io/time_fault.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

using Kind = InputCell::Kind;

// The places in `digits_` of the fields that are texts; those of the identifiers
// and the attributes follow.
enum Scratch : std::size_t { kName, kChannel, kId, kSource, kIdentifiers };

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

EventAssembler::EventAssembler(const ColumnMap& map, std::size_t max_problems, EventSink& sink,
                               ReadReport& report)
    : map_(map), max_problems_(max_problems), sink_(sink), report_(report) {
  time_ = Bind(map_.time);
  name_ = Bind(map_.name);
  channel_ = Bind(map_.channel);
  id_ = Bind(map_.id);
  sequence_ = Bind(map_.sequence);
  source_ = Bind(map_.source);
  record_ = Bind(map_.record);
  for (const NamedColumn& column : map_.identifiers)
    identifiers_.push_back({column.name, SlotOf(column.column)});
  for (const NamedColumn& column : map_.attributes)
    attributes_.push_back({column.name, SlotOf(column.column)});
  cells_.resize(columns_.size());
  digits_.resize(Scratch::kIdentifiers + identifiers_.size() + attributes_.size());
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

std::string_view EventAssembler::TextOf(const InputCell& cell, std::size_t scratch, bool& bad) {
  char* const begin = digits_[scratch].text;
  char* const end = begin + sizeof digits_[scratch].text;
  std::to_chars_result written{begin, std::errc{}};
  switch (cell.kind) {
    case Kind::kAbsent:
      return {};
    case Kind::kText:
      return cell.text;
    case Kind::kInteger:
      written = std::to_chars(begin, end, cell.integer);
      break;
    case Kind::kUnsigned:
      written = std::to_chars(begin, end, cell.unsigned_integer);
      break;
    case Kind::kNumber:
      // 42.0 is how some tools write the whole number 42.
      written = std::trunc(cell.number) == cell.number && std::abs(cell.number) < 1e18
                    ? std::to_chars(begin, end, static_cast<std::int64_t>(cell.number))
                    : std::to_chars(begin, end, cell.number);
      break;
    case Kind::kBoolean:
    case Kind::kStructure:
      bad = true;
      return {};
  }
  return {begin, static_cast<std::size_t>(written.ptr - begin)};
}

bool EventAssembler::SetTime(std::uint64_t line) {
  const InputCell& cell = cells_[time_.slot];
  if (const std::optional<TimePoint> time = TimeOf(cell, map_.time_format)) {
    event_.time = *time;
    return true;
  }
  const std::string_view fault =
      cell.kind == Kind::kText ? FaultOfTime(cell.text, map_.time_format) : std::string_view{};
  Refuse(line, AdmissionStatus::kMalformed, time_.column,
         fault.empty() ? FoundOf(cell) : fmt::format("a time of the right form, but there is {}", fault),
         ExampleOf(map_.time_format));
  return false;
}

bool EventAssembler::SetText(const Source& source, std::size_t scratch, std::string_view& text,
                             std::uint64_t line) {
  if (source.slot == kNoSlot) {
    text = source.constant;
    return true;
  }
  bool bad = false;
  text = TextOf(cells_[source.slot], scratch, bad);
  if (bad) Refuse(line, AdmissionStatus::kMalformed, source.column, KindOf(cells_[source.slot]), "a text");
  return !bad;
}

bool EventAssembler::SetSequence(std::uint64_t line) {
  event_.sequence = report_.rows + 1;
  if (sequence_.slot == kNoSlot) return true;
  const InputCell& cell = cells_[sequence_.slot];
  event_.sequence = SequenceOf(cell);
  if (event_.sequence) return true;
  Refuse(line, AdmissionStatus::kMalformed, sequence_.column, FoundOf(cell), "a whole number from 0");
  return false;
}

bool EventAssembler::SetRecord(std::uint64_t line) {
  event_.kind = RecordKind::kEvent;
  if (record_.slot == kNoSlot) return true;
  const InputCell& cell = cells_[record_.slot];
  if (IsEmpty(cell)) return true;
  constexpr std::pair<std::string_view, RecordKind> kKinds[] = {
      {"event", RecordKind::kEvent},      {"link", RecordKind::kLink},     {"unlink", RecordKind::kUnlink},
      {"relink", RecordKind::kRelink},    {"logout", RecordKind::kLogout}, {"consent", RecordKind::kConsent},
      {"withdraw", RecordKind::kWithdraw}};
  for (const auto& [name, kind] : kKinds) {
    if (cell.kind != Kind::kText || cell.text != name) continue;
    event_.kind = kind;
    return true;
  }
  Refuse(line, AdmissionStatus::kMalformed, record_.column, FoundOf(cell),
         "event, link, unlink, relink, logout, consent or withdraw");
  return false;
}

bool EventAssembler::SetIdentifiers(std::uint64_t line) {
  event_.identifiers.clear();
  for (std::size_t i = 0; i < identifiers_.size(); ++i) {
    const InputCell& cell = cells_[identifiers_[i].slot];
    if (IsEmpty(cell)) continue;
    bool bad = false;
    const std::string_view value = TextOf(cell, Scratch::kIdentifiers + i, bad);
    if (bad) {
      Refuse(line, AdmissionStatus::kMalformed, columns_[identifiers_[i].slot], KindOf(cell),
             "a text or a number");
      return false;
    }
    event_.identifiers.push_back({identifiers_[i].name, value});
  }
  return true;
}

void EventAssembler::SetAttributes() {
  event_.attributes.clear();
  for (std::size_t i = 0; i < attributes_.size(); ++i) {
    const Named& attribute = attributes_[i];
    const InputCell& cell = cells_[attribute.slot];
    switch (cell.kind) {
      case Kind::kAbsent:
        break;
      case Kind::kText:
      case Kind::kStructure:
        event_.attributes.push_back({attribute.name, cell.text});
        break;
      case Kind::kBoolean:
        event_.attributes.push_back({attribute.name, cell.boolean});
        break;
      case Kind::kInteger:
      case Kind::kUnsigned:
        if (std::abs(cell.number) < kExact) {
          event_.attributes.push_back({attribute.name, cell.number});
        } else {
          bool bad = false;
          event_.attributes.push_back(
              {attribute.name, TextOf(cell, Scratch::kIdentifiers + identifiers_.size() + i, bad)});
        }
        break;
      case Kind::kNumber:
        event_.attributes.push_back({attribute.name, cell.number});
        break;
    }
  }
}

void EventAssembler::Offer(std::uint64_t line) {
  if (!SetTime(line) || !SetText(name_, Scratch::kName, event_.name, line) ||
      !SetText(channel_, Scratch::kChannel, event_.channel, line) ||
      !SetText(id_, Scratch::kId, event_.id, line) ||
      !SetText(source_, Scratch::kSource, event_.source, line) || !SetSequence(line) || !SetRecord(line) ||
      !SetIdentifiers(line)) {
    return;
  }
  if (event_.source.empty()) event_.source = report_.source;
  SetAttributes();
  const Admission admission = sink_.Take(event_);
  ++report_.rows;
  ++report_.counts[admission.status];
  if (admission.status != AdmissionStatus::kAccepted && admission.status != AdmissionStatus::kDuplicate) {
    NoteAdmission(line, admission);
  }
}

void EventAssembler::Refuse(std::uint64_t line, AdmissionStatus status, std::string_view field,
                            std::string_view found, std::string_view expected) {
  sink_.Reject(report_.source, status);
  ++report_.rows;
  ++report_.counts[status];
  Note(line, status, field, found, expected);
}

void EventAssembler::Note(std::uint64_t line, AdmissionStatus status, std::string_view field,
                          std::string_view found, std::string_view expected) {
  if (report_.problems.size() >= max_problems_) return;
  report_.problems.push_back(
      {report_.file, line, std::string(field), status, std::string(found), std::string(expected)});
}

// The log says which field, and of several identifiers or attributes not which one; so the message names the
// kind of field, and the column where there is just one.
void EventAssembler::NoteAdmission(std::uint64_t line, const Admission& admission) {
  if (report_.problems.size() >= max_problems_) return;
  std::string_view field;
  switch (admission.field) {
    case EventField::kTime:
      field = time_.column;
      break;
    case EventField::kName:
      field = name_.column;
      break;
    case EventField::kChannel:
      field = channel_.column;
      break;
    case EventField::kId:
      field = id_.column;
      break;
    case EventField::kSource:
      field = source_.column;
      break;
    case EventField::kIdentifier:
      field = identifiers_.size() == 1 ? std::string_view(columns_[identifiers_[0].slot]) : "an identifier";
      break;
    case EventField::kAttribute:
      field = attributes_.size() == 1 ? std::string_view(columns_[attributes_[0].slot]) : "an attribute";
      break;
    case EventField::kNone:
      break;
  }
  const bool pair = event_.kind == RecordKind::kUnlink || event_.kind == RecordKind::kRelink;
  if (pair && admission.field == EventField::kIdentifier && event_.identifiers.size() != 2) {
    return Note(line, admission.status, "identifiers", fmt::format("{} of them", event_.identifiers.size()),
                "two, the pair that the correction is about");
  }
  const bool consent = event_.kind == RecordKind::kConsent || event_.kind == RecordKind::kWithdraw;
  if (consent && admission.field == EventField::kIdentifier && event_.identifiers.empty()) {
    return Note(line, admission.status, "identifiers", "none", "one at least, of the person who says it");
  }
  const bool purpose =
      consent && admission.field == EventField::kAttribute &&
      admission.status == AdmissionStatus::kMalformed &&
      std::ranges::any_of(event_.attributes, [](const Attribute& attribute) {
        return attribute.key == kPurposeKey && attribute.value.kind() != AttributeValue::Kind::kText;
      });
  if (purpose) return Note(line, admission.status, kPurposeKey, "no text", "a text");
  const bool empty_text = (admission.field == EventField::kName && event_.name.empty()) ||
                          (admission.field == EventField::kChannel && event_.channel.empty());
  switch (admission.status) {
    case AdmissionStatus::kMalformed:
      return Note(line, admission.status, field,
                  empty_text ? "nothing" : "bytes that are not UTF-8, or a NUL byte",
                  empty_text ? "a text" : "UTF-8 text without NUL bytes");
    case AdmissionStatus::kTooLarge:
      return Note(line, admission.status, field, "more than the limit", "less text, or fewer of them");
    case AdmissionStatus::kOutOfRange:
      return Note(line, admission.status, field, "a time before 1970 or after 2199",
                  "a time from 1970 to 2199");
    case AdmissionStatus::kConflict:
      return Note(line, admission.status, id_.column, "other content under an id that was there before",
                  "one content for one id");
    case AdmissionStatus::kLate:
      return Note(line, admission.status, time_.column, "a time before what its source may still deliver",
                  "events that are not later than is allowed");
    case AdmissionStatus::kFuture:
      return Note(line, admission.status, time_.column, "a time in the future", "a time that has come");
    case AdmissionStatus::kErased:
      return Note(line, admission.status, "", "an event of someone who was erased", "none of these");
    case AdmissionStatus::kNoConsent:
      return Note(line, admission.status, "", "an event of someone who has not agreed to this use",
                  "consent");
    case AdmissionStatus::kOverBudget:
      return Note(line, admission.status, "", "one event more than may be held", "fewer, or a larger budget");
    default:
      return Note(line, admission.status, field, NameOf(admission.status), "an event that can be taken in");
  }
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
