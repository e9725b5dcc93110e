// The funnels that were asked for, each step with the chain of events of somebody who came no further.
#include <fmt/format.h>

#include <algorithm>

#include "io/escape.h"
#include "io/html_insights.h"
#include "io/writer_figures.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

constexpr std::string_view kTemplate = R"HTML(<section id="funnels" aria-labelledby="funnels-head">
<h2 id="funnels-head">Funnels</h2>
{{#funnels}}
<article class="card">
<h3><bdi>{{funnel_name}}</bdi> <span class="aside">{{funnel_entered}}</span></h3>
<p class="soft">{{funnel_rules}}</p>
{{#funnel_none}}<p>{{funnel_none}}</p>
{{/funnel_none}}{{^funnel_none}}<ol class="funnel{{#dense}} dense{{/dense}}">
{{#funnel_steps}}<li>
<div class="step-name"><span class="number" aria-hidden="true">{{number}}</span><bdi>{{step}}</bdi></div>
<svg class="step-bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true"><rect class="track" x="0" y="0" width="1000" height="10"/><rect class="fill" x="0" y="0" width="{{width}}" height="10"/></svg>
<div class="step-figures"><b>{{reached}}</b><span>{{share}}</span></div>
{{#way}}<div class="way-wait">{{kept}}</div>
<svg class="way-bar" viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true"><polygon class="kept" points="{{shape}}"/><polygon class="lost" points="{{lost_shape}}"/></svg>
<div class="way-loss">{{loss}}</div>
{{/way}}</li>
{{/funnel_steps}}</ol>
<details><summary>Who came how far: chains of events</summary>
{{#chains}}<p class="soft">{{chain_title}}</p>
<ul class="cases">
{{#chain_list}}<li>{{{chain}}}</li>
{{/chain_list}}</ul>
{{/chains}}</details>
{{/funnel_none}}</article>
{{/funnels}}</section>

)HTML";

std::uint64_t Width(std::uint64_t part, std::uint64_t whole) {
  return part == 0 || whole == 0 ? 0 : std::max<std::uint64_t>(1, part * 1000 / whole);
}

std::string_view UnitOf(FunnelCounting counting) {
  switch (counting) {
    case FunnelCounting::kCustomers:
      return "customer";
    case FunnelCounting::kAttempts:
      return "attempt";
    case FunnelCounting::kSessions:
      return "session";
    case FunnelCounting::kHeldValues:
      return "held value";
  }
  return "";
}

std::string RulesText(const FunnelResult& result) {
  const FunnelDefinition& definition = result.definition;
  const FunnelRules& rules = definition.rules;
  std::string text = fmt::format("Each {} counts once.", UnitOf(rules.counting));
  switch (rules.order) {
    case FunnelOrder::kOrdered:
      text += " Steps in order, other events may lie between them";
      break;
    case FunnelOrder::kStrict:
      text += " Steps in order, with no other event between them";
      break;
    case FunnelOrder::kAnyOrder:
      text += " Steps in any order";
      break;
  }
  if (definition.window) text += fmt::format(", within {}", FormatDuration(*definition.window));
  text += rules.anchor == FunnelAnchor::kBestStart ? "; the start that leads furthest counts."
                                                   : "; the first start counts.";
  if (rules.tie_tolerance) {
    text += fmt::format(" Events within {} of each other may be in either order.",
                        FormatDuration(*rules.tie_tolerance));
  }
  if (!definition.hold.empty()) text += fmt::format(" With the same “{}”.", ShownName(definition.hold));
  if (!definition.exclusions.empty()) text += " " + Plural(definition.exclusions.size(), "exclusion") + ".";
  const Funnel& funnel = result.funnel;
  text += fmt::format(" {} looked at, {} of them took the first step", Plural(funnel.customers(), "customer"),
                      CountText(funnel.customers_entered()));
  text +=
      funnel.dropped() == 0 ? "." : fmt::format(", {} dropped by an exclusion.", CountText(funnel.dropped()));
  return text;
}

std::string ChainMarkup(const Report& report, const FunnelResult& result, const FunnelExample& example) {
  std::string text = fmt::format("Customer {}: ", example.customer.value);
  bool first = true;
  TimePoint before{};
  for (std::size_t i = 0; i < example.chain.size(); ++i) {
    const FunnelTouch& touch = example.chain[i];
    if (touch.position == kNotReached) continue;
    const std::string when = first ? MinuteText(touch.time) : "after " + FormatDuration(touch.time - before);
    text += fmt::format("{}{} <span class=\"soft\">at</span> {} <span class=\"soft\">({})</span>",
                        first ? "" : " → ", NameMarkup(result.definition.steps[i].name),
                        TouchpointMarkup(report, report.timeline.events[touch.position].touchpoint), when);
    before = touch.time;
    first = false;
  }
  return text;
}

PageData StepData(const FunnelResult& result, std::size_t i) {
  const Funnel& funnel = result.funnel;
  const FunnelStepCount& step = funnel.steps()[i];
  PageData data;
  data.set("number", fmt::format("{}", i + 1));
  std::string name = ShownName(result.definition.steps[i].name, 80);
  if (result.definition.steps[i].optional) name += " (optional)";
  data.set("step", name);
  data.set("reached", CountText(step.reached));
  data.set("share", ShareText(step.reached, funnel.entered()));
  const std::uint64_t width = Width(step.reached, funnel.entered());
  data.set("width", fmt::format("{}", width));
  if (i + 1 == funnel.steps().size()) return data;
  const FunnelStepCount& next = funnel.steps()[i + 1];
  const std::uint64_t next_width = Width(next.reached, funnel.entered());
  PageData way;
  // Over an optional step more may come than were at it.
  way.set("kept", next.reached <= step.reached
                      ? fmt::format("{} go on · {}", ShareText(next.reached, step.reached),
                                    MedianText(next.from_previous))
                      : MedianText(next.from_previous));
  way.set("shape", fmt::format("0,0 {},0 {},100 0,100", width, next_width));
  way.set("lost_shape", fmt::format("{0},0 {1},100 {0},100", width, std::min(width, next_width)));
  way.set("loss", step.ended == 0 ? std::string() : CountText(step.ended) + " ended here");
  data.set("way", way);
  return data;
}

PageData FunnelData(const Report& report, const FunnelResult& result) {
  const Funnel& funnel = result.funnel;
  PageData data;
  data.set("funnel_name", ShownName(result.definition.name, 120));
  data.set("funnel_entered",
           fmt::format("{} entered, {} ({}) complete",
                       Plural(funnel.entered(), UnitOf(result.definition.rules.counting)),
                       CountText(funnel.completed()), ShareText(funnel.completed(), funnel.entered())));
  data.set("funnel_rules", RulesText(result));
  if (funnel.entered() == 0) {
    data.set("funnel_none", std::string("Nobody took its first step."));
    return data;
  }
  PageData steps{PageData::type::list}, chains{PageData::type::list};
  for (std::size_t i = 0; i < funnel.steps().size(); ++i) {
    steps << StepData(result, i);
    if (funnel.examples(i).empty()) continue;
    PageData chain;
    const bool last = i + 1 == funnel.steps().size();
    chain.set("chain_title",
              fmt::format("{} of {} that {}", funnel.examples(i).size(), CountText(funnel.steps()[i].ended),
                          last ? std::string("came to the end")
                               : fmt::format("came no further than step {}", i + 1)));
    PageData list{PageData::type::list};
    for (const FunnelExample& example : funnel.examples(i)) {
      PageData one;
      one.set("chain", ChainMarkup(report, result, example));
      list << one;
    }
    chain.set("chain_list", list);
    chains << chain;
  }
  data.set("funnel_steps", steps);
  data.set("chains", chains);
  if (funnel.steps().size() > 10) data.set("dense", true);
  return data;
}

}  // namespace

std::string FunnelSection(const Report& report, const Insights& insights, const HtmlOptions&) {
  if (insights.funnels.empty()) return {};
  PageData section;
  PageData funnels{PageData::type::list};
  for (const FunnelResult& result : insights.funnels) funnels << FunnelData(report, result);
  section.set("funnels", funnels);
  return RenderPart(kTemplate, section);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
