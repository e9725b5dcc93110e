#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/utf8.h"
#include "io/config_json.h"
#include "journey/core/status.h"
#include "journey/io/context_json.h"
#include "journey/io/time_text.h"

namespace journey {
inline namespace v0 {
namespace {

using internal::ConfigJson;

// Reads members of the JSON tree and keeps the first error, which says where and what was expected. Unlike that
// of a configuration it never shows what was found: that may be somebody's data.
class ContextParser {
 public:
  // Requires: `texts` has room for all texts of the tree.
  ContextParser(std::vector<char>& texts, CustomerContext& context) : texts_(texts), context_(context) {}

  Status Read(const ConfigJson& root) {
    if (!root.is_object()) return InvalidArgument("context: expected an object");
    if (Text(root, "", "schema") != "journey.context/1") Fail("", "schema", "\"journey.context/1\"");
    ReadHead(root);
    ReadPlaces(root);
    ReadJourneys(root);
    ReadGiven(root);
    ReadFriction(root);
    return std::move(status_);
  }

 private:
  void Fail(std::string_view path, std::string_view key, std::string_view expected) {
    if (status_.ok())
      status_ = InvalidArgument(fmt::format("context: {}{}: expected {}", path, key, expected));
  }

  static const ConfigJson* Find(const ConfigJson& object, std::string_view key) {
    const auto found = object.find(std::string(key));
    return found == object.end() ? nullptr : &*found;
  }

  std::string_view Keep(const ConfigJson* value, std::string_view path, std::string_view key) {
    const auto* text = value == nullptr ? nullptr : value->get_ptr<const std::string*>();
    if (text == nullptr || !internal::IsCleanUtf8(*text) ||
        text->size() > texts_.capacity() - texts_.size()) {
      Fail(path, key, "a text without NUL");
      return {};
    }
    const std::size_t begin = texts_.size();
    texts_.insert(texts_.end(), text->begin(), text->end());
    return {texts_.data() + begin, text->size()};
  }
  std::string_view Text(const ConfigJson& object, std::string_view path, std::string_view key) {
    return Keep(Find(object, key), path, key);
  }

  std::uint64_t Number(const ConfigJson& object, std::string_view path, std::string_view key,
                       std::uint64_t most = UINT64_MAX) {
    const ConfigJson* value = Find(object, key);
    const auto* number = value == nullptr ? nullptr : value->get_ptr<const std::uint64_t*>();
    if (number != nullptr && *number <= most) return *number;
    Fail(path, key, fmt::format("a whole number from 0 to {}", most));
    return 0;
  }
  std::uint32_t Number32(const ConfigJson& object, std::string_view path, std::string_view key,
                         std::uint32_t most = UINT32_MAX) {
    return static_cast<std::uint32_t>(Number(object, path, key, most));
  }

  bool Flag(const ConfigJson& object, std::string_view key) {
    const ConfigJson* value = Find(object, key);
    if (value != nullptr && value->is_boolean()) return value->get<bool>();
    Fail("", key, "true or false");
    return false;
  }

  TimePoint Time(const ConfigJson& object, std::string_view path, std::string_view key) {
    const ConfigJson* value = Find(object, key);
    if (const auto* text = value == nullptr ? nullptr : value->get_ptr<const std::string*>()) {
      const std::optional<TimePoint> time = ParseTime(*text);
      if (time && *time >= kMinTime && *time <= kMaxTime) return *time;
    }
    Fail(path, key, "a time such as 2024-03-13T10:21:14Z");
    return {};
  }

  // The position of the text among `names`.
  template <typename NameAt>
  std::size_t Choice(const ConfigJson& object, std::string_view path, std::string_view key, std::size_t count,
                     const NameAt& name_at) {
    const ConfigJson* value = Find(object, key);
    const auto* text = value == nullptr ? nullptr : value->get_ptr<const std::string*>();
    std::string all;
    for (std::size_t i = 0; i < count; ++i) {
      if (text != nullptr && *text == name_at(i)) return i;
      all += fmt::format("{}{}", i == 0 ? "" : ", ", name_at(i));
    }
    Fail(path, key, "one of " + all);
    return 0;
  }
  template <typename Name>
  Name ChoiceOf(const ConfigJson& object, std::string_view path, std::string_view key, std::size_t count) {
    return static_cast<Name>(
        Choice(object, path, key, count, [](std::size_t i) { return NameOf(static_cast<Name>(i)); }));
  }

  // Calls read(object, path) for each entry, which must be an object.
  template <typename T, typename Read>
  void List(const ConfigJson& object, std::string_view key, std::vector<T>& list, const Read& read) {
    const ConfigJson* value = Find(object, key);
    if (value == nullptr || !value->is_array()) return Fail("", key, "a list");
    for (std::size_t i = 0; i < value->size() && status_.ok(); ++i) {
      const ConfigJson& entry = (*value)[i];
      const std::string path = fmt::format("{}[{}].", key, i);
      if (!entry.is_object()) return Fail(path, "", "an object");
      read(entry, path, list.emplace_back());
    }
  }

  std::uint64_t Total(const ConfigJson& object, std::string_view key, std::size_t listed) {
    const std::uint64_t total = Number(object, "", key);
    if (total < listed) Fail("", key, "at least as many as are listed");
    return total;
  }

  template <typename Name, std::size_t kSize>
  void Counts(const ConfigJson& object, std::string_view key, std::array<std::uint64_t, kSize>& counts) {
    const ConfigJson* value = Find(object, key);
    if (value == nullptr || !value->is_object()) return Fail("", key, "an object");
    const std::string path = fmt::format("{}.", key);
    for (std::size_t i = 0; i < kSize; ++i) counts[i] = Number(*value, path, NameOf(static_cast<Name>(i)));
  }

  void ReadHead(const ConfigJson& root) {
    if (const std::optional<PublicId> id = PublicId::FromText(Text(root, "", "customer"))) {
      context_.customer = *id;
    } else {
      Fail("", "customer", "32 hexadecimal digits");
    }
    context_.as_of = Time(root, "", "as_of");
    context_.first = Time(root, "", "first");
    context_.last = Time(root, "", "last");
    context_.events = Number(root, "", "events");
    context_.sessions = Number(root, "", "sessions");
    Counts<Outcome>(root, "journeys", context_.journeys);
    context_.truncated = Flag(root, "truncated");
    const ConfigJson* folded = Find(root, "folded_before");
    context_.folded = folded != nullptr && !folded->is_null();
    if (context_.folded) context_.folded_before = Time(root, "", "folded_before");
    context_.shortened = Flag(root, "shortened");
  }

  void ReadPlaces(const ConfigJson& root) {
    List(root, "identifiers", context_.identifiers,
         [&](const ConfigJson& entry, const std::string& path, ContextIdentifier& identifier) {
           identifier.kind = ChoiceOf<IdentifierKind>(entry, path, "kind", kIdentifierKinds);
           identifier.name_space = Text(entry, path, "namespace");
           identifier.value = Text(entry, path, "value");
           identifier.last = Time(entry, path, "last");
         });
    context_.identifiers_total = Total(root, "identifiers_total", context_.identifiers.size());
    context_.preferred_channel = Text(root, "", "preferred_channel");
    List(root, "channels", context_.channels,
         [&](const ConfigJson& entry, const std::string& path, ContextChannel& channel) {
           channel.channel = Text(entry, path, "channel");
           channel.name = Text(entry, path, "last_event");
           channel.last = Time(entry, path, "last");
           channel.events = Number(entry, path, "events");
         });
    context_.channels_total = Total(root, "channels_total", context_.channels.size());
  }

  void Steps(const ConfigJson& object, const std::string& path, std::string_view key, ContextSteps& steps) {
    const ConfigJson* value = Find(object, key);
    if (value == nullptr || !value->is_array() || value->size() > kMaxContextSteps) {
      return Fail(path, key, fmt::format("a list of at most {} names", kMaxContextSteps));
    }
    for (const ConfigJson& name : *value) steps.Add(Keep(&name, path, key));
  }

  ContextRisk Risk(const ConfigJson& object, const std::string& path) {
    const ConfigJson* value = Find(object, "risk");
    if (value == nullptr || value->is_null()) return {};
    if (!value->is_object()) {
      Fail(path, "risk", "an object or null");
      return {};
    }
    const ContextRisk risk{Number(*value, path, "lost"), Number(*value, path, "of")};
    if (risk.lost > risk.of) Fail(path, "risk", "a part that is not more than the whole");
    return risk;
  }

  void ReadJourneys(const ConfigJson& root) {
    List(root, "open_journeys", context_.open_journeys,
         [&](const ConfigJson& entry, const std::string& path, ContextJourney& journey) {
           journey.definition = Text(entry, path, "name");
           journey.first = Time(entry, path, "first");
           journey.last = Time(entry, path, "last");
           journey.steps_reached = Number32(entry, path, "steps_reached");
           journey.steps_required = Number32(entry, path, "steps_required");
           journey.percent = Number32(entry, path, "percent", 100);
           journey.pauses = Number32(entry, path, "pauses");
           journey.channel = Text(entry, path, "channel");
           Steps(entry, path, "done", journey.done);
           Steps(entry, path, "next", journey.next);
           journey.risk = Risk(entry, path);
         });
    context_.open_journeys_total = Total(root, "open_journeys_total", context_.open_journeys.size());
    List(root, "likely_next", context_.likely_next,
         [&](const ConfigJson& entry, const std::string& path, ContextNext& next) {
           next.channel = Text(entry, path, "channel");
           next.name = Text(entry, path, "event");
           next.count = Number(entry, path, "count");
           next.of = Number(entry, path, "of");
           if (next.count > next.of) Fail(path, "count", "a part that is not more than the whole");
         });
  }

  void ReadGiven(const ConfigJson& root) {
    static constexpr std::array<std::string_view, 3> kKinds{"text", "number", "boolean"};
    List(root, "given", context_.given,
         [&](const ConfigJson& entry, const std::string& path, ContextGiven& given) {
           given.key = Text(entry, path, "key");
           given.value = Text(entry, path, "value");
           given.kind = static_cast<AttributeValue::Kind>(
               Choice(entry, path, "type", kKinds.size(), [](std::size_t i) { return kKinds[i]; }));
           given.time = Time(entry, path, "time");
           given.channel = Text(entry, path, "channel");
         });
    context_.given_total = Total(root, "given_total", context_.given.size());
  }

  void ReadFriction(const ConfigJson& root) {
    List(root, "findings", context_.findings,
         [&](const ConfigJson& entry, const std::string& path, ContextFinding& finding) {
           finding.detector = Text(entry, path, "detector");
           finding.kind = Text(entry, path, "kind");
           finding.reason = Text(entry, path, "reason");
           finding.channel = Text(entry, path, "channel");
           finding.name = Text(entry, path, "event");
           finding.time = Time(entry, path, "time");
           finding.severity = ChoiceOf<Severity>(entry, path, "severity", context_.past_findings.size());
         });
    context_.findings_total = Total(root, "findings_total", context_.findings.size());
    Counts<Severity>(root, "past_findings", context_.past_findings);
    context_.scores = Number(root, "", "scores");
    if (context_.scores == 0) return;
    const ConfigJson* score = Find(root, "last_score");
    if (score == nullptr || !score->is_object()) return Fail("", "last_score", "an object");
    const ConfigJson* value = Find(*score, "value");
    if (value == nullptr || !value->is_number()) return Fail("last_score.", "value", "a number");
    context_.score.value = value->get<double>();
    context_.score.scale = Text(*score, "last_score.", "scale");
    context_.score.time = Time(*score, "last_score.", "time");
    context_.score.channel = Text(*score, "last_score.", "channel");
    context_.score.name = Text(*score, "last_score.", "event");
  }

  std::vector<char>& texts_;
  CustomerContext& context_;
  Status status_;
};

}  // namespace

StatusOr<LoadedContext> ParseContextJson(std::string_view json) {
  const StatusOr<ConfigJson> root = internal::ParseConfigJson(json, "context");
  if (!root.ok()) {
    // The parser's own message may end in the piece of text that it stumbled over, or name a foreign key.
    const std::string message = MessageOf(root.status());
    const std::size_t place = message.find(": not valid JSON");
    return InvalidArgument(
        place == std::string::npos
            ? "context: a key is given twice, or too much is nested or listed in one object"
            : message.substr(0, place) + ": not valid JSON");
  }
  LoadedContext loaded;
  loaded.texts_.reserve(json.size());  // no text is longer than the JSON that it was read from
  if (Status status = ContextParser(loaded.texts_, loaded.context_).Read(*root); !status.ok()) return status;
  return loaded;
}

}  // namespace v0
}  // namespace journey
