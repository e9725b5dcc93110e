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

  // Whether the log has the key only now.
  bool Update(const EventLog& log) {
    if (key.valid()) return false;
    if (const auto id = log.attribute_keys().Find(key_text)) key = {*id};
    return key.valid();
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

// Several matchers, each with a bit of its own.
class MatcherSet {
 public:
  void Add(const EventLog& log, const Matcher& matcher, Bits bit) {
    if (matcher.empty()) return;
    compiled_.push_back({bit, &matcher, {}});
    for (const AttributeCondition& where : matcher.where) compiled_.back().where.emplace_back(log, where);
  }

  // Takes in the attribute keys that are new. Whether there are any that it waited for.
  bool Update(const EventLog& log) {
    bool found = false;
    for (Compiled& each : compiled_) {
      for (CompiledCondition& condition : each.where) found |= condition.Update(log);
    }
    return found;
  }

  // The matchers that fit a touchpoint whatever the attributes, and those that do if their conditions hold, as far as
  // there are events for which they can.
  [[nodiscard]] std::pair<Bits, Bits> AnswersOf(const TouchpointCatalog& catalog, TouchpointId id) const {
    Bits always = 0, perhaps = 0;
    for (const auto& [bit, matcher, where] : compiled_) {
      if (!Fits(matcher->events, catalog.name_text(id)) || !Fits(matcher->channels, catalog.channel_text(id)))
        continue;
      if (where.empty())
        always |= bit;
      else if (std::ranges::all_of(where, [](const auto& condition) { return condition.key.valid(); }))
        perhaps |= bit;
    }
    return {always, perhaps};
  }

  // Those of `asked` whose conditions hold.
  [[nodiscard]] Bits Holding(Bits asked, const EventLog& log, EventIndex event) const {
    Bits bits = 0;
    for (const auto& [bit, matcher, where] : compiled_) {
      if ((asked & bit) == 0) continue;
      if (std::ranges::all_of(where, [&](const auto& condition) { return condition.Holds(log, event); }))
        bits |= bit;
    }
    return bits;
  }

 private:
  struct Compiled {
    Bits bit;
    const Matcher* matcher;
    std::vector<CompiledCondition> where;
  };
  static bool Fits(const AnyOf& wanted, std::string_view text) {
    return wanted.empty() || std::ranges::find(wanted, text) != wanted.end();
  }

  std::vector<Compiled> compiled_;
};

}  // namespace

struct EventClassifier::Impl {
  const EventLog& log;
  const TouchpointCatalog& catalog;
  std::vector<MatcherSet> sets;          // by definition; the last one for the further classes
  std::vector<bool> everything_belongs;  // by definition
};

EventClassifier::EventClassifier(const EventLog& log, const TouchpointCatalog& catalog,
                                 std::span<const JourneyDefinition> definitions, const Discovery& discovery,
                                 const EventClasses& classes)
    : impl_(std::make_unique<Impl>(Impl{log, catalog, {}, {}})) {
  for (const JourneyDefinition& definition : definitions) {
    MatcherSet& set = impl_->sets.emplace_back();
    for (std::size_t i = 0; i < definition.steps.size(); ++i)
      set.Add(log, definition.steps[i].match, Bits{1} << i);
    set.Add(log, definition.goal, kGoal);
    set.Add(log, definition.exclude, kExclude);
    set.Add(log, definition.scope, kBelongs);
    impl_->everything_belongs.push_back(definition.scope.empty());
  }
  if (definitions.empty()) {
    impl_->sets.emplace_back().Add(log, discovery.goal, kGoal);
    impl_->everything_belongs.push_back(true);
  }
  MatcherSet& further = impl_->sets.emplace_back();
  further.Add(log, classes.errors, kError);
  further.Add(log, classes.support, kSupport);
  further.Add(log, classes.feedback, kFeedback);
  stride_ = impl_->sets.size();
  Update();
}

void EventClassifier::Update() {
  bool found = false;
  for (MatcherSet& set : impl_->sets) found |= set.Update(impl_->log);
  if (found) answers_.clear();
  for (std::size_t touchpoint = answers_.size() / stride_; touchpoint < impl_->catalog.size(); ++touchpoint) {
    for (std::size_t i = 0; i < stride_; ++i) {
      const auto id = static_cast<std::uint32_t>(touchpoint);
      auto [always, perhaps] = impl_->sets[i].AnswersOf(impl_->catalog, {id});
      const bool is_definition = i + 1 < stride_;
      if (is_definition && (always != 0 || impl_->everything_belongs[i])) always |= kBelongs;
      answers_.push_back({always, perhaps});
    }
  }
}

EventClassifier::~EventClassifier() = default;
EventClassifier::EventClassifier(EventClassifier&&) noexcept = default;

EventClassifier::Bits EventClassifier::OfConditions(DefinitionId definition, const EventRow& row) const {
  const Answer& answer = answers_[row.touchpoint.value * stride_ + definition.value];
  const Bits asked = answer.perhaps & ~answer.always;
  const Bits bits = answer.always | impl_->sets[definition.value].Holding(asked, impl_->log, row.event);
  return bits == 0 ? 0 : bits | kBelongs;
}

bool EventClassifier::HoldsForClass(Bits kind, const EventRow& row) const {
  return impl_->sets.back().Holding(kind, impl_->log, row.event) != 0;
}

}  // namespace v0
}  // namespace journey
