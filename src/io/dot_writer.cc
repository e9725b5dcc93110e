#include "journey/io/dot_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "io/escape.h"
#include "io/writer_figures.h"

namespace journey {
inline namespace v0 {
namespace {

// Line width in tenths of a point, 1.0 to 7.0 by the share of the strongest edge.
std::string WidthText(std::uint64_t count, std::uint64_t strongest) {
  const std::uint64_t tenths = 10 + 60 * count / std::max<std::uint64_t>(strongest, 1);
  return fmt::format("{}.{}", tenths / 10, tenths % 10);
}

void AppendNodes(const Report& report, const std::vector<bool>& used, std::string& dot) {
  const TouchpointCatalog& catalog = report.touchpoints;
  std::size_t cluster = 0;
  for (std::uint32_t i = 0; i < catalog.size();) {
    const ChannelId channel = catalog.channel({i});
    std::string nodes;
    for (; i < catalog.size() && catalog.channel({i}) == channel; ++i) {
      if (used[i])
        nodes += fmt::format("    t{} [label={}];\n", i, internal::DotString(catalog.name_text({i})));
    }
    if (nodes.empty()) continue;
    dot += fmt::format(
        "  subgraph cluster_{} {{\n    label={};\n    color=\"#9aa5b1\"; fontcolor=\"#4a5560\";\n{}  }}\n",
        cluster++, internal::DotString(catalog.channels[channel.value]), nodes);
  }
}

}  // namespace

void WriteDot(const Report& report, std::ostream& out, const DotOptions& options) {
  std::vector<std::uint32_t> edges = internal::StrongestTransitions(report, options.max_edges, true);
  const std::uint64_t strongest = edges.empty() ? 0 : report.transitions[edges.front()].count;
  std::ranges::sort(edges);
  std::vector<bool> used(report.touchpoints.size(), report.transitions.empty());
  std::uint64_t drawn = 0;
  for (const std::uint32_t i : edges) {
    used[report.transitions[i].from.value] = used[report.transitions[i].to.value] = true;
    drawn += report.transitions[i].count;
  }

  std::string dot = "digraph journey {\n  rankdir=LR;\n";
  dot +=
      "  node [shape=box, style=\"rounded,filled\", fillcolor=\"#eef4f8\", color=\"#2b6c8f\", "
      "fontname=\"Helvetica\"];\n";
  dot += "  edge [color=\"#5b7083\", fontname=\"Helvetica\", fontsize=10];\n";
  std::string label = fmt::format("{} between {} touchpoints",
                                  internal::Plural(internal::TotalsOf(report).transitions, "move"),
                                  internal::CountText(report.touchpoints.size()));
  if (edges.size() < report.transitions.size()) {
    label += fmt::format("; drawn are the {} most frequent of {} transitions, {} of the moves", edges.size(),
                         internal::CountText(report.transitions.size()),
                         internal::ShareText(drawn, internal::TotalsOf(report).transitions));
  }
  dot += fmt::format("  label={}; labelloc=t; fontname=\"Helvetica\";\n", internal::DotString(label));
  AppendNodes(report, used, dot);
  for (const std::uint32_t i : edges) {
    const Transition& edge = report.transitions[i];
    // The label's line end is Graphviz's own, so it does not go through DotString.
    fmt::format_to(std::back_inserter(dot), "  t{} -> t{} [label=\"{}\\n{}\", penwidth={}];\n",
                   edge.from.value, edge.to.value, internal::CountText(edge.count),
                   FormatDuration(edge.median), WidthText(edge.count, strongest));
  }
  dot += "}\n";
  out << dot;
}

}  // namespace v0
}  // namespace journey
