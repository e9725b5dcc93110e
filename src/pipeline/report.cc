#include "journey/pipeline/report.h"

#include <fmt/format.h>

namespace journey {
inline namespace v0 {

std::span<const SessionRow> Report::sessions_of(CustomerId customer) const {
  const CustomerRow& row = customers[customer.value];
  return std::span(sessions).subspan(row.sessions_begin, row.sessions_end - row.sessions_begin);
}

std::span<const JourneyRow> Report::journeys_of(CustomerId customer) const {
  const CustomerRow& row = customers[customer.value];
  return std::span(journeys.rows).subspan(row.journeys_begin, row.journeys_end - row.journeys_begin);
}

std::string Report::Describe(const Finding& finding) const {
  const JourneyRow& row = journeys.rows[finding.journey.value];
  const JourneySummary& summary = journey_summaries[row.definition.value];
  std::string text = fmt::format("{} of customer {}: {}", summary.definition, finding.customer.value,
                                 detectors[finding.detector.value].name);
  // A detector that knows one kind only calls it by its own name.
  const bool own_kind = label(finding.kind) != detectors[finding.detector.value].name;
  if (own_kind || finding.reason.valid()) {
    text += fmt::format(" ({}{}{})", own_kind ? label(finding.kind) : "",
                        own_kind && finding.reason.valid() ? ", " : "", label(finding.reason));
  }
  if (finding.step != kNoStep) text += fmt::format(" of step {}", summary.steps[finding.step]);
  text += fmt::format(" at {}/{} on {}", touchpoints.channel_text(finding.touchpoint),
                      touchpoints.name_text(finding.touchpoint), FormatTime(finding.time));
  // From where to where, if the evidence spans channels.
  const TouchpointId first = event_of(row, finding.begin).touchpoint;
  const TouchpointId last = event_of(row, finding.end - 1).touchpoint;
  if (touchpoints.channel(first) != touchpoints.channel(last)) {
    text += fmt::format(", from {} to {}", touchpoints.channel_text(first), touchpoints.channel_text(last));
  }
  if (finding.cost_events != 0 || finding.cost_time != Duration{0}) {
    text += fmt::format(" [cost: {} event{}, {}]", finding.cost_events, finding.cost_events == 1 ? "" : "s",
                        FormatDuration(finding.cost_time));
  }
  return text;
}

}  // namespace v0
}  // namespace journey
