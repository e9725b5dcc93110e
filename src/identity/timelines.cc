#include "journey/identity/timelines.h"

#include <algorithm>

#include "journey/core/check.h"
#include "journey/core/huge_memory.h"

namespace journey {
inline namespace v0 {
namespace {

template <typename T>
using Column = internal::HugeVector<T>;

// The rows of events, in order of arrival; and whether that is the order of events.
struct EventRows {
  Column<std::uint32_t> rows;
  bool sorted = true;
};

EventRows RowsOfEvents(const EventLog& log) {
  const std::span<const TimePoint> times = log.times();
  const std::span<const RecordKind> kinds = log.kinds();
  EventRows result;
  result.rows.reserve(times.size());
  for (std::uint32_t row = 0; row < times.size(); ++row) {
    if (kinds[row] != RecordKind::kEvent) continue;
    if (result.sorted && !result.rows.empty()) {
      const std::uint32_t last = result.rows.back();
      result.sorted = times[last] != times[row] ? times[last] < times[row] : log.Before({last}, {row});
    }
    result.rows.push_back(row);
  }
  return result;
}

constexpr std::uint32_t kNone = UINT32_MAX;

// By label, its place among labels in the order of their first events; kNone: it has none.
Column<std::uint32_t> NumberLabels(const EventLog& log, std::span<const std::uint32_t> labels,
                                   const EventRows& events, std::uint32_t& customers) {
  const std::size_t size = labels.empty() ? 0 : std::size_t{*std::ranges::max_element(labels)} + 1;
  Column<std::uint32_t> number_of(size, kNone);
  customers = 0;
  if (events.sorted) {
    for (const std::uint32_t row : events.rows) {
      std::uint32_t& number = number_of[labels[row]];
      if (number == kNone) number = customers++;
    }
    return number_of;
  }

  struct First {
    TimePoint time;
    std::uint32_t row = kNone;
    std::uint32_t label = 0;
  };
  const auto earlier = [&](const First& a, const First& b) {
    return a.time != b.time ? a.time < b.time : log.Before({a.row}, {b.row});
  };
  const std::span<const TimePoint> times = log.times();
  Column<First> firsts(size);
  for (const std::uint32_t row : events.rows) {
    const First candidate{times[row], row, labels[row]};
    First& first = firsts[candidate.label];
    if (first.row == kNone || earlier(candidate, first)) first = candidate;
  }
  firsts.erase(std::remove_if(firsts.begin(), firsts.end(), [](const First& f) { return f.row == kNone; }),
               firsts.end());
  std::sort(firsts.begin(), firsts.end(), earlier);
  for (const First& first : firsts) number_of[first.label] = customers++;
  return number_of;
}

// Labels are any numbers, yet almost always dense. Those that are not become so.
std::vector<std::uint32_t> Squeezed(std::span<const std::uint32_t> labels) {
  std::vector<std::uint32_t> distinct(labels.begin(), labels.end());
  std::ranges::sort(distinct);
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  std::vector<std::uint32_t> squeezed;
  for (const std::uint32_t label : labels) {
    squeezed.push_back(
        static_cast<std::uint32_t>(std::ranges::lower_bound(distinct, label) - distinct.begin()));
  }
  return squeezed;
}

}  // namespace

Timelines BuildTimelines(const EventLog& log, std::span<const std::uint32_t> labels,
                         std::span<const TouchpointId> touchpoints) {
  JOURNEY_CHECK(labels.size() == log.size());
  std::vector<std::uint32_t> squeezed;
  if (std::ranges::any_of(labels, [&](std::uint32_t label) { return label >= 2 * labels.size() + 1024; })) {
    squeezed = Squeezed(labels);
    labels = squeezed;
  }
  const EventRows events = RowsOfEvents(log);
  std::uint32_t customers = 0;
  const Column<std::uint32_t> number_of = NumberLabels(log, labels, events, customers);

  // A stable counting sort by customer keeps the order of arrival inside each. Most often that is the order of events;
  // else each customer is sorted by itself, in the cache, which takes half of the time of sorting all events at once.
  Timelines result;
  result.begins.assign(customers + 1, 0);
  for (const std::uint32_t row : events.rows) ++result.begins[number_of[labels[row]] + 1];
  for (std::uint32_t c = 0; c < customers; ++c) result.begins[c + 1] += result.begins[c];
  Column<std::uint32_t> next(result.begins.begin(), result.begins.end() - 1);
  internal::ReserveHuge(result.events, events.rows.size());
  result.events.resize(events.rows.size());
  const std::span<const TimePoint> times = log.times();
  const std::span<const TouchpointId> column = log.touchpoint_column();
  for (const std::uint32_t row : events.rows)
    result.events[next[number_of[labels[row]]]++] = {times[row], touchpoints[column[row].value], {row}};
  if (events.sorted) return result;

  const auto before = [&](const EventRow& a, const EventRow& b) {
    return a.time != b.time ? a.time < b.time : a.event != b.event && log.Before(a.event, b.event);
  };
  for (std::uint32_t c = 0; c < customers; ++c) {
    const auto begin = result.events.begin() + result.begins[c];
    const auto end = result.events.begin() + result.begins[c + 1];
    if (!std::is_sorted(begin, end, before)) std::sort(begin, end, before);
  }
  return result;
}

}  // namespace v0
}  // namespace journey
