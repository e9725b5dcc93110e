#include "journey/friction/detector.h"

#include <algorithm>
#include <cstdint>

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

void FindingSink::Order(std::size_t first) {
  if (findings_.size() - first < 2) return;
  const auto before = [&](const Finding& a, const Finding& b) {
    if (a.begin != b.begin) return a.begin < b.begin;
    if (a.end != b.end) return a.end < b.end;
    if (a.detector != b.detector) return a.detector < b.detector;
    return a.kind != b.kind && labels_[a.kind.value] < labels_[b.kind.value];
  };
  const auto begin = findings_.begin() + static_cast<std::ptrdiff_t>(first);
  // Of a journey there are few, and stable_sort would allocate for each.
  constexpr std::ptrdiff_t kFew = 24;
  if (findings_.end() - begin > kFew) return std::stable_sort(begin, findings_.end(), before);
  for (auto it = begin + 1; it != findings_.end(); ++it) {
    if (!before(*it, *(it - 1))) continue;
    const Finding moved = *it;
    auto at = it;
    for (; at != begin && before(moved, *(at - 1)); --at) *at = *(at - 1);
    *at = moved;
  }
}

LabelId FindingSink::InternLabel(std::string_view text) {
  const auto address = reinterpret_cast<std::uintptr_t>(text.data());  // NOLINT: told apart, never followed
  LabelId& recent = recent_[(address ^ address >> 4) % kRecent];
  if (recent.valid() && labels_[recent.value] == text) return recent;
  const auto found = std::ranges::find(labels_, text);
  recent = {static_cast<std::uint32_t>(found - labels_.begin())};
  if (found == labels_.end()) labels_.emplace_back(text);
  return recent;
}

}  // namespace v0
}  // namespace journey
