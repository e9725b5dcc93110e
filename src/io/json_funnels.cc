#include "io/json_funnels.h"

#include <string_view>

#include "io/json_shares.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

void WriteRules(const FunnelDefinition& funnel, JsonStreamWriter& json) {
  const FunnelRules& rules = funnel.rules;
  const auto limit = [&](std::string_view key, const std::optional<Duration>& value) {
    json.Key(key);
    value ? json.Value(std::int64_t{value->count()}) : json.Null();
  };
  json.Key("rules");
  json.Row();
  json.Member("order", NameOf(rules.order));
  json.Member("anchor", NameOf(rules.anchor));
  json.Member("reentry", NameOf(rules.reentry));
  json.Member("counting", NameOf(rules.counting));
  limit("tie_tolerance_us", rules.tie_tolerance);
  json.Member("reuse_events", rules.reuse_events);
  limit("window_us", funnel.window);
  json.Member("exclusions", funnel.exclusions.size());
  json.Key("hold");
  funnel.hold.empty() ? json.Null() : json.Value(funnel.hold);
  json.End();
}

void WriteExample(const FunnelExample& example, const TouchpointCatalog& catalog,
                  std::span<const EventRow> timeline, JsonStreamWriter& json) {
  json.Array();
  for (std::size_t step = 0; step < example.chain.size(); ++step) {
    const FunnelTouch& touch = example.chain[step];
    if (touch.position == kNotReached) continue;
    const EventRow& event = timeline[touch.position];
    json.Row();
    json.Member("step", step);
    json.Member("channel", catalog.channel_text(event.touchpoint));
    json.Member("event", catalog.name_text(event.touchpoint));
    json.Member("time", FormatTime(event.time));
    json.End();
  }
  json.End();
}

void WriteStep(const FunnelResult& result, std::size_t step, std::uint64_t previous,
               const TouchpointCatalog& catalog, std::span<const EventRow> timeline, JsonStreamWriter& json) {
  const FunnelStepCount& count = result.funnel.steps()[step];
  const FunnelStep& definition = result.definition.steps[step];
  json.Object();
  json.Member("step", definition.name);
  json.Member("optional", definition.optional);
  json.Member("reached", count.reached);
  json.Member("ended", count.ended);
  WriteShare("of_first_ppm", count.reached, result.funnel.entered(), json);
  WriteShare("of_previous_ppm", count.reached, step == 0 ? 0 : previous, json);
  WriteQuantiles("from_previous_us", count.from_previous, json);
  WriteQuantiles("from_first_us", count.from_first, json);
  json.Key("examples");
  json.Array();
  for (const FunnelExample& example : result.funnel.examples(step))
    WriteExample(example, catalog, timeline, json);
  json.End();
  json.End();
}

}  // namespace

void WriteFunnels(std::span<const FunnelResult> funnels, const TouchpointCatalog& catalog,
                  std::span<const EventRow> timeline, JsonStreamWriter& json) {
  json.Array();
  for (const FunnelResult& result : funnels) {
    const Funnel& funnel = result.funnel;
    json.Object();
    json.Member("name", result.definition.name);
    WriteRules(result.definition, json);
    json.Member("customers", funnel.customers());
    json.Member("dropped", funnel.dropped());
    json.Member("customers_entered", funnel.customers_entered());
    json.Member("entered", funnel.entered());
    json.Member("completed", funnel.completed());
    json.Key("steps");
    json.Array();
    std::uint64_t previous = 0;  // how many reached the last required step
    for (std::size_t step = 0; step < funnel.steps().size(); ++step) {
      WriteStep(result, step, previous, catalog, timeline, json);
      if (!result.definition.steps[step].optional) previous = funnel.steps()[step].reached;
    }
    json.End();
    json.End();
  }
  json.End();
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
