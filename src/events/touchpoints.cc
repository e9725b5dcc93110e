#include "journey/events/touchpoints.h"

#include <algorithm>

namespace journey {
inline namespace v0 {
namespace {

// The texts of the ids in `used`, sorted, and for each id its rank.
template <typename TypedId>
std::vector<TypedId> RankByText(const SymbolTable& table, const std::vector<bool>& used,
                                std::vector<std::string>& sorted) {
  std::vector<std::uint32_t> ids;
  for (std::uint32_t id = 0; id < table.size(); ++id) {
    if (used[id]) ids.push_back(id);
  }
  std::ranges::sort(ids, {}, [&](std::uint32_t id) { return table.text(id); });
  std::vector<TypedId> rank(table.size());
  for (std::uint32_t i = 0; i < ids.size(); ++i) {
    rank[ids[i]] = {i};
    sorted.emplace_back(table.text(ids[i]));
  }
  return rank;
}

}  // namespace

CanonicalTouchpoints CatalogTouchpoints(const EventLog& log) {
  // Bytes, as every row writes one.
  std::vector<std::uint8_t> seen(log.touchpoints().size());
  const std::span<const RecordKind> kinds = log.kinds();
  const std::span<const TouchpointId> touchpoints = log.touchpoint_column();
  std::size_t left = seen.size();  // most often none is, soon
  for (std::size_t row = 0; row < kinds.size() && left != 0; ++row) {
    if (kinds[row] != RecordKind::kEvent) continue;
    std::uint8_t& of_row = seen[touchpoints[row].value];
    left -= of_row ^ 1U;
    of_row = 1;
  }
  return CatalogTouchpoints(log, std::vector<bool>(seen.begin(), seen.end()));
}

CanonicalTouchpoints CatalogTouchpoints(const EventLog& log, const std::vector<bool>& used) {
  const std::span<const Touchpoint> known = log.touchpoints();
  std::vector<bool> channel_used(log.channels().size());
  std::vector<bool> name_used(log.names().size());
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (!used[i]) continue;
    channel_used[known[i].channel.value] = true;
    name_used[known[i].name.value] = true;
  }
  CanonicalTouchpoints result;
  TouchpointCatalog& catalog = result.catalog;
  const auto channel_rank = RankByText<ChannelId>(log.channels(), channel_used, catalog.channels);
  const auto name_rank = RankByText<NameId>(log.names(), name_used, catalog.names);

  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < known.size(); ++i) {
    if (used[i]) order.push_back(i);
  }
  const auto canonical = [&](std::uint32_t id) {
    return Touchpoint{channel_rank[known[id].channel.value], name_rank[known[id].name.value]};
  };
  std::ranges::sort(order, {}, [&](std::uint32_t id) {
    const Touchpoint touchpoint = canonical(id);
    return std::pair(touchpoint.channel, touchpoint.name);
  });
  result.of_log.resize(known.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    result.of_log[order[i]] = {i};
    catalog.touchpoints.push_back(canonical(order[i]));
  }
  return result;
}

}  // namespace v0
}  // namespace journey
