#include "io/html_insights.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "io/escape.h"
#include "io/writer_figures.h"

namespace journey {
inline namespace v0 {
namespace internal {

std::string RenderPart(std::string_view markup, const PageData& data) {
  kainjow::mustache::mustache part{std::string(markup)};
  return part.render(data);
}

std::string TouchpointMarkup(const Report& report, TouchpointId touchpoint) {
  return "<span class=\"chip\">" + NameMarkup(report.touchpoints.channel_text(touchpoint), 40) + "</span> " +
         NameMarkup(report.touchpoints.name_text(touchpoint), 48);
}

std::string JourneyLine(const Report& report, JourneyId journey) {
  const JourneyRow& row = report.journeys.rows[journey.value];
  const JourneySummary& summary = report.journey_summaries[row.definition.value];
  std::string text =
      fmt::format("Customer {}, from {} in {}: {} over {}", row.customer.value, MinuteText(row.first),
                  NameMarkup(report.touchpoints.channel_text(report.event_of(row, 0).touchpoint)),
                  Plural(row.events(), "event"), FormatDuration(row.last - row.first));
  if (!IsDiscovered(summary)) {
    text += fmt::format(" as far as “{}” of “{}”", NameMarkup(summary.steps[row.last_step]),
                        NameMarkup(summary.definition));
  }
  return fmt::format("{}; it {}.", text, EndText(row.outcome));
}

std::string ExamplesMarkup(const Report& report, std::span<const JourneyId> examples) {
  std::string markup;
  for (const JourneyId example : examples) markup += "<li>" + JourneyLine(report, example) + "</li>";
  return markup.empty() ? markup
                        : "<p class=\"soft\">For example:</p><ul class=\"cases\">" + markup + "</ul>";
}

std::string EvidenceMarkup(const Report& report, const FrictionEvidence& evidence) {
  std::uint64_t journeys = 0;
  for (const std::uint64_t count : evidence.outcomes) journeys += count;
  std::string ends;
  for (const Outcome outcome : {Outcome::kAchieved, Outcome::kAbandoned, Outcome::kExpired,
                                Outcome::kExcluded, Outcome::kEnded, Outcome::kOpen}) {
    const std::uint64_t count = evidence.outcomes[static_cast<std::size_t>(outcome)];
    if (count == 0) continue;
    ends += fmt::format("{}{} {} ({})", ends.empty() ? "" : ", ", CountText(count), NameOf(outcome),
                        Xml(ShareText(count, journeys)));
  }
  return fmt::format("<p class=\"soft\">How the {} with it ended: {}.</p>{}", Plural(journeys, "journey"),
                     ends, ExamplesMarkup(report, evidence.examples));
}

void IntervalScale::Add(double low, double high) {
  low_ = std::min(low_, low);
  high_ = std::max(high_, high);
}

int IntervalScale::X(double value) const {
  if (high_ <= low_) return 500;
  const double x = (std::clamp(value, low_, high_) - low_) / (high_ - low_);
  return 12 + static_cast<int>(976 * x + 0.5);
}

std::string IntervalScale::Draw(const Estimate& estimate, bool has_interval, std::string_view css) const {
  const int at = X(estimate.value);
  std::string shapes = fmt::format(
      R"(<line class="w-base" x1="0" y1="12" x2="1000" y2="12"/><line class="w-zero" x1="{0}" y1="0" x2="{0}" y2="24"/>)",
      X(0));
  if (has_interval) {
    const int low = X(estimate.low);
    const int high = X(estimate.high);
    shapes += fmt::format(
        R"(<line class="w-range" x1="{0}" y1="12" x2="{1}" y2="12"/><line class="w-cap" x1="{0}" y1="6" x2="{0}" y2="18"/><line class="w-cap" x1="{1}" y1="6" x2="{1}" y2="18"/>)",
        low, high);
  }
  shapes += fmt::format(R"(<line class="w-dot" x1="{0}" y1="12" x2="{0}" y2="12.01"/>)", at);
  return fmt::format(
      R"(<svg class="whisker {}" viewBox="0 0 1000 24" preserveAspectRatio="none" aria-hidden="true">{}</svg>)",
      css, shapes);
}

std::string_view CssOf(Clarity clarity) {
  switch (clarity) {
    case Clarity::kGain:
      return "w-gain";
    case Clarity::kUnclear:
      return "w-unclear";
    case Clarity::kNoGain:
      return "w-none";
  }
  return "";
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
