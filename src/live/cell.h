// Cell: one customer of the live engine: the events in order, what was derived from them, and what readers are told.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "journey/core/row_table.h"
#include "journey/events/event_log.h"
#include "journey/friction/finding.h"
#include "journey/identity/customer_ids.h"
#include "journey/identity/timelines.h"
#include "journey/journeys/builder.h"
#include "journey/live/facts.h"
#include "journey/sessions/session.h"
#include "live/identifier_index.h"

namespace journey {
inline namespace v0 {
namespace internal {

using CellId = std::uint32_t;
inline constexpr CellId kNoCell = UINT32_MAX;

// What a context tells beside journeys and findings; a function of the events, kept up to date while they only come.
struct Profile {
  struct Used {  // an identifier or a channel
    std::uint32_t id;
    std::uint32_t events;
    EventIndex last;  // the last event in the order of events that has it
  };
  struct Given {
    std::uint32_t key;  // of the carried attributes
    EventIndex last;    // the last event that has it
  };
  std::vector<Used> keys;      // of identifiers, in the graph's numbers
  std::vector<Used> channels;  // by ChannelId of the engine's catalogue
  std::vector<Given> given;
  std::uint32_t scores = 0;
  EventIndex last_score;
};

// Sums over events that were folded.
struct Folded {
  TimePoint first;   // of the first event ever
  TimePoint before;  // all events before this are folded
  std::uint64_t events = 0;
  std::uint64_t sessions = 0;
  std::array<std::uint64_t, kOutcomes> journeys{};
  std::array<std::uint64_t, 3> findings{};
  std::vector<SourceOffers> offers;  // of the events of which no row is left
  EventIndex anchor;                 // a row of one of the others

  void Add(const Folded& other) {
    if (other.events == 0) return;
    first = events == 0 ? other.first : std::min(first, other.first);
    if (!anchor.valid()) anchor = other.anchor;
    before = std::max(before, other.before);
    events += other.events;
    sessions += other.sessions;
    for (std::size_t i = 0; i < journeys.size(); ++i) journeys[i] += other.journeys[i];
    for (std::size_t i = 0; i < findings.size(); ++i) findings[i] += other.findings[i];
    for (const SourceOffers& of_source : other.offers) {
      const auto found = std::ranges::find(offers, of_source.source, &SourceOffers::source);
      if (found == offers.end()) {
        offers.push_back(of_source);
        continue;
      }
      found->accepted += of_source.accepted;
      found->duplicates += of_source.duplicates;
      found->conflicts += of_source.conflicts;
    }
  }
};

// How far the journeys up to one reach: the last position and the latest end of all of them.
struct Reach {
  TimePoint ended;  // of an open journey: kMaxTime
  std::uint32_t last = 0;
};

// What was derived from the last events of a timeline, set aside while something changes before them. Positions count
// from the first of these events, journeys from the first of these.
struct Tail {
  std::uint32_t events = 0;
  RowTable<SessionRow> sessions;
  JourneyTable journeys;
  RowTable<Finding> findings;
};

struct Cell {
  static constexpr std::uint32_t kClean = UINT32_MAX;

  std::uint64_t label = 0;  // of the graph
  std::vector<EventRow> timeline;
  RowTable<SessionRow> sessions;  // positions are those in the timeline
  // In the order of their first events, and so are the ranges of their events and steps.
  JourneyTable journeys;
  std::vector<Reach> reach;    // by journey: of it and all before
  RowTable<Finding> findings;  // by journey
  // Sums over the rows above.
  std::array<std::uint32_t, kOutcomes> outcomes{};
  std::array<std::uint32_t, 3> past_findings{};  // of journeys that have ended, by severity
  std::uint32_t first_open = UINT32_MAX;         // row of the first open journey
  Profile profile;
  std::unique_ptr<Folded> sums;  // of events that were folded; most customers have none

  [[nodiscard]] const Folded& folded() const {
    static const Folded kNothing;
    return sums == nullptr ? kNothing : *sums;
  }
  void Fold(const Folded& other) {
    if (other.events == 0) return;
    if (sums == nullptr) sums = std::make_unique<Folded>();
    sums->Add(other);
  }

  // What of this was not derived from the timeline as it is now.
  std::uint32_t changed_from = kClean;  // sessions and journeys from this position on; a restart point
  std::uint32_t examine_from = kClean;  // findings of journeys from this row on
  // ... but for those of the last events, if this is there.
  std::unique_ptr<Tail> tail;
  std::vector<EventIndex> added;              // events that are not in the profile
  bool profile_stale = false;                 // the profile is to be made anew
  std::unique_ptr<std::vector<Fact>> stated;  // facts that were stated of what has changed

  bool in_use = false;
  bool queued = false;  // among the touched ones
  bool listed = false;  // among those that wait to be derived
  bool truncated = false;
  bool keyless = false;           // named by its first event
  bool republish = false;         // readers are to be told something new, though nothing was derived
  TimePoint deadline = kMaxTime;  // the earliest limit of an open journey
  TimePoint wakes = kMaxTime;     // when it will be looked whether that is over
  Slot slot = kNoSlot;
  std::uint32_t strongest = UINT32_MAX;  // its canonical key, in the graph's numbers
  PublicId id;

  [[nodiscard]] bool dirty() const {
    return changed_from != kClean || profile_stale || republish || !added.empty();
  }
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
