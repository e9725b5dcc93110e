#include "journey/identity/timelines.h"
#include "journey/core/prefetch.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

#include "core/raw_table.h"
#include "core/resize_on.h"
#include "core/workers.h"
#include "journey/core/check.h"
#include "journey/core/column.h"

namespace journey {
inline namespace v0 {
namespace {

using internal::RawTable;
using internal::ReserveOn;
using internal::Workers;

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

// Without the place of it, which would keep a compiler from looking at several at once.
std::uint32_t LargestOf(std::span<const std::uint32_t> labels) {
  std::uint32_t largest = 0;
  for (const std::uint32_t label : labels) largest = std::max(largest, label);
  return largest;
}

// In three steps: rows by groups of labels, which agree in all but their lower bits, by all workers, each of which keeps
// the rows of its part in order; each group by labels, in the cache, and each label's events in their order; all labels in the
// order of their first events.
class TimelineBuilder {
 public:
  // Requires: no label is above `largest`.
  TimelineBuilder(const EventLog& log, std::span<const std::uint32_t> labels, std::uint32_t largest,
                  std::span<const TouchpointId> touchpoints, unsigned threads)
      : log_(log), labels_(labels), touchpoints_(touchpoints), workers_(threads) {
    // Groups of about 16 K rows, and no more of them than can be written to at the same time.
    constexpr int kMostGroupBits = 11;
    const int wanted = std::clamp(static_cast<int>(std::bit_width(labels.size() >> 14)), 0, kMostGroupBits);
    label_bits_ = std::max(static_cast<int>(std::bit_width(largest)) - wanted, 0);
    customers_.resize((std::size_t{largest} >> label_bits_) + 1);
  }

  Timelines Build() {
    PartByGroups();
    SortGroups();
    Timelines result;
    OrderCustomers(result);
    return result;
  }

 private:
  // The order of events. Those of one time are rare, but their sequences lie anywhere, so that nothing else is looked at.
  struct EventOrder {
    const EventLog& log;
    std::span<const std::uint64_t> sequences;
    bool operator()(const EventRow& a, const EventRow& b) const {
      if (a.time != b.time) return a.time < b.time;
      const std::uint64_t of_a = sequences[a.event.value], of_b = sequences[b.event.value];
      if (of_a != of_b) return of_a < of_b;
      return a.event != b.event && log.Before(a.event, b.event);
    }
  };
  [[nodiscard]] EventOrder Before() const { return {log_, log_.sequences()}; }

  [[nodiscard]] Workers::Range RowsOf(unsigned part) const {
    return Workers::PartOf(labels_.size(), part, workers_.count(), 64);
  }
  [[nodiscard]] std::size_t GroupOf(std::uint32_t label) const { return label >> label_bits_; }

  // A timeline in parted_, and the time of its first event.
  struct Customer {
    TimePoint first;
    std::uint32_t begin;
    std::uint32_t size;
  };
  // What a worker needs for one group after the other.
  struct Scratch {
    std::vector<std::uint32_t> places;
    Column<EventRow> rows;
  };

  void PartByGroups() {
    const std::span<const RecordKind> kinds = log_.kinds();
    const std::size_t groups = customers_.size();
    std::vector<std::vector<std::uint32_t>> places(workers_.count());  // by worker and group
    workers_.Run([&](unsigned part) {
      std::vector<std::uint32_t> counts(groups);
      const auto range = RowsOf(part);
      for (std::size_t row = range.begin; row < range.end; ++row)
        counts[GroupOf(labels_[row])] += kinds[row] == RecordKind::kEvent;
      places[part] = std::move(counts);
    });
    begins_.resize(groups + 1);
    std::uint32_t sum = 0;
    for (std::size_t group = 0; group < groups; ++group) {
      begins_[group] = sum;
      for (std::vector<std::uint32_t>& of_part : places) sum += std::exchange(of_part[group], sum);
    }
    begins_[groups] = sum;
    parted_ = RawTable<EventRow>(sum);
    label_of_ = RawTable<std::uint32_t>(sum);
    workers_.Run([&](unsigned part) { PlaceRows(RowsOf(part), places[part]); });
  }

  // Puts rows where their groups go on. All that the loop reads is at hand: what it writes might be anything else to a compiler.
  void PlaceRows(Workers::Range range, std::span<std::uint32_t> next) {
    const std::span<const RecordKind> kinds = log_.kinds();
    const std::span<const TimePoint> times = log_.times();
    const std::span<const TouchpointId> column = log_.touchpoint_column();
    const std::span<const TouchpointId> touchpoints = touchpoints_;
    const std::span<const std::uint32_t> labels = labels_;
    EventRow* const parted = parted_.data();
    std::uint32_t* const label_of = label_of_.data();
    const int bits = label_bits_;
    for (auto row = static_cast<std::uint32_t>(range.begin); row < range.end; ++row) {
      if (kinds[row] != RecordKind::kEvent) continue;
      const std::uint32_t label = labels[row];
      const std::uint32_t at = next[label >> bits]++;
      parted[at] = {times[row], touchpoints[column[row].value], {row}};
      label_of[at] = label;
    }
  }

  void SortGroups() {
    workers_.Run([&](unsigned part) {
      Scratch scratch;
      // Groups are of different sizes, so that a worker's are those whose first row is in its part.
      const auto range = Workers::PartOf(parted_.size(), part, workers_.count());
      for (std::size_t group = 0; group < customers_.size(); ++group) {
        if (begins_[group] >= range.begin && begins_[group] < range.end) SortGroup(group, scratch);
      }
    });
    label_of_ = {};
  }

  void SortGroup(std::size_t group, Scratch& scratch) {
    const std::uint32_t begin = begins_[group], end = begins_[group + 1];
    const std::uint32_t mask = static_cast<std::uint32_t>((std::uint64_t{1} << label_bits_) - 1);
    scratch.places.assign(std::size_t{mask} + 1, 0);
    const std::span<const std::uint32_t> label_of(label_of_.data() + begin, end - begin);
    std::uint32_t* const next = scratch.places.data();
    for (const std::uint32_t label : label_of) ++next[label & mask];
    std::vector<Customer>& customers = customers_[group];
    std::uint32_t sum = 0;
    for (std::uint32_t low = 0; low <= mask; ++low) {
      if (next[low] == 0) continue;
      customers.push_back({{}, begin + sum, next[low]});
      sum += std::exchange(next[low], sum);
    }
    scratch.rows.ResizeToWrite(end - begin);
    EventRow* const ordered = scratch.rows.data();
    EventRow* const row = parted_.data() + begin;
    for (std::size_t at = 0; at < label_of.size(); ++at) ordered[next[label_of[at] & mask]++] = row[at];
    AskForSequences(scratch.rows);
    std::copy(scratch.rows.begin(), scratch.rows.end(), row);
    for (Customer& customer : customers) {
      PutInOrder({&parted_[customer.begin], customer.size});
      customer.first = parted_[customer.begin].time;
    }
  }

  void AskForSequences(std::span<const EventRow> rows) const {
    const std::uint64_t* const sequences = log_.sequences().data();
    for (std::size_t i = 1; i < rows.size(); ++i) {
      if (rows[i].time != rows[i - 1].time) continue;
      internal::Prefetch(&sequences[rows[i - 1].event.value]);
      internal::Prefetch(&sequences[rows[i].event.value]);
    }
  }

  // Most events came in their order, and who came late is not far from its place: each is put there. Where that would be a long
  // way for many, they are sorted.
  void PutInOrder(std::span<EventRow> rows) const {
    const EventOrder before = Before();
    std::size_t steps = 16 * rows.size();
    for (std::size_t i = 1; i < rows.size(); ++i) {
      if (!before(rows[i], rows[i - 1])) continue;
      const EventRow late = rows[i];
      std::size_t at = i;
      do {
        rows[at] = rows[at - 1];
        --at;
      } while (at > 0 && --steps != 0 && before(late, rows[at - 1]));
      rows[at] = late;
      if (steps == 0) return std::sort(rows.begin(), rows.end(), before);
    }
  }

  void OrderCustomers(Timelines& result) {
    Column<Customer> customers;
    for (const std::vector<Customer>& of_group : customers_) customers.append(of_group);
    customers_ = {};
    const std::size_t count = customers.size();
    ReserveOn(workers_, result.events, parted_.size());
    // One orders customers, while another fills the table with zeros, as a vector wants it.
    workers_.Run([&](unsigned part) {
      if (part == 0) SortByFirst(customers);
      if (part + 1 == workers_.count()) result.events.resize(parted_.size());
    });
    result.begins.resize(count + 1);
    for (std::size_t c = 0; c < count; ++c) result.begins[c + 1] = result.begins[c] + customers[c].size;
    workers_.Run([&](unsigned part) {
      const auto range = Workers::PartOf(parted_.size(), part, workers_.count());
      auto c = static_cast<std::size_t>(std::ranges::lower_bound(result.begins, range.begin) -
                                        result.begins.begin());
      constexpr std::size_t kAhead = 8;
      for (; c < count && result.begins[c] < range.end; ++c) {
        if (c + kAhead < count) internal::Prefetch(&parted_[customers[c + kAhead].begin]);
        const EventRow* const from = &parted_[customers[c].begin];
        std::copy(from, from + customers[c].size, &result.events[result.begins[c]]);
      }
    });
  }

  // By (time, sequence, id) of the first events: by time digit by digit, then those of one time among themselves.
  void SortByFirst(Column<Customer>& customers) const {
    constexpr int kDigit = 11;
    constexpr std::size_t kFew = 2048;
    const auto before = [&](const Customer& a, const Customer& b) {
      return a.begin != b.begin && Before()(parted_[a.begin], parted_[b.begin]);
    };
    if (customers.size() < kFew) {
      std::sort(customers.begin(), customers.end(), before);
      return;
    }
    const auto [earliest, latest] =
        std::minmax_element(customers.begin(), customers.end(),
                            [](const Customer& a, const Customer& b) { return a.first < b.first; });
    const TimePoint origin = earliest->first;
    const auto span = static_cast<std::uint64_t>((latest->first - origin).count());
    const auto value = [&](const Customer& customer) {
      return static_cast<std::uint64_t>((customer.first - origin).count());
    };
    Column<Customer> other;
    other.ResizeToWrite(customers.size());
    for (int shift = 0; shift < 64 && span >> shift != 0; shift += kDigit) {
      std::vector<std::uint32_t> places((std::size_t{1} << kDigit) + 1);
      const auto digit = [&](const Customer& customer) {
        return value(customer) >> shift & ((std::uint64_t{1} << kDigit) - 1);
      };
      for (const Customer& customer : customers) ++places[digit(customer) + 1];
      std::partial_sum(places.begin(), places.end(), places.begin());
      for (const Customer& customer : customers) other[places[digit(customer)]++] = customer;
      std::swap(customers, other);
    }
    for (auto begin = customers.begin(); begin != customers.end();) {
      auto end = begin + 1;
      while (end != customers.end() && end->first == begin->first) ++end;
      if (end - begin > 1) std::sort(begin, end, before);
      begin = end;
    }
  }

  const EventLog& log_;
  const std::span<const std::uint32_t> labels_;
  const std::span<const TouchpointId> touchpoints_;
  Workers workers_;
  int label_bits_ = 0;                            // of a label, inside its group
  std::vector<std::vector<Customer>> customers_;  // by group, by label
  std::vector<std::uint32_t> begins_;             // of the groups, in the columns below
  RawTable<EventRow> parted_;                     // by group; then by group, label, and order of events
  RawTable<std::uint32_t> label_of_;              // of a row of parted_, until these are in order
};

}  // namespace

Timelines BuildTimelines(const EventLog& log, std::span<const std::uint32_t> labels,
                         std::span<const TouchpointId> touchpoints, unsigned threads) {
  JOURNEY_CHECK(labels.size() == log.size());
  std::uint32_t largest = LargestOf(labels);
  std::vector<std::uint32_t> squeezed;
  if (largest >= 2 * labels.size() + 1024) {
    squeezed = Squeezed(labels);
    labels = squeezed;
    largest = LargestOf(labels);
  }
  constexpr std::size_t kWorthThreads = 32'768;  // rows; fewer are done before another thread has begun
  const unsigned workers = labels.size() < kWorthThreads ? 1 : std::max(threads, 1U);
  return TimelineBuilder(log, labels, largest, touchpoints, workers).Build();
}

}  // namespace v0
}  // namespace journey
