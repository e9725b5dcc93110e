#include "io/config_touchpoints.h"

#include <utility>

#include "io/config_values.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

TouchpointEntry ReadEntry(const ConfigNode& node) {
  TouchpointEntry entry;
  if (!node.ExpectObject({"events", "channels", "owner", "stage", "expected"})) return entry;
  if (const auto events = node.Member("events")) entry.events = OneOrAnyOf(ReadTexts(*events));
  if (const auto channels = node.Member("channels")) entry.channels = AnyOf(ReadTexts(*channels));
  if (entry.events.empty() && entry.channels.empty()) node.Fail("events or channels in it");
  if (const auto owner = node.Member("owner")) entry.owner = owner->Text();
  if (const auto stage = node.Member("stage")) entry.stage = stage->Text();
  if (const auto expected = node.Member("expected")) entry.expected = ReadSpan(*expected);
  if (entry.owner.empty() && entry.stage.empty() && !entry.expected)
    node.Fail("at least one of owner, stage, expected in it");
  return entry;
}

}  // namespace

std::vector<TouchpointEntry> ReadTouchpoints(const ConfigNode& node) {
  std::vector<TouchpointEntry> entries;
  node.EachItem("a list of touchpoints", [&](const ConfigNode& item) { entries.push_back(ReadEntry(item)); });
  return entries;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
