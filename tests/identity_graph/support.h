// Records into logs, in any order of arrival, and what a graph and the oracle make of them, to be compared.
#pragma once
#include <array>
#include <map>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "identity_graph/oracle.h"
#include "journey/events/event_log.h"
#include "journey/identity/identity_graph.h"

namespace test {

inline journey::Event AsEvent(const PlainRecord& record) {
  journey::Event event{.time = journey::TimePoint{journey::Duration{record.time}},
                       .sequence = record.sequence,
                       .id = record.id,
                       .source = "test",
                       .channel = "web",
                       .name = record.name,
                       .identifiers = {},
                       .attributes = {},
                       .kind = record.kind};
  if (record.kind != journey::RecordKind::kEvent) event.channel = {};
  for (const auto& [name_space, value] : record.identifiers) event.identifiers.push_back({name_space, value});
  return event;
}

// A log, and which record each of its rows is.
struct FilledLog {
  journey::EventLog log;
  std::vector<std::size_t> record;
};

inline FilledLog Fill(const std::vector<PlainRecord>& records, const std::vector<std::size_t>& arrival) {
  FilledLog filled;
  for (const std::size_t i : arrival) {
    filled.log.Append(AsEvent(records[i]));
    if (filled.log.size() > filled.record.size()) filled.record.push_back(i);
  }
  return filled;
}
inline FilledLog Fill(const std::vector<PlainRecord>& records) {
  std::vector<std::size_t> arrival(records.size());
  std::iota(arrival.begin(), arrival.end(), std::size_t{0});
  return Fill(records, arrival);
}

// What identity is about: which events are one customer's, and what was refused.
struct Outcome {
  std::vector<int> customers;  // of events, by place in the records: numbered by first mention; others -1
  std::array<std::uint64_t, journey::kIdentityRules> refused{};
  std::uint64_t shared = 0;
  std::uint64_t hubs = 0;
  std::uint64_t unidentified = 0;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// Copies of a record count where they stand, too: they are the same event.
template <typename Labels>
std::vector<int> NumberCustomers(const std::vector<PlainRecord>& records, const Labels& labels) {
  using Label = typename Labels::mapped_type;
  std::map<Label, int> number;
  std::vector<int> customers;
  for (const PlainRecord& record : records) {
    if (record.kind != journey::RecordKind::kEvent) {
      customers.push_back(-1);
      continue;
    }
    customers.push_back(
        number.try_emplace(labels.at(record.id), static_cast<int>(number.size())).first->second);
  }
  return customers;
}

inline Outcome OutcomeOf(const journey::Resolution& resolution, const FilledLog& filled,
                         const std::vector<PlainRecord>& records) {
  std::map<std::string, std::uint32_t> labels;
  for (std::size_t row = 0; row < filled.record.size(); ++row) {
    labels[records[filled.record[row]].id] = resolution.labels[row];
  }
  return {NumberCustomers(records, labels), resolution.refused_by_rule, resolution.shared_keys,
          resolution.hubs, resolution.unidentified};
}

inline Outcome OutcomeOf(const OracleIdentity& oracle, const std::vector<PlainRecord>& records) {
  Outcome outcome{NumberCustomers(records, oracle.labels),
                  {},
                  oracle.shared.size(),
                  oracle.hubs.size(),
                  oracle.unidentified};
  for (std::size_t rule = 0; rule < journey::kIdentityRules; ++rule) {
    outcome.refused[rule] = oracle.refused[rule].size();
  }
  return outcome;
}

inline Outcome Resolve(const std::vector<PlainRecord>& records, const std::vector<std::size_t>& arrival,
                       const journey::IdentityPolicy& policy) {
  const FilledLog filled = Fill(records, arrival);
  return OutcomeOf(journey::IdentityGraph::Build(filled.log, policy).resolution(), filled, records);
}

// For messages of failed tests.
inline std::string Show(const std::vector<PlainRecord>& records) {
  static const std::array<const char*, 7> kinds = {"event",  "link",    "unlink",  "relink",
                                                    "logout", "consent", "withdraw"};
  std::string text;
  for (const PlainRecord& record : records) {
    text += std::to_string(record.time) + "/" + std::to_string(record.sequence) + " " + record.id + " " +
            kinds[static_cast<std::size_t>(record.kind)] + " " + record.name + " {";
    for (const auto& [name_space, value] : record.identifiers) text += " " + name_space + "=" + value;
    text += " }\n";
  }
  return text;
}

inline std::string Show(const Outcome& outcome) {
  std::string text = "customers";
  for (const int customer : outcome.customers) text += " " + std::to_string(customer);
  text += " refused";
  for (const auto count : outcome.refused) text += " " + std::to_string(count);
  return text + " shared " + std::to_string(outcome.shared) + " hubs " + std::to_string(outcome.hubs) +
         " unidentified " + std::to_string(outcome.unidentified);
}

}  // namespace test
