#include "journey/insight/owners.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "journey/core/status.h"

namespace journey {
inline namespace v0 {
namespace {

std::uint32_t PlaceIn(std::vector<std::string>& texts, const std::string& text) {
  if (text.empty()) return TouchpointNotes::kNone;
  const auto found = std::ranges::find(texts, text);
  if (found != texts.end()) return static_cast<std::uint32_t>(found - texts.begin());
  texts.push_back(text);
  return static_cast<std::uint32_t>(texts.size() - 1);
}

bool Matches(const TouchpointEntry& entry, std::string_view channel, std::string_view name) {
  const auto has = [](const AnyOf& texts, std::string_view text) {
    return texts.empty() || std::find(texts.begin(), texts.end(), text) != texts.end();
  };
  return has(entry.events, name) && has(entry.channels, channel);
}

// Counts what comes in order of journeys, so that each journey and customer is counted once for each owner.
class OwnerCounts {
 public:
  OwnerCounts(const RunTables& tables, const TouchpointNotes& notes)
      : tables_(tables), notes_(notes), rows_(notes.owners.size() + 1), seen_(rows_.size()) {}

  std::vector<OwnerRow> Count() {
    for (std::size_t i = 0; i < rows_.size(); ++i)
      rows_[i].owner = i + 1 == rows_.size() ? TouchpointNotes::kNone : static_cast<std::uint32_t>(i);
    for (std::uint32_t t = 0; t < tables_.touchpoints.touchpoints.size(); ++t) ++RowOf({t}).touchpoints;
    for (std::uint32_t j = 0; j < tables_.journeys.rows.size(); ++j) CountEvents({j});
    for (const Finding& finding : tables_.findings) CountFinding(finding);
    if (rows_.back().touchpoints == 0) rows_.pop_back();
    std::ranges::stable_sort(rows_, [](const OwnerRow& a, const OwnerRow& b) {
      return std::tie(b.journeys_hurt, b.findings) < std::tie(a.journeys_hurt, a.findings);
    });
    return std::move(rows_);
  }

 private:
  struct Seen {
    JourneyId journey, hurt_journey;
    CustomerId hurt_customer;
  };
  [[nodiscard]] std::size_t PlaceOf(TouchpointId touchpoint) const {
    const std::uint32_t owner = notes_.owner[touchpoint.value];
    return owner == TouchpointNotes::kNone ? rows_.size() - 1 : owner;
  }
  OwnerRow& RowOf(TouchpointId touchpoint) { return rows_[PlaceOf(touchpoint)]; }

  void CountEvents(JourneyId journey) {
    const JourneyRow& row = tables_.journeys.rows[journey.value];
    for (std::size_t i = 0; i < row.events(); ++i) {
      const EventRow& event = tables_.event_of(row, i);
      const std::size_t place = PlaceOf(event.touchpoint);
      OwnerRow& owner = rows_[place];
      ++owner.events;
      if (seen_[place].journey != journey) ++owner.journeys;
      seen_[place].journey = journey;
      const std::optional<Duration>& expected = notes_.expected[event.touchpoint.value];
      if (!expected || i + 1 == row.events()) continue;
      const Duration stay = tables_.event_of(row, i + 1).time - event.time;
      if (stay > tables_.session_gap) continue;
      ++owner.stays;
      if (stay > *expected) ++owner.overlong;
    }
  }

  void CountFinding(const Finding& finding) {
    const std::size_t place = PlaceOf(finding.touchpoint);
    OwnerRow& owner = rows_[place];
    Seen& seen = seen_[place];
    ++owner.findings;
    owner.cost_events += finding.cost_events;
    owner.cost_time += finding.cost_time;
    if (seen.hurt_journey != finding.journey) ++owner.journeys_hurt;
    if (seen.hurt_customer != finding.customer) ++owner.customers_hurt;
    seen.hurt_journey = finding.journey;
    seen.hurt_customer = finding.customer;
  }

  const RunTables& tables_;
  const TouchpointNotes& notes_;
  std::vector<OwnerRow> rows_;  // the last one: nobody
  std::vector<Seen> seen_;
};

}  // namespace

Status ValidateEntries(std::span<const TouchpointEntry> entries) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const TouchpointEntry& entry = entries[i];
    if (entry.events.empty() && entry.channels.empty())
      return InvalidArgument(fmt::format("touchpoints[{}]: names neither events nor channels", i));
    if (entry.owner.empty() && entry.stage.empty() && !entry.expected)
      return InvalidArgument(fmt::format("touchpoints[{}]: says none of owner, stage, expected", i));
    if (entry.expected && (*entry.expected <= Duration::zero() || *entry.expected > kForever)) {
      return InvalidArgument(
          fmt::format("touchpoints[{}].expected: {} is not allowed; it must be more than 0s and at most {}",
                      i, FormatDuration(*entry.expected), FormatDuration(kForever)));
    }
  }
  return absl::OkStatus();
}

TouchpointNotes NoteTouchpoints(const TouchpointCatalog& catalog, std::span<const TouchpointEntry> entries) {
  TouchpointNotes notes;
  const std::size_t count = catalog.touchpoints.size();
  notes.owner.assign(count, TouchpointNotes::kNone);
  notes.stage.assign(count, TouchpointNotes::kNone);
  notes.expected.assign(count, std::nullopt);
  for (const TouchpointEntry& entry :
       entries) {  // all of them, whether they match or not: a team that is fine is shown
    PlaceIn(notes.owners, entry.owner);
    PlaceIn(notes.stages, entry.stage);
  }
  for (std::uint32_t t = 0; t < count; ++t) {
    const auto entry = std::ranges::find_if(entries, [&](const TouchpointEntry& candidate) {
      return Matches(candidate, catalog.channel_text({t}), catalog.name_text({t}));
    });
    if (entry == entries.end()) continue;
    notes.owner[t] = PlaceIn(notes.owners, entry->owner);
    notes.stage[t] = PlaceIn(notes.stages, entry->stage);
    notes.expected[t] = entry->expected;
  }
  return notes;
}

std::vector<OwnerRow> CountByOwner(const RunTables& tables, const TouchpointNotes& notes) {
  return OwnerCounts(tables, notes).Count();
}

}  // namespace v0
}  // namespace journey
