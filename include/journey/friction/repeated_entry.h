// RepeatedEntry: the customer gives the same piece of data again.
//
//   keys address     web/shipping {address: A}  phone/note {address: A}    ->  at phone/note, other_channel
//                    web/shipping {address: A}  web/shipping {address: B}  ->  none: that is a correction
//
// An event has one of the attributes `keys` with the value that an earlier event of the journey gave for it last.
// Name only attributes that are there because the customer gave them then, not those that a source adds to every
// event. Values are compared as they were recorded, and are in no output.
//
// Kind:     "repeated_entry"; one finding for an event, however many of its data were given before.
// Reason:   "other_channel" if any of them was given in another channel, else "same_channel".
// Where:    the event that gives it again. Evidence: from the event that gave it last to this one.
// Cost:     one event, and the time since the event before it, unless the customer was away.
// Severity: medium in another channel, else low.
// In a discovered journey, which is all that a customer does for weeks, the same data may well be needed for
// different things: none are found there.
//
// Overlap:  a step with data that is done again is a repetition as well.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "journey/friction/detector.h"

namespace journey {
inline namespace v0 {

struct RepeatedEntryOptions {
  std::vector<std::string> keys = {"address", "birth_date", "iban", "phone_number", "post_code", "postcode"};
};

class RepeatedEntry final : public Detector {
 public:
  explicit RepeatedEntry(RepeatedEntryOptions options = {}) : options_(std::move(options)) {}
  [[nodiscard]] std::string_view name() const override { return "repeated_entry"; }
  [[nodiscard]] std::string parameters() const override;
  // InvalidArgument unless there are 1 to 64 keys, each once and not empty.
  [[nodiscard]] absl::Status Validate() const override;
  void Examine(const JourneyView& journey, FindingSink& sink) const override;

 private:
  RepeatedEntryOptions options_;
};

}  // namespace v0
}  // namespace journey
