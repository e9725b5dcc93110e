// The obvious, slow twin of the stage events: admission and the total order; and of customers by one key.
#pragma once
#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/sip_hash.h"
#include "journey/identity/placeholders.h"
#include "support/offer.h"

namespace test {

// RFC 3629 read code point by code point, without NUL.
inline bool OracleCleanUtf8(const std::string& text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const unsigned lead = static_cast<unsigned char>(text[at]);
    std::size_t length = 0;
    if (lead < 0x80) length = 1;
    if (lead >> 5 == 0x6) length = 2;
    if (lead >> 4 == 0xE) length = 3;
    if (lead >> 3 == 0x1E) length = 4;
    if (length == 0 || at + length > text.size()) return false;
    unsigned long code = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
      const unsigned next = static_cast<unsigned char>(text[at + i]);
      if (next >> 6 != 2) return false;
      code = code << 6 | (next & 0x3F);
    }
    const unsigned long smallest[] = {0, 1, 0x80, 0x800, 0x10000};
    if (code < smallest[length] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
    at += length;
  }
  return true;
}

using Source = std::string;
using Counts = std::map<Source, journey::AdmissionCounts>;

// An accepted event with all it says, in canonical form.
struct Evidence {
  std::int64_t time = 0;
  std::uint64_t sequence = 0;
  journey::EventKey key;
  Source source;
  std::string channel;
  std::string name;
  std::set<std::pair<std::string, std::string>> identifiers;
  std::map<std::string, Value> attributes;

  // What two offers of one id are compared by, in this order.
  [[nodiscard]] auto content() const { return std::tie(time, channel, name, identifiers, attributes); }
  [[nodiscard]] auto place() const { return std::tie(time, sequence, key); }
};

struct Admitted {
  std::vector<Evidence> events;  // in the order of events
  Counts counts;

  [[nodiscard]] journey::AdmissionCounts total() const {
    journey::AdmissionCounts sum;
    for (const auto& [source, counts_of] : counts) sum += counts_of;
    return sum;
  }
};

// What an offer is on its own, whatever else was offered.
inline journey::AdmissionStatus OracleInspect(const Offer& offer, const journey::EventLogLimits& limits) {
  using enum journey::AdmissionStatus;
  if (offer.time < journey::kMinTime.time_since_epoch().count()) return kOutOfRange;
  if (offer.time >= journey::kMaxTime.time_since_epoch().count()) return kOutOfRange;
  const auto bad = [](const std::string& text) { return !OracleCleanUtf8(text); };
  for (const std::string* text : {&offer.id, &offer.source, &offer.channel, &offer.name}) {
    if (text->size() > limits.max_text_bytes) return kTooLarge;
    if (bad(*text)) return kMalformed;
  }
  if (offer.channel.empty() || offer.name.empty()) return kMalformed;
  if (offer.identifiers.size() > journey::kMaxIdentifiers) return kTooLarge;
  for (const auto& [name_space, value] : offer.identifiers) {
    if (name_space.size() > limits.max_text_bytes || value.size() > limits.max_identifier_bytes)
      return kTooLarge;
    if (name_space.empty() || bad(name_space) || bad(value)) return kMalformed;
  }
  if (offer.attributes.size() > limits.max_attributes) return kTooLarge;
  for (const auto& [key, value] : offer.attributes) {
    if (key.size() > limits.max_text_bytes || value.text.size() > limits.max_attribute_bytes)
      return kTooLarge;
    if (key.empty() || bad(key) || bad(value.text) || !std::isfinite(value.number)) return kMalformed;
  }
  return kAccepted;
}

// The set semantics of EventLog: group by id, the smallest content wins, its copies are duplicates.
// Of offers without id and sequence each gets the next number of its source, in the order given.
inline Admitted OracleAdmit(const std::vector<Offer>& offers, const journey::EventLogLimits& limits = {}) {
  using enum journey::AdmissionStatus;
  Admitted result;
  std::map<Source, std::uint64_t> next_number;
  std::map<std::pair<std::string, std::string>, std::vector<Evidence>> by_id;
  for (const Offer& offer : offers) {
    if (const auto status = OracleInspect(offer, limits); status != kAccepted) {
      ++result.counts[offer.source][status];
      continue;
    }
    Evidence event{.time = offer.time,
                   .source = offer.source,
                   .channel = offer.channel,
                   .name = offer.name,
                   .identifiers = {offer.identifiers.begin(), offer.identifiers.end()},
                   .attributes = {}};
    for (const auto& [key, value] : offer.attributes) {
      event.attributes[key] = value;
      if (value.number == 0) event.attributes[key].number = 0;  // there is no minus zero
    }
    if (offer.id.empty()) {
      event.sequence = offer.sequence.value_or(next_number[offer.source]);
      next_number[offer.source] = std::max(next_number[offer.source], event.sequence + 1);
      event.key = {journey::internal::FixedDigest(offer.source), event.sequence};
      by_id[{"", offer.source + "#" + std::to_string(event.sequence)}].push_back(event);
    } else {
      event.sequence = offer.sequence.value_or(0);
      event.key = journey::internal::DigestOfEventId(offer.id);
      by_id[{"id", offer.id}].push_back(event);
    }
  }
  for (const auto& [id, group] : by_id) {
    const auto& winner =
        *std::min_element(group.begin(), group.end(), [](const Evidence& a, const Evidence& b) {
          if (a.content() != b.content()) return a.content() < b.content();
          return std::tie(a.sequence, a.source) < std::tie(b.sequence, b.source);
        });
    for (const Evidence& event : group) {
      const bool same = event.content() == winner.content();
      const auto status = &event == &winner ? kAccepted : same ? kDuplicate : kConflict;
      ++result.counts[event.source][status];
    }
    result.events.push_back(winner);
  }
  std::sort(result.events.begin(), result.events.end(),
            [](const Evidence& a, const Evidence& b) { return a.place() < b.place(); });
  return result;
}

// What is left of it at `time`: the later events count as future.
inline Admitted OracleUntil(Admitted all, std::int64_t time) {
  Admitted result{.events = {}, .counts = all.counts};
  for (const Evidence& event : all.events) {
    if (event.time <= time) {
      result.events.push_back(event);
      continue;
    }
    --result.counts[event.source][journey::AdmissionStatus::kAccepted];
    ++result.counts[event.source][journey::AdmissionStatus::kFuture];
  }
  return result;
}

struct OracleCustomers {
  std::vector<std::size_t> customer_of;             // by event, in the order of events
  std::vector<std::vector<std::size_t>> timelines;  // by customer, events in order
  std::uint64_t identifiers = 0;
  std::uint64_t placeholders = 0;
  std::uint64_t refused_links = 0;
  std::uint64_t unidentified = 0;
};

using NamedValue = std::pair<std::string, std::string>;

// A KeyResolver's customers: the smallest usable value of one namespace, or each event its own.
inline OracleCustomers OracleKey(const std::vector<Evidence>& events, const std::string& name_space) {
  OracleCustomers result;
  std::map<std::string, std::size_t> number_of;
  std::set<NamedValue> distinct;
  for (std::size_t i = 0; i < events.size(); ++i) {
    std::vector<std::string> values;
    for (const NamedValue& identifier : events[i].identifiers) {
      if (journey::IsPlaceholder(identifier.second)) {
        ++result.placeholders;
        continue;
      }
      distinct.insert(identifier);
      if (identifier.first == name_space) values.push_back(identifier.second);
    }
    std::size_t number = result.timelines.size();
    if (values.empty())
      ++result.unidentified;
    else
      number = number_of.emplace(*std::min_element(values.begin(), values.end()), number).first->second;
    if (number == result.timelines.size()) result.timelines.emplace_back();
    result.timelines[number].push_back(i);
    result.customer_of.push_back(number);
  }
  result.identifiers = distinct.size();
  return result;
}

}  // namespace test
