#include "support/naive.h"

#include <algorithm>
#include <set>

namespace journey::bench {
namespace {

constexpr std::int64_t kNaiveSecond = 1'000'000;
constexpr std::int64_t kSessionGap = 30 * 60 * kNaiveSecond;
constexpr std::int64_t kSessionLength = 24 * 3600 * kNaiveSecond;
constexpr std::int64_t kStall = 24 * 3600 * kNaiveSecond;

using Key = std::pair<std::string, std::string>;  // namespace, value

constexpr std::size_t kMaxNeighbours = 100;

// The identifiers, apart from user ids, that were seen with too many others.
std::set<Key> Hubs(const std::vector<NaiveEvent>& events) {
  std::map<Key, std::set<Key>> neighbours;
  for (const NaiveEvent& event : events) {
    for (const Key& a : event.identifiers) {
      for (const Key& b : event.identifiers) {
        if (a.first != "user_id" && a != b) neighbours[a].insert(b);
      }
    }
  }
  std::set<Key> hubs;
  for (const auto& [key, others] : neighbours) {
    if (others.size() > kMaxNeighbours) hubs.insert(key);
  }
  return hubs;
}

}  // namespace

std::vector<NaiveEvent> NaiveStore(const Workload& workload) {
  std::vector<NaiveEvent> events;
  std::set<std::string> ids;
  Event event;
  for (std::size_t i = 0; i < workload.size(); ++i) {
    workload.Fill(i, event);
    if (!event.id.empty() && !ids.insert(std::string(event.id)).second) continue;
    NaiveEvent kept{event.time.time_since_epoch().count(),
                    std::string(event.id),
                    std::string(event.channel),
                    std::string(event.name),
                    {},
                    {}};
    for (const Identifier& identifier : event.identifiers) {
      kept.identifiers.emplace_back(identifier.name_space, identifier.value);
    }
    for (const Attribute& attribute : event.attributes) {
      kept.attributes.emplace(attribute.key, attribute.value.text());
    }
    events.push_back(std::move(kept));
  }
  return events;
}

std::vector<std::size_t> NaiveGraph(const std::vector<NaiveEvent>& events) {
  const std::set<Key> hubs = Hubs(events);
  std::map<Key, std::size_t> component_of;
  std::vector<std::vector<Key>> components;
  std::vector<std::optional<Key>> key_of;
  for (const NaiveEvent& event : events) {
    key_of.emplace_back();
    for (const Key& key : event.identifiers) {
      if (hubs.contains(key)) continue;
      if (component_of.emplace(key, components.size()).second) components.push_back({key});
      if (!key_of.back()) key_of.back() = key;
      std::size_t a = component_of[*key_of.back()];
      std::size_t b = component_of[key];
      if (a == b) continue;
      if (components[a].size() < components[b].size()) std::swap(a, b);
      for (Key& moved : components[b]) {
        component_of[moved] = a;
        components[a].push_back(std::move(moved));
      }
      components[b].clear();
    }
  }
  std::vector<std::size_t> labels;
  for (const auto& key : key_of)
    labels.push_back(key ? component_of[*key] : components.size() + labels.size());
  return labels;
}

std::vector<std::size_t> NaiveKey(const std::vector<NaiveEvent>& events, const std::string& name_space) {
  std::map<std::string, std::size_t> label_of;
  std::vector<std::size_t> labels;
  for (std::size_t i = 0; i < events.size(); ++i) {
    std::size_t label = i;
    for (const Key& key : events[i].identifiers) {
      if (key.first == name_space) label = label_of.emplace(key.second, i).first->second;
    }
    labels.push_back(label);
  }
  return labels;
}

NaiveTimelines NaiveGroup(const std::vector<NaiveEvent>& events, const std::vector<std::size_t>& labels) {
  std::map<std::size_t, std::vector<const NaiveEvent*>> by_label;
  for (std::size_t i = 0; i < events.size(); ++i) by_label[labels[i]].push_back(&events[i]);
  NaiveTimelines timelines;
  for (auto& [label, timeline] : by_label) {
    // Of one time, in order of arrival, which is where they lie.
    std::ranges::stable_sort(timeline, {}, &NaiveEvent::time_us);
    timelines.push_back(std::move(timeline));
  }
  std::ranges::sort(timelines, {}, [](const auto& timeline) {
    return std::pair(timeline.front()->time_us, timeline.front());
  });
  return timelines;
}

std::vector<NaiveSession> NaiveSessions(const NaiveTimelines& timelines) {
  std::vector<NaiveSession> sessions;
  for (const auto& timeline : timelines) {
    NaiveSession session;
    for (const NaiveEvent* event : timeline) {
      if (!session.empty() && (event->time_us - session.back()->time_us > kSessionGap ||
                               event->time_us - session.front()->time_us > kSessionLength)) {
        sessions.push_back(session);
        session.clear();
      }
      session.push_back(event);
    }
    sessions.push_back(session);
  }
  return sessions;
}

namespace {

// Ends an open journey whose limits had passed before `now`.
bool EndIfOver(NaiveJourney& journey, const NaiveDefinition& definition, std::int64_t now) {
  const std::int64_t abandoned = journey.events.back()->time_us + definition.abandon_us;
  if (definition.window_us) {
    const std::int64_t expired = journey.events.front()->time_us + *definition.window_us;
    if (now > expired && expired <= abandoned) {
      journey.outcome = "expired";
      journey.ended_us = expired;
      return true;
    }
  }
  if (now <= abandoned) return false;
  journey.outcome = "abandoned";
  journey.ended_us = abandoned;
  return true;
}

// Adds an event to an open journey. True if that achieved it.
bool Take(NaiveJourney& journey, const NaiveDefinition& definition, const NaiveEvent* event) {
  const std::size_t next = journey.steps.size();
  journey.events.push_back(event);
  bool achieved = !definition.goal.empty() && event->name == definition.goal;
  if (!achieved && next < definition.steps.size() && event->name == definition.steps[next]) {
    journey.steps.push_back(journey.events.size() - 1);
    achieved = definition.goal.empty() && next + 1 == definition.steps.size();
  }
  if (achieved) {
    journey.outcome = "achieved";
    journey.ended_us = event->time_us;
  }
  return achieved;
}

}  // namespace

std::vector<NaiveJourney> NaiveBuild(const NaiveTimelines& timelines,
                                     const std::vector<NaiveDefinition>& definitions, std::int64_t as_of_us) {
  std::vector<NaiveJourney> journeys;
  for (std::size_t i = 0; i < definitions.size(); ++i) {
    const NaiveDefinition& definition = definitions[i];
    for (const auto& timeline : timelines) {
      std::optional<NaiveJourney> open;
      const auto end = [&] {
        journeys.push_back(*open);
        open.reset();
      };
      for (const NaiveEvent* event : timeline) {
        if (open && EndIfOver(*open, definition, event->time_us)) end();
        if (!open) {
          if (event->name != definition.steps.front()) continue;
          open = NaiveJourney{.definition = i};
        }
        if (Take(*open, definition, event)) end();
      }
      if (!open) continue;
      if (!EndIfOver(*open, definition, as_of_us)) {
        open->outcome = "open";
        open->ended_us = as_of_us;
      }
      end();
    }
  }
  return journeys;
}

std::vector<NaiveJourney> NaiveDiscover(const NaiveTimelines& timelines, std::int64_t gap_us,
                                        std::int64_t as_of_us) {
  std::vector<NaiveJourney> journeys;
  const auto end = [&](NaiveJourney& journey, std::int64_t now) {
    const std::int64_t limit = journey.events.back()->time_us + gap_us;
    journey.outcome = now > limit ? "ended" : "open";
    journey.ended_us = std::min(now, limit);
    journeys.push_back(journey);
  };
  for (const auto& timeline : timelines) {
    NaiveJourney journey;
    for (const NaiveEvent* event : timeline) {
      if (!journey.events.empty() && event->time_us - journey.events.back()->time_us > gap_us) {
        end(journey, event->time_us);
        journey = {};
      }
      journey.events.push_back(event);
    }
    end(journey, as_of_us);
  }
  return journeys;
}

NaiveTransitions NaiveFollows(const std::vector<NaiveJourney>& journeys) {
  NaiveTransitions transitions;
  for (const NaiveJourney& journey : journeys) {
    for (std::size_t i = 1; i < journey.events.size(); ++i) {
      const NaiveEvent& from = *journey.events[i - 1];
      const NaiveEvent& to = *journey.events[i];
      transitions[{from.touchpoint(), to.touchpoint()}].push_back(to.time_us - from.time_us);
    }
  }
  return transitions;
}

NaiveVariants NaivePaths(const std::vector<NaiveJourney>& journeys) {
  NaiveVariants variants;
  for (const NaiveJourney& journey : journeys) {
    std::vector<std::string> path;
    for (const NaiveEvent* event : journey.events) {
      if (path.empty() || path.back() != event->touchpoint()) path.push_back(event->touchpoint());
    }
    if (path.size() > 64) {
      path.resize(64);
      path.push_back("...");
    }
    ++variants[path];
  }
  return variants;
}

NaiveCounts NaiveFunnel(const std::vector<NaiveJourney>& journeys) {
  NaiveCounts counts;
  for (const NaiveJourney& journey : journeys) {
    ++counts[{journey.definition, journey.outcome}];
    for (std::size_t i = 0; i < journey.steps.size(); ++i) ++counts[{journey.definition, std::to_string(i)}];
  }
  return counts;
}

NaiveChannels NaiveChannelUse(const NaiveTimelines& timelines) {
  NaiveChannels channels;
  for (const auto& timeline : timelines) {
    std::set<std::string> of_customer;
    for (const NaiveSession& session : NaiveSessions({timeline})) {
      std::set<std::string> of_session;
      for (const NaiveEvent* event : session) {
        ++std::get<0>(channels[event->channel]);
        of_session.insert(event->channel);
      }
      for (const std::string& channel : of_session) ++std::get<2>(channels[channel]);
      of_customer.merge(of_session);
    }
    for (const std::string& channel : of_customer) ++std::get<1>(channels[channel]);
  }
  return channels;
}

namespace {

std::int64_t GapBefore(const NaiveJourney& journey, std::size_t i) {
  return i == 0 ? 0 : journey.events[i]->time_us - journey.events[i - 1]->time_us;
}
std::int64_t ActiveGap(const NaiveJourney& journey, std::size_t i) {
  return GapBefore(journey, i) > kSessionGap ? 0 : GapBefore(journey, i);
}

// For each event of the journey: the event that last did the step that it does again.
std::vector<std::optional<std::size_t>> DoneAgain(const NaiveJourney& journey,
                                                  const NaiveDefinition& definition) {
  std::vector<std::optional<std::size_t>> again(journey.events.size());
  std::map<std::string, std::size_t> last_done;
  for (std::size_t i = 0; i < journey.events.size(); ++i) {
    const std::string& name = journey.events[i]->name;
    if (std::ranges::find(journey.steps, i) != journey.steps.end()) {
      last_done[name] = i;
    } else if (std::ranges::find(definition.steps, name) != definition.steps.end() &&
               last_done.contains(name)) {
      again[i] = last_done[name];
      last_done[name] = i;
    }
  }
  return again;
}

void Count(NaiveFriction& friction, const char* detector, const std::string& kind, const NaiveEvent& at,
           std::uint64_t events, std::int64_t time_us) {
  NaiveCost& cost = friction[{detector, kind, at.touchpoint()}];
  ++cost.findings;
  cost.events += events;
  cost.time_us += time_us;
}

}  // namespace

void NaiveDropOff(const NaiveJourney& journey, const NaiveDefinition&, NaiveFriction& friction) {
  if (journey.outcome != "abandoned" && journey.outcome != "expired") return;
  std::int64_t spent = 0;
  for (std::size_t i = 0; i < journey.events.size(); ++i) spent += ActiveGap(journey, i);
  Count(friction, "drop_off", journey.outcome, *journey.events.back(), journey.events.size(), spent);
}

void NaiveRepetition(const NaiveJourney& journey, const NaiveDefinition& definition,
                     NaiveFriction& friction) {
  const auto again = DoneAgain(journey, definition);
  for (std::size_t i = 0; i < again.size(); ++i) {
    if (!again[i]) continue;
    const bool same_channel = journey.events[i]->channel == journey.events[*again[i]]->channel;
    Count(friction, "repetition", same_channel ? "repeat" : "redo", *journey.events[i], 1,
          ActiveGap(journey, i));
  }
}

void NaiveSwitches(const NaiveJourney& journey, const NaiveDefinition& definition, NaiveFriction& friction) {
  const auto again = DoneAgain(journey, definition);
  for (std::size_t i = 1; i < journey.events.size(); ++i) {
    const NaiveEvent& before = *journey.events[i - 1];
    const NaiveEvent& after = *journey.events[i];
    if (before.channel == after.channel) continue;
    const auto status = before.attributes.find("status");
    const bool error = status != before.attributes.end() && status->second == "error";
    const bool support = after.channel == "phone" || after.channel == "chat";
    if (!error && GapBefore(journey, i) <= kStall && !support && !again[i]) continue;
    Count(friction, "channel_switch", "forced", before, 1, ActiveGap(journey, i));
  }
}

}  // namespace journey::bench
