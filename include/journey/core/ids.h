// Dense ids: every outside string becomes a small integer at the door; all later stages index arrays with it.
//
// Each kind of id is its own type, so that a CustomerId cannot be passed where a JourneyId is meant. Ids are
// dense from 0, handed out by one table, and mean nothing outside of it. They never reach an output: reports
// show the text behind an id, and order by text or by time.
#pragma once
#include <compare>
#include <cstdint>
#include <limits>

namespace journey {
inline namespace v0 {

template <typename Tag>
struct Id {
  static constexpr std::uint32_t kNoValue = std::numeric_limits<std::uint32_t>::max();

  std::uint32_t value = kNoValue;

  [[nodiscard]] constexpr bool valid() const { return value != kNoValue; }
  friend constexpr bool operator==(Id, Id) = default;
  friend constexpr auto operator<=>(Id, Id) = default;
};

using SourceId = Id<struct SourceTag>;          // a feed: one file, one topic, one back end
using NamespaceId = Id<struct NamespaceTag>;    // "user_id", "device", "email"
using IdentifierId = Id<struct IdentifierTag>;  // one (namespace, value)
using ChannelId = Id<struct ChannelTag>;        // "web", "app", "phone"
using NameId = Id<struct NameTag>;              // "product_view"
using TouchpointId = Id<struct TouchpointTag>;  // one (channel, event name)
using KeyId = Id<struct KeyTag>;                // the key of an attribute
using TextId = Id<struct TextTag>;              // the text value of an attribute
using EventIndex = Id<struct EventTag>;         // the row of an event in its EventLog
using CustomerId = Id<struct CustomerTag>;      // a resolved customer, in the order of their first events
using SessionId = Id<struct SessionTag>;        // row in the session table
using JourneyId = Id<struct JourneyTag>;        // row in the journey table
using DefinitionId = Id<struct DefinitionTag>;  // position in the list of journey definitions

// What an event is known by, and the last resort of the order of events: a 128-bit digest of its id (the same
// on every machine), or its source and sequence.
struct EventKey {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend constexpr bool operator==(EventKey, EventKey) = default;
  friend constexpr auto operator<=>(EventKey, EventKey) = default;
};

}  // namespace v0
}  // namespace journey
