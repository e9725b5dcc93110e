// The slow twin of the simulator's truth: reads the events of one person, as anybody could see them, and
// finds the journeys and what follows from the rules of the design. It shares nothing with the simulator but
// the plans of the journeys.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "simulate/simulator.h"

namespace journey::testing {

struct SeenEvent {
  std::uint32_t index = 0;
  std::int64_t time_us = 0;
  std::string channel;
  std::string name;
  std::map<std::string, std::string> attributes;
};

struct SeenJourney {
  std::string definition;
  std::string outcome;
  std::vector<SeenEvent> events;       // in scope
  std::vector<std::string> steps;      // names of those reached
  std::vector<std::string> frictions;  // "kind first last", of the kinds that the rules decide
};

// The events of each person in the order of (time, sequence), without copies.
inline std::vector<std::vector<SeenEvent>> EventsByPerson(const SimulatedLog& log) {
  std::vector<std::map<std::pair<std::int64_t, std::uint64_t>, SeenEvent>> sorted(log.people());
  EventBuffer buffer;
  for (std::size_t i = 0; i < log.size(); ++i) {
    if (log.is_copy(i)) continue;
    const Event& event = log.Fill(i, buffer);
    SeenEvent seen{log.row(i).index,
                   event.time.time_since_epoch().count(),
                   std::string(event.channel),
                   std::string(event.name),
                   {}};
    for (const Attribute& attribute : event.attributes) {
      if (attribute.value.kind() != AttributeValue::Kind::kText) continue;
      seen.attributes[std::string(attribute.key)] = attribute.value.text();
    }
    sorted[log.person(i)][{seen.time_us, event.sequence.value_or(0)}] = seen;
  }
  std::vector<std::vector<SeenEvent>> people(log.people());
  for (std::size_t person = 0; person < people.size(); ++person) {
    for (const auto& [key, event] : sorted[person]) people[person].push_back(event);
  }
  return people;
}

namespace replay_internal {

inline int StepOf(const simulation::JourneyPlan& plan, const SeenEvent& event) {
  for (std::size_t step = 0; step < plan.steps.size(); ++step) {
    if (TextOf(plan.steps[step].event) == event.name) return static_cast<int>(step);
  }
  return -1;
}

inline bool EndsIt(const simulation::JourneyPlan& plan, const SeenEvent& event, SeenJourney& journey) {
  const simulation::Name goal = plan.decided ? plan.goal : plan.steps.back().event;
  if (event.name == TextOf(goal)) journey.outcome = "achieved";
  if (plan.decided && event.name == TextOf(plan.exclusion)) journey.outcome = "excluded";
  return !journey.outcome.empty();
}

// Looks at each event and all before it, again and again.
inline void FindFrictions(const simulation::JourneyPlan& plan, SeenJourney& journey) {
  constexpr std::int64_t kDay = 86'400'000'000;
  const auto note = [&](std::string_view kind, const SeenEvent& first, const SeenEvent& last) {
    journey.frictions.push_back(std::string(kind) + " " + std::to_string(first.index) + " " +
                                std::to_string(last.index));
  };
  for (std::size_t i = 1; i < journey.events.size(); ++i) {
    const SeenEvent& event = journey.events[i];
    const SeenEvent& before = journey.events[i - 1];
    const int step = StepOf(plan, event);
    const SeenEvent* same = nullptr;
    const SeenEvent* step_before = nullptr;
    bool given_again = false;
    for (std::size_t k = 0; k < i; ++k) {
      if (step >= 0 && journey.events[k].name == event.name) same = &journey.events[k];
      if (StepOf(plan, journey.events[k]) >= 0) step_before = &journey.events[k];
      for (const std::string key : {"address", "phone_number"}) {
        given_again |= event.attributes.contains(key) && journey.events[k].attributes.contains(key);
      }
    }
    const bool away = event.time_us - before.time_us > kDay;
    if (away) note("stall", before, event);
    if (event.channel != before.channel) {
      const bool error = before.attributes.contains("status") && before.attributes.at("status") == "error";
      const bool support = event.channel == "chat" || event.channel == "phone";
      note(error || away || support || same != nullptr ? "forced" : "voluntary", before, event);
    }
    if (same != nullptr) note(same->channel == event.channel ? "repeat" : "redo", *same, event);
    if (step >= 0 && step_before != nullptr && StepOf(plan, *step_before) > step) {
      note("backtrack", *step_before, event);
    }
    if (given_again) note("repeated_entry", event, event);
  }
}

}  // namespace replay_internal

// The journeys of one person, in the order they began.
inline std::vector<SeenJourney> Replay(const std::vector<SeenEvent>& events, std::int64_t as_of_us) {
  using namespace replay_internal;
  std::map<std::size_t, SeenJourney> by_first_event;
  for (std::size_t kind = 0; kind < simulation::kJourneys; ++kind) {
    const simulation::JourneyPlan& plan = PlanOf(static_cast<simulation::Journey>(kind));
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (StepOf(plan, events[i]) != 0) continue;
      SeenJourney journey{std::string(plan.name), "", {}, {}, {}};
      const std::size_t first = i;
      std::int64_t last_us = events[i].time_us;
      for (; i < events.size(); ++i) {
        if (events[i].channel == "email" || events[i].channel == "social") continue;
        if (events[i].time_us - last_us > plan.abandon_after_us) break;
        if (events[i].time_us - events[first].time_us > plan.window_us) break;
        journey.events.push_back(events[i]);
        last_us = events[i].time_us;
        if (EndsIt(plan, events[i], journey)) break;
      }
      const bool ended_by_event = !journey.outcome.empty();
      if (!ended_by_event) {
        const std::int64_t abandoned = last_us + plan.abandon_after_us;
        const std::int64_t expired = events[first].time_us + plan.window_us;
        journey.outcome = "open";
        if (as_of_us > std::min(abandoned, expired))
          journey.outcome = abandoned <= expired ? "abandoned" : "expired";
        --i;
      }
      std::size_t next_step = 0;
      for (const SeenEvent& event : journey.events) {
        for (std::size_t step = next_step; step < plan.steps.size(); ++step) {
          if (TextOf(plan.steps[step].event) == event.name) {
            journey.steps.emplace_back(plan.steps[step].name);
            next_step = step + 1;
            break;
          }
          if (!plan.steps[step].optional) break;
        }
      }
      FindFrictions(plan, journey);
      by_first_event[first] = journey;
    }
  }
  std::vector<SeenJourney> journeys;
  for (const auto& [first, journey] : by_first_event) journeys.push_back(journey);
  return journeys;
}

}  // namespace journey::testing
