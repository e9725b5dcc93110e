#include "journey/measures/channels.h"

#include <algorithm>
#include <utility>

#include "journey/core/mix.h"

namespace journey {
inline namespace v0 {

void ChannelCounts::AddCustomer(const TouchpointCatalog& catalog, std::span<const EventRow> events,
                                std::uint32_t offset, std::span<const SessionRow> sessions) {
  ++customers_;
  for (const SessionRow& session : sessions) {
    ++sessions_;
    const auto visit = events.subspan(session.begin - offset, session.events());
    // Most events are in the channel of the one before: what is counted is how long that goes on.
    for (std::size_t begin = 0; begin < visit.size();) {
      const ChannelId id = catalog.channel(visit[begin].touchpoint);
      std::size_t end = begin + 1;
      while (end < visit.size() && catalog.channel(visit[end].touchpoint) == id) ++end;
      const std::uint32_t channel = id.value;
      counts_[channel].events += end - begin;
      begin = end;
      if (seen_in_session_[channel] == sessions_) continue;
      seen_in_session_[channel] = sessions_;
      ++counts_[channel].sessions;
      if (seen_by_customer_[channel] == customers_) continue;
      seen_by_customer_[channel] = customers_;
      ++counts_[channel].customers;
    }
  }
}

ChannelFlow& ChannelCounts::FlowOf(ChannelId from, ChannelId to) {
  const std::uint64_t hash = internal::Mix(std::uint64_t{from.value} << 32 | to.value);
  std::uint32_t at =
      flow_index_.Find(hash, [&](std::uint32_t i) { return flow_[i].from == from && flow_[i].to == to; });
  if (at == internal::FlatIndex::kNone) {
    at = static_cast<std::uint32_t>(flow_.size());
    flow_.push_back({from, to, 0, 0});
    flow_index_.Insert(hash, at);
  }
  return flow_[at];
}

void ChannelCounts::AddSwitches(const JourneyView& journey, std::span<const ChannelSwitch> switches) {
  for (const ChannelSwitch& change : switches) {
    ChannelFlow& flow = FlowOf(journey.channel(change.event - 1), journey.channel(change.event));
    ++flow.switches;
    if (change.forced()) ++flow.forced;
  }
}

void ChannelCounts::Merge(const ChannelCounts& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    counts_[i].events += other.counts_[i].events;
    counts_[i].customers += other.counts_[i].customers;
    counts_[i].sessions += other.counts_[i].sessions;
  }
  for (const ChannelFlow& row : other.flow_) {
    ChannelFlow& flow = FlowOf(row.from, row.to);
    flow.switches += row.switches;
    flow.forced += row.forced;
  }
}

std::vector<ChannelFlow> ChannelCounts::flow() const {
  std::vector<ChannelFlow> rows = flow_;
  std::ranges::sort(rows, {}, [](const ChannelFlow& row) { return std::pair(row.from, row.to); });
  return rows;
}

}  // namespace v0
}  // namespace journey
