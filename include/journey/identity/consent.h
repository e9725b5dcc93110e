// Consent: which events may be used, as a function of the records of consent and withdrawal.
//
//   withdraw {user_id 42} at 10:00, consent {user_id 42} at 12:00
//   events with user_id 42   09:59 used   10:00 withheld   11:59 withheld   12:00 used
//
// Consent has a timeline per identifier and purpose. Of the records about an identifier (its value normalised) and
// this purpose, or all purposes, the latest one up to an event's time decides; one at the same time counts. An event
// is withheld if for any of its identifiers that is a withdrawal, or if consent is required and none of them has it.
// A withheld event is counted as `no consent`, and is evidence of nothing. Records may come in any order. What was
// before a withdrawal stays: who is to be forgotten is erased.
#pragma once
#include <string>

namespace journey {
inline namespace v0 {

struct ConsentOptions {
  std::string purpose = "analytics";  // what this use is called in the records
  bool required = false;              // without a consent an event is withheld
};

}  // namespace v0
}  // namespace journey
