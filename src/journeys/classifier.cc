#include "journey/journeys/classifier.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>

namespace journey {
inline namespace v0 {
namespace {

std::optional<double> NumberIn(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  if (!std::isfinite(number)) return std::nullopt;  // "nan" and "inf" are words here
  return number;
}

// One attribute condition with the key as the log's id.
struct CompiledCondition {
  std::string key_text;
  KeyId key;  // invalid: no event has it
  std::vector<std::pair<std::string, std::optional<double>>> values;

  CompiledCondition(const EventLog& log, const AttributeCondition& condition) : key_text(condition.key) {
    Update(log);
    for (const std::string& text : condition.values) values.emplace_back(text, NumberIn(text));
  }

  void Update(const EventLog& log) {
    if (key.valid()) return;
    if (const auto id = log.attribute_keys().Find(key_text)) key = {*id};
  }

  [[nodiscard]] bool Holds(const EventLog& log, EventIndex event) const {
    const AttributeRow* const row = key.valid() ? log.FindAttribute(event, key) : nullptr;
    if (row == nullptr) return false;
    if (values.empty()) return true;
    switch (row->kind) {
      case AttributeValue::Kind::kBoolean:
        return HoldsText(row->boolean() ? "true" : "false", std::nullopt);
      case AttributeValue::Kind::kNumber:
        return HoldsText(std::nullopt, row->number());
      case AttributeValue::Kind::kText: {
        const std::string_view text = log.texts().text(row->text().value);
        return HoldsText(text, NumberIn(text));
      }
    }
    return false;
  }

 private:
  [[nodiscard]] bool HoldsText(std::optional<std::string_view> text, std::optional<double> number) const {
    return std::ranges::any_of(values, [&](const auto& value) {
      return number && value.second ? *number == *value.second : text == value.first;
    });
  }
};

using Bits = EventClassifier::Bits;

// Several matchers, each with a bit of its own; the answers by touchpoint.
class MatcherSet {
 public:
  MatcherSet(const EventLog& log, const TouchpointCatalog& catalog) : log_(log), catalog_(catalog) {}

  void Add(const Matcher& matcher, Bits bit) {
    if (matcher.empty()) return;
    matchers_.emplace_back(bit, &matcher);
    if (matcher.where.empty()) return;
    conditions_.push_back({bit, {}});
    for (const AttributeCondition& where : matcher.where) conditions_.back().second.emplace_back(log_, where);
  }

  // Takes in the touchpoints and attribute keys that are new.
  void Update() {
    for (auto& [bit, where] : conditions_) {
      for (CompiledCondition& condition : where) condition.Update(log_);
    }
    for (auto id = static_cast<std::uint32_t>(always_.size()); id < catalog_.size(); ++id) {
      always_.push_back(0);
      perhaps_.push_back(0);
      for (const auto& [bit, matcher] : matchers_) {
        if (!Fits(matcher->events, catalog_.name_text({id})) ||
            !Fits(matcher->channels, catalog_.channel_text({id})))
          continue;
        (matcher->where.empty() ? always_ : perhaps_)[id] |= bit;
      }
    }
  }

  [[nodiscard]] Bits Of(const EventRow& row) const {
    Bits bits = always_[row.touchpoint.value];
    if (const Bits asked = perhaps_[row.touchpoint.value]; asked != 0) {
      for (const auto& [bit, where] : conditions_) {
        if ((asked & bit) == 0 || (bits & bit) != 0) continue;
        if (std::ranges::all_of(where,
                                [&](const auto& condition) { return condition.Holds(log_, row.event); })) {
          bits |= bit;
        }
      }
    }
    return bits;
  }

 private:
  static bool Fits(const AnyOf& wanted, std::string_view text) {
    return wanted.empty() || std::ranges::find(wanted, text) != wanted.end();
  }

  const EventLog& log_;
  const TouchpointCatalog& catalog_;
  std::vector<std::pair<Bits, const Matcher*>> matchers_;
  std::vector<Bits> always_;   // by touchpoint: matched whatever the attributes
  std::vector<Bits> perhaps_;  // by touchpoint: matched if the conditions hold
  std::vector<std::pair<Bits, std::vector<CompiledCondition>>> conditions_;
};

constexpr Bits kError = 1;
constexpr Bits kSupport = 2;
constexpr Bits kFeedback = 4;

}  // namespace

struct EventClassifier::Impl {
  std::vector<MatcherSet> definitions;
  std::vector<bool> everything_belongs;  // by definition
  MatcherSet classes;
};

EventClassifier::EventClassifier(const EventLog& log, const TouchpointCatalog& catalog,
                                 std::span<const JourneyDefinition> definitions, const Discovery& discovery,
                                 const EventClasses& classes)
    : impl_(std::make_unique<Impl>(Impl{{}, {}, MatcherSet(log, catalog)})) {
  for (const JourneyDefinition& definition : definitions) {
    MatcherSet set(log, catalog);
    for (std::size_t i = 0; i < definition.steps.size(); ++i)
      set.Add(definition.steps[i].match, Bits{1} << i);
    set.Add(definition.goal, kGoal);
    set.Add(definition.exclude, kExclude);
    set.Add(definition.scope, kBelongs);
    impl_->definitions.push_back(std::move(set));
    impl_->everything_belongs.push_back(definition.scope.empty());
  }
  if (definitions.empty()) {
    MatcherSet set(log, catalog);
    set.Add(discovery.goal, kGoal);
    impl_->definitions.push_back(std::move(set));
    impl_->everything_belongs.push_back(true);
  }
  impl_->classes.Add(classes.errors, kError);
  impl_->classes.Add(classes.support, kSupport);
  impl_->classes.Add(classes.feedback, kFeedback);
  Update();
}

void EventClassifier::Update() {
  for (MatcherSet& set : impl_->definitions) set.Update();
  impl_->classes.Update();
}

EventClassifier::~EventClassifier() = default;
EventClassifier::EventClassifier(EventClassifier&&) noexcept = default;

EventClassifier::Bits EventClassifier::Of(DefinitionId definition, const EventRow& row) const {
  const Bits bits = impl_->definitions[definition.value].Of(row);
  return bits != 0 || impl_->everything_belongs[definition.value] ? bits | kBelongs : 0;
}
bool EventClassifier::IsError(const EventRow& row) const {
  return (impl_->classes.Of(row) & kError) != 0;
}
bool EventClassifier::IsSupport(const EventRow& row) const {
  return (impl_->classes.Of(row) & kSupport) != 0;
}
bool EventClassifier::IsFeedback(const EventRow& row) const {
  return (impl_->classes.Of(row) & kFeedback) != 0;
}

}  // namespace v0
}  // namespace journey
