#include "io/row_taker.h"

#include <fmt/format.h>

#include <algorithm>

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

std::string_view ColumnOf(const FieldSource& field) {
  return field.kind == FieldSource::Kind::kColumn ? std::string_view(field.text) : std::string_view();
}

}  // namespace

void RowTaker::Take(const RowBatch& batch) {
  std::size_t taken = 0;
  for (const RowBatch::Refusal& refusal : batch.refusals()) {
    TakeEvents(batch, taken, refusal.before);
    taken = refusal.before;
    sink_.Reject(report_.source, refusal.status);
    ++report_.rows;
    ++report_.counts[refusal.status];
    if (refusal.told) Note(refusal.line, refusal.status, refusal.field, refusal.found, refusal.expected);
  }
  TakeEvents(batch, taken, batch.events());
  if (progress_) progress_(batch.bytes_done, batch.bytes_total);
}

void RowTaker::TakeEvents(const RowBatch& batch, std::size_t begin, std::size_t end) {
  if (begin == end) return;
  const std::size_t count = end - begin;
  answers_.resize(std::max(answers_.size(), count));
  sink_.Take(batch, begin, end, std::span(answers_).first(count));
  report_.rows += count;
  for (std::size_t i = 0; i < count; ++i) {
    const Admission& answer = answers_[i];
    ++report_.counts[answer.status];
    if (answer.status == AdmissionStatus::kAccepted || answer.status == AdmissionStatus::kDuplicate) continue;
    if (report_.problems.size() >= max_problems_) continue;
    batch.View(begin + i, event_);
    NoteAdmission(batch.line(begin + i), event_, answer);
    WipeAttributes(event_);
  }
}

void RowTaker::Note(std::uint64_t line, AdmissionStatus status, std::string_view field,
                    std::string_view found, std::string_view expected) {
  if (report_.problems.size() >= max_problems_) return;
  report_.problems.push_back(
      {report_.file, line, std::string(field), status, std::string(found), std::string(expected)});
}

// The log says which field, and of several identifiers or attributes not which one; so this names the kind of
// field, and the column where there is just one.
std::string_view RowTaker::NameOfField(EventField field) const {
  const ColumnMap& map = report_.map;
  switch (field) {
    case EventField::kTime:
      return ColumnOf(map.time);
    case EventField::kName:
      return ColumnOf(map.name);
    case EventField::kChannel:
      return ColumnOf(map.channel);
    case EventField::kId:
      return ColumnOf(map.id);
    case EventField::kSource:
      return ColumnOf(map.source);
    case EventField::kIdentifier:
      return map.identifiers.size() == 1 ? std::string_view(map.identifiers[0].column) : "an identifier";
    case EventField::kAttribute:
      return map.attributes.size() == 1 ? std::string_view(map.attributes[0].column) : "an attribute";
    case EventField::kNone:
      break;
  }
  return {};
}

void RowTaker::NoteAdmission(std::uint64_t line, const Event& event, const Admission& admission) {
  const std::string_view field = NameOfField(admission.field);
  const bool pair = event.kind == RecordKind::kUnlink || event.kind == RecordKind::kRelink;
  if (pair && admission.field == EventField::kIdentifier && event.identifiers.size() != 2) {
    return Note(line, admission.status, "identifiers", fmt::format("{} of them", event.identifiers.size()),
                "two, the pair that the correction is about");
  }
  const bool consent = event.kind == RecordKind::kConsent || event.kind == RecordKind::kWithdraw;
  if (consent && admission.field == EventField::kIdentifier && event.identifiers.empty()) {
    return Note(line, admission.status, "identifiers", "none", "one at least, of the person who says it");
  }
  const bool purpose =
      consent && admission.field == EventField::kAttribute &&
      admission.status == AdmissionStatus::kMalformed &&
      std::ranges::any_of(event.attributes, [](const Attribute& attribute) {
        return attribute.key == kPurposeKey && attribute.value.kind() != AttributeValue::Kind::kText;
      });
  if (purpose) return Note(line, admission.status, kPurposeKey, "no text", "a text");
  const bool empty_text = (admission.field == EventField::kName && event.name.empty()) ||
                          (admission.field == EventField::kChannel && event.channel.empty());
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
      return Note(line, admission.status, ColumnOf(report_.map.id),
                  "other content under an id that was there before", "one content for one id");
    case AdmissionStatus::kLate:
      return Note(line, admission.status, ColumnOf(report_.map.time),
                  "a time before what its source may still deliver",
                  "events that are not later than is allowed");
    case AdmissionStatus::kFuture:
      return Note(line, admission.status, ColumnOf(report_.map.time), "a time in the future",
                  "a time that has come");
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
