#include "live/cell_deriver.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "pipeline/finish_report.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

// The first journey that begins at a position or later.
std::size_t FirstRow(const Cell& cell, std::uint32_t position) {
  const JourneyTable& table = cell.journeys;
  const auto row = std::ranges::lower_bound(
      table.rows, position, {}, [&](const JourneyRow& journey) { return table.events[journey.begin]; });
  return static_cast<std::size_t>(row - table.rows.begin());
}

RowTable<Finding>::const_iterator FirstFinding(const RowTable<Finding>& findings, std::size_t journey) {
  return std::ranges::lower_bound(findings, static_cast<std::uint32_t>(journey), {},
                                  [](const Finding& finding) { return finding.journey.value; });
}

}  // namespace

CellDeriver::CellDeriver(const EngineOptions& options, const DeriveInput& input,
                         std::span<const std::string> detectors)
    : options_(options),
      input_(input),
      detectors_(detectors),
      states_facts_(options.keep_changes || options.listener != nullptr),
      outlook_(options.pipeline) {
  for (const auto& detector : input.detectors) lookahead_ = std::max(lookahead_, detector->lookahead());
}

FactSource CellDeriver::SourceOf(const Cell& cell) const {
  return {input_.log, input_.catalog, cell.timeline, cell.journeys, sink_.labels(), detectors_};
}

// Whether every journey that began before a position had ended by then.
bool CellDeriver::SettledBefore(const Cell& cell, std::uint32_t position) const {
  const std::size_t later = FirstRow(cell, position);
  if (later == 0) return true;
  const Reach& reach = cell.reach[later - 1];
  return reach.last < position && reach.ended < cell.timeline[position].time;
}

// The first journey from which a detector may look as far as the events from a position on, or that begins there.
std::size_t CellDeriver::FirstExamined(const Cell& cell, std::uint32_t position) const {
  const std::size_t later = FirstRow(cell, position);
  if (lookahead_ == Duration{0} || later == 0) return later;
  const TimePoint from = cell.timeline[position].time - lookahead_;
  const auto looks = std::lower_bound(
      cell.reach.begin(), cell.reach.begin() + static_cast<std::ptrdiff_t>(later), from,
      [&](const Reach& reach, TimePoint time) { return cell.timeline[reach.last].time < time; });
  return static_cast<std::size_t>(looks - cell.reach.begin());
}

// The event at a restart point stays the same, so it is before the position.
std::uint32_t CellDeriver::RestartPoint(const Cell& cell, std::uint32_t position) const {
  if (position > cell.changed_from) return cell.changed_from;
  const auto& sessions = cell.sessions;
  auto session = std::ranges::lower_bound(sessions, position, {}, &SessionRow::begin);
  while (session != sessions.begin()) {
    --session;
    if (session == sessions.begin()) break;
    if (std::prev(session)->cut == 0 && SettledBefore(cell, session->begin)) return session->begin;
  }
  return 0;
}

std::uint32_t CellDeriver::FoldPoint(const Cell& cell, TimePoint cutoff) const {
  // What may still come behind the cutoff must not be in sight of what is folded.
  const auto kept = std::ranges::lower_bound(cell.timeline, cutoff - lookahead_, {}, &EventRow::time);
  return RestartPoint(cell, static_cast<std::uint32_t>(kept - cell.timeline.begin()) + 1);
}

// The facts about sessions and journeys that begin at a position or later, and about findings from a journey on.
void CellDeriver::AppendFacts(const Cell& cell, std::uint32_t from, std::size_t findings_from,
                              std::vector<Fact>& facts) const {
  if (cell.timeline.empty()) return;
  const FactSource source = SourceOf(cell);
  const EventKey customer = source.KeyAt(0);
  for (auto row = std::ranges::lower_bound(cell.sessions, from, {}, &SessionRow::begin);
       row != cell.sessions.end(); ++row)
    facts.push_back(MakeSessionFact(source, customer, *row));
  const std::size_t first = FirstRow(cell, from);
  for (std::size_t i = first; i < cell.journeys.rows.size(); ++i) {
    const JourneyRow& row = cell.journeys.rows[i];
    facts.push_back(MakeJourneyFact(source, customer, row, StepsOf(row)));
  }
  for (auto finding = FirstFinding(cell.findings, findings_from); finding != cell.findings.end(); ++finding)
    facts.push_back(MakeFindingFact(source, customer, cell.journeys.rows[finding->journey.value], *finding));
}

// The next restart point at a position or behind it; the end of the timeline if none is near.
std::uint32_t CellDeriver::RestartPointBehind(const Cell& cell, std::uint32_t position) const {
  constexpr std::uint32_t kWorthwhile = 4;  // events, to be set aside
  constexpr int kTries = 8;
  const auto size = static_cast<std::uint32_t>(cell.timeline.size());
  auto session = std::ranges::lower_bound(cell.sessions, position, {}, &SessionRow::begin);
  for (int i = 0; i < kTries && session != cell.sessions.end() && session->begin + kWorthwhile < size;
       ++i, ++session) {
    if (session == cell.sessions.begin()) continue;
    if (std::prev(session)->cut == 0 && SettledBefore(cell, session->begin)) return session->begin;
  }
  return size;
}

// Takes back what was derived from a position on: facts, counts and rows; and the findings of journeys before it that
// may have looked at what comes behind it.
void CellDeriver::Withdraw(Cell& cell, std::uint32_t from) {
  const std::size_t examined = from == 0 ? 0 : FirstExamined(cell, from);
  if (states_facts_) {
    if (cell.stated == nullptr) cell.stated = std::make_unique<std::vector<Fact>>();
    AppendFacts(cell, from, examined, *cell.stated);
  }
  const JourneyTable& table = cell.journeys;
  const std::size_t kept = FirstRow(cell, from);
  for (std::size_t i = kept; i < table.rows.size(); ++i) outlook_.Remove(table, table.rows[i], cell.timeline);
  Count(cell, kept, examined, -1);
  cell.findings.erase(FirstFinding(cell.findings, examined), cell.findings.end());
  cell.examine_from = std::min(cell.examine_from, static_cast<std::uint32_t>(examined));
  Truncate(cell, from);
}

void CellDeriver::Truncate(Cell& cell, std::uint32_t from) {
  JourneyTable& table = cell.journeys;
  const std::size_t kept = FirstRow(cell, from);
  cell.sessions.erase(std::ranges::lower_bound(cell.sessions, from, {}, &SessionRow::begin),
                      cell.sessions.end());
  cell.findings.erase(FirstFinding(cell.findings, kept), cell.findings.end());
  if (kept == table.rows.size()) return;
  table.events.resize(table.rows[kept].begin);
  table.steps.resize(table.rows[kept].steps_begin);
  table.rows.resize(kept);
  cell.reach.resize(std::min(cell.reach.size(), kept));
}

// Requires: a restart point.
void CellDeriver::SetAside(Cell& cell, std::uint32_t from) {
  auto tail = std::make_unique<Tail>();
  tail->events = static_cast<std::uint32_t>(cell.timeline.size()) - from;
  const JourneyTable& table = cell.journeys;
  const std::size_t first = FirstRow(cell, from);
  for (auto session = std::ranges::lower_bound(cell.sessions, from, {}, &SessionRow::begin);
       session != cell.sessions.end(); ++session) {
    tail->sessions.push_back(*session);
    tail->sessions.back().begin -= from;
    tail->sessions.back().end -= from;
  }
  for (auto finding = FirstFinding(cell.findings, first); finding != cell.findings.end(); ++finding) {
    tail->findings.push_back(*finding);
    tail->findings.back().journey.value -= static_cast<std::uint32_t>(first);
  }
  if (first < table.rows.size()) {
    const std::uint32_t events = table.rows[first].begin, steps = table.rows[first].steps_begin;
    for (std::size_t i = first; i < table.rows.size(); ++i) {
      tail->journeys.rows.push_back(table.rows[i]);
      tail->journeys.rows.back().begin -= events;
      tail->journeys.rows.back().end -= events;
      tail->journeys.rows.back().steps_begin -= steps;
    }
    for (std::size_t i = events; i < table.events.size(); ++i)
      tail->journeys.events.push_back(table.events[i] - from);
    for (std::size_t i = steps; i < table.steps.size(); ++i)
      tail->journeys.steps.push_back(table.steps[i] == kNotReached ? kNotReached : table.steps[i] - from);
  }
  Count(cell, first, first, -1);
  Truncate(cell, from);
  cell.tail = std::move(tail);
}

void CellDeriver::PutBack(Cell& cell) {
  const std::unique_ptr<Tail> tail = std::move(cell.tail);
  const std::uint32_t from = static_cast<std::uint32_t>(cell.timeline.size()) - tail->events;
  const std::size_t first = cell.journeys.rows.size();
  for (SessionRow session : tail->sessions) {
    session.begin += from;
    session.end += from;
    cell.sessions.push_back(session);
  }
  for (Finding finding : tail->findings) {
    finding.journey.value += static_cast<std::uint32_t>(first);
    cell.findings.push_back(finding);
  }
  for (std::uint32_t& position : tail->journeys.events) position += from;
  for (std::uint32_t& position : tail->journeys.steps) {
    if (position != kNotReached) position += from;
  }
  AppendJourneys(tail->journeys, cell.journeys);
  ExtendReach(cell);
  Count(cell, first, first, 1);
}

// The tail is to be derived anew, too.
void CellDeriver::DropTail(Cell& cell) {
  const std::uint32_t from = static_cast<std::uint32_t>(cell.timeline.size()) - cell.tail->events;
  PutBack(cell);
  Withdraw(cell, from);
}

void CellDeriver::Unstate(Cell& cell, std::uint32_t first, std::uint32_t end) {
  const bool clean = cell.changed_from == Cell::kClean;
  if (cell.tail != nullptr && (first == 0 || end > cell.timeline.size() - cell.tail->events)) DropTail(cell);
  const std::uint32_t from = RestartPoint(cell, first);
  if (from >= cell.changed_from) return;
  if (clean && first != 0) {  // the first event names the customer in all facts
    const std::uint32_t behind = RestartPointBehind(cell, end);
    if (behind < cell.timeline.size()) SetAside(cell, behind);
  }
  Withdraw(cell, from);
  cell.changed_from = from;
}

void CellDeriver::UnstateOpen(Cell& cell) {
  if (cell.first_open >= cell.journeys.rows.size()) return;
  Unstate(cell, cell.journeys.events[cell.journeys.rows[cell.first_open].begin] + 1,
          static_cast<std::uint32_t>(cell.timeline.size()));
}

// Puts the events and steps of the rows from `from` on into the order of the rows.
void CellDeriver::Tidy(JourneyTable& table, std::size_t from) {
  if (from == table.rows.size()) return;
  std::uint32_t events_begin = UINT32_MAX, steps_begin = UINT32_MAX;
  for (std::size_t i = from; i < table.rows.size(); ++i) {
    events_begin = std::min(events_begin, table.rows[i].begin);
    steps_begin = std::min(steps_begin, table.rows[i].steps_begin);
  }
  scratch_events_.assign(table.events.begin() + events_begin, table.events.end());
  scratch_steps_.assign(table.steps.begin() + steps_begin, table.steps.end());
  std::uint32_t next_event = events_begin, next_step = steps_begin;
  for (std::size_t i = from; i < table.rows.size(); ++i) {
    JourneyRow& row = table.rows[i];
    const std::size_t steps = StepsOf(row);
    std::copy_n(scratch_events_.begin() + (row.begin - events_begin), row.events(),
                table.events.begin() + next_event);
    std::copy_n(scratch_steps_.begin() + (row.steps_begin - steps_begin), steps,
                table.steps.begin() + next_step);
    row.end = next_event + row.events();
    row.begin = next_event;
    row.steps_begin = next_step;
    next_event = row.end;
    next_step += static_cast<std::uint32_t>(steps);
  }
}

// Adds the rows from `from` on, and the findings of those from `findings_from` on, to the sums, or takes them out.
void CellDeriver::Count(Cell& cell, std::size_t from, std::size_t findings_from, int by) {
  const auto& rows = cell.journeys.rows;
  if (cell.first_open >= from) cell.first_open = UINT32_MAX;
  for (std::size_t i = rows.size(); i-- > from;) {
    cell.outcomes[static_cast<std::size_t>(rows[i].outcome)] += static_cast<std::uint32_t>(by);
    if (by > 0 && rows[i].outcome == Outcome::kOpen) cell.first_open = static_cast<std::uint32_t>(i);
  }
  for (auto finding = FirstFinding(cell.findings, findings_from); finding != cell.findings.end(); ++finding) {
    if (rows[finding->journey.value].outcome != Outcome::kOpen)
      cell.past_findings[static_cast<std::size_t>(finding->severity)] += static_cast<std::uint32_t>(by);
  }
}

// How far the journeys reach that were not looked at yet.
void CellDeriver::ExtendReach(Cell& cell) {
  const JourneyTable& table = cell.journeys;
  for (std::size_t i = cell.reach.size(); i < table.rows.size(); ++i) {
    const JourneyRow& row = table.rows[i];
    Reach reach{row.outcome == Outcome::kOpen ? kMaxTime : row.ended, table.events[row.end - 1]};
    if (i > 0) {
      reach.ended = std::max(reach.ended, cell.reach[i - 1].ended);
      reach.last = std::max(reach.last, cell.reach[i - 1].last);
    }
    cell.reach.push_back(reach);
  }
}

// Counts the journeys from `from` on, and the findings from `findings_from` on, and says when they run out.
void CellDeriver::Settle(CellId id, Cell& cell, std::size_t from, std::size_t findings_from) {
  const JourneyTable& table = cell.journeys;
  ExtendReach(cell);
  Count(cell, from, findings_from, 1);
  TimePoint deadline = kMaxTime;
  for (std::size_t i = from; i < table.rows.size(); ++i) {
    const JourneyRow& row = table.rows[i];
    outlook_.Add(table, row, cell.timeline);
    if (row.outcome != Outcome::kOpen) continue;
    if (input_.options.journeys.empty()) {
      deadline = std::min(deadline, OpenUntil(input_.options.discovery, row));
    } else {
      const std::uint32_t reached = table.steps[row.steps_begin + row.last_step];
      deadline = std::min(deadline, OpenUntil(input_.options.journeys[row.definition.value], row,
                                              cell.timeline[reached].time));
    }
  }
  // All open journeys are in the tail, where there is one, and run out when they did.
  if (cell.tail == nullptr) cell.deadline = deadline;
  WakeAtDeadline(id, cell);
}

// Whether what was derived from row `first_row` on is settled at a position, so that what was derived behind it still
// holds: a session ends before it by a gap, and all journeys have.
bool CellDeriver::SettledAgain(const Cell& cell, std::size_t first_row, std::uint32_t position) const {
  const TimePoint time = cell.timeline[position].time;
  if (position == 0 || time - cell.timeline[position - 1].time <= options_.pipeline.sessions.max_gap)
    return false;
  const auto& rows = cell.journeys.rows;
  return std::all_of(
      rows.begin() + static_cast<std::ptrdiff_t>(first_row), rows.end(),
      [&](const JourneyRow& row) { return row.outcome != Outcome::kOpen && row.ended < time; });
}

void CellDeriver::Derive(CellId id, Cell& cell, std::vector<Told>& changes) {
  if (cell.changed_from == Cell::kClean) return;
  const std::uint32_t from = cell.changed_from;
  const std::size_t first_row = cell.journeys.rows.size();
  const std::size_t events_before = cell.journeys.events.size(), steps_before = cell.journeys.steps.size();
  const auto timeline = std::span<const EventRow>(cell.timeline);
  const auto derive_until = [&](std::size_t end) {
    derived_events_ += end - from;
    DeriveRows(input_, CustomerId{0}, timeline.subspan(from, end - from), from, cell.sessions, cell.journeys);
  };
  if (cell.tail != nullptr) {
    const std::size_t end = timeline.size() - cell.tail->events;
    derive_until(end);
    if (!SettledAgain(cell, first_row, static_cast<std::uint32_t>(end))) {
      // Not counted yet.
      cell.sessions.erase(std::ranges::lower_bound(cell.sessions, from, {}, &SessionRow::begin),
                          cell.sessions.end());
      cell.journeys.rows.resize(first_row);
      cell.journeys.events.resize(events_before);
      cell.journeys.steps.resize(steps_before);
      DropTail(cell);
      derive_until(timeline.size());
    }
  } else {
    derive_until(timeline.size());
  }
  Tidy(cell.journeys, first_row);
  // Detectors look ahead in the whole timeline, so that it does not matter where the tail begins.
  const std::size_t examined = std::min(first_row, std::size_t{cell.examine_from});
  Examine(input_, input_.ContextOf(cell.timeline, cell.journeys), examined, sink_, &detectors_failed_);
  const RowTable<Finding> findings = sink_.TakeFindings();
  cell.findings.insert(cell.findings.end(), findings.begin(), findings.end());
  Settle(id, cell, first_row, examined);
  if (states_facts_) StateChanges(cell, from, examined, changes);
  if (cell.tail != nullptr) PutBack(cell);
  cell.changed_from = Cell::kClean;
  cell.examine_from = Cell::kClean;
}

void CellDeriver::StateChanges(Cell& cell, std::uint32_t from, std::size_t findings_from,
                               std::vector<Told>& changes) {
  new_facts_.clear();
  AppendFacts(cell, from, findings_from, new_facts_);
  std::ranges::sort(new_facts_);
  std::vector<Fact> old;
  if (cell.stated != nullptr) old = std::move(*cell.stated);
  cell.stated = nullptr;
  std::ranges::sort(old);
  const auto state_without = [&](std::vector<Fact>& facts, const std::vector<Fact>& others, bool inserted) {
    auto other = others.begin();
    for (const Fact& fact : facts) {
      while (other != others.end() && *other < fact) ++other;
      if (other != others.end() && *other == fact)
        ++other;
      else
        changes.push_back({{inserted, fact}, cell.id});
    }
  };
  state_without(old, new_facts_, false);
  state_without(new_facts_, old, true);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
