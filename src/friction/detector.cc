#include "journey/friction/detector.h"

#include <algorithm>

#include "journey/core/check.h"
#include "journey/core/status.h"

namespace journey {
inline namespace v0 {

std::string_view NameOf(Severity severity) {
  switch (severity) {
    case Severity::kLow:
      return "low";
    case Severity::kMedium:
      return "medium";
    case Severity::kHigh:
      return "high";
  }
  return "";
}

Status Detector::Validate() const {
  return absl::OkStatus();
}

std::shared_ptr<const Detector> Detector::Learn(const LogMeasures& /*measures*/) const {
  return nullptr;
}

void FindingSink::Examining(const JourneyView& journey, JourneyId id, DetectorId detector) {
  journey_ = &journey;
  journey_id_ = id;
  detector_ = detector;
}

void FindingSink::Add(const FindingDraft& draft) {
  JOURNEY_CHECK(journey_ != nullptr && draft.at < journey_->size());
  JOURNEY_CHECK(draft.begin < draft.end && draft.end <= journey_->size() && !draft.kind.empty());
  findings_.push_back({.detector = detector_,
                       .kind = InternLabel(draft.kind),
                       .reason = draft.reason.empty() ? LabelId{} : InternLabel(draft.reason),
                       .customer = journey_->row().customer,
                       .journey = journey_id_,
                       .touchpoint = journey_->touchpoint(draft.at),
                       .step = draft.step,
                       .begin = static_cast<std::uint32_t>(draft.begin),
                       .end = static_cast<std::uint32_t>(draft.end),
                       .cost_events = draft.cost_events,
                       .cost_time = draft.cost_time,
                       .time = journey_->time(draft.at),
                       .severity = draft.severity});
}

LabelId FindingSink::InternLabel(std::string_view text) {
  const auto found = std::ranges::find(labels_, text);
  if (found != labels_.end()) return {static_cast<std::uint32_t>(found - labels_.begin())};
  labels_.emplace_back(text);
  return {static_cast<std::uint32_t>(labels_.size() - 1)};
}

}  // namespace v0
}  // namespace journey
