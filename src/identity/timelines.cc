#include "journey/identity/timelines.h"

#include <algorithm>

#include "journey/core/check.h"

namespace journey {
inline namespace v0 {
namespace {

// The rows of events, in the order of events.
std::vector<std::uint32_t> OrderedRows(const EventLog& log) {
  const std::span<const TimePoint> times = log.times();
  const std::span<const std::uint64_t> sequences = log.sequences();
  std::vector<std::uint32_t> rows;
  rows.reserve(times.size());
  bool sorted = true;
  for (std::uint32_t row = 0; row < times.size(); ++row) {
    if (log.kind({row}) != RecordKind::kEvent) continue;
    if (sorted && !rows.empty()) sorted = log.Before({rows.back()}, {row});
    rows.push_back(row);
  }
  if (sorted) return rows;

  struct Place {
    TimePoint time;
    std::uint64_t sequence;
    std::uint32_t row;
  };
  std::vector<Place> places;
  places.reserve(rows.size());
  for (const std::uint32_t row : rows) places.push_back({times[row], sequences[row], row});
  std::sort(places.begin(), places.end(), [&](const Place& a, const Place& b) {
    if (a.time != b.time) return a.time < b.time;
    if (a.sequence != b.sequence) return a.sequence < b.sequence;
    return log.key({a.row}) < log.key({b.row});
  });
  std::ranges::transform(places, rows.begin(), &Place::row);
  return rows;
}

// For each row its customer: labels renumbered in the order of their first events.
std::vector<std::uint32_t> NumberCustomers(std::span<const std::uint32_t> labels,
                                           const std::vector<std::uint32_t>& rows, std::uint32_t& customers) {
  // Labels are any numbers, yet almost always dense: squeeze them first only if they are not.
  std::vector<std::uint32_t> squeezed;
  if (std::ranges::any_of(labels, [&](std::uint32_t label) { return label >= 2 * labels.size() + 1024; })) {
    std::vector<std::uint32_t> distinct(labels.begin(), labels.end());
    std::ranges::sort(distinct);
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    for (const std::uint32_t label : labels) {
      squeezed.push_back(
          static_cast<std::uint32_t>(std::ranges::lower_bound(distinct, label) - distinct.begin()));
    }
    labels = squeezed;
  }
  constexpr std::uint32_t kNone = UINT32_MAX;
  std::vector<std::uint32_t> number_of_label(2 * labels.size() + 1024, kNone);
  std::vector<std::uint32_t> customer_of_row(labels.size(), kNone);
  customers = 0;
  for (const std::uint32_t row : rows) {
    std::uint32_t& number = number_of_label[labels[row]];
    if (number == kNone) number = customers++;
    customer_of_row[row] = number;
  }
  return customer_of_row;
}

}  // namespace

Timelines BuildTimelines(const EventLog& log, std::span<const std::uint32_t> labels,
                         std::span<const TouchpointId> touchpoints) {
  JOURNEY_CHECK(labels.size() == log.size());
  const std::vector<std::uint32_t> rows = OrderedRows(log);
  std::uint32_t customers = 0;
  const std::vector<std::uint32_t> customer_of_row = NumberCustomers(labels, rows, customers);

  // A stable counting sort by customer keeps the order of events inside each.
  Timelines result;
  result.begins.assign(customers + 1, 0);
  for (const std::uint32_t row : rows) ++result.begins[customer_of_row[row] + 1];
  for (std::uint32_t c = 0; c < customers; ++c) result.begins[c + 1] += result.begins[c];
  std::vector<std::uint32_t> next(result.begins.begin(), result.begins.end() - 1);
  result.events.resize(rows.size());
  const std::span<const TimePoint> times = log.times();
  const std::span<const TouchpointId> column = log.touchpoint_column();
  for (const std::uint32_t row : rows) {
    result.events[next[customer_of_row[row]]++] = {times[row], touchpoints[column[row].value], {row}};
  }
  return result;
}

}  // namespace v0
}  // namespace journey
