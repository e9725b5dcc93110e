// What does it cost to take events in: with ids or without, in order or shuffled; and how much of it is
// hashing?
#include <string>
#include <unordered_map>

#include "support/harness.h"
#include "support/prepared.h"

namespace journey::bench {
namespace {

// Whether the log holds these events, row by row.
bool SameEvents(const EventLog& log, const std::vector<NaiveEvent>& events, const Workload&) {
  if (log.size() != events.size() || log.admissions()[AdmissionStatus::kAccepted] != events.size())
    return false;
  for (std::uint32_t row = 0; row < events.size(); ++row) {
    const NaiveEvent& event = events[row];
    const Touchpoint touchpoint = log.touchpoints()[log.touchpoint({row}).value];
    if (log.time({row}).time_since_epoch().count() != event.time_us) return false;
    if (log.channels().text(touchpoint.channel.value) != event.channel) return false;
    if (log.names().text(touchpoint.name.value) != event.name) return false;
    if (log.identifiers({row}).size() != event.identifiers.size()) return false;
    for (const auto& [name_space, value] : event.identifiers) {
      const auto id =
          log.identifier_values().Find(value, log.namespaces().Find(name_space).value_or(UINT32_MAX));
      if (!id ||
          std::ranges::find(log.identifiers({row}), IdentifierId{*id}) == log.identifiers({row}).end()) {
        return false;
      }
    }
    if (log.attributes({row}).size() != event.attributes.size()) return false;
    for (const AttributeRow& attribute : log.attributes({row})) {
      const auto found = event.attributes.find(std::string(log.attribute_keys().text(attribute.key.value)));
      if (found == event.attributes.end() || log.texts().text(attribute.text().value) != found->second)
        return false;
    }
  }
  return true;
}

void CountIdentifiers(benchmark::State& state, const Workload& workload) {
  const EventLog log = AppendAll(workload);
  const SymbolTable& values = log.identifier_values();
  state.counters["bytes/identifier"] =
      static_cast<double>(values.bytes()) / static_cast<double>(values.size());
}

void AddAppend(const Plan& plan, const char* name, const WorkloadOptions& options) {
  AddPair(
      plan, name, options.events, [=]() -> const Workload& { return WorkloadOf(options); }, AppendAll,
      NaiveStore, SameEvents, CountIdentifiers);
}

// What the generator itself takes of the times of Append.
void AddFill(std::size_t events) {
  Add("Append/generator", "alone", events, [=](benchmark::State& state) {
    const Workload& workload = WorkloadOf({.events = events});
    Event event;
    for (auto _ : state) {
      for (std::size_t i = 0; i < workload.size(); ++i) benchmark::DoNotOptimize(&workload.Fill(i, event));
    }
    CountEvents(state, events, 0);
  });
}

// How fast does the first identifier of every event become a dense id?
void AddIntern(const Plan& plan, std::size_t events) {
  const auto ours = [](const Workload& workload) {
    std::pair<SymbolTable, std::vector<std::uint32_t>> answer;
    answer.second.reserve(workload.size());
    Event event;
    for (std::size_t i = 0; i < workload.size(); ++i) {
      answer.second.push_back(answer.first.Intern(workload.Fill(i, event).identifiers.front().value));
    }
    return answer;
  };
  const auto naive = [](const Workload& workload) {
    std::pair<std::unordered_map<std::string, std::uint32_t>, std::vector<std::uint32_t>> answer;
    answer.second.reserve(workload.size());
    Event event;
    for (std::size_t i = 0; i < workload.size(); ++i) {
      const std::string value(workload.Fill(i, event).identifiers.front().value);
      answer.second.push_back(
          answer.first.emplace(value, static_cast<std::uint32_t>(answer.first.size())).first->second);
    }
    return answer;
  };
  AddPair(
      plan, "Intern", events, [=]() -> const Workload& { return WorkloadOf({.events = events}); }, ours,
      naive, [](const auto& a, const auto& b, const Workload&) { return a.second == b.second; });
}

}  // namespace

void RegisterBenchmarks(const Plan& plan) {
  for (const std::size_t events : plan.sizes) {
    AddFill(events);
    AddIntern(plan, events);
    AddAppend(plan, "Append/in_order", {.events = events});
    AddAppend(plan, "Append/in_order_ids", {.events = events, .ids = true});
    AddAppend(plan, "Append/shuffled", {.events = events, .arrival = Arrival::kShuffled});
    AddAppend(plan, "Append/shuffled_ids", {.events = events, .arrival = Arrival::kShuffled, .ids = true});
  }
}

}  // namespace journey::bench
