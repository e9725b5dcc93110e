#include "journey/events/admission.h"

namespace journey {
inline namespace v0 {

std::string_view NameOf(AdmissionStatus status) {
  switch (status) {
    case AdmissionStatus::kAccepted:
      return "accepted";
    case AdmissionStatus::kDuplicate:
      return "duplicate";
    case AdmissionStatus::kConflict:
      return "conflict";
    case AdmissionStatus::kLate:
      return "late";
    case AdmissionStatus::kFuture:
      return "future";
    case AdmissionStatus::kOutOfRange:
      return "out_of_range";
    case AdmissionStatus::kMalformed:
      return "malformed";
    case AdmissionStatus::kTooLarge:
      return "too_large";
    case AdmissionStatus::kErased:
      return "erased";
    case AdmissionStatus::kNoConsent:
      return "no_consent";
    case AdmissionStatus::kOverBudget:
      return "over_budget";
  }
  return "";
}

std::string_view NameOf(EventField field) {
  switch (field) {
    case EventField::kNone:
      return "";
    case EventField::kTime:
      return "time";
    case EventField::kId:
      return "id";
    case EventField::kSource:
      return "source";
    case EventField::kChannel:
      return "channel";
    case EventField::kName:
      return "name";
    case EventField::kIdentifier:
      return "identifier";
    case EventField::kAttribute:
      return "attribute";
  }
  return "";
}

}  // namespace v0
}  // namespace journey
