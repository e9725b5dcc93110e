#include "journey/insight/compare_split.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "journey/core/check.h"
#include "journey/core/status.h"

namespace journey {
inline namespace v0 {
namespace {

std::string TextOf(const EventLog& log, const AttributeRow& attribute) {
  switch (attribute.kind) {
    case AttributeValue::Kind::kText:
      return std::string(log.texts().text(attribute.text().value));
    case AttributeValue::Kind::kNumber:
      return fmt::format("{}", attribute.number());
    case AttributeValue::Kind::kBoolean:
      return attribute.boolean() ? "true" : "false";
  }
  return {};
}

void Count(std::vector<std::pair<std::string, std::uint64_t>>& left_out, const char* reason,
           std::uint64_t count) {
  if (count != 0) left_out.emplace_back(reason, count);
}

// The values of one attribute on a journey's events, each once.
class AttributeReader {
 public:
  AttributeReader(const EventLog& log, const RunTables& tables, std::string_view key)
      : log_(log), tables_(tables) {
    if (const auto id = log.attribute_keys().Find(key)) key_ = KeyId{*id};
    if (!key_.valid()) return;
    latest_.assign(tables.timeline.size(), kNone);
    for (std::uint32_t customer = 0; customer < tables.customers(); ++customer) {
      std::uint32_t latest = kNone;
      for (std::uint32_t at = tables.begins[customer]; at < tables.begins[customer + 1]; ++at) {
        if (At(at) != nullptr) latest = at;
        latest_[at] = latest;
      }
    }
  }

  [[nodiscard]] const AttributeRow* At(std::uint32_t position) const {
    return key_.valid() ? log_.FindAttribute(tables_.timeline[position].event, key_) : nullptr;
  }

  // One value, several, or none; where the journey has none, the one that the customer last had before it.
  struct Value {
    std::optional<std::string> text;
    bool several = false;
  };
  [[nodiscard]] Value Of(const JourneyRow& row) const {
    const AttributeRow* first = nullptr;
    Value value;
    for (std::uint32_t i = row.begin; i < row.end; ++i) {
      const AttributeRow* const here = At(tables_.journeys.events[i]);
      if (here == nullptr || (first != nullptr && *here == *first)) continue;
      std::string text = TextOf(log_, *here);
      if (value.text && *value.text != text) value.several = true;
      if (first == nullptr) value.text = std::move(text);
      if (first == nullptr) first = here;
    }
    if (first != nullptr || !key_.valid() || row.events() == 0) return value;
    const std::uint32_t before = latest_[tables_.journeys.events[row.begin]];
    if (before != kNone) value.text = TextOf(log_, *At(before));
    return value;
  }

 private:
  const EventLog& log_;
  const RunTables& tables_;
  static constexpr std::uint32_t kNone = UINT32_MAX;
  KeyId key_;
  std::vector<std::uint32_t> latest_;  // the last position with it, of the customer and not behind
};

}  // namespace

Split SplitWhole(const RunTables& tables, CompareCell side) {
  return {std::vector<std::uint8_t>(tables.journeys.rows.size(), side), {}};
}

StatusOr<EqualPeriods> PeriodsAround(TimePoint first, TimePoint at, TimePoint last) {
  if (at <= first || at > last) {
    return InvalidArgument(
        fmt::format("{} is not allowed; it must be after the first event, {}, and not after the "
                    "last, {}",
                    FormatTime(at), FormatTime(first), FormatTime(last)));
  }
  const Duration length = std::min(at - first, last - at + Duration{1});
  return EqualPeriods{at - length, at, at + length};
}

Split SplitPeriod(const RunTables& tables, TimePoint from, TimePoint until, CompareCell side) {
  Split split;
  std::uint64_t earlier = 0;
  std::uint64_t later = 0;
  for (const JourneyRow& row : tables.journeys.rows) {
    const bool inside = row.first >= from && row.first < until;
    split.cells.push_back(inside ? static_cast<std::uint8_t>(side) : kLeftOut);
    earlier += row.first < from ? 1U : 0U;
    later += row.first >= until ? 1U : 0U;
  }
  Count(split.left_out, "began before the period", earlier);
  Count(split.left_out, "began after the period", later);
  return split;
}

std::vector<std::uint32_t> PeopleOf(const RunTables& tables, const RunTables& whole, std::size_t log_size) {
  std::vector<std::uint32_t> customer_of(log_size, UINT32_MAX);  // by row of the log
  for (std::uint32_t customer = 0; customer < whole.customers(); ++customer) {
    for (std::uint32_t i = whole.begins[customer]; i < whole.begins[customer + 1]; ++i) {
      customer_of[whole.timeline[i].event.value] = customer;
    }
  }
  std::vector<std::uint32_t> people;
  for (std::uint32_t customer = 0; customer < tables.customers(); ++customer) {
    people.push_back(customer_of[tables.timeline[tables.begins[customer]].event.value]);
    JOURNEY_CHECK(people.back() != UINT32_MAX);
  }
  return people;
}

std::vector<std::pair<std::string, std::uint64_t>> ValuesOf(const EventLog& log, const RunTables& tables,
                                                            std::string_view key) {
  const AttributeReader reader(log, tables, key);
  std::map<std::string, std::uint64_t> counts;
  for (const std::uint32_t position : tables.journeys.events) {
    if (const AttributeRow* const attribute = reader.At(position)) ++counts[TextOf(log, *attribute)];
  }
  std::vector<std::pair<std::string, std::uint64_t>> values(counts.begin(), counts.end());
  std::ranges::stable_sort(values, std::greater<>{}, [](const auto& value) { return value.second; });
  return values;
}

Split SplitArms(const EventLog& log, const RunTables& tables, std::string_view key, std::string_view before,
                std::string_view after) {
  const AttributeReader reader(log, tables, key);
  Split split;
  std::uint64_t mixed = 0;
  std::uint64_t none = 0;
  std::uint64_t other = 0;
  for (const JourneyRow& row : tables.journeys.rows) {
    const AttributeReader::Value value = reader.Of(row);
    std::uint8_t cell = kLeftOut;
    if (value.several) {
      ++mixed;
    } else if (!value.text) {
      ++none;
    } else if (*value.text == before) {
      cell = kBefore;
    } else if (*value.text == after) {
      cell = kAfter;
    } else {
      ++other;
    }
    split.cells.push_back(cell);
  }
  Count(split.left_out, "several arms", mixed);
  Count(split.left_out, "no arm", none);
  Count(split.left_out, "another arm", other);
  return split;
}

StatusOr<ControlMatch> ParseControl(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return InvalidArgument("expected channel=NAME or ATTRIBUTE=VALUE");
  }
  return ControlMatch{std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

std::uint64_t MoveControl(const EventLog& log, const RunTables& tables, const ControlMatch& control,
                          std::vector<std::uint8_t>& cells) {
  const AttributeReader reader(log, tables, control.key);
  std::uint64_t moved = 0;
  for (std::size_t j = 0; j < cells.size(); ++j) {
    if (cells[j] != kBefore && cells[j] != kAfter) continue;
    const JourneyRow& row = tables.journeys.rows[j];
    bool matches = false;
    if (control.key == "channel") {
      matches = row.events() != 0 &&
                tables.touchpoints.channel_text(tables.event_of(row, 0).touchpoint) == control.value;
    } else {
      const AttributeReader::Value value = reader.Of(row);
      matches = !value.several && value.text == control.value;
    }
    if (!matches) continue;
    cells[j] = cells[j] == kBefore ? kControlBefore : kControlAfter;
    ++moved;
  }
  return moved;
}

}  // namespace v0
}  // namespace journey
