#include "identity/consent_book.h"

#include <algorithm>
#include <utility>

#include "identity/normal_form.h"

namespace journey {
inline namespace v0 {
namespace internal {

ConsentBook::ConsentBook(const EventLog& log, IdentityPolicy policy, ConsentOptions options)
    : log_(log), policy_(std::move(policy)), options_(std::move(options)) {}

bool ConsentBook::Concerns(EventIndex record) const {
  if (!IsConsent(log_.kind(record))) return false;
  const auto key = log_.attribute_keys().Find(kPurposeKey);
  const AttributeRow* const purpose = key ? log_.FindAttribute(record, {*key}) : nullptr;
  return purpose == nullptr || log_.texts().text(purpose->text().value) == options_.purpose;
}

std::uint32_t ConsentBook::NumberOf(IdentifierId id) {
  if (number_of_.size() <= id.value) number_of_.resize(log_.identifier_values().size(), kUnknown);
  std::uint32_t& number = number_of_[id.value];
  if (number != kUnknown) return number;
  const std::uint32_t name_space = log_.identifier_values().tag(id.value);
  while (namespaces_.size() <= name_space) {
    namespaces_.push_back(
        policy_.PolicyOf(log_.namespaces().text(static_cast<std::uint32_t>(namespaces_.size()))));
  }
  const NormalForm value(log_.identifier_values().text(id.value), namespaces_[name_space].normalizer);
  number =
      IsBlocked(value.text(), namespaces_[name_space]) ? kNone : values_.Intern(value.text(), name_space);
  if (number != kNone && about_.size() <= number) about_.resize(number + 1U);
  return number;
}

// Where a record is among others, or would be.
std::vector<EventIndex>::iterator ConsentBook::Place(std::vector<EventIndex>& records,
                                                     EventIndex record) const {
  return std::ranges::lower_bound(records, record,
                                  [&](EventIndex a, EventIndex b) { return a != b && log_.Before(a, b); });
}

void ConsentBook::Add(EventIndex record) {
  if (!Concerns(record)) return;
  ++records_;
  for (const IdentifierId id : log_.identifiers(record)) {
    const std::uint32_t number = NumberOf(id);
    if (number == kNone) continue;
    std::vector<EventIndex>& list = about_[number].records;
    const auto place = Place(list, record);
    if (place == list.end() || *place != record) list.insert(place, record);
  }
}

void ConsentBook::Remove(EventIndex record) {
  if (!Concerns(record)) return;
  --records_;
  for (const IdentifierId id : log_.identifiers(record)) {
    const std::uint32_t number = NumberOf(id);
    if (number == kNone) continue;
    std::vector<EventIndex>& list = about_[number].records;
    const auto place = Place(list, record);
    if (place != list.end() && *place == record) list.erase(place);
  }
}

void ConsentBook::ListEvents(std::uint32_t rows) {
  if (lists_) return;
  lists_ = true;
  for (std::uint32_t row = 0; row < rows; ++row) {
    if (log_.kind({row}) == RecordKind::kEvent) List({row});
  }
}

void ConsentBook::List(EventIndex event) {
  constexpr std::ptrdiff_t kNear = 256;  // so many may have to make room
  const TimePoint time = log_.time(event);
  for (const IdentifierId id : log_.identifiers(event)) {
    const std::uint32_t number = NumberOf(id);
    if (number == kNone) continue;
    About& about = about_[number];
    const auto place = about.sorted < about.events.size()
                           ? about.events.end()
                           : std::ranges::upper_bound(about.events, time, {},
                                                      [&](EventIndex row) { return log_.time(row); });
    if (about.sorted < about.events.size() || about.events.end() - place > kNear) {
      about.events.push_back(event);
      continue;
    }
    about.events.insert(place, event);
    ++about.sorted;
  }
}

void ConsentBook::Unlist(EventIndex event) {
  if (!lists_) return;
  const TimePoint time = log_.time(event);
  for (const IdentifierId id : log_.identifiers(event)) {
    const std::uint32_t number = NumberOf(id);
    if (number == kNone) continue;
    About& about = about_[number];
    const auto end_sorted = about.events.begin() + static_cast<std::ptrdiff_t>(about.sorted);
    auto at = std::lower_bound(about.events.begin(), end_sorted, time,
                               [&](EventIndex row, TimePoint least) { return log_.time(row) < least; });
    while (at != end_sorted && *at != event && log_.time(*at) == time) ++at;
    if (at != end_sorted && *at == event) {
      --about.sorted;
    } else {
      at = std::find(end_sorted, about.events.end(), event);
      if (at == about.events.end()) continue;
    }
    about.events.erase(at);
  }
}

void ConsentBook::Sort(About& about) const {
  if (about.sorted == about.events.size()) return;
  const auto earlier = [&](EventIndex a, EventIndex b) { return log_.time(a) < log_.time(b); };
  const auto late = about.events.begin() + static_cast<std::ptrdiff_t>(about.sorted);
  std::sort(late, about.events.end(), earlier);
  std::inplace_merge(about.events.begin(), late, about.events.end(), earlier);
  about.sorted = about.events.size();
}

void ConsentBook::AppendConcerned(EventIndex record, std::vector<EventIndex>& events) {
  if (!Concerns(record)) return;
  const RecordKind kind = log_.kind(record);
  for (const IdentifierId id : log_.identifiers(record)) {
    const std::uint32_t number = NumberOf(id);
    if (number == kNone) continue;
    About& about = about_[number];
    const auto place = Place(about.records, record);
    if (place == about.records.end() || *place != record) continue;
    // Where nothing must be agreed to, an agreement says no more than silence.
    const bool says_so_already = place != about.records.begin()
                                     ? log_.kind(*std::prev(place)) == kind
                                     : kind == RecordKind::kConsent && !options_.required;
    if (says_so_already) continue;
    const auto next = std::next(place);
    const TimePoint end = next == about.records.end() ? kMaxTime : log_.time(*next);
    Sort(about);
    const auto time_of = [&](EventIndex row) { return log_.time(row); };
    auto event = std::ranges::lower_bound(about.events, log_.time(record), {}, time_of);
    for (; event != about.events.end() && log_.time(*event) < end; ++event) events.push_back(*event);
  }
}

bool ConsentBook::Withholds(EventIndex event) {
  if (idle()) return false;
  bool agreed = false;
  const TimePoint time = log_.time(event);
  for (const IdentifierId id : log_.identifiers(event)) {
    const std::uint32_t number = NumberOf(id);
    if (number == kNone) continue;
    const std::vector<EventIndex>& list = about_[number].records;
    const auto after =
        std::ranges::upper_bound(list, time, {}, [&](EventIndex record) { return log_.time(record); });
    if (after == list.begin()) continue;
    if (log_.kind(*std::prev(after)) == RecordKind::kWithdraw) return true;
    agreed = true;
  }
  return options_.required && !agreed;
}

std::vector<EventIndex> ConsentBook::KeptRows() const {
  std::vector<EventIndex> rows;
  for (const std::uint32_t row : kept_) rows.push_back({row});
  std::ranges::sort(rows);
  return rows;
}

void ConsentBook::DropForgotten() {
  for (About& about : about_) {
    std::size_t sorted = 0, left = 0;
    for (std::size_t i = 0; i < about.events.size(); ++i) {
      if (log_.forgotten(about.events[i])) continue;
      sorted += static_cast<std::size_t>(i < about.sorted);
      about.events[left++] = about.events[i];
    }
    about.events.resize(left);
    about.sorted = sorted;
  }
  std::vector<bool> used(values_.size());
  for (std::uint32_t id = 0; id < number_of_.size(); ++id) {
    std::uint32_t& number = number_of_[id];
    if (number == kUnknown || number == kNone) continue;
    if (log_.identifier_values().forgotten(id))
      number = kUnknown;
    else
      used[number] = true;
  }
  for (std::uint32_t number = 0; number < used.size(); ++number) {
    if (!used[number] && !values_.forgotten(number)) values_.Forget(number);
  }
}

void ConsentBook::Renumber(std::span<const EventIndex> new_rows) {
  // Numbers of identifiers are the log's: start anew.
  std::vector<EventIndex> records, kept;
  for (const About& about : about_) records.insert(records.end(), about.records.begin(), about.records.end());
  std::ranges::sort(records);
  records.erase(std::unique(records.begin(), records.end()), records.end());
  kept = KeptRows();
  values_ = SymbolTable();
  namespaces_.clear();
  number_of_.clear();
  about_.clear();
  kept_.clear();
  records_ = 0;
  for (const EventIndex row : records) Add(new_rows[row.value]);
  for (const EventIndex row : kept) Keep(new_rows[row.value]);
  if (std::exchange(lists_, false)) ListEvents(static_cast<std::uint32_t>(log_.size()));
}

std::size_t ConsentBook::bytes() const {
  std::size_t sum = values_.bytes() + number_of_.capacity() * sizeof(std::uint32_t) +
                    about_.capacity() * sizeof(About) + kept_.capacity() * (sizeof(std::uint32_t) + 1);
  for (const About& about : about_)
    sum += (about.records.capacity() + about.events.capacity()) * sizeof(EventIndex);
  return sum;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
