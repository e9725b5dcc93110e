#include "journey/measures/channels.h"

namespace journey {
inline namespace v0 {

void ChannelCounts::AddCustomer(const TouchpointCatalog& catalog, std::span<const EventRow> events,
                                std::uint32_t offset, std::span<const SessionRow> sessions) {
  ++customers_;
  for (const SessionRow& session : sessions) {
    ++sessions_;
    for (const EventRow& event : events.subspan(session.begin - offset, session.events())) {
      const std::uint32_t channel = catalog.channel(event.touchpoint).value;
      ++counts_[channel].events;
      if (seen_in_session_[channel] == sessions_) continue;
      seen_in_session_[channel] = sessions_;
      ++counts_[channel].sessions;
      if (seen_by_customer_[channel] == customers_) continue;
      seen_by_customer_[channel] = customers_;
      ++counts_[channel].customers;
    }
  }
}

void ChannelCounts::AddSwitches(const JourneyView& journey, std::span<const ChannelSwitch> switches) {
  for (const ChannelSwitch& change : switches) {
    Switches& cell = flow_[{journey.channel(change.event - 1), journey.channel(change.event)}];
    ++cell.all;
    if (change.forced()) ++cell.forced;
  }
}

void ChannelCounts::Merge(const ChannelCounts& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    counts_[i].events += other.counts_[i].events;
    counts_[i].customers += other.counts_[i].customers;
    counts_[i].sessions += other.counts_[i].sessions;
  }
  for (const auto& [channels, switches] : other.flow_) {
    Switches& cell = flow_[channels];
    cell.all += switches.all;
    cell.forced += switches.forced;
  }
}

std::vector<ChannelFlow> ChannelCounts::flow() const {
  std::vector<ChannelFlow> rows;
  for (const auto& [channels, switches] : flow_) {
    rows.push_back({channels.first, channels.second, switches.all, switches.forced});
  }
  return rows;
}

}  // namespace v0
}  // namespace journey
