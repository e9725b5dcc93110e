// ChannelCounts: what happens in each channel, and how customers move between channels.
//
//   one customer, two sessions: web web app | web    ->   web: 3 events, 1 customer, 2 sessions
//                                                         app: 1 event,  1 customer, 1 session
//
// Flow is counted inside journeys: switches between consecutive events, forced ones apart
// (channel_switches.h). A monoid: Merge adds. Requires of Add: each customer is added to one counter only.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "journey/core/flat_index.h"
#include "journey/core/ids.h"
#include "journey/events/touchpoints.h"
#include "journey/identity/timelines.h"
#include "journey/journeys/channel_switches.h"
#include "journey/sessions/session.h"

namespace journey {
inline namespace v0 {

struct ChannelCount {
  std::uint64_t events = 0;
  std::uint64_t customers = 0;
  std::uint64_t sessions = 0;
  friend bool operator==(const ChannelCount&, const ChannelCount&) = default;
};

struct ChannelFlow {
  ChannelId from;
  ChannelId to;
  std::uint64_t switches = 0;
  std::uint64_t forced = 0;
  friend bool operator==(const ChannelFlow&, const ChannelFlow&) = default;
};

class ChannelCounts {
 public:
  explicit ChannelCounts(std::size_t channels)
      : counts_(channels), seen_by_customer_(channels), seen_in_session_(channels) {}

  // One customer: the timeline, and the sessions as ranges of it that begin at `offset`.
  void AddCustomer(const TouchpointCatalog& catalog, std::span<const EventRow> events, std::uint32_t offset,
                   std::span<const SessionRow> sessions);
  void AddSwitches(const JourneyView& journey, std::span<const ChannelSwitch> switches);
  void Merge(const ChannelCounts& other);

  [[nodiscard]] const std::vector<ChannelCount>& counts() const { return counts_; }  // by ChannelId
  [[nodiscard]] std::vector<ChannelFlow> flow() const;  // those that occur, by (from, to)

 private:
  ChannelFlow& FlowOf(ChannelId from, ChannelId to);

  std::vector<ChannelCount> counts_;
  // The number of the customer and session that was last counted, to count each once.
  std::vector<std::uint64_t> seen_by_customer_;
  std::vector<std::uint64_t> seen_in_session_;
  std::uint64_t customers_ = 0;
  std::uint64_t sessions_ = 0;
  std::vector<ChannelFlow> flow_;
  internal::FlatIndex flow_index_;  // by (from, to)
};

}  // namespace v0
}  // namespace journey
