// PlainEvents: a list of events as columns, where nothing about them needs more: no corrections, few keys of attributes,
// one source, numbers on all or on none.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/wipe.h"
#include "journey/events/event.h"
#include "journey/events/event_columns.h"
#include "journey/events/event_log.h"

namespace journey {
inline namespace v0 {
namespace internal {

class PlainEvents {
 public:
  // False: they are not plain. Lifetime: columns() refers to what the events refer to, and to this, until the next Fill.
  [[nodiscard]] bool Fill(std::span<const Event> events) {
    const Event& first = events.front();
    rows_ = events.size();
    count_ = 0;
    keys_.clear();
    times_.resize(rows_);
    sequences_.resize(first.sequence ? rows_ : 0);
    ids_.resize(rows_);
    channels_.resize(rows_);
    names_.resize(rows_);
    source_ = first.source;
    any_ids_ = false;
    for (std::size_t i = 0; i < rows_; ++i) {
      const Event& event = events[i];
      if (event.kind != RecordKind::kEvent || !Same(event.source, source_) ||
          event.sequence.has_value() != first.sequence.has_value() ||
          event.identifiers.size() > kMaxIdentifiers)
        return false;
      times_[i] = event.time;
      if (event.sequence) sequences_[i] = *event.sequence;
      ids_[i] = event.id;
      any_ids_ |= !event.id.empty();
      channels_[i] = event.channel;
      names_[i] = event.name;
      for (std::size_t k = 0; k < event.identifiers.size(); ++k) {
        if (!Put(i, k, event.identifiers[k])) return false;
      }
      for (std::size_t k = 0; k < event.attributes.size(); ++k) {
        if (!Put(i, k, event.attributes[k])) return false;
      }
    }
    for (std::size_t k = 0; k < count_; ++k) lists_[k] = {.name_space = name_spaces_[k], .texts = texts_[k]};
    for (std::size_t k = 0; k < keys_.size(); ++k) attributes_[k] = {keys_[k], values_[k]};
    return true;
  }

  // Overwrites the values of attributes, which may be personal data: all else are views of the host's memory.
  void WipeValues() {
    for (std::size_t k = 0; k < keys_.size(); ++k)
      Wipe(values_[k].data(), values_[k].size() * sizeof(values_[k].front()));
  }

  [[nodiscard]] EventColumns columns() const {
    return {.source = source_,
            .times = times_,
            .sequences = sequences_,
            .ids = any_ids_ ? std::span<const std::string_view>(ids_) : std::span<const std::string_view>(),
            .channels = channels_,
            .names = names_,
            .identifiers = std::span(lists_).first(count_),
            .attributes = std::span(attributes_).first(keys_.size())};
  }

 private:
  // Hosts most often give the same bytes again.
  static bool Same(std::string_view a, std::string_view b) {
    return a.size() == b.size() && (a.data() == b.data() || a == b);
  }

  // The k-th identifier of an event; they most often have the same namespaces in the same order.
  bool Put(std::size_t row, std::size_t k, const Identifier& identifier) {
    if (identifier.value.empty() || identifier.name_space.empty()) return false;
    std::size_t list = k;
    if (list >= count_ || !Same(name_spaces_[list], identifier.name_space)) {
      const auto known = std::span(name_spaces_).first(count_);
      list = static_cast<std::size_t>(std::ranges::find(known, identifier.name_space) - known.begin());
    }
    if (list == count_) {
      if (count_ == kMaxIdentifiers) return false;
      name_spaces_[count_] = identifier.name_space;
      texts_[count_++].assign(rows_, {});
    }
    if (!texts_[list][row].empty()) return false;  // two of one namespace
    texts_[list][row] = identifier.value;
    return true;
  }

  // The same of attributes.
  bool Put(std::size_t row, std::size_t k, const Attribute& attribute) {
    std::size_t list = k;
    if (list >= keys_.size() || !Same(keys_[list], attribute.key))
      list = static_cast<std::size_t>(std::ranges::find(keys_, attribute.key) - keys_.begin());
    if (list == keys_.size()) {
      if (list == kMostKeys) return false;
      keys_.push_back(attribute.key);
      values_[list].assign(rows_, {});
    }
    if (values_[list][row]) return false;  // two of one key: both are to be looked at
    values_[list][row] = attribute.value;
    return true;
  }

  using Values = std::vector<std::optional<AttributeValue>, WipingAllocator<std::optional<AttributeValue>>>;
  static constexpr std::size_t kMostKeys = 16;

  std::size_t rows_ = 0;
  std::string_view source_;
  std::vector<TimePoint> times_;
  std::vector<std::uint64_t> sequences_;
  std::vector<std::string_view> ids_, channels_, names_;
  std::array<std::string_view, kMaxIdentifiers> name_spaces_;
  std::array<std::vector<std::string_view>, kMaxIdentifiers> texts_;
  std::array<IdentifierColumn, kMaxIdentifiers> lists_;
  std::size_t count_ = 0;  // of namespaces
  std::vector<std::string_view> keys_;
  std::array<Values, kMostKeys> values_;
  std::array<AttributeColumn, kMostKeys> attributes_;
  bool any_ids_ = false;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
