#include "io/config_values.h"

#include <utility>

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

// A value as attributes are compared: as a text.
std::string ReadValue(const ConfigNode& node) {
  if (node.IsBoolean()) return node.Boolean() ? "true" : "false";
  if (node.IsNumber()) return fmt::format("{}", node.Number());
  if (node.IsText()) return node.TextOrEmpty();
  node.Fail("a text, a number, true or false");
  return {};
}

std::vector<AttributeCondition> ReadWhere(const ConfigNode& node) {
  std::vector<AttributeCondition> where;
  node.EachMember(
      R"(an object such as {"status": "error"})", [&](const std::string& key, const ConfigNode& value) {
        if (key.empty()) return node.Fail("the key of an attribute, not an empty one");
        std::vector<std::string> values;
        if (value.IsArray()) {
          value.EachItem("a list", [&](const ConfigNode& item) { values.push_back(ReadValue(item)); });
        } else {
          values.push_back(ReadValue(value));
        }
        where.push_back({key, decltype(AttributeCondition::values)(std::move(values))});
      });
  return where;
}

}  // namespace

std::vector<std::string> ReadTexts(const ConfigNode& node) {
  if (node.IsText()) return {node.Text()};
  constexpr std::string_view kExpected = "a text or a list of texts";
  std::vector<std::string> texts = node.Texts(kExpected);
  if (node.IsArray() && texts.empty()) node.Fail(kExpected);
  return texts;
}

Matcher ReadMatcherKeys(const ConfigNode& node) {
  Matcher matcher;
  if (const auto events = node.Member("events"))
    matcher.events = decltype(Matcher::events)(ReadTexts(*events));
  if (const auto channels = node.Member("channels"))
    matcher.channels = decltype(Matcher::channels)(ReadTexts(*channels));
  if (const auto where = node.Member("where")) matcher.where = ReadWhere(*where);
  return matcher;
}

Matcher ReadMatcher(const ConfigNode& node) {
  if (!node.ExpectObject({"events", "channels", "where"})) return {};
  Matcher matcher = ReadMatcherKeys(node);
  if (matcher.empty()) node.Fail("at least one of events, channels, where");
  return matcher;
}

Duration ReadSpan(const ConfigNode& node) {
  const Duration duration = node.Time();
  if (duration == Duration::zero()) node.Fail("a duration above zero such as 30m, 24h, 7d");
  return duration;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
