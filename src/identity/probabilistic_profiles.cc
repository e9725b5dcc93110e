#include "identity/probabilistic_profiles.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "journey/identity/placeholders.h"
#include "journey/identity/policy.h"
#include "journey/identity/similarity.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

constexpr std::uint32_t kNoRow = UINT32_MAX;

// Of numbers only whole ones stand for something: 10115 for a post code.
bool IsWhole(double number) {
  return std::abs(number) < 1e15 && std::trunc(number) == number;
}

}  // namespace

std::string FormOf(const FieldComparison& field, std::string_view raw) {
  if (IsPlaceholder(raw)) return {};
  std::string text;
  switch (field.form) {
    case FieldForm::kName:
      text = FoldName(raw);
      break;
    case FieldForm::kCode:
      text = FoldCode(raw);
      break;
    case FieldForm::kDate:
      text = CanonicalDate(raw, field.month_first);
      break;
    case FieldForm::kLower:
      text = Normalize(raw, Normalizer::kLower);
      break;
    case FieldForm::kDigits:
      text = Normalize(raw, Normalizer::kDigits);
      break;
  }
  if (IsPlaceholder(text)) text.clear();
  return text;
}

Profiles::Profiles(const GraphImpl& graph, const MatchOptions& options) : options_(options) {
  const std::size_t fields = options_.fields.size();
  for (std::size_t field = 0; field < fields; ++field) {
    const FieldComparison& comparison = options_.fields[field];
    ignored_.emplace_back();
    for (const std::string& value : comparison.ignored) ignored_.back().push_back(FormOf(comparison, value));
    for (const std::string& key : comparison.attributes) {
      if (const auto id = graph.log.attribute_keys().Find(key)) attribute_sources_.push_back({field, *id});
    }
    for (const std::string& name_space : comparison.namespaces) {
      if (const auto id = graph.log.namespaces().Find(name_space)) namespace_sources_.push_back({field, *id});
    }
  }
  known_values_.resize(fields);
  known_.resize(fields);
  Collect(graph);
  ChooseValues();
  Number(graph.log);
  counts_.resize(texts_.size());
  for (std::uint32_t profile = 0; profile < size(); ++profile) {
    for (std::size_t field = 0; field < fields; ++field) {
      if (value(profile, field) == kNoValueId) continue;
      ++counts_[value(profile, field)];
      ++known_[field];
    }
  }
  known_values_.clear();
}

void Profiles::Collect(const GraphImpl& graph) {
  for (std::uint32_t row = 0; row < graph.log.size(); ++row) {
    if (graph.log.kind({row}) != RecordKind::kEvent) continue;
    const std::uint32_t label = graph.resolution.labels[row];
    if (label >= first_.size()) first_.resize(label + 1, kNoRow);
    if (first_[label] == kNoRow || graph.log.Before({row}, {first_[label]})) first_[label] = row;
    CollectRow(graph, {row}, label);
  }
}

void Profiles::CollectRow(const GraphImpl& graph, EventIndex row, std::uint32_t label) {
  for (const Source& source : attribute_sources_) {
    const AttributeRow* const attribute = graph.log.FindAttribute(row, {source.id});
    if (attribute == nullptr || attribute->kind == AttributeValue::Kind::kBoolean) continue;
    // What the value is known by: texts, identifiers and whole numbers have bits of their own.
    std::uint64_t raw = std::uint64_t{1} << 32 | attribute->text().value;
    if (attribute->kind == AttributeValue::Kind::kNumber) {
      if (!IsWhole(attribute->number())) continue;
      raw =
          std::uint64_t{1} << 63 | static_cast<std::uint64_t>(static_cast<std::int64_t>(attribute->number()));
    }
    const ValueId value = Learn(source.field, raw, graph.log, attribute, {});
    if (value != kNoValueId) tellings_.push_back({label, value});
  }
  if (namespace_sources_.empty()) return;
  for (const IdentifierId id : graph.log.identifiers(row)) {
    const Key key = graph.evidence.KeyOf(id);
    if (key == kNoKey || graph.evidence.hub(key)) continue;
    for (const Source& source : namespace_sources_) {
      if (source.id != graph.log.identifier_values().tag(id.value)) continue;
      const ValueId value = Learn(source.field, std::uint64_t{1} << 33 | id.value, graph.log, nullptr, id);
      if (value != kNoValueId) tellings_.push_back({label, value});
    }
  }
}

ValueId Profiles::Learn(std::size_t field, std::uint64_t raw, const EventLog& log,
                        const AttributeRow* attribute, IdentifierId identifier) {
  const auto [known, fresh] = known_values_[field].try_emplace(raw, kNoValueId);
  if (!fresh) return known->second;
  if (attribute == nullptr) {
    known->second = Intern(field, log.identifier_values().text(identifier.value));
  } else if (attribute->kind == AttributeValue::Kind::kText) {
    known->second = Intern(field, log.texts().text(attribute->text().value));
  } else {
    known->second = Intern(field, fmt::format("{}", static_cast<std::int64_t>(attribute->number())));
  }
  return known->second;
}

ValueId Profiles::Intern(std::size_t field, std::string_view raw) {
  const std::string text = FormOf(options_.fields[field], raw);
  if (text.empty() || std::ranges::find(ignored_[field], text) != ignored_[field].end()) return kNoValueId;
  return texts_.Intern(text, static_cast<std::uint32_t>(field));
}

// Of each customer and field the value told most often; of several the smallest text.
void Profiles::ChooseValues() {
  std::ranges::sort(tellings_, {},
                    [](const Telling& telling) { return std::tuple(telling.label, telling.value); });
  const std::size_t fields = options_.fields.size();
  std::vector<std::size_t> most(fields);
  for (std::size_t begin = 0; begin < tellings_.size();) {
    const Telling telling = tellings_[begin];
    if (labels_.empty() || labels_.back() != telling.label) {
      labels_.push_back(telling.label);
      values_.resize(values_.size() + fields, kNoValueId);
      std::ranges::fill(most, 0U);
    }
    std::size_t end = begin;
    while (end < tellings_.size() && tellings_[end].label == telling.label &&
           tellings_[end].value == telling.value) {
      ++end;
    }
    const std::size_t field = field_of(telling.value);
    ValueId& chosen = values_[values_.size() - fields + field];
    const bool smaller = chosen != kNoValueId && text(telling.value) < text(chosen);
    if (end - begin > most[field] || (end - begin == most[field] && smaller)) {
      most[field] = end - begin;
      chosen = telling.value;
    }
    begin = end;
  }
  tellings_ = {};
}

void Profiles::Number(const EventLog& log) {
  std::vector<std::uint32_t> order(labels_.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
    return a != b && log.Before({first_[labels_[a]]}, {first_[labels_[b]]});
  });
  const std::size_t fields = options_.fields.size();
  std::vector<std::uint32_t> labels;
  std::vector<ValueId> values;
  labels.reserve(order.size());
  values.reserve(values_.size());
  profile_of_.assign(first_.size(), kNoProfile);
  for (const std::uint32_t old : order) {
    profile_of_[labels_[old]] = static_cast<std::uint32_t>(labels.size());
    labels.push_back(labels_[old]);
    for (std::size_t field = 0; field < fields; ++field) values.push_back(values_[old * fields + field]);
  }
  labels_ = std::move(labels);
  values_ = std::move(values);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
