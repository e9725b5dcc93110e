// Where it hurt, and the flows between channels and touchpoints.
#include <fmt/format.h>

#include <algorithm>

#include "io/escape.h"
#include "io/html_insights.h"
#include "io/html_sections.h"
#include "io/svg_pictures.h"
#include "io/writer_figures.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

constexpr int kWide = 940;  // pixels, beside kNarrow for a phone
constexpr int kNarrow = 340;

std::string BarWidth(std::uint64_t part, std::uint64_t most) {
  return fmt::format("{}", most == 0 ? 0 : std::max<std::uint64_t>(part == 0 ? 0 : 1, part * 1000 / most));
}

std::string ReasonsLine(const Report& report, const ReasonCounts& reasons) {
  std::string text;
  for (const auto& [reason, count] : reasons) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", ShownName(report.label(reason), 40),
                        CountText(count));
  }
  return text;
}

}  // namespace

void AddFriction(const Report& report, const Insights* insights, const HtmlOptions& options, PageData& page) {
  const ReportTotals totals = TotalsOf(report);
  PageData section;
  if (insights != nullptr) {
    std::string classes;
    for (const std::string& sentence : ClassSentences(insights->classes))
      classes += (classes.empty() ? "" : " ") + sentence;
    section.set("classes", classes);
    if (const std::string unseen = UnseenText(insights->classes); !unseen.empty())
      section.set("unseen", unseen);
  }
  if (report.friction.empty()) {
    section.set("none", true);
    page.set("friction_section", section);
    return;
  }
  const auto reasons = ReasonsOfFriction(report);
  const std::size_t shown = std::min(options.rows, report.friction.size());
  const std::uint64_t most = report.friction.front().journeys;
  std::uint64_t covered = 0;
  const std::vector<FrictionEvidence> evidence =
      insights == nullptr ? std::vector<FrictionEvidence>() : EvidenceOfFriction(report, 3);
  PageData rows{PageData::type::list};
  for (std::size_t i = 0; i < shown; ++i) {
    const FrictionRow& row = report.friction[i];
    const std::string& detector = report.detectors[row.detector.value].name;
    covered += row.findings;
    PageData data;
    data.set("rank", fmt::format("{}", i + 1));
    data.set("what", ShownName(FrictionText(detector, report.label(row.kind))));
    data.set("rule", ShownName(FrictionName(detector, report.label(row.kind))));
    if (!reasons[i].empty()) data.set("reasons", ReasonsLine(report, reasons[i]));
    data.set("channel", ShownName(report.touchpoints.channel_text(row.touchpoint)));
    data.set("event", ShownName(report.touchpoints.name_text(row.touchpoint)));
    data.set("bar", BarWidth(row.journeys, most));
    data.set("row_journeys", CountText(row.journeys));
    data.set("row_share", ShareText(row.journeys, totals.journeys));
    data.set("row_customers", CountText(row.customers));
    data.set("row_findings", CountText(row.findings));
    data.set("row_events", CountText(row.cost_events));
    data.set("row_time", FormatDuration(row.cost_time));
    if (insights != nullptr) {
      data.set("evidence", "<details class=\"evidence\"><summary>Evidence</summary>" +
                               EvidenceMarkup(report, evidence[i]) + "</details>");
      const std::string_view owner = insights->notes.owner_of(row.touchpoint);
      if (!owner.empty()) data.set("owner", ShownName(owner, 40));
    }
    rows << data;
  }
  section.set("rows", rows);
  section.set("note",
              fmt::format("{} of {}, with {} of {}. Shares are of all {}.", shown,
                          Plural(report.friction.size(), "place"), ShareText(covered, report.findings.size()),
                          Plural(report.findings.size(), "finding"), Plural(totals.journeys, "journey")));
  page.set("friction_section", section);
}

void AddChannels(const Report& report, const HtmlOptions& options, PageData& page) {
  const ReportTotals totals = TotalsOf(report);
  PageData section;
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < report.channels.size(); ++i) order.push_back(i);
  std::ranges::stable_sort(order, std::greater<>{}, [&](std::size_t i) { return report.channels[i].events; });
  PageData channels{PageData::type::list};
  for (std::size_t k = 0; k < std::min(options.rows, order.size()); ++k) {
    const ChannelCount& channel = report.channels[order[k]];
    PageData row;
    row.set("channel", ShownName(report.touchpoints.channels[order[k]]));
    row.set("bar", BarWidth(channel.events, report.channels[order.front()].events));
    row.set("events", CountText(channel.events));
    row.set("event_share", ShareText(channel.events, report.input.events));
    row.set("channel_customers", CountText(channel.customers));
    row.set("channel_sessions", CountText(channel.sessions));
    channels << row;
  }
  section.set("channels", channels);
  if (order.size() > options.rows) section.set("more_channels", CountText(order.size() - options.rows));

  if (totals.switches != 0) {
    PageData flow;
    flow.set("wide", DrawChannelFlow(report, kWide, "wide"));
    flow.set("narrow", DrawChannelFlow(report, kNarrow, "narrow"));
    flow.set("voluntary", CountText(totals.switches - totals.forced_switches));
    flow.set("forced", CountText(totals.forced_switches));
    flow.set("forced_share", ShareText(totals.forced_switches, totals.switches));
    std::vector<ChannelFlow> flows = report.channel_flow;
    std::ranges::stable_sort(flows, std::greater<>{}, &ChannelFlow::switches);
    PageData pairs{PageData::type::list};
    for (std::size_t i = 0; i < std::min(options.rows, flows.size()); ++i) {
      PageData row;
      row.set("from", ShownName(report.touchpoints.channels[flows[i].from.value]));
      row.set("to", ShownName(report.touchpoints.channels[flows[i].to.value]));
      row.set("pair_switches", CountText(flows[i].switches));
      row.set("pair_forced", CountText(flows[i].forced));
      row.set("pair_share", ShareText(flows[i].forced, flows[i].switches));
      pairs << row;
    }
    flow.set("pairs", pairs);
    if (flows.size() > options.rows) flow.set("more_pairs", CountText(flows.size() - options.rows));
    section.set("flow", flow);
  }
  page.set("channel_section", section);
}

void AddTouchpoints(const Report& report, const HtmlOptions& options, PageData& page) {
  if (report.transitions.empty()) return;
  const ReportTotals totals = TotalsOf(report);
  PageData section;
  const TouchpointPicture picture = DrawTouchpoints(report, kWide, "scrolled");
  if (!picture.svg.empty()) {
    PageData graph;
    graph.set("svg", picture.svg);
    graph.set("graph_note",
              fmt::format(
                  "Here: {} of {} touchpoints and {} of {} transitions, which stand for {} of the {} inside "
                  "journeys. Repeats of the same touchpoint are not drawn.",
                  picture.touchpoints, CountText(report.touchpoints.size()), picture.transitions,
                  CountText(report.transitions.size()), ShareText(picture.moves, totals.transitions),
                  Plural(totals.transitions, "move")));
    section.set("graph", graph);
  }
  PageData moves{PageData::type::list};
  const auto strongest = StrongestTransitions(report, options.rows, true);
  for (const std::uint32_t i : strongest) {
    const Transition& transition = report.transitions[i];
    PageData row;
    row.set("from_channel", ShownName(report.touchpoints.channel_text(transition.from)));
    row.set("from_event", ShownName(report.touchpoints.name_text(transition.from)));
    row.set("to_channel", ShownName(report.touchpoints.channel_text(transition.to)));
    row.set("to_event", ShownName(report.touchpoints.name_text(transition.to)));
    row.set("bar", BarWidth(transition.count, report.transitions[strongest.front()].count));
    row.set("move_count", CountText(transition.count));
    row.set("move_share", ShareText(transition.count, totals.transitions));
    row.set("move_median", FormatDuration(transition.median));
    moves << row;
  }
  section.set("moves", moves);
  section.set("moves_note",
              fmt::format("{} of {}.", strongest.size(), Plural(report.transitions.size(), "transition")));
  page.set("touchpoint_section", section);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
