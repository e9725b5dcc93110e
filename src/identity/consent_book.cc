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

void ConsentBook::Add(EventIndex record) {
  if (!Concerns(record)) return;
  ++records_;
  for (const IdentifierId id : log_.identifiers(record)) {
    const std::uint32_t number = NumberOf(id);
    if (number == kNone) continue;
    std::vector<EventIndex>& list = about_[number].records;
    const auto place = std::ranges::lower_bound(
        list, record, [&](EventIndex a, EventIndex b) { return a != b && log_.Before(a, b); });
    if (place == list.end() || *place != record) list.insert(place, record);
  }
}

void ConsentBook::Remove(EventIndex record) {
  if (!Concerns(record)) return;
  --records_;
  for (const IdentifierId id : log_.identifiers(record)) {
    if (const std::uint32_t number = NumberOf(id); number != kNone)
      std::erase(about_[number].records, record);
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

void ConsentBook::Keep(EventIndex event) {
  if (!kept_.insert(event.value).second) return;
  for (const IdentifierId id : log_.identifiers(event)) {
    if (const std::uint32_t number = NumberOf(id); number != kNone) about_[number].kept.push_back(event);
  }
}

void ConsentBook::Drop(EventIndex event) {
  if (kept_.erase(event.value) == 0) return;
  for (const IdentifierId id : log_.identifiers(event)) {
    if (const std::uint32_t number = NumberOf(id); number != kNone) std::erase(about_[number].kept, event);
  }
}

std::vector<EventIndex> ConsentBook::KeptRows() const {
  std::vector<EventIndex> rows;
  for (const std::uint32_t row : kept_) rows.push_back({row});
  std::ranges::sort(rows);
  return rows;
}

std::vector<EventIndex> ConsentBook::KeptWith(EventIndex row) {
  std::vector<EventIndex> rows;
  for (const IdentifierId id : log_.identifiers(row)) {
    const std::uint32_t number = NumberOf(id);
    if (number != kNone) rows.insert(rows.end(), about_[number].kept.begin(), about_[number].kept.end());
  }
  std::ranges::sort(rows);
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

void ConsentBook::DropForgotten() {
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
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
