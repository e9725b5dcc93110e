#include "journey/io/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "io/config_friction.h"
#include "io/config_funnels.h"
#include "io/config_json.h"
#include "io/config_touchpoints.h"
#include "io/config_values.h"
#include "journey/core/status.h"

namespace journey {
inline namespace v0 {
namespace {

using internal::ConfigError;
using internal::ConfigJson;
using internal::ConfigNode;
using internal::ReadEnum;
using internal::ReadMatcher;
using internal::ReadMatcherKeys;
using internal::ReadSpan;
using internal::ReadTexts;

Step ReadStep(const ConfigNode& node) {
  Step step;
  if (!node.ExpectObject({"name", "events", "channels", "where", "optional", "within", "repeatable"}))
    return step;
  if (const auto name = node.Required("name", "the name of the step")) step.name = name->Text();
  step.match = ReadMatcherKeys(node);
  if (step.match.empty()) node.Fail("at least one of events, channels, where in it");
  if (const auto optional = node.Member("optional")) step.optional = optional->Boolean();
  if (const auto within = node.Member("within")) step.within = ReadSpan(*within);
  if (const auto repeatable = node.Member("repeatable")) step.repeatable = repeatable->Boolean();
  return step;
}

void ReadSteps(const ConfigNode& node, std::vector<Step>& steps) {
  const std::string expected = fmt::format("a list of 1 to {} steps", kMaxSteps);
  node.EachItem(expected, [&](const ConfigNode& item) {
    if (steps.size() <= kMaxSteps) steps.push_back(ReadStep(item));
  });
  if (node.IsArray() && (steps.empty() || steps.size() > kMaxSteps)) node.Fail(expected);
}

JourneyDefinition ReadJourney(const ConfigNode& node, ConfigError& error) {
  JourneyDefinition journey;
  if (!node.ExpectObject({"name", "steps", "goal", "abandon_after", "window", "exclude", "scope"}))
    return journey;
  if (const auto name = node.Required("name", "the name of the journey")) journey.name = name->Text();
  if (const auto steps = node.Required("steps", R"([{"name": "...", "events": ["..."]}])")) {
    ReadSteps(*steps, journey.steps);
  }
  if (const auto goal = node.Member("goal")) journey.goal = ReadMatcher(*goal);
  if (const auto idle = node.Member("abandon_after")) journey.abandon_after = ReadSpan(*idle);
  if (const auto window = node.Member("window")) journey.window = ReadSpan(*window);
  if (const auto exclude = node.Member("exclude")) journey.exclude = ReadMatcher(*exclude);
  if (const auto scope = node.Member("scope")) journey.scope = ReadMatcher(*scope);
  if (error.status.ok()) {
    if (const Status valid = journey.Validate(); !valid.ok()) error.Set(node.path(), MessageOf(valid));
  }
  return journey;
}

void ReadJourneys(const ConfigNode& node, std::vector<JourneyDefinition>& journeys, ConfigError& error) {
  node.EachItem("a list of journeys", [&](const ConfigNode& item) {
    JourneyDefinition journey = ReadJourney(item, error);
    const bool known = std::any_of(journeys.begin(), journeys.end(), [&](const JourneyDefinition& earlier) {
      return earlier.name == journey.name;
    });
    if (known) {
      error.Set(item.path() + ".name", fmt::format("\"{}\" is the name of an earlier journey", journey.name));
    }
    journeys.push_back(std::move(journey));
  });
}

void ReadFeedback(const ConfigNode& node, EventClasses& classes, FeedbackOptions& options) {
  if (!node.ExpectObject(
          {"events", "channels", "where", "score", "scale", "window", "verbatim", "scale_key"}))
    return;
  if (const auto window = node.Member("window")) options.window = ReadSpan(*window);
  if (const auto verbatim = node.Member("verbatim"))
    options.verbatim = verbatim->Text("the key of an attribute");
  if (const auto key = node.Member("scale_key")) options.scale_key = key->Text("the key of an attribute");
  if (const auto score = node.Member("score"))
    classes.feedback_score = score->Text("the key of an attribute");
  if (const auto scale = node.Member("scale")) {
    constexpr std::string_view kExpected = "one of csat, nps, ces";
    classes.feedback_scale = scale->Text(kExpected);
    if (classes.feedback_scale != "csat" && classes.feedback_scale != "nps" &&
        classes.feedback_scale != "ces") {
      scale->Fail(kExpected);
    }
  }
  classes.feedback = ReadMatcherKeys(node);
  // Without any condition: whatever has a score.
  if (classes.feedback.empty()) classes.feedback.where = {{classes.feedback_score, {}}};
}

void ReadDiscovery(const ConfigNode& node, Discovery& discovery) {
  if (!node.ExpectObject({"gap", "goal"})) return;
  if (const auto gap = node.Member("gap")) {
    if (gap->IsText() && gap->TextOrEmpty() == "none") {
      discovery.gap.reset();
    } else {
      discovery.gap = ReadSpan(*gap);
    }
  }
  if (const auto goal = node.Member("goal")) discovery.goal = ReadMatcher(*goal);
}

std::uint32_t ReadCount(const ConfigNode& node) {
  constexpr std::string_view kExpected = "a whole number from 0 to 1000000";
  const double number = node.Number(kExpected);
  if (number >= 0 && number <= 1e6 && number == static_cast<double>(static_cast<std::uint32_t>(number))) {
    return static_cast<std::uint32_t>(number);
  }
  node.Fail(kExpected);
  return 0;
}

NamespacePolicy ReadNamespace(const std::string& name, const ConfigNode& node) {
  using enum IdentifierKind;
  NamespacePolicy entry{.name_space = name};
  if (!node.ExpectObject({"kind", "priority", "exclusive", "max_values", "within", "normalize",
                          "placeholders", "allowed", "blocked", "blocked_patterns"})) {
    return entry;
  }
  if (const auto kind = node.Required("kind", "person, contact, device or session")) {
    entry.kind = ReadEnum(*kind, {kPerson, kContact, kDevice, kSession});
  }
  if (const auto priority = node.Member("priority")) entry.priority = static_cast<int>(ReadCount(*priority));
  if (const auto exclusive = node.Member("exclusive")) entry.exclusive = exclusive->Boolean();
  if (const auto most = node.Member("max_values")) entry.max_values = ReadCount(*most);
  if (const auto within = node.Member("within")) entry.within = ReadSpan(*within);
  if (const auto normalize = node.Member("normalize")) {
    using enum Normalizer;
    entry.normalizer = ReadEnum(*normalize, {kNone, kTrim, kLower, kDigits});
  }
  if (const auto placeholders = node.Member("placeholders")) entry.placeholders = placeholders->Boolean();
  for (const auto& [key, list] : {std::pair{"allowed", &entry.allowed},
                                  {"blocked", &entry.blocked},
                                  {"blocked_patterns", &entry.blocked_patterns}}) {
    if (const auto texts = node.Member(key)) *list = ReadTexts(*texts);
  }
  return entry;
}

void ReadIdentity(const ConfigNode& node, IdentityPolicy& policy, ConfigError& error) {
  if (!node.ExpectObject({"namespaces", "max_neighbours", "logout_events", "forget_after_logout"})) return;
  if (const auto namespaces = node.Member("namespaces")) {
    namespaces->EachMember(R"(an object such as {"card": {"kind": "contact"}})",
                           [&](const std::string& name, const ConfigNode& entry) {
                             policy.namespaces.push_back(ReadNamespace(name, entry));
                           });
  }
  if (const auto most = node.Member("max_neighbours")) policy.max_neighbours = ReadCount(*most);
  if (const auto names = node.Member("logout_events")) policy.logout_events = ReadTexts(*names);
  if (const auto forget = node.Member("forget_after_logout")) policy.forget_after_logout = forget->Boolean();
  if (error.status.ok()) {
    if (const Status valid = policy.Validate(); !valid.ok()) error.Set(node.path(), MessageOf(valid));
  }
}

void ReadConsent(const ConfigNode& node, ConsentOptions& consent) {
  if (!node.ExpectObject({"purpose", "required"})) return;
  if (const auto purpose = node.Member("purpose")) consent.purpose = purpose->Text();
  if (const auto required = node.Member("required")) consent.required = required->Boolean();
}

// Which of the known texts was perhaps meant.
std::optional<std::string_view> NearestIn(std::string_view name, const SymbolTable& known) {
  std::vector<std::string_view> names;
  constexpr std::size_t kMost = 1000;  // that are compared for a suggestion
  for (std::uint32_t i = 0; i < std::min(known.size(), kMost); ++i) names.push_back(known.text(i));
  // By text, because the order of arrival must not show.
  std::sort(names.begin(), names.end());
  return internal::NearestOf(name, names);
}

// That none of the known texts is this one, and which was perhaps meant; nothing if one is.
std::optional<std::string> SayUnknown(std::string_view name, const SymbolTable& known) {
  if (known.Find(name)) return std::nullopt;
  const auto nearest = NearestIn(name, known);
  return fmt::format("no event has \"{}\"{}", name,
                     nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : "");
}

// Looks for the names of a configuration in a log.
class NameCheck {
 public:
  NameCheck(const EventLog& log, std::vector<std::string>& messages) : log_(log), messages_(messages) {}

  void Check(const std::string& path, const Matcher& matcher) {
    for (const std::string& name : matcher.events) Check(path, "events", name, log_.names());
    for (const std::string& name : matcher.channels) Check(path, "channels", name, log_.channels());
    for (const AttributeCondition& condition : matcher.where) {
      Check(path, "where", condition.key, log_.attribute_keys());
    }
  }

  // Of what counts as an error, support or feedback. What is looked for without a word need not be there.
  void CheckClass(const std::string& path, const Matcher& matcher, const Matcher& usual,
                  std::string_view checked_key) {
    const auto among = [](const auto& names, const std::string& name) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    for (const std::string& name : matcher.events) {
      if (!among(usual.events, name)) Check(path, "events", name, log_.names());
    }
    for (const std::string& name : matcher.channels) {
      if (!among(usual.channels, name)) Check(path, "channels", name, log_.channels());
    }
    for (const AttributeCondition& condition : matcher.where) {
      const bool is_usual =
          std::ranges::any_of(usual.where, [&](const auto& other) { return other.key == condition.key; });
      if (!is_usual && condition.key != checked_key)
        Check(path, "where", condition.key, log_.attribute_keys());
    }
  }

  // Of a catalogue, which may well name more than a log has: only what was perhaps misspelt.
  void CheckEntry(const std::string& path, const TouchpointEntry& entry) {
    for (const std::string& name : entry.events) {
      if (NearestIn(name, log_.names())) Check(path, "events", name, log_.names());
    }
    for (const std::string& name : entry.channels) {
      if (NearestIn(name, log_.channels())) Check(path, "channels", name, log_.channels());
    }
  }

  void CheckAttribute(const std::string& path, const std::string& name) {
    if (const auto unknown = SayUnknown(name, log_.attribute_keys()))
      messages_.push_back(fmt::format("{}: {}", path, *unknown));
  }

 private:
  void Check(const std::string& path, std::string_view key, const std::string& name,
             const SymbolTable& known) {
    if (const auto unknown = SayUnknown(name, known))
      messages_.push_back(fmt::format("{}.{}: {}", path, key, *unknown));
  }

  const EventLog& log_;
  std::vector<std::string>& messages_;
};

}  // namespace

StatusOr<Config> ParseConfig(std::string_view json, std::string_view file_name) {
  const StatusOr<ConfigJson> tree = internal::ParseConfigJson(json, file_name);
  if (!tree.ok()) return tree.status();
  ConfigError error{std::string(file_name), {}};
  const ConfigNode root(*tree, error);
  Config config;
  if (root.ExpectObject({"journeys", "errors", "support", "feedback", "discovery", "identity", "consent",
                         "detectors", "touchpoints", "funnels"})) {
    if (const auto journeys = root.Member("journeys")) ReadJourneys(*journeys, config.journeys, error);
    if (const auto errors = root.Member("errors")) config.classes.errors = ReadMatcher(*errors);
    if (const auto support = root.Member("support")) config.classes.support = ReadMatcher(*support);
    if (const auto feedback = root.Member("feedback"))
      ReadFeedback(*feedback, config.classes, config.feedback);
    if (const auto discovery = root.Member("discovery")) ReadDiscovery(*discovery, config.discovery);
    if (const auto identity = root.Member("identity")) ReadIdentity(*identity, config.identity, error);
    if (const auto consent = root.Member("consent")) ReadConsent(*consent, config.consent);
    if (const auto detectors = root.Member("detectors"))
      config.detectors = internal::ReadDetectors(*detectors, error);
    if (const auto funnels = root.Member("funnels")) config.funnels = internal::ReadFunnels(*funnels, error);
    if (const auto touchpoints = root.Member("touchpoints"))
      config.touchpoints = internal::ReadTouchpoints(*touchpoints);
  }
  if (!error.status.ok()) return error.status;
  return config;
}

std::vector<std::string> UnknownNames(const Config& config, const EventLog& log) {
  std::vector<std::string> messages;
  NameCheck names(log, messages);
  for (std::size_t j = 0; j < config.journeys.size(); ++j) {
    const JourneyDefinition& journey = config.journeys[j];
    const std::string path = fmt::format("journeys[{}]", j);
    for (std::size_t s = 0; s < journey.steps.size(); ++s) {
      names.Check(fmt::format("{}.steps[{}]", path, s), journey.steps[s].match);
    }
    names.Check(path + ".goal", journey.goal);
    names.Check(path + ".exclude", journey.exclude);
    names.Check(path + ".scope", journey.scope);
  }
  for (std::size_t f = 0; f < config.funnels.size(); ++f) {
    const FunnelDefinition& funnel = config.funnels[f];
    const std::string path = fmt::format("funnels[{}]", f);
    for (std::size_t s = 0; s < funnel.steps.size(); ++s) {
      names.Check(fmt::format("{}.steps[{}]", path, s), funnel.steps[s].match);
    }
    for (std::size_t x = 0; x < funnel.exclusions.size(); ++x) {
      names.Check(fmt::format("{}.exclusions[{}]", path, x), funnel.exclusions[x].match);
    }
    names.Check(path + ".scope", funnel.scope);
  }
  for (std::size_t t = 0; t < config.touchpoints.size(); ++t)
    names.CheckEntry(fmt::format("touchpoints[{}]", t), config.touchpoints[t]);
  names.Check("discovery.goal", config.discovery.goal);
  const EventClasses usual;
  names.CheckClass("errors", config.classes.errors, usual.errors, {});
  names.CheckClass("support", config.classes.support, usual.support, {});
  names.CheckClass("feedback", config.classes.feedback, usual.feedback, config.classes.feedback_score);
  // The one that is looked for anyway need not be there.
  if (config.classes.feedback_score != EventClasses().feedback_score)
    names.CheckAttribute("feedback.score", config.classes.feedback_score);
  return messages;
}

std::optional<std::string> UnknownEvent(std::string_view name, const EventLog& log) {
  return SayUnknown(name, log.names());
}

}  // namespace v0
}  // namespace journey
