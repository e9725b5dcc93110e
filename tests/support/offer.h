// Offer: an event that owns its texts, so that tests can keep, shuffle and compare events.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "journey/events/event_log.h"

namespace test {

struct Value {
  journey::AttributeValue::Kind kind = journey::AttributeValue::Kind::kText;
  std::string text;
  double number = 0;  // of a boolean 0 or 1

  static Value Text(std::string text) { return {journey::AttributeValue::Kind::kText, std::move(text), 0}; }
  static Value Number(double number) { return {journey::AttributeValue::Kind::kNumber, {}, number}; }
  static Value Boolean(bool value) {
    return {journey::AttributeValue::Kind::kBoolean, {}, value ? 1.0 : 0.0};
  }

  friend bool operator==(const Value&, const Value&) = default;
  friend bool operator<(const Value& a, const Value& b) {
    return std::tie(a.kind, a.text, a.number) < std::tie(b.kind, b.text, b.number);
  }
};

struct Offer {
  std::int64_t time = 0;  // microseconds since 1970
  std::optional<std::uint64_t> sequence;
  std::string id;
  std::string source;
  std::string channel;
  std::string name;
  std::vector<std::pair<std::string, std::string>> identifiers;
  std::vector<std::pair<std::string, Value>> attributes;
  journey::RecordKind kind = journey::RecordKind::kEvent;
};

// The offer as an Event. Lifetime: its views refer to the offer.
inline journey::Event AsEvent(const Offer& offer) {
  journey::Event event{.time = journey::TimePoint{journey::Duration{offer.time}},
                       .sequence = offer.sequence,
                       .id = offer.id,
                       .source = offer.source,
                       .channel = offer.channel,
                       .name = offer.name,
                       .identifiers = {},
                       .attributes = {},
                       .kind = offer.kind};
  for (const auto& [name_space, value] : offer.identifiers) event.identifiers.push_back({name_space, value});
  for (const auto& [key, value] : offer.attributes) {
    switch (value.kind) {
      case journey::AttributeValue::Kind::kText:
        event.attributes.push_back({key, std::string_view(value.text)});
        break;
      case journey::AttributeValue::Kind::kNumber:
        event.attributes.push_back({key, value.number});
        break;
      case journey::AttributeValue::Kind::kBoolean:
        event.attributes.push_back({key, value.number != 0});
        break;
    }
  }
  return event;
}

inline journey::EventLog LogOf(const std::vector<Offer>& offers, journey::EventLogLimits limits = {}) {
  journey::EventLog log(limits);
  for (const Offer& offer : offers) log.Append(AsEvent(offer));
  return log;
}

}  // namespace test
