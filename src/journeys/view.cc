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

}  // namespace v0
}  // namespace journey
