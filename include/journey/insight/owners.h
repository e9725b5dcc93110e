// Owners: a catalogue that says which team a touchpoint belongs to, at which stage of the journey it is, and how long it
// should take; and where it hurts, by owner.
//
//   {web, payment, owner "Payments", stage "checkout", expected 2 min}     {*, login, owner "Accounts"}
//   -> Payments: 4 touchpoints, 812 journeys hurt, 37 of 410 stays longer than expected
//
// Entries are looked at in their order; the first that matches a touchpoint says everything about it. What none matches
// belongs to nobody, and is shown as such: the figures of all owners add up to those of the report, but for journeys
// and customers, who meet several owners.
//
// A stay is the time from an event of a journey to its next one, unless the customer was away for longer than a session.
//
// Threads: pure functions. Cost: O(entries x touchpoints), then O(events of journeys + findings).
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "journey/core/status_fwd.h"
#include "journey/insight/tables.h"
#include "journey/journeys/matcher.h"

namespace journey {
inline namespace v0 {

struct TouchpointEntry {
  OneOrAnyOf events = {};  // empty: whatever the name
  AnyOf channels = {};     // empty: whatever the channel
  std::string owner = {};
  std::string stage = {};
  std::optional<Duration> expected = {};  // how long a stay should take at most
};

// InvalidArgument that names field, value and what is allowed: each entry names events or channels, and says at least
// one of owner, stage, expected; expected > 0.
[[nodiscard]] absl::Status ValidateEntries(std::span<const TouchpointEntry> entries);

// What is known of each touchpoint of a result.
struct TouchpointNotes {
  static constexpr std::uint32_t kNone = UINT32_MAX;
  std::vector<std::string> owners;                // distinct, in the order of the entries
  std::vector<std::string> stages;                // likewise
  std::vector<std::uint32_t> owner;               // by TouchpointId: in owners, or kNone
  std::vector<std::uint32_t> stage;               // by TouchpointId: in stages, or kNone
  std::vector<std::optional<Duration>> expected;  // by TouchpointId

  // Empty where nobody owns it.
  [[nodiscard]] std::string_view owner_of(TouchpointId touchpoint) const {
    return touchpoint.value < owner.size() && owner[touchpoint.value] != kNone
               ? std::string_view(owners[owner[touchpoint.value]])
               : std::string_view();
  }
  [[nodiscard]] std::string_view stage_of(TouchpointId touchpoint) const {
    return touchpoint.value < stage.size() && stage[touchpoint.value] != kNone
               ? std::string_view(stages[stage[touchpoint.value]])
               : std::string_view();
  }
};
[[nodiscard]] TouchpointNotes NoteTouchpoints(const TouchpointCatalog& catalog,
                                              std::span<const TouchpointEntry> entries);

struct OwnerRow {
  std::uint32_t owner = TouchpointNotes::kNone;  // in TouchpointNotes::owners; kNone: what nobody owns
  std::uint64_t touchpoints = 0;
  std::uint64_t events = 0;    // of journeys
  std::uint64_t journeys = 0;  // with an event at one of its touchpoints
  std::uint64_t findings = 0;
  std::uint64_t journeys_hurt = 0;
  std::uint64_t customers_hurt = 0;
  std::uint64_t cost_events = 0;
  Duration cost_time{0};
  std::uint64_t stays = 0;     // at touchpoints with an expected time
  std::uint64_t overlong = 0;  // of these, longer than expected
};

// One row for each owner, and one for what nobody owns if there is such a touchpoint.
// Order: by falling number of journeys hurt, then findings, then in the order of owners.
[[nodiscard]] std::vector<OwnerRow> CountByOwner(const RunTables& tables, const TouchpointNotes& notes);

}  // namespace v0
}  // namespace journey
