#include "io/config_friction.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "journey/friction/backtrack.h"
#include "journey/friction/channel_switch.h"
#include "journey/friction/contact_after_abandonment.h"
#include "journey/friction/drop_off.h"
#include "journey/friction/error_loop.h"
#include "journey/friction/error_met.h"
#include "journey/friction/excess_effort.h"
#include "journey/friction/loop.h"
#include "journey/friction/lost_progress.h"
#include "journey/friction/rapid_repeat.h"
#include "journey/friction/repeated_entry.h"
#include "journey/friction/repetition.h"
#include "journey/friction/stall.h"
#include "journey/friction/support_contact.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

using DetectorPointer = std::shared_ptr<const Detector>;

// Reads a member into a threshold, if it is there. What a threshold may be, its detector says.
void Read(const ConfigNode& node, std::string_view key, Duration& value) {
  if (const auto member = node.Member(key)) value = member->Time();
}
void Read(const ConfigNode& node, std::string_view key, std::optional<Duration>& value) {
  if (const auto member = node.Member(key)) value = member->Time();
}
void Read(const ConfigNode& node, std::string_view key, bool& value) {
  if (const auto member = node.Member(key)) value = member->Boolean();
}
void Read(const ConfigNode& node, std::string_view key, double& value) {
  if (const auto member = node.Member(key)) value = member->Number();
}
void Read(const ConfigNode& node, std::string_view key, std::optional<double>& value) {
  if (const auto member = node.Member(key)) value = member->Number();
}
std::uint32_t ReadWhole(const ConfigNode& node) {
  constexpr std::string_view kExpected = "a whole number from 1 to 1000000";
  const double number = node.Number(kExpected);
  if (number >= 1 && number <= 1e6 && number == std::floor(number)) return static_cast<std::uint32_t>(number);
  node.Fail(kExpected);
  return 1;
}
void Read(const ConfigNode& node, std::string_view key, std::uint32_t& value) {
  if (const auto member = node.Member(key)) value = ReadWhole(*member);
}
void Read(const ConfigNode& node, std::string_view key, std::optional<std::uint32_t>& value) {
  if (const auto member = node.Member(key)) value = ReadWhole(*member);
}
void Read(const ConfigNode& node, std::string_view key, std::uint64_t& value) {
  if (const auto member = node.Member(key)) value = ReadWhole(*member);
}
void Read(const ConfigNode& node, std::string_view key, std::vector<std::string>& value) {
  if (const auto member = node.Member(key)) value = member->Texts();
}

// One function a detector. The node is an object, or a name alone.
DetectorPointer ReadDropOff(const ConfigNode& node) {
  static_cast<void>(node.ExpectObject({"name"}));  // notes what is wrong
  return std::make_shared<DropOff>();
}
DetectorPointer ReadRepetition(const ConfigNode& node) {
  RepetitionOptions options;
  if (node.ExpectObject({"name", "discovered"})) Read(node, "discovered", options.discovered);
  return std::make_shared<Repetition>(options);
}
DetectorPointer ReadChannelSwitch(const ConfigNode& node) {
  ChannelSwitchDetectorOptions options;
  if (node.ExpectObject({"name", "stall", "voluntary"})) {
    Read(node, "stall", options.rule.stall);
    Read(node, "voluntary", options.voluntary);
  }
  return std::make_shared<ChannelSwitchDetector>(options);
}
DetectorPointer ReadStall(const ConfigNode& node) {
  StallOptions options;
  if (node.ExpectObject({"name", "limit", "learn", "least"})) {
    const auto limit = node.Member("limit");
    if (limit && limit->IsText() && limit->TextOrEmpty() == "none")
      options.limit = kForever;
    else
      Read(node, "limit", options.limit);
    Read(node, "learn", options.learn);
    Read(node, "least", options.least);
  }
  return std::make_shared<Stall>(options);
}
DetectorPointer ReadBacktrack(const ConfigNode& node) {
  static_cast<void>(node.ExpectObject({"name"}));  // notes what is wrong
  return std::make_shared<Backtrack>();
}
DetectorPointer ReadLoop(const ConfigNode& node) {
  LoopOptions options;
  if (node.ExpectObject({"name", "returns", "discovered_returns"})) {
    Read(node, "returns", options.returns);
    Read(node, "discovered_returns", options.discovered_returns);
  }
  return std::make_shared<Loop>(options);
}
DetectorPointer ReadErrorLoop(const ConfigNode& node) {
  ErrorLoopOptions options;
  if (node.ExpectObject({"name", "count", "within"})) {
    Read(node, "count", options.count);
    Read(node, "within", options.within);
  }
  return std::make_shared<ErrorLoop>(options);
}
DetectorPointer ReadRapidRepeat(const ConfigNode& node) {
  RapidRepeatOptions options;
  if (node.ExpectObject({"name", "count", "within", "attributes"})) {
    Read(node, "count", options.count);
    Read(node, "within", options.within);
    if (node.Member("attributes")) Read(node, "attributes", options.attributes.emplace());
  }
  return std::make_shared<RapidRepeat>(std::move(options));
}
DetectorPointer ReadContactAfterAbandonment(const ConfigNode& node) {
  ContactAfterAbandonmentOptions options;
  if (node.ExpectObject({"name", "within", "away"})) {
    Read(node, "within", options.within);
    Read(node, "away", options.away);
  }
  return std::make_shared<ContactAfterAbandonment>(options);
}
DetectorPointer ReadLostProgress(const ConfigNode& node) {
  LostProgressOptions options;
  if (node.ExpectObject({"name", "early", "lost"})) {
    Read(node, "early", options.early);
    Read(node, "lost", options.lost);
  }
  return std::make_shared<LostProgress>(options);
}
DetectorPointer ReadRepeatedEntry(const ConfigNode& node) {
  RepeatedEntryOptions options;
  if (node.ExpectObject({"name", "keys"})) Read(node, "keys", options.keys);
  return std::make_shared<RepeatedEntry>(std::move(options));
}
DetectorPointer ReadExcessEffort(const ConfigNode& node) {
  ExcessEffortOptions options;
  if (node.ExpectObject({"name", "events", "time", "learn", "learn_time", "factor", "least"})) {
    Read(node, "events", options.events);
    Read(node, "time", options.time);
    if (options.events || options.time) options.learn.reset();
    Read(node, "learn", options.learn);
    Read(node, "learn_time", options.learn_time);
    Read(node, "factor", options.factor);
    Read(node, "least", options.least);
  }
  return std::make_shared<ExcessEffort>(options);
}

DetectorPointer ReadErrorMet(const ConfigNode& node) {
  static_cast<void>(node.ExpectObject({"name"}));
  return std::make_shared<ErrorMet>();
}
DetectorPointer ReadSupportContact(const ConfigNode& node) {
  static_cast<void>(node.ExpectObject({"name"}));
  return std::make_shared<SupportContact>();
}

struct Entry {
  std::string_view name;
  DetectorPointer (*read)(const ConfigNode&);
};
constexpr std::array<Entry, 14> kEntries{{{"drop_off", ReadDropOff},
                                          {"repetition", ReadRepetition},
                                          {"channel_switch", ReadChannelSwitch},
                                          {"stall", ReadStall},
                                          {"backtrack", ReadBacktrack},
                                          {"loop", ReadLoop},
                                          {"error_loop", ReadErrorLoop},
                                          {"rapid_repeat", ReadRapidRepeat},
                                          {"contact_after_abandonment", ReadContactAfterAbandonment},
                                          {"lost_progress", ReadLostProgress},
                                          {"repeated_entry", ReadRepeatedEntry},
                                          {"excess_effort", ReadExcessEffort},
                                          {"error", ReadErrorMet},
                                          {"support_contact", ReadSupportContact}}};

// The detector of that name. Nothing, and an error, if there is none.
const Entry* EntryOf(const ConfigNode& name) {
  std::vector<std::string_view> names;
  for (const Entry& entry : kEntries) names.push_back(entry.name);
  const std::string expected = fmt::format("one of {}", fmt::join(names, ", "));
  const std::string text = name.Text(expected);
  const auto found = std::ranges::find(kEntries, text, &Entry::name);
  if (found != kEntries.end()) return &*found;
  const auto nearest = NearestOf(text, names);
  name.Fail(expected + (nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : ""));
  return nullptr;
}

DetectorPointer ReadDetector(const ConfigNode& node, ConfigError& error) {
  if (!node.IsText() && !node.IsObject()) {
    node.Fail(R"(the name of a detector, or an object such as {"name": "stall", "limit": "24h"})");
    return nullptr;
  }
  const auto name = node.IsText() ? node : node.Required("name", "the name of a detector");
  const Entry* const entry = name ? EntryOf(*name) : nullptr;
  if (entry == nullptr) return nullptr;
  const ConfigJson no_thresholds = ConfigJson::object();
  DetectorPointer detector = entry->read(node.IsText() ? ConfigNode(no_thresholds, error) : node);
  if (!error.status.ok()) return nullptr;
  if (const Status valid = detector->Validate(); !valid.ok()) error.Set(node.path(), MessageOf(valid));
  return detector;
}

}  // namespace

DetectorList ReadDetectors(const ConfigNode& node, ConfigError& error) {
  DetectorList detectors;
  node.EachItem("a list of detectors", [&](const ConfigNode& item) {
    DetectorPointer detector = ReadDetector(item, error);
    if (detector == nullptr) return;
    const bool known = std::ranges::any_of(
        detectors, [&](const DetectorPointer& earlier) { return earlier->name() == detector->name(); });
    if (known) error.Set(item.path(), fmt::format("\"{}\" is there already", detector->name()));
    detectors.push_back(std::move(detector));
  });
  return detectors;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
