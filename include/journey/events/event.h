// Event: one thing that happened, as a host hands it in. Plain views; the EventLog copies what it keeps.
//
//   Event{.time = t, .channel = "web", .name = "product_view",
//         .identifiers = {{"cookie", "c-17"}},
//         .attributes = {{"platform", "desktop"}, {"price", 9.5}, {"member", true}}}
//
// What makes an event the same event is its id; where it stands among events of the same time, its sequence.
// An event without an id is known by (source, sequence), and one without a sequence either gets the next
// number of its source: then, and only then, the order of arrival counts. Behind 2^64 - 1 there is none.
//
// Lifetime: an Event holds views; they must live until the call that takes it returns. An Event that is
// filled anew for each row keeps the capacity of its two lists, so that reading a file allocates nothing per
// event.
#pragma once
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journey/core/time.h"

namespace journey {
inline namespace v0 {

// Raw evidence of who it was: a value in a namespace, such as {"email", "ann@example.org"}.
struct Identifier {
  std::string_view name_space = {};
  std::string_view value = {};
};

// The value of an attribute: a text, a finite number or a boolean.
class AttributeValue {
 public:
  enum class Kind : std::uint8_t { kText, kNumber, kBoolean };

  constexpr AttributeValue() = default;
  constexpr AttributeValue(std::string_view text) : text_(text) {}  // NOLINT(google-explicit-constructor)
  AttributeValue(const std::string& text) : text_(text) {}          // NOLINT(google-explicit-constructor)
  constexpr AttributeValue(const char* text) : text_(text) {}       // NOLINT(google-explicit-constructor)
  template <typename T>
  requires std::same_as<T, bool>
  constexpr AttributeValue(T value) : kind_(Kind::kBoolean), number_(value ? 1.0 : 0.0) {}  // NOLINT
  template <typename T>
  requires((std::integral<T> && !std::same_as<T, bool>) ||
           std::floating_point<T>) constexpr AttributeValue(T value)
      : kind_(Kind::kNumber), number_(static_cast<double>(value)) {}  // NOLINT

  [[nodiscard]] constexpr Kind kind() const { return kind_; }
  [[nodiscard]] constexpr std::string_view text() const { return text_; }  // of a text
  [[nodiscard]] constexpr double number() const { return number_; }        // of a number
  [[nodiscard]] constexpr bool boolean() const { return number_ != 0.0; }  // of a boolean

 private:
  Kind kind_ = Kind::kText;
  std::string_view text_;
  double number_ = 0.0;
};

struct Attribute {
  std::string_view key = {};
  AttributeValue value = {};
};

// What a record says. All but kEvent are corrections: they have a time and an id like events, need no channel
// and name, and are on nobody's timeline. Links, unlinks, relinks and logouts correct the evidence about who it
// was (see identity/graph_resolver.h). Consents and withdrawals say what the person of their identifiers, of
// which there is at least one, agreed to; they link nobody. The purpose is the text attribute `purpose`, or
// without one every purpose.
enum class RecordKind : std::uint8_t {
  kEvent,
  kLink,       // its identifiers are one customer's
  kUnlink,     // its two identifiers are never one customer's, along whatever chain; the latest of these two
               // decides
  kRelink,     // takes that back
  kLogout,     // whoever was known on its devices is gone
  kConsent,    // the person agrees to a purpose
  kWithdraw,   // the person takes that back
  kForgotten,  // never offered: what a row is that the log forgot (see EventLog)
};
inline constexpr std::string_view kPurposeKey = "purpose";  // of the attribute of a consent or withdrawal

struct Event {
  TimePoint time = kMinTime;
  std::optional<std::uint64_t> sequence =
      {};                        // the host's order inside one time stamp: a row number, an offset
  std::string_view id = {};      // unique over all sources; empty: (source, sequence) is the id
  std::string_view source = {};  // the feed it came by; statuses are counted per source
  std::string_view channel = {};
  std::string_view name = {};
  std::vector<Identifier> identifiers = {};  // a set: order and repeats do not matter; at most 8
  std::vector<Attribute> attributes = {};    // of a key given twice the later holds
  RecordKind kind = RecordKind::kEvent;
};

}  // namespace v0
}  // namespace journey
