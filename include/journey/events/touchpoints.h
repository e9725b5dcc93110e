// TouchpointCatalog: the channels, event names and touchpoints of a result, in the order of their texts.
//
//   log (order of arrival)         catalogue (order of text)
//   0 web/view  1 app/pay     ->   0 app/pay  1 web/view
//
// An EventLog numbers touchpoints as they come; results must not show in which order that was. So a result
// has its own numbers, sorted by channel, then name, and only of touchpoints that its events use.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "journey/core/ids.h"
#include "journey/events/event_log.h"

namespace journey {
inline namespace v0 {

struct TouchpointCatalog {
  std::vector<std::string> channels;    // ascending
  std::vector<std::string> names;       // ascending
  std::vector<Touchpoint> touchpoints;  // ascending by (channel, name)

  [[nodiscard]] std::size_t size() const { return touchpoints.size(); }
  // Requires: the id is below size().
  [[nodiscard]] ChannelId channel(TouchpointId id) const { return touchpoints[id.value].channel; }
  [[nodiscard]] std::string_view channel_text(TouchpointId id) const { return channels[channel(id).value]; }
  [[nodiscard]] std::string_view name_text(TouchpointId id) const {
    return names[touchpoints[id.value].name.value];
  }
};

struct CanonicalTouchpoints {
  TouchpointCatalog catalog;
  std::vector<TouchpointId> of_log;  // by the log's TouchpointId; invalid where no event uses it
};

// Cost: O(events + touchpoints log touchpoints).
[[nodiscard]] CanonicalTouchpoints CatalogTouchpoints(const EventLog& log);
// The same of given touchpoints. Requires: used.size() == log.touchpoints().size().
[[nodiscard]] CanonicalTouchpoints CatalogTouchpoints(const EventLog& log, const std::vector<bool>& used);

}  // namespace v0
}  // namespace journey
