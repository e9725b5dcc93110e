#include "journey/journeys/view.h"

#include <algorithm>

namespace journey {
inline namespace v0 {

std::optional<std::size_t> JourneyView::reached(std::size_t step) const {
  const std::uint32_t position = context_->journeys.steps[row_->steps_begin + step];
  if (position == kNotReached) return std::nullopt;
  const auto begin = context_->journeys.events.begin() + row_->begin;
  const auto end = context_->journeys.events.begin() + row_->end;
  return static_cast<std::size_t>(std::lower_bound(begin, end, position) - begin);
}

std::optional<AttributeValue> JourneyView::attribute(std::size_t i, std::string_view key) const {
  const EventLog& log = context_->log;
  const auto id = log.attribute_keys().Find(key);
  if (!id) return std::nullopt;
  const AttributeRow* const row = log.FindAttribute((*this)[i].event, {*id});
  if (row == nullptr) return std::nullopt;
  switch (row->kind) {
    case AttributeValue::Kind::kText:
      return log.texts().text(row->text().value);
    case AttributeValue::Kind::kNumber:
      return row->number();
    case AttributeValue::Kind::kBoolean:
      return row->boolean();
  }
  return std::nullopt;
}

bool JourneyView::same_attribute(std::size_t i, std::size_t k, std::string_view key) const {
  const EventLog& log = context_->log;
  const auto id = log.attribute_keys().Find(key);
  if (!id) return true;
  const AttributeRow* const a = log.FindAttribute((*this)[i].event, {*id});
  const AttributeRow* const b = log.FindAttribute((*this)[k].event, {*id});
  return a == nullptr || b == nullptr ? a == b : *a == *b;
}

bool JourneyView::same_attributes(std::size_t i, std::size_t k) const {
  return std::ranges::equal(context_->log.attributes((*this)[i].event),
                            context_->log.attributes((*this)[k].event));
}

std::span<const EventRow> JourneyView::after(Duration within) const {
  const auto timeline = context_->timeline;
  const auto begins = context_->customer_begins;
  const std::size_t first = std::size_t{context_->journeys.events[row_->end - 1]} + 1;
  const std::size_t end = begins.empty() ? timeline.size() : begins[row_->customer.value + 1];
  const auto later = timeline.subspan(first, end - first);
  const auto past = std::upper_bound(later.begin(), later.end(), row_->last + within,
                                     [](TimePoint time, const EventRow& event) { return time < event.time; });
  return later.first(static_cast<std::size_t>(past - later.begin()));
}

}  // namespace v0
}  // namespace journey
