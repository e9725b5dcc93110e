// Finding: one place where a journey hurt, with its evidence and what it cost the customer.
#pragma once
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "journey/core/ids.h"
#include "journey/core/time.h"

namespace journey {
inline namespace v0 {

enum class Severity : std::uint8_t { kLow, kMedium, kHigh };
[[nodiscard]] std::string_view NameOf(Severity severity);  // "low", "medium", "high"

using LabelId = Id<struct LabelTag>;        // a kind or reason, in the list of labels of a result
using DetectorId = Id<struct DetectorTag>;  // position in the list of detectors

inline constexpr std::uint32_t kNoStep = UINT32_MAX;

struct Finding {
  DetectorId detector;
  LabelId kind;    // what, in the detector's words: "redo", "forced"
  LabelId reason;  // why or how, or invalid: "self_loop", "error"
  CustomerId customer;
  JourneyId journey;
  TouchpointId touchpoint;       // where it hurt
  std::uint32_t step = kNoStep;  // of the definition, if it is about one
  std::uint32_t begin = 0;       // the evidence: events [begin, end) of the journey
  std::uint32_t end = 0;
  std::uint32_t cost_events = 0;  // what the customer had to do beyond what was needed
  Duration cost_time{0};
  TimePoint time;  // of the event at the touchpoint
  Severity severity = Severity::kLow;
};
static_assert(sizeof(Finding) == 64 && std::is_trivially_copyable_v<Finding>);

}  // namespace v0
}  // namespace journey
