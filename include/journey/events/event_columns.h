// EventColumns: many events at once, as a data frame or a table has them: a column of times, of names, of user ids.
//
//   times     t0        t1        t2             identifiers  user_id  "42"   ""    "42"
//   channels  "web"     "app"     "app"                       device   17     99    kNoNumber
//   names     "view"    "view"    "buy"          -> three events, of which the second has no user id
//
// EventLog::Append(columns) is the same as appending each event, in order, to the last status and count; it needs less
// of the host, which makes no Event, and of the log, which looks at a namespace once for a column and can share the
// work among threads. Corrections come as Events.
//
// Lifetime: views; they must live until the call that takes them returns.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "journey/core/ids.h"
#include "journey/core/time.h"
#include "journey/events/event.h"

namespace journey {
inline namespace v0 {

// The identifiers of one namespace, one an event: texts or whole numbers. A number is the identifier whose value are its
// decimal digits, so that 42 and "42" are the same, and need not be hashed or compared as text.
struct IdentifierColumn {
  static constexpr std::uint64_t kNoNumber = UINT64_MAX;

  std::string_view name_space = {};
  std::span<const std::string_view> texts = {};  // empty text: the event has none
  std::span<const std::uint64_t> numbers = {};   // if there are no texts; kNoNumber: the event has none
};

// The attributes of one key, one an event.
struct AttributeColumn {
  std::string_view key = {};
  std::span<const std::optional<AttributeValue>> values = {};  // none: the event has no such attribute
};

// Each list is as long as `times`, or empty where that is said.
struct EventColumns {
  std::string_view source = {};  // of all of them
  std::span<const TimePoint> times = {};
  std::span<const std::uint64_t> sequences = {};    // empty: the next numbers of the source
  std::span<const std::string_view> ids = {};       // empty: (source, sequence) is the id
  std::span<const std::string_view> channels = {};  // with `names`; or both empty, and touchpoints there
  std::span<const std::string_view> names = {};
  std::span<const TouchpointId> touchpoints = {};      // as EventLog::AddTouchpoint numbers them
  std::span<const IdentifierColumn> identifiers = {};  // at most 8, of different namespaces
  std::span<const AttributeColumn> attributes = {};    // of different keys

  [[nodiscard]] std::size_t size() const { return times.size(); }
  // Whether all lists are as long as they must be.
  [[nodiscard]] bool valid() const {
    const auto fits = [&](const auto& list) { return list.size() == times.size(); };
    if (!(sequences.empty() || fits(sequences)) || !(ids.empty() || fits(ids))) return false;
    if (names.empty() ? !fits(touchpoints) : !fits(names) || !fits(channels)) return false;
    for (const IdentifierColumn& list : identifiers) {
      if (list.texts.empty() ? !fits(list.numbers) : !fits(list.texts)) return false;
    }
    for (const AttributeColumn& list : attributes) {
      if (!fits(list.values)) return false;
    }
    return true;
  }
};

}  // namespace v0
}  // namespace journey
