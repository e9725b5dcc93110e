// Admission: what became of an offered event. Nothing vanishes: every offer gets exactly one status, counted
// per source and in total, and offered = the sum of the statuses, always.
//
//   offered 7 = accepted 3 + duplicate 2 + conflict 1 + malformed 1
//
// The counts are a function of the set of offers, not of their order: when an offer takes over from an
// earlier one with the same id (see EventLog), the earlier one is counted anew as what it is now, and when an
// event is forgotten, so is every offer that had its id.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "journey/core/ids.h"

namespace journey {
inline namespace v0 {

enum class AdmissionStatus : std::uint8_t {
  kAccepted,    // it is evidence now
  kDuplicate,   // same id and same content as an accepted event
  kConflict,    // same id as an accepted event, other content
  kLate,        // older than what the watermark of its source, or a horizon, still allows
  kFuture,      // later than the point in time that is looked at
  kOutOfRange,  // its time is outside [kMinTime, kMaxTime)
  kMalformed,   // a field is missing, is not UTF-8, holds a NUL byte, or cannot be read
  kTooLarge,    // a field, or the number of fields, is over its limit
  kErased,      // it belongs to someone who was erased
  kNoConsent,   // its customer has not agreed to this use
  kOverBudget,  // the memory or the number of rows that the host allowed, or its source's numbers, are used up
};
inline constexpr std::size_t kAdmissionStatuses = 11;

// "accepted", "duplicate", ... as in the report.
[[nodiscard]] std::string_view NameOf(AdmissionStatus status);

// The part of an event that a status is about, for messages.
enum class EventField : std::uint8_t { kNone, kTime, kId, kSource, kChannel, kName, kIdentifier, kAttribute };
[[nodiscard]] std::string_view NameOf(EventField field);

struct Admission {
  AdmissionStatus status = AdmissionStatus::kAccepted;
  EventField field = EventField::kNone;  // of a rejected event: what was wrong
  EventIndex row = {};  // of an accepted event, a duplicate and a conflict: the row that holds the event now

  [[nodiscard]] bool accepted() const { return status == AdmissionStatus::kAccepted; }
};

struct AdmissionCounts {
  std::array<std::uint64_t, kAdmissionStatuses> by_status{};

  std::uint64_t& operator[](AdmissionStatus status) { return by_status[static_cast<std::size_t>(status)]; }
  std::uint64_t operator[](AdmissionStatus status) const {
    return by_status[static_cast<std::size_t>(status)];
  }
  [[nodiscard]] std::uint64_t offered() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : by_status) sum += count;
    return sum;
  }
  AdmissionCounts& operator+=(const AdmissionCounts& other) {
    for (std::size_t i = 0; i < kAdmissionStatuses; ++i) by_status[i] += other.by_status[i];
    return *this;
  }
  friend bool operator==(const AdmissionCounts&, const AdmissionCounts&) = default;
};

}  // namespace v0
}  // namespace journey
