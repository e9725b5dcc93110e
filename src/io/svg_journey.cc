#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <string>
#include <vector>

#include "io/svg_canvas.h"
#include "io/svg_pictures.h"
#include "io/writer_figures.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

constexpr int kLane = 46;
constexpr int kTop = 30;
constexpr int kMargin = 14;
constexpr std::size_t kLanes = 6;                      // further channels share the last
constexpr Duration kPause = std::chrono::minutes{30};  // gaps from here on are drawn as breaks

struct Mark {
  std::uint32_t event = 0;   // of the journey
  std::uint32_t hidden = 0;  // events before it that are not drawn
  int x = 0;
  std::size_t lane = 0;
  std::uint32_t step = kNotReached;
  std::uint32_t findings = 0;
};

class JourneyPicture {
 public:
  JourneyPicture(const Report& report, JourneyId id, int width)
      : report_(report), id_(id), row_(report.journeys.rows[id.value]), canvas_(width) {}

  std::string Draw(std::string_view css) {
    Choose();
    FindLanes();
    Attach();
    const std::vector<int> breaks = Place();
    const int bottom = kTop + static_cast<int>(lanes_.size()) * kLane;
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      canvas_.Line("lane-line", kMargin, Y(i), canvas_.width() - kMargin, Y(i));
    }
    DrawBreaks(breaks, bottom);
    DrawWay();
    DrawLaneNames();
    for (const Mark& mark : marks_) DrawMark(mark);
    return canvas_.Finish(css, bottom + 8, fmt::format("The journey of customer {}", row_.customer.value),
                          "Events from left to right in a lane for each channel. Numbers are steps reached, "
                          "orange rings are findings. The list of events below tells the same.");
  }

 private:
  [[nodiscard]] const EventRow& Event(const Mark& mark) const { return report_.event_of(row_, mark.event); }
  [[nodiscard]] int Y(std::size_t lane) const {
    return kTop + static_cast<int>(lane) * kLane + kLane / 2 + 6;
  }

  // The events that fit, about one per 15 pixels: all of them, or the first and the last.
  void Choose() {
    const auto room = static_cast<std::uint32_t>((canvas_.width() - 2 * kMargin) / 15);
    const std::uint32_t n = row_.events();
    for (std::uint32_t i = 0; i < n; ++i) {
      if (n > room && i == room / 2) {
        const std::uint32_t hidden = n - room;
        i += hidden;
        marks_.push_back({.event = i, .hidden = hidden});
      } else {
        marks_.push_back({.event = i});
      }
    }
  }

  void FindLanes() {
    for (Mark& mark : marks_) {
      const ChannelId channel = report_.touchpoints.channel(Event(mark).touchpoint);
      auto lane = std::ranges::find(lanes_, channel);
      if (lane == lanes_.end() && lanes_.size() < kLanes) lane = lanes_.insert(lanes_.end(), channel);
      if (lane == lanes_.end()) --lane, shared_ = true;
      mark.lane = static_cast<std::size_t>(lane - lanes_.begin());
    }
  }

  // Which marks are steps and findings.
  void Attach() {
    const JourneySummary& summary = report_.journey_summaries[row_.definition.value];
    for (std::uint32_t step = 0; step < summary.steps.size(); ++step) {
      const std::uint32_t at = report_.journeys.steps[row_.steps_begin + step];
      if (at == kNotReached) continue;
      for (Mark& mark : marks_) {
        if (report_.journeys.events[row_.begin + mark.event] == at) mark.step = step;
      }
    }
    for (const Finding& finding : FindingsOf(report_, id_)) {
      // The finding is about the last event of this touchpoint and time among its evidence.
      const auto about = std::find_if(marks_.rbegin(), marks_.rend(), [&](const Mark& mark) {
        return mark.event >= finding.begin && mark.event < finding.end && Event(mark).time == finding.time &&
               Event(mark).touchpoint == finding.touchpoint;
      });
      if (about != marks_.rend()) ++about->findings;
    }
  }

  // Puts the marks on the time axis, compressed: room for the mark and a little more for each doubling of the
  // wait. Returns where the breaks are, by mark; 0: none.
  std::vector<int> Place() {
    std::vector<std::int64_t> at{0};
    for (std::size_t i = 1; i < marks_.size(); ++i) {
      const Duration gap = Event(marks_[i]).time - Event(marks_[i - 1]).time;
      const auto seconds = static_cast<std::uint64_t>(gap.count() / 1'000'000);
      const std::int64_t room = 10 + (gap >= kPause ? 26 : 0) + (marks_[i].hidden != 0 ? 30 : 0);
      at.push_back(at.back() + room + static_cast<std::int64_t>(std::bit_width(seconds)));
    }
    // A short journey is not pulled apart over the whole width.
    const std::int64_t span = std::min<std::int64_t>(canvas_.width() - 2 * kMargin, at.back() * 4 + 1);
    for (std::size_t i = 0; i < marks_.size(); ++i) {
      marks_[i].x = kMargin + static_cast<int>(at.back() == 0 ? 0 : at[i] * span / at.back());
    }
    std::vector<int> breaks(marks_.size());
    for (std::size_t i = 1; i < marks_.size(); ++i) {
      const Duration gap = Event(marks_[i]).time - Event(marks_[i - 1]).time;
      if (gap >= kPause || marks_[i].hidden != 0) breaks[i] = (marks_[i - 1].x + marks_[i].x) / 2;
    }
    return breaks;
  }

  void DrawLaneNames() {
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      const bool others = shared_ && i + 1 == lanes_.size();
      canvas_.Text("t-lane", kMargin - 10, Y(i) - 14, SvgCanvas::Anchor::kStart,
                   others ? "other channels" : report_.touchpoints.channels[lanes_[i].value], 30);
    }
  }

  void DrawBreaks(const std::vector<int>& breaks, int bottom) {
    int free_from = 0;  // labels must not run into each other
    for (std::size_t i = 1; i < marks_.size(); ++i) {
      if (breaks[i] == 0) continue;
      canvas_.Line("break", breaks[i], kTop - 6, breaks[i], bottom);
      const Duration gap = Event(marks_[i]).time - Event(marks_[i - 1]).time;
      const std::string text = marks_[i].hidden != 0
                                   ? fmt::format("{} more", Plural(marks_[i].hidden, "event"))
                                   : FormatDuration(gap);
      const int half = static_cast<int>(text.size()) * 4;
      const int x = std::clamp(breaks[i], half, canvas_.width() - half);
      if (x - half < free_from) continue;
      canvas_.Text("t-break", x, 14, SvgCanvas::Anchor::kMiddle, text);
      free_from = x + half + 4;
    }
  }

  void DrawWay() {
    std::string d;
    for (const Mark& mark : marks_) d += fmt::format("{}{},{}", d.empty() ? "M" : " L", mark.x, Y(mark.lane));
    canvas_.Path("way", d);
  }

  void DrawMark(const Mark& mark) {
    const EventRow& event = Event(mark);
    const bool step = mark.step != kNotReached;
    std::string tooltip = fmt::format("{} {}: {} / {}", DayText(event.time), ClockText(event.time),
                                      report_.touchpoints.channel_text(event.touchpoint),
                                      report_.touchpoints.name_text(event.touchpoint));
    if (step) tooltip += fmt::format(", step {}", mark.step + 1);
    if (mark.findings != 0) tooltip += ", " + Plural(mark.findings, "finding");
    const int y = Y(mark.lane);
    if (mark.findings != 0) canvas_.Circle("mark-hurt", mark.x, y, step ? 11 : 7);
    canvas_.Circle(step ? "mark-step" : "mark", mark.x, y, step ? 8 : 3, tooltip);
    if (step)
      canvas_.Text("t-mark", mark.x, y + 4, SvgCanvas::Anchor::kMiddle, fmt::format("{}", mark.step + 1));
  }

  const Report& report_;
  const JourneyId id_;
  const JourneyRow& row_;
  SvgCanvas canvas_;
  std::vector<Mark> marks_;
  std::vector<ChannelId> lanes_;
  bool shared_ = false;  // the last lane stands for several channels
};

}  // namespace

std::string DrawJourney(const Report& report, JourneyId journey, int width, std::string_view css) {
  return JourneyPicture(report, journey, width).Draw(css);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
