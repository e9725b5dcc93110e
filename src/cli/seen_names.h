// The names that a stream's events had, without the events: what UnknownNames compares a configuration with when nobody
// holds the events in a log of their own.
#pragma once
#include <algorithm>

#include "journey/events/event_log.h"

namespace journey {
inline namespace v0 {
namespace cli {

// Cost: a look into a table for the channel, the name and each attribute of an event. No values are kept.
class SeenNames {
 public:
  void Add(const Event& event) {
    if (event.kind != RecordKind::kEvent) return;
    const bool known =
        log_.names().Find(event.name) && log_.channels().Find(event.channel) &&
        std::ranges::all_of(event.attributes, [&](const Attribute& attribute) {
          return log_.attribute_keys().Find(attribute.key).has_value();
        });
    if (known) return;
    Event names;
    names.time = event.time;
    names.channel = event.channel;
    names.name = event.name;
    for (const Attribute& attribute : event.attributes) names.attributes.push_back({attribute.key, true});
    log_.Append(names);
  }

  // With an event for each that had a channel, a name or an attribute that none before it had.
  [[nodiscard]] const EventLog& log() const { return log_; }

 private:
  EventLog log_;
};

}  // namespace cli
}  // namespace v0
}  // namespace journey
