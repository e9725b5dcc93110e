#include "events/column_attributes.h"

#include <algorithm>
#include <cmath>

#include "core/wipe.h"

namespace journey {
inline namespace v0 {

// What is looked up at once: personal data, of which nothing is left.
struct EventLog::ColumnAttributes::Asked {
  std::array<std::string_view, kTile> texts;
  std::array<SymbolTable::Digest, kTile> digests;
  std::array<std::uint32_t, kTile> ids;
  ~Asked() { internal::Wipe(this, sizeof *this); }
};

bool EventLog::ColumnAttributes::Prepare() {
  if (all_.size() > log_.limits.max_attributes || !HasRoom()) return false;
  for (std::size_t i = 0; i < all_.size(); ++i) {
    if (!log_.InspectText(all_[i].key, EventField::kAttribute, true).accepted()) return false;
    for (std::size_t k = 0; k < i; ++k) {
      if (all_[i].key == all_[k].key) return false;
    }
  }
  for (const AttributeColumn& column : all_) {
    if (std::ranges::any_of(column.values, [](const auto& value) { return value.has_value(); }))
      columns_.push_back({{}, column.key, column.values});
  }
  return true;
}

// Whether all texts surely have room: full() leaves some for one event only.
bool EventLog::ColumnAttributes::HasRoom() const {
  SymbolTable::Room wanted;
  for (const AttributeColumn& column : all_) {
    for (const std::optional<AttributeValue>& value : column.values) {
      if (value) wanted.Add(value->text());
    }
  }
  return log_.texts.HasRoom(wanted);
}

void EventLog::ColumnAttributes::FindKeys() {
  for (Listed& column : columns_) {
    if (column.key.valid()) continue;
    if (const auto id = log_.attribute_keys.Find(column.text)) column.key = {*id};
  }
  std::ranges::sort(columns_, {}, &Listed::key);
}

bool EventLog::ColumnAttributes::IsGood(const AttributeValue& value) const {
  const std::string_view text = value.text();
  return text.size() <= log_.limits.max_attribute_bytes && std::isfinite(value.number()) &&
         (text.empty() || log_.texts.FindRecent(text) != SymbolTable::kNotRecent || log_.CleanText(text));
}

void EventLog::ColumnAttributes::Look(std::size_t block, std::size_t first, std::size_t end,
                                      std::span<std::uint8_t> states, std::uint8_t bad) {
  std::array<std::uint32_t, kTile> rows;
  for (std::size_t list = 0; list < columns_.size(); ++list) {
    const Listed& column = columns_[list];
    std::size_t count = 0;
    for (std::size_t i = first; i < end; ++i) {
      const std::optional<AttributeValue>& value = column.values[block + i];
      if (!value) continue;
      if (!column.key.valid() || !IsGood(*value))
        states[i] = bad;
      else if (value->kind() == AttributeValue::Kind::kText)
        rows[count++] = static_cast<std::uint32_t>(i);
    }
    FindTexts(column, block, std::span(rows).first(count), &texts_[list * block_rows_]);
  }
}

void EventLog::ColumnAttributes::FindTexts(const Listed& column, std::size_t block,
                                           std::span<const std::uint32_t> rows, std::uint32_t* ids) const {
  // A small table knows again what it saw lately without hashing it.
  std::size_t unseen = 0;
  std::array<std::uint32_t, kTile> places;
  for (const std::uint32_t row : rows) {
    ids[row] = log_.texts.FindRecent(column.values[block + row]->text());
    places[unseen] = row;
    unseen += static_cast<std::size_t>(ids[row] == SymbolTable::kNotRecent);
  }
  if (unseen == 0) return;
  Asked asked;
  for (std::size_t i = 0; i < unseen; ++i) asked.texts[i] = column.values[block + places[i]]->text();
  log_.texts.FindAll(std::span<const std::string_view>(asked.texts).first(unseen), 0,
                     std::span(asked.digests).first(unseen), std::span(asked.ids).first(unseen));
  for (std::size_t i = 0; i < unseen; ++i) ids[places[i]] = asked.ids[i];
}

void EventLog::ColumnAttributes::Write(std::size_t block, std::size_t begin, std::size_t end,
                                       std::size_t row) {
  if (columns_.empty()) return;
  auto& found = log_.new_attributes;
  for (std::size_t i = begin; i < end; ++i) {
    found.clear();
    for (std::size_t list = 0; list < columns_.size(); ++list) {
      const Listed& column = columns_[list];
      const std::optional<AttributeValue>& value = column.values[block + i];
      if (!value) continue;
      std::uint64_t bits = internal::BitsOf(*value);
      if (value->kind() == AttributeValue::Kind::kText) {
        const std::uint32_t known = texts_[list * block_rows_ + i];
        bits = known != SymbolTable::kNotFound ? known : log_.texts.Intern(value->text());
      }
      found.push_back({column.key, value->kind(), bits});
    }
    if (!found.empty()) log_.attributes.Set(row + (i - begin), found);
  }
}

}  // namespace v0
}  // namespace journey
