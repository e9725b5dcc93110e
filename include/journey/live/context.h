// CustomerContext: what a channel needs to know to go on where the customer left off, as plain data; and the
// hand-over record, the same in a few hundred bytes, which another thread or another service reads.
//
//   CustomerContext context;                                       who, in the middle of what, given what, stuck where
//   EncodeContext(context, bytes);                                 a record, appended
//   EncodeRisk({.lost = 12, .of = 40}, bytes); SealContext(bytes);  the outlook, added to it later
//   CustomerContext there; DecodeContext(bytes, there);            views into the bytes
//
// The record. A header of 10 bytes ("JCTX", major version, minor version, length in all as 32 bits), then
// sections: a tag, the length of the body as a varint, the body. Numbers are varints (LEB128, shortest form) or
// little-endian, times signed varints relative to as_of in the coarsest of us, ms and s that is exact. Texts
// are kept once and referred to by number, the first numbers being words that both sides know. Sections of the
// outlook stand for themselves, so that they can be made beforehand and copied behind any record: the i-th risk
// belongs to the i-th open journey.
//
// Versions. A reader reads every minor version of its major: a later minor may add sections, flags and
// outcomes, which are skipped, and changes nothing inside a section that exists. Another major is refused.
//
// Bounds. A record has at most kMaxContextBytes, the outlook included. What is beyond the limits of a list or of
// a text is left out, from the end, and the context that is read says `shortened`; the totals still count it.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "journey/core/status_fwd.h"
#include "journey/core/time.h"
#include "journey/events/event.h"
#include "journey/friction/finding.h"
#include "journey/identity/customer_ids.h"
#include "journey/identity/policy.h"
#include "journey/journeys/journey.h"

namespace journey {
inline namespace v0 {

inline constexpr std::size_t kMaxContextIdentifiers = 8;
inline constexpr std::size_t kMaxContextChannels = 8;
inline constexpr std::size_t kMaxContextJourneys = 4;
inline constexpr std::size_t kMaxContextSteps = 4;  // named of a journey: done, and expected next
inline constexpr std::size_t kMaxContextGiven = 16;
inline constexpr std::size_t kMaxContextFindings = 8;
inline constexpr std::size_t kMaxContextNext = 3;
inline constexpr std::size_t kMaxContextTextBytes = 64;
inline constexpr std::size_t kMaxOutlookBytes = 576;  // the risks and the next touchpoints together
inline constexpr std::size_t kMaxContextBytes = 4096;

struct ContextIdentifier {
  IdentifierKind kind = IdentifierKind::kContact;
  std::string_view name_space;
  std::string_view value;
  TimePoint last;  // seen
  friend bool operator==(const ContextIdentifier&, const ContextIdentifier&) = default;
};

struct ContextChannel {
  std::string_view channel;
  std::string_view name;  // of the last event there
  TimePoint last;
  std::uint64_t events = 0;
  friend bool operator==(const ContextChannel&, const ContextChannel&) = default;
};

// A few names; the room is inside.
class ContextSteps {
 public:
  // False, and without effect, when there is no room.
  bool Add(std::string_view name) {
    if (size_ == names_.size()) return false;
    names_[size_++] = name;
    return true;
  }
  [[nodiscard]] std::span<const std::string_view> names() const { return {names_.data(), size_}; }
  friend bool operator==(const ContextSteps& a, const ContextSteps& b) {
    if (a.size_ != b.size_) return false;
    for (std::size_t i = 0; i < a.size_; ++i) {
      if (a.names_[i] != b.names_[i]) return false;
    }
    return true;
  }

 private:
  std::array<std::string_view, kMaxContextSteps> names_;
  std::size_t size_ = 0;
};

// Of the journeys that were where this one is, and have ended: how many ended there. Of none: not known.
// Requires: lost <= of.
struct ContextRisk {
  std::uint64_t lost = 0;
  std::uint64_t of = 0;
  friend bool operator==(const ContextRisk&, const ContextRisk&) = default;
};

struct ContextJourney {
  std::string_view definition;
  TimePoint first;  // times of its first and last event
  TimePoint last;
  std::uint32_t steps_reached = 0;
  std::uint32_t steps_required = 0;  // by the definition, reached or not
  std::uint32_t percent = 0;         // of the way, 0 to 100
  std::uint32_t pauses = 0;
  std::string_view channel;  // of its last event
  ContextSteps done;         // the last few, in the order of the definition
  ContextSteps next;         // the next required step, after the optional ones before it
  ContextRisk risk;          // part of the outlook
  friend bool operator==(const ContextJourney&, const ContextJourney&) = default;
};

// What the customer has already told.
struct ContextGiven {
  std::string_view key;
  std::string_view value;  // as TextOf() writes it
  AttributeValue::Kind kind = AttributeValue::Kind::kText;
  TimePoint time;
  std::string_view channel;
  friend bool operator==(const ContextGiven&, const ContextGiven&) = default;
};

struct ContextFinding {
  std::string_view detector;
  std::string_view kind;
  std::string_view reason;  // may be empty
  std::string_view channel;
  std::string_view name;  // of the event where it hurt
  TimePoint time;
  Severity severity = Severity::kLow;
  friend bool operator==(const ContextFinding&, const ContextFinding&) = default;
};

// The last score; without meaning while CustomerContext::scores is 0.
struct ContextScore {
  double value = 0.0;  // finite
  std::string_view scale;
  TimePoint time;
  std::string_view channel;
  std::string_view name;  // of the event
  friend bool operator==(const ContextScore&, const ContextScore&) = default;
};

// Of the `of` times that somebody was at the same touchpoint and went on, `count` went on here.
// Requires: count <= of.
struct ContextNext {
  std::string_view channel;
  std::string_view name;
  std::uint64_t count = 0;
  std::uint64_t of = 0;
  friend bool operator==(const ContextNext&, const ContextNext&) = default;
};

// Requires of what is encoded: times in [kMinTime, kMaxTime], percentages up to 100, a finite score, and totals
// that are not less than their lists. Texts that are not UTF-8 without NUL bytes are cut before what is not.
struct CustomerContext {
  PublicId customer;
  TimePoint as_of;  // when it was made: what had run out by then has ended
  TimePoint first;  // times of the first and last event
  TimePoint last;
  std::uint64_t events = 0;
  std::uint64_t sessions = 0;
  std::array<std::uint64_t, kOutcomes> journeys{};  // how many, by outcome
  // As many events as the customer's budget allows are in it: further ones are refused.
  bool truncated = false;
  bool folded = false;  // events before folded_before are there only as sums; else that is kMinTime
  TimePoint folded_before;
  bool shortened = false;  // texts or entries of lists did not fit into the record it was read from

  // Most important first: a record keeps the first ones.
  std::vector<ContextIdentifier> identifiers;
  std::uint64_t identifiers_total = 0;
  std::vector<ContextChannel> channels;
  std::uint64_t channels_total = 0;
  std::string_view preferred_channel;  // see PreferredChannelOf
  std::vector<ContextJourney> open_journeys;
  std::uint64_t open_journeys_total = 0;
  std::vector<ContextGiven> given;
  std::uint64_t given_total = 0;
  std::vector<ContextFinding> findings;  // in journeys that are still open
  std::uint64_t findings_total = 0;
  std::array<std::uint64_t, 3> past_findings{};  // in journeys that have ended, by severity
  ContextScore score;
  std::uint64_t scores = 0;
  std::vector<ContextNext> likely_next;  // part of the outlook

  // As new, but the lists keep their room.
  void Clear();
  friend bool operator==(const CustomerContext&, const CustomerContext&) = default;
};

// The channel with the most events; of these the one used last, then the first by text. Empty: there is none.
[[nodiscard]] std::string_view PreferredChannelOf(std::span<const ContextChannel> channels);

// The value of an attribute as a text: a number in its shortest form that reads back, "true" or "false".
// Lifetime: of the value's own text, or of `room`.
[[nodiscard]] std::string_view TextOf(const AttributeValue& value, std::array<char, 32>& room);

// What a record keeps. A limit above its maximum counts as the maximum.
struct ContextLimits {
  std::size_t identifiers = kMaxContextIdentifiers;
  std::size_t channels = kMaxContextChannels;
  std::size_t journeys = kMaxContextJourneys;
  std::size_t given = kMaxContextGiven;
  std::size_t findings = kMaxContextFindings;
  std::size_t text_bytes = kMaxContextTextBytes;  // less where a record would be too large; at least 4
};

// Appends the record of a context, and its outlook if it has one.
// Cost: linear in the record; allocates only when `out` must grow.
void EncodeContext(const CustomerContext& context, std::vector<std::byte>& out,
                   const ContextLimits& limits = {});

// Append a section of the outlook. A risk for each open journey, in their order, unknown ones included unless
// none follows that is known. Of the next touchpoints the first kMaxContextNext are kept.
void EncodeRisk(const ContextRisk& risk, std::vector<std::byte>& out);
void EncodeNext(std::span<const ContextNext> next, std::vector<std::byte>& out);

// Makes one record of a record and the sections behind it: sets its length.
// Requires: the bytes begin with what EncodeContext appended.
void SealContext(std::span<std::byte> record);

// Reads a record that is exactly these bytes. On an error `out` is as new.
// Errors: DataLoss that names the section, what is wrong and at which byte; no value.
// Lifetime: `out` refers to the bytes. Cost: linear; allocates only when the lists of `out` must grow, and never
// more than in proportion to the bytes.
[[nodiscard]] absl::Status DecodeContext(std::span<const std::byte> record, CustomerContext& out);

}  // namespace v0
}  // namespace journey
