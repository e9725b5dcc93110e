#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "io/escape.h"
#include "io/svg_canvas.h"
#include "io/svg_pictures.h"
#include "io/writer_figures.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

constexpr std::size_t kChannels = 8;
constexpr int kBandsHeight = 300;  // of all changes together
constexpr int kLabelHeight = 34;
constexpr int kGap = 14;
constexpr int kTop = 26;
constexpr int kNode = 8;

struct Flow {
  std::uint64_t voluntary = 0;
  std::uint64_t forced = 0;
  [[nodiscard]] std::uint64_t all() const { return voluntary + forced; }
};

// The changes between the channels of the picture; the last of them may stand for several.
struct FlowTable {
  std::vector<std::string> names;
  std::vector<Flow> cells;  // [from * names.size() + to]
  std::uint64_t total = 0;

  [[nodiscard]] Flow& at(std::size_t from, std::size_t to) { return cells[from * names.size() + to]; }
};

FlowTable Tabulate(const Report& report) {
  const std::size_t channels = report.touchpoints.channels.size();
  std::vector<std::uint64_t> weight(channels);
  for (const ChannelFlow& flow : report.channel_flow) {
    weight[flow.from.value] += flow.switches;
    weight[flow.to.value] += flow.switches;
  }
  std::vector<std::size_t> order(channels);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater<>{}, [&](std::size_t i) { return weight[i]; });
  while (!order.empty() && weight[order.back()] == 0) order.pop_back();

  FlowTable table;
  std::vector<std::size_t> slot(channels);
  const bool merged = order.size() > kChannels;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool own = !merged || i + 1 < kChannels;
    slot[order[i]] = own ? i : kChannels - 1;
    if (own) table.names.push_back(report.touchpoints.channels[order[i]]);
  }
  if (merged) table.names.push_back(fmt::format("{} other channels", order.size() - kChannels + 1));
  table.cells.resize(table.names.size() * table.names.size());
  for (const ChannelFlow& flow : report.channel_flow) {
    Flow& cell = table.at(slot[flow.from.value], slot[flow.to.value]);
    cell.voluntary += flow.switches - flow.forced;
    cell.forced += flow.forced;
    table.total += flow.switches;
  }
  return table;
}

int Thickness(std::uint64_t count, std::uint64_t total) {
  if (count == 0) return 0;
  return std::max(1, static_cast<int>(count * kBandsHeight / total));
}

class FlowPicture {
 public:
  FlowPicture(FlowTable table, int width)
      : table_(std::move(table)), canvas_(width), gutter_(width < 600 ? 108 : 190) {}

  std::string Draw(std::string_view css) {
    const std::size_t n = table_.names.size();
    canvas_.Text("t-soft", gutter_ + kNode, 14, SvgCanvas::Anchor::kEnd, "from");
    canvas_.Text("t-soft", canvas_.width() - gutter_ - kNode, 14, SvgCanvas::Anchor::kStart, "to");
    std::vector<int> left(n), right(n);
    const int height = std::max(PlaceNodes(true, left), PlaceNodes(false, right));
    for (std::size_t from = 0; from < n; ++from) {
      for (std::size_t to = 0; to < n; ++to) {
        const Flow& flow = table_.at(from, to);
        Band("band-forced", flow.forced, "forced", from, to, left[from], right[to]);
        Band("band", flow.voluntary, "by choice", from, to, left[from], right[to]);
      }
    }
    return canvas_.Finish(
        css, height, "Changes between channels",
        "Bands lead from the channel that was left to the channel in which the journey went on; "
        "their width is the number of changes. The table below has the figures.");
  }

 private:
  // Draws the nodes of one side with their labels; `tops` gets where the bands of each begin. Returns the
  // height.
  int PlaceNodes(bool from, std::vector<int>& tops) {
    int y = kTop;
    for (std::size_t i = 0; i < table_.names.size(); ++i) {
      int height = 0;
      std::uint64_t count = 0;
      for (std::size_t k = 0; k < table_.names.size(); ++k) {
        const Flow& flow = from ? table_.at(i, k) : table_.at(k, i);
        height += Thickness(flow.forced, table_.total) + Thickness(flow.voluntary, table_.total);
        count += flow.all();
      }
      tops[i] = y;
      if (count == 0) continue;
      const int x = from ? gutter_ : canvas_.width() - gutter_ - kNode;
      canvas_.Rect("node-bar", x, y, kNode, height, 2);
      const int text_x = from ? x - 8 : x + kNode + 8;
      const auto anchor = from ? SvgCanvas::Anchor::kEnd : SvgCanvas::Anchor::kStart;
      const int middle = y + std::max(height, kLabelHeight) / 2;
      const std::size_t columns = gutter_ < 150 ? 11 : 20;
      canvas_.Text("t-name", text_x, middle - 3, anchor, table_.names[i], columns);
      canvas_.Text("t-soft", text_x, middle + 13, anchor, CountText(count), columns);
      y += std::max(height, kLabelHeight) + kGap;
    }
    return y;
  }

  void Band(std::string_view css, std::uint64_t count, std::string_view how, std::size_t from, std::size_t to,
            int& left, int& right) {
    if (count == 0) return;
    const int t = Thickness(count, table_.total);
    const int x0 = gutter_ + kNode;
    const int x1 = canvas_.width() - gutter_ - kNode;
    const int middle = (x0 + x1) / 2;
    canvas_.Path(css,
                 fmt::format("M{0},{2} C{4},{2} {4},{3} {1},{3} L{1},{6} C{4},{6} {4},{5} {0},{5} Z", x0, x1,
                             left, right, middle, left + t, right + t),
                 fmt::format("{} → {}: {} {}", table_.names[from], table_.names[to], CountText(count), how));
    left += t;
    right += t;
  }

  FlowTable table_;
  SvgCanvas canvas_;
  int gutter_;
};

}  // namespace

std::string DrawChannelFlow(const Report& report, int width, std::string_view css) {
  FlowTable table = Tabulate(report);
  if (table.total == 0) return {};
  return FlowPicture(std::move(table), width).Draw(css);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
