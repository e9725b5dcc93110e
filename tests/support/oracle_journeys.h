// The obvious, slow twin of the stages sessions and journeys, and of the walk over done steps. Every rule is
// asked anew of the whole list of events; nothing is carried along.
#pragma once
#include <algorithm>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "journey/pipeline/options.h"
#include "support/oracle_evidence.h"
#include "support/plain_report.h"

namespace test {

// A plain decimal number, read the slow way.
inline std::optional<double> OracleNumber(const std::string& text) {
  if (text.empty() || text.find_first_not_of("0123456789.-eE+") != std::string::npos) return std::nullopt;
  if (text.front() == '+') return std::nullopt;
  std::istringstream in(text);
  in.imbue(std::locale::classic());
  double number = 0;
  if (!(in >> number) || in.peek() != std::istringstream::traits_type::eof()) return std::nullopt;
  return number;
}

inline bool OracleHolds(const journey::AttributeCondition& condition, const Evidence& event) {
  const auto found = event.attributes.find(condition.key);
  if (found == event.attributes.end()) return false;
  if (condition.values.empty()) return true;
  const Value& value = found->second;
  for (const std::string& wanted : condition.values) {
    const std::optional<double> number = OracleNumber(wanted);
    switch (value.kind) {
      case journey::AttributeValue::Kind::kBoolean:
        if (wanted == (value.number != 0 ? "true" : "false")) return true;
        break;
      case journey::AttributeValue::Kind::kNumber:
        if (number && *number == value.number) return true;
        break;
      case journey::AttributeValue::Kind::kText:
        if (wanted == value.text) return true;
        if (number && OracleNumber(value.text) && *number == *OracleNumber(value.text)) return true;
        break;
    }
  }
  return false;
}

inline bool OracleMatches(const journey::Matcher& matcher, const Evidence& event) {
  const auto any = [](const journey::AnyOf& texts, const std::string& text) {
    return texts.empty() || std::find(texts.begin(), texts.end(), text) != texts.end();
  };
  return !matcher.empty() && any(matcher.events, event.name) && any(matcher.channels, event.channel) &&
         std::all_of(matcher.where.begin(), matcher.where.end(),
                     [&](const auto& condition) { return OracleHolds(condition, event); });
}

// One customer's events in order, and where they begin among all timelines.
struct OracleTimeline {
  std::size_t customer = 0;
  std::size_t offset = 0;
  std::vector<Evidence> events;
};

inline std::vector<PlainSession> OracleSessions(const OracleTimeline& timeline,
                                                const journey::SessionOptions& options) {
  std::vector<PlainSession> sessions;
  const auto& events = timeline.events;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const bool gap = i > 0 && events[i].time - events[i - 1].time > options.max_gap.count();
    const bool too_long = i > 0 && events[i].time - sessions.back().first > options.max_length.count();
    if (i == 0 || gap || too_long) {
      if (i > 0) sessions.back().cut = !gap;
      sessions.push_back({timeline.customer, timeline.offset + i, 0, false, events[i].time, 0});
    }
    sessions.back().end = timeline.offset + i + 1;
    sessions.back().last = events[i].time;
  }
  return sessions;
}

// The pauses of a journey, and those after which it went on in another channel.
inline void OraclePauses(const OracleTimeline& timeline, Micros session_gap, PlainJourney& journey) {
  for (std::size_t i = 1; i < journey.events.size(); ++i) {
    const Evidence& before = timeline.events[journey.events[i - 1] - timeline.offset];
    const Evidence& after = timeline.events[journey.events[i] - timeline.offset];
    if (after.time - before.time <= session_gap) continue;
    ++journey.pauses;
    if (before.channel != after.channel) ++journey.resumes_elsewhere;
  }
}

// Plays one journey that opens at an event; nullopt if that event opens none. `next` is the first event after
// it.
class OracleJourneyPlayer {
 public:
  OracleJourneyPlayer(const OracleTimeline& timeline, const journey::JourneyDefinition& definition,
                      Micros as_of)
      : timeline_(timeline), definition_(definition), as_of_(as_of) {}

  std::optional<PlainJourney> Play(std::size_t start, std::size_t& next) {
    const Evidence& opening = timeline_.events[start];
    if (!OracleMatches(definition_.steps[0].match, opening)) return std::nullopt;
    if (OracleMatches(definition_.exclude, opening)) return std::nullopt;
    members_ = {start};
    reached_.assign(definition_.steps.size(), -1);
    reached_[0] = static_cast<std::int64_t>(start);
    next = start + 1;
    if (GoalAt(start)) return Finish("achieved", opening.time);
    for (; next < timeline_.events.size(); ++next) {
      const Evidence& event = timeline_.events[next];
      if (!Belongs(event)) continue;
      if (const auto over = LimitBefore(event.time)) return Finish(over->first, over->second);
      members_.push_back(next);
      if (OracleMatches(definition_.exclude, event)) return FinishAfter(next, "excluded");
      if (const auto step = StepReachedBy(event)) reached_[*step] = static_cast<std::int64_t>(next);
      if (GoalAt(next)) return FinishAfter(next, "achieved");
    }
    if (const auto over = LimitBefore(as_of_)) return Finish(over->first, over->second);
    return Finish("open", as_of_);
  }

 private:
  [[nodiscard]] bool Belongs(const Evidence& event) const {
    if (definition_.scope.empty() || OracleMatches(definition_.scope, event)) return true;
    if (OracleMatches(definition_.goal, event) || OracleMatches(definition_.exclude, event)) return true;
    return std::any_of(definition_.steps.begin(), definition_.steps.end(),
                       [&](const journey::Step& step) { return OracleMatches(step.match, event); });
  }
  [[nodiscard]] bool GoalAt(std::size_t event) const {
    if (definition_.goal.empty()) return reached_.back() == static_cast<std::int64_t>(event);
    return OracleMatches(definition_.goal, timeline_.events[event]);
  }
  [[nodiscard]] std::size_t LastReached() const {
    std::size_t last = 0;
    for (std::size_t i = 0; i < reached_.size(); ++i) {
      if (reached_[i] >= 0) last = i;
    }
    return last;
  }
  [[nodiscard]] Micros TimeOf(std::size_t step) const {
    return timeline_.events[static_cast<std::size_t>(reached_[step])].time;
  }
  // The steps that may come next: the optional ones behind the last reached, and the first required one.
  [[nodiscard]] std::vector<std::size_t> Candidates() const {
    std::vector<std::size_t> steps;
    for (std::size_t i = LastReached() + 1; i < definition_.steps.size(); ++i) {
      steps.push_back(i);
      if (!definition_.steps[i].optional) break;
    }
    return steps;
  }
  [[nodiscard]] std::optional<std::size_t> StepReachedBy(const Evidence& event) const {
    for (const std::size_t i : Candidates()) {
      const journey::Step& step = definition_.steps[i];
      const bool late = step.within && event.time - TimeOf(LastReached()) > step.within->count();
      if (!late && OracleMatches(step.match, event)) return i;
    }
    return std::nullopt;
  }
  // The limit that had passed before `now`: the earliest, and of equal ones the expiry.
  [[nodiscard]] std::optional<std::pair<std::string, Micros>> LimitBefore(Micros now) const {
    std::vector<std::pair<Micros, std::string>> limits;  // "a..." < "e...": mind the order of equal ones
    limits.emplace_back(timeline_.events[members_.back()].time + definition_.abandon_after.count(),
                        "abandoned");
    if (definition_.window) {
      limits.emplace_back(timeline_.events[members_[0]].time + definition_.window->count(), "expired");
    }
    for (const std::size_t i : Candidates()) {
      const journey::Step& step = definition_.steps[i];
      if (!step.optional && step.within) {
        limits.emplace_back(TimeOf(LastReached()) + step.within->count(), "expired");
      }
    }
    std::sort(limits.begin(), limits.end(), [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first < b.first : a.second > b.second;
    });
    if (limits.front().first >= now) return std::nullopt;
    return std::pair(limits.front().second, limits.front().first);
  }
  PlainJourney FinishAfter(std::size_t& next, const char* outcome) {
    const Micros time = timeline_.events[next].time;
    ++next;
    return Finish(outcome, time);
  }
  PlainJourney Finish(const std::string& outcome, Micros ended) const {
    PlainJourney journey{.customer = timeline_.customer, .events = {}, .steps = {}, .outcome = outcome};
    for (const std::size_t member : members_) journey.events.push_back(timeline_.offset + member);
    for (const std::int64_t at : reached_) {
      journey.steps.push_back(at < 0 ? -1 : at + static_cast<std::int64_t>(timeline_.offset));
      if (at >= 0) ++journey.steps_reached;
    }
    journey.last_step = LastReached();
    journey.first = timeline_.events[members_.front()].time;
    journey.last = timeline_.events[members_.back()].time;
    journey.ended = ended;
    return journey;
  }

  const OracleTimeline& timeline_;
  const journey::JourneyDefinition& definition_;
  Micros as_of_;
  std::vector<std::size_t> members_;   // events of the timeline
  std::vector<std::int64_t> reached_;  // by step: the event that reached it
};

inline std::vector<PlainJourney> OracleJourneys(const OracleTimeline& timeline, std::size_t definition_id,
                                                const journey::JourneyDefinition& definition, Micros as_of,
                                                Micros session_gap) {
  std::vector<PlainJourney> journeys;
  for (std::size_t at = 0; at < timeline.events.size();) {
    std::size_t next = at + 1;
    auto journey = OracleJourneyPlayer(timeline, definition, as_of).Play(at, next);
    if (journey) {
      journey->definition = definition_id;
      OraclePauses(timeline, session_gap, *journey);
      journeys.push_back(*journey);
    }
    at = next;
  }
  return journeys;
}

inline std::vector<PlainJourney> OracleDiscovered(const OracleTimeline& timeline,
                                                  const journey::Discovery& discovery, Micros as_of,
                                                  Micros session_gap) {
  std::vector<PlainJourney> journeys;
  const std::string idle = discovery.goal.empty() ? "ended" : "abandoned";
  const auto over = [&](Micros last, Micros now) {
    return discovery.gap && now - last > discovery.gap->count();
  };
  bool open = false;
  for (std::size_t i = 0; i < timeline.events.size(); ++i) {
    const Evidence& event = timeline.events[i];
    if (!open || over(journeys.back().last, event.time)) {
      if (open) {
        journeys.back().outcome = idle;
        journeys.back().ended = journeys.back().last + discovery.gap->count();
      }
      journeys.push_back({.customer = timeline.customer,
                          .events = {},
                          .steps = {},
                          .outcome = "open",
                          .first = event.time,
                          .ended = as_of});
      open = true;
    }
    journeys.back().events.push_back(timeline.offset + i);
    journeys.back().last = event.time;
    if (OracleMatches(discovery.goal, event)) {
      journeys.back().outcome = "achieved";
      journeys.back().ended = event.time;
      open = false;
    }
  }
  if (open && over(journeys.back().last, as_of)) {
    journeys.back().outcome = idle;
    journeys.back().ended = journeys.back().last + discovery.gap->count();
  }
  for (PlainJourney& journey : journeys) OraclePauses(timeline, session_gap, journey);
  return journeys;
}

// For each event of a journey: which step (or, of a discovered journey, event name) it does again, and which
// event did that last.
struct OracleAgain {
  std::int64_t step = -1;
  std::size_t last_done_at = 0;
};

inline std::vector<std::optional<OracleAgain>> OracleDoneSteps(const std::vector<Evidence>& events,
                                                               const std::vector<std::int64_t>& reached_at,
                                                               const journey::JourneyDefinition* definition) {
  std::vector<std::optional<OracleAgain>> result(events.size());
  std::vector<std::int64_t> does(events.size(), -1);  // which step each event counts for
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (definition == nullptr) {
      for (std::size_t k = 0; k < i; ++k) {
        if (events[k].name == events[i].name) result[i] = OracleAgain{-1, k};
      }
      continue;
    }
    for (std::size_t step = 0; step < reached_at.size(); ++step) {
      if (reached_at[step] == static_cast<std::int64_t>(i)) does[i] = static_cast<std::int64_t>(step);
    }
    if (does[i] >= 0) continue;
    for (std::size_t step = 0; step < reached_at.size(); ++step) {
      const bool done = reached_at[step] >= 0 && reached_at[step] < static_cast<std::int64_t>(i);
      if (done && OracleMatches(definition->steps[step].match, events[i])) {
        does[i] = static_cast<std::int64_t>(step);
      }
    }
    for (std::size_t k = 0; k < i && does[i] >= 0; ++k) {
      if (does[k] == does[i]) result[i] = OracleAgain{does[i], k};
    }
  }
  return result;
}

}  // namespace test
