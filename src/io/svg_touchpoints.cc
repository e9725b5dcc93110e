#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <tuple>
#include <vector>

#include "io/svg_canvas.h"
#include "io/svg_pictures.h"
#include "io/writer_figures.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

constexpr std::size_t kNodes = 20;
constexpr std::size_t kEdges = 36;
constexpr std::size_t kCrossNodes = 10;  // of these, at first for transitions between channels
constexpr std::size_t kCrossEdges = 12;
constexpr int kLane = 186;  // the least width of a channel's lane
constexpr int kNodeWidth = 150;
constexpr int kNodeHeight = 38;
constexpr int kPitch = 60;  // from row to row
constexpr int kTop = 44;
constexpr std::uint64_t kSameRow = 50;  // of 1,000: how far apart in a journey two may be and share a row

struct Node {
  TouchpointId touchpoint;
  std::uint64_t place = 0;  // the mean place in journeys, from 0 (first event) to 1,000 (last)
  std::size_t lane = 0;
  int row = 0;
  std::uint64_t events = 0;  // in journeys
  std::uint64_t findings = 0;
};

struct Selection {
  std::vector<std::uint32_t> edges;    // positions in Report::transitions
  std::vector<std::uint32_t> node_of;  // by touchpoint, or UINT32_MAX
  std::vector<Node> nodes;
  std::vector<ChannelId> lanes;
};

// Adds the edge and its ends, unless that would be more than `max_nodes` nodes.
void AddEdge(const Report& report, std::uint32_t i, std::size_t max_nodes, Selection& chosen) {
  const Transition& edge = report.transitions[i];
  std::size_t fresh = 0;
  for (const TouchpointId end : {edge.from, edge.to}) {
    if (chosen.node_of[end.value] == UINT32_MAX) ++fresh;
  }
  if (chosen.nodes.size() + fresh > max_nodes) return;
  for (const TouchpointId end : {edge.from, edge.to}) {
    if (chosen.node_of[end.value] != UINT32_MAX) continue;
    chosen.node_of[end.value] = static_cast<std::uint32_t>(chosen.nodes.size());
    chosen.nodes.push_back({.touchpoint = end});
  }
  chosen.edges.push_back(i);
}

// The most frequent transitions, and among them the most frequent between channels: these are rare beside the
// moves inside a channel, and what such a picture is looked at for.
Selection Select(const Report& report) {
  Selection chosen;
  chosen.node_of.assign(report.touchpoints.size(), UINT32_MAX);
  const std::vector<std::uint32_t> order = StrongestTransitions(report, report.transitions.size(), false);
  const auto crosses = [&](std::uint32_t i) {
    return report.touchpoints.channel(report.transitions[i].from) !=
           report.touchpoints.channel(report.transitions[i].to);
  };
  for (const std::uint32_t i : order) {
    if (chosen.edges.size() < kCrossEdges && crosses(i)) AddEdge(report, i, kCrossNodes, chosen);
  }
  const std::size_t crossing = chosen.edges.size();
  for (const std::uint32_t i : order) {
    const bool there =
        std::find(chosen.edges.begin(), chosen.edges.begin() + static_cast<std::ptrdiff_t>(crossing), i) !=
        chosen.edges.begin() + static_cast<std::ptrdiff_t>(crossing);
    if (!there && chosen.edges.size() < kEdges) AddEdge(report, i, kNodes, chosen);
  }
  std::ranges::sort(chosen.edges, [&](std::uint32_t a, std::uint32_t b) {
    return std::tuple(report.transitions[b].count, a) < std::tuple(report.transitions[a].count, b);
  });
  return chosen;
}

void MeasureNodes(const Report& report, Selection& chosen) {
  std::vector<std::uint64_t> places(chosen.nodes.size());
  for (const JourneyRow& journey : report.journeys.rows) {
    const std::uint64_t last = journey.events() - 1;
    for (std::uint32_t i = 0; i < journey.events(); ++i) {
      const std::uint32_t node = chosen.node_of[report.event_of(journey, i).touchpoint.value];
      if (node == UINT32_MAX) continue;
      ++chosen.nodes[node].events;
      places[node] += last == 0 ? 0 : i * std::uint64_t{1000} / last;
    }
  }
  for (const FrictionRow& row : report.friction) {
    const std::uint32_t node = chosen.node_of[row.touchpoint.value];
    if (node != UINT32_MAX) chosen.nodes[node].findings += row.findings;
  }
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (chosen.nodes[i].events != 0) chosen.nodes[i].place = places[i] / chosen.nodes[i].events;
  }
}

// Lanes by the events of their channel; rows by the nodes' places.
void Arrange(const Report& report, Selection& chosen) {
  for (const Node& node : chosen.nodes) {
    const ChannelId channel = report.touchpoints.channel(node.touchpoint);
    if (std::ranges::find(chosen.lanes, channel) == chosen.lanes.end()) chosen.lanes.push_back(channel);
  }
  std::ranges::sort(chosen.lanes, [&](ChannelId a, ChannelId b) {
    return std::tuple(report.channels[b.value].events, a) < std::tuple(report.channels[a.value].events, b);
  });
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < chosen.nodes.size(); ++i) order.push_back(i);
  std::ranges::sort(order, {}, [&](std::uint32_t i) {
    return std::tuple(chosen.nodes[i].place, chosen.nodes[i].touchpoint);
  });
  std::vector<bool> taken(chosen.lanes.size());
  int row = 0;
  std::uint64_t row_place = 0;
  bool first = true;
  for (const std::uint32_t i : order) {
    Node& node = chosen.nodes[i];
    const ChannelId channel = report.touchpoints.channel(node.touchpoint);
    node.lane = static_cast<std::size_t>(std::ranges::find(chosen.lanes, channel) - chosen.lanes.begin());
    if (!first && (taken[node.lane] || node.place > row_place + kSameRow)) {
      ++row;
      taken.assign(taken.size(), false);
      row_place = node.place;
    }
    if (first) row_place = node.place;
    first = false;
    taken[node.lane] = true;
    node.row = row;
  }
}

class GraphPicture {
 public:
  GraphPicture(const Report& report, const Selection& chosen, int width)
      : report_(report),
        chosen_(chosen),
        margin_(MarginFor(report, chosen, width / static_cast<int>(chosen.lanes.size()))),
        lane_(std::max(kLane, (width - 2 * margin_) / static_cast<int>(chosen.lanes.size()))),
        canvas_(std::max(width, 2 * margin_ + lane_ * static_cast<int>(chosen.lanes.size()))) {}

  std::string Draw(std::string_view css) {
    canvas_.Raw(
        R"(<defs><marker id="arrow" markerWidth="9" markerHeight="8" refX="8" refY="4" orient="auto" markerUnits="userSpaceOnUse"><path class="arrow" d="M0,0 L9,4 L0,8 Z"/></marker></defs>)");
    int rows = 0;
    for (const Node& node : chosen_.nodes) rows = std::max(rows, node.row + 1);
    const int height = kTop + rows * kPitch;
    for (std::size_t i = 0; i < chosen_.lanes.size(); ++i) {
      const int x = margin_ + static_cast<int>(i) * lane_;
      const int before = i == 0 ? margin_ : 0;
      const int after = i + 1 == chosen_.lanes.size() ? margin_ : 0;
      canvas_.Rect(i % 2 == 0 ? "lane" : "lane lane-odd", x - before, 0, before + lane_ + after, height, 6);
      canvas_.Text("t-name", x + lane_ / 2, 22, SvgCanvas::Anchor::kMiddle,
                   report_.touchpoints.channels[chosen_.lanes[i].value], 18);
    }
    const std::uint64_t strongest = report_.transitions[chosen_.edges.front()].count;
    for (const std::uint32_t i : chosen_.edges) Edge(report_.transitions[i], strongest);
    for (const Node& node : chosen_.nodes) DrawNode(node);
    return canvas_.Finish(
        css, height, "Ways between touchpoints",
        "Touchpoints in a lane for each channel, those that come early in journeys at the top. Lines "
        "are the most frequent transitions, as wide as they are frequent. The table below has the "
        "figures.");
  }

 private:
  // How far the control points of a way inside a lane lie beside its nodes.
  [[nodiscard]] static int BowOf(const Node& from, const Node& to) {
    return std::min(18 + 14 * std::abs(to.row - from.row), kLane);
  }
  // The room beside the outer lanes that ways inside them need beyond a lane that is so wide.
  [[nodiscard]] static int MarginFor(const Report& report, const Selection& chosen, int lane) {
    int widest = 0;
    for (const std::uint32_t i : chosen.edges) {
      const Node& from = chosen.nodes[chosen.node_of[report.transitions[i].from.value]];
      const Node& to = chosen.nodes[chosen.node_of[report.transitions[i].to.value]];
      if (from.lane == to.lane) widest = std::max(widest, BowOf(from, to));
    }
    // A curve comes three quarters as far as its control points; half its stroke comes on top.
    const int reach = widest * 3 / 4 + 8;
    const auto missing = [&](int wide) { return std::max(0, reach - (wide - kNodeWidth) / 2); };
    return missing(lane) == 0 ? 0 : missing(kLane);
  }

  [[nodiscard]] int X(const Node& node) const {
    return margin_ + static_cast<int>(node.lane) * lane_ + lane_ / 2;
  }
  [[nodiscard]] static int Y(const Node& node) { return kTop + node.row * kPitch + kNodeHeight / 2; }

  void Edge(const Transition& edge, std::uint64_t strongest) {
    const Node& from = chosen_.nodes[chosen_.node_of[edge.from.value]];
    const Node& to = chosen_.nodes[chosen_.node_of[edge.to.value]];
    const int stroke = 1 + static_cast<int>(8 * edge.count / strongest);
    constexpr int kHalf = kNodeWidth / 2;
    std::string d;
    if (from.lane == to.lane) {
      // Onwards on the right, back on the left; the further, the wider.
      const int side = to.row > from.row ? 1 : -1;
      const int x = X(from) + side * kHalf;
      const int bow = x + side * BowOf(from, to);
      d = fmt::format("M{0},{1} C{2},{1} {2},{3} {4},{3}", x, Y(from) + 6 * side, bow, Y(to) - 6 * side,
                      x + side * 3);
    } else {
      const int side = to.lane > from.lane ? 1 : -1;
      const int x0 = X(from) + side * kHalf;
      const int x1 = X(to) - side * kHalf;
      const int pull = side * std::max(24, side * (x1 - x0) / 2);
      d = fmt::format("M{},{} C{},{} {},{} {},{}", x0, Y(from), x0 + pull, Y(from), x1 - pull, Y(to),
                      x1 - 3 * side, Y(to));
    }
    canvas_.Path(
        from.lane == to.lane ? "edge" : "edge edge-cross", d,
        fmt::format("{} / {} → {} / {}: {}, median wait {}", report_.touchpoints.channel_text(edge.from),
                    report_.touchpoints.name_text(edge.from), report_.touchpoints.channel_text(edge.to),
                    report_.touchpoints.name_text(edge.to), Plural(edge.count, "time"),
                    FormatDuration(edge.median)),
        stroke);
  }

  void DrawNode(const Node& node) {
    const int left = X(node) - kNodeWidth / 2;
    const int top = Y(node) - kNodeHeight / 2;
    canvas_.Rect("node", left, top, kNodeWidth, kNodeHeight, 7,
                 fmt::format("{} / {}: {} in journeys, {}", report_.touchpoints.channel_text(node.touchpoint),
                             report_.touchpoints.name_text(node.touchpoint), Plural(node.events, "event"),
                             Plural(node.findings, "finding")));
    canvas_.Text("t-name", left + 10, top + 16, SvgCanvas::Anchor::kStart,
                 report_.touchpoints.name_text(node.touchpoint), 16);
    canvas_.Text("t-soft", left + 10, top + 31, SvgCanvas::Anchor::kStart, CountText(node.events));
    if (node.findings != 0) {
      canvas_.Text("t-hurt", left + kNodeWidth - 10, top + 31, SvgCanvas::Anchor::kEnd,
                   "▲ " + CountText(node.findings));
    }
  }

  const Report& report_;
  const Selection& chosen_;
  int margin_;
  int lane_;
  SvgCanvas canvas_;
};

}  // namespace

TouchpointPicture DrawTouchpoints(const Report& report, int width, std::string_view css) {
  Selection chosen = Select(report);
  if (chosen.edges.empty()) return {};
  MeasureNodes(report, chosen);
  Arrange(report, chosen);
  TouchpointPicture picture{.svg = GraphPicture(report, chosen, width).Draw(css),
                            .touchpoints = chosen.nodes.size(),
                            .transitions = chosen.edges.size()};
  for (const std::uint32_t i : chosen.edges) picture.moves += report.transitions[i].count;
  return picture;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
